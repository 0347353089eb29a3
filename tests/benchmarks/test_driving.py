"""Requests that are sent in process, to applications of WSGI and of ASGI."""

import io
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.validate import validator

import pytest

from benchmarks import bare
from benchmarks.driving import AsgiDriver, WsgiDriver
from benchmarks.requests import REQUESTS, request_of
from benchmarks.serving import prepared_asgi, prepared_wsgi

QUERY = request_of("/products", "page%5Boffset%5D=0&page%5Blimit%5D=2")
ANSWERS = {"/products/1": b"one", QUERY.target: b"two"}


@pytest.fixture
def asgi() -> Iterator[AsgiDriver]:
    """A driver of an ASGI application."""
    driver = AsgiDriver(prepared_asgi(ANSWERS))
    yield driver
    driver.close()


def test_both_interfaces_bring_the_same_request(asgi: AsgiDriver) -> None:
    """Path and query reach applications of both kinds, and the answers come back."""
    requests = [request_of("/products/1"), QUERY]

    assert WsgiDriver(prepared_wsgi(ANSWERS)).answers(requests) == [
        ("200 OK", b"one"),
        ("200 OK", b"two"),
    ]
    assert asgi.answers(requests) == [("200", b"one"), ("200", b"two")]


def test_so_many_requests_are_timed(asgi: AsgiDriver) -> None:
    """A round has the requests in turn, as many as were asked for."""
    seen: list[str] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    driver = AsgiDriver(application)
    took = driver.microseconds([request_of("/a"), request_of("/b")], 5)
    driver.close()

    assert seen == ["/a", "/b", "/a", "/b", "/a"]
    assert took > 0


def test_body_arrives(asgi: AsgiDriver) -> None:
    """A body is read once; after it the client is gone."""
    request = request_of("/articles", body=b'{"data": {}}')
    received: list[Any] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        received.extend([scope["method"], await receive(), await receive()])
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"made"})

    driver = AsgiDriver(application)
    answers = driver.answers([request])
    driver.close()

    assert answers == [("201", b"made")]
    assert received == [
        "POST",
        {"type": "http.request", "body": request.body, "more_body": False},
        {"type": "http.disconnect"},
    ]
    assert dict(request.scope["headers"])[b"content-length"] == b"12"


@pytest.mark.parametrize("name", REQUESTS)
def test_environments_are_those_of_a_server(name: str) -> None:
    """What is prepared fulfils PEP 3333, of every workload."""
    request = REQUESTS[name]()[0]
    environ = {**request.environ, "wsgi.input": io.BytesIO(request.body)}
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda data: None

    answer = validator(bare.application())(environ, start_response)
    body = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]

    assert body
    assert statuses[0][0] in "24"
