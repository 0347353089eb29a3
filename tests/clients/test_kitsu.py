"""kitsu, from npm: reads and writes the magazine, reads the storefront."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.clients

PRELUDE = """
import Kitsu from 'kitsu'

const api = new Kitsu({
  baseURL: base, camelCaseTypes: false, resourceCase: 'none', pluralize: false
})
"""
FOLLOW = """
const ids = []
let page = await api.get(given, { params: { page: { offset: 0, limit: 7 } } })
for (;;) {
  ids.push(...page.data.map(each => each.id))
  if (!page.links.next) return ids
  page = await api.request({ url: page.links.next })
}
"""


@pytest.fixture
def kitsu(node_script: Callable[[str], Any]) -> Any:
    """Runs scripts that have a client ``api``."""
    return node_script(PRELUDE)


def test_one_article_is_fetched(kitsu: Any, shop: Any) -> None:
    """The library hands out attributes and links as they were sent."""
    sent = shop.written()

    got = kitsu(shop.magazine, "return (await api.get(`articles/${given}`)).data", sent["id"])

    assert (got["id"], got["type"]) == (sent["id"], "articles")
    assert {key: got[key] for key in sent["attributes"]} == sent["attributes"]
    assert got["links"] == sent["links"]


def test_page_is_fetched(kitsu: Any, shop: Any) -> None:
    """A page has the size that was asked for, with the total beside it."""
    script = "return api.get('articles', { params: { page: { offset: 2, limit: 3 } } })"

    got = kitsu(shop.magazine, script)

    ids = shop.ids(f"{shop.magazine}/articles")
    assert [each["id"] for each in got["data"]] == ids[2:5]
    assert got["meta"]["total"] == len(ids)


def test_next_is_followed_to_the_end(kitsu: Any, shop: Any) -> None:
    """Following next visits every article once, in order."""
    ids = shop.ids(f"{shop.magazine}/articles")

    assert len(ids) > 7
    assert kitsu(shop.magazine, FOLLOW, "articles") == ids


def test_author_is_included(kitsu: Any, shop: Any) -> None:
    """The author is found in the included resources and set into the article."""
    sent = shop.written()
    author = shop.read(f"{shop.magazine}/articles/{sent['id']}/author")["data"]
    script = "return (await api.get(`articles/${given}`, { params: { include: 'author' } })).data"

    got = kitsu(shop.magazine, script, sent["id"])

    assert got["author"]["data"]["id"] == author["id"]
    assert got["author"]["data"]["name"] == author["attributes"]["name"]


def test_article_is_created_updated_and_deleted(kitsu: Any, shop: Any) -> None:
    """What is written is what is read: a to-one relationship, a change, the end."""
    author = shop.written()["relationships"]["author"]["data"]
    script = """
    const written = { title: 'By kitsu', body: 'Text.', tags: ['a', 'b'], author: { data: given } }
    const created = await api.create('articles', written)
    const updated = await api.update('articles', { id: created.data.id, title: 'Changed' })
    const read = await api.get(`articles/${created.data.id}`, { params: { include: 'author' } })
    const removed = await api.remove('articles', created.data.id)
    const after = await api.get(`articles/${created.data.id}`).catch(thrown => thrown)
    return { created, updated, read, removed, gone: after.response.status }
    """

    got = kitsu(shop.magazine, script, author)

    assert got["created"]["status"] == 201
    assert got["created"]["data"]["title"] == "By kitsu"
    assert got["created"]["headers"]["location"] == got["created"]["data"]["links"]["self"]
    assert got["updated"]["data"]["title"] == "Changed"
    assert got["read"]["data"]["title"] == "Changed"
    assert got["read"]["data"]["tags"] == ["a", "b"]
    assert got["read"]["data"]["author"]["data"]["id"] == author["id"]
    assert (got["removed"]["status"], got["gone"]) == (204, 404)


def test_errors_are_read(kitsu: Any, shop: Any) -> None:
    """What is wrong with a body comes as error objects with pointers, all of them."""
    script = "return api.create('articles', { readingMinutes: 'long' })"

    thrown = kitsu(shop.magazine, script, throws=True)

    pointers = {each["source"]["pointer"] for each in thrown["errors"]}
    assert pointers == {
        "/data/attributes/title",
        "/data/attributes/body",
        "/data/attributes/readingMinutes",
    }
    assert {each["status"] for each in thrown["errors"]} == {"422"}


def test_storefront_is_read(kitsu: Any, shop: Any) -> None:
    """A product of the storefront comes with its included prices, which are a list."""
    # kitsu loses the other attributes where one of them is named "attributes", as here.
    script = """
    const fields = { 'abstract-products': 'sku,name,abstract-product-prices' }
    const params = { include: 'abstract-product-prices', fields }
    return (await api.get('abstract-products/001', { params })).data
    """
    sent = shop.priced()

    got = kitsu(shop.storefront, script)

    assert got["name"] == sent["data"]["attributes"]["name"]
    prices = got["abstract-product-prices"]["data"]
    assert [each["price"] for each in prices] == [
        each["attributes"]["price"] for each in sent["included"]
    ]


def test_storefront_is_followed_to_the_end(kitsu: Any, shop: Any) -> None:
    """Following next visits every product once, in order."""
    ids = shop.ids(f"{shop.storefront}/abstract-products")

    assert len(ids) > 7
    assert kitsu(shop.storefront, FOLLOW, "abstract-products") == ids


def test_error_of_the_storefront_is_read(kitsu: Any, shop: Any) -> None:
    """A product that does not exist is told with the code of the storefront."""
    thrown = kitsu(shop.storefront, "return api.get('abstract-products/none')", throws=True)

    assert [(each["status"], each["code"]) for each in thrown["errors"]] == [(404, "301")]
