"""Wrappers: what is put around the parts of an application, and that nothing is without any."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import falcon
import pytest
from marshmallow import Schema

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Listener,
    Operation,
    Part,
    Relationship,
    RequestFlowAgnosticApiApplication,
    SimpleResource,
    Step,
)
from glue_core.flow import Flow
from glue_core.host import Host
from glue_core.testing import Client, Deployment, in_memory, installed
from glue_core.wrapping import WrappedFlow

Serve = Callable[..., Client]
TOKEN = "0123456789abcdef"


class Notes:
    """A wrapper that notes what is called, and with what."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.calls: list[str] = []
        self.arguments: dict[str, tuple[type, ...]] = {}

    def wrap(self, part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
        """Note each call, with its stage and the name of the contribution."""

        def noted(*arguments: Any) -> Any:
            self.calls.append(f"{self.name}{part.stage} {part.id}")
            self.arguments[part.stage] = tuple(type(each) for each in arguments)
            return call(*arguments)

        return noted

    def listener(self, *, name: str = "notes", **more: Any) -> Listener[Any]:
        """Return what a plugin contributes."""
        return Listener(name, lambda application: self.wrap, **more)


def test_every_part_is_called_through_the_wrapper(serve: Serve) -> None:
    """Steps, controller, writer and what the flow does by itself, in the order they run."""
    notes = Notes()

    client = serve(glue_part_wrappers=lambda: [notes.listener()])

    assert client.get("/things/1").status_code == 200
    assert notes.calls[0] == "request in-memory:shop"
    assert notes.calls[1] == "run in-memory:things.things.get"
    stages = list(dict.fromkeys(each.partition(" ")[0] for each in notes.calls[2:]))
    assert [each for each in stages if each not in ("validate", "validate-routed")] == [
        "build",
        "control",
        "format",
        "write",
        "finish",
    ]
    assert "control in-memory:things.things.get" in notes.calls
    assert "write glue-api-core:plain.writer" in notes.calls
    assert "format glue-api-core:formatting.vary" in notes.calls


def test_arguments_are_those_of_the_documentation(serve: Serve) -> None:
    """Each stage is called with what the hook's documentation says."""
    notes = Notes()

    def broken(request: GlueRequest) -> GlueResponse:
        request.work.session.connection()
        raise RuntimeError("no")

    client = serve(
        glue_part_wrappers=lambda: [notes.listener()],
        glue_route_providers=lambda: [Operation("get", broken, "/broken")],
    )
    client.get("/broken")

    kinds = notes.arguments
    assert issubclass(kinds["run"][0], Flow)
    assert kinds["run"][1:] == (GlueRequest, type(None))
    assert kinds["control"] == (GlueRequest,)
    assert kinds["write"] == kinds["format"] == (GlueResponse, GlueRequest)
    assert kinds["fail"][1:] == (RuntimeError, GlueRequest)
    assert kinds["commit"][1:] == (GlueResponse, GlueRequest)
    assert kinds["request"][0] is dict


def test_refusals_are_wrapped(serve: Serve) -> None:
    """What answers an unknown path is an operation, so its steps are wrapped, too."""
    notes = Notes()

    client = serve(glue_part_wrappers=lambda: [notes.listener()])

    assert client.get("/nothing").status_code == 404
    assert "run glue-api-core.not-found" in notes.calls


def test_first_in_order_is_the_outermost(serve: Serve) -> None:
    """Wrappers are ordered as listeners are."""
    notes = Notes()
    other = Notes("outer ")
    other.calls = notes.calls

    client = serve(
        glue_part_wrappers=lambda: [
            notes.listener(name="a"),
            other.listener(name="b", before=("a",)),
        ]
    )
    client.get("/things")

    assert notes.calls[:2] == ["outer request in-memory:shop", "request in-memory:shop"]


def test_nobody_wraps_nothing(deploy: Callable[..., Deployment]) -> None:
    """Without a wrapper the flow is the plain one, and its steps are the ones that were bound."""
    made: list[Any] = []

    def bind(operation: Operation) -> Any:
        def build(request: GlueRequest) -> None:
            return None

        made.append(build)
        return build

    deployment: Any = deploy(glue_request_builders=lambda: [Step("own", bind)])

    flow = deployment.applications["shop"].matchers[None].match("GET", "/things").target
    assert type(flow) is Flow
    assert any(step is each for step in flow.builders for each in made)
    assert deployment.registry.applications["shop"].wrap is None


def test_wrapper_that_leaves_a_part_alone_costs_nothing(deploy: Callable[..., Deployment]) -> None:
    """What is returned as it came is called directly."""
    made: list[Any] = []

    def bind(operation: Operation) -> Any:
        def build(request: GlueRequest) -> None:
            return None

        made.append(build)
        return build

    deployment: Any = deploy(
        glue_request_builders=lambda: [Step("own", bind)],
        glue_part_wrappers=lambda: [Listener("none", lambda application: lambda part, call: call)],
    )

    flow = deployment.applications["shop"].matchers[None].match("GET", "/things").target
    assert isinstance(flow, WrappedFlow)
    assert any(step is each for step in flow.builders for each in made)


def test_steps_that_a_request_does_not_need_are_left_out(serve: Serve) -> None:
    """What runs for a request is the same as without a wrapper, what stands in for a step too."""
    notes = Notes()
    ran: list[str] = []

    def said(what: str) -> Callable[[Operation], Any]:
        return lambda operation: lambda request: ran.append(what)

    client = serve(
        glue_part_wrappers=lambda: [notes.listener()],
        glue_request_builders=lambda: [
            Step("colour", said("colour"), only_with=("x-colour",), otherwise=said("none")),
            Step("size", said("size"), only_with=("x-size",)),
        ],
    )

    def of(**headers: str) -> tuple[list[str], list[str]]:
        ran.clear()
        notes.calls.clear()
        client.get("/things", headers={"x-" + name: value for name, value in headers.items()})
        return ran[:], [each for each in notes.calls if each.startswith("build in-memory:own")]

    colour, size = "build in-memory:own.colour", "build in-memory:own.size"
    assert of() == (["none"], [colour])
    assert of(colour="red") == (["colour"], [colour])
    assert of(colour="red", size="9") == (["colour", "size"], [colour, size])


class Stamp:
    """Falcon's middleware that says which path it saw."""

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, succeeded: bool
    ) -> None:
        """Set a header."""
        resp.set_header("x-path", req.path)


