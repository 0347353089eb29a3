"""Whatever stops the start: the message names every party, the place, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    PageRules,
    Provider,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    Section,
    ServiceEngine,
    SimpleResource,
    Step,
    hookimpl,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory

Refusal = Callable[..., str]
Start = Callable[..., Deployment]
Get = Callable[..., Operation]

GROUP = "glue.plugins.shop"


def plugin(name: str, group: str = GROUP, **hooks: Any) -> Source:
    """Make a plugin whose distribution is called after it, in version 1.2.0."""
    return in_memory(group, name, distribution=f"glue-{name}", version="1.2.0", **hooks)


def names_parties(message: str, *names: str) -> bool:
    """Say whether a message names these distributions with version and place."""
    lines = [line.strip() for line in message.splitlines()]
    return all(
        any(line.startswith(f"glue-{name} 1.2.0   ") and line.split()[-1] for line in lines)
        for name in names
    )


def related(resources: Any, request: Any) -> dict[str, Any]:
    """Relate nothing."""
    return {}


def test_one_type_is_declared_once(refusal: Refusal, get: Get) -> None:
    """Two distributions that declare one type stop the start, and both are named."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin("two", glue_resources=lambda: [get("items", "things")]),
    )

    assert message.startswith("Two resources of 'shop' have the type 'things'.")
    assert names_parties(message, "one", "two")
    assert message.endswith("Give one of them another type, or uninstall one distribution.")


def test_one_type_may_be_declared_for_separate_conventions(start: Start) -> None:
    """A type may have one declaration for plain JSON and another for a convention."""

    class Attributes(Schema):
        name = fields.String()

    def both() -> list[Resource]:
        return [
            Resource("things", Attributes, conventions=(None,)),
            Resource("things", Attributes, conventions=("json_api",)),
        ]

    deployment = start(plugin("one", glue_resources=both))

    assert "things" in deployment.registry.applications["shop"].models[None]


def test_one_entry_point_name_belongs_to_one_distribution(refusal: Refusal) -> None:
    """Two distributions with one entry point name in a group stop the start."""
    message = refusal(
        in_memory(GROUP, "same", object(), distribution="glue-one", version="1.2.0"),
        in_memory(GROUP, "same", object(), distribution="glue-two", version="1.2.0"),
    )

    assert message.startswith(
        "Two distributions have the entry point 'same' in the group 'glue.plugins.shop'."
    )
    assert names_parties(message, "one", "two")
    assert "'glue-one:same' or 'glue-two:same'" in message


def test_disabling_one_of_two_entry_points_of_a_name_starts(start: Start) -> None:
    """The way out that the message names works: disable one of the two."""
    deployment = start(
        in_memory(GROUP, "same", glue_resources=list, distribution="glue-one"),
        in_memory(GROUP, "same", glue_resources=list, distribution="glue-two"),
        disable=["glue-two:same"],
    )

    assert "glue-two:same" not in {each.id for each in deployment.registry.sources}


@pytest.mark.parametrize("error", [RuntimeError("no database"), SystemExit("no database")])
def test_plugin_that_raises_on_import(refusal: Refusal, error: BaseException) -> None:
    """A plugin that cannot be imported is named with its error; others are imported still."""
    imported = []

    def fail() -> object:
        raise error

    def succeed() -> object:
        imported.append("zz")
        return object()

    message = refusal(
        Source(GROUP, "broken", "glue-broken", "1.2.0", "glue_broken.plugin", fail),
        Source(GROUP, "zz", "glue-zz", "1.2.0", "glue_zz.plugin", succeed),
    )

    kind = type(error).__name__
    assert f"'glue-broken:broken' cannot be imported: {kind}: no database" in message
    assert "glue-broken 1.2.0   glue_broken.plugin" in message
    assert "uninstall glue-broken" in message
    assert imported == ["zz"]


