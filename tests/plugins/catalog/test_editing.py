"""Editing whole products through the facade."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm.exc import StaleDataError

from glue_catalog import (
    BadValue,
    NoSuchProduct,
    Picture,
    PictureSet,
    ProductQuery,
    ProductRecord,
    ProductText,
    SkuInUse,
    SortKey,
    UrlInUse,
    VariantRecord,
)


@pytest.fixture(params=["shop", "postgresql_shop"])
def either(request: pytest.FixtureRequest) -> Any:
    """The shop, imported and published, on each engine in turn."""
    return filled(request.getfixturevalue(request.param))


@pytest.fixture
def full(shop: Any) -> Any:
    """The shop where the engine does not matter."""
    return filled(shop)


def filled(shop: Any) -> Any:
    """Import and publish a shop."""
    assert shop.load().errors == []
    shop.work()
    return shop


@contextmanager
def writing(shop: Any) -> Iterator[Any]:
    """Open a unit of work that is committed at the end."""
    with shop.services.database.work() as work:
        yield work


def read(shop: Any, sku: str = "001") -> ProductRecord:
    """Return a product as a unit of work of its own sees it."""
    with shop.services.database.work(writes=False) as work:
        found: ProductRecord = shop.editor.find([sku], work)[sku]
    return found


def change(shop: Any, sku: str = "001", /, **changes: Any) -> ProductRecord:
    """Change a product in a unit of work of its own."""
    with writing(shop) as work:
        found: ProductRecord = shop.editor.change(sku, changes, work)
    return found


def test_change_is_returned_and_stays(either: Any) -> None:
    """What is returned is what the next one reads; only what is named is different."""
    before = read(either)

    changed = change(either, tax_set_name="Reduced", texts={"en_US": {"name": "Desk lamp"}})

    assert read(either) == changed
    assert changed.tax_set_name == "Reduced"
    assert changed.texts["en_US"] == ProductText("Desk lamp", url="/en/lamp")
    assert changed.texts["de_DE"] == before.texts["de_DE"]
    assert (changed.attributes, changed.variants) == (before.attributes, before.variants)


def test_change_publishes_once(either: Any) -> None:
    """However much changes, there is one event; what changes nothing makes none."""
    variants = {"001_1": {"is_active": False}, "001_3": {"texts": {"de_DE": {"name": "Drei"}}}}
    change(either, stores=["AT"], variants=variants, texts={"de_DE": {"url": "/de/x"}})

    assert either.work() == 1
    change(either, stores=["AT"], variants=variants)
    assert either.work() == 0


def test_nothing_stays_of_a_change_that_is_rolled_back(full: Any) -> None:
    """The editor never commits."""
    before = read(full)

    def change_and_fail() -> None:
        with writing(full) as work:
            full.editor.change("001", {"stores": []}, work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert read(full) == before
    assert full.work() == 0


def test_locale_is_taken_away(either: Any) -> None:
    """None takes a product, and a variant, out of a locale."""
    changed = change(either, texts={"de_DE": None}, variants={"001_1": {"texts": {"de_DE": None}}})

    assert set(changed.texts) == {"en_US"}
    assert set(changed.variants[0].texts) == {"en_US"}
    assert read(either) == changed


def test_general_attributes_of_variants_stay(full: Any) -> None:
    """A variant that is changed is still told from its siblings."""
    changed = change(full, variants={"001_1": {"is_quantity_splittable": False}})

    assert changed.variants[0].attributes == {"color": "red"}


def test_new_product_differs_from_an_empty_one(either: Any) -> None:
    """A new product has what is given; all else is empty."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with writing(either) as work:
        made = either.editor.create("009", {"new_from": since}, work)

    assert made == ProductRecord("009", new_from=since)
    assert read(either, "009") == made


def test_taken_sku(full: Any) -> None:
    """A SKU is given once."""
    with pytest.raises(SkuInUse), writing(full) as work:
        full.editor.create("001", {}, work)


def test_unknown_product(full: Any) -> None:
    """What nobody has cannot be changed, and is left out of what is found."""
    with pytest.raises(NoSuchProduct):
        change(full, "999", stores=[])
    with full.services.database.work(writes=False) as work:
        assert set(full.editor.find(["001", "999"], work)) == {"001"}


@pytest.mark.parametrize("locale", ["de_DE", "en_US"])
def test_taken_url(either: Any, locale: str) -> None:
    """A URL is given once, whatever the product and the locale."""
    texts = {locale: {"name": "x", "url": "/en/lamp"}}
    with pytest.raises(UrlInUse) as caught, writing(either) as work:
        either.editor.create("009", {"texts": texts}, work)

    assert (caught.value.url, caught.value.locale) == ("/en/lamp", locale)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"stores": ["DE", "FR"]}, ("stores", "FR")),
        ({"texts": {"fr_FR": {"name": "x"}}}, ("texts", "fr_FR", "locale")),
        (
            {"variants": {"x": {"texts": {"fr_FR": {"name": "x"}}}}},
            ("variants", "x", "texts", "fr_FR", "locale"),
        ),
        (
            {"picture_sets": [PictureSet("default", "fr_FR", ())]},
            ("picture_sets", "fr_FR", "locale"),
        ),
        (
            {"variants": {"x": {"picture_sets": [PictureSet("default", "fr_FR", ())]}}},
            ("variants", "x", "picture_sets", "fr_FR", "locale"),
        ),
        ({"texts": {"en_US": {"name": ""}}}, ("texts", "en_US", "name")),
        (
            {"variants": {"x": {"texts": {"en_US": {}}}}},
            ("variants", "x", "texts", "en_US", "name"),
        ),
        (
            {
                "new_from": datetime(2026, 2, 1, tzinfo=UTC),
                "new_to": datetime(2026, 1, 1, tzinfo=UTC),
            },
            ("new_to",),
        ),
    ],
)
def test_value_that_cannot_be(full: Any, changes: dict[str, Any], path: tuple[str, ...]) -> None:
    """What is wrong is said with where it stands among the changes."""
    with pytest.raises(BadValue) as caught:
        change(full, **changes)

    assert caught.value.path == path


