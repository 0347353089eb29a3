"""What every relationship must do: a suite to subclass, and the sample of it that the suite needs.

A plugin author writes some resources and says what they are related to:

    class TestParts(RelationshipCompliance):
        @pytest.fixture
        def deployment(self, glue_deployment):
            ...

        @pytest.fixture
        def sample(self, deployment):
            related = {"1": ["b", "a"], "2": [], "3": ["a"]}
            return RelationshipSample("shop_api", "lamps", "parts", related)

Its main rule: a relationship is loaded for all resources of an answer at once, so the number of
reads stays as it is when there are more. Each message says what is broken and where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from glue_core.deployment import Deployment
from glue_core.messages import GlueRequest, GlueResource
from glue_core.negotiation import written_types
from glue_core.operation import RELATIONSHIPS, Operation
from glue_core.relationship import Relationship
from glue_core.testing.counting import counted
from glue_core.testing.documents import assert_compound
from glue_core.testing.probing import (
    JSON_API_NAME,
    Asked,
    Asking,
    fail,
    first_page,
    names_of,
    segment,
    speaks_json_api,
)

__all__ = ["RelationshipCompliance", "RelationshipProbe", "RelationshipSample"]

LOADER = "'load' of the relationship"


@dataclass(frozen=True, slots=True)
class RelationshipSample:
    """Resources of one type, and what they are related to.

    Attributes:
        application: Name of the application.
        source: Type that the relationship starts at.
        name: Name of the relationship.
        related: Ids that each resource of the collection is related to, by its id: all resources
            of one page, in its order, and the related ones in theirs. One is related to nothing;
            at least two are related to something; a to-many relationship has one with several.
        collection: Path of the collection of the source; that of its type by default.
        unknown_id: An id that no source has.
        headers: Headers of who may see all of it.
        services: Services whose reads are counted: ``storage``, ``search``, ``database``.
        reads: Returns the number of reads so far, where what is read is none of the services.
    """

    application: str
    source: str
    name: str
    related: Mapping[str, Sequence[str]]
    collection: str = ""
    unknown_id: str = "unknown"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    services: tuple[str, ...] = ("storage", "search")
    reads: Callable[[], int] | None = None


@dataclass
class Loads:
    """What the loader of a relationship was asked.

    Attributes:
        batches: Ids of each call.
        found: What it answered for an id that nobody has; None where it was not asked.
    """

    batches: list[list[str | None]] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)


class RelationshipProbe:
    """One relationship, asked as a client would.

    Attributes:
        sample: What is related to what.
        relationship: The relationship.
        asking: Asks the application.
        operations: Operations of the application.
    """

    def __init__(self, deployment: Deployment, sample: RelationshipSample) -> None:
        """Find the relationship.

        Args:
            deployment: The deployment.
            sample: What is related to what.
        """
        self.sample = sample
        self._deployment = deployment
        self.asking = Asking(deployment, sample.application, sample.headers)
        registry = self.asking.registry
        speaks_json_api(registry)
        self.operations: list[Operation] = [each.value for each in registry.operations]
        self._check_sample()
        held = {each.value.name: each.value for each in registry.relationships}
        found = [
            each.value
            for each in registry.relationships
            if (each.value.source, each.value.name) == (sample.source, sample.name)
        ]
        if not found:
            fail(
                f"{sample.source!r} has no relationship {sample.name!r}; there are "
                f"{names_of(held)}",
                "'source' and 'name' of the fixture 'sample', and the fixture 'deployment'",
            )
        self.relationship: Relationship = found[0]
        several = [each for each in sample.related.values() if len(each) > 1]
        if self.relationship.many is not bool(several):
            kind = "many" if self.relationship.many else "at most one"
            fail(
                f"{self.name} leads to {kind}, and the sample relates resources to "
                f"{max(map(len, sample.related.values()))}",
                "'related' of the fixture 'sample', and 'many' of the relationship",
            )

    def _check_sample(self) -> None:
        related = [ids for ids in self.sample.related.values() if ids]
        if len(related) < 2 or len(related) == len(self.sample.related):
            fail(
                f"The sample relates {len(related)} of {len(self.sample.related)} resources to "
                f"something",
                "'related' of the fixture 'sample': two are related to something, and one is not",
            )

    @property
    def name(self) -> str:
        """The relationship, for messages."""
        return f"The relationship {self.sample.name!r} of {self.sample.source!r}"

    @property
    def collection(self) -> str:
        """Path of the collection of the source."""
        return self.sample.collection or f"/{self.sample.source}"

    @property
    def ids(self) -> list[str]:
        """Ids of the sources."""
        return list(self.sample.related)

    def targets(self) -> set[str]:
        """Return the ids of everything that is related to something."""
        return {each for ids in self.sample.related.values() for each in ids}

    def page(self, limit: int, query: str = "") -> str:
        """Return the path of the first sources, with some more query."""
        place = self.collection.rpartition("/")[2]
        rules = next(
            (
                each.page
                for each in self.operations
                if each.method == "getCollection" and each.types[-1:] == (place,)
            ),
            None,
        )
        if rules is None and limit < len(self.ids):
            pytest.skip(f"{self.collection} is not cut into pages.")
        parts = [query] if rules is None else [first_page(rules, limit), query]
        return f"{self.collection}?{'&'.join(each for each in parts if each)}"

    def including(self, limit: int = 0, more: str = "") -> Asked:
        """Ask for the first sources with what they are related to; all of them by default."""
        query = f"include={self.sample.name}{more}"
        return self.asking.ask("GET", self.page(limit or len(self.ids), query)).expect(200, LOADER)

    def linkage(self, resource: Mapping[str, Any], answer: Asked) -> list[str]:
        """Return the ids that a resource object names, of the right form for its cardinality."""
        held = resource.get("relationships", {}).get(self.sample.name, {}).get("data", "nothing")
        if not self.fits(held):
            fail(
                f"{answer.words} shows {held!r} where {resource['id']!r} names what it is related "
                f"to by {self.sample.name!r}",
                f"{LOADER}, which answers with a sequence of many and an object or None of one",
            )
        identifiers = held if isinstance(held, list) else [held] if held else []
        return [each["id"] for each in identifiers]

    def fits(self, held: Any) -> bool:
        """Say whether ``data`` has the form of the relationship's cardinality."""
        if self.relationship.many:
            return isinstance(held, list)
        # A dialect of JSON:API shows one in a list.
        return held is None or isinstance(held, dict) or (isinstance(held, list) and len(held) < 2)

    def single(self, suffix: str) -> bool:
        """Say whether a place is a declared one of a resource rather than the relationship's."""
        place = f"{self.sample.source}{suffix}"
        return any(each.place == place and each.relationship is None for each in self.operations)

    def is_read(self) -> bool:
        """Say whether one source alone can be asked for."""
        return any(
            each.method == "get" and each.place == self.sample.source for each in self.operations
        )

    @contextmanager
    def watched(self) -> Iterator[Loads]:
        """Note what the loader is asked, and ask it besides for an id that nobody has."""
        loads = Loads()
        model = self.asking.registry.models[JSON_API_NAME]
        every = frozenset[str]()
        # The declaration is frozen, since nobody else has a reason to change what is compiled.
        watched = {
            id(each): each
            for each in (
                self.relationship,
                model.lens(self.sample.source, every).relationships.get(self.sample.name),
            )
            if each is not None
        }
        load = self.relationship.load

        def watching(resources: Sequence[GlueResource], request: GlueRequest) -> Any:
            loads.batches.append([each.id for each in resources])
            nobody = GlueResource(self.sample.source, self.sample.unknown_id)
            loads.found.append(load([nobody], request).get(self.sample.unknown_id))
            return load(resources, request)

        for each in watched.values():
            object.__setattr__(each, "load", watching)
        try:
            yield loads
        finally:
            for each in watched.values():
                object.__setattr__(each, "load", load)

    def reads_of(self, limit: int) -> int:
        """Return how often something is read for the first sources with what they relate to."""
        if self.sample.reads is not None:
            before = self.sample.reads()
            self.including(limit)
            return self.sample.reads() - before
        with counted(self._deployment.services, *self.sample.services) as counts:
            self.including(limit)
        return counts.reads


