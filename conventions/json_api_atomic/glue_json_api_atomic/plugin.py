"""What the plugin contributes: the route of operations, and what a request to it must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from marshmallow import Schema, fields, validate

from glue_core import (
    Build,
    ErrorCode,
    Fragment,
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    MediaTypeExtension,
    Operation,
    Section,
    Settings,
    Step,
    Tag,
    Validate,
    View,
    codes,
    hookimpl,
    read_accept,
)
from glue_json_api import MEDIA_TYPE, extension
from glue_json_api_atomic.controller import OperationsController
from glue_json_api_atomic.describing import describe_operations
from glue_json_api_atomic.document import ATOMIC, read_operations

SECTION = "json_api_atomic"
NAME = "operations"
TAG = Tag("operations", "Several changes in one request: all of them are made, or none is.")
EXTENSION = extension(ATOMIC)
SPELLED = f'{MEDIA_TYPE}; ext="{ATOMIC}"'


class AtomicSettings(Schema):
    """``[plugins.json_api_atomic]``."""

    path = fields.String(
        load_default="/operations",
        validate=validate.Regexp(r"(/[A-Za-z0-9._~-]+)+\Z"),
        metadata={"description": "Where operations are sent to."},
    )
    operations = fields.Integer(
        strict=True,
        load_default=100,
        validate=validate.Range(min=1, max=10_000),
        metadata={"description": "Number of operations that one request may have."},
    )


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare ``[plugins.json_api_atomic]``."""
    return [Section(SECTION, AtomicSettings)]


@hookimpl
def glue_media_type_extensions() -> Sequence[MediaTypeExtension]:
    """Let clients send and accept documents with the extension."""
    return [EXTENSION]


@hookimpl
def glue_route_providers(settings: Settings) -> Sequence[Operation]:
    """Contribute the route that takes operations."""
    controller = OperationsController(settings)
    path = settings.sections[SECTION]["path"]
    return [Operation("post", controller.post, path, name=NAME, status=200, tag=TAG)]


@hookimpl
def glue_request_builders(settings: Settings) -> Sequence[Step[Build]]:
    """Read the operations of a request."""
    most: int = settings.sections[SECTION]["operations"]

    def bind(operation: Operation) -> Build | None:
        if not _takes_operations(operation):
            return None

        def build(request: GlueRequest) -> None:
            _answer_with_the_extension(request)
            read_operations(request, most)

        return build

    def describe(operation: Operation, view: View) -> Fragment:
        return describe_operations(view, most)

    return [Step("operations", bind, describe=describe)]


@hookimpl
def glue_request_validators() -> Sequence[Step[Validate]]:
    """Refuse requests whose body, or whose answer, is not to have the extension."""

    def bind(operation: Operation) -> Validate | None:
        return _with_the_extension if _takes_operations(operation) else None

    def describe(operation: Operation, view: View) -> Fragment:
        message = f"Send the body as {SPELLED}."
        return Fragment(errors=(ErrorCode(415, codes.UNSUPPORTED_MEDIA_TYPE, message),))

    after = ("accepted-format", "requested-format")
    return [Step("operations", bind, after=after, describe=describe)]


def _takes_operations(operation: Operation) -> bool:
    """Say whether an operation is the one of this plugin."""
    return isinstance(getattr(operation.handler, "__self__", None), OperationsController)


def _names_it(extensions: Iterable[MediaTypeExtension]) -> bool:
    return any(each.uri == ATOMIC for each in extensions)


def _answer_with_the_extension(request: GlueRequest) -> None:
    """Let the answer have the extension where any entry of ``Accept`` allows it.

    The negotiation takes the first entry that it understands, which may be one without.
    """
    selected = request.selected
    if selected is None or _names_it(selected.accepted.extensions):
        return
    for each in read_accept(request.header("accept") or "*/*"):
        named = dict(each.parameters)
        has_it = each.media_type == MEDIA_TYPE and set(named.get("ext", "").split()) == {ATOMIC}
        is_known = named.keys() <= {"ext", "profile"}
        if each.quality > 0 and (each.sub == "*" or (has_it and is_known)):
            accepted = selected.accepted
            extended = replace(accepted, extensions=(*accepted.extensions, EXTENSION))
            request.selected = replace(selected, accepted=extended)
            return


def _with_the_extension(request: GlueRequest) -> GlueRequestValidation | None:
    """Refuse a body without the extension (415), and a client that does not take it (406)."""
    selected = request.selected
    if selected is None or not _names_it(selected.sent.extensions):
        status, code, header = 415, codes.UNSUPPORTED_MEDIA_TYPE, "Content-Type"
        message = f"Send the body as {SPELLED}."
    elif not _names_it(selected.accepted.extensions):
        status, code, header = 406, codes.NOT_ACCEPTABLE, "Accept"
        message = f"The answer can only be {SPELLED}."
    else:
        return None
    error = GlueError(status, code, message, header=header)
    return GlueRequestValidation(False, status, (error,))
