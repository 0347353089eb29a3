"""What the distribution contributes, and what it costs to be installed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from glue_core.registry.discovery import installed
from glue_urls.models import METADATA


def test_importing_the_plugin_loads_no_sqlalchemy() -> None:
    """A process that never touches the database does not pay for it."""
    code = (
        "import sys, glue_urls, glue_urls.plugin as plugin; plugin.glue_importers(); "
        "plugin.glue_migrations(); sys.exit('sqlalchemy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_migrations_make_the_tables_of_the_models(addresses: Any) -> None:
    """A migrated database has the tables that the code writes to."""

    def is_ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("urls_")

    with addresses.services.database.work(writes=False) as work:
        context = MigrationContext.configure(
            work.session.connection(), opts={"include_name": is_ours}
        )
        assert compare_metadata(context, METADATA) == []


def test_plugin_is_found_by_its_entry_point() -> None:
    """The installed distribution is found among the features."""
    found = [source for source in installed() if source.value == "glue_urls.plugin"]

    assert [source.group for source in found] == ["glue.features"]
