"""The errors of all shipped plugins have words in the languages of the demo shop."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core import GlueError
from glue_core.registry.discovery import installed as every_installed
from glue_core.testing import Deployment


@pytest.mark.parametrize("name", ["storefront_api", "magazine_api", "backend_api"])
@pytest.mark.parametrize("locale", ["de_DE", "en_US"])
def test_every_error_is_worded(
    glue_deployment: Callable[..., Deployment], name: str, locale: str
) -> None:
    """Each error that an operation declares has a text, in German another than in English."""
    registry = glue_deployment(every_installed()).registry.applications[name]
    # What follows another standard has its words, which are for developers.
    declared = [
        error
        for each in registry.operations
        if not each.value.is_raw
        for error in each.value.errors
    ]
    assert declared
    assert registry.catalogue is not None
    unworded = set()
    for error in declared:
        # The one text of the core that operations declare names how long somebody waits.
        named = {"minutes": 5}
        worded = GlueError(error.status, error.code, error.message, arguments=named)
        registry.catalogue.word(worded, locale)
        if not worded.message or (locale == "de_DE" and worded.message == error.message):
            unworded.add(error.code)

    assert unworded == set()
