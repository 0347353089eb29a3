"""Hook implementations for every application: who has a key, and where that is enough."""

from __future__ import annotations

from collections.abc import Sequence

from glue_api_keys import ApiKeyChecker
from glue_api_keys.reading import HEADER, PARAMETER, REFUSED, KeyReader
from glue_core import Features, IdentityReader, Settings, Strategy, has_key, hookimpl

NAME = "api-key"


@hookimpl
def glue_identity_readers(features: Features, settings: Settings) -> Sequence[IdentityReader]:
    """Read the header with the key; the query parameter too, where the settings want it."""
    section = settings.section("api_keys")
    reader = KeyReader(features.get(ApiKeyChecker), settings)
    parameter = PARAMETER if section["query_parameter"] else None
    return [
        IdentityReader(
            NAME, HEADER, reader.read, parameter=parameter, kinds=(NAME,), errors=(REFUSED,)
        )
    ]


@hookimpl
def glue_authorization_strategies() -> Sequence[Strategy]:
    """Let callers in who have a key, whatever else is asked of others."""
    return [Strategy(NAME, has_key, is_detached=True)]
