"""The steps that choose store and locale, refuse unknown stores and say what was chosen."""

from __future__ import annotations

from collections.abc import Callable

from glue_core import (
    Build,
    Format,
    Fragment,
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    GlueResponse,
    Operation,
    Parameter,
    RequestParameter,
    ResponseHeader,
    ServiceUnavailable,
    Validate,
    View,
    choose_locale,
    describe_language,
)
from glue_stores import Store
from glue_stores_api.processor import ShownStores
from glue_stores_api.resource import STORE_NOT_FOUND

PARAMETER = "_store"
PREFLIGHT = "preflight"
FOUND = "stores_api.store"
"""Name in ``request.notes`` of the store that was chosen, or None where there is no such store."""
READS = (Parameter(PARAMETER, "Name of the store; it wins over the header Store."),)


class StoreSteps:
    """Binds the steps.

    Preflights, which browsers send without headers, need none of them, and what tells of the
    deployment itself must not fail with the storage. A refusal speaks the language of the request
    where the store can be read, and its own English where it cannot.
    """

    def __init__(self, stores: ShownStores, content_language: str = "locale") -> None:
        """Remember what the steps need.

        Args:
            stores: The stores that the application shows.
            content_language: How answers say their language: ``locale`` or ``tag``.
        """
        self._stores = stores
        self._by_tag = content_language == "tag"

    def store(self, operation: Operation) -> Build | None:
        """Fill ``request.store`` in: query, then header, then host, then the default."""
        if operation.technical:
            # The parameter is one of every place, and means nothing here.
            return lambda request: None
        choose_default = self.default_store(operation)
        if choose_default is None:
            return None
        find = self._stores.find

        def build(request: GlueRequest) -> None:
            name = request.query_fields.get(PARAMETER)
            if name is None:
                name = request.header("store")
            if name is None:
                choose_default(request)
            else:
                request.notes[FOUND] = find(name)
                request.store = name

        return _unless_unavailable(build, operation)

    def default_store(self, operation: Operation) -> Build | None:
        """Fill ``request.store`` in where the request names none: host, then the default."""
        if _needs_none(operation):
            return None
        default = self._stores.default

        def build(request: GlueRequest) -> None:
            request.store, request.notes[FOUND] = default(request.host)

        return _unless_unavailable(build, operation)

    def describe_store(self, operation: Operation, view: View) -> Fragment:
        """Describe how a request names its store."""
        if operation.technical:
            return Fragment()
        header = RequestParameter("Store", "Name of the store.", place="header")
        return Fragment((header, RequestParameter(PARAMETER, READS[0].description)))

    def locale(self, operation: Operation) -> Build | None:
        """Fill ``request.locale`` in: what the client likes best among the store's locales."""
        if _needs_none(operation):
            return None
        find = self._stores.find

        def build(request: GlueRequest) -> None:
            store = _chosen(request, find)
            if store is not None:
                header = request.header("accept-language")
                request.locale = (
                    store.default_locale
                    if header is None
                    else choose_locale(header, store.locales, store.default_locale)
                )

        return _unless_unavailable(build, operation)

    def default_locale(self, operation: Operation) -> Build | None:
        """Fill ``request.locale`` in where the request says nothing of languages."""
        if _needs_none(operation):
            return None
        find = self._stores.find

        def build(request: GlueRequest) -> None:
            store = _chosen(request, find)
            if store is not None:
                request.locale = store.default_locale

        return _unless_unavailable(build, operation)

    def known(self, operation: Operation) -> Validate | None:
        """Refuse a store that is not there.

        A deployment in which nothing is published has no store to name. Such a request goes on,
        for the sake of resources that need none.
        """
        if _needs_none(operation):
            return None
        find = self._stores.find

        def validate(request: GlueRequest) -> GlueRequestValidation | None:
            name = request.store
            if name is None:
                return None
            found: Store | None = request.notes.get(FOUND)
            if (found is not None and found.name == name) or find(name) is not None:
                return None
            asked = PARAMETER in request.query_fields
            error = GlueError(
                status=STORE_NOT_FOUND.status,
                code=STORE_NOT_FOUND.code,
                message=STORE_NOT_FOUND.message,
                parameter=PARAMETER if asked else None,
                header=None if asked or request.header("store") is None else "Store",
            )
            return GlueRequestValidation(False, error.status, (error,))

        return validate

    def describe_known(self, operation: Operation, view: View) -> Fragment:
        """Describe the answer to the name of a store that is not there."""
        return Fragment(errors=(STORE_NOT_FOUND,))

    def content_language(self, operation: Operation) -> Format | None:
        """Say which locale was chosen.

        Source:
            RFC 9110, section 8.5, has tags, such as ``de-DE``; clients of an existing Glue shop
            read the name of the locale, ``de_DE``.
        """
        if _needs_none(operation):
            return None

        by_tag = self._by_tag

        def format_(response: GlueResponse, request: GlueRequest) -> None:
            locale = request.locale
            if locale is not None:
                response.meta["content-language"] = locale.replace("_", "-") if by_tag else locale

        return format_


def depends_on_store(operation: Operation) -> tuple[str, ...]:
    """Return the headers by which answers differ, as far as stores have them differ."""
    return () if _needs_none(operation) else ("Accept-Language", "Store")


def describe_locale(operation: Operation, view: View) -> Fragment:
    """Describe how a request says what its reader likes."""
    return describe_language()


def describe_content_language(operation: Operation, view: View) -> Fragment:
    """Describe how an answer says its language."""
    return Fragment(headers=(ResponseHeader("Content-Language", "Locale that was chosen."),))


def _chosen(request: GlueRequest, find: Callable[[str], Store | None]) -> Store | None:
    """Return the store that was chosen, or None; another step may have chosen after ours."""
    name = request.store
    if name is None:
        return None
    store: Store | None = request.notes.get(FOUND)
    if store is None or store.name != name:
        store = request.notes[FOUND] = find(name)
    return store


def _unless_unavailable(build: Build, operation: Operation) -> Build:
    """Let a refusal have no store where the stores cannot be read.

    Nobody can tell whether there is such a store, and nobody needs to know.
    """
    if operation.refusal is None:
        return build

    def forgiving(request: GlueRequest) -> None:
        try:
            build(request)
        except ServiceUnavailable:
            request.store = request.notes[FOUND] = None

    return forgiving


def _needs_none(operation: Operation) -> bool:
    return operation.technical or operation.refusal == PREFLIGHT
