"""Relating: the places that every relationship has, made of what its type declares.

``articles/{id}/author`` shows what a relationship leads to. Below ``articles/{id}/relationships``
is the relationship itself: its identifiers, and where the relationship says how, their change. Both
are operations like all others. The resource they start at is fetched by its own ``get``, so there
is one rule for who may see it and one answer where it is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from glue_core import codes
from glue_core.errors import BadRequest, Forbidden, NotFound
from glue_core.including import load_related
from glue_core.messages import (
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Pagination,
    ParentResources,
)
from glue_core.operation import HTTP_METHODS, RELATIONSHIPS, Method, Operation, PageRules
from glue_core.registry.discovery import place_of
from glue_core.registry.order import Contribution
from glue_core.relationship import Relationship, Write
from glue_core.resource import Resource
from glue_core.security.protection import PUBLIC, Protection
from glue_core.validation import refused
from glue_core.versions import UNREADABLE, versions_of

if TYPE_CHECKING:
    from glue_core.convention import Convention
    from glue_core.flow import Flow
    from glue_core.security.lens import Model
    from glue_core.step import Handler

Follows = Callable[[Operation, "str | None"], bool]
"""Says whether an operation is reachable under a convention."""

CHANGES: Mapping[Method, str] = {"patch": "replace", "post": "add", "delete": "remove"}
"""Methods on a relationship itself, and the field of `Relationship` that answers each."""


def changes_of(relationship: Relationship) -> tuple[Method, ...]:
    """Return the methods that the specification has for the change of a relationship.

    Source:
        JSON:API 1.1, "Updating Relationships".
    """
    return tuple(CHANGES) if relationship.many else ("patch",)


def change_by(relationship: Relationship, method: Method) -> Write | None:
    """Return what a method on a relationship itself calls, or None where that is refused."""
    if method not in changes_of(relationship):
        return None
    change: Write | None = getattr(relationship, CHANGES[method])
    return change


def spells_linkage(convention: Convention) -> bool:
    """Say whether a convention has documents for relationships themselves."""
    return bool(getattr(convention, "spells_linkage", False))


def top_level_gets(
    operations: Iterable[Contribution], follows: Follows, convention: str | None
) -> dict[str, Operation]:
    """Return for each type the ``get`` at its place at the top level, under one convention.

    The place that is called after the type wins over others that show it.
    """
    found: dict[str, Operation] = {}
    for each in operations:
        operation = each.value
        types = operation.types
        if (
            operation.method != "get"
            or operation.singleton
            or len(types) != 1
            or operation.type is None
            or not follows(operation, convention)
        ):
            continue
        if types[0] == operation.type:
            found[operation.type] = operation
        else:
            found.setdefault(operation.type, operation)
    return found


def page_rules(
    relationship: Relationship,
    operations: Iterable[Contribution],
    follows: Follows,
    convention: str | None,
) -> PageRules | None:
    """Return how a relationship is cut into pages at its places, or None where it is not.

    Its own rules count, else those of the collection that is called after the target, in its
    newest version.

    Args:
        relationship: The relationship.
        operations: What plugins declare.
        follows: Says whether an operation is reachable under a convention.
        convention: Name of the convention, or None for the plain flow.
    """
    if not relationship.many:
        return None
    if relationship.page is not None:
        return relationship.page
    declared = [
        each
        for each in operations
        if each.value.method == "getCollection"
        and each.value.place == each.value.type == relationship.target
        and each.value.page is not None
        and follows(each.value, convention)
    ]
    if not declared:
        return None if relationship.load_page is None else PageRules()
    newest = max(
        declared, key=lambda each: (max(versions_of(each.value), default=UNREADABLE), each.id)
    )
    rules: PageRules = newest.value.page
    if relationship.load_page is not None:
        return rules
    # A loader of all related resources knows no cursors.
    strategies = tuple(each for each in rules.strategies if each != "cursor")
    return replace(rules, strategies=strategies, ranges=False) if strategies else None


def relationship_operations(
    operations: Sequence[Contribution],
    relationships: Sequence[Contribution],
    resources: Mapping[str | None, Mapping[str, Resource]],
    conventions: Mapping[str | None, Convention],
    follows: Follows,
) -> tuple[Contribution, ...]:
    """Make the operations of all relationships whose type has a ``get`` at the top level.

    Args:
        operations: What plugins declare. A child place with the path of a relationship stays, and
            the core makes none there.
        relationships: The relationships of the application.
        resources: Types that each convention shows.
        conventions: The conventions of the application.
        follows: Says whether an operation is reachable under a convention.
    """
    reachable: dict[tuple[int, int, bool], set[str | None]] = {}
    for name, convention in conventions.items():
        gets = top_level_gets(operations, follows, name)
        children = {
            each.value.place
            for each in operations
            if each.value.http_method == "GET"
            and not each.value.has_id
            and follows(each.value, name)
        }
        for index, each in enumerate(relationships):
            relationship: Relationship = each.value
            get = gets.get(relationship.source)
            if get is None or relationship.target not in resources[name]:
                continue
            if f"{get.place}/{relationship.name}" not in children:
                reachable.setdefault((index, id(get), False), set()).add(name)
            if spells_linkage(convention):
                reachable.setdefault((index, id(get), True), set()).add(name)
    by_id = {id(each.value): each.value for each in operations}
    patches = {each.value.place: each.value for each in operations if each.value.method == "patch"}
    made: list[Contribution] = []
    for (index, get_id, is_linkage), names in reachable.items():
        declared = relationships[index]
        first = min(names, key=lambda name: name or "")
        shown, get = resources[first], by_id[get_id]
        page = page_rules(declared.value, operations, follows, first)
        # Who may change the resource may change what it is related to.
        change = patches.get(get.place, get).protection
        for operation in _made(
            declared.value, get, shown, is_linkage, frozenset(names), change, page
        ):
            call = change_by(declared.value, operation.method) if is_linkage else None
            made.append(
                Contribution(
                    f"{declared.source.id}.{operation.name}",
                    operation.name,
                    declared.source,
                    declared.layer,
                    operation,
                    declared.place if call is None else place_of(call, declared.source),
                )
            )
    return tuple(made)


def relationship_places(
    operations: Sequence[Contribution],
    relationships: Iterable[Contribution],
    follows: Follows,
    convention: str | None,
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Say which relationships have the two places under a convention.

    Args:
        operations: All operations, those of relationships included.
        relationships: The relationships of the application.
        follows: Says whether an operation is reachable under a convention.
        convention: Name of the convention, or None for the plain flow.

    Returns:
        Types and names of the relationships whose resources are shown at a place below, the
        relationship's own or that of a child, and of those that are a place themselves.
    """
    reads = {
        each.value.place: each.value
        for each in operations
        if each.value.http_method == "GET"
        and not each.value.has_id
        and follows(each.value, convention)
    }
    gets = top_level_gets(operations, follows, convention)
    related, linkage = set(), set()
    for each in relationships:
        relationship: Relationship = each.value
        get = gets.get(relationship.source)
        if get is None:
            continue
        key = (relationship.source, relationship.name)
        if f"{get.place}/{relationship.name}" in reads:
            related.add(key)
        if f"{get.place}/{RELATIONSHIPS}/{relationship.name}" in reads:
            linkage.add(key)
    return frozenset(related), frozenset(linkage)


