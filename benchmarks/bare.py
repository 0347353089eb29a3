"""The yardstick: the same answers, written by hand on Falcon, as a competent person writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import falcon
import orjson

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

JSON_API = {"version": "1.1"}
ARTICLE = frozenset({"title", "body", "publishedAt", "readingMinutes", "tags"})


def shown(base: str, data: dict[str, Any], wanted: tuple[str, ...]) -> dict[str, Any]:
    """Return the resource object of a product."""
    return {
        "type": "products",
        "id": data["id"],
        "attributes": {name: data[name] for name in wanted},
        "links": {"self": f"{base}/products/{data['id']}"},
    }


def related(base: str, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the resource object of a maker or a label."""
    return {
        "type": kind,
        "id": data["id"],
        "attributes": {"name": data["name"], "rank": data["rank"]},
        "links": {"self": f"{base}/{kind}/{data['id']}"},
    }


def answer(response: falcon.Response, document: dict[str, Any]) -> None:
    """Send a document."""
    response.content_type = MEDIA_TYPE
    response.data = orjson.dumps(document)


def page_links(request: falcon.Request, offset: int, limit: int) -> dict[str, str]:
    """Return the links of a page, with the other parameters of the query kept."""
    base = f"{request.prefix}/products"
    others = [(k, v) for k, v in request.params.items() if not k.startswith("page")]
    kept = "".join(
        f"{quote(k)}={quote(','.join(v) if isinstance(v, list) else v, safe=',')}&"
        for k, v in others
    )

    def at(place: int) -> str:
        return f"{base}?{kept}page%5Boffset%5D={place}&page%5Blimit%5D={limit}"

    links = {"self": at(offset), "first": at(0), "last": at(limit * ((COUNT - 1) // limit))}
    if offset:
        links["prev"] = at(max(offset - limit, 0))
    if offset + limit < COUNT:
        links["next"] = at(offset + limit)
    return links


class OneProduct:
    """Answers ``/products/{id}``."""

    def on_get(self, request: falcon.Request, response: falcon.Response, id: str) -> None:  # noqa: A002
        """Answer with one product."""
        base = request.prefix
        resource = shown(base, PRODUCTS[id], ALL)
        answer(response, {"data": resource, "links": {"self": f"{base}/products/{id}"}})


class ProductPage:
    """Answers ``/products``."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Answer with a page of products, with what ``include`` asks for."""
        base = request.prefix
        offset = request.get_param_as_int("page[offset]", min_value=0, default=0)
        limit = request.get_param_as_int("page[limit]", min_value=1, max_value=100, default=20)
        fields = request.get_param_as_list("fields[products]")
        include = request.get_param_as_list("include") or []
        wanted = tuple(name for name in ALL if name in fields) if fields else ALL
        query = f"?{quote(request.query_string, safe='=&,%')}" if request.query_string else ""
        data, included = [], []
        for product in ORDERED[offset : offset + limit]:
            resource = shown(base, product, wanted)
            # The storefront's dialect repeats the query on the links of what was asked for.
            resource["links"]["self"] += query
            relationships = {}
            if "makers" in include:
                maker = MAKERS[product["id"]]
                relationships["makers"] = {"data": [{"type": "makers", "id": maker["id"]}]}
                included.append(related(base, "makers", maker))
            if "labels" in include:
                labels = LABELS[product["id"]]
                relationships["labels"] = {
                    "data": [{"type": "labels", "id": each["id"]} for each in labels]
                }
                included += [related(base, "labels", each) for each in labels]
            if relationships:
                resource["relationships"] = relationships
            data.append(resource)
        document: dict[str, Any] = {"data": data, "links": page_links(request, offset, limit)}
        if included:
            document["included"] = included
        document["meta"] = {"total": COUNT}
        answer(response, document)


class Articles:
    """Answers ``POST /articles``."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Check an article, and answer with what it became."""
        data = orjson.loads(request.bounded_stream.read())["data"]
        attributes = data["attributes"]
        found = problems(attributes)
        if found:
            response.status = "422 Unprocessable Content"
            errors = [
                {
                    "status": "422",
                    "code": "901",
                    "title": "Unprocessable Content",
                    "detail": text,
                    "source": {"pointer": f"/data/attributes/{name}"},
                }
                for name, text in found
            ]
            answer(response, {"errors": errors, "jsonapi": JSON_API})
            return
        id_ = new_id(attributes["title"])
        own = f"{request.prefix}/articles/{id_}"
        published = attributes.get("publishedAt")
        resource = {
            "type": "articles",
            "id": id_,
            "attributes": {
                "title": attributes["title"],
                "body": attributes["body"],
                "publishedAt": None if published is None else in_utc(published),
                "readingMinutes": attributes.get("readingMinutes", 1),
                "tags": attributes.get("tags", []),
                "createdAt": shown_time(CREATED),
                "updatedAt": shown_time(CREATED),
            },
            "relationships": {
                "author": {
                    "links": {"self": f"{own}/relationships/author", "related": f"{own}/author"}
                }
            },
            "links": {"self": own},
            "meta": {"version": 1},
        }
        response.status = falcon.HTTP_201
        response.set_header("location", own)
        answer(response, {"data": resource, "links": {"self": own}, "jsonapi": JSON_API})


def problems(attributes: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with the attributes of an article: names and texts."""
    found = []
    for name, most in (("title", 200), ("body", 100_000)):
        text = attributes.get(name)
        if name not in attributes:
            found.append((name, "This attribute is required."))
        elif not isinstance(text, str):
            found.append((name, "This must be a valid string."))
        elif not 1 <= len(text) <= most:
            found.append((name, f"The length must be from 1 to {most}."))
    published = attributes.get("publishedAt")
    if published is not None:
        try:
            datetime.fromisoformat(published)
        except (TypeError, ValueError):
            found.append(("publishedAt", "This must be a valid datetime."))
    minutes = attributes.get("readingMinutes", 1)
    if not isinstance(minutes, int):
        found.append(("readingMinutes", "This must be a valid integer."))
    elif not 1 <= minutes <= 600:
        found.append(("readingMinutes", "This must be from 1 to 600."))
    tags = attributes.get("tags", [])
    if not isinstance(tags, list):
        found.append(("tags", "This must be a valid list."))
    elif len(tags) > 20 or len(set(tags)) < len(tags):
        found.append(("tags", "This value is not valid."))
    found += [(name, "This attribute is not known.") for name in attributes if name not in ARTICLE]
    return found


def in_utc(text: str) -> str:
    """Return a point in time as the answers spell it."""
    return shown_time(datetime.fromisoformat(text).astimezone(UTC))


def shown_time(moment: datetime) -> str:
    """Return a point in time in UTC as the answers spell it."""
    return moment.isoformat().replace("+00:00", "Z")


def not_found(req: falcon.Request, resp: falcon.Response, **_: Any) -> None:
    """Answer whatever nobody serves."""
    resp.status = falcon.HTTP_404
    error = {"status": 404, "code": "007", "detail": "Not found", "message": "Not found"}
    answer(resp, {"errors": [error]})


def application() -> falcon.App[falcon.Request, falcon.Response]:
    """Return the WSGI application."""
    app = falcon.App()
    app.req_options.auto_parse_qs_csv = True
    app.add_route("/products/{id}", OneProduct())
    app.add_route("/products", ProductPage())
    app.add_route("/articles", Articles())
    app.add_sink(not_found)
    return app
