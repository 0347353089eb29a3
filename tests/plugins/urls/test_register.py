"""Which addresses entities have."""

from __future__ import annotations

from typing import Any

import pytest


def check_changes(shop: Any) -> None:
    """Give entities addresses, and others after that."""
    shop.assign({"1": {"/a": "en_US", "/b": "de_DE"}, "2": {"/c": "en_US"}, "3": {}})
    assert shop.work() == 3
    shop.assign({"1": {"/b": "en_US", "/d": "en_US"}, "2": {"/c": "en_US"}})

    # /c is as it was.
    assert shop.work() == 3
    found = {path: shop.reader.resolve(path, "DE") for path in ("/a", "/b", "/c", "/d")}
    assert {path: url and (url.entity_id, url.locale) for path, url in found.items()} == {
        "/a": None,
        "/b": ("1", "en_US"),
        "/c": ("2", "en_US"),
        "/d": ("1", "en_US"),
    }


def test_only_changes_are_told(addresses: Any) -> None:
    """Addresses that are new, gone or in another locale are published; others say nothing."""
    check_changes(addresses)


def test_only_changes_are_told_on_postgresql(postgresql_addresses: Any) -> None:
    """So it is on PostgreSQL."""
    check_changes(postgresql_addresses)


def test_entity_without_addresses_has_none(addresses: Any) -> None:
    """An entity that is assigned nothing loses its addresses, and they are no more."""
    addresses.assign({"1": {"/a": "en_US"}})
    addresses.work()
    addresses.assign({"1": {}})
    addresses.work()

    assert addresses.published() == []


def test_unnamed_entities_keep_theirs(addresses: Any) -> None:
    """What is said of some entities is nothing about others, nor about another type."""
    addresses.assign({"1": {"/a": "en_US"}, "2": {"/b": "en_US"}})
    addresses.assign({"1": {"/c": "en_US"}}, "cms-pages")
    addresses.assign({"1": {}})
    addresses.work()

    assert addresses.published() == ["urls:v1:/b", "urls:v1:/c"]


@pytest.mark.parametrize("ids", [("1", "2"), ("2", "1")])
def test_path_may_move_in_any_order(addresses: Any, ids: tuple[str, str]) -> None:
    """A path that moves to another entity is there, whichever of the two is heard of first."""
    addresses.assign({"1": {"/a": "en_US"}})
    addresses.work()
    now: dict[str, dict[str, str]] = {"1": {}, "2": {"/a": "en_US"}}
    for each in ids:
        addresses.assign({each: now[each]})
        addresses.work()

    assert addresses.leads_to("/a") == "2"


def test_imported_addresses_stay(addresses: Any) -> None:
    """What an entity is assigned takes nothing away from what was imported for it."""
    addresses.load(url=[["/old", "en_US", "lamps", "1"]])
    addresses.assign({"1": {"/new": "en_US"}})
    addresses.assign({"1": {}})
    addresses.work()

    assert (addresses.leads_to("/old"), addresses.leads_to("/new")) == ("1", None)
