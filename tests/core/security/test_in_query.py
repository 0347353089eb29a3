"""Credentials in the query: taken out of the address, and into headers."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.security.in_query import move_to_headers

HEADERS = {"api_key": "x-api-key"}


def moved(query: str, **others: Any) -> dict[str, Any]:
    """Return the environment of a request with a query, after the move."""
    environ = {"QUERY_STRING": query, "RAW_URI": f"/things?{query}", **others}
    move_to_headers(environ, HEADERS)
    return environ


@pytest.mark.parametrize(
    ("query", "left", "value"),
    [
        ("api_key=abc", "", "abc"),
        ("a=1&api_key=abc&b=2", "a=1&b=2", "abc"),
        ("api%5Fkey=a%2Bc", "", "a+c"),
        ("api_key", "", ""),
        ("api_key=", "", ""),
        ("api_key=a&api_key=a", "", "a,a"),
    ],
)
def test_parameter_becomes_the_header(query: str, left: str, value: str) -> None:
    """The parameter is the header from now on, and in no form of the address any more."""
    environ = moved(query)

    assert environ["HTTP_X_API_KEY"] == value
    assert environ["QUERY_STRING"] == left
    assert environ["RAW_URI"] == (f"/things?{left}" if left else "/things")


def test_header_wins() -> None:
    """A header that came as well stays; the parameter is taken out all the same."""
    environ = moved("api_key=query", HTTP_X_API_KEY="header")

    assert (environ["HTTP_X_API_KEY"], environ["QUERY_STRING"]) == ("header", "")


@pytest.mark.parametrize("query", ["", "a=1&&b=%zz", "api_keys=1&key=2", "x=api_key"])
def test_other_queries_stay(query: str) -> None:
    """A query without the parameter stays as it was sent."""
    environ = moved(query)

    assert environ == {"QUERY_STRING": query, "RAW_URI": f"/things?{query}"}
