"""Bodies: what is compiled from a schema loads as marshmallow does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from marshmallow import (
    EXCLUDE,
    INCLUDE,
    Schema,
    ValidationError,
    fields,
    post_load,
    pre_load,
    validate,
)

from glue_core import GlueError, UtcDateTime, codes
from glue_core.loading import compile_load
from glue_core.violations import Violation, prepare, violations


def each_once(values: list[Any]) -> None:
    """Refuse a value that stands in the list twice."""
    if len(set(values)) < len(values):
        raise ValidationError("Twice.")


def refuse(value: object) -> None:
    """Refuse whatever comes, for two reasons."""
    raise ValidationError(["Never.", Violation.of("Not that.", "that", {"a": 1})])


def odd(value: object) -> None:
    """Refuse in a way of its own."""
    raise ValidationError({"inner": ["Odd."]})


class Loud(validate.Length):
    """A validator of somebody's own, which does more than its base."""

    def __call__(self, value: Any) -> Any:
        return super().__call__(value + "!")


class Picky:
    """A choice that compares with its like alone."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Picky):
            raise TypeError("Not one of us.")
        return True

    __hash__ = None  # type: ignore[assignment]


class OwnWords(fields.String):
    """A field that has its own words for everything."""

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        return ValidationError(f"{key}!")


class OwnTime(UtcDateTime):
    """A field of somebody's own, which does more than its base."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        return super()._deserialize(value, *args, **kwargs) + timedelta(days=1)


DAY = datetime(2026, 1, 2, tzinfo=UTC)


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
    colour = fields.String(validate=[validate.OneOf(("red", "blue")), validate.Length(max=3)])
    level = fields.Integer(validate=validate.OneOf([1, 2, None], labels=["one", "two"]))
    echo = fields.String(validate=validate.Length(max=2, error="{input} is longer than {max}."))
    named = fields.String(validate=validate.Length(min=2, error="{min} or more."), allow_none=True)
    digits = fields.String(validate=validate.Regexp("[0-9]+$", error="Not {regex}."))
    email = fields.String(validate=[validate.Email(), validate.NoneOf(["a@b.example"])])
    never = fields.Integer(validate=[validate.Range(min=5, max_inclusive=False), refuse, odd])
    loud = fields.String(validate=Loud(max=2))
    agreed = fields.Boolean(validate=validate.Equal(True), truthy={True, "on"})
    reverse = fields.Boolean(truthy={False}, falsy={True})
    always = fields.Boolean(truthy={True, False}, falsy={False})
    above = fields.Integer(validate=validate.Range(min=5, min_inclusive=False))
    picky = fields.String(validate=validate.OneOf([Picky(), "a"]))
    share = fields.Float(validate=validate.Range(min=0, max=1), allow_nan=True)


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
    ("colour", "red"),
    ("colour", "blue"),
    ("colour", "green"),
    ("level", 1),
    ("level", 3),
    ("level", True),
    ("level", "2"),
    ("echo", "ab"),
    ("echo", "abc"),
    ("named", "a"),
    ("named", None),
    ("digits", "12"),
    ("digits", "1x"),
    ("email", "x@y.example"),
    ("email", "a@b.example"),
    ("email", "{input}"),
    ("never", 1),
    ("never", 7),
    ("loud", "a"),
    ("loud", "ab"),
    ("flag", False),
    ("flag", 1),
    ("agreed", True),
    ("agreed", False),
    ("agreed", "on"),
    ("agreed", "yes"),
    ("always", False),
    ("above", 5),
    ("above", 6),
    ("picky", "a"),
    ("picky", "b"),
    ("reverse", True),
    ("reverse", False),
    ("ratio", 0.0),
    ("ratio", 7),
    ("ratio", True),
    ("ratio", float("inf")),
    ("ratio", float("nan")),
    ("share", 0.5),
    ("share", 1.5),
    ("share", float("inf")),
)


def loaded(schema: Schema, values: Any, pointer: str = "") -> tuple[Any, list[GlueError]]:
    """Return what marshmallow makes of values, or the errors that it stands for."""
    try:
        return schema.load(values), []
    except ValidationError as error:
        return {}, violations(error.messages, pointer)


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
        expected, errors = loaded(schema, values, "/data")
        found, problems = load(values, "/data")

        assert (found, list(found)) == (expected, list(expected))
        assert problems == errors


