"""The compliance suite for resources: a sound one passes, and each broken one is told why."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    BadRequest,
    Conflict,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    Identity,
    IdentityReader,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Protection,
    RequestFlowAwareApiApplication,
    Resource,
    Strategy,
)
from glue_core.testing import Deployment, in_memory, installed
from glue_core.testing.resources import ResourceCompliance, ResourceProbe, ResourceSample

MISSING = ErrorCode(404, "9001", "There is no such lamp.")
IN_USE = ErrorCode(409, "9002", "There is a lamp of this name.")
GUARD = Protection(("oauth-user-scope",), scopes=("lamps",))
IDENTITIES = {
    "keeper": Identity("user", "keeper", 1, ("lamps", "lamps.cost")),
    "visitor": Identity("user", "visitor", 2, ("lamps",)),
}
SAMPLE = ResourceSample(
    "shop",
    "lamps",
    ids=("1", "2", "3"),
    headers={"x-who": "keeper"},
    create={"name": "Torch", "watts": 5, "tags": ["new"], "cost": "four"},
    change={"watts": 60},
    strangers={"x-who": "visitor"},
)


def described(text: str) -> dict[str, Any]:
    """Return the metadata of a field."""
    return {"description": text}


class LampAttributes(Schema):
    """Attributes of a lamp."""

    name = fields.String(
        required=True, validate=validate.Length(min=1), metadata=described("Name.")
    )
    watts = fields.Integer(strict=True, required=True, metadata=described("Power, in watts."))
    tags = fields.List(fields.String(), load_default=list, metadata=described("Tags."))
    cost = fields.String(metadata=described("What it costs us."))


class Lamps:
    """A sound plugin; the broken ones override a method."""

    def __init__(self) -> None:
        self.lamps: dict[str, dict[str, Any]] = {
            str(number): {
                "id": str(number),
                "name": name,
                "watts": 10 * (4 - number),
                "tags": [name[0]],
                "cost": f"secret-{name}",
            }
            for number, name in enumerate(("Arc", "Bulb", "Candle"), 1)
        }

    def resource(self) -> Resource:
        """Declare the type."""
        return Resource(
            "lamps",
            LampAttributes,
            description="A lamp.",
            protection=GUARD,
            restricted={"cost": ("lamps.cost",)},
        )

    def operations(self) -> list[Operation]:
        """Declare the operations."""
        lamps = self.resource()
        return [
            Operation(
                "getCollection",
                self.page,
                "lamps",
                lamps,
                sorts=("name", "watts"),
                filters=("name", "tags"),
                page=PageRules(2, 10),
            ),
            Operation("get", self.get, "lamps", lamps, errors=(MISSING,)),
            Operation("post", self.post, "lamps", lamps, errors=(IN_USE,)),
            Operation("patch", self.patch, "lamps", lamps, errors=(MISSING,)),
            Operation("delete", self.delete, "lamps", lamps, errors=(MISSING,)),
        ]

    def strategies(self) -> list[Strategy]:
        """Contribute no strategies."""
        return []

    def lamp(self, request: GlueRequest) -> dict[str, Any]:
        """Return the lamp in the path."""
        found = self.lamps.get(request.resource.id or "")
        if found is None:
            raise NotFound(MISSING.code, MISSING.message)
        return found

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one."""
        return GlueResponse.of(dict(self.lamp(request)))

    def found(self, request: GlueRequest) -> list[dict[str, Any]]:
        """Return those that the filters select, in the order of the request."""
        found = list(self.lamps.values())
        for each in request.filters:
            found = [
                lamp
                for lamp in found
                if (
                    each.value in lamp[each.field]
                    if isinstance(lamp[each.field], list)
                    else lamp[each.field] == each.value
                )
            ]
        for key in reversed(request.sortings):
            found.sort(key=lambda lamp, name=key.field: lamp[name], reverse=not key.is_ascending)  # type: ignore[misc]
        return found

    def page(self, request: GlueRequest) -> GlueResponse:
        """Return a page."""
        page = request.pagination or Pagination(0, 2)
        found = self.found(request)
        return GlueResponse.page(
            found[page.offset : page.offset + page.limit],
            Pagination(page.offset, page.limit, len(found)),
        )

    def post(self, request: GlueRequest) -> GlueResponse:
        """Write a new one."""
        name = request.attributes["name"]
        if any(each["name"] == name for each in self.lamps.values()):
            raise Conflict(IN_USE.code, IN_USE.message)
        id_ = str(len(self.lamps) + 1)
        self.lamps[id_] = {"id": id_, **request.attributes}
        return GlueResponse.of(dict(self.lamps[id_]))

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change one."""
        lamp = self.lamp(request)
        lamp.update(request.attributes)
        return GlueResponse.of(dict(lamp))

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Delete one."""
        del self.lamps[self.lamp(request)["id"]]
        return GlueResponse.no_content()


