"""Violations: what a schema refuses, as a kind with parameters instead of a text.

Marshmallow words its messages itself. A schema that is prepared here says which rule was broken
and with which limits, so that the error catalogue can choose the words.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from marshmallow.exceptions import SCHEMA

from glue_core.body import pointer_to
from glue_core.codes import INVALID_ATTRIBUTE as INVALID
from glue_core.errors import Problem
from glue_core.messages import GlueError

EXACT = 2.0**53
"""Largest number up to which every whole one is a float."""

KINDS: Mapping[str, str] = {
    "required": "required",
    "null": "null",
    "unknown": "unknown",
    "type": "type",
    "invalid": "type",
    "validator_failed": "invalid",
    "too_large": "range",
}
"""Kinds by marshmallow's names of messages; others keep their name."""

VALIDATORS: Mapping[type[validate.Validator], str] = {
    validate.Range: "range",
    validate.Length: "length",
    validate.OneOf: "choice",
    validate.ContainsOnly: "choice",
    validate.Regexp: "pattern",
    validate.Email: "email",
    validate.URL: "url",
    validate.Equal: "equal",
    validate.NoneOf: "refused",
}
"""Kinds by marshmallow's validators; a validator of somebody's own keeps its words."""

HIDDEN = frozenset({"input"})
"""What is never repeated to a client: the value it sent."""


class Violation(str):
    """A message that remembers what was broken.

    Attributes:
        kind: The rule.
        arguments: Its parameters, such as ``{"min": 1}``.
    """

    __slots__ = ("arguments", "kind")

    kind: str
    arguments: dict[str, object]

    @classmethod
    def of(cls, text: str, kind: str, arguments: Mapping[str, object]) -> Violation:
        """Make a message of a kind."""
        violation = cls(text)
        violation.kind = kind
        violation.arguments = {
            name: value
            for name, value in arguments.items()
            if name not in HIDDEN and value is not None
        }
        return violation


class _Wording(str):
    """A template of marshmallow's that becomes a `Violation` when it is filled in."""

    __slots__ = ("_kind", "_known")

    _kind: str
    _known: Mapping[str, object]

    @classmethod
    def of(cls, text: str, kind: str, known: Mapping[str, object] | None = None) -> _Wording:
        wording = cls(text)
        wording._kind = kind
        wording._known = known or {}
        return wording

    def format(self, *args: object, **arguments: object) -> Violation:
        """Fill the template in."""
        text = str(self).format(*args, **arguments)
        return Violation.of(text, self._kind, {**self._known, **arguments})


def prepare(schema: Schema) -> Schema:
    """Make a schema say which rules were broken, and return it.

    Its integers are those of JSON besides: 3.0 is one, and 3.5 is none.

    Args:
        schema: An instance of the caller's own: its fields are changed in place.

    Source:
        JSON Schema 2020-12, "Validation", section 6.1.1: a number without a fraction is an integer.
    """
    _prepare_schema(schema, {type(schema)})
    return schema


def _prepare_schema(schema: Schema, seen: set[type[Schema]]) -> None:
    schema.error_messages = {
        key: Violation.of(text, KINDS.get(key, key), {}) if isinstance(text, str) else text
        for key, text in schema.error_messages.items()
    }
    for field in schema.fields.values():
        _prepare_field(field, seen)


def _prepare_field(field: fields.Field[Any], seen: set[type[Schema]]) -> None:
    known = {"type": type(field).__name__.lower()}
    field.error_messages = {
        key: _Wording.of(text, KINDS.get(key, key), known if key == "invalid" else None)
        if isinstance(text, str)
        else text
        for key, text in field.error_messages.items()
    }
    # The declared field of the class shares its validators with every instance.
    field.validators = [_prepare_validator(each) for each in field.validators]
    if isinstance(field, fields.Integer) and field.strict:
        setattr(field, "_validated", partial(_whole, field._validated))  # noqa: B010
    if isinstance(field, fields.List):
        _prepare_field(field.inner, seen)
    elif isinstance(field, fields.Tuple):
        for each in field.tuple_fields:
            _prepare_field(each, seen)
    elif isinstance(field, fields.Mapping):
        for inner in (field.key_field, field.value_field):
            if inner is not None:
                _prepare_field(inner, seen)
    elif isinstance(field, fields.Nested) and type(field.schema) not in seen:
        # A schema that holds itself keeps marshmallow's words from its second level on.
        _prepare_schema(field.schema, seen | {type(field.schema)})


def _whole(validated: Callable[[Any], int], value: Any) -> int:
    """Validate a number; one that is whole, and exact, is so however its digits are written."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        value = int(value)
    return validated(value)


def _prepare_validator(validator: Any) -> Any:
    kind = next((name for of, name in VALIDATORS.items() if type(validator) is of), None)
    if kind is None:
        return validator
    prepared = copy.copy(validator)
    for name in dir(prepared):
        if name.startswith("message") or name in ("error", "default_message"):
            text = getattr(prepared, name)
            if isinstance(text, str):
                setattr(prepared, name, _Wording.of(text, kind))
    return prepared


def invalid_attributes(error: ValidationError, pointer: str = "") -> Problem:
    """Return the answer to what a schema refuses: 422 with an error for each violation.

    Args:
        error: What the schema raised.
        pointer: JSON Pointer to what it judged.
    """
    messages = error.normalized_messages()  # type: ignore[no-untyped-call]
    return Problem(422, violations(messages, pointer))


def violations(messages: Any, pointer: str = "") -> list[GlueError]:
    """Turn marshmallow's messages into errors with JSON Pointers, one for each violation.

    Args:
        messages: What a `ValidationError` carries.
        pointer: JSON Pointer to what the messages are about.
    """
    found: list[GlueError] = []
    _note(found, messages, pointer)
    return found


def _note(found: list[GlueError], messages: Any, pointer: str) -> None:
    """Note the error of each message, in order."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            _note(found, inner, pointer + place_of(key))
    elif isinstance(messages, list):
        for each in messages:
            _note(found, each, pointer)
    elif isinstance(messages, Violation):
        text, kind, arguments = str(messages), messages.kind, messages.arguments
        found.append(GlueError(422, INVALID, text, kind, arguments, pointer))
    else:
        found.append(GlueError(422, INVALID, str(messages), pointer=pointer))


def place_of(key: object) -> str:
    """Return the JSON Pointer to what marshmallow has messages about under a key."""
    return "" if key == SCHEMA else pointer_to(str(key))
