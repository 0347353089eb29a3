"""The compliance suite for conventions: a sound one passes, and each broken one is told why."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from glue_core import (
    FIELDS,
    FILTER,
    INCLUDE,
    INCLUDE_NOTE,
    PAGE,
    SORT,
    Answer,
    Build,
    Format,
    Fragment,
    GlueError,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    JsonSchema,
    Operation,
    Settings,
    Step,
    View,
    Writer,
    hookimpl,
    load_included,
    page_addresses,
    path_of,
    read_fields,
    read_filters,
    read_include,
    read_json,
    read_page,
    read_sort,
)
from glue_core.testing.conventions import (
    IDS,
    ConventionCompliance,
    ConventionProbe,
    ConventionReader,
    Shown,
    ShownError,
    ShownPage,
)

ENVELOPE = "application/x-envelope+json"


class Envelope:
    """A convention of the tests' own: what is shown is in an envelope that says what it is."""

    name = "envelope"
    media_types: tuple[str, ...] = (ENVELOPE,)
    priority = 1
    attributes_pointer = "/attributes"

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Build]]:
        """Read bodies and the query."""
        return [
            Step("attributes", self.read_attributes, describe=self.describe_body),
            Step("fields", read_fields, reads=FIELDS),
            Step("filter", read_filters, reads=FILTER),
            Step(
                "include",
                lambda each: read_include(each, flat=False, ignore_unknown=False, depth=3),
                reads=INCLUDE,
            ),
            Step("page", read_page, reads=PAGE),
            Step("sort", read_sort, reads=SORT),
        ]

    @hookimpl
    def glue_response_formatters(self) -> Sequence[Step[Format]]:
        """Load what is included."""
        return [Step("relationships", self.load)]

    def load(self, operation: Operation) -> Format | None:
        """Load level by level."""
        return load_included(operation, size=100)

    def read_attributes(self, operation: Operation) -> Build | None:
        """Read what is in the member ``attributes``."""
        if operation.method not in ("post", "patch", "put"):
            return None

        def build(request: GlueRequest) -> None:
            before = len(request.errors)
            document = read_json(request)
            if isinstance(document, dict) and isinstance(document.get("attributes"), dict):
                request.attributes = document["attributes"]
            elif len(request.errors) == before:
                request.errors.append(GlueError(400, "014", "No envelope.", pointer=""))

        return build

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Write envelopes."""
        return lambda response, request: self.write(operation, response, request)

    def write(self, operation: Operation, response: GlueResponse, request: GlueRequest) -> None:
        """Write one document."""
        if response.errors:
            document: dict[str, Any] = {"errors": [self.error(each) for each in response.errors]}
        else:
            shown = [self.item(operation, each, request) for each in response.resources]
            document = self.success(operation, response, request, shown)
        response.content = orjson.dumps(document)
        response.format = self.error_format() if response.errors else ENVELOPE

    def error_format(self) -> str:
        """Return the media type of errors."""
        return ENVELOPE

    def success(
        self,
        operation: Operation,
        response: GlueResponse,
        request: GlueRequest,
        shown: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """Return the document of a success."""
        if not self.is_collection(operation, response):
            return {"item": shown[0] if shown else None}
        document: dict[str, Any] = {"items": shown}
        if "include" in request.query_fields:
            document["included"] = [
                self.item(operation, each, request) for each in self.included(response)
            ]
        if response.pagination is not None:
            start = request.base_url + path_of(operation)(request)
            document["pages"] = page_addresses(start, request, response.pagination)
            document["total"] = response.pagination.total
        return document

    def is_collection(self, operation: Operation, response: GlueResponse) -> bool:
        """Say whether a document shows a collection."""
        return operation.method == "getCollection" or response.is_collection

    def included(self, response: GlueResponse) -> list[GlueResource]:
        """Return the included resources."""
        return response.included_relationships

    def item(
        self, operation: Operation, resource: GlueResource, request: GlueRequest
    ) -> dict[str, Any]:
        """Return one resource."""
        assert operation.model is not None
        assert resource.type is not None
        wanted = {each.resource_type: frozenset(each.fields) for each in request.sparse_resources}
        lens = operation.model.lens(resource.type, request.grants)
        related = {
            name: [each.id for each in held.resources]
            if held.many
            else next((each.id for each in held.resources), None)
            for name, held in (resource.relationships or {}).items()
        }
        attributes = lens.attributes_of(resource.attributes, wanted.get(resource.type))
        return {
            "type": resource.type,
            "id": resource.id,
            "attributes": self.attributes(attributes),
            "related": related,
        }

    def attributes(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Return the attributes as they are shown."""
        return attributes

    def error(self, error: GlueError) -> dict[str, Any]:
        """Return one error."""
        names = ("status", "code", "message", "pointer", "parameter", "header")
        return {name: getattr(error, name) for name in names}

    def describe_body(self, operation: Operation, view: View) -> Fragment:
        """Say that a body is an object."""
        return Fragment(body={ENVELOPE: {"type": "object"}})

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say little."""
        shown: JsonSchema = {"type": "object"}
        answers = () if operation.type is None else (Answer(content={ENVELOPE: shown}),)
        return Fragment(answers=answers, errors_as={ENVELOPE: shown})


class EnvelopeReader(ConventionReader):
    """Reads envelopes."""

    malformed = (b"{}", b'{"attributes": []}')

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return an envelope with attributes."""
        return orjson.dumps({"attributes": attributes})

    def _shown(self, item: Any) -> Shown:
        return Shown(item["attributes"], id=item["id"], type=item["type"])

    def resource(self, document: Any) -> Shown:
        """Return the one item."""
        return self._shown(document["item"])

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return the items."""
        return [self._shown(each) for each in document["items"]]

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the errors."""
        return [ShownError(**each) for each in document["errors"]]

    def page(self, document: Any) -> ShownPage:
        """Return links and total."""
        return ShownPage(document["pages"], document["total"])

    def included(self, document: Any) -> Sequence[Sequence[Shown]]:
        """Return the one list."""
        return [[self._shown(each) for each in document["included"]]]

    def related(self, document: Any, index: int, name: str) -> Sequence[str] | None:
        """Return the ids."""
        held = document["items"][index]["related"][name]
        return held if held is None or isinstance(held, list) else [held]


