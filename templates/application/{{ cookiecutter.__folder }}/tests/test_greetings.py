"""The first resource, asked through the whole flow."""

from __future__ import annotations

from glue_core.testing import Client, assert_collection, assert_error, assert_resource
from {{ cookiecutter.__package }}.greetings import GREETINGS


def test_greeting_is_plain_json(client: Client) -> None:
    """Without a convention an answer is the attributes."""
    response = client.get("/greetings/en")

    assert response.status_code == 200
    assert response.json == [{"text": "Hello!"}]


def test_greeting_is_a_json_api_document(client: Client) -> None:
    """The same resource answers JSON:API."""
    response = client.json_api.get("/greetings/en")

    assert_resource(response, "greetings", "en", {"text": "Hello!"})


def test_greetings_are_cut_into_pages(client: Client) -> None:
    """A page has as many greetings as the client asks for, and goes on where the last one ended."""
    assert_collection(client.json_api.get("/greetings"), list(GREETINGS))
    assert_collection(client.json_api.get("/greetings?page[offset]=1&page[limit]=1"), ["en"])


def test_unknown_language_is_not_found(client: Client) -> None:
    """A language without a greeting answers 404."""
    response = client.json_api.get("/greetings/xx")

    assert_error(response, 404, "greetings-not-found")
