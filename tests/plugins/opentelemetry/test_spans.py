"""Spans: their names, attributes, parents and ends, as the SDK gets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

from glue_core import GlueRequest, Step
from glue_core.flow import Flow
from glue_core.host import Host
from glue_core.testing import Client, in_memory

Watch = Callable[..., Any]

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
JSON_API = {"accept": "application/vnd.api+json"}


def names_of(spans: Sequence[ReadableSpan]) -> list[str]:
    """Return the names of spans."""
    return [each.name for each in spans]


def server_of(spans: Sequence[ReadableSpan]) -> ReadableSpan:
    """Return the one span of a request."""
    (found,) = [each for each in spans if each.kind is SpanKind.SERVER]
    return found


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    """Return the attributes of a span."""
    return dict(span.attributes or {})


def test_request_has_a_span_named_by_its_operation(watch: Watch) -> None:
    """The name is method and route; what the client typed is nowhere."""
    shop = watch(spans="request")

    answer = shop.get("/lamps/1?fields[lamps]=name", headers=JSON_API)

    (span,) = shop.spans()
    assert span.name == "GET /lamps/{lamps_id}"
    assert attributes_of(span) == {
        "http.request.method": "GET",
        "http.route": "/lamps/{lamps_id}",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "server.address": "shop.example",
        "glue.application": "shop",
        "glue.convention": "json_api",
        "glue.resource": "lamps",
        "glue.plugin": "in-memory:lamps_api",
        "glue.request_id": answer.headers["x-request-id"],
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.parent is None


def test_plain_convention_has_a_name(watch: Watch) -> None:
    """A request that selects no convention is in the plain flow."""
    shop = watch(spans="request")

    shop.get("/lamps")

    assert attributes_of(server_of(shop.spans()))["glue.convention"] == "plain"


@pytest.mark.parametrize(
    ("method", "path", "status", "name"),
    [
        ("GET", "/lamps/9", 404, "GET /lamps/{lamps_id}"),
        ("GET", "/nothing/1", 404, "GET"),
        ("DELETE", "/lamps/1", 405, "DELETE /lamps/{lamps_id}"),
        ("GET", "/lamps?unknown=1", 400, "GET /lamps"),
        ("BREW", "/lamps/1", 405, "HTTP /lamps/{lamps_id}"),
    ],
)
def test_refusals_are_no_errors(
    watch: Watch, method: str, path: str, status: int, name: str
) -> None:
    """A refusal has a span like an answer; what the client did is not the server's error."""
    shop = watch(spans="stages")

    assert shop.client.request(method, path).status_code == status

    spans = shop.spans()
    span = server_of(spans)
    assert span.name == name
    assert attributes_of(span)["http.response.status_code"] == status
    assert [each.name for each in spans if each.status.status_code is StatusCode.ERROR] == []
    assert "error.type" not in attributes_of(span)
    assert span.events == ()


def test_unknown_method_has_one_name(watch: Watch) -> None:
    """Clients choose methods, so all that nobody knows are one."""
    shop = watch(spans="request")

    shop.client.request("BREW", "/lamps")

    attributes = attributes_of(server_of(shop.spans()))
    assert attributes["http.request.method"] == "_OTHER"
    assert attributes["http.request.method_original"] == "BREW"


def test_exception_is_recorded_and_not_told(watch: Watch) -> None:
    """The span has type, text and traceback without secrets, the client nothing of them."""
    shop = watch(spans="stages")

    answer = shop.get("/fail")

    spans = shop.spans()
    span = server_of(spans)
    (event,) = span.events
    details = dict(event.attributes or {})
    assert answer.status_code == 500
    assert "lamp" not in answer.text.replace("lamps", "")
    assert span.status.status_code is StatusCode.ERROR
    assert attributes_of(span)["error.type"] == "RuntimeError"
    assert event.name == "exception"
    assert details["exception.type"] == "RuntimeError"
    assert details["exception.message"] == "no lamp for password=[hidden]"
    assert "in fail" in str(details["exception.stacktrace"])
    assert "hunter2" not in str(details)
    assert details["glue.plugin"] == "in-memory:lamps_api"
    (control,) = [each for each in spans if each.name == "control"]
    assert attributes_of(control)["error.type"] == "RuntimeError"


