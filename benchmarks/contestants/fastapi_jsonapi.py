"""FastAPI with FastAPI-JSONAPI: pydantic schemas, and a data layer of its own over the memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi_jsonapi import ApplicationBuilder
from fastapi_jsonapi.data_layers.base import BaseDataLayer
from fastapi_jsonapi.exceptions import ObjectNotFound
from fastapi_jsonapi.schema_base import BaseModel
from fastapi_jsonapi.storages.models_storage import models_storage
from fastapi_jsonapi.types_metadata import RelationshipInfo
from fastapi_jsonapi.views import Operation, ViewBase
from pydantic import ConfigDict, Field

from benchmarks.data import CREATED, LABELS, MAKERS, ORDERED, new_id


@dataclass
class Related:
    """A maker or a label, as a data source returns it."""

    id: str
    name: str
    rank: int


@dataclass
class Product:
    """A product, as a data source returns it."""

    id: str
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
    makers: Related
    labels: list[Related]


@dataclass
class Article:
    """An article, as a data source returns it."""

    id: str
    title: str
    body: str
    publishedAt: datetime | None  # noqa: N815 - as in the documents
    readingMinutes: int  # noqa: N815
    tags: list[str]
    createdAt: datetime  # noqa: N815
    updatedAt: datetime  # noqa: N815


class RelatedSchema(BaseModel):
    """Attributes of a maker or a label."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    rank: int


class ProductSchema(BaseModel):
    """Attributes and relationships of a product."""

    model_config = ConfigDict(from_attributes=True)

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
    makers: Annotated[RelatedSchema | None, RelationshipInfo(resource_type="makers")] = None
    labels: Annotated[
        list[RelatedSchema] | None, RelationshipInfo(resource_type="labels", many=True)
    ] = None


class DraftSchema(BaseModel):
    """Attributes of an article that a client sends."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=100_000)
    publishedAt: datetime | None = None  # noqa: N815
    readingMinutes: int = Field(1, ge=1, le=600)  # noqa: N815
    tags: list[str] = Field(default_factory=list, max_length=20)


class ArticleSchema(DraftSchema):
    """Attributes of an article."""

    createdAt: datetime  # noqa: N815
    updatedAt: datetime  # noqa: N815


def related(data: dict[str, Any]) -> Related:
    """Return a maker or a label."""
    return Related(**data)


SHOP = {
    each["id"]: Product(
        makers=related(MAKERS[each["id"]]),
        labels=[related(label) for label in LABELS[each["id"]]],
        **each,
    )
    for each in ORDERED
}
IN_ORDER = tuple(SHOP.values())


class Memory(BaseDataLayer):
    """Reads products from memory, and forgets articles."""

    async def get_object(self, view_kwargs: dict[str, Any], qs: Any = None, **_: Any) -> Product:
        """Return one product."""
        found = SHOP.get(view_kwargs[self.url_id_field])
        if found is None:
            raise ObjectNotFound(detail="Product is not found.")
        return found

    async def get_collection(self, qs: Any, **_: Any) -> tuple[int, list[Product]]:
        """Return a page of products."""
        page = qs.pagination
        return len(IN_ORDER), list(IN_ORDER[page.offset : page.offset + page.limit])

    async def create_object(self, data_create: Any, view_kwargs: dict[str, Any]) -> Article:
        """Return what a draft becomes."""
        draft = data_create.attributes
        return Article(
            new_id(draft.title),
            draft.title,
            draft.body,
            draft.publishedAt,
            draft.readingMinutes,
            draft.tags,
            CREATED,
            CREATED,
        )


class View(ViewBase):
    """Shows what is in memory."""

    data_layer_cls = Memory


def related_model(resource_type: str, model: type[Any], field_name: str) -> type[Any]:
    """Return the model at the other end of a relationship."""
    return Related


def application() -> FastAPI:
    """Return the ASGI application."""
    models_storage.register_search_handler("memory", related_model)
    models_storage.set_orm_mode("memory")
    app = FastAPI()
    builder = ApplicationBuilder(app)
    for path, kind, model, schema in (
        ("/products", "products", Product, ProductSchema),
        ("/makers", "makers", Related, RelatedSchema),
        ("/labels", "labels", Related, RelatedSchema),
    ):
        builder.add_resource(
            path=path,
            tags=[kind],
            resource_type=kind,
            view=View,
            model=model,
            schema=schema,
            operations=[Operation.GET, Operation.GET_LIST],
            pagination_default_offset=0,
            pagination_default_limit=20,
            ending_slash=False,
        )
    builder.add_resource(
        path="/articles",
        tags=["articles"],
        resource_type="articles",
        view=View,
        model=Article,
        schema=ArticleSchema,
        schema_in_post=DraftSchema,
        operations=[Operation.CREATE],
        ending_slash=False,
    )
    return builder.initialize()
