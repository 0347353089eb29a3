"""A shop that was written once for all tests."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

import glue_demo_shop

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def shop_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The import directory of the demo, as ``glue demo`` gets it."""
    directory = tmp_path_factory.mktemp("demo-shop")
    glue_demo_shop.write_shop(directory, glue_demo_shop.PRODUCTS)
    return directory


@pytest.fixture(scope="session")
def rows(shop_directory: Path) -> Callable[..., Rows]:
    """Read a file of the shop: ``rows("product_price", "DE")``."""

    def read(name: str, folder: str = "common") -> Rows:
        text = (shop_directory / "common" / folder / f"{name}.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    return read
