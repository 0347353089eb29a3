"""Changes that do not fit: the message names the change, the parties, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    AttributeChange,
    BodyRules,
    GlueResponse,
    Operation,
    OperationChange,
    PageRules,
    RequestFlowAwareApiApplication,
    Resource,
    ResourceChange,
    hookimpl,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory

Change = ResourceChange | OperationChange | BodyRules
Refusal = Callable[..., str]
Start = Callable[..., Deployment]


class Lamps(Schema):
    """Attributes of lamps."""

    name = fields.String()
    watts = fields.Integer()
    code = fields.String(dump_only=True)


class Names(Schema):
    """Attributes that lamps have already."""

    name = fields.String()


class Colours(Schema):
    """Attributes that lamps have not."""

    colour = fields.String()


class OtherColours(Schema):
    """Another idea of the same attribute."""

    colour = fields.Integer()


LAMP = Resource("lamps", Lamps)


def answer() -> GlueResponse:
    """Answer with nothing."""
    return GlueResponse()


def instead() -> GlueResponse:
    """Answer with nothing, too."""
    return GlueResponse()


LAMPS = in_memory(
    "glue.plugins.shop",
    "lamps",
    distribution="glue-lamps",
    version="1.0.0",
    glue_resources=lambda: [
        Operation("getCollection", answer, "lamps", LAMP, sorts=("name",)),
        Operation("post", answer, "lamps", LAMP),
    ],
)


def plugin(name: str, *changes: object, group: str = "glue.plugins.shop") -> Source:
    """Make a plugin with changes, whose distribution is called after it."""
    return in_memory(
        group,
        name,
        distribution=f"glue-{name}",
        version="1.2.0",
        glue_declaration_changes=lambda: changes,
    )


def of_watts(name: str = "", after: tuple[str, ...] = (), **told: Any) -> ResourceChange:
    """Change the attribute ``watts`` of lamps."""
    change = AttributeChange(**told)
    return ResourceChange("lamps", changes={"watts": change}, after=after, name=name)


CONTRADICTIONS: dict[str, tuple[Change, Change, str]] = {
    "flag": (of_watts(default=1), of_watts(default=2), "the attribute 'watts' of 'lamps': default"),
    "hidden and changed": (
        of_watts(hidden=True),
        of_watts(required=True),
        "the attribute 'watts' of 'lamps': required",
    ),
    "two additions": (
        ResourceChange("lamps", attributes=Colours),
        ResourceChange("lamps", attributes=OtherColours),
        "the attribute 'colour' of 'lamps'",
    ),
    "type": (
        ResourceChange("lamps", description="One."),
        ResourceChange("lamps", description="Two."),
        "the type 'lamps': description",
    ),
    "handler": (
        OperationChange("lamps.post", handler=answer),
        OperationChange("glue-lamps:lamps.lamps.post", handler=instead),
        "the operation 'glue-lamps:lamps.lamps.post': handler",
    ),
    "rule of pages": (
        OperationChange("lamps.getCollection", page=PageRules(5)),
        OperationChange("lamps.getCollection", page={"maximum": 20}),
        "the operation 'glue-lamps:lamps.lamps.getCollection': page.maximum",
    ),
    "added and replaced": (
        OperationChange("lamps.getCollection", sorts=("watts",), handled=True),
        OperationChange("lamps.getCollection", sorts=("code",), handled=True, replaces=("sorts",)),
        "the operation 'glue-lamps:lamps.lamps.getCollection': sorts",
    ),
    "rules": (
        BodyRules("lamps", {"name": validate.Length(max=3)}),
        BodyRules("lamps", {"name": validate.Length(max=4)}, replaces=("name",)),
        "the rules of 'name' of 'lamps' in the bodies of 'patch'",
    ),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
@pytest.mark.parametrize("is_turned", [False, True])
def test_contradiction(refusal: Refusal, case: str, is_turned: bool) -> None:
    """Two plugins that contradict each other stop the start in either order of discovery."""
    one, other, about = CONTRADICTIONS[case]
    sources = [plugin("one", one), plugin("two", other)]

    message = refusal(LAMPS, *(reversed(sources) if is_turned else sources))

    lines = message.splitlines()
    assert lines[0] == f"Two changes of 'shop' contradict each other about {about}."
    assert lines[1].startswith("  glue-one 1.2.0   ")
    assert lines[2].startswith("  glue-two 1.2.0   ")
    assert f"after=('glue-one:one.{one.contribution_name}',)" in lines[3]


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_contradiction_that_one_decides(start: Start, refusal: Refusal, case: str) -> None:
    """The way out that the message names works: one of them is disabled."""
    one, other, _ = CONTRADICTIONS[case]
    id_ = f"glue-one:one.{one.contribution_name}"

    start(LAMPS, plugin("one", one), plugin("two", other), disable=[id_])


def test_order_may_be_declared_in_steps(start: Start) -> None:
    """Of three changes each names the one before it: that puts all three in order."""
    deployment = start(
        LAMPS,
        plugin("zz", of_watts("first", default=1)),
        plugin("yy", of_watts("second", ("first",), default=2)),
        plugin("xx", of_watts("third", ("second",), default=3)),
    )

    resource = deployment.registry.applications["shop"].operations[0].value.resource
    assert resource.attributes().fields["watts"].load_default == 3


def test_order_in_a_circle(refusal: Refusal) -> None:
    """Changes that each come after the other cannot be put in order."""
    message = refusal(
        LAMPS,
        plugin("one", of_watts("first", ("second",), default=1)),
        plugin("two", of_watts("second", ("first",), default=2)),
    )

    assert message.startswith("The order of the changes of 'shop' has a cycle: ")


def test_order_after_nobody(refusal: Refusal) -> None:
    """A change cannot come after one that is not there, unless it says that it may be absent."""
    message = refusal(LAMPS, plugin("one", of_watts("first", ("second",), default=1)))

    assert "must come after 'second', and the changes of 'shop' has no such step" in message
    assert "Steps there: glue-one:one.first." in message


def test_project_of_two_hands(refusal: Refusal, glue_deployment: Callable[..., Any]) -> None:
    """Contradictions inside the project's layer stop the start as well."""
    message = refusal(
        LAMPS,
        plugin("one", of_watts(default=1)),
        plugin("two", of_watts(default=2)),
        project=["glue-one:one", "glue-two:two"],
    )

    assert message.startswith("Two changes of 'shop' contradict each other")


