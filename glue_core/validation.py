"""Validation: verdicts, and the attributes of a body against the schema of the operation."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from glue_core import codes
from glue_core.hookspecs import hookimpl
from glue_core.messages import (
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    GlueResource,
    GlueResponse,
)
from glue_core.openapi.fragment import Fragment
from glue_core.operation import ErrorCode, Operation
from glue_core.step import Parameter, Step, ValidateRouted

if TYPE_CHECKING:
    from glue_core.openapi.view import View

TAKES_A_BODY = frozenset({"post", "patch", "put"})


def status_of(errors: Sequence[GlueError]) -> int:
    """Return the one status that fits several errors.

    Source:
        JSON:API 1.1, "Processing Errors": the most generally applicable code.
    """
    statuses = {error.status for error in errors}
    if len(statuses) == 1:
        return statuses.pop()
    return 500 if any(status >= 500 for status in statuses) else 400


def refused(found: GlueRequestValidation) -> GlueResponse:
    """Make the response that a failed validation stands for."""
    status = found.status
    if status is None:
        status = status_of(found.errors) if found.errors else 400
    response = GlueResponse(http_status=status, errors=found.errors)
    response.request_validation = found
    if found.headers:
        response.meta.update(found.headers)
    return response


class KnownParameters:
    """The query parameters that the steps and the handler of an operation read."""

    def __init__(
        self, parameters: Iterable[Parameter], ignored: Callable[[str], bool] | None = None
    ) -> None:
        """Know them.

        Args:
            parameters: The parameters; a name that ends in ``[]`` stands for a family.
            ignored: Says of other names whether they do no harm; None refuses each.
        """
        self._ignored = ignored
        names = {each.name for each in parameters}
        self._names = frozenset(names)
        self._hints = sorted(each for each in names if not each.endswith("[]"))
        self._families = tuple(sorted(n.removesuffix("]") for n in names if n.endswith("[]")))

    def check(self, request: GlueRequest) -> None:
        """Note every query parameter that nobody reads, save where a step has noted it already."""
        noted = {each.parameter for each in request.errors}
        for name in request.query_fields:
            if (
                name in noted
                or name in self._names
                or (self._families and name.startswith(self._families))
            ):
                continue
            if self._ignored is not None and self._ignored(name):
                continue
            near = difflib.get_close_matches(name, self._hints, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            request.errors.append(
                GlueError(
                    status=400,
                    code=codes.UNKNOWN_PARAMETER,
                    message=f"The parameter {name!r} is not known here.{hint}",
                    kind="parameter_unknown_near" if near else "parameter_unknown",
                    arguments={"name": name, "near": near[0] if near else None},
                    parameter=name,
                )
            )


def _attributes(operation: Operation) -> ValidateRouted | None:
    """Validate the attributes of a body, and leave them decoded on the request."""
    if operation.method not in TAKES_A_BODY or operation.type is None or operation.model is None:
        return None
    if operation.is_linkage:
        return None
    lenses, type_ = operation.model.lenses, operation.type
    start = operation.spoken.attributes_pointer if operation.spoken is not None else ""

    def validate(request: GlueRequest, resource: GlueResource) -> GlueRequestValidation | None:
        lens = lenses[type_, request.grants]
        loaded, errors = lens.load(request.attributes, operation, start)
        if errors:
            return GlueRequestValidation(False, 422, tuple(errors))
        request.attributes = loaded
        return None

    return validate


def _describe_attributes(operation: Operation, view: View) -> Fragment:
    message = "An attribute breaks a rule, is unknown, or cannot be written."
    return Fragment(errors=(ErrorCode(422, codes.INVALID_ATTRIBUTE, message),))


@hookimpl
def glue_request_after_routing_validators() -> Sequence[Step[ValidateRouted]]:
    """Hold the body of a write against the operation's schema."""
    return [Step("attributes", _attributes, describe=_describe_attributes)]
