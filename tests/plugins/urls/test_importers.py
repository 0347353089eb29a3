"""Importing addresses and redirects."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("file", "row", "told"),
    [
        ("url", ["lamp", "en_US", "lamps", "1"], "'url': 'lamp' is no path that starts with '/'."),
        ("url", ["", "en_US", "lamps", "1"], "'url': The value is missing."),
        ("url", ["/a", "English", "lamps", "1"], "'locale': 'English' is no name of a locale"),
        ("url", ["/a", "en_US", "Lamps!", "1"], "'entity_type': 'Lamps!' is no type such as"),
        ("url", ["/a", "en_US", "lamps", ""], "'entity_id': The value is missing."),
        ("url_redirect", ["/a", "https://shop.example/"], "'to_url': 'https://shop.example/' is"),
        ("url_redirect", ["/a", "/a"], "'to_url': '/a' leads to itself."),
    ],
)
def test_bad_row_is_explained(addresses: Any, file: str, row: list[str], told: str) -> None:
    """A row that cannot be taken is told with its column and the reason, and changes nothing."""
    (error,) = addresses.load(**{file: [row]}).errors

    assert f"column {told}" in str(error)
    assert addresses.work() == 0


def test_imported_addresses_are_published(addresses: Any) -> None:
    """What the files say is what readers find; the last row of a path counts."""
    report = addresses.load(
        url=[["/en/lamp", "en_US", "lamps", "1"]],
        url_redirect=[["/old", "/nowhere"], ["/old", "/en/lamp"]],
    )
    addresses.work()

    assert report.errors == []
    assert (addresses.leads_to("/en/lamp"), addresses.leads_to("/old")) == ("1", "1")


def test_repeated_import_tells_nobody(addresses: Any) -> None:
    """A second import of the same files changes nothing, so nothing is published."""
    files = {"url": [["/a", "en_US", "lamps", "1"]], "url_redirect": [["/b", "/a"]]}
    addresses.load(**files)
    first = addresses.work()
    addresses.load(**files)

    assert (first, addresses.work()) == (2, 0)
