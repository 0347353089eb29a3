"""Nobody sees or changes another customer, by whatever way."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import assert_error, assert_no_leaks
from glue_core.testing.leaks import leaks

Shop = Any
PASSWORD = "Correct-horse-1"
NEW = "Better-horse-22"
SECRET = "bo.berger@example.com"


@pytest.fixture
def ada(shop: Shop) -> str:
    """Whoever asks."""
    reference: str = shop.customer()
    return reference


@pytest.fixture
def bo(shop: Shop, ada: str) -> str:
    """Somebody else, of whom there is a note together with whoever asks."""
    reference: str = shop.customer(SECRET, first_name="Bo")
    shop.write_note("1", ada, reference)
    return reference


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/customers"),
        ("GET", "/customers/{bo}"),
        ("PATCH", "/customers/{bo}"),
        ("DELETE", "/customers/{bo}"),
        ("PATCH", "/customer-password/{bo}"),
        ("GET", "/customers/{bo}/notes"),
        ("GET", "/customers/{bo}/relationships/notes"),
        ("PATCH", "/customers/{bo}/relationships/notes"),
    ],
)
@pytest.mark.parametrize("who", [None, "user:carla", "anonymous:7", "warehouse:1"])
def test_customers_only(shop: Shop, bo: str, method: str, path: str, who: str | None) -> None:
    """Who is not logged in as a customer is told so, whatever the request says."""
    client = shop.client if who is None else shop.as_(who)
    answer = client.request(method, path.format(bo=bo))

    known = who is not None and not who.startswith("anonymous")
    assert answer.status_code == (403 if known else 401), answer
    assert ("www-authenticate" in answer.headers) is not known
    assert SECRET not in answer.text


@pytest.mark.parametrize("path", ["", "/notes", "/relationships/notes"])
def test_reading_somebody_else(shop: Shop, ada: str, bo: str, path: str) -> None:
    """Somebody else's id is answered as one that nobody has, word for word."""
    client = shop.as_(ada)
    hidden, unknown = (client.get(f"/customers/{each}{path}") for each in (bo, "customer--99"))

    assert_error(hidden, 404, "402")
    assert hidden.text == unknown.text


@pytest.mark.parametrize(
    ("method", "path", "attributes"),
    [
        ("PATCH", "/customers/{}", {"firstName": "Eve"}),
        ("PATCH", "/customers/{}", {"firstName": ""}),
        ("DELETE", "/customers/{}", None),
        (
            "PATCH",
            "/customer-password/{}",
            {"password": PASSWORD, "newPassword": NEW, "confirmPassword": NEW},
        ),
        ("PATCH", "/customer-password/{}", {}),
        ("PATCH", "/customers/{}/relationships/notes", None),
    ],
)
def test_changing_somebody_else(
    shop: Shop, ada: str, bo: str, method: str, path: str, attributes: Any
) -> None:
    """A change of somebody else is refused before it is looked at, be there such a customer."""
    before = shop.read(bo)
    answers = []
    for reference in (bo, "customer--99"):
        data = {"type": path.split("/")[1], "id": reference, "attributes": attributes or {}}
        body: dict[str, Any] = {"data": data}
        if "relationships" in path:
            body = {"data": [{"type": "notes", "id": "1"}]}
        options = {} if method == "DELETE" else {"json": body}
        answers.append(shop.as_(ada).request(method, path.format(reference), **options))

    hidden, unknown = answers
    assert_error(hidden, 403, "411")
    assert hidden.text == unknown.text
    assert shop.read(bo) == before
    assert shop.login(SECRET) is not None
    assert shop.notes.written == []


def test_own_relationship_is_changed(shop: Shop, ada: str) -> None:
    """What belongs to a customer may be changed by that customer."""
    body = {"data": [{"type": "notes", "id": "1"}]}
    path = f"/customers/{ada}/relationships/notes"

    assert shop.as_(ada).patch(path, json=body).status_code == 204
    assert shop.notes.written == [["1"]]


@pytest.mark.parametrize(
    "path",
    [
        "/notes/1?include=authors",
        "/notes/1/authors",
        "/notes/1/relationships/authors",
        "/customers/{ada}?include=notes.authors",
        "/customers?include=notes.authors",
    ],
)
def test_what_leads_to_customers(shop: Shop, ada: str, bo: str, path: str) -> None:
    """Of several customers that something leads to, everybody sees themselves."""
    answer = shop.as_(ada).get(path.format(ada=ada))

    assert answer.status_code == 200, answer
    assert f'"id":"{ada}"' in answer.text
    assert bo not in answer.text
    assert SECRET not in answer.text


