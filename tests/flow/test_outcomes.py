"""The outcome table: what each situation answers, plain and under a convention."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    Answer,
    BadRequest,
    ConfigurationError,
    Conflict,
    ErrorCode,
    Fragment,
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    GlueResource,
    GlueResponse,
    NotFound,
    Operation,
    Problem,
    Resource,
    ServiceUnavailable,
    Step,
    View,
)
from glue_core.testing import Client, assert_error, in_memory

Serve = Callable[..., Client]


def always(run: Any) -> Callable[[Operation], Any]:
    """Bind a step to every operation."""
    return lambda operation: run


def only(method: str, run: Any) -> Callable[[Operation], Any]:
    """Bind a step to operations of one method that are no refusals."""
    return lambda operation: run if operation.method == method and not operation.refusal else None


def test_one_resource(serve: Serve) -> None:
    """Plain JSON is a list of attribute objects, without type and id."""
    response = serve().get("/things/1")

    assert (response.status_code, response.json) == (200, [{"name": "one", "size": 1}])
    assert response.headers["content-type"] == "application/json"
    assert "Accept" in response.headers["vary"]


def test_convention_writes_its_own_format(serve: Serve, by_line: dict[str, str]) -> None:
    """A convention that the Accept header selects writes the answer."""
    response = serve().get("/things/1", headers=by_line)

    assert response.text == "things 1 {'name': 'one', 'size': 1}"
    assert response.headers["content-type"].startswith("text/x-lines")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/things/1", {}),
        ("GET", "/things/1", {"accept": "text/x-lines"}),
        ("GET", "/things/1", {"content-type": "text/x-lines"}),
        ("HEAD", "/things", {}),
        ("GET", "/nothing", {}),
        ("GET", "/things/1", {"accept": "image/png"}),
        ("DELETE", "/things/1", {}),
        ("OPTIONS", "/things", {}),
    ],
)
def test_answers_depend_on_what_selects_the_convention(
    serve: Serve, method: str, path: str, headers: dict[str, str]
) -> None:
    """Every answer names both headers, also where a request had neither of them."""
    response = serve().request(method, path, headers=headers)

    assert response.headers["vary"] == "Accept, Content-Type"


def test_header_of_a_controller_is_kept_in_vary(serve: Serve) -> None:
    """What an answer depends on besides stays, and nothing is named twice."""

    def depend(response: GlueResponse, request: GlueRequest) -> None:
        response.meta["vary"] = "Cookie, content-type"

    steps = [Step("cookie", always(depend), before=("vary",))]
    response = serve(glue_response_formatters=lambda: steps).get("/things/1")

    assert response.headers["vary"] == "Cookie, content-type, Accept"


def test_steps_say_what_answers_differ_by(serve: Serve) -> None:
    """Vary names what the steps declare, each once, whether a step is bound or not."""

    def by_tone(operation: Operation) -> tuple[str, ...]:
        return ("X-Tone", "accept") if operation.refusal is None else ()

    client = serve(
        glue_request_builders=lambda: [
            Step("size", lambda operation: None, varies=("X-Size",)),
            Step("tone", always(lambda request: None), varies=by_tone, after=("size",)),
        ],
        glue_response_finishers=lambda: [Step("end", always(lambda *_: None), varies=("x-size",))],
    )

    assert client.get("/things/1").headers["vary"] == "Accept, Content-Type, X-Size, X-Tone"
    assert client.get("/nowhere").headers["vary"] == "Accept, Content-Type, X-Size"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/nowhere", 404, "007"), ("/things/%FF", 400, "017"), ("/nowhere/1/things", 404, "009")],
)
@pytest.mark.parametrize("hook", ["glue_response_formatters", "glue_response_finishers"])
def test_nothing_stays_nothing_where_a_step_fails(
    serve: Serve, hook: str, path: str, status: int, code: str
) -> None:
    """A step that counts on a resource does not make a failure of a path that leads nowhere."""

    def shout(response: GlueResponse, request: GlueRequest) -> None:
        response.meta["x-type"] = request.operation.resource.type.upper()  # type: ignore[union-attr]

    client = serve(**{hook: lambda: [Step("shout", always(shout))]})

    assert client.get("/things/1").headers["x-type"] == "THINGS"
    assert_error(client.get(path), status, code)


def test_one_text_in_varies_is_refused(serve: Serve) -> None:
    """A text in place of a tuple stops the start, with the step that has it."""
    step: Step[Any] = Step("tone", always(print), varies="x-tone")  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError, match=r"tone.*varies is 'x-tone'"):
        serve(glue_request_builders=lambda: [step])


def test_collection(serve: Serve) -> None:
    """A collection is a list."""
    assert [each["name"] for each in serve().get("/things").json] == ["one", "two"]


def test_create(serve: Serve) -> None:
    """POST answers 201, with the attributes decoded by the schema."""
    response = serve().post("/things", json={"name": "new", "size": 3})

    assert (response.status_code, response.json) == (201, [{"name": "new", "size": 3}])


def test_change(serve: Serve) -> None:
    """PATCH answers 200 and requires no attribute."""
    response = serve().patch("/things/1", json={"size": 9})

    assert (response.status_code, response.json) == (200, [{"name": "one", "size": 9}])


def test_delete(serve: Serve) -> None:
    """DELETE answers 204 without a body."""
    response = serve().delete("/things/1")

    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers


def test_invalid_attributes(serve: Serve) -> None:
    """All violations of a body are reported together, each with its pointer."""
    response = serve().post("/things", json={"size": "x", "colour": "red"})

    assert response.status_code == 422
    assert {each["pointer"] for each in response.json} == {"/name", "/size", "/colour"}
    assert {each["code"] for each in response.json} == {"901"}


@pytest.mark.parametrize("path", ["/nothing", "/nothing/1", "/", "//things", "/things/1/2/3"])
def test_unknown_path(serve: Serve, path: str) -> None:
    """Nothing there: 404 with the code 007."""
    assert_error(serve().get(path), 404, "007")


def test_empty_path(serve: Serve) -> None:
    """A server may hand over an empty path, which is nowhere."""
    response = serve().get("/", environ={"PATH_INFO": "", "SCRIPT_NAME": "/mounted"})

    assert_error(response, 404, "007")


def test_unknown_path_under_a_convention(serve: Serve, by_line: dict[str, str]) -> None:
    """A refusal is written in the convention's words."""
    response = serve().get("/nothing", headers=by_line)

    assert (response.status_code, response.text) == (404, "404 007 Not found")


