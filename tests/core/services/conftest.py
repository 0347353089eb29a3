"""A PostgreSQL server for the tests of this folder, where it is installed."""

from collections.abc import Iterator

import pytest

from glue_core.testing.postgresql import PostgresqlServer, find_binaries, postgresql_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run one server for all tests."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> str:
    """Return the URL of an empty database."""
    return postgresql.make_database()
