"""Long documents: as many resources as wanted in one answer, from Glue and by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import falcon

from benchmarks.bare import answer, related
from benchmarks.data import ALL, product
from benchmarks.driving import Wsgi
from benchmarks.shop import ProductAttributes, RelatedAttributes
from glue_core import (
    GlueRequest,
    GlueResource,
    GlueResponse,
    PageRules,
    Relationship,
    SimpleResource,
    hookimpl,
)

MOST = 10_000
ITEMS = tuple(product(number) for number in range(MOST))
BOXES: Mapping[str, dict[str, Any]] = {
    each["id"]: {"id": f"b{each['id']}", "name": f"Box of {each['id']}", "rank": 1}
    for each in ITEMS
}


def load_boxes(items: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the box of each item."""
    return {each.id: BOXES[each.id] for each in items if each.id is not None}


class Items(SimpleResource):
    """Items of twelve attributes, each in a box of its own."""

    type = "items"
    attributes = ProductAttributes
    page = PageRules(20, MOST)
    relationships = (Relationship("boxes", "boxes", load_boxes, many=False),)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return the first items."""
        page = request.pagination
        assert page is not None
        return GlueResponse.page(ITEMS[: page.limit], type(page)(page.offset, page.limit, MOST))


class Boxes(SimpleResource):
    """Boxes, which are only included."""

    type = "boxes"
    attributes = RelatedAttributes

    def get(self, id: str) -> GlueResponse:  # noqa: A002
        """Return one box."""
        return GlueResponse.of(BOXES[id.removeprefix("b")])


class Shelf:
    """The plugin."""

    @hookimpl
    def glue_resources(self) -> Sequence[SimpleResource]:
        """Show items and boxes."""
        return [Items(), Boxes()]


class ByHand:
    """Answers ``/items`` on Falcon."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Answer with the first items, and their boxes where they are asked for."""
        base = request.prefix
        limit = request.get_param_as_int("page[limit]", min_value=1, max_value=MOST, default=20)
        boxes = request.get_param("include") == "boxes"
        data, included = [], []
        for item in ITEMS[:limit]:
            resource = {
                "type": "items",
                "id": item["id"],
                "attributes": {name: item[name] for name in ALL},
                "links": {"self": f"{base}/items/{item['id']}"},
            }
            if boxes:
                box = BOXES[item["id"]]
                resource["relationships"] = {
                    "boxes": {"data": [{"type": "boxes", "id": box["id"]}]}
                }
                included.append(related(base, "boxes", box))
            data.append(resource)
        document: dict[str, Any] = {"data": data, "meta": {"total": MOST}}
        if boxes:
            document["included"] = included
        answer(response, document)


def by_hand() -> Wsgi:
    """Return the WSGI application that was written by hand."""
    app = falcon.App()
    app.add_route("/items", ByHand())
    return app