class RelationshipCompliance:
    """What every relationship must do; subclass it and give a sample.

    The fixture ``deployment`` is the author's as well, in the class or beside the test: a
    deployment with the plugin, an application that shows it, and JSON:API.
    """

    @pytest.fixture
    def sample(self, deployment: Deployment) -> RelationshipSample:
        """Write some resources and say what they are related to."""
        raise NotImplementedError("Override the fixture 'sample' with a RelationshipSample.")

    @pytest.fixture
    def probe(self, deployment: Deployment, sample: RelationshipSample) -> RelationshipProbe:
        """Find the relationship."""
        return RelationshipProbe(deployment, sample)

    def test_describes_itself(self, probe: RelationshipProbe) -> None:
        """The relationship has a sentence for people."""
        if not probe.relationship.description:
            fail(f"{probe.name} has no description", "'description' of the relationship")

    def test_linkage_is_complete_and_in_order(self, probe: RelationshipProbe) -> None:
        """Every resource names all that it is related to, in order; nothing is null or empty."""
        answer = probe.including()
        found = {each["id"]: probe.linkage(each, answer) for each in answer.data}
        expected = {id_: list(ids) for id_, ids in probe.sample.related.items()}
        if found != expected:
            fail(f"{answer.words} relates {found} instead of {expected}", LOADER)

    def test_related_resources_are_included_once(self, probe: RelationshipProbe) -> None:
        """What is related is in the document once, with its attributes, and nothing else is."""
        answer = probe.including()
        try:
            assert_compound(answer.json)
        except AssertionError as error:
            fail(f"{answer.words} has no whole document: {error}", LOADER)
        # What is among the primary resources is not included beside them.
        own = set(probe.ids) if probe.relationship.target == probe.sample.source else set()
        included = answer.json.get("included", [])
        expected = {(probe.relationship.target, each) for each in probe.targets() - own}
        if {(each["type"], each["id"]) for each in included} != expected:
            fail(
                f"{answer.words} includes {names_of((e['type'], e['id']) for e in included)} "
                f"instead of {names_of(expected)}",
                LOADER,
            )
        bare = [each["id"] for each in included if not each.get("attributes")]
        if bare:
            fail(f"{answer.words} includes {names_of(bare)} without attributes", LOADER)

    def test_one_call_loads_a_page(self, probe: RelationshipProbe) -> None:
        """The loader is asked once for all resources of a page."""
        with probe.watched() as loads:
            answer = probe.including()
        if len(loads.batches) != 1 or sorted(map(str, loads.batches[0])) != sorted(probe.ids):
            fail(
                f"{answer.words} asks the loader {len(loads.batches)} times, for {loads.batches}",
                "what loads what is included: each relationship once for a level",
            )

    def test_number_of_reads_does_not_grow(self, probe: RelationshipProbe) -> None:
        """As much is read for one related resource as for all of a page."""
        related = [index for index, ids in enumerate(probe.sample.related.values()) if ids]
        few, many = related[0] + 1, len(probe.ids)
        if few >= many or not any(index >= few for index in related):
            fail("The sample has one related resource", "the fixture 'sample'")
        # What is read once and kept is not counted as belonging to the first page.
        probe.reads_of(many)
        counts = probe.reads_of(few), probe.reads_of(many)
        if not counts[1]:
            fail(
                f"{probe.name} is read without a read of {', '.join(probe.sample.services)}, so "
                f"that nothing can be counted",
                "'services' of the fixture 'sample', or 'reads' of a source of your own",
            )
        if counts[1] > counts[0]:
            fail(
                f"{probe.name} costs {counts[0]} reads for {few} resources and {counts[1]} for "
                f"{many}",
                f"{LOADER}: one read for all that it is asked for",
            )

    def test_unknown_ids_relate_to_nothing(self, probe: RelationshipProbe) -> None:
        """A loader that is asked for an id that nobody has says nothing of it, and is no error."""
        with probe.watched() as loads:
            probe.including()
        if any(loads.found):
            fail(
                f"{probe.name} leads from {probe.sample.unknown_id!r}, which nobody has, to "
                f"{loads.found!r}",
                LOADER,
            )

    def test_unknown_source_is_not_found(self, probe: RelationshipProbe) -> None:
        """The places of the relationship answer 404 for a source that nobody has."""
        if not probe.is_read():
            pytest.skip("No source can be read alone, so the relationship has no places.")
        own = f"{probe.collection}/{segment(probe.sample.unknown_id)}"
        for suffix in (f"/{probe.sample.name}", f"/{RELATIONSHIPS}/{probe.sample.name}"):
            probe.asking.ask("GET", own + suffix).expect(404, "the handler of the source's 'get'")

    def test_one_source_is_answered_as_a_page_is(self, probe: RelationshipProbe) -> None:
        """What a resource is related to does not depend on which others are asked with it."""
        if not probe.is_read():
            pytest.skip("No source can be read alone.")
        for id_, ids in probe.sample.related.items():
            path = f"{probe.collection}/{segment(id_)}?include={probe.sample.name}"
            answer = probe.asking.ask("GET", path).expect(200, LOADER)
            found = probe.linkage(answer.one, answer)
            if found != list(ids):
                fail(f"{answer.words} relates {id_!r} to {found} instead of {list(ids)}", LOADER)

    def test_places_show_what_is_linked(self, probe: RelationshipProbe) -> None:
        """The places of the relationship show what an include shows, in the same order."""
        if not probe.is_read():
            pytest.skip("No source can be read alone, so the relationship has no places.")
        where = f"{LOADER}, and 'load_page' where there is one"
        for suffix in (f"/{probe.sample.name}", f"/{RELATIONSHIPS}/{probe.sample.name}"):
            if probe.single(suffix):
                # A child place has a handler, and rules for what is missing there.
                continue
            for id_, ids in probe.sample.related.items():
                path = f"{probe.collection}/{segment(id_)}{suffix}"
                answer = probe.asking.ask("GET", path).expect(200, where)
                held = answer.data
                if not probe.fits(held):
                    fail(f"{answer.words} shows {held!r}", where)
                shown = held if isinstance(held, list) else [held] if held else []
                found = [each["id"] for each in shown]
                # A page may end before the last one.
                if found != list(ids)[: len(found)] or bool(found) is not bool(ids):
                    fail(f"{answer.words} shows {found} instead of {list(ids)}", where)

    def test_every_convention_includes(self, probe: RelationshipProbe) -> None:
        """Each convention that includes shows what is related, without a line of the plugin's."""
        path = probe.page(len(probe.ids), f"include={probe.sample.name}")
        for name, convention in probe.asking.registry.conventions.items():
            accept = written_types(convention)[0]
            answer = probe.asking.ask("GET", path, accept=accept)
            if answer.status == 400 and {each.parameter for each in answer.errors()} == {"include"}:
                # It knows no includes, and says so.
                continue
            answer.expect(200, f"{LOADER} under the convention {name!r}")
            if name is None:
                continue
            texts = set(_texts(answer.json))
            missing = {
                each
                for each in probe.targets()
                if not any(text == each or text.endswith(f"/{segment(each)}") for text in texts)
            }
            if missing:
                fail(f"{answer.words} does not show {names_of(missing)}", LOADER)

    def test_sparse_fields_hold_for_what_is_included(self, probe: RelationshipProbe) -> None:
        """``fields`` of the target's type leaves one attribute of what is included."""
        answer = probe.including()
        included = answer.json.get("included", [])
        if not included:
            pytest.skip("Nothing is included beside the primary resources.")
        name = next(iter(included[0]["attributes"]))
        target = probe.relationship.target
        sparse = probe.including(more=f"&fields[{target}]={name}")
        whole = {each["id"]: each["attributes"] for each in included}
        for each in sparse.json.get("included", []):
            expected = {name: whole[each["id"]][name]}
            if each.get("attributes") != expected:
                fail(
                    f"{sparse.words} shows {each.get('attributes')!r} instead of {expected!r}",
                    f"{LOADER}, which must not choose attributes itself",
                )

    def test_answers_repeat(self, probe: RelationshipProbe) -> None:
        """The same question has the same answer."""
        first, second = probe.including(), probe.including()
        if first.response.content != second.response.content:
            fail(f"{first.words}, asked twice, has two answers", f"{LOADER}: an order that is none")


def _texts(document: Any) -> Iterator[str]:
    """Yield every text in a document."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for each in document.values():
            yield from _texts(each)
    elif isinstance(document, list):
        for each in document:
            yield from _texts(each)
    elif document is not None:
        yield str(document)
