"""A deployment: settings, what is installed, services and features, put together once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from glue_core.application import (
    WSGI,
    ApiApplication,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.compiling import compile_application
from glue_core.exchange import Importer, Migrations, Publisher
from glue_core.features import Features
from glue_core.messages import GlueRequest
from glue_core.negotiation import Negotiator
from glue_core.registry.discovery import Source, installed
from glue_core.registry.registry import ApplicationRegistry, Registry
from glue_core.services.services import Services
from glue_core.settings import Settings
from glue_core.work import Work

SERVICE_NAMES = ("database", "storage", "search", "broker")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Deployment:
    """Everything one process runs on; a test makes one as production does.

    Making one checks everything and connects to nothing.

    Attributes:
        settings: The settings, those of plugins included.
        registry: What is installed and how it fits together.
        services: All services.
        features: The business logic.
        applications: WSGI callables by the names of their applications, in the order they are
            asked.
    """

    def __init__(
        self,
        settings: Settings | Mapping[str, Any] | None = None,
        plugins: Iterable[Source] | None = None,
        only: str | None = None,
        *,
        serving: bool = True,
    ) -> None:
        """Find, check and compile.

        Args:
            settings: The settings, or tables as TOML would give them; read from ``glue.toml`` and
                the environment when None.
            plugins: What counts as installed; the distributions of this environment when None.
            only: Name of the one application to serve; those of the settings when None.
            serving: False loads the features alone, for commands and the worker.

        Raises:
            ConfigurationError: Something does not fit.
        """
        if settings is None:
            settings = Settings.read()
        elif not isinstance(settings, Settings):
            settings = Settings.of(settings)
        self.registry = Registry(
            installed() if plugins is None else plugins, settings, only, serving=serving
        )
        self.settings = self.registry.settings
        self.services = Services(
            {name: self.settings.service_url(name) for name in SERVICE_NAMES},
            [each.value for each in self.registry.features.engines],
            timeout=self.settings["services"]["timeout"],
        )
        self.services.check_urls()
        self.features = Features(each.value for each in self.registry.providers(self.services))
        self.registry.complete(self.features, self.services)
        self.applications: dict[str, WSGI] = {
            name: self._start(each) for name, each in self.registry.applications.items()
        }

    @property
    def migrations(self) -> tuple[Migrations, ...]:
        """Branches of migrations of the installed features."""
        return tuple(each.value for each in self.registry.features.migrations)

    @property
    def importers(self) -> tuple[Importer, ...]:
        """Kinds of import files that the installed features take."""
        return tuple(each.value for each in self.registry.importers(self.features))

    @property
    def publishers(self) -> tuple[Publisher, ...]:
        """What turns events into published documents."""
        found = self.registry.publishers(self.features, self.services)
        return tuple(each.value for each in found)

    def close(self) -> None:
        """Close every service that was opened."""
        self.services.close()

    def __enter__(self) -> Deployment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, registry: ApplicationRegistry) -> WSGI:
        application = registry.application
        if isinstance(application, RequestFlowAgnosticApiApplication):
            return application.make(self)
        # Falcon comes with it, which commands without requests do not need.
        from glue_core.http import HttpApplication

        assert isinstance(application, RequestFlowAwareApiApplication)
        return HttpApplication(
            application.name,
            compile_application(registry, self.settings),
            Negotiator(registry.conventions, None),
            self._work_starter(application),
            body_limit=self.settings["limits"]["body"],
            seconds=self.settings["limits"]["seconds"],
            base_url=self.settings.application(application.name)["base_url"],
        )

    def _work_starter(self, application: ApiApplication) -> Any:
        services = self.services.reachable_for(application.name, application.services)

        def start(request: GlueRequest) -> Work:
            return services.database.start(writes=request.method not in SAFE_METHODS)

        return start
