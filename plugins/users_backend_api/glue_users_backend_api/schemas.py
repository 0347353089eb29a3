"""What clients see of a user."""

from __future__ import annotations

from marshmallow import Schema, fields


class UserAttributes(Schema):
    """Attributes of a user of the back office."""

    username = fields.String(dump_only=True, metadata={"description": "E-mail address."})
    first_name = fields.String(
        dump_only=True, data_key="firstName", metadata={"description": "First name."}
    )
    last_name = fields.String(
        dump_only=True, data_key="lastName", metadata={"description": "Last name."}
    )
