"""jsonapi-client, from PyPI: reads and writes the magazine, reads the storefront."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

pytestmark = pytest.mark.clients

jsonapi_client = pytest.importorskip("jsonapi_client", reason="jsonapi-client is absent.")
exceptions = pytest.importorskip("jsonapi_client.exceptions")

SCHEMA = {
    "articles": {
        "properties": {
            "title": {},
            "body": {},
            "readingMinutes": {},
            "tags": {},
            "author": {"relation": "to-one", "resource": ["authors"]},
        }
    }
}
"""What the library wants to know before it writes."""


def talk(base: str, to: Callable[[Any], Awaitable[Any]], schema: object = None) -> Any:
    """Return what a conversation returns; it gets a session of the library.

    The library is used without blocking: where it blocks, it looks for a document in an empty 204.
    """

    async def conversation() -> Any:
        # Without being told, it asks for nothing in particular, which is plain JSON here.
        options = {"headers": {"Accept": "application/vnd.api+json"}}
        async with jsonapi_client.Session(
            base, enable_async=True, schema=schema, request_kwargs=options
        ) as session:
            return await to(session)

    return asyncio.run(conversation())


async def followed(session: Any, type_: str) -> list[str]:
    """Return the ids of a collection, page after page."""
    first_page = jsonapi_client.Modifier("page[offset]=0&page[limit]=7")
    return [each.id async for each in session.iterate(type_, first_page)]


def test_one_article_is_fetched(shop: Any) -> None:
    """The library hands out attributes and links as they were sent."""
    sent = shop.written()

    async def conversation(session: Any) -> Any:
        got = (await session.get("articles", sent["id"])).resource
        return got.id, got.type, got.json["attributes"], got.links.self.url

    got = talk(shop.magazine, conversation)

    assert got == (sent["id"], "articles", sent["attributes"], sent["links"]["self"])


def test_page_is_fetched(shop: Any) -> None:
    """A page has the size that was asked for, with the total beside it."""

    async def conversation(session: Any) -> Any:
        page = jsonapi_client.Modifier("page[offset]=2&page[limit]=3")
        document = await session.get("articles", page)
        return [each.id for each in document.resources], document.meta.total

    ids = shop.ids(f"{shop.magazine}/articles")
    assert talk(shop.magazine, conversation) == (ids[2:5], len(ids))


def test_next_is_followed_to_the_end(shop: Any) -> None:
    """Following next visits every article once, in order."""
    ids = shop.ids(f"{shop.magazine}/articles")

    assert len(ids) > 7
    assert talk(shop.magazine, lambda session: followed(session, "articles")) == ids


def test_author_is_included(shop: Any) -> None:
    """The author is found in the included resources, without a further request."""
    sent = shop.written()
    author = shop.read(f"{shop.magazine}/articles/{sent['id']}/author")["data"]

    async def conversation(session: Any) -> Any:
        url = f"{shop.magazine}/articles/{sent['id']}?include=author"
        document = await session.fetch_document_by_url_async(url)
        identifier = document.resource.relationships.author
        # Nothing of the network: the included author is in the session already.
        (got,) = await identifier.fetch()
        return got is document.included[0], got.id, got.name

    got = talk(shop.magazine, conversation)

    assert got == (True, author["id"], author["attributes"]["name"])


def test_article_is_created_updated_and_deleted(shop: Any) -> None:
    """What is written is what is read: a to-one relationship, a change, the end."""
    author_id = shop.written()["relationships"]["author"]["data"]["id"]

    async def conversation(session: Any) -> Any:
        fields = {"title": "By jsonapi-client", "body": "Text.", "tags": ["a", "b"]}
        article = session.create("articles", {**fields, "author": author_id})
        await article.commit()
        url = f"{shop.magazine}/articles/{article.id}"
        created = article.title, article.links.self.url == url
        article.title = "Changed"
        await article.commit()
        read = shop.read(url, include="author")["data"]
        article.delete()
        await article.commit()
        # What was created is remembered by its address.
        session.invalidate()
        with pytest.raises(exceptions.DocumentError) as caught:
            await session.get("articles", article.id)
        return created, read, caught.value.errors

    created, read, gone = talk(shop.magazine, conversation, SCHEMA)

    assert created == ("By jsonapi-client", True)
    assert (read["attributes"]["title"], read["attributes"]["tags"]) == ("Changed", ["a", "b"])
    assert read["relationships"]["author"]["data"]["id"] == author_id
    assert gone == {"status_code": 404}


def test_errors_are_read(shop: Any) -> None:
    """What is wrong with a body comes as a status, and with the title of the first error."""

    async def conversation(session: Any) -> None:
        await session.create("articles", {"readingMinutes": "long"}).commit()

    with pytest.raises(exceptions.DocumentError, match=r"422.*Unprocessable") as caught:
        talk(shop.magazine, conversation, SCHEMA)

    assert caught.value.errors == {"status_code": 422}


def test_storefront_is_read(shop: Any) -> None:
    """A product of the storefront comes with its included prices, which are a list."""
    sent = shop.priced()

    async def conversation(session: Any) -> Any:
        url = f"{shop.storefront}/abstract-products/001?include=abstract-product-prices"
        product = (await session.fetch_document_by_url_async(url)).resource
        prices = await product.relationships["abstract-product-prices"].fetch()
        return product.name, [each.price for each in prices]

    assert talk(shop.storefront, conversation) == (
        sent["data"]["attributes"]["name"],
        [each["attributes"]["price"] for each in sent["included"]],
    )


def test_storefront_is_followed_to_the_end(shop: Any) -> None:
    """Following next visits every product once, in order."""
    ids = shop.ids(f"{shop.storefront}/abstract-products")

    assert len(ids) > 7
    assert talk(shop.storefront, lambda session: followed(session, "abstract-products")) == ids


def test_error_of_the_storefront_is_read(shop: Any) -> None:
    """A product that does not exist is told with its status."""

    async def conversation(session: Any) -> None:
        await session.get("abstract-products", "none")

    with pytest.raises(exceptions.DocumentError) as caught:
        talk(shop.storefront, conversation)

    assert caught.value.errors == {"status_code": 404}
