"""An operation: one method at one place. Everything a client can call is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from glue_core.convention import Convention
from glue_core.errors import ConfigurationError
from glue_core.messages import GlueRequest, GlueResponse, PageStrategy
from glue_core.openapi.fragment import Describe
from glue_core.relationship import Relationship
from glue_core.resource import Resource, SchemaClass
from glue_core.security.protection import Protection
from glue_core.step import Parameter
from glue_core.variants import at_stores, stores_of

if TYPE_CHECKING:
    from glue_core.catalogue import Catalogue
    from glue_core.security.access import Access
    from glue_core.security.lens import Model

Method = Literal["getCollection", "get", "post", "patch", "put", "delete", "options"]
METHODS: tuple[Method, ...] = get_args(Method)

RELATIONSHIPS = "relationships"
"""The reserved segment: ``articles/{id}/relationships/{name}`` is a relationship itself."""

HTTP_METHODS: dict[Method, str] = {
    "getCollection": "GET",
    "get": "GET",
    "post": "POST",
    "patch": "PATCH",
    "put": "PUT",
    "delete": "DELETE",
    "options": "OPTIONS",
}

DEFAULT_STATUSES: dict[Method, int] = {
    "getCollection": 200,
    "get": 200,
    "post": 201,
    "patch": 200,
    "put": 200,
    "delete": 204,
    "options": 204,
}


@dataclass(frozen=True, slots=True)
class PageRules:
    """How a collection is cut into pages; sizes are in resources.

    Attributes:
        default: Size of a page when the client names none, from 1.
        maximum: Largest size a client may ask for; a larger one is refused, not clamped.
        strategies: How a client may name a page: ``offset`` (``page[offset]``, ``page[limit]``),
            ``number`` (``page[number]``, ``page[size]``) and ``cursor`` (``page[after]``,
            ``page[before]``, ``page[size]``). The first one is taken where the client names none;
            one request uses one of them. ``page[size]`` alone belongs to numbers and cursors, and
            starts a walk by cursor: with both, ``cursor`` comes first. A handler serves offsets
            and numbers alike, by offset and limit; cursors it makes and reads itself.
        ranges: Whether a client may give both cursors at once, for what lies between.
    """

    default: int = 10
    maximum: int = 100
    strategies: tuple[PageStrategy, ...] = ("offset",)
    ranges: bool = False

    def __post_init__(self) -> None:
        for name in ("default", "maximum"):
            size = getattr(self, name)
            if not isinstance(size, int) or isinstance(size, bool) or size < 1:
                raise ConfigurationError(
                    f"PageRules has {size!r} for {name!r}.\n"
                    f"Write a whole number of resources, from 1."
                )
        if self.default > self.maximum:
            raise ConfigurationError(
                f"PageRules has pages of {self.default} by default and of {self.maximum} at most.\n"
                f"Make the default smaller, or the maximum larger."
            )
        if not isinstance(self.ranges, bool):
            raise ConfigurationError(
                f"PageRules has {self.ranges!r} for 'ranges'.\nWrite True or False."
            )
        known = {"offset", "number", "cursor"}
        given = self.strategies
        if not isinstance(given, tuple):
            raise ConfigurationError(
                f"PageRules has {given!r} for 'strategies'.\nWrite a tuple, such as ('offset',)."
            )
        if not given or not known.issuperset(given) or len(set(given)) < len(given):
            raise ConfigurationError(
                f"PageRules has the strategies {given!r}.\n"
                f"List at least one of 'offset', 'number' and 'cursor', each once."
            )
        if "number" in given and "cursor" in given[given.index("number") :]:
            raise ConfigurationError(
                f"PageRules has the strategies {given!r}: 'page[size]' alone, the first page of a "
                f"walk by cursor, would be read as a page by number.\n"
                f"List 'cursor' before 'number'."
            )


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """An error that an operation may answer with, for the documentation and the catalogue."""

    status: int
    code: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Tag:
    """What several operations are listed under in the documentation.

    Attributes:
        name: Its name, in words that an identifier can be made of, such as ``sign-in``.
        description: One sentence for people.
    """

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One method at one place.

    Attributes:
        method: Logical method; ``getCollection`` and ``post`` are called without an id at the end
            of the path, the others with one, save on a singleton.
        handler: Callable that answers. Its parameters are filled by annotation, checked at
            start-up: the request (`GlueRequest`), an empty `GlueResponse`, the unit of work
            (`Work`), ``id`` (str), ``attributes`` (dict, or what the schema's ``post_load``
            makes), ``http_request_attributes`` (Mapping).
        place: Chain of types, such as ``carts/items``, or, with a leading slash, the template of
            a custom route, such as ``/catalog/{sku}/teaser``.
        resource: The type it shows, or None for a handler that writes the body itself.
        singleton: The place holds one resource per parent and takes no id at its end.
        schema: Schema of the request's attributes when it is not the resource's own.
        partial: Whether a body may leave out what its schema requires; None stands for the default
            of the method: so it is for ``patch``, and for no other.
        filters: Attributes that ``filter[type.attribute]`` may name.
        sorts: Attributes that ``sort`` may name.
        page: How the collection is cut into pages, or None when it is not.
        parameters: Further query parameters that the handler reads.
        errors: Errors that the handler answers with.
        name: Name in the ids of ``disable``; the place and the method by default.
        summary: One line for the documentation; the handler's docstring by default.
        status: Status of success, or None for the default of the method.
        singular: Without a convention an answer about one resource is the object, not a list of
            one, where the setting ``plugins.plain.singular`` is ``declared``.
        snake_case: Without a convention the attributes of bodies and answers are in snake case;
            the keys of free-form maps are not touched.
        is_raw: Whether the handler reads query and body itself, as another standard than Glue's
            says: no builder reads the body, and neither a media type nor a query parameter is
            refused.
        versions: Versions that it answers, such as ``("1.0", "1.1")``: several operations may share
            a place and a method where their versions differ, and the newest one answers who asks
            for none. Those of the resource where it names none.
        protection: Who may call it; None is that of its resource, else the application's default.
        stores: Stores for whose requests it is: where a store has none of its own at a place, the
            one without stores answers, or 404. Those of the resource where it names none.
        deprecated: Whether clients should no longer call it; the documentation says so.
        tag: What the documentation lists it under; its type by default, or else the first word of
            its path.
        describe: Says to the documentation what nobody but the handler knows: the bodies that it
            reads itself, and the answers that it writes itself.
        technical: It tells of the deployment, not of what it sells: steps that read data for the
            sake of every request, such as the store, leave it alone.
        ruled: Filled in where rules stand beside those of the schema: the schema with all of them.
        application: Filled in by the registry: the application it is compiled for.
        convention: Filled in: the convention it is compiled for, or None for plain JSON.
        model: Filled in: the types of the application.
        spoken: Filled in: the convention itself.
        catalogue: Filled in: the words of errors.
        varies: Filled in: request headers by which answers differ, as the steps say.
        access: Filled in: who asks and what they may, for the application.
        refusal: Filled in on the refusals that the core makes, such as ``not-found``.
        allowed: Filled in: the HTTP methods of the place, for ``Allow``.
        current: Filled in on writes: the controller of ``get`` at the same place, or None where
            there is none.
        current_errors: Filled in there: the errors of that ``get``, which is asked first where a
            precondition or a policy wants to know what is there.
        refused_type: Filled in on refusals of a place that there is: type of what it shows.
        relationship: Filled in where the core answers for a relationship: which one.
        is_linkage: Filled in there: the place is the relationship itself, not what it leads to.
        parent: Filled in there: the operation that fetches the resource it starts at.
        conventions: Filled in there: the conventions it follows; None stands for those of the
            resource.
    """

    method: Method
    handler: Callable[..., GlueResponse]
    place: str
    resource: Resource | None = None
    singleton: bool = field(default=False, kw_only=True)
    schema: SchemaClass | None = field(default=None, kw_only=True)
    partial: bool | None = field(default=None, kw_only=True)
    filters: tuple[str, ...] = field(default=(), kw_only=True)
    sorts: tuple[str, ...] = field(default=(), kw_only=True)
    page: PageRules | None = field(default=None, kw_only=True)
    parameters: tuple[Parameter, ...] = field(default=(), kw_only=True)
    errors: tuple[ErrorCode, ...] = field(default=(), kw_only=True)
    name: str = field(default="", kw_only=True)
    summary: str = field(default="", kw_only=True)
    status: int | None = field(default=None, kw_only=True)
    singular: bool = field(default=False, kw_only=True)
    snake_case: bool = field(default=False, kw_only=True)
    is_raw: bool = field(default=False, kw_only=True)
    versions: tuple[str, ...] = field(default=(), kw_only=True)
    protection: Protection | None = field(default=None, kw_only=True)
    stores: tuple[str, ...] = field(default=(), kw_only=True)
    technical: bool = field(default=False, kw_only=True)
    deprecated: bool = field(default=False, kw_only=True)
    tag: Tag | None = field(default=None, kw_only=True)
    describe: Describe | None = field(default=None, kw_only=True, repr=False)
    ruled: SchemaClass | None = field(default=None, kw_only=True, repr=False)
    application: str = field(default="", kw_only=True)
    convention: str | None = field(default=None, kw_only=True)
    model: Model | None = field(default=None, kw_only=True, repr=False)
    spoken: Convention | None = field(default=None, kw_only=True, repr=False)
    catalogue: Catalogue | None = field(default=None, kw_only=True, repr=False)
    varies: tuple[str, ...] = field(default=(), kw_only=True, repr=False)
    access: Access | None = field(default=None, kw_only=True, repr=False)
    refusal: str | None = field(default=None, kw_only=True)
    allowed: tuple[str, ...] = field(default=(), kw_only=True)
    current: Callable[[GlueRequest], GlueResponse] | None = field(
        default=None, kw_only=True, repr=False
    )
    current_errors: tuple[ErrorCode, ...] = field(default=(), kw_only=True, repr=False)
    refused_type: str | None = field(default=None, kw_only=True)
    relationship: Relationship | None = field(default=None, kw_only=True)
    is_linkage: bool = field(default=False, kw_only=True)
    parent: Operation | None = field(default=None, kw_only=True, repr=False)
    conventions: frozenset[str | None] | None = field(default=None, kw_only=True)

    @property
    def is_template(self) -> bool:
        """Whether the place is the template of a custom route."""
        return self.place.startswith("/")

    @property
    def types(self) -> tuple[str, ...]:
        """The chain of types of the place, a relationship's name among them; empty for a route."""
        if self.is_template:
            return ()
        place = self.place.partition(f"/{RELATIONSHIPS}/")[0] if self.is_linkage else self.place
        return tuple(place.split("/"))

    @property
    def type(self) -> str | None:
        """Type of the resources it shows, or None."""
        return self.resource.type if self.resource is not None else None

    def handled(self, name: str) -> str:
        """Return the name that the handler knows of an attribute, by that which clients use."""
        renamed = self.resource.renamed if self.resource is not None else {}
        return renamed[name][0] if name in renamed else name

    @property
    def body(self) -> SchemaClass | None:
        """Schema that bodies are held against, or None where there is none."""
        if self.ruled is not None or self.schema is not None:
            return self.ruled or self.schema
        return self.resource.attributes if self.resource is not None else None

    @property
    def is_partial(self) -> bool:
        """Whether a body may leave out what its schema requires."""
        return self.method == "patch" if self.partial is None else self.partial

    @property
    def http_method(self) -> str:
        """HTTP method in capital letters."""
        return HTTP_METHODS[self.method]

    @property
    def has_id(self) -> bool:
        """Whether the path ends in an id."""
        return not self.singleton and self.method not in ("getCollection", "post")

    @property
    def protection_asks(self) -> bool:
        """Whether credentials of requests are read by the flow, not by the operation itself."""
        return self.protection is None or self.protection.asks

    @property
    def contribution_name(self) -> str:
        """Name that ``disable`` and the reports use."""
        declared = self.versions or (self.resource.versions if self.resource is not None else ())
        version = f"@{','.join(declared)}" if declared else ""
        return (self.name or f"{self.place}.{self.method}") + version + at_stores(stores_of(self))

    @property
    def path(self) -> str:
        """The path as a template, for people and for the documentation."""
        if self.is_template:
            return self.place
        if self.is_linkage:
            above, _, name = self.place.partition(f"/{RELATIONSHIPS}/")
            return f"/{above}/{{{above}_id}}/{RELATIONSHIPS}/{name}"
        names = self.types
        parts = [f"/{name}/{{{name}_id}}" for name in names[:-1]]
        parts.append(f"/{names[-1]}" + (f"/{{{names[-1]}_id}}" if self.has_id else ""))
        return "".join(parts)


