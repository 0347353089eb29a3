"""HTTP: what a request gets out of a WSGI environment."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.http import HttpSource
from glue_core.target import host_of


def source(**environ: Any) -> HttpSource:
    """Make the HTTP side of a request."""
    return HttpSource(environ, 100)


def test_headers_are_lists_by_lower_case_names() -> None:
    """Headers are lists; the content type is always there."""
    assert source(HTTP_X_A="1", CONTENT_LENGTH="5").headers() == {
        "content-type": [""],
        "x-a": ["1"],
        "content-length": ["5"],
    }


@pytest.mark.parametrize(
    ("environ", "name", "expected"),
    [
        ({"HTTP_X_A": "1"}, "x-a", "1"),
        ({"CONTENT_TYPE": "a/b"}, "content-type", "a/b"),
        ({"CONTENT_TYPE": ""}, "content-type", None),
        ({"HTTP_CONTENT_TYPE": "a/b"}, "content-type", None),
        ({}, "x-a", None),
    ],
)
def test_one_header(environ: dict[str, str], name: str, expected: str | None) -> None:
    """A header is found by its lower-case name."""
    assert source(**environ).header(name) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Shop.Example", "shop.example"),
        ("shop.example:8080", "shop.example"),
        ("[::1]:8080", "[::1]"),
        ("[::1]", "[::1]"),
        (None, ""),
        ("", ""),
        ("shop.example:", "shop.example"),
        ("shop_1.example", "shop_1.example"),
        ('a"b<c>', ""),
        ("a b/c?d#e@f", ""),
        ("h@evil:1", ""),
        ("a,b", ""),
        ("shop.example:99999", ""),
        ("shop.example:x", ""),
        ("shop.example:80:80", ""),
        ("[::1", ""),
        ("[::1]x", ""),
        ("shöp.example", ""),
    ],
)
def test_host(header: str | None, expected: str) -> None:
    """The host has no port and is in lower case; what is no host counts as none."""
    assert host_of({} if header is None else {"HTTP_HOST": header}) == expected
