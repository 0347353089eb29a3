"""What every convention must do: a suite to subclass, and the reader it needs.

A convention author says how the documents are read, and learns what is wrong:

    class MyReader(ConventionReader):
        def resource(self, document):
            return Shown(document["attributes"], id=document["id"])
        ...

    class TestMyConvention(ConventionCompliance):
        @pytest.fixture
        def convention(self):
            return MY_CONVENTION

        @pytest.fixture
        def reader(self):
            return MyReader()

The suite deploys a small application of its own and asks it as a client would. Each message says
what is broken and where to look.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from marshmallow import Schema, fields

from glue_core.application import RequestFlowAwareApiApplication
from glue_core.convention import Convention
from glue_core.deployment import Deployment
from glue_core.errors import NotFound, Problem
from glue_core.messages import (
    GlueError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Pagination,
)
from glue_core.negotiation import written_types
from glue_core.openapi.document import references, resolved
from glue_core.operation import ErrorCode, Operation, PageRules
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.step import Format, Step
from glue_core.testing.client import Client, Response
from glue_core.testing.sources import in_memory

__all__ = [
    "ConventionCompliance",
    "ConventionProbe",
    "ConventionReader",
    "Shown",
    "ShownError",
    "ShownPage",
]

APPLICATION = "compliance"
DEFAULTING = "compliance_by_default"
SECRET = "a detail that no client may see"  # noqa: S105 - it only plays one
MEETING_SECONDS = 5.0

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")

ATTRIBUTES: Mapping[str, Any] = {
    "text": "some text",
    "emptyText": "",
    "zero": 0,
    "zeroFloat": 0.0,
    "no": False,
    "nothing": None,
    "emptyList": [],
    "emptyMap": {},
    "unicode": "Ä \u2603 \U0001f600 \u2028 \"<&>' \\ \t",
    "nested": {"deep": [{"a": None, "b": [0, False, ""]}, []], "camelCase": 1, "snake_case": 2},
    "large": 9007199254740993,
    "negative": -1.5,
}
"""Attributes that a careless convention loses or changes."""

IDS = ("0", "a/b", "é ?#%", "last")
"""Ids of the resources, in the order of their collection."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One resource as a document shows it.

    Attributes:
        attributes: Its attributes.
        id: Its id, or None where the convention shows none.
        type: Its type, or None where the convention shows none.
    """

    attributes: Mapping[str, Any]
    id: str | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class ShownError:
    """One error as a document shows it; None for what it does not say.

    Attributes:
        status: Status of the error, as a number.
        code: Code.
        message: Text.
        pointer: JSON Pointer to what was wrong in the body.
        parameter: Query parameter at fault.
        header: Header at fault.
    """

    status: int | None
    code: str | None
    message: str | None
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


@dataclass(frozen=True, slots=True)
class ShownPage:
    """What the document of a page says about the other pages.

    Attributes:
        links: Addresses by ``first``, ``prev``, ``next`` and ``last``; those that there are.
        total: Number of resources in the collection, or None where it says nothing.
    """

    links: Mapping[str, str]
    total: int | None


class ConventionReader:
    """Reads and writes the documents of a convention, for the suite: what a client would do.

    The methods may raise whatever they like where a document does not have the form that the
    convention promises; the suite says so in words. Override those that do not fit.

    Attributes:
        shows_ids: Whether documents say which ids resources have.
        shows_types: Whether they say which types resources have.
        shows_pages: Whether the document of a page has links to others and the total.
        includes: Whether ``include`` adds related resources to a document.
        single_differs: Whether the document of one resource differs from that of a collection
            of one.
        body_type: Media type of bodies; None stands for the convention's first.
        error_types: Media types of errors; empty for those of the convention.
        malformed: Bodies that the convention must refuse, beside those that every one must.
    """

    shows_ids: bool = True
    shows_types: bool = True
    shows_pages: bool = True
    includes: bool = True
    single_differs: bool = True
    body_type: str | None = None
    error_types: tuple[str, ...] = ()
    malformed: tuple[bytes, ...] = ()

    def parse(self, content: bytes) -> Any:
        """Return a body as a document; JSON by default."""
        return json.loads(content)

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return the body of a write: of a create without an id, of a change with one."""
        raise NotImplementedError

    def resource(self, document: Any) -> Shown:
        """Return the resource of a document that shows one."""
        raise NotImplementedError

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return the resources of a document that shows a collection."""
        raise NotImplementedError

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the errors of a document, in its order."""
        raise NotImplementedError

    def page(self, document: Any) -> ShownPage:
        """Return what the document of a page says about the others."""
        raise NotImplementedError

    def included(self, document: Any) -> Sequence[Sequence[Shown]]:
        """Return the groups of included resources in which each may be once.

        One group for a document that lists all of them at one place; a group for each parent and
        relationship where they are nested.
        """
        raise NotImplementedError

    def related(self, document: Any, index: int, name: str) -> Sequence[str] | None:
        """Return ids that a resource of a collection is related to, by its index there.

        None for a to-one relationship that holds nothing; an empty sequence for a to-many one.
        """
        raise NotImplementedError