def test_every_plugin_that_raises_is_told_of(refusal: Refusal) -> None:
    """One start tells of all plugins that cannot be imported."""

    def fail() -> object:
        raise RuntimeError("broken")

    message = refusal(
        Source(GROUP, "one", "glue-one", "1.2.0", "glue_one.plugin", fail),
        Source(GROUP, "two", "glue-two", "1.2.0", "glue_two.plugin", fail),
    )

    assert names_parties(message, "one", "two")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("glue_resource", "glue_resources"),
        ("glu_resources", "glue_resources"),
        ("glue_request_builder", "glue_request_builders"),
    ],
)
def test_misspelled_hook(refusal: Refusal, written: str, meant: str) -> None:
    """A hook that does not exist stops the start, and the nearest one is named."""
    hooks: dict[str, Any] = {written: list}

    message = refusal(plugin("one", **hooks))

    assert f"'glue-one:one' implements the hook {written!r}, which does not exist." in message
    assert f"Did you mean {meant!r}?" in message
    assert names_parties(message, "one")


def test_hook_of_another_name_is_known_by_the_hook_it_means(start: Start, get: Get) -> None:
    """A function may carry its hook in ``specname``."""

    class Plugin:
        @hookimpl(specname="glue_resources")
        def things(self) -> list[Operation]:
            return [get("things", "things")]

    deployment = start(in_memory(GROUP, "one", Plugin()))

    assert "things" in deployment.registry.applications["shop"].models[None]


def test_unmarked_hook(refusal: Refusal) -> None:
    """A function with the name of a hook and without the mark stops the start."""

    class Plugin:
        def glue_resources(self) -> list[Operation]:
            return []

    message = refusal(in_memory(GROUP, "one", Plugin(), distribution="glue-one", version="1.2.0"))

    assert "has a function 'glue_resources' that is not marked with @hookimpl" in message
    assert names_parties(message, "one")


def test_hook_with_an_unknown_argument(refusal: Refusal) -> None:
    """A hook that takes what is not given stops the start, and the argument is named."""
    message = refusal(plugin("one", glue_resources=lambda fetures: []))

    assert "has a hook that does not fit" in message
    assert "fetures" in message
    assert names_parties(message, "one")


@pytest.mark.parametrize(
    ("group", "hook"),
    [
        ("glue.plugins", "glue_resources"),
        ("glue.plugins", "glue_route_providers"),
        ("glue.features", "glue_resources"),
        ("glue.features", "glue_request_builders"),
        (GROUP, "glue_features"),
        (GROUP, "glue_migrations"),
    ],
)
def test_hook_in_the_wrong_group(refusal: Refusal, group: str, hook: str) -> None:
    """A hook in a group that may not implement it stops the start."""
    hooks: dict[str, Any] = {hook: list}

    message = refusal(plugin("one", group, **hooks))

    assert f"'glue-one:one' implements {hook!r}, but is in the group {group!r}" in message
    assert names_parties(message, "one")


def test_plugin_for_another_core_is_not_imported(refusal: Refusal) -> None:
    """A plugin for another major version of the core stops the start before it is imported."""
    imported: list[str] = []

    def load() -> object:
        imported.append("old")
        return object()

    known = in_memory(GROUP, "old", object(), core=">=7,<8")
    message = refusal(
        Source(GROUP, "old", "glue-old", "1.2.0", "glue_old.plugin", load, known.core)
    )

    assert "The plugin 'glue-old:old' was built for another version of the core." in message
    assert "requires glue-api-core <8,>=7; installed is glue-api-core " in message
    assert names_parties(message, "old")
    assert imported == []


def test_plugin_for_this_core_starts(start: Start) -> None:
    """A plugin whose range holds the installed core is loaded."""
    start(in_memory(GROUP, "fine", object(), core=">=0.1"))


