"""The types, declared once: what makes fixtures, and what removes them."""

from __future__ import annotations

from collections.abc import Mapping

from glue_core import FixtureMaker, Resource
from glue_fixtures_backend_api.schemas import making, removing

FIXTURES, REMOVALS = "fixtures", "fixture-removals"


def fixtures(makers: Mapping[str, FixtureMaker], most: int) -> Resource:
    """Return the type of requests that make things."""
    text = "Things that a test needs."
    return Resource(FIXTURES, making(makers, most), id=None, description=text)


def removals(makers: Mapping[str, FixtureMaker], most: int) -> Resource:
    """Return the type of requests that remove things."""
    text = "Things that a test needs no more."
    return Resource(REMOVALS, removing(makers, most), id=None, description=text)
