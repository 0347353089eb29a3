"""The magazine against the rules for every application."""

from __future__ import annotations

import pytest

from glue_core.testing import installed
from glue_core.testing.applications import ApplicationCompliance, ApplicationSample

PLUGINS = ("magazine_api", "json_api", "hal", "magazine", "articles_api", "authors_api")


class TestMagazine(ApplicationCompliance):
    """The magazine follows the rules."""

    @pytest.fixture
    def sample(self) -> ApplicationSample:
        """Say which plugins it has."""
        return ApplicationSample("magazine_api", installed(*PLUGINS))
