"""Hook implementations of the catalog; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_catalog import (
    PRODUCT_CHANGED,
    CatalogReader,
    CatalogWriter,
    ProductEditor,
    WarehouseReader,
)
from glue_catalog.addressing import ABSTRACT_PRODUCTS, ProductUrlPublisher, ShownProducts
from glue_catalog.reading import PublishedCatalogReader
from glue_core import (
    Features,
    FixtureMaker,
    Importer,
    Migrations,
    Provider,
    Publisher,
    RowImporter,
    Services,
    hookimpl,
)
from glue_stores import STORE_CHANGED, StoreRegister
from glue_urls import UrlRegister, UrlTargets

if TYPE_CHECKING:
    from glue_catalog.publishing import CatalogPublisher

BRANCH = "catalog"

FILES = (
    ("category", "category", ("category_key",), ()),
    ("product-attribute-key", "product_attribute_key", ("attribute_key", "is_super"), ()),
    (
        "product-management-attribute",
        "product_management_attribute",
        ("key",),
        ("product-attribute-key",),
    ),
    (
        "product-abstract",
        "product_abstract",
        ("abstract_sku",),
        ("locale-store", "category", "product-attribute-key", "product-management-attribute"),
    ),
    (
        "product-concrete",
        "product_concrete",
        ("abstract_sku", "concrete_sku"),
        ("product-abstract",),
    ),
    (
        "product-abstract-store",
        "product_abstract_store",
        ("abstract_sku", "store_name"),
        ("store", "product-abstract"),
    ),
    (
        "product-image",
        "product_image",
        ("abstract_sku", "concrete_sku", "product_image_key", "product_image_set_key"),
        ("product-abstract", "product-concrete"),
    ),
    (
        "product-price",
        "product_price",
        ("abstract_sku", "concrete_sku", "price_type", "store", "currency"),
        ("currency-store", "locale-store", "product-abstract", "product-concrete"),
    ),
    ("stock", "warehouse", ("name", "is_active"), ()),
    ("stock-store", "warehouse_store", ("warehouse_name", "store_name"), ("store", "stock")),
    (
        "product-stock",
        "product_stock",
        ("concrete_sku", "name", "quantity"),
        ("stock", "stock-store", "product-concrete"),
    ),
)
"""Entity, file, columns that must be there, and entities that come before."""


@hookimpl
def glue_features(services: Services) -> Sequence[Provider[Any]]:
    """Provide the published catalog, ways to write the one in the database, and warehouses."""
    return [
        Provider(
            CatalogReader,
            lambda features: PublishedCatalogReader(services.storage, services.search),
        ),
        Provider(CatalogWriter, lambda features: _writer()),
        Provider(WarehouseReader, lambda features: _warehouses()),
        Provider(ProductEditor, _editor),
        Provider(
            UrlTargets,
            lambda features: ShownProducts(features.get(CatalogReader)),
            ABSTRACT_PRODUCTS,
        ),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of the catalog up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers(features: Features) -> Sequence[Importer]:
    """Import the files of categories, products, prices, stock and pictures."""
    return [
        Importer(entity, file, required, _importer(entity, features), after)
        for entity, file, required, after in FILES
    ]


@hookimpl
def glue_fixture_makers(features: Features) -> Sequence[FixtureMaker]:
    """Make products for tests from outside."""
    from glue_catalog.fixtures import product_maker

    return [product_maker(features.get(ProductEditor), features.get(CatalogWriter))]


@hookimpl
def glue_publishers(features: Features, services: Services) -> Sequence[Publisher]:
    """Publish products that changed with their addresses, and all products of a store that did."""

    def publisher() -> CatalogPublisher:
        from glue_catalog.publishing import CatalogPublisher

        return CatalogPublisher(features.get(StoreRegister), services.storage, services.search)

    publishers = [
        Publisher(
            PRODUCT_CHANGED,
            lambda events, work: publisher().handle(events, work),
            lambda work: publisher().keys(work),
            "products",
            writes=False,
        ),
        Publisher(
            STORE_CHANGED,
            lambda events, work: publisher().handle_stores(events, work),
            lambda work: publisher().store_keys(work),
            "products-of-stores",
        ),
    ]
    if UrlRegister in features:
        register = features.get(UrlRegister)
        publishers.append(
            Publisher(
                PRODUCT_CHANGED,
                lambda events, work: ProductUrlPublisher(register).handle(events, work),
                # The other publisher of these events yields them all.
                lambda work: iter(()),
                "urls-of-products",
            )
        )
    return publishers


def _importer(entity: str, features: Features) -> Callable[[], RowImporter]:
    """Make an importer when it is needed: what it writes with loads SQLAlchemy."""

    def make() -> RowImporter:
        from glue_catalog.importers import MAKERS

        return MAKERS[entity](features.get(CatalogWriter), features.get(StoreRegister))

    return make


def _writer() -> CatalogWriter:
    from glue_catalog.writing import DatabaseCatalogWriter

    return DatabaseCatalogWriter()


def _warehouses() -> WarehouseReader:
    from glue_catalog.warehouses import DatabaseWarehouseReader

    return DatabaseWarehouseReader()


def _editor(features: Features) -> ProductEditor:
    from glue_catalog.editing import DatabaseProductEditor

    return DatabaseProductEditor(features.get(CatalogWriter), features.get(StoreRegister))


def _metadata() -> object:
    from glue_catalog.models import METADATA

    return METADATA
