"""Applications: what a distribution in the group ``glue.applications`` exports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_core.messages import GlueApiContext
from glue_core.security.protection import Protection

if TYPE_CHECKING:
    from glue_core.deployment import Deployment

StartResponse = Callable[..., Any]
WSGI = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
"""A WSGI application, as PEP 3333 says."""

SERVICES = ("database", "storage", "search", "broker", "session")


def host_of(environ: Mapping[str, Any]) -> str:
    """Return the host a request is for, without its port, in lower case; empty without one."""
    host: str = environ.get("HTTP_HOST") or ""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


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
        description: One sentence for people.
    """

    name: str
    services: tuple[str, ...] = ("storage", "search")
    groups: tuple[str, ...] = ()
    is_serving: Callable[[GlueApiContext], bool] | None = None
    description: str = ""

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
        health_check: Whether it has ``/health-check``. It answers 403 until the setting of that
            name switches it on, which also gives it to an application that says nothing here.
        hooks: Module or object whose hook implementations are the application's own layer, or
            None.
    """

    conventions: tuple[str, ...] | None = None
    hooks: object | None = None
    health_check: bool = False
    protection: Protection | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RequestFlowAgnosticApiApplication(ApiApplication):
    """An application that answers by itself: its WSGI callable is called and nothing else runs.

    Attributes:
        make: Makes the WSGI callable of a deployment, at start-up.
    """

    make: Callable[[Deployment], WSGI] = field(kw_only=True)


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
