"""Policies: what a caller may not know does not exist, in whatever way it could show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    PUBLIC,
    AuthenticationRequest,
    AuthenticationResponse,
    Criterion,
    ErrorCode,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Identity,
    InvalidToken,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Policy,
    Protection,
    Relationship,
    Resource,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Client, assert_error, assert_no_leaks, in_memory, installed
from glue_core.testing.leaks import leaks

Answer = Callable[..., Client]

WHO = {
    "anna": Identity("customer", "DE--1", 1, ("customer",)),
    "ben": Identity("customer", "DE--2", 2, ("customer",)),
    "carla": Identity("user", "carla", 3, ("back-office-user",)),
}


class Server:
    """Takes names for tokens."""

    name = "names"

    def recognises(self, token: str) -> bool:
        """Recognise every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Know three callers."""
        if token not in WHO:
            raise InvalidToken("unknown")
        return WHO[token]

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise NotImplementedError


class OrderAttributes(Schema):
    """Attributes of an order; what it cost the shop is for the back office."""

    customer = fields.String()
    total = fields.Integer(strict=True)
    cost = fields.Integer(strict=True)


class BuyerAttributes(Schema):
    """Attributes of a buyer."""

    reference = fields.String()
    name = fields.String()


BUYERS = {
    "DE--1": {"id": "DE--1", "reference": "DE--1", "name": "Anna Anton"},
    "DE--2": {"id": "DE--2", "reference": "DE--2", "name": "Ben Berger"},
}


class Orders:
    """Orders in memory, of a controller that knows nothing of who may see what."""

    def __init__(self) -> None:
        self.rows = {
            "1": {"id": "1", "customer": "DE--1", "total": 10, "cost": 777},
            "2": {"id": "2", "customer": "DE--2", "total": 20, "cost": 888},
        }
        self.changes: list[Any] = []

    def get(self, request: GlueRequest) -> GlueResponse:
        """Show an order."""
        found = self.rows.get(request.resource.id or "")
        if found is None:
            raise NotFound("402", "Order not found.")
        return GlueResponse.of(found)

    def page(self, request: GlueRequest) -> GlueResponse:
        """List the orders that the filters let through, and count them."""
        found = list(self.rows.values())
        for each in request.filters:
            if each.field in request.operation.filters:
                field = "customer" if each.field == "buyer" else each.field
                found = [row for row in found if str(row[field]) == each.value]
        page = request.pagination or Pagination(0, 10)
        return GlueResponse.page(
            found[page.offset : page.offset + page.limit],
            Pagination(page.offset, page.limit, total=len(found)),
        )

    def post(self, request: GlueRequest) -> GlueResponse:
        """Make an order."""
        made = {"id": "9", "customer": "", "total": 0, "cost": 0, **request.attributes}
        self.changes.append(made)
        return GlueResponse.of(made)

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change an order."""
        self.changes.append(request.resource.id)
        return GlueResponse.of({**self.rows[request.resource.id or ""], **request.attributes})

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Delete an order."""
        self.changes.append(request.resource.id)
        return GlueResponse.no_content()

    def buyers(self, orders: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        """Relate orders to their buyers."""
        return {each.id or "": BUYERS.get(each.attributes["customer"]) for each in orders}

    def set_buyer(self, order: GlueResource, named: Any, request: GlueRequest) -> None:
        """Relate an order to another buyer."""
        self.changes.append([each.id for each in named])

    def of_buyers(self, buyers: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        """Relate buyers to their orders, and to one that is not theirs."""
        return {each.id or "": list(self.rows.values()) for each in buyers}


def own(grants: frozenset[str], type_: str, name: str, action: str) -> bool | Criterion:
    """Let customers keep to their own orders and themselves."""
    if "@customer" not in grants or name:
        return True
    if type_ == "orders" and action in ("read", "write"):
        return Criterion("customer", _reference)
    if type_ == "buyers" and action == "read":
        return Criterion("reference", _reference)
    return True


def _reference(request: GlueRequest) -> str | None:
    customer = request.request_customer
    return None if customer is None else customer.natural_identifier


@pytest.fixture
def orders() -> Orders:
    """The orders."""
    return Orders()


@pytest.fixture
def plugin(orders: Orders) -> Callable[..., Source]:
    """Contribute orders and buyers, protected, with policies."""

    def make(
        *policies: Policy, filters: tuple[str, ...] = ("customer",), load_page: Any = None
    ) -> Source:
        order = Resource(
            "orders",
            OrderAttributes,
            relationships=(
                Relationship(
                    "buyer",
                    "buyers",
                    orders.buyers,
                    many=False,
                    writable=True,
                    replace=orders.set_buyer,
                ),
            ),
            restricted={"cost": ("back-office-user",)},
        )
        buyer = Resource(
            "buyers",
            BuyerAttributes,
            relationships=(
                Relationship("orders", "orders", orders.of_buyers, load_page=load_page),
            ),
        )
        missing = (ErrorCode(404, "402", "Order not found."),)

        def get_buyer(request: GlueRequest) -> GlueResponse:
            return GlueResponse.of(BUYERS[request.resource.id or ""])

        def operations() -> list[Operation]:
            guard: dict[str, Any] = {"protection": Protection()}
            return [
                Operation("get", orders.get, "orders", order, errors=missing, **guard),
                Operation(
                    "getCollection",
                    orders.page,
                    "orders",
                    order,
                    filters=filters,
                    sorts=("total", "cost"),
                    page=PageRules(1, 50),
                    **guard,
                ),
                Operation("post", orders.post, "orders", order, **guard),
                Operation("patch", orders.patch, "orders", order, **guard),
                Operation("delete", orders.delete, "orders", order, **guard),
                Operation("get", get_buyer, "buyers", buyer, **guard),
            ]

        return in_memory(
            "glue.plugins.shop",
            "orders",
            glue_resources=operations,
            glue_authentication_servers=lambda: [Server()],
            glue_authorization_policies=lambda: policies,
        )

    return make


@pytest.fixture
def ask(glue_deployment: Any, application: Source, plugin: Callable[..., Source]) -> Answer:
    """Make a client of somebody who speaks JSON:API."""
    deployments: dict[Any, Any] = {}

    def make(name: str, *policies: Policy, **options: Any) -> Client:
        key = (policies, tuple(options.items()))
        if key not in deployments:
            deployments[key] = glue_deployment(
                [application, *installed("json_api"), plugin(*policies, **options)]
            )
        wsgi = deployments[key].applications["shop"]
        return Client(wsgi, {"authorization": f"Bearer {name}"}).json_api

    return make


OWN = Policy("own", own)


# Fields.


def test_restricted_field_is_shown_to_who_may(ask: Answer) -> None:
    """Who holds the grant sees, sorts by and asks for the field."""
    client = ask("carla")

    assert client.get("/orders/1").json["data"]["attributes"]["cost"] == 777
    assert client.get("/orders?sort=-cost").status_code == 200
    assert client.get("/orders?fields[orders]=cost").status_code == 200


def test_restricted_field_does_not_leak(ask: Answer) -> None:
    """For everybody else the field is one that nobody has, by every way to ask for it."""
    assert_no_leaks(
        ask("anna"), collection="/orders", id="1", type="orders", name="cost", secret="777"
    )


def test_restricted_field_does_not_leak_without_a_convention(
    glue_deployment: Any, application: Source, plugin: Callable[..., Source]
) -> None:
    """Plain JSON hides it as well."""
    deployment = glue_deployment([application, plugin()])
    client = Client(deployment.applications["shop"], {"authorization": "Bearer anna"})

    assert_no_leaks(client, collection="/orders", id="1", type="orders", name="cost", secret="777")


def test_restricted_field_cannot_be_written(ask: Answer, orders: Orders) -> None:
    """Writing it is writing an unknown attribute."""
    body = {"data": {"type": "orders", "attributes": {"cost": 1}}}
    response = ask("anna").post("/orders", json=body)

    assert_error(response, 422, "901")
    assert orders.changes == []


def test_policy_hides_a_relationship(ask: Answer) -> None:
    """A relationship that a policy denies is one that nobody has."""

    def no_buyer(grants: frozenset[str], type_: str, name: str, action: str) -> bool:
        return "@customer" not in grants or (type_, name) != ("orders", "buyer")

    client = ask("anna", Policy("no-buyer", no_buyer))

    assert_no_leaks(client, collection="/orders", id="1", type="orders", name="buyer")
    assert "buyer" in ask("carla").get("/orders/1").text


def test_leaks_are_found(ask: Answer) -> None:
    """What finds leaks finds one that is there."""
    found = leaks(
        ask("carla"), collection="/orders", id="1", type="orders", name="cost", secret="777"
    )

    assert any("shows '777'" in each for each in found)
    assert any("sort=cost" in each for each in found)


# Types.


def test_type_that_a_policy_denies(ask: Answer) -> None:
    """A type that is denied has no places, no fields, and nothing leads to it."""

    def no_buyers(grants: frozenset[str], type_: str, name: str, action: str) -> bool:
        return "@customer" not in grants or type_ != "buyers"

    client = ask("anna", Policy("no-buyers", no_buyers))
    unknown = client.get("/nowhere/DE--1")
    hidden = client.get("/buyers/DE--1")

    assert (hidden.status_code, hidden.text) == (unknown.status_code, unknown.text)
    assert "buyer" not in client.get("/orders/1").text
    unknown = client.get("/orders?fields[nowhere]=name")
    hidden = client.get("/orders?fields[buyers]=name")
    assert hidden.text == unknown.text.replace("nowhere", "buyers")


def test_protected_type_is_not_included_for_others(
    glue_deployment: Any, application: Source
) -> None:
    """What nobody may read at its own place is not read by include either."""
    secret = Resource("secrets", BuyerAttributes)
    note = Resource(
        "notes",
        BuyerAttributes,
        relationships=(
            Relationship(
                "secret",
                "secrets",
                lambda notes, request: {each.id: BUYERS["DE--2"] for each in notes},
                many=False,
            ),
        ),
    )

    def show(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of(BUYERS["DE--1"])

    plugin = in_memory(
        "glue.plugins.shop",
        "notes",
        glue_resources=lambda: [
            Operation("get", show, "notes", note),
            Operation(
                "get",
                show,
                "secrets",
                secret,
                protection=Protection(scopes=("back-office-user",)),
            ),
        ],
        glue_authentication_servers=lambda: [Server()],
    )
    deployment = glue_deployment([application, *installed("json_api"), plugin])
    client = Client(deployment.applications["shop"]).json_api
    as_carla = {"authorization": "Bearer carla"}

    assert client.get("/notes/1?include=secret").status_code == 400
    assert client.get("/notes/1/secret").status_code == 404
    assert "secret" not in client.get("/notes/1").text
    assert "Ben" in client.get("/notes/1?include=secret", headers=as_carla).text


def test_protected_change_of_a_hidden_relationship(
    glue_deployment: Any, application: Source, orders: Orders
) -> None:
    """A relationship that is hidden is unknown to who would have to log in for its change."""
    buyer = Resource("buyers", BuyerAttributes, protection=Protection())
    relationship = Relationship(
        "buyer", "buyers", orders.buyers, many=False, writable=True, replace=orders.set_buyer
    )
    order = Resource("orders", OrderAttributes, relationships=(relationship,))
    plugin = in_memory(
        "glue.plugins.shop",
        "orders",
        glue_resources=lambda: [
            Operation("get", orders.get, "orders", order, protection=PUBLIC),
            Operation("patch", orders.patch, "orders", order, protection=Protection()),
            Operation("get", orders.get, "buyers", buyer),
        ],
        glue_authentication_servers=lambda: [Server()],
    )
    deployment = glue_deployment([application, *installed("json_api"), plugin])
    client = Client(deployment.applications["shop"]).json_api

    assert_no_leaks(client, collection="/orders", id="1", type="orders", name="buyer")


def test_fields_of_what_an_open_operation_shows(
    glue_deployment: Any, application: Source, orders: Orders
) -> None:
    """Who may make a resource, and read none, still says which fields the answer has."""
    order = Resource("orders", OrderAttributes, protection=Protection())
    plugin = in_memory(
        "glue.plugins.shop",
        "orders",
        glue_resources=lambda: [
            Operation("get", orders.get, "orders", order),
            Operation("post", orders.post, "orders", order, protection=PUBLIC),
        ],
        glue_authentication_servers=lambda: [Server()],
    )
    deployment = glue_deployment([application, *installed("json_api"), plugin])
    client = Client(deployment.applications["shop"]).json_api
    body = {"data": {"type": "orders", "attributes": {"total": 7}}}
    made = client.post("/orders?fields[orders]=total", json=body)

    assert made.json["data"]["attributes"] == {"total": 7}
    assert client.get("/orders/1?fields[orders]=total").status_code == 401


# Single resources.


def test_own_resources_only(ask: Answer) -> None:
    """The criterion joins the filters, so pages and totals are of the caller's own."""
    document = ask("anna", OWN).get("/orders").json

    assert [each["id"] for each in document["data"]] == ["1"]
    assert "next" not in document["links"] or document["links"]["next"] is None
    assert "DE--2" not in str(document)


