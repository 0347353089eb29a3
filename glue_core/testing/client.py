"""A client that calls a WSGI application as a server does, without a socket."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes
from wsgiref.validate import validator

import orjson

from glue_core.application import WSGI

JSON_API = "application/vnd.api+json"

_NOTHING: Any = object()
_VALIDATED = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PATCH", "PUT", "DELETE", "TRACE"})


class Headers(Mapping[str, str]):
    """Response headers; names are compared without case, a repeated header is joined by commas."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = tuple(pairs)

    def get_all(self, name: str) -> list[str]:
        """Return every value of a header, in the order they were sent."""
        return [value for key, value in self.pairs if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Any:
        return iter(dict.fromkeys(name.lower() for name, _ in self.pairs))

    def __len__(self) -> int:
        return len({name.lower() for name, _ in self.pairs})

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __repr__(self) -> str:
        return f"Headers({list(self.pairs)!r})"


class Response:
    """An answer, read to its end.

    Attributes:
        status: Status line, such as ``404 Not Found``.
        headers: Headers.
        content: The body.
    """

    def __init__(self, status: str, headers: Iterable[tuple[str, str]], content: bytes) -> None:
        self.status = status
        self.headers = Headers(headers)
        self.content = content

    @property
    def status_code(self) -> int:
        """The number in the status line."""
        return int(self.status.split(" ", 1)[0])

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8")

    @cached_property
    def json(self) -> Any:
        """The body as JSON.

        Raises:
            AssertionError: It is none; the message shows what came instead.
        """
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as error:
            raise AssertionError(
                f"The body of '{self.status}' is not JSON ({error}): {self.content[:500]!r}"
            ) from None

    def __repr__(self) -> str:
        return f"<Response {self.status}: {self.content[:200]!r}>"


class Client:
    """Calls a WSGI application: a host, or one application of a deployment.

    Each call is checked against PEP 3333, the application's side included, where the request is one
    that a server would pass on.

    Attributes:
        documented: Whether answers are held against the generated documentation as well; the
            fixture ``glue_documented_answers`` says so for one test.
    """

    documented: ClassVar[bool] = False

    def __init__(
        self,
        wsgi: WSGI,
        headers: Mapping[str, str] | None = None,
        *,
        json_type: str = "application/json",
        checked: bool = True,
    ) -> None:
        """Call an application.

        Args:
            wsgi: The application.
            headers: Headers of every request.
            json_type: Media type of bodies that are given as JSON.
            checked: False leaves the check against PEP 3333 out, for requests that break it.
        """
        self.wsgi = wsgi
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._json_type = json_type
        self._checked = checked

    @property
    def json_api(self) -> Client:
        """The same client, speaking JSON:API."""
        return Client(
            self.wsgi,
            {**self._headers, "accept": JSON_API},
            json_type=JSON_API,
            checked=self._checked,
        )

    def get(self, path: str, **options: Any) -> Response:
        """Send GET; options as for `request`."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Any) -> Response:
        """Send HEAD; options as for `request`."""
        return self.request("HEAD", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        """Send POST; options as for `request`."""
        return self.request("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Response:
        """Send PATCH; options as for `request`."""
        return self.request("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> Response:
        """Send PUT; options as for `request`."""
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> Response:
        """Send DELETE; options as for `request`."""
        return self.request("DELETE", path, **options)

    def options(self, path: str, **options: Any) -> Response:
        """Send OPTIONS; options as for `request`."""
        return self.request("OPTIONS", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = _NOTHING,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
        raw_path: str | None = None,
        chunked: bool = False,
        environ: Mapping[str, Any] | None = None,
    ) -> Response:
        """Send a request and read the answer to its end.

        Args:
            method: HTTP method in capital letters.
            path: Path with its query, percent-encoded as on the wire; other text is sent as UTF-8.
            json: A body as JSON; None is the JSON value null.
            body: A body as bytes.
            headers: Headers beside the client's own; None takes one of those away.
            raw_path: What the server tells as the path before decoding (``RAW_URI``); left out by
                default, as some servers do.
            chunked: Send the body without announcing its length.
            environ: Further keys of the WSGI environment.
        """
        if json is not _NOTHING:
            body = orjson.dumps(json)
        sent: dict[str, str | None] = {"host": "localhost"}
        if json is not _NOTHING:
            sent["content-type"] = self._json_type
        sent.update(self._headers)
        sent.update({name.lower(): value for name, value in (headers or {}).items()})
        whole = environ_of(method, path, sent, body or b"", chunked=chunked)
        if raw_path is not None:
            whole["RAW_URI"] = raw_path
        whole.update(environ or {})
        checked = self._checked and method in _VALIDATED and whole["PATH_INFO"].startswith("/")
        before = dict(whole) if self.documented else {}
        response = call(validator(self.wsgi) if checked else self.wsgi, whole)
        if self.documented:
            self._check(before, response)
        return response

    def _check(self, environ: Mapping[str, Any], response: Response) -> None:
        """Hold an answer against the documentation of the application that gave it."""
        from glue_core.testing.contract import check_answer

        content_type = response.headers.get("content-type")
        check_answer(self.wsgi, environ, response.status_code, content_type, response.content)


def call(wsgi: Any, environ: dict[str, Any]) -> Response:
    """Call a WSGI application, read its answer to the end, and close it."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    parts: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if exc_info is not None and parts:
            raise exc_info[1].with_traceback(exc_info[2])
        started.append((status, headers))
        return parts.append

    body = wsgi(environ, start_response)
    try:
        parts.extend(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    if not started:
        raise AssertionError("The application answered without calling start_response.")
    status, headers = started[-1]
    return Response(status, headers, b"".join(parts))


def environ_of(
    method: str,
    path: str,
    headers: Mapping[str, str | None],
    body: bytes = b"",
    *,
    chunked: bool = False,
) -> dict[str, Any]:
    """Make the environment that a server makes of a request; see `Client.request`."""
    location, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        # A server decodes once and hands each byte over as a character.
        "PATH_INFO": unquote_to_bytes(location).decode("latin-1"),
        "QUERY_STRING": query.encode("utf-8").decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if chunked:
        environ["wsgi.input_terminated"] = True
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    elif body:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        if value is None:
            continue
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
