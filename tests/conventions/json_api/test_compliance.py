"""JSON:API against the rules for every convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from glue_core import Convention
from glue_core.testing.conventions import (
    ConventionCompliance,
    ConventionReader,
    Shown,
    ShownError,
    ShownPage,
)
from glue_json_api import JSON_API


class JsonApiReader(ConventionReader):
    """Reads JSON:API."""

    malformed = (
        b"{}",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": {"attributes": {}}}',
        b'{"data": {"type": 1, "id": "0", "attributes": {}}}',
        b'{"data": {"type": "things", "id": "0", "attributes": []}}',
    )

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return a resource object in its document."""
        data: dict[str, Any] = {"type": type_, "attributes": attributes}
        if id_ is not None:
            data["id"] = id_
        return orjson.dumps({"data": data})

    def _shown(self, data: Any) -> Shown:
        return Shown(data["attributes"], id=data["id"], type=data["type"])

    def resource(self, document: Any) -> Shown:
        """Return the primary resource object."""
        assert isinstance(document["data"], dict)
        return self._shown(document["data"])

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return the primary resource objects."""
        assert isinstance(document["data"], list)
        return [self._shown(each) for each in document["data"]]

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the error objects."""
        assert "data" not in document
        found = []
        for each in document["errors"]:
            source = each.get("source", {})
            found.append(
                ShownError(
                    int(each["status"]),
                    each.get("code"),
                    each.get("detail"),
                    source.get("pointer"),
                    source.get("parameter"),
                    source.get("header"),
                )
            )
        return found

    def page(self, document: Any) -> ShownPage:
        """Return the links of the document but ``self``, and the total."""
        names = ("first", "prev", "next", "last")
        links = {name: document["links"][name] for name in names if document["links"].get(name)}
        return ShownPage(links, document["meta"]["total"])

    def included(self, document: Any) -> Sequence[Sequence[Shown]]:
        """Return the one list of included resource objects."""
        return [[self._shown(each) for each in document["included"]]]

    def related(self, document: Any, index: int, name: str) -> Sequence[str] | None:
        """Return the ids in the linkage."""
        data = document["data"][index]["relationships"][name]["data"]
        if data is None:
            return None
        return [each["id"] for each in (data if isinstance(data, list) else [data])]


class TestJsonApi(ConventionCompliance):
    """JSON:API, to the letter of its specification, follows the rules for conventions."""

    @pytest.fixture
    def convention(self) -> Convention:
        """Return JSON:API."""
        return JSON_API

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads JSON:API."""
        return JsonApiReader()
