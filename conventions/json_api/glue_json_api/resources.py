"""Resource objects: how the resources of an answer are shown, all at once or one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, groupby, islice, repeat
from operator import attrgetter
from typing import Any

import orjson

from glue_core import (
    Batch,
    Dumps,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Linkage,
    Model,
    Operation,
    are_plain,
    encoded,
)
from glue_json_api.dialect import Dialect
from glue_json_api.links import RELATIONSHIPS, link_object, query_behind

Document = dict[str, Any]

KEPT_SHAPES = 256

FEW = 4
"""Resources of one type that are shown one by one."""

PrimaryPath = Callable[[GlueRequest, str | None], str]
"""The path of a resource that the operation shows, from the request and the id."""


class _Shape:
    """How the resources of one type are shown to one set of grants, whatever they asked for.

    Attributes:
        lens: What the grants see of the type.
        dumps: Makes all visible attributes of objects.
        relationships: Names of the visible relationships.
        head: Path of a resource up to its id, or None where the type has no place of its own.
        tail: Path behind the id.
        ends: What follows the address of a resource in the links of each relationship.
    """

    __slots__ = ("dumps", "ends", "head", "lens", "relationships", "tail")

    def __init__(self, model: Model, type_: str, grants: frozenset[str], *, links: bool) -> None:
        """Prepare what every answer shares.

        Args:
            model: The types of the application.
            type_: The type.
            grants: What the caller holds.
            links: Whether relationships have links.
        """
        self.lens = lens = model.lens(type_, grants)
        self.dumps = lens.dumps()
        self.relationships = frozenset(lens.relationships)
        place = model.canonical.get(type_)
        self.head: str | None = None
        self.tail = ""
        if place is not None:
            self.head, _, self.tail = place.partition("{id}")
        self.ends: dict[str, dict[str, str]] = {}
        if links and self.head is not None:
            for name in lens.relationships:
                ends = {}
                if (type_, name) in model.linkage:
                    ends["self"] = f"/{RELATIONSHIPS}/{encoded(name)}"
                if (type_, name) in model.related:
                    ends["related"] = f"/{encoded(name)}"
                if ends:
                    self.ends[name] = ends


Level = tuple[Dumps, Collection[str], Mapping[str, Mapping[str, str]], str | None, str]
"""How resources of one type are shown to one request.

