"""What every resource must do: a suite to subclass, and the sample of it that the suite needs.

A plugin author writes some resources and says which they are:

    class TestLamps(ResourceCompliance):
        @pytest.fixture
        def deployment(self, glue_deployment):
            ...

        @pytest.fixture
        def sample(self, deployment):
            return ResourceSample("shop_api", "lamps", ids=("1", "2"), create={"name": "Lamp"})

The suite reads what the operations of that place declare, and holds each answer against it. What
the place does not have is skipped. Each message says what is broken and where to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from marshmallow import fields

from glue_core.convention import IgnoresParameters
from glue_core.deployment import Deployment
from glue_core.negotiation import written_types
from glue_core.operation import METHODS, Method, Operation
from glue_core.registry.models import follows
from glue_core.resource import Resource
from glue_core.testing.agreeing import (
    by_name,
    disagreement,
    is_in_order,
    loaded,
    matches,
    text_of,
    wrong_value,
)
from glue_core.testing.client import JSON_API, Client
from glue_core.testing.leaks import leaks
from glue_core.testing.probing import (
    JSON,
    JSON_API_NAME,
    NOBODY,
    Asked,
    Asking,
    fail,
    first_page,
    is_guarded,
    names_of,
    refusals_of,
    segment,
    size_parameter,
    speaks_json_api,
)

__all__ = ["ResourceCompliance", "ResourceProbe", "ResourceSample"]

SCHEMA = "the schema of the resource, and what the handler returns"
SHORTEST_SECRET = 4
"""Letters from which on a text is taken for one that shows a leak."""


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """Resources of one place that the suite may read, change and delete.

    Attributes:
        application: Name of the application.
        place: Place of the operations, such as ``lamps`` or ``carts/items``.
        ids: Ids of all resources of the place, in the order of its collection; of some of them
            where it has no collection. At least two, which differ in what they may be sorted and
            filtered by.
        unknown_id: An id that nobody has.
        parent: Path in front of the last type of the place, such as ``/carts/1``.
        headers: Headers of who may do everything.
        create: Attributes of a new resource as clients write them; needed where there is ``post``.
        change: Attributes that differ from those of the first resource; needed where there is
            ``patch``.
        filters: What a filter selects that is no attribute with one value: its value and the ids,
            by its name.
        strangers: Headers of somebody who may read the place, and holds no grant that
            ``restricted`` of the resource names; needed where it names some.
    """

    application: str
    place: str
    ids: Sequence[str]
    unknown_id: str = "unknown"
    parent: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    create: Mapping[str, Any] | None = None
    change: Mapping[str, Any] | None = None
    filters: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    strangers: Mapping[str, str] | None = field(default=None, repr=False)


class ResourceProbe:
    """The operations of one place, asked as a client would.

    Attributes:
        sample: The resources there are.
        operations: The operations of the place, by method.
        asking: Asks the application.
    """

    def __init__(self, deployment: Deployment, sample: ResourceSample) -> None:
        """Find the operations.

        Args:
            deployment: The deployment.
            sample: The resources there are.
        """
        self.sample = sample
        self.asking = Asking(deployment, sample.application, sample.headers)
        registry = self.asking.registry
        speaks_json_api(registry)
        self._wsgi = deployment.applications[sample.application]
        self._settings = deployment.settings
        self.operations: dict[Method, Operation] = {
            each.value.method: each.value
            for each in registry.operations
            if each.value.place == sample.place and each.value.relationship is None
        }
        shown = [each.resource for each in self.operations.values() if each.resource is not None]
        if not shown:
            places = {each.value.place for each in registry.operations}
            fail(
                f"{sample.application!r} shows no resource at {sample.place!r}, but at "
                f"{names_of(places)}",
                "'place' of the fixture 'sample', and the fixture 'deployment'",
            )
        if len(sample.ids) < 2 and not any(each.singleton for each in self.operations.values()):
            fail(
                f"The sample of {sample.place!r} has {len(sample.ids)} resources",
                "'ids' of the fixture 'sample': two resources tell what one cannot",
            )
        self.resource: Resource = shown[0]

    @property
    def name(self) -> str:
        """The place, for messages."""
        return f"The resource at {self.sample.place!r}"

    @property
    def type(self) -> str:
        """Type of the resources."""
        return self.resource.type

    @property
    def collection(self) -> str:
        """Path of the collection."""
        return f"{self.sample.parent}/{self.sample.place.rpartition('/')[2]}"

    def item(self, id_: str) -> str:
        """Return the path of one resource."""
        is_single = any(each.singleton for each in self.operations.values())
        return self.collection if is_single else f"{self.collection}/{segment(id_)}"

    @property
    def first(self) -> str:
        """The first id of the sample."""
        return self.sample.ids[0]

    def having(self, method: Method) -> Operation:
        """Return the operation of a method, or skip the check where there is none."""
        if method not in self.operations:
            pytest.skip(f"The place {self.sample.place!r} has no {method!r}.")
        return self.operations[method]

    def needing(self, method: Method, given: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
        """Return what the sample gives for a method, which must be something."""
        self.having(method)
        if given is None:
            fail(
                f"{self.name} has {method!r}, and the sample says nothing of it",
                f"{name!r} of the fixture 'sample'",
            )
        return dict(given)

    def ask(self, method: str, path: str, of: Method, **options: Any) -> Asked:
        """Send a request to an operation of the place, or to none where it has no such method."""
        return self.asking.ask(method, path, operation=self.operations.get(of), **options)

    def write(self, of: Method, attributes: Any, *, plain: bool = False, id_: str = "") -> Asked:
        """Send attributes, in JSON:API or as plain JSON."""
        path = self.item(id_) if id_ else self.collection
        method = self.operations[of].http_method
        if plain:
            return self.ask(
                method, path, of, accept=JSON, json=attributes, headers=self.matching(of, id_)
            )
        data = {"type": self.type, "attributes": attributes, **({"id": id_} if id_ else {})}
        return self.ask(method, path, of, json={"data": data}, headers=self.matching(of, id_))

    def matching(self, of: Method, id_: str) -> dict[str, str]:
        """Return the precondition of a change, where the resource requires one."""
        required = self.resource.requires_match
        is_required = of in required if isinstance(required, tuple) else required
        if not is_required or not id_ or "get" not in self.operations:
            return {}
        tag = self.ask("GET", self.item(id_), "get").response.headers.get("etag")
        return {} if tag is None else {"if-match": tag}

    def query(self, query: str = "") -> str:
        """Return the path of a page with all resources, with some more query."""
        rules = self.having("getCollection").page
        size = "" if rules is None else first_page(rules, rules.maximum)
        both = "&".join(each for each in (query, size) if each)
        return f"{self.collection}?{both}" if both else self.collection

    def shown(self, query: str = "") -> list[dict[str, Any]]:
        """Return the resource objects of a page with all resources."""
        answer = self.ask("GET", self.query(query), "getCollection").expect(
            200, "the handler of 'getCollection', and what the operation declares"
        )
        if not isinstance(answer.data, list):
            fail(f"{answer.words} shows no collection", "the handler: `GlueResponse.page(...)`")
        return cast(list[dict[str, Any]], answer.data)

    def read(self, id_: str) -> dict[str, Any]:
        """Return the resource object of one resource."""
        self.having("get")
        answer = self.ask("GET", self.item(id_), "get").expect(
            200, "the handler of 'get', and 'ids' of the sample"
        )
        if not isinstance(answer.one, dict):
            fail(f"{answer.words} shows no single resource", "the handler: `GlueResponse.of(...)`")
        return cast(dict[str, Any], answer.one)

    def read_fields(self) -> dict[str, fields.Field[Any]]:
        """Return what the resource shows, by the names that clients see."""
        return by_name(self.resource.attributes(), "load_only")

    def written_fields(self, of: Method) -> dict[str, fields.Field[Any]]:
        """Return what a body may have, by the names that clients write."""
        schema = self.operations[of].body
        return {} if schema is None else by_name(schema(), "dump_only")

    def state(self) -> Any:
        """Return all that can be read, to see whether something changed."""
        if "getCollection" in self.operations:
            return [(each["id"], each["attributes"]) for each in self.shown()]
        return [self.read(each)["attributes"] for each in self.sample.ids]

    @property
    def is_lenient(self) -> bool:
        """Whether the application's dialect of JSON:API ignores what nobody knows."""
        spoken = self.asking.registry.conventions[JSON_API_NAME]
        if not isinstance(spoken, IgnoresParameters):
            return False
        operation = replace(
            next(iter(self.operations.values())), application=self.sample.application
        )
        ignores = spoken.ignores(operation, self._settings)
        return ignores is not None and ignores(NOBODY.lower())

    def client(self, headers: Mapping[str, str]) -> Client:
        """Return a client of somebody else, in JSON:API."""
        return Client(self._wsgi, headers).json_api