class Times(Schema):
    """Fields of times."""

    at = UtcDateTime(data_key="happenedAt")
    due = UtcDateTime(required=True, validate=validate.Range(min=DAY, error="{min} or later."))
    loosely = UtcDateTime(allow_none=True, load_default=None, validate=refuse)
    zoned = UtcDateTime(default_timezone=timezone(timedelta(hours=2)))
    in_days = UtcDateTime(format="%d.%m.%Y %z")
    own_time = OwnTime()
    naive = fields.NaiveDateTime()
    aware = fields.AwareDateTime()
    either = fields.DateTime()
    stamp = fields.DateTime(format="timestamp")
    day = fields.Date(validate=validate.Range(max=DAY.date()))
    hour = fields.Time(allow_none=True)


TIMES = (
    "2026-01-02T03:04:05+01:00",
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.678901-11:30",
    "2026-01-02T03:04:05",
    "2026-01-02",
    "20260102T030405Z",
    "2026-W01-5",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "2026-02-30T00:00:00Z",
    "02.01.2026 +0100",
    "03:04:05",
    "03:04:05+01:00",
    "",
    "x",
    None,
    5,
    True,
    1.5,
    ["2026-01-02"],
)
"""Times, some in each zone or in none, and what is no time."""


@pytest.mark.parametrize("name", sorted(Times().fields))
def test_a_time_loads_as_marshmallow_loads_it(name: str) -> None:
    """Each text that is a time, or is none, gives the same time or messages; so does its lack."""
    schema = prepare(Times(only=[name]))
    load = compile_load(schema)
    key = schema.fields[name].data_key or name

    for values in ({}, *({key: each} for each in TIMES)):
        expected, errors = loaded(schema, values)
        found, problems = load(values, "")

        assert (found, problems) == (expected, errors)
        # Times in different zones may be equal.
        assert repr(found) == repr(expected)


@pytest.mark.parametrize("values", [{}, {"name": None}, {"name": 1}, {"name": "a"}], ids=str)
def test_a_field_has_its_own_words(values: dict[str, Any]) -> None:
    """A field that words its messages itself words those of a missing value, too."""
    schema = prepare(Schema.from_dict({"name": OwnWords(required=True)})())

    assert compile_load(schema)(values, "") == loaded(schema, values)


class Hooked(Thing):
    """The same, with a hook, which takes marshmallow's own way."""

    @pre_load
    def leave(self, values: Any, **_: Any) -> Any:
        return values


@pytest.mark.parametrize("kind", [Thing, Hooked])
def test_unknown_members_are_told_as_they_were_sent(kind: type[Schema]) -> None:
    """Several of them have the order of the body, in every process."""
    names = [f"unknown{number}" for number in (7, 3, 11, 5, 2, 13, 1)]
    values = {names[0]: 1, "count": 0, **dict.fromkeys(names[1:], 1)}

    _, problems = compile_load(prepare(kind()))(values, "")

    unknown = [each.pointer for each in problems if each.kind == "unknown"]
    assert unknown == [f"/{name}" for name in names]
    assert {each.pointer for each in problems} >= {"/title", "/count"}


def test_all_values_together() -> None:
    """What is wrong with several values is told in one order, unknown members last."""
    schema = prepare(Thing())
    values = {"unknown": 1, "title": "", "count": 0, "tags": ["a", "a"], "happenedAt": "x"}

    _, errors = loaded(schema, values)
    _, problems = compile_load(schema)(values, "")

    assert problems == errors
    assert [each.pointer for each in problems][-1] == "/unknown"


@pytest.mark.parametrize(
    "choices", [{"a", "b"}, frozenset("ab"), ["a", "b"]], ids=lambda each: type(each).__name__
)
def test_a_list_is_none_of_some_choices(choices: Any) -> None:
    """A choice of texts refuses a list, however the choices are kept."""

    class Tags(Schema):
        tags = fields.List(fields.String(), validate=validate.OneOf(choices))

    expected, errors = loaded(Tags(), {"tags": ["a"]})

    assert errors != []
    assert compile_load(Tags())({"tags": ["a"]}, "") == (expected, errors)