def test_undeclared_method(serve: Serve) -> None:
    """A method that the place does not declare: 405 with the code 008 and Allow."""
    response = serve().put("/things/1", json={})

    assert_error(response, 405, "008")
    assert response.headers["allow"] == "GET, HEAD, PATCH, DELETE, OPTIONS"


def test_unknown_method(serve: Serve) -> None:
    """A method that HTTP does not know is refused like an undeclared one."""
    assert_error(serve().request("FETCH", "/things/1"), 405, "008")


def test_method_of_an_unknown_path(serve: Serve) -> None:
    """Where nothing is, every method answers 404."""
    assert_error(serve().delete("/nothing/1"), 404, "007")


def test_head(serve: Serve) -> None:
    """HEAD answers like GET without the body, its length included."""
    client = serve()
    head, get = client.head("/things/1"), client.get("/things/1")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_head_gives_the_body_back(serve: Serve) -> None:
    """An iterable body that HEAD does not send is closed all the same."""
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield b"much"

        def close(self) -> None:
            closed.append(True)

    def handle() -> GlueResponse:
        return GlueResponse(content=Body(), format="text/plain")

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/file")])
    response = client.head("/file")

    assert (response.content, closed) == (b"", [True])
    assert response.headers.get("content-length") != "0"


def test_options(serve: Serve) -> None:
    """OPTIONS of a known place answers 204 and the methods there."""
    response = serve().options("/things/1")

    assert response.status_code == 204
    assert response.headers["allow"] == "GET, HEAD, PATCH, DELETE, OPTIONS"
    assert response.headers["access-control-allow-methods"] == "GET, PATCH, DELETE, OPTIONS"


