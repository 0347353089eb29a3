"""The plugin in an application of its own, with JSON:API and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from {{ cookiecutter.__package }} import plugin
from {{ cookiecutter.__package }}.processor import START
from glue_core import RequestFlowAwareApiApplication
from glue_core.testing import Client, Deployment, in_memory, installed

APPLICATION = "tested"
FOLDER = "{{ cookiecutter.__folder }}"
GROUP = "{{ cookiecutter.__group }}"


@pytest.fixture
def deployment(glue_deployment: Callable[..., Deployment]) -> Deployment:
    """Return a deployment whose storage is empty."""
    application = RequestFlowAwareApiApplication(APPLICATION, groups=(GROUP,))
    return glue_deployment(
        [
            in_memory("glue.applications", APPLICATION, application),
            in_memory(GROUP, FOLDER, plugin),
            *installed("json_api"),
        ]
    )


@pytest.fixture
def client(deployment: Deployment) -> Client:
    """Call the application; a request names no convention of its own accord."""
    return Client(deployment.applications[APPLICATION])


@pytest.fixture
def put(deployment: Deployment) -> Callable[..., None]:
    """Write documents by their ids, such as ``put({"1": {"name": "One"}})``."""

    def write(documents: Mapping[str, Mapping[str, Any]]) -> None:
        by_key = {f"{START}{id_}": each for id_, each in documents.items()}
        deployment.services.storage.put_many(by_key)

    return write
