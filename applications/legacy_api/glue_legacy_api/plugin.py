"""What the application itself contributes to its flow; the only file where steps are wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glue_core import Format, Operation, Section, Settings, Step, Validate, hookimpl
from glue_legacy_api.describing import (
    describe_attributes_check,
    describe_body_check,
    describe_headers,
    describe_id_check,
    describe_page_check,
)
from glue_legacy_api.headers import check_headers, check_page
from glue_legacy_api.messages import texts_of
from glue_legacy_api.options import ALLOWED_HEADERS, check_preflight
from glue_legacy_api.settings import SECTION, LegacyApiSettings
from glue_legacy_api.validating import (
    check_attributes,
    check_body,
    check_ids,
    check_token,
    verdict,
)


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare ``[plugins.legacy_api]``."""
    return [Section(SECTION, LegacyApiSettings)]


@hookimpl
def glue_legacy_http_validators(settings: Settings) -> Sequence[Step[Validate]]:
    """Judge preflights, page parameters and headers, in this order."""
    allowed = (*ALLOWED_HEADERS, *settings.section(SECTION)["allowed_headers"])

    def preflight(operation: Operation) -> Validate | None:
        return check_preflight(allowed) if operation.refusal is not None else None

    def unless_raw(validate: Validate) -> Callable[[Operation], Validate | None]:
        # What another standard rules is not held against the rules for documents.
        return lambda operation: None if operation.is_raw else validate

    return [
        Step("preflight", preflight, before=("page",)),
        Step("page", unless_raw(check_page), before=("headers",), describe=describe_page_check),
        Step("headers", unless_raw(check_headers), describe=describe_headers),
    ]


@hookimpl
def glue_legacy_rest_validators() -> Sequence[Step[Validate]]:
    """Judge the body, ids, credentials and attributes, and what builders noted, in this order."""
    return [
        Step("body", check_body, before=("resource-id",), describe=describe_body_check),
        Step(
            "resource-id",
            check_ids,
            before=("authentication",),
            describe=describe_id_check,
        ),
        Step("protected", check_token, after=("authentication",)),
        Step(
            "attributes",
            check_attributes,
            after=("protected",),
            describe=describe_attributes_check,
        ),
        Step("verdict", lambda operation: verdict, after=("attributes",)),
    ]


@hookimpl
def glue_legacy_format_data() -> Sequence[Step[Format]]:
    """Choose the words of errors."""
    return [Step("error-texts", texts_of)]
