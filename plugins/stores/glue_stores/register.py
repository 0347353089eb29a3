"""Stores as they stand in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from glue_core import Work
from glue_stores import Country, Currency, Region, Store, models
from glue_stores.countries import COUNTRIES


class DatabaseStoreRegister:
    """Reads stores from the database; see `StoreRegister`."""

    def stores(self, work: Work) -> Sequence[Store]:
        """Return every complete store, by name."""
        currencies = _by_store(
            work,
            sa.select(
                models.STORE_CURRENCY.c.store,
                models.CURRENCY.c.code,
                models.CURRENCY.c.name,
                models.CURRENCY.c.symbol,
                models.STORE_CURRENCY.c.is_default,
            )
            .join(models.CURRENCY)
            .order_by(models.CURRENCY.c.code),
        )
        locales = _all(work, models.STORE_LOCALE)
        default_locales = _all(work, models.STORE_DEFAULT_LOCALE)
        countries = _all(work, models.STORE_COUNTRY)
        zones = _all(work, models.STORE_TIME_ZONE)
        regions = _regions(work)
        found = []
        for name in sorted(self.names(work)):
            if not currencies[name] or not locales[name]:
                continue
            default = next((row for row in currencies[name] if row.is_default), currencies[name][0])
            offered = tuple(row.locale for row in locales[name])
            wanted = [row.locale for row in default_locales[name] if row.locale in offered]
            found.append(
                Store(
                    name=name,
                    # The row without an application holds for all of them.
                    time_zone=next((r.time_zone for r in zones[name] if not r.application), None),
                    default_currency=default.code,
                    default_locale=wanted[0] if wanted else offered[0],
                    currencies=tuple(
                        Currency(row.code, row.name, row.symbol) for row in currencies[name]
                    ),
                    locales=offered,
                    countries=tuple(
                        Country(
                            row.country,
                            *COUNTRIES[row.country],
                            regions=tuple(regions[row.country]),
                        )
                        for row in countries[name]
                    ),
                )
            )
        return found

    def names(self, work: Work) -> frozenset[str]:
        """Return the names of all stores, complete or not."""
        return frozenset(work.session.scalars(sa.select(models.STORE.c.name)))


def _all(work: Work, table: sa.Table) -> dict[str, list[Any]]:
    return _by_store(work, sa.select(table).order_by(*table.primary_key.columns))


def _regions(work: Work) -> dict[str, list[Region]]:
    """Return the regions of each country, by code."""
    found: dict[str, list[Region]] = defaultdict(list)
    # Sorted here: each database has an order of its own for letters.
    for row in sorted(work.session.execute(sa.select(models.REGION)), key=lambda row: row.code):
        found[row.country].append(Region(row.code, row.name))
    return found


def _by_store(work: Work, question: sa.Select[Any]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in work.session.execute(question):
        rows[row.store].append(row)
    return rows
