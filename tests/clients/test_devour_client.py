"""devour-client, from npm: reads and writes the magazine, reads the storefront."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.clients

PRELUDE = """
import JsonApi from 'devour-client'

const errorBuilder = error => error
const api = new JsonApi({ apiUrl: base, logger: false, pluralize: false, errorBuilder })
const author = { jsonApi: 'hasOne', type: 'authors' }
const articles = { jsonApi: 'hasMany', type: 'articles' }
const prices = { jsonApi: 'hasMany', type: 'abstract-product-prices' }
api.define('articles', { title: '', body: '', readingMinutes: 1, tags: [], author })
api.define('authors', { name: '', email: '', joinedOn: '', articles })
api.define('abstract-products', { sku: '', name: '', 'abstract-product-prices': prices })
api.define('abstract-product-prices', { price: 0, prices: [] })
"""
FOLLOW = """
const ids = []
let page = await api.findAll(given, { page: { offset: 0, limit: 7 } })
for (;;) {
  ids.push(...page.document.data.map(each => each.id))
  if (!page.links.next) return ids
  page = await api.request(page.links.next)
}
"""


@pytest.fixture
def devour(node_script: Callable[[str], Any]) -> Any:
    """Runs scripts that have a client ``api`` with its models."""
    return node_script(PRELUDE)


def test_one_article_is_fetched(devour: Any, shop: Any) -> None:
    """The library fills its model with the attributes that were sent."""
    sent = shop.written()

    got = devour(shop.magazine, "return (await api.find('articles', given)).data", sent["id"])

    assert (got["id"], got["type"]) == (sent["id"], "articles")
    for name in ("title", "body", "readingMinutes", "tags"):
        assert got[name] == sent["attributes"][name], name


def test_page_is_fetched(devour: Any, shop: Any) -> None:
    """A page has the size that was asked for, with the total beside it."""
    script = "return api.findAll('articles', { page: { offset: 2, limit: 3 } })"

    got = devour(shop.magazine, script)

    ids = shop.ids(f"{shop.magazine}/articles")
    assert [each["id"] for each in got["data"]] == ids[2:5]
    assert got["meta"]["total"] == len(ids)


def test_next_is_followed_to_the_end(devour: Any, shop: Any) -> None:
    """Following next visits every article once, in order."""
    ids = shop.ids(f"{shop.magazine}/articles")

    assert len(ids) > 7
    assert devour(shop.magazine, FOLLOW, "articles") == ids


def test_author_is_included(devour: Any, shop: Any) -> None:
    """The author is found in the included resources and set into the article."""
    sent = shop.written()
    author = shop.read(f"{shop.magazine}/articles/{sent['id']}/author")["data"]
    script = "return (await api.find('articles', given, { include: 'author' })).data.author"

    got = devour(shop.magazine, script, sent["id"])

    assert (got["id"], got["name"]) == (author["id"], author["attributes"]["name"])


def test_article_is_created_updated_and_deleted(devour: Any, shop: Any) -> None:
    """What is written is what is read: a to-one relationship, a change, the end."""
    author = shop.written()["relationships"]["author"]["data"]
    script = """
    const written = { title: 'By devour', body: 'Text.', tags: ['a', 'b'], author: given }
    const created = (await api.create('articles', written)).data
    const updated = (await api.update('articles', { id: created.id, title: 'Changed' })).data
    const read = (await api.find('articles', created.id, { include: 'author' })).data
    await api.update('articles', { id: created.id, author: null })
    const left = (await api.find('articles', created.id, { include: 'author' })).data
    await api.destroy('articles', created.id)
    const gone = await api.find('articles', created.id).catch(thrown => thrown)
    return { created, updated, read, left, gone }
    """

    got = devour(shop.magazine, script, author)

    assert got["created"]["title"] == "By devour"
    assert got["updated"]["title"] == "Changed"
    assert (got["read"]["title"], got["read"]["tags"]) == ("Changed", ["a", "b"])
    assert got["read"]["author"]["id"] == author["id"]
    assert got["left"]["title"] == "Changed"
    assert got["left"]["author"] is None
    assert got["gone"]["0"]["status"] == "404"


def test_errors_are_read(devour: Any, shop: Any) -> None:
    """What is wrong with a body is told by attribute, as the pointers say, all of it."""
    script = "return api.create('articles', { readingMinutes: 'long' })"

    thrown = devour(shop.magazine, script, throws=True)

    for name in ("title", "body", "readingMinutes"):
        assert thrown[name]["status"] == "422", name
        assert thrown[name]["source"]["pointer"] == f"/data/attributes/{name}"


def test_storefront_is_read(devour: Any, shop: Any) -> None:
    """A product of the storefront comes with its included prices, which are a list."""
    sent = shop.priced()
    script = """
    const asked = { include: 'abstract-product-prices' }
    return (await api.find('abstract-products', '001', asked)).data
    """

    got = devour(shop.storefront, script)

    assert got["name"] == sent["data"]["attributes"]["name"]
    assert [each["price"] for each in got["abstract-product-prices"]] == [
        each["attributes"]["price"] for each in sent["included"]
    ]


def test_storefront_is_followed_to_the_end(devour: Any, shop: Any) -> None:
    """Following next visits every product once, in order."""
    ids = shop.ids(f"{shop.storefront}/abstract-products")

    assert len(ids) > 7
    assert devour(shop.storefront, FOLLOW, "abstract-products") == ids


def test_error_of_the_storefront_is_read(devour: Any, shop: Any) -> None:
    """A product that does not exist is told with the code of the storefront."""
    thrown = devour(shop.storefront, "return api.find('abstract-products', 'none')", throws=True)

    assert (thrown["0"]["status"], thrown["0"]["code"]) == (404, "301")