@pytest.mark.parametrize(
    ("source", "target", "end"), [("things", "nothing", "target"), ("nothing", "things", "source")]
)
def test_relationship_with_an_unknown_end(
    refusal: Refusal, get: Get, source: str, target: str, end: str
) -> None:
    """A relationship from or to a type that nobody declares stops the start."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin(
            "two", glue_relationships=lambda: [Relationship("part", target, related, source=source)]
        ),
    )

    assert f"The relationship 'part' of {source!r} has the {end} 'nothing'" in message
    assert "a type that no plugin of 'shop' declares" in message
    assert names_parties(message, "two")
    assert f"Install the plugin that declares 'nothing', or put 'glue-two:two.{source}.part'" in (
        message
    )


def test_relationship_with_the_name_of_an_attribute(refusal: Refusal, get: Get) -> None:
    """Attributes and relationships of a type share their names."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin(
            "two",
            glue_relationships=lambda: [Relationship("name", "things", related, source="things")],
        ),
    )

    assert "has the name of an attribute" in message
    assert names_parties(message, "two")


def test_two_relationships_of_one_name(refusal: Refusal, get: Get) -> None:
    """Two relationships of one name and source stop the start."""

    def relate() -> list[Relationship]:
        return [Relationship("parts", "things", related, source="things")]

    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")], glue_relationships=relate),
        plugin("two", glue_relationships=relate),
    )

    assert "Two relationships of 'shop' are 'things.parts'." in message
    assert names_parties(message, "one", "two")


def _step(name: str, **constraints: Any) -> Step[Any]:
    return Step(name, lambda operation: None, **constraints)


def test_cycle_in_the_order(refusal: Refusal) -> None:
    """A cycle of constraints is named, step by step, with the plugins in it and no others."""
    message = refusal(
        plugin("one", glue_request_builders=lambda: [_step("a", before=("b",))]),
        plugin("two", glue_request_builders=lambda: [_step("b", before=("c",))]),
        plugin("three", glue_request_builders=lambda: [_step("c", before=("a",))]),
        plugin("four", glue_request_builders=lambda: [_step("d", after=("a",))]),
    )

    assert "has a cycle: glue-one:one.a before glue-two:two.b before glue-three:three.c before" in (
        message
    )
    assert names_parties(message, "one", "two", "three")
    assert "glue-four" not in message


def test_constraint_that_names_nobody(refusal: Refusal) -> None:
    """A ``before`` that names nobody stops the start and lists the steps there are."""
    message = refusal(
        plugin("one", glue_request_builders=lambda: [_step("mine", before=("lokale",))])
    )

    assert "The step 'glue-one:one.mine' must come before 'lokale'" in message
    assert "'glue_request_builders' of 'shop' under the plain flow has no such step" in message
    assert "Steps there: " in message
    assert "'lokale?' if it may be absent" in message
    assert names_parties(message, "one")


def test_constraint_that_may_name_nobody(start: Start) -> None:
    """A name with a question mark may be absent."""
    start(plugin("one", glue_request_builders=lambda: [_step("mine", before=("lokale?",))]))


def test_unknown_key_in_the_settings(refusal: Refusal) -> None:
    """An unknown key at the top stops the start, and the nearest one is named."""
    message = refusal(limit={"body": 1})

    assert "limit: nobody knows this key. Did you mean 'limits'?" in message


def test_unknown_key_in_a_table(refusal: Refusal) -> None:
    """An unknown key in a table is named with its table."""
    message = refusal(services={"databse": "sqlite://"})

    assert "services.databse: nobody knows this key. Did you mean 'database'?" in message


class OwnSettings(Schema):
    """Settings of a plugin."""

    colour = fields.String(load_default="red")


def test_unknown_key_in_the_table_of_a_plugin(refusal: Refusal) -> None:
    """A key that a plugin's section does not know stops the start."""
    message = refusal(
        plugin("one", glue_settings=lambda: [Section("one", OwnSettings)]),
        plugins={"one": {"color": "blue"}},
    )

    assert "plugins.one.color: nobody knows this key. Did you mean 'colour'?" in message


