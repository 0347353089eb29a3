"""Fragments: what whoever reads or writes a part of a request says of it to the documentation.

A step, an operation and a convention each describe their own part. The walk puts the parts
together, so that nothing is described twice, nor by somebody who does not do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from glue_core.openapi.view import View
    from glue_core.operation import ErrorCode, Operation
    from glue_core.step import Parameter

JsonSchema = dict[str, Any]
"""A JSON Schema as OpenAPI 3.1 has it (dialect 2020-12), ready for JSON."""

Content = Mapping[str, JsonSchema]
"""Schemas of documents by media type."""

ParameterPlace = Literal["query", "header", "cookie"]


def text_schema() -> JsonSchema:
    """Return the schema of any text."""
    return {"type": "string"}


@dataclass(frozen=True, slots=True)
class RequestParameter:
    """A query parameter, header or cookie that is read.

    Attributes:
        name: Name as clients write it.
        description: What it does.
        schema: Its values. A list is written with commas.
        place: Where it is in a request.
        required: Whether a request without it is refused.
    """

    name: str
    description: str = ""
    schema: JsonSchema = field(default_factory=text_schema)
    place: ParameterPlace = "query"
    required: bool = False

    @classmethod
    def of(cls, declared: Parameter) -> RequestParameter:
        """Return a declared query parameter, with the values that it takes."""
        schema = text_schema()
        if declared.values is not None:
            schema["enum"] = list(declared.values)
        if declared.pattern is not None:
            schema["pattern"] = declared.pattern
        return cls(declared.name, declared.description, schema, required=declared.required)


@dataclass(frozen=True, slots=True)
class ResponseHeader:
    """A header of answers.

    Attributes:
        name: Name.
        description: What it says.
        schema: Its values.
        statuses: Statuses of the answers that may have it; none means every success.
    """

    name: str
    description: str = ""
    schema: JsonSchema = field(default_factory=text_schema)
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be answered, errors left out.

    Attributes:
        status: Status; None stands for that of the operation's success.
        content: The documents; empty where there is no body, or where the convention writes it.
        description: One sentence.
    """

    status: int | None = None
    content: Content = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of the documentation of one operation.

    Attributes:
        parameters: What is read of query and headers.
        headers: What is said in headers of answers.
        errors: Errors that may be answered.
        body: Documents of the body that is read, by media type.
        body_required: Whether a request without a body is refused.
        answers: What may be answered beside errors.
        errors_as: Documents of errors, by media type; for whoever writes them.
        own_errors_as: Documents of the errors of this fragment alone, by media type, where whoever
            answers them writes them as well; none leaves them to ``errors_as``.
        shown_at: Further statuses whose answers have the documents of a success.
        forwards: Whose errors are passed on, as a sentence, where any error may be answered.
    """

    parameters: tuple[RequestParameter, ...] = ()
    headers: tuple[ResponseHeader, ...] = ()
    errors: tuple[ErrorCode, ...] = ()
    body: Content = field(default_factory=dict)
    body_required: bool = True
    answers: tuple[Answer, ...] = ()
    errors_as: Content = field(default_factory=dict)
    own_errors_as: Content = field(default_factory=dict)
    shown_at: tuple[int, ...] = ()
    forwards: str = ""


Describe = Callable[["Operation", "View"], Fragment]
"""Describes a part of an operation, for whoever the view is for."""


ON_REQUEST = "x-requested-by"
"""Member of a schema: the query parameter that decides whether there is anything of it."""


def on_request(schema: JsonSchema, parameter: str) -> JsonSchema:
    """Return a schema of what comes only where a query parameter asks for it.

    Further kinds among it break nobody: who does not know them does not ask for them.

    Args:
        schema: The schema, such as that of a list.
        parameter: Name of the parameter.
    """
    return {**schema, ON_REQUEST: parameter}


def one_of(schemas: Iterable[JsonSchema]) -> JsonSchema:
    """Return a schema that is exactly one of several."""
    found = list(schemas)
    return found[0] if len(found) == 1 else {"oneOf": found}


def any_of(schemas: Iterable[JsonSchema]) -> JsonSchema:
    """Return a schema that is at least one of several; each counts once."""
    found: list[JsonSchema] = []
    for each in schemas:
        for part in each["anyOf"] if set(each) == {"anyOf"} else [each]:
            if part not in found:
                found.append(part)
    return found[0] if len(found) == 1 else {"anyOf": found}


def object_schema(
    properties: Mapping[str, Any], required: Iterable[str] = (), *, closed: bool = False
) -> JsonSchema:
    """Return the schema of objects with these members.

    Args:
        properties: Schemas of the members.
        required: Members that are always there.
        closed: Whether there are no others.
    """
    found: JsonSchema = {"type": "object", "properties": dict(properties)}
    needed = list(required)
    if needed:
        found["required"] = needed
    if closed:
        found["additionalProperties"] = False
    return found
