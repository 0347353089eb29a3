"""Spelling: the names of a schema in snake case, on the way in and on the way out.

Only names that a schema declares are respelled, those of nested schemas too. What is in a free-form
map is data and stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, fields

from glue_core.errors import ConfigurationError

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """Return a name in camel case as one in snake case: ``mainImageURL`` is ``main_image_url``."""
    return _HUMP.sub("_", name).lower()


class Spelling:
    """The two spellings of the names of one schema; lists are looked through.

    Attributes:
        outer: Names in snake case by the names that the schema declares.
        inner: The other way round.
        within: Spellings of what declared names hold, where schemas declare that as well.
        values: On a map with free keys the spelling of its values; else None.
    """

    __slots__ = ("inner", "outer", "values", "within")

    def __init__(self, values: Spelling | None = None) -> None:
        self.outer: dict[str, str] = {}
        self.inner: dict[str, str] = {}
        self.within: dict[str, Spelling] = {}
        self.values = values

    def to_snake_case(self, value: Any) -> Any:
        """Return what the schema shows with its names in snake case."""
        if isinstance(value, list):
            return [self.to_snake_case(each) for each in value]
        if not isinstance(value, dict):
            return value
        if self.values is not None:
            return {name: self.values.to_snake_case(held) for name, held in value.items()}
        return {
            self.outer.get(name, name): (
                self.within[name].to_snake_case(held) if name in self.within else held
            )
            for name, held in value.items()
        }

    def from_snake_case(self, value: Any) -> Any:
        """Return what a client sent with the names that the schema declares.

        A name that means nothing in snake case stays, for the validation to judge. So does one
        that is there in both spellings: nothing is dropped in silence.
        """
        if isinstance(value, list):
            return [self.from_snake_case(each) for each in value]
        if not isinstance(value, dict):
            return value
        if self.values is not None:
            return {name: self.values.from_snake_case(held) for name, held in value.items()}
        found: dict[str, Any] = {}
        for name, held in value.items():
            declared = str(self.inner.get(name, name))
            if declared != name and declared in value:
                declared = name
            within = self.within.get(declared)
            found[declared] = held if within is None else within.from_snake_case(held)
        return found

    def pointer(self, pointer: str) -> str:
        """Return a JSON Pointer into what the client sent: declared names are in snake case."""
        spelling: Spelling | None = self
        parts: list[str] = []
        for part in pointer.split("/"):
            if spelling is None or not part:
                parts.append(part)
            elif spelling.values is not None:
                parts.append(part)
                spelling = spelling.values
            elif (outer := spelling.outer.get(part)) is not None:
                parts.append(outer)
                spelling = spelling.within.get(part)
            else:
                # The index in a list leads no deeper into the schema.
                parts.append(part)
                spelling = spelling if part.isdigit() or part == "value" else None
        return "/".join(parts)


def spelling_of(
    schema: type[Schema], known: dict[type[Schema], Spelling] | None = None
) -> Spelling:
    """Return the spelling of a schema.

    Args:
        schema: The schema; it may nest itself.
        known: Spellings that were made before, by schema.

    Raises:
        ConfigurationError: Two names of the schema are one in snake case.
    """
    known = {} if known is None else known
    spelling = known.get(schema)
    if spelling is not None:
        return spelling
    spelling = known[schema] = Spelling()
    for name, field in schema().fields.items():
        declared = field.data_key or name
        outer = snake_case(declared)
        other = spelling.inner.setdefault(outer, declared)
        if other != declared:
            raise ConfigurationError(
                f"{schema.__module__}:{schema.__qualname__} has the names {other!r} and "
                f"{declared!r}, which are both {outer!r} in snake case.\n"
                f"Rename one, or take 'snake_case' away from the operation."
            )
        spelling.outer[declared] = outer
        within = _within(field, known)
        if within is not None:
            spelling.within[declared] = within
    return spelling


def _within(field: fields.Field[Any], known: dict[type[Schema], Spelling]) -> Spelling | None:
    """Return the spelling of what a field holds, or None where no schema declares it."""
    if isinstance(field, fields.Pluck):
        return None
    if isinstance(field, fields.Nested):
        return spelling_of(type(field.schema), known)
    if isinstance(field, fields.List):
        return _within(field.inner, known)
    if isinstance(field, fields.Mapping) and field.value_field is not None:
        values = _within(field.value_field, known)
        return None if values is None else Spelling(values)
    return None
