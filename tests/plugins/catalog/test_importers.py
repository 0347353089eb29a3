"""Importing the catalog: bad rows, repeated and killed runs, memory."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from glue_stores import Market

DE = Market("DE", "de_DE")
ABSTRACT = ["abstract_sku", "name.de_DE"]
CONCRETE = ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1"]
PRICE = ["abstract_sku", "concrete_sku", "price_type", "store", "currency", "value_net"]
PRICE += ["value_gross", "price_data.volume_prices"]
STOCK = ["concrete_sku", "name", "quantity", "is_never_out_of_stock"]
IMAGE = ["abstract_sku", "concrete_sku", "product_image_key", "product_image_set_key", "sort_order"]
RUN = """
import resource, sys
from pathlib import Path
from glue_core import Features, Services, import_directory
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
import glue_catalog.plugin as catalog, glue_stores.plugin as stores

files, folder = Path(sys.argv[1]), Path(sys.argv[2])
urls = {"database": f"sqlite:///{folder}/database.sqlite", "broker": "outbox:"}
services = Services(urls, glue_service_engines(), timeout=30)
features = Features([
    *stores.glue_features(services=services), *catalog.glue_features(services=services),
])
migrate(services.database, [*stores.glue_migrations(), *catalog.glue_migrations()])
importers = [*stores.glue_importers(), *catalog.glue_importers(features=features)]

def tell(file, records, done, total):
    print(done, total, flush=True)

