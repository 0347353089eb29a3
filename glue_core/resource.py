"""A resource: a type, declared once, wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from glue_core.relationship import Relationship

SchemaClass = type[Schema]


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A type of resource: what it looks like, not where it is.

    Attributes:
        type: Type, plural, such as ``abstract-products``.
        attributes: Marshmallow schema of the attributes: the one source for output, input
            validation and documentation.
        id: Where the id comes from: the name of a field or key of the object shown, or a function
            of that object.
        relationships: Relationships that the resource owns; others come from relationship plugins.
        conventions: Names of the conventions that may show it, None among them for plain JSON;
            or None for every convention.
        description: One sentence for the documentation.
    """

    type: str
    attributes: SchemaClass
    id: str | Callable[[Any], str] = "id"
    relationships: tuple[Relationship, ...] = ()
    conventions: tuple[str | None, ...] | None = None
    description: str = ""

    def __repr__(self) -> str:
        return f"Resource({self.type!r})"
