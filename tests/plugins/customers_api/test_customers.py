"""What customers see and change of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import assert_collection, assert_error, assert_resource

Shop = Any
PASSWORD = "Correct-horse-1"
NEW = "Better-horse-22"


@pytest.fixture
def ada(shop: Shop) -> str:
    """The reference of a customer; there is another one."""
    reference: str = shop.customer(salutation="Ms", gender="Female")
    shop.customer("bo@example.com", first_name="Bo")
    return reference


def test_list_of_one(shop: Shop, ada: str) -> None:
    """The collection is the customer of the token."""
    assert_collection(shop.as_(ada).get("/customers"), [ada], "customers")
    assert [each["email"] for each in shop.as_(ada, plain=True).get("/customers").json] == [
        "ada@example.com"
    ]


def test_list_of_somebody_who_is_gone(shop: Shop, ada: str) -> None:
    """A token that still counts for somebody who does not exist any more shows nobody."""
    shop.as_(ada).delete(f"/customers/{ada}")

    assert shop.as_(ada).get("/customers").json["data"] == []
    assert shop.as_("customer--77").get("/customers").json["data"] == []


def test_customer_is_shown(shop: Shop, ada: str) -> None:
    """A customer sees their own data."""
    answer = shop.as_(ada).get(f"/customers/{ada}")

    assert_resource(answer, "customers", ada, {"firstName": "Ada", "salutation": "Ms"}, status=200)


@pytest.mark.parametrize("path", ["/customers/mine", "/customers/mine?fields[customers]=email"])
def test_mine_is_whoever_asks(shop: Shop, ada: str, path: str) -> None:
    """``mine`` stands for the reference; links show the reference."""
    answer = shop.as_(ada).get(path)

    shown = assert_resource(answer, "customers", ada, {"email": "ada@example.com"}, status=200)
    assert shown["links"]["self"].startswith(f"http://localhost/customers/{ada}")


def test_mine_is_changed(shop: Shop, ada: str) -> None:
    """``mine`` stands for the reference in every method, and below."""
    client = shop.as_(ada)
    data = {"type": "customers", "id": ada, "attributes": {"firstName": "Adele"}}
    passwords = {"password": PASSWORD, "newPassword": NEW, "confirmPassword": NEW}
    body = {"data": {"type": "customer-password", "attributes": passwords}}

    assert client.patch("/customers/mine", json={"data": data}).status_code == 200
    assert client.get("/customers/mine/notes").status_code == 200
    assert client.get("/customers/mine/relationships/notes").status_code == 200
    assert client.patch("/customer-password/mine", json=body).status_code == 204
    assert client.delete("/customers/mine").status_code == 204
    assert shop.read(ada).is_anonymised


def test_mine_of_nobody(shop: Shop, ada: str) -> None:
    """Whoever is not logged in is nobody's customer."""
    assert shop.client.get("/customers/mine").status_code == 401
    assert shop.as_("anonymous:7").get("/customers/mine").status_code == 401
    assert_error(shop.as_("bad").get("/customers/mine"), 401, "001")


def test_only_what_was_sent_changes(shop: Shop, ada: str) -> None:
    """Attributes that are not named stay."""
    sent = {"lastName": "Winter", "dateOfBirth": "1988-04-12", "gender": None}
    answer = shop.send("PATCH", f"/customers/{ada}", sent, as_=ada)

    assert_resource(answer, "customers", ada, {**sent, "firstName": "Ada"}, status=200)
    found = shop.read(ada)
    assert (found.first_name, found.last_name, found.gender) == ("Ada", "Winter", None)


def test_change_in_plain_json(shop: Shop, ada: str) -> None:
    """The same without a convention."""
    answer = shop.as_(ada, plain=True).patch(f"/customers/{ada}", json={"firstName": "Adele"})

    assert (answer.status_code, answer.json[0]["firstName"]) == (200, "Adele")


@pytest.mark.parametrize(
    ("sent", "status", "code", "name"),
    [
        ({"email": "Bo@example.com"}, 422, "400", "email"),
        ({"email": "bo"}, 422, "901", "email"),
        ({"email": f"{'a' * 60}@{'b' * 40}.example.com"}, 422, "417", "email"),
        ({"firstName": ""}, 422, "901", "firstName"),
        ({"firstName": None}, 422, "901", "firstName"),
        ({"dateOfBirth": "12.04.1988"}, 422, "901", "dateOfBirth"),
        ({"salutation": "Sir"}, 422, "901", "salutation"),
        ({"acceptedTerms": True}, 422, "901", "acceptedTerms"),
        ({"updatedAt": "2020-01-01 00:00:00.000000"}, 422, "901", "updatedAt"),
        ({"password": NEW, "confirmPassword": PASSWORD}, 422, "406", "confirmPassword"),
        ({"password": NEW}, 422, "406", "confirmPassword"),
    ],
    ids=repr,
)
def test_change_that_is_refused(
    shop: Shop, ada: str, sent: dict[str, Any], status: int, code: str, name: str
) -> None:
    """What cannot be is told with its place, and nothing changes."""
    before = shop.read(ada)
    answer = shop.send("PATCH", f"/customers/{ada}", {"lastName": "Other", **sent}, as_=ada)

    assert_error(answer, status, code, pointer=f"/data/attributes/{name}")
    assert shop.read(ada) == before


def test_password_does_not_change_there(shop: Shop, ada: str) -> None:
    """A password beside other changes is compared, and left out."""
    sent = {"firstName": "Adele", "password": NEW, "confirmPassword": NEW}

    assert shop.send("PATCH", f"/customers/{ada}", sent, as_=ada).status_code == 200
    assert shop.login() is not None
    assert shop.read(ada).first_name == "Adele"


def test_customer_is_forgotten(shop: Shop, ada: str) -> None:
    """Nothing of the person is left, the address is free again, and tokens can be told void."""
    shop.events()
    answer = shop.as_(ada).delete(f"/customers/{ada}")

    found = shop.read(ada)
    assert (answer.status_code, answer.text) == (204, "")
    assert (found.first_name, found.last_name, found.gender) == ("", "", None)
    assert found.anonymised_at is not None
    assert "customers.anonymised" in [each.name for each in shop.events()]
    assert_error(shop.as_(ada).get(f"/customers/{ada}"), 404, "402")
    assert_error(shop.as_(ada).delete(f"/customers/{ada}"), 404, "402")
    assert_error(shop.send("PATCH", f"/customers/{ada}", {}, as_=ada), 404, "402")
    assert shop.customer("ada@example.com") != ada
