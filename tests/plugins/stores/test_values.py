"""What a store says about itself."""

from __future__ import annotations

import pytest

from glue_core import choose_locale
from glue_stores import Store


def store_of(default: str, *locales: str) -> Store:
    """Return a store with these locales and nothing else."""
    return Store("DE", None, "EUR", default, (), locales, ())


@pytest.mark.parametrize(
    ("default", "codes"),
    [
        ("en_US", {"de_AT": "de", "de_DE": "de-DE", "en_US": "en"}),
        ("de_DE", {"de_AT": "de-AT", "de_DE": "de", "en_US": "en"}),
    ],
)
def test_short_code_is_the_language(default: str, codes: dict[str, str]) -> None:
    """A language is the code of one locale: the default one, else the first by name."""
    assert store_of(default, "de_AT", "de_DE", "en_US").short_codes() == codes


@pytest.mark.parametrize("default", ["de_AT", "de_DE", "en_US"])
def test_short_code_picks_its_locale(default: str) -> None:
    """What is shown as the code of a locale picks that locale as ``Accept-Language``."""
    store = store_of(default, "de_AT", "de_DE", "en_US")

    for name, code in store.short_codes().items():
        assert choose_locale(code, store.locales, store.default_locale) == name
