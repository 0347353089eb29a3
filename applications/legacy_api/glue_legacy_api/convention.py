"""The convention: JSON:API as an older shop's API has always written it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from glue_core import (
    Build,
    ErrorCode,
    Format,
    Fragment,
    Operation,
    Settings,
    Step,
    View,
    Writer,
    describe_fields,
    describe_filters,
    describe_include,
    describe_sort,
    hookimpl,
    load_included,
    read_fields,
    read_filters,
    read_sort,
)
from glue_legacy_api.describing import (
    describe_page,
    describe_read,
    describe_written,
    shown_as,
)
from glue_legacy_api.document import write_documents
from glue_legacy_api.negotiation import CONVENTION, MEDIA_TYPE
from glue_legacy_api.requests import read_body, read_included, read_page
from glue_legacy_api.settings import SECTION


@dataclass(frozen=True, slots=True)
class LegacyJsonApi:
    """JSON:API in the old dialect; it stands where other applications have the convention.

    Attributes:
        name: Name of the convention that it stands for.
        media_types: The one media type.
        priority: Without a meaning here: there is no other convention.
        attributes_pointer: Where the attributes are in a request's document.
    """

    name: str = CONVENTION
    media_types: tuple[str, ...] = (MEDIA_TYPE,)
    priority: int = 10
    attributes_pointer: str = "/data/attributes"

    @hookimpl
    def glue_request_builders(self, settings: Settings) -> Sequence[Step[Build]]:
        """Read the document of a write, and the query parameters."""
        section = settings.section(SECTION)
        depth: int = settings["limits"]["include_depth"]

        def include(operation: Operation) -> Build | None:
            return read_included(operation, eager=section["eager_includes"], depth=depth)

        def page(operation: Operation) -> Build | None:
            return read_page(operation, section["largest_page"])

        def paged(operation: Operation, view: View) -> Fragment:
            return describe_page(operation, view, section["largest_page"])

        def fields(operation: Operation) -> Build | None:
            return read_fields(operation, ignore_unknown=True)

        def filters(operation: Operation) -> Build | None:
            return read_filters(operation, ignore_unknown=True)

        def sort(operation: Operation) -> Build | None:
            return read_sort(operation, ignore_unknown=True)

        return [
            Step("attributes", read_body, describe=describe_read),
            Step("fields", fields, describe=partial(describe_fields, ignore_unknown=True)),
            Step("filter", filters, describe=partial(describe_filters, ignore_unknown=True)),
            Step(
                "include",
                include,
                describe=describe_include(flat=True, depth=depth, ignore_unknown=True),
            ),
            Step("page", page, describe=paged),
            Step("sort", sort, describe=partial(describe_sort, ignore_unknown=True)),
        ]

    def ignores(self, operation: Operation, settings: Settings) -> Callable[[str], bool] | None:
        """Say that unknown query parameters do no harm."""
        return lambda name: True

    @hookimpl
    def glue_response_formatters(self, settings: Settings) -> Sequence[Step[Format]]:
        """Load the relationships that the client asked to include."""
        size: int = settings["limits"]["include_size"]
        return [Step("relationships", lambda operation: load_included(operation, size=size))]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the documents of one operation."""
        return write_documents(operation)

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Describe the documents of one operation."""
        return describe_written(operation, view)

    def shown_as(self, error: ErrorCode) -> ErrorCode:
        """Return an error as the writer writes it."""
        return shown_as(error)


LEGACY_JSON_API = LegacyJsonApi()
