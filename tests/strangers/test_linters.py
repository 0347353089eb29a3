"""Linters of others, from PyPI and npm, read the documents that the demo serves."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.strangers.conftest import APPLICATIONS

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
