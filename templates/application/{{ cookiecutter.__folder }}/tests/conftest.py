"""The application as production makes it, with JSON:API and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core.testing import Client, in_memory, installed
from {{ cookiecutter.__package }} import {{ cookiecutter.__constant }}


@pytest.fixture
def client(glue_client: Callable[..., Client]) -> Client:
    """Call the application; a request names no convention of its own accord."""
    application = in_memory(
        "{{ cookiecutter.__group }}",
        "{{ cookiecutter.__folder }}",
        {{ cookiecutter.__constant }},
    )
    return glue_client(
        [application, *installed("json_api")],
        only="{{ cookiecutter.name }}",
    )
