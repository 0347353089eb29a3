"""The compliance suite for relationships: a sound one passes, each broken one is told why."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    Services,
)
from glue_core.testing import Deployment, in_memory, installed
from glue_core.testing.relationships import (
    RelationshipCompliance,
    RelationshipProbe,
    RelationshipSample,
)

RELATED = {"1": ["b", "a"], "2": [], "3": ["a"], "4": ["c", "b"]}
SAMPLE = RelationshipSample("shop", "lamps", "parts", RELATED, services=("storage",))


class Named(Schema):
    """Attributes of everything."""

    name = fields.String()
    size = fields.Integer()


class Shop:
    """A sound plugin; the broken ones override a method."""

    description = "Its parts."
    storage: Any

    def relationships(self, services: Services) -> list[Relationship]:
        """Declare the relationship."""
        self.storage = services.storage
        return [
            Relationship("parts", "parts", self.load, source="lamps", description=self.description)
        ]

    def load(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Sequence[GlueResource]]:
        """Return the parts of many lamps with two reads."""
        links = self.storage.get_many([f"lamp:{each.id}" for each in resources])
        wanted = dict.fromkeys(f"part:{id_}" for link in links.values() for id_ in link["ids"])
        parts = self.storage.get_many(list(wanted)) if wanted else {}
        return {
            key.removeprefix("lamp:"): [
                GlueResource("parts", id_, parts[f"part:{id_}"]) for id_ in link["ids"]
            ]
            for key, link in links.items()
        }

    def lamp(self, request: GlueRequest) -> GlueResponse:
        """Return a lamp."""
        if request.resource.id not in RELATED:
            raise NotFound("9001", "There is no such lamp.")
        return GlueResponse.of({"id": request.resource.id, "name": "A lamp"})

    def lamps(self, request: GlueRequest) -> GlueResponse:
        """Return a page of lamps."""
        page = request.pagination or Pagination(0, 10)
        found = [{"id": id_, "name": "A lamp"} for id_ in RELATED]
        cut = found[page.offset : page.offset + page.limit]
        return GlueResponse.page(cut, Pagination(page.offset, page.limit, len(found)))

    def part(self, request: GlueRequest) -> GlueResponse:
        """Return a part."""
        return GlueResponse.of({"id": request.resource.id, "name": "A part"})

    def operations(self) -> list[Operation]:
        """Declare the operations."""
        lamps, parts = Resource("lamps", Named), Resource("parts", Named)
        return [
            Operation("get", self.lamp, "lamps", lamps),
            Operation("getCollection", self.lamps, "lamps", lamps, page=PageRules(10, 50)),
            Operation("get", self.part, "parts", parts),
        ]


class Undescribed(Shop):
    """Broken: says nothing about itself."""

    description = ""


class LosesTheOrder(Shop):
    """Broken: sorts what has an order."""

    def load(self, resources: Any, request: Any) -> Any:
        """Sort by id."""
        found = super().load(resources, request)
        return {id_: sorted(each, key=lambda part: part.id or "") for id_, each in found.items()}


class LosesAttributes(Shop):
    """Broken: what is related has no attributes."""

    def load(self, resources: Any, request: Any) -> Any:
        """Return identifiers."""
        found = super().load(resources, request)
        return {id_: [GlueResource("parts", p.id) for p in each] for id_, each in found.items()}


class ReadsOneByOne(Shop):
    """Broken: reads for each resource."""

    def load(self, resources: Any, request: Any) -> Any:
        """Load one after the other."""
        found: dict[str, Any] = {}
        for each in resources:
            found.update(super().load([each], request))
        return found


class FailsForUnknownIds(Shop):
    """Broken: an id without a link is an exception."""

    def load(self, resources: Any, request: Any) -> Any:
        """Look each one up."""
        found = super().load(resources, request)
        return {each.id: found[each.id] for each in resources}


class InventsParts(Shop):
    """Broken: an id that nobody has leads somewhere."""

    def load(self, resources: Any, request: Any) -> Any:
        """Give a part to who has none."""
        part = GlueResource("parts", "a", {"name": "A part"})
        found = super().load(resources, request)
        return {each.id: found.get(each.id, [part]) for each in resources}


class KnowsEverybody(Shop):
    """Broken: the source is found, whoever asks for it."""

    def lamp(self, request: GlueRequest) -> GlueResponse:
        """Return any lamp."""
        return GlueResponse.of({"id": request.resource.id, "name": "A lamp"})


class DependsOnTheOthers(Shop):
    """Broken: a lamp that is asked for alone has other parts."""

    def load(self, resources: Any, request: Any) -> Any:
        """Leave the last part of a single lamp out."""
        found = super().load(resources, request)
        return found if len(resources) > 1 else {id_: each[:1] for id_, each in found.items()}


class ShowsOtherPages(Shop):
    """Broken: the place of the relationship has another order."""

    def relationships(self, services: Services) -> list[Relationship]:
        """Load pages in another way."""

        def page(source: GlueResource, request: GlueRequest) -> GlueResponse:
            parts = self.load([source], request).get(source.id or "", [])
            return GlueResponse.page(list(parts)[::-1])

        return [replace(each, load_page=page) for each in super().relationships(services)]


class KnowsOneConvention(Shop):
    """Broken: leads somewhere in JSON:API alone."""

    def load(self, resources: Any, request: Any) -> Any:
        """Ask which convention it is."""
        found = super().load(resources, request)
        if request.operation.convention == "json_api":
            return found
        return {}


class ChoosesFields(Shop):
    """Broken: chooses attributes itself."""

    def load(self, resources: Any, request: Any) -> Any:
        """Blank what was not wanted, and what was."""
        found = super().load(resources, request)
        if request.sparse_resources:
            for each in found.values():
                for part in each:
                    part.attributes = {"name": "", "size": 0}
        return found


class Shuffles(Shop):
    """Broken: every answer has another value."""

    asked = 0

    def load(self, resources: Any, request: Any) -> Any:
        """Count into the attributes."""
        self.asked += 1
        found = super().load(resources, request)
        for each in found.values():
            for part in each:
                part.attributes = {**part.attributes, "size": self.asked}
        return found


BROKEN: list[tuple[type[Shop], str, str]] = [
    (Undescribed, "test_describes_itself", "has no description"),
    (LosesTheOrder, "test_linkage_is_complete_and_in_order", r"relates {'1': \['a', 'b'\]"),
    (LosesAttributes, "test_related_resources_are_included_once", "without attributes"),
    (ReadsOneByOne, "test_number_of_reads_does_not_grow", "costs 2 reads for 1 .* and 7 for 4"),
    (FailsForUnknownIds, "test_unknown_ids_relate_to_nothing", "failed with 500"),
    (InventsParts, "test_unknown_ids_relate_to_nothing", "'unknown', which nobody has"),
    (KnowsEverybody, "test_unknown_source_is_not_found", "answered 200 instead of 404"),
    (DependsOnTheOthers, "test_one_source_is_answered_as_a_page_is", r"relates '1' to \['b'\]"),
    (ShowsOtherPages, "test_places_show_what_is_linked", r"shows \['a', 'b'\] instead of"),
    (KnowsOneConvention, "test_every_convention_includes", "hal\\+json does not show a, b, c"),
    (ChoosesFields, "test_sparse_fields_hold_for_what_is_included", "shows {'name': ''}"),
    (Shuffles, "test_answers_repeat", "asked twice, has two answers"),
]

Deploy = Callable[[Shop], Deployment]


@pytest.fixture
def deploy(glue_deployment: Callable[..., Deployment]) -> Deploy:
    """Make a deployment of a shop whose storage has the parts."""

    def make(shop: Shop) -> Deployment:
        plugin = in_memory(
            "glue.plugins.shop",
            "lamps",
            glue_resources=lambda: shop.operations(),
            glue_relationships=lambda services: shop.relationships(services),
        )
        application = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
        deployment = glue_deployment([application, plugin, *installed("json_api", "hal")])
        links = {f"lamp:{id_}": {"ids": ids} for id_, ids in RELATED.items() if ids}
        parts = {f"part:{id_}": {"name": f"Part {id_}", "size": 1} for id_ in "abc"}
        deployment.services.storage.put_many({**links, **parts})
        return deployment

    return make


def failure(
    shop: Shop, check: str, deploy: Deploy, sample: RelationshipSample = SAMPLE
) -> str | None:
    """Return why a check fails, or None where it passes."""
    try:
        getattr(RelationshipCompliance(), check)(RelationshipProbe(deploy(shop), sample))
    except pytest.fail.Exception as error:
        return str(error)
    return None


CHECKS = sorted(each for each in dir(RelationshipCompliance) if each.startswith("test_"))


@pytest.mark.parametrize("check", CHECKS)
def test_sound_relationship_passes(deploy: Deploy, check: str) -> None:
    """A plugin that does everything right fails no check, and none is skipped."""
    assert failure(Shop(), check, deploy) is None


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[each[0].__name__ for each in BROKEN]
)
def test_broken_relationship_is_told_why(
    deploy: Deploy, broken: type[Shop], check: str, message: str
) -> None:
    """A plugin that breaks a rule fails its check, which says what is broken and where."""
    found = failure(broken(), check, deploy)

    assert found is not None, "not noticed"
    assert re.search(message, found), found
    assert "\nLook at: " in found


def test_loader_that_is_asked_one_by_one_is_noticed(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A convention that asks for each resource on its own is told of."""
    deployment = deploy(Shop())
    probe = RelationshipProbe(deployment, SAMPLE)
    including = probe.including

    def twice(*arguments: Any) -> Any:
        including(1)
        return including(*arguments)

    monkeypatch.setattr(probe, "including", twice)

    with pytest.raises(pytest.fail.Exception, match="asks the loader 2 times"):
        RelationshipCompliance().test_one_call_loads_a_page(probe)


