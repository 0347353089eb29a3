"""Shadow mode: whole requests of two applications, the second of which leaves nothing behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import TextClause, text

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Features,
    GlueRequest,
    GlueResponse,
    Identity,
    InvalidToken,
    Listener,
    Operation,
    PageRules,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    ResponseEvent,
    Shadows,
    Work,
    rehearsal_of,
)
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import JSON_API, Client, Deployment, in_memory, installed

HOSTS = {
    "storefront_api": {"hosts": ["shop.example"]},
    "legacy_api": {
        "hosts": ["old.example"],
        "protected_by_default": False,
        "shadow": "storefront_api",
    },
}


class Box(Schema):
    """Attributes of a box."""

    name = fields.String()
    map = fields.Dict()


class Lid(Schema):
    """Attributes of a lid."""

    colour = fields.String()


def lids_of(boxes: Sequence[Any], request: GlueRequest) -> dict[str, list[dict[str, str]]]:
    """Return the one lid of each box."""
    return {str(each.id): [{"id": "r", "colour": "red"}] for each in boxes}


BOX = Resource("boxes", Box, relationships=(Relationship("lids", "lids", lids_of),))
LID = Resource("lids", Lid)
BOXES: list[dict[str, Any]] = [{"id": str(n), "name": f"box {n}", "map": {}} for n in range(3)]


def get_box(request: GlueRequest) -> GlueResponse:
    """Return a box whose name is that of its reader, where somebody is known."""
    user = request.identity
    return GlueResponse.of(
        {"id": request.resource.id, "name": user.natural_identifier if user else "box", "map": {}}
    )


def get_lid(request: GlueRequest) -> GlueResponse:
    """Return a lid."""
    return GlueResponse.of({"id": request.resource.id, "colour": "red"})


class Tokens:
    """Takes names for tokens."""

    name = "names"

    def recognises(self, token: str) -> bool:
        """Recognise every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Know whoever says a name."""
        if token == "nobody":
            raise InvalidToken("nobody has this token")
        return Identity("customer", token, 1, ("customer",), via="tests")

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise AssertionError


Serve = Callable[..., Client]


@pytest.fixture
def deployments() -> list[Deployment]:
    """Deployments that a test made, the last one at the end."""
    return []


@pytest.fixture
def serve(glue_deployment: Callable[..., Deployment], deployments: list[Deployment]) -> Serve:
    """Serve the storefront and the old application, which the former is the shadow of."""

    def make(*plugins: Source, shadow: dict[str, Any] | None = None) -> Client:
        boxes = in_memory(
            "glue.plugins.storefront_api",
            "boxes",
            glue_resources=lambda: [
                Operation("get", get_box, "boxes", BOX),
                Operation(
                    "getCollection",
                    lambda: GlueResponse.page(BOXES),
                    "boxes",
                    BOX,
                    page=PageRules(default=2, maximum=5),
                ),
                Operation("get", get_lid, "lids", LID),
            ],
            glue_authentication_servers=lambda: [Tokens()],
        )
        both = installed("storefront_api", "legacy_api", "json_api")
        deployment = glue_deployment(
            [*both, boxes, *plugins], settings={"applications": HOSTS, "shadow": shadow or {}}
        )
        deployments.append(deployment)
        return Client(Host(deployment), {"host": "old.example", "accept": JSON_API})

    return make


@pytest.fixture
def differences(deployments: list[Deployment]) -> Callable[[], dict[tuple[str, str], int]]:
    """Return what differed in the last deployment, once everything was compared."""

    def find() -> dict[tuple[str, str], int]:
        deployments[-1].shadows.drain()
        return dict(deployments[-1].shadows.reports()["legacy_api"].differences)

    return find


Differences = Callable[[], dict[tuple[str, str], int]]
ONE = "GET /boxes/{boxes_id}"


def test_two_flows_over_one_plugin(serve: Serve, differences: Differences) -> None:
    """What differs between the two applications is told by place; links are the old host's."""
    client = serve(shadow={"empty": True})

    answer = client.get("/boxes/1?include=lids&fields[lids]=colour")

    assert answer.json["data"]["links"] == {
        "self": "http://old.example/boxes/1?include=lids&fields[lids]=colour"
    }
    assert {what for place, what in differences() if place == ONE} == {
        "links",
        "data.links.self",
        "data.attributes.map",
    }


def test_what_is_expected_is_not_told(serve: Serve, differences: Differences) -> None:
    """With the known differences in the settings nothing is left."""
    known = ["links", "data.links", "data[].links", "included[].links", "jsonapi"]
    client = serve(
        shadow={"expected": known, "types": {"boxes": {"expected": ["data.attributes.map"]}}}
    )

    client.get("/boxes/1?include=lids")
    client.get("/lids/1")

    assert differences() == {}


