"""What every test starts from."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from glue_core.testing.postgresql import PostgresqlServer, find_binaries, postgresql_server


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings in the environment of whoever runs the tests mean nothing to them."""
    for name in [each for each in os.environ if each.startswith("GLUE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run one server for all tests of a process."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> str:
    """Return the URL of an empty database on a server."""
    return postgresql.make_database()
