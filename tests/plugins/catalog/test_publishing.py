"""What is published of a product, and what is taken away again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from glue_catalog import ProductQuery, SortKey
from glue_core import Event
from glue_stores import Market

DE = Market("DE", "de_DE")
EN = Market("DE", "en_US")
AT = Market("AT", "de_DE")

STORES = ["abstract_sku", "store_name"]
CONCRETE = ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1", "is_active"]


def test_product_is_published_in_each_locale_of_its_store(shop: Any) -> None:
    """A product shows its name in the locale that is asked for."""
    shop.publish()

    assert shop.reader.abstract_products(["001"], DE)["001"]["name"] == "Lampe"
    assert shop.reader.abstract_products(["001"], EN)["001"]["name"] == "Lamp"


def test_product_is_not_published_in_other_stores(shop: Any) -> None:
    """A product of one store is unknown in another."""
    shop.publish()

    assert shop.reader.abstract_products(["001"], AT) == {}


def test_product_without_texts_is_not_in_the_locale(shop: Any) -> None:
    """A product whose cells of a locale are blank is unknown in that locale only."""
    shop.publish(
        product_abstract=[["abstract_sku", "name.de_DE", "name.en_US"], ["001", "Lampe", ""]]
    )

    assert set(shop.reader.abstract_products(["001"], DE)) == {"001"}
    assert shop.reader.abstract_products(["001"], EN) == {}


def test_leaving_a_store_removes_everything_there(shop: Any) -> None:
    """A product that left a store is gone from storage and search, its notes as well."""
    shop.publish()
    with shop.services.database.work() as work:
        shop.writer.unassign_stores([("001", "DE")], work)
    shop.work()

    assert [key for key in shop.documents() if "001" in key] == []
    assert shop.reader.find_abstract_products(ProductQuery(), DE).total == 0
    assert shop.reader.find_concrete_products(ProductQuery(), DE).total == 0


def test_product_without_active_variant_is_removed(shop: Any) -> None:
    """A product whose last active variant was deactivated is gone."""
    shop.publish()
    shop.publish(
        product_concrete=[
            CONCRETE,
            ["001", "001_1", "Lampe rot", "color", "red", "0"],
            ["001", "001_2", "Lampe blau", "color", "blue", "0"],
        ]
    )

    assert shop.reader.abstract_products(["001"], DE) == {}


def test_deactivated_variant_is_removed_alone(shop: Any) -> None:
    """A deactivated variant is gone, and its product no longer names it."""
    shop.publish()
    shop.publish(product_concrete=[CONCRETE, ["001", "001_2", "Lampe blau", "color", "blue", "0"]])

    assert set(shop.reader.concrete_products(["001_1", "001_2"], DE)) == {"001_1"}
    assert shop.reader.abstract_products(["001"], DE)["001"]["concrete_skus"] == ["001_1"]


def test_deleted_variant_is_removed(shop: Any) -> None:
    """A variant that is deleted leaves nothing behind, though its row is gone."""
    shop.publish()
    with shop.services.database.work() as work:
        shop.writer.delete_concrete_products(["001_2"], work)
    shop.work()

    assert [key for key in shop.documents() if "001_2" in key] == []


def test_deleted_product_is_removed(shop: Any) -> None:
    """A deleted product takes its variants along."""
    shop.publish()
    with shop.services.database.work() as work:
        shop.writer.delete_abstract_products(["001"], work)
    shop.work()

    assert [key for key in shop.documents() if "001" in key] == []


def test_moved_variant_stays_published_whatever_comes_first(shop: Any) -> None:
    """A variant that moves to another product is shown with that one in either order of events."""
    shop.publish(
        product_abstract=[["abstract_sku", "name.de_DE"], ["001", "Lampe"], ["002", "Licht"]],
        product_abstract_store=[STORES, ["001", "DE"], ["002", "DE"]],
    )
    publisher = shop.worker._publishers["catalog.abstract-product"][0]
    with shop.services.database.work() as work:
        work.session.execute(
            sa.text("UPDATE catalog_concrete_product SET abstract_sku = '002' WHERE sku = '001_2'")
        )
    for sku in ("002", "001"):
        with shop.services.database.work(writes=False) as work:
            publisher.handle([Event("catalog.abstract-product", sku)], work)

    found = shop.reader.concrete_products(["001_2"], DE)
    assert found["001_2"]["product_abstract_sku"] == "002"
    assert shop.reader.abstract_products(["001"], DE)["001"]["concrete_skus"] == ["001_1"]


def test_publishing_again_changes_nothing(shop: Any) -> None:
    """Publishing is idempotent: all documents are the same the second time."""
    shop.publish()
    before = shop.documents()
    shop.worker.publish_all()
    shop.work()

    assert shop.documents() == before


def test_new_locale_of_a_store_publishes_its_products(shop: Any) -> None:
    """A locale that a store gets later shows the products that have texts in it."""
    shop.publish(product_abstract_store=[STORES, ["001", "AT"]])
    shop.publish(locale_store=[["locale_name", "store_name"], ["en_US", "AT"]])

    found = shop.reader.abstract_products(["001"], Market("AT", "en_US"))
    assert found["001"]["name"] == "Lamp"


def test_first_import_publishes_nothing_twice(shop: Any) -> None:
    """Stores that are new send no further events for products that send their own."""
    shop.load()
    waiting = shop.services.broker.counts()["waiting"]

    assert shop.work() == waiting


def test_renamed_attribute_publishes_products_that_have_it(shop: Any) -> None:
    """A new name of an attribute shows on products that were published before."""
    shop.publish()
    shop.publish(
        product_management_attribute=[["key", "key_translation.de_DE"], ["brand", "Marke"]]
    )

    assert shop.reader.abstract_products(["001"], DE)["001"]["attribute_names"]["brand"] == "Marke"


def test_keys_yield_published_leftovers(shop: Any) -> None:
    """Publishing everything anew also finds products that are published and no longer there."""
    shop.publish()
    with shop.services.database.work() as work:
        work.session.execute(sa.text("DELETE FROM catalog_abstract_product"))
    shop.worker.publish_all()
    shop.work()

    assert [key for key in shop.documents() if "001" in key] == []


def test_number_of_questions_does_not_grow(shop: Any) -> None:
    """Publishing fifty products asks the database as often as publishing one."""
    skus = [f"{number:03}" for number in range(1, 51)]
    shop.write("product_abstract", [["abstract_sku", "name.de_DE"], *([s, "x"] for s in skus)])
    rows = [[sku, f"{sku}_1", "x", "color", "red", "1"] for sku in skus]
    shop.write("product_concrete", [CONCRETE, *rows])
    shop.write("product_abstract_store", [STORES, *([sku, "DE"] for sku in skus)])
    shop.publish()
    publisher = shop.worker._publishers["catalog.abstract-product"][0]
    counts = []
    for part in (skus[:1], skus):
        asked: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_: Any, asked: list[str] = asked) -> None:
            asked.append(statement)

        with shop.services.database.work(writes=False) as work:
            engine = work.session.connection()
            sa.event.listen(engine, "before_cursor_execute", note)
            publisher.handle([Event("catalog.abstract-product", sku) for sku in part], work)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_products_are_found_in_order(shop: Any) -> None:
    """A list is sorted as asked, cut to its page, and knows its total."""
    names = {"001": "Lampe", "002": "Anker", "003": "Zange"}
    shop.publish(
        product_abstract=[["abstract_sku", "name.de_DE"], *names.items()],
        product_abstract_store=[STORES, *([sku, "DE"] for sku in names)],
        product_concrete=[
            CONCRETE,
            *([sku, f"{sku}_1", name, "color", "red", "1"] for sku, name in names.items()),
        ],
    )
    query = ProductQuery(sorts=(SortKey("name", is_ascending=False),), offset=1, limit=1)
    page = shop.reader.find_abstract_products(query, DE)

    assert [each["name"] for each in page.products] == ["Lampe"]
    assert page.total == 3


def test_products_are_filtered(shop: Any) -> None:
    """A filter leaves the products whose field has the value."""
    shop.publish()
    page = shop.reader.find_concrete_products(ProductQuery(filters=(("sku", "001_2"),)), DE)

    assert [each["sku"] for each in page.products] == ["001_2"]


def test_products_are_filtered_by_their_whole_name(shop: Any) -> None:
    """A filter by name compares the name as a whole, not its words."""
    shop.publish()
    found = [
        shop.reader.find_concrete_products(ProductQuery(filters=(("name", name),)), DE).total
        for name in ("Lampe rot", "Lampe")
    ]

    assert found == [1, 0]