@pytest.mark.parametrize("who", [None, "user:carla", "anonymous:7"])
@pytest.mark.parametrize(
    "path",
    ["/notes/1", "/notes/1?include=authors", "/notes/1/authors", "/notes/1?fields[notes]=authors"],
)
def test_nothing_leads_others_to_customers(
    shop: Shop, ada: str, bo: str, who: str | None, path: str
) -> None:
    """For whoever is no customer nothing leads to one."""
    client = shop.client if who is None else shop.as_(who)
    answer = client.get(path)

    assert ada not in answer.text
    assert bo not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "filter[customers.reference]={bo}",
        "filter[customers.email]=" + SECRET,
        "sort=email",
        "page[offset]=1",
    ],
)
def test_lists_do_not_tell(shop: Shop, ada: str, bo: str, query: str) -> None:
    """No filter, order or page of the list leads to somebody else."""
    answer = shop.as_(ada).get(f"/customers?{query.format(bo=bo)}")

    assert [each["id"] for each in answer.json.get("data", [])] in ([ada], [])
    assert '"firstName":"Bo"' not in answer.text
    assert "total" not in answer.json.get("meta", {})


@pytest.mark.parametrize("path", ["/notes/1", "/notes/1/relationships/authors"])
def test_relationship_to_somebody_else(shop: Shop, ada: str, bo: str, path: str) -> None:
    """A write may name oneself; naming somebody else is naming one that does not exist."""
    client = shop.as_(ada)

    def relate(reference: str) -> Any:
        linkage = [{"type": "customers", "id": reference}]
        if path == "/notes/1":
            held = {"authors": {"data": linkage}}
            return client.patch(
                path, json={"data": {"type": "notes", "id": "1", "relationships": held}}
            )
        return client.patch(path, json={"data": linkage})

    hidden, unknown = relate(bo), relate("customer--99")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace(bo, "ID") == unknown.text.replace("customer--99", "ID")
    assert relate(ada).status_code in (200, 204)
    assert shop.notes.written == [[ada]]


@pytest.mark.parametrize("op", ["update", "remove"])
def test_operations_on_somebody_else(shop: Shop, ada: str, bo: str, op: str) -> None:
    """An operation among others may no more than a request of its own, and undoes them all."""

    def operation(reference: str) -> dict[str, Any]:
        ref = {"type": "customers", "id": reference}
        return (
            {"op": op, "ref": ref}
            if op == "remove"
            else {"op": op, "data": {**ref, "attributes": {"firstName": "Eve"}}}
        )

    before = shop.read(ada), shop.read(bo)
    refused = shop.atomic(operation(ada), operation(bo), as_=ada)

    assert_error(refused, 403, "411")
    assert (shop.read(ada), shop.read(bo)) == before
    assert shop.atomic(operation(ada), as_=ada).status_code in (200, 204)
    assert shop.read(ada) != before[0]


def test_operations_after_a_registration(
    shop: Shop, ada: str, registration: dict[str, Any]
) -> None:
    """Whoever registers somebody may do nothing else as them."""
    data = {"type": "customers", "lid": "new", "attributes": {**registration, "email": "c@d.de"}}
    change = {"type": "customers", "lid": "new", "attributes": {"firstName": "Eve"}}
    made = {"op": "add", "data": data}
    answer = shop.atomic(made, {"op": "update", "data": change}, as_=ada)

    assert_error(answer, 403, "411")
    assert shop.read("customer--2") is None
    assert shop.atomic(made).status_code == 200


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("name", ["password", "passwordHash", "phone", "company", "confirmed_at"])
def test_what_is_no_attribute_does_not_leak(shop: Shop, ada: str, plain: bool, name: str) -> None:
    """What the feature knows besides shows nowhere; ``password`` is written, and never read."""
    client = shop.as_(ada, plain=plain)
    arguments: dict[str, Any] = {"collection": "/customers", "id": ada, "type": "customers"}
    if name != "password":
        assert_no_leaks(client, **arguments, name=name)
        return

    found = leaks(client, **arguments, name=name, secret="argon2")
    assert [each for each in found if not each.startswith("PATCH /customers/")] == []


def test_relationship_to_customers_does_not_leak(shop: Shop, bo: str) -> None:
    """For whoever is no customer a relationship to customers is one that nobody has."""
    assert_no_leaks(
        shop.client, collection="/notes", id="1", type="notes", name="authors", secret=SECRET
    )


def test_bad_token(shop: Shop, ada: str) -> None:
    """A token that proves nothing fails at open routes as well."""
    body = {"registrationKey": "x"}
    answer = shop.send("POST", "/customer-confirmation", body, as_="bad")

    assert_error(answer, 401, "001")