def test_filter_for_others_finds_nothing(ask: Answer) -> None:
    """A filter of the client's own does not beat the criterion."""
    document = ask("anna", OWN).get("/orders?filter[orders.customer]=DE--2").json

    assert document["data"] == []


def test_totals_do_not_tell_of_others(ask: Answer) -> None:
    """Where the controller cannot filter by the criterion, no total is told."""
    document = ask("anna", OWN, filters=()).get("/orders").json

    assert [each["id"] for each in document["data"]] == ["1"]
    assert "total" not in str(document.get("meta", {}))
    assert not document["links"].get("last")


def test_filter_may_have_another_name(ask: Answer) -> None:
    """A criterion names the filter where that is called otherwise than the field."""

    def elsewhere(grants: frozenset[str], type_: str, name: str, action: str) -> bool | Criterion:
        found = own(grants, type_, name, action)
        return replace(found, filter="buyer") if isinstance(found, Criterion) else found

    policy = Policy("elsewhere", elsewhere)
    unfiltered = ask("ben", policy).get("/orders?page[limit]=5").json
    filtered = ask("ben", policy, filters=("buyer",)).get("/orders?page[limit]=5").json

    assert [each["id"] for each in unfiltered["data"]] == ["2"]
    assert "total" not in unfiltered.get("meta", {})
    assert [each["id"] for each in filtered["data"]] == ["2"]
    assert filtered["meta"] == {"total": 1}


