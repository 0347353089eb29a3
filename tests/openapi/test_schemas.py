"""What the fields of a body say to the documentation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from marshmallow import Schema, ValidationError, fields, validate

from glue_core import as_json_schema, not_blank
from glue_core.openapi.schemas import Converter, portable_pattern


@as_json_schema({"uniqueItems": True})
def each_once(values: list[object]) -> None:
    """Refuse a value that is there twice."""
    if len(set(values)) < len(values):
        raise ValidationError("Twice.")


@as_json_schema({"pattern": "[0-9]"})
def has_digit(value: str) -> None:
    """Refuse a text without a digit."""
    if not re.search("[0-9]", value):
        raise ValidationError("No digit.")


class Body(Schema):
    """Something that is sent."""

    tags = fields.List(fields.String(), validate=each_once)
    name = fields.String(validate=[not_blank, has_digit])
    texts = fields.Dict(
        keys=fields.String(validate=validate.Length(min=1, max=3)),
        values=fields.String(),
        validate=validate.Length(max=2),
    )
    line = fields.String(validate=validate.Regexp(re.compile(r"\S(.*\S)?\Z", re.DOTALL)))


def _schema() -> dict[str, Any]:
    converter = Converter(lambda name, key, make: make(), takes=True)
    return converter.object_of(Body())


@pytest.mark.parametrize(
    "body",
    [
        {"tags": ["a", "b"]},
        {"name": "a1"},
        {"texts": {"a": "", "abc": ""}},
        {"line": "a"},
        {"line": "a\nb"},
        {"tags": ["a", "a"]},
        {"name": ""},
        {"name": " \t\n"},
        {"name": "\x1f\x85"},
        {"name": "a"},
        {"texts": {"": ""}},
        {"texts": {"abcd": ""}},
        {"texts": {"a": "", "b": "", "c": ""}},
        {"line": "a "},
        {"line": " a"},
    ],
)
def test_schema_takes_what_is_taken(body: dict[str, Any]) -> None:
    """The documentation and the validation take the same bodies."""
    assert Draft202012Validator(_schema()).is_valid(body) == (Body().validate(body) == {})


@pytest.mark.parametrize(
    ("pattern", "flags", "found"),
    [
        (r"a.b\Z", re.DOTALL, r"^(?:a[\s\S]b$)"),
        (r"a\.[.]b[^\].]\Z", re.DOTALL, r"^(?:a\.[.]b[^\].]$)"),
        (r"a.b\Z", 0, r"^(?:a.b$)"),
        (r"a", re.IGNORECASE, None),
    ],
)
def test_patterns_for_everybody(pattern: str, flags: int, found: str | None) -> None:
    """A dot that stands for every character is spelled so that it does everywhere."""
    assert portable_pattern(re.compile(pattern, flags)) == found
