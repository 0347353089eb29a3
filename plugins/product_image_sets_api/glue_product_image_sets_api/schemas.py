"""What clients see of pictures."""

from __future__ import annotations

from marshmallow import Schema, fields


class ImageAttributes(Schema):
    """A picture in two sizes."""

    external_url_large = fields.String(
        data_key="externalUrlLarge", metadata={"description": "Address of the large picture."}
    )
    external_url_small = fields.String(
        data_key="externalUrlSmall", metadata={"description": "Address of the small picture."}
    )
    alt_text_large = fields.String(
        data_key="altTextLarge",
        allow_none=True,
        metadata={"description": "Text for who cannot see the large picture, or null."},
    )
    alt_text_small = fields.String(
        data_key="altTextSmall",
        allow_none=True,
        metadata={"description": "Text for who cannot see the small picture, or null."},
    )


class ImageSetAttributes(Schema):
    """Pictures that belong together."""

    name = fields.String(metadata={"description": "Name of the set, usually default."})
    images = fields.List(
        fields.Nested(ImageAttributes), metadata={"description": "The pictures, in order."}
    )


class ProductImageSetsAttributes(Schema):
    """Attributes of the image sets of a product."""

    image_sets = fields.List(
        fields.Nested(ImageSetAttributes),
        data_key="imageSets",
        metadata={"description": "Image sets in the locale; empty when there are none."},
    )