def test_id_of_somebody_else(ask: Answer) -> None:
    """Somebody else's resource is one that does not exist, in the words of its place."""
    client = ask("anna", OWN)
    unknown = client.get("/orders/7")
    hidden = client.get("/orders/2")

    assert (hidden.status_code, hidden.json) == (unknown.status_code, unknown.json)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_somebody_elses_is_not_changed(ask: Answer, orders: Orders, method: str) -> None:
    """A change of somebody else's resource is one of a resource that does not exist."""
    body = {"data": {"type": "orders", "id": "2", "attributes": {"total": 1}}}
    client = ask("anna", OWN)
    options: dict[str, Any] = {"json": body} if method == "PATCH" else {}

    assert_error(client.request(method, "/orders/2", **options), 404, "402")
    assert orders.changes == []
    assert client.request(method, "/orders/1", **_of("1", options)).status_code < 300
    assert orders.changes == ["1"]


def _of(id_: str, options: dict[str, Any]) -> dict[str, Any]:
    if not options:
        return {}
    return {"json": {"data": {**options["json"]["data"], "id": id_}}}


def test_nothing_is_made_for_others(ask: Answer) -> None:
    """A resource that its maker could not see is not made."""
    client = ask("anna", OWN)

    def make(customer: str) -> int:
        body = {"data": {"type": "orders", "attributes": {"customer": customer}}}
        return client.post("/orders", json=body).status_code

    assert (make("DE--2"), make("DE--1")) == (403, 201)


