"""What the document says of a request with operations is what is read."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from glue_json_api_atomic.describing import SPELLED
from tests.conventions.json_api_atomic.conftest import Magazine

REF = {"type": "articles", "id": "1"}
PART = {**REF, "relationship": "author"}
DATA = {"type": "articles", "attributes": {"title": "Lamps"}}


def is_documented(magazine: Magazine, operation: Any) -> bool:
    """Say whether the documented schema takes an operation."""
    documentation = magazine.deployment.registry.applications["magazine_api"].documentation
    assert documentation is not None
    document = documentation.document()
    content = document["paths"]["/operations"]["post"]["requestBody"]["content"]
    schema = {**content[SPELLED]["schema"], "components": document["components"]}
    return bool(Draft202012Validator(schema).is_valid({"atomic:operations": [operation]}))


def is_read(magazine: Magazine, operation: Any) -> bool:
    """Say whether an operation is read, whatever its target answers then."""
    response = magazine.send(operation)
    if response.status_code != 400:
        return True
    shape = (
        "needs",
        "has no 'ref'",
        "not both",
        "one of them",
        "must be",
        "no member",
        "one resource",
        "is an object",
    )
    return not any(part in each["detail"] for each in response.json["errors"] for part in shape)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "data": {"type": "things"}},
        {"op": "add", "href": "/things", "data": {"type": "things"}},
        {"op": "add", "ref": PART, "data": []},
        {"op": "update", "data": {"type": "things", "id": "1"}},
        {"op": "update", "ref": REF, "data": {"type": "things", "id": "1"}},
        {"op": "update", "ref": PART, "data": None},
        {"op": "update", "href": "/things/1", "data": {"type": "things", "id": "1"}},
        {"op": "remove", "ref": REF},
        {"op": "remove", "href": "/things/1"},
        {"op": "remove", "ref": PART, "data": []},
        {"op": "remove", "href": "/things/1", "meta": {"by": "me", "if-match": "*"}},
        {"op": "add"},
        {"op": "add", "ref": REF, "data": DATA},
        {"op": "add", "ref": PART, "href": "/things", "data": DATA},
        {"op": "add", "data": {"id": "1"}},
        {"op": "update", "data": {"type": "things"}},
        {"op": "update", "ref": REF},
        {"op": "update", "href": "", "data": DATA},
        {"op": "remove"},
        {"op": "remove", "data": DATA},
        {"op": "remove", "ref": PART},
        {"op": "remove", "ref": {"type": "articles"}},
        {"op": "remove", "ref": {**REF, "lid": "1"}},
        {"op": "remove", "href": "/things/1", "meta": {"if-match": 1}},
        {"op": "replace", "data": DATA},
        {"data": DATA},
        "add",
    ],
)
def test_operations_are_documented(magazine: Magazine, operation: Any) -> None:
    """The schema takes the operations that are read, and no others."""
    assert is_documented(magazine, operation) == is_read(magazine, operation)
