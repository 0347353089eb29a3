"""The document of the old application: what its clients are told of the old contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openapi_spec_validator import validate

from glue_core import ErrorCode, Fragment, GlueRequest, GlueRequestValidation, Operation, Step, View
from glue_core.openapi.document import resolved
from glue_core.testing import Deployment
from glue_legacy_api import MissingId

JSON_API, TEXT = "application/vnd.api+json", "text/plain"
REF = "#/components/schemas/"
EMPTY_MAP = {"$ref": f"{REF}EmptyMap"}

Document = dict[str, Any]


@pytest.fixture
def describe(deploy: Callable[..., Deployment]) -> Callable[..., Document]:
    """Return the document, with shared answers in their places; arguments as for ``deploy``."""

    def make(*plugins: Any, **options: Any) -> Document:
        documentation = (
            deploy(*plugins, **options).registry.applications["legacy_api"].documentation
        )
        assert documentation is not None
        whole = documentation.made()
        validate(whole)
        return resolved(whole)

    return make


def answers(document: Document, path: str, method: str = "get") -> Document:
    """Return the answers of an operation."""
    found: Document = document["paths"][path][method]["responses"]
    return found


def codes(document: Document, path: str, method: str = "get") -> dict[str, set[str]]:
    """Return the codes that an operation answers, by status."""
    return {
        status: set(each["x-error-codes"])
        for status, each in answers(document, path, method).items()
        if "x-error-codes" in each
    }


def properties(document: Document, name: str) -> Document:
    """Return the members of a shared schema."""
    found: Document = document["components"]["schemas"][name]["properties"]
    return found


def test_empty_maps_are_lists(describe: Callable[..., Document]) -> None:
    """Where a map may be empty, an empty list stands for it, the attributes as a whole among it."""
    document = describe()
    attributes = properties(document, "BoxesAttributes")

    assert document["components"]["schemas"]["EmptyMap"]["maxItems"] == 0
    assert EMPTY_MAP in properties(document, "Boxes")["attributes"]["anyOf"]
    assert EMPTY_MAP in attributes["labels"]["anyOf"]
    assert EMPTY_MAP in attributes["inner"]["anyOf"]
    assert "anyOf" not in attributes["width"]
    assert EMPTY_MAP in properties(document, "BoxesDocument")["links"]["anyOf"]


def test_bodies_have_maps(describe: Callable[..., Document]) -> None:
    """What clients send has maps alone, and attributes that nobody knows do no harm."""
    body = describe()["components"]["schemas"]["BoxesCreateAttributes"]

    assert body["properties"]["labels"]["type"] == "object"
    assert "additionalProperties" not in body


@pytest.mark.parametrize(
    ("path", "method", "shown"),
    [
        ("/boxes", "get", ["array"]),
        ("/boxes/{boxesId}", "get", ["Boxes", "array"]),
        ("/boxes/{boxesId}/lids", "get", ["array"]),
        ("/boxes", "post", ["Boxes"]),
        ("/boxes/{boxesId}", "patch", ["Boxes", "array"]),
    ],
)
def test_shape_of_data(
    describe: Callable[..., Document], path: str, method: str, shown: list[str]
) -> None:
    """Lists have a list, what was created is one object, and of one id it is either."""
    document = describe()
    status = "201" if method == "post" else "200"
    schema = answers(document, path, method)[status]["content"][JSON_API]["schema"]
    data = properties(document, schema["$ref"].removeprefix(REF))["data"]

    parts = data.get("anyOf", [data])
    assert [each.get("type") or each["$ref"].removeprefix(REF) for each in parts] == shown


def test_addresses_are_any_text(describe: Callable[..., Document]) -> None:
    """A query is repeated as it was decoded, so a link is no URI that a client could parse."""
    document = describe()

    for name in ("Links", "ResourceLinks"):
        assert "format" not in properties(document, name)["self"]


def test_errors_in_plain_text(describe: Callable[..., Document]) -> None:
    """What headers and failures are answered is text; pages are refused in it beside documents."""
    found = answers(describe(), "/boxes/{boxesId}")
    types = {status: set(each.get("content", {})) for status, each in found.items()}

    assert types["406"] == types["415"] == types["500"] == {TEXT}
    assert types["400"] == {TEXT, JSON_API}
    assert types["401"] == types["404"] == types["412"] == types["503"] == {JSON_API}
    assert "Pagination parameters are invalid." in found["400"]["description"]


def test_what_an_http_validator_answers_is_text(describe: Callable[..., Document]) -> None:
    """The errors of an HTTP validator of a plugin are described as text, without its doing."""

    def refuse(request: GlueRequest) -> GlueRequestValidation | None:
        return None

    def no_robots(operation: Operation, view: View) -> Fragment:
        return Fragment(errors=(ErrorCode(429, None, "No robots, please."),))

    step = Step("robots", lambda operation: refuse, describe=no_robots)
    found = answers(describe(glue_legacy_http_validators=lambda: [step]), "/boxes/{boxesId}")

    assert set(found["429"]["content"]) == {TEXT}


def test_nobody_is_told_of_codes_that_are_not_there(describe: Callable[..., Document]) -> None:
    """What is nowhere is one answer without a code, and a query is never refused as such."""
    document = describe()
    found = codes(document, "/boxes/{boxesId}")

    assert found["404"] == {"9002"}
    assert "Not Found" in answers(document, "/boxes/{boxesId}")["404"]["description"]
    assert found["400"].isdisjoint({"007", "012", "017", "018"})
    assert "500" not in found


def test_path_without_an_id(describe: Callable[..., Document]) -> None:
    """What an endpoint answers to a path that lacks an id is listed where the path has it."""
    assert "9001" in codes(describe(), "/boxes/{boxesId}/lids")["400"]


def test_collection_that_asks_for_an_id(describe: Callable[..., Document]) -> None:
    """A collection in whose place the old application asks for an id is nowhere; its POST is."""
    error = ErrorCode(400, "9010", "Box id is not specified.")
    document = describe(glue_legacy_missing_ids=lambda: [MissingId("boxes", error)])

    assert set(document["paths"]["/boxes"]) == {"post"}
    assert "9010" in codes(document, "/boxes/{boxesId}")["400"]


def test_protected_operation(describe: Callable[..., Document]) -> None:
    """Who is unknown is a 403; a token that proves nothing is a 401, everywhere."""
    document = describe()

    assert "002" in codes(document, "/secrets/{secretsId}")["403"]
    assert document["paths"]["/secrets/{secretsId}"]["get"]["security"] != []
    assert "001" in codes(document, "/boxes/{boxesId}")["401"]
    assert "403" not in answers(document, "/boxes/{boxesId}")


def test_change_of_what_is_missing(describe: Callable[..., Document]) -> None:
    """A write answers the errors of the read that its precondition asks."""
    assert "9002" in codes(describe(), "/boxes/{boxesId}", "delete")["404"]