def test_every_check_can_fail() -> None:
    """There is a broken plugin for each check of the suite."""
    assert sorted({*(check for _, check, _ in BROKEN), "test_one_call_loads_a_page"}) == CHECKS


def test_every_check_states_its_rule() -> None:
    """Each check of the suite has a docstring."""
    suite = RelationshipCompliance
    assert [each for each in CHECKS if not inspect.getdoc(getattr(suite, each))] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "pieces"}, "has no relationship 'pieces'; there are parts"),
        ({"related": {"1": ["b"], "2": []}}, "relates 1 of 2 resources"),
        ({"related": {"1": ["b"], "3": ["a"]}}, "relates 2 of 2 resources"),
        ({"related": {"1": ["b"], "2": [], "3": ["a"]}}, "leads to many"),
        ({"services": ("search",)}, "without a read of search"),
        ({"reads": lambda: 0}, "so that nothing can be counted"),
    ],
)
def test_sample_that_tells_nothing_is_refused(
    deploy: Deploy, changes: Mapping[str, Any], message: str
) -> None:
    """A sample with which the reads could not be counted is itself a failure."""
    sample = replace(SAMPLE, **changes)
    found = failure(Shop(), "test_number_of_reads_does_not_grow", deploy, sample)

    assert found is not None
    assert message in found
