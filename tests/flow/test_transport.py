"""Transports: requests that are carried inside others, and answers in envelopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from glue_core import (
    BadRequest,
    ConfigurationError,
    ExtractedRequest,
    GlueRequest,
    GlueResponse,
    Listener,
    Operation,
    RequestFlowAwareApiApplication,
    RequestSource,
    ResponseEvent,
    Step,
    Transport,
)
from glue_core.host import Host
from glue_core.testing import Client, Deployment, in_memory

Serve = Callable[..., Client]
Deploy = Callable[..., Deployment]

CALL = "application/x-call+json"
PLAIN = "application/json"


class Calls:
    """Calls in JSON, each with a number that its answer has as well."""

    def __init__(self, media_type: str = CALL) -> None:
        self.media_type = media_type
        self.requests: list[GlueRequest] = []

    def applies(self, environ: Mapping[str, Any]) -> bool:
        """Take what is sent as a call, whatever the path; some calls break the transport."""
        if environ.get("HTTP_X_BREAK") == "applies":
            raise LookupError("applies")
        return bool(environ.get("CONTENT_TYPE") == self.media_type)

    def extract(self, carrier: RequestSource) -> ExtractedRequest:
        """Read a call."""
        if carrier.header("x-break") == "extract":
            raise LookupError("extract")
        call = orjson.loads(carrier.body() or b"null")
        if not isinstance(call, dict) or "id" not in call:
            raise BadRequest("9302", "This is no call.", pointer="/id")
        body = call.get("body")
        return ExtractedRequest(
            call.get("method", "GET"),
            call["address"],
            {"Content-Type": PLAIN, **call.get("headers", {})},
            b"" if body is None else orjson.dumps(body) * call.get("times", 1),
            {"call.id": call["id"]},
        )

    def send(self, response: GlueResponse, request: GlueRequest) -> GlueResponse:
        """Answer with the number of the call, the status, the headers and the body."""
        if request.header("x-break") == "send":
            raise LookupError("send")
        self.requests.append(request)
        content = response.content
        if content is not None and not isinstance(content, bytes):
            content = b"".join(content)
        answer = {
            "id": request.http_request_attributes.get("call.id"),
            "status": response.http_status,
            "type": response.format,
            "headers": response.meta,
            "body": None if content is None else content.decode(),
        }
        carrier = GlueResponse(
            http_status=207, content=orjson.dumps(answer), format=self.media_type
        )
        carrier.meta["x-carrier"] = "calls"
        return carrier


def always(run: object) -> Callable[[object], Any]:
    """Bind something to whatever asks."""
    return lambda _: run


def installed(*transports: Transport) -> dict[str, Any]:
    """Return the hook that contributes transports, asked in this order."""
    listeners = [
        Listener(f"t{index}", always(each), after=(f"t{index - 1}",) if index else ())
        for index, each in enumerate(transports)
    ]
    return {"glue_transports": lambda: listeners}


def call(client: Client, **members: Any) -> Any:
    """Send a call and return the envelope of its answer."""
    headers = {"content-type": CALL}
    response = client.post("/rpc", json={"id": 7, **members}, headers=headers)
    assert response.status_code == 207, response
    assert response.headers["content-type"] == CALL
    return response.json


def body_of(envelope: Any) -> Any:
    """Return the body in an envelope, as JSON."""
    return orjson.loads(envelope["body"])


def test_call_goes_through_the_flow(serve: Serve) -> None:
    """A call is matched, validated and answered as the same request over HTTP would be."""
    transport = Calls()
    client = serve(**installed(transport))

    envelope = call(client, address="/things/1?fields[things]=name")

    assert (envelope["id"], envelope["status"], envelope["type"]) == (7, 200, PLAIN)
    assert body_of(envelope) == [{"name": "one"}]
    assert (
        envelope["headers"]["etag"] == client.get("/things/1?fields[things]=name").headers["etag"]
    )
    (request,) = transport.requests
    assert (request.method, request.path, request.parameters_string) == (
        "GET",
        "/things/1",
        "fields[things]=name",
    )
    assert request.meta == {"content-type": [PLAIN]}
    assert request.http_request_attributes["REQUEST_METHOD"] == "POST"
    assert request.base_url == "http://localhost"


def test_call_with_a_body(serve: Serve) -> None:
    """A call may write, and what its body breaks is told in the envelope."""
    client = serve(**installed(Calls()))

    created = call(client, method="POST", address="/things", body={"name": "new"})
    refused = call(client, method="POST", address="/things", body={})

    assert (created["status"], body_of(created)) == (201, [{"name": "new"}])
    assert created["headers"]["location"] == "http://localhost/things/9"
    assert refused["status"] == 422
    assert [each["pointer"] for each in body_of(refused)] == ["/name"]


def test_call_selects_its_convention(serve: Serve) -> None:
    """The headers of the call count, not those of its carrier."""
    envelope = call(
        serve(**installed(Calls())), address="/things/1", headers={"ACCEPT": "text/x-lines"}
    )

    assert envelope["body"] == "things 1 {'name': 'one', 'size': 1}"
    assert envelope["type"] == "text/x-lines"


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ({"address": "/nothing"}, 404),
        ({"address": "/things/a%2Fb"}, 200),
        ({"address": "/things/%ff"}, 400),
        ({"address": "/things", "method": "PUT"}, 405),
        ({"address": "/things", "method": "get"}, 405),
        ({"address": "/things?unknown=1"}, 400),
        ({"address": "things"}, 400),
        ({"address": ""}, 400),
        ({"address": "/thïngs"}, 400),
        ({"address": "http://localhost/things"}, 400),
        ({"address": "/things/1", "headers": {"accept": "image/png"}}, 406),
        ({"address": "/things", "method": "POST", "body": "x" * 99, "times": 20_000}, 413),
    ],
)
def test_outcomes(serve: Serve, members: dict[str, Any], status: int) -> None:
    """Whatever the outcome is, it is in the envelope."""
    assert call(serve(**installed(Calls())), **members)["status"] == status


def test_answer_to_head_has_no_body(serve: Serve) -> None:
    """HEAD means inside an envelope what it means outside."""
    envelope = call(serve(**installed(Calls())), method="HEAD", address="/things/1")

    assert (envelope["status"], envelope["body"]) == (200, None)


def test_version_is_said_in_the_envelope(serve: Serve) -> None:
    """The type of the answer repeats the version that the call asked for."""
    envelope = call(
        serve(**installed(Calls())),
        address="/things/1",
        headers={"accept": f"{PLAIN}; version=2.0"},
    )

    assert envelope["type"] == f"{PLAIN}; version=2.0"


@pytest.mark.parametrize("content", [b"", b"[]", b"{}"])
def test_carrier_without_a_call(serve: Serve, content: bytes) -> None:
    """What is no call is an error of the client, in an envelope as well."""
    response = serve(**installed(Calls())).post(
        "/rpc", body=content, headers={"content-type": CALL}
    )

    assert (response.json["id"], response.json["status"]) == (None, 400)
    assert body_of(response.json)[0]["code"] == "9302"


def test_carrier_that_is_too_large(serve: Serve) -> None:
    """The limit of bodies holds for what carries a call."""
    client = serve(**installed(Calls()), settings={"limits": {"body": 10}})

    assert call(client, address="/things/1")["status"] == 413


@pytest.mark.parametrize("headers", [{}, {"content-type": PLAIN}, {"content-type": "text/plain"}])
def test_other_requests_stay_http(serve: Serve, headers: dict[str, str]) -> None:
    """Where no transport applies the request is what HTTP says."""
    response = serve(**installed(Calls())).get("/things/1", headers=headers)

    assert response.json == [{"name": "one", "size": 1}]
    assert "x-carrier" not in response.headers


def test_first_that_applies(serve: Serve) -> None:
    """Transports are asked in their order, and only the first that applies extracts."""
    others, first, second = Calls("text/x-other"), Calls(), Calls()
    call(serve(**installed(others, first, second)), address="/things/1")

    assert [len(each.requests) for each in (others, first, second)] == [0, 1, 0]


def test_carrier_has_the_headers_of_every_answer(serve: Serve) -> None:
    """The id of the request and what events add are on what HTTP sends."""
    seen: list[GlueRequest | None] = []

    def note(event: ResponseEvent) -> None:
        seen.append(event.request)
        event.headers["x-event"] = str(event.status)

    transport = Calls()
    client = serve(
        **installed(transport), glue_response_events=lambda: [Listener("note", always(note))]
    )
    response = client.post(
        "/rpc",
        json={"id": 1, "address": "/nothing"},
        headers={"content-type": CALL, "x-request-id": "abc"},
    )

    assert response.headers["x-carrier"] == "calls"
    assert response.headers["x-event"] == "207"
    assert response.headers["x-request-id"] == "abc"
    assert "x-event" not in response.json["headers"]
    assert seen == transport.requests


@pytest.mark.parametrize(
    ("where", "status", "body"),
    [("extract", 207, "500"), ("send", 500, "[]"), ("applies", 415, "015")],
)
def test_broken_transport(
    serve: Serve, caplog: pytest.LogCaptureFixture, where: str, status: int, body: str
) -> None:
    """What a transport raises is logged with the request, and no client sees it."""
    response = serve(**installed(Calls())).post(
        "/rpc",
        json={"id": 1, "address": "/things/1", "headers": {"x-break": where}},
        headers={"content-type": CALL, "x-break": where},
    )

    assert response.status_code == status
    assert body in response.text
    assert where not in response.text
    assert [str(each.exc_info[1]) for each in caplog.records if each.exc_info] == [where]


def test_transport_of_one_application_alone(deploy: Deploy) -> None:
    """A transport is bound for each application; None leaves HTTP to it alone."""
    other = in_memory("glue.applications", "other", RequestFlowAwareApiApplication("other"))

    def bind(application: Any) -> Transport | None:
        return Calls() if application.name == "shop" else None

    common = in_memory("glue.plugins", "calls", glue_transports=lambda: [Listener("c", bind)])
    deployment = deploy(other, common)
    sent = {"json": {"id": 1, "address": "/things/1"}, "headers": {"content-type": CALL}}

    assert Client(deployment.applications["shop"]).post("/", **sent).status_code == 207
    assert Client(deployment.applications["other"]).post("/", **sent).status_code == 415


def test_application_that_comes_first_takes_its_calls(deploy: Deploy) -> None:
    """A carrier has a place where its transport is, so no next application is asked."""
    other = in_memory("glue.applications", "other", RequestFlowAwareApiApplication("other"))

    def take(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=b"other", format="text/plain")

    routes = in_memory(
        "glue.plugins.other",
        "rpc",
        glue_route_providers=lambda: [Operation("post", take, "/rpc", status=200)],
    )
    table = {"shop": {"paths": ["/"], "next": "other"}, "other": {"paths": ["/other"]}}
    host = Client(
        Host(deploy(other, routes, **installed(Calls()), settings={"applications": table}))
    )

    assert call(host, address="/things/1")["status"] == 200
    assert host.post("/rpc", json={}).text == "other"


def test_steps_do_not_tell_calls_from_requests(serve: Serve) -> None:
    """Builders see the headers and the body of the call, and requests inside it its headers."""
    seen: list[tuple[str | None, bytes]] = []

    def build(request: GlueRequest) -> None:
        seen.append((request.header("x-a"), request.content))
        if request.method == "POST":
            run = request.inside("GET", "/things/1")
            seen.append((run.request.header("x-a"), run.request.content))

    client = serve(
        **installed(Calls()),
        glue_request_builders=lambda: [Step("see", always(build))],
    )
    call(client, method="POST", address="/things", headers={"X-A": "1"}, body={"name": "n"})

    assert seen == [("1", b'{"name":"n"}'), ("1", b"")]


def test_steps_look_at_what_is_carried(serve: Serve) -> None:
    """A step that looks at a header runs where the call has it, not where the carrier has."""
    tones: list[str | None] = []

    def note(request: GlueRequest) -> None:
        tones.append(request.header("x-tone"))

    step = Step("tone", always(note), only_with=("x-tone",))
    client = serve(glue_request_builders=lambda: [step], **installed(Calls()))

    call(client, address="/things/1", headers={"X-Tone": "warm"})

    assert tones == ["warm"]


def test_what_is_no_transport_stops_the_start(serve: Serve) -> None:
    """A listener that returns something else is told at the start, with its distribution."""
    with pytest.raises(ConfigurationError, match=r"The transport '.*t0' of 'shop'") as caught:
        serve(**installed(object()))  # type: ignore[arg-type]

    assert "'applies', 'extract' and 'send'" in str(caught.value)


def test_work_of_a_failed_extraction_is_ended(
    deploy: Deploy, caplog: pytest.LogCaptureFixture
) -> None:
    """A step that opens the unit of work of the carrier does not leave it open."""
    closed: list[bool] = []

    def open_work(response: GlueResponse, request: GlueRequest) -> None:
        work: Any = request.work
        close = work.close

        def closing() -> None:
            closed.append(True)
            close()

        work.close = closing

    deployment = deploy(
        **installed(Calls()),
        glue_response_formatters=lambda: [Step("open", always(open_work))],
        settings={"services": {"database": "sqlite:///:memory:"}},
    )
    client = Client(deployment.applications["shop"])

    response = client.post("/rpc", body=b"[]", headers={"content-type": CALL})

    assert response.json["status"] == 400
    assert closed == [True]
    assert caplog.records == []