@pytest.mark.parametrize("values", [[], None, "x", 1])
def test_what_is_no_object_is_refused_as_marshmallow_does(values: Any) -> None:
    """A body that is no object has no attributes."""
    schema = prepare(Thing())

    assert compile_load(schema)(values, "") == loaded(schema, values)


def test_defaults_are_made_for_each_body() -> None:
    """A default that is made is another one in each body."""
    load = compile_load(Thing())

    first, second = (load({"title": "abc"}, "")[0] for _ in range(2))

    assert first["tags"] == []
    assert first["tags"] is not second["tags"]


def test_lists_are_copied() -> None:
    """What is loaded is not the list that came."""
    tags = ["a"]

    assert compile_load(Thing())({"title": "abc", "tags": tags}, "")[0]["tags"] is not tags


class WithHook(Thing):
    """A schema that does more than to ask its fields."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        return ("made", data["title"])


def test_hooks_run() -> None:
    """A schema with hooks takes marshmallow's own way."""
    found: Any = compile_load(WithHook())({"title": "abc"}, "")

    assert found == (("made", "abc"), [])


class WithSteps(Schema):
    """Fields that change their values around the loading."""

    name = fields.String(
        pre_load=lambda name: "none" if name is None else name.strip(),
        post_load=str.upper,
        allow_none=True,
        validate=validate.Length(min=1),
    )


@pytest.mark.parametrize("name", [" a ", "  ", "b", None])
def test_functions_of_fields_run(name: str) -> None:
    """Functions before and after the loading of a field are called."""
    schema = WithSteps()

    assert compile_load(schema)({"name": name}, "") == loaded(schema, {"name": name})


def test_a_time_is_loaded_in_utc() -> None:
    """What a client sends in another zone is a time in UTC, and says so."""
    sent = {"title": "abc", "happenedAt": "2026-01-02T03:04:05+01:00"}

    found, _ = compile_load(Thing())(sent, "")

    assert found["at"] == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC)


def test_a_validator_is_asked_once() -> None:
    """What a validator says of a value is what is told: it is not asked again for its words."""
    answers = iter([False, True])

    def moody(value: str) -> None:
        if not next(answers):
            raise ValidationError("No.")

    schema = Schema.from_dict({"name": fields.String(validate=moody)})()

    assert compile_load(schema)({"name": "a"}, "") == (
        {},
        [GlueError(422, codes.INVALID_ATTRIBUTE, "No.", pointer="/name")],
    )


def test_a_template_that_cannot_be_filled_in_fails_when_it_is_needed() -> None:
    """A validator whose words ask for what nobody has takes what it has nothing against."""
    rule = validate.Length(max=1, error="{nobody}")
    load = compile_load(Schema.from_dict({"name": fields.String(validate=rule)})())

    assert load({"name": "a"}, "") == ({"name": "a"}, [])
    with pytest.raises(KeyError):
        load({"name": "ab"}, "")


@pytest.mark.parametrize("kind", [Thing, WithHook])
@pytest.mark.parametrize("key", ["shown", "nobody"])
def test_what_clients_see_and_may_not_send_is_read_only(kind: type[Schema], key: str) -> None:
    """What is not loaded and shown is read-only, whether marshmallow is asked or not."""
    load = compile_load(prepare(kind()), shown=("title", "shown"))

    _, errors = load({"title": "abc", key: 1}, "/data/attributes")

    assert [(each.pointer, each.kind) for each in errors] == [
        (f"/data/attributes/{key}", "read_only" if key == "shown" else "unknown")
    ]


def test_names_of_fields_are_escaped_in_pointers() -> None:
    """A name with characters that mean something in a pointer stands in it as it must."""
    schema = prepare(Schema.from_dict({"a": fields.String(required=True, data_key="a/b~c'")})())

    for sent in ({}, {"a/b~c'": 1}):
        assert compile_load(schema)(sent, "/data")[1] == loaded(schema, sent, "/data")[1]
        assert compile_load(schema)(sent, "/data")[1][0].pointer == "/data/a~1b~0c'"