def test_table_of_no_plugin(refusal: Refusal) -> None:
    """A table that no installed plugin has stops the start."""
    message = refusal(
        plugin("one", glue_settings=lambda: [Section("one", OwnSettings)]),
        plugins={"on": {}},
    )

    assert "no installed plugin has settings under 'plugins.on'. Did you mean 'one'?" in message


def test_table_of_a_plugin_without_settings(refusal: Refusal) -> None:
    """A table for a loaded plugin that declares no settings would be ignored: it is refused."""
    message = refusal(plugin("one", glue_resources=list), plugins={"one": {"a": 1}})

    assert "no installed plugin has settings under 'plugins.one'" in message


def test_table_of_a_plugin_of_another_process(start: Start) -> None:
    """A table for an installed plugin that this process does not load is left alone."""
    start(
        Source("glue.plugins.backend_api", "back", "glue-back", "1", "back", object),
        plugins={"back": {"a": 1}},
    )


def test_two_sections_of_one_name(refusal: Refusal) -> None:
    """Two plugins that declare one table stop the start."""
    message = refusal(
        plugin("one", glue_settings=lambda: [Section("same", OwnSettings)]),
        plugin("two", glue_settings=lambda: [Section("same", OwnSettings)]),
    )

    assert "Two settings sections named 'same'." in message
    assert names_parties(message, "one", "two")


@pytest.mark.parametrize("key", ["disable", "replace"])
def test_unknown_id_in_disable_and_replace(refusal: Refusal, get: Get, key: str) -> None:
    """An id that nobody has stops the start, and the nearest one is named."""
    wanted = "glue-one:one.thing.get"
    settings: dict[str, Any] = {key: [wanted] if key == "disable" else {wanted: wanted}}

    message = refusal(plugin("one", glue_resources=lambda: [get("things", "things")]), **settings)

    assert f"names {wanted!r}, which nobody has." in message
    assert "Did you mean 'glue-one:one.things.get'?" in message


