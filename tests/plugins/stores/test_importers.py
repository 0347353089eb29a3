"""Importing the store set-up and publishing it."""

from __future__ import annotations

from typing import Any

import pytest

from glue_stores import Country, Currency, Region, Store
from glue_stores.importers import is_time_zone

CONTEXT = ["store_name", "appication_context_collection"]


def test_set_up_is_published(setup: Any) -> None:
    """What the files say about a store is what readers see."""
    assert setup.load().errors == []
    setup.work()

    assert setup.reader.store("DE") == Store(
        name="DE",
        time_zone="Europe/Berlin",
        default_currency="EUR",
        default_locale="en_US",
        currencies=(Currency("CHF", "Swiss Franc", "CHF"), Currency("EUR", "Euro", "€")),
        locales=("de_DE", "en_US"),
        countries=(
            Country("AT", "AUT", "Austria"),
            Country(
                "DE",
                "DEU",
                "Germany",
                regions=(Region("DE-BY", "Bayern"), Region("DE-HH", "Hamburg")),
            ),
        ),
    )


def test_stores_are_sorted_by_name(setup: Any) -> None:
    """All stores are there, by name."""
    setup.load()
    setup.work()

    assert [store.name for store in setup.reader.stores()] == ["AT", "DE"]


def test_blank_defaults_are_filled(setup: Any) -> None:
    """Without a default locale or a time zone there are the first locale and none."""
    setup.load()
    setup.work()
    store = setup.reader.store("AT")

    assert (store.default_locale, store.time_zone, store.countries) == ("de_DE", None, ())


def test_regions_tell_the_stores_of_their_country(setup: Any) -> None:
    """A region that changes is an event of the stores that have its country, and of no other."""
    setup.load()
    setup.work()
    setup.write("country_region", [["country", "iso2_code", "name"], ["AT", "AT-9", "Wien"]])
    setup.load()

    assert setup.work() == 1
    assert setup.reader.store("DE").countries[0].regions == (Region("AT-9", "Wien"),)


def test_repeated_import_tells_nobody(setup: Any) -> None:
    """A second import of the same files changes nothing, so nothing is published."""
    setup.load()
    setup.work()
    setup.load()

    assert setup.work() == 0


def test_last_default_currency_is_the_only_one(setup: Any) -> None:
    """When another currency becomes the default, the former no longer is."""
    setup.load()
    setup.write(
        "currency_store", [["currency_code", "store_name", "is_default"], ["CHF", "DE", "1"]]
    )
    setup.load()
    setup.work()

    assert setup.reader.store("DE").default_currency == "CHF"


def test_store_without_currency_is_not_published(setup: Any) -> None:
    """A store that has no currency yet is known to writers and hidden from readers."""
    setup.write("store", [["name"], ["DE"], ["AT"], ["XX"]])
    setup.load()
    setup.work()
    with setup.services.database.work(writes=False) as work:
        names = setup.register.names(work)

    assert names == {"DE", "AT", "XX"}
    assert setup.reader.store("XX") is None


@pytest.mark.parametrize(
    ("file", "rows", "told"),
    [
        ("store", [["name"], ["a:b"]], "column 'name': 'a:b' holds more than letters"),
        ("currency", [["iso_code", "name"], ["eur", "x"]], "column 'iso_code': 'eur' is no ISO"),
        (
            "currency_store",
            [["currency_code", "store_name"], ["USD", "DE"]],
            "column 'currency_code': There is no currency 'USD'.",
        ),
        (
            "country_store",
            [["store_name", "country"], ["DE", "XX"]],
            "column 'country': 'XX' is no ISO 3166-1 alpha-2 code.",
        ),
        (
            "locale_store",
            [["locale_name", "store_name"], ["de_DE", "FR"]],
            "column 'store_name': There is no store 'FR'.",
        ),
        (
            "locale_store",
            [["locale_name", "store_name"], ["German", "DE"]],
            "column 'locale_name': 'German' is no name of a locale",
        ),
        (
            "default_locale_store",
            [["locale_name", "store_name"], ["fr_FR", "DE"]],
            "column 'locale_name': The store 'DE' has no locale 'fr_FR'.",
        ),
        (
            "country_region",
            [["country", "iso2_code", "name"], ["DE", "AT-9", "Wien"]],
            "column 'iso2_code': 'AT-9' is no ISO 3166-2 code of a part of 'DE'.",
        ),
        (
            "country_region",
            [["country", "iso2_code", "name"], ["Germany", "DE-BY", "Bayern"]],
            "column 'country': 'Germany' is no ISO 3166-1 alpha-2 code.",
        ),
        (
            "store_context",
            [CONTEXT, ["DE", '{"application_contexts":[{"timezone":"Mars/Base"}]}']],
            "column 'appication_context_collection': \"Mars/Base\" is no time zone.",
        ),
        (
            "store_context",
            [CONTEXT, ["DE", "[]"]],
            "The JSON lacks the list 'application_contexts'.",
        ),
    ],
)
def test_bad_row_is_explained(setup: Any, file: str, rows: list[list[str]], told: str) -> None:
    """A row that cannot be taken is told with file, line, column and reason."""
    setup.load()
    setup.write(file, rows)
    errors = [str(error) for error in setup.load().errors if error.file == f"{file}.csv"]

    assert len(errors) == 1
    assert errors[0].startswith(f"{file}.csv, line 2 (record 1), ")
    assert told in errors[0]


def test_time_zone_is_judged_by_its_form_without_a_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a machine without the time zone database a well-formed name is taken."""
    monkeypatch.setattr("zoneinfo.available_timezones", lambda: set[str]())

    assert [is_time_zone(name) for name in ("Europe/Vienna", "UTC", "../etc", "a b", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
