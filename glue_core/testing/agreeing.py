"""Whether what an answer shows agrees with what a schema, a sort or a filter says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields


def by_name(schema: Schema, left_out: str) -> dict[str, fields.Field[Any]]:
    """Return the fields of a schema by the names of the wire.

    Args:
        schema: The schema.
        left_out: ``load_only`` for what is shown, ``dump_only`` for what may be written.
    """
    return {
        each.data_key or name: each
        for name, each in schema.fields.items()
        if not getattr(each, left_out)
    }


def disagreement(found: fields.Field[Any], value: Any) -> str | None:
    """Return why a value that is shown is none of a field, or None."""
    if value is None:
        return None if found.allow_none else "is null, which the schema does not allow"
    if isinstance(found, fields.Nested):
        return _nested_disagreement(found, value)
    if isinstance(found, fields.List):
        if not isinstance(value, list):
            return f"is {value!r}, no list"
        inner: fields.Field[Any] = found.inner
        return next((why for each in value if (why := disagreement(inner, each))), None)
    if isinstance(found, fields.Dict):
        return None if isinstance(value, dict) else f"is {value!r}, no object"
    try:
        found.deserialize(value)
    except ValidationError as error:
        return f"is {value!r}, which the schema itself refuses: {error}"
    return None


def _nested_disagreement(found: fields.Nested, value: Any) -> str | None:
    values = value if found.many else [value]
    if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
        return f"is {value!r}, not as nested as the schema says"
    known = by_name(found.schema, "load_only")
    for each in values:
        for name, inner in each.items():
            if name not in known:
                return f"has {name!r}, which the nested schema does not"
            why = disagreement(known[name], inner)
            if why is not None:
                return f"has {name!r}, which {why}"
    return None


def wrong_value(found: fields.Field[Any]) -> Any:
    """Return a value that a field refuses; None where it takes everything."""
    values: tuple[Any, ...] = ("no value", 1, [], {"no": "value"})
    for value in values:
        try:
            found.deserialize(value)
        except ValidationError:
            return value
        except Exception:  # noqa: S112 - a field that raises something else refuses nothing
            continue
    return None


def loaded(found: fields.Field[Any], value: Any) -> Any:
    """Return what a value means, so that two ways to write it are equal."""
    try:
        return found.deserialize(value)
    except ValidationError:
        return value


def is_in_order(values: Sequence[Any]) -> bool:
    """Say whether values rise by some order that a database may have for them."""
    kept = [each for each in values if each is not None]
    keys: tuple[Callable[[Any], Any], ...] = (lambda each: each, str, _folded, float)
    for key in keys:
        try:
            if kept == sorted(kept, key=key):
                return True
        except (TypeError, ValueError):
            continue
    return False


def _folded(value: Any) -> str:
    return str(value).casefold()


def text_of(value: Any) -> str | None:
    """Return a value as a filter names it; None where it is no single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return None


def matches(held: Any, value: Any) -> bool:
    """Say whether a value is what a resource holds, or one of the values that it holds."""
    return value in held if isinstance(held, list) else bool(held == value)