class SimpleResource:
    """The usual case in one class: a type at one place, with its handlers.

    Subclasses set ``type`` and ``attributes`` and define the methods they answer: ``get``,
    ``get_collection``, ``post``, ``patch``, ``put``, ``delete``. What is not defined in the class
    cannot be called. ``errors`` has what a method answers besides, by its name, for the
    documentation.
    """

    type: ClassVar[str]
    attributes: ClassVar[SchemaClass]
    id: ClassVar[str | Callable[[Any], str]] = "id"
    place: ClassVar[str] = ""
    singleton: ClassVar[bool] = False
    singular: ClassVar[bool] = False
    snake_case: ClassVar[bool] = False
    filters: ClassVar[tuple[str, ...]] = ()
    sorts: ClassVar[tuple[str, ...]] = ()
    page: ClassVar[PageRules | None] = PageRules()
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    errors: ClassVar[Mapping[str, tuple[ErrorCode, ...]]] = {}
    relationships: ClassVar[tuple[Relationship, ...]] = ()
    conventions: ClassVar[tuple[str | None, ...] | None] = None
    version: ClassVar[str | Callable[[Any], object] | None] = None
    requires_match: ClassVar[bool | tuple[str, ...]] = False
    protection: ClassVar[Protection | None] = None
    restricted: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    versions: ClassVar[tuple[str, ...]] = ()
    stores: ClassVar[tuple[str, ...]] = ()

    def operations(self) -> Iterator[Operation]:
        """Yield an operation for each method that the class defines.

        Raises:
            ConfigurationError: The class names no type, no schema or no method.
        """
        kind = type(self)
        for required in ("type", "attributes"):
            if not hasattr(kind, required):
                raise ConfigurationError(
                    f"{kind.__module__}:{kind.__qualname__} has no {required!r}.\n"
                    f"Set it in the class: a SimpleResource needs 'type' and 'attributes'."
                )
        resource = Resource(
            kind.type,
            kind.attributes,
            id=kind.__dict__.get("id", kind.id),
            relationships=self.relationships,
            conventions=self.conventions,
            description=(kind.__doc__ or "").strip().partition("\n")[0],
            version=kind.__dict__.get("version", kind.version),
            requires_match=self.requires_match,
            versions=self.versions,
            protection=self.protection,
            restricted=self.restricted,
            stores=self.stores,
        )
        found = False
        for method in METHODS:
            listed = method == "getCollection"
            name = "get_collection" if listed else method
            handler = getattr(self, name, None)
            if handler is None:
                continue
            found = True
            yield Operation(
                method,
                handler,
                self.place or kind.type,
                resource,
                singleton=self.singleton,
                singular=self.singular,
                snake_case=self.snake_case,
                filters=self.filters if listed else (),
                sorts=self.sorts if listed else (),
                page=self.page if listed else None,
                parameters=self.parameters,
                errors=self.errors.get(name, ()),
            )
        if not found:
            raise ConfigurationError(
                f"{kind.__module__}:{kind.__qualname__} answers no method.\n"
                f"Define at least one of get, get_collection, post, patch, put and delete."
            )
