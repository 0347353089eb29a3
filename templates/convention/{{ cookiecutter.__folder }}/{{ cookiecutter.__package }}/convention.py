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
    Writer,
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

        return [
            Step("attributes", read_attributes),
            Step("fields", read_fields, reads=FIELDS),
            Step("filter", read_filters, reads=FILTER),
            Step("include", include, reads=INCLUDE),
            Step("page", read_page, reads=page_parameters),
            Step("sort", read_sort, reads=SORT),
        ]

    @hookimpl
    def glue_response_formatters(self, settings: Settings) -> Sequence[Step[Format]]:
        """Load what the client asked to include."""
        size: int = settings["limits"]["include_size"]
        return [Step("relationships", lambda operation: load_included(operation, size=size))]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the documents of one operation."""
        return write_documents(operation)

    def describe(self, operation: Operation) -> Fragment:
        """Name the media type and the schemas of the documents."""
        type_ = operation.type
        shown = "collection" if operation.method == "getCollection" else "resource"
        takes_body = type_ is not None and operation.method in ("post", "patch", "put")
        return {
            "mediaType": MEDIA_TYPE,
            "request": f"{type_}.request" if takes_body else None,
            "response": f"{type_}.{shown}" if type_ and operation.method != "delete" else None,
            "errors": "problem",
        }