def test_options_of_an_unknown_path(serve: Serve) -> None:
    """OPTIONS of nothing is 204 with the methods there may be."""
    response = serve().options("/nothing/1")

    assert response.status_code == 204
    assert response.headers["allow"] == "GET, POST, PATCH, DELETE, OPTIONS"


def test_options_reads_no_resource(serve: Serve) -> None:
    """OPTIONS of a place is the same for every id: it tells of none whether it exists."""

    def handle(id: str) -> GlueResponse:  # noqa: A002 - filled by name
        raise NotFound("404", f"{id} is not there.")

    client = serve(glue_resources=lambda: [Operation("get", handle, "boxes")])
    answers = [client.options(f"/boxes/{id_}") for id_ in ("1", "no-such-id")]

    assert [each.status_code for each in answers] == [204, 204]
    assert [each.headers["allow"] for each in answers] == ["GET, HEAD, OPTIONS"] * 2


def test_declared_options(serve: Serve) -> None:
    """A declared OPTIONS runs instead of the preflight."""

    def handle() -> GlueResponse:
        return GlueResponse(content=b"mine", http_status=200, format="text/plain")

    client = serve(glue_resources=lambda: [Operation("options", handle, "boxes", status=200)])

    assert client.options("/boxes/1").text == "mine"


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "nonsense", "*/*;q=0"])
def test_not_acceptable(serve: Serve, accept: str) -> None:
    """An Accept header that names nothing we write: 406 with the code 010."""
    assert_error(serve().get("/things/1", headers={"accept": accept}), 406, "010")


def test_answer_to_a_body_must_be_accepted(serve: Serve, by_line: dict[str, str]) -> None:
    """The body selects the convention; where its answers are not accepted, nothing is done."""
    called: list[str] = []

    def watching(inner: Any) -> Any:
        def watch(request: Any) -> Any:
            called.append(request.method)
            return inner(request)

        return watch

    client = serve(glue_controller_wrappers=lambda: [Step("watch", lambda operation: watching)])
    headers = {"content-type": by_line["accept"], "accept": "text/html, application/json"}

    response = client.post("/things", body=b"name=a", headers=headers)

    assert (response.status_code, response.text.split()[1]) == (406, "010")
    assert called == []


@pytest.mark.parametrize("content_type", ["text/html", "application/x-www-form-urlencoded", "x"])
def test_unsupported_body(serve: Serve, content_type: str) -> None:
    """A body in a format that nobody reads: 415."""
    response = serve().post("/things", body=b"a=b", headers={"content-type": content_type})

    assert_error(response, 415, "015")


def test_method_before_the_body(serve: Serve) -> None:
    """Where there is no such method, no other body would help: 405, whatever its format."""
    response = serve().put("/things/1", body=b"a=b", headers={"content-type": "text/html"})

    assert_error(response, 405, "008")


def test_malformed_body(serve: Serve) -> None:
    """A body that is no JSON: 400."""
    response = serve().post("/things", body=b"{", headers={"content-type": "application/json"})

    assert_error(response, 400, "014")


def test_body_that_is_no_object(serve: Serve) -> None:
    """A JSON body that is a list: 400."""
    assert_error(serve().post("/things", json=[1]), 400, "014", pointer="")


def telling(*errors: ErrorCode) -> Any:
    """Tell the documentation what a step answers."""
    return lambda operation, view: Fragment(errors=errors)


TEAPOT = telling(ErrorCode(418, "X1", "Teapot"))


