"""The articles against the rules for every resource."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import Deployment
from glue_core.testing.resources import ResourceCompliance, ResourceSample

UNKNOWN = "00000000-0000-4000-8000-00000000ffff"


class TestArticles(ResourceCompliance):
    """The articles follow the rules."""

    @pytest.fixture
    def deployment(self, on_sqlite: Any) -> Deployment:
        """Return the deployment of an empty magazine."""
        deployment: Deployment = on_sqlite.deployment
        return deployment

    @pytest.fixture
    def sample(self, on_sqlite: Any) -> ResourceSample:
        """Write three articles, the first of which has an author."""
        author = on_sqlite.author()
        ids = [
            on_sqlite.article(
                title,
                author if number == 1 else None,
                tags=["lamps", title.lower()],
                readingMinutes=number,
                publishedAt=f"2020-01-0{number}T00:00:00Z",
            )
            for number, title in enumerate(("Arcs", "Bulbs", "Candles"), 1)
        ]
        shown = on_sqlite.client.get("/articles").json["data"]
        first = ids[0]
        ids = [each["id"] for each in shown]
        return ResourceSample(
            "magazine_api",
            "articles",
            ids=ids,
            unknown_id=UNKNOWN,
            create={"title": "Dynamos", "body": "They hum.", "tags": [], "readingMinutes": 4},
            change={"title": "Darkness", "tags": ["night"]},
            filters={"author": (author, [first])},
        )
