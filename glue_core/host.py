"""The host: the WSGI callable in front of several applications."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from glue_core import codes
from glue_core.application import WSGI, ApiApplication, StartResponse, host_of
from glue_core.deployment import Deployment
from glue_core.edge import Edge
from glue_core.errors import ConfigurationError
from glue_core.formatting import LOG, status_line
from glue_core.http import NO_HOST, HttpApplication, raw_path_of, raw_target_of
from glue_core.listener import Expand
from glue_core.messages import GlueApiContext
from glue_core.proxies import TrustedProxies
from glue_core.request_id import request_id_of
from glue_core.settings import Settings

ANY_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"
"""What may be allowed somewhere: the answer to a question about the server as a whole."""

NO_PATH = "The target of the request is no path: a path starts with a slash."

_ENCODED_SLASH = re.compile("%2[Ff]")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


class MissingApiApplication(Exception):
    """No application serves a request; it is the deployment's fault, and answered 500."""


class Selection:
    """Who answers where, frozen: by host, by path, then by asking in order."""

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
            settings: Tells hosts and paths of applications.
            expanders: Make the contexts of requests; HTTP does where there are none.

        Raises:
            ConfigurationError: Two applications have one host or one path, there is none, or the
                next one of an application is not served or leads back.
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
        self._hosts: dict[str, str] = {}
        self._next: dict[str, str] = {}
        paths: dict[str, str] = {}
        for application in self._declared:
            table = settings.application(application.name)
            for host in table["hosts"]:
                _claim(self._hosts, host.lower(), application.name, "host", settings.origin)
            for path in table["paths"]:
                prefix = "/" + path.strip("/") if path.strip("/") else ""
                _claim(paths, prefix, application.name, "path", settings.origin)
            if table["next"] is not None:
                self._next[application.name] = table["next"]
        for name in self._next:
            self._check_next(name, settings.origin)
        self._paths = sorted(paths.items(), key=lambda each: -len(each[0]))

    def select(self, context: GlueApiContext) -> tuple[str, str]:
        """Say which application serves a request, and at which mount point.

        One application alone serves everything. Else the host decides, then the longest path
        prefix, then the first application that says it serves.

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
        for application in self._declared:
            if application.is_serving is not None and application.serves(context):
                return application.name, ""
        raise MissingApiApplication(
            f"No application serves the host {context.host!r} and the path {context.path!r}."
        )

    def taking(self, name: str, environ: dict[str, Any]) -> str:
        """Say which application takes a request: the selected one, or one that comes next.

        It is asked before anything runs, so that no answer is made twice. What nobody takes the
        selected one refuses, in its own words.

        Args:
            name: Name of the selected application.
            environ: The WSGI environment, below the mount point.
        """
        asked: str | None = name if name in self._next else None
        while asked is not None:
            application = self.applications[asked]
            if _takes(application, environ):
                return asked
            asked = self._next.get(asked)
        return name

    def _check_next(self, name: str, origin: str) -> None:
        """Refuse a way that leads back to where it started, or to nobody."""
        way = [name]
        while (following := self._next.get(way[-1])) is not None:
            if following in way:
                raise ConfigurationError(
                    f"{origin}: 'applications.<name>.next' leads in a circle: "
                    f"{' -> '.join([*way, following])}.\nTake one of them out."
                )
            if following not in self.applications:
                raise ConfigurationError(
                    f"{origin}: after {way[-1]!r} comes {following!r}, which is not served.\n"
                    f"Serve it too, or take 'applications.{way[-1]}.next' out."
                )
            way.append(following)

    def _prefix_of(self, name: str, path: str) -> str:
        for prefix, owner in self._paths:
            if owner == name and prefix and (path == prefix or path.startswith(prefix + "/")):
                return prefix
        return ""


class Host:
    """The WSGI callable in front of the applications of a deployment.

    What it serves is a snapshot that can be swapped as a whole; requests finish on theirs.
    """

    def __init__(self, deployment: Deployment) -> None:
        """Serve a deployment.

        Raises:
            ConfigurationError: Two applications have one host or one path, or there is none.
        """
        self._serving = (deployment, _selection_of(deployment))

    def swap(self, deployment: Deployment) -> Deployment:
        """Serve another deployment from the next request on.

        Returns:
            The deployment served until now, for the caller to close once its requests are done.

        Raises:
            ConfigurationError: The other one cannot be served; the present one goes on.
        """
        former = self.deployment
        self._serving = (deployment, _selection_of(deployment))
        return former

    @property
    def deployment(self) -> Deployment:
        """The deployment that it serves."""
        return self._serving[0]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer one request, as PEP 3333 says."""
        deployment, selection = self._serving
        if not deployment.is_started:
            deployment.start_up()
        if selection.proxies:
            selection.proxies.look_through(environ)
        path = environ.get("PATH_INFO", "")
        if not host_of(environ) or not _host_of_target_counts(environ):
            code = codes.INVALID_HEADER
            return _refuse(deployment.edge, environ, start_response, 400, code, NO_HOST)
        if path and not path.startswith("/"):
            return _without_path(deployment.edge, environ, start_response)
        try:
            name, prefix = selection.select(context_of(environ, selection.expanders))
        except MissingApiApplication as error:
            LOG.error("Request %s: %s", request_id_of(environ), error)
            code = codes.INTERNAL_ERROR
            return _refuse(deployment.edge, environ, start_response, 500, code, str(error))
        if prefix:
            environ = dict(environ)
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path[len(prefix) :] or "/"
        return selection.applications[selection.taking(name, environ)](environ, start_response)


