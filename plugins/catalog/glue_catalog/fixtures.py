"""Makes products for tests that call the shop from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from glue_catalog import BadValue, CatalogWriter, ProductEditor, SkuInUse, UrlInUse
from glue_core import FixtureMaker, Work

LONGEST_SKU = 100
"""Characters; the SKU of the concrete product has a few more."""


class ProductParameters(Schema):
    """An abstract product with one concrete one."""

    sku = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_SKU),
        metadata={"description": "SKU of the abstract product; the concrete one has '-1' behind."},
    )
    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=255),
        metadata={"description": "Name in the locale."},
    )
    locale = fields.String(
        load_default="en_US", metadata={"description": "Locale of the name; one of a store."}
    )
    stores = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Names of the stores that show it."},
    )


class ProductRemoval(Schema):
    """Which product is deleted."""

    sku = fields.String(required=True, metadata={"description": "SKU of the abstract product."})


def product_maker(editor: ProductEditor, writer: CatalogWriter) -> FixtureMaker:
    """Return what writes products, and deletes them.

    Args:
        editor: Writes single products.
        writer: Deletes them.
    """

    def make(parameters: dict[str, Any], work: Work) -> Mapping[str, Any]:
        sku, name, locale = (parameters[each] for each in ("sku", "name", "locale"))
        variant = f"{sku}-1"
        changes = {
            "texts": {locale: {"name": name}},
            "stores": parameters["stores"],
            "variants": {variant: {"texts": {locale: {"name": name}}}},
        }
        try:
            editor.create(sku, changes, work)
        except SkuInUse as error:
            raise ValidationError("Another product has this SKU.", "sku") from error
        except UrlInUse as error:
            raise ValidationError("Another product has this address.", "name") from error
        except BadValue as error:
            raise ValidationError(error.reason, _parameter(error.path)) from error
        return {"sku": sku, "concreteSku": variant}

    def remove(parameters: dict[str, Any], work: Work) -> None:
        writer.delete_abstract_products([parameters["sku"]], work)

    return FixtureMaker("product", ProductParameters, make, ProductRemoval, remove)


def _parameter(path: tuple[str, ...]) -> str:
    """Return the parameter that a value came from which the catalog does not take."""
    if path[0] == "stores":
        return "stores"
    if path[0] == "variants" and path[-1] not in ("name", "texts"):
        return "sku"
    return "name" if path[-1] == "name" else "locale"
