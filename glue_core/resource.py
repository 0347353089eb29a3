"""A resource: a type, declared once, wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from marshmallow import Schema

from glue_core.relationship import Relationship
from glue_core.security.protection import Protection

SchemaClass = type[Schema]

ClientIds = Literal["refused", "allowed", "required"]
"""Policies for ids that clients choose."""


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """A type of resource: what it looks like, not where it is.

    Attributes:
        type: Type, plural, such as ``abstract-products``.
        attributes: Marshmallow schema of the attributes: the one source for output, input
            validation and documentation.
        id: Where the id comes from: the name of a field or key of the object shown, or a function
            of that object. None where it has none: what its place shows is found by the address
            alone, the query included, such as the health of an application.
        relationships: Relationships that the resource owns; others come from relationship plugins.
        conventions: Names of the conventions that may show it, None among them for plain JSON;
            or None for every convention.
        description: One sentence for the documentation.
        client_ids: Whether a client may choose the id of a new resource. Where it does, the
            handler finds it as ``request.resource.id``, and raises a `Conflict` for one in use.
        id_pattern: What ids look like, for the documentation: a regular expression of JSON Schema,
            such as ``^[0-9]+$``. Where a client may choose one, the handler refuses others.
        version: Where the version of its state comes from: the name of a field or key of the
            object shown, or a function of that object. Every change must make another one. None
            takes all visible attributes for the state.
        requires_match: Whether a change must say which state it is about, by ``If-Match``; or the
            methods that must, such as ``("patch",)``.
        protection: Who may call its operations that say nothing themselves; None is the default of
            the application.
        restricted: Attributes and relationships that not everybody knows: name to the grants of
            which one is needed, such as ``{"cost": ("back-office-user",)}``. For everybody else
            they do not exist: they are neither shown, written, filtered, sorted nor included.
        versions: Versions of the type, such as ``("1.0",)``, that this declaration is; another one
            may declare others. Empty where the type has no versions.
        stores: Stores for whose requests this declaration is; for others another one of the type
            stands, or there is no such type. Empty for all stores that no other one names.
        renamed: Filled in where attributes were renamed: the names that each had before, by the one
            that clients use, the declared one first. What policies and ``restricted`` say of one of
            them holds for the attribute.
    """

    type: str
    attributes: SchemaClass
    id: str | Callable[[Any], str] | None = "id"
    relationships: tuple[Relationship, ...] = ()
    conventions: tuple[str | None, ...] | None = None
    description: str = ""
    client_ids: ClientIds = "refused"
    id_pattern: str | None = None
    version: str | Callable[[Any], object] | None = None
    requires_match: bool | tuple[str, ...] = False
    versions: tuple[str, ...] = ()
    protection: Protection | None = None
    restricted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stores: tuple[str, ...] = ()
    renamed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Resource({self.type!r})"