class Undescribed(Lamps):
    """Broken: nobody says what a lamp is."""

    def resource(self) -> Resource:
        """Declare without a description."""
        return replace(super().resource(), description="")


class DeclaresNo404(Lamps):
    """Broken: an id may be unknown, and the operation does not say so."""

    def operations(self) -> list[Operation]:
        """Declare no errors of get."""
        return [
            replace(each, errors=()) if each.method == "get" else each
            for each in super().operations()
        ]


class RaisesWhatIsNotDeclared(Lamps):
    """Broken: the error of an unknown id is another than the declared one."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Raise another code."""
        if request.resource.id not in self.lamps:
            raise NotFound("9999", "There is nothing.")
        return super().get(request)


class FailsForUnknownIds(Lamps):
    """Broken: an unknown id is an exception."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Look it up without asking whether it is there."""
        return GlueResponse.of(dict(self.lamps[request.resource.id or ""]))


class LosesAnAttribute(Lamps):
    """Broken: a handler shows less than the schema says."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one without its tags."""
        shown = dict(self.lamp(request))
        del shown["tags"]
        return GlueResponse.of(shown)


class ShowsNull(Lamps):
    """Broken: an attribute is null though the schema does not allow it."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one without a number."""
        return GlueResponse.of({**self.lamp(request), "watts": None})


class ShowsOthersInCollections(Lamps):
    """Broken: the collection shows a lamp otherwise than its own place."""

    def page(self, request: GlueRequest) -> GlueResponse:
        """Return a page of shortened lamps."""
        response = super().page(request)
        for each in response.resources:
            each.attributes = {**each.attributes, "tags": []}
        return response


class ChangesIds(Lamps):
    """Broken: a lamp shows another id than that it was asked by."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one under its name."""
        lamp = self.lamp(request)
        return GlueResponse.of({**lamp, "id": lamp["name"]})


class AnswersPlainOtherwise(Lamps):
    """Broken: plain JSON has other values."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one by the convention."""
        lamp = dict(self.lamp(request))
        if request.operation.convention is None:
            lamp["name"] = lamp["name"].upper()
        return GlueResponse.of(lamp)


class LeaksTheCost(Lamps):
    """Broken: what is restricted stands in another attribute as well."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one whose tags have its cost."""
        lamp = self.lamp(request)
        return GlueResponse.of({**lamp, "tags": [lamp["cost"]]})


class TellsHeadFromGet(Lamps):
    """Broken: HEAD is answered otherwise than GET."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Refuse HEAD."""
        if request.method == "HEAD":
            raise BadRequest("012", "No.")
        return super().get(request)


class AllowsLess(Lamps):
    """Broken: OPTIONS is answered by the plugin, which names nothing."""

    def operations(self) -> list[Operation]:
        """Answer OPTIONS at the place of one lamp."""

        def options() -> GlueResponse:
            """Allow something else."""
            response = GlueResponse.no_content()
            response.meta["allow"] = "GET"
            return response

        operations = super().operations()
        lamps = operations[0].resource
        return [*operations, Operation("options", options, "lamps", lamps)]


