"""Two documents compared: each rule in both directions, and what is no change."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.openapi.comparing.changes import compare
from glue_core.openapi.comparing.nodes import NotComparable
from glue_core.openapi.comparing.rules import RULES, Level, Side

Document = dict[str, Any]
Schema = dict[str, Any] | bool

JSON = "application/json"
SENT, RECEIVED, EITHER = Side.SENT, Side.RECEIVED, Side.EITHER


def document(**operation: Any) -> Document:
    """Return a document with one operation, which has these members."""
    return whole({"/lamps/{lampsId}": {"post": {"responses": {}, **operation}}})


def whole(paths: Mapping[str, Any], **more: Any) -> Document:
    """Return a document with these paths."""
    info = {"title": "Lamps", "version": "1.0"}
    return {"openapi": "3.1.0", "info": info, "paths": dict(paths), **more}


def told(old: Document, new: Document) -> set[tuple[str, Side]]:
    """Return the rules that differences of two documents fall under, with their sides."""
    return {(each.rule, each.side) for each in compare(old, new)}


# Schemas: one row for each rule, and the rule of the way back ----------------------------------


@dataclass(frozen=True)
class Row:
    """Two schemas, and what it means to go from one to the other, and back.

    Attributes:
        there: Rules of the way there, where clients send the values.
        back: Rules of the way back.
        old: One schema.
        new: The other.
        received_there: Rules where clients receive the values; None for the same ones.
        received_back: The same for the way back.
    """

    there: str
    back: str
    old: Schema
    new: Schema
    received_there: str | None = None
    received_back: str | None = None


def members(required: str = "", closed: bool = False, /, **schemas: Schema) -> dict[str, Any]:
    """Return the schema of objects with these members."""
    found: dict[str, Any] = {"type": "object", "properties": schemas}
    if required:
        found["required"] = required.split()
    if closed:
        found["additionalProperties"] = False
    return found


TEXT: dict[str, Any] = {"type": "string"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer"}
NULLABLE = {"type": ["string", "null"]}


def tagged(tag: str, **schemas: Schema) -> dict[str, Any]:
    """Return the schema of objects that say what they are."""
    return members("kind", kind={"const": tag}, **schemas)


ROWS = [
    Row("type-changed", "type-changed", TEXT, WHOLE),
    Row("type-changed", "type-changed", {"type": ["string", "integer"]}, {"type": ["array"]}),
    Row("type-removed", "type-added", {"type": ["string", "integer"]}, TEXT),
    Row("type-removed", "type-added", NUMBER, WHOLE),
    Row("type-removed", "type-added", {}, TEXT),
    Row("type-removed", "type-added", True, members(a=TEXT)),
    Row("null-removed", "null-added", NULLABLE, TEXT),
    Row("null-removed", "null-added", {"anyOf": [TEXT, {"type": "null"}]}, TEXT),
    Row("null-removed", "null-added", {"enum": ["a", None]}, {"enum": ["a"]}),
    Row("value-removed", "value-added", {"enum": ["a", "b"]}, {"enum": ["b"]}),
    Row("value-removed", "value-added", {"enum": ["a", "b"]}, {"const": "b"}),
    Row("values-listed", "values-open", TEXT, {"type": "string", "enum": ["a"]}),
    Row("values-listed", "values-open", TEXT, {"const": "a"}),
    Row("limit-tightened", "limit-loosened", TEXT, {**TEXT, "maxLength": 9}),
    Row("limit-tightened", "limit-loosened", {**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}),
    Row("limit-tightened", "limit-loosened", {**TEXT, "minLength": 1}, {**TEXT, "minLength": 2}),
    Row("limit-tightened", "limit-loosened", {**WHOLE, "minimum": 1}, {**WHOLE, "minimum": 2}),
    Row(
        "limit-tightened",
        "limit-loosened",
        {**NUMBER, "maximum": 1},
        {**NUMBER, "exclusiveMaximum": 1},
    ),
    Row("limit-tightened", "limit-loosened", {"type": "array"}, {"type": "array", "maxItems": 3}),
    Row(
        "limit-tightened",
        "limit-loosened",
        {"type": "array"},
        {"type": "array", "uniqueItems": True},
    ),
    Row(
        "limit-tightened",
        "limit-loosened",
        {"type": "object"},
        {"type": "object", "minProperties": 1},
    ),
    Row(
        "limit-tightened", "limit-loosened", {**WHOLE, "multipleOf": 2}, {**WHOLE, "multipleOf": 4}
    ),
    Row("limit-tightened", "limit-loosened", WHOLE, {**WHOLE, "multipleOf": 2}),
    Row("pattern-added", "pattern-removed", TEXT, {**TEXT, "pattern": "^a"}),
    Row(
        "pattern-added",
        "pattern-removed",
        {**TEXT, "pattern": "^a"},
        {**TEXT, "allOf": [{"pattern": "^a"}, {"pattern": "b$"}]},
    ),
    Row("pattern-changed", "pattern-changed", {**TEXT, "pattern": "^b"}, {**TEXT, "pattern": "^a"}),
    Row("format-added", "format-removed", TEXT, {**TEXT, "format": "date"}),
    Row(
        "format-added", "format-removed", {**WHOLE, "format": "int64"}, {**WHOLE, "format": "int32"}
    ),
    Row(
        "format-changed",
        "format-changed",
        {**TEXT, "format": "date"},
        {**TEXT, "format": "date-time"},
    ),
    Row(
        "member-ignored", "member-added", members(a=TEXT, b=TEXT), members(b=TEXT), "member-removed"
    ),
    Row(
        "member-removed",
        "member-added",
        members("", True, a=TEXT, b=TEXT),
        members("", True, b=TEXT),
        None,
        "member-added-to-closed",
    ),
    Row(
        "member-ignored",
        "required-member-added",
        members("a", a=TEXT),
        members(),
        "member-removed",
        "member-added",
    ),
    Row("member-required", "member-optional", members(a=TEXT), members("a", a=TEXT)),
    Row(
        "member-required",
        "member-optional",
        {**TEXT, "type": "object", "properties": {"a": {}}},
        members("a", a={}),
    ),
    Row("members-closed", "members-open", members(a=TEXT), members("", True, a=TEXT)),
    Row(
        "type-removed",
        "type-added",
        members(a=TEXT),
        {**members(a=TEXT), "additionalProperties": TEXT},
    ),
    Row(
        "type-changed",
        "type-changed",
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": WHOLE},
    ),
    Row(
        "type-changed",
        "type-changed",
        {"type": "array", "items": TEXT},
        {"type": "array", "items": WHOLE},
    ),
    Row(
        "type-changed",
        "type-changed",
        {**members(a=TEXT), "additionalProperties": WHOLE},
        {"type": "object", "additionalProperties": WHOLE},
    ),
    Row(
        "rule-changed",
        "rule-changed",
        {"anyOf": [TEXT, WHOLE]},
        {**members(), "anyOf": [{"required": ["a"]}]},
    ),
    Row("type-removed", "type-added", {"type": "array"}, {"type": "array", "items": TEXT}),
    Row(
        "type-changed",
        "type-changed",
        {"type": "array", "prefixItems": [TEXT, TEXT]},
        {"type": "array", "prefixItems": [TEXT, WHOLE]},
    ),
    Row("alternative-removed", "alternative-added", {"anyOf": [TEXT, members(a=TEXT)]}, TEXT),
    Row(
        "alternative-removed",
        "alternative-added",
        {"oneOf": [tagged("a"), tagged("b")]},
        {"oneOf": [tagged("b")]},
    ),
    Row(
        "type-changed",
        "type-changed",
        {"oneOf": [tagged("a", x=TEXT), tagged("b")]},
        {"oneOf": [tagged("b"), tagged("a", x=WHOLE)]},
    ),
    Row(
        "type-changed",
        "type-changed",
        {"anyOf": [members(a=TEXT, b=TEXT), TEXT]},
        {"anyOf": [TEXT, members(a=TEXT, b=WHOLE)]},
    ),
    Row(
        "alternative-removed",
        "alternative-added",
        {**members(a=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {**members(a=TEXT), "anyOf": [{"required": ["a"]}]},
    ),
    Row("rule-added", "rule-removed", {}, {"anyOf": [TEXT, WHOLE]}),
    Row("rule-added", "rule-removed", members(), {**members(), "anyOf": [{"required": ["a"]}]}),
    Row("rule-added", "rule-removed", TEXT, {**TEXT, "not": {"const": "a"}}),
    Row(
        "rule-changed",
        "rule-changed",
        {**TEXT, "not": {"const": "a"}},
        {**TEXT, "not": {"const": "b"}},
    ),
    Row("rule-changed", "rule-changed", {"anyOf": [TEXT, WHOLE]}, {"oneOf": [TEXT, WHOLE]}),
    Row("rule-added", "rule-removed", members(), {**members(), "patternProperties": {"^x": TEXT}}),
    Row(
        "type-changed",
        "type-changed",
        {**members(), "patternProperties": {"^x": TEXT}},
        {**members(), "patternProperties": {"^x": WHOLE}},
    ),
    Row(
        "limit-tightened",
        "limit-loosened",
        {"type": "array", "contains": TEXT},
        {"type": "array", "contains": {**TEXT, "minLength": 1}},
    ),
    Row("default-changed", "default-changed", {**TEXT, "default": "a"}, {**TEXT, "default": "b"}),
    Row("default-changed", "default-changed", TEXT, {**TEXT, "default": "b"}),
    Row("deprecated", "kept", members(a=TEXT), members(a={**TEXT, "deprecated": True})),
    Row(
        "rule-added",
        "rule-removed",
        {"allOf": [members("", True, a=TEXT), members("", True, a=TEXT)]},
        {"allOf": [members("", True, a=TEXT), members("", True, a=TEXT), members(b=TEXT)]},
    ),
]
"""Differences of schemas: the rules of both ways, for what is sent and for what is received."""


def sending(schema: Schema) -> Document:
    """Return a document of which clients send values of a schema."""
    return document(requestBody={"content": {JSON: {"schema": {"properties": {"x": schema}}}}})


def receiving(schema: Schema) -> Document:
    """Return a document of which clients receive values of a schema."""
    content = {JSON: {"schema": {"properties": {"x": schema}}}}
    return document(responses={"200": {"description": "", "content": content}})


@pytest.mark.parametrize("row", ROWS, ids=[f"{i}-{row.there}" for i, row in enumerate(ROWS)])
def test_schemas(row: Row) -> None:
    """What differs in a schema falls under its rule, there and back, sent and received."""
    assert told(sending(row.old), sending(row.new)) == {(row.there, SENT)}
    assert told(sending(row.new), sending(row.old)) == {(row.back, SENT)}
    assert told(receiving(row.old), receiving(row.new)) == {
        (row.received_there or row.there, RECEIVED)
    }
    assert told(receiving(row.new), receiving(row.old)) == {
        (row.received_back or row.back, RECEIVED)
    }


# Operations: one row for each rule -------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Two documents, and what it means to go from one to the other, and back.

    Attributes:
        there: Rules of the way there.
        back: Rules of the way back.
        side: Who writes it.
        old: Members of the operation.
        new: The other ones.
        more: Members of both documents.
    """

    there: str
    back: str
    side: Side
    old: dict[str, Any]
    new: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)


