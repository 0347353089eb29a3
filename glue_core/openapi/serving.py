"""The documentation of one application: made once, kept, written in several formats, and served.

A deployment is a snapshot, so its document cannot become old: it is made when first asked for, kept
in memory for each set of grants, and gone with the snapshot. An expander that reads data which
changes meanwhile comes with a voter.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.openapi import page
from glue_core.openapi.fragment import Answer, Fragment, JsonSchema
from glue_core.operation import Operation
from glue_core.security.protection import PUBLIC

if TYPE_CHECKING:
    from glue_core.openapi.view import Grants, View
    from glue_core.openapi.walk import Matchers, Wanted
    from glue_core.operation import ErrorCode
    from glue_core.registry.order import Contribution
    from glue_core.registry.registry import ApplicationRegistry
    from glue_core.settings import Settings

Document = dict[str, Any]
"""An OpenAPI document, ready for JSON."""

ExpandDocument = Callable[[Document, "Grants"], None]
"""Changes a finished document in place; it is told what its reader holds, None for everything."""

IsStale = Callable[[], bool]
"""Says whether kept documents must be made anew."""

KEPT_DOCUMENTS = 64
NEVER, DEVELOPMENT, ALWAYS = "never", "development", "always"
NAME = "docs"


@dataclass(frozen=True, slots=True)
class DocumentFormatter:
    """A format of the documentation; contributed through `glue_documentation_formatters`.

    Attributes:
        name: What ``glue docs --format`` takes, and the end of ``/docs.<name>``.
        media_type: Media type of what it writes.
        write: Writes a document.
    """

    name: str
    media_type: str
    write: Callable[[Document], bytes]


class Documentation:
    """The documentation of one application of one deployment.

    Attributes:
        formatters: The formats, by name.
        has_page: Whether a page shows it.
        without_page: Why there is no page although the documentation is served; None where there is
            one, or where nothing is served.
    """

    def __init__(self, settings: Settings, formatters: Iterable[DocumentFormatter]) -> None:
        """Know the formats; what is documented follows with `complete`.

        Args:
            settings: The settings of the deployment.
            formatters: The formats, each of another name.
        """
        self._settings = settings
        self.formatters = {each.name: each for each in formatters}
        self._expanders: tuple[ExpandDocument, ...] = ()
        self._voters: tuple[IsStale, ...] = ()
        self._kept: dict[Grants, Document] = {}
        self._making = threading.Lock()
        self._known: tuple[ApplicationRegistry, Matchers] | None = None
        self.has_page = False
        self.without_page: str | None = None

    def complete(
        self,
        registry: ApplicationRegistry,
        matchers: Matchers,
        expanders: Sequence[ExpandDocument] = (),
        voters: Sequence[IsStale] = (),
    ) -> None:
        """Learn what is documented, once it is compiled.

        Args:
            registry: The application.
            matchers: Its compiled operations.
            expanders: What changes finished documents, in order.
            voters: What says that kept ones are stale.
        """
        self._known = (registry, matchers)
        self._expanders, self._voters = tuple(expanders), tuple(voters)

    def document(self, grants: Grants = None) -> Document:
        """Return the document for who holds these grants; None for everything. It is shared.

        Args:
            grants: What the reader holds.
        """
        with self._making:
            if any(voter() for voter in self._voters):
                self._kept.clear()
            found = self._kept.get(grants)
            if found is None:
                if len(self._kept) >= KEPT_DOCUMENTS:
                    self._kept.pop(next(iter(self._kept)))
                found = self._kept[grants] = self.made(grants)
        return found

    def made(
        self,
        grants: Grants = None,
        *,
        conventions: Collection[str | None] | None = None,
        wanted: Wanted | None = None,
        with_plugins: bool = False,
    ) -> Document:
        """Make a document anew, all of it or a part.

        Args:
            grants: What the reader holds; None for everything.
            conventions: Names of the conventions that it is about; None for all.
            wanted: Says which templates and methods it is about; None for all.
            with_plugins: Whether operations name the plugins that bring them.
        """
        # It brings apispec with it, which a process that nobody asks never loads.
        from glue_core.openapi.document import make_document

        assert self._known is not None
        registry, matchers = self._known
        document = make_document(
            registry,
            matchers,
            self._settings,
            grants,
            conventions=conventions,
            wanted=wanted,
            with_plugins=with_plugins,
        )
        for expand in self._expanders:
            expand(document, grants)
        return document

    def errors(self) -> Iterator[tuple[str, str, ErrorCode]]:
        """Yield what is said of errors anywhere: for what, by whom, and the error.

        It is for a method and a path, or for a refusal, whose name stands there. Who says it is
        the id of a contribution, or the distribution of the core for its flow.
        """
        from glue_core.openapi.describing import describe, refused_with
        from glue_core.openapi.view import View
        from glue_core.openapi.walk import found_in, refusals_in

        assert self._known is not None
        _, matchers = self._known
        view = View(self._settings)
        for found in found_in(matchers, sorted(matchers, key=lambda each: each or "")):
            for each in found.variants:
                for id_, error in describe(each.flow, view).told:
                    yield f"{found.method.upper()} {found.template}", id_, error
        for flow in refusals_in(matchers):
            for id_, error in refused_with(flow, view):
                yield f"{flow.operation.refusal}", id_, error

    def written(self, document: Document, format_: str) -> bytes:
        """Return a document in a format.

        Args:
            document: The document.
            format_: Name of the formatter.

        Raises:
            ConfigurationError: There is none.
        """
        formatter = self.formatters.get(format_)
        if formatter is None:
            raise ConfigurationError(
                f"Nobody writes documentation as {format_!r}.\n"
                f"There are: {', '.join(sorted(self.formatters))}."
            )
        # What is kept is read by several threads, and a formatter is somebody else's.
        return formatter.write(copy.deepcopy(document))

    def operations(self, application: str) -> list[Operation]:
        """Return what serves the documentation; nothing where the settings do not want it.

        Args:
            application: Name of the application.
        """
        served = self._settings.application(application)["documentation"]["served"]
        is_development = self._settings["mode"] == "development"
        if served == NEVER or (served == DEVELOPMENT and not is_development):
            return []
        served = [
            _operation(_Controller(self, each, is_development), each)
            for each in sorted(self.formatters.values(), key=lambda each: each.name)
        ]
        files = page.installed_files()
        if files is None:
            self.without_page = f"Swagger UI is not installed: pip install '{page.EXTRA}'"
            return served
        return [*served, *page.operations(files, self._shown)]

    def without_clashes(
        self,
        own: Iterable[Contribution],
        routes: tuple[Contribution, ...],
        operations: Iterable[Contribution],
    ) -> tuple[Contribution, ...]:
        """Leave the page out where something else is at its place, or where a part of it is not.

        Args:
            own: What serves the documentation.
            routes: All custom routes, these among them where they are not disabled.
            operations: Operations of resources.

        Returns:
            The custom routes that remain.
        """
        ids = {each.id for each in own if each.value.place in page.PLACES}
        if not ids:
            return routes
        others = tuple(each for each in routes if each.id not in ids)
        places = {each.value.place for each in routes}
        missing = [each for each in (*page.PLACES, f"/{NAME}.json") if each not in places]
        taken = next((each for each in (*operations, *others) if page.is_below(each.value)), None)
        if taken is not None:
            self.without_page = f"{taken.id!r} is at {taken.value.path}"
        elif missing:
            self.without_page = f"nothing is served at {missing[0]}"
        else:
            self.has_page = True
            return routes
        return others

    def _shown(self) -> page.Shown:
        """Return what the page says of the application."""
        document = self.document(frozenset())
        assert self._known is not None
        conventions = self._known[0].conventions.values()
        spoken = sorted(conventions, key=lambda each: (-each.priority, each.name or ""))
        return page.Shown(
            document["info"]["title"],
            tuple(each["url"] for each in document["servers"]),
            {type_: each.name for each in spoken if each.name for type_ in each.media_types},
        )

    def has_own_servers(self, application: str) -> bool:
        """Say whether the settings name the addresses of the application."""
        table = self._settings.application(application)
        return bool(table["documentation"]["servers"] or table["base_url"])


class _Controller:
    """Answers ``/docs.<name>`` of one application."""

    def __init__(
        self, documentation: Documentation, formatter: DocumentFormatter, is_development: bool
    ) -> None:
        self._documentation = documentation
        self._formatter = formatter
        self._is_development = is_development

    def get(self, request: GlueRequest) -> GlueResponse:
        """Describe what the caller may call; in development everything to who says no name."""
        asks_for_all = self._is_development and not request.identities
        document = self._documentation.document(None if asks_for_all else request.grants)
        if not self._documentation.has_own_servers(request.application):
            from glue_core.openapi.document import at

            document = at(document, request.base_url)
        content = self._documentation.written(document, self._formatter.name)
        response = GlueResponse(content=content, format=self._formatter.media_type)
        # Whoever keeps it asks first whether it is still the same.
        response.meta["cache-control"] = "private, no-cache"
        return response


def _operation(controller: _Controller, formatter: DocumentFormatter) -> Operation:
    def describe(operation: Operation, view: View) -> Fragment:
        whole: JsonSchema = {"type": "object", "additionalProperties": True}
        # Of another format a schema would be about what a reader of it makes of the text.
        schema = whole if formatter.media_type.endswith("json") else {}
        return Fragment(answers=(Answer(content={formatter.media_type: schema}),))

    return Operation(
        "get",
        controller.get,
        f"/{NAME}.{formatter.name}",
        name=f"{NAME}.{formatter.name}",
        summary="Describe what the caller may call.",
        protection=PUBLIC,
        technical=True,
        tag=page.TAG,
        describe=describe,
    )


def write_json(document: Document) -> bytes:
    """Write a document as JSON, its members in the order of the specification."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def write_yaml(document: Document) -> bytes:
    """Write a document as YAML, its members in the order of the specification."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            """Repeat what is there twice: readers of OpenAPI expect references of its own."""
            return True

    text = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


@hookimpl
def glue_documentation_formatters() -> Sequence[DocumentFormatter]:
    """Write JSON and YAML."""
    return [
        DocumentFormatter("json", "application/json", write_json),
        DocumentFormatter("yaml", "application/yaml", write_yaml),
    ]
