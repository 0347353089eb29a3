"""What the tests of all applications have in common."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def answers_are_documented(request: pytest.FixtureRequest) -> None:
    """Answers are what the generated documentation says, those of the old application left out.

    It writes empty maps as lists, and answers without ids what other applications refuse.
    """
    if "legacy" not in request.node.nodeid:
        request.getfixturevalue("glue_documented_answers")
