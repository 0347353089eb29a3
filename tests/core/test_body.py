"""The strict JSON reader that every convention shares."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.body import DEEPEST_NESTING, pointer_to, read_json
from glue_core.messages import GlueRequest
from glue_core.operation import Operation


class Source:
    """A transport that holds nothing but a body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def header(self, name: str) -> str | None:
        return None

    def headers(self) -> dict[str, list[str]]:
        return {}

    def query_string(self) -> str:
        return ""

    def attributes(self) -> Mapping[str, Any]:
        return {}

    def body(self) -> bytes:
        return self._body


def posted(body: bytes) -> GlueRequest:
    """Return a request with a body."""
    handler: Callable[..., Any] = lambda: None  # noqa: E731
    return GlueRequest(
        Source(body),
        operation=Operation("post", handler, "things"),
        start_work=lambda _: pytest.fail("Reading a body starts no work."),
        deadline=0.0,
    )


def test_value_is_returned() -> None:
    """A JSON document comes back as it was sent, and nothing is noted."""
    request = posted(b'{"a": [1, 2.5, "x:\\"y\\":z", null, true], "b": {"a": {}}}')

    assert read_json(request) == {"a": [1, 2.5, 'x:"y":z', None, True], "b": {"a": {}}}
    assert request.errors == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"null",
        b"{",
        b"{}{}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b'{"a": 1,}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """What is no JSON document answers 400 with the code 014 and points to the whole."""
    request = posted(body)

    assert read_json(request) is None
    (error,) = request.errors
    assert (error.status, error.code, error.pointer) == (400, "014", "")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"b": [{"a": 1, "\\u0061": 2}]}',
        b'{"a": {"a": 1}, "a": ":"}',
        b'{"a": 1, "b": "\\u003a", "a": 1}',
        b'{"a": 1, "\\u003A": 1, "a": 1}',
        b'{"a": ":", "b": "\\\\\\u003a", "a": 1}',
    ],
)
def test_member_sent_twice_is_refused(body: bytes) -> None:
    """An object that has a member twice is refused, and the member is named."""
    request = posted(body)

    assert read_json(request) is None
    assert request.errors[0].message == "An object has the member 'a' more than once."


def test_nul_in_a_text_is_refused_where_it_stands() -> None:
    """A NUL character is refused with a pointer to its text."""
    request = posted(b'{"a/b": [0, {"c~": "x\\u0000"}]}')

    assert read_json(request) is None
    assert request.errors[0].pointer == "/a~1b/1/c~0"


def test_nul_in_a_name_is_refused() -> None:
    """A NUL character in a member's name is refused with a pointer to the object."""
    request = posted(b'{"a": {"\\u0000": 1}}')

    assert read_json(request) is None
    assert request.errors[0].pointer == "/a"


def test_escaped_backslash_before_u0000_is_no_nul() -> None:
    """A text that spells out backslash-u-zeroes passes."""
    request = posted(b'["\\\\u0000"]')

    assert read_json(request) == ["\\u0000"]


@pytest.mark.parametrize(
    ("levels", "passes"), [(DEEPEST_NESTING, True), (DEEPEST_NESTING + 1, False)]
)
def test_nesting_is_limited(levels: int, passes: bool) -> None:
    """The deepest nesting passes, one level more is refused."""
    request = posted(b"[" * levels + b"]" * levels)

    assert (read_json(request) is not None) is passes
    assert (request.errors == []) is passes


def test_pointer_escapes() -> None:
    """Slashes and tildes in names are escaped; no name points to the whole document."""
    assert pointer_to("data", 0, "a/b~c") == "/data/0/a~1b~0c"
    assert pointer_to() == ""


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_raise(body: bytes) -> None:
    """Whatever bytes come: either a value or exactly one error, never an exception."""
    request = posted(body)

    value = read_json(request)

    assert (value is None) == (len(request.errors) == 1)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(
    st.recursive(
        st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=20,
    ),
    st.booleans(),
)
def test_every_json_value_is_read_back(value: object, spaced: bool) -> None:
    """Every value without a NUL passes, however it is spelled: no false repeated member."""
    request = posted(json.dumps(value, indent=1).encode() if spaced else orjson.dumps(value))

    assert read_json(request) == value
    assert request.errors == []


@pytest.mark.parametrize("body", [b'{"a": "\\u003a"}', b'{"\\u003A:": "\\\\u003a", "b": ":"}'])
def test_colons_in_texts_are_no_members(body: bytes) -> None:
    """Colons in texts, spelled as they like, are not taken for members."""
    request = posted(body)

    assert read_json(request) == json.loads(body)
    assert request.errors == []


@pytest.mark.parametrize("number", [b"18446744073709551616", b"-9223372036854775809", b"1" * 200])
def test_whole_number_beyond_64_bits_is_refused(number: bytes) -> None:
    """A whole number that would become inexact is an error, not another number."""
    request = posted(b'{"a": [' + number + b"]}")

    assert read_json(request) is None
    assert "64 bits" in request.errors[0].message


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 18446744073709551615}',
        b'{"a": -9223372036854775808}',
        b'{"a": "18446744073709551616"}',
        b'{"a": 1.8446744073709551616}',
        b'{"a": 18446744073709551616.5}',
    ],
)
def test_long_number_that_fits_is_taken(body: bytes) -> None:
    """Texts, fractions and whole numbers of up to 64 bits pass."""
    request = posted(body)

    assert read_json(request) == json.loads(body)
    assert request.errors == []
