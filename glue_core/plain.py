"""The plain flow: what a request gets that selects no convention. Plain JSON, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from glue_core import codes
from glue_core.body import read_json
from glue_core.building import (
    FIELDS,
    FILTER,
    PAGE,
    SORT,
    read_fields,
    read_filters,
    read_page,
    read_sort,
)
from glue_core.convention import Fragment, Writer
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueError, GlueRequest, GlueResponse
from glue_core.operation import Operation
from glue_core.settings import Settings
from glue_core.step import Build, Step
from glue_core.validation import TAKES_A_BODY


class Plain:
    """Plain JSON: a body is an object of attributes, an answer a list of such objects."""

    name: str | None = None
    media_types: tuple[str, ...] = ("application/json",)
    priority = 0
    attributes_pointer = ""

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Build]]:
        """Read the body as attributes, and the query as JSON:API spells it."""
        return [
            Step("attributes", _read_attributes),
            Step("fields", read_fields, reads=FIELDS),
            Step("filter", read_filters, reads=FILTER),
            Step("page", read_page, reads=PAGE),
            Step("sort", read_sort, reads=SORT),
        ]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the list of attributes, or of errors."""
        model = operation.model

        def write(response: GlueResponse, request: GlueRequest) -> None:
            response.format = "application/json"
            if response.errors:
                response.content = orjson.dumps([_error(error) for error in response.errors])
                return
            wanted = {
                each.resource_type: frozenset(each.fields) for each in request.sparse_resources
            }
            shown: list[Mapping[str, Any]] = []
            for resource in response.resources:
                if model is None or resource.type is None or resource.attributes is None:
                    shown.append({})
                    continue
                lens = model.lens(resource.type, request.grants)
                shown.append(lens.attributes_of(resource.attributes, wanted.get(resource.type)))
            response.content = orjson.dumps(shown)

        return write

    def describe(self, operation: Operation) -> Fragment:
        """Say that answers are lists of attribute objects."""
        return {"mediaTypes": list(self.media_types), "type": operation.type, "shape": "list"}


PLAIN = Plain()


def _error(error: GlueError) -> dict[str, Any]:
    shown: dict[str, Any] = {"status": error.status, "code": error.code, "message": error.message}
    for name in ("pointer", "parameter", "header", "id"):
        value = getattr(error, name)
        if value is not None:
            shown[name] = value
    return shown


def _read_attributes(operation: Operation) -> Build | None:
    if operation.method not in TAKES_A_BODY:
        return None

    def build(request: GlueRequest) -> None:
        before = len(request.errors)
        value = read_json(request)
        if isinstance(value, dict):
            request.attributes = value
        elif len(request.errors) == before:
            request.errors.append(
                GlueError(
                    status=400,
                    code=codes.MALFORMED_BODY,
                    message="The body must be a JSON object.",
                    pointer="",
                )
            )

    return build
