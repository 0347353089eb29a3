"""Declarations that vary by store: what a store has of its own comes before what all have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    AttributeChange,
    BodyRules,
    Build,
    ConfigurationError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Identity,
    IdentityReader,
    Operation,
    OperationChange,
    Protection,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    ResourceChange,
    ServiceUnavailable,
    SimpleResource,
    Step,
    wrong,
)
from glue_core.cli.flow import environ_of, walk_of
from glue_core.cli.routes import rows
from glue_core.registry.discovery import Source
from glue_core.testing import JSON_API, Client, Deployment, in_memory, installed

Change = ResourceChange | OperationChange | BodyRules
Start = Callable[..., Deployment]
Shop = Callable[..., Client]


class LampAttributes(Schema):
    """Attributes of a lamp."""

    name = fields.String()
    watts = fields.Integer()


class MakerAttributes(Schema):
    """Attributes of who makes lamps."""

    name = fields.String()


LAMP = Resource("lamps", LampAttributes)
MAKER = Resource("makers", MakerAttributes)


def show(request: GlueRequest) -> GlueResponse:
    """Show a lamp."""
    return GlueResponse.of({"id": "1", "name": "Lumo", "watts": 4, "tax": request.store})


def take(attributes: dict[str, Any]) -> GlueResponse:
    """Show what was sent."""
    return GlueResponse.of({"id": "1", **attributes})


def maker(request: GlueRequest) -> GlueResponse:
    """Show a maker."""
    return GlueResponse.of({"id": "9", "name": "Acme"})


def made(lamps: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
    """Return what the makers make."""
    return {
        each.id: [{"id": "1", "name": "Lumo", "watts": 4, "tax": request.store}] for each in lamps
    }


LAMPS = (
    Operation("getCollection", show, "lamps", LAMP, sorts=("name",)),
    Operation("get", show, "lamps", LAMP),
    Operation("post", take, "lamps", LAMP),
    Operation("get", maker, "makers", MAKER),
)


def choose(operation: Operation) -> Build:
    """Choose the store that a header or a parameter names."""

    def build(request: GlueRequest) -> None:
        name = request.header("store")
        if name == "broken":
            raise ServiceUnavailable("storage", "nobody answers")
        request.store = name

    return build


def choosing(**options: Any) -> Source:
    """Make a plugin that chooses the store."""
    step = Step("store", choose, chooses_store=True, **options)
    return in_memory("glue.plugins.shop", "stores", glue_request_builders=lambda: [step])


def plugin(name: str, *changes: Change) -> Source:
    """Make a plugin that changes declarations."""
    return in_memory(
        "glue.plugins.shop",
        name,
        distribution=f"glue-{name}",
        version="1.2.0",
        glue_declaration_changes=lambda: changes,
    )


@pytest.fixture
def start(glue_deployment: Callable[..., Deployment]) -> Start:
    """Start a shop with lamps, their makers, and further declarations."""

    def make(
        *plugins: Source,
        declared: Sequence[Any] = (),
        stores: Source | None = None,
        **settings: Any,
    ) -> Deployment:
        lamps = in_memory(
            "glue.plugins.shop",
            "lamps",
            distribution="glue-lamps",
            glue_resources=lambda: [*LAMPS, *declared],
            glue_relationships=lambda: [Relationship("lamps", "lamps", made, source="makers")],
        )
        shop = RequestFlowAwareApiApplication("shop")
        return glue_deployment(
            [
                in_memory("glue.applications", "shop", shop),
                *installed("json_api"),
                lamps,
                stores or choosing(),
                *plugins,
            ],
            settings=settings,
        )

    return make


@pytest.fixture
def shop(start: Start) -> Shop:
    """Make a client of the shop; arguments as for ``start``."""

    def make(*plugins: Source, **options: Any) -> Client:
        return Client(start(*plugins, **options).applications["shop"])

    return make


def at(store: str, **headers: str) -> dict[str, str]:
    """Return the headers of a request of a store."""
    return {"store": store, **headers}


class TaxAttributes(Schema):
    """What Austrian shops must show."""

    tax = fields.String()


TAX = ResourceChange("lamps", attributes=TaxAttributes, stores=("AT",))


@pytest.mark.parametrize(("store", "shown"), [("AT", True), ("DE", False), ("", False)])
def test_attribute_of_one_store(shop: Shop, store: str, shown: bool) -> None:
    """An attribute for one store is there for its requests; others see the general type."""
    client = shop(plugin("tax", TAX))

    assert ("tax" in client.get("/lamps/1", headers=at(store)).json[0]) is shown
    assert client.get("/lamps/1").json == [{"name": "Lumo", "watts": 4}]


def test_bodies_are_held_against_the_variant(shop: Shop) -> None:
    """What a store does not have is unknown in its bodies."""
    client = shop(plugin("tax", TAX))
    sent = {"name": "a", "tax": "b"}

    assert client.post("/lamps", json=sent, headers=at("AT")).status_code == 201
    assert client.post("/lamps", json=sent, headers=at("DE")).status_code == 422


def test_rules_of_one_store(shop: Shop) -> None:
    """Rules for one store hold for its bodies alone."""
    client = shop(plugin("r", BodyRules("lamps", {"watts": validate.Range(max=5)}, stores=("AT",))))

    assert client.post("/lamps", json={"watts": 6}, headers=at("AT")).status_code == 422
    assert client.post("/lamps", json={"watts": 6}, headers=at("DE")).status_code == 201


def test_operation_changed_for_one_store(shop: Shop) -> None:
    """An operation has other orders and another handler for one store."""
    client = shop(
        plugin(
            "r",
            OperationChange("lamps.getCollection", sorts=("watts",), handled=True, stores=("AT",)),
            OperationChange("lamps.get", handler=maker, stores=("AT", "CH")),
        )
    )

    assert client.get("/lamps?sort=watts", headers=at("AT")).status_code == 200
    assert client.get("/lamps?sort=watts", headers=at("CH")).status_code == 400
    assert client.get("/lamps/1", headers=at("CH")).json[0]["name"] == "Acme"
    assert client.get("/lamps/1", headers=at("DE")).json[0]["name"] == "Lumo"


@pytest.mark.parametrize("headers", [{}, {"accept": JSON_API}], ids=["plain", "json_api"])
def test_operation_of_one_store_is_not_found_elsewhere(shop: Shop, headers: dict[str, str]) -> None:
    """Where an operation is not for a store, its requests are answered 404 with the code 007."""
    own = Operation("get", show, "bulbs", LAMP, stores=("AT",))
    client = shop(declared=[own])

    assert client.get("/bulbs/1", headers=at("AT", **headers)).status_code == 200
    for store in ("DE", ""):
        refused = client.get("/bulbs/1", headers=at(store, **headers))
        assert refused.status_code == 404
        found = refused.json["errors"] if isinstance(refused.json, dict) else refused.json
        assert [each["code"] for each in found] == ["007"]


def test_variant_of_an_operation(shop: Shop) -> None:
    """A plugin may declare a place twice, for all stores and for one."""
    client = shop(declared=[Operation("get", maker, "lamps", LAMP, stores=("AT",))])

    assert client.get("/lamps/1", headers=at("AT")).json[0]["name"] == "Acme"
    assert client.get("/lamps/1", headers=at("DE")).json[0]["name"] == "Lumo"


def test_variant_of_a_type(shop: Shop) -> None:
    """A type declared for one store is what that store shows at every place of the type."""

    class Own(Schema):
        tax = fields.String()

    client = shop(declared=[Resource("lamps", Own, stores=("AT",))])

    assert client.get("/lamps/1", headers=at("AT")).json == [{"tax": "AT"}]
    assert client.get("/lamps", headers=at("AT")).json == [{"tax": "AT"}]
    assert client.get("/lamps/1", headers=at("DE")).json == [{"name": "Lumo", "watts": 4}]


def test_short_form_for_one_store(shop: Shop) -> None:
    """A resource in the short form may be for some stores alone."""

    class Bulbs(SimpleResource):
        type = "bulbs"
        attributes = LampAttributes
        stores: ClassVar[tuple[str, ...]] = ("AT", "CH")

        def get(self, request: GlueRequest) -> GlueResponse:
            return show(request)

    client = shop(declared=[Bulbs()])

    assert [client.get("/bulbs/1", headers=at(e)).status_code for e in ("AT", "CH", "DE")] == [
        200,
        200,
        404,
    ]


def test_handler_is_told_its_method(shop: Shop) -> None:
    """Where only one store has an operation, its handler is told the method that it answers."""

    def tell(request: GlueRequest) -> GlueResponse:
        told = f"{request.resource.method} {request.operation.method}".encode()
        return GlueResponse(content=told, format="text/plain")

    client = shop(declared=[Operation("getCollection", tell, "bulbs", LAMP, stores=("AT",))])

    assert client.get("/bulbs", headers=at("AT")).text == "getCollection getCollection"


def test_included_resources_are_those_of_the_store(shop: Shop) -> None:
    """What others include of a type is what the store has of it; the including type varies not."""
    client = shop(plugin("tax", TAX))

    def tax(store: str) -> list[Any]:
        headers = at(store, accept=JSON_API)
        found = client.get("/makers/9?include=lamps", headers=headers).json["included"]
        return [each["attributes"].get("tax") for each in found]

    assert tax("AT") == ["AT"]
    assert tax("DE") == [None]


def test_related_resources_are_those_of_the_store(shop: Shop) -> None:
    """The place of a relationship shows the store's variant of the target."""
    client = shop(plugin("tax", TAX))

    assert client.get("/makers/9/lamps", headers=at("AT")).json[0]["tax"] == "AT"
    assert "tax" not in client.get("/makers/9/lamps", headers=at("DE")).json[0]


