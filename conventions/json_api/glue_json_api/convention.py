"""The convention: which steps of the flow are JSON:API's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glue_core import (
    FIELDS,
    FILTER,
    INCLUDE,
    PAGE,
    SORT,
    Build,
    Format,
    Fragment,
    Operation,
    Section,
    Settings,
    Step,
    Writer,
    hookimpl,
    load_included,
    read_fields,
    read_filters,
    read_include,
    read_page,
    read_sort,
)
from glue_json_api.body import read_document
from glue_json_api.dialect import SETTINGS, dialect_of
from glue_json_api.document import MEDIA_TYPE, write_documents


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
    def glue_request_builders(self, settings: Settings) -> Sequence[Step[Build]]:
        """Read the document of a write, and the query parameters of the specification."""
        depth: int = settings["limits"]["include_depth"]

        def attributes(operation: Operation) -> Build | None:
            return read_document(operation, dialect_of(operation.application, settings))

        def include(operation: Operation) -> Build | None:
            dialect = dialect_of(operation.application, settings)
            return read_include(
                operation,
                flat=dialect.flat_include,
                ignore_unknown=dialect.unknown_includes_ignored,
                depth=depth,
            )

        return [
            Step("attributes", attributes),
            Step("fields", read_fields, reads=FIELDS),
            Step("filter", read_filters, reads=FILTER),
            Step("include", include, reads=INCLUDE),
            Step("page", read_page, reads=PAGE),
            Step("sort", read_sort, reads=SORT),
        ]

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

    def describe(self, operation: Operation) -> Fragment:
        """Name the media type and the schemas of the documents."""
        type_ = operation.type
        shown = "collection" if operation.method == "getCollection" else "resource"
        takes_body = type_ is not None and operation.method in ("post", "patch", "put")
        return {
            "mediaType": MEDIA_TYPE,
            "request": f"{type_}.request" if takes_body else None,
            "response": f"{type_}.{shown}" if type_ and operation.method != "delete" else None,
            "errors": "errors",
        }


JSON_API = JsonApi()
