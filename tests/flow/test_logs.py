"""What is logged while a request is answered, and the line of the access log."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from glue_core import (
    GlueRequest,
    GlueResponse,
    JsonFormatter,
    Listener,
    Operation,
    RequestFilter,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.host import Host
from glue_core.testing import Client, Deployment, in_memory

Serve = Callable[..., Client]
ACCESS = {"logging": {"access": True}}


class Lines(logging.Handler):
    """Keeps lines as JSON, as the handler of a process does."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.addFilter(RequestFilter())
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.texts.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, Any]]:
        """Return what the lines of a logger say."""
        found = [json.loads(each) for each in self.texts]
        return [each for each in found if each["logger"] == logger]


@pytest.fixture
def lines_of_json() -> Iterator[Lines]:
    """Collect what is logged."""
    handler, root, access = Lines(), logging.getLogger(), logging.getLogger("glue.access")
    was = access.level
    root.addHandler(handler)
    access.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    access.setLevel(was)


def warn(request: GlueRequest) -> GlueResponse:
    """Log as a library does that knows nothing of requests."""
    logging.getLogger("some.library").warning("here")
    return GlueResponse(content=b"x", format="text/plain")


def fail(request: GlueRequest) -> GlueResponse:
    """Fail."""
    raise RuntimeError("no")


ROUTES = (Operation("get", warn, "/warn/{id}"), Operation("get", fail, "/fail"))


def test_lines_of_anybody_carry_the_request(serve: Serve, lines_of_json: Lines) -> None:
    """What a library logs has the fields of the request that is answered."""
    client = serve(glue_route_providers=lambda: ROUTES)

    client.get("/warn/secret-id", headers={"x-request-id": "r-1"})

    (line,) = lines_of_json.of("some.library")
    fields = ("request_id", "application", "convention", "method", "route", "plugin")
    assert [line[name] for name in fields] == [
        "r-1",
        "shop",
        "plain",
        "GET",
        "/warn/{id}",
        "in-memory:own",
    ]
    assert "resource" not in line
    assert "secret-id" not in str(line)


def test_error_names_who_raised(serve: Serve, lines_of_json: Lines) -> None:
    """The line of a failure has the exception as data, and the plugin."""
    serve(glue_route_providers=lambda: ROUTES).get("/fail")

    (line,) = lines_of_json.of("glue")
    assert (line["level"], line["plugin"]) == ("ERROR", "in-memory:own")
    assert line["exception"]["type"] == "RuntimeError"
    assert line["exception"]["frames"][-1]["function"] == "fail"


@pytest.mark.parametrize(
    ("method", "path", "status", "route", "resource"),
    [
        ("GET", "/things/1", 200, "/things/{things_id}", "things"),
        ("GET", "/things", 200, "/things", "things"),
        ("HEAD", "/things", 200, "/things", "things"),
        ("PUT", "/things/1", 405, "/things/{things_id}", "things"),
        ("GET", "/nothing", 404, None, None),
        ("GET", "/fail", 500, "/fail", None),
    ],
)
def test_access_line(
    serve: Serve,
    lines_of_json: Lines,
    method: str,
    path: str,
    status: int,
    route: str | None,
    resource: str | None,
) -> None:
    """A line tells operation, status, time and size of each request, whatever became of it."""
    client = serve(settings=ACCESS, glue_route_providers=lambda: ROUTES)

    answer = client.request(method, path)

    (line,) = lines_of_json.of("glue.access")
    assert line["message"].startswith(f"{method} {route or '-'} {status} ")
    assert (line["status"], line.get("route"), line.get("resource")) == (status, route, resource)
    assert line["bytes"] == len(answer.content)
    assert line["duration_ms"] >= 0
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["level"] == "INFO"


