"""Including: which relationships a client wants, and loading them level by level.

For every convention that embeds related resources. What the client wrote becomes a tree of edges,
once per spelling; loading walks the tree breadth first and asks each edge once for all resources
of its level, so the number of reads depends on the tree and never on the number of resources.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from glue_core.building import wrong
from glue_core.codes import INCLUDE_TOO_LARGE, INVALID_PARAMETER
from glue_core.errors import BadRequest
from glue_core.messages import (
    Batch,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Linkage,
    Related,
)
from glue_core.operation import Operation
from glue_core.relationship import Relationship
from glue_core.security.lens import Lens, Model
from glue_core.step import Build, Format, Parameter

INCLUDE = (
    Parameter("include", "Relationships to include, with commas; dots lead further: a,a.b,c."),
)

INCLUDE_NOTE = "include"
"""Name in ``request.notes`` of the tree that the client asked for, where it asked for one."""

MOST_EDGES = 1000
KEPT_SPELLINGS = 256
LONGEST_KEPT = 1000

_LISTS, _DICTS, _TEXTS, _NOTHING = {list, tuple}, {dict}, {str}, type(None)
"""Classes of what loaders usually answer."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One relationship to load, and what to load from its resources.

    Attributes:
        source: Type that the relationship starts at.
        relationship: The relationship.
        tree: What to load from the related resources.
    """

    source: str
    relationship: Relationship
    tree: Tree


Tree = tuple[Edge, ...]
"""The relationships to load from the resources of one level; empty for none."""

IncludeTree = Tree
"""The same under the name that conventions see."""


@dataclass(frozen=True, slots=True)
class _Include:
    """What one spelling means to one set of grants, and what is wrong with it: code, message."""

    names: tuple[str, ...]
    tree: Tree
    problems: tuple[tuple[str, str], ...]


def read_include(
    operation: Operation, *, flat: bool, ignore_unknown: bool, depth: int
) -> Build | None:
    """Read ``include`` where the operation shows a type.

    Names separated by commas become ``request.included_relationships``; the tree they mean goes
    to ``request.notes``. A relationship that the caller may not see is answered as an unknown one.

    Args:
        operation: The operation.
        flat: Whether a name without a dot switches its relationship on at every depth, and may
            also be the type that a relationship leads to. Else a name is a relationship of the
            type shown. A path with dots is followed either way.
        ignore_unknown: Whether names that lead nowhere are left out; else each is an error.
        depth: Deepest level, from 0. A longer path is an error; flat names stop there.

    Source:
        JSON:API 1.1, "Inclusion of Related Resources".
    """
    if operation.model is None or operation.type is None or operation.method == "delete":
        return None
    if operation.is_linkage and operation.method != "get":
        return None
    model, type_ = operation.model, operation.type
    only = operation.relationship.name if operation.is_linkage and operation.relationship else None
    known: dict[tuple[frozenset[str], str], _Include] = {}

    def build(request: GlueRequest) -> None:
        text = request.query_fields.get("include")
        if text is None:
            return
        key = (request.grants, text)
        include = known.get(key)
        if include is None:
            reader = _Reader(model, request.grants, flat, ignore_unknown, depth, only)
            include = reader.read(type_, text)
            if len(known) >= KEPT_SPELLINGS:
                known.clear()
            if len(text) <= LONGEST_KEPT:
                known[key] = include
        for code, message in include.problems:
            wrong(request, "include", message, code)
        request.included_relationships = include.names
        request.notes[INCLUDE_NOTE] = include.tree

    return build


class _Reader:
    """Reads one value of ``include`` for one set of grants."""

    def __init__(
        self,
        model: Model,
        grants: frozenset[str],
        flat: bool,
        ignore_unknown: bool,
        depth: int,
        only: str | None,
    ) -> None:
        self._only = only
        self._model = model
        self._grants = grants
        self._flat = flat
        self._ignore_unknown = ignore_unknown
        self._depth = depth
        self._edges = 0
        self._problems: dict[tuple[str, str], None] = {}

    def read(self, type_: str, text: str) -> _Include:
        """Return what a value means to the type that the operation shows."""
        names = tuple(text.split(",")) if text else ()
        everywhere = frozenset(name for name in names if self._flat and name and "." not in name)
        paths = [name.split(".") for name in names if name not in everywhere]
        used: set[str] = set()
        tree = self._expand(type_, everywhere, frozenset(), used)
        for name in names:
            if name in everywhere and name not in used:
                self._unknown(type_, name)
        for path in paths:
            tree = self._merge(tree, self._follow(type_, path))
        if self._edges > MOST_EDGES:
            self._too_much(f"It asks for more than {MOST_EDGES} relationships.")
            tree = ()
        return _Include(names, tree, tuple(self._problems))

    def _expand(
        self, type_: str, names: frozenset[str], passed: frozenset[tuple[str, str]], used: set[str]
    ) -> Tree:
        """Switch the named relationships on at every depth, an edge once on a way at most."""
        if not names or len(passed) >= self._depth:
            return ()
        tree = []
        for relationship in self._known(type_, first=not passed).values():
            step = (type_, relationship.name)
            called = names & {relationship.name, relationship.target}
            if not called or step in passed or self._edges > MOST_EDGES:
                continue
            used.update(called)
            self._edges += 1
            further = self._expand(relationship.target, names, passed | {step}, used)
            tree.append(Edge(type_, relationship, further))
        return tuple(tree)

    def _follow(self, type_: str, path: list[str]) -> Tree:
        """Follow one path of relationship names from a type."""
        if len(path) > self._depth:
            self._too_much(f"{'.'.join(path)!r} is deeper than {self._depth} levels.")
            return ()
        way: list[tuple[str, Relationship]] = []
        for name in path:
            relationship = self._named(type_, name, first=not way)
            if relationship is None:
                self._unknown(type_, name)
                return ()
            way.append((type_, relationship))
            type_ = relationship.target
        self._edges += len(way)
        tree: Tree = ()
        for source, relationship in reversed(way):
            tree = (Edge(source, relationship, tree),)
        return tree

    def _known(self, type_: str, *, first: bool) -> Mapping[str, Relationship]:
        """Return the relationships of a type; the first level may be one relationship alone."""
        relationships = self._model.lens(type_, self._grants).relationships
        if first and self._only is not None:
            return {name: each for name, each in relationships.items() if name == self._only}
        return relationships

    def _named(self, type_: str, name: str, *, first: bool) -> Relationship | None:
        relationships = self._known(type_, first=first)
        found = relationships.get(name)
        if found is None and self._flat:
            found = next((each for each in relationships.values() if each.target == name), None)
        return found

    def _merge(self, first: Tree, second: Tree) -> Tree:
        """Put two trees together, each relationship once per level."""
        merged = {edge.relationship.name: edge for edge in first}
        for edge in second:
            there = merged.get(edge.relationship.name)
            if there is not None:
                edge = Edge(edge.source, edge.relationship, self._merge(there.tree, edge.tree))
            merged[edge.relationship.name] = edge
        return tuple(merged.values())

    def _unknown(self, type_: str, name: str) -> None:
        if self._ignore_unknown:
            return
        known = sorted(self._model.lens(type_, self._grants).relationships)
        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        message = f"{type_!r} has no relationship {name!r}.{hint}"
        self._problems[INVALID_PARAMETER, message] = None

    def _too_much(self, message: str) -> None:
        self._problems[INCLUDE_TOO_LARGE, message] = None


def load_related(
    model: Model, relationship: Relationship, resource: GlueResource, request: GlueRequest
) -> GlueRelationship:
    """Load one relationship of one resource, whatever the client asked to include.

    Args:
        model: The types of the application.
        relationship: The relationship, with its source.
        resource: The resource, of that type; a relationship that it holds already stays.
        request: The request.

    Returns:
        What it holds, which the resource has from now on.
    """
    edge = Edge(relationship.source, relationship, ())
    _Loading(model, sys.maxsize, GlueResponse([resource]), request).run((edge,))
    assert resource.relationships is not None
    return resource.relationships[relationship.name]


def load_included(operation: Operation, *, size: int) -> Format | None:
    """Load what the client asked to include, where the operation shows a type.

    Each edge of the tree is loaded by one call for all resources of its level. The resources get
    their relationships, and ``response.included_relationships`` each related resource once,
    breadth first, without those that the response shows anyway. One resource is one object
    wherever it appears; a relationship that a controller filled itself is not loaded again.

    Args:
        operation: The operation.
        size: Number of included resources at most, from 1; more are a 400 with the code ``013``.

    Returns:
        The formatter; it wants the types and ids of the response's resources filled in.
    """
    if operation.model is None or operation.type is None:
        return None
    model = operation.model
    # The document of a relationship shows identifiers, so even what it starts at can be included.
    shows_primary = not operation.is_linkage

    def run(response: GlueResponse, request: GlueRequest) -> None:
        tree: Tree = request.notes.get(INCLUDE_NOTE, ())
        if response.errors:
            return
        shown = response._shown
        if isinstance(shown, Batch):
            if tree and shown.objects:
                _Loading(model, size, response, request, shows_primary).run(tree, shown)
            return
        if not shown:
            return
        if not tree:
            for each in shown:
                if each._held:
                    break
            else:
                return
        _Loading(model, size, response, request, shows_primary).run(tree)

    return run


class _Loading:
    """Loads one tree for one response."""

    def __init__(
        self,
        model: Model,
        size: int,
        response: GlueResponse,
        request: GlueRequest,
        shows_primary: bool = True,
    ) -> None:
        self._model = model
        self._size = size
        self._request = request
        self._response = response
        self._primary = response.resources
        self._included = response.included_relationships
        self._shows_primary = shows_primary
        self._known: dict[tuple[str | None, str | None], GlueResource] = {}
        self._shown: set[tuple[str | None, str | None]] = set()

    def run(self, tree: Tree, batch: Batch | None = None) -> None:
        """Load the tree; what nobody needs as objects yet stays what the loaders answered.

        Args:
            tree: The tree.
            batch: What the primary resources were just made of, or None.
        """
        sources = self._ids_of_sources(tree, batch)
        if sources is not None:
            tree = self._load_batches(tree, sources)
        else:
            self._know(())
            for resource in self._primary:
                if resource.relationships:
                    self._complete(resource)
        if tree:
            self._walk(tree)

    def _know(self, related: Iterable[GlueResource]) -> None:
        """Remember the resources that there are, each by its type and id; the first one counts."""
        for resource in self._primary:
            self._known.setdefault((resource.type, resource.id), resource)
        if self._shows_primary:
            self._shown.update(self._known)
        for resource in related:
            key = (resource.type, resource.id)
            self._known[key] = resource
            self._shown.add(key)

    def _ids_of_sources(self, tree: Tree, batch: Batch | None) -> Sequence[str | None] | None:
        """Return the ids of the primary resources where a tree is only what is related to them.

        None where it leads further, or where they are not of one type, or two have one id, or they
        hold something already.
        """
        primary = self._primary
        if not tree or not self._shows_primary or self._included:
            return None
        type_, number = tree[0].source, len(primary)
        for edge in tree:
            if edge.tree or edge.source != type_:
                return None
        if batch is not None:
            is_usual, ids = batch.type == type_, batch.ids
        else:
            ids = [each.id for each in primary]
            is_usual = [each.type for each in primary].count(type_) == number and (
                [each._held for each in primary].count(None) == number
            )
        return ids if is_usual and len({*ids}) == number and None not in ids else None

    def _load_batches(self, tree: Tree, sources: Sequence[str | None]) -> Tree:
        """Load what loaders answer in the usual way, without objects for each of it.

        Args:
            tree: What is related to the primary resources.
            sources: Their ids.

        Returns:
            What is left of the tree, once a loader has answered in another way, has read what
            another one had answered, or has related the resources itself.
        """
        primary, response = self._primary, self._response
        related, held = Related(primary), None
        for number, edge in enumerate(tree):
            answers = self._answers(edge, primary)
            is_untouched = [each._held for each in primary].count(held) == len(primary)
            if not (is_untouched and self._relate(related, edge, sources, answers)):
                self._included = response.included_relationships
                self._know(self._included)
                self._load(edge, primary, answers)
                return tree[number + 1 :]
            if held is None:
                held = related
                response.relate(related)
        return ()

    def _relate(
        self,
        related: Related,
        edge: Edge,
        sources: Sequence[str | None],
        answers: Mapping[Any, Any],
    ) -> bool:
        """Relate the primary resources to dicts with ids of their own: the usual answer.

        Returns:
            Whether that is what a loader answered; `_load` takes all others, one by one.
        """
        name, many, target = (
            edge.relationship.name,
            edge.relationship.many,
            edge.relationship.target,
        )
        lens = self._model.lenses[target, self._request.grants]
        if lens.id_name is None or lens.criteria:
            return False
        found: list[Any] = [*map(answers.get, sources, repeat(() if many else None))]
        kinds = {*map(type, found)}
        counts: list[int] | None = None
        if many:
            if not kinds <= _LISTS:
                return False
            if {*map(len, found)} != {1}:
                counts = [*map(len, found)]
            found = [*chain.from_iterable(found)]
            kinds = {*map(type, found)}
        elif _NOTHING in kinds:
            counts = [int(each is not None) for each in found]
            found = [each for each in found if each is not None]
            kinds.discard(_NOTHING)
        if not kinds <= _DICTS:
            return False
        try:
            ids: list[Any] = [*map(itemgetter(lens.id_name), found)]
        except KeyError:
            return False
        if not {*map(type, ids)} <= _TEXTS:
            return False
        if target == edge.source and not {*ids}.isdisjoint(sources):
            # A primary resource is one object wherever it appears.
            return False
        related.add(Linkage(name, many, target, ids, counts), found)
        if related.size > self._size:
            raise self._too_many()
        return True

    def _walk(self, tree: Tree) -> None:
        """Walk over the tree breadth first."""
        level = [(tree, self._primary)]
        while level:
            following = []
            for edges, sources in level:
                for edge in edges:
                    related = self._load(edge, sources)
                    if edge.tree and related:
                        following.append((edge.tree, related))
            level = following

    def _load(
        self,
        edge: Edge,
        sources: Sequence[GlueResource],
        answers: Mapping[Any, Any] | None = None,
    ) -> list[GlueResource]:
        """Load one edge for a level.

        Args:
            edge: The edge.
            sources: The resources of the level.
            answers: What the loader has answered, or None where it was not asked yet.

        Returns:
            The related resources, each once, where the edge leads further.
        """
        relationship, source, leads_further = edge.relationship, edge.source, bool(edge.tree)
        name, many, target = relationship.name, relationship.many, relationship.target
        fitting = [each for each in sources if each.type == source]
        missing = [
            each for each in fitting if not each.relationships or name not in each.relationships
        ]
        if answers is None:
            answers = self._ask(edge, missing) if missing else {}
        lens = self._model.lens(target, self._request.grants)
        id_name, answered = lens.id_name if not lens.criteria else None, answers.get
        known, shown, included = self._known, self._shown, self._included
        found: dict[int, GlueResource] = {}
        for resource in fitting:
            given = resource.relationships
            if given and name in given:
                held = given[name]
            else:
                answer: Any = answered(resource.id)
                is_list_of_one = many and answer.__class__ is list and len(answer) == 1
                one = answer[0] if is_list_of_one else answer
                id_ = one.get(id_name) if id_name is not None and one.__class__ is dict else None
                if id_.__class__ is str and is_list_of_one is many:
                    # The usual answer, an object with an id of its own; `_held` does the same.
                    related = known.get((target, id_))
                    if related is None:
                        related = known[target, id_] = GlueResource(target, id_, one)
                    elif related.attributes is None:
                        related.attributes = one
                    held = GlueRelationship([related], many)
                else:
                    of_one = _related(source, relationship, answers, resource.id)
                    held = self._held(source, relationship, lens, of_one)
                resource.relationships = {**given, name: held} if given else {name: held}
            for each in held.resources:
                key = (each.type, each.id)
                if key not in shown:
                    if len(included) >= self._size:
                        raise self._too_many()
                    shown.add(key)
                    included.append(each)
                if leads_further:
                    found[id(each)] = each
        return list(found.values())

    def _ask(self, edge: Edge, missing: Sequence[GlueResource]) -> Mapping[Any, Any]:
        """Call the loader once; of several resources with one id it gets the first."""
        asked: Sequence[GlueResource] = missing
        if len({each.id for each in missing}) < len(missing):
            once: dict[str | None, GlueResource] = {}
            for each in missing:
                once.setdefault(each.id, each)
            asked = list(once.values())
        return self._answers(edge, asked)

    def _answers(self, edge: Edge, asked: Sequence[GlueResource]) -> Mapping[Any, Any]:
        """Call the loader for resources no two of which have one id."""
        relationship = edge.relationship
        answers: Any = relationship.load(asked, self._request)
        # A look at the class is the cheaper one.
        if answers.__class__ is not dict and not isinstance(answers, Mapping):
            raise _misshapen(
                edge.source,
                relationship,
                f"returned {_kind(answers)} instead of a mapping from ids to what is related",
            )
        found: Mapping[Any, Any] = answers
        return found

    def _held(
        self,
        source: str,
        relationship: Relationship,
        lens: Lens,
        shown: Iterable[object],
    ) -> GlueRelationship:
        """Turn what a loader or a controller gave into resources of this answer, each once.

        What the caller may not know is not related at all, not even by its id.
        """
        kept: dict[int, GlueResource] = {}
        for each in shown:
            if lens.criteria:
                given = each.attributes if isinstance(each, GlueResource) else each
                if not lens.admits(given, self._request):
                    continue
            resource = self._keep(source, relationship, lens.identify, each)
            kept[id(resource)] = resource
        return GlueRelationship(list(kept.values()), relationship.many)

    def _keep(
        self,
        source: str,
        relationship: Relationship,
        identify: Callable[[Any], str | None],
        shown: object,
    ) -> GlueResource:
        """Return the one resource of a type and an id; a later instance only fills it up."""
        target = relationship.target
        given = shown if isinstance(shown, GlueResource) else None
        if given is not None and given.type not in (None, target):
            what = f"related to {given.type!r}, which is not the type it leads to"
            raise _misshapen(source, relationship, what)
        attributes = shown if given is None else given.attributes
        id_ = given.id if given is not None else None
        if id_ is None and attributes is not None:
            id_ = identify(attributes)
        if id_ is None:
            raise _misshapen(source, relationship, f"related to {_kind(shown)} without an id")
        kept = self._known.get((target, id_))
        if kept is None:
            # A loader may hand out objects that it shares between requests, so ours is a copy.
            kept = (
                GlueResource(target, id_, attributes)
                if given is None
                else replace(given, type=target, id=id_)
            )
            self._known[target, id_] = kept
            self._complete(kept)
        elif kept.attributes is None:
            kept.attributes = attributes
        return kept

    def _complete(self, resource: GlueResource) -> None:
        """Fill in types and ids where somebody gave a resource its relationships beforehand."""
        type_ = resource.type
        if not resource.relationships or type_ is None or type_ not in self._model:
            return
        grants = self._request.grants
        known = self._model.lens(type_, grants).relationships
        given, resource.relationships = resource.relationships, {}
        for name, held in given.items():
            relationship = known.get(name)
            if relationship is not None:
                lens = self._model.lens(relationship.target, grants)
                resource.relationships[name] = self._held(type_, relationship, lens, held.resources)

    def _too_many(self) -> BadRequest:
        return BadRequest(
            INCLUDE_TOO_LARGE,
            f"The answer would include more than {self._size} resources. "
            "Include fewer relationships, or ask for a smaller page.",
            parameter="include",
        )


def _related(
    source: str, relationship: Relationship, answers: Mapping[Any, Any], id_: str | None
) -> Sequence[object]:
    """Return what a loader says of one resource, as a list, after a look at its shape."""
    if relationship.many:
        answer = answers.get(id_, ())
        if isinstance(answer, (list, tuple)):
            return answer
        if isinstance(answer, Sequence) and not isinstance(answer, (str, bytes, bytearray)):
            return answer
        what = f"related {id_!r} to {_kind(answer)} instead of a sequence"
        raise _misshapen(source, relationship, what)
    answer = answers.get(id_)
    # A named tuple is an object with fields; other collections are a to-many answer.
    if isinstance(answer, (list, set, frozenset, str, bytes)) or type(answer) is tuple:
        what = f"related {id_!r} to {_kind(answer)} instead of one object or None"
        raise _misshapen(source, relationship, what)
    return () if answer is None else (answer,)


def _misshapen(source: str, relationship: Relationship, what: str) -> TypeError:
    loader: Any = relationship.load
    place = f"{loader.__module__}:{getattr(loader, '__qualname__', type(loader).__qualname__)}"
    return TypeError(
        f"The relationship {relationship.name!r} of {source!r} to {relationship.target!r}: "
        f"its loader {place} {what}."
    )


def _kind(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__qualname__}"