class ResourceCompliance:
    """What every resource must do; subclass it and give a sample.

    The fixture ``deployment`` is the author's as well, in the class or beside the test: a
    deployment with the plugin, an application that shows it, and JSON:API.
    """

    @pytest.fixture
    def sample(self, deployment: Deployment) -> ResourceSample:
        """Write some resources and say which they are."""
        raise NotImplementedError("Override the fixture 'sample' with a ResourceSample.")

    @pytest.fixture
    def probe(self, deployment: Deployment, sample: ResourceSample) -> ResourceProbe:
        """Find the operations of the place."""
        return ResourceProbe(deployment, sample)

    # What it declares.

    def test_describes_itself(self, probe: ResourceProbe) -> None:
        """The type, each attribute and each operation are described for people."""
        missing = [] if probe.resource.description else [f"the resource {probe.type!r}"]
        described = {**probe.read_fields()}
        for method in probe.operations:
            described.update(probe.written_fields(method))
        missing += [
            f"the attribute {name!r}"
            for name, each in described.items()
            if not each.metadata.get("description")
        ]
        missing += [
            f"the operation {method!r}"
            for method, each in probe.operations.items()
            if not (each.summary or (each.handler.__doc__ or "").strip())
        ]
        if missing:
            fail(
                f"{probe.name} does not describe {', '.join(missing)}",
                "'description' of the resource, metadata={'description': ...} of the fields, and "
                "docstrings of the handlers",
            )

    def test_declares_its_errors(self, probe: ResourceProbe) -> None:
        """Where an id may be unknown a 404 is declared; codes differ, and are those of errors."""
        for method, each in probe.operations.items():
            statuses = [error.status for error in each.errors]
            if each.has_id and 404 not in statuses:
                fail(
                    f"{probe.name} has {method!r} with an id, and declares no 404",
                    f"'errors' of the operation {each.contribution_name!r}",
                )
            pairs = [(error.status, error.code) for error in each.errors]
            if len(set(pairs)) < len(pairs) or any(not 400 <= one < 600 for one in statuses):
                fail(
                    f"{probe.name} has {method!r} with the errors {pairs!r}",
                    "'errors' of the operation: each once, with statuses from 400 to 599",
                )

    # What it shows.

    def test_answer_agrees_with_the_schema(self, probe: ResourceProbe) -> None:
        """Every attribute of the schema is shown, nothing else is, and each has a value of it."""
        probe.having("get")
        declared = probe.read_fields()
        for id_ in probe.sample.ids:
            shown = probe.read(id_)["attributes"]
            if set(shown) != set(declared):
                fail(
                    f"GET {probe.item(id_)} shows {names_of(shown)} instead of "
                    f"{names_of(declared)}",
                    SCHEMA,
                )
            for name, value in shown.items():
                why = disagreement(declared[name], value)
                if why is not None:
                    fail(f"GET {probe.item(id_)} has the attribute {name!r}, which {why}", SCHEMA)

    def test_collection_shows_every_resource(self, probe: ResourceProbe) -> None:
        """The collection has all resources in their order, each as its own place shows it."""
        shown = probe.shown()
        found = [each["id"] for each in shown]
        if found != list(probe.sample.ids):
            fail(
                f"GET {probe.collection} shows the ids {found} instead of {list(probe.sample.ids)}",
                "the handler of 'getCollection', and 'ids' of the sample",
            )
        if "get" not in probe.operations:
            return
        for each in shown:
            alone = probe.read(each["id"])
            if alone["attributes"] != each["attributes"]:
                fail(
                    f"{each['id']!r} has the attributes {each['attributes']!r} in the collection "
                    f"and {alone['attributes']!r} alone",
                    "the handlers of 'get' and 'getCollection'",
                )

    def test_ids_are_stable(self, probe: ResourceProbe) -> None:
        """A resource has the id it is asked by, each time, and its own link leads back to it."""
        probe.having("get")
        for id_ in probe.sample.ids:
            first, second = probe.read(id_), probe.read(id_)
            if (first["type"], first["id"]) != (probe.type, id_) or second != first:
                fail(
                    f"GET {probe.item(id_)} shows {first['type']!r} {first['id']!r}, and when "
                    f"asked again {second['type']!r} {second['id']!r}",
                    "'id' of the resource, and the handler of 'get'",
                )
            link = first.get("links", {}).get("self")
            if link is not None:
                parts = urlsplit(link if isinstance(link, str) else link["href"])
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                again = probe.ask("GET", path, "get").expect(200, "the link 'self'").one
                if again["id"] != id_:
                    fail(f"GET {path} shows {again['id']!r} instead of {id_!r}", "the link 'self'")

    def test_conventions_agree(self, probe: ResourceProbe) -> None:
        """Plain JSON shows the attributes of JSON:API, and every other convention answers."""
        operation = probe.having("get")
        path = probe.item(probe.first)
        expected = probe.read(probe.first)["attributes"]
        for name, convention in probe.asking.registry.conventions.items():
            if name == JSON_API_NAME or not follows(operation, name):
                continue
            accept = JSON if name is None else written_types(convention)[0]
            answer = probe.ask("GET", path, "get", accept=accept).expect(
                200, "the handler of 'get'"
            )
            if name is not None:
                continue
            document = answer.json
            found = document[0] if isinstance(document, list) else document
            if operation.snake_case:
                found, wanted = list(found.values()), list(expected.values())
            else:
                wanted = expected
            if found != wanted:
                fail(f"{answer.words} shows {found!r} instead of {wanted!r}", SCHEMA)

    def test_restricted_names_do_not_leak(self, probe: ResourceProbe) -> None:
        """What is restricted does not exist for strangers, whichever way they ask for it."""
        restricted = probe.resource.restricted
        if not restricted:
            pytest.skip("The resource restricts nothing.")
        if probe.sample.strangers is None:
            fail(
                f"{probe.name} restricts {names_of(restricted)}, and the sample has no strangers",
                "'strangers' of the fixture 'sample'",
            )
        known = probe.read(probe.first)["attributes"]
        for name in restricted:
            value = known.get(name)
            found = leaks(
                probe.client(probe.sample.strangers),
                collection=probe.collection,
                id=probe.first,
                type=probe.type,
                name=name,
                secret=value if isinstance(value, str) and len(value) >= SHORTEST_SECRET else None,
            )
            if found:
                fail(
                    f"{probe.name} leaks {name!r} to strangers: {' '.join(found)}",
                    "'restricted' of the resource, and handlers that put it elsewhere",
                )

    # What it is asked.

    def test_unknown_id_is_the_declared_error(self, probe: ResourceProbe) -> None:
        """An id that nobody has answers a 404 that the operation declares, whatever the method."""
        asked = [each for each in probe.operations.values() if each.has_id]
        if not asked:
            pytest.skip("The place takes no ids.")
        for operation in asked:
            given = probe.sample.change or {}
            data = {"type": probe.type, "id": probe.sample.unknown_id, "attributes": dict(given)}
            takes_body = operation.method in ("patch", "put")
            answer = probe.ask(
                operation.http_method,
                probe.item(probe.sample.unknown_id),
                operation.method,
                json={"data": data} if takes_body else None,
                headers={"if-match": "*"} if probe.resource.requires_match else None,
            )
            declared = {each.code for each in operation.errors if each.status == 404}
            found = {each.code for each in answer.errors()}
            if answer.status != 404 or not found <= declared or not found:
                fail(
                    f"{answer.words} answered {answer.status} with {names_of(found)} instead of "
                    f"404 with {names_of(declared)}",
                    f"the handler of {operation.method!r}: it raises `NotFound` with a declared "
                    f"code",
                )

    def test_head_is_get_without_a_body(self, probe: ResourceProbe) -> None:
        """HEAD answers what GET answers, with its headers and nothing else."""
        paths = [(probe.collection, "getCollection"), (probe.item(probe.first), "get")]
        for path, method in paths:
            if method not in probe.operations:
                continue
            got = probe.ask("GET", path, method)
            head = probe.ask("HEAD", path, method)
            same = ("content-type", "etag")
            differing = [
                name
                for name in same
                if got.response.headers.get(name) != head.response.headers.get(name)
            ]
            if head.status != got.status or head.response.content or differing:
                fail(
                    f"{head.words} answered {head.status} with {len(head.response.content)} bytes, "
                    f"GET {got.status}; {names_of(differing)} differ",
                    "a step or a handler that tells HEAD from GET",
                )

    def test_options_names_the_methods(self, probe: ResourceProbe) -> None:
        """OPTIONS names the methods of the place, and other methods are refused with 405."""
        for path in dict.fromkeys((probe.collection, probe.item(probe.first))):
            at = [
                each
                for each in probe.operations.values()
                if each.has_id is (path != probe.collection)
            ]
            if not at:
                continue
            expected = {each.http_method for each in at} | {"OPTIONS"}
            expected |= {"HEAD"} if "GET" in expected else set()
            answer = probe.asking.ask("OPTIONS", path)
            allowed = {each.strip() for each in answer.response.headers.get("allow", "").split(",")}
            if answer.status != 204 or allowed != expected:
                fail(
                    f"{answer.words} answered {answer.status} and allows {names_of(allowed)} "
                    f"instead of {names_of(expected)}",
                    "the operations of the place, and other plugins that add some there",
                )
            for method in {"GET", "POST", "PATCH", "PUT", "DELETE"} - expected:
                refused = probe.asking.ask(method, path)
                if refused.status not in (401, 405):
                    fail(
                        f"{refused.words} answered {refused.status} instead of 405",
                        "the operations of the place",
                    )

    def test_unknown_parameter_is_refused(self, probe: ResourceProbe) -> None:
        """A query parameter that nobody reads is a 400, save where a dialect ignores it."""
        for path, method in (
            (probe.collection, "getCollection"),
            (probe.item(probe.first), "get"),
        ):
            if method in probe.operations:
                # Names with capitals are free for others in JSON:API.
                name = NOBODY.lower()
                _unknown(probe, method, path, name, "1", "'parameters' of the operation")

    def test_sparse_fields_are_what_was_asked_for(self, probe: ResourceProbe) -> None:
        """``fields[type]`` leaves those attributes that it names, with the values they had."""
        probe.having("get")
        whole = probe.read(probe.first)["attributes"]
        for name in whole:
            path = f"{probe.item(probe.first)}?fields[{probe.type}]={name}"
            answer = probe.ask("GET", path, "get").expect(200, SCHEMA)
            found = answer.one.get("attributes", {})
            if found != {name: whole[name]}:
                fail(
                    f"{answer.words} shows {found!r} instead of { {name: whole[name]}!r}",
                    "the handler, which must not choose attributes itself",
                )
        path, parameter = probe.item(probe.first), f"fields[{probe.type}]"
        if not probe.is_lenient:
            _unknown(probe, "get", path, parameter, NOBODY, SCHEMA)

    def test_sorts_do_what_they_say(self, probe: ResourceProbe) -> None:
        """Every declared sort orders the collection, both ways, and leaves nothing out."""
        operation = probe.having("getCollection")
        if not operation.sorts:
            pytest.skip("The operation declares no sorts.")
        everything = sorted(probe.sample.ids)
        for name in operation.sorts:
            rising, falling = probe.shown(f"sort={name}"), probe.shown(f"sort=-{name}")
            for shown in (rising, falling):
                if sorted(each["id"] for each in shown) != everything:
                    fail(
                        f"{probe.name} shows other resources when sorted by {name!r}",
                        "the handler of 'getCollection': a sort selects nothing",
                    )
            if name not in probe.read_fields():
                continue
            up = [each["attributes"].get(name) for each in rising]
            down = [each["attributes"].get(name) for each in falling]
            if len({str(each) for each in up}) < 2:
                fail(
                    f"The resources of the sample all have {up[:1]!r} for {name!r}, so that no "
                    f"order can be seen",
                    "the fixture 'sample': the resources differ in what they may be sorted by",
                )
            if not is_in_order(up) or not is_in_order(down[::-1]):
                fail(
                    f"{probe.name} shows {name!r} as {up!r} when sorted by it, and as {down!r} "
                    f"the other way round",
                    "the handler of 'getCollection', which reads 'request.sortings'",
                )
        where = "'sorts' of the operation"
        _unknown(probe, "getCollection", probe.collection, "sort", NOBODY, where)

    def test_filters_do_what_they_say(self, probe: ResourceProbe) -> None:
        """Every declared filter leaves the resources that have the value, and no others."""
        operation = probe.having("getCollection")
        if not operation.filters:
            pytest.skip("The operation declares no filters.")
        shown = probe.shown()
        for name in operation.filters:
            value, ids = self._selected(probe, name, shown)
            found = [each["id"] for each in probe.shown(f"filter[{probe.type}.{name}]={value}")]
            if sorted(found) != sorted(ids):
                fail(
                    f"{probe.name} shows the ids {sorted(found)} where {name!r} is {value!r}, "
                    f"instead of {sorted(ids)}",
                    "the handler of 'getCollection', which reads 'request.filters'",
                )
        parameter = f"filter[{probe.type}.{NOBODY}]"
        where = "'filters' of the operation"
        _unknown(probe, "getCollection", probe.collection, parameter, "1", where)

    def _selected(
        self, probe: ResourceProbe, name: str, shown: Sequence[Mapping[str, Any]]
    ) -> tuple[str, Sequence[str]]:
        """Return a value that some resources have and others do not, and the ids of those."""
        if name in probe.sample.filters:
            value, ids = probe.sample.filters[name]
            if 0 < len(ids) < len(shown):
                return segment(value), ids
        held = {each["id"]: each["attributes"].get(name) for each in shown}
        for values in held.values():
            for value in values if isinstance(values, list) else [values]:
                text = text_of(value)
                ids = [id_ for id_, other in held.items() if matches(other, value)]
                if text is not None and 0 < len(ids) < len(held):
                    return segment(text), ids
        return fail(
            f"No filter by {name!r} could be seen: no value of it is that of some resources of the "
            f"sample and not of others",
            "the fixture 'sample': its resources differ, or 'filters' says what one selects",
        )

    def test_pages_lead_through_the_collection(self, probe: ResourceProbe) -> None:
        """Pages have every resource once, in order; totals are right, and sizes are bounded."""
        rules = probe.having("getCollection").page
        if rules is None:
            pytest.skip("The operation is not cut into pages.")
        size = size_parameter(rules)
        path: str | None = f"{probe.collection}?{first_page(rules, 1)}"
        seen: list[str] = []
        where = "the handler of 'getCollection': `GlueResponse.page(found, Pagination(...))`"
        while path is not None and len(seen) <= len(probe.sample.ids):
            answer = probe.ask("GET", path, "getCollection").expect(200, where)
            if len(answer.data) > 1:
                fail(f"{answer.words} shows {len(answer.data)} resources instead of one", where)
            seen += [each["id"] for each in answer.data]
            total = (answer.json.get("meta") or {}).get("total")
            if total is not None and total != len(probe.sample.ids):
                fail(f"{answer.words} counts {total} of {len(probe.sample.ids)} resources", where)
            link = (answer.json.get("links") or {}).get("next")
            address = link["href"] if isinstance(link, dict) else link
            parts = urlsplit(address or "")
            path = f"{parts.path}?{parts.query}" if address else None
        if seen != list(probe.sample.ids):
            fail(
                f"The pages of {probe.collection} lead through {seen} instead of "
                f"{list(probe.sample.ids)}",
                where,
            )
        for wrong in (rules.maximum + 1, 0, "x"):
            query = first_page(rules, wrong)
            answer = probe.ask("GET", f"{probe.collection}?{query}", "getCollection")
            _refused(answer, size, "'page' of the operation")

    # What it is sent.

    def test_create_is_shown_and_kept(self, probe: ResourceProbe) -> None:
        """What was created is answered, found at its Location, and has what the client wrote."""
        sent = probe.needing("post", probe.sample.create, "create")
        answer = probe.write("post", sent)
        self._created(probe, answer, sent)
        again = probe.write("post", sent)
        if again.status >= 400 and not again.errors():
            fail(f"{again.words}, sent twice, shows no error", "the handler of 'post'")

    def test_create_in_plain_json(self, probe: ResourceProbe) -> None:
        """The same body without an envelope creates the same."""
        sent = probe.needing("post", probe.sample.create, "create")
        if not follows(probe.operations["post"], None):
            pytest.skip("The operation does not answer plain JSON.")
        before = probe.state()
        answer = probe.write("post", sent, plain=True)
        answer.expect(probe.operations["post"].status or 201, "the handler of 'post'")
        if probe.state() == before and "getCollection" in probe.operations:
            fail(f"{answer.words} created nothing that the collection shows", "the handler")

    def _created(self, probe: ResourceProbe, answer: Asked, sent: Mapping[str, Any]) -> None:
        where = "the handler of 'post', and 'create' of the sample"
        answer.expect(probe.operations["post"].status or 201, where)
        if answer.status != 201:
            return
        if answer.one["type"] != probe.type or not answer.one["id"]:
            fail(f"{answer.words} shows {answer.one!r}", where)
        declared = probe.read_fields()
        for name, value in sent.items():
            if name not in declared:
                continue
            shown = answer.one["attributes"].get(name)
            if loaded(declared[name], shown) != loaded(declared[name], value):
                fail(f"{answer.words} shows {name!r} as {shown!r} instead of {value!r}", where)
        if "get" not in probe.operations:
            return
        location = answer.response.headers.get("location", "")
        read = probe.ask("GET", urlsplit(location).path or "/", "get").expect(200, where)
        if read.one["attributes"] != answer.one["attributes"]:
            fail(
                f"{read.words} shows {read.one['attributes']!r}, and {answer.words} had shown "
                f"{answer.one['attributes']!r}",
                where,
            )

    def test_change_changes_what_it_names(self, probe: ResourceProbe) -> None:
        """A change has what the client wrote, keeps the rest, and is there for who reads again."""
        sent = probe.needing("patch", probe.sample.change, "change")
        declared = probe.read_fields()
        before = probe.read(probe.first) if "get" in probe.operations else None
        where = "the handler of 'patch', and 'change' of the sample"
        answer = probe.write("patch", sent, id_=probe.first)
        answer.expect(probe.operations["patch"].status or (200, 204), where)
        if before is None:
            return
        after = probe.read(probe.first)
        if after["id"] != probe.first:
            fail(f"{answer.words} changed the id to {after['id']!r}", where)
        for name, value in after["attributes"].items():
            field_ = declared[name]
            if name in sent:
                if loaded(field_, value) != loaded(field_, sent[name]):
                    fail(f"{answer.words} left {name!r} at {value!r}", where)
            elif not field_.dump_only and value != before["attributes"][name]:
                fail(
                    f"{answer.words} changed {name!r}, which it does not name, from "
                    f"{before['attributes'][name]!r} to {value!r}",
                    where,
                )
        if all(before["attributes"].get(name) == value for name, value in sent.items()):
            fail("'change' of the sample changes nothing", "the fixture 'sample'")
        if answer.status == 200 and answer.one["attributes"] != after["attributes"]:
            fail(f"{answer.words} shows other attributes than GET does afterwards", where)

    def test_delete_takes_away(self, probe: ResourceProbe) -> None:
        """What was deleted is gone: for GET, for the collection, and for a second DELETE."""
        operation = probe.having("delete")
        path = probe.item(probe.first)
        where = "the handler of 'delete'"
        deleted = probe.ask(
            "DELETE", path, "delete", headers=probe.matching("delete", probe.first)
        ).expect(operation.status or 204, where)
        if deleted.status == 204 and deleted.response.content:
            fail(f"{deleted.words} has a body", where)
        for method, of in (("GET", "get"), ("DELETE", "delete")):
            if of in probe.operations:
                probe.ask(
                    method,
                    path,
                    of,
                    headers={"if-match": "*"} if probe.resource.requires_match else None,
                ).expect((404, 410), where)
        if "getCollection" in probe.operations and probe.first in {
            each["id"] for each in probe.shown()
        }:
            fail(f"{probe.collection} shows {probe.first!r} after it was deleted", where)

    def test_wrong_attributes_are_pointed_at(self, probe: ResourceProbe) -> None:
        """Every wrong attribute of a body is an error that points to it, in one answer."""
        methods = [
            each for each in METHODS if each in ("post", "patch") and each in probe.operations
        ]
        if not methods:
            pytest.skip("The place takes no bodies.")
        for method in methods:
            wrong = {
                name: value
                for name, each in probe.written_fields(method).items()
                if (value := wrong_value(each)) is not None
            }
            before = probe.state()
            id_ = probe.first if method == "patch" else ""
            for plain in (False, True):
                if plain and not follows(probe.operations[method], None):
                    continue
                start = "" if plain else "/data/attributes"
                answer = probe.write(method, wrong, plain=plain, id_=id_)
                self._pointed_at(probe, answer, [f"{start}/{name}" for name in wrong])
            unknown = probe.write(method, {NOBODY: 1}, id_=id_)
            self._pointed_at(probe, unknown, [f"/data/attributes/{NOBODY}"])
            if method == "post":
                required = [n for n, each in probe.written_fields(method).items() if each.required]
                empty = probe.write(method, {})
                if required:
                    pointers = [f"/data/attributes/{name}" for name in required]
                    self._pointed_at(probe, empty, pointers, required=True)
            if method == "patch" or probe.written_fields(method):
                self._unchanged(probe, before, method)

    def _pointed_at(
        self, probe: ResourceProbe, answer: Asked, expected: Sequence[str], required: bool = False
    ) -> None:
        where = "the schema of the resource; a handler that checks a body names the 'pointer'"
        if not expected:
            return
        if answer.status != 422:
            fail(f"{answer.words} answered {answer.status} instead of 422", where)
        found = [each.pointer or "" for each in answer.errors()]
        missing = [
            each
            for each in expected
            if not any(one == each or one.startswith(f"{each}/") for one in found)
            # What is missing may be told of the whole.
            and not (required and each.rpartition("/")[0] in found)
        ]
        if missing:
            fail(
                f"{answer.words} points to {names_of(found)}, and not to {names_of(missing)}", where
            )

    def _unchanged(self, probe: ResourceProbe, before: Any, method: str) -> None:
        if probe.state() != before:
            fail(
                f"{probe.name} changed although {method!r} refused the body",
                f"the handler of {method!r}: it writes through 'request.work', which is undone",
            )

    def test_malformed_bodies_are_refused(self, probe: ResourceProbe) -> None:
        """A body that is no document is a 4xx with an error, and changes nothing."""
        methods = [
            each for each in METHODS if each in ("post", "patch") and each in probe.operations
        ]
        if not methods:
            pytest.skip("The place takes no bodies.")
        for method in methods:
            before = probe.state()
            path = probe.item(probe.first) if method == "patch" else probe.collection
            id_ = probe.first if method == "patch" else ""
            types = [JSON_API, JSON] if follows(probe.operations[method], None) else [JSON_API]
            for accept in types:
                for body in (b"", b"{", b"[]", b"null", b'"text"', b"\xff"):
                    answer = probe.ask(
                        probe.operations[method].http_method,
                        path,
                        method,
                        accept=accept,
                        body=body,
                        headers=probe.matching(method, id_),
                    )
                    if not 400 <= answer.status < 500 or not answer.errors():
                        fail(
                            f"{answer.words} with the body {body!r} answered {answer.status}",
                            f"the handler of {method!r}: it reads 'request.attributes', never "
                            f"'request.content'",
                        )
            self._unchanged(probe, before, method)

    # What surrounds it.

    def test_entity_tags_spare_the_body(self, probe: ResourceProbe) -> None:
        """Who has an answer's entity tag gets 304; after a change it is old, also for writers."""
        probe.having("get")
        path = probe.item(probe.first)
        answer = probe.ask("GET", path, "get").expect(200, SCHEMA)
        tag = answer.response.headers.get("etag", "")
        if not tag:
            fail(f"{answer.words} has no ETag", "the settings of the deployment, or the handler")
        spared = probe.ask("GET", path, "get", headers={"if-none-match": tag})
        if spared.status != 304 or spared.response.content:
            fail(
                f"{spared.words} with If-None-Match {tag} answered {spared.status} instead of 304",
                "the handler: it shows something else each time, such as the time of the request",
            )
        if "patch" in probe.operations and probe.sample.change is not None:
            probe.write("patch", dict(probe.sample.change), id_=probe.first)
            changed = probe.ask("GET", path, "get", headers={"if-none-match": tag})
            if changed.status != 200 or changed.response.headers.get("etag") == tag:
                fail(
                    f"{changed.words} has the entity tag {tag} after a change as before",
                    "'version' of the resource: every change makes another one",
                )
            data = {"type": probe.type, "id": probe.first, "attributes": probe.sample.change}
            late = probe.ask("PATCH", path, "patch", json={"data": data}, headers={"if-match": tag})
            if late.status != 412:
                fail(
                    f"{late.words} with If-Match {tag}, which a change made old, answered "
                    f"{late.status} instead of 412",
                    "'version' of the resource: every change makes another one",
                )

    def test_protection_holds(self, probe: ResourceProbe) -> None:
        """What is protected refuses who shows no credentials, and tells them nothing else."""
        registry = probe.asking.registry
        guarded = [each for each in probe.operations.values() if is_guarded(registry, each)]
        if not guarded:
            pytest.skip("Everybody may call every operation of the place.")
        for operation in guarded:
            path = probe.item(probe.first) if operation.has_id else probe.collection
            answer = probe.ask(operation.http_method, path, operation.method, anonymous=True)
            allowed = refusals_of(registry, operation)
            if answer.status not in allowed:
                fail(
                    f"{answer.words} without credentials answered {answer.status} instead of "
                    f"{names_of(allowed)}",
                    "'protection' of the operation, of its resource, or the application's default",
                )


def _unknown(
    probe: ResourceProbe, method: Method, path: str, parameter: str, value: str, where: str
) -> None:
    """Fail unless what nobody knows is refused, or does nothing where the dialect ignores it."""
    answer = probe.ask("GET", f"{path}?{parameter}={value}", method)
    if not probe.is_lenient:
        _refused(answer, parameter, where)
    elif answer.status != 200 or _contents(answer) != _contents(probe.ask("GET", path, method)):
        fail(f"{answer.words} answered {answer.status}, or otherwise than without it", where)


def _contents(answer: Asked) -> list[tuple[str, Any]]:
    """Return ids and attributes of what is shown; links have the query in them."""
    shown = answer.data if isinstance(answer.data, list) else [answer.data]
    return [(each["id"], each["attributes"]) for each in shown]


def _refused(answer: Asked, parameter: str, where: str) -> None:
    """Fail unless an answer is a 400 that names a parameter."""
    found = {each.parameter for each in answer.errors()}
    if answer.status != 400 or parameter not in found:
        fail(
            f"{answer.words} answered {answer.status} and names {names_of(found)} instead of 400 "
            f"and {parameter}",
            where,
        )
