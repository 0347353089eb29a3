"""What every contestant shows: products in memory, each with one maker and one label."""

from __future__ import annotations

import uuid
import zlib
from datetime import UTC, datetime
from typing import Any

COUNT = 200
NAMES = tuple(f"field{number}" for number in range(10))
ALL = ("sku", "price", *NAMES)
CREATED = datetime(2026, 1, 2, tzinfo=UTC)
MEDIA_TYPE = "application/vnd.api+json"


def product(number: int) -> dict[str, Any]:
    """Return the data of one product."""
    sku = f"{number:03}"
    texts = {name: f"{name} of the product {sku}" for name in NAMES}
    return {"id": sku, "sku": sku, "price": number * 100, **texts}


PRODUCTS = {each["id"]: each for each in map(product, range(COUNT))}
ORDERED = tuple(PRODUCTS.values())
MAKERS = {sku: {"id": f"m{sku}", "name": f"Maker of {sku}", "rank": 1} for sku in PRODUCTS}
LABELS = {sku: [{"id": f"l{sku}", "name": f"Label of {sku}", "rank": 2}] for sku in PRODUCTS}


def new_id(title: str) -> str:
    """Return the id of a new article: in every process the same for the same title."""
    return str(uuid.UUID(int=zlib.crc32(title.encode()), version=4))
