"""Compiled schemas answer what marshmallow answers."""

from __future__ import annotations

from collections import UserDict
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, post_dump

from glue_core import UtcDateTime
from glue_core.serialising import (
    Functions,
    PlainPart,
    compile_dumps,
    part_of,
    plain_fields,
)

ROME = ZoneInfo("Europe/Rome")


class OwnTime(UtcDateTime):
    """A field of somebody's own, which does more than its base."""

    def _serialize(self, *args: Any, **kwargs: Any) -> str | None:
        return f"<{super()._serialize(*args, **kwargs)}>"


class Part(Schema):
    """A nested schema."""

    size = fields.Integer(data_key="partSize")
    label = fields.String()


class Everything(Schema):
    """A field of every kind that is written down, and some that are not."""

    text = fields.String()
    renamed = fields.String(data_key="reNamed")
    other = fields.String(attribute="elsewhere")
    whole = fields.Integer()
    spelled = fields.Integer(as_string=True)
    number = fields.Float()
    truth = fields.Boolean()
    raw = fields.Raw()
    mapping = fields.Dict(keys=fields.String(), values=fields.String())
    words = fields.List(fields.String())
    numbers = fields.List(fields.Integer())
    part = fields.Nested(Part)
    parts = fields.List(fields.Nested(Part))
    many = fields.Nested(Part, many=True)
    some = fields.Nested(Part(only=("label",)))
    secret = fields.String(load_only=True)
    at = UtcDateTime()
    in_days = UtcDateTime(format="%d.%m.%Y")
    own_time = OwnTime()
    moment = fields.DateTime()
    naive = fields.NaiveDateTime()
    aware = fields.AwareDateTime()
    posted = fields.DateTime(format="rfc")
    day = fields.Date()
    month = fields.Date(format="%Y-%m")
    hour = fields.Time()


class Odd(datetime):
    """A point in time that spells itself otherwise."""

    def isoformat(self, *args: Any, **kwargs: Any) -> str:
        return "odd"


AWARE = st.datetimes(
    # Times that have no spelling in UTC are marshmallow's to fail at.
    datetime(2, 1, 1),
    datetime(9998, 1, 1),
    timezones=st.sampled_from((UTC, timezone(timedelta(0)), timezone(timedelta(hours=-3.5)), ROME)),
)
ODD = st.just(Odd(2026, 1, 2, tzinfo=UTC))
PARTS = st.fixed_dictionaries(
    {}, optional={"size": st.none() | st.integers(), "label": st.none() | st.text() | st.integers()}
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "text": st.none() | st.text() | st.integers(),
        "renamed": st.none() | st.text(),
        "elsewhere": st.none() | st.text(),
        "whole": st.none() | st.integers() | st.booleans() | st.just("7"),
        "spelled": st.none() | st.integers(),
        "number": st.none() | st.floats(allow_nan=False) | st.integers(),
        "truth": st.none() | st.booleans(),
        "raw": st.none() | st.integers() | st.lists(st.text()),
        "mapping": st.none() | st.dictionaries(st.text(), st.text()),
        "words": st.none() | st.lists(st.text() | st.none() | st.integers()),
        "numbers": st.none() | st.lists(st.integers()),
        "part": st.none() | PARTS,
        "parts": st.none() | st.lists(PARTS),
        "many": st.none() | st.lists(PARTS),
        "some": st.none() | PARTS,
        "secret": st.text(),
        "at": st.none() | AWARE | st.datetimes(timezones=st.just(UTC)),
        "in_days": AWARE,
        "own_time": AWARE,
        "moment": st.none() | st.datetimes() | AWARE | ODD,
        "naive": st.none() | st.datetimes(),
        "aware": AWARE,
        "posted": AWARE,
        "day": st.none() | st.dates() | st.datetimes(),
        "month": st.dates(),
        "hour": st.none() | st.times(),
    },
)

SCHEMA = Everything()
BOTH = compile_dumps(SCHEMA)
COMPILED = BOTH.one


def same(left: Any, right: Any) -> None:
    """Compare values and their classes: 1 is not True."""
    assert left == right
    assert repr(left) == repr(right)


@given(VALUES)
def test_dict_is_dumped_alike(values: dict[str, Any]) -> None:
    """A dict with any of the fields, None and odd values among them, is dumped alike."""
    same(COMPILED(values), SCHEMA.dump(values))


@given(VALUES)
def test_object_is_dumped_alike(values: dict[str, Any]) -> None:
    """An object with attributes is dumped alike, and one that is read by key, too."""
    for shown in (SimpleNamespace(**values), UserDict(values)):
        same(COMPILED(shown), SCHEMA.dump(shown))


