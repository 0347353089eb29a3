"""Plugins made in memory, and chosen installed ones."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from glue_core import ConfigurationError, Features, RequestFlowAwareApiApplication, Settings
from glue_core.testing import Deployment, in_memory, installed


def test_hooks_of_functions(glue_deployment: Callable[..., Deployment]) -> None:
    """Functions are hooks and get the arguments they name; ``list`` contributes nothing."""
    seen: list[object] = []

    def resources(settings: object, features: object) -> list[object]:
        seen.extend((isinstance(settings, Settings), isinstance(features, Features)))
        return []

    glue_deployment(
        [
            in_memory("glue.applications", "a", RequestFlowAwareApiApplication("a")),
            in_memory("glue.plugins.a", "one", glue_resources=resources),
            in_memory("glue.plugins.a", "two", glue_resources=list),
        ]
    )

    assert seen == [True, True]


def test_hook_that_cannot_be_marked() -> None:
    """What is no function cannot be a hook, and is told at once."""
    with pytest.raises(TypeError, match="glue_resources must be a function"):
        in_memory("glue.plugins.a", "x", glue_resources=functools.partial(list))


def test_plugin_or_hooks() -> None:
    """A plugin is an object or hooks, not both and not neither."""
    with pytest.raises(TypeError, match="either a plugin or hooks"):
        in_memory("glue.plugins", "x")
    with pytest.raises(TypeError, match="either a plugin or hooks"):
        in_memory("glue.plugins", "x", object(), glue_resources=list)


def test_chosen_distributions_only() -> None:
    """Only what is named counts as installed."""
    assert {each.name for each in installed("json_api")} == {"json_api"}


def test_what_is_not_installed_is_named() -> None:
    """A name that is not installed is told, with what is and what to do."""
    with pytest.raises(ConfigurationError) as caught:
        installed("json_api", "time_machine_api")

    message = str(caught.value)
    assert message.startswith("Not installed: time_machine_api.\nInstalled are: ")
    assert "json_api" in message.splitlines()[1]
    assert "pip install glue-time-machine-api" in message
