"""The shop of the benchmarks: a plugin in memory, and deployments with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from marshmallow import Schema, fields

from glue_core import (
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    PageRules,
    Relationship,
    SimpleResource,
    Step,
    hookimpl,
)
from glue_core.testing import Deployment, in_memory, installed

NAMES = tuple(f"field{number}" for number in range(10))
COUNT = 200


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


def product(number: int) -> dict[str, Any]:
    """Return the data of one product."""
    sku = f"{number:03}"
    texts = {name: f"{name} of the product {sku}" for name in NAMES}
    return {"id": sku, "sku": sku, "price": number * 100, **texts}


PRODUCTS = {each["id"]: each for each in map(product, range(COUNT))}
ORDERED = tuple(PRODUCTS.values())
MAKERS = {sku: {"id": f"m{sku}", "name": f"Maker of {sku}", "rank": 1} for sku in PRODUCTS}
LABELS = {sku: [{"id": f"l{sku}", "name": f"Label of {sku}", "rank": 2}] for sku in PRODUCTS}


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
        """Show products, makers and labels."""
        return [Products(), Makers(), Labels()]


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


def deployment(others: int) -> Deployment:
    """Return a deployment of the shop with so many other plugins."""
    group = "glue.plugins.storefront_api"
    return Deployment(
        {},
        [
            *installed("storefront_api", "json_api"),
            in_memory(group, "shop", Shop(), distribution="shop"),
            *(
                in_memory(group, f"other{n}", other_plugin(n), distribution=f"other{n}")
                for n in range(others)
            ),
        ],
    )
