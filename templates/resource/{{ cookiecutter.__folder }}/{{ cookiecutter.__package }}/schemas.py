"""What clients see of {{ cookiecutter.__text }}."""

from __future__ import annotations

from marshmallow import Schema, fields


class {{ cookiecutter.__camel }}Attributes(Schema):
    """Attributes of one of the {{ cookiecutter.__text }}."""

    name = fields.String(metadata={"description": "Name."})