def test_replacement_that_nobody_has(refusal: Refusal, get: Get) -> None:
    """The id in another's place must exist as well."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        replace={"glue-one:one.things.get": "glue-two:two.things.get"},
    )

    assert "names 'glue-two:two.things.get', which nobody has." in message


def test_id_of_a_plugin_of_another_process_is_no_error(start: Start) -> None:
    """One settings file serves the processes of several applications."""
    start(
        Source("glue.plugins.backend_api", "back", "glue-back", "1", "back", object),
        disable=["glue-back:back.things.get"],
    )


def test_importer_may_be_disabled(start: Start) -> None:
    """An importer is asked when a command needs it, and its id may be disabled all the same."""
    start(
        in_memory("glue.features", "f", glue_importers=list, distribution="glue-f"),
        disable=["glue-f:f.anything"],
    )


def test_two_operations_at_one_place(refusal: Refusal, get: Get) -> None:
    """Two operations with one place and method stop the start; their ids are told."""
    shared = get("things", "things").resource
    assert shared is not None

    def again() -> list[Operation]:
        return [Operation("get", get("x").handler, "things", shared)]

    message = refusal(plugin("one", glue_resources=again), plugin("two", glue_resources=again))

    assert message.startswith("Two operations of 'shop' answer GET /things/{things_id}.")
    assert names_parties(message, "one", "two")
    assert "'glue-one:one.things.get' or 'glue-two:two.things.get' under 'disable'" in message


def test_two_custom_routes_that_differ_in_placeholders(refusal: Refusal, get: Get) -> None:
    """Two routes with one template under other names stop the start, for one method."""
    message = refusal(
        plugin("one", glue_route_providers=lambda: [get("/catalog/{sku}")]),
        plugin("two", glue_route_providers=lambda: [get("/catalog/{id}")]),
    )

    assert "Two custom routes of 'shop' answer GET /catalog/{" in message
    assert names_parties(message, "one", "two")


def test_two_custom_routes_with_other_placeholders_of_other_methods(
    refusal: Refusal, get: Get
) -> None:
    """Placeholders of one segment have one name, whatever the methods."""
    message = refusal(
        plugin("one", glue_route_providers=lambda: [get("/catalog/{sku}")]),
        plugin("two", glue_route_providers=lambda: [get("/catalog/{id}/x", method="post")]),
    )

    assert "name the placeholder of one segment differently" in message
    assert "/catalog/{id}/x and /catalog/{sku}" in message
    assert names_parties(message, "one", "two")


@pytest.mark.parametrize("template", ["/a/{1x}", "/a b", "/a/{x:nope}", "/a/", "/a//b"])
def test_template_that_nothing_reaches(refusal: Refusal, get: Get, template: str) -> None:
    """A template that cannot be read or reached stops the start, with its plugin."""
    message = refusal(plugin("one", glue_route_providers=lambda: [get(template)]))

    assert repr(template) in message
    assert names_parties(message, "one")


def test_custom_route_may_lie_over_a_resource(start: Start, get: Get) -> None:
    """A custom route at the path of a resource is no conflict: the route wins."""
    start(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin("two", glue_route_providers=lambda: [get("/things/{things_id}")]),
    )


@pytest.mark.parametrize(
    ("hook", "place", "expected"),
    [
        ("glue_resources", "/things", "has a template for a place"),
        ("glue_route_providers", "things", "has no template for a place"),
        ("glue_resources", "relationships", "cannot be a type"),
        ("glue_resources", "things//items", "cannot be a type"),
        ("glue_resources", "th ings", "cannot be a type"),
    ],
)
def test_place_of_the_wrong_kind(
    refusal: Refusal, get: Get, hook: str, place: str, expected: str
) -> None:
    """Resources have chains of types, custom routes have templates."""
    hooks: dict[str, Any] = {hook: lambda: [get(place)]}

    message = refusal(plugin("one", **hooks))

    assert expected in message
    assert names_parties(message, "one")


def test_unknown_method(refusal: Refusal, get: Get) -> None:
    """A logical method that does not exist stops the start, and the nearest one is named."""
    message = refusal(plugin("one", glue_resources=lambda: [get("things", method="getCollectoin")]))

    assert "has the method 'getCollectoin'. Did you mean 'getCollection'?" in message
    assert names_parties(message, "one")


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("glue_resources", "Operation"),
        ("glue_route_providers", "Operation"),
        ("glue_relationships", "Relationship"),
        ("glue_request_builders", "Step"),
        ("glue_response_formatters", "Step"),
    ],
)
def test_contribution_of_the_wrong_kind(refusal: Refusal, hook: str, expected: str) -> None:
    """A hook that returns something else stops the start, and the plugin is named."""
    hooks: dict[str, Any] = {hook: lambda: ["nonsense"]}

    message = refusal(plugin("one", **hooks))

    assert f"returned 'nonsense' from {hook!r}; expected is: {expected}" in message
    assert names_parties(message, "one")


def test_hook_that_returns_no_sequence(refusal: Refusal) -> None:
    """A hook that returns one thing instead of a sequence stops the start."""
    message = refusal(plugin("one", glue_resources=lambda: 7))

    assert "returned 7 from 'glue_resources', which is no sequence" in message


def test_hook_that_raises(refusal: Refusal) -> None:
    """A hook that raises stops the start with its plugin and its error."""

    def fail() -> list[Operation]:
        raise KeyError("colour")

    message = refusal(plugin("one", glue_resources=fail))

    assert "failed in its hook 'glue_resources'" in message
    assert "KeyError: 'colour'" in message
    assert names_parties(message, "one")


class Price:
    """A feature."""


def _prices(name: str) -> Source:
    return plugin(
        name, "glue.features", glue_features=lambda: [Provider(Price, lambda features: Price())]
    )


def test_two_providers_of_a_feature(refusal: Refusal) -> None:
    """Two providers of one feature stop the start; the message names both and the way out."""
    message = refusal(_prices("one"), _prices("two"))

    assert message.startswith("Two providers of the feature '")
    assert ":Price'" in message
    assert names_parties(message, "one", "two")
    assert "'glue-one:one.Price' or 'glue-two:two.Price'" in message


def test_two_providers_for_one_key(refusal: Refusal) -> None:
    """Two providers of a feature for one key stop the start, and the message names the key."""

    def prices(name: str) -> Source:
        made = Provider(Price, lambda features: Price(), "net")
        return plugin(name, "glue.features", glue_features=lambda: [made])

    message = refusal(prices("one"), prices("two"))

    assert ":Price for net'" in message
    assert "'glue-one:one.Price.net' or 'glue-two:two.Price.net'" in message


def test_replace_decides_between_two_providers(start: Start) -> None:
    """``replace`` puts one provider in the other's place."""
    made = []

    def mine() -> list[Provider[Price]]:
        def make(features: object) -> Price:
            made.append("mine")
            return Price()

        return [Provider(Price, make)]

    deployment = start(
        _prices("one"),
        plugin("two", "glue.features", glue_features=mine),
        replace={"glue-one:one.Price": "glue-two:two.Price"},
    )
    deployment.features.get(Price)

    assert made == ["mine"]