def parameter(**more: Any) -> dict[str, Any]:
    """Return an operation with a parameter."""
    return {"parameters": [{"name": "sort", "in": "query", "schema": TEXT, **more}]}


def body(required: bool = True, *media_types: str) -> dict[str, Any]:
    """Return an operation with a body."""
    content: dict[str, Any] = {each: {} for each in media_types or (JSON,)}
    return {"requestBody": {"required": required, "content": content}}


def answers(*statuses: str, **more: Any) -> dict[str, Any]:
    """Return an operation that answers with these statuses."""
    return {"responses": {each: {"description": "", **more} for each in statuses}}


def versions(*known: str, **schemas: Schema) -> dict[str, Any]:
    """Return an operation that answers in versions: ``v1_0=...``; ``newest=...`` without one."""
    content = {}
    for name, schema in schemas.items():
        end = "" if name == "newest" else f"; version={name[1:].replace('_', '.')}"
        content[JSON + end] = {"schema": schema}
    return {"x-versions": list(known), **answers("200", content=content)}


SCHEMES = {
    "components": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }
    }
}
BEARER: dict[str, list[str]] = {"bearer": []}

CASES = [
    Case("operation-deprecated", "operation-kept", EITHER, {}, {"deprecated": True}),
    Case(
        "operation-id-changed",
        "operation-id-changed",
        EITHER,
        {"operationId": "a"},
        {"operationId": "b"},
    ),
    Case("security-tightened", "security-loosened", EITHER, {}, {"security": [BEARER]}, SCHEMES),
    Case(
        "security-tightened",
        "security-loosened",
        EITHER,
        {"security": [BEARER, {"key": []}]},
        {"security": [BEARER]},
        SCHEMES,
    ),
    Case(
        "security-tightened",
        "security-loosened",
        EITHER,
        {"security": [BEARER]},
        {"security": [{**BEARER, "key": []}]},
        SCHEMES,
    ),
    Case(
        "security-tightened",
        "security-loosened",
        EITHER,
        {"security": [{"bearer": ["a"]}]},
        {"security": [{"bearer": ["a", "b"]}]},
        SCHEMES,
    ),
    Case(
        "version-removed",
        "version-added",
        EITHER,
        versions("1.0", "2.0", v1_0=TEXT, v2_0=TEXT),
        versions("2.0", v2_0=TEXT),
    ),
    Case("stores-changed", "stores-changed", EITHER, {}, {"x-stores": ["DE"]}),
    Case(
        "server-removed",
        "server-added",
        EITHER,
        {"servers": [{"url": "/a"}, {"url": "/b"}]},
        {"servers": [{"url": "/b"}]},
    ),
    Case(
        "call-changed", "call-changed", EITHER, {}, {"callbacks": {"a": {"{$url}": {"post": {}}}}}
    ),
    Case("extension-changed", "extension-changed", EITHER, {}, {"x-own": 1}),
    Case("text-changed", "text-changed", EITHER, {"summary": "a"}, {"summary": "b"}),
    Case(
        "text-changed",
        "text-changed",
        EITHER,
        answers("200", description="a"),
        answers("200", description="b"),
    ),
    Case("parameter-removed", "parameter-added", SENT, parameter(), {}),
    Case("parameter-removed", "required-parameter-added", SENT, parameter(required=True), {}),
    Case("parameter-required", "parameter-optional", SENT, parameter(), parameter(required=True)),
    Case("deprecated", "kept", SENT, parameter(), parameter(deprecated=True)),
    Case(
        "style-changed",
        "style-changed",
        SENT,
        parameter(schema={"type": "array"}),
        parameter(schema={"type": "array"}, explode=False),
    ),
    Case("type-changed", "type-changed", SENT, parameter(), parameter(schema=WHOLE)),
    Case("body-removed", "body-added", SENT, body(False), {}),
    Case("body-removed", "required-body-added", SENT, body(), {}),
    Case("body-required", "body-optional", SENT, body(False), body()),
    Case(
        "media-type-removed",
        "media-type-added",
        SENT,
        body(True, JSON, "text/csv"),
        body(True, JSON),
    ),
    Case(
        "media-type-removed",
        "media-type-added",
        RECEIVED,
        answers("200", content={JSON: {}}),
        answers("200"),
    ),
    Case("status-removed", "status-added", RECEIVED, answers("200", "201"), answers("200")),
    Case(
        "error-status-removed",
        "error-status-added",
        RECEIVED,
        answers("200", "404"),
        answers("200"),
    ),
    Case(
        "error-code-removed",
        "error-code-added",
        RECEIVED,
        answers("404", **{"x-error-codes": {"301": "No."}}),
        answers("404"),
    ),
    Case(
        "header-removed",
        "header-added",
        RECEIVED,
        answers("200", headers={"ETag": {"schema": TEXT}}),
        answers("200"),
    ),
    Case(
        "header-required",
        "header-optional",
        RECEIVED,
        answers("200", headers={"ETag": {"schema": TEXT}}),
        answers("200", headers={"etag": {"schema": TEXT, "required": True}}),
    ),
    Case(
        "type-changed",
        "type-changed",
        RECEIVED,
        answers("200", headers={"Age": {"schema": TEXT}}),
        answers("200", headers={"Age": {"schema": WHOLE}}),
    ),
]
"""Differences of operations: the rules of both ways."""


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{each.there}" for i, each in enumerate(CASES)])
def test_operations(case: Case) -> None:
    """What differs in an operation falls under its rule, there and back."""
    old = {**document(**case.old), **case.more}
    new = {**document(**case.new), **case.more}

    assert told(old, new) == {(case.there, case.side)}
    assert told(new, old) == {(case.back, case.side)}