@given(st.lists(st.tuples(VALUES, st.sampled_from((dict, SimpleNamespace, UserDict))), max_size=4))
def test_many_are_dumped_as_one_is(given: list[tuple[dict[str, Any], Any]]) -> None:
    """Objects of one class or of several are dumped in order, each as if it were alone."""
    objects = [kind(**values) for values, kind in given]

    same(BOTH.all(objects), [SCHEMA.dump(each) for each in objects])


def test_the_usual_schema_is_compiled() -> None:
    """A schema of usual fields does not take marshmallow's way."""
    assert SCHEMA.dump != COMPILED
    assert COMPILED.__name__ == "dump"


class Hooked(Part):
    """A schema that changes what it made."""

    @post_dump
    def add(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Add a member."""
        return {**data, "added": True}


class Computed(Schema):
    """A schema with a field that looks at the whole object."""

    twice = fields.Function(lambda shown: shown["size"] * 2)


class Recursive(Schema):
    """A schema that holds itself."""

    label = fields.String()
    child = fields.Nested(lambda: Recursive())


class Defaults(Schema):
    """A field with a default."""

    label = fields.String(dump_default="none")


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        (Hooked(), {"size": 1, "label": "a"}),
        (Computed(), {"size": 2}),
        (Recursive(), {"label": "a", "child": {"label": "b", "child": {"label": "c"}}}),
        (Defaults(), {}),
        (Everything(only=("text", "part.size")), {"text": "a", "part": {"size": 1, "label": "x"}}),
    ],
    ids=["hook", "function", "recursive", "default", "only"],
)
def test_unusual_schema_is_dumped_alike(schema: Schema, shown: dict[str, Any]) -> None:
    """Hooks, computed fields, recursion, defaults and selections are dumped alike."""
    dumps = compile_dumps(schema)

    same(dumps.one(shown), schema.dump(shown))
    same(dumps.all([shown, shown]), [schema.dump(shown)] * 2)


def test_list_is_not_shared() -> None:
    """A list that is shown is a copy: what a formatter adds must not reach the object."""
    words = ["a"]
    shown = COMPILED({**dict.fromkeys(SCHEMA.dump_fields), "elsewhere": None, "words": words})
    shown["words"].append("b")

    assert words == ["a"]


class Plain(Schema):
    """Fields that show values as they are, and one that does not."""

    name = fields.String(data_key="theName")
    size = fields.Integer()
    ratio = fields.Float(attribute="share")
    truth = fields.Boolean()
    spelled = fields.Integer(as_string=True)
    at = fields.DateTime()


def test_plain_fields_are_known() -> None:
    """Only fields that show a value of one class as it is are plain."""
    assert plain_fields(Plain()) == {
        "name": ("name", str),
        "size": ("size", int),
        "ratio": ("share", float),
        "truth": ("truth", bool),
    }


def test_a_schema_with_hooks_has_no_plain_fields() -> None:
    """What a hook changes is not shown as it is."""
    kind = type("Hooked", (Plain,), {"more": post_dump(lambda self, data, **_: data)})

    assert plain_fields(kind()) == {}


@pytest.mark.parametrize(
    "shown",
    [
        {"name": "a", "size": 1, "share": 0.5, "truth": True},
        {"name": "a", "size": True, "share": 1, "truth": True},
        {"name": None, "size": "1", "share": None, "truth": None},
        {"name": "a", "size": 1},
        SimpleNamespace(name="a", size=1, share=0.5, truth=False),
        UserDict(name="a", size=1, share=0.5, truth=False),
    ],
)
def test_a_plain_part_is_what_the_schema_shows(shown: Any) -> None:
    """A part of plain fields is dumped as marshmallow dumps it, whatever the values are."""
    schema = Plain(only=("name", "size", "ratio", "truth"))
    wanted = [("theName", "name", str), ("size", "size", int), ("ratio", "share", float)]
    wanted.append(("truth", "truth", bool))

    dumps = PlainPart(wanted, lambda: Functions.singly(schema.dump))
    usual = {"name": "b", "size": 2, "share": 1.5, "truth": False}

    same(dumps.one(shown), schema.dump(shown))
    for objects in ([shown], [usual, usual], [usual, shown], [shown, usual], []):
        same(dumps.all(objects), [schema.dump(each) for each in objects])


def test_a_part_of_all_attributes_is_in_order() -> None:
    """Attributes that were made for nothing are left out of one object and of many."""
    dumps = part_of(Functions.singly(lambda shown: dict(shown)), ("b", "a"))

    assert [*dumps.one({"a": 1, "b": 2, "c": 3}).items()] == [("b", 2), ("a", 1)]
    assert dumps.all([{"a": 1}, {"c": 2, "b": 3}]) == [{"a": 1}, {"b": 3}]