What makes their attributes; the names of the relationships that are shown; what follows the address
of a resource in the links of each relationship; their address up to the id, or None where they have
no place; what follows the id.
"""


class Resources:
    """Shows the resources of the answers of one operation."""

    __slots__ = ("_dialect", "_operation", "_own_type", "_path", "_repeats_query", "_shapes")

    def __init__(
        self,
        operation: Operation,
        dialect: Dialect,
        path: PrimaryPath | None,
    ) -> None:
        self._operation = operation
        self._dialect = dialect
        self._path = path
        self._own_type = operation.type
        self._repeats_query = dialect.query_in_self_links and operation.method != "post"
        self._shapes: dict[tuple[str | None, frozenset[str]], _Shape] = {}

    def show(
        self,
        resources: Sequence[GlueResource],
        request: GlueRequest,
        linkages: Sequence[Linkage] | None = None,
        *,
        primary: bool,
    ) -> list[Document]:
        """Return resource objects.

        Args:
            resources: What is shown.
            request: The request.
            linkages: The relationships of all of them, where these are no objects yet.
            primary: Whether the operation is about them; else they are included.
        """
        shown: list[Document] = []
        as_list = self._dialect.linkage_as_list
        for type_, run in _runs(resources):
            level = self._level(type_, request)
            if (linkages or len(run) >= FEW) and not (primary and level[3] is None):
                at_once = _at_once(
                    type_,
                    [each.id for each in run],
                    [each.attributes for each in run],
                    linkages or _linkages([each.relationships for each in run]),
                    level,
                    as_list,
                )
                if at_once is not None:
                    for resource, object_ in zip(run, at_once, strict=True):
                        if resource.links or resource.meta:
                            _add_own(resource, object_, request.base_url)
                    shown += at_once
                    continue
            shown += [self.one(each, request, primary=primary, level=level) for each in run]
        return shown

    def one(
        self,
        resource: GlueResource,
        request: GlueRequest,
        *,
        primary: bool = True,
        level: Level | None = None,
    ) -> Document:
        """Return the object of a resource, whatever it has.

        Args:
            resource: What is shown.
            request: The request.
            primary: Whether the operation is about it; else it is included.
            level: How resources of its type are shown, where that is known.
        """
        type_, id_, held = resource.type, resource.id, resource.relationships
        dumps, relationships, ends, before, after = level or self._level(type_, request)
        as_list = self._dialect.linkage_as_list
        attributes = None if resource.attributes is None else dumps.one(resource.attributes)
        if id_ is None:
            null_id = self._dialect.null_ids
            object_: Document = {"type": type_, "id": None if null_id else type_}
            if attributes:
                object_["attributes"] = attributes
            if held:
                related = _related(held, relationships, as_list)
                if related:
                    object_["relationships"] = related
            links = self._links_below(resource, request) if before is None and primary else {}
        else:
            object_ = {"type": type_, "id": id_}
            if attributes:
                object_["attributes"] = attributes
            if before is None:
                links = self._links_below(resource, request) if primary else {}
            else:
                segment = id_ if id_.isalnum() and id_.isascii() else encoded(id_)
                links = {"self": f"{before}{segment}{after}"}
            if ends:
                start = f"{before}{segment}"
                related = {
                    name: {"links": {end: start + path for end, path in those.items()}}
                    for name, those in ends.items()
                }
                if held:
                    for name, each in held.items():
                        if name in related:
                            related[name]["data"] = linkage(each, as_list)
                        elif name in relationships:
                            related[name] = {"data": linkage(each, as_list)}
                object_["relationships"] = related
            elif held:
                related = _related(held, relationships, as_list)
                if related:
                    object_["relationships"] = related
        if resource.links:
            for name, link in resource.links.items():
                links[name] = link_object(link, request.base_url)
        if links:
            object_["links"] = links
        if resource.meta:
            object_["meta"] = resource.meta
        return object_

    def of(
        self, response: GlueResponse, request: GlueRequest
    ) -> tuple[list[Document], list[Document]]:
        """Return the objects of a response: those of its resources, and those that it includes."""
        related = response.related
        shown = self._of_batch(response.batch, request, primary=True) if response.batch else None
        if shown is None:
            linkages = None if related is None else related.linkages
            shown = self.show(response.resources, request, linkages, primary=True)
        if related is None:
            included = response.included_relationships
            return shown, self.show(included, request, primary=False) if included else []
        objects: list[Document] = []
        for batch in related.batches:
            at_once = self._of_batch(batch, request, primary=False)
            objects += at_once or self.show(batch.resources(), request, primary=False)
        return shown, objects

    def _of_batch(
        self, batch: Batch, request: GlueRequest, *, primary: bool
    ) -> list[Document] | None:
        """Return the objects of resources that nobody has looked at.

        Returns:
            What `show` returns, or None where it has to take them one by one.
        """
        if batch.type is None:
            return None
        level = self._level(batch.type, request)
        if primary and level[3] is None:
            return None
        as_list = self._dialect.linkage_as_list
        return _at_once(batch.type, batch.ids, batch.objects, (), level, as_list)

    def _level(self, type_: str | None, request: GlueRequest) -> Level:
        """Return how resources of a type are shown to one request."""
        grants = request.grants
        shape = self._shapes.get((type_, grants)) or self._shape(type_, grants)
        dumps, relationships, ends = shape.dumps, shape.relationships, shape.ends
        if request.sparse_resources:
            only = _wanted(request, type_)
            if only is not None:
                dumps = shape.lens.dumps(only)
                relationships = relationships & only
                ends = {name: ends[name] for name in ends if name in only} if ends else ends
        before = None if shape.head is None else request.base_url + shape.head
        after = shape.tail
        if self._repeats_query and type_ == self._own_type and request.parameters_string:
            after += query_behind(request)
        return dumps, relationships, ends, before, after

    def _shape(self, type_: str | None, grants: frozenset[str]) -> _Shape:
        model = self._operation.model
        if type_ is None or model is None or type_ not in model:
            raise TypeError(
                f"The handler of {self._operation.contribution_name!r} answered with a resource "
                f"of type {type_!r}, which {self._operation.application!r} does not declare."
            )
        shape = _Shape(model, type_, grants, links=self._dialect.relationship_links)
        if len(self._shapes) >= KEPT_SHAPES:
            self._shapes.clear()
        self._shapes[type_, grants] = shape
        return shape

    def _links_below(self, resource: GlueResource, request: GlueRequest) -> Document:
        """Return the link of a resource whose type has no place: below the request's parents."""
        if self._path is None or resource.type != self._operation.type:
            return {}
        own = request.base_url + self._path(request, resource.id)
        if resource.id is not None or self._operation.singleton:
            return {"self": own}
        declared = self._operation.resource
        if declared is None or declared.id is not None:
            return {}
        # Without an id the query is all that tells one from another.
        return {"self": own + query_behind(request)}


