"""All services of a deployment: opened by URL, when first used."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.services.broker import Broker
from glue_core.services.database import Database
from glue_core.services.search import Search
from glue_core.services.session import Sessions
from glue_core.services.storage import Storage


@dataclass(frozen=True, slots=True)
class ServiceEngine:
    """Declares an implementation of a service.

    Attributes:
        service: ``database``, ``storage``, ``search``, ``broker`` or ``session``.
        scheme: Scheme of the URLs it opens, such as ``sqlite``.
        open: Opens a URL. It must not connect yet: processes are forked later.
    """

    service: str
    scheme: str
    open: Callable[[str, Services], Any]


class Services:
    """The services of a deployment, or the part of them that somebody may reach.

    Attributes:
        timeout: Longest wait for a service, in seconds; engines take it when they open.
    """

    timeout: float

    def __init__(
        self,
        urls: Mapping[str, str],
        engines: Iterable[ServiceEngine],
        *,
        timeout: float = 2.0,
    ) -> None:
        self.timeout = timeout
        self._urls = dict(urls)
        self._engines = {(each.service, each.scheme): each for each in engines}
        self._opened: dict[str, Any] = {}
        self._lock = threading.RLock()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the services that can be reached, in order."""
        return tuple(sorted(self._urls))

    @property
    def database(self) -> Database:
        """The relational database."""
        service: Database = self.open("database")
        return service

    @property
    def storage(self) -> Storage:
        """Key-value documents."""
        service: Storage = self.open("storage")
        return service

    @property
    def search(self) -> Search:
        """Indexes of documents."""
        service: Search = self.open("search")
        return service

    @property
    def broker(self) -> Broker:
        """The outbox and what carries its messages."""
        service: Broker = self.open("broker")
        return service

    @property
    def session(self) -> Sessions:
        """What is remembered of clients between requests."""
        service: Sessions = self.open("session")
        return service

    @property
    def opened(self) -> tuple[str, ...]:
        """Names of the services that were opened, in order."""
        return tuple(sorted(self._opened))

    def url(self, service: str) -> str:
        """Return the URL of a service as the settings say it."""
        return self._urls[service]

    def open(self, service: str) -> Any:
        """Return a service, opened on first use.

        Raises:
            ConfigurationError: No installed engine opens its URL.
        """
        opened = self._opened.get(service)
        if opened is not None:
            return opened
        with self._lock:
            if service not in self._opened:
                self._opened[service] = self._engine(service).open(self._urls[service], self)
            return self._opened[service]

    def check_urls(self) -> None:
        """Raise `ConfigurationError` unless every URL has an engine; opens nothing."""
        for service in self._urls:
            self._engine(service)

    def _engine(self, service: str) -> ServiceEngine:
        url = self._urls[service]
        scheme = url.partition(":")[0]
        engine = self._engines.get((service, scheme))
        if engine is None:
            known = sorted(s for name, s in self._engines if name == service)
            raise ConfigurationError(
                f"No engine opens the URL of the service {service!r}: its scheme is {scheme!r}.\n"
                f"Installed engines: {', '.join(known) or 'none'}.\n"
                f"Mend 'services.{service}' in the settings, or install a distribution that "
                f"brings the engine."
            )
        return engine

    def replace(self, service: str, implementation: object) -> None:
        """Put an object in the place of a service: a test's way to count or to fail."""
        with self._lock:
            self._opened[service] = implementation

    def reachable_for(self, owner: str, names: Iterable[str]) -> Services:
        """Return a view that reaches only some services."""
        return _Part(self, owner, frozenset(names))

    def refusal(self, service: str) -> ConfigurationError | None:
        """Return why a service cannot be reached, or None where it can."""
        return None

    def close(self) -> None:
        """Close every service that was opened."""
        with self._lock:
            opened, self._opened = self._opened, {}
        for service in opened.values():
            service.close()


class _Part(Services):
    """The services that one application declared."""

    def __init__(self, whole: Services, owner: str, names: frozenset[str]) -> None:
        self.timeout = whole.timeout
        self._whole = whole
        self._owner = owner
        self._names = names

    def open(self, service: str) -> Any:
        self._refuse(service)
        return self._whole.open(service)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._names))

    @property
    def opened(self) -> tuple[str, ...]:
        return tuple(each for each in self._whole.opened if each in self._names)

    def url(self, service: str) -> str:
        self._refuse(service)
        return self._whole.url(service)

    def check_urls(self) -> None:
        self._whole.check_urls()

    def replace(self, service: str, implementation: object) -> None:
        self._refuse(service)
        self._whole.replace(service, implementation)

    def reachable_for(self, owner: str, names: Iterable[str]) -> Services:
        return self._whole.reachable_for(owner, frozenset(names) & self._names)

    def close(self) -> None:
        """Do nothing: the deployment closes what it opened."""

    def refusal(self, service: str) -> ConfigurationError | None:
        if service in self._names:
            return None
        return ConfigurationError(
            f"{self._owner!r} does not declare the service {service!r}, so its plugins cannot "
            f"reach it.\nIt declares: {', '.join(sorted(self._names)) or 'none'}.\n"
            f"Ask for a feature instead, or add {service!r} to the application's 'services'."
        )

    def _refuse(self, service: str) -> None:
        refusal = self.refusal(service)
        if refusal is not None:
            raise refusal
