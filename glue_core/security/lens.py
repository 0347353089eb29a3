"""The lens: what one set of grants sees of a type. Nobody reads a declaration past it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

from marshmallow import EXCLUDE, RAISE, Schema

from glue_core.loading import Load, compile_load
from glue_core.messages import GlueError, GlueRequest
from glue_core.operation import Operation
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.security.protection import Protection
from glue_core.serialising import Dumps, Functions, PlainPart, compile_dumps, part_of, plain_fields
from glue_core.violations import prepare

Action = Literal["read", "write", "filter", "sort", "include"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """Which resources of a type somebody may see: those whose field has a value.

    It joins the filters of the request before the controller runs, and what leaves is held against
    it again, included resources as well.

    Attributes:
        field: Name of a field or key of the objects that are shown.
        value: Reads the value from the request, such as the reference of the customer who asks.
        filter: Name of the filter by the field where an operation has such a one, as its handler
            knows it; that of the field when empty.
    """

    field: str
    value: Callable[[GlueRequest], object]
    filter: str = ""

    @property
    def filter_name(self) -> str:
        """Name of the filter by the field."""
        return self.filter or self.field

    def admits(self, shown: object, request: GlueRequest) -> bool:
        """Say whether an object may be seen by whoever asks."""
        value = self.value(request)
        return value is not None and read_from(shown, self.field) == value


Decision = bool | Criterion
"""What a policy says: yes, no, or which ones."""

Decide = Callable[[frozenset[str], str, str, Action], Decision]
"""Rule over (grants, type, name, action); an empty name means the type as a whole.