def test_feature_that_nobody_provides(refusal: Refusal) -> None:
    """A plugin that asks for a feature nobody provides stops the start."""

    def resources(features: Any) -> list[Operation]:
        features.get(Price)
        return []

    message = refusal(plugin("one", glue_resources=resources))

    assert "No feature provides " in message
    assert names_parties(message, "one")


@pytest.mark.parametrize(
    ("target", "many", "told"),
    [
        ("others", True, "shows many 'items', the relationship many 'others'"),
        ("items", False, "shows many 'items', the relationship one 'items'"),
    ],
)
def test_child_place_against_relationship(
    refusal: Refusal, get: Get, target: str, many: bool, told: str
) -> None:
    """A child place and a relationship of its path must agree in type and number."""
    message = refusal(
        plugin(
            "one",
            glue_resources=lambda: [
                get("things", "things"),
                get("others", "others"),
                get("things/items", "items", "getCollection"),
            ],
        ),
        plugin(
            "two",
            glue_relationships=lambda: [
                Relationship("items", target, related, many, source="things")
            ],
        ),
    )

    assert "The child place 'things/items' and the relationship 'items' of 'things'" in message
    assert told in " ".join(message.split())
    assert names_parties(message, "one", "two")


def test_child_place_that_agrees_with_a_relationship(start: Start, get: Get) -> None:
    """A child place may show what the relationship of its path shows."""
    start(
        plugin(
            "one",
            glue_resources=lambda: [
                get("things", "things"),
                get("things/items", "items", "getCollection"),
            ],
            glue_relationships=lambda: [Relationship("items", "items", related, source="things")],
        )
    )


def test_application_of_no_kind(refusal: Refusal) -> None:
    """An application is aware or agnostic; anything else stops the start."""
    message = refusal(
        in_memory("glue.applications", "odd", object(), distribution="glue-odd", version="1.2.0")
    )

    assert "The application 'glue-odd:odd' is of an unknown kind: object." in message
    assert "RequestFlowAwareApiApplication or a RequestFlowAgnosticApiApplication" in message
    assert names_parties(message, "odd")


def test_application_of_another_name(refusal: Refusal) -> None:
    """An application has the name of its entry point."""
    message = refusal(in_memory("glue.applications", "odd", RequestFlowAwareApiApplication("even")))

    assert "The application 'in-memory:odd' calls itself 'even'." in message


def test_application_with_an_unknown_service(refusal: Refusal) -> None:
    """A service that does not exist cannot be declared."""
    message = refusal(
        in_memory(
            "glue.applications", "odd", RequestFlowAwareApiApplication("odd", services=("cache",))
        )
    )

    assert "declares services that do not exist: cache." in message
    assert "There are: database, storage, search, broker, session." in message