def test_included_resources_are_held_against_it(ask: Answer) -> None:
    """A relationship leads to what the caller may see, and says nothing of the rest."""
    client = ask("anna", OWN)
    document = client.get("/buyers/DE--1?include=orders").json
    related = client.get("/buyers/DE--1/orders").json
    linkage = client.get("/buyers/DE--1/relationships/orders").json

    assert [each["id"] for each in document["included"]] == ["1"]
    assert [each["id"] for each in related["data"]] == ["1"]
    assert [each["id"] for each in linkage["data"]] == ["1"]


@pytest.mark.parametrize("place", ["orders", "relationships/orders"])
def test_pages_of_a_relationship_are_held_against_it(ask: Answer, place: str) -> None:
    """Pages are cut out of what the caller may see, and the total is that of it."""
    document = ask("ben", OWN).get(f"/buyers/DE--2/{place}?page[limit]=1").json

    assert [each["id"] for each in document["data"]] == ["2"]
    assert document["meta"] == {"total": 1}


@pytest.mark.parametrize("place", ["orders", "relationships/orders"])
def test_loaded_pages_of_a_relationship_are_held_against_it(
    ask: Answer, orders: Orders, place: str
) -> None:
    """A page that its loader did not filter shows no more, and its total is not told."""

    def load_page(buyer: GlueResource, request: GlueRequest) -> GlueResponse:
        return GlueResponse.page(orders.rows.values(), Pagination(0, 10, len(orders.rows)))

    document = ask("ben", OWN, load_page=load_page).get(f"/buyers/DE--2/{place}").json

    assert [each["id"] for each in document["data"]] == ["2"]
    assert "total" not in str(document.get("meta", {}))
    assert not document["links"].get("last")


