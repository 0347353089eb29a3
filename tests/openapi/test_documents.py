"""The documents of all applications of the repository."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from glue_core.openapi.document import references
from glue_core.openapi.serving import write_json
from glue_core.openapi.walk import METHODS
from glue_core.registry.discovery import installed
from glue_core.testing import Deployment

APPLICATIONS = ("backend_api", "legacy_api", "magazine_api", "storefront_api")
every_application = pytest.mark.parametrize("name", APPLICATIONS)
DEVELOPMENT = {"mode": "development"}


@functools.cache
def document(name: str, order: int = 1) -> dict[str, Any]:
    """Return the document of an application; ``order`` is how its machine finds plugins."""
    with Deployment(DEVELOPMENT, installed()[::order], name) as deployment:
        documentation = deployment.registry.applications[name].documentation
        assert documentation is not None
        return documentation.made()


def test_every_application_is_there() -> None:
    """An application that is new is tested, too."""
    found = {each.name for each in installed() if each.group == "glue.applications"}

    assert found == set(APPLICATIONS)


@every_application
def test_document_is_openapi(name: str) -> None:
    """A document is what the specification of OpenAPI asks for."""
    validate(document(name))


@every_application
def test_references_lead_somewhere(name: str) -> None:
    """Every reference names a part of the document, and every shared part is used."""
    whole = document(name)
    found = set(references(whole))
    shared = {
        f"#/components/{room}/{each}"
        for room in ("schemas", "parameters", "responses")
        for each in whole["components"].get(room, ())
    }

    assert found == shared


def nameless(part: Any, where: str = "", *, is_shared: bool = False) -> Iterator[str]:
    """Yield where there are objects that no shared schema is."""
    if isinstance(part, dict):
        if not is_shared and isinstance(part.get("properties"), dict) and "type" in part:
            yield where
        for name, each in part.items():
            place = f"{where}/{name}"
            yield from nameless(each, place, is_shared=where == "/components/schemas")
    elif isinstance(part, list):
        for index, each in enumerate(part):
            yield from nameless(each, f"{where}/{index}")


@every_application
def test_every_object_has_a_name(name: str) -> None:
    """Generated code has a class for each object, with the name that the document gives it."""
    assert list(nameless(document(name))) == []


@every_application
def test_names_need_no_numbers(name: str) -> None:
    """No two declarations want the name of one schema: a number would change with plugins."""
    schemas = document(name)["components"]["schemas"]

    assert [each for each in schemas if each[-1].isdigit() and each[:-1] in schemas] == []


@every_application
def test_tags_say_what_they_are_about(name: str) -> None:
    """Every tag has a description: that of a type, or of the routes that are listed under it."""
    assert [each["name"] for each in document(name)["tags"] if not each.get("description")] == []


@every_application
def test_operations_have_ids_and_texts(name: str) -> None:
    """Ids of operations are unique, and each operation says in one line what it does."""
    operations = [
        item[method]
        for item in document(name)["paths"].values()
        for method in METHODS
        if method in item
    ]
    ids = Counter(each["operationId"] for each in operations)

    assert operations
    assert max(ids.values()) == 1
    assert [each["operationId"] for each in operations if not each.get("summary")] == []


@every_application
def test_order_of_installation_means_nothing(name: str) -> None:
    """A machine that finds plugins in another order writes the same bytes."""
    assert write_json(document(name)) == write_json(document(name, -1))


@every_application
def test_every_error_has_a_document(name: str) -> None:
    """What is refused is said in a document of each convention."""
    shared = document(name)["components"]["responses"]
    errors = [each for each in shared.values() if "x-error-codes" in each]

    assert errors
    assert all(each["content"] for each in errors)