def _wanted(request: GlueRequest, type_: str | None) -> frozenset[str] | None:
    """Return the fields that a request wants of a type; the last word on it counts."""
    for each in reversed(request.sparse_resources):
        if each.resource_type == type_:
            return frozenset(each.fields)
    return None


def _runs(
    resources: Sequence[GlueResource],
) -> Iterable[tuple[str | None, Sequence[GlueResource]]]:
    """Return resources in their order, those of one type that stand together at a time."""
    kinds = {each.type for each in resources}
    if len(kinds) == 1:
        return [(kinds.pop(), resources)]
    return [(type_, [*run]) for type_, run in groupby(resources, _TYPE)]


_TYPE = attrgetter("type")
_NOTHING = type(None)


def _at_once(
    type_: str | None,
    ids: Sequence[str | None],
    given: Sequence[object],
    linkages: Sequence[Linkage] | None,
    level: Level,
    as_list: bool,
) -> list[Document] | None:
    """Return the objects of resources of one type that have what resources usually have.

    That is attributes, an id that needs no encoding, and the same relationships as the others, to
    resources with such ids. What all of them have in common is looked at once.

    Args:
        type_: Their type.
        ids: Their ids.
        given: The objects that they show.
        linkages: Their relationships, or None where they do not have the same ones.
        level: How they are shown.
        as_list: Whether a to-one relationship is a list.

    Returns:
        The objects, or None where they are to be shown one by one.
    """
    dumps, relationships, ends, before, after = level
    if linkages is None or _NOTHING in map(type, given) or not are_plain(ids):
        return None
    shown: list[Document]
    related: Sequence[orjson.Fragment] = ()
    names = [*ends, *[n.name for n in linkages if n.name in relationships and n.name not in ends]]
    if names:
        found = _related_at_once(names, ids, linkages, ends, before, as_list)
        if found is None:
            return None
        related = found
    made = dumps.all(given)
    if before is None:
        shown = [
            {"type": type_, "id": id_, "attributes": attributes}
            for id_, attributes in zip(ids, made, strict=True)
        ]
        for object_, each in zip(shown, related, strict=False):
            object_["relationships"] = each
    elif not related:
        shown = [
            {
                "type": type_,
                "id": id_,
                "attributes": attributes,
                "links": {"self": f"{before}{id_}{after}"},
            }
            for id_, attributes in zip(ids, made, strict=True)
        ]
    else:
        shown = [
            {
                "type": type_,
                "id": id_,
                "attributes": attributes,
                "relationships": each,
                "links": {"self": f"{before}{id_}{after}"},
            }
            for id_, attributes, each in zip(ids, made, related, strict=True)
        ]
    if not all(made):
        for object_ in shown:
            if not object_["attributes"]:
                del object_["attributes"]
    return shown


def _add_own(resource: GlueResource, object_: Document, base_url: str) -> None:
    """Add the links and facts that a resource has itself."""
    if resource.links:
        links = object_.setdefault("links", {})
        for name, link in resource.links.items():
            links[name] = link_object(link, base_url)
    if resource.meta:
        object_["meta"] = resource.meta


