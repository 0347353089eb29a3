"""The plan: which steps the old flow is made of, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from glue_core import (
    ApplicationRegistry,
    ErrorCode,
    Flow,
    Matcher,
    Placed,
    Plan,
    Settings,
    Stacks,
)
from glue_legacy_api.describing import describing_missing_ids, in_plain_text
from glue_legacy_api.flow import LegacyFlow
from glue_legacy_api.missing import missing_ids, needing_ids
from glue_legacy_api.options import allow_methods
from glue_legacy_api.routing import LegacyMatcher
from glue_legacy_api.ruling import rules_step

CORE = "glue-api-core"
AUTHORIZATION = f"{CORE}:authorization.authorization"

REPLACED = frozenset(
    {
        # What the headers must be, HTTP validators of this application say.
        f"{CORE}:negotiation.accepted-format",
        f"{CORE}:negotiation.requested-format",
        f"{CORE}:cors.preflight",
        # The attributes of a body are held against the schema among the REST validators.
        f"{CORE}:validation.attributes",
        # Most texts never change with the language.
        f"{CORE}:catalogue.error-texts",
    }
)
"""Ids of the steps that the old flow has steps of its own for."""

MERGED: Mapping[str, str] = {
    "glue_request_builders": "glue_legacy_format_request",
    "glue_request_validators": "glue_legacy_rest_validators",
    "glue_response_formatters": "glue_legacy_format_data",
    "glue_response_finishers": "glue_legacy_format_headers",
}
"""Stacks of every flow, with the hook whose steps stand in the same one here."""


class LegacyPlan(Plan):
    """Puts the old flow together."""

    def __init__(self, registry: ApplicationRegistry, settings: Settings) -> None:
        """Know what endpoints answer whose paths lack an id, and the rules of bodies.

        Raises:
            ConfigurationError: Two plugins say one thing, or something is wrong in a rule file.
        """
        self._missing = missing_ids(registry)
        self._rules = rules_step(registry, settings)

    def stacks(self, registry: ApplicationRegistry, convention: str | None) -> Stacks:
        """Return the steps of each stack, in order.

        Who may is judged by the user validators: the caller is known then, and what is wrong with
        the request itself was said.
        """
        rest = "glue_legacy_rest_validators"
        whole = {**registry.stacks, rest: (*registry.stacks[rest], self._rules)}
        registry = replace(registry, stacks=whole)
        found = dict(super().stacks(registry, convention))
        for hook, more in MERGED.items():
            found[hook] = registry.stack(hook, convention, more)
        for hook in LegacyFlow.own_parts.values():
            found[hook] = registry.stack(hook, convention)
        validators = found["glue_request_validators"]
        judging = tuple(each for each in validators if each.contribution.id == AUTHORIZATION)
        user_validators = LegacyFlow.own_parts["user_validators"]
        found[user_validators] = (*judging, *found[user_validators])
        http = LegacyFlow.own_parts["http_validators"]
        found[http] = tuple(map(_in_plain_text, found[http]))
        for hook, stack in found.items():
            found[hook] = tuple(each for each in stack if not _is_left_out(hook, each))
        return found

    def make(self, flow: Flow, bound: Mapping[str, tuple[Any, ...]], settings: Settings) -> Flow:
        """Return the old flow of an operation."""
        own = {part: bound[hook] for part, hook in LegacyFlow.own_parts.items()}
        made = LegacyFlow.of(flow, **own)
        operation = made.operation
        if operation.refusal == "preflight":
            return allow_methods(made)
        said = self._missing.get(operation.place)
        if said is None or operation.http_method != "GET":
            return made
        error: ErrorCode = said.value.error
        return replace(
            made,
            controller=needing_ids(made.controller, operation, error),
            describers=(*made.describers, (said.id, describing_missing_ids(error))),
        )

    def matcher(self, *arguments: Any, **named: Any) -> Matcher[Any]:
        """Return what reads paths by the old rules."""
        return LegacyMatcher(*arguments, missing=self._missing.keys(), **named)


def _in_plain_text(placed: Placed) -> Placed:
    """Return an HTTP validator that is described as what it answers here."""
    contribution = placed.contribution
    step = in_plain_text(contribution.value)
    return replace(placed, contribution=replace(contribution, value=step))


def _is_left_out(hook: str, placed: Placed) -> bool:
    id_ = placed.contribution.id
    return id_ in REPLACED or (hook == "glue_request_validators" and id_ == AUTHORIZATION)
