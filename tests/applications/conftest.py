"""What the tests of all applications have in common."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def answers_are_documented(glue_documented_answers: None) -> None:
    """What an application answers is what the generated documentation says."""
