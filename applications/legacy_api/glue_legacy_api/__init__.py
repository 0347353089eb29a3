"""The old Glue application: the storefront's resources, by the rules of an older shop's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_core import (
    Adapter,
    ErrorCode,
    Protection,
    Refusals,
    RequestFlowAgnosticApiApplication,
    made_on_access,
)
from glue_legacy_api import hookspecs
from glue_legacy_api.convention import LEGACY_JSON_API
from glue_legacy_api.missing import MissingId
from glue_legacy_api.rules import Constraint, Option, RuleFile

if TYPE_CHECKING:
    from glue_core import WSGI, Deployment

__all__ = ["LEGACY_API", "Constraint", "MissingId", "Option", "RuleFile"]

NAME = "legacy_api"
INVALID_TOKEN = ErrorCode(401, "001", "Invalid access token.")
REFUSALS = Refusals(
    unknown=ErrorCode(403, "002", "Missing access token."),
    no_token=INVALID_TOKEN,
    bad_token=INVALID_TOKEN,
)
"""What callers are answered whom nothing proves: 401 is for a token alone."""


def _make(deployment: Deployment) -> WSGI:
    from glue_legacy_api.negotiation import LegacyNegotiator
    from glue_legacy_api.plan import LegacyPlan

    registry = deployment.registry.applications[NAME]
    return deployment.flow_application(
        NAME, LegacyNegotiator(), LegacyPlan(registry, deployment.settings)
    )


LEGACY_API = RequestFlowAgnosticApiApplication(
    NAME,
    services=("storage", "search"),
    groups=("glue.plugins.legacy_api", "glue.plugins.storefront_api"),
    description="The old API of the shop, for clients that have not moved.",
    make=_make,
    fallback=True,
    adapter=Adapter(
        LEGACY_JSON_API,
        hookspecs=hookspecs,
        returned={
            "glue_legacy_missing_ids": MissingId,
            "glue_legacy_validation_rules": RuleFile,
            "glue_legacy_constraints": Constraint,
        },
        protection=Protection(("oauth-user-scope",)),
        refusals=REFUSALS,
        health_check=True,
    ),
)

__getattr__ = made_on_access(LEGACY_API, globals())
