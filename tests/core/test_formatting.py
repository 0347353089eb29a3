"""Formatting: status lines, Vary, and failures as responses."""

from __future__ import annotations

import pytest

from glue_core import GlueResponse
from glue_core.formatting import add_vary, status_line, varying


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, "200 OK"),
        (413, "413 Content Too Large"),
        (422, "422 Unprocessable Content"),
        (418, "418 I'm a Teapot"),
        (299, "299 Unknown"),
    ],
)
def test_status_line(status: int, line: str) -> None:
    """Reason phrases are those of RFC 9110; an unknown status has one as well."""
    assert status_line(status) == line


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (None, "Accept"),
        ("Accept", "Accept"),
        ("accept", "accept"),
        ("Origin", "Origin, Accept"),
        ("Accept-Language", "Accept-Language, Accept"),
    ],
)
def test_vary(present: str | None, expected: str) -> None:
    """A header is named once in Vary, whatever its case, beside what is there."""
    response = GlueResponse()
    if present is not None:
        response.meta["vary"] = present
    add_vary(response, "Accept")

    assert response.meta["vary"] == expected


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (None, "Accept, Store"),
        ("Store", "Store, Accept"),
        ("accept , STORE", "accept , STORE"),
        ("X", "X, Accept, Store"),
    ],
)
def test_headers_are_named_once(present: str | None, expected: str) -> None:
    """A header that an answer depends on already is not named again, whatever its case."""
    assert varying(present, ("Accept", "Store")) == expected
