"""Rules inside rules: objects, lists, alternatives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Judge = Callable[..., list[str]]

ADDRESS = """
- Collection:
    fields:
      street: [NotBlank]
      city:
        - Optional:
            constraints: [NotBlank, {Length: {max: 3}}]
      country:
        - Required: [Country]
"""


def test_object_that_is_none(judge: Judge) -> None:
    """A Collection refuses what is no object, and passes null."""
    assert judge(ADDRESS, "x") == [
        "a => This value should be of type array|(Traversable&ArrayAccess)."
    ]
    assert judge(ADDRESS, None) == []


def test_missing_and_unexpected_fields(judge: Judge) -> None:
    """Fields that lack, and those that nobody named, are broken rules with a path of their own."""
    assert judge(ADDRESS, {"city": "", "zip": 1}) == [
        "a.street => This field is missing.",
        "a.city => This value should not be blank.",
        "a.country => This field is missing.",
        "a.zip => This field was not expected.",
    ]


def test_optional_field(judge: Judge) -> None:
    """An optional field may lack; there, its rules count, for null too."""
    fine = {"street": "x", "country": "AT"}

    assert judge(ADDRESS, fine) == []
    assert judge(ADDRESS, {**fine, "city": "Wien"}) == [
        "a.city => This value is too long. It should have 3 characters or less."
    ]
    assert judge(ADDRESS, {**fine, "city": None}) == ["a.city => This value should not be blank."]


def test_settings_of_a_collection(judge: Judge) -> None:
    """Missing and extra fields can be allowed, and have texts of the file."""
    fields = "fields: {b: [NotBlank]}"

    assert judge(f"- Collection: {{{fields}, allowMissingFields: true}}", {}) == []
    assert judge(f"- Collection: {{{fields}, allowExtraFields: true}}", {"b": 1, "c": 2}) == []
    assert judge(
        f"- Collection:\n    {fields}\n    missingFieldsMessage: 'No {{{{ field }}}}!'\n"
        "    extraFieldsMessage: 'Why {{ field }}?'",
        {"c": 2},
    ) == ['a.b => No "b"!', 'a.c => Why "c"?']


def test_collection_without_options(judge: Judge) -> None:
    """A mapping that names no option of a Collection is its fields."""
    assert judge("- Collection: {b: [NotBlank], c: []}", {"b": ""}) == [
        "a.b => This value should not be blank.",
        "a.c => This field is missing.",
    ]


def test_list_is_an_array_too(judge: Judge) -> None:
    """PHP sees an object and a list alike: the fields of a list are its indexes."""
    assert judge("- Collection: {fields: {0: [Type: string], 1: [NotBlank]}}", [7, "x"]) == [
        "a.0 => This value should be of type string."
    ]


def test_all_of_a_list(judge: Judge) -> None:
    """The rules of All are for each entry, and the path has its index or name."""
    rule = "- All:\n    - NotBlank\n    - Collection: {sku: [NotBlank], amount: [Positive]}"

    assert judge(rule, [{"sku": "x", "amount": 0}, None, {"sku": "x", "amount": 1}]) == [
        "a.0.amount => This value should be positive.",
        "a.1 => This value should not be blank.",
    ]
    assert judge("- All: [Type: string]", {"x": 1}) == [
        "a.x => This value should be of type string."
    ]
    assert judge("- All: {constraints: [NotBlank]}", "text") == [
        "a => This value should be of type iterable."
    ]
    assert judge("- All: NotBlank", None) == []


def test_at_least_one_of(judge: Judge) -> None:
    """One alternative is enough; otherwise the text has that of each."""
    rule = "- AtLeastOneOf:\n    - Regex: '/#/'\n    - Length: {min: 10}\n    - All: [NotBlank]"

    assert judge(rule, "a#b") == []
    assert judge(rule, "long enough") == []
    assert judge(rule, "short") == [
        "a => This value should satisfy at least one of the following constraints: "
        "[1] This value is not valid. "
        "[2] This value is too short. It should have 10 characters or more. "
        "[3] Each element of this collection should satisfy its own set of constraints."
    ]


def test_texts_of_at_least_one_of(judge: Judge) -> None:
    """The text is the file's, and can go without those of the alternatives."""
    rule = (
        "- AtLeastOneOf:\n    constraints: [Blank, {All: [Blank]}]\n    message: 'None:'\n"
        "    messageCollection: each"
    )

    assert judge(rule, [1]) == ["a => None: [1] This value should be blank. [2] each"]
    assert judge(f"{rule}\n    includeInternalMessages: false", [1]) == ["a => None:"]


def test_sequentially(judge: Judge) -> None:
    """What comes after a broken rule is not asked."""
    rule = "- Sequentially: [NotBlank, {Type: string}, {Length: {min: 3}}]"

    assert judge(rule, []) == ["a => This value should not be blank."]
    assert judge(rule, 1) == ["a => This value should be of type string."]
    assert judge(rule, "ab") == [
        "a => This value is too short. It should have 3 characters or more."
    ]
    assert judge(rule, "abc") == []


def test_attribute_that_is_optional(judge: Judge) -> None:
    """Null is a value: an optional attribute is one that lacks, not one that is null."""
    assert judge("- Optional:\n    constraints:\n      - NotBlank", None) == [
        "a => This value should not be blank."
    ]


@pytest.mark.parametrize("rule", ["- Required", "- Required: ~", "- Required: {constraints: []}"])
def test_required_alone(judge: Judge, rule: str) -> None:
    """Required without rules asks for the attribute alone."""
    assert judge(rule, None) == []


def test_names_of_symfony(judge: Judge) -> None:
    """The classes of Symfony's own constraints are read as their names."""
    rule = r"- Symfony\Component\Validator\Constraints\NotBlank"

    assert judge(rule, "") == ["a => This value should not be blank."]


def test_groups_and_payload(judge: Judge) -> None:
    """The group that is asked, and the payload, change nothing."""
    rule = "- NotBlank: {groups: [Default, create], payload: {severity: error}}"

    assert judge(rule, "") == ["a => This value should not be blank."]
