"""Names in snake case: which are respelled, and which are data."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from glue_core import ConfigurationError
from glue_core.spelling import snake_case, spelling_of


class Part(Schema):
    """A schema that nests itself."""

    partName = fields.String()
    subParts = fields.List(fields.Nested(lambda: Part()))


class Whole(Schema):
    """Every kind of nesting."""

    mainName = fields.String()
    renamed = fields.String(data_key="someOtherName")
    onePart = fields.Nested(Part)
    manyParts = fields.Nested(Part, many=True)
    byKey = fields.Dict(values=fields.Nested(Part))
    freeForm = fields.Dict()
    plucked = fields.Pluck(Part, "partName")


SPELLING = spelling_of(Whole)

DECLARED: dict[str, Any] = {
    "mainName": "x",
    "someOtherName": None,
    "onePart": {"partName": "a", "subParts": [{"partName": "b", "subParts": []}]},
    "manyParts": [{"partName": "c"}],
    "byKey": {"freeKey": {"partName": "d"}},
    "freeForm": {"keepMe": {"partName": 1}},
    "plucked": "partName",
}
SNAKE: dict[str, Any] = {
    "main_name": "x",
    "some_other_name": None,
    "one_part": {"part_name": "a", "sub_parts": [{"part_name": "b", "sub_parts": []}]},
    "many_parts": [{"part_name": "c"}],
    "by_key": {"freeKey": {"part_name": "d"}},
    "free_form": {"keepMe": {"partName": 1}},
    "plucked": "partName",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "name"),
        ("mainName", "main_name"),
        ("imageURL", "image_url"),
        ("URLOfImage", "url_of_image"),
        ("value2Go", "value2_go"),
        ("already_snake", "already_snake"),
        ("with-dash", "with-dash"),
    ],
)
def test_name(name: str, expected: str) -> None:
    """A hump starts a word, and an acronym is one."""
    assert snake_case(name) == expected


def test_declared_names_go_out_in_snake_case() -> None:
    """Names that schemas declare are respelled at every depth; free keys and values are not."""
    assert SPELLING.to_snake_case(DECLARED) == SNAKE


def test_declared_names_come_in_from_snake_case() -> None:
    """The way in is the way out, backwards."""
    assert SPELLING.from_snake_case(SNAKE) == DECLARED


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*SNAKE, *DECLARED, "odd"]), inner, max_size=4)
        ),
        max_leaves=20,
    )
)
def test_nothing_that_is_sent_gets_lost(value: Any) -> None:
    """Whatever a client sends, no member disappears, at any depth."""

    def members(part: Any) -> int:
        if isinstance(part, dict):
            return len(part) + sum(members(each) for each in part.values())
        return sum(members(each) for each in part) if isinstance(part, list) else 0

    assert members(SPELLING.from_snake_case(value)) == members(value)


def test_both_spellings_are_left_to_the_validation() -> None:
    """A name that was sent in both spellings is not chosen in silence."""
    assert SPELLING.from_snake_case({"main_name": 1, "mainName": 2}) == {
        "main_name": 1,
        "mainName": 2,
    }


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", ""),
        ("/mainName", "/main_name"),
        ("/manyParts/0/partName", "/many_parts/0/part_name"),
        ("/onePart/subParts/1/subParts", "/one_part/sub_parts/1/sub_parts"),
        ("/byKey/freeKey/partName", "/by_key/freeKey/part_name"),
        ("/freeForm/partName", "/free_form/partName"),
        ("/unknownName/partName", "/unknownName/partName"),
    ],
)
def test_pointer(pointer: str, expected: str) -> None:
    """A pointer leads to what the client wrote."""
    assert SPELLING.pointer(pointer) == expected


def test_two_names_that_become_one_are_refused() -> None:
    """A schema whose names cannot be told apart in snake case is a mistake."""

    class Odd(Schema):
        mainName = fields.String()
        main_name = fields.String()

    with pytest.raises(ConfigurationError, match="'mainName' and 'main_name'"):
        spelling_of(Odd)
