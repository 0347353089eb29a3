"""Migrations of the database: a branch for the core and one for each feature package.

A revision is named after its branch and a number, such as ``stores_0001``: so ids never meet, and
a database tells which branch a revision belongs to that is not installed (any more).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core.errors import ConfigurationError
from glue_core.exchange import Migrations
from glue_core.services.database import Database

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

CORE = Migrations("glue", Path(__file__).parent / "migrations" / "versions")
"""The core's own branch: the outbox."""

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Names of constraints that have none: a later revision, SQLite's too, can then change them."""

LONGEST_ID = 32
"""Characters that the table of applied revisions has for one."""
PATIENCE = 60
"""Seconds to wait for another process that migrates."""
LOCK = 0x676C7565_6D696772
"""Key of the advisory lock around migrating; any number that nobody else uses."""


def migrate(database: Database, migrations: Iterable[Migrations]) -> list[str]:
    """Bring every branch to its head, in one transaction: all of it or nothing.

    Several processes may do this at once; one does the work and the others find it done.

    Args:
        database: The database.
        migrations: Branches of the installed distributions; the core's own is added.

    Returns:
        Ids of the revisions that were applied, in order.

    Raises:
        ConfigurationError: A revision is misnamed, or the database is newer than what is
            installed.
        ServiceUnavailable: The database did not answer.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from sqlalchemy import MetaData

    branches = _branches(migrations)
    scripts = _scripts(branches)
    known = _known(scripts)
    applied: list[str] = []

    def steps(heads: Any, _context: Any) -> Any:
        _refuse_newer(heads, known, branches)
        # Heads of branches that are not installed any more stay as they are.
        installed: Any = tuple(head for head in heads if head in known)
        return scripts._upgrade_revs("heads", installed)

    def note(*_context: Any, **about: Any) -> None:
        applied.append(about["step"].up_revision_id)

    with (
        _alone(database) as connection,
        EnvironmentContext(Config(), scripts, fn=steps) as environment,
    ):
        environment.configure(
            connection=connection,
            target_metadata=MetaData(naming_convention=NAMING),
            # SQLite's tables are made in a transaction as well, once it is begun by us.
            transactional_ddl=True,
            render_as_batch=True,
            on_version_apply=note,
        )
        environment.run_migrations()
    return applied


def pending(database: Database, migrations: Iterable[Migrations]) -> list[str]:
    """Return the revisions that the database lacks, oldest first.

    A branch that the database has a newer revision of lacks nothing: while a deployment is
    replaced step by step, the old processes go on.

    Args:
        database: The database; it is only read.
        migrations: Branches of the installed distributions; the core's own is added.

    Raises:
        ConfigurationError: A revision is misnamed.
        ServiceUnavailable: The database did not answer.
    """
    from alembic.runtime.migration import MigrationContext

    branches = _branches(migrations)
    scripts = _scripts(branches)
    known = _known(scripts)
    with database.work(writes=False) as work:
        heads = MigrationContext.configure(work.session.connection()).get_current_heads()
    newer = {_branch(head) for head in heads if head not in known}
    done = {
        each.revision
        for head in heads
        if head in known
        for each in scripts.iterate_revisions(head, "base", implicit_base=True)
    }
    # Revisions come from the heads down; a dependency is walked after what needs it.
    waiting = [each for each in known if each not in done and _branch(each) not in newer]
    return waiting[::-1]


def _branches(migrations: Iterable[Migrations]) -> list[Migrations]:
    branches = [CORE, *migrations]
    for branch in branches:
        if not branch.directory.is_dir():
            raise ConfigurationError(
                f"The migrations of the branch {branch.branch!r} are missing: there is no folder "
                f"{branch.directory}.\nMend 'directory', or package the folder."
            )
    return branches


def _scripts(branches: Sequence[Migrations]) -> ScriptDirectory:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    folders = [str(branch.directory) for branch in branches]
    scripts = ScriptDirectory(str(CORE.directory.parent), version_locations=folders)
    names = {branch.branch for branch in branches}
    owners = {branch.directory.resolve(): branch.branch for branch in branches}
    try:
        # Alembic only warns of a revision that is missing or there twice.
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            found = list(scripts.walk_revisions())
    except (CommandError, UserWarning) as error:
        raise ConfigurationError(
            f"The migrations of {', '.join(sorted(names))} cannot be put in order: {error}.\n"
            f"Mend 'down_revision', 'depends_on' and 'branch_labels' of the revisions."
        ) from error
    for script in found:
        own = owners[Path(script.path).resolve().parent]
        number = script.revision.removeprefix(f"{own}_")
        if number == script.revision or not number.isdigit():
            raise ConfigurationError(
                f"The revision {script.revision!r} in {script.path} is misnamed.\n"
                f"Its id is that of its branch and a number, such as '{own}_0001'."
            )
        if len(script.revision) > LONGEST_ID:
            raise ConfigurationError(
                f"The revision {script.revision!r} in {script.path} has a name of more than "
                f"{LONGEST_ID} characters.\nGive the branch a shorter name."
            )
    return scripts


def _known(scripts: ScriptDirectory) -> dict[str, None]:
    """Return the ids of all revisions, heads first."""
    return dict.fromkeys(script.revision for script in scripts.walk_revisions())


def _branch(revision: str) -> str:
    return revision.rpartition("_")[0]


def _refuse_newer(
    heads: Iterable[str], known: Iterable[str], branches: Sequence[Migrations]
) -> None:
    names = {branch.branch for branch in branches}
    newer = sorted(head for head in heads if head not in known and _branch(head) in names)
    if newer:
        raise ConfigurationError(
            f"The database is newer than the installed distributions: nobody knows "
            f"{', '.join(map(repr, newer))}.\n"
            f"Install the versions that the database was migrated with, or newer ones."
        )


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """Open a transaction that no other process migrates in, and commit it."""
    from sqlalchemy import text

    with database.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        if connection.dialect.name != "sqlite":
            with _patience(driver), connection.begin():
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                yield connection
            return
        (wait,) = driver.execute("PRAGMA busy_timeout").fetchone()
        try:
            # Both must be set before a transaction begins. To change a table, SQLite makes it
            # anew and drops the old one, which would delete the rows that refer to it.
            driver.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
            driver.execute("PRAGMA foreign_keys = OFF")
            connection.execution_options(glue_writes=True)
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise ConfigurationError(
                        f"The migrations leave rows that refer to nothing: table {broken[0][0]!r}, "
                        f"row {broken[0][1]}, which refers to {broken[0][2]!r}.\n"
                        f"Nothing was changed. Mend the revisions."
                    )
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
            driver.execute(f"PRAGMA busy_timeout = {wait}")


@contextmanager
def _patience(driver: Any) -> Iterator[None]:
    """Let the server take its time: to change a large table may take hours."""
    usual = getattr(driver, "patience", None)
    driver.patience = None
    try:
        yield
    finally:
        driver.patience = usual
