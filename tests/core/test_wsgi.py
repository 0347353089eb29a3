"""Falcon's request and response, filled in with what is read."""

from __future__ import annotations

from typing import Any

import falcon
import falcon.testing
import pytest

from glue_core.wsgi import FlowRequest, FlowResponse

ENVIRON = falcon.testing.create_environ("/a/b", "x=1&y=2", headers={"X-Thing": "yes"})


def test_the_rest_of_a_request_is_read_when_asked_for() -> None:
    """Whatever Falcon's own request has, ours has as well."""
    request, whole = FlowRequest(ENVIRON), falcon.Request(ENVIRON)

    assert request.method == "GET"
    assert (request.params, request.query_string) == (whole.params, whole.query_string)
    assert (request.path, request.uri) == (whole.path, whole.uri)
    assert request.get_header("x-thing") == "yes"


def test_what_falcon_does_not_have_is_missing() -> None:
    """A name that is no attribute of a request is an error, as ever."""
    with pytest.raises(AttributeError):
        FlowRequest(ENVIRON).no_such_thing  # noqa: B018


def answered(*headers: tuple[str, Any], content: Any = b"x", **show: Any) -> dict[str, Any]:
    """Return what Falcon sends of a response."""
    app: Any = falcon.App(request_type=FlowRequest, response_type=FlowResponse)

    def respond(request: FlowRequest, response: FlowResponse) -> None:
        response.take("207 Multi-Status", dict(headers))
        response.show(content, show.get("media_type", "text/plain"))

    app.add_sink(respond)
    result = falcon.testing.TestClient(app).simulate_get("/")
    return {"status": result.status, "headers": result.headers, "body": result.content}


def test_status_headers_and_body_are_sent() -> None:
    """What a response takes is what is sent."""
    sent = answered(("x-a", "1"), ("content-type", "a/b"))

    assert (sent["status"], sent["body"]) == ("207 Multi-Status", b"x")
    assert (sent["headers"]["x-a"], sent["headers"]["content-type"]) == ("1", "text/plain")


def test_headers_stay_the_callers() -> None:
    """Falcon adds headers to its own, not to those that somebody gave."""
    headers = {"x-a": "1", "set-cookie": "a=1"}
    response = FlowResponse()

    response.take("200 OK", headers)
    response.show(b"", "a/b")

    assert headers == {"x-a": "1", "set-cookie": "a=1"}


def test_without_a_media_type_the_headers_say_it() -> None:
    """A response that has no media type of its own keeps what the headers say."""
    sent = answered(("content-type", "a/b"), media_type=None)

    assert sent["headers"]["content-type"] == "a/b"


def test_cookies_are_sent() -> None:
    """Falcon takes cookies apart from other headers."""
    assert answered(("set-cookie", "a=1; Path=/"))["headers"]["set-cookie"] == "a=1; Path=/"


def test_values_become_text() -> None:
    """A value that is no text is sent as one."""
    assert answered(("retry-after", 5))["headers"]["retry-after"] == "5"


def test_a_stream_is_sent_in_parts() -> None:
    """A body may be an iterable."""
    assert answered(content=iter([b"a", b"b"]))["body"] == b"ab"
