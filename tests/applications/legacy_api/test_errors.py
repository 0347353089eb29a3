"""Errors of the old application: status, code, text, and which of them comes first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    ErrorCode,
    Fragment,
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    GlueResponse,
    Operation,
    Problem,
    Protection,
    Resource,
    Step,
    Validate,
    View,
)
from glue_core.testing import Client

ORIGIN = {
    "origin": "https://shop.example.com",
    "access-control-request-method": "GET",
    "access-control-request-headers": "content-type",
}
TAPES = Resource("tapes", Schema.from_dict({"name": fields.String()}))
PUBLIC = Protection(())
ANNA = {"authorization": "Bearer anna"}
BOTH_TEXT = (
    "Headers request error. A user can't act as logged and not logged user at the same time."
)


def document(**attributes: Any) -> dict[str, Any]:
    """Return the document of a box."""
    return {"data": {"type": "boxes", "attributes": attributes}}


def error_of(response: Any) -> dict[str, Any]:
    """Return the one error of an answer."""
    (error,) = response.json["errors"]
    assert error["status"] == response.status_code
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/nowhere/1/boxes"),
        ("GET", "/things/1/lids"),
        ("PUT", "/boxes/1"),
        ("DELETE", "/things/1"),
        ("POST", "/boxes/1"),
        ("POST", "/things"),
        ("GET", "/boxes/1/lids/2"),
        ("GET", "/boxes/1/relationships/lid"),
        ("GET", "/boxes/1/content"),
        ("GET", "/%FF"),
    ],
)
def test_what_has_no_place_is_not_found(client: Client, method: str, path: str) -> None:
    """Unknown paths, methods, parents and a POST with an id are one 404, without a code."""
    response = client.request(method, path, json=document(name="a"))

    assert response.status_code == 404
    assert response.json == {"errors": [{"status": 404, "detail": "Not Found"}]}
    assert "allow" not in response.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"data": []}',
        b'{"data": {"attributes": {}}}',
        b'{"data": {"type": "", "attributes": {}}}',
        b'{"data": {"type": "boxes"}}',
        b'{"data": {"type": "boxes", "attributes": []}}',
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/boxes"), ("PATCH", "/boxes/1")])
def test_body_must_have_type_and_attributes(
    client: Client, method: str, path: str, body: bytes
) -> None:
    """A write without JSON, ``data.type`` or ``data.attributes`` is a 400 without a code."""
    response = client.request(method, path, body=body, headers={"content-type": client_type()})

    assert response.status_code == 400
    assert response.json == {"errors": [{"status": 400, "detail": "Post data is invalid."}]}


def client_type() -> str:
    """Return the media type of bodies."""
    return "application/vnd.api+json"


def test_type_must_be_that_of_the_path(client: Client) -> None:
    """Another type in the body is a 400 without a code."""
    response = client.post("/boxes", json={"data": {"type": "lids", "attributes": {}}})

    assert response.status_code == 400
    assert response.json == {"errors": [{"status": 400, "detail": "Invalid type."}]}


@pytest.mark.parametrize("path", ["/boxes", "/boxes/"])
def test_change_needs_an_id(client: Client, path: str) -> None:
    """PATCH and DELETE without an id say so."""
    expected = {"errors": [{"status": 400, "detail": "Resource id is not specified."}]}

    assert client.patch(path, json=document(name="a")).json == expected
    assert client.delete(path).json == expected
    assert client.delete(path).status_code == 400


def test_body_is_judged_before_the_id(client: Client) -> None:
    """A PATCH without body and id speaks of the body."""
    assert error_of(client.patch("/boxes", json={}))["detail"] == "Post data is invalid."


def test_broken_rules_are_901(client: Client) -> None:
    """One error per broken rule, with the path and the text; the status is that of the last one."""
    response = client.post(
        "/boxes", json=document(width=12, inner={"depth": "deep"}, name="too long a name")
    )

    assert response.status_code == 422
    assert response.status == "422 Unprocessable Content"
    assert sorted(each["detail"] for each in response.json["errors"]) == [
        "inner.depth => This value should be of type int.",
        "name => This value is too long. It should have 5 characters or less.",
        "width => This value should be less than or equal to 9.",
    ]
    assert {each["code"] for each in response.json["errors"]} == {"901"}
    assert {each["status"] for each in response.json["errors"]} == {422}


def test_missing_field_is_901(client: Client) -> None:
    """A required attribute that is missing is named."""
    error = error_of(client.post("/boxes", json=document()))

    assert error == {"code": "901", "status": 422, "detail": "name => This field is missing."}


def test_unknown_and_read_only_attributes_are_ignored(client: Client) -> None:
    """What the resource does not know, or only shows, does no harm."""
    response = client.post("/boxes", json=document(name="a", serial=7, whatever=1))

    assert response.status_code == 201
    assert response.json["data"]["attributes"]["serial"] == 109


def test_missing_token_is_403(client: Client) -> None:
    """What declares nothing is protected: without a token it is 403 ``002``."""
    error = error_of(client.get("/secrets/1"))

    assert error == {"code": "002", "status": 403, "detail": "Missing access token."}


@pytest.mark.parametrize("path", ["/secrets/1", "/boxes/1", "/nowhere"])
def test_bad_token_is_401_everywhere(client: Client, path: str) -> None:
    """A token that proves nothing fails on public endpoints too, with a challenge."""
    response = client.get(path, headers={"authorization": "Bearer nobody"})

    assert error_of(response) == {"code": "001", "status": 401, "detail": "Invalid access token."}
    assert response.headers["www-authenticate"].startswith('Bearer realm="Access to shop API"')


def test_good_token_opens(client: Client) -> None:
    """With a token the protected resource is shown."""
    assert client.get("/secrets/1", headers=ANNA).status_code == 200


def test_two_identities_contradict(client: Client) -> None:
    """A token together with the header of who has not logged in is 400 ``005``."""
    both = {**ANNA, "x-anonymous-customer-unique-id": "x"}

    error = error_of(client.get("/boxes/1", headers=both))

    assert error == {"code": "005", "status": 400, "detail": BOTH_TEXT}


@pytest.mark.parametrize(
    ("query", "code", "detail"),
    [
        ("currency=XXX", "313", "Currency is invalid."),
        ("priceMode=NONE", "314", "Price mode is invalid."),
        ("currency=XXX&priceMode=NONE", "313", "Currency is invalid."),
    ],
)
def test_query_is_checked_everywhere(client: Client, query: str, code: str, detail: str) -> None:
    """What plugins of the storefront refuse of a query is refused here, the first thing alone."""
    for path in ("/boxes/1", "/things/1"):
        assert error_of(client.get(f"{path}?{query}")) == {
            "code": code,
            "status": 400,
            "detail": detail,
        }


def test_order_of_checks(client: Client) -> None:
    """Plain text first, then body and id, both identities, token, ``901``, query, endpoint."""
    both = {**ANNA, "x-anonymous-customer-unique-id": "x"}
    bad: dict[str, Any] = {"data": {"type": "secrets", "attributes": {}}}
    path = "/secrets?currency=XXX"

    def post(query: str = "", **options: Any) -> Any:
        return client.post(path + query, **options)

    assert post("&page[offset]=1", json={}, headers=both).text == (
        "Pagination parameters are invalid."
    )
    assert error_of(post(json={}, headers=both))["detail"] == "Post data is invalid."
    assert error_of(post(json=bad, headers=both))["code"] == "005"
    assert error_of(post(json=bad))["code"] == "002"
    assert error_of(post(json=bad, headers={"authorization": "Bearer x"}))["code"] == "001"
    assert error_of(post(json=bad, headers=ANNA))["code"] == "901"
    good = {"data": {"type": "secrets", "attributes": {"name": "a"}}}
    assert error_of(post(json=good, headers=ANNA))["code"] == "313"
    assert client.post("/secrets", json=good, headers=ANNA).status_code == 201


@pytest.mark.parametrize("left_out", sorted(ORIGIN))
def test_preflight_needs_its_headers(client: Client, left_out: str) -> None:
    """OPTIONS without one of the three headers is 501, in plain text."""
    headers = {name: value for name, value in ORIGIN.items() if name != left_out}

    response = client.options("/boxes", headers=headers)

    assert response.status_code == 501
    assert response.headers["content-type"].startswith("text/plain")
    assert response.text == (
        "One or more of the required headers (access-control-request-method, "
        "access-control-request-headers, origin) for the options method are missing."
    )


@pytest.mark.parametrize(
    "asked",
    [
        {"access-control-request-method": "PUT"},
        {"access-control-request-headers": "x-other"},
        {"access-control-request-headers": "accept, content-type"},
    ],
)
def test_preflight_may_be_refused(client: Client, asked: dict[str, str]) -> None:
    """Another method or header is 403; a space after a comma is part of a header's name."""
    response = client.options("/boxes", headers={**ORIGIN, **asked})

    assert (response.status_code, response.text) == (403, "Not allowed.")


