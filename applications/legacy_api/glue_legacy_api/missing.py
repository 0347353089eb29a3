"""Paths that lack an id: what the endpoint answers instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from glue_core import (
    ApplicationRegistry,
    ConfigurationError,
    Contribution,
    ErrorCode,
    GlueError,
    GlueRequest,
    GlueResponse,
    Handler,
    Operation,
    Problem,
)

HOOK = "glue_legacy_missing_ids"


@dataclass(frozen=True, slots=True)
class MissingId:
    """What an endpoint answers where its path lacks an id, its own or that of a parent.

    Contributed through ``glue_legacy_missing_ids``. An endpoint of which nobody says anything is
    asked with an empty id, so it answers that there is no such resource. A collection at the place,
    which other applications may have, is not there for the old one.

    Attributes:
        place: Chain of types, such as ``abstract-products/abstract-product-prices``.
        error: The error.
    """

    place: str
    error: ErrorCode

    @property
    def name(self) -> str:
        """Name in contribution ids."""
        return self.place


def missing_ids(registry: ApplicationRegistry) -> Mapping[str, Contribution]:
    """Return what plugins say, a `MissingId` with who says it, by place.

    Raises:
        ConfigurationError: Two of them say it of one place.
    """
    found: dict[str, Contribution] = {}
    for each in registry.stacks.get(HOOK, ()):
        missing: MissingId = each.value
        if missing.place in found:
            raise ConfigurationError(
                f"Two plugins say what {missing.place!r} answers to a path without an id.\n"
                f"  {found[missing.place].party}\n  {each.party}\n"
                f"Disable one of them."
            )
        found[missing.place] = each
    return found


def needing_ids(handler: Handler, operation: Operation, error: ErrorCode) -> Handler:
    """Return a controller that is asked only where its path has every id."""
    has_id = operation.has_id

    def guarded(request: GlueRequest) -> GlueResponse:
        above = all(each.id for each in request.parent_resources)
        if not above or (has_id and not request.resource.id):
            raise Problem(error.status, [GlueError(error.status, error.code, error.message)])
        return handler(request)

    return guarded
