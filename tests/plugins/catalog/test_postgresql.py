"""The catalog on PostgreSQL."""

from __future__ import annotations

from typing import Any

from glue_stores import Market

DE = Market("DE", "de_DE")
STOCK = ["concrete_sku", "name", "quantity", "is_never_out_of_stock"]


def test_import_is_repeated_and_published(postgresql_shop: Any) -> None:
    """Importing twice leaves the same rows, and readers see exact quantities."""
    shop = postgresql_shop
    shop.write(
        "product_stock", [STOCK, ["001_1", "Main", "0.1", "0"], ["001_2", "Main", "0.2", ""]]
    )
    assert shop.load().errors == []
    before = shop.dump()
    shop.load()
    shop.work()

    assert shop.dump() == before
    assert shop.reader.abstract_availabilities(["001"], DE)["001"]["quantity"] == "0.3000000000"


def test_rolled_back_run_leaves_nothing(postgresql_shop: Any) -> None:
    """With 'rollback' a bad row leaves all tables as they were."""
    before = postgresql_shop.dump()
    postgresql_shop.write("product_stock", [STOCK, ["gone", "Main", "1", "0"]])
    report = postgresql_shop.load("rollback")

    assert report.is_rolled_back
    assert postgresql_shop.dump() == before
