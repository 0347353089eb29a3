"""What a caller may not know is not in their document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glue_core import (
    Decision,
    Identity,
    IdentityReader,
    Operation,
    Policy,
    Protection,
    Strategy,
)
from tests.openapi.conftest import Describe
from tests.openapi.library import AUTHORS, BOOKS, answer, operations

NOBODY: frozenset[str] = frozenset()
BOOK = "/books/{booksId}"
LEND = Protection(("oauth-user-scope",), scopes=("lend",))


def read(value: str, request: Any) -> Identity:
    """Return who a header names."""
    return Identity("user", value, 1)


def readers() -> list[IdentityReader]:
    """Return readers of two kinds of callers."""
    return [
        IdentityReader("person", "x-person", read, kinds=("user",)),
        IdentityReader("machine", "x-machine", read, kinds=("client",), parameter="key"),
    ]


def restricted() -> list[Operation]:
    """Return the operations with a cost that not everybody knows."""
    books = replace(BOOKS, restricted={"cost": ("buyer",), "sequels": ("buyer",)})
    found = [replace(e, resource=books) if e.resource is BOOKS else e for e in operations()]
    return [
        replace(each, sorts=("title", "cost"), filters=("title", "cost"))
        if each.method == "getCollection"
        else each
        for each in found
    ]


@pytest.mark.parametrize(("grants", "shown"), [(NOBODY, False), (frozenset({"buyer"}), True)])
def test_hidden_names(describe: Describe, grants: frozenset[str], shown: bool) -> None:
    """An attribute and a relationship are hidden wherever they could show."""
    document = describe(glue_resources=restricted, grants=grants)
    text = str(document)

    assert ("'cost'" in text) is shown
    assert ("books.cost" in text) is shown
    assert ("sequels" in text) is shown
    assert "'title'" in text


def test_everything(describe: Describe) -> None:
    """A document of everything knows no restriction."""
    assert "'cost'" in str(describe(glue_resources=restricted))


@pytest.mark.parametrize(
    ("grants", "shown"),
    [
        (NOBODY, False),
        (frozenset({"@user"}), False),
        (frozenset({"@user", "lend"}), True),
        (None, True),
    ],
)
def test_operations_that_cannot_be_called(
    describe: Describe, grants: frozenset[str] | None, shown: bool
) -> None:
    """An operation is there for who gets in."""
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "authors", AUTHORS),
            Operation("delete", answer, "authors", AUTHORS, protection=LEND),
        ],
        glue_identity_readers=readers,
        grants=grants,
    )

    assert ("delete" in document["paths"]["/authors/{authorsId}"]) is shown


def test_hidden_type(describe: Describe) -> None:
    """A type that a policy hides has no operation, and nothing leads to it."""

    def decide(grants: frozenset[str], type_: str, name: str, action: str) -> Decision:
        return type_ != "authors"

    document = describe(
        glue_authorization_policies=lambda: [Policy("no-authors", decide)], grants=NOBODY
    )

    schemas = document["components"]["schemas"]

    assert "/books" in document["paths"]
    assert "/authors/{authorsId}" not in document["paths"]
    assert [name for name in schemas if name.startswith("Authors")] == []
    assert list(schemas["BooksRelationships"]["properties"]) == ["sequels"]
    assert "fields[authors]" not in str(document)


def test_requirements(describe: Describe) -> None:
    """Schemes are those that can prove who is let in, with a scope that is enough."""
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "authors", AUTHORS),
            Operation("patch", answer, "authors", AUTHORS, protection=Protection(kinds=("user",))),
            Operation(
                "delete",
                answer,
                "authors",
                AUTHORS,
                protection=Protection(scopes=("lend", "sell"), kinds=("user",)),
            ),
            Operation("post", answer, "authors", AUTHORS, protection=Protection(("odd-hour",))),
        ],
        glue_identity_readers=readers,
        glue_authorization_strategies=lambda: [
            Strategy("odd-hour", authorize=lambda request, protection: False)
        ],
    )
    item = document["paths"]["/authors/{authorsId}"]

    assert item["get"]["security"] == []
    assert item["patch"]["security"] == [{"person": []}]
    assert item["delete"]["security"] == [{"person": ["lend"]}, {"person": ["sell"]}]
    assert document["paths"]["/authors"]["post"]["security"] == [
        {"machine": []},
        {"machineInQuery": []},
        {"person": []},
    ]
    assert document["components"]["securitySchemes"]["machineInQuery"] == {
        "type": "apiKey",
        "in": "query",
        "name": "key",
    }
    assert {"401", "403"} <= set(item["patch"]["responses"])
