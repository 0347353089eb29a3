"""``glue docs``."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from glue_core.application import RequestFlowAgnosticApiApplication
from glue_core.registry.discovery import Source


def test_unknown_application_is_an_error(glue: Any) -> None:
    """A name that is not installed ends with 1."""
    assert glue("docs", "nobody").exit_code == 1


def test_application_that_answers_by_itself_has_no_document(glue: Any) -> None:
    """An application without operations says so."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))

    result = glue("docs", "own_api")

    assert result.exit_code == 1
    assert "answers by itself" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--all", "--public"), "do not go together"),
        (("--public", "--grants", "a"), "do not go together"),
        (("--convention", "morse"), "speaks: plain"),
        (("--format", "morse"), "There are: json, yaml."),
    ],
)
def test_wrong_options(glue: Any, arguments: tuple[str, ...], message: str) -> None:
    """Options that mean nothing end with an error that says what there is."""
    result = glue("docs", "probe_api", *arguments)

    assert result.exit_code != 0
    assert message in result.stderr


def test_document_in_both_formats(glue: Any) -> None:
    """JSON and YAML say the same."""
    as_json = json.loads(glue("docs", "probe_api").stdout)
    as_yaml = yaml.safe_load(glue("docs", "probe_api", "--format", "yaml").stdout)

    assert as_json == as_yaml
    assert list(as_json) == ["openapi", "info", "servers", "tags", "paths", "components"]
    assert list(as_json["paths"]) == ["/ping/{name}", "/probes/{probesId}"]


def test_convention_alone(glue: Any) -> None:
    """The flow without a convention can be described alone."""
    paths = json.loads(glue("docs", "probe_api", "--convention", "plain").stdout)["paths"]

    assert list(paths["/probes/{probesId}"]["get"]["responses"]["200"]["content"]) == [
        "application/json"
    ]
