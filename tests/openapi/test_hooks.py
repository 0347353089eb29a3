"""What plugins add to the documentation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import ConfigurationError, DocumentFormatter, Listener
from glue_core.testing import Client, Deployment, in_memory

DEVELOPMENT = {"mode": "development"}
Deploy = Callable[..., Deployment]


def noting(word: str) -> Callable[..., None]:
    """Return an expander that adds a word."""

    def expand(document: dict[str, Any], grants: frozenset[str] | None) -> None:
        document.setdefault("x-words", []).append(word)
        document["x-grants"] = None if grants is None else sorted(grants)

    return expand


def test_expanders_change_the_document_in_order(deploy: Deploy) -> None:
    """Expanders run in the order that they declare, whatever their names."""
    deployment = deploy(
        glue_documentation_expanders=lambda: [
            Listener("a", lambda application: noting("last"), after=("b",)),
            Listener("b", lambda application: noting("first")),
            Listener("c", lambda application: None),
        ]
    )
    documentation = deployment.registry.applications["library"].documentation
    assert documentation is not None

    assert documentation.document()["x-words"] == ["first", "last"]
    assert documentation.document()["x-grants"] is None
    assert documentation.document(frozenset({"a"}))["x-grants"] == ["a"]


def test_formatters_are_served_and_named(deploy: Deploy) -> None:
    """A format has a path of its own, and its media type."""
    text = DocumentFormatter("txt", "text/plain", lambda document: b"Books!")
    deployment = deploy(settings=DEVELOPMENT, glue_documentation_formatters=lambda: [text])

    response = Client(deployment.applications["library"]).get("/docs.txt")

    assert (response.text, response.headers["content-type"]) == ("Books!", "text/plain")


def test_two_formats_of_one_name(deploy: Deploy) -> None:
    """Two plugins cannot both write JSON."""
    own = DocumentFormatter("json", "application/json", lambda document: b"")

    with pytest.raises(ConfigurationError, match="formats of documentation 'json'"):
        deploy(glue_documentation_formatters=lambda: [own])


def test_document_is_made_once(deploy: Deploy) -> None:
    """What was made is kept, for each set of grants."""
    made: list[object] = []
    count = Listener("count", lambda application: lambda document, grants: made.append(grants))
    deployment = deploy(glue_documentation_expanders=lambda: [count])
    documentation = deployment.registry.applications["library"].documentation
    assert documentation is not None

    for _ in range(3):
        documentation.document()
        documentation.document(frozenset())

    assert made == [None, frozenset()]


def test_voters_have_it_made_anew(deploy: Deploy) -> None:
    """One voter is enough."""
    votes = [False, True, False]
    made: list[object] = []
    deployment = deploy(
        in_memory(
            "glue.plugins.library",
            "voters",
            glue_documentation_voters=lambda: [
                Listener("never", lambda application: lambda: False),
                Listener("votes", lambda application: lambda: votes.pop(0)),
            ],
        ),
        glue_documentation_expanders=lambda: [
            Listener("count", lambda application: lambda document, grants: made.append(grants))
        ],
    )
    documentation = deployment.registry.applications["library"].documentation
    assert documentation is not None

    counts = []
    for _ in range(3):
        documentation.document()
        counts.append(len(made))

    assert counts == [1, 2, 2]


def test_formatter_cannot_spoil_what_is_kept(deploy: Deploy) -> None:
    """A formatter may change what it gets: nobody else sees it."""

    def empty(document: dict[str, Any]) -> bytes:
        document.clear()
        return b""

    spoiler = DocumentFormatter("void", "text/plain", empty)
    deployment = deploy(settings=DEVELOPMENT, glue_documentation_formatters=lambda: [spoiler])
    client = Client(deployment.applications["library"])

    client.get("/docs.void")

    assert client.get("/docs.json").json["openapi"] == "3.1.0"
