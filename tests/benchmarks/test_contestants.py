"""Contestants in processes of their own."""

import sys
from pathlib import Path

import pytest

from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.environment import REQUIREMENTS
from benchmarks.parts.peers import _differing
from benchmarks.piping import Broken, Piped


def test_yardstick_follows_orders() -> None:
    """A process answers the requests of a workload, and times as many as it is told."""
    with Piped(Path(sys.executable), YARDSTICK) as piped:
        answers = piped.answers("one")
        took = piped.microseconds("one", 3)

    assert [status for status, _ in answers] == ["200 OK"] * 200
    assert b'"id":"199"' in answers[-1][1]
    assert took > 0


def test_process_that_cannot_run() -> None:
    """One that ends is told as such, not waited for."""
    with Piped(Path("/bin/false"), YARDSTICK) as piped, pytest.raises(Broken, match=YARDSTICK):
        piped.microseconds("one", 1)


def test_other_answers_are_told() -> None:
    """Who answers differently than the yardstick is named before anything is measured."""

    class Stranger(Piped):
        def __init__(self, name: str, body: bytes) -> None:
            self.name = name
            self._body = body

        def answers(self, workload: str) -> list[tuple[str, bytes]]:
            return [("200 OK", self._body)]

    document = b'{"data": {"type": "products", "id": "%d", "attributes": {}}}'
    falcon, good, bad = (
        Stranger(YARDSTICK, document % 1),
        Stranger("good", document % 1),
        Stranger("bad", document % 2),
    )

    assert _differing("one", [falcon, good]) is None
    assert (_differing("one", [falcon, good, bad]) or "").startswith("bad answers request 0")
    assert "worse" in (_differing("one", [falcon, Stranger("worse", b"<html>")]) or "")


def test_frameworks_have_exact_versions() -> None:
    """The environment of the others is the same everywhere, and has all that take part."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]

    assert [each for each in pairs if len(each) != 2] == []
    named = {name for name, _ in pairs}
    assert {d for each in CONTESTANTS.values() for d in each.distributions} <= named