def test_relationship_to_a_type_of_one_store(shop: Shop) -> None:
    """A relationship to a type that only one store has exists in that store alone."""
    bulb = Resource("bulbs", LampAttributes, stores=("AT",))

    client = shop(
        in_memory(
            "glue.plugins.shop",
            "bulbs",
            glue_relationships=lambda: [Relationship("bulbs", "bulbs", made, source="makers")],
        ),
        declared=[Operation("get", show, "bulbs", bulb)],
    )

    inside = client.get("/makers/9/bulbs", headers=at("AT"))
    assert inside.json == [{"name": "Lumo", "watts": 4}]
    assert client.get("/makers/9/bulbs", headers=at("DE")).status_code == 404
    query = "/makers/9?include=bulbs"
    assert client.get(query, headers=at("AT", accept=JSON_API)).status_code == 200
    assert client.get(query, headers=at("DE", accept=JSON_API)).status_code == 400


def test_store_comes_after_the_project(shop: Shop) -> None:
    """What is said for single stores wins over what the project says for all."""
    about = {"watts": AttributeChange(default=1)}
    client = shop(
        plugin("one", ResourceChange("lamps", changes=about, stores=("AT",))),
        plugin("two", ResourceChange("lamps", changes={"watts": AttributeChange(default=2)})),
        project=["glue-two:two"],
    )

    assert client.post("/lamps", json={}, headers=at("AT")).json[0]["watts"] == 1
    assert client.post("/lamps", json={}, headers=at("DE")).json[0]["watts"] == 2


