"""What clients see of products."""

from __future__ import annotations

from marshmallow import Schema, fields


class AttributeMapAttributes(Schema):
    """How the variants of a product differ; the keys are in snake case on the wire, too."""

    product_concrete_ids = fields.List(
        fields.String(), metadata={"description": "SKUs of the variants, in order."}
    )
    super_attributes = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Values by super attribute."},
    )
    attribute_variants = fields.Dict(
        metadata={
            "description": "Tree with keys '<attribute>:<value>'; a leaf names the variant's SKU "
            "in id_product_concrete."
        }
    )
    attribute_variant_map = fields.Dict(
        metadata={"description": "Super attributes and their values by internal product number."}
    )


class ProductConfigurationAttributes(Schema):
    """Default configuration of a configurable product."""

    display_data = fields.String(
        data_key="displayData", metadata={"description": "What to show, as JSON text."}
    )
    configuration = fields.String(metadata={"description": "Configuration, as JSON text."})
    configurator_key = fields.String(
        data_key="configuratorKey", metadata={"description": "Key of the configurator."}
    )
    is_complete = fields.Boolean(
        data_key="isComplete", metadata={"description": "Whether nothing is left to choose."}
    )


class ProductAttributes(Schema):
    """What abstract and concrete products have in common."""

    sku = fields.String(metadata={"description": "SKU of the product; also its id."})
    average_rating = fields.Float(
        data_key="averageRating",
        allow_none=True,
        metadata={"description": "Mean of the approved ratings with one decimal, or null."},
    )
    review_count = fields.Integer(
        data_key="reviewCount", metadata={"description": "Number of approved reviews."}
    )
    name = fields.String(metadata={"description": "Name in the locale of the request."})
    description = fields.String(metadata={"description": "Description in the locale."})
    attributes = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Values by attribute key, in the locale."},
    )
    super_attributes_definition = fields.List(
        fields.String(),
        data_key="superAttributesDefinition",
        metadata={"description": "Keys among the attributes that variants differ in."},
    )
    meta_title = fields.String(
        data_key="metaTitle", metadata={"description": "Title of the product's page."}
    )
    meta_keywords = fields.String(
        data_key="metaKeywords", metadata={"description": "Keywords of the product's page."}
    )
    meta_description = fields.String(
        data_key="metaDescription", metadata={"description": "Description of the product's page."}
    )
    attribute_names = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        data_key="attributeNames",
        metadata={"description": "Names of the attributes in the locale, by key."},
    )


class AbstractProductAttributes(ProductAttributes):
    """Attributes of an abstract product: what its variants share."""

    super_attributes = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        data_key="superAttributes",
        metadata={"description": "Values that the variants have, by super attribute."},
    )
    attribute_map = fields.Nested(
        AttributeMapAttributes,
        data_key="attributeMap",
        metadata={"description": "How the variants differ."},
    )
    url = fields.String(metadata={"description": "Path of the product's page, in the locale."})


class ConcreteProductAttributes(ProductAttributes):
    """Attributes of a concrete product: what can be bought."""

    is_discontinued = fields.Boolean(
        data_key="isDiscontinued",
        metadata={"description": "Whether the product is no longer offered."},
    )
    discontinued_note = fields.String(
        data_key="discontinuedNote",
        allow_none=True,
        metadata={"description": "Why it is no longer offered, in the locale, or null."},
    )
    product_abstract_sku = fields.String(
        data_key="productAbstractSku", metadata={"description": "SKU of the abstract product."}
    )
    product_configuration_instance = fields.Nested(
        ProductConfigurationAttributes,
        data_key="productConfigurationInstance",
        allow_none=True,
        metadata={"description": "Default configuration of a configurable product, or null."},
    )
