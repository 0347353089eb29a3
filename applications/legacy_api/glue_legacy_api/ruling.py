"""The step that holds bodies against the rule files of a shop and of its plugins."""

from __future__ import annotations

from collections.abc import Iterator

from glue_core import (
    ApplicationRegistry,
    ConfigurationError,
    Contribution,
    GlueRequest,
    GlueRequestValidation,
    Operation,
    Settings,
    Step,
    Validate,
)
from glue_legacy_api.describing import describe_attributes_check
from glue_legacy_api.rules import Constraint, Rules, not_compromised
from glue_legacy_api.settings import SECTION

FILES, CONSTRAINTS = "glue_legacy_validation_rules", "glue_legacy_constraints"


def rules_step(registry: ApplicationRegistry, settings: Settings) -> Contribution:
    """Return the REST validator ``rules``, a contribution of the application itself.

    Raises:
        ConfigurationError: Something is wrong in a rule file.
    """
    section = settings.section(SECTION)
    rules = Rules.read(
        [settings.directory / each for each in section["validation"]],
        section["validation_stores"],
        shipped=[each.value for each in registry.stacks[FILES]],
        constraints=list(_constraints(registry, settings)),
    )

    def bind(operation: Operation) -> Validate | None:
        type_, method = operation.type, operation.http_method
        if type_ is None or operation.is_raw or not rules.has(type_, method):
            return None

        def validate(request: GlueRequest) -> GlueRequestValidation | None:
            broken = rules.check(type_, method, request.store, request.attributes)
            if not broken:
                return None
            errors = tuple(each.as_error() for each in broken)
            return GlueRequestValidation(False, errors[-1].status, errors)

        return validate

    step = Step(
        "rules",
        bind,
        before=("attributes",),
        after=("protected",),
        describe=describe_attributes_check,
    )
    source = registry.source
    return Contribution(
        f"{source.id}.{step.name}",
        step.name,
        source,
        "application",
        step,
        f"{__name__}:{rules_step.__name__}",
        step.before,
        step.after,
    )


def _constraints(registry: ApplicationRegistry, settings: Settings) -> Iterator[Constraint]:
    for each in registry.stacks[CONSTRAINTS]:
        yield each.value
    path = settings.section(SECTION)["leaked_passwords"]
    if path is not None:
        try:
            yield not_compromised(settings.directory / path)
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{settings.origin}: plugins.{SECTION}.leaked_passwords is no sorted list of "
                f"SHA1:COUNT that can be read: {error}\nName another file, or unset it."
            ) from error
