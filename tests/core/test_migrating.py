"""Migrations: branches, repetition, several processes, what is not installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.exchange import Migrations
from glue_core.migrating import migrate, pending
from glue_core.services.outbox_broker import outbox
from glue_core.services.sql_database import SqlDatabase
from glue_core.testing.postgresql import PostgresqlServer
from glue_core.testing.processes import fresh_processes

PATIENCE = 60.0
"""Seconds to wait for the database: no test here is about them."""

REVISION = """
import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade():
    {upgrade}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/database.sqlite"
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    return server.make_database()


@pytest.fixture
def database(url: str) -> Iterator[SqlDatabase]:
    """Open the database and close it."""
    database = SqlDatabase(url, PATIENCE)
    yield database
    database.close()


@pytest.fixture
def revise(tmp_path: Path) -> Callable[..., Migrations]:
    """Write a revision that makes a table, and return its branch."""

    def write(
        revision: str, *, down: str | None = None, depends: str | None = None, upgrade: str = ""
    ) -> Migrations:
        branch = revision.rpartition("_")[0] or revision
        folder = tmp_path / "branches" / branch
        folder.mkdir(parents=True, exist_ok=True)
        make = f"op.create_table('{revision}', sa.Column('id', sa.Integer, primary_key=True))"
        (folder / f"{revision}.py").write_text(
            REVISION.format(
                id=revision,
                down=down,
                labels=None if down else (branch,),
                depends=depends,
                upgrade=upgrade or make,
            ),
            encoding="utf-8",
        )
        return Migrations(branch, folder)

    return write


def tables(database: SqlDatabase) -> set[str]:
    """Return the names of all tables."""
    return set(sa.inspect(database.engine).get_table_names())


def test_core_branch_makes_the_outbox(database: SqlDatabase) -> None:
    """The core's own branch makes the outbox exactly as the broker declares it."""
    assert migrate(database, []) == ["glue_0001"]

    found = sa.inspect(database.engine).get_columns("glue_outbox")
    assert {(each["name"], each["nullable"]) for each in found} == {
        (column.name, column.nullable) for column in outbox.columns
    }
    indexes = sa.inspect(database.engine).get_indexes("glue_outbox")
    assert {each["name"] for each in indexes} == {index.name for index in outbox.indexes}


def test_branches_reach_their_heads(
    database: SqlDatabase, revise: Callable[..., Migrations]
) -> None:
    """Every branch is brought to its head, each revision after those that it needs."""
    shop = revise("shop_0001")
    revise("shop_0002", down="shop_0001", depends="area_0001")
    area = revise("area_0001")

    applied = migrate(database, [shop, area])

    assert sorted(applied) == ["area_0001", "glue_0001", "shop_0001", "shop_0002"]
    assert applied.index("area_0001") < applied.index("shop_0002")
    assert {"area_0001", "shop_0001", "shop_0002"} <= tables(database)


def test_repetition_does_nothing(database: SqlDatabase, revise: Callable[..., Migrations]) -> None:
    """A database that is at its heads is left alone."""
    shop = revise("shop_0001")
    migrate(database, [shop])

    assert migrate(database, [shop]) == []
    assert pending(database, [shop]) == []


def test_pending_names_what_is_lacking(
    database: SqlDatabase, revise: Callable[..., Migrations]
) -> None:
    """What a database lacks is told without changing it."""
    shop = revise("shop_0001")
    assert sorted(pending(database, [shop])) == ["glue_0001", "shop_0001"]
    migrate(database, [])
    revise("shop_0002", down="shop_0001")

    assert pending(database, [shop]) == ["shop_0001", "shop_0002"]
    assert "shop_0001" not in tables(database)


