"""Entry point groups."""

from __future__ import annotations

import pytest

from glue_core import ConfigurationError
from glue_core.registry.plugins import Hooks, Plugin, check_sources
from glue_core.testing import in_memory


def test_group_that_nobody_reads_stops_the_start() -> None:
    """A misspelled group is an error with a hint: its plugin would silently be missing."""
    source = in_memory("glue.plugin", "things", object(), distribution="glue-things")

    with pytest.raises(ConfigurationError) as caught:
        check_sources([source])
    message = str(caught.value)
    assert "'glue.plugin', which nobody reads. Did you mean 'glue.plugins'?" in message
    assert "glue-things 0" in message


def test_group_of_an_absent_application_is_left_alone() -> None:
    """A plugin for an application that is not installed here harms nobody."""
    check_sources([in_memory("glue.plugins.elsewhere", "things", object())])


def test_hook_that_returns_none_is_told() -> None:
    """A forgotten ``return`` is an error: the plugin would silently contribute nothing."""
    source = in_memory(
        "glue.plugins", "things", distribution="glue-things", glue_request_builders=lambda: None
    )
    hooks = Hooks([Plugin(source, source.load(), "common")], "shop")

    with pytest.raises(ConfigurationError, match="returned None from 'glue_request_builders'"):
        hooks.call("glue_request_builders", features=None, services=None, settings=None)
