"""A deployment: settings, what is installed, services and features, put together once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from glue_core.application import (
    WSGI,
    ApiApplication,
    RequestFlowAgnosticApiApplication,
)
from glue_core.compiling import PLAN, Plan, compile_application
from glue_core.convention import AnswersInKind, WithParameters
from glue_core.edge import Edge, EdgedApplication
from glue_core.errors import ConfigurationError
from glue_core.exchange import Importer, Migrations, Publisher
from glue_core.features import Features, Provider
from glue_core.fixtures import FixtureMakers
from glue_core.formatting import LOG
from glue_core.listener import Call, Expand
from glue_core.logs import LogContext, packages_of
from glue_core.messages import GlueRequest
from glue_core.negotiation import Negotiates, Negotiator
from glue_core.registry.discovery import CORE, Source, installed
from glue_core.registry.quarantine import Quarantine
from glue_core.registry.registry import EXPANDERS, ApplicationRegistry, Registry, bound, wrapping_of
from glue_core.security.grants import TokenPlugins
from glue_core.services.database import Database
from glue_core.services.handing import HandedWork
from glue_core.services.rehearsing import REHEARSAL_KEY, RehearsedWork
from glue_core.services.services import Services
from glue_core.settings import Settings
from glue_core.shadowing import Shadows
from glue_core.transport import Transport
from glue_core.work import Work
from glue_core.wrapping import Part, WrapPart

if TYPE_CHECKING:
    from glue_core.http import HttpApplication

SERVICE_NAMES = ("database", "storage", "search", "broker", "session")
EDGE_HOOKS = ("glue_response_events", "glue_terminate", "glue_log_fields")
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
        edge: What hears of the answers that the host gives itself.
        shadows: The applications that are run beside others.
        packages: Where the code of plugins is, for log lines.
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
        sources = installed() if plugins is None else tuple(plugins)
        read = settings
        Quarantine(settings).settle(
            lambda left_out: self._make(
                Registry(sources, read, only, serving=serving, left_out=left_out)
            )
        )
        for each in self.registry.left_out:
            LOG.error("Left out: %r (%s). %s", each.source.id, each.source.party, each.reason)
        self._starting = threading.Lock()
        self._begin, self._end = self._life_cycle()
        self.is_started = False

    def _make(self, registry: Registry) -> None:
        """Put services, features and applications together for what is installed."""
        self.registry = registry
        self.settings = self.registry.settings
        self.services = Services(
            {name: self.settings.service_url(name) for name in SERVICE_NAMES},
            [each.value for each in self.registry.features.engines],
            timeout=self.settings["services"]["timeout"],
        )
        self.services.check_urls()
        # What plugins add to an authorization server is asked for as a feature is.
        own = Provider(
            TokenPlugins, lambda features: self.registry.token_plugins(features, self.services)
        )
        fixtures = Provider(
            FixtureMakers, lambda features: self.registry.fixture_makers(features, self.services)
        )
        self.shadows = Shadows()
        watched = Provider(Shadows, lambda features: self.shadows)
        provided = [each.value for each in self.registry.providers(self.services)]
        self.features = Features([own, fixtures, watched, *provided])
        self.registry.complete(self.features, self.services)
        self.packages = packages_of(self.registry.sources, self.registry.wrapping)
        listeners = self.registry.listeners
        wrap = wrapping_of(listeners["glue_part_wrappers"], None)
        self.edge = self._edge(None, listeners, Part("request", f"{CORE}:host"), wrap)
        self.applications: dict[str, WSGI] = {
            name: self._start(each) for name, each in self.registry.applications.items()
        }
        self.shadows.begin(self.applications, self.settings)
        self._starting = threading.Lock()
        self._begin, self._end = self._life_cycle()
        self.is_started = False

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

    @property
    def context_expanders(self) -> tuple[Expand, ...]:
        """What makes the contexts of requests; HTTP does where there is nothing."""
        return bound(self.registry.listeners[EXPANDERS], None)

    def start_up(self) -> None:
        """Run what plugins do when a process begins to serve; once, however often it is called.

        After the fork, where a server forks: a deployment itself connects to nothing.
        """
        with self._starting:
            if self.is_started:
                return
            for call in self._begin:
                call()
            self.is_started = True

    def shut_down(self) -> None:
        """Run what plugins do when a process stops to serve, last one first; once."""
        with self._starting:
            if not self.is_started:
                return
            self.is_started = False
        for call in self._end:
            try:
                call()
            except Exception as error:
                LOG.error("A shut-down hook failed", exc_info=error)

    def close(self) -> None:
        """Stop to serve, and close every service that was opened."""
        self.shadows.close()
        self.shut_down()
        self.services.close()

    def __enter__(self) -> Deployment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, registry: ApplicationRegistry) -> WSGI:
        # Falcon comes with it, which commands without requests do not need.
        from glue_core.http import HttpApplication

        application = registry.application
        if not isinstance(application, RequestFlowAgnosticApiApplication):
            return self.flow_application(application.name, self._negotiator(registry))
        made = application.make(self)
        if isinstance(made, HttpApplication):
            return made
        return EdgedApplication(made, self._edge_of(registry))

    def flow_application(
        self, name: str, negotiator: Negotiates, plan: Plan = PLAN
    ) -> HttpApplication:
        """Compile an application, and return the WSGI callable that runs its flow.

        Args:
            name: Name of the application.
            negotiator: Selects the convention of its requests.
            plan: How its flows are put together.

        Raises:
            ConfigurationError: Something does not fit.
        """
        from glue_core.http import HttpApplication

        registry = self.registry.applications[name]
        application = registry.application
        settings = self.settings.application(name)
        matchers = compile_application(registry, self.settings, plan)
        if registry.documentation is not None:
            registry.documentation.complete(
                registry,
                matchers,
                bound(registry.listeners("glue_documentation_expanders"), application),
                bound(registry.listeners("glue_documentation_voters"), application),
            )
        return HttpApplication(
            name,
            matchers,
            negotiator,
            self._work_starter(application),
            body_limit=self.settings["limits"]["body"],
            seconds=self.settings["limits"]["seconds"],
            base_url=settings["base_url"],
            versions_in_path=settings["versions_in_path"],
            transports=_transports(registry),
            edge=self._edge_of(registry),
            access=registry.access,
            documentation=registry.documentation,
        )

    def _edge_of(self, registry: ApplicationRegistry) -> Edge:
        listeners = {each: registry.listeners(each) for each in EDGE_HOOKS}
        part = Part("request", registry.source.id)
        return self._edge(registry.application, listeners, part, registry.wrap)

    def _edge(
        self,
        application: ApiApplication | None,
        placed: Mapping[str, Any],
        part: Part,
        wrap: WrapPart | None,
    ) -> Edge:
        name = application.name if application is not None else None
        before, after, more = (bound(placed[hook], application) for hook in EDGE_HOOKS)
        if not self.settings.application(name or "")["terminate"]:
            after = ()
        around = None if wrap is None else partial(wrap, part)
        return Edge(name, before, after, around, LogContext(name, more, self.packages))

    def _life_cycle(self) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
        """Return what runs at the start and at the end of each application."""
        begin: list[Call] = []
        end: list[Call] = []
        for registry in self.registry.applications.values():
            begin.extend(bound(registry.listeners("glue_start_up"), registry.application))
            end.extend(bound(registry.listeners("glue_shut_down"), registry.application))
        return tuple(begin), tuple(reversed(end))

    def _negotiator(self, registry: ApplicationRegistry) -> Negotiator:
        name = registry.application.name
        default: str | None = self.settings.application(name)["convention"]
        if default not in registry.conventions:
            spoken = sorted(each for each in registry.conventions if each is not None)
            raise ConfigurationError(
                f"{self.settings.origin}: applications.{name}.convention is {default!r}, which "
                f"{name!r} does not speak.\nIt speaks: {', '.join(spoken) or 'plain JSON alone'}."
            )
        readers = {
            each.name: each.parameter_reader(name, self.settings, registry.extensions_of(each.name))
            for each in registry.conventions.values()
            if isinstance(each, WithParameters)
        }
        in_kind = [
            each.name
            for each in registry.conventions.values()
            if isinstance(each, AnswersInKind) and each.answers_in_kind(name, self.settings)
        ]
        return Negotiator(registry.conventions, default, readers, in_kind)

    def _work_starter(self, application: ApiApplication) -> Any:
        services = self.services
        reachable = services.reachable_for(application.name, application.services)
        refusal = reachable.refusal("database")

        def start(request: GlueRequest) -> Work:
            database: Database = services.open("database")
            work = database.start(writes=request.method not in SAFE_METHODS)
            if REHEARSAL_KEY in request.http_request_attributes:
                return RehearsedWork(work)
            return work

        if refusal is None:
            return start
        return lambda request: HandedWork(start(request), lambda: refusal)


def _transports(registry: ApplicationRegistry) -> tuple[Transport, ...]:
    """Bind the transports of an application, in the order they are asked."""
    placed = registry.listeners("glue_transports")
    for each in placed:
        found = bound((each,), registry.application)
        if found and not isinstance(found[0], Transport):
            listener = each.contribution
            raise ConfigurationError(
                f"The transport {listener.id!r} of {registry.application.name!r} is bound to "
                f"{found[0]!r}, which is none.\n  {listener.party}\n"
                f"It needs the methods 'applies', 'extract' and 'send'."
            )
    return bound(placed, registry.application)
