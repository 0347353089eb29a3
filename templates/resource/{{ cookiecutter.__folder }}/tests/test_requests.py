"""The resource, asked through the whole flow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core.testing import Client, assert_collection, assert_error, assert_resource

TYPE = "{{ cookiecutter.type }}"
PATH = f"/{TYPE}"
DOCUMENTS = {id_: {"name": f"Name of {id_}"} for id_ in ("1", "2", "3")}


def test_one_is_a_json_api_document(client: Client, put: Callable[..., None]) -> None:
    """The id is that of the document's key, the attributes are its fields."""
    put(DOCUMENTS)

    response = client.json_api.get(f"{PATH}/2")

    assert_resource(response, TYPE, "2", {"name": "Name of 2"})


def test_one_is_plain_json(client: Client, put: Callable[..., None]) -> None:
    """Without a convention an answer is the attributes."""
    put(DOCUMENTS)

    response = client.get(f"{PATH}/2")

    assert response.status_code == 200
    assert response.json == [{"name": "Name of 2"}]


def test_all_are_shown_in_the_order_of_their_ids(client: Client, put: Callable[..., None]) -> None:
    """The collection has every document."""
    put(DOCUMENTS)

    assert_collection(client.json_api.get(PATH), ["1", "2", "3"])


@pytest.mark.parametrize(("offset", "ids"), [(0, ["1", "2"]), (2, ["3"]), (3, [])])
def test_pages_are_cut(
    client: Client, put: Callable[..., None], offset: int, ids: list[str]
) -> None:
    """A page has as many as the client asks for, and the total counts all."""
    put(DOCUMENTS)

    response = client.json_api.get(f"{PATH}?page[offset]={offset}&page[limit]=2")

    assert_collection(response, ids)
    assert response.json["meta"]["total"] == 3


def test_nothing_is_an_empty_collection(client: Client) -> None:
    """Where nobody has written anything the collection is empty."""
    assert_collection(client.json_api.get(PATH), [])


def test_unknown_id_is_not_found(client: Client, put: Callable[..., None]) -> None:
    """An id without a document answers 404."""
    put(DOCUMENTS)

    response = client.json_api.get(f"{PATH}/4")

    assert_error(response, 404, f"{TYPE}-not-found")
