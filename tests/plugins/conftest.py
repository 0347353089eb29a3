"""The storefront's resource plugins over readers that keep their documents in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import falcon.testing
import pytest

from glue_catalog import CatalogReader, Document, PriceMode, ProductPage, ProductQuery
from glue_core import Deployment, Provider, hookimpl
from glue_core.testing import documented, in_memory, installed
from glue_stores import Country, Currency, Market, Store, StoreReader

EURO = Currency("EUR", "Euro", "€")
FRANC = Currency("CHF", "Swiss Franc", "CHF")
GERMANY = Country("DE", "DEU", "Germany", True, "[0-9]{5}")
DE = Store("DE", "Europe/Berlin", "EUR", "de_DE", (EURO, FRANC), ("de_DE", "en_US"), (GERMANY,))
CH = Store("CH", None, "CHF", "en_US", (FRANC,), ("de_DE", "en_US"), (Country("CH", "CHE", "S"),))


@dataclass
class MemoryStores:
    """Stores by name."""

    by_name: dict[str, Store] = field(default_factory=lambda: {"CH": CH, "DE": DE})

    def stores(self) -> Sequence[Store]:
        """Return every store, by name."""
        return [self.by_name[name] for name in sorted(self.by_name)]

    def store(self, name: str) -> Store | None:
        """Return the store with this name, or None."""
        return self.by_name.get(name)


@dataclass
class MemoryCatalog:
    """Documents by kind and SKU; notes what it is asked, in order."""

    documents: dict[str, dict[str, Document]] = field(default_factory=dict)
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def _some(self, kind: str, skus: Sequence[str], *asked: object) -> dict[str, Document]:
        self.calls.append((kind, list(skus), *asked))
        found = self.documents.get(kind, {})
        return {sku: found[sku] for sku in skus if sku in found}

    def _page(self, kind: str, query: ProductQuery, market: Market) -> ProductPage:
        self.calls.append((kind, query, market))
        found = list(self.documents[kind].values())
        for name, value in query.filters:
            found = [each for each in found if each[name] == value]
        for key in reversed(query.sorts):
            found.sort(key=lambda each: str(each[key.field]), reverse=not key.is_ascending)
        return ProductPage(tuple(found[query.offset : query.offset + query.limit]), len(found))

    def abstract_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return abstract products by SKU."""
        return self._some("abstract_products", skus, market)

    def concrete_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return concrete products by SKU."""
        return self._some("concrete_products", skus, market)

    def find_abstract_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of abstract products."""
        return self._page("abstract_products", query, market)

    def find_concrete_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of concrete products."""
        return self._page("concrete_products", query, market)

    def abstract_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of abstract products by SKU."""
        return self._some("abstract_prices", skus, market, currency, mode)

    def concrete_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of concrete products by SKU."""
        return self._some("concrete_prices", skus, market, currency, mode)

    def abstract_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of abstract products by SKU."""
        return self._some("abstract_availabilities", skus, market)

    def concrete_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of concrete products by SKU."""
        return self._some("concrete_availabilities", skus, market)

    def abstract_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of abstract products by SKU."""
        return self._some("abstract_image_sets", skus, market)

    def concrete_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of concrete products by SKU."""
        return self._some("concrete_image_sets", skus, market)


def product(sku: str, **further: object) -> Document:
    """Return what abstract and concrete products have in common."""
    return {
        "sku": sku,
        "average_rating": None,
        "review_count": 0,
        "name": f"Lamp {sku}",
        "description": "It shines.",
        "attributes": {"brand": "Lumo", "get": "a key that is also a method"},
        "super_attributes_definition": ["color"],
        "meta_title": "Lamp",
        "meta_keywords": "lamp",
        "meta_description": "A lamp",
        "attribute_names": {"brand": "Brand"},
        **further,
    }


def abstract(sku: str, *concrete_skus: str) -> Document:
    """Return an abstract product with these variants."""
    return product(
        sku,
        super_attributes={"color": ["red"]},
        attribute_map={
            "product_concrete_ids": list(concrete_skus),
            "super_attributes": {"color": ["red"]},
            "attribute_variants": {},
            "attribute_variant_map": {"1": {"color": "red"}},
        },
        url=f"/en/lamp-{sku}",
        merchant_reference=None,
        concrete_skus=list(concrete_skus),
    )


def concrete(sku: str, owner: str) -> Document:
    """Return a variant of an abstract product."""
    return product(
        sku,
        is_discontinued=False,
        discontinued_note=None,
        product_abstract_sku=owner,
        product_configuration_instance=None,
    )


@dataclass(eq=False)
class Shop:
    """What the plugins read; a test changes it before or between requests."""

    stores: MemoryStores
    catalog: MemoryCatalog

    @hookimpl
    def glue_features(self) -> list[Provider[Any]]:
        """Provide the readers."""
        return [
            Provider(StoreReader, lambda _: self.stores),
            Provider(CatalogReader, lambda _: self.catalog),
        ]


@pytest.fixture
def shop() -> Shop:
    """Two stores; the product A with two variants and B with one."""
    documents: dict[str, dict[str, Document]] = {
        "abstract_products": {
            "A": abstract("A", "A-2", "A-1"),
            "B": abstract("B", "B-1", "B-hidden"),
        },
        "concrete_products": {
            sku: concrete(sku, sku.partition("-")[0]) for sku in ("A-1", "A-2", "B-1")
        },
    }
    return Shop(MemoryStores(), MemoryCatalog(documents))


@pytest.fixture
def storefront(
    shop: Shop, glue_deployment: Callable[..., Deployment]
) -> Callable[..., falcon.testing.TestClient]:
    """Make a client of the storefront with some of its plugins, and settings as tables."""

    def make(
        *names: str, settings: Mapping[str, Any] | None = None, also: Iterable[Any] = ()
    ) -> falcon.testing.TestClient:
        plugins = [
            *installed("storefront_api", "json_api", "stores_api", *names),
            *also,
            in_memory("glue.features", "shop", shop),
        ]
        deployment = glue_deployment(plugins, settings=settings)
        return falcon.testing.TestClient(documented(deployment.applications["storefront_api"]))

    return make


@pytest.fixture
def json_api() -> dict[str, str]:
    """Headers of a request in the convention JSON:API."""
    return {"Accept": "application/vnd.api+json"}


@pytest.fixture
def market() -> Callable[[str, str], Market]:
    """Make the market that a reader is asked for."""
    return Market


@pytest.fixture
def attributes_of() -> Callable[[Any], Any]:
    """Return what a JSON:API answer shows of its one resource, in an array of one or not."""

    def attributes(result: falcon.testing.Result) -> Any:
        data = result.json["data"]
        resource = data[0] if isinstance(data, list) and len(data) == 1 else data
        return resource["attributes"]

    return attributes


@pytest.fixture
def codes_of() -> Callable[[Any], list[str]]:
    """Return the codes of the errors of an answer."""

    def codes(result: falcon.testing.Result) -> list[str]:
        errors = result.json["errors"] if isinstance(result.json, dict) else result.json
        return [each["code"] for each in errors]

    return codes