def test_caller_is_the_same(serve: Serve, differences: Differences) -> None:
    """The shadow knows the caller by the same token, and refuses who is refused."""
    client = serve(shadow={"expected": ["links", "data.links", "data.attributes.map"]})

    named = client.get("/boxes/1", headers={"authorization": "Bearer ann"})
    refused = client.get("/boxes/1", headers={"authorization": "Bearer nobody"})

    assert named.json["data"]["attributes"]["name"] == "ann"
    assert refused.status_code == 401
    assert not [what for _, what in differences() if what in ("status", "data.attributes.name")]


def test_missing_endpoint(serve: Serve, differences: Differences) -> None:
    """An endpoint that the new application has not is a difference of the status alone."""
    only_old = in_memory(
        "glue.plugins.legacy_api",
        "lists",
        glue_resources=lambda: [Operation("get", get_lid, "lists", Resource("lists", Lid))],
    )

    serve(only_old).get("/lists/1")

    assert differences() == {("GET /lists/{lists_id}", "status"): 1}


def test_handed_over_type_has_no_shadow(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """Where the new application answers already, there is nothing to compare."""
    applications = [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name))
        for name in ("new", "old")
    ]
    plugins = [
        in_memory(
            f"glue.plugins.{name}",
            f"{name}-things",
            glue_resources=lambda: [Operation("get", lambda: GlueResponse(content=b"x"), "things")],
        )
        for name in ("new", "old")
    ]
    tables = {"old": {"paths": ["/"], "shadow": "new", "hand_over": {"things": "new"}}}
    deployment = glue_deployment([*applications, *plugins], settings={"applications": tables})

    Client(Host(deployment)).get("/things/1")
    deployment.shadows.drain()

    assert deployment.shadows.reports()["old"].compared == 0


Pair = Callable[..., tuple[Deployment, Client]]


@pytest.fixture
def pair(glue_deployment: Callable[..., Deployment]) -> Pair:
    """Serve ``old`` with its shadow ``new``; each has a handler of ``/notes/1``."""

    def make(old: Any, new: Any, *common: Source) -> tuple[Deployment, Client]:
        sources = list(common)
        for name, handle in (("old", old), ("new", new)):
            application = RequestFlowAwareApiApplication(name, services=("database", "storage"))
            operations = [Operation("get", handle, "notes"), Operation("post", handle, "notes")]
            sources.append(in_memory("glue.applications", name, application))
            sources.append(
                in_memory(
                    f"glue.plugins.{name}",
                    f"{name}-notes",
                    glue_resources=lambda operations=operations: operations,
                )
            )
        tables = {"old": {"paths": ["/"], "shadow": "new"}}
        deployment = glue_deployment(sources, settings={"applications": tables})
        with deployment.services.database.work() as work:
            work.session.execute(text("CREATE TABLE notes (name TEXT)"))
        return deployment, Client(Host(deployment))

    return make


def rows(deployment: Deployment) -> list[str]:
    """Return what is durable."""
    with deployment.services.database.work(writes=False) as work:
        return list(work.session.execute(text("SELECT name FROM notes ORDER BY 1")).scalars())


def test_unit_of_work_of_a_shadow_is_undone(pair: Pair) -> None:
    """What the shadow did apart, or for after its commit, never happens; the other one's does."""
    called: list[str] = []

    def put(work: Work, insert: TextClause) -> None:
        work.session.execute(insert)

    def doing(name: str) -> Callable[[Work], GlueResponse]:
        def handle(work: Work) -> GlueResponse:
            work.session.execute(text("SELECT 1"))
            insert = text(f"INSERT INTO notes VALUES ('{name}')")
            work.apart(lambda own: put(own, insert))
            work.after_commit(lambda: called.append(name))
            return GlueResponse(content=b"{}")

        return handle

    deployment, client = pair(doing("old"), doing("new"))
    client.get("/notes/1")
    deployment.shadows.drain()

    assert deployment.shadows.reports()["old"].compared == 1
    assert (rows(deployment), called) == (["old"], ["old"])


def test_writes_of_a_shadow_are_undone(pair: Pair) -> None:
    """A handler that writes where it must not fails on its own, and nothing of it stays."""

    def reading() -> GlueResponse:
        return GlueResponse(content=b"{}")

    def writing(work: Work) -> GlueResponse:
        with work.savepoint():
            work.session.execute(text("INSERT INTO notes VALUES ('new')"))
        return GlueResponse(content=b"{}")

    deployment, client = pair(reading, writing)
    answer = client.get("/notes/1")
    deployment.shadows.drain()

    assert answer.status_code == 200
    assert rows(deployment) == []
    report = deployment.shadows.reports()["old"]
    assert report.differences == {("GET /notes/{notes_id}", "status"): 1}


