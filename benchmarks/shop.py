"""The shop of the benchmarks: products in memory, in a storefront with its real plugins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from marshmallow import Schema, fields

from benchmarks.data import COUNT, LABELS, MAKERS, ORDERED, PRODUCTS
from glue_core import (
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    PageRules,
    Protection,
    Relationship,
    SimpleResource,
    Step,
    Subject,
    TokenDraft,
    hookimpl,
)
from glue_core.migrating import migrate
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory, installed
from glue_customers import CustomerDraft, CustomerWriter
from glue_oauth import TokenIssuer
from glue_stores import StoreReader
from glue_stores.reading import KEY

STOREFRONT = (
    "storefront_api",
    "json_api",
    "anonymous_customers_api",
    "catalog",
    "customers",
    "customers_api",
    "oauth",
    "oauth_api",
    "product_availabilities_api",
    "product_image_sets_api",
    "product_prices_api",
    "products_api",
    "stores",
    "stores_api",
)
"""What a storefront has installed: each request passes the steps of these."""

APPLICATION = "storefront_api"
GROUP = f"glue.plugins.{APPLICATION}"
STORE_NAME = "DE"
STORE = {
    "name": STORE_NAME,
    "time_zone": "Europe/Berlin",
    "default_currency": "EUR",
    "default_locale": "en_US",
    "currencies": [{"code": "EUR", "name": "Euro", "symbol": "€"}],
    "locales": ["de_DE", "en_US"],
    "countries": [],
}
EMAIL = "sonia@example.com"


class ProductAttributes(Schema):
    """Twelve attributes."""

    sku = fields.String()
    price = fields.Integer()
    field0 = fields.String()
    field1 = fields.String()
    field2 = fields.String()
    field3 = fields.String()
    field4 = fields.String()
    field5 = fields.String()
    field6 = fields.String()
    field7 = fields.String()
    field8 = fields.String()
    field9 = fields.String()


class RelatedAttributes(Schema):
    """Two attributes."""

    name = fields.String()
    rank = fields.Integer()


def load_makers(products: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the maker of each product."""
    return {each.id: MAKERS[each.id] for each in products if each.id is not None}


def load_labels(products: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the labels of each product."""
    return {each.id: LABELS[each.id] for each in products if each.id is not None}


class Products(SimpleResource):
    """Products with two relationships."""

    type = "products"
    attributes = ProductAttributes
    page = PageRules(20, 100)
    relationships = (
        Relationship("makers", "makers", load_makers, many=False),
        Relationship("labels", "labels", load_labels),
    )

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - handlers are called with this name.
        """Return one product."""
        found = PRODUCTS.get(id)
        if found is None:
            raise NotFound("301", "Product is not found.")
        return GlueResponse.of(found)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of products."""
        page = request.pagination
        assert page is not None
        page = type(page)(page.offset, page.limit, COUNT)
        return GlueResponse.page(ORDERED[page.offset : page.offset + page.limit], page)


class Offers(SimpleResource):
    """The same products for customers who have logged in."""

    type = "offers"
    attributes = ProductAttributes
    protection = Protection(scopes=("customer",))

    def get(self, id: str) -> GlueResponse:  # noqa: A002
        """Return one offer."""
        return GlueResponse.of(PRODUCTS[id])


class Makers(SimpleResource):
    """What products lead to, one each."""

    type = "makers"
    attributes = RelatedAttributes

    def get(self) -> GlueResponse:
        """Refuse: makers are only included."""
        raise NotFound("302", "Makers are only included.")


class Labels(Makers):
    """What products lead to, many each."""

    type = "labels"


class Shop:
    """The plugin."""

    @hookimpl
    def glue_resources(self) -> Sequence[SimpleResource]:
        """Show products and offers, makers and labels."""
        return [Products(), Offers(), Makers(), Labels()]


def other_plugin(number: int) -> object:
    """Return a plugin with a resource and steps that have nothing to do with products."""
    name = f"things{number}"
    kind = type(name, (Makers,), {"type": name, "__doc__": "A thing."})
    steps: list[Step[Any]] = [Step("nothing", lambda operation: None)]

    @hookimpl
    def glue_resources() -> Sequence[SimpleResource]:
        return [kind()]

    @hookimpl
    def glue_request_builders() -> Sequence[Step[Any]]:
        return steps

    module = ModuleType(name)
    vars(module).update(glue_resources=glue_resources, glue_request_builders=glue_request_builders)
    return module


def services(directory: Path) -> dict[str, Any]:
    """Return settings of services that keep everything in a directory."""
    return {
        "database": f"sqlite:///{directory}/database.sqlite",
        "storage": f"sqlite:///{directory}/storage.sqlite",
        "search": f"tantivy:///{directory}/search",
    }


def deployment(directory: Path, others: int, *more: Source) -> Deployment:
    """Return a deployment of the shop with so many other plugins, and a published store.

    Args:
        directory: For the files of its services.
        others: Number of plugins that have nothing to do with products.
        more: Further plugins.
    """
    return deployment_of(
        directory,
        [
            *installed(*STOREFRONT),
            in_memory(GROUP, "shop", Shop(), distribution="shop"),
            *(
                in_memory(GROUP, f"other{n}", other_plugin(n), distribution=f"other{n}")
                for n in range(others)
            ),
            *more,
        ],
    )


def deployment_of(directory: Path, plugins: Sequence[Source]) -> Deployment:
    """Return a deployment of plugins, those of a storefront among them, and a published store."""
    made = Deployment(
        {"services": services(directory), "plugins": {"oauth": {"key_secret": "k" * 16}}}, plugins
    )
    made.services.storage.put_many({KEY: {"stores": [STORE]}})
    if made.features.get(StoreReader).store(STORE_NAME) is None:
        raise LookupError("The store of the benchmarks is not read: look at how it is published.")
    return made


def log_in(shop: Deployment) -> str:
    """Register a customer and return an access token of theirs."""
    migrate(shop.services.database, shop.migrations)
    writer = shop.features.get(CustomerWriter)
    with shop.services.database.work() as work:
        made = writer.register(CustomerDraft(EMAIL, "Sonia", "Wagner", "correct horse"), work)
        writer.confirm(made.confirmation_key or "", work)
        who = Subject("customer", {"customer_reference": made.customer.reference, "id_customer": 1})
        draft = TokenDraft(who, ("customer",))
        return shop.features.get(TokenIssuer).issue(draft, APPLICATION, work).access_token
