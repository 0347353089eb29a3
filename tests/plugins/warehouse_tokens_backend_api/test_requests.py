"""``POST /warehouse-tokens``: whoever works in a warehouse gets a token of it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from glue_core import GlueError, GlueRequest, GlueResponse, Operation, Protection, Work
from glue_core.testing import Client, Deployment, assert_error, in_memory
from glue_users import UserWriter
from glue_warehouse_users import AssignmentDraft, WarehouseAssignments
from tests.plugins.warehouse_users.backend import Backend, open_backend

PLACE = "/warehouse-tokens"
WEEK = 7 * 24 * 60 * 60


def who(request: GlueRequest) -> GlueResponse:
    """Tell which warehouse asks."""
    warehouse = request.request_warehouse
    told = None if warehouse is None else [warehouse.surrogate_identifier, *warehouse.scopes]
    return GlueResponse(content=orjson.dumps(told), format="application/json")


PICKING = in_memory(
    "glue.plugins.backend_api",
    "picking",
    glue_route_providers=lambda: [
        Operation("get", who, "/picking", protection=Protection(("warehouse-token",))),
        Operation("get", who, "/office", protection=Protection(kinds=("user",))),
    ],
)


@pytest.fixture
def backend(glue_deployment: Callable[..., Deployment]) -> Backend:
    """A backend where Ada works in the north, with a place for warehouses."""
    made = open_backend(glue_deployment, [PICKING], plugins={"oauth": {"revocation_seconds": 0}})
    made.assign("ada", "North", is_active=True)
    made.assign("ben", "North")
    return made


def issued(client: Client) -> dict[str, Any]:
    """Ask for a token in plain JSON and return its attributes."""
    response = client.post(PLACE, json={})
    assert response.status_code == 201, response
    (found,) = response.json
    return dict(found)


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says."""
    part = token.split(".")[1]
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def test_plain_answer(backend: Backend) -> None:
    """Without a convention the answer is a list with one object in camel case."""
    found = issued(backend.plain("ada"))

    assert found.keys() == {"tokenType", "expiresIn", "accessToken", "refreshToken"}
    assert (found["tokenType"], found["expiresIn"], found["refreshToken"]) == ("Bearer", WEEK, None)


def test_json_api_answer(backend: Backend) -> None:
    """In JSON:API the answer is an object of the type token; caches keep none of it."""
    response = backend.client("ada").post(PLACE, json={"data": {"type": "warehouse-tokens"}})

    assert response.status_code == 201, response
    assert response.json["data"]["type"] == "token"
    assert response.json["data"]["attributes"]["expiresIn"] == WEEK
    assert response.headers["cache-control"] == "no-store"


def test_body_is_not_needed(backend: Backend) -> None:
    """The place needs no attributes, and so no body."""
    assert backend.plain("ada").post(PLACE).status_code == 201


def test_what_the_token_says(backend: Backend) -> None:
    """The token is the warehouse's: its number, its scope, seven days, and who got it."""
    claims = claims_of(issued(backend.plain("ada"))["accessToken"])

    assert orjson.loads(claims["sub"]) == {"id_warehouse": backend.warehouses["North"].id}
    assert orjson.loads(claims["act"]["sub"])["uuid"] == backend.users["ada"].uuid
    assert claims["scopes"] == ["warehouse"]
    assert claims["exp"] - int(claims["iat"]) == WEEK


def test_warehouse_asks_with_it(backend: Backend) -> None:
    """A request with the token is one of the warehouse, and warehouse-token lets it in."""
    token = issued(backend.plain("ada"))["accessToken"]
    client = backend.plain(token=token)

    assert client.get("/picking").json == [backend.warehouses["North"].id, "warehouse"]
    assert client.get("/office").status_code == 403
    assert backend.plain("ada").get("/picking").status_code == 403


def test_warehouse_gets_no_other_token(backend: Backend) -> None:
    """The place is for users: a warehouse cannot prolong its own token."""
    token = issued(backend.plain("ada"))["accessToken"]

    assert backend.plain(token=token).post(PLACE).status_code == 403
    assert backend.plain().post(PLACE).status_code == 401


@pytest.mark.parametrize("name", ["ben", "office"])
def test_user_without_an_active_assignment(backend: Backend, name: str) -> None:
    """Whoever works in no warehouse now answers 403 with the code 5101, in both conventions."""
    plain, json_api = backend.plain(name), backend.client(name)

    assert_error(plain.post(PLACE), 403, "5101")
    response = json_api.post(PLACE, json={"data": {"type": "warehouse-tokens"}})
    assert_error(response, 403, "5101")
    assert "Operation is forbidden." in response.text


