"""``glue schema``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from glue_core import (
    AttributeChange,
    BodyRules,
    GlueResponse,
    Operation,
    OperationChange,
    Policy,
    Relationship,
    Resource,
    ResourceChange,
)
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory

GROUP = "glue.plugins.probe_api"
LAMPS, ACME, LAW = "glue-lamps:lamps", "glue-acme:acme", "glue-law:law"


class MakerAttributes(Schema):
    """Who made a lamp."""

    name = fields.String(required=True)


class Named(Schema):
    """What has a name; others build on it."""

    name = fields.String(required=True, validate=validate.Length(max=80))


class LampAttributes(Named):
    """Attributes of lamps."""

    watt = fields.Integer(validate=validate.Range(min=1), metadata={"description": "Its power."})
    code = fields.String()
    serial = fields.Integer(dump_only=True)
    cost = fields.Integer(allow_none=True)
    maker = fields.Nested(MakerAttributes)


class ColourAttributes(Schema):
    """What somebody else knows of lamps."""

    colour = fields.String(validate=validate.OneOf(["red", "white"]))


def different(values: dict[str, Any]) -> None:
    """Refuse a lamp that is called as its maker."""
    if values.get("name") == values.get("maker", {}).get("name"):
        raise ValidationError("The same.", "name")


def answer() -> GlueResponse:
    """Answer nothing."""
    return GlueResponse.page([])


def plugin(name: str, **hooks: Any) -> Source:
    """Return a plugin of a distribution of its own."""
    held = in_memory(GROUP, name, **hooks).load()
    return Source.of(GROUP, name, held, distribution=f"glue-{name}", version="1.2")


@pytest.fixture
def lamps(glue: Any) -> Any:
    """Install lamps, and two plugins that change them; one belongs to the project."""
    lamp = Resource("lamps", LampAttributes, restricted={"cost": ("office",)})
    hall = Relationship("hall", "probes", lambda lamps, request: {}, source="lamps", many=False)
    changes = [
        ResourceChange(
            "lamps",
            attributes=ColourAttributes,
            changes={
                "watt": AttributeChange(rename="power", nullable=True),
                "code": AttributeChange(hidden=True),
                "maker/name": AttributeChange(description="Its maker."),
            },
        ),
        OperationChange("lamps.getCollection", sorts=("colour",), handled=True),
        BodyRules("lamps", {"load": validate.Range(max=90), "": different}, methods=("post",)),
    ]
    law = [
        ResourceChange("lamps", changes={"power": AttributeChange(rename="load")}),
        BodyRules("lamps", {"maker/name": validate.Length(max=9)}, required=("maker",)),
    ]
    glue.plugins += [
        plugin(
            "lamps",
            glue_resources=lambda: [
                Operation("getCollection", answer, "lamps", lamp, sorts=("watt", "name")),
                Operation("post", answer, "lamps", lamp),
                Operation("patch", answer, "lamps", lamp),
            ],
        ),
        plugin(
            "acme",
            glue_declaration_changes=lambda: changes,
            glue_relationships=lambda: [hall],
            glue_authorization_policies=lambda: [
                Policy(
                    "colour",
                    lambda grants, type_, name, action: name != "colour" or "see" in grants,
                )
            ],
        ),
        plugin("law", glue_declaration_changes=lambda: law),
    ]
    glue.settings["project"] = [LAW]
    return glue


def found(glue: Any, *arguments: str) -> dict[str, Any]:
    """Return the one declaration of lamps as JSON."""
    result = glue("schema", "lamps", *arguments, "--json")
    assert result.exit_code == 0, result.output
    (only,) = json.loads(result.stdout)["types"]
    return dict(only)


def attribute(shown: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one attribute."""
    (only,) = [each for each in shown["attributes"] if each["name"] == name]
    return dict(only)


def test_declaration_is_told(lamps: Any) -> None:
    """A type is told with its application, who declares it, and its schema."""
    shown = found(lamps)

    assert shown["application"] == "probe_api"
    assert shown["declared_by"] == LAMPS
    assert shown["schema"].endswith("test_schema:LampAttributes")
    names = [each["name"] for each in shown["attributes"]]
    assert sorted(names) == ["colour", "cost", "load", "maker", "maker/name", "name", "serial"]


def test_attribute_says_what_it_is_and_where_it_is_declared(lamps: Any) -> None:
    """An attribute has its kind, rules and access; one of a base class is declared there."""
    name = attribute(found(lamps), "name")

    assert name["declared_in"].endswith("test_schema:Named")
    assert (name["field"], name["required"], name["by"]) == ("String", True, LAMPS)
    assert name["rules"] == ["Length(max=80)"]
    assert (name["readable"], name["writable"]) == (True, True)
    assert (name["changed"], name["restricted_to"]) == ([], [])
    serial = attribute(found(lamps), "serial")
    assert (serial["readable"], serial["writable"]) == (True, False)


def test_attribute_that_was_added_is_of_who_added_it(lamps: Any) -> None:
    """What another plugin added is told with its change and its schema."""
    colour = attribute(found(lamps), "colour")

    assert colour["by"] == f"{ACME}.lamps"
    assert colour["declared_in"].endswith("test_schema:ColourAttributes")


def test_changes_of_all_layers_are_told_under_the_last_name(lamps: Any) -> None:
    """Who changed an attribute stays known when somebody else renames it after that."""
    load = attribute(found(lamps), "load")

    assert load["by"] == LAMPS
    assert load["nullable"] is True
    assert [(each["what"], each["value"], each["by"]) for each in load["changed"]] == [
        ("nullable", True, f"{ACME}.lamps"),
        ("rename", "power", f"{ACME}.lamps"),
        ("rename", "load", f"{LAW}.lamps"),
    ]
    nested = attribute(found(lamps), "maker/name")
    assert [(each["what"], each["by"]) for each in nested["changed"]] == [
        ("description", f"{ACME}.lamps")
    ]


