"""Which locale an Accept-Language header picks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core import choose_locale

LOCALES = ("de_AT", "de_DE", "en_US", "sr_Latn_RS")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de-DE", "de_DE"),
        ("DE_de", "de_DE"),
        ("de", "de_AT"),
        ("de-CH", "de_AT"),
        ("sr-Latn-RS", "sr_Latn_RS"),
        ("fr, en;q=0.5", "en_US"),
        ("en;q=0.5, de;q=0.8", "de_AT"),
        ("en ; Q = 0.5 , de-DE ; q=0.51", "de_DE"),
        ("en;level=1;q=0.9,de", "de_AT"),
        ("fr", "en_US"),
        ("*", "en_US"),
        ("fr;q=0.9, *;q=0.1", "en_US"),
        ("", "en_US"),
        (",,;;", "en_US"),
    ],
)
def test_best_liked_language_wins(header: str, locale: str) -> None:
    """The best liked language decides: by exact name, else by language, else the default."""
    assert choose_locale(header, LOCALES, "en_US") == locale


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("de, de-AT;q=0", "de_DE"),
        ("en;q=0, *", "de_AT"),
        ("en;q=0, de-AT;q=0, *", "de_DE"),
        ("en;q=0", "en_US"),
    ],
)
def test_quality_zero_takes_a_locale_out(header: str, locale: str) -> None:
    """A language with the quality 0 is not chosen, unless nothing else is asked for."""
    assert choose_locale(header, LOCALES, "en_US") == locale


@pytest.mark.parametrize(
    ("header", "locale"), [("de", "de_DE"), ("de-CH, en", "de_DE"), ("en", "en_US")]
)
def test_default_comes_first_in_its_language(header: str, locale: str) -> None:
    """Of the locales of a language the default one is chosen, before the others."""
    assert choose_locale(header, LOCALES, "de_DE") == locale


@pytest.mark.parametrize("quality", ["1.5", "-1", "nan", "0.1234", "\u0660", "", "1e0"])
def test_unreadable_quality_leaves_a_language_out(quality: str) -> None:
    """A quality that is no number from 0 to 1 with three decimals is as if it was not there."""
    assert choose_locale(f"de;q={quality}", LOCALES, "en_US") == "en_US"


@given(st.text())
def test_any_text_picks_a_locale(header: str) -> None:
    """Whatever the characters of a header, one of the locales is chosen."""
    assert choose_locale(header, LOCALES, "en_US") in LOCALES


@given(st.binary())
def test_any_bytes_pick_a_locale(header: bytes) -> None:
    """Whatever the bytes of a header, which WSGI hands over as Latin-1, a locale is chosen."""
    assert choose_locale(header.decode("latin-1"), LOCALES, "en_US") in LOCALES


@given(st.lists(st.sampled_from(["de", "en-US", "*", "sr", "q=0", ";q=0.5", ";q=0", ";", "="])))
def test_any_mixture_picks_a_locale(parts: list[str]) -> None:
    """Parts of real headers in any order pick one of the locales, too."""
    assert choose_locale(",".join(parts), LOCALES, "en_US") in LOCALES
    assert choose_locale("".join(parts), LOCALES, "en_US") in LOCALES
