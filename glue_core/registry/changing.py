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
    OperationChange,
    ResourceChange,
    Rules,
)
from glue_core.deriving import (
    Missing,
    fields_of,
    names_of,
    own_fields,
    parts_of,
    same,
    with_attribute,
    with_rules,
    with_schema,
)
from glue_core.errors import ConfigurationError
from glue_core.operation import METHODS, Operation, PageRules
from glue_core.registry.conflicts import twice
from glue_core.registry.discovery import APPLICATIONS, place_of
from glue_core.registry.order import Contribution, arrange
from glue_core.resource import Resource
from glue_core.validation import TAKES_A_BODY

MERGED = ("filters", "sorts", "parameters", "errors")
"""What an `OperationChange` adds to, unless ``replaces`` names it."""

PLAIN_OF_OPERATION = ("handler", "schema", "summary", "status", "singular", "snake_case")
PLAIN_OF_RESOURCE = ("description", "id", "client_ids", "version", "requires_match")
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
        self._targets = {each.id: self._named_by(each) for each in changes}
        self._tiers = self._ordered(changes, project, replaced)
        self._resources: dict[tuple[object, ...], Resource] = {}
        self._found: set[tuple[str, str]] = set()
        self._missing: dict[tuple[str, str], tuple[Contribution, str]] = {}

    def run(self) -> Declared:
        """Apply everything, or tell of all that cannot be."""
        for tier in self._tiers:
            self._problems += self._clashes(tier)
        _stop(self._problems)
        changed = Declared(
            tuple(self._operation(each) for each in self._declared.operations),
            tuple(self._operation(each) for each in self._declared.routes),
            tuple(self._bare(each) for each in self._declared.resources),
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
        if isinstance(value, Rules):
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
                    if by is change or not _meet(leaf, other) or not _share(change, by):
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

    def _bare(self, declared: Contribution) -> Contribution:
        changes = self._of_type(declared.value.type)
        if not changes:
            return declared
        changed = self._resource(declared.value, changes)
        return replace(declared, value=changed, changes=changes)

    def _operation(self, declared: Contribution) -> Contribution:
        """Return an operation with everything that is about it."""
        operation: Operation = declared.value
        about_type = () if operation.type is None else self._of_type(operation.type)
        about_rules = self._rules_of(operation)
        about_it = self._of_operation(declared)
        changes = (*about_type, *about_it, *about_rules)
        if not changes:
            return declared
        place = declared.place
        if about_type and operation.resource is not None:
            operation = self._shown(operation, self._resource(operation.resource, about_type))
        for each in about_it:
            operation = self._changed(operation, each)
            if each.value.handler is not UNCHANGED:
                place = place_of(each.value.handler, each.source)
        operation = self._ruled(operation, about_rules)
        return replace(declared, value=operation, place=place, changes=changes)

    def _of_type(self, type_: str) -> tuple[Contribution, ...]:
        return tuple(
            each
            for tier in self._tiers
            for each in tier
            if isinstance(each.value, ResourceChange) and each.value.type == type_
        )

    def _of_operation(self, declared: Contribution) -> tuple[Contribution, ...]:
        return tuple(
            each for tier in self._tiers for each in tier if declared.id in self._targets[each.id]
        )

    def _rules_of(self, operation: Operation) -> tuple[Contribution, ...]:
        if operation.method not in TAKES_A_BODY:
            return ()
        return tuple(
            each
            for tier in self._tiers
            for each in tier
            if isinstance(each.value, Rules)
            and each.value.type == operation.type
            and (not each.value.methods or operation.method in each.value.methods)
        )

    def _resource(self, declared: Resource, changes: Sequence[Contribution]) -> Resource:
        key = (id(declared), *(each.id for each in changes))
        made = self._resources.get(key)
        if made is None:
            schema = declared.attributes
            for tier in self._tiers:
                schema = self._schema(schema, [each for each in changes if each in tier])
            plain = {
                name: getattr(each.value, name)
                for each in changes
                for name in PLAIN_OF_RESOURCE
                if getattr(each.value, name) is not UNCHANGED
            }
            made = self._resources[key] = replace(declared, attributes=schema, **plain)
        return made

    def _schema(self, kind: type[Schema], tier: Sequence[Contribution]) -> type[Schema]:
        """Apply what one tier says of a type's attributes.

        All of it uses the names that the tier before has left, so new names are given last, those
        of the innermost attributes first.
        """
        for each in tier:
            if each.value.attributes is not None:
                kind = self._added(kind, each)
        passes: tuple[Callable[[AttributeChange], bool], ...] = (
            lambda change: not change.hidden,
            lambda change: change.hidden,
        )
        for wanted in passes:
            for each in tier:
                for path, change in each.value.changes.items():
                    if wanted(change):
                        unnamed = replace(change, rename=UNCHANGED)
                        kind = self._with_attribute(kind, each, path, unnamed)
        renamed = [
            (path, change.rename, each)
            for each in tier
            for path, change in each.value.changes.items()
            if change.rename is not UNCHANGED
        ]
        last = {path: (new, by) for path, new, by in renamed}
        for path in sorted(last, key=lambda path: -len(parts_of(path))):
            new, by = last[path]
            kind = self._with_attribute(kind, by, path, AttributeChange(rename=new))
        return kind

    def _added(self, kind: type[Schema], change: Contribution) -> type[Schema]:
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
        made: type[Schema] = self._tried(kind, change, lambda: with_schema(kind, added))
        return made

    def _with_attribute(
        self, kind: type[Schema], change: Contribution, path: str, different: AttributeChange
    ) -> type[Schema]:
        try:
            made: type[Schema] = self._tried(
                kind, change, lambda: with_attribute(kind, path, different)
            )
        except Missing as missing:
            self._note(change, path, missing)
            return kind
        self._found.add((change.id, path))
        return made

    def _shown(self, operation: Operation, resource: Resource) -> Operation:
        """Let an operation show a changed resource, and its filters and orders follow the names."""
        assert operation.resource is not None
        before = names_of(operation.resource.attributes)
        after = {own: name for name, own in names_of(resource.attributes).items()}
        renamed = {name: after.get(own) for name, own in before.items()}
        filters, sorts = (
            tuple(now for each in held if (now := renamed.get(each, each)) is not None)
            for held in (operation.filters, operation.sorts)
        )
        handled = {now: name for name, now in renamed.items() if now is not None and now != name}
        return replace(operation, resource=resource, renamed=handled, filters=filters, sorts=sorts)

    def _changed(self, operation: Operation, change: Contribution) -> Operation:
        value: OperationChange = change.value
        told: dict[str, Any] = {
            name: getattr(value, name)
            for name in PLAIN_OF_OPERATION
            if getattr(value, name) is not UNCHANGED
        }
        for name in MERGED:
            held = getattr(value, name)
            if held is not UNCHANGED:
                below = () if name in value.replaces else getattr(operation, name)
                told[name] = tuple(dict.fromkeys((*below, *held)))
        if isinstance(value.page, Mapping):
            told["page"] = replace(operation.page or PageRules(), **value.page)
        elif value.page is not UNCHANGED:
            told["page"] = value.page
        return replace(operation, **told)

    def _ruled(self, operation: Operation, rules: Sequence[Contribution]) -> Operation:
        kind = operation.body
        if not rules or kind is None:
            return operation
        for each in rules:
            value: Rules = each.value
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
                    kind = self._tried(kind, each, make)
                    self._found.add((each.id, path))
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
        only = " that bodies may set" if isinstance(change.value, Rules) else ""
        self._missing[change.id, path] = (
            change,
            f"{_spoken(change)} of {self._application!r} {_is(change)} about the attribute "
            f"{path!r} of {change.value.type!r}, and there is no {missing.name!r}{only}.{hint}\n"
            f"{self._parties(change)}{known}",
        )

    def _parties(self, change: Contribution) -> str:
        declared = self._types[change.value.type][0]
        return f"  {change.party}\n  {declared.party}"


def _resource_of(declared: Contribution) -> Resource | None:
    value = declared.value
    resource: Resource | None = value if isinstance(value, Resource) else value.resource
    return resource


def _spoken(change: Contribution) -> str:
    kind = "rules" if isinstance(change.value, Rules) else "change"
    return f"The {kind} {change.id!r}"


def _is(change: Contribution) -> str:
    return "are" if isinstance(change.value, Rules) else "is"


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


def _share(one: Contribution, other: Contribution) -> bool:
    """Say whether two changes hold for one request: a tier is for all stores or for single ones."""
    stores = one.value.stores
    return not stores or not set(stores).isdisjoint(other.value.stores)


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
        return f"the type {of!r}: {rest[0]}"
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
    if value.attributes is None and not value.changes and all(e is UNCHANGED for e in told):
        yield "changes nothing: give it 'attributes', 'changes' or another part of a Resource."
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


def _wrong_rules(value: Rules) -> Iterator[str]:
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
