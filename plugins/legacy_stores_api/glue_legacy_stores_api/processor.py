"""From a store to what the old application shows of it."""

from __future__ import annotations

from typing import Any

from glue_stores import Store


def shown(store: Store, current: Store) -> dict[str, Any]:
    """Return a store as its schema reads it.

    Locales and the default currency are those of another store where requests choose among stores:
    the old application made them of the request, and its clients rely on it.

    Args:
        store: The store.
        current: The store of the request; the same one where stores are fixed.
    """
    codes = current.short_codes()
    return {
        "name": store.name,
        "time_zone": store.time_zone,
        "default_currency": current.default_currency,
        "currencies": store.currencies,
        "locales": [{"code": codes[name], "name": name} for name in current.locales],
        "countries": store.countries,
    }
