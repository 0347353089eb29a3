"""Negotiation: which convention the headers of a request select."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.negotiation import KEPT_ANSWERS, Negotiator, read_accept


@dataclass(frozen=True)
class Spoken:
    """What negotiation looks at of a convention."""

    name: str | None
    media_types: tuple[str, ...]
    priority: int = 0


PLAIN = Spoken(None, ("application/json",))
JSON_API = Spoken("json_api", ("application/vnd.api+json",), 10)
JSON_API_SPOKEN = ("json_api", "application/vnd.api+json")
HAL = Spoken("hal", ("application/hal+json", "text/hal"), 5)


def negotiator(*conventions: Spoken) -> Negotiator:
    """Make a negotiator for plain JSON and these conventions."""
    known: dict[str | None, Any] = {each.name: each for each in (PLAIN, *conventions)}
    return Negotiator(known, None)


@pytest.mark.parametrize(
    ("method", "content_type", "accept", "expected"),
    [
        ("GET", None, None, (None, "application/json")),
        ("GET", None, "", (None, "application/json")),
        ("GET", None, "*/*", (None, "application/json")),
        ("GET", None, "application/*", (None, "application/json")),
        ("GET", None, "application/vnd.api+json", ("json_api", "application/vnd.api+json")),
        ("GET", None, "Application/Vnd.Api+Json", ("json_api", "application/vnd.api+json")),
        ("GET", None, "application/vnd.api+json, */*", ("json_api", "application/vnd.api+json")),
        ("DELETE", None, "application/vnd.api+json", ("json_api", "application/vnd.api+json")),
        ("GET", None, "application/vnd.api+json;q=0, */*", (None, "application/json")),
        ("GET", None, "application/json;q=0, */*", ("json_api", "application/vnd.api+json")),
        ("GET", None, "text/*", ("hal", "text/hal")),
        ("GET", None, "text/hal, application/json", ("hal", "text/hal")),
        ("GET", None, "text/hal;q=0.4, application/json ; q=0.5", (None, "application/json")),
        ("GET", None, "application/json; charset=utf-8", (None, "application/json")),
        ("GET", None, "text/html", (None, None)),
        ("GET", None, "text/html, */*;q=0.1", (None, "application/json")),
        ("GET", None, "*/*;q=0", (None, None)),
        ("GET", "application/vnd.api+json", None, ("json_api", "application/vnd.api+json")),
        ("GET", "application/json", "text/hal", ("hal", "text/hal")),
        ("POST", "application/vnd.api+json", "text/html", ("json_api", None)),
        ("POST", "application/vnd.api+json", "application/json", ("json_api", None)),
        ("POST", "application/vnd.api+json", "text/html, */*;q=0.1", JSON_API_SPOKEN),
        ("POST", "application/vnd.api+json", "application/*", JSON_API_SPOKEN),
        (
            "POST",
            "application/vnd.api+json",
            "application/vnd.api+json;q=0, */*",
            ("json_api", None),
        ),
        ("GET", "application/vnd.api+json", "text/html", ("json_api", None)),
        ("POST", "application/hal+json", "text/html", ("hal", None)),
        ("POST", "application/hal+json", "text/hal", ("hal", "application/hal+json")),
        ("POST", "application/vnd.api+json; x=1", None, ("json_api", "application/vnd.api+json")),
        ("POST", "APPLICATION/VND.API+JSON", None, ("json_api", "application/vnd.api+json")),
        ("POST", "application/json", "application/hal+json", (None, None)),
        ("POST", "application/json", "application/hal+json, */*;q=0", (None, None)),
        ("POST", "application/json", "application/hal+json, */*", (None, "application/json")),
        ("POST", "text/csv", "application/hal+json", ("hal", "application/hal+json")),
        ("POST", "application/vnd.api+jsonx", None, (None, "application/json")),
    ],
)
def test_selection(
    method: str,
    content_type: str | None,
    accept: str | None,
    expected: tuple[str | None, str | None],
) -> None:
    """The body's format selects if it is accepted, then what is accepted, exact types first."""
    selected = negotiator(JSON_API, HAL).select(method, content_type, accept)

    assert (selected.convention, selected.accepted_format) == expected


@pytest.mark.parametrize(
    ("accept", "format_"),
    [
        ("text/html", "application/vnd.api+json"),
        ("application/json", "application/vnd.api+json"),
    ],
)
def test_body_may_decide_alone(accept: str, format_: str) -> None:
    """A convention that answers in kind does not ask what else the client accepts."""
    known: dict[str | None, Any] = {None: PLAIN, "json_api": JSON_API}
    lenient = Negotiator(known, None, in_kind=["json_api"])

    selected = lenient.select("POST", "application/vnd.api+json", accept)

    assert (selected.convention, selected.accepted_format) == ("json_api", format_)


def test_priority_decides_between_two_conventions_of_a_type() -> None:
    """Of two conventions with one media type the larger priority is selected."""
    low, high = Spoken("low", ("text/x",), 1), Spoken("high", ("text/x",), 2)

    assert negotiator(low, high).select("GET", None, "text/x").convention == "high"
    assert negotiator(high, low).select("GET", None, "text/x").convention == "high"


def test_answers_are_kept_within_bounds() -> None:
    """Clients that send ever new headers do not make the memory grow."""
    asked = negotiator()
    for number in range(KEPT_ANSWERS + 10):
        asked.select("GET", None, f"text/x{number}")

    assert len(asked._known) <= KEPT_ANSWERS


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("a/b;q=0.1, c/d", ["c/d", "a/b"]),
        ("a/b, c/d", ["a/b", "c/d"]),
        ("a/b;q=2, c/d;q=-1, e/f;q=x, g/h", ["g/h"]),
        ("a, /, a/, /b, ;q=1, ,", []),
        ("a/b;Q=0.5;x=y, c/d;level=1", ["c/d", "a/b"]),
        ("a/b;q=nan, c/d", ["c/d"]),
    ],
)
def test_accept_header(header: str, expected: list[str]) -> None:
    """Entries are ordered by quality; what makes no sense is left out."""
    assert [f"{each.main}/{each.sub}" for each in read_accept(header)] == expected


@given(st.none() | st.text(max_size=60), st.none() | st.text(max_size=60))
def test_every_header_selects_something(content_type: str | None, accept: str | None) -> None:
    """Whatever the headers are, one convention is selected."""
    selected = negotiator(JSON_API).select("POST", content_type, accept)

    assert selected.convention in (None, "json_api")


def test_convention_that_nobody_selects() -> None:
    """One whose media types all belong to others with a higher priority is known as such."""
    hidden = Spoken("quiet", ("text/hal", "Application/Vnd.Api+Json"), 1)
    beside = Spoken("beside", ("text/hal", "text/beside"), 1)

    assert negotiator(JSON_API, HAL, hidden, beside).unselectable() == ("quiet",)
