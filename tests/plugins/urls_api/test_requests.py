"""The resource url-resolver, on the storefront and as the old application borrows it."""

from typing import Any
from urllib.parse import quote

import pytest

from glue_core.testing import Client

LAMP = "/en/desk-lamp"


@pytest.mark.parametrize("query", ["", "?url=", "?url=%20%20", "?url=%20", "?ulr=/en/desk-lamp"])
def test_missing_url(client: Client, query: str) -> None:
    """Without a value, or with a blank one, it is a 422."""
    answer = client.get(f"/url-resolver{query}", headers={"Accept-Language": "en"})

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["code"]) == (422, "2801")
    assert error["detail"] == "Url request parameter is missing."


@pytest.mark.parametrize(
    "value", [f"{LAMP}/", f"{LAMP}?a=b", f"http://shop.example{LAMP}", "/EN/desk-lamp", "%00", "%"]
)
def test_unknown_url(client: Client, value: str) -> None:
    """A value that is no known path to the letter is a 404."""
    answer = client.get(
        f"/url-resolver?url={quote(value, safe='')}", headers={"Accept-Language": "en"}
    )

    (error,) = answer.json["errors"]
    assert (answer.status_code, error["code"]) == (404, "2802")
    assert error["detail"] == "Url not found."


def test_target_of_another_store(client: Client) -> None:
    """What the store of the request does not show is not found."""
    assert client.get(f"/url-resolver?url={LAMP}").status_code == 200
    assert client.get(f"/url-resolver?url={LAMP}&_store=CH").status_code == 404


def test_nothing_published(client: Client, shop: Any) -> None:
    """A request without a store finds nothing."""
    shop.stores.by_name.clear()

    answer = client.get(f"/url-resolver?url={LAMP}", headers={"Store": "DE"})

    assert answer.status_code == 404


def test_found(client: Client) -> None:
    """The answer is a list of one without an id, which is found where it was asked for."""
    answer = client.get(f"/url-resolver?url={LAMP}")

    assert answer.status_code == 200
    (found,) = answer.json["data"]
    assert (found["type"], found["id"]) == ("url-resolver", None)
    assert found["attributes"] == {"entityType": "abstract-products", "entityId": "0"}


@pytest.mark.parametrize(
    ("name", "query"),
    [("storefront_api", "url=%2Fen%2Fdesk-lamp"), ("legacy_api", "url=/en/desk-lamp")],
)
@pytest.mark.parametrize("sent", [LAMP, quote(LAMP, safe="")])
def test_self_link_has_the_query(
    applications: dict[str, Client], name: str, query: str, sent: str
) -> None:
    """The link repeats the query: encoded on the storefront, decoded on the old application."""
    answer = applications[name].get(f"/url-resolver?url={sent}")

    (found,) = answer.json["data"]
    assert found["links"]["self"].endswith(f"/url-resolver?{query}")
    assert answer.json["links"]["self"].endswith(f"/url-resolver?{query}")


def test_path_has_its_own_locale(client: Client) -> None:
    """The language that the client likes makes no difference."""
    answers = [
        client.get(f"/url-resolver?url={LAMP}", headers={"Accept-Language": language})
        for language in ("de", "en", "fr")
    ]

    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    ("path", "id_"), [(LAMP, "0"), ("/en/100%25-wool", "1"), ("/en/a b+c", "2")]
)
@pytest.mark.parametrize("times", [1, 2])
def test_value_may_be_encoded_twice(client: Client, path: str, id_: str, times: int) -> None:
    """A value that was encoded twice is decoded twice; one that is found as it is, is not."""
    value = path
    for _ in range(times):
        value = quote(value, safe="")

    (found,) = client.get(f"/url-resolver?url={value}").json["data"]

    assert found["attributes"]["entityId"] == id_


def test_plain_value_is_looked_up_once(applications: dict[str, Client], urls: Any) -> None:
    """A value that decoding does not change costs one look."""
    applications["storefront_api"].get("/url-resolver?url=/nowhere")

    assert urls.asked == [("/nowhere", "DE")]


def test_hal(applications: dict[str, Client]) -> None:
    """Another convention shows it too, with the link that it was asked by."""
    answer = Client(applications["storefront_api"].wsgi).get(
        f"/url-resolver?url={LAMP}", headers={"Accept": "application/hal+json"}
    )

    assert "entityType" in answer.text
    assert answer.text.count("/url-resolver?url=%2Fen%2Fdesk-lamp") >= 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("storefront_api", "Der Parameter url fehlt."),
        ("legacy_api", "Url request parameter is missing."),
    ],
)
def test_language_of_errors(applications: dict[str, Client], name: str, text: str) -> None:
    """The storefront tells who reads German in German; the old application has one text."""
    answer = applications[name].get("/url-resolver", headers={"Accept-Language": "de"})

    assert answer.json["errors"][0]["detail"] == text


@pytest.mark.parametrize(("name", "status"), [("storefront_api", 405), ("legacy_api", 404)])
def test_it_is_only_read(applications: dict[str, Client], name: str, status: int) -> None:
    """Other methods are refused as each application refuses them."""
    document = {"data": {"type": "url-resolver", "attributes": {}}}

    answer = applications[name].post("/url-resolver", json=document)

    assert answer.status_code == status
