"""What a request costs in calls of Python functions, against the committed figures."""

from collections.abc import Callable, Iterator

import pytest

from benchmarks.counting import ALLOWED_GROWTH, VERSION, calls_of, committed
from benchmarks.workloads import Workload, differing, workloads

NAMES = (
    "one",
    "page",
    "compound",
    "create",
    "create, invalid",
    "unknown",
    "one, with token",
    "one, 200 plugins",
)


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Workload]]:
    """The workloads by name."""
    with workloads() as made:
        yield {each.name: each for each in made}


def test_every_workload_is_known(found: dict[str, Workload]) -> None:
    """No workload is left out of the tests below."""
    assert tuple(found) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_sides_answer_alike(found: dict[str, Workload], name: str) -> None:
    """A ratio is only worth something where both sides say the same."""
    assert differing(found[name]) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_request_makes_no_more_calls(found: dict[str, Workload], name: str) -> None:
    """A workload has at most five percent more calls than were committed.

    A change that is worth it says so by ``python -m benchmarks --commit``.
    """
    figures = committed()
    if figures is None:
        pytest.skip(f"No figures are committed for Python {VERSION}.")

    assert calls_of(found[name]) <= figures[name] * ALLOWED_GROWTH


def test_calls_are_counted(found: dict[str, Workload]) -> None:
    """Three more calls per request are three more in the figure."""
    one = found["one"]

    def more() -> None:
        return None

    def slower(environ: object, start_response: object) -> object:
        more()
        more()
        return one.measured(environ, start_response)  # type: ignore[arg-type]

    slowed = Workload(one.name, one.requests, slower, one.yardstick)  # type: ignore[arg-type]

    assert calls_of(slowed) == pytest.approx(calls_of(one) + 3, abs=0.5)


def test_different_answers_are_told(found: dict[str, Workload]) -> None:
    """Where one side answers something else, the difference is told."""
    one, unknown = found["one"], found["unknown"]
    mixed = Workload(one.name, unknown.requests[:1] + one.requests[:1], one.measured, wrong)

    assert "404" in (differing(mixed) or "")


def wrong(environ: object, start_response: Callable[..., object]) -> list[bytes]:
    """Answer everything with an empty document."""
    start_response("200 OK", [])
    return [b"{}"]
