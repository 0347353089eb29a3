"""What every test starts from."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings in the environment of whoever runs the tests mean nothing to them."""
    for name in [each for each in os.environ if each.startswith("GLUE_")]:
        monkeypatch.delenv(name)
