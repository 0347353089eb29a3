"""Where published addresses lead."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from glue_stores import Market
from glue_urls import Url
from glue_urls.reading import MOST_REDIRECTS


@pytest.fixture
def shop(addresses: Any) -> Any:
    """A shop with a lamp that has a page in two languages, and a broken one."""
    addresses.assign({"1": {"/en/lamp": "en_US", "/de/lampe": "de_DE"}})
    addresses.assign({"broken": {"/en/broken": "en_US"}, "2": {"/fr/lampe": "fr_FR"}})
    addresses.work()
    return addresses


@pytest.mark.parametrize(
    "path",
    ["/en/lam", "/en/lamp/", "/en/lamp?a=b", "/EN/lamp", "en/lamp", "https://x/en/lamp", "", "\0"],
)
def test_path_matches_to_the_letter(shop: Any, path: str) -> None:
    """Nothing is added to a path or taken from it to find it."""
    assert shop.reader.resolve(path, "DE") is None


@pytest.mark.parametrize(("path", "store"), [("/en/broken", "DE"), ("/en/lamp", "AT")])
def test_invisible_target_is_not_found(shop: Any, path: str, store: str) -> None:
    """A path to what the store does not show leads nowhere."""
    assert shop.reader.resolve(path, store) is None


def test_locale_is_that_of_the_path(shop: Any) -> None:
    """What is visible is judged in the locale of the path: a store may not have it."""
    shop.reader.resolve("/de/lampe", "DE")

    assert shop.lamps.asked == [("1", Market("DE", "de_DE"))]
    assert shop.reader.resolve("/fr/lampe", "DE") is None


def test_type_that_nobody_speaks_for(addresses: Any) -> None:
    """A path to an entity of a type that no installed feature has leads nowhere."""
    addresses.assign({"1": {"/en/imprint": "en_US"}}, "cms-pages")
    addresses.work()

    assert addresses.reader.resolve("/en/imprint", "DE") is None


def test_path_leads_to_its_entity(shop: Any) -> None:
    """The answer names path, locale, type and id."""
    assert shop.reader.resolve("/de/lampe", "DE") == Url("/de/lampe", "de_DE", "lamps", "1")


def test_redirects_are_followed_to_their_end(shop: Any) -> None:
    """Several redirects lead to the entity at the end, which says its own path."""
    shop.load(url_redirect=[["/a", "/b"], ["/b", "/c"], ["/c", "/en/lamp"]])
    shop.work()

    assert shop.reader.resolve("/a", "DE") == Url("/en/lamp", "en_US", "lamps", "1")


def test_redirect_to_nothing_is_not_found(shop: Any) -> None:
    """A redirect to a path that is not there leads nowhere."""
    shop.load(url_redirect=[["/a", "/gone"]])
    shop.work()

    assert shop.reader.resolve("/a", "DE") is None


def test_circle_leads_nowhere(shop: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Redirects in a circle lead nowhere, and the log says which."""
    shop.load(url_redirect=[["/a", "/b"], ["/b", "/c"], ["/c", "/b"]])
    shop.work()

    with caplog.at_level(logging.WARNING, "glue.urls"):
        assert shop.reader.resolve("/a", "DE") is None
    assert [each.message for each in caplog.records] == [
        "Redirects lead in a circle: /a -> /b -> /c -> /b"
    ]


@pytest.mark.parametrize(("length", "lamp"), [(MOST_REDIRECTS, "1"), (MOST_REDIRECTS + 1, None)])
def test_redirects_are_bounded(
    shop: Any, caplog: pytest.LogCaptureFixture, length: int, lamp: str | None
) -> None:
    """A chain that goes on and on costs a bounded number of reads, and the log says so."""
    steps = [f"/{number}" for number in range(length)]
    shop.load(url_redirect=list(zip(steps, [*steps[1:], "/en/lamp"], strict=True)))
    shop.work()

    assert shop.leads_to("/0") == lamp
    assert (lamp is None) is ("redirects follow '/0'" in caplog.text)
