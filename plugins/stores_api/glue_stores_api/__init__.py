"""Stores in the storefront API, and the choice of store and locale for every request."""

from __future__ import annotations

from glue_stores_api.processor import ShownStores, shown_stores
from glue_stores_api.resource import STORES
from glue_stores_api.schemas import CountryAttributes, CurrencyAttributes, LocaleAttributes

__all__ = [
    "STORES",
    "CountryAttributes",
    "CurrencyAttributes",
    "LocaleAttributes",
    "ShownStores",
    "shown_stores",
]