def test_variant_of_another_product(full: Any) -> None:
    """A variant is not taken from another product."""
    with pytest.raises(BadValue) as caught, writing(full) as work:
        full.editor.create("009", {"variants": {"001_1": {}}}, work)

    assert caught.value.path == ("variants", "001_1", "sku")


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": 1},
        {"sku": "7"},
        {"texts": {"en_US": {"title": ""}}},
        {"variants": {"x": {"a": 1}}},
    ],
)
def test_unknown_names_are_mistakes(full: Any, changes: dict[str, Any]) -> None:
    """A name that no record has is told to whoever wrote it."""
    with pytest.raises(ValueError, match="to change"):
        change(full, **changes)


def test_unknown_categories_are_ignored(full: Any) -> None:
    """Of categories only those that are known count."""
    assert change(full, categories=["no-such"]).categories == ()


def test_somebody_else_was_faster(postgresql_shop: Any) -> None:
    """A unit of work that read another state than there is now changes nothing."""
    shop = filled(postgresql_shop)
    with shop.services.database.work() as work:
        shop.editor.find(["001"], work)
        change(shop, tax_set_name="Reduced")
        with pytest.raises(StaleDataError, match="'001'"):
            shop.editor.change("001", {"tax_set_name": "Zero"}, work)

    assert read(shop).tax_set_name == "Reduced"


def test_own_changes_are_no_surprise(full: Any) -> None:
    """What a unit of work wrote itself in between does not stop it."""
    with writing(full) as work:
        full.editor.find(["001"], work)
        full.writer.assign_stores([("001", "AT")], work)
        changed = full.editor.change("001", {"tax_set_name": "Zero"}, work)

    assert changed.stores == ("AT", "DE")


def test_pictures_are_replaced(either: Any) -> None:
    """Sets are told apart by name and locale; those and the pictures that go leave nothing."""
    one, two = Picture("l1", "s1"), Picture("l2", "s2")
    sets = (PictureSet("default", "", (one, two, one)), PictureSet("more", "en_US", (two,)))
    assert change(either, picture_sets=sets[::-1]).picture_sets == sets
    fewer = (PictureSet("default", "", (two,)),)
    assert change(either, picture_sets=fewer).picture_sets == fewer

    change(either, picture_sets=())
    rows = either.dump()
    assert rows["catalog_image_set"] == rows["catalog_image"] == rows["catalog_image_place"] == []


def test_pictures_are_found_by_a_later_import(either: Any) -> None:
    """Sets and pictures that stay keep their keys: an import after a change doubles nothing."""
    header = ["abstract_sku", "concrete_sku", "product_image_key", "product_image_set_key"]
    header += ["external_url_large", "external_url_small", "sort_order"]
    rows = [["", "001_1", "i1", "s1", "l1", "", "1"], ["", "001_1", "i2", "s1", "l2", "", "2"]]
    either.publish(product_image=[header, *rows])
    (stored,) = read(either).variants[0].picture_sets
    turned = PictureSet("default", "", stored.pictures[::-1])
    change(either, variants={"001_1": {"picture_sets": [turned]}})
    assert read(either).variants[0].picture_sets == (turned,)

    either.load()

    assert read(either).variants[0].picture_sets == (stored,)


def test_variant_without_anything(full: Any) -> None:
    """A new variant has defaults for all that is not given, and comes last."""
    assert change(full, variants={"000": {}}).variants[-1] == VariantRecord("000")


@pytest.mark.parametrize(
    ("query", "skus", "total"),
    [
        (ProductQuery(), ["001", "002"], 2),
        (ProductQuery(sorts=(SortKey("sku", is_ascending=False),), limit=1), ["002"], 2),
        (ProductQuery(sorts=(SortKey("tax_set_name"),)), ["002", "001"], 2),
        (ProductQuery(filters=(("store", "DE"),)), ["001"], 1),
        (ProductQuery(filters=(("variant", "001_2"), ("name", "Lamp"))), ["001"], 1),
        (ProductQuery(offset=5), [], 2),
    ],
)
def test_page(either: Any, query: ProductQuery, skus: list[str], total: int) -> None:
    """A page has what matches, in order, and says how many there are."""
    with writing(either) as work:
        either.editor.create("002", {"tax_set_name": "A"}, work)
    with either.services.database.work(writes=False) as work:
        page = either.editor.page(query, work)

    assert ([record.sku for record in page.records], page.total) == (skus, total)


@pytest.mark.parametrize(
    "query", [ProductQuery(filters=(("colour", "red"),)), ProductQuery(sorts=(SortKey("name"),))]
)
def test_unknown_field_of_a_page(full: Any, query: ProductQuery) -> None:
    """A field that no list knows is told with those that there are."""
    with full.services.database.work(writes=False) as work, pytest.raises(ValueError, match="sku"):
        full.editor.page(query, work)