class _Thing(Schema):
    """Attributes of a thing."""

    text = fields.String(required=True)
    emptyText = fields.String()  # noqa: N815 - as clients write it
    zero = fields.Integer(strict=True)
    zeroFloat = fields.Float()  # noqa: N815
    no = fields.Boolean()
    nothing = fields.Raw(allow_none=True)
    emptyList = fields.List(fields.Raw())  # noqa: N815
    emptyMap = fields.Dict()  # noqa: N815
    unicode = fields.String()
    nested = fields.Dict()
    large = fields.Integer()
    negative = fields.Float()


class _Named(Schema):
    """Attributes of everything else."""

    name = fields.String()


class _Meeting:
    """Lets two requests be in the writer at once."""

    def __init__(self) -> None:
        self.barrier: threading.Barrier | None = None

    def wait(self) -> None:
        """Wait for the other one; a convention that writes one at a time is not held up long."""
        if self.barrier is not None:
            try:
                self.barrier.wait(MEETING_SECONDS)
            except threading.BrokenBarrierError:
                return


class _Met:
    """An object whose attribute can be read when the other request's is read as well."""

    def __init__(self, id_: str, meeting: _Meeting) -> None:
        self.id = id_
        self._meeting = meeting

    @property
    def name(self) -> str:
        """Name, once the other request got as far."""
        self._meeting.wait()
        return f"name of {self.id}"


