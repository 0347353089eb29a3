"""Glue: a plugin-based API framework. The public names.

Each is imported when somebody first asks for it: pytest loads the plugin in `glue_core.testing` in
every run of an environment that has Glue, and that must not import a web framework.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_core import codes
    from glue_core.application import (
        ApiApplication,
        RequestFlowAgnosticApiApplication,
        RequestFlowAwareApiApplication,
    )
    from glue_core.body import pointer_to, read_json
    from glue_core.building import (
        FIELDS,
        FILTER,
        PAGE,
        SORT,
        read_fields,
        read_filters,
        read_page,
        read_sort,
        wrong,
    )
    from glue_core.catalogue import ErrorText
    from glue_core.cells import Cells
    from glue_core.convention import Convention, Fragment, Writer
    from glue_core.demo import DemoData
    from glue_core.deployment import Deployment
    from glue_core.encoding import Encoder, Rows
    from glue_core.errors import (
        BadRequest,
        ConfigurationError,
        Conflict,
        Forbidden,
        NotFound,
        Problem,
        ServiceUnavailable,
        Unauthorized,
        Unprocessable,
    )
    from glue_core.exchange import Importer, Migrations, Publisher, Row, RowError, RowImporter
    from glue_core.features import Features, Provider
    from glue_core.fields import UtcDateTime
    from glue_core.formatting import STATUS_LINES, add_vary
    from glue_core.hookspecs import hookimpl
    from glue_core.host import create
    from glue_core.importing import ImportProblem, ImportReport, import_directory
    from glue_core.including import INCLUDE, INCLUDE_NOTE, IncludeTree, load_included, read_include
    from glue_core.linking import Places, page_addresses, path_of, query_of
    from glue_core.listener import Call, Expand, Listener, Notice, ResponseEvent
    from glue_core.messages import (
        GlueApiContext,
        GlueError,
        GlueFilter,
        GlueLink,
        GlueRelationship,
        GlueRequest,
        GlueRequestCustomer,
        GlueRequestUser,
        GlueRequestValidation,
        GlueRequestWarehouse,
        GlueResource,
        GlueResponse,
        GlueSparseResource,
        GlueVersion,
        Pagination,
        ParentResources,
        Sort,
    )
    from glue_core.operation import ErrorCode, Operation, PageRules, SimpleResource
    from glue_core.problems import PROBLEM, problem_document
    from glue_core.relationship import Relationship
    from glue_core.request_id import RequestIdFilter
    from glue_core.resource import Resource
    from glue_core.security.lens import Lens, Model
    from glue_core.services.broker import Broker, Message
    from glue_core.services.database import Database, UnitOfWork
    from glue_core.services.search import (
        Condition,
        Order,
        Search,
        SearchIndex,
        SearchPage,
        SearchQuery,
    )
    from glue_core.services.services import ServiceEngine, Services
    from glue_core.services.storage import Storage
    from glue_core.settings import Section, Settings
    from glue_core.step import (
        Build,
        Format,
        Handler,
        Parameter,
        Step,
        Validate,
        ValidateRouted,
        Wrap,
    )
    from glue_core.upserting import upsert
    from glue_core.work import Event, Work

__all__ = [
    "FIELDS",
    "FILTER",
    "INCLUDE",
    "INCLUDE_NOTE",
    "PAGE",
    "PROBLEM",
    "SORT",
    "STATUS_LINES",
    "ApiApplication",
    "BadRequest",
    "Broker",
    "Build",
    "Call",
    "Cells",
    "Condition",
    "ConfigurationError",
    "Conflict",
    "Convention",
    "Database",
    "DemoData",
    "Deployment",
    "Encoder",
    "ErrorCode",
    "ErrorText",
    "Event",
    "Expand",
    "Features",
    "Forbidden",
    "Format",
    "Fragment",
    "GlueApiContext",
    "GlueError",
    "GlueFilter",
    "GlueLink",
    "GlueRelationship",
    "GlueRequest",
    "GlueRequestCustomer",
    "GlueRequestUser",
    "GlueRequestValidation",
    "GlueRequestWarehouse",
    "GlueResource",
    "GlueResponse",
    "GlueSparseResource",
    "GlueVersion",
    "Handler",
    "ImportProblem",
    "ImportReport",
    "Importer",
    "IncludeTree",
    "Lens",
    "Listener",
    "Message",
    "Migrations",
    "Model",
    "NotFound",
    "Notice",
    "Operation",
    "Order",
    "PageRules",
    "Pagination",
    "Parameter",
    "ParentResources",
    "Places",
    "Problem",
    "Provider",
    "Publisher",
    "Relationship",
    "RequestFlowAgnosticApiApplication",
    "RequestFlowAwareApiApplication",
    "RequestIdFilter",
    "Resource",
    "ResponseEvent",
    "Row",
    "RowError",
    "RowImporter",
    "Rows",
    "Search",
    "SearchIndex",
    "SearchPage",
    "SearchQuery",
    "Section",
    "ServiceEngine",
    "ServiceUnavailable",
    "Services",
    "Settings",
    "SimpleResource",
    "Sort",
    "Step",
    "Storage",
    "Unauthorized",
    "UnitOfWork",
    "Unprocessable",
    "UtcDateTime",
    "Validate",
    "ValidateRouted",
    "Work",
    "Wrap",
    "Writer",
    "add_vary",
    "codes",
    "create",
    "hookimpl",
    "import_directory",
    "load_included",
    "page_addresses",
    "path_of",
    "pointer_to",
    "problem_document",
    "query_of",
    "read_fields",
    "read_filters",
    "read_include",
    "read_json",
    "read_page",
    "read_sort",
    "upsert",
    "wrong",
]

# Where each name lives: the imports above once more, which only type checkers see. A test compares.
_HOMES = {
    "ApiApplication": "glue_core.application",
    "BadRequest": "glue_core.errors",
    "Broker": "glue_core.services.broker",
    "Build": "glue_core.step",
    "Call": "glue_core.listener",
    "Cells": "glue_core.cells",
    "Condition": "glue_core.services.search",
    "ConfigurationError": "glue_core.errors",
    "Conflict": "glue_core.errors",
    "Convention": "glue_core.convention",
    "Database": "glue_core.services.database",
    "DemoData": "glue_core.demo",
    "Deployment": "glue_core.deployment",
    "Encoder": "glue_core.encoding",
    "ErrorCode": "glue_core.operation",
    "ErrorText": "glue_core.catalogue",
    "Event": "glue_core.work",
    "Expand": "glue_core.listener",
    "FIELDS": "glue_core.building",
    "FILTER": "glue_core.building",
    "Features": "glue_core.features",
    "Forbidden": "glue_core.errors",
    "Format": "glue_core.step",
    "Fragment": "glue_core.convention",
    "GlueApiContext": "glue_core.messages",
    "GlueError": "glue_core.messages",
    "GlueFilter": "glue_core.messages",
    "GlueLink": "glue_core.messages",
    "GlueRelationship": "glue_core.messages",
    "GlueRequest": "glue_core.messages",
    "GlueRequestCustomer": "glue_core.messages",
    "GlueRequestUser": "glue_core.messages",
    "GlueRequestValidation": "glue_core.messages",
    "GlueRequestWarehouse": "glue_core.messages",
    "GlueResource": "glue_core.messages",
    "GlueResponse": "glue_core.messages",
    "GlueSparseResource": "glue_core.messages",
    "GlueVersion": "glue_core.messages",
    "Handler": "glue_core.step",
    "INCLUDE": "glue_core.including",
    "INCLUDE_NOTE": "glue_core.including",
    "ImportProblem": "glue_core.importing",
    "ImportReport": "glue_core.importing",
    "Importer": "glue_core.exchange",
    "IncludeTree": "glue_core.including",
    "Lens": "glue_core.security.lens",
    "Listener": "glue_core.listener",
    "Message": "glue_core.services.broker",
    "Migrations": "glue_core.exchange",
    "Model": "glue_core.security.lens",
    "NotFound": "glue_core.errors",
    "Notice": "glue_core.listener",
    "Operation": "glue_core.operation",
    "Order": "glue_core.services.search",
    "PAGE": "glue_core.building",
    "PROBLEM": "glue_core.problems",
    "PageRules": "glue_core.operation",
    "Pagination": "glue_core.messages",
    "Parameter": "glue_core.step",
    "ParentResources": "glue_core.messages",
    "Places": "glue_core.linking",
    "Problem": "glue_core.errors",
    "Provider": "glue_core.features",
    "Publisher": "glue_core.exchange",
    "Relationship": "glue_core.relationship",
    "RequestFlowAgnosticApiApplication": "glue_core.application",
    "RequestFlowAwareApiApplication": "glue_core.application",
    "RequestIdFilter": "glue_core.request_id",
    "Resource": "glue_core.resource",
    "ResponseEvent": "glue_core.listener",
    "Row": "glue_core.exchange",
    "RowError": "glue_core.exchange",
    "RowImporter": "glue_core.exchange",
    "Rows": "glue_core.encoding",
    "SORT": "glue_core.building",
    "STATUS_LINES": "glue_core.formatting",
    "Search": "glue_core.services.search",
    "SearchIndex": "glue_core.services.search",
    "SearchPage": "glue_core.services.search",
    "SearchQuery": "glue_core.services.search",
    "Section": "glue_core.settings",
    "ServiceEngine": "glue_core.services.services",
    "ServiceUnavailable": "glue_core.errors",
    "Services": "glue_core.services.services",
    "Settings": "glue_core.settings",
    "SimpleResource": "glue_core.operation",
    "Sort": "glue_core.messages",
    "Step": "glue_core.step",
    "Storage": "glue_core.services.storage",
    "Unauthorized": "glue_core.errors",
    "UnitOfWork": "glue_core.services.database",
    "Unprocessable": "glue_core.errors",
    "UtcDateTime": "glue_core.fields",
    "Validate": "glue_core.step",
    "ValidateRouted": "glue_core.step",
    "Work": "glue_core.work",
    "Wrap": "glue_core.step",
    "Writer": "glue_core.convention",
    "add_vary": "glue_core.formatting",
    "create": "glue_core.host",
    "hookimpl": "glue_core.hookspecs",
    "import_directory": "glue_core.importing",
    "load_included": "glue_core.including",
    "page_addresses": "glue_core.linking",
    "path_of": "glue_core.linking",
    "pointer_to": "glue_core.body",
    "problem_document": "glue_core.problems",
    "query_of": "glue_core.linking",
    "read_fields": "glue_core.building",
    "read_filters": "glue_core.building",
    "read_include": "glue_core.including",
    "read_json": "glue_core.body",
    "read_page": "glue_core.building",
    "read_sort": "glue_core.building",
    "upsert": "glue_core.upserting",
    "wrong": "glue_core.building",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name; called only for one that was not asked for before."""
        home = _HOMES.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(home), name)
        globals()[name] = value
        return value
