"""Deriving schemas from others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, class_registry, fields, post_load, validate

from glue_core import AttributeChange
from glue_core.deriving import Missing, derived, names_of, same, with_attribute, with_rules


class Address(Schema):
    """Where somebody lives."""

    class Meta:
        """Options that what is derived keeps."""

        unknown = EXCLUDE
        exclude = ("secret",)

    city = fields.String(validate=validate.Length(max=5), metadata={"description": "A city."})
    zip_code = fields.String(data_key="zipCode")
    secret = fields.String()

    @post_load
    def mark(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Show that the hook ran."""
        return {**values, "marked": True}


class Person(Schema):
    """Somebody, with all the ways in which a schema holds another."""

    home = fields.Nested(Address, only=("city",))
    others = fields.List(fields.Nested(lambda: Address))
    friends = fields.Nested("self", many=True)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (validate.Length(min=1), validate.Length(min=1), True),
        (validate.Length(min=1), validate.Length(min=2), False),
        (validate.Length(min=1), validate.Range(min=1), False),
        (validate.OneOf(["a"]), validate.OneOf(["a"]), True),
        (validate.Regexp("a"), validate.Regexp("a"), True),
        (validate.Regexp("a"), validate.Regexp("a", flags=re.IGNORECASE), False),
        (validate.And(validate.Length(1)), validate.And(validate.Length(1)), True),
        (1, True, False),
        ((1, 2), (1, 2, 3), False),
        (len, len, True),
        (len, repr, False),
    ],
)
def test_values_that_mean_the_same(one: object, other: object, expected: bool) -> None:
    """Validators mean the same where their kind and limits are, whatever the objects."""
    assert same(one, other) is expected


def test_options_and_hooks_are_kept() -> None:
    """A derived schema has the options and the hooks of its base, and does not touch it."""
    kind = with_attribute(Address, "city", AttributeChange(rename="town"))

    assert kind().load({"town": "Ulm", "other": 1}) == {"city": "Ulm", "marked": True}
    assert set(names_of(kind)) == {"town", "zipCode"}
    assert set(names_of(Address)) == {"city", "zipCode"}


def test_description_of_the_base_stays() -> None:
    """A new description is the derived schema's alone."""
    kind = with_attribute(Address, "city", AttributeChange(description="A town."))

    assert kind().fields["city"].metadata == {"description": "A town."}
    assert Address().fields["city"].metadata == {"description": "A city."}


@pytest.mark.parametrize("path", ["home/city", "others/city"])
def test_nested_schemas(path: str) -> None:
    """What a schema nests is derived as well, with the options of the field around it."""
    kind = with_rules(Person, path, [validate.Length(min=3)], replaces=False, required=False)
    held, _ = path.split("/")
    value: Any = {"city": "Ul"}

    errors = kind().validate({held: value if held == "home" else [value]})

    assert errors
    assert not Person().validate({held: value if held == "home" else [value]})
    assert set(kind().fields["home"].schema.fields) == {"city"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["country", "home/country", "home/city/name", "friends/home"])
def test_what_is_not_there(path: str) -> None:
    """A path that leads nowhere, or into a schema that holds itself, is told."""
    with pytest.raises(Missing):
        with_attribute(Person, path, AttributeChange(nullable=True))


def test_names_of_schemas_stay_unique() -> None:
    """A derived schema does not make the name of its base ambiguous for those that nest by name."""
    derived(Address, {}, hidden=["city"])

    assert class_registry.get_class(f"{__name__}.Address") is Address
