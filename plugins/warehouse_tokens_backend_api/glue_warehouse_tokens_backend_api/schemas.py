"""What clients get of a token."""

from __future__ import annotations

from marshmallow import Schema, fields


class TokenAttributes(Schema):
    """Attributes of a token of a warehouse."""

    token_type = fields.String(
        dump_only=True, data_key="tokenType", metadata={"description": "Bearer."}
    )
    expires_in = fields.Integer(
        dump_only=True, data_key="expiresIn", metadata={"description": "Life in seconds."}
    )
    access_token = fields.String(
        dump_only=True, data_key="accessToken", metadata={"description": "The token itself."}
    )
    refresh_token = fields.String(
        dump_only=True,
        allow_none=True,
        data_key="refreshToken",
        metadata={"description": "Null: a warehouse gets another token by asking again."},
    )