def test_stages_are_children(watch: Watch) -> None:
    """Each stage that has something to do is a child of the request, and all are in order."""

    def validate(operation: Any) -> Any:
        return lambda request: None

    shop = watch(
        in_memory(
            "glue.plugins.shop",
            "own",
            glue_request_validators=lambda: [Step("looks", validate)],
            glue_response_finishers=lambda: [Step("ends", lambda _: lambda *_: None)],
        ),
        spans="stages",
    )

    shop.get("/lamps?include=neighbours", headers=JSON_API)

    spans = shop.spans()
    server = server_of(spans)
    inside = [each for each in spans if each is not server]
    by_name = {each.name: each for each in inside}
    assert names_of(inside) == sorted(
        names_of(inside), key=lambda name: by_name[name].start_time or 0
    )
    own = [each.name for each in inside if not each.name.startswith("load ")]
    assert [each for each in own if each != "validate-routed"] == [
        "build",
        "validate",
        "control",
        "format",
        "write",
        "finish",
    ]
    (load,) = [each for each in inside if each.name.startswith("load ")]
    assert load.name == "load in-memory:lamps_api.lamps.neighbours"
    assert load.parent is not None
    assert load.parent.span_id == by_name["format"].context.span_id
    for each in inside:
        assert each.context.trace_id == server.context.trace_id
        if each is not load:
            assert each.parent is not None
            assert each.parent.span_id == server.context.span_id
    assert (load.end_time or 0) <= (by_name["format"].end_time or 0)


def test_commit_is_a_stage(watch: Watch) -> None:
    """The end of the unit of work has a span, where there was one."""

    def uses(operation: Any) -> Any:
        def build(request: GlueRequest) -> None:
            request.work.session.connection()

        return build

    shop = watch(
        in_memory("glue.plugins.shop", "own", glue_request_builders=lambda: [Step("uses", uses)])
    )

    shop.get("/lamps")

    assert "commit" in names_of(shop.spans())


def test_steps_have_the_ids_of_what_brought_them(watch: Watch) -> None:
    """Each step is a span with its id, its plugin and its stage."""
    shop = watch(spans="steps")

    shop.get("/lamps/1", headers=JSON_API)

    spans = {each.name: each for each in shop.spans()}
    assert attributes_of(spans["format glue-api-core:formatting.vary"]) == {
        "glue.stage": "format",
        "glue.step": "glue-api-core:formatting.vary",
        "glue.plugin": "glue-api-core:formatting",
    }
    assert "control in-memory:lamps_api.lamps.get" in spans
    assert "write glue-json-api:json_api.writer" in spans
    assert "format" not in spans


def test_span_that_a_plugin_makes_is_inside(watch: Watch) -> None:
    """What a step records itself is a child of its stage."""
    from opentelemetry import trace

    made: list[Any] = []

    def bind(operation: Any) -> Any:
        def build(request: GlueRequest) -> None:
            tracer = trace.get_tracer("own", tracer_provider=made[0].provider)
            tracer.start_span("own").end()

        return build

    shop = watch(
        in_memory("glue.plugins.shop", "own", glue_request_builders=lambda: [Step("own", bind)])
    )
    made.append(shop)

    shop.get("/lamps")

    spans = {each.name: each for each in shop.spans()}
    assert spans["own"].parent.span_id == spans["build"].context.span_id


def test_body_that_is_streamed_is_inside(watch: Watch) -> None:
    """The span ends with the last byte, and what makes the parts runs inside of it."""
    made: list[Any] = []

    def bind(operation: Any) -> Any:
        def build(request: GlueRequest) -> None:
            request.notes["provider"] = made[0].provider

        return build

    shop = watch(
        in_memory("glue.plugins.shop", "own", glue_request_builders=lambda: [Step("own", bind)]),
        spans="request",
    )
    made.append(shop)

    assert shop.get("/stream").text == "012"

    spans = shop.spans()
    server = server_of(spans)
    parts = [each for each in spans if each.name == "part"]
    assert len(parts) == 3
    assert {each.parent.span_id for each in parts if each.parent} == {server.context.span_id}
    assert all((each.end_time or 0) <= (server.end_time or 0) for each in parts)
    assert len(shop.points("http.server.request.duration")) == 1


