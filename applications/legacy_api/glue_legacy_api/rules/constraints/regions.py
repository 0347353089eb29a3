"""Codes of countries, currencies, languages, locales and time zones, after the CLDR.

The data is that of Babel, which has the same source as PHP's. It is read when a file first names
one of these constraints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from functools import cache
from typing import Any, Final

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules.constraints.skipping import for_texts
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]

# Groups of countries, and codes that are for tests or for nothing.
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "XK", "ZZ"})
# Bonds, units of account, tests, and no currency at all.
_NO_CURRENCIES: Final = frozenset({"XBA", "XBB", "XBC", "XBD", "XSU", "XTS", "XUA", "XXX"})
_NO_LANGUAGES: Final = frozenset({"mul", "root", "und", "zxx"})

_AREAS: Final = {
    1: "Africa/",
    2: "America/",
    4: "Antarctica/",
    8: "Arctic/",
    16: "Asia/",
    32: "Atlantic/",
    64: "Australia/",
    128: "Europe/",
    256: "Indian/",
    512: "Pacific/",
    1024: "UTC",
}
_ALL_ZONES: Final = sum(_AREAS)
_WITH_OLD_ZONES: Final = 4095
_PER_COUNTRY: Final = 4096


@cache
def _english() -> Locale:
    return Locale("en")


@cache
def _global(name: str) -> Mapping[str, Any]:
    return get_global(name)  # type: ignore[arg-type]


@cache
def countries() -> Set[str]:
    """Return the codes of countries, of two letters."""
    codes = map(str, _english().territories)
    return {code for code in codes if re.fullmatch("[A-Z]{2}", code)} - _NO_COUNTRIES


@cache
def countries_of_three_letters() -> Set[str]:
    """Return the codes of countries, of three letters."""
    known = countries()
    aliases = _global("territory_aliases")
    return {
        code
        for code, stands_for in aliases.items()
        if re.fullmatch("[A-Z]{3}", code) and len(stands_for) == 1 and stands_for[0] in known
    }


@cache
def currencies() -> Set[str]:
    """Return the codes of currencies, those of former times too."""
    return {str(code) for code in _english().currencies} - _NO_CURRENCIES


@cache
def languages() -> Set[str]:
    """Return the codes of languages, of two letters, or of three where there are no two."""
    codes = map(str, _english().languages)
    return {code for code in codes if re.fullmatch("[a-z]{2,3}", code)} - _NO_LANGUAGES


@cache
def languages_of_three_letters() -> Set[str]:
    """Return the codes of languages, of three letters."""
    known = languages()
    aliases = _global("language_aliases")
    others = {code for code, one in aliases.items() if len(code) == 3 and one in known}
    return {code for code in known if len(code) == 3} | others


@cache
def locales() -> Set[str]:
    """Return the names of locales, such as ``de`` and ``de_AT``."""
    return set(locale_identifiers())


@cache
def time_zones() -> Set[str]:
    """Return the names of time zones, those of former times too."""
    return {*_global("zone_territories"), *_global("zone_aliases"), "UTC"}


def _member(found: Callable[[], Set[str]]) -> Callable[[Options], Test]:
    def compile_with(options: Options) -> Test:
        known = found()
        return for_texts(options, lambda value: value in known)

    return compile_with


def _by_letters(
    two: Callable[[], Set[str]], three: Callable[[], Set[str]]
) -> Callable[[Options], Test]:
    return lambda options: _member(three if options["alpha3"] else two)(options)


def canonical_locale(value: str) -> str:
    """Return the usual form of a locale's name: ``de-at`` is ``de_AT``."""
    language, *rest = re.split("[-_]", value.partition(".")[0])
    parts = [language.lower()]
    for part in rest:
        if re.fullmatch("[A-Za-z]{4}", part):
            parts.append(part.title())
        else:
            parts.append(part.upper())
    return "_".join(parts)


def _locale(options: Options) -> Test:
    known = locales()
    if options["canonicalize"]:
        return for_texts(options, lambda value: canonical_locale(value) in known)
    return for_texts(options, lambda value: value in known)


def _zone(value: object) -> int:
    found = read.size(value)
    if not 0 < found <= _PER_COUNTRY:
        raise ValueError("expects a number of PHP's time zone groups, such as 128 for Europe")
    return found


def _country_code(value: object) -> str:
    code = read.text(value)
    if code not in countries():
        raise ValueError(f"knows no country {code!r}")
    return code


def _time_zone(options: Options) -> Test:
    zone, country = options["zone"], options["countryCode"]
    assert isinstance(zone, int)
    if (zone == _PER_COUNTRY) is (country is None):
        raise ValueError(f"takes 'countryCode' with 'zone: {_PER_COUNTRY}', and only then")
    allowed = _zones(zone, str(country))
    return for_texts(options, lambda value: value in allowed)


def _zones(zone: int, country: str) -> Set[str]:
    if zone == _PER_COUNTRY:
        territories = _global("zone_territories")
        return {name for name in territories if territories[name] == country}
    if zone == _WITH_OLD_ZONES:
        return time_zones()
    areas = tuple(area for number, area in _AREAS.items() if zone & number)
    return {name for name in time_zones() if name.startswith(areas)}


CONSTRAINTS: Final = (
    Constraint(
        "Country",
        _by_letters(countries, countries_of_three_letters),
        {
            "alpha3": Option(read.boolean, False),
            "message": read.message("This value is not a valid country."),
        },
    ),
    Constraint(
        "Currency",
        _member(currencies),
        {"message": read.message("This value is not a valid currency.")},
    ),
    Constraint(
        "Language",
        _by_letters(languages, languages_of_three_letters),
        {
            "alpha3": Option(read.boolean, False),
            "message": read.message("This value is not a valid language."),
        },
    ),
    Constraint(
        "Locale",
        _locale,
        {
            "canonicalize": Option(read.boolean, True),
            "message": read.message("This value is not a valid locale."),
        },
    ),
    Constraint(
        "Timezone",
        _time_zone,
        {
            "zone": Option(_zone, _ALL_ZONES),
            "countryCode": Option(_country_code),
            "intlCompatible": Option(read.boolean, False),
            "message": read.message("This value is not a valid timezone."),
        },
        bare="zone",
    ),
)
