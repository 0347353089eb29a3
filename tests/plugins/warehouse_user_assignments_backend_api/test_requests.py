"""Requests for assignments of users to warehouses: who may do what, and what is answered."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from glue_core.testing import Deployment, assert_error, assert_no_leaks
from tests.plugins.warehouse_users.backend import Backend, open_backend

PLACE, TYPE = "/warehouse-user-assignments", "warehouse-user-assignments"
NOBODY = str(uuid.uuid4())


@pytest.fixture
def backend(glue_deployment: Callable[..., Deployment]) -> Backend:
    """A backend without assignments."""
    return open_backend(glue_deployment)


def document(id_: str | None = None, **attributes: Any) -> dict[str, Any]:
    """Return the document of a write."""
    named = {} if id_ is None else {"id": id_}
    return {"data": {"type": TYPE, **named, "attributes": attributes}}


def body(backend: Backend, name: str, warehouse: str, **more: Any) -> dict[str, Any]:
    """Return the document of a new assignment."""
    return document(
        userUuid=backend.users[name].uuid,
        warehouse={"uuid": backend.warehouses[warehouse].uuid},
        **more,
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that any engine runs while the block does."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


# The back office.


def test_assignment_is_created(backend: Backend) -> None:
    """A new assignment is shown with its warehouse, and is inactive unless it says otherwise."""
    north = backend.warehouses["North"]
    response = backend.client("office").post(PLACE, json=body(backend, "ada", "North"))

    assert response.status_code == 201, response
    data = response.json["data"]
    assert data["type"] == TYPE
    assert str(uuid.UUID(data["id"])) == data["id"]
    assert data["attributes"] == {
        "userUuid": backend.users["ada"].uuid,
        "warehouse": {"uuid": north.uuid, "name": "North", "isActive": True},
        "isActive": False,
    }


def test_assignment_is_read(backend: Backend) -> None:
    """An assignment is read by its UUID, at an address of its own."""
    made = backend.assign("ada", "North", is_active=True)
    response = backend.client("office").get(f"{PLACE}/{made.uuid}")

    assert response.json["data"]["attributes"]["isActive"] is True
    assert response.json["data"]["links"]["self"].endswith(f"{PLACE}/{made.uuid}")


def test_activating_switches_the_others_off(backend: Backend) -> None:
    """An assignment that is set active by a PATCH switches the user's others off."""
    north = backend.assign("ada", "North", is_active=True)
    south = backend.assign("ada", "South")
    client = backend.client("office")
    response = client.patch(f"{PLACE}/{south.uuid}", json=document(south.uuid, isActive=True))

    assert response.status_code == 200, response
    assert response.json["data"]["attributes"]["isActive"] is True
    shown = client.get(f"{PLACE}/{north.uuid}").json["data"]["attributes"]
    assert shown["isActive"] is False


def test_warehouse_and_user_are_changed(backend: Backend) -> None:
    """A PATCH moves an assignment to another warehouse and another user."""
    made = backend.assign("ada", "North")
    changes = body(backend, "ben", "South")
    changes["data"]["id"] = made.uuid
    response = backend.client("office").patch(f"{PLACE}/{made.uuid}", json=changes)

    attributes = response.json["data"]["attributes"]
    assert attributes["userUuid"] == backend.users["ben"].uuid
    assert attributes["warehouse"]["name"] == "South"


def test_assignment_is_deleted(backend: Backend) -> None:
    """A deleted assignment is not found any more."""
    made = backend.assign("ada", "North")
    client = backend.client("office")

    assert client.delete(f"{PLACE}/{made.uuid}").status_code == 204
    assert_error(client.get(f"{PLACE}/{made.uuid}"), 404, "5201")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_unknown_assignment(backend: Backend, method: str) -> None:
    """A UUID that no assignment has answers 404 with the code 5201."""
    sent = {"json": document(NOBODY, isActive=True)} if method == "patch" else {}
    response = getattr(backend.client("office"), method)(f"{PLACE}/{NOBODY}", **sent)

    assert_error(response, 404, "5201")
    assert "Warehouse user assignment not found." in response.text


def test_errors_of_a_new_assignment(backend: Backend) -> None:
    """All that is wrong with an assignment is told at once, each at its attribute."""
    wrong = document(userUuid=NOBODY, warehouse={"uuid": NOBODY})
    response = backend.client("office").post(PLACE, json=wrong)

    assert response.status_code == 400
    told = [(each["code"], each["source"]["pointer"]) for each in response.json["errors"]]
    assert told == [
        ("5202", "/data/attributes/userUuid"),
        ("5203", "/data/attributes/warehouse/uuid"),
    ]


def test_user_of_the_office_works_in_no_warehouse(backend: Backend) -> None:
    """A user who is none of a warehouse is not found, as somebody who does not exist."""
    response = backend.client("office").post(PLACE, json=body(backend, "office", "North"))

    assert_error(response, 400, "5202")