def test_refusal_in_german(backend: Backend) -> None:
    """The refusal has German words for requests in a German locale."""
    catalogue = backend.deployment.registry.applications["backend_api"].catalogue
    assert catalogue is not None
    error = GlueError(403, "5101", "Operation is forbidden.")
    catalogue.word(error, "de_DE")

    assert error.message == "Das ist nicht erlaubt."


def test_token_follows_the_active_assignment(backend: Backend) -> None:
    """The token is of the warehouse that the user works in when it is asked for."""
    backend.assign("ada", "South", is_active=True)
    claims = claims_of(issued(backend.plain("ada"))["accessToken"])

    assert orjson.loads(claims["sub"]) == {"id_warehouse": backend.warehouses["South"].id}


def test_token_endpoint_does_not_offer_the_grant(backend: Backend) -> None:
    """Nobody gets a token of a warehouse at the token endpoint, nor is told that there is one."""
    client = backend.plain()
    number = str(backend.warehouses["North"].id)
    response = client.post("/token", json={"grant_type": "warehouse", "id_warehouse": number})

    assert_error(response, 400, "unsupported_grant_type")
    offered = client.get("/.well-known/oauth-authorization-server").json
    assert "warehouse" not in offered["grant_types_supported"]


def test_parameters_choose_no_warehouse(backend: Backend) -> None:
    """What the body says about a warehouse counts for nothing."""
    south = backend.warehouses["South"].id
    response = backend.plain("ada").post(
        PLACE, json={"id_warehouse": south, "grant_type": "password", "scope": "user"}
    )
    claims = claims_of(response.json[0]["accessToken"])

    assert orjson.loads(claims["sub"]) == {"id_warehouse": backend.warehouses["North"].id}
    assert claims["scopes"] == ["warehouse"]


def test_token_of_a_warehouse_that_is_gone(backend: Backend) -> None:
    """A token counts no more once its warehouse is gone."""
    client = backend.plain(token=issued(backend.plain("ada"))["accessToken"])
    assert client.get("/picking").status_code == 200
    with backend.deployment.services.database.work() as work:
        work.session.execute(sa.text("DELETE FROM catalog_warehouse WHERE name = 'North'"))

    assert_error(client.get("/picking"), 401, "001")
    assert_error(backend.plain("ada").post(PLACE), 403, "5101")


def is_disabled(backend: Backend, work: Work) -> None:
    """Disable the user."""
    backend.deployment.features.get(UserWriter).disable(backend.users["ada"].uuid, work)


def has_a_new_password(backend: Backend, work: Work) -> None:
    """Give the user another password."""
    writer = backend.deployment.features.get(UserWriter)
    writer.set_password(backend.users["ada"].uuid, "another long one", work)


def works_elsewhere(backend: Backend, work: Work) -> None:
    """Let the user work in another warehouse."""
    south = AssignmentDraft(backend.users["ada"].uuid, backend.warehouses["South"].uuid, True)
    backend.deployment.features.get(WarehouseAssignments).create([south], work)


def works_nowhere(backend: Backend, work: Work) -> None:
    """Delete the user's assignment."""
    assignments = backend.deployment.features.get(WarehouseAssignments)
    found = assignments.active_of(backend.users["ada"].uuid, work)
    assert found is not None
    assignments.delete(found.uuid, work)


@pytest.mark.parametrize(
    "happens", [is_disabled, has_a_new_password, works_elsewhere, works_nowhere]
)
def test_token_ends_with_whoever_got_it(
    backend: Backend, happens: Callable[[Backend, Work], None]
) -> None:
    """A token counts no more once its user may not log in, or does not work there any more."""
    client = backend.plain(token=issued(backend.plain("ada"))["accessToken"])
    assert client.get("/picking").status_code == 200
    with backend.deployment.services.database.work() as work:
        happens(backend, work)

    assert_error(client.get("/picking"), 401, "001")


def test_without_the_grant(glue_deployment: Callable[..., Deployment]) -> None:
    """Where a project leaves the grant out the place says that no token can be issued."""
    backend = open_backend(
        glue_deployment, disable=["glue-warehouse-users:warehouse_users.warehouse"]
    )
    backend.assign("ada", "North", is_active=True)

    assert_error(backend.plain("ada").post(PLACE), 400, "unsupported_grant_type")


def test_audit_log(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """The audit log has who got a token of which warehouse, and who got none; never the token."""
    clients = [backend.plain(name) for name in ("ada", "ben")]
    caplog.set_level(logging.INFO, logger="glue.audit")
    token = issued(clients[0])["accessToken"]
    clients[1].post(PLACE)

    records: list[Any] = [each for each in caplog.records if each.name == "glue.audit"]
    told = [(each.tag, each.kind, each.subject) for each in records]
    assert told == [
        ("successful_login", "warehouse", backend.users["ada"].uuid),
        ("failed_login", "warehouse", backend.users["ben"].uuid),
    ]
    assert token not in caplog.text