def test_falcons_middleware_comes_in_by_a_wrapper(serve: Serve) -> None:
    """An application is one of Falcon's, whose middleware sees each of its requests."""

    def wrap(part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
        if part.stage == "request" and isinstance(call, falcon.App):
            call.add_middleware(Stamp())
        return call

    client = serve(glue_part_wrappers=lambda: [Listener("stamp", lambda application: wrap)])

    answer = client.get("/things/1")
    assert answer.status_code == 200
    assert answer.headers["x-path"] == "/things/1"
    assert answer.headers["x-request-id"]


def test_server_timing_measures_what_is_wrapped(serve: Serve) -> None:
    """Both are around the same parts: a measured request is noted, with all of its steps."""
    notes = Notes()
    settings = {
        "applications": {
            "shop": {
                "server_timing": "token",
                "server_timing_token": TOKEN,
                "server_timing_steps": True,
            }
        }
    }
    client = serve(settings=settings, glue_part_wrappers=lambda: [notes.listener()])

    client.get("/things")
    plain, notes.calls = notes.calls, []
    header = client.get("/things", headers={"x-server-timing-token": TOKEN}).headers[
        "server-timing"
    ]

    # A measured request runs every step, whatever it has.
    assert [each for each in notes.calls if each in plain] == plain
    assert "control.things.getCollection" in header
    assert re.search(r"commit|run|fail", header) is None


def test_loads_of_relationships_are_wrapped(
    glue_deployment: Callable[..., Deployment], application: Any
) -> None:
    """Loading a level is a part, with the id of the relationship."""
    notes = Notes()

    class Colour(SimpleResource):
        """Colours."""

        type = "colours"
        attributes = Schema

        def get(self, request: GlueRequest) -> GlueResponse:
            """Return a colour."""
            return GlueResponse.of({"id": "r"})

    def opposite(colours: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Return the opposite of each."""
        return {each.id: {"id": "g"} for each in colours}

    own = in_memory(
        "glue.plugins.shop",
        "colours",
        glue_resources=lambda: [Colour()],
        glue_relationships=lambda: [
            Relationship("opposite", "colours", opposite, many=False, source="colours")
        ],
        glue_part_wrappers=lambda: [notes.listener()],
    )
    deployment = glue_deployment([application, own, *installed("json_api")])
    client = Client(deployment.applications["shop"])

    answer = client.get(
        "/colours/r?include=opposite", headers={"accept": "application/vnd.api+json"}
    )

    assert [each["id"] for each in answer.json["included"]] == ["g"]
    assert [each for each in notes.calls if each.startswith("load")] == [
        "load in-memory:colours.colours.opposite"
    ]
    assert notes.arguments["load"][1] is GlueRequest


def test_application_that_answers_by_itself_is_one_part(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """It has no steps; what answers is wrapped as a whole, and so are answers of the host."""
    notes = Notes()

    def make(deployment: Deployment) -> Any:
        def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("200 OK", [("content-type", "text/plain")])
            return [b"old"]

        return answer

    sources = [
        in_memory("glue.applications", "old", RequestFlowAgnosticApiApplication("old", make=make)),
        in_memory("glue.plugins", "notes", glue_part_wrappers=lambda: [notes.listener()]),
    ]
    settings = {"applications": {"old": {"hosts": ["old.localhost"]}}}
    client = Client(Host(glue_deployment(sources, settings=settings)))

    assert client.get("/", headers={"host": "old.localhost"}).text == "old"
    assert client.get("/", headers={"host": "nobody.localhost"}).status_code == 500
    assert notes.calls == ["request in-memory:old", "request glue-api-core:host"]


def test_stores_are_wrapped(deploy: Callable[..., Deployment]) -> None:
    """Where declarations vary by store, choosing is a part, and what is chosen is wrapped."""
    notes = Notes()

    def here(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=b"here", format="text/plain")

    def there(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=b"there", format="text/plain")

    def choose(operation: Operation) -> Any:
        def build(request: GlueRequest) -> None:
            request.store = request.header("store")

        return build

    deployment = deploy(
        glue_part_wrappers=lambda: [notes.listener()],
        glue_request_builders=lambda: [Step("store", choose, chooses_store=True)],
        glue_route_providers=lambda: [
            Operation("get", here, "/shop"),
            Operation("get", there, "/shop", stores=("CH",)),
        ],
    )
    client = Client(deployment.applications["shop"])

    assert client.get("/shop", headers={"store": "CH"}).text == "there"
    assert [each for each in notes.calls if each.startswith(("choose", "control"))] == [
        "choose in-memory:own./shop.get",
        "control in-memory:own./shop.get[CH]",
    ]


@pytest.mark.parametrize("returned", ["raises", None])
def test_wrapper_that_fails_stops_the_start(serve: Serve, returned: Any) -> None:
    """What cannot be wrapped is told at the start, with the wrapper and the part."""

    def wrap(part: Part, call: Any) -> Any:
        if returned == "raises":
            raise TypeError("no")
        return returned

    with pytest.raises(
        ConfigurationError, match=r"The wrapper 'in-memory:own.bad' cannot wrap .*: TypeError"
    ):
        serve(glue_part_wrappers=lambda: [Listener("bad", lambda application: wrap)])