def refuse(request: GlueRequest) -> GlueRequestValidation:
    """Refuse everything."""
    return GlueRequestValidation(False, 418, (GlueError(418, "X1", "Teapot"),), {"x-why": "tea"})


def test_validator_wins_over_an_unknown_path(serve: Serve) -> None:
    """A request that fails a validator before routing and has no route answers the former."""
    client = serve(glue_request_validators=lambda: [Step("tea", always(refuse))])
    response = client.get("/nothing")

    assert_error(response, 418, "X1")
    assert response.headers["x-why"] == "tea"


def test_validator_wins_over_an_undeclared_method(serve: Serve) -> None:
    """The same for a method that is not declared."""
    client = serve(glue_request_validators=lambda: [Step("tea", always(refuse))])

    assert_error(client.put("/things/1", json={}), 418, "X1")


def test_validator_after_routing_does_not_run_for_unknown_paths(serve: Serve) -> None:
    """A validator after routing runs only where there is an operation."""

    def validate(request: GlueRequest, resource: GlueResource) -> GlueRequestValidation:
        return GlueRequestValidation(False, None, (GlueError(403, "X2", f"No {resource.type}."),))

    told = telling(ErrorCode(403, "X2", "No things."))
    client = serve(
        glue_request_after_routing_validators=lambda: [Step("no", always(validate), describe=told)]
    )

    assert_error(client.get("/nothing"), 404, "007")
    assert assert_error(client.get("/things/1"), 403, "X2")["message"] == "No things."


@pytest.mark.parametrize(
    "hook", ["glue_request_validators", "glue_request_after_routing_validators"]
)
def test_first_invalid_result_stops(serve: Serve, hook: str) -> None:
    """No validator runs after the first that fails, and the controller does not."""
    ran = []

    def validator(name: str, valid: bool) -> Any:
        def validate(request: GlueRequest, *rest: Any) -> GlueRequestValidation:
            ran.append(name)
            return GlueRequestValidation(valid, 400, (GlueError(400, name),))

        return Step(name, always(validate), describe=telling(ErrorCode(400, name, "No.")))

    steps = [validator("a", True), validator("b", False), validator("c", True)]

    response = serve(**{hook: lambda: steps}).get("/things/1")

    assert_error(response, 400, "b")
    assert ran == ["a", "b"]


@pytest.mark.parametrize(
    "hook", ["glue_request_validators", "glue_request_after_routing_validators"]
)
def test_validator_that_says_nothing(serve: Serve, hook: str) -> None:
    """None lets the request pass, before and after routing alike."""
    client = serve(**{hook: lambda: [Step("none", always(lambda *args: None))]})

    assert client.get("/things/1").status_code == 200


def test_refusal_without_status_takes_that_of_its_errors(serve: Serve) -> None:
    """A validation may leave its status to its errors."""
    found = GlueRequestValidation(False, None, (GlueError(409, "a"), GlueError(422, "b")))
    told = telling(ErrorCode(400, "a", "One."), ErrorCode(400, "b", "Another."))
    client = serve(
        glue_request_validators=lambda: [Step("v", always(lambda request: found), describe=told)]
    )

    assert client.get("/things/1").status_code == 400


def stamp(response: GlueResponse, request: GlueRequest) -> None:
    """Leave a mark."""
    response.meta["x-stamp"] = str(len(response.errors))


def boom(*args: Any) -> Any:
    """Fail with a secret."""
    raise RuntimeError("secret-4711")


@pytest.mark.parametrize(
    ("path", "status", "errors"), [("/things/1", 200, "0"), ("/nothing", 404, "1")]
)
def test_formatters_run_for_every_outcome(
    serve: Serve, path: str, status: int, errors: str
) -> None:
    """Formatters run for success and for unknown paths."""
    client = serve(glue_response_formatters=lambda: [Step("stamp", always(stamp))])
    response = client.get(path)

    assert (response.status_code, response.headers["x-stamp"]) == (status, errors)


