"""The way out: what an answer is on the wire, straight and through Falcon."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import falcon
import falcon.testing
import pytest

from glue_core.wsgi import Answer, FlowApp


class Nothing:
    """Falcon's middleware that leaves everything as it is: requests go through Falcon."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, succeeded: bool
    ) -> None:
        """Do nothing."""


class Stamp:
    """Falcon's middleware that marks answers with the path and the query of the request."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, succeeded: bool
    ) -> None:
        """Set a header."""
        resp.set_header("x-asked", f"{req.method} {req.path} {req.get_param('x')}")


def app_of(answer: Answer | Exception, *middleware: object) -> FlowApp:
    """Return an application that answers everything alike."""

    def respond(environ: dict[str, Any]) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    def fail(environ: dict[str, Any], error: Exception) -> Answer:
        return 500, {"x-error": str(error)}, (), b"[]", "application/json"

    app = FlowApp(respond, fail)
    for each in middleware:
        app.add_middleware(each)
    return app


def sent(app: FlowApp, method: str = "GET") -> tuple[str, dict[str, str], bytes]:
    """Return status line, headers and body as they leave."""
    said: list[Any] = []
    environ = falcon.testing.create_environ("/a/b", "x=1", method=method)
    body = app(environ, lambda status, headers, failed=None: said.extend((status, headers)))
    return said[0], dict(said[1]), b"".join(body)


JSON = {"content-type": "application/json"}

ANSWERS: dict[str, Answer] = {
    "body": (200, {"x-a": "1"}, (), b"abc", "text/plain"),
    "media type of the headers": (200, {"content-type": "a/b"}, (), b"x", None),
    "media type over that of the headers": (200, {"content-type": "a/b"}, (), b"x", "c/d"),
    "headers behind": (200, {"x-a": "1"}, (("x-b", "2"), ("x-c", "3")), b"x", "text/plain"),
    "no body": (200, {}, (), None, None),
    "empty body": (404, {}, (), b"", "text/plain"),
    "no content": (204, {"x-a": "1"}, (), None, None),
    "not modified": (304, {"etag": '"1"'}, (), None, None),
    "content where none may be": (204, {}, (), b"x", "text/plain"),
    "length that is wrong": (200, {"content-length": "99"}, (), b"abc", "text/plain"),
    "cookie": (200, {"set-cookie": "a=1; Path=/"}, (), b"", None),
    "numbers": (503, {"retry-after": 5}, (), b"", None),  # type: ignore[dict-item]
    "unknown status": (299, {}, (), b"x", "text/plain"),
    "status without a phrase in the standard library": (422, {}, (), b"x", "text/plain"),
}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "QUERY"])
@pytest.mark.parametrize("name", ANSWERS)
def test_straight_and_through_falcon_answers_are_alike(name: str, method: str) -> None:
    """Falcon's own way is the measure for ours."""
    straight = sent(app_of(ANSWERS[name]), method)

    assert straight == sent(app_of(ANSWERS[name], Nothing()), method)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("middleware", [(), (Nothing(),)])
def test_a_stream_is_sent_in_parts(method: str, middleware: tuple[object, ...]) -> None:
    """A body may be an iterable; an answer to HEAD has none."""
    app = app_of((200, {"x-a": "1"}, (), iter([b"a", b"b"]), "text/csv"), *middleware)

    status, headers, body = sent(app, method)

    assert (status, body) == ("200 OK", b"ab" if method == "GET" else b"")
    assert headers == {"x-a": "1", "content-type": "text/csv"}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_file_is_sent_in_blocks(wrapped: bool) -> None:
    """A body that can be read goes to the server's wrapper of files, where it has one."""
    content = b"".join(b"%d\n" % number for number in range(5_000))
    answers = []
    for middleware in ((), (Nothing(),)):
        environ = falcon.testing.create_environ("/")
        environ.pop("wsgi.file_wrapper", None)
        if wrapped:
            environ["wsgi.file_wrapper"] = lambda file, block: [b"wrapped ", file.read(block)]
        app = app_of((200, {}, (), io.BytesIO(content), "text/csv"), *middleware)
        answers.append([*app(environ, lambda *_: None)])

    straight, through_falcon = answers
    assert straight == through_falcon
    assert straight[0] == (b"wrapped " if wrapped else content[:8192])
    assert wrapped or b"".join(straight) == content


def test_a_stream_needs_nothing_of_the_server() -> None:
    """A stream is sent without a look at the body of the request."""
    environ = {"REQUEST_METHOD": "GET"}
    body = app_of((200, {}, (), iter([b"a"]), "text/csv"))(environ, lambda *_: None)

    assert [*body] == [b"a"]


def test_a_stream_is_closed() -> None:
    """What holds something gives it back when the server closes the body."""
    closed = []

    def rows() -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append(True)

    environ = falcon.testing.create_environ("/")
    body: Any = app_of((200, {}, (), rows(), "text/csv"))(environ, lambda *_: None)
    assert next(iter(body)) == b"a"
    body.close()

    assert closed


def test_status_headers_and_body_are_sent() -> None:
    """What is answered is what is sent, with the length of it."""
    status, headers, body = sent(app_of((207, {"x-a": "1"}, (), b"abc", "text/plain")))

    assert (status, body) == ("207 Multi-Status", b"abc")
    assert headers == {"x-a": "1", "content-type": "text/plain", "content-length": "3"}


def test_head_has_the_length_of_the_body_that_is_not_sent() -> None:
    """HEAD tells what GET would."""
    _, headers, body = sent(app_of(ANSWERS["body"]), "HEAD")

    assert (headers["content-length"], body) == ("3", b"")


@pytest.mark.parametrize("middleware", [(), (Nothing(),)])
def test_headers_stay_the_callers(middleware: tuple[object, ...]) -> None:
    """What is added on the way out does not come to those that somebody gave."""
    headers = {"x-a": "1", "set-cookie": "a=1"}

    sent(app_of((200, headers, (), b"x", "text/plain"), *middleware))

    assert headers == {"x-a": "1", "set-cookie": "a=1"}


@pytest.mark.parametrize("middleware", [(), (Nothing(),)])
def test_a_failure_is_answered(middleware: tuple[object, ...]) -> None:
    """What the answer raises goes to the last resort."""
    status, headers, body = sent(app_of(ValueError("no"), *middleware))

    assert (status, headers["x-error"], body) == ("500 Internal Server Error", "no", b"[]")


def test_middleware_sees_request_and_response() -> None:
    """Falcon's middleware gets Falcon's own request, and changes the response."""
    app = app_of(ANSWERS["body"], Stamp())

    status, headers, body = sent(app)

    assert (status, body) == ("200 OK", b"abc")
    assert headers["x-asked"] == "GET /a/b 1"


def test_middleware_may_answer_itself() -> None:
    """Middleware that completes the response keeps the flow from running."""

    class Closed:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.status, resp.data, resp.complete = "503 Service Unavailable", b"closed", True

    status, _, body = sent(app_of(AssertionError("ran"), [Closed()]))

    assert (status, body) == ("503 Service Unavailable", b"closed")


def test_middleware_may_refuse() -> None:
    """Falcon answers its own errors."""

    class Refusing:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            raise falcon.HTTPForbidden

    status, headers, body = sent(app_of(AssertionError("ran"), Refusing()))

    assert (status, headers["content-type"]) == ("403 Forbidden", "application/json")
    assert body == b'{"title": "403 Forbidden"}'
