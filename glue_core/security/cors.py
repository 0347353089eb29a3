"""Cross-origin requests: which pages of other origins may read answers, and preflights.

Off where an application names no origin. What a browser asks before a request is answered by the
place itself: the methods it has. Where nothing is, they are those that there may be, so that the
browser goes on and its page sees the 404.

Source:
    The Fetch standard, "CORS protocol".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glue_core import codes
from glue_core.application import ApiApplication
from glue_core.edge import vary_on
from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl
from glue_core.listener import Listener, Notice, ResponseEvent
from glue_core.messages import GlueError, GlueRequest, GlueRequestValidation
from glue_core.openapi.fragment import Fragment
from glue_core.operation import ErrorCode, Operation
from glue_core.settings import Settings
from glue_core.step import Step, Validate

if TYPE_CHECKING:
    from glue_core.openapi.view import View

ANY_ORIGIN = "*"
NOT_ALLOWED = "Not allowed."
NO_ORIGIN = "The required header `origin` for the options method is missing."

# What Fetch sends without asking; a page may name them all the same.
ALWAYS_METHODS = frozenset({"OPTIONS", "HEAD"})
# A header of a page's own choice can only be sent by name, never as a list of everything.
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ORIGIN = re.compile(r"null|[A-Za-z][A-Za-z0-9+.-]*://[^/?#@\s]+")


class Cors:
    """What one application allows pages of other origins.

    Attributes:
        origins: Origins that may read answers; empty where any may.
        headers: Names of the request headers they may send, in lower case.
    """

    __slots__ = ("_any", "_credentials", "_exposed", "_headers", "_max_age", "headers", "origins")

    def __init__(self, table: Mapping[str, Any]) -> None:
        origins: list[str] = table["cors_origins"]
        self._any = ANY_ORIGIN in origins
        self.origins = frozenset() if self._any else frozenset(each.lower() for each in origins)
        self.headers = frozenset(each.lower() for each in table["cors_headers"])
        self._headers = ", ".join(table["cors_headers"])
        self._exposed = ", ".join(table["cors_exposed_headers"])
        self._credentials: bool = table["cors_credentials"]
        self._max_age = str(table["cors_max_age"])

    def allows(self, origin: str | None) -> bool:
        """Say whether pages of an origin may read answers."""
        return origin is not None and (self._any or origin.lower() in self.origins)

    def answer(self, event: ResponseEvent) -> None:
        """Tell the browser what the page may read, or send."""
        headers, origin = event.headers, event.environ.get("HTTP_ORIGIN")
        if not self._any:
            vary_on(headers, "Origin")
        if not self.allows(origin):
            return
        assert origin is not None
        headers["access-control-allow-origin"] = ANY_ORIGIN if self._any else origin
        if self._credentials:
            headers["access-control-allow-credentials"] = "true"
        if not _is_preflight(event):
            if self._exposed:
                headers.setdefault("access-control-expose-headers", self._exposed)
        elif event.status < 300:
            headers.setdefault("access-control-allow-headers", self._headers)
            headers.setdefault("access-control-max-age", self._max_age)


def _is_preflight(event: ResponseEvent) -> bool:
    environ = event.environ
    asks = "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ
    return asks and environ["REQUEST_METHOD"] == "OPTIONS"


def cors_of(settings: Settings, application: str) -> Cors | None:
    """Return what an application allows, or None where CORS is off.

    Raises:
        ConfigurationError: Every origin would be allowed with credentials, or a value is no origin
            or no name of a header.
    """
    table = settings.application(application)
    if not table["cors_origins"]:
        return None
    place = f"{settings.origin}: applications.{application}"
    if ANY_ORIGIN in table["cors_origins"] and table["cors_credentials"]:
        raise ConfigurationError(
            f"{place}.cors_credentials is true and cors_origins has '*': every page on the web "
            f"could act for whoever is logged in, and browsers refuse it.\n"
            f"List the origins of your own pages, or set cors_credentials = false."
        )
    for each in table["cors_origins"]:
        if each != ANY_ORIGIN and not _ORIGIN.fullmatch(each):
            raise ConfigurationError(
                f"{place}.cors_origins has {each!r}, which is no origin.\n"
                f"Write scheme, host and port alone, such as 'https://shop.example.com'."
            )
    for key in ("cors_headers", "cors_exposed_headers"):
        for each in table[key]:
            if not _HEADER_NAME.fullmatch(each):
                raise ConfigurationError(
                    f"{place}.{key} has {each!r}, which is no name of a header."
                )
    return Cors(table)


def _events(settings: Settings, application: ApiApplication | None) -> Notice | None:
    cors = cors_of(settings, application.name) if application is not None else None
    return cors.answer if cors is not None else None


def _refusal(status: int, message: str, header: str) -> GlueRequestValidation:
    error = GlueError(status=status, code=codes.CORS_REFUSED, message=message, header=header)
    return GlueRequestValidation(False, status, (error,))


def _preflight(settings: Settings, operation: Operation) -> Validate | None:
    """Judge what a browser asks for; known and unknown paths by one rule."""
    if operation.method != "options":
        return None
    cors = cors_of(settings, operation.application)
    if cors is None:
        return None
    methods = ALWAYS_METHODS.union(operation.allowed)
    no_method = _refusal(400, NOT_ALLOWED, "Access-Control-Request-Method")
    no_origin = _refusal(501, NO_ORIGIN, "Origin")
    bad_origin = _refusal(400, NOT_ALLOWED, "Origin")
    bad_header = _refusal(400, NOT_ALLOWED, "Access-Control-Request-Headers")

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        method = request.header("access-control-request-method")
        if method is None:
            return None
        if method.strip() not in methods:
            return no_method
        origin = request.header("origin")
        if not origin:
            return no_origin
        if not cors.allows(origin):
            return bad_origin
        asked = request.header("access-control-request-headers") or ""
        for name in asked.split(","):
            if name.strip() and name.strip().lower() not in cors.headers:
                return bad_header
        return None

    return validate


def _describe_preflight(operation: Operation, view: View) -> Fragment:
    return Fragment(
        errors=(
            ErrorCode(400, codes.CORS_REFUSED, NOT_ALLOWED),
            ErrorCode(501, codes.CORS_REFUSED, NO_ORIGIN),
        )
    )


@hookimpl
def glue_request_validators(settings: Settings) -> Sequence[Step[Validate]]:
    """Judge preflights where the application allows other origins at all."""
    return [
        Step(
            "preflight",
            lambda operation: _preflight(settings, operation),
            describe=_describe_preflight,
        ),
    ]


@hookimpl
def glue_response_events(settings: Settings) -> Sequence[Listener[Notice]]:
    """Tell browsers which pages may read an answer, errors too."""
    return [Listener("cors", lambda application: _events(settings, application))]
