"""Which currency and price mode a request asks for."""

from __future__ import annotations

from typing import cast

from glue_catalog import PriceMode
from glue_core import (
    Build,
    Describe,
    ErrorCode,
    Fragment,
    GlueError,
    GlueRequest,
    Operation,
    Parameter,
    RequestParameter,
)
from glue_product_prices_api.resource import (
    CURRENCY,
    INVALID_CURRENCY,
    INVALID_PRICE_MODE,
    PRICE_MODE,
)
from glue_products_api import market_of
from glue_stores import StoreReader

CURRENCY_NOTE = "product_prices_api.currency"
PRICE_MODE_NOTE = "product_prices_api.price-mode"


def currency_of(request: GlueRequest) -> str:
    """Return the ISO code of the currency of a request.

    Raises:
        NotFound: The request has no store, because no store is published yet.
    """
    market_of(request)
    return cast(str, request.notes[CURRENCY_NOTE])


def price_mode_of(request: GlueRequest) -> PriceMode:
    """Return the price mode of a request."""
    return cast(PriceMode, request.notes[PRICE_MODE_NOTE])


def describing(parameter: Parameter, error: ErrorCode) -> Describe:
    """Return what describes a choice, and the answer to a wrong one."""
    return lambda operation, view: Fragment((RequestParameter.of(parameter),), errors=(error,))


class ChoiceSteps:
    """Binds the steps to every operation: a wrong currency is an error wherever it is sent."""

    def __init__(self, reader: StoreReader, default_mode: PriceMode) -> None:
        self._reader = reader
        self._default_mode = default_mode

    def default_currency(self, operation: Operation) -> Build | None:
        """Note the currency of a request that asks for none: the default one of the store."""
        if operation.refusal is not None:
            return None
        find = self._reader.store

        def build(request: GlueRequest) -> None:
            store = find(request.store) if request.store is not None else None
            if store is not None:
                request.notes[CURRENCY_NOTE] = store.default_currency

        return build

    def currency(self, operation: Operation) -> Build | None:
        """Note the currency: the one asked for, else the default one of the store."""
        if operation.refusal is not None:
            return None
        find = self._reader.store

        def build(request: GlueRequest) -> None:
            store = find(request.store) if request.store is not None else None
            if store is None:
                return
            code = request.query_fields.get(CURRENCY.name)
            if code is None:
                request.notes[CURRENCY_NOTE] = store.default_currency
            elif store.currency(code) is not None:
                request.notes[CURRENCY_NOTE] = code
            else:
                _refuse(request, CURRENCY, INVALID_CURRENCY)

        return build

    def default_price_mode(self, operation: Operation) -> Build | None:
        """Note the price mode of a request that asks for none."""
        if operation.refusal is not None:
            return None
        default = self._default_mode

        def build(request: GlueRequest) -> None:
            request.notes[PRICE_MODE_NOTE] = default

        return build

    def price_mode(self, operation: Operation) -> Build | None:
        """Note the price mode: the one asked for, else the default."""
        if operation.refusal is not None:
            return None
        default, values = self._default_mode, PRICE_MODE.values or ()

        def build(request: GlueRequest) -> None:
            mode = request.query_fields.get(PRICE_MODE.name, default)
            if mode in values:
                request.notes[PRICE_MODE_NOTE] = mode
            else:
                _refuse(request, PRICE_MODE, INVALID_PRICE_MODE)

        return build


def _refuse(request: GlueRequest, parameter: Parameter, error: ErrorCode) -> None:
    request.errors.append(
        GlueError(
            status=error.status, code=error.code, message=error.message, parameter=parameter.name
        )
    )
