"""Linters of others, from PyPI and npm, read the documents that the demo serves."""

from __future__ import annotations

import copy
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.strangers.conftest import APPLICATIONS, HERE, run

pytestmark = pytest.mark.openapi


READERS = ("customer", "customer of old", "office", "packer", "warehouse")


@pytest.fixture(scope="session")
def public() -> dict[str, Any]:
    """What everybody may call of each application, which production shows without credentials."""
    found = {}
    for name in APPLICATIONS:
        command = (sys.executable, "-m", "glue_core.cli", "docs", name, "--public")
        done = run(*command, folder=HERE, GLUE_MODE="development")
        assert done.returncode == 0, done.stderr
        found[name] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("application", APPLICATIONS)
def test_document_is_openapi(application: str, documents: Any) -> None:
    """What is served is what the specification of OpenAPI asks for."""
    validate(documents[application])


@pytest.mark.parametrize("application", APPLICATIONS)
def test_public_document_is_openapi(application: str, documents: Any, public: Any) -> None:
    """What everybody may call is no more than there is, and OpenAPI."""
    validate(public[application])
    assert set(public[application]["paths"]) <= set(documents[application]["paths"])


@pytest.mark.parametrize("reader", READERS)
def test_document_of_a_reader_is_openapi(reader: str, demo: Any, readers: Any, public: Any) -> None:
    """What a reader with a token is served is OpenAPI, too, and no less than everybody may call.

    A warehouse may call nothing of the demo that is not for everybody.
    """
    application, token = readers[reader]()

    document = demo.document(application, token)

    validate(document)
    more = size(document) - size(public[application])
    assert more == 0 if reader == "warehouse" else more > 0


def size(document: Any) -> int:
    """Return the number of operations and attributes of a document."""
    operations = [each for item in document["paths"].values() for each in item]
    schemas = document["components"]["schemas"].values()
    return len(operations) + sum(len(each.get("properties", ())) for each in schemas)


MEANT = (
    # Whoever may call nothing yet reads in the document how to sign in.
    ("no-unused-components", re.compile(r"#/components/securitySchemes/.*")),
    # A condition, such as "id or lid", names members that the schema around it has.
    (
        "no-required-schema-properties-undefined",
        re.compile(r".*/(?:not|(?:any|one)Of/\d+)/required/\d+"),
    ),
)
"""What the linter finds that is meant: the rule, and where it is left alone."""


def linted(document: Any, folder: Path) -> list[Any]:
    """Return what Redocly CLI finds in a document by the rules that it recommends.

    A rule that is switched off would be named in ``node/redocly.yaml``, with the reason.
    """
    (folder / "linted.json").write_text(json.dumps(document), encoding="utf-8")
    done = run(
        *("redocly", "lint", "--format", "json", "linted.json"),
        folder=folder,
        REDOCLY_TELEMETRY="off",
    )
    found = [
        (each["ruleId"], each["message"], each["location"][0]["pointer"])
        for each in json.loads(done.stdout)["problems"]
    ]
    return [
        each
        for each in found
        if not any(each[0] == rule and where.fullmatch(each[2]) for rule, where in MEANT)
    ]


@pytest.mark.parametrize("application", APPLICATIONS)
def test_linter_finds_nothing(application: str, documents: Any, node_folder: Path) -> None:
    """There are neither errors nor warnings in what is served."""
    assert linted(documents[application], node_folder) == []


@pytest.mark.parametrize("reader", READERS)
def test_linter_finds_nothing_for_a_reader(
    reader: str, demo: Any, readers: Any, node_folder: Path
) -> None:
    """There are none in what a reader with a token is served: nothing is left of what is hidden."""
    application, token = readers[reader]()

    assert linted(demo.document(application, token), node_folder) == []


def test_linter_reads_all_of_a_document(documents: Any, node_folder: Path) -> None:
    """It would find a thing that is wrong: the linter and its rules are there."""
    wrong = copy.deepcopy(documents["magazine_api"])
    del wrong["paths"]["/articles"]["get"]["operationId"]
    wrong["components"]["schemas"]["Nobody"] = {"type": "object"}

    found = {rule for rule, _, _ in linted(wrong, node_folder)}

    assert found == {"operation-operationId", "no-unused-components"}
