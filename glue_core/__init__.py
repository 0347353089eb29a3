"""Glue: a plugin-based API framework. The public names."""

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
from glue_core.cells import Cells
from glue_core.convention import Convention, Fragment, Writer
from glue_core.demo import DemoData
from glue_core.deployment import Deployment
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
from glue_core.hookspecs import hookimpl
from glue_core.host import create
from glue_core.importing import ImportProblem, ImportReport, import_directory
from glue_core.including import INCLUDE, load_included, read_include
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
from glue_core.relationship import Relationship
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
from glue_core.step import Build, Format, Handler, Parameter, Step, Validate, ValidateRouted, Wrap
from glue_core.upserting import upsert
from glue_core.work import Event, Work

__all__ = [
    "FIELDS",
    "FILTER",
    "INCLUDE",
    "PAGE",
    "SORT",
    "ApiApplication",
    "BadRequest",
    "Broker",
    "Build",
    "Cells",
    "Condition",
    "ConfigurationError",
    "Conflict",
    "Convention",
    "Database",
    "DemoData",
    "Deployment",
    "ErrorCode",
    "Event",
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
    "Lens",
    "Message",
    "Migrations",
    "Model",
    "NotFound",
    "Operation",
    "Order",
    "PageRules",
    "Pagination",
    "Parameter",
    "ParentResources",
    "Problem",
    "Provider",
    "Publisher",
    "Relationship",
    "RequestFlowAgnosticApiApplication",
    "RequestFlowAwareApiApplication",
    "Resource",
    "Row",
    "RowError",
    "RowImporter",
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
    "Validate",
    "ValidateRouted",
    "Work",
    "Wrap",
    "Writer",
    "codes",
    "create",
    "hookimpl",
    "import_directory",
    "load_included",
    "pointer_to",
    "read_fields",
    "read_filters",
    "read_include",
    "read_json",
    "read_page",
    "read_sort",
    "upsert",
    "wrong",
]
