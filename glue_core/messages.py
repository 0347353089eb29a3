"""The request and the response of Glue, and the values they carry.

Controllers see these types and nothing else: no convention and no HTTP library. Their fields are
those of the specification, in Python's spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

from glue_core.lanes import EVERYTHING
from glue_core.security.identity import ANONYMOUS, CUSTOMER, USER, WAREHOUSE, Identity

if TYPE_CHECKING:
    from glue_core.inner import InnerRun
    from glue_core.negotiation import Selected
    from glue_core.operation import Operation
    from glue_core.work import Work

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class GlueApiContext:
    """What selects an application, before anything else is read.

    Attributes:
        host: Host of the request without its port, in lower case.
        path: Path of the request, decoded, save for encoded slashes where the server tells of them:
            they separate nothing.
        method: HTTP method in capital letters.
    """

    host: str
    path: str
    method: str


PageStrategy = Literal["offset", "number", "cursor"]
"""How a client names the page it wants."""


@dataclass(slots=True)
class Pagination:
    """A page of a collection; offsets and limits count resources, from 0.

    Attributes:
        offset: Index of the first resource of the page; 0 where a cursor starts it.
        limit: Size of the page.
        total: Number of resources in the whole collection, or None where it is not known.
        strategy: How the client named the page.
        after: In a request the cursor behind which the page starts, or None. In a response the one
            behind which the next page starts, or None at the end.
        before: In a request the cursor before which the page ends, or None. In a response the one
            before which the previous page ends, or None at the start.
        is_truncated: In a response to both cursors: not all between them fits on the page.
    """

    offset: int = 0
    limit: int = 0
    total: int | None = None
    strategy: PageStrategy = "offset"
    after: str | None = None
    before: str | None = None
    is_truncated: bool = False

    @property
    def first_index(self) -> int:
        """Offset of the first page."""
        return 0

    @property
    def last_index(self) -> int | None:
        """Offset of the last page, or None without a total."""
        if self.total is None or self.limit < 1:
            return None
        return self.limit * ((max(self.total, 1) - 1) // self.limit)

    @property
    def previous_first_index(self) -> int | None:
        """Offset of the page before, or None on the first one."""
        return max(self.offset - self.limit, 0) if self.offset > 0 else None

    @property
    def next_first_index(self) -> int | None:
        """Offset of the next page, or None on the last one and without a total."""
        following = self.offset + self.limit
        return following if self.total is not None and following < self.total else None


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order.

    Attributes:
        field: Name of the attribute.
        is_ascending: False for the largest first.
    """

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class GlueFilter:
    """One condition on a collection: ``filter[resource.field]=value``."""

    resource: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class GlueSparseResource:
    """The attributes that a client wants of one type: ``fields[resource_type]=a,b``."""

    resource_type: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GlueLink:
    """A link of a document or a resource.

    Attributes:
        href: Absolute or relative address.
        meta: Further facts about the link.
    """

    href: str
    meta: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, order=True)
