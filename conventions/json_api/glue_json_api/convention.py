"""The convention: which steps of the flow are JSON:API's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glue_core import (
    FIELDS,
    FILTER,
    INCLUDE,
    QUERY,
    SORT,
    Build,
    Format,
    Fragment,
    MediaTypeExtension,
    Operation,
    ReadParameters,
    Section,
    Settings,
    Step,
    View,
    Writer,
    describe_fields,
    describe_filters,
    describe_include,
    describe_page,
    describe_sort,
    hookimpl,
    load_included,
    page_parameters,
    read_fields,
    read_filters,
    read_include,
    read_page,
    read_sort,
)
from glue_json_api.body import read_document
from glue_json_api.describing import describe_read, describe_written, together
from glue_json_api.dialect import (
    SETTINGS,
    Dialect,
    dialect_of,
    ignored_parameters,
    wrong_name,
)
from glue_json_api.document import write_documents
from glue_json_api.media_types import (
    CURSOR_PAGINATION,
    MEDIA_TYPE,
    pages_by_cursor,
    parameter_reader,
    profile,
)


@dataclass(frozen=True, slots=True)
class JsonApi:
    """JSON:API 1.1; the object that the entry point names.

    Attributes:
        name: Name of the convention.
        media_types: The one media type; its parameters are judged by the negotiation.
        priority: Before conventions of other media types where a request would take several.
        attributes_pointer: Where the attributes are in a request's document.
        spells_linkage: It has documents for relationships themselves.
    """

    name: str = "json_api"
    media_types: tuple[str, ...] = (MEDIA_TYPE,)
    priority: int = 10
    attributes_pointer: str = "/data/attributes"
    spells_linkage: bool = True

    @hookimpl
    def glue_settings(self) -> Sequence[Section]:
        """Declare ``[plugins.json_api]``: the dialect of each application."""
        return [SETTINGS]

    @hookimpl
    def glue_media_type_extensions(self) -> Sequence[MediaTypeExtension]:
        """Know the published profile of pages that a cursor starts."""
        return [profile(CURSOR_PAGINATION, pages_by_cursor)]

    def parameter_reader(
        self, application: str, settings: Settings, extensions: Sequence[MediaTypeExtension]
    ) -> ReadParameters:
        """Return what reads ``ext``, ``profile`` and ``version``.

        Args:
            application: Name of the application, which decides the dialect.
            settings: The settings of the deployment.
            extensions: The extensions and profiles that are installed.
        """
        return parameter_reader(dialect_of(application, settings), extensions)

    def answers_in_kind(self, application: str, settings: Settings) -> bool:
        """Say whether a document is answered by one, whatever else the client accepts.

        Args:
            application: Name of the application, which decides the dialect.
            settings: The settings of the deployment.
        """
        return dialect_of(application, settings).accept_ignored_with_body

    def wrong_name(self, name: str) -> str | None:
        """Say why no attribute and no relationship can have a name; None where they can.

        Args:
            name: The name, as clients write it.
        """
        return wrong_name(name)

    @hookimpl
    def glue_request_builders(self, settings: Settings) -> Sequence[Step[Build]]:
        """Read the document of a write, and the query parameters of the specification."""
        depth: int = settings["limits"]["include_depth"]

        def of(operation: Operation) -> Dialect:
            return dialect_of(operation.application, settings)

        def include(operation: Operation) -> Build | None:
            dialect = of(operation)
            return read_include(
                operation,
                flat=dialect.flat_include,
                ignore_unknown=dialect.unknown_includes_ignored,
                depth=depth,
            )

        def fields(operation: Operation) -> Build | None:
            return read_fields(operation, ignore_unknown=of(operation).unknown_fields_ignored)

        def filters(operation: Operation) -> Build | None:
            return read_filters(operation, ignore_unknown=of(operation).unknown_filters_ignored)

        def page(operation: Operation) -> Build | None:
            return read_page(operation, needs_both=of(operation).page_needs_both)

        def sort(operation: Operation) -> Build | None:
            return read_sort(operation, ignore_unknown=of(operation).unknown_sorts_ignored)

        def paged(operation: Operation, view: View) -> Fragment:
            found = describe_page(operation, view)
            return together(found) if of(operation).page_needs_both else found

        def document(operation: Operation, view: View) -> Fragment:
            return describe_read(operation, view, of(operation))

        def described_fields(operation: Operation, view: View) -> Fragment:
            ignores = of(operation).unknown_fields_ignored
            return describe_fields(operation, view, ignore_unknown=ignores)

        def described_sort(operation: Operation, view: View) -> Fragment:
            ignores = of(operation).unknown_sorts_ignored
            return describe_sort(operation, view, ignore_unknown=ignores)

        included = describe_include(
            flat=lambda each: of(each).flat_include,
            depth=depth,
            ignore_unknown=lambda each: of(each).unknown_includes_ignored,
        )
        return [
            Step(
                "attributes",
                lambda operation: read_document(operation, of(operation)),
                describe=document,
            ),
            Step("fields", fields, reads=FIELDS, describe=described_fields, only_with=(QUERY,)),
            Step("filter", filters, reads=FILTER, describe=describe_filters, only_with=(QUERY,)),
            Step("include", include, reads=INCLUDE, describe=included, only_with=(QUERY,)),
            Step("page", page, reads=page_parameters, describe=paged),
            Step("sort", sort, reads=SORT, describe=described_sort, only_with=(QUERY,)),
        ]

    def ignores(self, operation: Operation, settings: Settings) -> Callable[[str], bool] | None:
        """Say which query parameters that nobody reads do no harm.

        Args:
            operation: The operation.
            settings: The settings of the deployment.

        Returns:
            A test of a parameter's name, or None where each is refused.
        """
        return ignored_parameters(dialect_of(operation.application, settings))

    @hookimpl
    def glue_response_formatters(self, settings: Settings) -> Sequence[Step[Format]]:
        """Load the relationships that the client asked to include."""
        size: int = settings["limits"]["include_size"]
        return [Step("relationships", lambda operation: load_included(operation, size=size))]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the documents of one operation.

        Args:
            operation: The operation, or a refusal.
            settings: The settings of the deployment.
        """
        return write_documents(operation, dialect_of(operation.application, settings))

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Describe the documents of one operation.

        Args:
            operation: The operation.
            view: For whom it is.
        """
        return describe_written(operation, view, dialect_of(operation.application, view.settings))


JSON_API = JsonApi()