def test_preflight_is_answered(client: Client) -> None:
    """OPTIONS tells the methods of a resource, with and without an id, and an empty document."""
    headers = {**ORIGIN, "access-control-request-headers": "accept,X-Anonymous-Customer-Unique-Id"}

    response = client.options("/boxes", headers=headers)

    assert response.status_code == 200
    assert response.json == {"data": [], "links": []}
    methods = response.headers["access-control-allow-methods"].split(", ")
    assert sorted(methods) == ["DELETE", "GET", "OPTIONS", "PATCH", "POST"]
    assert methods[-1] == "OPTIONS"
    assert response.headers["access-control-allow-headers"] == (
        "accept, content-type, content-language, accept-language, authorization, "
        "X-Anonymous-Customer-Unique-Id, access-control-allow-origin"
    )


def test_setting_allows_more_headers(serve: Callable[..., Client]) -> None:
    """A deployment names further headers that pages may send."""
    client = serve(settings={"plugins": {"legacy_api": {"allowed_headers": ["X-Trace"]}}})

    response = client.options(
        "/boxes", headers={**ORIGIN, "access-control-request-headers": "x-trace"}
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "page[offset]=1",
        "page[offset]=x&page[limit]=2",
        "page[offset]=0&page[limit]=x",
        "page[limit]=x",
        "page[offset]=0&page[limit]=0",
        "page[limit]=-1",
        "page[offset]=0&page[limit]=1.5",
        "page[offset]=-1&page[limit]=2",
    ],
)
@pytest.mark.parametrize("path", ["/boxes", "/boxes/1"])
def test_page_parameters_must_be_numbers(client: Client, path: str, query: str) -> None:
    """Wrong page parameters are 400 in plain text, wherever they come."""
    response = client.get(f"{path}?{query}")

    assert (response.status_code, response.text) == (400, "Pagination parameters are invalid.")
    assert response.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("accept", [None, "", " "])
