"""What a schema refuses, as kinds with parameters."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from glue_core.violations import prepare, violations


class Part(Schema):
    """A nested object."""

    size = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=9))


class Thing(Schema):
    """One field for each rule."""

    name = fields.String(required=True, validate=validate.Length(min=2))
    kind = fields.String(validate=validate.OneOf(["a", "b"]))
    mail = fields.Email()
    code = fields.String(validate=validate.Regexp("^[a-z]+$"))
    parts = fields.List(fields.Nested(Part))
    own = fields.String(validate=lambda value: _refuse())


def _refuse() -> None:
    raise ValidationError("Not this one.")


def found(values: dict[str, Any]) -> dict[str, tuple[str | None, dict[str, object]]]:
    """Return kind and arguments of each violation, by pointer."""
    try:
        prepare(Thing(unknown="raise")).load(values)
    except ValidationError as error:
        return {e.pointer or "": (e.kind, dict(e.arguments)) for e in violations(error.messages)}
    return {}


@pytest.mark.parametrize(
    ("values", "pointer", "kind", "arguments"),
    [
        ({}, "/name", "required", {}),
        ({"name": None}, "/name", "null", {}),
        ({"name": 5}, "/name", "type", {"type": "string"}),
        ({"name": "x"}, "/name", "length", {"min": 2}),
        ({"name": "xx", "kind": "c"}, "/kind", "choice", {"choices": "a, b", "labels": ""}),
        ({"name": "xx", "mail": "c"}, "/mail", "email", {}),
        ({"name": "xx", "code": "C"}, "/code", "pattern", {"regex": "^[a-z]+$"}),
        ({"name": "xx", "parts": [{"size": 10}]}, "/parts/0/size", "range", {"min": 1, "max": 9}),
        ({"name": "xx", "parts": [{"size": 1}, {}]}, "/parts/1/size", "required", {}),
        ({"name": "xx", "a/b~": 1}, "/a~1b~0", "unknown", {}),
        ({"name": "xx", "own": "x"}, "/own", None, {}),
    ],
)
def test_rule_becomes_a_kind(
    values: dict[str, Any], pointer: str, kind: str | None, arguments: dict[str, object]
) -> None:
    """Every rule of marshmallow's says its kind and limits, wherever the field is nested."""
    assert found(values) == {pointer: (kind, arguments)}


def test_the_declared_schema_is_left_alone() -> None:
    """Preparing one instance changes nothing for others of the class."""
    found({"name": "x"})

    with pytest.raises(ValidationError) as caught:
        Thing().load({"name": "x"})
    assert not any(isinstance(error.kind, str) for error in violations(caught.value.messages))


@pytest.mark.parametrize(
    ("size", "is_whole"), [(3, True), (3.0, True), (3.5, False), ("3", False), (True, False)]
)
def test_whole_numbers_are_those_of_json(size: object, is_whole: bool) -> None:
    """A number without a fraction is whole however it is written, and nothing else is."""
    assert (found({"name": "xx", "parts": [{"size": size}]}) == {}) is is_whole


def test_number_that_is_not_exact() -> None:
    """A float that stands for many whole numbers is none of them."""
    schema = prepare(Schema.from_dict({"size": fields.Integer(strict=True)})())

    assert schema.load({"size": 2.0**53}) == {"size": 2**53}
    assert "size" in schema.validate({"size": 1e300})
