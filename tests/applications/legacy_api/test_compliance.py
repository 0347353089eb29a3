"""The old application against the rules for applications that answer by themselves."""

from __future__ import annotations

import orjson
import pytest

from glue_core.registry.discovery import Source
from glue_core.testing import installed
from glue_core.testing.agnostic import AgnosticApplicationCompliance, AgnosticSample, Call

READ = {"accept": "application/vnd.api+json"}
WRITE = {**READ, "content-type": "application/vnd.api+json"}
BOX = orjson.dumps({"data": {"type": "boxes", "attributes": {"name": "a"}}})
SECRET = orjson.dumps({"data": {"type": "secrets", "attributes": {"name": "a"}}})


class TestLegacy(AgnosticApplicationCompliance):
    """The old application follows the rules, and only its own secrets need a token."""

    @pytest.fixture
    def sample(self, sources: list[Source]) -> AgnosticSample:
        """Say what may be called: what there is and is not, written and read, open and not."""
        calls = (
            Call("GET", "/boxes", headers=READ),
            Call("GET", "/boxes/2?include=lid,content&fields[boxes]=name", headers=READ),
            Call("GET", "/boxes/none", 404, headers=READ),
            Call("GET", "/boxes/2/lids", headers=READ),
            Call("POST", "/boxes", 201, BOX, WRITE),
            Call("PATCH", "/boxes/2", 200, BOX, WRITE),
            Call("DELETE", "/boxes/2", 204, headers=READ),
            Call("GET", "/guests/1", headers=READ),
            Call("GET", "/secrets/1", headers=READ, is_guarded=True),
            Call("POST", "/secrets", 201, SECRET, WRITE, is_guarded=True),
        )
        # The application comes with its plugin, from the distribution that brings both.
        others = [each for each in sources if each.name != "legacy_api"]
        plugins = [*installed("legacy_api"), *others]
        headers = {"authorization": "Bearer anna"}
        return AgnosticSample("legacy_api", plugins, calls, headers=headers)
