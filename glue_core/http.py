"""HTTP: a Falcon application in front of the flow of one application."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_to_bytes

from glue_core import codes
from glue_core.application import WSGI
from glue_core.edge import Edge
from glue_core.errors import Problem
from glue_core.flow import Flow
from glue_core.formatting import LOG
from glue_core.inner import InnerRun, InnerSource, SharedWork
from glue_core.lanes import EVERYTHING, HAS_QUERY
from glue_core.matching import Match, Matcher
from glue_core.messages import (
    NO_PARENTS,
    OF_NOBODY,
    GlueError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    ParentResources,
    RequestSource,
)
from glue_core.negotiation import Negotiates, read_media_type
from glue_core.openapi.serving import Documentation
from glue_core.operation import DEFAULT_STATUSES, Operation
from glue_core.request_id import ENVIRON_KEY, named, request_id_of, set_scene
from glue_core.security.access import Access
from glue_core.security.in_query import move_to_headers
from glue_core.services.rehearsing import REHEARSAL_KEY
from glue_core.target import BASE_URL_KEY, Origins, environ_key, raw_path_of
from glue_core.transport import ExtractedSource, Transport
from glue_core.versions import UNREADABLE, version_before, version_in
from glue_core.work import Work
from glue_core.wsgi import Answer, FlowApp

READ_AT_ONCE = 65_536
KEPT_NAMES = 256

USUAL_HEADERS = frozenset(
    {"allow", "cache-control", "content-language", "etag", "location", "retry-after", "vary"}
)
"""Headers of most answers; where there are no others, no name has to be put into lower case."""

NO_PLACE = frozenset({"not-found", "parent-not-found"})
"""Refusals of paths that nothing of the application answers."""

NO_HOST = "The Host header is missing, or is no host and port."
UNREADABLE_BODY = "The body ended early, or its chunks are malformed."

_NO_LENGTH = -1
LONGEST_LENGTH = 20
"""Digits from which on the announced length of a body is no number."""


class _Keys(dict[str, str]):
    """Where a WSGI environment has the headers that steps ask for; few, and always the same."""

    def __missing__(self, name: str) -> str:
        key = environ_key(name)
        if len(self) < KEPT_NAMES:
            self[name] = key
        return key


_KEYS = _Keys()


class HttpSource:
    """The HTTP side of a request: headers, query and body of a WSGI environment."""

    __slots__ = ("_environ", "_limit")

    def __init__(self, environ: dict[str, Any], limit: int) -> None:
        self._environ = environ
        self._limit = limit

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name, or None."""
        value: str | None = self._environ.get(_KEYS[name])
        if value or value is None:
            return value
        return value if name.lower() != "content-type" else None

    def headers(self) -> dict[str, list[str]]:
        """Return all headers, lower-case names to lists; ``content-type`` is always there."""
        found = {"content-type": [self._environ.get("CONTENT_TYPE") or ""]}
        for key, value in self._environ.items():
            if key.startswith("HTTP_"):
                found[key[5:].lower().replace("_", "-")] = [value]
        if self._environ.get("CONTENT_LENGTH"):
            found["content-length"] = [self._environ["CONTENT_LENGTH"]]
        return found

    def query_string(self) -> str:
        """Return the query as it was sent."""
        query: str = self._environ.get("QUERY_STRING", "")
        return query

    def attributes(self) -> Mapping[str, Any]:
        """Return the WSGI environment."""
        return self._environ

    def body(self) -> bytes:
        """Return the body, whether its length was announced or it came in chunks.

        Raises:
            Problem: 413 where it is larger than the limit, 400 where it ended early or the server
                cannot read it.
        """
        text = self._environ.get("CONTENT_LENGTH")
        if not text:
            announced = _NO_LENGTH
        elif text.isascii() and text.isdigit() and len(text) < LONGEST_LENGTH:
            announced = int(text)
        else:
            raise _one(400, codes.INVALID_HEADER, "Content-Length is no number.")
        if announced > self._limit:
            raise self._too_large()
        stream = self._environ.get("wsgi.input")
        if stream is None or announced == 0:
            return b""
        if announced == _NO_LENGTH:
            if not self._environ.get("wsgi.input_terminated"):
                return b""
            wanted = self._limit + 1
        else:
            wanted = announced
        parts, size = [], 0
        while size < wanted:
            try:
                part = stream.read(min(READ_AT_ONCE, wanted - size))
            except Exception as error:
                # Each server has errors of its own for chunks that are none and for a client that
                # left. It closes the connection then: nobody knows where the next request starts.
                raise _one(400, codes.MALFORMED_BODY, UNREADABLE_BODY) from error
            if not part:
                break
            if len(part) == announced:
                # Most bodies come at once.
                return bytes(part)
            parts.append(part)
            size += len(part)
        if size > self._limit:
            raise self._too_large()
        if announced > size:
            raise _one(400, codes.MALFORMED_BODY, "The body ended before its announced length.")
        return b"".join(parts)

    def _too_large(self) -> Problem:
        return _one(413, codes.BODY_TOO_LARGE, f"The body is larger than {self._limit} bytes.")


