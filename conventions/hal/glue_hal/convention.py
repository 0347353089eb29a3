"""The convention: which steps of the flow are HAL's own."""

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
from glue_hal.body import read_attributes
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

    def describe(self, operation: Operation) -> Fragment:
        """Name the media types and the schemas of the documents."""
        type_ = operation.type
        shown = "collection" if operation.method == "getCollection" else "resource"
        takes_body = type_ is not None and operation.method in ("post", "patch", "put")
        return {
            "mediaType": MEDIA_TYPE,
            "request": f"{type_}.request" if takes_body else None,
            "response": f"{type_}.{shown}" if type_ and operation.method != "delete" else None,
            "errors": "problem",
        }


HAL = Hal()
