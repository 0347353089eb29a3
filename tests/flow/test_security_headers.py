"""Security headers and request ids: on every answer, whoever gives it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.host import Host
from glue_core.logs import RequestFilter
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

Serve = Callable[..., Client]
SECURITY = {
    "x-frame-options": "SAMEORIGIN",
    "content-security-policy": "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "same-origin",
    "permissions-policy": "",
    "cache-control": "no-cache, private",
}


def old_application(deployment: Deployment) -> Callable[..., Any]:
    """Make an application that answers by itself, with two cookies and a header of its own."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Sequence[bytes]:
        pairs = [
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Frame-Options", "DENY"),
        ]
        start_response("404 Not Found", pairs)
        return [environ["glue.request_id"].encode()]

    return answer


@pytest.fixture
def old(glue_deployment: Callable[..., Deployment]) -> Client:
    """A client of an application that answers by itself."""
    application = RequestFlowAgnosticApiApplication("old", make=old_application)
    deployment = glue_deployment([in_memory("glue.applications", "old", application)])
    return Client(deployment.applications["old"])


@pytest.mark.parametrize("path", ["/things/1", "/things", "/nothing", "/things/1?unknown=1"])
def test_answers_of_the_flow_have_them(serve: Serve, path: str) -> None:
    """Successes and refusals carry every security header."""
    headers = serve().get(path).headers

    assert {name: headers[name] for name in SECURITY} == SECURITY


def test_failure_has_them(serve: Serve) -> None:
    """An exception in a controller does not take the headers away."""

    def fail(request: GlueRequest) -> GlueResponse:
        raise RuntimeError("secret")

    client = serve(glue_route_providers=lambda: [Operation("get", fail, "/fail")])

    response = client.get("/fail")

    assert response.status_code == 500
    assert {name: response.headers[name] for name in SECURITY} == SECURITY


def test_missing_host_has_them(serve: Serve) -> None:
    """An answer that is given before the flow has them, and an id."""
    response = serve().get("/things", headers={"host": None})

    assert response.status_code == 400
    assert {name: response.headers[name] for name in SECURITY} == SECURITY
    assert response.headers["x-request-id"]


def test_application_that_answers_by_itself_has_them(old: Client) -> None:
    """An application outside the flow keeps its own headers and gets those it lacks."""
    headers = old.get("/anything").headers

    assert headers["x-frame-options"] == "DENY"
    assert headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert {name: headers[name] for name in SECURITY} == {**SECURITY, "x-frame-options": "DENY"}


def test_request_that_no_application_serves_has_them(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """The host's own error has the headers and the id of the client."""
    sources = [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name))
        for name in ("one", "two")
    ]
    client = Client(Host(glue_deployment(sources)))

    response = client.get("/x", headers={"host": "nobody", "x-request-id": "mine-1"})

    assert response.status_code == 500
    assert {name: response.headers[name] for name in SECURITY} == SECURITY
    assert response.headers["x-request-id"] == "mine-1"


def test_controller_wins(serve: Serve) -> None:
    """What a controller set stays, however it spelled the name."""

    def answer(request: GlueRequest) -> GlueResponse:
        response = GlueResponse(content=b"{}", format="text/plain")
        response.meta.update({"Cache-Control": "public", "x-frame-options": "DENY"})
        return response

    client = serve(glue_route_providers=lambda: [Operation("get", answer, "/own")])

    headers = client.get("/own").headers

    assert headers.get_all("cache-control") == ["public"]
    assert headers.get_all("x-frame-options") == ["DENY"]


def test_they_can_be_switched_off(serve: Serve) -> None:
    """Without the setting no header is added."""
    client = serve(settings={"applications": {"shop": {"security_headers": False}}})

    assert not set(SECURITY) & set(client.get("/things").headers)


def test_strict_transport_is_off_by_default(serve: Serve) -> None:
    """Nobody is sent to TLS who did not ask for it."""
    assert "strict-transport-security" not in serve().get("/things").headers