LISTED = {"type": "array", "items": tagged("a"), "x-requested-by": "include"}
MORE = {**LISTED, "items": {"oneOf": [tagged("a"), tagged("b")]}}

OTHERS: dict[tuple[str, Side], tuple[Document, Document]] = {
    ("operation-added", EITHER): (whole({}), document()),
    ("operation-removed", EITHER): (document(), whole({"/lamps/{id}": {}})),
    ("path-parameter-renamed", EITHER): (document(), whole({"/lamps/{id}": {"post": {}}})),
    ("alternative-on-request", RECEIVED): (receiving(LISTED), receiving(MORE)),
    ("alternative-added", SENT): (sending(LISTED), sending(MORE)),
    ("newest-version", RECEIVED): (
        document(**versions("1.0", v1_0=TEXT, newest=TEXT)),
        document(**versions("1.0", "1.1", v1_0=TEXT, v1_1=WHOLE, newest=WHOLE)),
    ),
    ("newest-version", SENT): (
        document(requestBody={"content": {JSON: {"schema": TEXT}}}),
        document(
            **{"x-versions": ["1", "2"]},
            requestBody={
                "content": {
                    JSON: {"schema": WHOLE},
                    JSON + "; version=1": {"schema": TEXT},
                    JSON + "; version=2": {"schema": WHOLE},
                }
            },
        ),
    ),
}
"""What has no way back of its own, by its rule."""

