"""The convention: which steps of the flow are HAL's own."""

from __future__ import annotations

from collections.abc import Sequence
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
    Operation,
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
from glue_hal.body import read_attributes
from glue_hal.describing import describe_read, describe_written
from glue_hal.document import MEDIA_TYPE, write_documents


@dataclass(frozen=True, slots=True)
class Hal:
    """HAL; the object that the entry point names.

    Attributes:
        name: Name of the convention.
        media_types: The one media type.
        priority: After conventions with a larger one where a request would take several.
        attributes_pointer: Attributes are the document itself.
    """

    name: str = "hal"
    media_types: tuple[str, ...] = (MEDIA_TYPE,)
    priority: int = 5
    attributes_pointer: str = ""

    @hookimpl
    def glue_request_builders(self, settings: Settings) -> Sequence[Step[Build]]:
        """Read the attributes of a write, and the query families that conventions share."""
        depth: int = settings["limits"]["include_depth"]

        def include(operation: Operation) -> Build | None:
            return read_include(operation, flat=False, ignore_unknown=False, depth=depth)

        included = describe_include(flat=False, depth=depth)
        return [
            Step("attributes", read_attributes, describe=describe_read),
            Step("fields", read_fields, reads=FIELDS, describe=describe_fields, only_with=(QUERY,)),
            Step(
                "filter", read_filters, reads=FILTER, describe=describe_filters, only_with=(QUERY,)
            ),
            Step("include", include, reads=INCLUDE, describe=included, only_with=(QUERY,)),
            Step("page", read_page, reads=page_parameters, describe=describe_page),
            Step("sort", read_sort, reads=SORT, describe=describe_sort, only_with=(QUERY,)),
        ]

    @hookimpl
    def glue_response_formatters(self, settings: Settings) -> Sequence[Step[Format]]:
        """Load the relationships that the client asked to embed."""
        size: int = settings["limits"]["include_size"]
        return [Step("relationships", lambda operation: load_included(operation, size=size))]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the documents of one operation.

        Args:
            operation: The operation, or a refusal.
            settings: The settings of the deployment; ``limits.include_size`` bounds what is
                embedded.
        """
        return write_documents(operation, settings["limits"]["include_size"])

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Describe the documents of one operation.

        Args:
            operation: The operation.
            view: For whom it is.
        """
        return describe_written(operation, view)


HAL = Hal()
