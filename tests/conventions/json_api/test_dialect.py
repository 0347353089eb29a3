"""Dialects: frozen values, documented member by member, chosen by a setting."""

import dataclasses
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import ConfigurationError, Settings
from glue_core.testing import Deployment, installed
from glue_json_api import GLUE, PRESETS, STRICT, Dialect
from glue_json_api.dialect import SETTINGS, dialect_of


def chosen(**dialects: str) -> Settings:
    """Return settings that choose dialects."""
    table: dict[str, Any] = {"plugins": {"json_api": {"dialect": dialects}}} if dialects else {}
    return Settings.of(table).with_sections([SETTINGS])


def test_every_member_is_documented() -> None:
    """The docstring says of every member what it does, and of no other."""
    documented = re.findall(r"^    (\w+): ", inspect.getdoc(Dialect) or "", re.MULTILINE)

    assert documented == [each.name for each in dataclasses.fields(Dialect)]


def test_strict_is_no_deviation() -> None:
    """The strict preset is the dialect as it stands, and Glue is another."""
    assert Dialect() == STRICT
    assert GLUE != STRICT
    assert PRESETS == {"strict": STRICT, "glue": GLUE}


def test_dialects_are_frozen() -> None:
    """A dialect cannot be changed after it was made."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        STRICT.flat_include = True  # type: ignore[misc]


@pytest.mark.parametrize(
    ("application", "expected"),
    [("storefront_api", GLUE), ("legacy_api", GLUE), ("backend_api", STRICT), ("other", STRICT)],
)
def test_defaults(application: str, expected: Dialect) -> None:
    """The applications of an existing shop speak Glue, others strictly."""
    assert dialect_of(application, chosen()) is expected


def test_setting_one_keeps_the_defaults_of_others() -> None:
    """A setting changes the application that it names, and no other."""
    settings = chosen(storefront_api="strict", other="glue")

    assert dialect_of("storefront_api", settings) is STRICT
    assert dialect_of("other", settings) is GLUE
    assert dialect_of("legacy_api", settings) is GLUE


def test_unknown_dialect_stops_the_start() -> None:
    """A dialect that does not exist is an error that names the setting."""
    with pytest.raises(ConfigurationError, match=r"plugins\.json_api\.dialect\.other"):
        chosen(other="loose")


def test_dialect_of_an_application_that_is_not_there(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A dialect for a misspelt application would change nothing, so the start stops."""
    settings = {"plugins": {"json_api": {"dialect": {"storefront": "strict"}}}}

    with pytest.raises(ConfigurationError) as caught:
        glue_deployment(installed("storefront_api", "json_api"), settings=settings)

    assert "'plugins.json_api.dialect' names the application 'storefront'" in str(caught.value)
    assert "Did you mean 'storefront_api'?" in str(caught.value)