def test_failure_changes_nothing(database: SqlDatabase, revise: Callable[..., Migrations]) -> None:
    """A revision that fails takes the others of its run with it."""
    shop = revise("shop_0001")
    revise("shop_0002", down="shop_0001", upgrade="raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        migrate(database, [shop])

    assert "shop_0001" not in tables(database)
    assert sorted(pending(database, [shop])) == ["glue_0001", "shop_0001", "shop_0002"]


def test_removed_branch_disturbs_nobody(
    database: SqlDatabase, revise: Callable[..., Migrations]
) -> None:
    """A branch that is not installed any more stays as it is; installed again it is known."""
    shop, area = revise("shop_0001"), revise("area_0001")
    migrate(database, [shop, area])
    revise("area_0002", down="area_0001")

    assert migrate(database, [area]) == ["area_0002"]
    assert pending(database, [area]) == []
    assert migrate(database, [shop, area]) == []


def test_newer_database(
    database: SqlDatabase, revise: Callable[..., Migrations], tmp_path: Path
) -> None:
    """A database that is newer than the code is not migrated, and lacks nothing."""
    shop = revise("shop_0001")
    revise("shop_0002", down="shop_0001")
    migrate(database, [shop])
    (shop.directory / "shop_0002.py").unlink()

    assert pending(database, [shop]) == []
    with pytest.raises(ConfigurationError, match="'shop_0002'"):
        migrate(database, [shop])


@pytest.mark.parametrize("name", ["other_0001", "shop_one", "shop_"])
def test_misnamed_revision(tmp_path: Path, revise: Callable[..., Migrations], name: str) -> None:
    """A revision whose id is not its branch and a number stops with its file's name."""
    wrong = revise(name)
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite")
    with pytest.raises(ConfigurationError, match=rf"{name}\.py is misnamed"):
        migrate(database, [Migrations("shop", wrong.directory)])


def test_branches_that_cannot_be_ordered(tmp_path: Path, revise: Callable[..., Migrations]) -> None:
    """A revision after one that is not there stops with both names."""
    broken = revise("shop_0002", down="shop_0001")
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite")
    with pytest.raises(ConfigurationError, match=r"cannot be put in order.*shop_0001"):
        pending(database, [broken])


def test_missing_folder(tmp_path: Path) -> None:
    """A branch without a folder stops with the path."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite")
    with pytest.raises(ConfigurationError, match=r"there is no folder .*nowhere"):
        pending(database, [Migrations("shop", tmp_path / "nowhere")])


def test_sqlite_table_is_changed_without_loss(
    tmp_path: Path, revise: Callable[..., Migrations]
) -> None:
    """A constraint gets its conventional name, and a changed table keeps the rows that refer."""
    shop = revise(
        "shop_0001",
        upgrade=(
            "op.create_table('parent', sa.Column('id', sa.Integer, primary_key=True),"
            " sa.Column('code', sa.Integer), sa.UniqueConstraint('code'));"
            " op.create_table('child', sa.Column('parent', sa.Integer,"
            " sa.ForeignKey('parent.id', ondelete='CASCADE')))"
        ),
    )
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite")
    migrate(database, [shop])
    with database.work() as work:
        work.session.execute(sa.text("INSERT INTO parent VALUES (1, 5)"))
        work.session.execute(sa.text("INSERT INTO child VALUES (1)"))
    revise(
        "shop_0002",
        down="shop_0001",
        upgrade=(
            "batch = op.batch_alter_table('parent');\n"
            "    with batch as parent: parent.drop_constraint('uq_parent_code', type_='unique')"
        ),
    )
    migrate(database, [shop])

    with database.work() as work:
        assert work.session.execute(sa.text("SELECT count(*) FROM child")).scalar() == 1
        work.session.execute(sa.text("INSERT INTO parent VALUES (2, 5)"))
        assert work.session.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def _migrates(url: str, folder: Path) -> None:
    database = SqlDatabase(url, PATIENCE)
    migrate(database, [Migrations("shop", folder)])
    assert pending(database, [Migrations("shop", folder)]) == []
    database.close()


def test_processes_migrate_at_once(url: str, revise: Callable[..., Migrations]) -> None:
    """Processes that migrate at once do not collide: one does the work."""
    shop = revise("shop_0001")
    fresh = fresh_processes()
    processes = [fresh.Process(target=_migrates, args=(url, shop.directory)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_nothing_is_printed(
    database: SqlDatabase, revise: Callable[..., Migrations], capsys: pytest.CaptureFixture[str]
) -> None:
    """Migrating writes neither to the output nor to the error stream."""
    migrate(database, [revise("shop_0001")])

    assert capsys.readouterr() == ("", "")


def test_database_that_is_down() -> None:
    """Neither call hides that the database is down."""
    database = SqlDatabase("postgresql://glue@127.0.0.1:1/nothing", 0.5)
    with pytest.raises(ServiceUnavailable):
        pending(database, [])
    with pytest.raises(ServiceUnavailable):
        migrate(database, [])