def test_protection_of_one_store(shop: Shop) -> None:
    """A protection for one store guards its requests, at the type's own places and elsewhere."""
    reader = IdentityReader("clerk", "x-clerk", lambda value, request: Identity("user", "anna", 1))
    client = shop(
        in_memory("glue.plugins.shop", "reader", glue_identity_readers=lambda: [reader]),
        plugin(
            "guard",
            ResourceChange("lamps", protection=Protection(scopes=("clerk",)), stores=("AT",)),
        ),
    )

    assert client.get("/lamps/1", headers=at("AT")).status_code == 401
    assert client.get("/lamps/1", headers=at("DE")).status_code == 200
    query = "/makers/9?include=lamps"
    assert client.get(query, headers=at("AT", accept=JSON_API)).status_code == 400
    assert client.get(query, headers=at("DE", accept=JSON_API)).status_code == 200
    assert client.get("/makers/9/lamps", headers=at("AT")).status_code in (401, 404)


def test_versions_and_stores(shop: Shop) -> None:
    """A version is selected first; each may have a variant for a store."""

    class Old(Schema):
        text = fields.String()

    class OldAustrian(Schema):
        words = fields.String()

    def text(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1", "text": "t", "words": "w", "name": "n"})

    def label(schema: type[Schema], version: str, *stores: str) -> Operation:
        resource = Resource("labels", schema, versions=(version,), stores=stores)
        return Operation("get", text, "labels", resource)

    client = shop(
        declared=[label(Old, "1.0"), label(OldAustrian, "1.0", "AT"), label(MakerAttributes, "2")]
    )

    def shown(store: str, version: str = "") -> Any:
        accept = f"application/json{version and '; version=' + version}"
        return client.get("/labels/1", headers=at(store, accept=accept)).json

    assert shown("AT") == shown("DE") == [{"name": "n"}]
    assert shown("DE", "1.0") == [{"text": "t"}]
    assert shown("AT", "1.0") == [{"words": "w"}]


def test_failing_choice_is_answered_in_the_convention(shop: Shop) -> None:
    """Where the store cannot be found out, the answer is formatted as every other."""
    client = shop(plugin("tax", TAX))

    response = client.get("/lamps/1", headers=at("broken", accept=JSON_API))

    assert response.status_code == 503
    assert response.json["errors"][0]["status"] == "503"


def test_what_the_choice_finds_wrong_is_told_once(shop: Shop) -> None:
    """A builder that chooses runs twice, and what it found wrong is in the answer once."""

    def refusing(operation: Operation) -> Build:
        return lambda request: wrong(request, "_store", "No such store.")

    step = Step("store", refusing, chooses_store=True)
    source = in_memory("glue.plugins.shop", "stores", glue_request_builders=lambda: [step])

    response = shop(plugin("tax", TAX), stores=source).get("/lamps/1")

    assert [each["message"] for each in response.json] == ["No such store."]


def test_measured_requests_see_their_store(shop: Shop) -> None:
    """Server-Timing measures the flow of the request's store."""
    client = shop(
        plugin("tax", TAX),
        mode="development",
        applications={"shop": {"server_timing": "development"}},
    )

    response = client.get("/lamps/1", headers=at("AT"))

    assert response.json[0]["tax"] == "AT"
    assert "build;dur=" in response.headers["server-timing"]


def test_requests_inside_see_their_store(shop: Shop) -> None:
    """A request inside another is answered as the store of the outer one has it."""

    def outer(request: GlueRequest) -> GlueResponse:
        run = request.inside("GET", "/bulbs/1")
        inner = run.run()
        status = f"{inner.http_status} {run.is_refused}".encode()
        return GlueResponse(content=status, format="text/plain")

    client = shop(
        in_memory(
            "glue.plugins.shop",
            "outer",
            glue_route_providers=lambda: [Operation("get", outer, "/outer")],
        ),
        declared=[Operation("get", show, "bulbs", LAMP, stores=("AT",))],
    )

    assert client.get("/outer", headers=at("AT")).text == "200 False"
    assert client.get("/outer", headers=at("DE")).text == "404 False"


def test_what_does_not_vary_costs_nothing(start: Start) -> None:
    """Only what a variant reaches knows of stores; without variants nothing does."""
    plain = start().applications["shop"]
    varied = start(plugin("tax", TAX)).applications["shop"]

    def stores(application: Any, path: str) -> bool:
        flow, _ = application.request_of(environ_of("GET", path, {}))
        return flow.stores is not None

    assert [stores(plain, each) for each in ("/lamps/1", "/makers/9")] == [False, False]
    assert [stores(varied, each) for each in ("/lamps/1", "/makers/9", "/none")] == [
        True,
        True,
        False,
    ]


def test_stores_with_the_same_declarations_share_what_is_compiled(start: Start) -> None:
    """A variant for many stores is compiled once."""
    many = ResourceChange("lamps", attributes=TaxAttributes, stores=("AT", "CH", "LI"))
    application: Any = start(plugin("tax", many)).applications["shop"]

    for path in ("/lamps/1", "/makers/9"):
        flow, _ = application.request_of(environ_of("GET", path, {}))
        assert set(flow.stores.targets) == {"AT", "CH", "LI"}
        assert len({id(each) for each in flow.stores.targets.values()}) == 1


def test_commands_show_stores(start: Start) -> None:
    """``glue routes`` lists variants with their stores; ``glue flow`` shows what a store has."""
    deployment = start(plugin("tax", TAX), declared=[])
    registry = deployment.registry.applications["shop"]

    found = {row["id"]: row["stores"] for row in rows(registry)}
    walk = walk_of(deployment, environ_of("GET", "/lamps/1", {}), "shop", "AT")

    assert found["glue-lamps:lamps.lamps.get"] == []
    assert found["glue-lamps:lamps.lamps.get[AT]"] == ["AT"]
    assert walk.operation is not None
    assert walk.operation["id"] == "glue-lamps:lamps.lamps.get[AT]"
    assert walk.operation["changed_by"] == ["glue-tax:tax.lamps[AT]"]
    assert walk.operation["stores"] == ["AT"]


def test_two_variants_for_one_store(start: Start) -> None:
    """Two operations at one place for one store stop the start; for different stores not."""

    def bulb(*stores: str, name: str) -> Operation:
        return Operation("get", show, "bulbs", LAMP, stores=stores, name=name)

    start(declared=[bulb("AT", name="one"), bulb("DE", name="two")])
    with pytest.raises(ConfigurationError) as caught:
        start(declared=[bulb("AT", "CH", name="one"), bulb("AT", name="two")])

    assert str(caught.value).startswith("Two operations of 'shop' answer GET /bulbs/{bulbs_id}.")


def test_two_types_for_one_store(start: Start) -> None:
    """Two declarations of a type for one store stop the start."""
    own = [Resource("lamps", MakerAttributes, stores=("AT",)) for _ in range(2)]

    with pytest.raises(ConfigurationError) as caught:
        start(declared=own)

    assert str(caught.value).startswith("Two resources of 'shop' have the type 'lamps'.")


def test_contradiction_about_one_store(start: Start) -> None:
    """Changes contradict each other only where they are for one store."""

    def change(value: int, *stores: str) -> ResourceChange:
        changes = {"watts": AttributeChange(default=value)}
        return ResourceChange("lamps", changes=changes, stores=stores)

    start(plugin("one", change(1, "AT")), plugin("two", change(2, "DE")))
    with pytest.raises(ConfigurationError) as caught:
        start(plugin("one", change(1, "AT")), plugin("two", change(2, "AT", "DE")))

    assert "contradict each other about the attribute 'watts'" in str(caught.value)


def test_nobody_chooses_the_store(start: Start) -> None:
    """Declarations that vary need a plugin that chooses the store of a request."""
    nobody = in_memory("glue.plugins.shop", "stores", glue_resources=list)

    with pytest.raises(ConfigurationError) as caught:
        start(plugin("tax", TAX), stores=nobody)

    message = str(caught.value)
    assert "varies by store, and no request builder chooses the store of a request." in message
    assert "glue-lamps 0" in message
