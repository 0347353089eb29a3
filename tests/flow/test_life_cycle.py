"""What runs around requests: start, end, contexts, last changes, and what waits for the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueApiContext,
    GlueRequest,
    GlueResponse,
    Listener,
    Operation,
    RequestFlowAwareApiApplication,
    ResponseEvent,
    Step,
)
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

Serve = Callable[..., Client]
Deploy = Callable[..., Deployment]


def always(run: Callable[..., Any]) -> Callable[[object], Callable[..., Any]]:
    """Bind something to whatever asks."""
    return lambda _: run


def life(told: list[str]) -> dict[str, Any]:
    """Return hooks that tell when a process starts and ends."""

    def glue_start_up() -> list[Listener[Any]]:
        return [
            Listener("b-open", lambda each: lambda: told.append(f"open {each and each.name}")),
            Listener("a-warm", always(lambda: told.append("warm")), after=("b-open",)),
        ]

    def glue_shut_down() -> list[Listener[Any]]:
        return [
            Listener("b-close", always(lambda: told.append("close"))),
            Listener("a-broken", always(lambda: 1 / 0), after=("b-close",)),
        ]

    return {"glue_start_up": glue_start_up, "glue_shut_down": glue_shut_down}


def test_making_a_deployment_starts_nothing(deploy: Deploy) -> None:
    """A deployment is made before a server forks: nothing of a process may begin then."""
    told: list[str] = []

    deploy(**life(told))

    assert told == []


def test_start_and_end_run_once(deploy: Deploy, caplog: pytest.LogCaptureFixture) -> None:
    """Start hooks run in order, end hooks the other way round, and a broken one stops nobody."""
    told: list[str] = []
    deployment = deploy(**life(told))

    deployment.start_up()
    deployment.start_up()
    assert told == ["open shop", "warm"]
    deployment.close()
    deployment.close()

    assert told == ["open shop", "warm", "close"]
    assert [each.getMessage() for each in caplog.records] == ["A shut-down hook failed"]


def test_first_request_starts_where_no_server_did(deploy: Deploy) -> None:
    """A server without such a hook of its own starts with the first request."""
    told: list[str] = []
    client = Client(Host(deploy(**life(told))))

    client.get("/things")
    client.get("/things")

    assert told == ["open shop", "warm"]


def test_gunicorn_starts_and_ends_each_worker(deploy: Deploy) -> None:
    """Gunicorn calls the hooks in each worker, after the fork."""
    from types import SimpleNamespace

    from glue_core import gunicorn

    told: list[str] = []
    deployment = deploy(**life(told))
    worker = SimpleNamespace(wsgi=Host(deployment))

    gunicorn.post_worker_init(worker)
    gunicorn.worker_exit(None, worker)

    assert told == ["open shop", "warm", "close"]


def test_listener_that_cannot_be_bound_stops_the_start(deploy: Deploy) -> None:
    """The message names the listener, its party, and what to do."""

    def broken(application: object) -> None:
        raise LookupError("no such thing")

    with pytest.raises(ConfigurationError, match="LookupError: no such thing") as caught:
        deploy(glue_response_events=lambda: [Listener("broken", broken)])
    assert "own.broken'" in str(caught.value)


def test_last_word_on_headers(serve: Serve) -> None:
    """A response event sees status and headers of every answer and may change them."""

    def sign(event: ResponseEvent) -> None:
        event.headers["x-signed"] = f"{event.application} {event.status}"
        event.headers.pop("permissions-policy", None)

    events = [Listener("sign", always(sign), after=("security-headers",))]
    client = serve(glue_response_events=lambda: events)

    headers = client.get("/nothing").headers

    assert headers["x-signed"] == "shop 404"
    assert "permissions-policy" not in headers


def told_when_sent(told: list[str]) -> dict[str, Any]:
    """Return a hook that tells what it hears once an answer was sent."""

    def note(event: ResponseEvent) -> None:
        told.append(f"{event.application} {event.status} {event.request is not None}")

    return {"glue_terminate": lambda: [Listener("note", always(note))]}


def test_finisher_sees_the_document(serve: Serve) -> None:
    """A finisher runs once the body is written, and its headers leave with it."""

    def size(operation: Operation) -> Callable[[GlueResponse, GlueRequest], None]:
        def finish(response: GlueResponse, request: GlueRequest) -> None:
            assert isinstance(response.content, bytes)
            response.meta["x-size"] = str(len(response.content))

        return finish

    response = serve(glue_response_finishers=lambda: [Step("size", size)]).get("/things/1")

    assert response.headers["x-size"] == str(len(response.content))


def test_failing_finisher_is_a_formatted_failure(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A finisher that raises is answered as a failure in the words of the convention."""

    def broken(response: GlueResponse, request: GlueRequest) -> None:
        raise RuntimeError("secret")

    client = serve(glue_response_finishers=lambda: [Step("broken", always(broken))])

    response = client.get("/things/1")

    assert response.status_code == 500
    assert [each["code"] for each in response.json] == ["020"]
    assert len(caplog.records) == 1


