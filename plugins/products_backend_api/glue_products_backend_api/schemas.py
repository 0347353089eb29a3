"""What the back office sees of products, and what it may send."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from glue_products_backend_api.fields import (
    MOST,
    DayOrTime,
    Flag,
    Texts,
    Whole,
    listed,
    locale,
    text,
)

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 100_000
LONGEST_META = 5000
LONGEST_URL = 2048


class VariantTextAttributes(Schema):
    """What a variant is called in one locale."""

    locale = locale(required=True, metadata={"description": "Locale of a store, such as de_DE."})
    name = text(
        LONGEST_NAME, shortest=1, metadata={"description": "Name; required in a new locale."}
    )
    description = text(LONGEST_DESCRIPTION, metadata={"description": "Description."})
    is_searchable = Flag(
        data_key="isSearchable", metadata={"description": "Whether it may be found in the locale."}
    )
    attributes = Texts(metadata={"description": "Values in the locale, by attribute key."})


class LocalizedAttributes(Schema):
    """What a product is called in one locale."""

    locale = locale(required=True, metadata={"description": "Locale of a store, such as de_DE."})
    name = text(
        LONGEST_NAME, shortest=1, metadata={"description": "Name; required in a new locale."}
    )
    description = text(LONGEST_DESCRIPTION, metadata={"description": "Description."})
    meta_title = text(
        LONGEST_META, data_key="metaTitle", metadata={"description": "Title of its page."}
    )
    meta_description = text(
        LONGEST_META,
        data_key="metaDescription",
        metadata={"description": "What its page is about."},
    )
    meta_keywords = text(
        LONGEST_META, data_key="metaKeywords", metadata={"description": "Keywords of its page."}
    )
    attributes = Texts(metadata={"description": "Values in the locale, by attribute key."})


class UrlAttributes(Schema):
    """The address of a product's page in one locale."""

    locale = locale(required=True, metadata={"description": "Locale of a store, such as de_DE."})
    url = fields.String(
        required=True,
        allow_none=True,
        validate=[
            validate.Length(max=LONGEST_URL),
            validate.Regexp(r"/\S*\Z", error="Not a path such as '/en/desk-lamp'."),
        ],
        metadata={"description": "Path, which nothing else has; null takes it away."},
    )


class ImageAttributes(Schema):
    """A picture."""

    external_url_large = text(
        LONGEST_URL,
        shortest=1,
        required=True,
        data_key="externalUrlLarge",
        metadata={"description": "Address of the large picture."},
    )
    external_url_small = text(
        LONGEST_URL,
        shortest=1,
        required=True,
        data_key="externalUrlSmall",
        metadata={"description": "Address of the small picture."},
    )


class ImageSetAttributes(Schema):
    """Pictures in order."""

    locale = locale(
        load_default=None,
        allow_none=True,
        metadata={"description": "Locale; null for all that have no set of the name."},
    )
    name = text(
        LONGEST_NAME,
        shortest=1,
        load_default="default",
        metadata={"description": "Name of the set, usually 'default'."},
    )
    images = fields.List(
        Whole(ImageAttributes),
        required=True,
        validate=validate.Length(min=1, max=MOST),
        metadata={"description": "The pictures, in order."},
    )


class CategoryAttributes(Schema):
    """A category; a body names it by its key, and its texts stay what they are."""

    name = text(LONGEST_NAME, allow_none=True, metadata={"description": "Name."})
    category_key = text(
        LONGEST_NAME,
        shortest=1,
        required=True,
        data_key="categoryKey",
        metadata={"description": "Key."},
    )
    meta_title = text(
        LONGEST_META,
        allow_none=True,
        data_key="metaTitle",
        metadata={"description": "Title of its page."},
    )
    meta_description = text(
        LONGEST_META,
        allow_none=True,
        data_key="metaDescription",
        metadata={"description": "What its page is about."},
    )
    meta_keywords = text(
        LONGEST_META,
        allow_none=True,
        data_key="metaKeywords",
        metadata={"description": "Keywords of its page."},
    )


class VariantAttributes(Schema):
    """A concrete product."""

    sku = text(255, shortest=1, required=True, metadata={"description": "SKU."})
    is_quantity_splittable = Flag(
        data_key="isQuantitySplittable",
        metadata={"description": "Whether two of it may be two items of an order."},
    )
    is_active = Flag(data_key="isActive", metadata={"description": "Whether it is sold."})
    localized_attributes = listed(
        VariantTextAttributes,
        key="locale",
        data_key="localizedAttributes",
        metadata={"description": "Texts; locales that a change does not name stay as they are."},
    )
    image_sets = listed(
        ImageSetAttributes,
        data_key="imageSets",
        metadata={"description": "Its own pictures; without any it has those of the product."},
    )


class ProductAbstractAttributes(Schema):
    """Attributes of an abstract product."""

    product_abstract_sku = text(
        255,
        shortest=1,
        required=True,
        data_key="productAbstractSku",
        metadata={"description": "SKU, which is the id and never changes."},
    )
    tax_set_name = text(
        LONGEST_NAME,
        shortest=1,
        allow_none=True,
        data_key="taxSetName",
        metadata={"description": "Name of the tax set, kept as it is, or null."},
    )
    new_from = DayOrTime(
        allow_none=True,
        data_key="newFrom",
        metadata={"description": "When it begins to be new, in UTC, or null; a day may be sent."},
    )
    new_to = DayOrTime(
        allow_none=True,
        data_key="newTo",
        metadata={"description": "When it ceases to be new, in UTC, or null; a day may be sent."},
    )
    attributes = Texts(metadata={"description": "General values, by attribute key."})
    localized_attributes = listed(
        LocalizedAttributes,
        key="locale",
        data_key="localizedAttributes",
        metadata={"description": "Texts; locales that a change does not name stay as they are."},
    )
    urls = listed(
        UrlAttributes,
        key="locale",
        metadata={"description": "Paths; locales that a change does not name stay as they are."},
    )
    image_sets = listed(
        ImageSetAttributes,
        data_key="imageSets",
        metadata={"description": "Pictures of the product."},
    )
    stores = fields.List(
        text(255, shortest=1),
        validate=validate.Length(max=MOST),
        metadata={"description": "Names of the stores that show it."},
    )
    categories = listed(
        CategoryAttributes, metadata={"description": "Categories; unknown keys are ignored."}
    )
    variants = listed(
        VariantAttributes,
        key="sku",
        metadata={
            "description": "Concrete products; those that a change does not name stay as they are."
        },
    )
