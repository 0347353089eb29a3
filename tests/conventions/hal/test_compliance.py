"""HAL against the rules for every convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

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
from glue_hal import HAL


class HalReader(ConventionReader):
    """Reads HAL: a resource is known by its ``self`` link."""

    error_types = ("application/problem+json",)
    malformed = (b'{"_links": {}, "_links": {}}',)

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return the attributes."""
        return orjson.dumps(attributes)

    def resource(self, document: Any) -> Shown:
        """Return the attributes, with type and id from the link."""
        address = document["_links"]["self"]["href"].removeprefix("http://localhost/")
        type_, id_ = address.split("/")
        attributes = {name: document[name] for name in document if not name.startswith("_")}
        return Shown(attributes, id=unquote(id_), type=unquote(type_))

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return what is embedded under the one type."""
        [resources] = document["_embedded"].values()
        assert isinstance(resources, list)
        return [self.resource(each) for each in resources]

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the member ``errors`` of a problem."""
        assert {"type", "title", "status", "instance"} <= set(document)
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
        """Return the links beside ``self``, and the total."""
        links = {name: each["href"] for name, each in document["_links"].items() if name != "self"}
        return ShownPage(links, document["total"])

    def included(self, document: Any) -> Sequence[Sequence[Shown]]:
        """Return a group for each parent and relationship, at every depth."""
        groups: list[list[Shown]] = []

        def walk(resource: Any) -> None:
            for held in resource.get("_embedded", {}).values():
                several = held if isinstance(held, list) else [held]
                groups.append([self.resource(each) for each in several])
                for each in several:
                    walk(each)

        [resources] = document["_embedded"].values()
        for each in resources:
            walk(each)
        return groups

    def related(self, document: Any, index: int, name: str) -> Sequence[str] | None:
        """Return the ids of what is embedded in a resource."""
        [resources] = document["_embedded"].values()
        held = resources[index].get("_embedded", {}).get(name)
        if held is None:
            return None
        several = held if isinstance(held, list) else [held]
        return [self.resource(each).id or "" for each in several]


class TestHal(ConventionCompliance):
    """HAL follows the rules for conventions."""

    @pytest.fixture
    def convention(self) -> Convention:
        """Return HAL."""
        return HAL

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads HAL."""
        return HalReader()
