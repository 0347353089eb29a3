"""Between requests and the catalog: what is shown, what is to change, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from glue_catalog import (
    BadValue,
    Category,
    CategoryText,
    NoSuchProduct,
    Picture,
    PictureSet,
    ProductQuery,
    ProductRecord,
    SkuInUse,
    SortKey,
    UrlInUse,
)
from glue_core import Conflict, GlueRequest, NotFound, Unprocessable, codes
from glue_products_backend_api.resource import NOT_FOUND, SKU_IN_USE, URL_IN_USE

FILTERS = {
    "productAbstractSku": "sku",
    "name": "name",
    "taxSetName": "tax_set_name",
    "stores": "store",
    "categories": "category",
    "variants": "variant",
}
SORTS = {
    "productAbstractSku": "sku",
    "taxSetName": "tax_set_name",
    "newFrom": "new_from",
    "newTo": "new_to",
}
AS_THEY_ARE = ("tax_set_name", "new_from", "new_to", "attributes", "stores")
"""Attributes that the catalog knows by the same name and takes as they are."""
PLACES = {"new_from": "newFrom", "new_to": "newTo"}
"""Names of values on the wire, where they differ."""

Json = dict[str, Any]


def query_of(request: GlueRequest) -> ProductQuery:
    """Return the query that the filters, the order and the page of a request make."""
    filters = tuple((FILTERS[each.field], each.value) for each in request.filters)
    sorts = tuple(SortKey(SORTS[each.field], each.is_ascending) for each in request.sortings)
    page = request.pagination
    if page is None:
        return ProductQuery(filters, sorts)
    return ProductQuery(filters, sorts, page.offset, page.limit)


def shown(record: ProductRecord, locale: str | None) -> Json:
    """Return what is shown of a product.

    Args:
        record: The product.
        locale: Locale of the request: categories have their texts in it.
    """
    return {
        "product_abstract_sku": record.sku,
        **{name: getattr(record, name) for name in AS_THEY_ARE},
        "localized_attributes": [
            {
                "locale": name,
                "name": text.name,
                "description": text.description,
                "meta_title": text.meta_title,
                "meta_description": text.meta_description,
                "meta_keywords": text.meta_keywords,
                "attributes": text.attributes,
            }
            for name, text in record.texts.items()
        ],
        "urls": [
            {"locale": name, "url": text.url} for name, text in record.texts.items() if text.url
        ],
        "image_sets": _shown_sets(record.picture_sets),
        "categories": [_shown_category(each, locale) for each in record.categories],
        "variants": [
            {
                "sku": variant.sku,
                "is_quantity_splittable": variant.is_quantity_splittable,
                "is_active": variant.is_active,
                "localized_attributes": [
                    {
                        "locale": name,
                        "name": text.name,
                        "description": text.description,
                        "is_searchable": text.is_searchable,
                        "attributes": text.attributes,
                    }
                    for name, text in variant.texts.items()
                ],
                "image_sets": _shown_sets(variant.picture_sets),
            }
            for variant in record.variants
        ],
    }


def _shown_sets(sets: Sequence[PictureSet]) -> list[Json]:
    return [
        {
            "locale": each.locale or None,
            "name": each.name,
            "images": [
                {"external_url_large": one.url_large, "external_url_small": one.url_small}
                for one in each.pictures
            ],
        }
        for each in sets
    ]


def _shown_category(category: Category, locale: str | None) -> Json:
    """Show a category in the locale, or in the first one that it has; it may have none."""
    texts: Mapping[str, CategoryText] = category.texts
    text = texts.get(locale or "") or next(iter(texts.values()), None)
    return {
        "name": text and text.name,
        "category_key": category.key,
        "meta_title": text and text.meta_title,
        "meta_description": text and text.meta_description,
        "meta_keywords": text and text.meta_keywords,
    }


def changes_of(attributes: Mapping[str, Any]) -> Json:
    """Return what a body says about a product, in the catalog's words, and nothing else."""
    changes: Json = {name: attributes[name] for name in AS_THEY_ARE if name in attributes}
    texts = _texts(attributes)
    for each in attributes.get("urls", ()):
        texts.setdefault(each["locale"], {})["url"] = each["url"] or ""
    if texts:
        changes["texts"] = texts
    if "image_sets" in attributes:
        changes["picture_sets"] = _sets(attributes)
    if "categories" in attributes:
        changes["categories"] = [each["category_key"] for each in attributes["categories"]]
    if "variants" in attributes:
        changes["variants"] = {each["sku"]: _variant(each) for each in attributes["variants"]}
    return changes


