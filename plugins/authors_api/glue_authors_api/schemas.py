"""What clients see of an author, and what they may send."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from glue_core import UtcDateTime
from glue_magazine import LONGEST_EMAIL, LONGEST_NAME


class AuthorAttributes(Schema):
    """Attributes of an author."""

    name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=LONGEST_NAME),
        metadata={"description": "Name, as articles show it."},
    )
    email = fields.Email(
        required=True,
        validate=validate.Length(max=LONGEST_EMAIL),
        metadata={"description": "Address for readers' letters."},
    )
    joined_on = fields.Date(
        required=True,
        data_key="joinedOn",
        metadata={"description": "Day on which they began to write for the magazine."},
    )
    created_at = UtcDateTime(
        dump_only=True,
        data_key="createdAt",
        metadata={"description": "When the author was created, in UTC."},
    )
    updated_at = UtcDateTime(
        dump_only=True,
        data_key="updatedAt",
        metadata={"description": "When the attributes were last changed, in UTC."},
    )