def _made(
    relationship: Relationship,
    get: Operation,
    shown: Mapping[str, Resource],
    is_linkage: bool,
    conventions: frozenset[str | None],
    change_protection: Protection | None,
    page: PageRules | None,
) -> Iterator[Operation]:
    """Yield the operations of one relationship at one of its two places."""
    name = relationship.name
    if not is_linkage:
        place = f"{get.place}/{name}"
        yield Operation(
            "getCollection" if relationship.many else "get",
            _unbound,
            place,
            shown[relationship.target],
            singleton=not relationship.many,
            protection=PUBLIC,
            page=page,
            parameters=get.parameters,
            singular=get.singular,
            snake_case=get.snake_case,
            errors=get.errors,
            name=f"{place}.related",
            summary=f"Show the {name} of one of {get.place}.",
            relationship=relationship,
            parent=get,
            conventions=conventions,
        )
        return
    place = f"{get.place}/{RELATIONSHIPS}/{name}"
    summaries: Mapping[Method, str] = {
        "get": "Show which {} one of {} has.",
        "patch": "Replace the {} of one of {}.",
        "post": "Add to the {} of one of {}.",
        "delete": "Remove from the {} of one of {}.",
    }
    for method, summary in summaries.items():
        if method != "get" and change_by(relationship, method) is None:
            continue
        yield Operation(
            method,
            _unbound,
            place,
            get.resource,
            singleton=True,
            page=page if method == "get" else None,
            parameters=get.parameters if method == "get" else (),
            errors=get.errors if method == "get" else (*get.errors, *relationship.errors),
            name=f"{place}.{method}",
            summary=summary.format(name, get.place),
            status=200 if method == "get" else 204,
            relationship=relationship,
            protection=PUBLIC if method == "get" else change_protection,
            is_linkage=True,
            parent=get,
            conventions=conventions,
        )


