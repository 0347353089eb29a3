"""What clients get of tokens, and what they send for some."""

from __future__ import annotations

from marshmallow import Schema, fields

from glue_core import not_blank


class TokenAttributes(Schema):
    """Attributes of tokens that were just issued."""

    token_type = fields.String(
        dump_only=True, data_key="tokenType", metadata={"description": "Bearer."}
    )
    expires_in = fields.Integer(
        dump_only=True,
        data_key="expiresIn",
        metadata={"description": "Life of the access token, in seconds."},
    )
    access_token = fields.String(
        dump_only=True, data_key="accessToken", metadata={"description": "The access token."}
    )
    refresh_token = fields.String(
        dump_only=True,
        data_key="refreshToken",
        metadata={"description": "What the next tokens are got with, once."},
    )


class LoginAttributes(Schema):
    """What somebody sends to log in."""

    username = fields.Email(
        required=True,
        load_only=True,
        validate=not_blank,
        metadata={"description": "E-mail address of the customer."},
    )
    password = fields.String(
        required=True,
        load_only=True,
        validate=not_blank,
        metadata={"description": "Password of the customer."},
    )


class RefreshAttributes(Schema):
    """What somebody sends to go on without logging in again."""

    refresh_token = fields.String(
        required=True,
        load_only=True,
        data_key="refreshToken",
        validate=not_blank,
        metadata={"description": "A refresh token that was not used yet."},
    )
