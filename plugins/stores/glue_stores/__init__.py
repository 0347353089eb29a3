"""Stores, and what each offers: locales, currencies, countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from glue_core import Work

__all__ = [
    "STORE_CHANGED",
    "Country",
    "Currency",
    "Market",
    "Region",
    "Store",
    "StoreReader",
    "StoreRegister",
]

STORE_CHANGED = "stores.store"
"""Name of the event that a store changed; its key is the name of the store."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency.

    Attributes:
        code: ISO 4217 code.
        name: English name.
        symbol: Symbol, such as ``€``.
    """

    code: str
    name: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country.

    Attributes:
        iso2_code: ISO 3166-2 code, which starts with that of the country: ``DE-BY``.
        name: Name, as people there write it.
    """

    iso2_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country that a store delivers to; codes are those of ISO 3166-1."""

    iso2_code: str
    iso3_code: str
    name: str
    postal_code_mandatory: bool | None = None
    postal_code_regex: str | None = None
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Store:
    """A store.

    Attributes:
        name: Name, such as ``DE``; its id.
        time_zone: Name in the IANA time zone database, or None.
        default_currency: ISO 4217 code.
        default_locale: Locale name, such as ``de_DE``.
        currencies: Currencies that prices are shown in.
        locales: Locale names.
        countries: Countries.
    """

    name: str
    time_zone: str | None
    default_currency: str
    default_locale: str
    currencies: tuple[Currency, ...]
    locales: tuple[str, ...]
    countries: tuple[Country, ...]

    def currency(self, code: str) -> Currency | None:
        """Return the currency with this code if the store has it."""
        return next((each for each in self.currencies if each.code == code), None)

    def short_codes(self) -> dict[str, str]:
        """Return the short code of each locale, by its name: what ``Accept-Language`` picks it by.

        That is its language, as long as no other locale of the store stands for the language: the
        default locale does, else the first by name. The others have the whole name as a tag.
        """
        leaders: dict[str, str] = {}
        for name in (self.default_locale, *self.locales):
            leaders.setdefault(_language(name), name)
        return {
            name: _language(name) if leaders[_language(name)] == name else name.replace("_", "-")
            for name in self.locales
        }


@dataclass(frozen=True, slots=True)
class Market:
    """Whom published documents are for: one store in one locale."""

    store: str
    locale: str


class StoreReader(Protocol):
    """Reads published stores; a change shows after a second at the latest."""

    def stores(self) -> Sequence[Store]:
        """Return every store, by name."""

    def store(self, name: str) -> Store | None:
        """Return the store with this name, or None."""


class StoreRegister(Protocol):
    """Knows the stores as they stand in the database: for writers, importers and publishers."""

    def stores(self, work: Work) -> Sequence[Store]:
        """Return every complete store, by name: it has a currency and a locale at least."""

    def names(self, work: Work) -> frozenset[str]:
        """Return the names of all stores, complete or not."""


def _language(locale: str) -> str:
    return locale.partition("_")[0]
