"""The hooks of the old flow, in the order in which it runs.

Plugins of the group ``glue.plugins.legacy_api`` implement them, beside the hooks of every
application. Each is called once, at the start of a deployment, and returns steps; an argument that
an implementation does not need it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glue_core import Build, Features, Format, Services, Settings, Step, Validate, hookspec

if TYPE_CHECKING:
    from glue_legacy_api.finding import FindUser
    from glue_legacy_api.missing import MissingId
    from glue_legacy_api.rules import Constraint, RuleFile


@hookspec
def glue_legacy_http_validators(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Validate]]:
    """Return steps that look at the headers and the query before anything is read.

    The message of the first error of a refusal is the whole answer, in plain text.
    """
    raise NotImplementedError


@hookspec
def glue_legacy_format_request(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Build]]:
    """Return steps that fill the request in, in one stack with ``glue_request_builders``."""
    raise NotImplementedError


@hookspec
def glue_legacy_rest_validators(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Validate]]:
    """Return steps that refuse requests, in one stack with ``glue_request_validators``.

    The steps of the application itself are, in their order: ``body``, ``resource-id``,
    ``authentication``, ``protected``, ``rules``, ``attributes`` and ``verdict``, which answers with
    what builders noted.
    """
    raise NotImplementedError


@hookspec
def glue_legacy_user_finders(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[FindUser]]:
    """Return steps that say who asks; the first that finds somebody wins.

    Where none does, whoever the credentials prove asks.
    """
    raise NotImplementedError


@hookspec
def glue_legacy_user_validators(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Validate]]:
    """Return steps that refuse who asks; ``authorization`` has run before all of them."""
    raise NotImplementedError


@hookspec
def glue_legacy_before_action(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Build]]:
    """Return steps that run before the action of a request that nothing refused."""
    raise NotImplementedError


@hookspec
def glue_legacy_after_action(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Format]]:
    """Return steps that run once the action has answered, before anything is formatted."""
    raise NotImplementedError


@hookspec
def glue_legacy_format_data(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Format]]:
    """Return steps that change an answer, in one stack with ``glue_response_formatters``."""
    raise NotImplementedError


@hookspec
def glue_legacy_format_headers(
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Format]]:
    """Return steps that see the written document, in one stack with the finishers.

    They change ``response.meta``, the headers.
    """
    raise NotImplementedError


@hookspec
def glue_legacy_missing_ids() -> Sequence[MissingId]:
    """Return what endpoints answer where their path lacks an id."""
    raise NotImplementedError


@hookspec
def glue_legacy_validation_rules() -> Sequence[RuleFile]:
    """Return rule files for request validation that the plugin ships; those of the shop win."""
    raise NotImplementedError


@hookspec
def glue_legacy_constraints(
    features: Features, services: Services, settings: Settings
) -> Sequence[Constraint]:
    """Return kinds of rules that rule files may name, beside the built-in ones."""
    raise NotImplementedError