def test_writes_have_no_shadow(pair: Pair) -> None:
    """POST is answered once."""
    answered: list[str] = []

    def saying(name: str) -> Callable[[], GlueResponse]:
        def handle() -> GlueResponse:
            answered.append(name)
            return GlueResponse()

        return handle

    deployment, client = pair(saying("old"), saying("new"))
    client.post("/notes", json={})
    deployment.shadows.drain()

    assert answered == ["old"]


def test_plugins_see_a_rehearsal(pair: Pair) -> None:
    """A plugin can tell a request whose answer nobody gets, and how long it may take."""
    seen: dict[str, Any] = {}

    def telling(name: str) -> Callable[[GlueRequest], GlueResponse]:
        def handle(request: GlueRequest) -> GlueResponse:
            seen[name] = (
                rehearsal_of(request.http_request_attributes),
                request.id,
                request.deadline,
            )
            return GlueResponse(content=b"{}")

        return handle

    deployment, client = pair(telling("old"), telling("new"))
    client.get("/notes/1", headers={"x-request-id": "r-1"})
    deployment.shadows.drain()

    assert seen["old"][:2] == (None, "r-1")
    rehearsal, id_, deadline = seen["new"]
    assert (rehearsal.deadline, id_) == (deadline, "r-1")
    assert deadline < seen["old"][2]


def test_who_waits_for_answers_hears_of_no_shadow(pair: Pair) -> None:
    """Listeners shape the headers of both answers; of the end only that which was sent has one."""
    heard: list[tuple[str, str | None]] = []

    def listening(what: str) -> Callable[[], Sequence[Listener[Any]]]:
        def hear(event: ResponseEvent) -> None:
            heard.append((what, event.application))

        return lambda: [Listener("hear", lambda each: hear)]

    common = in_memory(
        "glue.plugins",
        "listening",
        glue_response_events=listening("begin"),
        glue_terminate=listening("end"),
    )

    def handle() -> GlueResponse:
        return GlueResponse(content=b"{}")

    deployment, client = pair(handle, handle, common)
    client.get("/notes/1")
    deployment.shadows.drain()

    assert heard == [("begin", "old"), ("end", "old"), ("begin", "new")]


def test_log_of_a_shadow_has_the_id_of_the_request(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """What a handler logs in a shadow has the id of the request that the client sent."""
    from glue_core import RequestFilter

    caplog.handler.addFilter(RequestFilter())

    def handle() -> GlueResponse:
        return GlueResponse(content=b"{}")

    def logging_one() -> GlueResponse:
        logging.getLogger("acme").error("here")
        return GlueResponse(content=b"{}")

    deployment, client = pair(handle, logging_one)
    client.get("/notes/1", headers={"x-request-id": "r-7"})
    deployment.shadows.drain()

    (record,) = [each for each in caplog.records if each.name == "acme"]
    assert record.__dict__["request_id"] == "r-7"


def test_streams_pass_as_they_are(pair: Pair) -> None:
    """A stream of the application reaches the client part by part, and is compared after."""
    at_work: list[int] = []

    def streaming() -> GlueResponse:
        def parts() -> Iterator[bytes]:
            for number in range(3):
                at_work.append(number)
                yield b"%d" % number

        return GlueResponse(content=parts(), format="text/plain")

    deployment, client = pair(streaming, lambda: GlueResponse(content=b"012", format="text/plain"))

    assert client.get("/notes/1").text == "012"
    deployment.shadows.drain()
    assert deployment.shadows.reports()["old"].equal == 1
    assert at_work == [0, 1, 2]


def test_plugins_read_the_counters(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A plugin gets the counters as a feature, and can show them."""

    def resources(features: Features) -> list[Operation]:
        shadows = features.get(Shadows)

        def show() -> GlueResponse:
            return GlueResponse(content=str(shadows.reports()["old"].compared).encode())

        return [Operation("get", show, "compared")]

    sources = [
        in_memory("glue.applications", "old", RequestFlowAwareApiApplication("old")),
        in_memory("glue.applications", "new", RequestFlowAwareApiApplication("new")),
        in_memory("glue.plugins.old", "compared", glue_resources=resources),
    ]
    tables = {"old": {"paths": ["/"], "shadow": "new"}}
    deployment = glue_deployment(sources, settings={"applications": tables})
    client = Client(Host(deployment))
    client.get("/compared/1")
    deployment.shadows.drain()

    assert client.get("/compared/1").text == "1"


def test_end_of_the_deployment_tells_what_was_seen(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that ends tells the counts."""
    deployment, client = pair(
        lambda: GlueResponse(content=b"a", format="text/plain"),
        lambda: GlueResponse(content=b"b", format="text/plain"),
    )
    client.get("/notes/1")
    deployment.close()

    assert "'new' beside 'old': 1 compared, 0 equal, 0 as expected, 1 differ" in caplog.text
    assert "1  GET /notes/{notes_id}  body" in caplog.text