def test_relationship_of_somebody_elses(ask: Answer) -> None:
    """What starts at somebody else's resource does not exist either."""
    client = ask("anna", OWN)

    for path in ("/orders/2/buyer", "/orders/2/relationships/buyer"):
        assert_error(client.get(path), 404, "402")


def test_relationship_to_somebody_elses_is_not_written(ask: Answer, orders: Orders) -> None:
    """A write may name only what its caller may see."""
    client = ask("anna", OWN)

    def relate(id_: str) -> int:
        body = {"data": {"type": "buyers", "id": id_}}
        return client.patch("/orders/1/relationships/buyer", json=body).status_code

    assert (relate("DE--2"), relate("DE--1")) == (404, 204)
    assert orders.changes == [["DE--1"]]


def test_resource_related_to_somebody_elses_is_not_written(ask: Answer, orders: Orders) -> None:
    """The same in the body of a resource, with a pointer."""
    body = {
        "data": {
            "type": "orders",
            "id": "1",
            "relationships": {"buyer": {"data": {"type": "buyers", "id": "DE--2"}}},
        }
    }
    response = ask("anna", OWN).patch("/orders/1", json=body)

    assert response.status_code == 404
    assert response.json["errors"][0]["source"]["pointer"].startswith("/data/relationships/buyer")
    assert orders.changes == []


def test_others_are_not_bound(ask: Answer) -> None:
    """Whom the policy lets through sees everything."""
    document = ask("carla", OWN).get("/orders?page[limit]=9&page[offset]=0").json

    assert [each["id"] for each in document["data"]] == ["1", "2"]
