"""The services of a deployment: opened once, by URL, with the deployment's time limit."""

import pytest

from glue_core.errors import ConfigurationError
from glue_core.services.engines import glue_service_engines
from glue_core.services.outbox_broker import OutboxBroker
from glue_core.services.services import ServiceEngine, Services
from glue_core.services.sql_database import SqlDatabase


def test_engine_is_chosen_by_scheme() -> None:
    """The scheme of the URL chooses the engine, and a service is opened once."""
    services = Services({"database": "sqlite://", "broker": "outbox:"}, glue_service_engines())

    assert isinstance(services.database, SqlDatabase)
    assert isinstance(services.broker, OutboxBroker)
    assert services.database is services.database
    services.close()


@pytest.mark.parametrize("part", [False, True], ids=["whole", "part"])
def test_time_limit_reaches_the_engine(part: bool) -> None:
    """Engines open with the deployment's time limit, through a part of the services too."""
    services = Services({"database": "sqlite://"}, glue_service_engines(), timeout=0.7)
    seen = services.reachable_for("me", ["database"]) if part else services

    assert seen.timeout == 0.7
    assert isinstance(seen.database, SqlDatabase)
    assert seen.database.timeout == 0.7


def test_unknown_scheme() -> None:
    """A scheme that nobody opens stops the start with the known ones."""
    services = Services({"storage": "redis://x"}, glue_service_engines())
    with pytest.raises(ConfigurationError, match=r"'redis'.*\n.*postgresql, .*sqlite"):
        services.check_urls()


def test_undeclared_service_is_refused() -> None:
    """A part of the services reaches only what its owner declared."""
    services = Services({"database": "sqlite://"}, glue_service_engines())
    with pytest.raises(ConfigurationError, match="'shop' does not declare the service 'database'"):
        services.reachable_for("shop", ["storage"]).open("database")


def test_closed_services_open_again() -> None:
    """After closing, the next use opens a service anew."""
    opened: list[object] = []

    class Service:
        is_closed = False

        def close(self) -> None:
            self.is_closed = True

    def make(_url: str, _services: Services) -> Service:
        opened.append(service := Service())
        return service

    services = Services({"storage": "x:"}, [ServiceEngine("storage", "x", make)])
    first = services.open("storage")
    services.close()

    assert first.is_closed
    assert services.open("storage") is not first
    assert len(opened) == 2