ALONGSIDE = {"newest-version": {("version-added", EITHER)}}


@pytest.mark.parametrize(("rule", "side"), list(OTHERS), ids=lambda each: str(each))
def test_others(rule: str, side: Side) -> None:
    """What differs falls under its rule."""
    assert told(*OTHERS[rule, side]) == {(rule, side), *ALONGSIDE.get(rule, ())}


OF_THE_COMMAND = {("application-added", EITHER), ("application-removed", EITHER)}
"""Rules about what is in no document."""


def test_every_rule_has_a_row() -> None:
    """No rule is without a row, on any of its sides."""
    shown = {*OTHERS, *OF_THE_COMMAND}
    shown |= {(rule, case.side) for case in CASES for rule in (case.there, case.back)}
    for row in ROWS:
        shown |= {(row.there, SENT), (row.back, SENT)}
        shown |= {(row.received_there or row.there, RECEIVED)}
        shown |= {(row.received_back or row.back, RECEIVED)}

    assert shown == {(name, side) for name, rule in RULES.items() for side in rule.verdicts}


def test_narrowing_breaks_who_sends_and_widening_who_receives() -> None:
    """What leaves less breaks who sends it and nobody else; what brings more is fine to send."""
    for row in ROWS:
        there, back = RULES[row.there].verdicts, RULES[row.back].verdicts
        if row.there.endswith(("-removed", "-tightened", "-listed", "-closed", "-added")):
            if row.received_there is not None or row.there == "member-removed":
                continue
            assert there[SENT].level is Level.BREAKING, row
            assert there[RECEIVED].level is Level.COMPATIBLE, row
            assert back[SENT].level is Level.COMPATIBLE, row
            assert back[RECEIVED].level >= Level.COMPATIBLE, row


