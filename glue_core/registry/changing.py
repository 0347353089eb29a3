"""Changing: what plugins say of the declarations of others, applied before anything is checked.

Four tiers are applied one after another: what plugins change, what the project changes, and the
same for single stores. Inside a tier nothing depends on an order that nobody declared: two changes
that contradict each other stop the start, unless one says that it comes after the other.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from marshmallow import Schema

from glue_core.changes import (
    UNCHANGED,
    AttributeChange,
    BodyRules,
    OperationChange,
    ResourceChange,
)
from glue_core.deriving import (
    Missing,
    fields_of,
    names_of,
    own_fields,
    parts_of,
    rules_at,
    same,
    with_attribute,
    with_rules,
    with_schema,
)
from glue_core.errors import ConfigurationError
from glue_core.operation import METHODS, Operation, PageRules
from glue_core.registry.conflicts import twice
from glue_core.registry.discovery import APPLICATIONS, place_of
from glue_core.registry.order import Contribution, Said, arrange
from glue_core.resource import Resource
from glue_core.validation import TAKES_A_BODY
from glue_core.variants import at_stores, share_stores, stores_of
from glue_core.versions import share_versions

MERGED = ("filters", "sorts", "parameters", "errors")
"""What an `OperationChange` adds to, unless ``replaces`` names it."""

PLAIN_OF_OPERATION = (
    "handler",
    "schema",
    "summary",
    "status",
    "singular",
    "snake_case",
    "protection",
)
PLAIN_OF_RESOURCE = (
    "description",
    "id",
    "client_ids",
    "id_pattern",
    "version",
    "requires_match",
    "protection",
)
ONE_ATTRIBUTE = tuple(each.name for each in fields(AttributeChange))

HOOK = "glue_declaration_changes"


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations of an application.

    Attributes:
        operations: Operations of resources.
        routes: Custom routes.
        resources: Types that were declared without an operation.
    """

    operations: tuple[Contribution, ...]
    routes: tuple[Contribution, ...]
    resources: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One thing that a change says something about.

    Attributes:
        key: What it is about; a longer key is a part of a shorter one.
        value: What it says.
        merges: It adds to what others say.
    """

    key: tuple[str, ...]
    value: object
    merges: bool = False


def apply_changes(
    application: str,
    changes: Sequence[Contribution],
    declared: Declared,
    *,
    project: Collection[str] = (),
    replaced: Mapping[str, str] | None = None,
) -> Declared:
    """Return the declarations as they are with all changes.

    Args:
        application: Name of the application.
        changes: The changes, in any order.
        declared: The declarations.
        project: Ids of plugins that belong to the project, beside the application's own hooks.
        replaced: Ids that were replaced, to those in their place.

    Raises:
        ConfigurationError: A change names nothing, says nothing that can be, or contradicts
            another one.
    """
    problems = [text for each in changes for text in _misshapen(application, each)]
    problems += twice(
        changes, lambda each: each.id, f"Two changes of {application!r} have the id {{!r}}."
    )
    _stop(problems)
    return _Changing(application, changes, declared, project, replaced or {}).run()


def _stop(problems: Iterable[str]) -> None:
    problems = tuple(dict.fromkeys(problems))
    if problems:
        raise ConfigurationError("\n\n".join(problems))


class _Changing:
    """Applies the changes of one application."""

    def __init__(
        self,
        application: str,
        changes: Sequence[Contribution],
        declared: Declared,
        project: Collection[str],
        replaced: Mapping[str, str],
    ) -> None:
        self._application = application
        self._declared = declared
        self._problems: list[str] = []
        self._types = self._declared_types()
        self._variants = self._declared_variants()
        self._targets = {each.id: self._named_by(each) for each in changes}
        self._tiers = self._ordered(changes, project, replaced)
        self._resources: dict[tuple[object, ...], Resource] = {}
        self._histories: dict[int, tuple[Said, ...]] = {}
        self._found: set[tuple[str, str]] = set()
        self._missing: dict[tuple[str, str], tuple[Contribution, str]] = {}

    def run(self) -> Declared:
        """Apply everything, or tell of all that cannot be."""
        for tier in self._tiers:
            self._problems += self._clashes(tier)
        _stop(self._problems)
        changed = Declared(
            tuple(made for each in self._declared.operations for made in self._operation(each)),
            tuple(made for each in self._declared.routes for made in self._operation(each)),
            tuple(made for each in self._declared.resources for made in self._bare(each)),
        )
        self._problems += [
            text for key, (_, text) in self._missing.items() if key not in self._found
        ]
        _stop(self._problems)
        return changed

    # What changes are about.

    def _declared_types(self) -> dict[str, list[Contribution]]:
        types: dict[str, list[Contribution]] = {}
        everything = (
            *self._declared.operations,
            *self._declared.routes,
            *self._declared.resources,
        )
        for each in everything:
            resource = _resource_of(each)
            if resource is not None:
                types.setdefault(resource.type, []).append(each)
        return types

    def _declared_variants(self) -> dict[str, dict[str, list[Resource]]]:
        """Return the declarations of each type that are for single stores, by store."""
        found: dict[str, dict[str, list[Resource]]] = {}
        for type_, declared in self._types.items():
            for resource in filter(None, map(_resource_of, declared)):
                for store in resource.stores:
                    held = found.setdefault(type_, {}).setdefault(store, [])
                    if not any(resource is each for each in held):
                        held.append(resource)
        return found

    def _named_by(self, change: Contribution) -> tuple[str, ...]:
        """Return the ids of the operations that a change is about, and tell where it names none."""
        value = change.value
        if isinstance(value, OperationChange):
            known = (*self._declared.operations, *self._declared.routes)
            found = tuple(each.id for each in known if value.operation in (each.id, each.name))
            if not found:
                names = [name for each in known for name in (each.name, each.id)]
                self._unknown(change, "operation", value.operation, names)
            return found
        if value.type not in self._types:
            self._unknown(change, "type", value.type, self._types)
            return ()
        if isinstance(value, BodyRules):
            with_bodies = {
                each.value.method
                for each in self._types[value.type]
                if isinstance(each.value, Operation) and each.value.method in TAKES_A_BODY
            }
            idle = [method for method in value.methods if method not in with_bodies]
            if idle or not with_bodies:
                meant = f"the bodies of {', '.join(map(repr, idle))}" if idle else "bodies"
                self._problems.append(
                    f"{_spoken(change)} of {self._application!r} are for {meant}, and no operation "
                    f"of {value.type!r} takes such a body.\n  {change.party}\n"
                    f"Methods with bodies there: {', '.join(sorted(with_bodies)) or 'none'}."
                )
        return ()

    def _unknown(self, change: Contribution, kind: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        self._problems.append(
            f"{_spoken(change)} of {self._application!r} {_is(change)} about the {kind} {name!r}, "
            f"which no plugin declares.{hint}\n  {change.party}\n"
            f"Install the plugin that declares it, or put {change.id!r} under 'disable' in the "
            f"settings. 'glue plugins --all' lists every id."
        )

    def _ordered(
        self,
        changes: Sequence[Contribution],
        project: Collection[str],
        replaced: Mapping[str, str],
    ) -> tuple[tuple[Contribution, ...], ...]:
        known = {name for each in changes for name in (each.id, each.name)}
        tiers: list[list[Contribution]] = [[], [], [], []]
        for each in changes:
            is_project = each.source.group == APPLICATIONS or each.source.id in project
            tiers[2 * bool(each.value.stores) + is_project].append(each)
        return tuple(
            tuple(
                placed.contribution
                for placed in arrange(
                    tier,
                    sorted({each.layer for each in tier}),
                    known=known,
                    replaced=replaced,
                    stack=f"changes of {self._application!r}",
                )
            )
            for tier in tiers
        )

    # What contradicts each other.

    def _clashes(self, tier: Sequence[Contribution]) -> Iterator[str]:
        """Tell of changes in one tier of which nobody says which one comes later."""
        held: dict[tuple[str, ...], list[tuple[_Leaf, Contribution]]] = {}
        told: set[tuple[str, str]] = set()
        for change in tier:
            for leaf in self._leaves(change):
                start = held.setdefault(leaf.key[:2], [])
                for other, by in start:
                    if by is change or not _meet(leaf, other):
                        continue
                    if not share_stores(by.value.stores, change.value.stores):
                        continue
                    if _comes_after(change, by, tier) or (by.id, change.id) in told:
                        continue
                    told.add((by.id, change.id))
                    first, second = sorted((by, change), key=lambda each: each.id)
                    yield (
                        f"Two changes of {self._application!r} contradict each other about "
                        f"{_about(max(leaf.key, other.key, key=len))}.\n"
                        f"  {first.party}\n  {second.party}\n"
                        f"Let one of them say after=({first.id!r},) or after=({second.id!r},), or "
                        f"put {first.id!r} or {second.id!r} under 'disable' in the settings."
                    )
                start.append((leaf, change))

    def _leaves(self, change: Contribution) -> Iterator[_Leaf]:
        value = change.value
        if isinstance(value, OperationChange):
            for target in self._targets[change.id]:
                yield from _operation_leaves(("operation", target), value)
        elif isinstance(value, ResourceChange):
            start = ("type", value.type)
            for name in PLAIN_OF_RESOURCE:
                if getattr(value, name) is not UNCHANGED:
                    yield _Leaf((*start, name), getattr(value, name))
            if value.attributes is not None:
                for own, each in value.attributes._declared_fields.items():
                    yield _Leaf((*start, "attributes", each.data_key or own), each)
            for name, grants in value.restricted.items():
                yield _Leaf((*start, "restricted", name), grants)
            for path, attribute in value.changes.items():
                key = (*start, "attributes", *parts_of(path))
                if attribute.hidden:
                    yield _Leaf(key, "hidden")
                    continue
                for name in ONE_ATTRIBUTE:
                    held = getattr(attribute, name)
                    if name != "hidden" and held is not UNCHANGED:
                        yield _Leaf((*key, "", name), held)
        else:
            for method in value.methods or sorted(TAKES_A_BODY):
                at = ("rules", value.type, method)
                for path in value.rules:
                    yield _Leaf((*at, path), value.of(path), path not in value.replaces)
                for path in value.replaces:
                    if path not in value.rules:
                        yield _Leaf((*at, path), ())

    # What declarations become.

    def _bare(self, declared: Contribution) -> Iterator[Contribution]:
        """Yield a type that was declared without an operation, and its variants for stores."""
        resource: Resource = declared.value
        seen: list[Resource] = []
        stores: Sequence[str | None] = resource.stores or (None, *self._stores(resource.type, ()))
        for store in stores:
            base = resource if resource.stores else self._base(resource, store)
            changes = self._of_type(resource.type, store)
            made = self._resource(base, store, changes)
            if base is not resource or any(made is each for each in seen):
                # Another declaration stands for the store.
                continue
            seen.append(made)
            yield replace(
                declared,
                id=f"{declared.source.id}.{made.type}{at_stores(made.stores)}",
                name=f"{made.type}{at_stores(made.stores)}",
                value=made,
                changes=changes,
                history=self._histories.get(id(made), ()),
            )

    def _operation(self, declared: Contribution) -> Iterator[Contribution]:
        """Yield an operation with everything that is about it, and its variants for stores."""
        operation: Operation = declared.value
        groups: dict[tuple[object, ...], list[str]] = {}
        named = stores_of(operation)
        for store in named or self._stores(operation.type, self._about(declared)):
            if not named and self._has_own(declared, store):
                continue
            base = operation.resource
            if not named and base is not None:
                base = self._base(base, store)
            about = self._about(declared, store)
            if named or base is not operation.resource or any(e.value.stores for e in about):
                key = (id(base), *(each.id for each in about))
                groups.setdefault(key, []).append(store)
        if not named:
            yield self._made(declared, None, ())
        for stores in groups.values():
            # A declaration for all of these stores keeps its own word for them.
            kept = named and len(groups) == 1
            yield self._made(declared, stores[0], operation.stores if kept else tuple(stores))

    def _made(
        self, declared: Contribution, store: str | None, stores: tuple[str, ...]
    ) -> Contribution:
        """Return an operation as one store sees it."""
        operation: Operation = declared.value
        about_type = () if operation.type is None else self._of_type(operation.type, store)
        about_it = self._of_operation(declared, store)
        about_rules = self._rules_of(operation, store)
        changes = (*about_type, *about_it, *about_rules)
        history: list[Said] = []
        place = declared.place
        if operation.resource is not None:
            base = operation.resource
            if not stores_of(operation):
                base = self._base(base, store)
            shown = self._resource(base, store, about_type)
            history += self._histories.get(id(shown), ())
            if shown is not operation.resource:
                operation = self._shown(operation, base, shown)
        shown_as = operation
        for each in about_it:
            operation = self._changed(operation, each, history)
            if each.value.handler is not UNCHANGED:
                place = place_of(each.value.handler, each.source)
        operation = self._paged(operation, about_it, history)
        if all(each.value.handler is UNCHANGED for each in about_it):
            self._problems += self._unhandled(declared, shown_as, about_it)
        operation = self._ruled(operation, about_rules, history)
        if operation is declared.value and stores == operation.stores:
            return declared
        operation = replace(operation, stores=stores)
        name = operation.contribution_name
        return replace(
            declared,
            id=f"{declared.source.id}.{name}",
            name=name,
            value=operation,
            place=place,
            changes=changes,
            history=tuple(history),
        )

    def _about(self, declared: Contribution, store: str | None = None) -> tuple[Contribution, ...]:
        """Return what is about an operation: in one store, or in any where none is named."""
        type_ = declared.value.type
        return (
            *(() if type_ is None else self._of_type(type_, store, any_store=store is None)),
            *self._of_operation(declared, store, any_store=store is None),
            *self._rules_of(declared.value, store, any_store=store is None),
        )

    def _stores(self, type_: str | None, changes: Iterable[Contribution]) -> tuple[str, ...]:
        """Return the stores that something about a type, or these changes, names."""
        found = {store for each in changes for store in each.value.stores}
        if type_ is not None:
            found.update(self._variants.get(type_, ()))
            for each in self._of_type(type_, any_store=True):
                found.update(each.value.stores)
        return tuple(sorted(found))

    def _base(self, resource: Resource, store: str | None) -> Resource:
        """Return what a store has in the place of a type's general declaration."""
        for other in self._variants.get(resource.type, {}).get(store or "", ()):
            if not other.versions or set(other.versions) == set(resource.versions):
                return other
        return resource

    def _has_own(self, declared: Contribution, store: str) -> bool:
        """Say whether another operation at the same place is for the store."""
        operation: Operation = declared.value
        return any(
            store in stores_of(each.value)
            and (each.value.place, each.value.method) == (operation.place, operation.method)
            and share_versions(each.value, operation)
            for each in (*self._declared.operations, *self._declared.routes)
        )

    def _of_type(
        self, type_: str, store: str | None = None, *, any_store: bool = False
    ) -> tuple[Contribution, ...]:
        return tuple(
            each
            for each in self._applied(store, any_store)
            if isinstance(each.value, ResourceChange) and each.value.type == type_
        )

    def _of_operation(
        self, declared: Contribution, store: str | None, *, any_store: bool = False
    ) -> tuple[Contribution, ...]:
        return tuple(
            each
            for each in self._applied(store, any_store)
            if declared.id in self._targets[each.id]
        )

    def _rules_of(
        self, operation: Operation, store: str | None, *, any_store: bool = False
    ) -> tuple[Contribution, ...]:
        if operation.method not in TAKES_A_BODY:
            return ()
        return tuple(
            each
            for each in self._applied(store, any_store)
            if isinstance(each.value, BodyRules)
            and each.value.type == operation.type
            and (not each.value.methods or operation.method in each.value.methods)
        )

    def _applied(self, store: str | None, any_store: bool) -> Iterator[Contribution]:
        """Yield the changes that hold in a store, the last one last."""
        for tier in self._tiers:
            for each in tier:
                if any_store or not each.value.stores or store in each.value.stores:
                    yield each

    def _resource(
        self, declared: Resource, store: str | None, changes: Sequence[Contribution]
    ) -> Resource:
        """Return a type as one store sees it; one object for all stores that see it alike."""
        ids = [each.id for each in changes]
        candidates = declared.stores
        if not candidates and any(each.value.stores for each in changes):
            candidates = self._stores(declared.type, ())
        stores = tuple(
            each
            for each in candidates
            if [change.id for change in self._of_type(declared.type, each)] == ids
            and (declared.stores or self._base(declared, each) is declared)
        )
        if not changes and stores == declared.stores:
            return declared
        key = (id(declared), *ids)
        made = self._resources.get(key)
        if made is None:
            schema = declared.attributes
            past = _Names(declared)
            history: list[Said] = []
            for tier in self._tiers:
                about = [each for each in changes if each in tier]
                schema = self._schema(schema, about, history)
                past.note(schema)
            history += (
                Said(name, "restricted", grants, each)
                for each in changes
                for name, grants in each.value.restricted.items()
            )
            plain = {}
            for each in changes:
                for name in PLAIN_OF_RESOURCE:
                    if getattr(each.value, name) is not UNCHANGED:
                        plain[name] = getattr(each.value, name)
                        history.append(Said("", name, plain[name], each))
            plain["restricted"] = _restricted(declared, changes)
            made = replace(
                declared, attributes=schema, stores=stores, renamed=past.renamed(), **plain
            )
            self._resources[key] = made
            self._histories[id(made)] = tuple(history)
        return made

    def _schema(
        self, kind: type[Schema], tier: Sequence[Contribution], history: list[Said]
    ) -> type[Schema]:
        """Apply what one tier says of a type's attributes, and note what it did.

        All of it uses the names that the tier before has left, so new names are given last, those
        of the innermost attributes first.
        """
        for each in tier:
            if each.value.attributes is not None:
                kind = self._added(kind, each, history)
        passes: tuple[Callable[[AttributeChange], bool], ...] = (
            lambda change: not change.hidden,
            lambda change: change.hidden,
        )
        for wanted in passes:
            for each in tier:
                for path, change in each.value.changes.items():
                    if wanted(change):
                        unnamed = replace(change, rename=UNCHANGED)
                        kind = self._with_attribute(kind, each, path, unnamed, history)
        renamed = [
            (path, change.rename, each)
            for each in tier
            for path, change in each.value.changes.items()
            if change.rename is not UNCHANGED
        ]
        last = {path: (new, by) for path, new, by in renamed}
        for path in sorted(last, key=lambda path: -len(parts_of(path))):
            new, by = last[path]
            if self._is_taken(kind, by, path, new):
                continue
            renaming = AttributeChange(rename=new)
            kind = self._with_attribute(kind, by, path, renaming, history)
            history[:] = [_called(each, path, new) for each in history]
        return kind

    def _is_taken(self, kind: type[Schema], change: Contribution, path: str, new: str) -> bool:
        """Tell of a new name that another attribute has, beside the one that is renamed."""
        *above, old = parts_of(path)
        beside = names_of(kind) if not above else {}
        if new == old or new not in beside or old not in beside:
            return False
        self._problems.append(
            f"{_spoken(change)} of {self._application!r} renames the attribute {old!r} of "
            f"{change.value.type!r} to {new!r}, which another one is called.\n"
            f"{self._parties(change)}\nGive it another name, or hide the other one."
        )
        return True

    def _added(self, kind: type[Schema], change: Contribution, history: list[Said]) -> type[Schema]:
        value: ResourceChange = change.value
        added = value.attributes
        assert added is not None
        new = {each.data_key or own: own for own, each in own_fields(added, kind).items()}
        known, own_names = names_of(kind), fields_of(kind)
        for name, own in new.items():
            exists = name in known or own in own_names
            if exists and name not in value.replaces:
                self._problems.append(
                    f"{_spoken(change)} of {self._application!r} adds the attribute {name!r} to "
                    f"{value.type!r}, which has it already.\n{self._parties(change)}\n"
                    f"Give it another name, or say replaces=({name!r},)."
                )
            elif name in value.replaces and not exists:
                self._note(change, name, Missing(name, known))
            else:
                self._found.add((change.id, name))
                done = "replaced" if name in value.replaces else "added"
                history.append(Said(_escaped(name), done, place_of(added, change.source), change))
        made: type[Schema] = self._tried(kind, change, lambda: with_schema(kind, added))
        return made

    def _with_attribute(
        self,
        kind: type[Schema],
        change: Contribution,
        path: str,
        different: AttributeChange,
        history: list[Said],
    ) -> type[Schema]:
        try:
            made: type[Schema] = self._tried(
                kind, change, lambda: with_attribute(kind, path, different)
            )
        except Missing as missing:
            self._note(change, path, missing)
            return kind
        self._found.add((change.id, path))
        told = {name: getattr(different, name) for name in ONE_ATTRIBUTE}
        history += (
            Said(path, name, value, change)
            for name, value in told.items()
            if value is not UNCHANGED and (name != "hidden" or value)
        )
        return made

    def _shown(self, operation: Operation, base: Resource, resource: Resource) -> Operation:
        """Let an operation show a changed resource, and its filters and orders follow the names."""
        if resource.attributes is base.attributes:
            return replace(operation, resource=resource)
        gone = names_of(base.attributes).keys() - names_of(resource.attributes).keys()
        renamed = {each: name for name, names in resource.renamed.items() for each in names}
        filters, sorts = (
            tuple(renamed.get(e, e) for e in held if e in renamed or e not in gone)
            for held in (operation.filters, operation.sorts)
        )
        return replace(operation, resource=resource, filters=filters, sorts=sorts)

    def _changed(
        self, operation: Operation, change: Contribution, history: list[Said]
    ) -> Operation:
        value: OperationChange = change.value
        told: dict[str, Any] = {
            name: getattr(value, name)
            for name in PLAIN_OF_OPERATION
            if getattr(value, name) is not UNCHANGED
        }
        history += (Said("", name, held, change) for name, held in told.items())
        for name in MERGED:
            held = getattr(value, name)
            if held is not UNCHANGED:
                history.append(Said("", name, held, change))
                below = () if name in value.replaces else getattr(operation, name)
                told[name] = tuple(dict.fromkeys((*below, *held)))
        return replace(operation, **told)

    def _unhandled(
        self, declared: Contribution, operation: Operation, changes: Sequence[Contribution]
    ) -> Iterator[str]:
        """Tell of filters and sorts that the handler of an operation cannot be expected to know."""
        for each in changes:
            if each.value.handled:
                continue
            for name in ("filters", "sorts"):
                held = getattr(each.value, name)
                known = getattr(operation, name)
                new = () if held is UNCHANGED else [e for e in held if e not in known]
                if new:
                    yield (
                        f"{_spoken(each)} of {self._application!r} adds {', '.join(map(repr, new))}"
                        f" to the {name} of {declared.id!r}, whose handler need not know it.\n"
                        f"  {each.party}\n  {declared.party}\n"
                        f"Give the change a 'handler' that does, or say handled=True where the "
                        f"present one passes any name on, or a wrapper deals with it."
                    )

    def _paged(
        self, operation: Operation, changes: Sequence[Contribution], history: list[Said]
    ) -> Operation:
        """Cut a collection by all that is said of its pages; only the result must be possible."""
        about = [each for each in changes if each.value.page is not UNCHANGED]
        rules = operation.page
        told: dict[str, Any] = {}
        for each in about:
            said = each.value.page
            history.append(Said("", "page", said, each))
            if isinstance(said, Mapping):
                told.update(said)
            else:
                rules, told = said, {}
        try:
            page = replace(rules or PageRules(), **told) if told else rules
        except ConfigurationError as error:
            what, _, remedy = str(error).partition("\n")
            parties = "\n".join(f"  {each.party}" for each in about)
            self._problems.append(
                f"{_spoken(about[-1])} of {self._application!r} cannot be made: {what}\n"
                f"{parties}\n{remedy}"
            )
            return operation
        return replace(operation, page=page) if about else operation

    def _ruled(
        self, operation: Operation, rules: Sequence[Contribution], history: list[Said]
    ) -> Operation:
        kind = operation.body
        if not rules or kind is None:
            return operation
        for each in rules:
            value: BodyRules = each.value
            for path in dict.fromkeys((*value.rules, *value.required, *value.replaces)):
                make = partial(
                    with_rules,
                    kind,
                    path,
                    value.of(path) if path in value.rules else (),
                    replaces=path in value.replaces,
                    required=path in value.required,
                )
                try:
                    made = self._tried(kind, each, make)
                    self._found.add((each.id, path))
                    history += _rules_between(kind, made, path, each)
                    kind = made
                except Missing as missing:
                    self._note(each, path, missing)
        return replace(operation, ruled=kind)

    # What goes wrong.

    def _tried(
        self, kind: type[Schema], change: Contribution, make: Callable[[], type[Schema]]
    ) -> type[Schema]:
        """Return what is made of a schema, or the schema itself where that is impossible."""
        try:
            made = make()
            made()
        except Missing:
            raise
        except Exception as error:
            self._problems.append(
                f"{_spoken(change)} of {self._application!r} cannot be made: "
                f"{type(error).__name__}: {error}\n{self._parties(change)}\n"
                f"Mend it, or put {change.id!r} under 'disable' in the settings."
            )
            return kind
        return made

    def _note(self, change: Contribution, path: str, missing: Missing) -> None:
        """Note an attribute that is not there: another declaration of the type may have it."""
        near = difflib.get_close_matches(missing.name, missing.known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        known = f"\nThere are: {', '.join(missing.known)}." if missing.known else ""
        only = " that bodies may set" if isinstance(change.value, BodyRules) else ""
        self._missing[change.id, path] = (
            change,
            f"{_spoken(change)} of {self._application!r} {_is(change)} about the attribute "
            f"{path!r} of {change.value.type!r}, and there is no {missing.name!r}{only}.{hint}\n"
            f"{self._parties(change)}{known}",
        )

    def _parties(self, change: Contribution) -> str:
        declared = self._types[change.value.type][0]
        return f"  {change.party}\n  {declared.party}"


def _called(said: Said, path: str, new: str) -> Said:
    """Return what was said of an attribute under the name that it has from now on."""
    if said.attribute != path and not said.attribute.startswith(f"{path}/"):
        return said
    above, slash, _ = path.rpartition("/")
    return replace(said, attribute=above + slash + _escaped(new) + said.attribute[len(path) :])


def _escaped(name: str) -> str:
    """Return a name as a part of the way to an attribute."""
    return name.replace("~", "~0").replace("/", "~1")


def _rules_between(
    before: type[Schema], after: type[Schema], path: str, by: Contribution
) -> Iterator[Said]:
    """Yield which rules of an attribute came and went, and whether bodies must have it now."""
    held, holds = rules_at(before, path), rules_at(after, path)
    for each in held:
        if not any(same(each, other) for other in holds):
            yield Said(path, "rule gone", each, by)
    for each in holds:
        if not any(same(each, other) for other in held):
            yield Said(path, "rule", each, by)
    if path in by.value.required:
        yield Said(path, "required", True, by)


class _Names:
    """The names that the attributes of a type have had, tier by tier."""

    def __init__(self, declared: Resource) -> None:
        self._names = names_of(declared.attributes)
        self._past = {
            own: (*declared.renamed.get(name, ()), name) for name, own in self._names.items()
        }

    def note(self, kind: type[Schema]) -> None:
        """Note the names after a tier; what comes in an attribute's place has had its names."""
        now = names_of(kind)
        for name, own in now.items():
            past = self._past.get(own) or self._past.get(self._names.get(name, ""), ())
            self._past[own] = past if past[-1:] == (name,) else (*past, name)
        self._names = now

    def renamed(self) -> dict[str, tuple[str, ...]]:
        """Return the earlier names of what was renamed, by the names there are."""
        return {
            name: self._past[own][:-1]
            for name, own in self._names.items()
            if len(self._past[own]) > 1
        }


def _restricted(declared: Resource, changes: Iterable[Contribution]) -> dict[str, tuple[str, ...]]:
    """Return who knows of which names, with what changes say."""
    found = dict(declared.restricted)
    for each in changes:
        found.update(each.value.restricted)
    return found


def _resource_of(declared: Contribution) -> Resource | None:
    value = declared.value
    resource: Resource | None = value if isinstance(value, Resource) else value.resource
    return resource


def _spoken(change: Contribution) -> str:
    kind = "rules" if isinstance(change.value, BodyRules) else "change"
    return f"The {kind} {change.id!r}"


def _is(change: Contribution) -> str:
    return "are" if isinstance(change.value, BodyRules) else "is"


def _operation_leaves(start: tuple[str, ...], value: OperationChange) -> Iterator[_Leaf]:
    for name in PLAIN_OF_OPERATION:
        if getattr(value, name) is not UNCHANGED:
            yield _Leaf((*start, name), getattr(value, name))
    for name in MERGED:
        if getattr(value, name) is not UNCHANGED:
            yield _Leaf((*start, name), getattr(value, name), name not in value.replaces)
    if isinstance(value.page, Mapping):
        for name, each in value.page.items():
            yield _Leaf((*start, "page", name), each)
    elif value.page is not UNCHANGED:
        yield _Leaf((*start, "page"), value.page)


def _meet(one: _Leaf, other: _Leaf) -> bool:
    """Say whether two changes cannot both hold, whatever their order."""
    if one.key == other.key:
        return not (one.merges and other.merges) and not same(one.value, other.value)
    length = min(len(one.key), len(other.key))
    return one.key[:length] == other.key[:length]


def _comes_after(one: Contribution, other: Contribution, tier: Sequence[Contribution]) -> bool:
    """Say whether changes declare that one of them comes after another, directly or in steps."""
    reached, waiting = {one.id}, [one]
    while waiting:
        later = waiting.pop()
        for each in tier:
            if each.id not in reached and (_names(later.after, each) or _names(each.before, later)):
                reached.add(each.id)
                waiting.append(each)
    return other.id in reached


def _names(mentioned: Iterable[str], change: Contribution) -> bool:
    return any(each.removesuffix("?") in (change.id, change.name) for each in mentioned)


def _about(key: tuple[str, ...]) -> str:
    kind, of, *rest = key
    if kind == "operation":
        return f"the operation {of!r}: {'.'.join(rest)}"
    if kind == "rules":
        method, path = rest
        return f"the rules of {path!r} of {of!r} in the bodies of {method!r}"
    if rest[0] != "attributes":
        return f"the type {of!r}: {'.'.join(rest)}"
    path, _, told = "/".join(rest[1:]).partition("//")
    return f"the attribute {path!r} of {of!r}" + (f": {told}" if told else "")


# What cannot be said at all.


def _misshapen(application: str, change: Contribution) -> Iterator[str]:
    for text in _complaints(change.value):
        yield f"{_spoken(change)} of {application!r} {text}\n  {change.party}"


def _complaints(value: Any) -> Iterator[str]:
    for name in ("replaces", "stores", "before", "after", "methods", "required", *MERGED):
        held = getattr(value, name, ())
        if not isinstance(held, (tuple, list)) and held is not UNCHANGED:
            yield f"has {held!r} for {name!r}: write a tuple, such as ({held!r},)."
            return
    if isinstance(value, ResourceChange):
        yield from _wrong_resource(value)
    elif isinstance(value, OperationChange):
        yield from _wrong_operation(value)
    else:
        yield from _wrong_rules(value)


def _wrong_resource(value: ResourceChange) -> Iterator[str]:
    if value.attributes is not None and not _is_schema(value.attributes):
        yield f"adds {value.attributes!r}, which is no class of a marshmallow schema."
        return
    added = value.attributes._declared_fields if value.attributes is not None else {}
    named = {each.data_key or own for own, each in added.items() if each is not None}
    for name in value.replaces:
        if name not in named:
            yield f"replaces {name!r}, which its 'attributes' do not have."
    told = [getattr(value, name) for name in PLAIN_OF_RESOURCE]
    parts = value.attributes is not None or value.changes or value.restricted
    if not parts and all(each is UNCHANGED for each in told):
        yield "changes nothing: give it 'attributes', 'changes' or another part of a Resource."
    for name, grants in value.restricted.items():
        if not isinstance(grants, (tuple, list)):
            yield f"restricts {name!r} to {grants!r}: write a tuple of grants."
    for path, change in value.changes.items():
        if not isinstance(change, AttributeChange):
            yield f"has {change!r} for {path!r}: write an AttributeChange."
            continue
        told = [
            name
            for name in ONE_ATTRIBUTE
            if name != "hidden" and getattr(change, name) is not UNCHANGED
        ]
        if change.hidden and told:
            yield f"hides {path!r} and changes its {told[0]!r}: one of them has no effect."
        elif not change.hidden and not told:
            yield f"changes nothing about {path!r}."
        elif change.readable is False and change.writable is False:
            yield f"lets nobody read or write {path!r}: write hidden=True."
        elif change.required is True and change.default is not UNCHANGED:
            yield f"requires {path!r} and gives it a default: one of them has no effect."
        elif change.required is True and change.writable is False:
            yield f"requires {path!r} and lets nobody write it."
        elif change.rename is not UNCHANGED and not change.rename:
            yield f"renames {path!r} and gives it no name."


def _wrong_operation(value: OperationChange) -> Iterator[str]:
    for name in value.replaces:
        if name not in MERGED or getattr(value, name) is UNCHANGED:
            yield (
                f"replaces {name!r}: name what it has of {', '.join(MERGED)}; everything else "
                f"replaces what was there anyway."
            )
    if isinstance(value.page, Mapping):
        known = [each.name for each in fields(PageRules)]
        for name in value.page:
            if name not in known:
                yield f"has {name!r} in 'page': there are {', '.join(known)}."
    elif value.page not in (UNCHANGED, None) and not isinstance(value.page, PageRules):
        yield f"has {value.page!r} for 'page': write PageRules, a mapping or None."
    if value.schema not in (UNCHANGED, None) and not _is_schema(value.schema):
        yield f"has {value.schema!r} for 'schema', which is no class of a marshmallow schema."
    if value.handler is not UNCHANGED and not callable(value.handler):
        yield f"has {value.handler!r} for 'handler', which cannot be called."
    told = (*PLAIN_OF_OPERATION, *MERGED, "page")
    if all(getattr(value, name) is UNCHANGED for name in told):
        yield f"changes nothing: give it one of {', '.join(told)}."


def _wrong_rules(value: BodyRules) -> Iterator[str]:
    if not value.rules and not value.required and not value.replaces:
        yield "say nothing: give them 'rules', 'required' or 'replaces'."
    for method in value.methods:
        if method not in TAKES_A_BODY:
            near = difflib.get_close_matches(method, METHODS, 1)
            hint = f" Did you mean {near[0]!r}?" if near and near[0] != method else ""
            yield (
                f"are for {method!r}, whose requests have no body.{hint} "
                f"There are: {', '.join(sorted(TAKES_A_BODY))}."
            )
    for path, held in value.rules.items():
        given = [held] if callable(held) or not isinstance(held, (list, tuple)) else held
        for each in given:
            if not callable(each):
                yield f"have {each!r} for {path!r}, which cannot be called: write a validator."
    if "" in (*value.required, *value.replaces):
        yield "require or replace the empty name: that is the whole, which is always there."


def _is_schema(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Schema)
