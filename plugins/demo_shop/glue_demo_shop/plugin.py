"""Offers the shop to ``glue demo``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from glue_core import DemoData, hookimpl
from glue_demo_shop import PRODUCTS, WITH_VOLUME_PRICES, write_shop
from glue_demo_shop.products import make_product


def _write(directory: Path, size: int | None = None) -> None:
    write_shop(directory, PRODUCTS if size is None else size)


@hookimpl
def glue_demo_data() -> Sequence[DemoData]:
    """Contribute the shop and a few paths that show what it can do."""
    sku = WITH_VOLUME_PRICES
    address = make_product(int(sku), seed=1).urls["en_US"]
    return [
        DemoData(
            "demo shop",
            _write,
            examples=(
                "/stores",
                "/abstract-products?page[offset]=0&page[limit]=3&sort=name",
                f"/abstract-products/{sku}?include=abstract-product-prices,concrete-products,"
                "concrete-product-availabilities",
                f"/abstract-products/{sku}/abstract-product-prices?currency=EUR",
                f"/concrete-products/{sku}-1?_store=DE",
                f"/url-resolver?url={address}",
            ),
        )
    ]
