"""The plain flow against the rules for every convention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest

from glue_core import Convention
from glue_core.plain import PLAIN
from glue_core.testing.conventions import (
    ConventionCompliance,
    ConventionReader,
    Shown,
    ShownError,
)


class PlainReader(ConventionReader):
    """Reads plain JSON: attributes alone."""

    shows_ids = False
    shows_types = False
    shows_pages = False
    includes = False
    single_differs = False

    def body(self, type_: str, attributes: Mapping[str, Any], id_: str | None = None) -> bytes:
        """Return the attributes."""
        return orjson.dumps(attributes)

    def resource(self, document: Any) -> Shown:
        """Return the one object of the list."""
        [attributes] = document
        return Shown(attributes)

    def collection(self, document: Any) -> Sequence[Shown]:
        """Return the objects of the list."""
        assert isinstance(document, list)
        return [Shown(each) for each in document]

    def errors(self, document: Any) -> Sequence[ShownError]:
        """Return the errors of the list."""
        return [
            ShownError(
                each["status"],
                each["code"],
                each["message"],
                each.get("pointer"),
                each.get("parameter"),
                each.get("header"),
            )
            for each in document
        ]


class SingularReader(PlainReader):
    """Reads plain JSON where the settings make one resource an object."""

    single_differs = True

    def resource(self, document: Any) -> Shown:
        """Return the object."""
        assert isinstance(document, dict)
        return Shown(document)


class TestPlain(ConventionCompliance):
    """The plain flow follows the rules for conventions."""

    @pytest.fixture
    def convention(self) -> Convention:
        """Return the plain flow."""
        return PLAIN

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads plain JSON."""
        return PlainReader()


class TestSingularPlain(TestPlain):
    """So does the plain flow whose settings make one resource an object."""

    @pytest.fixture
    def reader(self) -> ConventionReader:
        """Return what reads it."""
        return SingularReader()

    @pytest.fixture
    def convention_settings(self) -> Mapping[str, Any]:
        """Return the switch."""
        return {"plugins": {"plain": {"singular": "always"}}}