class GlueVersion:
    """Version of a resource, as a media type parameter carries it."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class GlueRequestUser:
    """The back-office user who asks.

    Attributes:
        natural_identifier: Name the user is known by, such as a login.
        surrogate_identifier: Internal number or key.
        scopes: What the token allows.
    """

    natural_identifier: str
    surrogate_identifier: str | int
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GlueRequestCustomer:
    """The customer who asks; fields as for a user."""

    natural_identifier: str
    surrogate_identifier: str | int
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GlueRequestWarehouse:
    """The warehouse on whose behalf the request comes."""

    natural_identifier: str
    surrogate_identifier: str | int
    scopes: tuple[str, ...] = ()


@dataclass(slots=True)
class GlueRelationship:
    """What a relationship of one resource holds.

    Attributes:
        resources: The related resources, in order; a to-one relationship has at most one.
        many: Whether the relationship is to-many.
        pointer: In a request, JSON Pointer to it in the document, for errors; else None.
    """

    resources: list[GlueResource] = field(default_factory=list)
    many: bool = True
    pointer: str | None = None


@dataclass(eq=False, init=False)
class GlueResource:
    """One resource: in a response, or the one a request is about.

    Attributes:
        type: Type, or None until the flow fills in that of the operation.
        id: Id, or None where the resource has none; the flow derives it from the attributes where
            the operation's resource says how.
        attributes: The object whose fields the type's schema shows, or None.
        relationships: Loaded relationships by name. What was loaded for a whole page becomes
            objects when somebody first reads it.
        links: Links of the resource by name, beside those that the convention adds.
        meta: Further facts.
        lid: Id that a client chose for the length of one document, or None.
        parameters: Placeholders of a custom route, or None.
        method: Logical method, such as ``getCollection``, on the resource of a request.
        route: Place or template that matched, on the resource of a request.
        id_pointer: In a request, JSON Pointer to the id that a client chose, for errors; None where
            it chose none.
    """

    if not TYPE_CHECKING:  # For type checkers relationships are a field like the others.
        __slots__ = (
            "_held",
            "attributes",
            "id",
            "id_pointer",
            "lid",
            "links",
            "meta",
            "method",
            "parameters",
            "route",
            "type",
        )

    type: str | None
    id: str | None
    attributes: Any
    relationships: dict[str, GlueRelationship] | None
    links: dict[str, GlueLink] | None
    meta: dict[str, object] | None
    lid: str | None
    parameters: Mapping[str, str] | None
    method: str | None
    route: str | None
    id_pointer: str | None

    def __init__(
        self,
        type: str | None = None,  # noqa: A002 - the specification's names
        id: str | None = None,  # noqa: A002
        attributes: Any = None,
        relationships: dict[str, GlueRelationship] | None = None,
        links: dict[str, GlueLink] | None = None,
        meta: dict[str, object] | None = None,
        lid: str | None = None,
        parameters: Mapping[str, str] | None = None,
        method: str | None = None,
        route: str | None = None,
        id_pointer: str | None = None,
    ) -> None:
        self.type = type
        self.id = id
        self.attributes = attributes
        self._held: dict[str, GlueRelationship] | Related | None = relationships
        self.links = links
        self.meta = meta
        self.lid = lid
        self.parameters = parameters
        self.method = method
        self.route = route
        self.id_pointer = id_pointer

    def __getstate__(self) -> object:
        """Return what a copy is made of: relationships that somebody has read."""
        _relationships(self)
        return super().__getstate__()


def _relationships(resource: GlueResource) -> dict[str, GlueRelationship] | None:
    held = resource._held
    if held.__class__ is Related:
        held = resource._held = held.relationships_of(resource)
    return held  # type: ignore[return-value]


def _hold(resource: GlueResource, relationships: dict[str, GlueRelationship] | None) -> None:
    resource._held = relationships


if not TYPE_CHECKING:
    # To a type checker, and for who makes or replaces a resource, it is a field like the others.
    GlueResource.relationships = property(_relationships, _hold)
    for _field in fields(GlueResource):
        # Slots leave no room for values of the class; a dataclass below this one reads them here.
        _field.default = None


class Batch:
    """Objects of one type that a response shows, until somebody reads its resources.

    Attributes:
        objects: The objects, in order; none of them is a `GlueResource`.
        type: Their type, or None until the flow fills in that of the operation.
        ids: Their ids in the same order, where the type is known.
    """

    __slots__ = ("ids", "objects", "type")

    def __init__(
        self,
        objects: Sequence[object],
        type: str | None = None,  # noqa: A002
        ids: Sequence[str | None] = (),
    ) -> None:
        self.objects = objects
        self.type = type
        self.ids = ids

    def resources(self) -> list[GlueResource]:
        """Return a resource for each of them."""
        if self.type is None:
            return [GlueResource(None, None, each) for each in self.objects]
        return [
            GlueResource(self.type, id_, each)
            for id_, each in zip(self.ids, self.objects, strict=True)
        ]


@dataclass(slots=True)
class Linkage:
    """What one relationship of each of some resources holds.

    Attributes:
        name: Name of the relationship.
        many: Whether it is to-many.
        type: Type of the related resources.
        ids: Their ids, those of the first resource first.
        counts: How many of them belong to each of the resources; None where that is one each.
    """

    name: str
    many: bool
    type: str
    ids: Sequence[str]
    counts: Sequence[int] | None

    def once(self) -> Linkage:
        """Return this with each related resource once for a resource."""
        if self.counts is None:
            return self
        ids = iter(self.ids)
        groups = [dict.fromkeys(islice(ids, count)) for count in self.counts]
        return Linkage(
            self.name, self.many, self.type, [*chain.from_iterable(groups)], [*map(len, groups)]
        )


class Related:
    """Relationships that were loaded for many resources at once, until somebody reads one.

    Attributes:
        linkages: The relationships that each of the resources has.
        batches: The related objects that the document includes, each once.
        size: Number of these objects.
    """

    __slots__ = (
        "_included",
        "_relationships",
        "_sources",
        "batches",
        "linkages",
        "size",
    )

    def __init__(self, sources: Iterable[GlueResource]) -> None:
        # Their places in memory tell which is which, and do not keep them alive in a circle.
        self._sources = [*map(id, sources)]
        self._relationships: dict[int, dict[str, GlueRelationship]] = {}
        self._included: list[GlueResource] | None = None
        self.linkages: list[Linkage] = []
        self.batches: list[Batch] = []
        self.size = 0

    def add(self, linkage: Linkage, objects: Sequence[object]) -> None:
        """Add a relationship.

        Args:
            linkage: What it holds.
            objects: The related objects, one for each id; of several with one id the first counts.
        """
        batch = Batch(objects, linkage.type, linkage.ids)
        is_once = len({*linkage.ids}) == len(linkage.ids)
        others = [each.ids for each in self.batches if each.type == linkage.type]
        if others or not is_once:
            there = {*chain.from_iterable(others)}
            new: dict[str, object] = {}
            for id_, each in zip(linkage.ids, objects, strict=True):
                if id_ not in there:
                    new.setdefault(id_, each)
            batch = Batch([*new.values()], linkage.type, [*new])
        if not is_once:
            linkage = linkage.once()
        self.size += len(batch.ids)
        self.batches.append(batch)
        self.linkages.append(linkage)

    @property
    def is_read(self) -> bool:
        """Whether somebody has read it: from then on all of it are objects, which may change."""
        return self._included is not None

    def is_of(self, resources: Sequence[GlueResource]) -> bool:
        """Say whether these are the resources, in order, with nothing else related to them."""
        # Related has no equality of its own, so counting compares by identity.
        return [*map(id, resources)] == self._sources and [each._held for each in resources].count(
            self
        ) == len(resources)

    def relationships_of(self, resource: GlueResource) -> dict[str, GlueRelationship]:
        """Return the relationships of one of the resources."""
        self.included()
        return self._relationships[id(resource)]

    def included(self) -> list[GlueResource]:
        """Return the related resources that the document includes."""
        if self._included is not None:
            return self._included
        included: list[GlueResource] = []
        known: dict[tuple[str | None, str | None], GlueResource] = {}
        for batch in self.batches:
            included += batch.resources()
        for each in included:
            known[each.type, each.id] = each
        self._relationships = {place: {} for place in self._sources}
        for linkage in self.linkages:
            ids = iter(linkage.ids)
            counts = repeat(1) if linkage.counts is None else linkage.counts
            for relationships, count in zip(self._relationships.values(), counts, strict=False):
                resources = [known[linkage.type, id_] for id_ in islice(ids, count)]
                relationships[linkage.name] = GlueRelationship(resources, linkage.many)
        self._included = included
        return included


class ParentResources(tuple[GlueResource, ...]):
    """The resources above the one a request is about, outermost first.

    Read by position, or by type: then the nearest parent of that type answers.
    """

    __slots__ = ()

    @overload  # type: ignore[override]
    def __getitem__(self, key: int | str) -> GlueResource: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[GlueResource, ...]: ...

    def __getitem__(self, key: int | str | slice) -> GlueResource | tuple[GlueResource, ...]:
        if isinstance(key, str):
            for resource in reversed(tuple(self)):
                if resource.type == key:
                    return resource
            raise KeyError(key)
        return super().__getitem__(key)


NO_PARENTS = ParentResources()


@dataclass(slots=True)
class GlueError:
    """One error for the client.

    Attributes:
        status: HTTP status this error stands for.
        code: Stable code, or None where the contract gives none.
        message: One sentence; empty where ``kind`` names a text of the error catalogue.
        kind: What was broken, such as ``required``; the catalogue and the convention choose words.
        arguments: Values of the kind's parameters, such as ``{"min": 1}``.
        pointer: JSON Pointer into the request's document.
        parameter: Name of the query parameter at fault.
        header: Name of the header at fault.
        title: Short text that is the same for every error of this code.
        type: Address that stands for this kind of error, or None.
        id: Id of this occurrence.
        meta: Further facts.
    """

    status: int
    code: str | None = None
    message: str = ""
    kind: str | None = None
    arguments: Mapping[str, object] = field(default_factory=dict)
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    title: str | None = None
    id: str | None = None
    meta: Mapping[str, object] | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class GlueRequestValidation:
    """What a validator found.

    A validator returns None or one with ``is_valid`` true to let the request pass.

    Attributes:
        is_valid: False ends the request.
        status: HTTP status of the refusal; None takes that of the first error.
        errors: What is wrong.
        headers: Further headers of the refusal.
    """

    is_valid: bool
    status: int | None = None
    errors: tuple[GlueError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestSource(Protocol):
    """Where a request comes from: the transport's side of a `GlueRequest`."""

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name, or None."""

    def headers(self) -> dict[str, list[str]]:
        """Return all headers, lower-case names to lists of values."""

    def query_string(self) -> str:
        """Return the query as it was sent, without the question mark."""

    def attributes(self) -> Mapping[str, Any]:
        """Return what the transport knows besides, such as the peer's address."""

    def body(self) -> bytes:
        """Return the body.

        Raises:
            Problem: The body is larger than the limit (413) or ended early (400).
        """