def test_project_names_nobody(refusal: Refusal) -> None:
    """The setting ``project`` names plugins that are installed."""
    message = refusal(LAMPS, project=["glue-lamps:lamp"])

    assert "'project' names the plugin 'glue-lamps:lamp', which is not installed." in message
    assert "Did you mean 'glue-lamps:lamps'?" in message


UNKNOWN: dict[str, tuple[Change, str]] = {
    "type": (
        ResourceChange("lamp", description="A."),
        "The change 'glue-one:one.lamp' of 'shop' is about the type 'lamp', which no plugin "
        "declares. Did you mean 'lamps'?",
    ),
    "operation": (
        OperationChange("lamps.pots", status=200),
        "The change 'glue-one:one.lamps.pots' of 'shop' is about the operation 'lamps.pots', "
        "which no plugin declares. Did you mean 'lamps.post'?",
    ),
    "attribute": (
        ResourceChange("lamps", changes={"wats": AttributeChange(default=1)}),
        "The change 'glue-one:one.lamps' of 'shop' is about the attribute 'wats' of 'lamps', and "
        "there is no 'wats'. Did you mean 'watts'?",
    ),
    "nested attribute": (
        ResourceChange("lamps", changes={"name/first": AttributeChange(default="")}),
        "The change 'glue-one:one.lamps' of 'shop' is about the attribute 'name/first' of "
        "'lamps', and there is no 'first'.",
    ),
    "rule": (
        BodyRules("lamps", {"nam": validate.Length(max=3)}),
        "The rules 'glue-one:one.lamps.rules' of 'shop' are about the attribute 'nam' of "
        "'lamps', and there is no 'nam' that bodies may set. Did you mean 'name'?",
    ),
    "rule of what is only read": (
        BodyRules("lamps", {"code": validate.Length(max=3)}),
        "The rules 'glue-one:one.lamps.rules' of 'shop' are about the attribute 'code' of "
        "'lamps', and there is no 'code' that bodies may set.",
    ),
    "rule of a method": (
        BodyRules("lamps", {"name": validate.Length(max=3)}, methods=("patch",)),
        "The rules 'glue-one:one.lamps.rules.patch' of 'shop' are for the bodies of 'patch', and "
        "no operation of 'lamps' takes such a body.",
    ),
    "attribute twice": (
        ResourceChange("lamps", attributes=Names),
        "The change 'glue-one:one.lamps' of 'shop' adds the attribute 'name' to 'lamps', which "
        "has it already.",
    ),
    "name twice": (
        ResourceChange("lamps", changes={"watts": AttributeChange(rename="name")}),
        "The change 'glue-one:one.lamps' of 'shop' renames the attribute 'watts' of 'lamps' to "
        "'name', which another one is called.",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_change_of_what_is_not_there(refusal: Refusal, case: str) -> None:
    """A change of something that does not exist, or that exists already, is told with a hint."""
    change, text = UNKNOWN[case]

    message = refusal(LAMPS, plugin("one", change))

    assert message.splitlines()[0].startswith(text)
    assert message.splitlines()[1].startswith("  glue-one 1.2.0   ")


def test_declarer_of_the_type_is_named(refusal: Refusal) -> None:
    """Where an attribute is missing, or there already, the plugin of the type is named as well."""
    message = refusal(LAMPS, plugin("one", ResourceChange("lamps", attributes=Names)))

    assert message.splitlines()[2].startswith("  glue-lamps 1.0.0   ")


MISSHAPEN: dict[str, tuple[Any, str]] = {
    "text for a list": (
        OperationChange("lamps.getCollection", sorts="name"),  # type: ignore[arg-type]
        "has 'name' for 'sorts': write a tuple, such as ('name',).",
    ),
    "no schema": (
        ResourceChange("lamps", attributes=Colours()),  # type: ignore[arg-type]
        "which is no class of a marshmallow schema.",
    ),
    "nothing of a type": (ResourceChange("lamps"), "changes nothing: give it 'attributes',"),
    "nothing of an attribute": (of_watts(), "changes nothing about 'watts'."),
    "nothing of an operation": (OperationChange("lamps.post"), "changes nothing: give it one of"),
    "no rule": (BodyRules("lamps"), "say nothing: give them 'rules', 'required' or 'replaces'."),
    "text for grants": (
        ResourceChange("lamps", restricted={"watts": "clerk"}),  # type: ignore[dict-item]
        "restricts 'watts' to 'clerk': write a tuple of grants.",
    ),
    "no attribute change": (
        ResourceChange("lamps", changes={"watts": {"required": True}}),  # type: ignore[dict-item]
        "has {'required': True} for 'watts': write an AttributeChange.",
    ),
    "hidden and required": (
        of_watts(hidden=True, required=True),
        "hides 'watts' and changes its 'required': one of them has no effect.",
    ),
    "required with a default": (of_watts(required=True, default=1), "requires 'watts' and gives"),
    "required and read-only": (of_watts(required=True, writable=False), "lets nobody write it."),
    "neither way": (of_watts(readable=False, writable=False), "'watts': write hidden=True."),
    "unknown rule of pages": (
        OperationChange("lamps.getCollection", page={"max": 1}),
        "has 'max' in 'page': there are default, maximum, strategies, ranges.",
    ),
    "wrong pages": (OperationChange("lamps.getCollection", page=5), "has 5 for 'page':"),  # type: ignore[arg-type]
    "replaced handler": (
        OperationChange("lamps.post", handler=answer, replaces=("handler",)),
        "replaces 'handler': name what it has of filters, sorts, parameters, errors;",
    ),
    "replaced attribute": (
        ResourceChange("lamps", attributes=Colours, replaces=("name",)),
        "replaces 'name', which its 'attributes' do not have.",
    ),
    "handler": (OperationChange("lamps.post", handler="x"), "which cannot be called."),  # type: ignore[arg-type]
    "validator": (BodyRules("lamps", {"name": 5}), "which cannot be called: write a validator."),  # type: ignore[dict-item]
    "method without a body": (
        BodyRules("lamps", {"name": validate.Length(max=1)}, methods=("get",)),
        "are for 'get', whose requests have no body.",
    ),
}


@pytest.mark.parametrize("case", MISSHAPEN)
def test_change_that_cannot_be_meant(refusal: Refusal, case: str) -> None:
    """A change that is wrong in itself says which one, of whom, and what is wrong."""
    change, text = MISSHAPEN[case]

    first, party, *_ = refusal(LAMPS, plugin("one", change)).splitlines()

    assert "'glue-one:one." in first
    assert text in first
    assert party.startswith("  glue-one 1.2.0   ")


IMPOSSIBLE: dict[str, tuple[Change, str]] = {
    "no resources on a page": (
        OperationChange("lamps.getCollection", page={"default": 0}),
        "PageRules has 0 for 'default'.",
    ),
    "text for a size": (
        OperationChange("lamps.getCollection", page={"default": "5"}),
        "PageRules has '5' for 'default'.",
    ),
    "default over the maximum": (
        OperationChange("lamps.getCollection", page={"maximum": 5}),
        "PageRules has pages of 10 by default and of 5 at most.",
    ),
    "pages of what is no collection": (
        OperationChange("lamps.post", page={"maximum": 50}),
        "has rules for pages, and its method 'post' shows no collection.",
    ),
    "status of failure": (
        OperationChange("lamps.post", status=700),
        "'glue-lamps:lamps.lamps.post' of 'shop' has 700 for 'status'.",
    ),
    "policy for ids": (
        ResourceChange("lamps", client_ids="maybe"),  # type: ignore[arg-type]
        "The type 'lamps' of 'shop' has 'maybe' for 'client_ids'.",
    ),
    "method that must match": (
        ResourceChange("lamps", requires_match=("patsh",)),
        "has the method 'patsh' in 'requires_match'. Did you mean 'patch'?",
    ),
    "text for methods that must match": (
        ResourceChange("lamps", requires_match="patch"),  # type: ignore[arg-type]
        "has 'patch' for 'requires_match'.",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_value_that_cannot_be(refusal: Refusal, case: str) -> None:
    """A declaration that a change gives an impossible value names who changed it."""
    change, text = IMPOSSIBLE[case]

    message = refusal(LAMPS, plugin("one", change))

    assert text in message.splitlines()[0]
    assert "glue-one 1.2.0" in message.splitlines()[1]


@pytest.mark.parametrize("kind", ["filters", "sorts"])
def test_new_names_need_somebody_who_knows_them(start: Start, refusal: Refusal, kind: str) -> None:
    """A filter or sort comes with a handler, or the change says that the present one knows it."""

    def plugin_of(**told: Any) -> Source:
        told[kind] = ("watts",)
        return plugin("one", OperationChange("lamps.getCollection", **told))

    first, changing, declaring, _ = refusal(LAMPS, plugin_of()).splitlines()

    assert first == (
        f"The change 'glue-one:one.lamps.getCollection' of 'shop' adds 'watts' to the {kind} of "
        f"'glue-lamps:lamps.lamps.getCollection', whose handler need not know it."
    )
    assert (changing.split()[0], declaring.split()[0]) == ("glue-one", "glue-lamps")
    assert start(LAMPS, plugin_of(handled=True))
    assert start(LAMPS, plugin_of(handler=answer))


def test_names_that_are_there_need_nobody(start: Start) -> None:
    """A change may keep some of the sorts, under their new names as well."""
    assert start(
        LAMPS,
        plugin("names", ResourceChange("lamps", changes={"name": AttributeChange(rename="title")})),
        plugin(
            "one", OperationChange("lamps.getCollection", sorts=("title",), replaces=("sorts",))
        ),
    )


def test_only_the_final_pages_must_be_possible(start: Start) -> None:
    """Two changes of one collection's pages are judged together."""
    assert start(
        LAMPS,
        plugin("one", OperationChange("lamps.getCollection", page={"maximum": 5})),
        plugin("two", OperationChange("lamps.getCollection", page={"default": 2})),
    )


@pytest.mark.parametrize("status", [99, 404, 700, "200", True])
def test_declared_status_is_one_of_success(refusal: Refusal, status: Any) -> None:
    """An operation is checked where it is declared as where it is changed."""
    plugin = in_memory(
        "glue.plugins.shop",
        "lamps",
        glue_resources=lambda: [Operation("get", answer, "lamps", LAMP, status=status)],
    )

    assert f"has {status!r} for 'status'." in refusal(plugin)


def test_two_changes_of_one_id(refusal: Refusal) -> None:
    """A plugin that changes one type twice gives its changes names."""
    message = refusal(LAMPS, plugin("one", of_watts(default=1), of_watts(nullable=True)))

    assert message.startswith("Two changes of 'shop' have the id 'glue-one:one.lamps'.")


def test_bad_handler_is_told_of_its_plugin(refusal: Refusal) -> None:
    """A handler that asks for what there is not is told with the plugin that brought it."""

    def handler(nonsense: int) -> GlueResponse:
        return GlueResponse()

    message = refusal(LAMPS, plugin("one", OperationChange("lamps.post", handler=handler)))

    assert "asks for 'nonsense'" in message
    assert "changed by glue-one 1.2.0" in message


@pytest.mark.parametrize("group", ["glue.plugins", "glue.features", "glue.conventions.json_api"])
def test_only_plugins_of_an_application_change_declarations(refusal: Refusal, group: str) -> None:
    """A plugin of every application, of a convention or a feature knows no declarations."""
    message = refusal(LAMPS, plugin("one", of_watts(default=1), group=group))

    assert "implements 'glue_declaration_changes', but is in the group" in message


def test_result_does_not_depend_on_discovery(glue_deployment: Callable[..., Deployment]) -> None:
    """Whatever order plugins are found in, the declarations are the same."""

    class Hooks:
        @hookimpl
        def glue_declaration_changes(self) -> list[Change]:
            return [ResourceChange("lamps", changes={"power": AttributeChange(default=5)})]

    shop = RequestFlowAwareApiApplication("shop", hooks=Hooks())
    sources = [
        in_memory("glue.applications", "shop", shop),
        LAMPS,
        plugin("one", of_watts(rename="power", default=1)),
        plugin("two", OperationChange("lamps.getCollection", sorts=("colour",), handled=True)),
        plugin("three", ResourceChange("lamps", attributes=Colours)),
    ]

    found = []
    for order in (sources, sources[::-1]):
        registry = glue_deployment(order, settings={}).registry.applications["shop"]
        (listed,) = [e.value for e in registry.operations if e.name == "lamps.getCollection"]
        schema = listed.resource.attributes()
        names = {name: (e.data_key, e.load_default) for name, e in schema.fields.items()}
        found.append((names, listed.sorts))
    assert found[0] == found[1]
    assert found[0][0]["watts"] == ("power", 5)
