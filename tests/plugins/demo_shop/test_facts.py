"""What the constants say about products is true."""

from collections.abc import Callable
from typing import Any

import glue_demo_shop as demo
from glue_demo_shop import plugin


def prices(rows: Callable[..., Any], sku: str) -> list[dict[str, str]]:
    """Return the prices of an abstract product in both stores."""
    return [
        row
        for store in ("CH", "DE")
        for row in rows("product_price", store)
        if row["abstract_sku"] == sku
    ]


def stocks(rows: Callable[..., Any], sku: str) -> list[dict[str, str]]:
    """Return the stock of the variants of an abstract product."""
    return [row for row in rows("product_stock") if row["concrete_sku"].startswith(f"{sku}-")]


def test_volume_prices(rows: Callable[..., Any]) -> None:
    """The product with volume prices has them in both stores and currencies."""
    found = [
        (row["store"], row["currency"])
        for row in prices(rows, demo.WITH_VOLUME_PRICES)
        if row["price_data.volume_prices"]
    ]

    assert sorted(found) == [("CH", "CHF"), ("CH", "EUR"), ("DE", "CHF"), ("DE", "EUR")]


def test_one_store(rows: Callable[..., Any]) -> None:
    """The product of one store is in DE only."""
    found = [
        row["store_name"]
        for store in ("CH", "DE")
        for row in rows("product_abstract_store", store)
        if row["abstract_sku"] == demo.IN_ONE_STORE
    ]

    assert found == ["DE"]


def test_reduced(rows: Callable[..., Any]) -> None:
    """The reduced product was dearer before."""
    by_kind = {
        row["price_type"]: int(row["value_gross"])
        for row in prices(rows, demo.REDUCED)
        if (row["store"], row["currency"]) == ("DE", "EUR")
    }

    assert by_kind["ORIGINAL"] > by_kind["DEFAULT"]


def test_moved(rows: Callable[..., Any]) -> None:
    """The product that moved has two redirects in each language, the last to where it is."""
    targets = {row["from_url"]: row["to_url"] for row in rows("url_redirect")}
    (row,) = [r for r in rows("product_abstract") if r["abstract_sku"] == demo.MOVED]

    for start, locale in (("/en/product/003", "en_US"), ("/de/produkt/003", "de_DE")):
        assert targets[targets[start]] == row[f"url.{locale}"]


def test_without_francs(rows: Callable[..., Any]) -> None:
    """The product without a price in francs has one in euros."""
    assert {row["currency"] for row in prices(rows, demo.WITHOUT_FRANCS)} == {"EUR"}


def test_sold_out(rows: Callable[..., Any]) -> None:
    """Every warehouse knows the product that is sold out, and has none."""
    found = {(row["quantity"], row["is_never_out_of_stock"]) for row in stocks(rows, demo.SOLD_OUT)}

    assert found == {("0", "0")}


def test_never_out_of_stock(rows: Callable[..., Any]) -> None:
    """The product that never runs out does not depend on a quantity."""
    found = {
        (row["quantity"], row["is_never_out_of_stock"])
        for row in stocks(rows, demo.NEVER_OUT_OF_STOCK)
    }

    assert found == {("0", "1")}


def test_without_stock(rows: Callable[..., Any]) -> None:
    """No warehouse has counted the product without stock."""
    assert stocks(rows, demo.WITHOUT_STOCK) == []


def test_without_images(rows: Callable[..., Any]) -> None:
    """The product without pictures has none of its own."""
    assert demo.WITHOUT_IMAGES not in {row["abstract_sku"] for row in rows("product_image")}


def test_demo_data_writes_the_shop(rows: Callable[..., Any], tmp_path: Any) -> None:
    """The hook offers a writer of the same shop, and paths with SKUs that it has."""
    (data,) = plugin.glue_demo_data()

    data.write(tmp_path / "shop")

    written = (tmp_path / "shop" / "common" / "common" / "product_abstract.csv").read_text("utf-8")
    skus = {row["abstract_sku"] for row in rows("product_abstract")}
    assert all(f",{sku}," in written for sku in skus)
    paths = [path.partition("?")[0] for path in data.examples]
    named = [path.split("/")[2] for path in paths if path.count("/") > 1]
    assert named
    assert {sku.partition("-")[0] for sku in named} <= skus


def test_demo_data_has_the_size_that_is_asked_for(tmp_path: Any) -> None:
    """Who wants a smaller demo gets one."""
    (data,) = plugin.glue_demo_data()

    data.write(tmp_path / "shop", 3)

    folder = tmp_path / "shop" / "common" / "common"
    assert len((folder / "product_abstract.csv").read_text("utf-8").splitlines()) == 1 + 3