def _one(status: int, code: str, message: str) -> Problem:
    return Problem(status, [GlueError(status=status, code=code, message=message)])


class HttpApplication:
    """A WSGI callable that runs the flow of one application for each request."""

    def __init__(
        self,
        name: str,
        matchers: Mapping[str | None, Matcher[Flow]],
        negotiator: Negotiates,
        start_work: Callable[[GlueRequest], Work],
        *,
        body_limit: int,
        seconds: float,
        edge: Edge,
        base_url: str | None = None,
        versions_in_path: bool = False,
        transports: Sequence[Transport] = (),
        access: Access | None = None,
        documentation: Documentation | None = None,
    ) -> None:
        """Put the parts together.

        Args:
            name: Name of the application.
            matchers: Compiled operations, by convention.
            negotiator: Selects the convention.
            start_work: Starts the unit of work of a request that asks for it.
            body_limit: Largest body, in bytes.
            seconds: Time a request may take.
            edge: What hears of the answers.
            access: Who may do what, or None where nothing asks.
            base_url: Address that links start with; the request's own by default.
            versions_in_path: Whether a path may start with the version it asks for.
            documentation: The generated description, or None.
            transports: What may find other requests in HTTP requests; the first that applies does.
        """
        self.name = name
        self.matchers = matchers
        self.negotiator = negotiator
        self.documentation = documentation
        self._start_work = start_work
        self._start_inner = self.inner_of
        self._body_limit = body_limit
        self._seconds = seconds
        self._origins = Origins(base_url)
        self._versions_in_path = versions_in_path
        self._transports = tuple(transports)
        self._edge = edge
        self._logs = edge.logs
        self._parameters = {} if access is None else access.parameters
        self._credentials = frozenset[str]() if access is None else access.keys
        app = edge.wrapped(FlowApp(self._answer, self._last_resort))
        # Python calls a method at once; for an object it looks up how its class is called.
        self._app: WSGI = app.__call__ if isinstance(app, FlowApp) else app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer one request, as PEP 3333 says."""
        request_id = environ.get(ENVIRON_KEY) or named(environ)
        set_scene((request_id, self._logs, environ["REQUEST_METHOD"], None, None))
        if self._parameters:
            move_to_headers(environ, self._parameters)
        body = self._app(environ, start_response)
        return self._edge.watched(body, environ) if self._edge.watches else body

    def request_of(
        self, environ: dict[str, Any], carried: ExtractedSource | None = None
    ) -> tuple[Flow, GlueRequest]:
        """Hydrate a request, select its convention, and match it. Nothing of a plugin runs.

        Args:
            environ: The WSGI environment.
            carried: What a transport found in it, or None for the HTTP request itself.
        """
        source: RequestSource
        known: dict[str, Any]
        if carried is None:
            source = HttpSource(environ, self._body_limit)
            method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
            raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
            if raw is not None:
                raw = raw_path_of(environ) if "%" in raw else None
            content_type, accept = environ.get("CONTENT_TYPE") or None, environ.get("HTTP_ACCEPT")
            query = environ.get("QUERY_STRING", "")
            known = {"http_request_attributes": environ}
            if environ.keys().isdisjoint(self._credentials):
                known |= OF_NOBODY
        else:
            source, method, raw = carried, carried.method, carried.raw_path
            path = unquote_to_bytes(raw).decode("latin-1")
            content_type, accept = carried.header("content-type"), carried.header("accept")
            query, known = carried.query_string(), {}
        selected = self.negotiator.select(method, content_type, accept)
        prefix = ""
        if self._versions_in_path:
            versioned = version_before(path, raw)
            path, raw, prefix = versioned.path, versioned.raw, versioned.prefix
            if versioned.version is not None:
                selected = self.negotiator.at_version(selected, versioned.version)
        match = self.matchers[selected.convention].match(method, path, raw)
        flow, version = match.target, None
        if selected.asked is not None:
            version = selected.asked.named
            if flow.versions is not None:
                flow, version = flow.versions.select(selected.asked, flow)
        deadline = time.monotonic() + self._seconds
        if REHEARSAL_KEY in environ:
            deadline = min(deadline, environ[REHEARSAL_KEY].deadline)
        lane = selected.lane
        if query:
            lane |= HAS_QUERY
        else:
            known["query_fields"] = {}
        if carried is not None:
            lane = EVERYTHING
        elif not environ.keys().isdisjoint(flow.looks_at):
            for key, bit in flow.looks_at.items():
                if key in environ:
                    lane |= bit
        resource, parents = _named_by(match, flow.operation)
        request = GlueRequest(
            source,
            flow.operation,
            self._start_work,
            deadline,
            self._start_inner,
            resource,
            parents,
            selected,
            query,
            known,
            lane,
        )
        request.id = request_id = environ.get(ENVIRON_KEY) or request_id_of(environ)
        request.application = self.name
        request.convention = selected.convention
        request.accepted_format = selected.accepted_format
        if version is not None and version != UNREADABLE:
            request.version = version
        request.method = method
        request.path = path
        request.host, request.base_url = self._origins[
            environ["wsgi.url_scheme"], environ.get("HTTP_HOST"), environ.get("SCRIPT_NAME")
        ]
        if BASE_URL_KEY in environ:
            request.base_url = environ[BASE_URL_KEY]
        if prefix:
            # Links lead to what the client reads: the same version.
            request.base_url += prefix
        set_scene((request_id, self._logs, method, flow, resource.route))
        return flow, request

    def inner_of(
        self,
        outer: GlueRequest,
        method: str,
        address: str,
        content: bytes,
        headers: Mapping[str, str],
    ) -> InnerRun:
        """Make and match a request inside another. Nothing of a plugin runs."""
        raw, _, query = address.partition("?")
        path = unquote_to_bytes(raw).decode("latin-1")
        match = self.matchers[outer.convention].match(method, path, raw)
        flow, version, selected = match.target, outer.version, outer.selected
        if flow.versions is not None and selected is not None and selected.asked is not None:
            flow, version = flow.versions.select(selected.asked, flow)
        format_ = flow.operation.spoken.media_types[0] if flow.operation.spoken else None
        shared = SharedWork(outer)
        resource, parents = _named_by(match, flow.operation)
        request = GlueRequest(
            InnerSource(outer, format_, query, content, headers),
            operation=flow.operation,
            start_work=shared.start,
            deadline=outer.deadline,
            start_inner=self.inner_of,
            resource=resource,
            parent_resources=parents,
        )
        for name in ("id", "application", "convention", "host", "base_url", "accepted_format"):
            setattr(request, name, getattr(outer, name))
        request.identities = outer.identities
        request.selected = None if selected is None else replace(selected, is_understood=True)
        request.requested_format = format_
        request.version = version if version != UNREADABLE else None
        request.method = method
        request.path = path
        return InnerRun(flow, request, shared)

    def takes(self, environ: dict[str, Any]) -> bool:
        """Say whether there is a place for the path, and a reader of the body's format.

        Nothing of a plugin runs but its transports, and the body is not read.
        """
        if self._transport_of(environ) is not None:
            return True
        if environ["REQUEST_METHOD"] == "OPTIONS":
            # OPTIONS is answered everywhere, so it is no sign of a place.
            environ = {**environ, "REQUEST_METHOD": "GET"}
        flow, request = self.request_of(environ)
        if flow.operation.refusal in NO_PLACE:
            return False
        # A raw operation reads its body itself, whatever the type says.
        selected = request.selected
        return flow.operation.is_raw or selected is None or selected.is_understood

    @property
    def starts(self) -> frozenset[str]:
        """First segments of the paths that it has places for, whatever the convention."""
        return frozenset[str]().union(*(each.starts for each in self.matchers.values()))

    def place_of(self, environ: dict[str, Any]) -> str | None:
        """Return the template of the place that a request is for, or None where nothing is."""
        return self.request_of(environ)[1].resource.route

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """Run the flow of a request."""
        transport = self._transport_of(environ) if self._transports else None
        failed = None
        if transport is None:
            flow, request = self.request_of(environ)
        else:
            flow, request, failed = self._extracted(transport, environ)
        if not request.host:
            headers: dict[str, str] = {}
            self._edge.finish(400, headers, environ, request)
            return 400, headers, (), NO_HOST.encode(), "text/plain; charset=utf-8"
        response = flow.run(request, failed)
        if request.version is not None and request.operation.refusal is None:
            response.format = _with_version(response.format, request)
        if transport is not None:
            response = _enveloped(transport, response, request)
        status = response.http_status or DEFAULT_STATUSES["get"]
        headers = response.meta
        if not USUAL_HEADERS.issuperset(headers) and not "".join(headers).islower():
            for name in [each for each in headers if not each.islower()]:
                headers.setdefault(name.lower(), headers.pop(name))
        others = self._edge.settle(status, headers, environ, request)
        content = response.content
        if environ["REQUEST_METHOD"] == "HEAD" and not isinstance(content, bytes | None):
            # Falcon forgets the body of an answer to HEAD; what holds a file must give it back.
            _close(content)
            content = ()
        media_type = response.format if content is not None else None
        return status, headers, others, content, media_type

    def _transport_of(self, environ: dict[str, Any]) -> Transport | None:
        """Return the first transport that an HTTP request is for, or None for HTTP itself."""
        for transport in self._transports:
            try:
                if transport.applies(environ):
                    return transport
            except Exception as error:
                request_id = request_id_of(environ)
                LOG.error("Request %s: a transport cannot be asked", request_id, exc_info=error)
        return None

    def _extracted(
        self, transport: Transport, environ: dict[str, Any]
    ) -> tuple[Flow, GlueRequest, Exception | None]:
        """Hydrate and match the request that another one carries.

        Returns:
            The flow and the request; and why there is none, with those of the carrier in its place.
        """
        carrier = HttpSource(environ, self._body_limit)
        try:
            extracted = transport.extract(carrier)
            source = ExtractedSource(extracted, carrier, self._body_limit)
            flow, request = self.request_of(environ, source)
        except Exception as error:
            return *self.request_of(environ), error
        return flow, request, None

    def _last_resort(self, environ: dict[str, Any], error: Exception) -> Answer:
        """Answer what failed outside the flow, without details."""
        LOG.error("Request %s failed outside its flow", request_id_of(environ), exc_info=error)
        headers: dict[str, str] = {}
        self._edge.finish(500, headers, environ)
        return 500, headers, (), b"[]", "application/json"


def _close(content: object) -> None:
    """Close a body that is not sent, where it is one that holds something."""
    close = getattr(content, "close", None)
    if close is not None:
        close()


def _enveloped(transport: Transport, response: GlueResponse, request: GlueRequest) -> GlueResponse:
    """Return the HTTP answer that carries another one."""
    if request.method == "HEAD":
        _close(response.content)
        response.content = None
    return transport.send(response, request)


def _with_version(format_: str | None, request: GlueRequest) -> str | None:
    """Repeat the version that the request carried, in the type of its convention."""
    if format_ is None:
        return None
    asked = request.selected.asked if request.selected is not None else None
    name, parameters = read_media_type(format_)
    if asked is None or name not in asked.media_types or version_in(parameters) is not None:
        return format_
    return f"{format_}; version={request.version}"


def _named_by(match: Match[Flow], operation: Operation) -> tuple[GlueResource, ParentResources]:
    """Return the resource that a path names, and those above it."""
    _, types, ids, parameters, template = match
    parents = NO_PARENTS
    if types:
        last = len(types) - 1
        resource = GlueResource(types[last], ids[last] if len(ids) > last else None)
        if last:
            parents = ParentResources(map(GlueResource, types[:last], ids))
    else:
        resource = GlueResource(parameters=parameters)
        if parameters is not None:
            resource.id = parameters.get("id")
    resource.route = template
    resource.method = operation.method
    return resource, parents
