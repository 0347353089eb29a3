"""Changes: what a plugin says of a declaration that another one made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

from glue_core.messages import GlueResponse
from glue_core.operation import ErrorCode, Method, PageRules
from glue_core.resource import ClientIds, SchemaClass
from glue_core.security.protection import Protection
from glue_core.step import Parameter
from glue_core.variants import at_stores


class _Kept(Enum):
    UNCHANGED = "unchanged"

    def __repr__(self) -> str:
        return "UNCHANGED"


Unchanged = Literal[_Kept.UNCHANGED]
UNCHANGED: Final = _Kept.UNCHANGED
"""Stands where a change says nothing, since None says something."""

Rule = Callable[[Any], Any]
"""A validator as marshmallow has them: it raises `marshmallow.ValidationError`."""


@dataclass(frozen=True, slots=True, eq=False)
class AttributeChange:
    """What is different about one attribute.

    Attributes:
        rename: Name that clients know it by from now on, in bodies, answers, fields, filters and
            orders. Handlers keep the name they know.
        readable: Whether answers show it.
        writable: Whether bodies may set it.
        required: Whether a body must have it.
        default: Value where a body does not have it; it is not required then.
        nullable: Whether it may be null.
        description: Its text in the documentation.
        hidden: It does not exist for clients: nobody reads, writes, filters or sorts by it.
    """

    rename: str | Unchanged = field(default=UNCHANGED, kw_only=True)
    readable: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    writable: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    required: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    default: Any = field(default=UNCHANGED, kw_only=True)
    nullable: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    description: str | Unchanged = field(default=UNCHANGED, kw_only=True)
    hidden: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class ResourceChange:
    """What is different about a type, whoever declared it.

    Attributes:
        type: The type.
        attributes: Schema whose attributes, hooks and rules are added to those of the type.
        changes: Changes of attributes by the name that clients know. ``address/city`` is the
            attribute ``city`` of the object, or of the objects in the list, ``address``.
        description: Its sentence in the documentation.
        id: Where the id comes from, as in `Resource`.
        client_ids: Whether clients choose ids.
        id_pattern: What ids look like, as in `Resource`.
        version: Where the version of its state comes from. Whether the objects shown have a
            field of that name shows when one is shown, not at the start.
        requires_match: Whether a change must say which state it is about.
        protection: Who may call its operations that say nothing themselves.
        restricted: Attributes and relationships that not everybody knows, as in `Resource`; other
            names keep what is said of them.
        replaces: Names of ``attributes`` that come in the place of some that exist.
        stores: Stores whose requests see the change; empty for all.
        before: Names or ids of changes of the same layer that win over this one.
        after: Names or ids of changes of the same layer that this one wins over.
        name: Name in the ids of ``disable``, ``before`` and ``after``; the type by default.
    """

    type: str
    attributes: SchemaClass | None = field(default=None, kw_only=True)
    changes: Mapping[str, AttributeChange] = field(default_factory=dict, kw_only=True)
    description: str | Unchanged = field(default=UNCHANGED, kw_only=True)
    id: str | Callable[[Any], str] | Unchanged = field(default=UNCHANGED, kw_only=True)
    client_ids: ClientIds | Unchanged = field(default=UNCHANGED, kw_only=True)
    id_pattern: str | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    version: str | Callable[[Any], object] | Unchanged | None = field(
        default=UNCHANGED, kw_only=True
    )
    requires_match: bool | tuple[str, ...] | Unchanged = field(default=UNCHANGED, kw_only=True)
    protection: Protection | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    restricted: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    replaces: tuple[str, ...] = field(default=(), kw_only=True)
    stores: tuple[str, ...] = field(default=(), kw_only=True)
    before: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)
    name: str = field(default="", kw_only=True)

    @property
    def contribution_name(self) -> str:
        """Name that ``disable`` and the reports use."""
        return (self.name or self.type) + at_stores(self.stores)


@dataclass(frozen=True, slots=True, eq=False)
class OperationChange:
    """What is different about an operation, whoever declared it.

    Filters, sorts, parameters and errors are added to those that it has, and single rules of its
    pages are changed where ``page`` is a mapping.

    Attributes:
        operation: Name or id of the operation, as ``glue plugins --all`` prints it.
        handler: Callable that answers.
        handled: Whether what answers already knows the filters and sorts that are added, as a
            handler that passes any name on does, or one in a wrapper that deals with them. Without
            it only a change of the handler may bring new ones.
        schema: Schema of the attributes of bodies.
        filters: Attributes that a filter may name.
        sorts: Attributes that an order may name.
        page: How the collection is cut into pages; a mapping such as ``{"maximum": 50}`` changes
            only what it names; None does not cut it.
        parameters: Query parameters that the handler reads.
        errors: Errors that the handler answers with.
        summary: Its line in the documentation.
        status: Status of success.
        singular: As in `Operation`.
        snake_case: As in `Operation`.
        protection: Who may call it.
        replaces: Those of ``filters``, ``sorts``, ``parameters`` and ``errors`` that come in the
            place of what there is.
        stores: Stores whose requests see the change; empty for all.
        before: Names or ids of changes of the same layer that win over this one.
        after: Names or ids of changes of the same layer that this one wins over.
        name: Name in the ids of ``disable``, ``before`` and ``after``; the operation by default.
    """

    operation: str
    handler: Callable[..., GlueResponse] | Unchanged = field(default=UNCHANGED, kw_only=True)
    handled: bool = field(default=False, kw_only=True)
    schema: SchemaClass | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    filters: tuple[str, ...] | Unchanged = field(default=UNCHANGED, kw_only=True)
    sorts: tuple[str, ...] | Unchanged = field(default=UNCHANGED, kw_only=True)
    page: PageRules | Mapping[str, Any] | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    parameters: tuple[Parameter, ...] | Unchanged = field(default=UNCHANGED, kw_only=True)
    errors: tuple[ErrorCode, ...] | Unchanged = field(default=UNCHANGED, kw_only=True)
    summary: str | Unchanged = field(default=UNCHANGED, kw_only=True)
    status: int | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    singular: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    snake_case: bool | Unchanged = field(default=UNCHANGED, kw_only=True)
    protection: Protection | Unchanged | None = field(default=UNCHANGED, kw_only=True)
    replaces: tuple[str, ...] = field(default=(), kw_only=True)
    stores: tuple[str, ...] = field(default=(), kw_only=True)
    before: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)
    name: str = field(default="", kw_only=True)

    @property
    def contribution_name(self) -> str:
        """Name that ``disable`` and the reports use."""
        return (self.name or self.operation) + at_stores(self.stores)


@dataclass(frozen=True, slots=True, eq=False)
class BodyRules:
    """BodyRules for bodies, beside those that schemas have.

    They are put together with the rules of the schema and of others; a rule that is there already
    is not added again.

    Attributes:
        type: Type of the resources that the bodies describe.
        rules: Validators by the name that clients know. ``address/city`` is the attribute ``city``
            of the object, or of the objects in the list, ``address``; an empty name stands for the
            whole: its validators get all attributes that were loaded, by the names that clients
            know.
        required: Attributes that a body must have.
        methods: Methods whose bodies the rules hold for, such as ``("post",)``; empty for all.
        replaces: Names whose other rules no longer hold.
        stores: Stores whose requests they hold for; empty for all.
        before: Names or ids of changes of the same layer that win over these.
        after: Names or ids of changes of the same layer that these win over.
        name: Name in the ids of ``disable``, ``before`` and ``after``; the type and ``rules`` by
            default.
    """

    type: str
    rules: Mapping[str, Rule | Sequence[Rule]] = field(default_factory=dict)
    required: tuple[str, ...] = field(default=(), kw_only=True)
    methods: tuple[Method, ...] = field(default=(), kw_only=True)
    replaces: tuple[str, ...] = field(default=(), kw_only=True)
    stores: tuple[str, ...] = field(default=(), kw_only=True)
    before: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)
    name: str = field(default="", kw_only=True)

    @property
    def contribution_name(self) -> str:
        """Name that ``disable`` and the reports use."""
        methods = f".{','.join(self.methods)}" if self.methods else ""
        return (self.name or f"{self.type}.rules{methods}") + at_stores(self.stores)

    def of(self, name: str) -> tuple[Rule, ...]:
        """Return the validators of one attribute."""
        found = self.rules[name]
        return (found,) if callable(found) else tuple(found)


Change = ResourceChange | OperationChange | BodyRules
