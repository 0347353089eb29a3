"""The ways from articles to authors and back against the rules for every relationship."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import Deployment
from glue_core.testing.relationships import RelationshipCompliance, RelationshipSample

UNKNOWN = "00000000-0000-4000-8000-00000000ffff"


class InMagazine(RelationshipCompliance):
    """Relationships in a magazine on SQLite."""

    @pytest.fixture
    def deployment(self, on_sqlite: Any) -> Deployment:
        """Return the deployment of an empty magazine."""
        deployment: Deployment = on_sqlite.deployment
        return deployment


class TestAuthor(InMagazine):
    """An article leads to its author."""

    @pytest.fixture
    def sample(self, on_sqlite: Any) -> RelationshipSample:
        """Write three articles, two of which have an author."""
        authors = [on_sqlite.author("Ada"), on_sqlite.author("Berta")]
        written = {
            on_sqlite.article("Arcs", authors[0]): [authors[0]],
            on_sqlite.article("Bulbs"): [],
            on_sqlite.article("Candles", authors[1]): [authors[1]],
        }
        shown = on_sqlite.client.get("/articles").json["data"]
        related = {each["id"]: written[each["id"]] for each in shown}
        return RelationshipSample(
            "magazine_api",
            "articles",
            "author",
            related,
            unknown_id=UNKNOWN,
            services=("database",),
        )


class TestArticles(InMagazine):
    """An author leads to their articles, the latest published first."""

    @pytest.fixture
    def sample(self, on_sqlite: Any) -> RelationshipSample:
        """Write three authors, one of whom has not written anything."""
        written: dict[str, list[str]] = {}
        for name, titles in (("Ada", ("Arcs", "Bulbs")), ("Berta", ()), ("Carla", ("Candles",))):
            author = on_sqlite.author(name)
            articles = [
                on_sqlite.article(title, author, publishedAt=f"2020-01-0{day}T00:00:00Z")
                for day, title in enumerate(titles, 1)
            ]
            written[author] = articles[::-1]
        shown = on_sqlite.client.get("/authors").json["data"]
        related = {each["id"]: written[each["id"]] for each in shown}
        return RelationshipSample(
            "magazine_api",
            "authors",
            "articles",
            related,
            unknown_id=UNKNOWN,
            services=("database",),
        )