def _variant(attributes: Mapping[str, Any]) -> Json:
    changes: Json = {
        name: attributes[name]
        for name in ("is_active", "is_quantity_splittable")
        if name in attributes
    }
    if texts := _texts(attributes):
        changes["texts"] = texts
    if "image_sets" in attributes:
        changes["picture_sets"] = _sets(attributes)
    return changes


def _texts(attributes: Mapping[str, Any]) -> dict[str, Json]:
    return {
        each["locale"]: {name: value for name, value in each.items() if name != "locale"}
        for each in attributes.get("localized_attributes", ())
    }


def _sets(attributes: Mapping[str, Any]) -> list[PictureSet]:
    return [
        PictureSet(
            each["name"],
            each["locale"] or "",
            tuple(
                Picture(one["external_url_large"], one["external_url_small"])
                for one in each["images"]
            ),
        )
        for each in attributes["image_sets"]
    ]


def check_sku(request: GlueRequest) -> None:
    """Refuse a change that gives a product another SKU.

    Raises:
        Unprocessable: The body names another SKU than the path.
    """
    sku = request.attributes.get("product_abstract_sku", request.resource.id)
    if sku != request.resource.id:
        pointer = _pointer(request, "productAbstractSku")
        raise Unprocessable(codes.INVALID_ATTRIBUTE, "A SKU never changes.", pointer=pointer)


@contextmanager
def told(request: GlueRequest) -> Iterator[None]:
    """Tell the client what the catalog refuses, and where the body asked for it."""
    try:
        yield
    except NoSuchProduct as error:
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message) from error
    except SkuInUse as error:
        raise Conflict(
            SKU_IN_USE.code,
            SKU_IN_USE.message,
            pointer=_pointer(request, "productAbstractSku"),
        ) from error
    except UrlInUse as error:
        index = _index(request.attributes.get("urls", ()), "locale", error.locale)
        pointer = _pointer(request, "urls", index, "url")
        raise Unprocessable(URL_IN_USE.code, URL_IN_USE.message, pointer=pointer) from error
    except BadValue as error:
        place = _place(error.path, request.attributes)
        raise Unprocessable(
            codes.INVALID_ATTRIBUTE, error.reason, pointer=_pointer(request, *place)
        ) from error


def _place(path: tuple[str, ...], attributes: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Return where a body has what the catalog names by its own path."""
    name, *rest = path
    if name == "stores":
        return "stores", attributes["stores"].index(rest[0])
    if name == "variants":
        sku, *inner = rest
        variants = attributes["variants"]
        index = _index(variants, "sku", sku)
        if inner[0] in ("texts", "picture_sets"):
            return "variants", index, *_place(tuple(inner), variants[index])
        return "variants", index, inner[0]
    if name == "texts":
        locale, *inner = rest
        texts = attributes.get("localized_attributes", ())
        if any(each["locale"] == locale for each in texts):
            return "localizedAttributes", _index(texts, "locale", locale), *inner
        return "urls", _index(attributes["urls"], "locale", locale), "locale"
    if name == "picture_sets":
        locale, *inner = rest
        return "imageSets", _index(attributes["image_sets"], "locale", locale), *inner
    return (PLACES.get(name, name),)


def _index(entries: Sequence[Mapping[str, Any]], key: str, value: str) -> int:
    return next(index for index, each in enumerate(entries) if each[key] == value)


def _pointer(request: GlueRequest, *names: str | int) -> str:
    spoken = request.operation.spoken
    start = spoken.attributes_pointer if spoken is not None else ""
    return "/".join([start, *map(str, names)])
