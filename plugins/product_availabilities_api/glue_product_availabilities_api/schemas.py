"""What clients see of availabilities."""

from __future__ import annotations

from marshmallow import Schema, fields


class AbstractAvailabilityAttributes(Schema):
    """Attributes of the availability of an abstract product."""

    availability = fields.Boolean(
        metadata={"description": "Whether any variant can be bought now."},
    )
    quantity = fields.String(
        allow_none=True,
        metadata={"description": "What all variants have together: text with ten decimals."},
    )


class ConcreteAvailabilityAttributes(Schema):
    """Attributes of the availability of a concrete product."""

    availability = fields.Boolean(metadata={"description": "Whether it can be bought now."})
    quantity = fields.String(
        allow_none=True,
        metadata={"description": "What the warehouses of the store have: text with ten decimals."},
    )
    is_never_out_of_stock = fields.Boolean(
        data_key="isNeverOutOfStock", metadata={"description": "Whether stock is not counted."}
    )