def test_terminate_runs_after_the_body(serve: Serve) -> None:
    """A terminate hook runs once the last byte was sent, not before."""
    told: list[str] = []

    def body() -> Iterator[bytes]:
        yield b"a"
        told.append("last byte")
        yield b"b"

    def answer(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=body(), format="text/plain")

    routes = [Operation("get", answer, "/slow")]
    client = serve(glue_route_providers=lambda: routes, **told_when_sent(told))

    assert client.get("/slow").text == "ab"
    assert told == ["last byte", "shop 200 True"]


def test_terminate_can_be_switched_off(serve: Serve) -> None:
    """With the setting off nothing runs after an answer."""
    told: list[str] = []
    off = {"applications": {"shop": {"terminate": False}}}
    client = serve(settings=off, **told_when_sent(told))

    client.get("/things")

    assert told == []


def test_failing_terminate_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The client has its answer: a terminate hook that fails is a line in the log."""

    def fail(event: ResponseEvent) -> None:
        raise RuntimeError("broken")

    client = serve(glue_terminate=lambda: [Listener("broken", always(fail))])

    assert client.get("/things", headers={"x-request-id": "r-2"}).status_code == 200
    assert [each.getMessage() for each in caplog.records] == [
        "Request r-2: a terminate hook failed"
    ]


def two_applications() -> list[Source]:
    """Two applications without resources."""
    return [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name))
        for name in ("one", "two")
    ]


def test_context_is_made_by_http_without_expanders(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """Without an expander the host of the request selects the application."""
    client = Client(Host(glue_deployment(two_applications())))

    assert client.get("/", headers={"host": "two.example.com"}).status_code == 404


def test_context_is_made_by_expanders(glue_deployment: Callable[..., Deployment]) -> None:
    """With an expander HTTP is not read: its word alone selects, and the next one adds to it."""
    seen: list[GlueApiContext] = []

    def by_header(context: GlueApiContext, environ: Mapping[str, Any]) -> GlueApiContext:
        seen.append(context)
        return replace(context, host=environ["HTTP_X_APPLICATION"])

    def with_method(context: GlueApiContext, environ: Mapping[str, Any]) -> GlueApiContext:
        seen.append(context)
        return replace(context, method="GET")

    expanders = [
        Listener("by-header", always(by_header)),
        Listener("with-method", always(with_method), after=("by-header",)),
    ]
    plugin = in_memory("glue.plugins", "contexts", glue_context_expanders=lambda: expanders)
    client = Client(Host(glue_deployment([*two_applications(), plugin])))

    response = client.get("/", headers={"host": "nobody.example.com", "x-application": "two"})

    assert response.status_code == 404
    assert seen == [GlueApiContext("", "", ""), GlueApiContext("two", "", "")]


def test_expander_of_one_application_stops_the_start(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """No application is selected yet when contexts are made, so none of them can have a say."""
    plugin = in_memory("glue.plugins.one", "contexts", glue_context_expanders=list)

    with pytest.raises(ConfigurationError, match=r"only plugins of the group .glue\.plugins. may"):
        glue_deployment([*two_applications(), plugin])
