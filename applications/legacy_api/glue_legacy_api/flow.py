"""The old flow of a request, compiled for each operation. Top to bottom as it always ran.

HTTP validators, format request, REST validators, user finder, user validators, before action,
action, after action, format data, format headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar

from glue_core import (
    Build,
    Flow,
    Format,
    GlueRequest,
    GlueRequestValidation,
    GlueResponse,
    JsonSchema,
    Validate,
    refused,
)
from glue_legacy_api.describing import PLAIN_TEXT
from glue_legacy_api.finding import FindUser
from glue_legacy_api.requests import read_query

CONTENT_TYPE = "text/plain; charset=utf-8"
SERVER_ERROR = b"Internal Server Error"


@dataclass(frozen=True, slots=True)
class LegacyFlow(Flow):
    """What runs for one operation; formatting and the unit of work are those of every flow.

    Attributes:
        http_validators: Look at headers and query before anything is read.
        user_finders: Say who asks.
        user_validators: Refuse who asks.
        before_action: Run before the controller.
        after_action: Run after it.
        own_parts: The fields above, with the hooks that fill them.
    """

    order: ClassVar[tuple[tuple[str | None, str], ...]] = (
        ("glue_legacy_http_validators", "http validators"),
        ("glue_request_builders", "format request"),
        ("glue_request_validators", "rest validators"),
        ("glue_legacy_user_finders", "user finder"),
        ("glue_legacy_user_validators", "user validators"),
        ("glue_request_after_routing_validators", "user validators"),
        ("glue_legacy_before_action", "before action"),
        ("glue_controller_wrappers", "wrap"),
        (None, "controller"),
        ("glue_legacy_after_action", "after action"),
        ("glue_response_formatters", "format data"),
        (None, "write"),
        ("glue_response_finishers", "format headers"),
        (None, "commit"),
    )
    own_parts: ClassVar[Mapping[str, str]] = {
        "http_validators": "glue_legacy_http_validators",
        "user_finders": "glue_legacy_user_finders",
        "user_validators": "glue_legacy_user_validators",
        "before_action": "glue_legacy_before_action",
        "after_action": "glue_legacy_after_action",
    }
    parts: ClassVar[Mapping[str, str]] = {**Flow.parts, **own_parts}
    failures_as: ClassVar[Mapping[str, JsonSchema]] = PLAIN_TEXT
    refuses_queries: ClassVar[bool] = False

    http_validators: tuple[Validate, ...] = ()
    user_finders: tuple[FindUser, ...] = ()
    user_validators: tuple[Validate, ...] = ()
    before_action: tuple[Build, ...] = ()
    after_action: tuple[Format, ...] = ()

    @classmethod
    def of(
        cls,
        flow: Flow,
        *,
        http_validators: tuple[Validate, ...] = (),
        user_finders: tuple[FindUser, ...] = (),
        user_validators: tuple[Validate, ...] = (),
        before_action: tuple[Build, ...] = (),
        after_action: tuple[Format, ...] = (),
    ) -> LegacyFlow:
        """Put the steps that only the old flow has around a compiled flow."""
        return cls(
            **{each.name: getattr(flow, each.name) for each in fields(Flow)},
            http_validators=http_validators,
            user_finders=user_finders,
            user_validators=user_validators,
            before_action=before_action,
            after_action=after_action,
        )

    def allowing(self, methods: tuple[str, ...]) -> LegacyFlow:
        """Return this flow for a place with these HTTP methods."""
        return replace(self, operation=replace(self.operation, allowed=methods))

    def answer(self, request: GlueRequest) -> GlueResponse:
        """Run the steps up to the controller and those right after it; it may raise."""
        read_query(request)
        for validate in self.http_validators:
            found = validate(request)
            if found is not None and not found.is_valid:
                return _plain_text(found)
        for format_request in self.builders:
            format_request(request)
        for validate in self.validators:
            found = validate(request)
            if found is not None and not found.is_valid:
                return refused(found)
        for find in self.user_finders:
            user = find(request)
            if user is not None:
                request.identities = (user,)
                break
        for validate in self.user_validators:
            found = validate(request)
            if found is not None and not found.is_valid:
                return refused(found)
        for validate_routed in self.routed_validators:
            found = validate_routed(request, request.resource)
            if found is not None and not found.is_valid:
                return refused(found)
        for before in self.before_action:
            before(request)
        response = self.controller(request)
        for after in self.after_action:
            after(response, request)
        return response

    def write(self, response: GlueResponse, request: GlueRequest) -> None:
        """Format a response; several errors have the status of the last one."""
        if len(response.errors) > 1:
            response.http_status = response.errors[-1].status
        Flow.write(self, response, request)

    def fail(self, error: Exception, request: GlueRequest) -> GlueResponse:
        """Make the written response of an exception; one that nobody foresaw is plain text."""
        response = Flow.fail(self, error, request)
        if response.http_status == 500:
            response.content = SERVER_ERROR
            response.format = CONTENT_TYPE
        return response


def _plain_text(found: GlueRequestValidation) -> GlueResponse:
    """Make the answer of a refusal that has no document: its text alone."""
    error = found.errors[0]
    response = GlueResponse(http_status=found.status or error.status)
    response.content = error.message.encode()
    response.format = CONTENT_TYPE
    response.meta.update(found.headers)
    return response
