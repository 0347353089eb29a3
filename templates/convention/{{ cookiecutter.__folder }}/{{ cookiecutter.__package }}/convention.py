"""The convention: which steps of the flow are its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glue_core import (
    FIELDS,
    FILTER,
    INCLUDE,
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
from {{ cookiecutter.__package }}.body import ATTRIBUTES_POINTER, read_attributes
from {{ cookiecutter.__package }}.describing import describe_read, describe_written
from {{ cookiecutter.__package }}.document import MEDIA_TYPE, write_documents


@dataclass(frozen=True, slots=True)
class {{ cookiecutter.__camel }}Convention:
    """The object that the entry point names.

    Attributes:
        name: Name of the convention.
        media_types: The one media type.
        priority: After conventions with a larger one where a request would take several.
        attributes_pointer: Where the body of a write has its attributes.
    """

    name: str = "{{ cookiecutter.name }}"
    media_types: tuple[str, ...] = (MEDIA_TYPE,)
    priority: int = 1
    attributes_pointer: str = ATTRIBUTES_POINTER

    @hookimpl
    def glue_request_builders(self, settings: Settings) -> Sequence[Step[Build]]:
        """Read the attributes of a write, and the query families that conventions share."""
        depth: int = settings["limits"]["include_depth"]

        def include(operation: Operation) -> Build | None:
            return read_include(operation, flat=False, ignore_unknown=False, depth=depth)

        included = describe_include(flat=False, depth=depth)
        return [
            Step("attributes", read_attributes, describe=describe_read),
            Step("fields", read_fields, reads=FIELDS, describe=describe_fields),
            Step("filter", read_filters, reads=FILTER, describe=describe_filters),
            Step("include", include, reads=INCLUDE, describe=included),
            Step("page", read_page, reads=page_parameters, describe=describe_page),
            Step("sort", read_sort, reads=SORT, describe=describe_sort),
        ]

    @hookimpl
    def glue_response_formatters(self, settings: Settings) -> Sequence[Step[Format]]:
        """Load what the client asked to include."""
        size: int = settings["limits"]["include_size"]
        return [Step("relationships", lambda operation: load_included(operation, size=size))]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the documents of one operation."""
        return write_documents(operation)

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Describe the documents of one operation to the documentation."""
        return describe_written(operation, view)
