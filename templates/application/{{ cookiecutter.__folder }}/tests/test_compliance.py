"""The application against the rules for every application."""

from __future__ import annotations

import pytest

from glue_core.testing import in_memory, installed
from glue_core.testing.applications import ApplicationCompliance, ApplicationSample
from {{ cookiecutter.__package }} import {{ cookiecutter.__constant }}

NAME = "{{ cookiecutter.name }}"


class TestCompliance(ApplicationCompliance):
    """The application follows the rules."""

    @pytest.fixture
    def sample(self) -> ApplicationSample:
        """Say which plugins it has: its own layer, and JSON:API."""
        application = in_memory(
            "{{ cookiecutter.__group }}",
            NAME,
            {{ cookiecutter.__constant }},
        )
        return ApplicationSample(NAME, [application, *installed("json_api")])
