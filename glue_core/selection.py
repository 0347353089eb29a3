"""Selection: which application a request is for, by host, by path, then by asking in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from glue_core.application import WSGI, ApiApplication
from glue_core.errors import ConfigurationError
from glue_core.listener import Expand
from glue_core.messages import GlueApiContext
from glue_core.proxies import TrustedProxies
from glue_core.settings import Settings
from glue_core.taking import Taken, Takers
from glue_core.target import host_of, raw_path_of

_ENCODED_SLASH = re.compile("%2[Ff]")


class MissingApiApplication(Exception):
    """No application serves a request; it is the deployment's fault, and answered 500."""


class Selection:
    """Who answers where, frozen: by host, by path, by asking in order, and the fallback last."""

    def __init__(
        self,
        applications: Mapping[str, WSGI],
        declared: Iterable[ApiApplication],
        settings: Settings,
        expanders: Iterable[Expand] = (),
    ) -> None:
        """Freeze who answers where.

        Args:
            applications: WSGI callables by the names of their applications.
            declared: The applications, in the order they are asked.
            settings: Tells hosts and paths of applications, and what they leave to others.
            expanders: Make the contexts of requests; HTTP does where there are none.

        Raises:
            ConfigurationError: Two applications have one host or one path, or are both the
                fallback; there is none; or one leaves something to another that does not take it.
        """
        self.applications = dict(applications)
        self.expanders = tuple(expanders)
        self.proxies = TrustedProxies(settings["trusted_proxies"])
        self._declared = tuple(declared)
        if not self._declared:
            raise ConfigurationError(
                "There is no application to serve.\nInstall a distribution with an entry point in "
                "'glue.applications', such as glue-storefront-api."
            )
        self._fallback = _fallback_of(self._declared, settings)
        self._asked = tuple(
            each
            for each in self._declared
            if each.is_serving is not None and each.name != self._fallback
        )
        self._hosts: dict[str, str] = {}
        paths: dict[str, str] = {}
        for application in self._declared:
            table = settings.application(application.name)
            for host in table["hosts"]:
                _claim(self._hosts, host.lower(), application.name, "host", settings.origin)
            for path in table["paths"]:
                prefix = "/" + path.strip("/") if path.strip("/") else ""
                _claim(paths, prefix, application.name, "path", settings.origin)
        self._paths = sorted(paths.items(), key=lambda each: -len(each[0]))
        names = [each.name for each in self._declared]
        self._takers = Takers(self.applications, names, settings)

    def select(self, context: GlueApiContext) -> tuple[str, str]:
        """Say which application serves a request, and at which mount point.

        One application alone serves everything. Else the host decides, then the longest path
        prefix, then the first application that says it serves, and last the fallback.

        Returns:
            Name of the application, and the path prefix that is its mount point.

        Raises:
            MissingApiApplication: None serves it.
        """
        if len(self._declared) == 1 and not self._hosts and not self._paths:
            return self._declared[0].name, ""
        name = self._hosts.get(context.host)
        if name is not None:
            return name, self._prefix_of(name, context.path)
        for application in self._declared:
            if application.is_serving is None and application.serves(context):
                return application.name, ""
        for prefix, name in self._paths:
            if context.path == prefix or context.path.startswith(prefix + "/"):
                return name, prefix
        for application in self._asked:
            if application.serves(context):
                return application.name, ""
        if self._fallback is not None:
            return self._fallback, ""
        raise MissingApiApplication(
            f"No application serves the host {context.host!r} and the path {context.path!r}."
        )

    def taking(self, name: str, environ: dict[str, Any]) -> Taken:
        """Say which application takes a request: the selected one, or another in its place.

        Args:
            name: Name of the selected application.
            environ: The WSGI environment, below the mount point.
        """
        return self._takers.taking(name, environ)

    def is_fallback(self, name: str) -> bool:
        """Say whether an application answers what no other one serves."""
        return name == self._fallback

    def _prefix_of(self, name: str, path: str) -> str:
        for prefix, owner in self._paths:
            if owner == name and prefix and (path == prefix or path.startswith(prefix + "/")):
                return prefix
        return ""


def _fallback_of(declared: Iterable[ApiApplication], settings: Settings) -> str | None:
    """Return the name of the application that is asked last, or None."""
    found = []
    for application in declared:
        said: bool | None = settings.application(application.name)["fallback"]
        if application.fallback if said is None else said:
            found.append(application.name)
    if len(found) > 1:
        raise ConfigurationError(
            f"{settings.origin}: the applications {', '.join(map(repr, found))} all answer what no "
            f"other one serves, so only the first would ever be asked.\n"
            f"Say 'fallback = false' under 'applications.<name>' of all but one."
        )
    return found[0] if found else None


def context_of(environ: Mapping[str, Any], expanders: Iterable[Expand] = ()) -> GlueApiContext:
    """Return what selects the application of a request.

    Args:
        environ: The WSGI environment.
        expanders: Make it; HTTP does where there are none.
    """
    expanding = tuple(expanders)
    if not expanding:
        return GlueApiContext(host_of(environ), _path_of(environ), environ["REQUEST_METHOD"])
    context = GlueApiContext("", "", "")
    for expand in expanding:
        context = expand(context, environ)
    return context


def _path_of(environ: Mapping[str, Any]) -> str:
    """Return the decoded path, in which an encoded slash stays what it was, if we know of it."""
    path: str = environ.get("PATH_INFO", "")
    raw = raw_path_of(environ) or ""
    parts = _ENCODED_SLASH.split(raw)
    if len(parts) == 1:
        return path
    return "%2F".join(unquote_to_bytes(each).decode("latin-1") for each in parts)


def _claim(taken: dict[str, str], key: str, name: str, what: str, origin: str) -> None:
    other = taken.setdefault(key, name)
    if other != name:
        raise ConfigurationError(
            f"{origin}: the applications {other!r} and {name!r} both have the {what} {key!r}.\n"
            f"Give one of them another under 'applications.<name>.{what}s'."
        )
