"""Matching: a pure function from a path and a method to what answers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.matching import InvalidPath, Location, Matcher, segments_of


def location(template: str, *methods: str, types: tuple[str, ...] = ()) -> Location[str]:
    """Make a location whose targets are called after what they answer."""
    return Location(types, template, {m: f"{m} {template}" for m in methods}, f"405 {template}")


def matcher(
    items: dict[str, Any] | None = None,
    collections: dict[str, Any] | None = None,
    routes: list[Location[str]] | None = None,
) -> Matcher[str]:
    """Make a matcher with named refusals."""
    return Matcher(
        items or {},
        collections or {},
        routes or [],
        not_found="404",
        parent_not_found="404 parent",
        invalid="400",
        preflight="204",
    )


CARTS = matcher(
    {
        "carts": location("/carts/{}", "GET", "DELETE", types=("carts",)),
        "carts/items": location("/carts/{}/items/{}", "GET", types=("carts", "items")),
    },
    {"carts": location("/carts", "GET", "POST", types=("carts",))},
)


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/carts", "GET /carts"),
        ("POST", "/carts", "POST /carts"),
        ("GET", "/carts/1", "GET /carts/{}"),
        ("POST", "/carts/1", "405 /carts/{}"),
        ("GET", "/carts/1/items/2", "GET /carts/{}/items/{}"),
        ("GET", "/carts/1/items", "404"),
        ("GET", "/items/2", "404 parent"),
        ("OPTIONS", "/items/2", "204"),
        ("GET", "/other", "404"),
        ("GET", "", "404"),
        ("OPTIONS", "", "204"),
        ("GET", "/carts/\0", "400"),
        ("GET", "/carts/\xff", "400"),
    ],
)
def test_outcomes(method: str, path: str, target: str) -> None:
    """Each path and method leads to one target."""
    assert CARTS.match(method, path).target == target


def test_match_tells_the_chain() -> None:
    """A match names types, ids and the template."""
    match = CARTS.match("GET", "/carts/1/items/2")

    assert (match.types, match.ids) == (("carts", "items"), ("1", "2"))
    assert (match.template, match.parameters) == ("/carts/{}/items/{}", None)


def test_refusal_tells_the_chain() -> None:
    """A path that leads nowhere is still read in pairs, for those who look at refusals."""
    match = CARTS.match("GET", "/a/1/b")

    assert (match.types, match.ids, match.template) == (("a", "b"), ("1",), None)


def test_routes_are_asked_first() -> None:
    """A custom route wins over a location of types, for the methods it has."""
    both = matcher(
        {"carts": location("/carts/{}", "GET", "DELETE", types=("carts",))},
        routes=[location("/carts/{id}", "GET")],
    )

    assert both.match("GET", "/carts/1").target == "GET /carts/{id}"
    assert both.match("GET", "/carts/1").parameters == {"id": "1"}
    assert both.match("DELETE", "/carts/1").target == "DELETE /carts/{}"
    assert both.match("PUT", "/carts/1").target == "405 /carts/{id}"


def test_converted_placeholder_is_text() -> None:
    """A placeholder with a converter selects by its kind and is text all the same."""
    numbered = matcher(routes=[location("/n/{number:int}", "GET")])

    assert numbered.match("GET", "/n/007").parameters == {"number": "7"}
    assert numbered.match("GET", "/n/x").target == "404"


@pytest.mark.parametrize(
    ("path", "raw", "segments"),
    [
        ("/a/b", None, ["a", "b"]),
        ("/a/b/", None, ["a", "b"]),
        ("/a//", None, ["a", ""]),
        ("//a", None, ["", "a"]),
        ("/", None, [""]),
        ("", None, []),
        ("/\xc3\xa4", None, ["ä"]),
        ("/a/b", "/a%2Fb", ["a/b"]),
        ("/a/%", "/a/%25", ["a", "%"]),
        ("/a", "/a", ["a"]),
        ("/\xc3\xa4%", "/\xc3\xa4%25", ["ä%"]),
    ],
)
def test_segments(path: str, raw: str | None, segments: list[str]) -> None:
    """Paths are split before they are decoded where the raw path is known."""
    assert segments_of(path, raw) == segments


@pytest.mark.parametrize("raw", ["/%00", "/%FF", "/%C3", "/\u20ac%41"])
def test_raw_path_that_is_no_text(raw: str) -> None:
    """A raw path that does not decode is invalid, whatever the decoded path says."""
    with pytest.raises(InvalidPath):
        segments_of("/a", raw)


@given(
    st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), min_size=1)
)
def test_raw_path_brings_every_text_back(parts: list[str]) -> None:
    """Whatever ids are, encoding and splitting gives them back, slashes included."""
    encoded = ["".join(f"%{byte:02X}" for byte in part.encode("utf-8")) for part in parts]
    raw = "/" + "/".join(encoded)
    path = "/" + "/".join(part.encode("utf-8").decode("latin-1") for part in parts)

    assert segments_of(path, raw) == parts


@given(st.text(max_size=30), st.none() | st.text(max_size=30), st.sampled_from(["GET", "OPTIONS"]))
def test_every_path_leads_somewhere(path: str, raw: str | None, method: str) -> None:
    """Whatever a server hands over, there is a match and no exception."""
    assert CARTS.match(method, path, raw).target


PIECES = st.sampled_from(
    ["/", "carts", "items", "relationships", "1", "\0", "\xff", "\xc3\xa4", "a b", "."]
)


@given(
    st.lists(PIECES, max_size=7).map("".join),
    st.sampled_from(["GET", "POST", "OPTIONS"]),
    st.sampled_from(["", "/carts/{x}", "/{x}/1", "/items/{x}"]),
)
def test_most_paths_are_matched_at_once(path: str, method: str, route: str) -> None:
    """The short way of a type, or a type and an id, leads where the long one of any path does."""
    matched = matcher(
        {"carts": location("/carts/{}", "GET", types=("carts",))},
        {"carts": location("/carts", "GET", "POST", types=("carts",))},
        [location(route, "GET")] if route else [],
    )

    # What the client sent, where it has no escapes, says the same and takes the long way.
    assert matched.match(method, path) == matched.match(method, path, path)
