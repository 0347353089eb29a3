"""What the plugin contributes, where the settings switch it on: two places, and who may."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from glue_core import (
    Features,
    FixtureMakers,
    GlueRequest,
    Operation,
    Protection,
    Section,
    Settings,
    Strategy,
    hookimpl,
)
from glue_fixtures_backend_api.controller import FixturesController
from glue_fixtures_backend_api.resource import FIXTURES, REMOVALS, fixtures, removals
from glue_fixtures_backend_api.settings import SECTION, FixtureSettings, table_of

STRATEGY = "fixtures-key"
HEADER = "x-fixtures-key"
GUARD = Protection((STRATEGY,))


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare ``[plugins.fixtures_backend_api]``."""
    return [Section(SECTION, FixtureSettings)]


@hookimpl
def glue_resources(features: Features, settings: Settings) -> Sequence[Operation]:
    """Contribute what makes and removes fixtures; nothing where they are not switched on."""
    table = table_of(settings)
    if table is None:
        return []
    makers = features.get(FixtureMakers).makers
    controller = FixturesController(makers)
    made = fixtures(makers, table["most"])
    operations = [Operation("post", controller.make, FIXTURES, made, protection=GUARD)]
    if any(each.removal is not None for each in makers.values()):
        removed = removals(makers, table["most"])
        operations.append(
            Operation("post", controller.remove, REMOVALS, removed, status=200, protection=GUARD)
        )
    return operations


@hookimpl
def glue_authorization_strategies(settings: Settings) -> Sequence[Strategy]:
    """Let in whoever knows the key; nobody where fixtures are not switched on."""
    table = table_of(settings)
    if table is None:
        return []
    key: bytes = table["key"].encode()

    def knows_key(request: GlueRequest, protection: Protection) -> bool:
        shown = request.header(HEADER) or ""
        return hmac.compare_digest(shown.encode("utf-8", "replace"), key)

    return [Strategy(STRATEGY, authorize=knows_key)]