def test_formatters_run_for_refusals_and_failures(serve: Serve) -> None:
    """Formatters run for a failed validation and for an exception."""
    client = serve(
        glue_response_formatters=lambda: [Step("stamp", always(stamp))],
        glue_request_validators=lambda: [Step("tea", only("delete", refuse), describe=TEAPOT)],
        glue_request_builders=lambda: [Step("boom", only("get", boom))],
    )

    assert client.delete("/things/1").headers["x-stamp"] == "1"
    assert client.get("/things/1").headers["x-stamp"] == "1"


def _wrap(handler: Any) -> Any:
    return boom


class OddAttributes(Schema):
    """Attributes that not every object can show."""

    name = fields.Integer()


STAGES = [
    ("glue_request_builders", boom),
    ("glue_request_validators", boom),
    ("glue_request_after_routing_validators", boom),
    ("glue_controller_wrappers", _wrap),
    ("glue_response_formatters", boom),
]


@pytest.mark.parametrize(("hook", "run"), STAGES)
@pytest.mark.parametrize("accept", ["application/json", "text/x-lines"])
def test_exception_is_a_formatted_error(
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    hook: str,
    run: Any,
    accept: str,
) -> None:
    """A failing step is answered 500 in the convention's words and logged once, with the id."""
    client = serve(**{hook: lambda: [Step("boom", only("get", run))]})

    with caplog.at_level(logging.DEBUG, "glue"):
        response = client.get("/things/1", headers={"accept": accept, "x-request-id": "r-1"})

    assert response.status_code == 500
    assert response.headers["content-type"].startswith(accept)
    assert "020" in response.text
    assert "secret-4711" not in response.text
    assert "RuntimeError" not in response.text
    assert response.headers["x-request-id"] == "r-1"
    logged = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert [("r-1" in each.getMessage(), each.exc_info is not None) for each in logged] == [
        (True, True)
    ]


def test_exception_names_its_occurrence(serve: Serve) -> None:
    """The error carries the id under which it was logged."""
    client = serve(glue_request_builders=lambda: [Step("boom", only("get", boom))])
    response = client.get("/things/1")

    assert assert_error(response, 500, "020")["id"] == response.headers["x-request-id"]