def test_same_assignment_twice(backend: Backend) -> None:
    """A second assignment of a user to a warehouse answers 400 with the code 5206."""
    backend.assign("ada", "North")
    south = backend.assign("ada", "South")
    client = backend.client("office")
    moved = body(backend, "ada", "North")
    moved["data"]["id"] = south.uuid

    assert_error(client.post(PLACE, json=body(backend, "ada", "North")), 400, "5206")
    assert_error(client.patch(f"{PLACE}/{south.uuid}", json=moved), 400, "5206")


def test_attributes_are_required(backend: Backend) -> None:
    """A new assignment needs a user and a warehouse; what a warehouse is called is not taken."""
    client = backend.client("office")
    missing = client.post(PLACE, json=document())
    named = body(backend, "ada", "North")
    named["data"]["attributes"]["warehouse"]["name"] = "East"
    extra = client.post(PLACE, json=named)

    pointers = {each["source"]["pointer"] for each in missing.json["errors"]}
    assert pointers == {"/data/attributes/userUuid", "/data/attributes/warehouse"}
    assert extra.status_code == 422
    assert extra.json["errors"][0]["source"]["pointer"] == "/data/attributes/warehouse/name"


def test_a_warehouse_without_a_name_stays(backend: Backend) -> None:
    """A change leaves alone what it does not name, and the rest of it is made."""
    made = backend.assign("ada", "North")
    change = document(made.uuid, warehouse={}, isActive=True)

    answer = backend.client("office").patch(f"{PLACE}/{made.uuid}", json=change)

    assert answer.status_code == 200
    shown = answer.json["data"]["attributes"]
    assert (shown["warehouse"]["name"], shown["isActive"]) == ("North", True)


# Lists.


def test_list_is_filtered(backend: Backend) -> None:
    """A list is filtered by UUID, user, warehouse and activity, one and all."""
    first = backend.assign("ada", "North", is_active=True)
    second = backend.assign("ada", "South")
    third = backend.assign("ben", "South", is_active=True)
    client = backend.client("office")

    def found(**filters: str) -> set[str]:
        query = "&".join(f"filter[{TYPE}.{name}]={value}" for name, value in filters.items())
        response = client.get(f"{PLACE}?{query}")
        assert response.status_code == 200, response
        return {each["id"] for each in response.json["data"]}

    south = backend.warehouses["South"].uuid
    assert found(uuid=second.uuid) == {second.uuid}
    assert found(userUuid=backend.users["ada"].uuid) == {first.uuid, second.uuid}
    assert found(warehouseUuid=south) == {second.uuid, third.uuid}
    assert found(isActive="true") == {first.uuid, third.uuid}
    assert found(isActive="0", warehouseUuid=south) == {second.uuid}
    assert_error(client.get(f"{PLACE}?filter[{TYPE}.isActive]=maybe"), 400, "011")


def test_list_is_sorted_and_cut(backend: Backend) -> None:
    """A list has an order and pages."""
    backend.assign("ada", "North")
    active = backend.assign("ada", "South", is_active=True)
    client = backend.client("office")
    response = client.get(f"{PLACE}?sort=-isActive&page[offset]=0&page[limit]=1")

    assert [each["id"] for each in response.json["data"]] == [active.uuid]
    rest = client.get(f"{PLACE}?sort=-isActive&page[offset]=1&page[limit]=5")
    assert len(rest.json["data"]) == 1


def test_users_are_included(backend: Backend) -> None:
    """The user of an assignment comes by include, with a name and nothing else."""
    backend.assign("ada", "North")
    response = backend.client("office").get(f"{PLACE}?include=users")

    assert response.status_code == 200, response
    (user,) = response.json["included"]
    assert (user["type"], user["id"]) == ("users", backend.users["ada"].uuid)
    assert user["attributes"] == {
        "username": "ada@example.com",
        "firstName": "Ada",
        "lastName": "Berg",
    }


def test_users_have_no_place(backend: Backend) -> None:
    """Users are shown through include alone."""
    assert_error(backend.client("office").get("/users"), 404, "007")


def test_include_reads_once(backend: Backend) -> None:
    """Users of many assignments are read at once: more of them cost no more questions."""
    client = backend.client("office")
    numbers = []
    for name, warehouse in (("ada", "North"), ("ben", "North"), ("ben", "South")):
        backend.assign(name, warehouse)
        # The first request with a token is the one that looks at it.
        client.get(PLACE)
        with statements() as asked:
            assert client.get(f"{PLACE}?include=users").status_code == 200
        numbers.append(sum(each.startswith("SELECT") for each in asked))

    assert numbers[0] > 0
    assert len(set(numbers)) == 1


# Who may.


def test_warehouse_user_knows_only_their_own(backend: Backend) -> None:
    """A user of a warehouse lists their own, whatever the filters, and counts no others."""
    own = backend.assign("ada", "North")
    backend.assign("ben", "North")
    client = backend.client("ada")
    others = f"filter[{TYPE}.userUuid]={backend.users['ben'].uuid}"

    assert [each["id"] for each in client.get(PLACE).json["data"]] == [own.uuid]
    assert client.get(f"{PLACE}?{others}").json["data"] == []
    assert client.get(f"{PLACE}/{own.uuid}").status_code == 200


