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
from glue_demo_shop.products import WAREHOUSES
from glue_users import UserReader
from glue_warehouse_users import WarehouseAssignments
from glue_warehouse_users.demo import USERNAME, WAREHOUSE
from glue_warehouse_users.models import METADATA

DISTRIBUTIONS = ("stores", "catalog", "users", "warehouse_users")


def test_importing_the_plugin_loads_no_sqlalchemy() -> None:
    """A process that never touches the database does not pay for it."""
    code = (
        "import sys, glue_warehouse_users.plugin as plugin; from glue_core import Features; "
        "plugin.glue_features(); plugin.glue_migrations(); plugin.glue_demo_data(); "
        "plugin.glue_importers(features=Features([])); "
        "sys.exit('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_migrations_make_the_tables_of_the_models(depot: Any) -> None:
    """A migrated database has the table that the code writes to, on each engine."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("warehouse_users_")

    with depot.database.work(writes=False) as work:
        context = MigrationContext.configure(
            work.session.connection(), opts={"include_name": is_ours}
        )
        assert compare_metadata(context, METADATA) == []


def test_demo_user_works_in_a_warehouse(tmp_path: Path) -> None:
    """In the demo its user of a warehouse works in one, with the shop's data or without it."""
    settings = {"services": {"database": f"sqlite:///{tmp_path}/database.sqlite"}}
    with Deployment(settings, installed(*DISTRIBUTIONS), serving=False) as deployment:
        database = deployment.services.database
        migrate(database, deployment.migrations)
        for number, data in enumerate(deployment.registry.features.demo_data):
            folder = tmp_path / str(number)
            folder.mkdir()
            data.value.write(folder)
            report = import_directory(folder, deployment.importers, database)
            assert [str(each) for each in report.errors] == []
        with database.work(writes=False) as work:
            user = deployment.features.get(UserReader).by_username(USERNAME, work)
            assert user is not None
            found = deployment.features.get(WarehouseAssignments).active_of(user.uuid, work)
    assert found is not None
    assert found.warehouse is not None
    assert found.warehouse.name == WAREHOUSE
    assert WAREHOUSE in WAREHOUSES["DE"]
