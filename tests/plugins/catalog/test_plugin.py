"""What the distribution contributes, and what it costs to be installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import glue_catalog
from glue_catalog.models import METADATA
from glue_catalog.plugin import glue_migrations
from glue_core import Migrations, Services
from glue_core.migrating import migrate
from glue_core.registry.discovery import installed
from glue_core.services.engines import glue_service_engines
from glue_core.testing.postgresql import find_binaries, postgresql_server


def test_importing_the_plugin_loads_no_sqlalchemy() -> None:
    """A process that never touches the database does not pay for it, readers included."""
    code = (
        "import sys, glue_catalog, glue_catalog.plugin as plugin, glue_catalog.reading; "
        "from glue_core import Features; plugin.glue_importers(features=Features([])); "
        "plugin.glue_publishers(features=Features([]), services=None); "
        "plugin.glue_features(services=None); plugin.glue_migrations(); "
        "sys.exit('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_migrations_make_the_tables_of_the_models(shop: Any) -> None:
    """A migrated database has the tables that the code writes to."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("catalog_")

    with shop.services.database.work(writes=False) as work:
        context = MigrationContext.configure(
            work.session.connection(), opts={"include_name": is_ours}
        )
        assert compare_metadata(context, METADATA) == []


def check_shared_urls(url: str, folder: Path) -> None:
    """Migrate a database in which several texts have one URL."""
    package = Path(glue_catalog.__file__).parent
    before = folder / "before"
    before.mkdir()
    for script in (package / "migrations" / "versions").glob("catalog_*.py"):
        if script.stem < "catalog_0003":
            shutil.copy(script, before)
    services = Services({"database": url}, glue_service_engines(), timeout=20)
    migrate(services.database, [Migrations("catalog", before, lambda: METADATA)])
    text = (
        "INSERT INTO catalog_abstract_product_text "
        "VALUES (:sku, :locale, '', '', :url, '', '', '', '{}')"
    )
    rows = [
        ("b", "en", "/x"),
        ("a", "en", "/x"),
        ("a", "de", "/x"),
        ("a", "fr", ""),
        ("b", "fr", ""),
    ]
    with services.database.work() as work:
        for sku in ("a", "b"):
            product = "INSERT INTO catalog_abstract_product (sku, attributes) VALUES (:sku, '{}')"
            work.session.execute(sa.text(product), {"sku": sku})
        for sku, locale, path in rows:
            work.session.execute(sa.text(text), {"sku": sku, "locale": locale, "url": path})

    migrate(services.database, glue_migrations())

    with services.database.work(writes=False) as work:
        question = "SELECT sku, locale FROM catalog_abstract_product_text WHERE url = '/x'"
        assert [tuple(row) for row in work.session.execute(sa.text(question))] == [("a", "de")]
    services.close()


def test_shared_urls_stay_with_the_first(tmp_path: Path) -> None:
    """A database from before URLs were unique is migrated: the first of several keeps one."""
    check_shared_urls(f"sqlite:///{tmp_path}/old.sqlite", tmp_path)


def test_shared_urls_stay_with_the_first_on_postgresql(tmp_path: Path) -> None:
    """So it is on PostgreSQL."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        check_shared_urls(server.make_database(), tmp_path)


def test_plugin_is_found_by_its_entry_point() -> None:
    """The installed distribution is found among the features."""
    found = [source for source in installed() if source.value == "glue_catalog.plugin"]

    assert [source.group for source in found] == ["glue.features"]
