"""Importers of the store set-up: small files, written only where they differ."""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from glue_core import Cells, Event, Row, RowError, RowImporter, Work, upsert
from glue_stores import STORE_CHANGED, models
from glue_stores.countries import COUNTRIES

CONTEXTS = "appication_context_collection"
"""The column is spelled this way in the files of existing shops."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may point to.

    Attributes:
        stores: Names of stores.
        currencies: Codes of currencies.
        locales: Pairs of a store and a locale that it offers.
    """

    stores: frozenset[str]
    currencies: frozenset[str]
    locales: frozenset[tuple[str, str]]


class SetupImporter(RowImporter):
    """Takes the rows of one table of the set-up, and tells when a store changed by them."""

    def __init__(self, table: sa.Table, read: Callable[[Cells, Known], Sequence[Values]]) -> None:
        """Say what is imported.

        Args:
            table: Where the rows go.
            read: Turns a row of the file into rows of the table.
        """
        self._table = table
        self._read = read
        self._known = Known(frozenset(), frozenset(), frozenset())
        self._rows: list[Values] = []

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the stores, currencies and locales; they are few."""
        session = work.session
        locales = session.execute(sa.select(models.STORE_LOCALE))
        self._known = Known(
            frozenset(session.scalars(sa.select(models.STORE.c.name))),
            frozenset(session.scalars(sa.select(models.CURRENCY.c.code))),
            frozenset((row.store, row.locale) for row in locales),
        )

    def load(self, row: Row, work: Work) -> None:
        """Take one row."""
        self._rows.extend(self._read(Cells(row), self._known))

    def flush(self, work: Work) -> None:
        """Write the rows that are new or different."""
        keys = [column.name for column in self._table.primary_key.columns]
        stored = {
            tuple(row[key] for key in keys): dict(row)
            for row in work.session.execute(sa.select(self._table)).mappings()
        }
        given = {tuple(row[key] for key in keys): row for row in self._rows}
        self._rows = []
        if self._table is models.STORE_CURRENCY:
            _leave_one_default(stored, given)
        changed = [row for key, row in given.items() if stored.get(key) != row]
        upsert(work.session, self._table, changed)
        for name in self._stores_of(changed, work):
            work.publish(Event(STORE_CHANGED, name))

    def _stores_of(self, rows: Sequence[Values], work: Work) -> list[str]:
        if self._table is models.STORE:
            return [row["name"] for row in rows]
        if self._table is models.CURRENCY:
            owners = sa.select(models.STORE_CURRENCY.c.store).where(
                models.STORE_CURRENCY.c.currency.in_([row["code"] for row in rows])
            )
            return sorted(set(work.session.scalars(owners)))
        if self._table is models.REGION:
            owners = sa.select(models.STORE_COUNTRY.c.store).where(
                models.STORE_COUNTRY.c.country.in_({row["country"] for row in rows})
            )
            return sorted(set(work.session.scalars(owners)))
        return sorted({row["store"] for row in rows})


def read_store(cells: Cells, _known: Known) -> list[Values]:
    """Read a row of ``store``."""
    name = cells.required("name")
    # The name stands in keys of documents, between colons.
    if re.fullmatch(r"[A-Za-z0-9_.-]+", name) is None:
        raise RowError("name", f"{name!r} holds more than letters, digits, '_', '.' and '-'.")
    return [{"name": name}]


def read_currency(cells: Cells, _known: Known) -> list[Values]:
    """Read a row of ``currency``."""
    code = cells.required("iso_code")
    if re.fullmatch(r"[A-Z]{3}", code) is None:
        raise RowError("iso_code", f"{code!r} is no ISO 4217 code: three capital letters.")
    name, symbol = cells.required("name"), cells.text("currency_symbol")
    return [{"code": code, "name": name, "symbol": symbol}]


def read_currency_store(cells: Cells, known: Known) -> list[Values]:
    """Read a row of ``currency_store``."""
    code = cells.required("currency_code")
    if code not in known.currencies:
        raise RowError("currency_code", f"There is no currency {code!r}.")
    return [
        {
            "store": _store(cells, known),
            "currency": code,
            "is_default": cells.flag("is_default"),
        }
    ]


def read_country_store(cells: Cells, known: Known) -> list[Values]:
    """Read a row of ``country_store``."""
    return [{"store": _store(cells, known), "country": _country(cells)}]


def read_country_region(cells: Cells, _known: Known) -> list[Values]:
    """Read a row of ``country_region``."""
    country, code = _country(cells), cells.required("iso2_code")
    if re.fullmatch(rf"{country}-[A-Z0-9]{{1,3}}", code) is None:
        raise RowError("iso2_code", f"{code!r} is no ISO 3166-2 code of a part of {country!r}.")
    return [{"code": code, "country": country, "name": cells.required("name")}]


def read_locale_store(cells: Cells, known: Known) -> list[Values]:
    """Read a row of ``locale_store``."""
    locale = cells.required("locale_name")
    if re.fullmatch(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*", locale) is None:
        raise RowError("locale_name", f"{locale!r} is no name of a locale such as 'en_US'.")
    return [{"store": _store(cells, known), "locale": locale}]


def read_default_locale_store(cells: Cells, known: Known) -> list[Values]:
    """Read a row of ``default_locale_store``."""
    store, locale = _store(cells, known), cells.required("locale_name")
    if (store, locale) not in known.locales:
        raise RowError("locale_name", f"The store {store!r} has no locale {locale!r}.")
    return [{"store": store, "locale": locale}]


def read_store_context(cells: Cells, known: Known) -> list[Values]:
    """Read a row of ``store_context``."""
    store = _store(cells, known)
    document = cells.json(CONTEXTS)
    contexts = document.get("application_contexts") if isinstance(document, Mapping) else None
    if not isinstance(contexts, list):
        raise RowError(CONTEXTS, "The JSON lacks the list 'application_contexts'.")
    rows = []
    for context in contexts:
        zone = context.get("timezone") if isinstance(context, Mapping) else None
        if zone is None:
            continue
        if not isinstance(zone, str) or not is_time_zone(zone):
            raise RowError(CONTEXTS, f"{json.dumps(zone)} is no time zone.")
        application = context.get("application") or ""
        if not isinstance(application, str):
            raise RowError(CONTEXTS, "An 'application' is neither a text nor null.")
        rows.append({"store": store, "application": application, "time_zone": zone})
    return rows


def is_time_zone(name: str) -> bool:
    """Tell whether a name is in the time zone database, or could be where there is none."""
    if re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*", name) is None:
        return False
    # A small container may lack the database; the name is only shown, so its form will do.
    installed = zoneinfo.available_timezones()
    return not installed or name in installed


def _country(cells: Cells) -> str:
    country = cells.required("country")
    if country not in COUNTRIES:
        raise RowError("country", f"{country!r} is no ISO 3166-1 alpha-2 code.")
    return country


def _store(cells: Cells, known: Known) -> str:
    name = cells.required("store_name")
    if name not in known.stores:
        raise RowError("store_name", f"There is no store {name!r}.")
    return name


def _leave_one_default(stored: Mapping[Any, Values], given: dict[Any, Values]) -> None:
    """Let the last currency that is given as default be the only one of its store."""
    defaults = {row["store"]: key for key, row in given.items() if row["is_default"]}
    for key, row in {**stored, **given}.items():
        if row["is_default"] and defaults.get(row["store"], key) != key:
            given[key] = {**row, "is_default": False}