class LosesFalsyValues(Envelope):
    """Broken: leaves attributes out that are false in Python."""

    def attributes(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """Return those that are true."""
        return {name: value for name, value in attributes.items() if value}


class CountsResources(Envelope):
    """Broken: a collection of one becomes a single resource."""

    def is_collection(self, operation: Operation, response: GlueResponse) -> bool:
        """Count."""
        return len(response.resources) != 1


class ShowsOneError(Envelope):
    """Broken: shows the first error alone."""

    def write(self, operation: Operation, response: GlueResponse, request: GlueRequest) -> None:
        """Forget the others."""
        del response.errors[1:]
        super().write(operation, response, request)


class LosesPointers(Envelope):
    """Broken: errors do not say where."""

    def error(self, error: GlueError) -> dict[str, Any]:
        """Return an error without its pointer."""
        return {**super().error(error), "pointer": None}


class KeepsState(Envelope):
    """Broken: the writer keeps what it is about to show in itself."""

    resource_id: str | None = None

    def write(self, operation: Operation, response: GlueResponse, request: GlueRequest) -> None:
        """Remember the id for later."""
        self.resource_id = response.resources[0].id if response.resources else None
        super().write(operation, response, request)

    def success(
        self,
        operation: Operation,
        response: GlueResponse,
        request: GlueRequest,
        shown: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """Show what was remembered."""
        if len(shown) == 1 and operation.method == "get":
            shown[0]["id"] = self.resource_id
        return super().success(operation, response, request, shown)


class ErrorsInAnotherFormat(Envelope):
    """Broken: errors have the media type of plain JSON."""

    def error_format(self) -> str:
        """Return the wrong one."""
        return "application/json"


class IncludesTwice(Envelope):
    """Broken: lists a related resource for each resource that it belongs to."""

    def included(self, response: GlueResponse) -> list[GlueResource]:
        """Return what each resource relates to."""
        return [
            *response.included_relationships,
            *(
                each
                for resource in response.resources
                for held in (resource.relationships or {}).values()
                for each in held.resources
            ),
        ]


class ReadsPerResource(Envelope):
    """Broken: asks the loader of a relationship for each resource on its own."""

    def load(self, operation: Operation) -> Format | None:
        """Load one by one what the proper way would load at once."""
        proper = super().load(operation)

        def run(response: GlueResponse, request: GlueRequest) -> None:
            assert proper is not None
            for edge in request.notes.get(INCLUDE_NOTE, ()):
                if edge.tree:
                    continue
                relationship = edge.relationship
                for each in response.resources:
                    found = relationship.load([each], request).get(each.id)
                    held = [] if found is None else [GlueResource(attributes=found)]
                    each.relationships = {
                        **(each.relationships or {}),
                        relationship.name: GlueRelationship(held, relationship.many),
                    }
            proper(response, request)

        return run if proper is not None else None


class DescribesNoAnswers(Envelope):
    """Broken: keeps to itself what it answers."""

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say what errors are alone."""
        return Fragment(errors_as={ENVELOPE: {"type": "object"}})


class DescribesNoErrors(Envelope):
    """Broken: keeps to itself what errors are."""

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say what a success is alone."""
        return Fragment(answers=super().describe(operation, view).answers)


class DescribesNoBodies(Envelope):
    """Broken: keeps to itself what it reads."""

    def describe_body(self, operation: Operation, view: View) -> Fragment:
        """Say nothing."""
        return Fragment()


class SwallowsMalformedBodies(Envelope):
    """Broken: takes a body that makes no sense for one without attributes."""

    def read_attributes(self, operation: Operation) -> Build | None:
        """Read what can be read."""
        if operation.method not in ("post", "patch", "put"):
            return None

        def build(request: GlueRequest) -> None:
            try:
                request.attributes = orjson.loads(request.content)["attributes"]
            except (ValueError, KeyError, TypeError):
                request.attributes = {}

        return build


class TellsWhy(Envelope):
    """Broken: an error shows the exception that it comes from."""

    def error(self, error: GlueError) -> dict[str, Any]:
        """Return an error with the cause."""
        return {**super().error(error), "message": f"{error.message} {sys.exc_info()[1]!r}"}


class LosesPages(Envelope):
    """Broken: the links to other pages forget the rest of the query."""

    def success(
        self,
        operation: Operation,
        response: GlueResponse,
        request: GlueRequest,
        shown: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """Link to pages that are sorted otherwise."""
        document = super().success(operation, response, request, shown)
        for name, link in document.get("pages", {}).items():
            document["pages"][name] = link.replace("sort=-text&", "")
        return document


class MisnamesItself(Envelope):
    """Broken: its media type has a parameter."""

    media_types = ("application/X-Envelope+json; version=1", ENVELOPE)


class PointsElsewhere(Envelope):
    """Broken: says that attributes are at another place of the body than they are."""

    attributes_pointer = "/data"


class ShortensIds(Envelope):
    """Broken: shows what stands in front of a slash as the id."""

    def item(
        self, operation: Operation, resource: GlueResource, request: GlueRequest
    ) -> dict[str, Any]:
        """Return a resource with half an id."""
        shown = super().item(operation, resource, request)
        return {**shown, "id": shown["id"].partition("/")[0]}


Failures = Callable[..., dict[str, str]]


@pytest.fixture
def failures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Failures:
    """Run every check of the suite against a convention, and return what failed with why."""

    def run(convention: Any, reader: ConventionReader) -> dict[str, str]:
        suite, found = ConventionCompliance(), {}
        probe = ConventionProbe(convention, reader, tmp_path)
        try:
            for name in sorted(each for each in dir(suite) if each.startswith("test_")):
                check = getattr(suite, name)
                wanted = inspect.signature(check).parameters
                for id_ in IDS if "id_" in wanted else ("",):
                    given = {"probe": probe, "caplog": caplog, "id_": id_}
                    try:
                        check(**{key: given[key] for key in wanted})
                    except pytest.skip.Exception:
                        continue
                    except pytest.fail.Exception as error:
                        found[name] = str(error)
        finally:
            probe.close()
        return found

    return run


def test_sound_convention_passes(failures: Failures) -> None:
    """A convention that does everything right fails no check."""
    assert failures(Envelope(), EnvelopeReader()) == {}


BROKEN: list[tuple[type[Envelope], str, str]] = [
    (LosesFalsyValues, "test_attributes_survive", r"lost attributes: emptyList \(\[\]\)"),
    (
        CountsResources,
        "test_operation_decides_what_a_collection_is",
        "GET /owners .*cannot be read as 'collection'",
    ),
    (ShowsOneError, "test_errors_are_kept_together", "shows 1 of 4 errors"),
    (
        LosesPointers,
        "test_errors_are_kept_together",
        "the pointer of the error 'The first reason.' as None instead of '/somewhere/0'",
    ),
    (KeepsState, "test_writer_holds_no_state", "another request was about"),
    (
        ErrorsInAnotherFormat,
        "test_media_type_of_every_answer",
        "answered 404 as 'application/json' instead of application/x-envelope",
    ),
    (
        IncludesTwice,
        "test_includes_are_complete_and_without_duplicates",
        r"includes twice: \('owners', 'o'\)",
    ),
    (ReadsPerResource, "test_includes_read_once", "times for 4 resources and .* times for 2"),
    (
        SwallowsMalformedBodies,
        "test_malformed_bodies_are_refused",
        "with the body .* answered 200 instead of 4xx",
    ),
    (TellsWhy, "test_failing_formatter_is_formatted", "tells the client why the server failed"),
    (LosesPages, "test_pages_lead_through_the_collection", "the pages before lead to"),
    (
        DescribesNoAnswers,
        "test_describes_its_documents",
        "nothing says what GET .* answers in application/x-envelope",
    ),
    (
        DescribesNoErrors,
        "test_describes_its_documents",
        "nothing says what .* answers to errors",
    ),
    (
        DescribesNoBodies,
        "test_describes_its_documents",
        "nothing says what (POST|PATCH) .* reads of a body",
    ),
    (MisnamesItself, "test_declares_itself_well", "no bare media type in lower case"),
    (
        PointsElsewhere,
        "test_violations_point_into_the_body",
        "has the attributes of a body not at '/data'",
    ),
    (ShortensIds, "test_ids_are_kept", "shows the id 'a' instead of 'a/b'"),
]


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[each[0].__name__ for each in BROKEN]
)
def test_broken_convention_is_told_why(
    failures: Failures, broken: type[Envelope], check: str, message: str
) -> None:
    """A convention that breaks a rule fails its check, which says what is broken and where."""
    found = failures(broken(), EnvelopeReader())

    assert check in found, f"not noticed; only {sorted(found)}"
    assert found[check].startswith("The convention 'envelope': ")
    assert re.search(message, found[check]), found[check]
    assert "\nLook at: " in found[check]


def test_reader_must_be_written(tmp_path: Path) -> None:
    """A reader that misses a method is named in the failure, not an error of the suite."""
    probe = ConventionProbe(Envelope(), ConventionReader(), tmp_path)
    try:
        with pytest.raises(pytest.fail.Exception, match="cannot be read as 'resource'"):
            ConventionCompliance().test_attributes_survive(probe, "0")
    finally:
        probe.close()
