"""Queries, decoded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.building import MOST_PARAMETERS, _clean_query, parse_query

PARTS = st.text(alphabet="ab[]=%+&0é,.\0C3A9 ", max_size=12)


@given(st.lists(PARTS, max_size=5).map("&".join))
def test_a_query_is_decoded_as_forms_are(text: str) -> None:
    """Whatever is decoded quickly is what the standard library makes of it."""
    found = _clean_query(text)

    if found is not None:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
        assert list(found.items()) == pairs


@pytest.mark.parametrize(
    "text",
    [
        "a=%00",
        "a=\0",
        "a=1&a=2",
        "a=%ff",
        "&".join(f"n{number}=1" for number in range(MOST_PARAMETERS + 1)),
    ],
)
def test_what_is_wrong_is_noted(text: str) -> None:
    """A query with something wrong is not decoded quickly, and the error is noted."""
    request: Any = SimpleNamespace(parameters_string=text, errors=[])

    assert _clean_query(text) is None
    parse_query(request)
    assert [each.status for each in request.errors] == [400]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("page%5Boffset%5D=1&b", {"page[offset]": "1", "b": ""}),
        ("a=b+c%20d&&e=%C3%A9", {"a": "b c d", "e": "é"}),
        ("a==b", {"a": "=b"}),
        (f"a={'%41' * 500}", {"a": "A" * 500}),
    ],
)
def test_a_clean_query_is_decoded_quickly(text: str, expected: dict[str, str]) -> None:
    """Names and values of any length are decoded."""
    assert _clean_query(text) == expected