def _unbound(request: GlueRequest) -> GlueResponse:
    """Stand where the compiled handler comes: it needs the flow of the parent."""
    raise NotImplementedError("The operation of a relationship is bound by the compiler.")


def relationship_handler(operation: Operation, parent: Flow, model: Model) -> Handler:
    """Return what answers the operation of a relationship.

    Args:
        operation: An operation that `relationship_operations` made.
        parent: The compiled ``get`` of the resource it starts at.
        model: The types of the application under the convention.
    """
    relationship = operation.relationship
    assert relationship is not None
    name, source = relationship.name, relationship.source
    change = None if operation.http_method == "GET" else change_by(relationship, operation.method)
    is_linkage = operation.is_linkage

    def fetch(request: GlueRequest) -> GlueResource | GlueResponse:
        """Return the resource that the relationship starts at, or the refusal of its ``get``."""
        lens = model.lens(source, request.grants)
        if name not in lens.relationships:
            raise NotFound(codes.NOT_FOUND, "Not found")
        named = request.resource if is_linkage else request.parent_resources[-1]
        response = fetched(parent, request, named)
        if response.errors or (response.http_status or 200) >= 400:
            return response
        if not response.resources or response.resources[0].type != source:
            raise NotFound(codes.NOT_FOUND, "Not found")
        return response.resources[0]

    def show(request: GlueRequest) -> GlueResponse:
        resource = fetch(request)
        if isinstance(resource, GlueResponse):
            return resource
        held, page = load(resource, request)
        if is_linkage:
            return GlueResponse([resource], pagination=page)
        return GlueResponse(held.resources, is_collection=relationship.many, pagination=page)

    def load(
        resource: GlueResource, request: GlueRequest
    ) -> tuple[GlueRelationship, Pagination | None]:
        """Let the resource hold what the request wants of the relationship, and say which page."""
        asked = request.pagination
        if asked is None:
            return load_related(model, relationship, resource, request), None
        held = resource.relationships or {}
        if relationship.load_page is not None and name not in held:
            found = relationship.load_page(resource, request)
            resource.relationships = {**held, name: GlueRelationship(found.resources)}
            shown, page = load_related(model, relationship, resource, request), found.pagination
            if page is not None and model.lens(relationship.target, request.grants).criteria:
                # Who loads a page does not count by the criteria: its total would tell of others.
                page = replace(page, total=None)
            return shown, page
        whole = load_related(model, relationship, resource, request)
        total, end = len(whole.resources), asked.offset + asked.limit
        whole.resources = whole.resources[asked.offset : end]
        return whole, Pagination(asked.offset, asked.limit, total, asked.strategy)

    def write(request: GlueRequest) -> GlueResponse:
        assert change is not None
        sent = (request.resource.relationships or {}).get(name)
        if not isinstance(sent, GlueRelationship):
            raise BadRequest(codes.INVALID_DOCUMENT, "The body names no related resources.")
        resource = fetch(request)
        if isinstance(resource, GlueResponse):
            return resource
        lens = model.lens(source, request.grants)
        if not lens.may_write(name):
            raise relationship_refused(relationship)
        if not all(each.admits(resource.attributes, request) for each in lens.change_criteria):
            raise Forbidden(None, "Forbidden.", kind="forbidden")
        change(resource, tuple(sent.resources), request)
        return GlueResponse.no_content()

    return show if change is None else write


