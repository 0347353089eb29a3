"""What the distribution contributes, and what it costs to be installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from glue_core import Deployment, import_directory
from glue_core.migrating import migrate
from glue_core.testing import installed
from glue_users import UserCredentials, UserReader, UserWriter
from glue_users.demo import USERS, write_users
from glue_users.models import METADATA


def test_importing_the_plugin_loads_no_sqlalchemy() -> None:
    """A process that never touches the database, or a password, does not pay for it."""
    code = (
        "import sys, glue_users, glue_users.plugin as plugin; plugin.glue_features(); "
        "plugin.glue_migrations(); plugin.glue_demo_data(); plugin.glue_commands(); "
        "sys.exit(bool({'sqlalchemy', 'argon2', 'bcrypt', 'click'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_migrations_make_the_tables_of_the_models(office: Any) -> None:
    """A migrated database has the table that the code writes to, on each engine."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("users_")

    with office.database.work(writes=False) as work:
        context = MigrationContext.configure(
            work.session.connection(), opts={"include_name": is_ours}
        )
        assert compare_metadata(context, METADATA) == []


def test_every_facade_is_provided() -> None:
    """Whoever asks a deployment for a facade gets it."""
    with Deployment({}, installed("users"), serving=False) as deployment:
        for facade in (UserReader, UserWriter, UserCredentials):
            assert deployment.features.get(facade)


def test_demo_users_can_log_in(tmp_path: Path) -> None:
    """The passwords of the demo, which the README names, are those of its users."""
    readme = Path(__file__).resolve().parents[3] / "plugins" / "users" / "README.md"
    text = readme.read_text(encoding="utf-8")
    settings = {"services": {"database": f"sqlite:///{tmp_path}/database.sqlite"}}
    write_users(tmp_path)
    with Deployment(settings, installed("users"), serving=False) as deployment:
        database = deployment.services.database
        migrate(database, deployment.migrations)
        import_directory(tmp_path, deployment.importers, database)
        credentials = deployment.features.get(UserCredentials)
        with database.work(writes=False) as work:
            for _, username, _, _, password, *_ in USERS:
                assert credentials.authenticate(username, password, work) is not None
                assert f"| `{username}` | `{password}` |" in text
