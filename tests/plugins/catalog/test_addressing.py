"""The addresses of products, in the register of all addresses."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from glue_catalog import CatalogWriter
from glue_core import Deployment, import_directory
from glue_core.migrating import migrate
from glue_core.testing import installed
from glue_core.working import Worker
from glue_urls import Url, UrlReader

HEADER = ["abstract_sku", "name.de_DE", "name.en_US", "url.de_DE", "url.en_US"]
FILES: dict[str, list[list[str]]] = {
    "store": [["name"], ["DE"], ["AT"]],
    "currency": [["iso_code", "currency_symbol", "name"], ["EUR", "€", "Euro"]],
    "currency_store": [
        ["currency_code", "store_name", "is_default"],
        ["EUR", "DE", "1"],
        ["EUR", "AT", "1"],
    ],
    "locale_store": [
        ["locale_name", "store_name"],
        ["de_DE", "DE"],
        ["en_US", "DE"],
        ["de_DE", "AT"],
    ],
    "product_abstract": [HEADER, ["001", "Lampe", "Lamp", "/de/lampe", "/en/lamp"]],
    "product_concrete": [["abstract_sku", "concrete_sku", "name.de_DE"], ["001", "001_1", "Lampe"]],
    "product_abstract_store": [["abstract_sku", "store_name"], ["001", "DE"], ["001", "AT"]],
}


class Shop:
    """The features of a shop with products and addresses, made as a deployment makes them."""

    def __init__(self, folder: Path, deployment: Deployment) -> None:
        self._imports = folder / "import"
        self._imports.mkdir()
        self._deployment = deployment
        self.services = services = deployment.services
        migrate(services.database, deployment.migrations)
        self._worker = Worker(services.database, services.broker, deployment.publishers)
        self.reader = deployment.features.get(UrlReader)
        self.writer = deployment.features.get(CatalogWriter)
        self.publish(**FILES)

    def publish(self, **files: Sequence[Sequence[str]]) -> None:
        """Import files, and publish what changed."""
        for name, rows in files.items():
            with (self._imports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        importers = self._deployment.importers
        report = import_directory(self._imports, importers, self.services.database)
        assert [str(error) for error in report.errors] == []
        self.work()

    def work(self) -> None:
        """Publish until nothing waits."""
        while self._worker.run_once():
            pass
        assert self.services.broker.counts()["waiting"] == 0

    def leads_to(self, path: str, store: str = "DE") -> str | None:
        """Return the SKU of the product that a path leads to, or None."""
        url = self.reader.resolve(path, store)
        return None if url is None else url.entity_id


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A product in two stores, of which one has no English; everything is published."""
    services = {
        "database": f"sqlite:///{tmp_path}/database.sqlite",
        "storage": f"sqlite:///{tmp_path}/storage.sqlite",
        "search": f"tantivy:///{tmp_path}/search",
    }
    plugins = installed("stores", "urls", "catalog")
    with Deployment({"services": services}, plugins, serving=False) as deployment:
        yield Shop(tmp_path, deployment)


def test_address_leads_to_its_product(shop: Shop) -> None:
    """A product has the addresses of its texts, each in the locale of the text."""
    assert shop.reader.resolve("/de/lampe", "DE") == Url(
        "/de/lampe", "de_DE", "abstract-products", "001"
    )
    assert shop.leads_to("/en/lamp") == "001"


def test_store_without_the_locale_does_not_know_the_address(shop: Shop) -> None:
    """An English address leads nowhere in a store that has no English."""
    assert (shop.leads_to("/de/lampe", "AT"), shop.leads_to("/en/lamp", "AT")) == ("001", None)


def test_address_changes_with_the_product(shop: Shop) -> None:
    """A new address takes the place of the one before; one that is taken away is no more."""
    shop.publish(product_abstract=[HEADER, ["001", "Lampe", "Lamp", "/de/licht", ""]])

    found = {path: shop.leads_to(path) for path in ("/de/lampe", "/de/licht", "/en/lamp")}
    assert found == {"/de/lampe": None, "/de/licht": "001", "/en/lamp": None}


def test_address_moves_to_another_product(shop: Shop) -> None:
    """An address that another product takes over leads to that one."""
    shop.publish(
        product_abstract=[
            HEADER,
            ["001", "Lampe", "Lamp", "/de/alte-lampe", ""],
            ["000", "Lampe", "Lamp", "/de/lampe", ""],
        ],
        product_concrete=[
            ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1"],
            ["000", "000_1", "Lampe", "color", "red"],
        ],
        product_abstract_store=[["abstract_sku", "store_name"], ["000", "DE"]],
    )

    assert (shop.leads_to("/de/lampe"), shop.leads_to("/de/alte-lampe")) == ("000", "001")


@pytest.mark.parametrize(
    "hide",
    [
        lambda shop, work: shop.writer.unassign_stores([("001", "DE")], work),
        lambda shop, work: shop.writer.delete_concrete_products(["001_1"], work),
        lambda shop, work: shop.writer.delete_abstract_products(["001"], work),
    ],
    ids=["out of the store", "without a variant", "deleted"],
)
def test_address_of_a_product_that_is_not_shown(shop: Shop, hide: Callable[..., None]) -> None:
    """An address leads nowhere where the store does not show the product."""
    with shop.services.database.work() as work:
        hide(shop, work)
    shop.work()

    assert shop.leads_to("/de/lampe") is None


def test_deleted_product_leaves_no_address(shop: Shop) -> None:
    """A product that is deleted takes its addresses along."""
    with shop.services.database.work() as work:
        shop.writer.delete_abstract_products(["001"], work)
    shop.work()

    assert list(shop.services.storage.keys("urls:")) == []


def test_catalog_does_without_addresses(tmp_path: Path) -> None:
    """Where nobody keeps addresses, products are published all the same."""
    services = {"database": f"sqlite:///{tmp_path}/database.sqlite"}
    plugins = installed("stores", "catalog")
    with Deployment({"services": services}, plugins, serving=False) as deployment:
        names = {each.name for each in deployment.publishers}

    assert names == {"stores", "products", "products-of-stores"}
