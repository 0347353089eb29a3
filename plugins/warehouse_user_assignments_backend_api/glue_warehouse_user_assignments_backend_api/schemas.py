"""What clients see of an assignment, and what they may send."""

from __future__ import annotations

from marshmallow import Schema, fields


class AssignedWarehouse(Schema):
    """The warehouse of an assignment."""

    uuid = fields.String(required=True, metadata={"description": "UUID of the warehouse."})
    name = fields.String(dump_only=True, metadata={"description": "Name of the warehouse."})
    is_active = fields.Boolean(
        dump_only=True,
        data_key="isActive",
        metadata={"description": "Whether the stock of the warehouse can be sold."},
    )


class AssignmentAttributes(Schema):
    """Attributes of an assignment."""

    user_uuid = fields.String(
        required=True,
        data_key="userUuid",
        metadata={"description": "UUID of the user, who is one of a warehouse."},
    )
    warehouse = fields.Nested(
        AssignedWarehouse,
        required=True,
        metadata={"description": "The warehouse that the user works in; a request has its uuid."},
    )
    is_active = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        data_key="isActive",
        metadata={
            "description": "Whether the user works there now; true switches the others of the "
            "user off."
        },
    )