class ReadsItsQuery(Lamps):
    """Broken: the operation takes whatever the query has."""

    def operations(self) -> list[Operation]:
        """Read the query without declaring it."""
        return [
            replace(each, is_raw=True) if each.method == "get" else each
            for each in super().operations()
        ]


class ChoosesFields(Lamps):
    """Broken: the handler chooses attributes itself."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return empty tags when anything was chosen."""
        lamp = dict(self.lamp(request))
        return GlueResponse.of({**lamp, "tags": []} if request.sparse_resources else lamp)


class IgnoresTheOrder(Lamps):
    """Broken: the collection has one order."""

    def found(self, request: GlueRequest) -> list[dict[str, Any]]:
        """Sort nothing."""
        request.sortings = ()
        return super().found(request)


class IgnoresFilters(Lamps):
    """Broken: filters select everything."""

    def found(self, request: GlueRequest) -> list[dict[str, Any]]:
        """Filter nothing."""
        request.filters = ()
        return super().found(request)


class MiscountsPages(Lamps):
    """Broken: the total is that of the page."""

    def page(self, request: GlueRequest) -> GlueResponse:
        """Count what is on the page."""
        response = super().page(request)
        assert response.pagination is not None
        response.pagination.total = len(response.resources) + response.pagination.offset
        return response


class ForgetsWhatIsCreated(Lamps):
    """Broken: a new lamp is answered and not kept."""

    def post(self, request: GlueRequest) -> GlueResponse:
        """Keep nothing."""
        return GlueResponse.of({"id": "3", **request.attributes})


class CreatesUnderNoAddress(Lamps):
    """Broken: a new lamp loses what the client wrote."""

    def post(self, request: GlueRequest) -> GlueResponse:
        """Forget the tags."""
        request.attributes = {**request.attributes, "tags": []}
        return super().post(request)


class ForgetsChanges(Lamps):
    """Broken: a change is answered and not kept."""

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change nothing."""
        return GlueResponse.of({**self.lamp(request), **request.attributes})


class ChangesMore(Lamps):
    """Broken: a change takes away what it does not name."""

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Forget the tags."""
        request.attributes = {"tags": [], **request.attributes}
        return super().patch(request)


class DeletesNothing(Lamps):
    """Broken: what was deleted is still there."""

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Leave it."""
        self.lamp(request)
        return GlueResponse.no_content()


class TakesUnknownAttributes(Lamps):
    """Broken: what nobody knows is taken without a word."""

    def operations(self) -> list[Operation]:
        """Take everything in a change."""

        def patch(request: GlueRequest) -> GlueResponse:
            """Change whatever is named."""
            self.lamp(request).update(request.attributes)
            return GlueResponse.of(dict(self.lamp(request)))

        return [
            replace(each, is_raw=True, handler=patch) if each.method == "patch" else each
            for each in super().operations()
        ]


class TakesMalformedBodies(Lamps):
    """Broken: the handler reads the body itself, and takes anything."""

    def operations(self) -> list[Operation]:
        """Let no builder read the body of a create."""

        def post(request: GlueRequest) -> GlueResponse:
            """Write a nameless lamp."""
            return GlueResponse.of({"id": "1", "name": "", "watts": 1, "tags": []})

        return [
            replace(each, is_raw=True, handler=post, schema=Schema.from_dict({}))
            if each.method == "post"
            else each
            for each in super().operations()
        ]


class KeepsItsTag(Lamps):
    """Broken: the version stays as it is, whatever changes."""

    def resource(self) -> Resource:
        """Declare one version for all states."""
        return replace(super().resource(), version=lambda shown: 1)


class ShowsTheTime(Lamps):
    """Broken: an answer is never twice the same."""

    reads = 0

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return one with the number of reads."""
        self.reads += 1
        return GlueResponse.of({**self.lamp(request), "watts": self.reads})


