"""The convention against the rules for every convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from {{ cookiecutter.__package }} import {{ cookiecutter.__constant }}
from glue_core import Convention
from glue_core.testing.conventions import (
    ConventionCompliance,
    ConventionReader,
    Shown,
    ShownError,
    ShownPage,
)


class Reader(ConventionReader):
    """Reads the documents as a client would."""

    error_types = ("application/problem+json",)
    malformed = (
        b'{"attributes": []}',
        b'{"text": "the attributes are missing"}',
        b'{"attributes": {}, "attributes": {}}',
    )

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return the body of a write."""
        return orjson.dumps({"attributes": attributes})

    def resource(self, document: Any) -> Shown:
        """Return what an object shows."""
        return Shown(document["attributes"], id=document["id"], type=document["type"])

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return the resources of a collection."""
        return [self.resource(each) for each in document["items"]]

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the errors of a problem document."""
        return [
            ShownError(
                each["status"],
                each.get("code"),
                each["detail"],
                each.get("pointer"),
                each.get("parameter"),
                each.get("header"),
            )
            for each in document["errors"]
        ]

    def page(self, document: Any) -> ShownPage:
        """Return the links to other pages, and the total."""
        links = {name: each for name, each in document["page"]["links"].items() if name != "self"}
        return ShownPage(links, document["page"]["total"])

    def included(self, document: Any) -> Sequence[Sequence[Shown]]:
        """Return the one group of included resources."""
        return [[self.resource(each) for each in document.get("included", [])]]

    def related(self, document: Any, index: int, name: str) -> Sequence[str] | None:
        """Return the ids of what a resource of a collection is related to."""
        held = document["items"][index]["related"][name]
        if held is None:
            return None
        return [each["id"] for each in (held if isinstance(held, list) else [held])]


class TestCompliance(ConventionCompliance):
    """The convention follows the rules."""

    @pytest.fixture
    def convention(self) -> Convention:
        """Return the convention."""
        return {{ cookiecutter.__constant }}

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads its documents."""
        return Reader()
