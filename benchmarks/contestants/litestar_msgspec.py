"""Litestar with msgspec: structs that its handlers take and return, encoded by msgspec."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException, NotFoundException, ValidationException
from litestar.params import Parameter
from msgspec import UNSET, Meta, Struct, UnsetType

from benchmarks.data import (
    ALL,
    COUNT,
    CREATED,
    LABELS,
    MAKERS,
    MEDIA_TYPE,
    ORDERED,
    PRODUCTS,
    new_id,
)

ORIGIN = "http://shop.example.com"


class Identifier(Struct):
    """What a relationship points to."""

    type: str
    id: str


class Linkage(Struct):
    """A relationship."""

    data: list[Identifier]


class Resource(Struct):
    """A resource object."""

    type: str
    id: str
    attributes: Any
    links: dict[str, str]
    relationships: dict[str, Linkage] | UnsetType = UNSET


class Document(Struct):
    """A document with one resource."""

    data: Resource
    links: dict[str, str]


class PageDocument(Struct):
    """A document with a page of them."""

    data: list[Resource]
    links: dict[str, str]
    meta: dict[str, int]
    included: list[Resource] | UnsetType = UNSET


class Product(Struct):
    """Attributes of a product."""

    sku: str
    price: int
    field0: str
    field1: str
    field2: str
    field3: str
    field4: str
    field5: str
    field6: str
    field7: str
    field8: str
    field9: str


class Related(Struct):
    """Attributes of a maker or a label."""

    name: str
    rank: int


class Draft(Struct, rename="camel", forbid_unknown_fields=True):
    """Attributes of an article that a client sends."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    body: Annotated[str, Meta(min_length=1, max_length=100_000)]
    published_at: datetime | None = None
    reading_minutes: Annotated[int, Meta(ge=1, le=600)] = 1
    tags: Annotated[list[str], Meta(max_length=20)] = []


class Article(Draft, rename="camel", kw_only=True):
    """Attributes of an article."""

    created_at: datetime
    updated_at: datetime


class NewArticle(Struct):
    """The resource object of a new article."""

    type: Literal["articles"]
    attributes: Draft


class NewArticleDocument(Struct):
    """The document of a new article."""

    data: NewArticle


class Error(Struct, omit_defaults=True):
    """An error object."""

    status: str
    detail: str
    source: dict[str, str] | None = None


class ErrorDocument(Struct):
    """A document with errors."""

    errors: list[Error]


SHOP = {sku: Product(**{name: data[name] for name in ALL}) for sku, data in PRODUCTS.items()}


@get("/products/{sku:str}", media_type=MEDIA_TYPE)
async def one(sku: str) -> Document:
    """Answer with one product."""
    found = SHOP.get(sku)
    if found is None:
        raise NotFoundException(detail="Product is not found.")
    own = f"{ORIGIN}/products/{sku}"
    return Document(Resource("products", sku, found, {"self": own}), {"self": own})


@get("/products", media_type=MEDIA_TYPE)
async def page(
    request: Request[Any, Any, Any],
    offset: Annotated[int, Parameter(query="page[offset]", ge=0)] = 0,
    limit: Annotated[int, Parameter(query="page[limit]", ge=1, le=100)] = 20,
    fields: Annotated[str | None, Parameter(query="fields[products]")] = None,
    include: str = "",
) -> PageDocument:
    """Answer with a page of products, with what ``include`` asks for."""
    asked = set(fields.split(",")) if fields is not None else None
    included: list[Resource] = []
    paths = include.split(",")
    shown = ORDERED[offset : offset + limit]
    data = [_shown(each["id"], asked, paths, included) for each in shown]
    return PageDocument(
        data,
        _page_links(request, offset, limit),
        {"total": COUNT},
        included if include else UNSET,
    )


def _shown(sku: str, asked: set[str] | None, include: list[str], into: list[Resource]) -> Resource:
    product = SHOP[sku]
    shown: Any = product
    if asked is not None:
        shown = {name: getattr(product, name) for name in ALL if name in asked}
    resource = Resource("products", sku, shown, {"self": f"{ORIGIN}/products/{sku}"})
    relationships: dict[str, Linkage] = {}
    if "makers" in include:
        relationships["makers"] = _linkage("makers", [MAKERS[sku]], into)
    if "labels" in include:
        relationships["labels"] = _linkage("labels", LABELS[sku], into)
    if relationships:
        resource.relationships = relationships
    return resource


def _linkage(kind: str, related: list[dict[str, Any]], into: list[Resource]) -> Linkage:
    for each in related:
        own = f"{ORIGIN}/{kind}/{each['id']}"
        into.append(Resource(kind, each["id"], Related(each["name"], each["rank"]), {"self": own}))
    return Linkage([Identifier(kind, each["id"]) for each in related])


def _page_links(request: Request[Any, Any, Any], offset: int, limit: int) -> dict[str, str]:
    others = [(k, v) for k, v in request.query_params.items() if not k.startswith("page")]
    kept = urlencode(others, safe=",") + "&" if others else ""

    def at(place: int) -> str:
        return f"{ORIGIN}/products?{kept}page%5Boffset%5D={place}&page%5Blimit%5D={limit}"

    links = {"self": at(offset), "first": at(0), "last": at(limit * ((COUNT - 1) // limit))}
    if offset:
        links["prev"] = at(max(offset - limit, 0))
    if offset + limit < COUNT:
        links["next"] = at(offset + limit)
    return links


@post("/articles", media_type=MEDIA_TYPE)
async def create(data: NewArticleDocument) -> Response[Document]:
    """Answer with what an article becomes."""
    draft = data.data.attributes
    id_ = new_id(draft.title)
    own = f"{ORIGIN}/articles/{id_}"
    published = draft.published_at and draft.published_at.astimezone(UTC)
    article = Article(
        draft.title,
        draft.body,
        published,
        draft.reading_minutes,
        draft.tags,
        created_at=CREATED,
        updated_at=CREATED,
    )
    return Response(
        Document(Resource("articles", id_, article, {"self": own}), {"self": own}),
        headers={"Location": own},
    )


def refused(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorDocument]:
    """Answer with an error, or with those of a body."""
    status = 422 if isinstance(error, ValidationException) else error.status_code
    found = error.extra if isinstance(error.extra, list) and error.extra else [{}]
    errors = [
        Error(
            str(status),
            each.get("message") or error.detail,
            {"pointer": "/" + each["key"].replace(".", "/")} if "key" in each else None,
        )
        for each in found
    ]
    return Response(ErrorDocument(errors), status_code=status, media_type=MEDIA_TYPE)


def application() -> Litestar:
    """Return the ASGI application."""
    return Litestar([one, page, create], exception_handlers={HTTPException: refused})