def test_body_that_breaks_off(watch: Watch) -> None:
    """The client has a 200 that ended early: the span says both, and ends."""
    shop = watch(spans="request")

    with pytest.raises(RuntimeError, match="broken off"):
        shop.get("/break-off")

    (span,) = shop.spans()
    assert attributes_of(span)["http.response.status_code"] == 200
    assert attributes_of(span)["error.type"] == "RuntimeError"
    assert span.status.status_code is StatusCode.ERROR
    assert [each.name for each in span.events] == ["exception"]


def test_nothing_is_current_afterwards(watch: Watch) -> None:
    """A thread that answered has no span any more: the next request is no child of it."""
    from opentelemetry import context, trace

    shop = watch(spans="steps")
    before = context.get_current()

    for path in ("/lamps/1", "/fail", "/nothing"):
        shop.get(path)

    assert context.get_current() is before
    assert not trace.get_current_span().get_span_context().is_valid
    assert len({each.context.trace_id for each in shop.spans()}) == 3


@pytest.mark.parametrize(
    ("incoming", "same", "links"), [("ignore", False, 0), ("link", False, 1), ("parent", True, 0)]
)
def test_trace_of_the_client(watch: Watch, incoming: str, same: bool, links: int) -> None:
    """The setting says what the trace is that a client names."""
    shop = watch(spans="request", incoming=incoming)

    shop.get("/lamps", headers=TRACEPARENT)

    (span,) = shop.spans()
    assert (f"{span.context.trace_id:032x}" == TRACE) is same
    assert (span.parent is not None) is same
    assert [f"{each.context.span_id:016x}" for each in span.links] == [SPAN] * links


