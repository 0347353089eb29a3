"""Bodies: what is compiled from a schema loads as marshmallow does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_load, validate

from glue_core import UtcDateTime
from glue_core.loading import compile_load
from glue_core.violations import Violation, prepare


def each_once(values: list[Any]) -> None:
    """Refuse a value that stands in the list twice."""
    if len(set(values)) < len(values):
        raise ValidationError("Twice.")


class Inner(Schema):
    """What a thing holds."""

    size = fields.Integer(required=True)


class Thing(Schema):
    """Fields of each kind that is compiled, and of some that are not."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=5))
    code = fields.String(validate=[validate.Length(equal=3), validate.Regexp("[a-z]+")])
    note = fields.String(allow_none=True, load_default=None)
    count = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=9))
    below = fields.Integer(validate=validate.Range(max=5, max_inclusive=False))
    loose = fields.Integer()
    tags = fields.List(
        fields.String(validate=validate.Length(min=1)),
        load_default=list,
        validate=[validate.Length(max=2), each_once],
    )
    odd_tags = fields.List(fields.String(validate=validate.OneOf(["a"])), data_key="oddTags")
    numbers = fields.List(fields.Integer())
    at = UtcDateTime(data_key="happenedAt")
    flag = fields.Boolean()
    ratio = fields.Float()
    inner = fields.Nested(Inner)
    renamed = fields.String(attribute="other", data_key="Renamed")
    shown = fields.String(dump_only=True)


VALUES: tuple[tuple[str, Any], ...] = (
    ("title", ""),
    ("title", "abc"),
    ("title", "abcdef"),
    ("title", None),
    ("title", 1),
    ("title", b"abc"),
    ("code", "abc"),
    ("code", "ab"),
    ("code", "ABC"),
    ("code", "AB"),
    ("note", None),
    ("note", "x"),
    ("note", 5),
    ("count", 1),
    ("count", 0),
    ("count", 10),
    ("count", True),
    ("count", 1.5),
    ("count", "2"),
    ("count", None),
    ("below", 4),
    ("below", 5),
    ("loose", "7"),
    ("loose", 1.5),
    ("loose", 2**70),
    ("tags", []),
    ("tags", ["a", "b"]),
    ("tags", ["a", "a"]),
    ("tags", ["a", "b", "c"]),
    ("tags", ["", 1, None]),
    ("tags", "a"),
    ("tags", ("a",)),
    ("tags", None),
    ("oddTags", ["a"]),
    ("oddTags", ["a", "b"]),
    ("numbers", [1, "2"]),
    ("numbers", [1, "x"]),
    ("happenedAt", "2026-01-02T03:04:05+01:00"),
    ("happenedAt", "2026-01-02"),
    ("flag", True),
    ("flag", "yes"),
    ("flag", 7),
    ("ratio", 1.5),
    ("ratio", "x"),
    ("inner", {"size": 1}),
    ("inner", {"size": "x", "more": 1}),
    ("inner", {}),
    ("inner", None),
    ("Renamed", "x"),
    ("Renamed", 1),
    ("other", "x"),
    ("shown", "x"),
    ("unknown", "x"),
)


def loaded(schema: Schema, values: Any) -> tuple[Any, Any]:
    """Return what marshmallow makes of values, and what it has against them."""
    try:
        return schema.load(values), {}
    except ValidationError as error:
        return {}, error.messages


def told(messages: Any) -> Any:
    """Return messages with the rules that they remember."""
    if isinstance(messages, dict):
        return {key: told(each) for key, each in messages.items()}
    if isinstance(messages, list):
        return [told(each) for each in messages]
    if isinstance(messages, Violation):
        return str(messages), messages.kind, messages.arguments
    return messages


OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"partial": True},
    {"partial": False},
    {"unknown": EXCLUDE},
    {"unknown": INCLUDE},
    {"partial": ("title",)},
    {"exclude": ("count", "inner")},
)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize(("name", "value"), VALUES, ids=str)
def test_one_value_loads_as_marshmallow_loads_it(
    name: str, value: Any, options: dict[str, Any]
) -> None:
    """Each value, alone and beside a required one, gives the same attributes or messages."""
    schema = prepare(Thing(**options))
    load = compile_load(schema)

    for values in ({name: value}, {"title": "abc", name: value}):
        expected, messages = loaded(schema, values)
        found, problems = load(values)

        assert (found, list(found)) == (expected, list(expected))
        assert told(problems) == told(messages)


def test_all_values_together() -> None:
    """What is wrong with several values is told in one order, unknown members last."""
    schema = prepare(Thing())
    values = {"unknown": 1, "title": "", "count": 0, "tags": ["a", "a"], "happenedAt": "x"}

    _, messages = loaded(schema, values)
    _, problems = compile_load(schema)(values)

    assert list(problems.items()) == list(messages.items())
    assert list(problems)[-1] == "unknown"


@pytest.mark.parametrize("values", [[], None, "x", 1])
def test_what_is_no_object_is_refused_as_marshmallow_does(values: Any) -> None:
    """A body that is no object has no attributes."""
    schema = prepare(Thing())

    assert compile_load(schema)(values) == loaded(schema, values)


def test_defaults_are_made_for_each_body() -> None:
    """A default that is made is another one in each body."""
    load = compile_load(Thing())

    first, second = (load({"title": "abc"})[0] for _ in range(2))

    assert first["tags"] == []
    assert first["tags"] is not second["tags"]


def test_lists_are_copied() -> None:
    """What is loaded is not the list that came."""
    tags = ["a"]

    assert compile_load(Thing())({"title": "abc", "tags": tags})[0]["tags"] is not tags


class WithHook(Thing):
    """A schema that does more than to ask its fields."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return ("made", data["title"])


def test_hooks_run() -> None:
    """A schema with hooks takes marshmallow's own way."""
    found: Any = compile_load(WithHook())({"title": "abc"})

    assert found == (("made", "abc"), {})


class WithSteps(Schema):
    """Fields that change their values around the loading."""

    name = fields.String(pre_load=str.strip, post_load=str.upper, validate=validate.Length(min=1))


@pytest.mark.parametrize("name", [" a ", "  ", "b"])
def test_functions_of_fields_run(name: str) -> None:
    """Functions before and after the loading of a field are called."""
    schema = WithSteps()

    assert compile_load(schema)({"name": name}) == loaded(schema, {"name": name})


def test_a_time_is_loaded_in_utc() -> None:
    """A field that is not compiled does what it always does."""
    found, _ = compile_load(Thing())({"title": "abc", "happenedAt": "2026-01-02T03:04:05+01:00"})

    assert found["at"] == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)


def test_a_validator_may_change_its_mind() -> None:
    """What a validator has nothing against when it is asked for its words is taken."""
    answers = iter([False, True])

    def moody(value: str) -> None:
        if not next(answers):
            raise ValidationError("No.")

    schema = Schema.from_dict({"name": fields.String(validate=moody)})()

    assert compile_load(schema)({"name": "a"}) == ({"name": "a"}, {})
