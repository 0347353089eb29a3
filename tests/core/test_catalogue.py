"""The words of errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core import ConfigurationError, GlueError, RequestFlowAwareApiApplication, codes
from glue_core.catalogue import Catalogue, ErrorText, glue_error_catalogue
from glue_core.testing import Deployment, in_memory

CATALOGUE = Catalogue(
    [
        ErrorText("range", {"en": "out of range"}),
        ErrorText("range.min", {"en": "at least {min}", "de": "mindestens {min}"}),
        ErrorText("601", {"en": "no store", "de": "kein Store", "de_CH": "kein Laden"}),
    ]
)


def worded(error: GlueError, locale: str | None) -> str:
    """Return the message that the catalogue gives an error."""
    CATALOGUE.word(error, locale)
    return error.message


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        (None, "at least 3"),
        ("en_US", "at least 3"),
        ("de_DE", "mindestens 3"),
        ("fr", "at least 3"),
    ],
)
def test_kind_is_worded_in_the_locale(locale: str | None, text: str) -> None:
    """A kind has words in every locale: those of its language, else the English ones."""
    error = GlueError(422, "901", "own", kind="range", arguments={"min": 3})

    assert worded(error, locale) == text


def test_limits_choose_the_words() -> None:
    """A kind whose limits have no words of their own falls back to those of the kind."""
    error = GlueError(422, kind="range", arguments={"max": 3})

    assert worded(error, None) == "out of range"


@pytest.mark.parametrize(
    ("locale", "text"), [("de_CH", "kein Laden"), ("de_AT", "kein Store"), ("en_US", "no store")]
)
def test_code_is_worded_by_locale_then_language(locale: str, text: str) -> None:
    """The words of the locale come before those of its language."""
    assert worded(GlueError(404, "601", "own"), locale) == text


def test_code_without_words_in_the_language_keeps_its_own() -> None:
    """What nobody words in a language keeps the words of whoever raised it."""
    assert worded(GlueError(404, "601", "own"), "fr_FR") == "own"


def test_unknown_kind_keeps_its_own_words() -> None:
    """A kind without a text keeps the message of the schema."""
    assert worded(GlueError(422, message="own", kind="strange"), "de") == "own"


def test_template_that_wants_more_keeps_the_own_words() -> None:
    """A template with a parameter that the violation lacks is not half filled in."""
    catalogue = Catalogue([ErrorText("odd", {"en": "{there} {missing}"})])
    error = GlueError(422, message="own", kind="odd", arguments={"there": 1})
    catalogue.word(error, None)

    assert error.message == "own"


def test_code_that_two_plugins_word_stops_the_start(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """Two texts for one code are a conflict that names both parties."""

    def texts() -> list[ErrorText]:
        return [ErrorText("9301", {"en": "x"})]

    one, other = (
        in_memory("glue.plugins", name, distribution=f"glue-{name}", glue_error_catalogue=texts)
        for name in ("one", "other")
    )
    shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
    with pytest.raises(ConfigurationError) as caught:
        glue_deployment([shop, one, other])

    message = str(caught.value)
    assert "Two plugins of 'shop' word '9301'." in message
    assert "glue-one 0" in message
    assert "glue-other 0" in message


CORE = Catalogue(glue_error_catalogue())
SHARED = {"005": ("two_identities", "match_required")}
"""Codes of the interface that stand for more than one error: their kinds tell them apart."""


@pytest.mark.parametrize("code", sorted(codes.ALL))
def test_every_code_of_the_core_is_worded_in_german(code: str) -> None:
    """Whoever asks in German gets German words for every code of the core."""
    for kind in SHARED.get(code, (None,)):
        error = GlueError(400, code, "own", kind=kind, arguments={"minutes": 5})
        CORE.word(error, "de_DE")

        assert error.message != "own"


@pytest.mark.parametrize("text", glue_error_catalogue(), ids=lambda each: each.key)
def test_text_of_the_core_has_german_words(text: ErrorText) -> None:
    """No text of the core is left in English alone."""
    assert text.texts["de"]


def test_details_are_kept_in_another_language() -> None:
    """A text in German names what the English one names."""
    arguments = {"name": "colour", "known": "name, size"}
    error = GlueError(400, "012", "own", kind="sort_unknown", arguments=arguments)
    CORE.word(error, "de_AT")

    assert error.message == "Nach 'colour' wird nicht sortiert; es gibt: name, size."


def test_english_words_of_the_error_are_kept() -> None:
    """Words that say more than the code are not replaced by more general ones."""
    error = GlueError(400, "012", "own", kind="sort_unknown", arguments={"name": "x", "known": ""})
    CORE.word(error, "en_US")

    assert error.message == "own"
