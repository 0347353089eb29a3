"""jsonapi-requests, from PyPI: reads and writes the magazine, reads the storefront."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

pytestmark = pytest.mark.clients

jsonapi_requests = pytest.importorskip("jsonapi_requests", reason="jsonapi-requests is absent.")
ApiModel: Any = jsonapi_requests.orm.ApiModel


@dataclass(frozen=True, slots=True)
class Library:
    """The library for one base URL, without models and with those of the magazine.

    Attributes:
        api: The plain client.
        articles: Model of an article.
        authors: Model of an author.
    """

    api: Any
    articles: Any
    authors: Any


def library(base: str) -> Library:
    """Return the library with models of the magazine."""
    options = {"API_ROOT": base, "APPEND_SLASH": False, "TIMEOUT": 30, "RETRIES": 1}
    orm = jsonapi_requests.orm.OrmApi.config(options)
    attribute, relation = jsonapi_requests.orm.AttributeField, jsonapi_requests.orm.RelationField

    class Author(ApiModel):  # type: ignore[misc]
        """An author."""

        class Meta:
            type = "authors"
            api = orm

        name = attribute("name")

    class Article(ApiModel):  # type: ignore[misc]
        """An article."""

        class Meta:
            type = "articles"
            api = orm

        title = attribute("title")
        body = attribute("body")
        tags = attribute("tags")
        author = relation("author")

    return Library(orm.api, Article, Author)


def followed(api: Any, path: str) -> list[str]:
    """Return the ids of a collection, page after page."""
    response = api.endpoint(path).get(params={"page[offset]": 0, "page[limit]": 7})
    found = []
    while True:
        found += [each.id for each in response.data]
        if "next" not in response.content.links:
            return found
        response = api.endpoint(response.content.links["next"]).get()


def errors_of(caught: pytest.ExceptionInfo[Any]) -> list[dict[str, Any]]:
    """Return the error objects of what the library raised."""
    errors: list[dict[str, Any]] = json.loads(caught.value.content)["errors"]
    return errors


def test_one_article_is_fetched(shop: Any) -> None:
    """The library hands out attributes and links as they were sent."""
    sent = shop.written()

    got = library(shop.magazine).api.endpoint(f"articles/{sent['id']}").get().data

    assert (got.id, got.type) == (sent["id"], "articles")
    assert dict(got.attributes) == sent["attributes"]
    assert dict(got.links) == sent["links"]


def test_page_is_fetched(shop: Any) -> None:
    """A page has the size that was asked for, with the total beside it."""
    asked = {"page[offset]": 2, "page[limit]": 3}

    content = library(shop.magazine).api.endpoint("articles").get(params=asked).content

    ids = shop.ids(f"{shop.magazine}/articles")
    assert [each.id for each in content.data] == ids[2:5]
    assert content.meta["total"] == len(ids)


def test_next_is_followed_to_the_end(shop: Any) -> None:
    """Following next visits every article once, in order."""
    ids = shop.ids(f"{shop.magazine}/articles")

    assert len(ids) > 7
    assert followed(library(shop.magazine).api, "articles") == ids


def test_author_is_included(shop: Any) -> None:
    """The author is found in the included resources, without a further request."""
    sent = shop.written()
    author = shop.read(f"{shop.magazine}/articles/{sent['id']}/author")["data"]
    models = library(shop.magazine)

    found = models.articles.get_list(params={"include": "author", "sort": "publishedAt"})

    (article,) = (each for each in found if each.id == sent["id"])
    assert not article.author.is_stub
    assert (article.author.id, article.author.name) == (author["id"], author["attributes"]["name"])


def test_article_is_created_updated_and_deleted(shop: Any) -> None:
    """What is written is what is read: a to-one relationship, a change, the end."""
    author_id = shop.written()["relationships"]["author"]["data"]["id"]
    models = library(shop.magazine)
    article = models.articles()
    article.title, article.body, article.tags = "By jsonapi-requests", "Text.", ["a", "b"]
    article.author = models.authors.from_id(author_id)

    article.save()
    created = article.id, article.attributes["createdAt"]
    # A model sends all that it knows, and what was read has attributes that cannot be written.
    changed = models.articles(jsonapi_requests.JsonApiObject(type="articles", id=article.id))
    changed.title = "Changed"
    changed.save()

    read = shop.read(f"{shop.magazine}/articles/{article.id}", include="author")["data"]
    assert created == (read["id"], read["attributes"]["createdAt"])
    assert changed.tags == ["a", "b"]
    assert read["attributes"]["title"] == "Changed"
    assert read["attributes"]["tags"] == ["a", "b"]
    assert read["relationships"]["author"]["data"]["id"] == author_id
    article.delete()
    assert not models.articles.exists(article.id)


def test_errors_are_read(shop: Any) -> None:
    """What is wrong with a body comes as error objects with pointers, all of them."""
    body = jsonapi_requests.JsonApiObject(type="articles", attributes={"readingMinutes": "long"})

    with pytest.raises(jsonapi_requests.request_factory.ApiClientError) as caught:
        library(shop.magazine).api.endpoint("articles").post(object=body)

    assert caught.value.status_code == 422
    assert {each["source"]["pointer"] for each in errors_of(caught)} == {
        "/data/attributes/title",
        "/data/attributes/body",
        "/data/attributes/readingMinutes",
    }


def test_storefront_is_read(shop: Any) -> None:
    """A product of the storefront comes with its included prices, which are a list."""
    sent = shop.priced()
    asked = {"include": "abstract-product-prices"}

    content = library(shop.storefront).api.endpoint("abstract-products/001").get(params=asked)

    product = content.data
    assert dict(product.attributes) == sent["data"]["attributes"]
    linkage = product.relationships["abstract-product-prices"].data
    included = {(each.type, each.id): each for each in content.content.included}
    assert [included[each.type, each.id].attributes["price"] for each in linkage] == [
        each["attributes"]["price"] for each in sent["included"]
    ]


def test_storefront_is_followed_to_the_end(shop: Any) -> None:
    """Following next visits every product once, in order."""
    ids = shop.ids(f"{shop.storefront}/abstract-products")

    assert len(ids) > 7
    assert followed(library(shop.storefront).api, "abstract-products") == ids


def test_error_of_the_storefront_is_read(shop: Any) -> None:
    """A product that does not exist is told with the code of the storefront."""
    with pytest.raises(jsonapi_requests.request_factory.ApiClientError) as caught:
        library(shop.storefront).api.endpoint("abstract-products/none").get()

    assert caught.value.status_code == 404
    assert [(each["status"], each["code"]) for each in errors_of(caught)] == [(404, "301")]