def test_access_line_comes_after_the_last_byte(serve: Serve, lines_of_json: Lines) -> None:
    """A body that is streamed is counted until its end, and the line is written then."""

    def stream(request: GlueRequest) -> GlueResponse:
        def parts() -> Iterator[bytes]:
            yield b"ab"
            assert lines_of_json.of("glue.access") == []
            yield b"c"

        return GlueResponse(content=parts(), format="text/plain")

    client = serve(
        settings=ACCESS, glue_route_providers=lambda: [Operation("get", stream, "/stream")]
    )

    assert client.get("/stream").text == "abc"

    (line,) = lines_of_json.of("glue.access")
    assert line["bytes"] == 3


def test_access_log_is_off_by_default(serve: Serve, lines_of_json: Lines) -> None:
    """Nobody asked for a line, so there is none."""
    serve().get("/things")

    assert lines_of_json.of("glue.access") == []


def test_terminate_has_no_part_in_it(serve: Serve, lines_of_json: Lines) -> None:
    """An application without terminate hooks has lines all the same."""
    serve(settings={**ACCESS, "applications": {"shop": {"terminate": False}}}).get("/things")

    assert len(lines_of_json.of("glue.access")) == 1


def two_applications(
    glue_deployment: Callable[..., Deployment], settings: dict[str, Any], *more: Any
) -> Client:
    """Serve an application with a flow, and one without, behind the host."""

    def by_itself(deployment: Deployment) -> Any:
        def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            logging.getLogger("some.library").warning("here")
            if environ["PATH_INFO"] == "/broken":
                raise RuntimeError("broken")
            start_response("200 OK", [("content-type", "text/plain")])
            return [b"old"]

        return answer

    shop = RequestFlowAwareApiApplication("shop")
    old = RequestFlowAgnosticApiApplication("old", make=by_itself)
    sources = [
        in_memory("glue.applications", "shop", shop),
        in_memory("glue.applications", "old", old),
        in_memory("glue.plugins.shop", "own", glue_route_providers=lambda: ROUTES),
        *more,
    ]
    return Client(Host(glue_deployment(sources, settings=settings)))


def test_application_that_answers_by_itself(
    glue_deployment: Callable[..., Deployment], lines_of_json: Lines
) -> None:
    """Its lines have its name, and nothing of the request before."""
    client = two_applications(glue_deployment, ACCESS)

    client.get("/warn/1", headers={"host": "shop.localhost"})
    client.get("/", headers={"host": "old.localhost"})

    first, second = lines_of_json.of("some.library")
    assert (first["application"], first["route"]) == ("shop", "/warn/{id}")
    assert second["application"] == "old"
    assert {"route", "plugin", "convention"} & set(second) == set()
    assert [each["application"] for each in lines_of_json.of("glue.access")] == ["shop", "old"]


def test_application_that_fails_has_one_line(
    glue_deployment: Callable[..., Deployment], lines_of_json: Lines
) -> None:
    """What it raises is a 500 in the access log, though the host answers in its place."""
    client = two_applications(glue_deployment, ACCESS)

    assert client.get("/broken", headers={"host": "old.localhost"}).status_code == 500

    (line,) = lines_of_json.of("glue.access")
    assert (line["status"], line["application"]) == (500, "old")


def test_host_has_lines_without_an_application(
    glue_deployment: Callable[..., Deployment], lines_of_json: Lines
) -> None:
    """What no application is selected for is in the access log, too."""
    client = two_applications(glue_deployment, ACCESS)

    client.get("/warn/1", headers={"host": "shop.localhost"})
    client.get("/", headers={"host": "nobody.localhost"})

    line = lines_of_json.of("glue.access")[1]
    assert line["status"] == 500
    assert {"application", "route"} & set(line) == set()


def test_plugins_add_fields(
    glue_deployment: Callable[..., Deployment], lines_of_json: Lines
) -> None:
    """A field of a plugin is in the lines of its application, and in no other's."""
    tenant = in_memory(
        "glue.plugins.shop",
        "tenants",
        glue_log_fields=lambda: [Listener("tenant", lambda application: lambda: {"tenant": "a"})],
    )
    client = two_applications(glue_deployment, {}, tenant)

    client.get("/warn/1", headers={"host": "shop.localhost"})
    client.get("/", headers={"host": "old.localhost"})

    assert [each.get("tenant") for each in lines_of_json.of("some.library")] == ["a", None]
