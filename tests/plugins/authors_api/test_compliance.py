"""The authors against the rules for every resource."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import Deployment
from glue_core.testing.resources import ResourceCompliance, ResourceSample

UNKNOWN = "00000000-0000-4000-8000-00000000ffff"


class TestAuthors(ResourceCompliance):
    """The authors follow the rules."""

    @pytest.fixture
    def deployment(self, on_sqlite: Any) -> Deployment:
        """Return the deployment of an empty magazine."""
        deployment: Deployment = on_sqlite.deployment
        return deployment

    @pytest.fixture
    def sample(self, on_sqlite: Any) -> ResourceSample:
        """Write three authors."""
        ids = []
        for number, name in enumerate(("Ada", "Berta", "Carla"), 1):
            attributes = {
                "name": name,
                "email": f"{name.lower()}@example.org",
                "joinedOn": f"2020-01-0{number}",
            }
            data = {
                "type": "authors",
                "id": f"00000000-0000-4000-8000-00000000000{number}",
                "attributes": attributes,
            }
            created = on_sqlite.client.post("/authors", json={"data": data})
            ids.append(created.json["data"]["id"])
        return ResourceSample(
            "magazine_api",
            "authors",
            ids=ids,
            unknown_id=UNKNOWN,
            create={"name": "Dora", "email": "dora@example.org", "joinedOn": "2021-02-03"},
            change={"name": "Ada Byron"},
        )