class _Lazy(Protocol[Value]):
    """A field that is read when it is first asked for, as type checkers see it."""

    def __get__(self, request: Any, owner: Any = None) -> Value: ...

    def __set__(self, request: Any, value: Value) -> None: ...


def _lazy(
    name: str, read: Callable[[GlueRequest], Value], *, drops: str | None = None
) -> _Lazy[Value]:
    """Return a field of requests that is read when it is first asked for.

    Args:
        name: Its name.
        read: Reads it.
        drops: Name of a field that is made of it, and made anew once somebody has set it.
    """

    def get(request: GlueRequest) -> Any:
        found = request._found
        if name in found:
            return found[name]
        value = found[name] = read(request)
        return value

    def put(request: GlueRequest, value: Any) -> None:
        request._found[name] = value
        if drops is not None:
            request._found.pop(drops, None)

    made: Any = property(get, put)
    field_: _Lazy[Value] = made
    return field_


def _query_fields(request: GlueRequest) -> dict[str, str]:
    from glue_core.building import parse_query

    return parse_query(request)


def _work(request: GlueRequest) -> Work:
    work = request._start_work(request)
    request.uses_work = True
    return work


NOBODY: frozenset[str] = frozenset()
"""What somebody holds who shows no credentials."""

OF_NOBODY: Mapping[str, Any] = {"identities": (), "grants": NOBODY}
"""What is known of a request without credentials, so that nobody has to look for them."""