def fetched(get: Flow, request: GlueRequest, named: GlueResource) -> GlueResponse:
    """Fetch another resource for a request, as if it had asked for that one alone.

    Args:
        get: The compiled ``get`` of its type.
        request: The request, whose caller must be allowed to see it.
        named: Its type and id.
    """
    with _standing_at(request, get.operation, named):
        for validate in get.routed_validators:
            found = validate(request, request.resource)
            if found is not None and not found.is_valid:
                return refused(found)
        return get.controller(request)


def naming_admitted(
    handler: Handler, operation: Operation, get_of: Callable[[str], Flow | None]
) -> Handler:
    """Let a write name only related resources that its caller may see.

    For types of which not everybody may see everything; what is named of others is the business
    of the plugin that stores it. Somebody else's resource is answered as one that does not exist.

    Args:
        handler: The controller of the operation.
        operation: The compiled operation.
        get_of: Returns what fetches a resource of a type, or None.
    """
    access, model = operation.access, operation.model
    if access is None or not access.has_policies or model is None:
        return handler
    if operation.http_method == "GET":
        return handler

    def guard(request: GlueRequest) -> GlueResponse:
        for held in (request.resource.relationships or {}).values():
            for index, named in enumerate(held.resources):
                if named.id is None or named.type is None or named.type not in model:
                    continue
                lens = model.lens(named.type, request.grants)
                if lens.is_readable and not lens.criteria:
                    continue
                if not lens.is_readable or not _is_there(get_of(named.type), request, named):
                    where = f"/{index}" if held.many else ""
                    raise NotFound(
                        codes.NOT_FOUND,
                        "The related resource is not found.",
                        pointer=f"{held.pointer}{where}" if held.pointer else None,
                    )
        return handler(request)

    return guard


def _is_there(get: Flow | None, request: GlueRequest, named: GlueResource) -> bool:
    if get is None:
        return False
    try:
        response = fetched(get, request, named)
    except NotFound:
        return False
    return not response.errors and (response.http_status or 200) < 400


def relationship_refused(relationship: Relationship) -> Forbidden:
    """Return the answer to a change that a relationship does not take.

    Source:
        JSON:API 1.1, "Updating Relationships", "403 Forbidden".
    """
    taken = [HTTP_METHODS[each] for each in CHANGES if change_by(relationship, each) is not None]
    instead = f" It takes {' and '.join(taken)}." if taken else ""
    return Forbidden(
        codes.RELATIONSHIP_REFUSED,
        f"The relationship {relationship.name!r} cannot be changed this way.{instead}",
    )


@contextmanager
def _standing_at(request: GlueRequest, operation: Operation, named: GlueResource) -> Iterator[None]:
    """Let a request stand at the place of another operation for a moment."""
    before: dict[str, Any] = {
        each: getattr(request, each) for each in ("operation", "resource", "parent_resources")
    }
    request.operation = operation
    request.resource = GlueResource(
        named.type, named.id, method=operation.method, route=operation.path
    )
    request.parent_resources = ParentResources()
    try:
        yield
    finally:
        for each, value in before.items():
            setattr(request, each, value)