def test_strict_transport_in_production(serve: Serve) -> None:
    """Behind a proxy the scheme is plain HTTP; production says it all the same."""
    client = serve(settings={"applications": {"shop": {"hsts_max_age": 31536000}}})

    assert client.get("/things").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hsts_subdomains": True}, "max-age=31536000; includeSubDomains"),
        (
            {"hsts_subdomains": True, "hsts_preload": True},
            "max-age=31536000; includeSubDomains; preload",
        ),
    ],
)
def test_strict_transport_of_subdomains(serve: Serve, more: dict[str, bool], said: str) -> None:
    """Other hosts than this one are bound only where the settings say so."""
    client = serve(settings={"applications": {"shop": {"hsts_max_age": 31536000, **more}}})

    assert client.get("/things").headers["strict-transport-security"] == said


@pytest.mark.parametrize(
    "table",
    [
        {"hsts_max_age": 100, "hsts_subdomains": True, "hsts_preload": True},
        {"hsts_max_age": 31536000, "hsts_preload": True},
        {"hsts_subdomains": True, "hsts_preload": True},
    ],
)
def test_preload_that_browsers_would_not_take(serve: Serve, table: dict[str, object]) -> None:
    """What browsers would pass over stops the start."""
    with pytest.raises(ConfigurationError, match="hsts_preload is true"):
        serve(settings={"applications": {"shop": table}})


@pytest.mark.parametrize(("scheme", "said"), [("http", False), ("https", True)])
def test_strict_transport_in_development(serve: Serve, scheme: str, said: bool) -> None:
    """A developer's plain localhost is not locked out."""
    shop = {"hsts_max_age": 60}
    client = serve(settings={"mode": "development", "applications": {"shop": shop}})

    headers = client.get("/things", environ={"wsgi.url_scheme": scheme}).headers

    assert ("strict-transport-security" in headers) is said


def test_failing_listener_does_not_take_headers_away(
    serve: Serve, things: Source, caplog: pytest.LogCaptureFixture
) -> None:
    """A listener that raises is logged with the id, and the answer leaves as it was."""
    from glue_core import Listener, ResponseEvent

    def fail(event: ResponseEvent) -> None:
        raise RuntimeError("broken")

    client = serve(glue_response_events=lambda: [Listener("broken", lambda _: fail)])

    response = client.get("/things", headers={"x-request-id": "r-7"})

    assert response.status_code == 200
    assert response.headers["x-frame-options"] == "SAMEORIGIN"
    assert [each.getMessage() for each in caplog.records] == [
        "Request r-7: a response event failed"
    ]


@pytest.mark.parametrize("sent", ["a b", "a\tb", "x" * 129, "", "ä"])
def test_bad_request_id_is_replaced(serve: Serve, sent: str) -> None:
    """An id that could forge log lines or headers is not taken from the client."""
    found = serve().get("/things", headers={"x-request-id": sent}).headers["x-request-id"]

    assert len(found) == 32
    assert found != sent


def test_application_that_answers_by_itself_knows_the_id(old: Client) -> None:
    """The id in the environment of such an application is the one that the client gets."""
    response = old.get("/", headers={"x-request-id": "abc"})

    assert response.text == response.headers["x-request-id"] == "abc"


def test_log_records_carry_the_id(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """What a plugin logs while it answers has the id, though it does not know it."""

    def answer(request: GlueRequest) -> GlueResponse:
        logging.getLogger("somebody.else").warning("here")
        return GlueResponse(content=b"", format="text/plain")

    client = serve(glue_route_providers=lambda: [Operation("get", answer, "/log")])
    filter_ = RequestFilter()
    caplog.handler.addFilter(filter_)
    try:
        client.get("/log", headers={"x-request-id": "r-1"})
    finally:
        caplog.handler.removeFilter(filter_)

    assert [vars(each)["request_id"] for each in caplog.records] == ["r-1"]
