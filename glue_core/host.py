"""The host: the WSGI callable in front of several applications."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import orjson

from glue_core import codes
from glue_core.application import WSGI, StartResponse
from glue_core.deployment import Deployment
from glue_core.edge import Edge
from glue_core.formatting import LOG, status_line
from glue_core.http import NO_HOST
from glue_core.request_id import ENVIRON_KEY, SCENE, request_id_of
from glue_core.selection import MissingApiApplication, Selection, context_of
from glue_core.target import BASE_URL_KEY, base_url_of, host_of, raw_target_of

ANY_METHODS = "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"
"""What may be allowed somewhere: the answer to a question about the server as a whole."""

NO_PATH = "The target of the request is no path: a path starts with a slash."
FAILED = "Something went wrong on the server. It was logged with the request's id."

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


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
        environ = _below(prefix, environ)
        taken = selection.taking(name, environ).name
        if taken != name:
            # Links lead to where the client is, which is the place of the selected one.
            configured = deployment.settings.application(name)["base_url"]
            environ = {**environ, BASE_URL_KEY: base_url_of(environ, configured)}
        application = selection.applications[taken]
        if taken == name:
            application = deployment.shadows.answering(name, application)
        try:
            return application(environ, start_response)
        except Exception as error:
            # Only what answers by itself raises; its failure must not be somebody else's.
            request_id = request_id_of(environ)
            LOG.error("Request %s: the application %r failed", request_id, taken, exc_info=error)
            code, failed = codes.INTERNAL_ERROR, sys.exc_info()
            return _refuse(deployment.edge, environ, start_response, 500, code, FAILED, failed)

    def answering(self, environ: dict[str, Any]) -> tuple[WSGI | None, dict[str, Any]]:
        """Say which application answers a request; nothing is asked of it.

        Args:
            environ: WSGI environment of the request.

        Returns:
            The application and the environment below its mount point; None where the host itself
            answers.
        """
        selection = self._serving[1]
        path = environ.get("PATH_INFO", "")
        environ = dict(environ)
        is_told = host_of(environ) and _host_of_target_counts(environ)
        if not is_told or (path and not path.startswith("/")):
            return None, environ
        try:
            name, prefix = selection.select(context_of(environ, selection.expanders))
        except MissingApiApplication:
            return None, environ
        environ = _below(prefix, environ)
        return selection.applications[selection.taking(name, environ).name], environ


def _below(prefix: str, environ: dict[str, Any]) -> dict[str, Any]:
    """Return the environment of a request below a mount point."""
    if not prefix:
        return environ
    return {
        **environ,
        "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + prefix,
        "PATH_INFO": environ.get("PATH_INFO", "")[len(prefix) :] or "/",
    }


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
    failed: Any = None,
) -> Any:
    """Answer an error where no application did, and so no convention."""
    body = orjson.dumps({"errors": [{"status": str(status), "code": code, "detail": text}]})
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    return _answer(edge, environ, start_response, status, headers, body, failed)


def _answer(
    edge: Edge,
    environ: dict[str, Any],
    start_response: StartResponse,
    status: int,
    headers: dict[str, str],
    body: bytes = b"",
    failed: Any = None,
) -> Any:
    # No application is the one that answers, whoever was asked.
    request_id = environ.get(ENVIRON_KEY) or request_id_of(environ)
    SCENE.set((request_id, edge.logs, environ["REQUEST_METHOD"], None, None))

    def answer(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        edge.finish(status, headers, environ)
        # An answer may have begun: the server takes another one while nothing of it was sent.
        start_response(status_line(status), list(headers.items()), *([failed] if failed else []))
        return [body] if body and environ["REQUEST_METHOD"] != "HEAD" else []

    # What failed was an application's request already.
    asked = answer if failed else edge.wrapped(answer)
    return edge.watched(asked(environ, start_response), environ)


def _selection_of(deployment: Deployment) -> Selection:
    declared = [each.application for each in deployment.registry.applications.values()]
    return Selection(
        deployment.applications, declared, deployment.settings, deployment.context_expanders
    )


def create(only: str | None = None) -> WSGI:
    """Make the WSGI callable of a deployment: what gunicorn is pointed at.

    Args:
        only: Name of the one application to serve; all that the settings name when None.

    Raises:
        ConfigurationError: The deployment cannot start.
    """
    return Host(Deployment(only=only))
