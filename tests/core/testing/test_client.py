"""The client: what it hands over as a server does, and what it reads back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from glue_core.testing import JSON_API, Client


class Recorder:
    """A WSGI application that keeps what it got."""

    def __init__(self, *parts: bytes, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.environ: dict[str, Any] = {}
        self.body = b""
        self.is_closed = False
        self._parts = parts
        self._headers = [("Content-Type", "text/plain"), *headers]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.environ = environ
        length = int(environ.get("CONTENT_LENGTH") or 1000)
        self.body = environ["wsgi.input"].read(length)
        start_response("200 OK", self._headers)
        return self

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/a%20b", "/a b"), ("/ä", "/\xc3\xa4"), ("/%C3%A4", "/\xc3\xa4"), ("/%FF", "/\xff")],
)
def test_path_is_decoded_once_into_bytes(path: str, expected: str) -> None:
    """PATH_INFO holds a character for each byte."""
    app = Recorder()
    Client(app).get(path)

    assert app.environ["PATH_INFO"] == expected


def test_query_stays_as_it_was() -> None:
    """The query is handed over as it was sent."""
    app = Recorder()
    Client(app).get("/a?b=%20&c=?")

    assert (app.environ["PATH_INFO"], app.environ["QUERY_STRING"]) == ("/a", "b=%20&c=?")


def test_raw_path() -> None:
    """The raw path is told only on demand."""
    app = Recorder()
    Client(app).get("/a%2Fb")
    before = "RAW_URI" in app.environ
    Client(app).get("/a%2Fb", raw_path="/a%2Fb")

    assert (before, app.environ["RAW_URI"]) == (False, "/a%2Fb")


def test_json_body() -> None:
    """A JSON body is announced with its type and length; None is the value null."""
    app = Recorder()
    Client(app).post("/", json=None)

    assert (app.body, app.environ["CONTENT_LENGTH"]) == (b"null", "4")
    assert app.environ["CONTENT_TYPE"] == "application/json"


def test_json_api() -> None:
    """The JSON:API client sends and accepts its media type."""
    app = Recorder()
    Client(app, {"x-a": "1"}).json_api.post("/", json={})

    assert (app.environ["CONTENT_TYPE"], app.environ["HTTP_ACCEPT"]) == (JSON_API, JSON_API)
    assert app.environ["HTTP_X_A"] == "1"


def test_header_may_be_taken_away() -> None:
    """None takes a header of the client away."""
    app = Recorder()
    Client(app, {"x-a": "1"}).get("/", headers={"X-A": None, "host": None})

    assert "HTTP_X_A" not in app.environ
    assert "HTTP_HOST" not in app.environ


def test_chunked_body() -> None:
    """A chunked body has no length and an end of its own."""
    app = Recorder()
    Client(app).post("/", body=b"abc", chunked=True)

    assert app.body == b"abc"
    assert "CONTENT_LENGTH" not in app.environ
    assert app.environ["wsgi.input_terminated"] is True


def test_answer_is_read_and_closed() -> None:
    """The body is joined, and the iterable is closed."""
    app = Recorder(b"a", b"b")
    response = Client(app).get("/")

    assert (response.text, response.status_code, app.is_closed) == ("ab", 200, True)


def test_headers_without_case() -> None:
    """Response headers are found in any case, repeated ones joined."""
    response = Client(Recorder(headers=[("X-A", "1"), ("x-a", "2")])).get("/")

    assert response.headers["X-a"] == "1, 2"
    assert response.headers.get_all("x-A") == ["1", "2"]
    assert "x-b" not in response.headers


def test_body_that_is_no_json() -> None:
    """Asking for JSON where there is none shows what came."""
    response = Client(Recorder(b"<html>")).get("/")

    with pytest.raises(AssertionError, match=r"The body of '200 OK' is not JSON .*<html>"):
        response.json  # noqa: B018


def test_application_that_breaks_the_interface() -> None:
    """What PEP 3333 forbids is told, and can be let pass."""

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain\n")])
        return [b""]

    with pytest.raises(AssertionError):
        Client(app).get("/")
    assert Client(app, checked=False).get("/").status_code == 200


def test_application_that_does_not_start() -> None:
    """An application that never calls start_response is told."""
    with pytest.raises(AssertionError, match="without calling start_response"):
        Client(lambda environ, start_response: [], checked=False).get("/")
