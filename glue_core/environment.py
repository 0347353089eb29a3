"""The environment as settings: variables are keys, and texts are read by the field's type.

A file says by its syntax whether a value is a number, a list or a text. A variable is always a
text, so what it means is for the field to say that it is meant for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from glue_core.errors import ConfigurationError

PREFIX = "GLUE_"
SEPARATOR = "__"
NOT_SETTINGS = frozenset({"GLUE_CONFIG"})

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class EnvironmentText(str):
    """The value of a variable, which nobody has read yet."""

    __slots__ = ()


def overlay(values: dict[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Put ``GLUE_*`` over the tables of a file.

    Args:
        values: The tables, changed in place.
        environment: The variables.

    Returns:
        The names that were used.

    Raises:
        ConfigurationError: A name leads through a value that is no table.
    """
    used = []
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        *tables, key = name.removeprefix(PREFIX).lower().split(SEPARATOR)
        table = values
        for each in tables:
            table = table.setdefault(each, {})
            if not isinstance(table, dict):
                raise ConfigurationError(
                    f"The environment variable {name} puts a value under {each!r}, which is not a "
                    f"table.\nWrite the names of tables with two underscores between them."
                )
        table[key] = EnvironmentText(environment[name])
        used.append(name)
    return used


def read_by_schema(values: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Return a table whose texts of the environment are what its fields expect.

    What does not fit stays a text, for the field to complain of.
    """
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    return {name: _read(value, known.get(name)) for name, value in values.items()}


def _read(value: Any, field: fields.Field[Any] | None) -> Any:
    if isinstance(value, EnvironmentText):
        return _read_text(str(value), field)
    if isinstance(value, dict):
        if isinstance(field, fields.Nested):
            return read_by_schema(value, field.schema)
        if isinstance(field, fields.Mapping) and field.value_field is not None:
            return {name: _read(each, field.value_field) for name, each in value.items()}
    return value


def _read_text(text: str, field: fields.Field[Any] | None) -> Any:
    if field is None or isinstance(field, fields.String):
        return None if field is not None and field.allow_none and not text else text
    if field.allow_none and not text.strip():
        return None
    if isinstance(field, fields.Integer):
        return int(text) if _WHOLE.fullmatch(text.strip()) else text
    if isinstance(field, fields.List | fields.Mapping | fields.Nested):
        return _read_many(text, field)
    # Numbers with a point and truth values are read from texts by their fields.
    return text.strip()


def _read_many(text: str, field: fields.Field[Any]) -> Any:
    """Read JSON, where the text looks like it; a list may be written with commas as well."""
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    if isinstance(field, fields.List):
        return [_read_text(each.strip(), field.inner) for each in text.split(",") if each.strip()]
    return text