def _linkages(
    held: Sequence[Mapping[str, GlueRelationship] | None],
) -> Sequence[Linkage] | None:
    """Return the relationships of resources, or None where they do not have the same ones."""
    names = tuple(held[0] or ())
    if {*map(tuple, [each or () for each in held])} != {names}:
        return None
    found = []
    for name in names:
        given = [each[name] for each in held if each]
        groups = [each.resources for each in given]
        related = [*chain.from_iterable(groups)]
        kinds: set[Any] = {each.type for each in related} or {""}
        many = {each.many for each in given}
        if len(kinds) > 1 or len(many) > 1:
            return None
        counts = None if {*map(len, groups)} == {1} else [*map(len, groups)]
        ids: list[Any] = [each.id for each in related]
        found.append(Linkage(name, many.pop(), kinds.pop(), ids, counts))
    return found


def _related_at_once(
    names: Sequence[str],
    ids: Sequence[str | None],
    linkages: Sequence[Linkage],
    ends: Mapping[str, Mapping[str, str]],
    before: str | None,
    as_list: bool,
) -> list[orjson.Fragment] | None:
    """Return relationships of resources as JSON, or None where an id is not plain.

    They differ by the ids alone, and plain ids are JSON as they are: so there is one text with
    holes, which are filled in for each resource. `_related` would be written the same way.
    """
    held = {each.name: each for each in linkages}
    text, parts = "{", []
    for name in names:
        text += f"{_text(name)}:{{"
        if name in ends:
            text += '"links":{'
            for end, path in ends[name].items():
                parts += [f"{text}{_text(end)}:{_text(before)[:-1]}", ids]
                text = f"{_text(path)[1:]},"
            text = f"{text[:-1]}}},"
        if name in held:
            linkage = held[name]
            if not are_plain(linkage.ids):
                return None
            start, column, end = _data_at_once(linkage, as_list)
            parts += [f'{text}"data":{start}', column]
            text = f"{end},"
        text = f"{text[:-1]}}},"
    parts.append(f"{text[:-1]}}}")
    filled = zip(*[repeat(each) if isinstance(each, str) else each for each in parts])  # noqa: B905
    return [*map(orjson.Fragment, map("".join, filled))]


def _data_at_once(linkage: Linkage, as_list: bool) -> tuple[str, Sequence[str], str]:
    """Return the identifiers in one relationship of resources: JSON around what differs."""
    before, after = f'{{"type":{_text(linkage.type)},"id":"', '"}'
    is_list = linkage.many or as_list
    if linkage.counts is None:
        return (f"[{before}", linkage.ids, f"{after}]") if is_list else (before, linkage.ids, after)
    identifiers = iter([f"{before}{each}{after}" for each in linkage.ids])
    groups = [[*islice(identifiers, count)] for count in linkage.counts]
    if is_list:
        return "[", [",".join(each) for each in groups], "]"
    return "", [each[0] if each else "null" for each in groups], ""


def _text(value: str | None) -> str:
    """Return a text as JSON."""
    return orjson.dumps(value).decode()


def _related(
    held: Mapping[str, GlueRelationship], relationships: Collection[str], as_list: bool
) -> Document:
    """Return what the visible ones of some relationships hold."""
    related: Document = {}
    for name, each in held.items():
        if name in relationships:
            resources = each.resources
            if len(resources) == 1:
                one = resources[0]
                identifier = {"type": one.type, "id": one.id}
                related[name] = {"data": [identifier] if each.many or as_list else identifier}
            else:
                related[name] = {"data": linkage(each, as_list)}
    return related


def linkage(held: GlueRelationship, as_list: bool) -> Any:
    """Return the identifiers of what a relationship holds; a to-one one may be a list as well."""
    resources = held.resources
    if len(resources) == 1:
        (one,) = resources
        identifier = {"type": one.type, "id": one.id}
        return [identifier] if held.many or as_list else identifier
    if held.many or as_list:
        return [{"type": each.type, "id": each.id} for each in resources]
    return {"type": resources[0].type, "id": resources[0].id} if resources else None