report = import_directory(files, importers, services.database, batch=100, progress=tell)
services.close()
assert report.error_count == 0, report.errors
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(files: Path, folder: Path) -> subprocess.Popen[str]:
    """Start an import in a process of its own; it tells its progress."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(files), str(folder)], stdout=subprocess.PIPE, text=True
    )


def make_shop(folder: Path, products: int) -> Path:
    """Write the import files of a made-up shop."""
    done = subprocess.run(
        [sys.executable, "-m", "glue_demo_shop", str(folder), "--products", str(products)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_import_is_seen_by_readers(shop: Any) -> None:
    """What files say is what the storefront reads: migrate, import, publish, read."""
    assert shop.load().errors == []
    shop.work()
    found = shop.reader.concrete_products(["001_1", "001_2"], DE)

    assert {sku: each["name"] for sku, each in found.items()} == {
        "001_1": "Lampe rot",
        "001_2": "Lampe blau",
    }


@pytest.mark.parametrize(
    ("file", "rows", "told"),
    [
        (
            "product_abstract",
            [ABSTRACT, ["", "Lampe"]],
            "column 'abstract_sku': The value is missing.",
        ),
        (
            "product_abstract",
            [["abstract_sku", "category_key"], ["001", "lamps, moons"]],
            "column 'category_key': There is no category 'lamps'.",
        ),
        (
            "product_abstract",
            [["abstract_sku", "new_from"], ["001", "soon"]],
            "column 'new_from': 'soon' is no time such as '2026-01-31' or '2026-01-31 08:00:00'.",
        ),
        (
            "product_abstract",
            [["abstract_sku", "new_from", "new_to"], ["001", "2026-02-01", "2026-01-01"]],
            "column 'new_to': It is before 'new_from'.",
        ),
        (
            "product_abstract",
            [["abstract_sku", "url.en_US"], ["002", "/en/lamp"]],
            "column 'url.en_US': '/en/lamp' is the URL of '001' in 'en_US'.",
        ),
        (
            "product_abstract",
            [["abstract_sku", "url.de_DE", "url.en_US"], ["001", "/x", "/x"]],
            "column 'url.en_US': '/x' is the URL of '001' in 'de_DE'.",
        ),
        (
            "product_concrete",
            [["abstract_sku", "concrete_sku", "is_quantity_splittable"], ["001", "001_1", "yes"]],
            "column 'is_quantity_splittable': 'yes' is neither '1' nor '0'.",
        ),
        (
            "category",
            [["category_key", "parent_category_key"], ["lamps", "root"]],
            "column 'parent_category_key': There is no category 'root'.",
        ),
        (
            "category",
            [["category_key", "parent_category_key"], ["lamps", "lamps"]],
            "column 'parent_category_key': 'lamps' is below itself.",
        ),
        (
            "category",
            [["category_key", "is_main"], ["lamps", "x"]],
            "column 'is_main': 'x' is neither '1' nor '0'.",
        ),
        (
            "category",
            [["category_key", "node_order"], ["lamps", "first"]],
            "column 'node_order': 'first' is no integer.",
        ),
        (
            "product_concrete",
            [CONCRETE, ["9", "9_1", "x", "", ""]],
            "column 'abstract_sku': There is no abstract product '9'.",
        ),
        (
            "product_concrete",
            [CONCRETE, ["001", "001_3", "x", "color", "red"]],
            "column 'concrete_sku': '001_3' has the same general attributes as '001_1': variants "
            "of a product must differ.",
        ),
        (
            "product_abstract_store",
            [["abstract_sku", "store_name"], ["001", "FR"]],
            "column 'store_name': There is no store 'FR'.",
        ),
        (
            "product_management_attribute",
            [["key", "values", "value_translations.de_DE"], ["color", "a, b", "x"]],
            "column 'value_translations.de_DE': It has 1 parts, 'values' has 2.",
        ),
        (
            "product_attribute_key",
            [["attribute_key", "is_super"], ["color", "yes"]],
            "column 'is_super': 'yes' is neither '1' nor '0'.",
        ),
        (
            "product_price",
            [PRICE, ["", "", "DEFAULT", "DE", "EUR", "", "1", ""]],
            "column 'abstract_sku': Neither 'abstract_sku' nor 'concrete_sku' is given.",
        ),
        (
            "product_price",
            [PRICE, ["001", "", "DEFAULT", "DE", "EUR", "", "9.99", ""]],
            "column 'value_gross': '9.99' is no integer.",
        ),
        (
            "product_price",
            [PRICE, ["001", "", "DEFAULT", "DE", "USD", "", "1", ""]],
            "column 'currency': The store 'DE' has no currency 'USD'.",
        ),
        (
            "product_price",
            [PRICE, ["001", "", "DEFAULT", "DE", "EUR", "", "1", '[{"quantity":0}]']],
            "column 'price_data.volume_prices': 'quantity' is 0, not an integer from 1 up.",
        ),
        (
            "product_price",
            [PRICE, ["001", "", "DEFAULT", "DE", "EUR", "", "1", "{}"]],
            "column 'price_data.volume_prices': The JSON is no list of objects.",
        ),
        (
            "product_stock",
            [STOCK, ["001_1", "Main", "-1", "0"]],
            "column 'quantity': -1 is below 0.",
        ),
        (
            "product_stock",
            [STOCK, ["001_1", "Moon", "1", "0"]],
            "column 'name': There is no warehouse 'Moon'.",
        ),
        (
            "product_image",
            [IMAGE, ["001", "", "", "set", "1"]],
            "column 'product_image_key': The value is missing.",
        ),
        (
            "warehouse_store",
            [["warehouse_name", "store_name"], ["Moon", "DE"]],
            "column 'warehouse_name': There is no warehouse 'Moon'.",
        ),
    ],
)
def test_bad_row_is_explained(shop: Any, file: str, rows: list[list[str]], told: str) -> None:
    """A row that cannot be taken is told with file, line, column and reason."""
    shop.load()
    shop.write(file, rows)

    assert [str(error) for error in shop.load().errors] == [
        f"{file}.csv, line 2 (record 1), {told}"
    ]


def test_good_rows_stay_beside_bad_ones(shop: Any) -> None:
    """With 'keep' the products of the rows above and below a bad one are taken."""
    shop.write("product_abstract", [ABSTRACT, ["001", "Lampe"], ["", "Niemand"], ["003", "Zange"]])
    report = shop.load()
    with shop.services.database.work(writes=False) as work:
        skus = shop.writer.abstract_skus(["001", "003"], work)

    assert report.error_count == 1
    assert skus == {"001", "003"}


def test_rolled_back_run_leaves_nothing(shop: Any) -> None:
    """With 'rollback' a bad row in the last file leaves all tables as they were."""
    before = shop.dump()
    shop.write("product_stock", [STOCK, ["gone", "Main", "1", "0"]])
    report = shop.load("rollback")

    assert report.is_rolled_back
    assert shop.dump() == before
    assert shop.work() == 0


def test_repeated_import_changes_nothing(shop: Any) -> None:
    """The same files twice leave the same rows in all tables, numbers included."""
    shop.load()
    before = shop.dump()
    shop.load()

    assert shop.dump() == before


def test_one_event_for_a_product_in_a_batch(shop: Any) -> None:
    """All rows of a product in one transaction make one event."""
    shop.load()
    shop.work()
    for file in list(shop.imports.glob("*.csv")):
        file.unlink()
    shop.write("product_stock", [STOCK, ["001_1", "Main", "1", "0"], ["001_2", "Main", "2", "0"]])
    shop.load()

    assert shop.work() == 1


def test_event_of_a_savepoint_that_is_undone_comes_again(shop: Any) -> None:
    """An event that was rolled back with its savepoint does not silence the next one."""
    shop.load()
    shop.work()

    def assign_and_fail(work: Any) -> None:
        with work.savepoint():
            shop.writer.assign_stores([("001", "AT")], work)
            raise ZeroDivisionError

    with shop.services.database.work() as work:
        with pytest.raises(ZeroDivisionError):
            assign_and_fail(work)
        shop.writer.assign_stores([("001", "AT")], work)

    assert shop.work() == 1


def test_variants_may_swap_their_attributes(shop: Any) -> None:
    """What a batch says about all variants counts, not what they were before."""
    shop.load()
    shop.write(
        "product_concrete",
        [CONCRETE, ["001", "001_1", "x", "color", "blue"], ["001", "001_2", "y", "color", "red"]],
    )

    assert shop.load().errors == []


def test_blank_texts_take_a_product_out_of_a_locale(shop: Any) -> None:
    """A locale whose cells are blank now has no texts any more; one without columns stays."""
    shop.load()
    shop.write("product_abstract", [["abstract_sku", "name.en_US"], ["001", ""]])
    shop.load()
    shop.work()

    assert shop.reader.abstract_products(["001"], Market("DE", "en_US")) == {}
    assert set(shop.reader.abstract_products(["001"], DE)) == {"001"}


def test_set_that_moves_publishes_both_products(shop: Any) -> None:
    """An image set that is given to another product leaves the former one."""
    shop.publish(
        product_abstract=[ABSTRACT, ["001", "Lampe"], ["002", "Licht"]],
        product_abstract_store=[["abstract_sku", "store_name"], ["001", "DE"], ["002", "DE"]],
        product_image=[IMAGE, ["001", "", "i", "set", "1"]],
    )
    shop.publish(product_image=[IMAGE, ["002", "", "i", "set", "1"]])

    assert shop.reader.abstract_image_sets(["001"], DE)["001"]["image_sets"] == []


@pytest.mark.parametrize(
    "after",
    [pytest.param(0.1, marks=pytest.mark.slow), 0.4, pytest.param(0.7, marks=pytest.mark.slow)],
)
def test_killed_import_ends_the_same_when_repeated(tmp_path: Path, after: float) -> None:
    """A run that is killed in the middle and repeated leaves the tables of one that was not."""
    files = make_shop(tmp_path / "import", 150)
    whole = run(files, tmp_path / "whole")
    whole.communicate()
    assert whole.returncode == 0
    killed = run(files, tmp_path / "killed")
    assert killed.stdout is not None
    for line in killed.stdout:
        done, total = map(int, line.split())
        if done >= after * total:
            os.kill(killed.pid, signal.SIGKILL)
            break
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    again = run(files, tmp_path / "killed")
    again.communicate()

    assert again.returncode == 0
    assert rows_of(tmp_path / "killed") == rows_of(tmp_path / "whole")


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_products(tmp_path: Path) -> None:
    """Ten times the products take at most 1.2 times the memory."""
    peaks = []
    for products in (1_000, 10_000):
        files = make_shop(tmp_path / f"import-{products}", products)
        process = run(files, tmp_path / f"data-{products}")
        output, _ = process.communicate()
        assert process.returncode == 0
        peaks.append(int(output.split()[-1]))

    assert peaks[1] <= 1.2 * peaks[0]


def rows_of(folder: Path) -> dict[str, list[Any]]:
    """Return all rows of the stores and the catalog in a database."""
    with closing(sqlite3.connect(folder / "database.sqlite")) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))
            for name in names
            if name.startswith(("catalog_", "stores_"))
        }