# What is no change -----------------------------------------------------------------------------


def shared(*answers_: tuple[str, Any], **schemas: Schema) -> Document:
    """Return a document with shared schemas, and paths that answer with some: (path, schema)."""
    paths = {
        path: {
            "get": {
                "responses": {"200": {"description": "", "content": {JSON: {"schema": schema}}}}
            }
        }
        for path, schema in answers_
    }
    return whole(paths, components={"schemas": schemas})


def ref(name: str) -> dict[str, str]:
    """Return a reference to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


A_TREE = members("name", name=TEXT, children={"type": "array", "items": ref("Tree")})
SAME: list[tuple[Schema, Schema]] = [
    ({"enum": ["a", "b"]}, {"enum": ["b", "a"], "type": "string"}),
    ({"type": ["null", "string"]}, {"anyOf": [TEXT, {"type": "null"}]}),
    ({"anyOf": [TEXT, WHOLE]}, {"anyOf": [WHOLE, TEXT]}),
    ({"oneOf": [TEXT]}, TEXT),
    ({"allOf": [members("a", a=TEXT), members("b", b=TEXT)]}, members("b a", b=TEXT, a=TEXT)),
    ({"allOf": [TEXT, {"maxLength": 3}]}, {**TEXT, "maxLength": 3}),
    ({**WHOLE, "exclusiveMinimum": 0}, {**WHOLE, "minimum": 1}),
    ({**NUMBER, "minimum": 1}, {**NUMBER, "minimum": 1.0}),
    ({**TEXT, "minLength": 0}, TEXT),
    ({"type": "array", "items": {}}, {"type": "array"}),
    ({"type": "object", "additionalProperties": {}}, {"type": "object"}),
    (
        {**members(a=TEXT), "unevaluatedProperties": False},
        {"allOf": [members(a=TEXT)], "unevaluatedProperties": False},
    ),
    (members(a=TEXT), {"allOf": [True, members(a=TEXT)]}),
    ({**TEXT, "minimum": 3}, TEXT),
    ({"enum": ["a"], "maxLength": 3}, {"enum": ["a"]}),
    ({**TEXT, "not": {"enum": ["a", "b"]}}, {**TEXT, "not": {"enum": ["b", "a"]}}),
    ({"oneOf": [{"const": 1}, {"const": 2}]}, {"oneOf": [{"const": 2}, {"const": 1}]}),
]


@pytest.mark.parametrize(("old", "new"), SAME, ids=[str(i) for i in range(len(SAME))])
def test_other_spellings_are_no_change(old: Schema, new: Schema) -> None:
    """Schemas that take the same differ in nothing, sent or received."""
    assert told(sending(old), sending(new)) == set()
    assert told(receiving(new), receiving(old)) == set()


def test_name_of_a_shared_schema_is_no_change() -> None:
    """What a shared schema is called means nothing, even where it contains itself."""
    old = shared(("/a", ref("Tree")), Tree=A_TREE)
    new = shared(("/a", ref("Wood")), Wood=json.loads(json.dumps(A_TREE).replace("Tree", "Wood")))

    assert compare(old, new) == []


def test_shared_parts_are_those_that_refer_to_them() -> None:
    """Whether a parameter, a body or an answer is shared means nothing."""
    own = {**parameter(), **body(), **answers("200", content={JSON: {"schema": TEXT}})}
    components = {
        "parameters": {"Sort": own["parameters"][0]},
        "requestBodies": {"Body": own["requestBody"]},
        "responses": {"Fine": own["responses"]["200"]},
    }
    referring = {
        "parameters": [{"$ref": "#/components/parameters/Sort"}],
        "requestBody": {"$ref": "#/components/requestBodies/Body"},
        "responses": {"200": {"$ref": "#/components/responses/Fine"}},
    }

    assert compare(document(**own), {**document(**referring), "components": components}) == []


def test_names_of_security_schemes_are_no_change() -> None:
    """A scheme is what it does, not what it is called."""
    schemes = {"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}
    old = {**document(security=[BEARER]), **SCHEMES}

    assert compare(old, {**document(security=[{"token": []}]), **schemes}) == []
    assert compare(old, {**document(), "security": [{"token": []}], **schemes}) == []


def test_scopes_that_a_scheme_offers_are_no_change() -> None:
    """What an authorization server offers more does not count; where it is does."""

    def under(url: str, **scopes: str) -> Document:
        flows = {"clientCredentials": {"tokenUrl": url, "scopes": scopes}}
        scheme = {"type": "oauth2", "flows": flows, "description": str(scopes)}
        found = document(security=[{"tokens": ["read"]}])
        return {**found, "components": {"securitySchemes": {"tokens": scheme}}}

    assert told(under("/a", read=""), under("/a", read="", write="")) == set()
    assert told(under("/a"), under("/b")) == {
        ("security-tightened", EITHER),
        ("security-loosened", EITHER),
    }


def test_what_only_the_other_side_writes_does_not_count() -> None:
    """A member that is read alone does not count in bodies, nor one written alone in answers."""
    read, written = {**TEXT, "readOnly": True}, {**TEXT, "writeOnly": True}
    without, with_ = members(), members("a b", a=read, b=written)

    assert told(sending(without), sending(with_)) == {("required-member-added", SENT)}
    (sent,) = compare(sending(without), sending(with_))
    assert sent.subject.endswith("x.b")
    (received,) = compare(receiving(without), receiving(with_))
    assert (received.rule, received.subject[-3:]) == ("member-added", "x.a")


def test_media_types_are_compared_as_what_they_mean() -> None:
    """Case and order of the parameters of a media type mean nothing."""
    old, new = ({each: {"schema": TEXT}} for each in ("a/b; x=1; y=2", "A/B;y=2;x=1"))

    assert (
        compare(document(**answers("200", content=old)), document(**answers("200", content=new)))
        == []
    )


def test_answers_of_other_statuses_stand_for_one_that_is_not_listed() -> None:
    """A status that a range or the answer to all others covers is neither new nor gone."""
    assert told(document(**answers("4XX")), document(**answers("4XX", "404"))) == set()
    assert (
        told(document(**answers("200", "404", "default")), document(**answers("200", "default")))
        == set()
    )
    assert told(document(**answers("200", "default")), document(**answers("default"))) == {
        ("status-removed", RECEIVED)
    }


# How changes are told --------------------------------------------------------------------------


def test_change_of_a_shared_schema_is_told_once() -> None:
    """What is inside of a shared schema is one change, with all places that show it."""
    paths = [(f"/trees/{n}", {"type": "array", "items": ref("Tree")}) for n in range(9)]
    old = shared(*paths, Tree=A_TREE)
    new = shared(*paths, Tree={**A_TREE, "required": []})

    (change,) = compare(old, new)

    assert (change.rule, change.level) == ("member-optional", Level.BREAKING)
    assert change.subject == "Tree.name"
    assert change.pointer == "#/components/schemas/Tree/properties/name"
    assert [each.path for each in change.places] == [path for path, _ in paths]
    assert {each.part for each in change.places} == {f"answer 200 {JSON}"}


def test_same_change_of_several_operations_is_told_once() -> None:
    """What happens to several operations alike is one change."""
    paths = {path: {"get": answers("200"), "delete": answers("200")} for path in ("/a", "/b")}
    new = json.loads(json.dumps(paths).replace('{"200":', '{"404": {"description": "No"}, "200":'))

    (change,) = compare(whole(paths), whole(new))

    assert change.rule == "error-status-added"
    assert [str(each) for each in change.places] == [
        "DELETE /a answer 404",
        "GET /a answer 404",
        "DELETE /b answer 404",
        "GET /b answer 404",
    ]


def test_change_names_the_plugins_that_bring_it() -> None:
    """Who brought an operation is told, where one of the documents says so; it is no change."""
    old = document(**{"x-brought-by": ["lamps:lamps"]}, **parameter())
    new = document(**{"x-brought-by": ["lamps:lamps", "acme:acme"]})

    (change,) = compare(old, new)

    assert change.rule == "parameter-removed"
    assert change.plugins == ("acme:acme", "lamps:lamps")
    assert change.old == parameter()["parameters"][0]


def test_worst_comes_first() -> None:
    """Changes are in the order of what clients notice of them."""
    old = document(summary="a", **answers("200", "404"))
    new = document(summary="b", deprecated=True, **answers("201", "404"), **parameter())

    assert [each.level.word for each in compare(old, new)] == [
        *("breaking", "risky", "deprecation", "compatible", "text"),
    ]


def test_texts_of_the_whole_document() -> None:
    """Title, version and texts of tags are for people; addresses are not."""
    tags = [
        [{"name": "a", "description": each}, *more]
        for each, more in (("x", []), ("y", [{"name": "b"}]))
    ]
    old = whole({}, tags=tags[0], servers=[{"url": "/{v}", "variables": {"v": {"default": "1"}}}])
    new = whole({}, tags=tags[1], servers=[{"url": "/2"}, {"url": "/1"}], **{"x-own": 1})
    new["info"] = {"title": "Lights", "version": "1.0"}

    assert sorted((each.rule, each.subject) for each in compare(old, new)) == [
        ("extension-changed", "x-own"),
        ("server-added", "server /2"),
        ("text-changed", "info.title"),
        ("text-changed", "tag 'a'"),
    ]


def test_texts_of_a_schema_are_told_once() -> None:
    """A text of what is both sent and received is one change, which names the text."""
    own = {"content": {JSON: {"schema": ref("A")}}}
    paths = {"/a": {"post": {"requestBody": own, "responses": {"200": {"description": "", **own}}}}}
    old, new = (
        whole(paths, components={"schemas": {"A": members(a={**TEXT, "description": each})}})
        for each in ("one", "two")
    )

    (change,) = compare(old, new)

    assert (change.rule, change.side, change.subject) == (
        "text-changed",
        EITHER,
        "A.a(description)",
    )
    assert change.pointer == "#/components/schemas/A/properties/a/description"
    assert [each.part for each in change.places] == [f"answer 200 {JSON}", f"body {JSON}"]


def test_list_of_values_where_limits_were() -> None:
    """Whether the values were within the limits before is left to a person."""
    limited = {**TEXT, "maxLength": 3}

    assert told(receiving(limited), receiving({"enum": ["abcdef"]})) == {
        ("values-listed", RECEIVED),
        ("rule-changed", RECEIVED),
    }


def test_webhooks_are_told_as_a_whole() -> None:
    """What a webhook sends is not looked at in detail, and not passed over."""
    assert told(whole({}), whole({}, webhooks={"made": {"post": {}}})) == {("call-changed", EITHER)}


def test_path_parameters_are_told_apart_by_their_order() -> None:
    """The rules of a path parameter are compared whatever it is called."""

    def paths(name: str, schema: Schema) -> Document:
        own = {"name": name, "in": "path", "required": True, "schema": schema}
        return whole({f"/lamps/{{{name}}}": {"parameters": [own], "get": {}}})

    assert told(paths("id", TEXT), paths("id", WHOLE)) == {("type-changed", SENT)}
    assert told(paths("id", TEXT), paths("lampsId", WHOLE)) == {
        ("type-changed", SENT),
        ("path-parameter-renamed", EITHER),
    }


def test_new_version_beside_the_old_ones_is_compatible() -> None:
    """Who names a version goes on to get it; only who names none gets another one."""
    old = document(**versions("1.0", v1_0=members(a=TEXT), newest=members(a=TEXT)))
    same = versions(
        "1.0", "1.1", v1_0=members(a=TEXT), v1_1=members(a=TEXT), newest=members(a=TEXT)
    )
    other = versions(
        "1.0", "1.1", v1_0=members(a=TEXT), v1_1=members(b=TEXT), newest=members(b=TEXT)
    )
    lost = versions("1.1", v1_1=members(b=TEXT), newest=members(b=TEXT))

    assert told(old, document(**same)) == {("version-added", EITHER)}
    assert told(old, document(**other)) == {("version-added", EITHER), ("newest-version", RECEIVED)}
    assert ("member-removed", RECEIVED) in told(old, document(**lost))


# What cannot be compared -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "The new document is no OpenAPI document"),
        ({**whole({}), "openapi": "3.0.3"}, "one of OpenAPI 3.0.3"),
        (receiving({"$ref": "other.json#/a"}), "not in the document"),
        (receiving(ref("Nobody")), "nothing is there"),
        ({**receiving(ref("A")), "components": {"schemas": {"A": ref("A")}}}, "refers to itself"),
    ],
    ids=["no document", "other version", "other file", "nothing there", "circle"],
)
def test_what_cannot_be_compared(wrong: Document, message: str) -> None:
    """What is no document, or refers to what it does not have, is an error that says so."""
    with pytest.raises(NotComparable, match=message):
        compare(receiving(TEXT), wrong)


# Properties ------------------------------------------------------------------------------------

NAMES = st.sampled_from(["A", "B", "C"])
LEAVES = st.sampled_from([row.new for row in ROWS])
SCHEMAS = st.recursive(
    LEAVES | NAMES.map(ref),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from("abc"), inner, min_size=1).map(
            lambda each: members(**each)
        ),
        inner.map(lambda each: {"type": "array", "items": each}),
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each}),
        st.lists(inner, min_size=1, max_size=2).map(lambda each: {"allOf": each}),
    ),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw documents whose shared schemas refer to each other in any way."""
    # A shared schema that is nothing but a reference might refer to itself.
    held = {name: members(x=draw(SCHEMAS), y=draw(SCHEMAS)) for name in "ABC"}
    drawn = draw(SCHEMAS)
    content = {JSON: {"schema": drawn}}
    return whole(
        {
            "/a/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "post": {
                    **parameter(schema=draw(LEAVES)),
                    "requestBody": {"content": {JSON: {"schema": draw(NAMES.map(ref))}}},
                    "responses": {"200": {"description": "", "content": content}},
                },
            }
        },
        components={"schemas": held},
    )