@dataclass
class _World:
    """The application of the suite: its data, its controllers, and what they saw."""

    meeting: _Meeting = field(default_factory=_Meeting)
    reads: list[str] = field(default_factory=list)
    received: Mapping[str, Any] | None = None
    received_id: str | None = None
    things: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {each: {"id": each, **ATTRIBUTES, "text": each} for each in IDS}
    )

    def thing(self, request: GlueRequest) -> GlueResponse:
        found = self.things.get(request.resource.id or "")
        if found is None:
            raise NotFound(self.missing.code, self.missing.message)
        return GlueResponse.of(found)

    def page(self, request: GlueRequest) -> GlueResponse:
        page = request.pagination or Pagination(0, 2)
        found = list(self.things.values())
        for condition in request.filters:
            found = [each for each in found if each[condition.field] == condition.value]
        if request.sortings:
            found.sort(key=lambda each: str(each["text"]))
            if not request.sortings[0].is_ascending:
                found.reverse()
        cut = found[page.offset : page.offset + page.limit]
        return GlueResponse.page(cut, Pagination(page.offset, page.limit, len(found)))

    def create(self, attributes: dict[str, Any]) -> GlueResponse:
        self.received = attributes
        return GlueResponse.of({"id": "new/one", **attributes})

    def change(self, request: GlueRequest, attributes: dict[str, Any]) -> GlueResponse:
        self.received, self.received_id = attributes, request.resource.id
        return GlueResponse.of({**self.things[request.resource.id or ""], **attributes})

    def delete(self) -> GlueResponse:
        return GlueResponse.no_content()

    def met(self, request: GlueRequest) -> GlueResponse:
        return GlueResponse.of(_Met(request.resource.id or "", self.meeting))

    def failing(self) -> GlueResponse:
        raise RuntimeError(SECRET)

    def refusing(self) -> GlueResponse:
        raise Problem(
            409,
            [
                GlueError(409, "4091", "The first reason.", pointer="/somewhere/0"),
                GlueError(409, "4092", "The second reason.", parameter="sort"),
                GlueError(409, "4093", "The third reason.", header="If-Match"),
                GlueError(409, None, "A reason without a code."),
            ],
        )

    missing = ErrorCode(404, "301", "There is no such thing.")
    refusals = (
        ErrorCode(409, "4091", "The first reason."),
        ErrorCode(409, "4092", "The second reason."),
        ErrorCode(409, "4093", "The third reason."),
        ErrorCode(409, None, "A reason without a code."),
    )

    def owner(self, sources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
        self.reads.append("owner")
        return {each.id or "": {"id": "o", "name": "Ann"} for each in sources if each.id != "0"}

    def parts(self, sources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
        self.reads.append("parts")
        return {
            each.id or "": [{"id": name, "name": name} for name in ("p/1", "0")]
            for each in sources
            if each.id != "0"
        }

    def maker(self, sources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
        self.reads.append("maker")
        return {each.id or "": {"id": "o", "name": "Ann"} for each in sources}

    def operations(self) -> list[Operation]:
        """Return everything that can be called."""
        things = Resource(
            "things",
            _Thing,
            relationships=(
                Relationship("owner", "owners", self.owner, many=False),
                Relationship("parts", "parts", self.parts),
            ),
        )
        owners, meetings = Resource("owners", _Named), Resource("meetings", _Named)
        parts = Resource(
            "parts",
            _Named,
            relationships=(Relationship("maker", "owners", self.maker, many=False),),
        )

        def named(request: GlueRequest) -> GlueResponse:
            return GlueResponse.of({"id": request.resource.id, "name": "Ann"})

        def one() -> GlueResponse:
            return GlueResponse.page([{"id": "0", "name": ""}])

        def none() -> GlueResponse:
            return GlueResponse.page([])

        def failing(request: GlueRequest) -> GlueResponse:
            return self.failing()

        def refusing(request: GlueRequest) -> GlueResponse:
            return self.refusing()

        return [
            Operation("get", self.thing, "things", things, errors=(self.missing,)),
            Operation(
                "getCollection",
                self.page,
                "things",
                things,
                page=PageRules(2, 10),
                sorts=("text",),
                filters=("text",),
            ),
            Operation("post", self.create, "things", things),
            Operation("patch", self.change, "things", things),
            Operation("delete", self.delete, "things", things),
            Operation("get", named, "owners", owners),
            Operation("get", named, "parts", parts),
            Operation("getCollection", one, "owners", owners),
            Operation("getCollection", none, "parts", parts),
            Operation("get", self.met, "meetings", meetings),
            Operation("get", failing, "failing", owners),
            Operation("get", refusing, "refusing", owners, errors=self.refusals),
        ]


def _break_down(operation: Operation) -> Format | None:
    def format_(response: GlueResponse, request: GlueRequest) -> None:
        if request.header("x-break-down"):
            raise RuntimeError(SECRET)

    return format_


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with the request in words.

    Attributes:
        asked: Method and path.
        response: The response.
    """

    asked: str
    response: Response

    @property
    def status(self) -> int:
        """Status of the answer."""
        return self.response.status_code

    @property
    def media_type(self) -> str:
        """Media type without parameters; empty where there is none."""
        return self.response.headers.get("content-type", "").partition(";")[0].strip().lower()


class ConventionProbe:
    """A deployed application of the suite, and a client that speaks one convention.

    Attributes:
        convention: The convention.
        reader: Reads its documents.
        world: The application.
        client: Calls the application.
        by_default: Calls one like it, which answers in the convention where a request selects none.
    """

    def __init__(
        self,
        convention: Convention,
        reader: ConventionReader,
        directory: Path,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Deploy the application.

        Args:
            convention: The convention; the plain flow is one.
            reader: Reads its documents.
            directory: Folder for what the services keep.
            settings: Further tables of settings.
        """
        self.convention = convention
        self.reader = reader
        self.world = _World()
        self._deployment = self._deploy(directory, settings or {})
        self.client = Client(self._deployment.applications[APPLICATION], checked=False)
        self.by_default = Client(self._deployment.applications[DEFAULTING], checked=False)

    def documented(self) -> Any:
        """Return the document of the application, as this convention describes it alone."""
        documentation = self._deployment.registry.applications[APPLICATION].documentation
        assert documentation is not None
        made = documentation.made(conventions=[self.convention.name])
        return resolved(made)

    def undescribed(self, place: str, what: str, where: str) -> NoReturn:
        """Fail, since the documentation lacks something."""
        pytest.fail(
            f"{self.name}: nothing says what {place} {what}.\n"
            f"Look at: 'describe' of the convention, {where}.",
            pytrace=False,
        )

    def _deploy(self, directory: Path, settings: Mapping[str, Any]) -> Deployment:
        name = self.convention.name
        groups = (f"glue.plugins.{APPLICATION}",)
        sources = [
            *(
                in_memory(
                    "glue.applications", each, RequestFlowAwareApiApplication(each, groups=groups)
                )
                for each in (APPLICATION, DEFAULTING)
            ),
            in_memory(
                f"glue.plugins.{APPLICATION}",
                "world",
                glue_resources=lambda: self.world.operations(),
                glue_response_formatters=lambda: [Step("break-down", _break_down)],
            ),
        ]
        if name is not None:
            sources.append(in_memory("glue.conventions", name, self.convention))
        services = {
            "database": f"sqlite:///{directory}/database.sqlite",
            "storage": f"sqlite:///{directory}/storage.sqlite",
            "search": f"tantivy:///{directory}/search",
        }
        applications = {} if name is None else {DEFAULTING: {"convention": name}}
        tables = {"services": services, "applications": applications, **settings}
        return Deployment(tables, sources)

    def close(self) -> None:
        """Close the deployment."""
        self._deployment.close()

    @property
    def media_type(self) -> str:
        """The media type that the suite accepts."""
        return written_types(self.convention)[0]

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
        by_default: bool = False,
    ) -> Answer:
        """Send a request in the convention, to the application that takes it by default or not."""
        sent: dict[str, str | None] = {"accept": self.media_type}
        if body is not None:
            sent["content-type"] = self.reader.body_type or self.convention.media_types[0]
        sent.update(headers or {})
        raw = path.partition("?")[0]
        client = self.by_default if by_default else self.client
        return Answer(
            f"{method} {path}",
            client.request(method, path, body=body, headers=sent, raw_path=raw),
        )

    def document(self, answer: Answer, status: int | tuple[int, ...] = 200) -> Any:
        """Return the document of an answer that must have a status."""
        expected = status if isinstance(status, tuple) else (status,)
        if answer.status not in expected:
            self.fail(
                answer,
                f"answered {answer.status} instead of {' or '.join(map(str, expected))}: "
                f"{answer.response.content[:300]!r}",
                "the writer or a step of the convention raised; the log has the traceback"
                if answer.status == 500
                else "the convention's request builders or its media types",
            )
        try:
            return self.reader.parse(answer.response.content)
        except Exception as error:
            self.fail(
                answer,
                f"has a body that cannot be parsed ({type(error).__name__}: {error}): "
                f"{answer.response.content[:300]!r}",
                "the writer, which must set 'response.content' for every outcome",
            )

    def read(self, answer: Answer, what: str, document: Any, *arguments: Any) -> Any:
        """Read something from a document with the reader."""
        try:
            return getattr(self.reader, what)(document, *arguments)
        except Exception as error:
            self.fail(
                answer,
                f"has a document that cannot be read as {what!r} ({type(error).__name__}: "
                f"{error}): {answer.response.content[:300]!r}",
                "the writer: whether a document shows one resource, a collection or errors is "
                "told by the operation's method and 'response.is_collection', and by "
                "'response.errors'",
            )

    def fail(self, answer: Answer, what: str, where: str) -> Any:
        """Fail: what is broken, and where to look."""
        pytest.fail(f"{self.name}: {answer.asked} {what}.\nLook at: {where}.", pytrace=False)

    @property
    def name(self) -> str:
        """Name of the convention, for messages."""
        return f"The convention {self.convention.name!r}" if self.convention.name else "Plain flow"

    def body(self, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return the body of a write of a thing."""
        return self.reader.body("things", attributes, id_)


def _segment(id_: str) -> str:
    return quote(id_, safe="")


def _below(address: str) -> str:
    """Return the path and query of a link."""
    return re.sub(r"^[a-z]+://[^/]*", "", address)


class ConventionCompliance:
    """What every convention must do; subclass it and give the convention and its reader."""

    @pytest.fixture
    def convention(self) -> Convention:
        """Return the convention."""
        raise NotImplementedError("Override the fixture 'convention' with the convention object.")

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads the convention's documents."""
        raise NotImplementedError("Override the fixture 'reader' with a ConventionReader.")

    @pytest.fixture
    def convention_settings(self) -> Mapping[str, Any]:
        """Return tables of settings that the convention is to be held against; none by default."""
        return {}

    @pytest.fixture
    def probe(
        self,
        convention: Convention,
        reader: ConventionReader,
        convention_settings: Mapping[str, Any],
        tmp_path: Path,
    ) -> Iterator[ConventionProbe]:
        """Deploy the suite's application."""
        probe = ConventionProbe(convention, reader, tmp_path, convention_settings)
        yield probe
        probe.close()

    def test_declares_itself_well(self, probe: ConventionProbe) -> None:
        """Name, priority, media types and the pointer to attributes are well-formed."""
        convention = probe.convention
        problems = []
        if not isinstance(convention, Convention):
            problems.append("it lacks members that glue_core.Convention names")
        name = convention.name
        if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
            problems.append(f"'name' is {name!r}; it is that of the entry point, as json_api")
        if not isinstance(convention.priority, int) or isinstance(convention.priority, bool):
            problems.append(f"'priority' is {convention.priority!r}; it is a whole number")
        if not isinstance(convention.media_types, tuple) or not convention.media_types:
            problems.append("'media_types' is no tuple with at least one media type")
        for each in (*convention.media_types, *written_types(convention)):
            if not (isinstance(each, str) and _MEDIA_TYPE.fullmatch(each)):
                problems.append(
                    f"{each!r} in 'media_types' is no bare media type in lower case: parameters "
                    f"are the negotiation's business"
                )
        if not _POINTER.fullmatch(convention.attributes_pointer):
            problems.append(
                f"'attributes_pointer' is {convention.attributes_pointer!r}, no JSON Pointer "
                f"(RFC 6901)"
            )
        if problems:
            pytest.fail(
                f"{probe.name}: {'; '.join(problems)}.\nLook at: the attributes of the "
                f"convention object.",
                pytrace=False,
            )

    @pytest.mark.parametrize("id_", IDS)
    def test_attributes_survive(self, probe: ConventionProbe, id_: str) -> None:
        """Every attribute arrives: falsy ones, null, unicode and nested values."""
        answer = probe.ask("GET", f"/things/{_segment(id_)}")
        shown: Shown = probe.read(answer, "resource", probe.document(answer))
        self._compare(probe, answer, {**ATTRIBUTES, "text": id_}, shown)

    def test_attributes_survive_in_a_collection(self, probe: ConventionProbe) -> None:
        """Every attribute of every resource of a collection arrives, in the handler's order."""
        answer = probe.ask("GET", "/things?page[limit]=10")
        shown: Sequence[Shown] = probe.read(answer, "collection", probe.document(answer))
        if len(shown) != len(IDS):
            probe.fail(
                answer, f"shows {len(shown)} of {len(IDS)} resources", "the writer's collection"
            )
        for id_, each in zip(IDS, shown, strict=True):
            self._compare(probe, answer, {**ATTRIBUTES, "text": id_}, each)

    def _compare(
        self, probe: ConventionProbe, answer: Answer, sent: Mapping[str, Any], shown: Shown
    ) -> None:
        missing = sorted(set(sent) - set(shown.attributes))
        if missing:
            values = ", ".join(f"{each} ({sent[each]!r})" for each in missing)
            probe.fail(
                answer,
                f"lost attributes: {values}",
                "the writer: a value that is false in Python is a value all the same",
            )
        for name, value in sent.items():
            found = shown.attributes[name]
            if found != value or isinstance(found, bool) is not isinstance(value, bool):
                probe.fail(
                    answer,
                    f"shows the attribute {name!r} as {found!r} instead of {value!r}",
                    "the writer: attributes come from 'lens.attributes_of(...)' ready for JSON",
                )
        extra = sorted(set(shown.attributes) - set(sent))
        if extra:
            probe.fail(
                answer,
                f"shows attributes that the schema does not have: {', '.join(extra)}",
                "the writer, or the reader's 'resource' if these are the convention's own members",
            )

    @pytest.mark.parametrize("id_", IDS)
    def test_ids_are_kept(self, probe: ConventionProbe, id_: str) -> None:
        """An id is shown as it is: "0", one with a slash, one beyond ASCII."""
        if not probe.reader.shows_ids and not probe.reader.shows_types:
            pytest.skip("The convention shows neither ids nor types.")
        answer = probe.ask("GET", f"/things/{_segment(id_)}")
        shown: Shown = probe.read(answer, "resource", probe.document(answer))
        if probe.reader.shows_ids and shown.id != id_:
            probe.fail(answer, f"shows the id {shown.id!r} instead of {id_!r}", "the writer's ids")
        if probe.reader.shows_types and shown.type != "things":
            probe.fail(
                answer, f"shows the type {shown.type!r} instead of 'things'", "the writer's types"
            )

    def test_operation_decides_what_a_collection_is(self, probe: ConventionProbe) -> None:
        """A collection of one is a collection, one resource is one, none is an empty collection."""
        one = probe.ask("GET", "/owners")
        none = probe.ask("GET", "/parts")
        single = probe.ask("GET", "/owners/x")
        where = (
            "the writer: 'operation.method' and 'response.is_collection' decide, never the number "
            "of resources"
        )
        shown = probe.read(one, "collection", probe.document(one))
        if len(shown) != 1:
            probe.fail(one, f"shows {len(shown)} resources instead of 1", where)
        empty = probe.read(none, "collection", probe.document(none))
        if len(empty) != 0:
            probe.fail(none, f"shows {len(empty)} resources instead of none", where)
        probe.read(single, "resource", probe.document(single))
        if probe.reader.single_differs:
            try:
                probe.reader.resource(probe.document(one))
            except Exception:
                return
            probe.fail(one, "is a collection of one that reads as a single resource", where)

    def test_media_type_of_every_answer(self, probe: ConventionProbe) -> None:
        """Successes and errors alike have a media type of the convention, and Vary."""
        successes = written_types(probe.convention)
        errors = probe.reader.error_types or probe.convention.media_types
        other = {"accept": "image/x-no"}
        cases = [
            (probe.ask("GET", "/things"), 200),
            (probe.ask("GET", "/things/0"), 200),
            (probe.ask("POST", "/things", body=probe.body({"text": "x"})), 201),
            (probe.ask("GET", "/nowhere"), 404),
            (probe.ask("GET", "/things/unknown"), 404),
            (probe.ask("PUT", "/things/0", body=probe.body({"text": "x"}, "0")), 405),
            (probe.ask("POST", "/things", body=probe.body({"zero": "x"})), 422),
            (probe.ask("GET", "/refusing/1"), 409),
            (probe.ask("GET", "/failing/1"), 500),
            (probe.ask("GET", "/things?unknown=1"), 400),
            (probe.ask("GET", "/things", headers=other, by_default=True), 406),
            (probe.ask("GET", "/things", headers={"accept": None}, by_default=True), 200),
            (
                probe.ask("POST", "/things", body=b"x", headers={"content-type": "image/x-no"}),
                415,
            ),
        ]
        for answer, status in cases:
            if answer.status != status:
                probe.fail(
                    answer,
                    f"answered {answer.status} instead of {status}: "
                    f"{answer.response.content[:300]!r}",
                    "the convention's request builders: they take what the suite's reader writes",
                )
            expected = successes if answer.status < 400 else errors
            if answer.media_type not in expected:
                probe.fail(
                    answer,
                    f"answered {answer.status} as {answer.media_type or 'nothing'!r} instead of "
                    f"{' or '.join(expected)}",
                    "the writer: it sets 'response.format' for successes and for errors",
                )
            varies = answer.response.headers.get("vary", "").lower()
            for name in ("accept", "content-type"):
                if name not in (each.strip() for each in varies.split(",")):
                    probe.fail(answer, f"does not name {name!r} in Vary", "the response formatters")
            document = probe.document(answer, status)
            if status < 400:
                continue
            shown: Sequence[ShownError] = probe.read(answer, "errors", document)
            if not shown or any(each.status not in (status, None) for each in shown):
                probe.fail(answer, f"answered {status} and shows {shown!r}", "the writer's errors")

    def test_failures_say_nothing_of_their_cause(
        self, probe: ConventionProbe, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An exception in a controller is a document with one error 500 and no details."""
        with caplog.at_level(logging.CRITICAL + 1, "glue"):
            answer = probe.ask("GET", "/failing/1")
        self._formatted_failure(probe, answer, "the writer's errors")

    def test_failing_formatter_is_formatted(
        self, probe: ConventionProbe, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A formatter that raises leaves a formatted 500, whatever was written before."""
        with caplog.at_level(logging.CRITICAL + 1, "glue"):
            for path in ("/things/0", "/things"):
                answer = probe.ask("GET", path, headers={"x-break-down": "1"})
                self._formatted_failure(
                    probe,
                    answer,
                    "the writer: it is asked for errors even where no formatter ran, so it relies "
                    "on nothing that the convention's own formatters leave behind",
                )

    def _formatted_failure(self, probe: ConventionProbe, answer: Answer, where: str) -> None:
        errors: Sequence[ShownError] = probe.read(answer, "errors", probe.document(answer, 500))
        if len(errors) != 1 or errors[0].status not in (500, None):
            probe.fail(answer, f"shows {errors!r} instead of one error 500", where)
        if SECRET in answer.response.text or "RuntimeError" in answer.response.text:
            probe.fail(answer, "tells the client why the server failed", where)
        expected = probe.reader.error_types or probe.convention.media_types
        if answer.media_type not in expected:
            probe.fail(answer, f"is a failure as {answer.media_type!r}", where)

    def test_errors_are_kept_together(self, probe: ConventionProbe) -> None:
        """All errors arrive, in order, each with status, code, text and what was at fault."""
        answer = probe.ask("GET", "/refusing/1")
        shown: Sequence[ShownError] = probe.read(answer, "errors", probe.document(answer, 409))
        where = "the writer: it shows every one of 'response.errors' with all that it says"
        sent = [
            ShownError(409, "4091", "The first reason.", pointer="/somewhere/0"),
            ShownError(409, "4092", "The second reason.", parameter="sort"),
            ShownError(409, "4093", "The third reason.", header="If-Match"),
            ShownError(409, None, "A reason without a code."),
        ]
        if len(shown) != len(sent):
            probe.fail(answer, f"shows {len(shown)} of {len(sent)} errors", where)
        for expected, found in zip(sent, shown, strict=True):
            for name in ("status", "code", "message", "pointer", "parameter", "header"):
                is_there, should = getattr(found, name), getattr(expected, name)
                if is_there != should:
                    probe.fail(
                        answer,
                        f"shows the {name} of the error {expected.message!r} as {is_there!r} "
                        f"instead of {should!r}",
                        where,
                    )

    def test_violations_point_into_the_body(self, probe: ConventionProbe) -> None:
        """Each violation of a body is an error with a pointer to where the client wrote it."""
        wrong = {"zero": "x", "unknown": 1, "no": []}
        body = probe.body(wrong)
        answer = probe.ask("POST", "/things", body=body)
        start = probe.convention.attributes_pointer
        if _at(probe.reader.parse(body), start) != wrong:
            probe.fail(
                answer,
                f"has the attributes of a body not at {start!r}: {body!r}",
                "'attributes_pointer' of the convention: every pointer in an error starts with it",
            )
        shown: Sequence[ShownError] = probe.read(answer, "errors", probe.document(answer, 422))
        expected = {f"{start}/{name}" for name in ("text", "zero", "unknown", "no")}
        found = {each.pointer for each in shown}
        if found != expected:
            probe.fail(
                answer,
                f"points to {_names(found)} instead of {_names(expected)}",
                "'attributes_pointer' of the convention, and its builders: they hand on every "
                "attribute of the body, those that the schema does not know too",
            )

    def test_wrong_parameters_are_named(self, probe: ConventionProbe) -> None:
        """Every wrong parameter of a query is an error that names it, all together."""
        answer = probe.ask("GET", "/things?page[limit]=0&sort=nope&filter[things.nope]=1&odd=1")
        shown: Sequence[ShownError] = probe.read(answer, "errors", probe.document(answer, 400))
        expected = {"page[limit]", "sort", "filter[things.nope]", "odd"}
        found = {each.parameter for each in shown}
        if found != expected:
            probe.fail(
                answer,
                f"names the parameters {_names(found)} instead of {_names(expected)}",
                "the convention's request builders, and the 'reads' of its steps",
            )

    def test_malformed_bodies_are_refused(self, probe: ConventionProbe) -> None:
        """A body that is no document of the convention is a 4xx with errors, and calls nobody."""
        bodies = (
            b"",
            b" ",
            b"{",
            b"null",
            b"[]",
            b"1",
            b'"text"',
            b"\xff\xfe",
            b"[" * 5000,
            b'{"a":' * 300,
            *probe.reader.malformed,
        )
        for body in bodies:
            for method, path in (("POST", "/things"), ("PATCH", "/things/0")):
                probe.world.received = None
                answer = probe.ask(method, path, body=body)
                named = f"with the body {body[:40]!r} "
                where = "the convention's builder of attributes: what is wrong goes to "
                where += "'request.errors', for instance by 'read_json'"
                if not 400 <= answer.status < 500:
                    probe.fail(answer, f"{named}answered {answer.status} instead of 4xx", where)
                if probe.world.received is not None:
                    probe.fail(answer, f"{named}reached the controller", where)
                document = probe.document(answer, answer.status)
                if not probe.read(answer, "errors", document):
                    probe.fail(answer, f"{named}shows no error", where)

    def test_attributes_of_a_write_arrive(self, probe: ConventionProbe) -> None:
        """A controller gets every attribute that the client wrote, falsy ones too."""
        created = probe.ask("POST", "/things", body=probe.body(ATTRIBUTES))
        shown: Shown = probe.read(created, "resource", probe.document(created, 201))
        where = "the convention's builder of attributes: it sets 'request.attributes'"
        if probe.world.received != ATTRIBUTES:
            probe.fail(created, f"handed on {probe.world.received!r}", where)
        self._compare(probe, created, ATTRIBUTES, shown)
        if probe.reader.shows_ids and shown.id != "new/one":
            probe.fail(created, f"shows the id {shown.id!r} of what is new", "the writer's ids")
        changed = probe.ask(
            "PATCH", f"/things/{_segment('a/b')}", body=probe.body({"no": False}, "a/b")
        )
        probe.document(changed)
        if (probe.world.received_id, probe.world.received) != ("a/b", {"no": False}):
            probe.fail(
                changed,
                f"handed on the attributes {probe.world.received!r} for the id "
                f"{probe.world.received_id!r}",
                where,
            )

    def test_answers_without_a_body_have_none(self, probe: ConventionProbe) -> None:
        """DELETE, HEAD and OPTIONS have no body; HEAD has the headers of GET."""
        deleted = probe.ask("DELETE", "/things/0")
        options = probe.ask("OPTIONS", "/things/0")
        for answer in (deleted, options):
            if (answer.status, answer.response.content) != (204, b""):
                probe.fail(
                    answer,
                    f"answered {answer.status} with {answer.response.content[:100]!r} instead of "
                    f"204 without a body",
                    "the writer: 204 has no document",
                )
            if answer.media_type:
                probe.fail(answer, "has a media type and no body", "the writer")
        if "GET" not in options.response.headers.get("allow", ""):
            probe.fail(options, "names no methods in Allow", "the convention's formatters")
        for path in ("/things/0", "/things", "/nowhere"):
            shown, head = probe.ask("GET", path), probe.ask("HEAD", path)
            if head.response.content:
                probe.fail(head, "has a body", "the writer")
            if (head.status, head.media_type) != (shown.status, shown.media_type):
                probe.fail(
                    head,
                    f"answered {head.status} as {head.media_type!r}, GET {shown.status} as "
                    f"{shown.media_type!r}",
                    "the convention's steps: HEAD is GET without the body",
                )

    def test_pages_lead_through_the_collection(self, probe: ConventionProbe) -> None:
        """``next`` leads through every resource once and ends; the total is right on each page."""
        if not probe.reader.shows_pages:
            pytest.skip("The convention says nothing of other pages.")
        path: str | None = "/things?sort=-text&page[limit]=2"
        seen: list[str] = []
        where = "the writer's links of pages: 'page_addresses' makes them of 'response.pagination'"
        for number in range(len(IDS) + 1):
            if path is None:
                break
            answer = probe.ask("GET", path)
            document = probe.document(answer)
            page: ShownPage = probe.read(answer, "page", document)
            seen += [each.attributes["text"] for each in probe.read(answer, "collection", document)]
            if page.total != len(IDS):
                probe.fail(answer, f"has the total {page.total!r} instead of {len(IDS)}", where)
            expected = {"first", "last", *(("next",) if number == 0 else ("prev",))}
            if set(page.links) != expected:
                probe.fail(
                    answer,
                    f"has links to {_names(page.links)} instead of {_names(expected)}",
                    where,
                )
            following = page.links.get("next")
            path = None if following is None else _below(following)
        if seen != sorted(IDS, reverse=True):
            probe.fail(
                answer,
                f"and the pages before lead to {seen!r} instead of {sorted(IDS, reverse=True)!r}",
                where + "; the rest of the query stays",
            )

    def test_includes_are_complete_and_without_duplicates(self, probe: ConventionProbe) -> None:
        """What is related is there once, null and empty relationships are shown as such."""
        if not probe.reader.includes:
            pytest.skip("The convention includes nothing.")
        answer = probe.ask("GET", "/things?include=owner,parts.maker&page[limit]=10")
        document = probe.document(answer)
        groups: Sequence[Sequence[Shown]] = probe.read(answer, "included", document)
        where = (
            "the writer: 'response.included_relationships' has each related resource once, "
            "'resource.relationships' what belongs to which"
        )
        for group in groups:
            keys = [(each.type, each.id) for each in group]
            twice = sorted({str(key) for key in keys if keys.count(key) > 1})
            if twice:
                probe.fail(answer, f"includes twice: {', '.join(twice)}", where)
        found = {each.id for group in groups for each in group}
        if found != {"o", "p/1", "0"}:
            probe.fail(answer, f"includes the ids {_names(found)} instead of 0, o, p/1", where)
        unnamed = [each for group in groups for each in group if "name" not in each.attributes]
        if unnamed:
            probe.fail(answer, "includes resources without their attributes", where)
        for index, id_ in enumerate(IDS):
            owner = probe.read(answer, "related", document, index, "owner")
            parts = probe.read(answer, "related", document, index, "parts")
            expected = (None, []) if id_ == "0" else (["o"], ["p/1", "0"])
            shown = (owner, None if parts is None else list(parts))
            if (shown[0] if owner is None else list(owner), shown[1]) != expected:
                probe.fail(
                    answer,
                    f"relates {id_!r} to the owner {owner!r} and the parts {parts!r} instead of "
                    f"{expected[0]!r} and {expected[1]!r}",
                    where,
                )

    def test_includes_read_once(self, probe: ConventionProbe) -> None:
        """The number of reads depends on the paths of an include, not on the number of things."""
        if not probe.reader.includes:
            pytest.skip("The convention includes nothing.")
        counts = []
        for limit in (2, 4):
            probe.world.reads.clear()
            answer = probe.ask("GET", f"/things?include=owner,parts.maker&page[limit]={limit}")
            probe.document(answer)
            counts.append(len(probe.world.reads))
        if counts != [3, 3]:
            probe.fail(
                answer,
                f"reads {counts[1]} times for 4 resources and {counts[0]} times for 2, instead of "
                f"3 times, once for each relationship",
                "the convention's formatters: 'load_included' reads level by level",
            )

    def test_unknown_include_is_refused(self, probe: ConventionProbe) -> None:
        """An include that leads nowhere is a 400 that names the parameter."""
        answer = probe.ask("GET", "/things?include=nowhere")
        shown: Sequence[ShownError] = probe.read(answer, "errors", probe.document(answer, 400))
        if {each.parameter for each in shown} != {"include"}:
            probe.fail(answer, f"shows {shown!r}", "the convention's builder of includes")

    def test_sparse_fieldsets(self, probe: ConventionProbe) -> None:
        """Exactly the attributes that the client names are shown, falsy ones and null too."""
        for path in ("/things/0", "/things"):
            answer = probe.ask("GET", f"{path}?fields[things]=nothing,zero,emptyText")
            document = probe.document(answer)
            if path == "/things":
                shown = list(probe.read(answer, "collection", document))
            else:
                shown = [probe.read(answer, "resource", document)]
            for each in shown:
                if dict(each.attributes) != {"nothing": None, "zero": 0, "emptyText": ""}:
                    probe.fail(
                        answer,
                        f"shows {dict(each.attributes)!r} instead of what was asked for",
                        "the writer: 'lens.attributes_of(shown, wanted)' takes the names from "
                        "'request.sparse_resources'",
                    )

    def test_answers_repeat(self, probe: ConventionProbe) -> None:
        """The same request is answered alike, whatever was answered in between."""
        before = {path: probe.ask("GET", path) for path in ("/things", "/things/0", "/owners")}
        probe.ask("GET", "/refusing/1")
        probe.ask("GET", "/nowhere")
        probe.ask("GET", "/things?fields[things]=zero&page[offset]=2")
        for path, answer in before.items():
            again = probe.ask("GET", path)
            if again.response.content != answer.response.content:
                probe.fail(
                    again,
                    f"answered {again.response.content[:200]!r} after other requests, and "
                    f"{answer.response.content[:200]!r} before",
                    "the writer: what it keeps between requests, or changes in what it is shown",
                )

    def test_writer_holds_no_state(self, probe: ConventionProbe) -> None:
        """Two requests that are written at the same time do not mix."""
        probe.world.meeting.barrier = threading.Barrier(2)
        answers: dict[str, Answer] = {}

        def ask(id_: str) -> None:
            answers[id_] = probe.ask("GET", f"/meetings/{id_}")

        threads = [threading.Thread(target=ask, args=(id_,)) for id_ in ("one", "two")]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        probe.world.meeting.barrier = None
        for id_, answer in sorted(answers.items()):
            shown: Shown = probe.read(answer, "resource", probe.document(answer))
            name = shown.attributes.get("name")
            if name != f"name of {id_}" or (probe.reader.shows_ids and shown.id != id_):
                probe.fail(
                    answer,
                    f"shows {shown!r}, what another request was about that was written at the "
                    f"same time",
                    "the writer: one is shared by all threads, so it keeps nothing in itself",
                )

    def test_describes_its_documents(self, probe: ConventionProbe) -> None:
        """The documentation knows what is read, what is shown, and what errors look like."""
        document = probe.documented()
        written = set(written_types(probe.convention))
        for path, item in document["paths"].items():
            for method, shown in item.items():
                if method == "parameters":
                    continue
                place = f"{method.upper()} {path}"
                answers = shown["responses"]
                if method == "get" and written.isdisjoint(answers["200"].get("content", ())):
                    probe.undescribed(place, f"answers in {_names(written)}", "'answers'")
                if not answers["503"].get("content"):
                    probe.undescribed(place, "answers to errors", "'errors_as'")
                if method in ("post", "patch") and not shown.get("requestBody"):
                    probe.undescribed(place, "reads of a body", "'body' of its builder")
        for reference in references(document):
            name = reference.rpartition("/")[2]
            if reference.startswith("#/components/schemas/") and (
                name not in document["components"]["schemas"]
            ):
                probe.undescribed(reference, "means by it", "'share' of the view")


def _at(document: Any, pointer: str) -> Any:
    """Return what a JSON Pointer leads to, or None."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _names(values: Any) -> str:
    """Return names in order, for messages."""
    return ", ".join(sorted(str(each) for each in values)) or "nothing"
