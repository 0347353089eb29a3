"""Linters of others, from PyPI and npm, read the documents that the demo serves."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.strangers.conftest import APPLICATIONS, run

pytestmark = pytest.mark.openapi


@pytest.mark.parametrize("application", APPLICATIONS)
def test_document_is_openapi(application: str, documents: Any) -> None:
    """What is served is what the specification of OpenAPI asks for."""
    validate(documents[application])


@pytest.mark.parametrize("reader", ["customer", "customer of old", "office", "packer", "warehouse"])
def test_document_of_a_reader_is_openapi(
    reader: str, demo: Any, documents: Any, readers: Any
) -> None:
    """What a reader with a token is served is another document, which is OpenAPI as well."""
    application, token = readers[reader]()

    document = demo.document(application, token)

    validate(document)
    assert len(document["paths"]) > 0


@pytest.mark.parametrize("application", APPLICATIONS)
def test_linter_finds_nothing(application: str, node_folder: Path) -> None:
    """Redocly CLI finds neither errors nor warnings by the rules that it recommends.

    A rule that is switched off would be named in ``node/redocly.yaml``, with the reason.
    """
    done = run(
        *("redocly", "lint", "--format", "json", f"{application}.json"),
        folder=node_folder,
        REDOCLY_TELEMETRY="off",
    )
    found = json.loads(done.stdout)["problems"]

    assert [(each["ruleId"], each["message"], each["location"]) for each in found] == []


def test_linter_reads_all_of_a_document(node_folder: Path, documents: Any) -> None:
    """It would find a thing that is wrong: the linter and its rules are there."""
    wrong = copy.deepcopy(documents["magazine_api"])
    del wrong["paths"]["/articles"]["get"]["operationId"]
    wrong["components"]["schemas"]["Nobody"] = {"type": "object"}
    (node_folder / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")

    done = run(
        *("redocly", "lint", "--format", "json", "wrong.json"),
        folder=node_folder,
        REDOCLY_TELEMETRY="off",
    )
    found = {each["ruleId"] for each in json.loads(done.stdout)["problems"]}

    assert found == {"operation-operationId", "no-unused-components"}
