"""The resource against the rules for every resource."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core.testing import Deployment
from glue_core.testing.resources import ResourceCompliance, ResourceSample


class TestCompliance(ResourceCompliance):
    """The resource follows the rules."""

    @pytest.fixture
    def sample(self, deployment: Deployment, put: Callable[..., None]) -> ResourceSample:
        """Write three documents."""
        put({id_: {"name": f"Name of {id_}"} for id_ in ("1", "2", "3")})
        return ResourceSample("tested", "{{ cookiecutter.type }}", ids=("1", "2", "3"))
