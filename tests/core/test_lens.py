"""The lens: what it lacks does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields, validate, validates_schema
from marshmallow.exceptions import ValidationError

from glue_core import GlueResponse, Model, Operation, Relationship, Resource
from glue_core.operation import Method
from glue_core.security.lens import KEPT_LENSES, ModelType


class Attributes(Schema):
    """Attributes with all kinds of visibility."""

    name = fields.String(required=True, validate=validate.Length(max=3))
    secret = fields.String(load_only=True)
    created = fields.String(dump_only=True)
    tax_rate = fields.Integer(data_key="taxRate", strict=True)
    parts = fields.List(fields.Nested(lambda: Part()))


class Part(Schema):
    """A part."""

    size = fields.Integer(required=True, strict=True)


def related(resources: Any, request: Any) -> dict[str, Any]:
    """Relate nothing."""
    return {}


OWNER = Relationship("owner", "people", related, many=False)
GONE = Relationship("gone", "nothing", related)
THING = Resource("things", Attributes)
POST = Operation("post", lambda: GlueResponse(), "things", THING, sorts=("name",))


def model(*policies: Any) -> Model:
    """Make a model with two types."""
    types = {
        "things": ModelType(THING, {"owner": OWNER, "gone": GONE}),
        "people": ModelType(Resource("people", Part), {}),
    }
    return Model(types, policies) if policies else Model(types)


def test_attributes_are_named_as_clients_write_them() -> None:
    """Visible and writable attributes have their outward names, in schema order."""
    lens = model().lens("things")

    assert lens.attributes == ("name", "created", "taxRate", "parts")
    assert lens.writable == ("name", "secret", "taxRate", "parts")


def test_attributes_are_shown() -> None:
    """An object or a mapping is shown with what is visible."""
    shown = {"name": "a", "secret": "s", "tax_rate": 7}

    assert model().lens("things").attributes_of(shown) == {"name": "a", "taxRate": 7}


def test_sparse_attributes() -> None:
    """Only what is wanted is shown; unknown and hidden names do not matter."""
    lens = model().lens("things")
    shown = {"name": "a", "secret": "s", "tax_rate": 7}

    assert lens.attributes_of(shown, frozenset({"taxRate", "secret", "x"})) == {"taxRate": 7}
    assert lens.attributes_of(shown, frozenset({"x"})) == {}


def test_relationship_to_a_type_that_is_not_shown() -> None:
    """A relationship whose target the application does not show does not exist."""
    assert set(model().lens("things").relationships) == {"owner"}


def test_body_is_loaded() -> None:
    """Values come back by the names of the fields."""
    loaded, errors = model().lens("things").load({"name": "a", "taxRate": 7}, POST)

    assert (loaded, errors) == ({"name": "a", "tax_rate": 7}, [])


def test_every_violation_has_a_pointer() -> None:
    """All violations are told, with pointers into nested values; unknown members too."""
    values = {
        "name": "long",
        "taxRate": "7",
        "parts": [{"size": 1}, {"size": "x"}, {}],
        "a/b~c": 1,
        "created": "now",
    }
    _, errors = model().lens("things").load(values, POST)

    assert {each.pointer for each in errors} == {
        "/name",
        "/taxRate",
        "/parts/1/size",
        "/parts/2/size",
        "/a~1b~0c",
        "/created",
    }
    assert {(each.status, each.code) for each in errors} == {(422, "901")}


def test_violation_of_the_whole_points_to_the_whole() -> None:
    """A violation that no field is to blame for points to the attributes."""

    class Whole(Attributes):
        @validates_schema
        def check(self, data: Any, **rest: Any) -> None:
            raise ValidationError("Never.")

    types = {"things": ModelType(Resource("things", Whole), {})}
    _, errors = Model(types).lens("things").load({"name": "a"}, POST)

    assert [(each.pointer, each.message) for each in errors] == [("", "Never.")]


def test_patch_requires_nothing() -> None:
    """A partial write may leave required attributes out."""
    patch = Operation("patch", POST.handler, "things", THING)

    assert model().lens("things").load({}, patch) == ({}, [])
    assert model().lens("things").load({}, POST)[1] != []


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_operation_says_whether_it_is_partial(method: Method) -> None:
    """An operation may require attributes, or none, whatever its method."""
    whole = Operation(method, POST.handler, "things", THING, partial=False)
    partial = Operation(method, POST.handler, "things", THING, partial=True)

    _, errors = model().lens("things").load({}, whole)
    assert [(each.code, each.pointer) for each in errors] == [("901", "/name")]
    assert model().lens("things").load({}, partial) == ({}, [])


def test_denied_attribute_does_not_exist() -> None:
    """What a policy denies is neither shown, written, sorted by nor told of in errors."""

    def deny(grants: frozenset[str], type_: str, name: str, action: str) -> bool:
        return name not in ("name", "owner") or "admin" in grants

    secured = model(deny)
    lens, admin = secured.lens("things"), secured.lens("things", frozenset({"admin"}))

    assert "name" not in lens.attributes
    assert "name" not in lens.attributes_of({"name": "a", "created": "b"})
    assert (lens.sorts(POST), dict(lens.relationships)) == ((), {})
    assert "name" in admin.attributes
    assert admin.sorts(POST) == ("name",)


def test_denied_attribute_in_a_body_reads_like_an_unknown_one() -> None:
    """Writing a denied attribute is refused with the words for an unknown one."""

    def deny(grants: frozenset[str], type_: str, name: str, action: str) -> bool:
        return name != "secret"

    _, errors = model(deny).lens("things").load({"name": "a", "secret": 1, "unknown": 1}, POST)

    assert {each.pointer: (each.kind, each.message) for each in errors} == {
        "/secret": ("unknown", "Unknown field."),
        "/unknown": ("unknown", "Unknown field."),
    }


@pytest.mark.parametrize(
    ("source", "shown", "expected"),
    [
        ("id", {"id": 7}, "7"),
        ("id", {}, None),
        ("id", {"id": ""}, ""),
        ("id", {"id": 0}, "0"),
        (lambda shown: shown["a"], {"a": "x"}, "x"),
    ],
)
def test_ids(source: Any, shown: Any, expected: str | None) -> None:
    """An id comes from a field or a function, and is text; zero is an id."""
    types = {"things": ModelType(Resource("things", Attributes, id=source), {})}

    assert Model(types).lens("things").identify(shown) == expected


def test_lenses_are_kept_within_bounds() -> None:
    """One lens per set of grants is kept, and not without end."""
    kept = model()

    assert kept.lens("things") is kept.lens("things")
    for number in range(KEPT_LENSES + 10):
        kept.lens("things", frozenset({str(number)}))
    assert len(kept._lenses) <= KEPT_LENSES


def test_unknown_type() -> None:
    """A type that the application lacks has no lens."""
    with pytest.raises(KeyError):
        model().lens("nothing")
    assert "nothing" not in model()


def test_attribute_that_is_only_read_is_told_as_such() -> None:
    """Writing a visible attribute that is only read says so, and not that it is unknown."""
    _, errors = model().lens("things").load({"name": "a", "created": "b"}, POST)

    assert [(each.pointer, each.kind) for each in errors] == [("/created", "read_only")]