@pytest.mark.parametrize("method", ["get", "patch"])
def test_somebody_elses_is_not_found(backend: Backend, method: str) -> None:
    """To a user of a warehouse an assignment of somebody else is one that nobody has."""
    theirs = backend.assign("ben", "North")
    client = backend.client("ada")

    def ask(id_: str) -> Any:
        sent = {"json": document(id_, isActive=True)} if method == "patch" else {}
        return getattr(client, method)(f"{PLACE}/{id_}", **sent)

    hidden, unknown = ask(theirs.uuid), ask(NOBODY)
    assert_error(hidden, 404, "5201")
    assert hidden.text == unknown.text.replace(NOBODY, theirs.uuid)


def test_warehouse_user_switches(backend: Backend) -> None:
    """A user of a warehouse says where they work now."""
    backend.assign("ada", "North", is_active=True)
    south = backend.assign("ada", "South")
    client = backend.client("ada")
    response = client.patch(f"{PLACE}/{south.uuid}", json=document(south.uuid, isActive=True))

    assert response.status_code == 200, response
    active = client.get(f"{PLACE}?filter[{TYPE}.isActive]=true").json["data"]
    assert [each["id"] for each in active] == [south.uuid]


@pytest.mark.parametrize("attribute", ["userUuid", "warehouse"])
def test_warehouse_user_decides_not_who_works_where(backend: Backend, attribute: str) -> None:
    """A user of a warehouse writes neither the user nor the warehouse: nothing is written."""
    own = backend.assign("ada", "North")
    client = backend.client("ada")
    before = client.get(f"{PLACE}/{own.uuid}").json["data"]
    written = body(backend, "ben", "South")["data"]["attributes"][attribute]
    change = document(own.uuid, isActive=True, **{attribute: written})
    response = client.patch(f"{PLACE}/{own.uuid}", json=change)

    assert_error(response, 422, "901")
    assert response.json["errors"][0]["source"]["pointer"] == f"/data/attributes/{attribute}"
    assert client.get(f"{PLACE}/{own.uuid}").json["data"] == before


def test_warehouse_user_gets_no_token_of_another_warehouse(backend: Backend) -> None:
    """Whoever tries to move to another warehouse still gets tokens of their own."""
    own = backend.assign("ada", "North", is_active=True)
    south = backend.warehouses["South"].uuid
    backend.client("ada").patch(
        f"{PLACE}/{own.uuid}", json=document(own.uuid, warehouse={"uuid": south}, isActive=True)
    )
    issued = backend.plain("ada").post("/warehouse-tokens", json={}).json[0]
    payload = issued["accessToken"].split(".")[1]
    claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))

    assert orjson.loads(claims["sub"]) == {"id_warehouse": backend.warehouses["North"].id}


@pytest.mark.parametrize("method", ["post", "delete"])
def test_warehouse_user_neither_creates_nor_deletes(backend: Backend, method: str) -> None:
    """Creating and deleting are for the back office."""
    own = backend.assign("ada", "North")
    client = backend.client("ada")
    if method == "post":
        response = client.post(PLACE, json=body(backend, "ada", "South"))
    else:
        response = client.delete(f"{PLACE}/{own.uuid}")

    assert response.status_code == 403
    assert client.get(f"{PLACE}/{own.uuid}").status_code == 200


def test_nobody_and_a_warehouse(backend: Backend) -> None:
    """Without a token it is 401 in the usual words; a token without user is 403, code 5204."""
    backend.assign("ada", "North", is_active=True)
    issued = backend.plain("ada").post("/warehouse-tokens", json={}).json[0]
    anonymous = backend.client().get(PLACE)
    warehouse = backend.client(token=issued["accessToken"]).get(PLACE)

    assert anonymous.status_code == 401
    assert "5204" not in anonymous.text
    assert_error(warehouse, 403, "5204")
    assert "Operation is forbidden." in warehouse.text


def test_own_assignments_show_no_other_users(backend: Backend) -> None:
    """What a user of a warehouse reads, includes and filters says nothing of other users."""
    backend.assign("ada", "North")
    backend.assign("ben", "North")
    client = backend.client("ada")

    for query in ("", "?include=users", "?sort=-userUuid", "?page[offset]=1&page[limit]=5"):
        text = client.get(PLACE + query).text
        assert backend.users["ben"].uuid not in text
        assert "ben@example.com" not in text


def test_users_have_no_secrets(backend: Backend) -> None:
    """What else is known of users, such as whether they may log in, is in no answer."""
    own = backend.assign("ada", "North")

    for name in ("office", "ada"):
        assert_no_leaks(
            backend.client(name), collection=PLACE, id=own.uuid, type=TYPE, name="passwordHash"
        )


def test_json_api_only(backend: Backend) -> None:
    """Without JSON:API the place does not exist."""
    assert_error(backend.plain("office").get(PLACE), 404, "007")