def test_what_was_hidden_is_told_by_who_hid_it(lamps: Any) -> None:
    """An attribute that is gone is in both views, with who took it away."""
    assert f"    code: hidden  by {ACME}.lamps\n" in lamps("schema", "lamps").stdout
    printed = lamps("schema", "lamps", "--sources").stdout

    assert "code: hidden" in printed
    assert printed.index(f"{ACME}.lamps: glue-acme 1.2") < printed.index("code: hidden")
    assert printed.index("code: hidden") < printed.index(f"{LAW}.lamps: glue-law 1.2")


def test_rules_of_a_body_say_who_brought_them(lamps: Any) -> None:
    """The rules of a body are those that hold, each with its source; a patch requires nothing."""
    shown = found(lamps, "--operation", "lamps.post")

    (post,) = shown["operations"]
    body = {each["name"]: each for each in post["body"]}
    assert body["load"]["rules"] == [
        {"rule": "Range(min=1)", "by": LAMPS},
        {"rule": "Range(max=90)", "by": f"{ACME}.lamps.rules.post"},
    ]
    assert body["maker/name"]["rules"] == [{"rule": "Length(max=9)", "by": f"{LAW}.lamps.rules"}]
    assert body["maker"]["required"] is True
    assert "serial" not in body
    assert {(each["attribute"], each["what"], each["by"]) for each in post["changed"]} == {
        ("load", "rule", f"{ACME}.lamps.rules.post"),
        ("", "rule", f"{ACME}.lamps.rules.post"),
        ("maker", "required", f"{LAW}.lamps.rules"),
        ("maker/name", "rule", f"{LAW}.lamps.rules"),
    }
    (patch,) = found(lamps, "--operation", "lamps.patch")["operations"]
    assert [each["name"] for each in patch["body"] if each["required"]] == []


def test_operation_says_what_is_its_own_and_what_was_changed(lamps: Any) -> None:
    """Orders are those that hold, under the last names; what was added says who added it."""
    shown = found(lamps, "--operation", f"{LAMPS}.lamps.getCollection")

    (page,) = shown["operations"]
    assert page["sorts"] == ["load", "name", "colour"]
    assert page["by"] == LAMPS
    assert page["changed"] == [
        {
            "attribute": "",
            "what": "sorts",
            "value": ["colour"],
            "by": f"{ACME}.lamps.getCollection",
        }
    ]


def test_relationship_says_who_brought_it(lamps: Any) -> None:
    """A relationship of another plugin is told with that plugin."""
    (hall,) = found(lamps)["relationships"]

    assert (hall["name"], hall["target"], hall["many"]) == ("hall", "probes", False)
    assert hall["by"] == ACME


@pytest.mark.parametrize(
    ("options", "colour", "cost"),
    [
        ((), True, True),
        (("--public",), False, False),
        (("--grants", "see"), True, False),
        (("--grants", "see, office"), True, True),
    ],
)
def test_access_is_that_of_who_asks(
    lamps: Any, options: tuple[str, ...], colour: bool, cost: bool
) -> None:
    """Somebody's access is what the lens for their grants says; a policy that denies is named."""
    shown = found(lamps, *options)

    assert attribute(shown, "colour")["readable"] is colour
    assert attribute(shown, "cost")["writable"] is cost
    assert attribute(shown, "cost")["restricted_to"] == ["office"]
    denied = [] if colour else [f"{ACME}.colour"]
    assert attribute(shown, "colour")["denied_by"] == denied


def test_people_read_tables(lamps: Any) -> None:
    """Without '--json' there are tables, and below an attribute what was changed about it."""
    printed = lamps("schema", "lamps", "--operation", "lamps.post").stdout

    assert printed.startswith("lamps in probe_api\n    declared by glue-lamps:lamps: ")
    assert f"    load: rename load  by {LAW}.lamps\n" in printed
    assert "Range(min=1) by glue-lamps:lamps; Range(max=90) by glue-acme" in printed
    assert "read,write (office)" in printed


def test_stores_have_declarations_of_their_own(lamps: Any) -> None:
    """What one store sees otherwise is a declaration of its own, which says so."""
    only = ResourceChange("lamps", changes={"name": AttributeChange(hidden=True)}, stores=("AT",))
    chooser = {"glue_request_builders": lambda: [_chooses_store()]}
    lamps.plugins.append(plugin("austria", glue_declaration_changes=lambda: [only], **chooser))

    shown = json.loads(lamps("schema", "lamps", "--json").stdout)["types"]

    names = {
        tuple(each["stores"]): "name" in [one["name"] for one in each["attributes"]]
        for each in shown
    }
    assert names == {(): True, ("AT",): False}


def _chooses_store() -> Any:
    from glue_core import Step

    return Step("store", lambda operation: lambda request: None, chooses_store=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lamp",), "There is no type 'lamp'. There are: health-check, lamps, probes."),
        (("lamps", "--operation", "lamps.put"), "No operation of 'lamps' is called 'lamps.put'"),
    ],
)
def test_what_is_not_there_is_an_error(
    lamps: Any, arguments: tuple[str, ...], message: str
) -> None:
    """A name that nobody declares ends with 1, and says which there are."""
    result = lamps("schema", *arguments)

    assert result.exit_code == 1
    assert message.replace("health-check, ", "") in result.stderr.replace("health-check, ", "")


def test_public_and_grants_do_not_go_together(lamps: Any) -> None:
    """Two of whom the access is wanted are wrong usage."""
    assert lamps("schema", "lamps", "--public", "--grants", "see").exit_code == 2
