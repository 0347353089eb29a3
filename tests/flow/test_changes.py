"""Changes: what plugins and projects say of the declarations of others, in whole requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from glue_core import (
    AttributeChange,
    BodyRules,
    GlueRequest,
    GlueResponse,
    Identity,
    IdentityReader,
    Operation,
    OperationChange,
    PageRules,
    Policy,
    Protection,
    RequestFlowAwareApiApplication,
    Resource,
    ResourceChange,
    hookimpl,
)
from glue_core.cli.flow import environ_of, walk_of
from glue_core.cli.routes import rows
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory, installed

Change = ResourceChange | OperationChange | BodyRules


class PartAttributes(Schema):
    """A part of a lamp."""

    kind = fields.String()
    grams = fields.Integer()


class LampAttributes(Schema):
    """Attributes of a lamp, as its plugin declares them."""

    name = fields.String(required=True, validate=validate.Length(max=10))
    watts = fields.Integer(strict=True)
    cost = fields.Integer()
    parts = fields.List(fields.Nested(PartAttributes))


LAMP = Resource("lamps", LampAttributes)
SHOWN = {
    "id": "1",
    "name": "Lumo",
    "watts": 40,
    "cost": 3,
    "colour": "red",
    "parts": [{"kind": "bulb", "grams": 20}],
}


def show(request: GlueRequest) -> GlueResponse:
    """Show a lamp, with what the request sorts and filters by as its colour."""
    asked = [each.field for each in request.sortings]
    asked += [each.field for each in request.filters]
    return GlueResponse.of({**SHOWN, "colour": ",".join(asked) or "red"})


def take(attributes: dict[str, Any]) -> GlueResponse:
    """Show what was sent."""
    return GlueResponse.of({"id": "1", **attributes})


def lamps() -> list[Operation]:
    """The operations of the plugin that others change."""
    return [
        Operation(
            "getCollection",
            show,
            "lamps",
            LAMP,
            filters=("name", "cost"),
            sorts=("name", "cost"),
            page=PageRules(10, 50),
        ),
        Operation("get", show, "lamps", LAMP),
        Operation("post", take, "lamps", LAMP),
        Operation("patch", take, "lamps", LAMP),
    ]


def plugin(name: str, *changes: Change) -> Source:
    """Make a plugin that changes declarations, whose distribution is called after it."""
    return in_memory(
        "glue.plugins.shop",
        name,
        distribution=f"glue-{name}",
        version="1.2.0",
        glue_declaration_changes=lambda: changes,
    )


Start = Callable[..., Deployment]
Shop = Callable[..., Client]


@pytest.fixture
def start(glue_deployment: Callable[..., Deployment]) -> Start:
    """Start a shop with lamps, changed by plugins and by the application's own hooks."""

    def make(*plugins: Source, own: Sequence[Change] = (), **settings: Any) -> Deployment:
        class Hooks:
            @hookimpl
            def glue_declaration_changes(self) -> Sequence[Change]:
                return own

        shop = RequestFlowAwareApiApplication("shop", hooks=Hooks())
        return glue_deployment(
            [
                in_memory("glue.applications", "shop", shop, distribution="glue-shop"),
                in_memory(
                    "glue.plugins.shop", "lamps", distribution="glue-lamps", glue_resources=lamps
                ),
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


class ColourAttributes(Schema):
    """What another plugin knows of lamps."""

    colour = fields.String(required=True)


def of_lamps(**changes: AttributeChange) -> ResourceChange:
    """Change attributes of lamps."""
    return ResourceChange("lamps", changes=changes)


def test_attribute_is_added(shop: Shop) -> None:
    """A plugin adds an attribute to the type of another: it is shown, and bodies must have it."""
    client = shop(plugin("colour", ResourceChange("lamps", attributes=ColourAttributes)))

    created = client.post("/lamps", json={"name": "Lumo"})

    assert client.get("/lamps/1").json[0]["colour"] == "red"
    assert created.status_code == 422
    assert [each["pointer"] for each in created.json] == ["/colour"]


def test_declared_schema_is_not_touched(shop: Shop) -> None:
    """The schema of the plugin that declares the type stays as it is for whoever else uses it."""
    shop(plugin("colour", ResourceChange("lamps", attributes=ColourAttributes)))

    assert set(LampAttributes().fields) == {"name", "watts", "cost", "parts"}
    assert LAMP.attributes is LampAttributes


def test_attribute_is_put_in_anothers_place(shop: Shop) -> None:
    """With ``replaces`` an attribute comes in the place of one that is there."""

    class Words(Schema):
        label = fields.Function(lambda shown: shown["name"].upper(), data_key="name")

    change = ResourceChange("lamps", attributes=Words, replaces=("name",))

    assert shop(plugin("words", change)).get("/lamps/1").json[0]["name"] == "LUMO"


def test_hidden_attribute_does_not_exist(shop: Shop) -> None:
    """What is hidden is neither shown nor taken, and nobody filters or sorts by it."""
    client = shop(plugin("hide", of_lamps(cost=AttributeChange(hidden=True))))

    assert "cost" not in client.get("/lamps/1").json[0]
    taken = client.post("/lamps", json={"name": "a", "cost": 1})
    assert (taken.status_code, taken.json[0]["pointer"]) == (422, "/cost")
    assert client.get("/lamps?sort=cost").status_code == 400
    assert client.get("/lamps?filter[lamps.cost]=1").status_code == 400


def test_renamed_attribute(shop: Shop) -> None:
    """Clients use the new name everywhere; the handler is asked by the name it knows."""
    client = shop(
        plugin("title", of_lamps(name=AttributeChange(rename="title"))),
        plugin("colour", ResourceChange("lamps", attributes=ColourAttributes)),
    )

    assert client.get("/lamps/1").json[0]["title"] == "Lumo"
    assert client.get("/lamps?sort=title&filter[lamps.title]=x").json[0]["colour"] == "name,name"
    assert client.get("/lamps?sort=name").status_code == 400
    assert client.post("/lamps", json={"title": "a", "colour": "b"}).json[0]["title"] == "a"
    assert client.post("/lamps", json={"name": "a", "colour": "b"}).status_code == 422


@pytest.mark.parametrize(
    ("change", "sent", "status", "kind"),
    [
        (AttributeChange(writable=False), {"name": "a", "watts": 1}, 422, "/watts"),
        (AttributeChange(required=True), {"name": "a"}, 422, "/watts"),
        (AttributeChange(default=7), {"name": "a"}, 201, 7),
        (AttributeChange(nullable=True), {"name": "a", "watts": None}, 201, None),
        (AttributeChange(readable=False), {"name": "a", "watts": 5}, 201, "unseen"),
    ],
    ids=["read-only", "required", "default", "nullable", "write-only"],
)
def test_flags_of_an_attribute(
    shop: Shop, change: AttributeChange, sent: dict[str, Any], status: int, kind: object
) -> None:
    """An attribute is made read-only, required, nullable or write-only, or given a default."""
    response = shop(plugin("flags", of_lamps(watts=change))).post("/lamps", json=sent)

    assert response.status_code == status
    found = response.json[0]
    assert (found["pointer"] if status == 422 else found.get("watts", "unseen")) == kind


def test_nested_attribute(shop: Shop) -> None:
    """A path leads to an attribute of the objects in a list."""
    change = ResourceChange("lamps", changes={"parts/grams": AttributeChange(rename="weight")})

    client = shop(plugin("parts", change))

    assert client.get("/lamps/1").json[0]["parts"] == [{"kind": "bulb", "weight": 20}]


def test_operation_is_changed(shop: Shop) -> None:
    """Filters and sorts are added, the rules of pages changed one by one, all others replaced."""

    def instead(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({**SHOWN, "name": "instead"})

    client = shop(
        plugin(
            "search",
            OperationChange(
                "lamps.getCollection", sorts=("watts",), handled=True, page={"maximum": 20}
            ),
            OperationChange("glue-lamps:lamps.lamps.get", handler=instead, status=203),
        )
    )

    assert client.get("/lamps?sort=watts,name").status_code == 200
    response = client.get("/lamps/1")
    assert (response.status_code, response.json[0]["name"]) == (203, "instead")


def test_lists_are_replaced_on_demand(shop: Shop) -> None:
    """With ``replaces`` a list comes in the place of the one that is there."""
    change = OperationChange(
        "lamps.getCollection", sorts=("watts",), handled=True, replaces=("sorts",)
    )

    client = shop(plugin("search", change))

    assert client.get("/lamps?sort=watts").status_code == 200
    assert client.get("/lamps?sort=name").status_code == 400


def test_single_rule_of_pages(start: Start) -> None:
    """Two plugins may change different rules of one collection's pages."""
    deployment = start(
        plugin("one", OperationChange("lamps.getCollection", page={"maximum": 20})),
        plugin("two", OperationChange("lamps.getCollection", page={"default": 5})),
    )

    found = deployment.registry.applications["shop"].operations
    (page,) = [each.value.page for each in found if each.name == "lamps.getCollection"]
    assert page == PageRules(5, 20)


def test_project_wins_over_plugins(shop: Shop) -> None:
    """What the application's own hooks say comes after what plugins say, whatever their names."""
    client = shop(
        plugin("zz", of_lamps(watts=AttributeChange(default=1))),
        own=[of_lamps(watts=AttributeChange(default=2))],
    )

    assert client.post("/lamps", json={"name": "a"}).json[0]["watts"] == 2


def test_plugin_of_the_project(shop: Shop) -> None:
    """A plugin that the setting ``project`` names is the project's, for shipped applications."""
    client = shop(
        plugin("aa", of_lamps(watts=AttributeChange(default=1))),
        plugin("zz", of_lamps(watts=AttributeChange(default=2))),
        project=["glue-aa:aa"],
    )

    assert client.post("/lamps", json={"name": "a"}).json[0]["watts"] == 1


@pytest.mark.parametrize("first", [True, False])
def test_declared_order_decides(shop: Shop, first: bool) -> None:
    """Between two plugins the one that comes after the other wins."""
    about = AttributeChange(default=1 if first else 2)
    other = ("glue-bb:bb.lamps",)
    before, after = (other, ()) if first else ((), other)
    change = ResourceChange("lamps", changes={"watts": about}, before=before, after=after)
    client = shop(
        plugin("aa", change),
        plugin("bb", of_lamps(watts=AttributeChange(default=9))),
    )

    expected = 9 if first else 2
    assert client.post("/lamps", json={"name": "a"}).json[0]["watts"] == expected


def test_changes_of_different_parts_are_merged(shop: Shop) -> None:
    """Plugins that change different parts of one attribute do not contradict each other."""
    client = shop(
        plugin("aa", of_lamps(watts=AttributeChange(default=4))),
        plugin("bb", of_lamps(watts=AttributeChange(rename="power"))),
        plugin("cc", of_lamps(watts=AttributeChange(default=4))),
    )

    assert client.post("/lamps", json={"name": "a"}).json[0]["power"] == 4


def violations(response: Any) -> list[tuple[str, str]]:
    """Return pointer and text of each violation."""
    return sorted((each["pointer"], each["message"]) for each in response.json)


def test_rules_stand_in_a_declaration_of_their_own(shop: Shop) -> None:
    """Rules beside a schema are answered as those in it are: all at once, by kind."""
    rules = BodyRules(
        "lamps", {"watts": validate.Range(min=1), "parts/kind": validate.Length(min=2)}
    )
    sent = {"name": "a" * 11, "watts": 0, "parts": [{"kind": "b"}]}

    refused = shop(plugin("rules", rules)).post("/lamps", json=sent)

    class Same(LampAttributes):
        class Part(PartAttributes):
            kind = fields.String(validate=validate.Length(min=2))

        watts = fields.Integer(strict=True, validate=validate.Range(min=1))
        parts = fields.List(fields.Nested(Part))

    inside = shop(plugin("same", OperationChange("lamps.post", schema=Same)))
    assert refused.status_code == 422
    assert violations(refused) == violations(inside.post("/lamps", json=sent))
    assert [each for each, _ in violations(refused)] == ["/name", "/parts/0/kind", "/watts"]


def test_equal_rules_are_told_once(shop: Shop) -> None:
    """A rule that the schema or another declaration has already is not added again."""
    client = shop(
        plugin("one", BodyRules("lamps", {"name": validate.Length(max=10)})),
        plugin(
            "two", BodyRules("lamps", {"name": [validate.Length(max=10), validate.Length(min=1)]})
        ),
    )

    assert len(client.post("/lamps", json={"name": "a" * 11}).json) == 1
    assert len(client.post("/lamps", json={"name": ""}).json) == 1


def test_rules_for_one_method(shop: Shop) -> None:
    """Rules may hold for creates or for updates alone."""
    rules = BodyRules(
        "lamps", {"watts": validate.Range(min=1)}, required=("watts",), methods=("post",)
    )

    client = shop(plugin("rules", rules))

    assert [each[0] for each in violations(client.post("/lamps", json={"name": "a"}))] == ["/watts"]
    assert client.post("/lamps", json={"name": "a", "watts": 0}).status_code == 422
    assert client.patch("/lamps/1", json={"watts": 0}).status_code == 200


def test_rules_are_replaced_on_demand(shop: Shop) -> None:
    """With ``replaces`` the rules that an attribute has no longer hold."""
    rules = BodyRules("lamps", {"name": validate.Length(max=20)}, replaces=("name",))

    client = shop(plugin("rules", rules))

    assert client.post("/lamps", json={"name": "a" * 11}).status_code == 201
    assert client.post("/lamps", json={"name": "a" * 21}).status_code == 422


def test_rule_for_the_whole(shop: Shop) -> None:
    """A rule without a name looks at all attributes together."""

    def cheap(values: dict[str, Any]) -> None:
        if values.get("watts", 0) > values.get("cost", 0):
            raise ValidationError("Too much power for the price.")

    client = shop(plugin("rules", BodyRules("lamps", {"": cheap})))

    refused = client.post("/lamps", json={"name": "a", "watts": 2, "cost": 1})
    assert violations(refused) == [("", "Too much power for the price.")]
    assert client.post("/lamps", json={"name": "a", "watts": 1, "cost": 1}).status_code == 201


def test_rule_for_the_whole_uses_the_names_that_clients_see(shop: Shop) -> None:
    """What was renamed has its new name there, also inside the objects of a list."""
    seen: list[dict[str, Any]] = []

    def no_bare_lamps(values: dict[str, Any]) -> None:
        seen.append(values)
        if values["title"] == "bare":
            raise ValidationError("A lamp has parts.", "title")

    client = shop(
        plugin("rules", BodyRules("lamps", {"": no_bare_lamps})),
        plugin(
            "names",
            of_lamps(name=AttributeChange(rename="title")),
            ResourceChange(
                "lamps", changes={"parts/grams": AttributeChange(rename="weight")}, name="weight"
            ),
        ),
    )

    sent = {"title": "bare", "parts": [{"kind": "bulb", "weight": 3}]}
    assert violations(client.post("/lamps", json=sent)) == [("/title", "A lamp has parts.")]
    assert seen == [sent]


def test_rules_use_the_names_that_clients_see(shop: Shop) -> None:
    """Rules hold for an attribute that another change added or renamed, whatever their order."""
    client = shop(
        plugin("aa", BodyRules("lamps", {"title": validate.Length(min=3)})),
        plugin("bb", of_lamps(name=AttributeChange(rename="title"))),
    )

    assert [e for e, _ in violations(client.post("/lamps", json={"title": "a"}))] == ["/title"]


def read_clerk(value: str, request: GlueRequest) -> Identity:
    """Take everybody who names a grant for somebody who has it."""
    return Identity("user", "anna", 1, scopes=(value,))


READER = in_memory(
    "glue.plugins.shop",
    "reader",
    glue_identity_readers=lambda: [IdentityReader("clerk", "x-clerk", read_clerk)],
)


def test_restricted_attribute_stays_restricted_under_its_new_name(shop: Shop) -> None:
    """Who may not know an attribute does not learn of it by a new name, in whatever order."""
    client = shop(
        READER,
        plugin("aa", of_lamps(cost=AttributeChange(rename="price"))),
        plugin("bb", ResourceChange("lamps", restricted={"cost": ("clerk",)})),
    )

    assert "price" not in client.get("/lamps/1").json[0]
    assert client.get("/lamps?sort=price").status_code == 400
    assert client.post("/lamps", json={"name": "a", "price": 1}).status_code == 422
    assert client.get("/lamps/1", headers={"x-clerk": "clerk"}).json[0]["price"] == 3


def test_policy_about_the_old_name_holds(shop: Shop) -> None:
    """A policy that denies an attribute denies it after it was renamed."""
    policy = Policy("no-cost", lambda grants, type_, name, action: name != "cost")
    client = shop(
        in_memory("glue.plugins.shop", "policy", glue_authorization_policies=lambda: [policy]),
        plugin("aa", of_lamps(cost=AttributeChange(rename="price"))),
        own=[of_lamps(price=AttributeChange(rename="amount"))],
    )

    assert {"cost", "price", "amount"}.isdisjoint(client.get("/lamps/1").json[0])
    assert client.get("/lamps?sort=amount").status_code == 400


def test_operation_is_protected_by_a_change(shop: Shop) -> None:
    """A project says who may call an operation of another plugin."""
    protection = Protection(scopes=("clerk",))
    client = shop(READER, plugin("aa", OperationChange("lamps.post", protection=protection)))

    assert client.post("/lamps", json={"name": "a"}).status_code == 401
    ours = client.post("/lamps", json={"name": "a"}, headers={"x-clerk": "clerk"})
    assert ours.status_code == 201
    assert client.get("/lamps/1").status_code == 200


def test_every_convention_sees_the_change(start: Start) -> None:
    """JSON:API shows and judges what was changed, with pointers into its document."""
    rules = BodyRules("lamps", {"watts": validate.Range(min=1)})
    deployment = start(
        *installed("json_api"),
        plugin("title", of_lamps(name=AttributeChange(rename="title")), rules),
    )
    client = Client(deployment.applications["shop"])
    media = "application/vnd.api+json"
    document = {"data": {"type": "lamps", "attributes": {"title": "a", "watts": 0}}}

    shown = client.get("/lamps/1", headers={"accept": media})
    refused = client.post("/lamps", json=document, headers={"accept": media, "content-type": media})

    data = shown.json["data"]
    attributes = (data[0] if isinstance(data, list) else data)["attributes"]
    assert attributes["title"] == "Lumo"
    pointers = [each["source"]["pointer"] for each in refused.json["errors"]]
    assert pointers == ["/data/attributes/watts"]


def test_flow_shows_who_changed_the_operation(start: Start) -> None:
    """``glue flow`` says beside the controller who changed what it answers."""
    deployment = start(plugin("search", OperationChange("lamps.get", summary="Show it.")))

    walk = walk_of(deployment, environ_of("GET", "/lamps/1", {}), "shop")

    (line,) = [each for each in walk.steps if each.stage == "controller"]
    assert line.reason.endswith("; changed by glue-search:search.lamps.get")
    assert walk.operation is not None
    assert walk.operation["changed_by"] == ["glue-search:search.lamps.get"]


def test_changes_are_shown_with_who_made_them(start: Start) -> None:
    """An operation knows who changed it; what nobody changed has no such mark."""
    deployment = start(plugin("search", OperationChange("lamps.get", summary="Show it.")))

    found = {row["id"]: row["changed_by"] for row in rows(deployment.registry.applications["shop"])}

    assert found["glue-lamps:lamps.lamps.get"] == ["glue-search:search.lamps.get"]
    assert found["glue-lamps:lamps.lamps.post"] == []
