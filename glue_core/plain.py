"""The plain flow: what a request gets that selects no convention. Plain attributes, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson
from marshmallow import Schema, fields, validate

from glue_core import codes
from glue_core.body import read_json
from glue_core.building import (
    FIELDS,
    FILTER,
    FILTER_SHAPE,
    INVALID_FILTER,
    SORT,
    page_parameters,
    read_fields,
    read_filters,
    read_page,
    read_sort,
    wrong,
)
from glue_core.convention import Writer
from glue_core.encoding import JSON, JSON_ENCODER, Encoder, Row, Rows
from glue_core.hookspecs import hookimpl
from glue_core.lanes import QUERY
from glue_core.linking import Places
from glue_core.messages import GlueError, GlueRequest, GlueResponse
from glue_core.negotiation import accepts_by_name
from glue_core.openapi.fragment import Answer, Fragment, JsonSchema, object_schema
from glue_core.openapi.problems import describe_problem
from glue_core.openapi.queries import (
    describe_fields,
    describe_filters,
    describe_page,
    describe_sort,
)
from glue_core.operation import ErrorCode, Operation
from glue_core.problems import PROBLEM, problem_document
from glue_core.settings import Section, Settings
from glue_core.spelling import Spelling, spelling_of
from glue_core.step import Build, Step
from glue_core.validation import TAKES_A_BODY

if TYPE_CHECKING:
    from glue_core.openapi.view import View

SECTION = "plain"
NEVER, DECLARED, ALWAYS = "never", "declared", "always"


class PlainSettings(Schema):
    """``[plugins.plain]``."""

    singular = fields.String(
        load_default=NEVER,
        validate=validate.OneOf((NEVER, DECLARED, ALWAYS)),
        metadata={
            "description": "When an answer about one resource is the object instead of a list of "
            "one: 'never', 'declared' where the operation says so, or 'always'."
        },
    )


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain attributes: a body is an object of them, an answer a list of such objects.

    Attributes:
        name: The plain flow has none.
        media_types: What bodies may be.
        priority: Among conventions, where a request would take several.
        attributes_pointer: Attributes are the document itself.
        encoders: The formats of answers, the one that is taken by default first.
    """

    name: str | None = None
    media_types: tuple[str, ...] = (JSON,)
    priority: int = 0
    attributes_pointer: str = ""
    encoders: tuple[Encoder, ...] = (JSON_ENCODER,)

    @property
    def written_types(self) -> tuple[str, ...]:
        """Media types of answers."""
        return tuple(each.media_type for each in self.encoders)

    def with_encoders(self, encoders: Sequence[Encoder]) -> Plain:
        """Return the plain flow of an application with these formats; JSON stays the first."""
        ordered = sorted(encoders, key=lambda each: (each.media_type != JSON, each.media_type))
        return replace(self, encoders=tuple(ordered))

    @hookimpl
    def glue_settings(self) -> Sequence[Section]:
        """Declare ``[plugins.plain]``."""
        return [Section(SECTION, PlainSettings)]

    @hookimpl
    def glue_encoders(self) -> Sequence[Encoder]:
        """Write JSON."""
        return [JSON_ENCODER]

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Build]]:
        """Read the body as attributes, and the query as JSON:API spells it."""
        return [
            Step("attributes", _read_attributes, describe=_describe_read),
            Step("fields", read_fields, reads=FIELDS, describe=describe_fields, only_with=(QUERY,)),
            Step(
                "filter", read_filters, reads=FILTER, describe=describe_filters, only_with=(QUERY,)
            ),
            Step("filter-shape", _read_filter_shape, describe=_describe_filter_shape),
            Step("page", read_page, reads=page_parameters, describe=describe_page),
            Step("sort", read_sort, reads=SORT, describe=describe_sort, only_with=(QUERY,)),
        ]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the rows of attributes, or the errors."""
        encoders = {each.media_type: each for each in self.encoders}
        default = self.encoders[0] if self.encoders else JSON_ENCODER
        rows_of = _rows(operation, settings)
        spelling = _spelling(operation)
        places = Places(operation) if operation.method == "post" else None

        def write(response: GlueResponse, request: GlueRequest) -> None:
            if response.errors:
                _write_errors(response, request, spelling)
                return
            encoder = encoders.get(request.accepted_format or "", default)
            response.content = encoder.encode(response, request, rows_of(response, request))
            response.format = encoder.content_type
            if places is not None and len(response.resources) == 1:
                address = places.address_of(response.resources[0], request, is_primary=True)
                if address is not None:
                    response.meta.setdefault("location", address)

        return write

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Describe rows of attributes in each format, or the object where one is shown.

        Args:
            operation: The operation.
            view: For whom it is.
        """
        return _describe_written(operation, view, self.encoders)


PLAIN = Plain()


def _shows_single(operation: Operation, settings: Settings) -> bool:
    """Say whether an answer about one resource is the object, not a list of one."""
    switch = settings.sections.get(SECTION, {}).get("singular", NEVER)
    return operation.method != "getCollection" and (
        switch == ALWAYS or (switch == DECLARED and operation.singular)
    )


