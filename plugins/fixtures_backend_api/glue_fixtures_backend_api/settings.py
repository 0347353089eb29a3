"""The settings: whether there are fixtures, and who may make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from glue_core import ConfigurationError, Settings

SECTION = "fixtures_backend_api"
DEVELOPMENT = "development"
SHORTEST_KEY = 16
"""Letters of a key at least."""


class FixtureSettings(Schema):
    """``[plugins.fixtures_backend_api]``: data for tests."""

    enabled = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Whether whoever has the key may make and remove data; refused outside "
            "of the mode 'development'."
        },
    )
    key = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=SHORTEST_KEY),
        metadata={"description": "What 'X-Fixtures-Key' must say, of at least 16 letters."},
    )
    most = fields.Integer(
        strict=True,
        load_default=100,
        validate=validate.Range(min=1),
        metadata={"description": "Things that one request may make or remove."},
    )


def table_of(settings: Settings) -> Mapping[str, Any] | None:
    """Return the settings where fixtures are switched on, or None where they are not.

    Raises:
        ConfigurationError: They are switched on where they must not be, or nobody could use them.
    """
    table = settings.section(SECTION)
    if not table["enabled"]:
        return None
    place = f"{settings.origin}: plugins.{SECTION}"
    if settings["mode"] != DEVELOPMENT:
        raise ConfigurationError(
            f"{place}.enabled is true, and the mode is {settings['mode']!r}: whoever knows the key "
            f"could write and remove data there.\n"
            f'Say mode = "development" in a deployment for tests, or leave fixtures out.'
        )
    if table["key"] is None:
        raise ConfigurationError(
            f"{place}.enabled is true, and there is no 'key', so nobody may make anything.\n"
            f"Set one of at least {SHORTEST_KEY} letters, and send it as X-Fixtures-Key."
        )
    return table