def _host_of_target_counts(environ: dict[str, Any]) -> bool:
    """Put the host of a target that is a whole address in the place of the header's.

    Returns:
        False where it is no host.

    Source:
        RFC 9112, section 3.2.2: the header does not count then; 3.2 wants it there all the same.
    """
    match = _ABSOLUTE.match(raw_target_of(environ) or "")
    if match is None:
        return True
    environ["HTTP_HOST"] = match[1]
    return host_of(environ) != ""


def _without_path(edge: Edge, environ: dict[str, Any], start_response: StartResponse) -> Any:
    """Answer what no application has a place for: the server as a whole, or no path at all.

    Source:
        RFC 9110, section 9.3.7 for ``OPTIONS *``; RFC 9112, section 3.2 for other targets.
    """
    if environ["REQUEST_METHOD"] == "OPTIONS" and environ["PATH_INFO"] == "*":
        return _answer(edge, environ, start_response, 204, {"allow": ANY_METHODS})
    return _refuse(edge, environ, start_response, 400, codes.INVALID_PATH, NO_PATH)


def _refuse(
    edge: Edge,
    environ: dict[str, Any],
    start_response: StartResponse,
    status: int,
    code: str,
    text: str,
) -> Any:
    """Answer an error where no application was selected, and so no convention."""
    body = orjson.dumps({"errors": [{"status": str(status), "code": code, "detail": text}]})
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    return _answer(edge, environ, start_response, status, headers, body)


def _answer(
    edge: Edge,
    environ: dict[str, Any],
    start_response: StartResponse,
    status: int,
    headers: dict[str, str],
    body: bytes = b"",
) -> Any:
    edge.finish(status, headers, environ)
    start_response(status_line(status), list(headers.items()))
    is_sent = body and environ["REQUEST_METHOD"] != "HEAD"
    return edge.watched([body] if is_sent else [], environ)


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


def _takes(application: WSGI, environ: dict[str, Any]) -> bool:
    """Say whether an application takes a request; one that answers by itself takes each."""
    return not isinstance(application, HttpApplication) or application.takes(environ)


def _selection_of(deployment: Deployment) -> Selection:
    declared = [each.application for each in deployment.registry.applications.values()]
    return Selection(
        deployment.applications, declared, deployment.settings, deployment.context_expanders
    )


def _claim(taken: dict[str, str], key: str, name: str, what: str, origin: str) -> None:
    other = taken.setdefault(key, name)
    if other != name:
        raise ConfigurationError(
            f"{origin}: the applications {other!r} and {name!r} both have the {what} {key!r}.\n"
            f"Give one of them another under 'applications.<name>.{what}s'."
        )


def create(only: str | None = None) -> WSGI:
    """Make the WSGI callable of a deployment: what gunicorn is pointed at.

    Args:
        only: Name of the one application to serve; all that the settings name when None.

    Raises:
        ConfigurationError: The deployment cannot start.
    """
    return Host(Deployment(only=only))