class LetsEverybodyIn(Lamps):
    """Broken: the strategy lets everybody in."""

    def strategies(self) -> list[Strategy]:
        """Contribute a strategy that says yes."""
        return [Strategy("open", lambda protection, grants: True)]

    def resource(self) -> Resource:
        """Protect by nothing."""
        return replace(super().resource(), protection=Protection(("open",)))


BROKEN: list[tuple[type[Lamps], str, str]] = [
    (Undescribed, "test_describes_itself", "does not describe the resource 'lamps'"),
    (DeclaresNo404, "test_declares_its_errors", "has 'get' with an id, and declares no 404"),
    (
        RaisesWhatIsNotDeclared,
        "test_unknown_id_is_the_declared_error",
        "shows the error 404 '9999', which 'lamps.get' does not declare",
    ),
    (FailsForUnknownIds, "test_unknown_id_is_the_declared_error", "failed with 500"),
    (
        LosesAnAttribute,
        "test_answer_agrees_with_the_schema",
        "shows cost, name, watts instead of cost, name, tags, watts",
    ),
    (ShowsNull, "test_answer_agrees_with_the_schema", "'watts', which is null"),
    (
        ShowsOthersInCollections,
        "test_collection_shows_every_resource",
        "in the collection and .* alone",
    ),
    (ChangesIds, "test_ids_are_stable", "shows 'lamps' 'Arc'"),
    (AnswersPlainOtherwise, "test_conventions_agree", "as application/json shows"),
    (LeaksTheCost, "test_restricted_names_do_not_leak", "leaks 'cost' to strangers"),
    (TellsHeadFromGet, "test_head_is_get_without_a_body", "HEAD /lamps/1 answered 400"),
    (AllowsLess, "test_options_names_the_methods", "allows .* instead of"),
    (ReadsItsQuery, "test_unknown_parameter_is_refused", "answered 200 and names nothing"),
    (ChoosesFields, "test_sparse_fields_are_what_was_asked_for", "'tags': \\[\\]} instead of"),
    (IgnoresTheOrder, "test_sorts_do_what_they_say", "when sorted by it"),
    (IgnoresFilters, "test_filters_do_what_they_say", "where 'name' is 'Arc'"),
    (MiscountsPages, "test_pages_lead_through_the_collection", "counts 1 of 3|lead through"),
    (ForgetsWhatIsCreated, "test_create_is_shown_and_kept", "had shown"),
    (CreatesUnderNoAddress, "test_create_is_shown_and_kept", "shows 'tags' as \\[\\]"),
    (ForgetsWhatIsCreated, "test_create_in_plain_json", "created nothing"),
    (ForgetsChanges, "test_change_changes_what_it_names", "left 'watts' at 30"),
    (ChangesMore, "test_change_changes_what_it_names", "changed 'tags', which it does not name"),
    (DeletesNothing, "test_delete_takes_away", "answered 200 instead of 404"),
    (TakesUnknownAttributes, "test_wrong_attributes_are_pointed_at", "answered 200 instead of 422"),
    (TakesMalformedBodies, "test_malformed_bodies_are_refused", "with the body .* answered 201"),
    (KeepsItsTag, "test_entity_tags_spare_the_body", "which a change made old, answered 200"),
    (ShowsTheTime, "test_entity_tags_spare_the_body", "answered 200 instead of 304"),
    (LetsEverybodyIn, "test_protection_holds", "without credentials answered 200"),
]

Deploy = Callable[[Lamps], Deployment]


@pytest.fixture
def deploy(glue_deployment: Callable[..., Deployment]) -> Deploy:
    """Make a deployment of lamps, in which a header says who asks."""

    def make(lamps: Lamps) -> Deployment:
        plugin = in_memory(
            "glue.plugins.shop",
            "lamps",
            glue_resources=lambda: lamps.operations(),
            glue_authorization_strategies=lambda: lamps.strategies(),
            glue_identity_readers=lambda: [
                IdentityReader("who", "x-who", lambda value, request: IDENTITIES[value])
            ],
        )
        shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
        return glue_deployment([shop, plugin, *installed("json_api")])

    return make


