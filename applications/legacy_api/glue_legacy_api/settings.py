"""``[plugins.legacy_api]``: what differs between old deployments."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

SECTION = "legacy_api"
LARGEST_PAGE = 500


class LegacyApiSettings(Schema):
    """``[plugins.legacy_api]``: what the old application is asked to keep."""

    eager_includes = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Include every relationship where a request has no 'include'; an empty "
            "'include=' includes nothing either way."
        },
    )
    largest_page = fields.Integer(
        load_default=LARGEST_PAGE,
        validate=validate.Range(min=1),
        metadata={"description": "Resources on a page at most; a larger limit is cut off."},
    )
    allowed_headers = fields.List(
        fields.String(validate=validate.Length(min=1)),
        load_default=list,
        metadata={"description": "Headers that pages may send, beside those of the application."},
    )
    validation = fields.List(
        fields.String(validate=validate.Length(min=1)),
        load_default=list,
        metadata={
            "description": "Folders with rule files for request validation; what a later one says "
            "of an attribute counts. Relative ones start at the folder of the settings."
        },
    )
    validation_stores = fields.List(
        fields.String(validate=validate.Length(min=1)),
        load_default=list,
        metadata={"description": "Stores whose folders have rules of their own."},
    )
    leaked_passwords = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Sorted file of lines SHA1:COUNT, for the constraint "
            "NotCompromisedPassword; unset where no rule names it."
        },
    )