def test_accept_is_needed(client: Client, accept: str | None) -> None:
    """A request without ``Accept`` is 406 in plain text."""
    response = client.get("/boxes/1", headers={"accept": accept})

    assert (response.status_code, response.text) == (406, "Not acceptable.")


@pytest.mark.parametrize(
    "accept", ["*/*", "text/html", "application/json", "Application/VND.API+JSON"]
)
def test_any_other_accept_passes(client: Client, accept: str) -> None:
    """Whatever else is accepted, the answer is JSON:API."""
    response = client.get("/boxes/1", headers={"accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.api+json"


def test_unknown_format_is_unsupported(client: Client) -> None:
    """``application/vnd.api+<unknown>`` is 415 in plain text."""
    response = client.get("/boxes/1", headers={"accept": "application/vnd.api+xml"})

    assert (response.status_code, response.text) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_content_type_is_unsupported(client: Client, blank: str) -> None:
    """A blank ``Content-Type`` is 415 in plain text; none at all passes."""
    response = client.get("/boxes/1", environ={"CONTENT_TYPE": blank})

    assert (response.status_code, response.text) == (415, "Unsupported media type.")
    assert client.get("/boxes/1").status_code == 200


def test_unforeseen_failure_is_plain(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody foresaw is 500 in plain text; the reason is in the log alone."""
    with caplog.at_level(logging.ERROR):
        response = client.get("/failures")

    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert "a secret" in caplog.text


def test_own_404_is_the_endpoints(client: Client) -> None:
    """An endpoint's own error keeps its code and words."""
    assert error_of(client.get("/boxes/77")) == {
        "code": "9002",
        "status": 404,
        "detail": "Box is not found.",
    }


@pytest.mark.parametrize("path", ["/lids", "/boxes//lids"])
def test_nested_resource_without_its_parent(client: Client, path: str) -> None:
    """It reaches the endpoint, which says what it lacks."""
    assert error_of(client.get(path)) == {
        "code": "9001",
        "status": 400,
        "detail": "Box id is not specified.",
    }


def test_endpoint_without_a_word_is_asked_with_an_empty_id(serve: Callable[..., Client]) -> None:
    """Where nobody says what a missing id answers, the endpoint itself does."""
    asked: list[str | None] = []

    def look(request: GlueRequest) -> GlueResponse:
        asked.append(request.resource.id)
        return GlueResponse.page([])

    client = serve(glue_resources=lambda: [Operation("get", look, "tapes", TAPES)])

    assert client.get("/tapes", headers=ANNA).json["data"] == []
    assert asked == [""]


def test_texts_do_not_change_with_the_language(serve: Callable[..., Client]) -> None:
    """Texts are English in every language; those that a shop words itself follow the request."""

    def blocked(request: GlueRequest) -> GlueResponse:
        error = GlueError(429, "4401", "Wait.", arguments={"minutes": 6})
        raise Problem(429, [error])

    def german(request: GlueRequest) -> None:
        request.locale = "de_DE"

    client = serve(
        glue_resources=lambda: [
            Operation(
                "get",
                blocked,
                "tapes",
                TAPES,
                protection=Protection(()),
                errors=(ErrorCode(429, "4401", "Wait."),),
            )
        ],
        glue_request_builders=lambda: [Step("locale", lambda operation: german)],
    )

    assert error_of(client.get("/secrets/1"))["detail"] == "Missing access token."
    assert error_of(client.post("/boxes", json=document()))["detail"] == (
        "name => This field is missing."
    )
    assert error_of(client.get("/tapes/1"))["detail"] == (
        "Zu viele Anmeldeversuche von Ihrer Adresse. Bitte warten Sie 6 Minuten, "
        "bevor Sie es erneut versuchen."
    )


def test_several_errors_have_the_status_of_the_last_one(serve: Callable[..., Client]) -> None:
    """Of several errors the last one gives the status of the answer."""
    errors = (GlueError(400, "9001", "One."), GlueError(409, "9002", "Two."))

    def refuse(request: GlueRequest) -> GlueRequestValidation:
        return GlueRequestValidation(False, None, errors)

    def describe(operation: Operation, view: View) -> Fragment:
        return Fragment(errors=tuple(ErrorCode(e.status, e.code, e.message) for e in errors))

    client = serve(
        glue_legacy_rest_validators=lambda: [
            Step("no", lambda operation: refuse, describe=describe)
        ]
    )

    response = client.get("/boxes/1")

    assert response.status_code == 409
    assert [each["status"] for each in response.json["errors"]] == [400, 409]


def test_guest_needs_the_anonymous_header(serve: Callable[..., Client]) -> None:
    """A plugin for guests asks for their header before anybody looks at tokens: 400 ``109``."""
    guests = Resource("guest-carts", Schema.from_dict({"name": fields.String()}))
    missing = GlueError(400, "109", "Anonymous customer unique id is empty.")

    def bind(operation: Operation) -> Validate | None:
        if "guest-carts" not in operation.types:
            return None

        def check(request: GlueRequest) -> GlueRequestValidation | None:
            if request.header("x-anonymous-customer-unique-id"):
                return None
            return GlueRequestValidation(False, 400, (missing,))

        return check

    def get(request: GlueRequest) -> GlueResponse:
        assert request.request_customer is not None
        return GlueResponse.page([{"id": request.request_customer.natural_identifier}])

    client = serve(
        glue_resources=lambda: [
            Operation(
                "getCollection",
                get,
                "guest-carts",
                guests,
                protection=Protection(()),
                errors=(ErrorCode(400, "109", missing.message),),
            )
        ],
        glue_legacy_rest_validators=lambda: [
            Step("guest", bind, after=("resource-id",), before=("authentication",))
        ],
    )

    assert error_of(client.get("/guest-carts", headers={"authorization": "Bearer x"})) == {
        "code": "109",
        "status": 400,
        "detail": "Anonymous customer unique id is empty.",
    }
    named = client.get("/guest-carts", headers={"x-anonymous-customer-unique-id": "abc"})
    assert named.json["data"][0]["id"] == "anonymous:abc"


def test_change_needs_the_ids_of_parents(serve: Callable[..., Client]) -> None:
    """A change below a parent that the path leaves out lacks an id."""
    client = serve(
        glue_resources=lambda: [
            Operation("patch", lambda: GlueResponse(), "boxes/tapes", TAPES, protection=PUBLIC)
        ]
    )
    body = {"data": {"type": "tapes", "attributes": {}}}

    for path in ("/boxes//tapes/1", "/tapes/1", "/boxes/1/tapes"):
        assert error_of(client.patch(path, json=body)) == {
            "status": 400,
            "detail": "Resource id is not specified.",
        }


@pytest.mark.parametrize("path", ["/nowhere", "/boxes/1/nowhere"])
def test_preflight_of_an_unknown_path(client: Client, path: str) -> None:
    """Its headers are judged first; then there is no such path."""
    assert client.options(path).status_code == 501
    assert client.options(path, headers=ORIGIN).status_code == 404


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ab", "This value is too short. It should have 3 characters or more."),
        ("abcdef", "This value is too long. It should have 5 characters or less."),
    ],
)
def test_one_of_two_limits_is_named(serve: Callable[..., Client], value: str, text: str) -> None:
    """Of a shortest and a longest length the one that is broken is named."""
    limited = Schema.from_dict({"name": fields.String(validate=validate.Length(min=3, max=5))})
    tapes = Resource("tapes", limited)
    client = serve(
        glue_resources=lambda: [
            Operation("post", lambda: GlueResponse(), "tapes", tapes, protection=PUBLIC)
        ]
    )

    error = error_of(
        client.post("/tapes", json={"data": {"type": "tapes", "attributes": {"name": value}}})
    )

    assert error["detail"] == f"name => {text}"
