"""What the distribution contributes, and what it costs to be installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from glue_core import ConfigurationError, Deployment, import_directory
from glue_core.migrating import migrate
from glue_core.testing import installed
from glue_customers import CustomerCredentials, CustomerDraft, CustomerReader, CustomerWriter
from glue_customers.demo import CUSTOMERS, write_customers
from glue_customers.models import METADATA


def test_importing_the_plugin_loads_no_sqlalchemy() -> None:
    """A process that never touches the database, or a password, does not pay for it."""
    code = (
        "import sys, glue_customers, glue_customers.plugin as plugin; "
        "plugin.glue_settings(); plugin.glue_migrations(); plugin.glue_demo_data(); "
        "sys.exit(bool({'sqlalchemy', 'argon2', 'bcrypt'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_migrations_make_the_tables_of_the_models(shop: Any) -> None:
    """A migrated database has the tables that the code writes to, on each engine."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("customers_")

    with shop.database.work(writes=False) as work:
        context = MigrationContext.configure(
            work.session.connection(), opts={"include_name": is_ours}
        )
        assert compare_metadata(context, METADATA) == []


def test_every_facade_is_provided() -> None:
    """Whoever asks a deployment for a facade gets it."""
    with Deployment({}, installed("customers"), serving=False) as deployment:
        for facade in (CustomerReader, CustomerWriter, CustomerCredentials):
            assert deployment.features.get(facade)


def test_settings_reach_the_facades(tmp_path: Path) -> None:
    """The prefix and the confirmation are those of the settings."""
    settings = {
        "services": {"database": f"sqlite:///{tmp_path}/database.sqlite"},
        "plugins": {"customers": {"reference_prefix": "XX", "double_opt_in": False}},
    }
    with Deployment(settings, installed("customers"), serving=False) as deployment:
        migrate(deployment.services.database, deployment.migrations)
        draft = CustomerDraft("ada@example.com", "Ada", "Berg", "Correct horse 1")
        with deployment.services.database.work() as work:
            made = deployment.features.get(CustomerWriter).register(draft, work)
            credentials = deployment.features.get(CustomerCredentials)
            found = credentials.authenticate("ada@example.com", "Correct horse 1", work)

    assert made.customer.reference == "XX--1"
    assert made.customer.is_confirmed
    assert found == made.customer


@pytest.mark.parametrize(
    ("key", "value"),
    [("reference_prefix", "a--b"), ("reference_prefix", ""), ("restore_seconds", 1)],
)
def test_wrong_setting_stops_the_start(key: str, value: object) -> None:
    """A setting that cannot be is told with its name."""
    settings = {"plugins": {"customers": {key: value}}}

    with pytest.raises(ConfigurationError, match=rf"plugins\.customers\.{key}"):
        Deployment(settings, installed("customers"), serving=False)


def test_demo_customers_can_log_in(tmp_path: Path) -> None:
    """The passwords of the demo, which the README names, are right; one has not confirmed."""
    readme = Path(__file__).resolve().parents[3] / "plugins" / "customers" / "README.md"
    text = readme.read_text(encoding="utf-8")
    settings = {"services": {"database": f"sqlite:///{tmp_path}/database.sqlite"}}
    write_customers(tmp_path)
    refused = []
    with Deployment(settings, installed("customers"), serving=False) as deployment:
        database = deployment.services.database
        migrate(database, deployment.migrations)
        report = import_directory(tmp_path, deployment.importers, database)
        credentials = deployment.features.get(CustomerCredentials)
        with database.work(writes=False) as work:
            for reference, _, _, email, *_, password, _ in CUSTOMERS:
                assert f"| `{reference}` | `{email}` | `{password}` |" in text
                if credentials.authenticate(email, password, work) is None:
                    refused.append(reference)

    assert report.error_count == 0
    assert refused == ["DE--4"]