def test_writer_that_fails(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be written is answered 500, formatted."""

    def handle() -> GlueResponse:
        return GlueResponse.of({"id": "1", "name": "no number"})

    client = serve(
        glue_route_providers=lambda: [
            Operation("get", handle, "/odd", Resource("odd", OddAttributes))
        ]
    )
    response = client.get("/odd")

    assert_error(response, 500, "020")
    assert "no number" not in response.text


def test_handler_that_returns_something_else(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A handler that returns no response is a failure of the server, named in the log."""
    client = serve(
        glue_route_providers=lambda: [Operation("get", lambda: {"a": 1}, "/odd")]  # type: ignore[arg-type,return-value]
    )

    assert_error(client.get("/odd"), 500, "020")
    assert "'/odd.get' returned dict instead of a GlueResponse" in caplog.text


@pytest.mark.parametrize("error", [Conflict("77", "Taken."), BadRequest("78", "Bad.")])
def test_problem(serve: Serve, caplog: pytest.LogCaptureFixture, error: Problem) -> None:
    """A problem that a controller raises is its answer, and nothing is logged."""

    def handle() -> GlueResponse:
        raise error

    told = ErrorCode(error.status, error.errors[0].code, error.errors[0].message)
    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd", errors=(told,))])

    assert_error(client.get("/odd"), told.status, told.code)
    assert caplog.records == []


def test_service_that_is_down(serve: Serve) -> None:
    """A service that does not answer: 503 with Retry-After, without its name."""

    def handle() -> GlueResponse:
        raise ServiceUnavailable("storage", "connection to 10.1.2.3 refused", 7)

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd")])
    response = client.get("/odd")

    assert_error(response, 503, "019")
    assert response.headers["retry-after"] == "7"
    assert "10.1.2.3" not in response.text


def test_content_of_a_controller_is_sent_as_it_is(serve: Serve) -> None:
    """What a controller puts into ``content`` goes out verbatim, in its format."""

    def handle() -> GlueResponse:
        return GlueResponse(content=b"\x00raw", format="application/pdf")

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd")])
    response = client.get("/odd")

    assert (response.content, response.headers["content-type"]) == (b"\x00raw", "application/pdf")


def test_empty_content_is_content(serve: Serve) -> None:
    """An empty body that a controller sets is sent as such."""

    def handle() -> GlueResponse:
        return GlueResponse(content=b"", format="text/plain")

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd")])

    assert client.get("/odd").content == b""


def test_iterable_content(serve: Serve) -> None:
    """A body may be an iterable, which is closed when it was sent."""
    closed = []

    def parts() -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            closed.append(True)

    def handle() -> GlueResponse:
        return GlueResponse(content=parts(), format="text/plain")

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd")])
    response = client.get("/odd")

    assert (response.content, closed) == (b"ab", [True])


def test_status_of_the_controller(serve: Serve) -> None:
    """A status that the controller sets is kept."""

    def handle() -> GlueResponse:
        return GlueResponse(http_status=202)

    def describe(operation: Operation, view: View) -> Fragment:
        return Fragment(answers=(Answer(202, {"application/json": {"type": "array"}}),))

    client = serve(glue_resources=lambda: [Operation("post", handle, "boxes", describe=describe)])

    assert client.post("/boxes", json={}).status_code == 202


def test_status_of_the_operation(serve: Serve) -> None:
    """An operation may declare the status of its success."""

    def handle() -> GlueResponse:
        return GlueResponse()

    client = serve(glue_resources=lambda: [Operation("post", handle, "boxes", status=200)])

    assert client.post("/boxes", json={}).status_code == 200


def test_cookie(serve: Serve) -> None:
    """A response may set a cookie."""

    def handle() -> GlueResponse:
        response = GlueResponse()
        response.meta["set-cookie"] = "a=b; HttpOnly"
        return response

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/odd")])

    assert client.get("/odd").headers["set-cookie"] == "a=b; HttpOnly"


def test_request_id_of_the_client(serve: Serve) -> None:
    """A request id that looks like one is taken over and echoed."""
    response = serve().get("/things/1", headers={"x-request-id": "abc-1.2_3"})

    assert response.headers["x-request-id"] == "abc-1.2_3"


@pytest.mark.parametrize("sent", [None, "", "a b", "x" * 129, "é"])
def test_request_id_of_our_own(serve: Serve, sent: str | None) -> None:
    """Without a proper one from the client, each request gets an id of its own."""
    client = serve()
    first = client.get("/things/1", headers={"x-request-id": sent}).headers["x-request-id"]
    second = client.get("/things/1", headers={"x-request-id": sent}).headers["x-request-id"]

    assert first != second
    assert len(first) == 32


def test_missing_host(serve: Serve) -> None:
    """A request without a Host header: 400."""
    assert serve().get("/things/1", headers={"host": None}).status_code == 400


def test_host_that_is_none(serve: Serve) -> None:
    """A Host header that is no host and port never gets into a link: 400."""
    assert serve().get("/things/1", headers={"host": "h@evil:1"}).status_code == 400


def test_wrappers_stand_around_the_controller(serve: Serve) -> None:
    """Wrappers run the first in order outermost."""
    ran: list[str] = []

    def wrapper(name: str, **constraints: Any) -> Step[Any]:
        def wrap(inner: Any) -> Any:
            def handle(request: GlueRequest) -> GlueResponse:
                ran.append(f"{name} in")
                response: GlueResponse = inner(request)
                ran.append(f"{name} out")
                return response

            return handle

        return Step(name, always(wrap), **constraints)

    serve(glue_controller_wrappers=lambda: [wrapper("a", after=("b",)), wrapper("b")]).get(
        "/things/1"
    )

    assert ran == ["b in", "a in", "a out", "b out"]


def test_wrapper_may_answer_instead(serve: Serve) -> None:
    """A wrapper that does not call the controller answers in its place."""

    def wrap(inner: Any) -> Any:
        return lambda request: GlueResponse.of({"id": "7", "name": "cached"})

    client = serve(glue_controller_wrappers=lambda: [Step("cache", only("get", wrap))])

    assert client.get("/things/1").json == [{"name": "cached"}]


@pytest.mark.parametrize("value", ["a\r\nset-cookie: x=1", "a\nb"])
def test_header_with_a_line_break_is_refused(serve: Serve, value: str) -> None:
    """A header that would split the response is a formatted 500, and never leaves."""

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        response.meta["x-bad"] = value

    client = serve(glue_response_formatters=lambda: [Step("bad", always(format_))])
    response = client.get("/things/1")

    assert response.status_code == 500
    assert "x-bad" not in response.headers
    assert response.json[0]["code"] == "020"


def test_wrapper_that_raises_stops_the_start(serve: Serve) -> None:
    """A wrapper that cannot be put around a controller is named, with the operation."""

    def wrap(inner: Any) -> Any:
        raise ZeroDivisionError("no")

    with pytest.raises(ConfigurationError) as caught:
        serve(glue_controller_wrappers=lambda: [Step("bad", always(wrap))])

    message = str(caught.value)
    assert "in-memory:own.bad" in message
    assert "ZeroDivisionError: no" in message
    assert "'things." in message


def test_late_answer_is_undone(serve: Serve) -> None:
    """An answer that comes after the deadline is a 503, and what it did is rolled back."""

    def late(inner: Any) -> Any:
        def handle(request: GlueRequest) -> GlueResponse:
            request.deadline = 0.0
            response: GlueResponse = inner(request)
            return response

        return handle

    response = serve(glue_controller_wrappers=lambda: [Step("late", always(late))]).get("/things/1")

    assert (response.status_code, response.json[0]["code"]) == (503, "019")
    assert response.headers["retry-after"]


def test_near_match_names_a_parameter_that_may_be_sent(serve: Serve) -> None:
    """The hint of an unknown parameter is never a family of parameters."""
    message = serve().get("/things?filter=1").json[0]["message"]

    assert "filter[]" not in message


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("coding", ["gzip", "br, gzip"])
def test_encoded_body(serve: Serve, method: str, coding: str) -> None:
    """A compressed body is not read as if it were none: 415, and what is taken."""
    path = "/things" if method == "post" else "/things/1"
    response = serve().request(
        method.upper(), path, json={"name": "a"}, headers={"content-encoding": coding}
    )

    assert_error(response, 415, "015")
    assert response.headers["accept-encoding"] == "identity"


def test_body_without_an_encoding(serve: Serve) -> None:
    """The coding ``identity`` is none."""
    headers = {"content-encoding": "Identity"}

    assert serve().post("/things", json={"name": "a"}, headers=headers).status_code == 201


def test_convention_without_a_writer_stops_the_start(serve: Serve) -> None:
    """A convention whose ``writer`` returns nothing is told at the start, and by name."""

    class Silent:
        """A convention that forgot to return its writer."""

        name = "silent"
        media_types = ("text/x-silent",)
        priority = 0
        attributes_pointer = ""

        def writer(self, operation: Operation, settings: Any) -> Any:
            """Return nothing."""

        def describe(self, operation: Operation, view: View) -> Fragment:
            """Say nothing."""
            return Fragment()

    with pytest.raises(ConfigurationError, match=r"writer\(\) returned None"):
        serve(in_memory("glue.conventions", "silent", Silent()))