@pytest.mark.parametrize(
    "settings", [{"applications": {"shopp": {"hosts": ["a"]}}}, {"serve": ["shopp"]}]
)
def test_settings_of_an_unknown_application(refusal: Refusal, settings: dict[str, Any]) -> None:
    """Settings that name an application nobody installed stop the start."""
    message = refusal(**settings)

    assert "there is no application 'shopp'.\nInstalled are: shop." in message


def test_handler_with_a_parameter_that_nobody_fills(refusal: Refusal, get: Get) -> None:
    """A handler that asks for something unknown stops the start, and may-haves are listed."""

    def handle(request: GlueRequest, basket: dict[str, Any]) -> GlueResponse:
        return GlueResponse()

    message = refusal(plugin("one", glue_resources=lambda: [get("things", handler=handle)]))

    assert "The handler of 'things.get' asks for 'basket', which nobody fills in." in message
    assert "It may take: a GlueRequest, a GlueResponse, a Work, 'id: str', " in message
    assert names_parties(message, "one")


def test_step_that_cannot_be_bound(refusal: Refusal) -> None:
    """A step that raises while it is bound stops the start, with the operation it was for."""

    def fail(operation: Operation) -> Any:
        raise ValueError("no colour")

    message = refusal(plugin("one", glue_response_formatters=lambda: [Step("paint", fail)]))

    assert "The step 'glue-one:one.paint' cannot be bound to 'not-found' of 'shop'" in message
    assert "ValueError: no colour" in message
    assert names_parties(message, "one")


def test_two_steps_of_one_id(refusal: Refusal) -> None:
    """A plugin names each step of a stack once."""
    message = refusal(plugin("one", glue_request_builders=lambda: [_step("same"), _step("same")]))

    assert "Two steps of 'glue_request_builders' have the id 'glue-one:one.same'." in message


def test_simple_resource_without_a_method(refusal: Refusal) -> None:
    """A resource in the short form that answers nothing stops the start."""

    class Empty(SimpleResource):
        type = "things"
        attributes = OwnSettings

    message = refusal(plugin("one", glue_resources=lambda: [Empty()]))

    assert "Empty answers no method." in message


def test_all_problems_of_an_application_are_told_at_once(refusal: Refusal, get: Get) -> None:
    """One start tells of every conflict there is, not of the first."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin(
            "two",
            glue_resources=lambda: [get("items", "things")],
            glue_relationships=lambda: [Relationship("a", "nothing", related, source="things")],
        ),
    )

    assert "Two resources of 'shop' have the type 'things'." in message
    assert "has the target 'nothing'" in message


def test_settings_keep_their_origin_in_messages(refusal: Refusal) -> None:
    """A message about settings says where they come from."""
    assert "Settings are wrong in the given settings:" in refusal(mode="productoin")


def test_two_engines_of_one_scheme(refusal: Refusal) -> None:
    """Two engines that open the URLs of one service and scheme stop the start."""

    def engines() -> list[ServiceEngine]:
        return [ServiceEngine("storage", "memory", lambda url, services: None)]

    message = refusal(
        plugin("one", "glue.features", glue_service_engines=engines),
        plugin("two", "glue.features", glue_service_engines=engines),
    )

    assert message.startswith("Two engines for 'storage memory:'.")
    assert names_parties(message, "one", "two")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"many": False, "page": PageRules()}, "is to-one and has pages"),
        ({"many": False, "load_page": lambda resource, request: None}, "is to-one and has pages"),
        ({"page": PageRules(strategies=("offset", "cursor"))}, "takes cursors"),
    ],
)
def test_pages_that_a_relationship_cannot_have(
    refusal: Refusal, get: Get, options: dict[str, Any], complaint: str
) -> None:
    """Pages of a single resource, and cursors that nobody reads, stop the start."""
    message = refusal(
        plugin("one", glue_resources=lambda: [get("things", "things")]),
        plugin(
            "two",
            glue_relationships=lambda: [
                Relationship("a", "things", related, source="things", **options)
            ],
        ),
    )

    assert f"The relationship 'a' of 'things' in 'shop' {complaint}" in message
    assert names_parties(message, "two")