def _rows(operation: Operation, settings: Settings) -> Callable[[GlueResponse, GlueRequest], Rows]:
    """Compile what an answer shows: the visible attributes of its resources."""
    model, own_type = operation.model, operation.type
    single = _shows_single(operation, settings)
    spellings: dict[str, Spelling] = {}
    if operation.snake_case and model is not None:
        known: dict[type[Schema], Spelling] = {}
        spellings = {type_: spelling_of(model.lens(type_).schema, known) for type_ in model.types}

    def rows_of(response: GlueResponse, request: GlueRequest) -> Rows:
        wanted = {each.resource_type: frozenset(each.fields) for each in request.sparse_resources}

        def row(type_: str, attributes: object) -> Row:
            assert model is not None
            shown = model.lens(type_, request.grants).attributes_of(attributes, wanted.get(type_))
            spelling = spellings.get(type_)
            return shown if spelling is None else spelling.to_snake_case(shown)

        def columns() -> Sequence[str]:
            if model is None or own_type is None or own_type not in model:
                return ()
            names = model.lens(own_type, request.grants).attributes
            only, spelling = wanted.get(own_type), spellings.get(own_type)
            if only is not None:
                names = tuple(each for each in names if each in only)
            if spelling is not None:
                names = tuple(spelling.outer.get(each, each) for each in names)
            return names

        shown: list[Row] = [
            {}
            if model is None or each.type is None or each.attributes is None
            else row(each.type, each.attributes)
            for each in response.resources
        ]
        if single and not response.is_collection and len(shown) > 1:
            raise TypeError(
                f"The handler of {operation.contribution_name!r} answered with {len(shown)} "
                f"resources where one is shown; a list is `GlueResponse.page(...)`."
            )
        return Rows(shown, columns=columns, is_single=single and not response.is_collection)

    return rows_of


def _write_errors(response: GlueResponse, request: GlueRequest, spelling: Spelling | None) -> None:
    """Write errors as JSON, whatever the format of a success would be."""
    errors: Sequence[GlueError] = response.errors
    if spelling is not None:
        errors = [
            each if each.pointer is None else replace(each, pointer=spelling.pointer(each.pointer))
            for each in errors
        ]
    if accepts_by_name(request.header("accept"), PROBLEM):
        response.content = orjson.dumps(problem_document(errors, response.http_status, request))
        response.format = PROBLEM
        return
    response.content = orjson.dumps([_error(each) for each in errors])
    response.format = JSON


def _error(error: GlueError) -> dict[str, Any]:
    shown: dict[str, Any] = {"status": error.status, "code": error.code, "message": error.message}
    for name in ("pointer", "parameter", "header", "id"):
        value = getattr(error, name)
        if value is not None:
            shown[name] = value
    return shown


def _spelling(operation: Operation) -> Spelling | None:
    """Return the spelling of what an operation takes, where that is snake case."""
    if not operation.snake_case:
        return None
    return None if operation.body is None else spelling_of(operation.body)


def _read_attributes(operation: Operation) -> Build | None:
    if operation.method not in TAKES_A_BODY or operation.is_raw:
        return None
    spelling = _spelling(operation)

    # Without a type and a schema nobody asks for attributes: such a call may have no body.
    is_optional = operation.type is None and operation.schema is None

    def build(request: GlueRequest) -> None:
        if is_optional and not request.content:
            return
        before = len(request.errors)
        value = read_json(request)
        if isinstance(value, dict):
            attributes: Mapping[str, Any] = value
            request.attributes = (
                attributes if spelling is None else spelling.from_snake_case(attributes)
            )
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


def _describe_filter_shape(operation: Operation, view: View) -> Fragment:
    return Fragment(errors=(ErrorCode(400, INVALID_FILTER, FILTER_SHAPE),))


def _read_filter_shape(operation: Operation) -> Build | None:
    """Judge the shape of filters where the operation takes none, and the other step is not."""
    if operation.refusal is not None or read_filters(operation) is not None:
        return None

    def build(request: GlueRequest) -> None:
        if "filter" not in request.parameters_string:
            return
        for name in request.query_fields:
            if name.partition("[")[0] == "filter" and not (name.endswith("]") and "." in name):
                wrong(request, name, FILTER_SHAPE, INVALID_FILTER)

    return build


def _describe_written(operation: Operation, view: View, encoders: Sequence[Encoder]) -> Fragment:
    """Describe what the compiled writer of an operation writes."""
    errors = {JSON: _describe_errors(view), PROBLEM: describe_problem(view)}
    if view.lens(operation) is None:
        return Fragment(errors_as=errors)
    row = view.attributes(operation, snake_case=operation.snake_case)
    schema: JsonSchema = {"type": "array", "items": row}
    if _shows_single(operation, view.settings):
        # A handler may still answer with a list.
        schema = {"anyOf": [row, {"type": "null"}]} if operation.singleton else row
    content = {each.media_type: schema if each.media_type == JSON else {} for each in encoders}
    return Fragment(answers=(Answer(content=content),), errors_as=errors)


def _describe_errors(view: View) -> JsonSchema:
    def make() -> JsonSchema:
        text: JsonSchema = {"type": "string"}
        members = {
            "status": {"type": "integer"},
            "code": {"type": ["string", "null"]},
            "message": text,
            **dict.fromkeys(("pointer", "parameter", "header", "id"), text),
        }
        error = object_schema(members, ["status", "code", "message"])
        listed = view.share("PlainError", None, lambda: error)
        return {"type": "array", "minItems": 1, "items": listed}

    return view.share("PlainErrors", None, make)


def _describe_read(operation: Operation, view: View) -> Fragment:
    """Describe the body of a write: an object of attributes."""
    body = view.body(operation, snake_case=operation.snake_case)
    is_optional = operation.type is None and operation.schema is None
    return Fragment(
        body={JSON: {"type": "object", "additionalProperties": True} if body is None else body},
        body_required=not is_optional,
        errors=(ErrorCode(400, codes.MALFORMED_BODY, "The body must be a JSON object."),),
    )
