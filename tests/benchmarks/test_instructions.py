"""Instructions per request."""

from benchmarks.parts.instructions import per_request


def test_start_falls_out() -> None:
    """What all forks inherit, and what grows from one to the next, is not counted."""
    start, growth, each = 1_000_000, 500, 300
    counts = [start + 10 * each, start + growth + 20 * each, start + 2 * growth + 10 * each]

    assert per_request(counts, 10) == each
