"""What clients see of an address."""

from __future__ import annotations

from marshmallow import Schema, fields


class UrlAttributes(Schema):
    """What an address leads to."""

    entity_type = fields.String(
        data_key="entityType",
        metadata={"description": "Type of the resource, such as abstract-products."},
    )
    entity_id = fields.String(
        data_key="entityId", metadata={"description": "Id of the resource of that type."}
    )
