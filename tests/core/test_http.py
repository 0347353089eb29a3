"""HTTP: what a request gets out of a WSGI environment."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.http import HttpSource
from glue_core.target import KEPT_ORIGINS, LONGEST_KEPT, Origins, base_url_of, host_of


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


@pytest.mark.parametrize("configured", [None, "https://shop.example/api"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("header", ["Shop.Example:80", "other.example", "a b", "", None])
@pytest.mark.parametrize("mounted", ["/api", "", None])
def test_origins(
    configured: str | None, scheme: str, header: str | None, mounted: str | None
) -> None:
    """Host and start of links are those of the request, the second time as well."""
    environ = {"wsgi.url_scheme": scheme, "HTTP_HOST": header, "SCRIPT_NAME": mounted or ""}
    origins = Origins(configured)

    once, again = (origins[scheme, header, mounted] for _ in range(2))

    assert once == again == (host_of(environ), base_url_of(environ, configured))
    assert len(origins) == 1


def test_origins_differ_by_all_that_they_are_made_of() -> None:
    """No request gets the address of another one."""
    origins = Origins(None)
    keys = [
        (scheme, header, mounted)
        for scheme in ("http", "https")
        for header in ("a.example", "a.example:8080", "A.example")
        for mounted in ("", "/a")
    ]

    found = [[origins[key] for key in keys] for _ in range(2)]

    assert found[0] == found[1]
    assert len({base_url for _, base_url in found[0]}) == len(keys)


def test_few_origins_are_kept() -> None:
    """Clients that name ever other hosts, or long ones, take no more memory."""
    origins = Origins(None)

    for number in range(3 * KEPT_ORIGINS):
        assert origins["http", f"host{number}", ""] == (f"host{number}", f"http://host{number}")
    assert 0 < len(origins) <= KEPT_ORIGINS
    kept, long = len(origins), "a" * (LONGEST_KEPT + 1)
    assert origins["http", long, ""] == (long, f"http://{long}")
    assert origins["http", "a", f"/{long}"] == ("a", f"http://a/{long}")
    assert len(origins) == kept
