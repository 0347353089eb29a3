"""A small magazine that two applications serve, one in each dialect of JSON:API."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import falcon.testing
import pytest
from marshmallow import Schema, fields

from glue_core import (
    BadRequest,
    Conflict,
    Deployment,
    ErrorCode,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    hookimpl,
)
from glue_core.messages import GlueLink
from glue_core.registry.discovery import Source
from glue_core.testing import documented
from glue_json_api import JSON_API

NO_ARTICLE = ErrorCode(404, "301", "Article is not found.")
ID_IN_USE = ErrorCode(409, "302", "The id is in use.")
NO_PERSON = ErrorCode(404, "303", "There is no such person.")

STRICT_APPLICATION = "magazine_api"
GLUE_APPLICATION = "storefront_api"


class Article(Schema):
    """Attributes of an article."""

    title = fields.String(required=True)
    teaser = fields.String(allow_none=True)
    reads = fields.Integer(strict=True)
    open = fields.Boolean()


class Person(Schema):
    """Attributes of a person."""

    name = fields.String()


class Text(Schema):
    """Attributes of a comment."""

    text = fields.String()


class Price(Schema):
    """Attributes of the price of an article."""

    cents = fields.Integer(strict=True)


@dataclass
class Magazine:
    """Data, controllers and loaders; counts what the loaders are asked."""

    articles: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            each: {"id": each, "title": f"Title {each}", "teaser": None, "reads": 0, "open": False}
            for each in ["0", *(str(number) for number in range(1, 24)), "a/b c"]
        }
    )
    calls: list[str] = field(default_factory=list)
    received: Mapping[str, Any] | None = None
    named: GlueResource | None = None
    changes: list[tuple[str, str | None, list[str | None]]] = field(default_factory=list)

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one article."""
        found = self.articles.get(request.resource.id or "")
        if found is None:
            raise NotFound(NO_ARTICLE.code, NO_ARTICLE.message)
        return GlueResponse.of(found)

    def page(self, request: GlueRequest) -> GlueResponse:
        """Return a page of articles."""
        page = request.pagination
        assert page is not None
        shown = list(self.articles.values())
        if request.filters:
            shown = [each for each in shown if each["title"] == request.filters[0].value]
        cut = shown[page.offset : page.offset + page.limit]
        return GlueResponse.page(cut, Pagination(page.offset, page.limit, len(shown)))

    def archive(self, request: GlueRequest) -> GlueResponse:
        """Return a page of articles, however the client names it; a cursor is an id."""
        page = request.pagination
        assert page is not None
        ids = list(self.articles)
        if page.strategy != "cursor":
            cut = ids[page.offset : page.offset + page.limit]
            total = Pagination(page.offset, page.limit, len(ids))
            return GlueResponse.page([self.articles[each] for each in cut], total)
        for name in ("after", "before"):
            if getattr(page, name) not in (None, *ids):
                raise BadRequest("012", "There is no such cursor.", parameter=f"page[{name}]")
        start = ids.index(page.after) + 1 if page.after else 0
        end = ids.index(page.before) if page.before else len(ids)
        between = ids[start:end]
        backwards = page.before is not None and page.after is None
        cut = between[-page.limit :] if backwards else between[: page.limit]
        shown = Pagination(0, page.limit, strategy="cursor")
        if cut:
            shown.before = cut[0] if cut[0] != ids[0] else None
            shown.after = cut[-1] if cut[-1] != ids[-1] else None
        shown.is_truncated = not backwards and bool(page.before) and len(between) > len(cut)
        return GlueResponse.page([self.articles[each] for each in cut], shown)

    def post(self, request: GlueRequest, attributes: dict[str, Any]) -> GlueResponse:
        """Create an article."""
        self.received, self.named = attributes, request.resource
        return GlueResponse.of({"id": "new one", **attributes})

    def post_person(self, request: GlueRequest, attributes: dict[str, Any]) -> GlueResponse:
        """Create a person, whose id the client may choose; one id is in use."""
        self.received, self.named = attributes, request.resource
        if request.resource.id == "p":
            raise Conflict(ID_IN_USE.code, ID_IN_USE.message, pointer="/data/id")
        return GlueResponse.of({"id": request.resource.id or "p1", **attributes})

    def post_price(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Create a price with the id of the client."""
        return GlueResponse.of({"id": id, **attributes})

    def replace(self, of: GlueResource, sent: Sequence[GlueResource], request: GlueRequest) -> None:
        """Note that somebody replaces what a resource relates to."""
        if any(each.id == "nobody" for each in sent):
            raise NotFound(NO_PERSON.code, NO_PERSON.message)
        self.changes.append(("replace", of.id, [each.id for each in sent]))

    def add(self, of: GlueResource, sent: Sequence[GlueResource], request: GlueRequest) -> None:
        """Note that somebody adds to what a resource relates to."""
        self.changes.append(("add", of.id, [each.id for each in sent]))

    def remove(self, of: GlueResource, sent: Sequence[GlueResource], request: GlueRequest) -> None:
        """Note that somebody removes from what a resource relates to."""
        self.changes.append(("remove", of.id, [each.id for each in sent]))

    def patch(self, request: GlueRequest, attributes: dict[str, Any]) -> GlueResponse:
        """Change an article."""
        self.received, self.named = attributes, request.resource
        return GlueResponse.of({**self.articles[request.resource.id or ""], **attributes})

    def delete(self) -> GlueResponse:
        """Delete an article."""
        return GlueResponse.no_content()

    def person(self, id: str) -> GlueResponse:  # noqa: A002
        """Return a person, with links and facts of its own."""
        return GlueResponse(
            [
                GlueResource(
                    attributes={"id": id, "name": "Ann"},
                    links={
                        "portrait": GlueLink("/portraits/ann"),
                        "home": GlueLink("https://ann.example/", {"language": "en"}),
                    },
                    meta={"since": 1999},
                )
            ]
        )

    def comment(self, id: str) -> GlueResponse:  # noqa: A002
        """Return a comment."""
        return GlueResponse.of({"id": id, "text": "Yes."})

    def comments(self) -> GlueResponse:
        """Return the comments of an article, which are not paged."""
        response = GlueResponse.page([{"id": "c1", "text": "Yes."}])
        response.document_meta["moderated"] = True
        response.document_links["rules"] = GlueLink("/rules")
        return response

    def price(self, request: GlueRequest) -> GlueResponse:
        """Return the price of the article above, where it has one."""
        id_ = request.parent_resources["articles"].id
        return GlueResponse([GlueResource(id=id_, attributes={"cents": 0})] if id_ != "1" else [])

    def latest(self) -> GlueResponse:
        """Return the latest article."""
        return GlueResponse.of(self.articles["23"])

    def two(self) -> GlueResponse:
        """Return two resources where one is shown: a mistake."""
        return GlueResponse([GlueResource(attributes=self.articles[each]) for each in ("1", "2")])

    def filled(self) -> GlueResponse:
        """Return an article whose author the controller filled in."""
        author = GlueRelationship([GlueResource(attributes={"id": "p9", "name": "Zoe"})], False)
        shown = GlueResource(attributes=self.articles["3"], relationships={"author": author})
        return GlueResponse([shown])

    def author(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Every article but the first has the same author."""
        self.calls.append("author")
        return {each.id: {"id": "p", "name": "Ann"} for each in sources if each.id != "0"}

    def said(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Every article but the first has a comment."""
        self.calls.append("comments")
        return {each.id: [{"id": f"c{each.id}", "text": ""}] for each in sources if each.id != "0"}

    def cost(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Every article has a price with the id of the article."""
        self.calls.append("price")
        return {each.id: {"id": each.id, "cents": 5} for each in sources}

    def written(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Every person wrote the first two articles."""
        self.calls.append("articles")
        return {each.id: [self.articles["1"], self.articles["2"]] for each in sources}

    def by(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
        """Every comment has the same author."""
        self.calls.append("by")
        return {each.id: {"id": "p", "name": "Ann"} for each in sources}


class Plugin:
    """Places the magazine in one application."""

    def __init__(self, magazine: Magazine) -> None:
        self.magazine = magazine
        self.articles = Resource(
            "articles",
            Article,
            relationships=(
                Relationship(
                    "author",
                    "people",
                    magazine.author,
                    many=False,
                    writable=True,
                    replace=magazine.replace,
                    errors=(NO_PERSON,),
                ),
                Relationship(
                    "comments",
                    "comments",
                    magazine.said,
                    writable=True,
                    add=magazine.add,
                    remove=magazine.remove,
                ),
                Relationship("price", "prices", magazine.cost, many=False),
            ),
        )

    @hookimpl
    def glue_resources(self) -> Sequence[Operation]:
        """Place everything."""
        articles = self.articles
        people = Resource(
            "people",
            Person,
            relationships=(Relationship("articles", "articles", self.magazine.written),),
            client_ids="allowed",
        )
        by = Relationship("by", "people", self.magazine.by, many=False)
        comments = Resource(
            "comments",
            Text,
            relationships=(by,),
        )
        prices = Resource("prices", Price, client_ids="required")
        return [
            Operation("get", self.magazine.get, "articles", articles, errors=(NO_ARTICLE,)),
            Operation(
                "getCollection",
                self.magazine.page,
                "articles",
                articles,
                page=PageRules(),
                sorts=("title",),
                filters=("title",),
            ),
            Operation(
                "getCollection",
                self.magazine.archive,
                "archive",
                articles,
                page=PageRules(2, 5, ("offset", "cursor", "number"), ranges=True),
            ),
            Operation(
                "getCollection",
                self.magazine.archive,
                "stream",
                articles,
                page=PageRules(2, 5, ("cursor",)),
            ),
            Operation("post", self.magazine.post, "articles", articles),
            Operation("patch", self.magazine.patch, "articles", articles),
            Operation("delete", self.magazine.delete, "articles", articles),
            Operation("get", self.magazine.person, "people", people),
            Operation("post", self.magazine.post_person, "people", people, errors=(ID_IN_USE,)),
            Operation("get", self.magazine.comment, "articles/comments", comments),
            Operation("getCollection", self.magazine.comments, "articles/comments", comments),
            Operation("get", self.magazine.price, "articles/prices", prices, singleton=True),
            Operation("post", self.magazine.post_price, "prices", prices),
            Operation("get", self.magazine.two, "pairs", articles),
            Operation("get", self.magazine.filled, "filled", articles),
        ]

    @hookimpl
    def glue_route_providers(self) -> Sequence[Operation]:
        """Place the latest article of a desk at a custom route."""
        return [Operation("get", self.magazine.latest, "/desks/{desk}/latest", self.articles)]


@pytest.fixture
def magazine() -> Magazine:
    """Return the data and code that both applications serve."""
    return Magazine()


@pytest.fixture
def deploy(magazine: Magazine) -> Iterator[Callable[..., Deployment]]:
    """Return what makes a deployment with the magazine, from settings."""
    made: list[Deployment] = []

    def make(
        settings: Mapping[str, Any] | None = None, sources: Sequence[Source] = ()
    ) -> Deployment:
        sources = [*sources, Source.of("glue.conventions", "json_api", JSON_API)]
        for name in (STRICT_APPLICATION, GLUE_APPLICATION):
            application = RequestFlowAwareApiApplication(name)
            sources.append(Source.of("glue.applications", name, application))
            sources.append(Source.of(f"glue.plugins.{name}", "magazine", Plugin(magazine)))
        deployment = Deployment(settings or {}, sources)
        made.append(deployment)
        return deployment

    yield make
    for each in made:
        each.close()


@pytest.fixture
def deployment(deploy: Callable[..., Deployment]) -> Deployment:
    """Return a deployment with default settings."""
    return deploy()


@pytest.fixture
def ask(deployment: Deployment) -> Callable[..., Any]:
    """Return what sends a request and returns ``status``, ``document``, ``headers``, ``text``."""

    def send(
        method: str,
        path: str,
        document: object = None,
        *,
        glue: bool = False,
        body: bytes | None = None,
        deployed: Deployment | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:
        name = GLUE_APPLICATION if glue else STRICT_APPLICATION
        application: Any = (deployed or deployment).applications[name]
        sent: dict[str, str | None] = {"Accept": JSON_API.media_types[0]}
        if body is None and document is not None:
            body = json.dumps(document).encode()
        if body is not None:
            sent["Content-Type"] = JSON_API.media_types[0]
        sent.update(headers or {})
        headers = {name: value for name, value in sent.items() if value is not None}
        path, _, query = path.partition("?")
        client = falcon.testing.TestClient(documented(application))
        result = client.simulate_request(
            method, path, query_string=query, body=body, headers=headers, host="glue.example"
        )
        return SimpleNamespace(
            status=result.status_code,
            document=json.loads(result.content) if result.content else None,
            headers=result.headers,
            text=result.text,
        )

    return send