@pytest.mark.parametrize("value", ["", "x", "00-0-0-00", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
@pytest.mark.parametrize("incoming", ["link", "parent"])
def test_garbage_is_no_trace(watch: Watch, incoming: str, value: str) -> None:
    """A header that names no trace is as none."""
    shop = watch(spans="request", incoming=incoming)

    assert shop.get("/lamps", headers={"traceparent": value}).status_code == 200

    (span,) = shop.spans()
    assert span.parent is None
    assert list(span.links) == []


def test_applications_are_told_apart(watch: Watch) -> None:
    """Two applications with one type have spans of their own; one without a flow has one, too."""
    shop = watch(spans="request")

    for host in ("shop.example", "office.example", "old.example"):
        shop.get("/lamps", headers={"host": host})

    found = [attributes_of(each) for each in shop.spans()]
    assert [each["glue.application"] for each in found] == ["shop", "office", "old"]
    assert [each.get("glue.plugin") for each in found] == [
        "in-memory:lamps_api",
        "in-memory:desks",
        None,
    ]


def test_application_that_answers_by_itself_fails(watch: Watch) -> None:
    """What it raises is recorded, once, though the host answers in its place."""
    shop = watch(spans="stages")

    assert shop.get("/broken", headers={"host": "old.example"}).status_code == 500

    (span,) = shop.spans()
    assert attributes_of(span)["error.type"] == "RuntimeError"
    assert attributes_of(span)["http.response.status_code"] == 500
    assert [each.name for each in span.events] == ["exception"]


def test_answers_of_the_host_are_recorded(watch: Watch) -> None:
    """What no application is selected for has a span without an application."""
    shop = watch(spans="stages")

    assert shop.get("/lamps", headers={"host": "nobody.example"}).status_code == 500

    (span,) = shop.spans()
    assert "glue.application" not in attributes_of(span)
    assert attributes_of(span)["error.type"] == "500"


def test_trace_that_is_not_kept_has_no_children(watch: Watch) -> None:
    """Of a request that is not sampled nothing is recorded; it counts all the same."""
    shop = watch(spans="steps", sampler=ALWAYS_OFF)

    assert shop.get("/lamps").status_code == 200

    assert shop.spans() == []
    assert [each.count for each in shop.points("http.server.request.duration")] == [1]


def test_answers_are_the_same(watch: Watch) -> None:
    """Recording changes nothing of an answer."""
    plain, recorded = watch(enabled=False), watch(spans="steps")

    for path in ("/lamps", "/lamps/1", "/lamps?include=neighbours", "/nothing", "/fail"):
        headers = {**JSON_API, "x-request-id": "one"}
        first, second = (each.get(path, headers=headers) for each in (plain, recorded))
        assert (first.status_code, first.text) == (second.status_code, second.text)
        assert first.headers == second.headers


def flows_of(watched: Any) -> list[Flow]:
    """Return the compiled flows of an application's places."""
    matchers = watched.deployment.applications["shop"].matchers
    paths = (("GET", "/lamps"), ("GET", "/lamps/1"), ("DELETE", "/lamps"), ("GET", "/nothing"))
    return [each.match(*path).target for each in matchers.values() for path in paths]


def test_switched_off_wraps_nothing(watch: Watch) -> None:
    """Installed and not enabled: flows are plain, and each step is the one that was bound."""
    bound: list[Any] = []

    def bind(operation: Any) -> Any:
        def build(request: GlueRequest) -> None:
            return None

        bound.append(build)
        return build

    own = in_memory("glue.plugins.shop", "own", glue_request_builders=lambda: [Step("own", bind)])
    shop = watch(own, enabled=False)

    flows = flows_of(shop)
    assert {type(each) for each in flows} == {Flow}
    assert all(any(step is run for run in bound for step in each.builders) for each in flows)
    assert shop.deployment.registry.applications["shop"].wrap is None
    shop.get("/lamps")
    assert shop.spans() == []


def test_two_deployments_do_not_mix(watch: Watch) -> None:
    """Each deployment of a process records where it was told to."""
    first, second = watch(spans="request"), watch(spans="request")

    first.get("/lamps")

    assert len(first.spans()) == 1
    assert second.spans() == []


def test_shadow_of_another_application_has_no_span(watch: Watch) -> None:
    """A rehearsal is no request: its steps are in no trace, and it is not counted."""
    from glue_core import Rehearsal
    from glue_core.services.rehearsing import REHEARSAL_KEY

    shop = watch(spans="steps")
    inner = Host(shop.deployment)

    def rehearsed(environ: dict[str, Any], start_response: Any) -> Any:
        environ[REHEARSAL_KEY] = Rehearsal(float("inf"))
        return inner(environ, start_response)

    assert Client(rehearsed, {"host": "shop.example"}).get("/lamps").status_code == 200

    assert shop.spans() == []
    assert shop.points("http.server.request.duration") == []


def test_trace_ids_are_in_log_lines(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    """A line of a request has the ids of its trace and of the span that is current."""
    import logging

    from glue_core import RequestFilter

    filter_ = RequestFilter()
    caplog.handler.addFilter(filter_)
    shop = watch(spans="request", settings={"logging": {"access": True}})
    try:
        with caplog.at_level(logging.INFO, "glue.access"):
            shop.get("/fail")
    finally:
        caplog.handler.removeFilter(filter_)

    (span,) = shop.spans()
    ids = (f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}")
    found = {each.name: vars(each) for each in caplog.records}
    assert sorted(found) == ["glue", "glue.access"]
    for each in found.values():
        assert (each["trace_id"], each["span_id"]) == ids


def test_worker_has_a_span_for_each_batch(watch: Watch) -> None:
    """What a publisher does with messages is a span of its own, and its failure is recorded."""
    from glue_core import Publisher

    def handle(events: Any, work: Any) -> None:
        if events[0].name == "bad":
            raise RuntimeError("token=abc")

    def keys(work: Any) -> Any:
        return iter(())

    feature = in_memory(
        "glue.features",
        "lamps",
        glue_publishers=lambda: [
            Publisher("lamp.changed", handle, keys, "lamps"),
            Publisher("bad", handle, keys, "bad"),
        ],
    )
    shop = watch(feature)
    publishers = {each.event: each for each in shop.deployment.publishers}
    from glue_core import Event

    publishers["lamp.changed"].handle([Event("lamp.changed", "1")], None)
    with pytest.raises(RuntimeError):
        publishers["bad"].handle([Event("bad", "1")], None)

    good, bad = shop.spans()
    assert (good.name, good.kind) == ("process lamp.changed", SpanKind.CONSUMER)
    assert attributes_of(good)["glue.plugin"] == "in-memory:lamps"
    assert bad.status.status_code is StatusCode.ERROR
    assert "abc" not in str([dict(each.attributes or {}) for each in bad.events])