def respelled(value: Any, chance: random.Random) -> Any:
    """Return a value with its members in another order, and lists too where order means nothing."""
    if isinstance(value, list):
        return [respelled(each, chance) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    chance.shuffle(names)
    found = {name: respelled(value[name], chance) for name in names}
    for name in ("enum", "required", "anyOf", "oneOf", "allOf", "parameters"):
        if isinstance(found.get(name), list):
            chance.shuffle(found[name])
    return found


@given(documents(), st.randoms(use_true_random=False))
def test_order_and_names_are_no_change(drawn: Document, chance: random.Random) -> None:
    """A document differs in nothing from itself, spelled in another order with other names."""
    renamed = json.loads(json.dumps(drawn).replace("/schemas/", "/schemas/Other"))
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = {f"Other{name}": each for name, each in schemas.items()}

    assert compare(drawn, copy.deepcopy(drawn)) == []
    assert compare(drawn, respelled(renamed, chance)) == []


def test_alternatives_that_differ_in_words_alone_keep_theirs() -> None:
    """Of alternatives that take the same, each is compared with the one of the same words."""
    plain_one, old_one = members("a", a=TEXT), members("a", a={**TEXT, "deprecated": True})
    one, other = {"anyOf": [plain_one, old_one]}, {"anyOf": [old_one, plain_one]}

    assert compare(sending(one), sending(other)) == []


@given(documents(), documents())
def test_any_two_documents_can_be_compared(old: Document, new: Document) -> None:
    """A comparison ends, finds the same again, and finds something on the way back, too."""
    there, back = compare(old, new), compare(new, old)

    assert there == compare(copy.deepcopy(old), copy.deepcopy(new))
    assert bool(there) == bool(back)


WRAPPERS: dict[str, Callable[[Schema], Schema]] = {
    "member": lambda inner: members("a", a=inner, b=TEXT),
    "element": lambda inner: {"type": "array", "items": inner},
    "others": lambda inner: {"type": "object", "additionalProperties": inner},
    "tagged": lambda inner: {"oneOf": [tagged("a", x=inner), tagged("b", x=TEXT)]},
    "allOf": lambda inner: {"allOf": [members(a=inner), members(b=TEXT)]},
}


@given(
    st.sampled_from(ROWS), st.lists(st.sampled_from(sorted(WRAPPERS)), max_size=3), st.booleans()
)
def test_rule_does_not_depend_on_the_depth(row: Row, wrappers: list[str], is_shared: bool) -> None:
    """A difference falls under the same rule however deep it is, in a shared schema or not."""

    def wrapped(schema: Schema) -> Document:
        for name in wrappers:
            schema = WRAPPERS[name](schema)
        if not is_shared:
            return receiving(schema)
        return {**receiving(ref("Deep")), "components": {"schemas": {"Deep": schema}}}

    found = compare(wrapped(row.old), wrapped(row.new))

    assert {each.rule for each in found} == {row.received_there or row.there}
    assert len(found) == 1