One that denies is enough. A `Criterion` counts for a type as a whole, read or written.
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of an application about who sees and changes what.

    Attributes:
        name: Name, unique in the plugin.
        decide: The rule. It is asked once for each set of grants, so it may rely on nothing else.
    """

    name: str
    decide: Decide


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """The rule that declarations imply: of restricted names, and of types that nobody may read.

    Attributes:
        guarded: What guards each place where a type is read, for types that are open at none.
        restricted: Names of each type with the grants of which one is needed.
        admits: Says whether grants alone are enough for a protection.
    """

    guarded: Mapping[str, Sequence[tuple[Protection, ...]]]
    restricted: Mapping[str, Mapping[str, frozenset[str]]]
    admits: Callable[[Protection, frozenset[str]], bool]

    def __call__(self, grants: frozenset[str], type_: str, name: str, action: Action) -> Decision:
        """Decide as a policy does."""
        if name:
            needed = self.restricted.get(type_, {}).get(name)
            return needed is None or not needed.isdisjoint(grants)
        if action != "read" or type_ not in self.guarded:
            return True
        return any(
            all(self.admits(each, grants) for each in guard) for guard in self.guarded[type_]
        )

    def about(self, type_: str) -> tuple[object, ...]:
        """Return what it goes by for one type."""
        return self.guarded.get(type_), self.restricted.get(type_)


KEPT_FIELDSETS = 256
KEPT_LENSES = 256
_NOTHING: frozenset[str] = frozenset()


class Lens:
    """What somebody may know of one type. What it lacks does not exist for them.

    Attributes:
        type: Type of the resources.
        attributes: Names of the visible attributes as clients write them, in schema order.
        writable: Names of the attributes that may be written.
        relationships: Visible relationships by name.
        fields: Names of the visible attributes and relationships.
        is_readable: Whether resources of the type may be seen at all.
        is_changeable: Whether they may be changed at all.
        criteria: Which of them may be seen; each must hold.
        change_criteria: Which of them may be changed, besides.
        identify: Reads the id from an object that is shown.
        id_name: Name of the field or key that it is read from, or None where a function reads it.
        version: Reads the version of its state from an object that is shown; None where the type
            declares none.
    """

    __slots__ = (
        "_dumps",
        "_loaders",
        "_loads",
        "_names",
        "_others",
        "_parts",
        "_plain",
        "_resource",
        "_sorts_filters",
        "attributes",
        "change_criteria",
        "criteria",
        "fields",
        "id_name",
        "identify",
        "is_changeable",
        "is_readable",
        "relationships",
        "type",
        "version",
        "writable",
    )

    def __init__(
        self,
        resource: Resource,
        relationships: Mapping[str, Relationship],
        decide: Callable[[str, Action], Sequence[Decision]],
    ) -> None:
        def may(name: str, action: Action) -> bool:
            return False not in decide(name, action)

        fields = resource.attributes().fields
        self.type = resource.type
        self._resource = resource
        names = {field.data_key or name: name for name, field in fields.items()}
        self.attributes = tuple(
            shown
            for shown, name in names.items()
            if not fields[name].load_only and may(shown, "read")
        )
        self.writable = tuple(
            shown
            for shown, name in names.items()
            if not fields[name].dump_only and may(shown, "write")
        )
        self._names = names
        self.is_readable = may("", "read")
        self.is_changeable = may("", "write")
        self.criteria = _criteria(decide("", "read"))
        self.change_criteria = _criteria(decide("", "write"))
        self.relationships: Mapping[str, Relationship] = MappingProxyType(
            {name: each for name, each in relationships.items() if may(name, "include")}
        )
        self.fields = frozenset((*self.attributes, *self.relationships))
        self._sorts_filters = may
        self._dumps: dict[frozenset[str] | None, Dumps] = {None: self._dumps_of(self.attributes)}
        self._loaders: dict[tuple[type[Schema] | None, type[Schema] | None, bool], Load] = {}
        self._loads: dict[Operation, Load] = {}
        plain = plain_fields(resource.attributes())
        self._plain = [
            (shown, *plain[names[shown]]) for shown in self.attributes if names[shown] in plain
        ]
        self._others = frozenset(self.attributes).difference([each[0] for each in self._plain])
        self._parts: dict[frozenset[str], Dumps] = {}
        self.identify = _identifier(resource.id)
        self.id_name = None if callable(resource.id) else resource.id
        self.version: Callable[[Any], object] | None = (
            None if resource.version is None else _reader(resource.version)
        )

    @property
    def schema(self) -> type[Schema]:
        """Schema of the attributes, for their names: who sees which of them the lens says."""
        return self._resource.attributes

    @property
    def description(self) -> str:
        """What the type is, in one sentence; empty where nobody says."""
        return self._resource.description

    @property
    def may_lack_id(self) -> bool:
        """Whether there are no ids, or a function makes them, which may find none."""
        return self._resource.id is None or callable(self._resource.id)

    def admits(self, shown: object, request: GlueRequest) -> bool:
        """Say whether whoever asks may see an object of the type."""
        return self.is_readable and all(each.admits(shown, request) for each in self.criteria)

    def may_write(self, relationship: str) -> bool:
        """Say whether a visible relationship may be written."""
        return relationship in self.relationships and self._sorts_filters(relationship, "write")

    def filters(self, operation: Operation) -> tuple[str, ...]:
        """Return the attributes that a filter may name under an operation."""
        return tuple(name for name in operation.filters if self._sorts_filters(name, "filter"))

    def sorts(self, operation: Operation) -> tuple[str, ...]:
        """Return the attributes that an order may name under an operation."""
        return tuple(name for name in operation.sorts if self._sorts_filters(name, "sort"))

    def attributes_of(self, shown: object, only: frozenset[str] | None = None) -> dict[str, Any]:
        """Return the visible attributes of an object, ready for JSON.

        Args:
            shown: Object or mapping that has the schema's fields.
            only: Names that the client wants, or None for all; other names do not matter.
        """
        return self.dumps(only).one(shown)

    def dumps(self, only: frozenset[str] | None = None) -> Dumps:
        """Return what makes the visible attributes of objects; arguments as for `attributes_of`.

        Functions for sets of names are kept, within bounds: a set that nobody asked for before is
        cheap where the fields are plain ones, and else, once there are too many sets, all
        attributes are made and those that are not wanted left out.
        """
        dumps = self._dumps.get(only) or self._parts.get(only or _NOTHING)
        if dumps is not None or only is None:
            return dumps or self._dumps[None]
        if self._others.isdisjoint(only):
            wanted = [each for each in self._plain if each[0] in only]
            if len(wanted) > 1:
                if len(self._parts) >= KEPT_FIELDSETS:
                    self._parts.clear()
                dumps = self._parts[only] = PlainPart(wanted, partial(self._part, only))
                return dumps
        return self._part(only)

    def _part(self, only: frozenset[str]) -> Dumps:
        """Return what makes some attributes of objects of any kind."""
        wanted = [each for each in self.attributes if each in only]
        dumps = self._dumps.get(only)
        if dumps is None:
            if len(self._dumps) >= KEPT_FIELDSETS:
                return part_of(self._dumps[None], wanted)
            dumps = self._dumps[only] = self._dumps_of(wanted)
        return dumps

    def _dumps_of(self, wanted: Iterable[str]) -> Dumps:
        names = [self._names[each] for each in wanted]
        if not names:
            return Functions.singly(lambda _: {})
        return compile_dumps(self._resource.attributes(only=names))

    def load(
        self, values: Mapping[str, Any], operation: Operation, pointer: str = ""
    ) -> tuple[dict[str, Any], list[GlueError]]:
        """Validate the attributes of a body.

        Args:
            values: Attributes as the client wrote them.
            operation: The operation; a partial one, such as a ``patch``, requires no attribute.
            pointer: JSON Pointer to the attributes, where those of the errors start.

        Returns:
            The attributes by the names of the schema's fields, and what is wrong with them, each a
            422.
        """
        load = self._loads.get(operation)
        if load is None:
            load = self._loads[operation] = self._load_of(operation)
        return load(values, pointer)

    def _load_of(self, operation: Operation) -> Load:
        """Return what loads the bodies of an operation; those with the same rules share it."""
        key = (operation.schema, operation.ruled, operation.is_partial)
        load = self._loaders.get(key)
        if load is None:
            load = self._loaders[key] = compile_load(self._loader(*key), self.attributes)
        return load

    def _loader(
        self, declared: type[Schema] | None, ruled: type[Schema] | None, is_partial: bool
    ) -> Schema:
        """Make the schema that holds a body against the rules; what is hidden is unknown to it."""
        kind = ruled or declared or self._resource.attributes
        hidden = [
            name
            for name, field in kind().fields.items()
            if declared is None
            and not field.dump_only
            and (field.data_key or name) not in self.writable
        ]
        # INCLUDE would let what is hidden pass unseen, so only leaving unknown members out counts.
        leaves_out = kind.opts.unknown == EXCLUDE
        return prepare(
            kind(unknown=EXCLUDE if leaves_out else RAISE, partial=is_partial, exclude=hidden)
        )


def read_from(shown: object, name: str) -> object:
    """Return a field or key of an object that is shown, or None."""
    # A mapping has keys to look up; the look at the class is the cheaper one.
    if hasattr(shown, "__getitem__") and isinstance(shown, Mapping):
        return shown.get(name)
    return getattr(shown, name, None)


def _criteria(decisions: Iterable[Decision]) -> tuple[Criterion, ...]:
    return tuple(each for each in decisions if isinstance(each, Criterion))


def _reader(source: str | Callable[[Any], object]) -> Callable[[Any], object]:
    """Return the function that reads a value from an object that is shown."""
    if callable(source):
        return source
    name = source

    def read(shown: Any) -> object:
        if hasattr(shown, "__getitem__"):
            return read_from(shown, name)
        return getattr(shown, name, None)

    return read


def _identifier(source: str | Callable[[Any], str] | None) -> Callable[[Any], str | None]:
    """Return the function that reads an id from an object that is shown."""
    if source is None:
        return lambda shown: None
    if callable(source):
        return source
    name = source

    def identify(shown: Any) -> str | None:
        if shown.__class__ is dict:
            value = shown.get(name)
        elif hasattr(shown, "__getitem__"):
            value = read_from(shown, name)
        else:
            value = getattr(shown, name, None)
        return None if value is None else str(value)

    return identify


@dataclass(frozen=True, slots=True)
class ModelType:
    """A type of an application: its resource, and its relationships whoever contributed them."""

    resource: Resource
    relationships: Mapping[str, Relationship]


class _Lenses(dict[tuple[str, frozenset[str]], Lens]):
    """Lenses that were made; others are when they are asked for."""

    def __init__(self, make: Callable[[str, frozenset[str]], Lens]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: tuple[str, frozenset[str]]) -> Lens:
        return self._make(*key)


class Model:
    """The types of one application, seen through lenses only.

    Attributes:
        canonical: Path of a resource of each type that has one.
        related: Relationships, by type and name, below whose resource their name answers.
        linkage: Those that themselves are a place.
        lenses: What grants see of types, by both; one that nobody asked for yet is made.
    """

    def __init__(
        self,
        types: Mapping[str, ModelType],
        policies: Iterable[Decide] = (),
        canonical: Mapping[str, str] | None = None,
        related: Iterable[tuple[str, str]] = (),
        linkage: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Freeze the types.

        Args:
            types: The types by name.
            policies: Rules; one that denies is enough, and nobody is denied anything without one.
            canonical: Path of a resource of each type that has one, such as ``/articles/{id}``.
            related: Relationships, by type and name, below whose resource ``/<name>`` answers.
            linkage: Those below whose resource ``/relationships/<name>`` answers.
        """
        self._types = dict(types)
        self.canonical: Mapping[str, str] = MappingProxyType(dict(canonical or {}))
        self.related = frozenset(related)
        self.linkage = frozenset(linkage)
        self._policies = tuple(policies)
        self._lenses = _Lenses(self._make)
        self.lenses: Mapping[tuple[str, frozenset[str]], Lens] = self._lenses
        self._lock = threading.Lock()

    def showing(self, resource: Resource | None) -> Model:
        """Return the model in which a type is what one of its declarations says.

        For operations of an older version: what they show is not what others show of the type.
        """
        held = self._types.get(resource.type) if resource is not None else None
        if resource is None or held is None or held.resource is resource:
            return self
        return Model(
            {**self._types, resource.type: ModelType(resource, held.relationships)},
            self._policies,
            self.canonical,
            self.related,
            self.linkage,
        )

    def unrestricted(self) -> Model:
        """Return the model in which everybody sees everything, for who documents all of it."""
        return Model(self._types, (), self.canonical, self.related, self.linkage)

    def resource_of(self, type_: str) -> Resource | None:
        """Return the declaration that a type is, or None where there is no such type."""
        held = self._types.get(type_)
        return None if held is None else held.resource

    def _implied(self, type_: str) -> list[tuple[object, ...]]:
        found = (each.about(type_) for each in self._policies if isinstance(each, Implied))
        return [each for each in found if any(each)]

    def agrees(self, other: Model, types: Iterable[str]) -> bool:
        """Say whether two models say the same of some types and of all that is related to them."""
        seen: set[str] = set()
        waiting = list(types)
        while waiting:
            type_ = waiting.pop()
            if type_ in seen:
                continue
            seen.add(type_)
            one, two = self._types.get(type_), other._types.get(type_)
            if one is None or two is None:
                if one is not two:
                    return False
                continue
            if one.resource is not two.resource or one.relationships != two.relationships:
                return False
            if self.canonical.get(type_) != other.canonical.get(type_):
                return False
            if self._implied(type_) != other._implied(type_):
                return False
            waiting += [each.target for each in one.relationships.values()]
        return all(
            {each for each in ours if each[0] in seen}
            == {each for each in theirs if each[0] in seen}
            for ours, theirs in ((self.related, other.related), (self.linkage, other.linkage))
        )

    @property
    def has_policies(self) -> bool:
        """Whether not everybody sees everything."""
        return bool(self._policies)

    @property
    def has_versions(self) -> bool:
        """Whether a type declares versions of its state."""
        return any(each.resource.version is not None for each in self._types.values())

    @property
    def types(self) -> tuple[str, ...]:
        """Names of the types, in order."""
        return tuple(sorted(self._types))

    def __contains__(self, type_: object) -> bool:
        return type_ in self._types

    def lens(self, type_: str, grants: frozenset[str] = frozenset()) -> Lens:
        """Return what these grants see of a type; kept per set of grants.

        Raises:
            KeyError: The application has no such type.
        """
        return self._lenses[type_, grants]

    def _make(self, type_: str, grants: frozenset[str]) -> Lens:
        declared = self._types[type_]

        def decide(name: str, action: Action) -> tuple[Decision, ...]:
            # Whoever made a rule knew one of the names that an attribute has had.
            names = (name, *declared.resource.renamed.get(name, ()))
            return tuple(
                policy(grants, type_, each, action) for each in names for policy in self._policies
            )

        # What is related to something that does not exist for the caller is not there either.
        relationships = {
            name: each
            for name, each in declared.relationships.items()
            if each.target in self._types
            and all(policy(grants, each.target, "", "read") for policy in self._policies)
        }
        lens = Lens(declared.resource, relationships, decide)
        with self._lock:
            if len(self._lenses) >= KEPT_LENSES:
                self._lenses.pop(next(iter(self._lenses)))
            return self._lenses.setdefault((type_, grants), lens)