def failure(lamps: Lamps, check: str, deploy: Deploy) -> str | None:
    """Return why a check fails, or None where it passes."""
    try:
        probe = ResourceProbe(deploy(lamps), SAMPLE)
        getattr(ResourceCompliance(), check)(probe)
    except pytest.fail.Exception as error:
        return str(error)
    return None


CHECKS = sorted(each for each in dir(ResourceCompliance) if each.startswith("test_"))


@pytest.mark.parametrize("check", CHECKS)
def test_sound_resource_passes(deploy: Deploy, check: str) -> None:
    """A plugin that does everything right fails no check, and none is skipped."""
    assert failure(Lamps(), check, deploy) is None


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[f"{e[0].__name__}-{e[1]}" for e in BROKEN]
)
def test_broken_resource_is_told_why(
    deploy: Deploy, broken: type[Lamps], check: str, message: str
) -> None:
    """A plugin that breaks a rule fails its check, which says what is broken and where."""
    found = failure(broken(), check, deploy)

    assert found is not None, "not noticed"
    assert re.search(message, found), found
    assert "\nLook at: " in found


def test_every_check_can_fail() -> None:
    """There is a broken plugin for each check of the suite."""
    assert sorted({check for _, check, _ in BROKEN}) == CHECKS


def test_every_check_states_its_rule() -> None:
    """Each check of the suite has a docstring."""
    assert [each for each in CHECKS if not inspect.getdoc(getattr(ResourceCompliance, each))] == []


@pytest.mark.parametrize(
    ("changes", "check", "message"),
    [
        ({"place": "lanterns"}, "test_describes_itself", "shows no resource at 'lanterns'"),
        ({"application": "no"}, "test_describes_itself", "has no application 'no'"),
        ({"ids": ("1",)}, "test_describes_itself", "has 1 resources"),
        ({"create": None}, "test_create_is_shown_and_kept", "says nothing of it"),
        ({"change": {"watts": 30}}, "test_change_changes_what_it_names", "changes nothing"),
        ({"strangers": None}, "test_restricted_names_do_not_leak", "has no strangers"),
        ({"ids": ("1", "3")}, "test_collection_shows_every_resource", "shows the ids"),
    ],
)
def test_sample_that_tells_nothing_is_refused(
    deploy: Deploy, changes: Mapping[str, Any], check: str, message: str
) -> None:
    """A sample with which a check could not fail is itself a failure."""
    with pytest.raises(pytest.fail.Exception, match=message):
        getattr(ResourceCompliance(), check)(
            ResourceProbe(deploy(Lamps()), replace(SAMPLE, **changes))
        )


@pytest.mark.parametrize("check", CHECKS)
def test_sound_resource_passes_in_the_storefront(
    glue_deployment: Callable[..., Deployment], check: str
) -> None:
    """A dialect that ignores unknown names, and shows one in a list, is JSON:API as well."""
    lamps = Lamps()
    plugin = in_memory(
        "glue.plugins.storefront_api",
        "lamps",
        glue_resources=lambda: lamps.operations(),
        glue_identity_readers=lambda: [
            IdentityReader("who", "x-who", lambda value, request: IDENTITIES[value])
        ],
    )
    deployment = glue_deployment([*installed("storefront_api", "json_api"), plugin])
    probe = ResourceProbe(deployment, replace(SAMPLE, application="storefront_api"))

    assert probe.is_lenient
    getattr(ResourceCompliance(), check)(probe)


def test_application_without_json_api_is_told(glue_deployment: Callable[..., Deployment]) -> None:
    """The suite asks in JSON:API, and says so where nobody speaks it."""
    shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))

    with pytest.raises(pytest.fail.Exception, match="does not speak JSON:API"):
        ResourceProbe(glue_deployment([shop]), SAMPLE)
