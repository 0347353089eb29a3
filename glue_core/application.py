"""Applications: what a distribution in the group ``glue.applications`` exports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from glue_core.messages import GlueApiContext
from glue_core.security.authentication import USUAL_REFUSALS, Refusals
from glue_core.security.protection import PUBLIC, Protection

if TYPE_CHECKING:
    from glue_core.convention import Convention
    from glue_core.deployment import Deployment

StartResponse = Callable[..., Any]
WSGI = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
"""A WSGI application, as PEP 3333 says."""

SERVICES = ("database", "storage", "search", "broker", "session")


@runtime_checkable
class Selective(Protocol):
    """What the WSGI callable of an application may say before it is called.

    One that answers by itself and says nothing takes every request.
    """

    def takes(self, environ: dict[str, Any]) -> bool:
        """Say whether it has a place for the path and reads the format of the body.

        Nothing is answered yet, and another one may be called: the body is not to be read.

        Args:
            environ: The WSGI environment, below the mount point of the selected application.
        """


@runtime_checkable
class Located(Protocol):
    """What the WSGI callable of an application may tell of its places."""

    @property
    def starts(self) -> frozenset[str]:
        """First segments of its paths: types, and how routes start."""

    def place_of(self, environ: dict[str, Any]) -> str | None:
        """Return the path of a request as a template, or None where nothing is."""


def serves_its_own_host(name: str) -> Callable[[GlueApiContext], bool]:
    """Return the default test: the first label of the host is the application's name.

    ``storefront_api`` answers ``storefront_api.localhost`` and ``storefront-api.example.com``.
    """
    labels = {name, name.replace("_", "-")}
    return lambda context: context.host.partition(".")[0] in labels


@dataclass(frozen=True, slots=True, eq=False)
class ApiApplication:
    """What both kinds of application say about themselves.

    Attributes:
        name: Name: that of the entry point, which is that of its folder.
        services: Services that plugins of this application may reach.
        groups: Entry point groups whose plugins it collects, beside ``glue.plugins``;
            ``glue.plugins.<name>`` when empty.
        is_serving: Says whether it answers a request, where no setting names its hosts or paths.
            None stands for `serves_its_own_host`.
        fallback: Whether it answers what no other application of the process serves; it is asked
            last. The setting of that name overrules it.
        description: One sentence for people.
    """

    name: str
    services: tuple[str, ...] = ("storage", "search")
    groups: tuple[str, ...] = ()
    is_serving: Callable[[GlueApiContext], bool] | None = None
    description: str = ""
    fallback: bool = field(default=False, kw_only=True)

    @property
    def plugin_groups(self) -> tuple[str, ...]:
        """Groups of its own plugins."""
        return self.groups or (f"glue.plugins.{self.name}",)

    def serves(self, context: GlueApiContext) -> bool:
        """Say whether the application answers a request with this context."""
        return (self.is_serving or serves_its_own_host(self.name))(context)


@dataclass(frozen=True, slots=True, eq=False)
class RequestFlowAwareApiApplication(ApiApplication):
    """An application whose requests run through the whole flow.

    Attributes:
        conventions: Names of the conventions it speaks beside plain JSON, or None for every
            installed one.
        protection: Who may call operations that declare nothing; None leaves these to everybody.
            The setting ``protected_by_default`` switches it off.
        refusals: What callers are answered whom nothing proves.
        health_check: Whether it has ``/health-check``. It answers 403 until the setting of that
            name switches it on, which also gives it to an application that says nothing here.
        hooks: Module or object whose hook implementations are the application's own layer, or
            None.
    """

    conventions: tuple[str, ...] | None = None
    hooks: object | None = None
    health_check: bool = False
    protection: Protection | None = None
    refusals: Refusals = USUAL_REFUSALS


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """What an application that answers by itself takes over from the plugins that it collects.

    Their resources, routes, relationships, steps and rules of access are collected and checked as
    for every application; what runs, and when, its own flow says.

    Attributes:
        convention: The one convention that it speaks. What follows a convention of that name
            elsewhere follows it here; nothing that extends the other one does.
        hookspecs: Module with hook specifications of its own, or None. They take the arguments
            ``features``, ``services`` and ``settings``, and return sequences.
        returned: What hooks of its own return sequences of, where these are no steps.
        hooks: Module or object whose hook implementations are the application's own layer, or
            None.
        protection: Who may call operations that declare nothing; None leaves these to everybody.
        borrowed: The same for operations of plugins that another application's group brings: who
            wrote them had the default of that one in mind.
        refusals: What callers are answered whom nothing proves.
        health_check: Whether it has ``/health-check``.
    """

    convention: Convention
    hookspecs: ModuleType | None = None
    returned: Mapping[str, type] = field(default_factory=dict)
    hooks: object | None = None
    protection: Protection | None = None
    borrowed: Protection = PUBLIC
    refusals: Refusals = USUAL_REFUSALS
    health_check: bool = False

    @property
    def own_hooks(self) -> tuple[str, ...]:
        """Names of the hooks that it specifies itself, by name."""
        return tuple(sorted(each for each in dir(self.hookspecs) if each.startswith("glue_")))


@dataclass(frozen=True, slots=True, eq=False)
class RequestFlowAgnosticApiApplication(ApiApplication):
    """An application that answers by itself: its WSGI callable is called and nothing else runs.

    Attributes:
        make: Makes the WSGI callable of a deployment, at start-up.
        adapter: What it takes over from plugins; None for one that only they hear of.
    """

    make: Callable[[Deployment], WSGI] = field(kw_only=True)
    adapter: Adapter | None = None


def made_on_access(application: ApiApplication, namespace: dict[str, Any]) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` that makes ``application``, the WSGI callable.

    It is made when a server first asks for it: importing the package of an application starts
    nothing, since the registry and the tests import it as well. A failed start is tried again by
    the next who asks.

    Args:
        application: The application.
        namespace: ``globals()`` of the module; the callable is kept there.
    """
    making = threading.Lock()

    def get(name: str) -> Any:
        if name != "application":
            raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
        import glue_core

        with making:
            if name not in namespace:
                namespace[name] = glue_core.create(application.name)
            return namespace[name]

    return get