def _identities(request: GlueRequest) -> tuple[Identity, ...]:
    access = request.operation.access
    if access is None:
        return ()
    try:
        return access.identities(request)
    except Exception:
        # What answers the failure must not fail by it again.
        request.identities = ()
        raise


def grants_of(identities: Sequence[Identity]) -> frozenset[str]:
    """Return what those hold together who ask."""
    if len(identities) == 1:
        return identities[0].grants
    return NOBODY.union(*[each.grants for each in identities])


def _caller(request: GlueRequest, make: Callable[..., Any], kinds: tuple[str, ...]) -> Any:
    """Return the caller of one of the kinds, as controllers see it."""
    for each in request.identities:
        if each.kind in kinds:
            return make(each.natural_identifier, each.surrogate_identifier, each.scopes)
    return None


class GlueRequest:
    """A request as builders, validators and controllers see it.

    What costs something to read is read when first asked for. Builders fill the rest in.

    Attributes:
        id: Id of the request, echoed to the client and written to the log.
        application: Name of the selected application.
        convention: Name of the selected convention, or None for plain JSON.
        operation: The compiled operation that matched; a refusal is an operation too.
        method: HTTP method in capital letters.
        host: Host without its port, in lower case.
        base_url: Scheme, host and mount point, and the version that the path starts with where it
            names one, without a trailing slash: links start with it.
        path: Decoded path below the application's mount point and the version.
        resource: The resource the path names.
        parent_resources: The resources above it.
        locale: Locale, such as ``en_US``, or None before a builder chose one.
        store: Store, or None where the application has no stores.
        selected: What its headers select, the parameters of media types included, or None.
        requested_format: Value of ``Content-Type``, or None.
        accepted_format: Media type the answer will have, or None when nothing is acceptable.
        version: Version that the media type or the path asked for, or None.
        query_fields: Query parameters, decoded; a repeated one is an error before it gets here.
        parameters_string: The query as it was sent.
        pagination: The page asked for, or None.
        sortings: The order asked for.
        filters: The conditions asked for.
        sparse_resources: The attributes asked for, by type.
        included_relationships: The relationships asked for, as the client wrote them.
        content: The body, in bytes.
        attributes: Attributes of the body, decoded by the convention.
        meta: All headers, lower-case names to lists of values.
        http_request_attributes: What the transport knows besides.
        identities: Who asks, as every credential of the request proved it; read when first asked
            for, which raises a `Problem` where one proves nothing.
        identity: The first of them, or None for nobody in particular.
        request_user: The back-office user who asks, or None.
        request_customer: The customer who asks, an anonymous one among them, or None.
        request_warehouse: The warehouse that asks, or None.
        grants: What the caller holds, the scopes and kinds of all identities; policies decide by
            it.
        deadline: Point of `time.monotonic` after which nobody waits any more.
        work: The unit of work of the request, made when first asked for.
        uses_work: Whether somebody asked for it.
        errors: What builders found wrong; the verdict answers with all of it.
        notes: Values that steps leave for later steps, by the step's id.
        header: Returns the first value of a header, by its lower-case name, or None.
        lane: What it has for steps to look at, which decides which of them run; see `lanes`.
    """

    __slots__ = (
        "_found",
        "_source",
        "_start_inner",
        "_start_work",
        "accepted_format",
        "application",
        "attributes",
        "base_url",
        "convention",
        "deadline",
        "errors",
        "filters",
        "header",
        "host",
        "id",
        "included_relationships",
        "lane",
        "locale",
        "method",
        "notes",
        "operation",
        "pagination",
        "parameters_string",
        "parent_resources",
        "path",
        "resource",
        "selected",
        "sortings",
        "sparse_resources",
        "store",
        "uses_work",
        "version",
    )

    id: str
    application: str
    convention: str | None
    operation: Operation
    method: str
    host: str
    base_url: str
    path: str
    resource: GlueResource
    parent_resources: ParentResources
    locale: str | None
    store: str | None
    selected: Selected | None
    accepted_format: str | None
    version: GlueVersion | None
    parameters_string: str
    pagination: Pagination | None
    sortings: tuple[Sort, ...]
    filters: tuple[GlueFilter, ...]
    sparse_resources: tuple[GlueSparseResource, ...]
    included_relationships: tuple[str, ...]
    attributes: Mapping[str, Any]
    deadline: float
    uses_work: bool
    errors: list[GlueError]
    notes: dict[str, Any]
    header: Callable[[str], str | None]
    lane: int
    _source: RequestSource

    # What costs something to read waits until it is asked for. These are properties, and no
    # `__getattr__`: a class that has one makes Python look all of its attributes up the slow way.
    content: _Lazy[bytes] = _lazy("content", lambda request: request._source.body())
    meta: _Lazy[dict[str, list[str]]] = _lazy("meta", lambda request: request._source.headers())
    http_request_attributes: _Lazy[Mapping[str, Any]] = _lazy(
        "http_request_attributes", lambda request: request._source.attributes()
    )
    requested_format: _Lazy[str | None] = _lazy(
        "requested_format", lambda request: request._source.header("content-type")
    )
    query_fields: _Lazy[dict[str, str]] = _lazy("query_fields", _query_fields)
    work: _Lazy[Work] = _lazy("work", _work)
    identities: _Lazy[tuple[Identity, ...]] = _lazy("identities", _identities, drops="grants")
    identity: _Lazy[Identity | None] = _lazy(
        "identity", lambda request: next(iter(request.identities), None)
    )
    grants: _Lazy[frozenset[str]] = _lazy("grants", lambda request: grants_of(request.identities))
    request_user: _Lazy[GlueRequestUser | None] = _lazy(
        "request_user", lambda request: _caller(request, GlueRequestUser, (USER,))
    )
    request_customer: _Lazy[GlueRequestCustomer | None] = _lazy(
        "request_customer",
        lambda request: _caller(request, GlueRequestCustomer, (CUSTOMER, ANONYMOUS)),
    )
    request_warehouse: _Lazy[GlueRequestWarehouse | None] = _lazy(
        "request_warehouse", lambda request: _caller(request, GlueRequestWarehouse, (WAREHOUSE,))
    )

    def __init__(
        self,
        source: RequestSource,
        operation: Operation,
        start_work: Callable[[GlueRequest], Work],
        deadline: float,
        start_inner: StartInner | None = None,
        resource: GlueResource | None = None,
        parent_resources: ParentResources = NO_PARENTS,
        selected: Selected | None = None,
        query: str | None = None,
        known: dict[str, Any] | None = None,
        lane: int = EVERYTHING,
    ) -> None:
        """Fill in what costs nothing.

        Args:
            source: Where the rest is read.
            operation: The operation that matched.
            start_work: Starts the unit of work.
            deadline: Point of `time.monotonic` after which nobody waits any more.
            start_inner: Makes requests inside this one, or None.
            resource: The resource that the path names, or None for an empty one.
            parent_resources: The resources above it.
            selected: What the headers select, or None.
            query: The query as it was sent, or None to ask the source.
            known: Fields that are read when they are asked for, as far as they are known already.
            lane: What the request has for steps to look at.
        """
        self._found = {} if known is None else known
        self._source = source
        self._start_work = start_work
        self._start_inner = start_inner
        self.operation = operation
        self.deadline = deadline
        self.errors = []
        self.resource = GlueResource() if resource is None else resource
        self.parameters_string = source.query_string() if query is None else query
        self.header = source.header
        self.parent_resources = parent_resources
        self.selected = selected
        self.sortings = ()
        self.filters = ()
        self.sparse_resources = ()
        self.included_relationships = ()
        self.pagination = None
        self.locale = None
        self.store = None
        self.version = None
        self.attributes = {}
        self.notes = {}
        self.uses_work = False
        self.lane = lane

    def inside(
        self,
        method: str,
        address: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> InnerRun:
        """Make a request that runs inside this one, in the same convention and unit of work.

        It is matched at once; nothing of a plugin runs before `InnerRun.run`.

        Args:
            method: HTTP method in capital letters.
            address: Path below the application's mount point, percent-encoded, and a query.
            content: The body, in the format of the convention.
            headers: Headers of its own, by lower-case name, over those that it has from this one.
        """
        if self._start_inner is None:
            raise RuntimeError("This request was made without an application to ask.")
        return self._start_inner(self, method, address, content, headers or {})

    def has(self, name: str) -> bool:
        """Say whether a field that is read lazily was read."""
        return name in self._found


StartInner = Callable[[GlueRequest, str, str, bytes, Mapping[str, str]], "InnerRun"]
"""Makes a request inside another: the other one, method, address, body and headers."""


class GlueResponse:
    """An answer, before and while it is formatted.

    Attributes:
        http_status: Status, or None for the default of the operation's method.
        meta: Response headers.
        content: Body. What a controller sets is sent as it is, instead of the resources; else the
            convention's writer sets it.
        request_validation: The refusal that made this response, or None.
        errors: Errors; with at least one, the resources are not shown.
        filters: Conditions that were applied, where the controller says so.
        sortings: Order that was applied, where the controller says so.
        pagination: The page that the resources are, or None.
        resources: The resources to show, made when somebody first reads them.
        included_relationships: Resources that the compound document adds, each once; made when
            somebody first reads them.
        format: Media type of the body, or None for that of the convention.
        document_meta: Facts about the whole answer that a convention shows.
        document_links: Links of the whole answer, beside those that the convention adds.
        is_collection: Whether the resources are a list, even a list of one.
    """

    __slots__ = (
        "_included",
        "_shown",
        "content",
        "document_links",
        "document_meta",
        "errors",
        "filters",
        "format",
        "http_status",
        "is_collection",
        "meta",
        "pagination",
        "request_validation",
        "sortings",
    )

    def __init__(
        self,
        resources: Sequence[GlueResource] = (),
        *,
        http_status: int | None = None,
        is_collection: bool = False,
        pagination: Pagination | None = None,
        errors: Sequence[GlueError] = (),
        content: bytes | Iterable[bytes] | None = None,
        format: str | None = None,  # noqa: A002 - the specification's name
    ) -> None:
        self._shown: list[GlueResource] | Batch = [*resources]
        self.http_status = http_status
        self.is_collection = is_collection
        self.pagination = pagination
        self.errors = [*errors]
        self.content = content
        self.format = format
        self.meta: dict[str, str] = {}
        self.request_validation: GlueRequestValidation | None = None
        self.filters: tuple[GlueFilter, ...] = ()
        self.sortings: tuple[Sort, ...] = ()
        self._included: list[GlueResource] | Related = []
        self.document_meta: dict[str, object] = {}
        self.document_links: dict[str, GlueLink] = {}

    @property
    def resources(self) -> list[GlueResource]:
        """The resources to show."""
        shown = self._shown
        if shown.__class__ is Batch:
            shown = self._shown = shown.resources()
        return shown  # type: ignore[return-value]

    @resources.setter
    def resources(self, resources: list[GlueResource]) -> None:
        self._shown = resources

    @property
    def batch(self) -> Batch | None:
        """What is shown while nobody has read the resources, or None."""
        shown = self._shown
        return shown if isinstance(shown, Batch) else None

    @property
    def included_relationships(self) -> list[GlueResource]:
        """Resources that the compound document adds, each once."""
        included = self._included
        if included.__class__ is Related:
            included = self._included = included.included()
        return included  # type: ignore[return-value]

    @included_relationships.setter
    def included_relationships(self, included: list[GlueResource]) -> None:
        self._included = included

    def relate(self, related: Related) -> None:
        """Show what was loaded for all of the resources at once."""
        self._included = related
        for resource in self.resources:
            resource._held = related

    @property
    def related(self) -> Related | None:
        """What is related to the resources while nobody has read it, or None."""
        related, shown = self._included, self._shown
        if isinstance(related, Related) and not related.is_read and isinstance(shown, list):
            return related if related.is_of(shown) else None
        return None

    @classmethod
    def of(cls, shown: object, *, http_status: int | None = None) -> GlueResponse:
        """Answer with one resource.

        Args:
            shown: A `GlueResource`, or the object whose fields the operation's type shows.
            http_status: Status, or None for the default of the method.
        """
        resource = shown if isinstance(shown, GlueResource) else GlueResource(None, None, shown)
        response = cls((resource,))
        response.http_status = http_status
        return response

    @classmethod
    def page(cls, shown: Iterable[object], pagination: Pagination | None = None) -> GlueResponse:
        """Answer with a collection.

        Args:
            shown: The resources, or the objects they show, in order.
            pagination: The page they are; its total makes the links to other pages.
        """
        objects = list(shown)
        response = cls()
        response.is_collection = True
        response.pagination = pagination
        for kind in {*map(type, objects)}:
            if issubclass(kind, GlueResource):
                response.resources = [
                    each if isinstance(each, GlueResource) else GlueResource(None, None, each)
                    for each in objects
                ]
                return response
        response._shown = Batch(objects)
        return response

    @classmethod
    def no_content(cls) -> GlueResponse:
        """Answer 204 without a body."""
        return cls(http_status=204)
