"""Validation: one status for several errors, and which parameters are known."""

from __future__ import annotations

import pytest

from glue_core import GlueError, GlueRequestValidation
from glue_core.validation import refused, status_of


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [((404,), 404), ((422, 422), 422), ((409, 422), 400), ((422, 503), 500), ((500, 503), 500)],
)
def test_one_status_for_several_errors(statuses: tuple[int, ...], expected: int) -> None:
    """Equal statuses are kept; different ones become the general status of their class."""
    assert status_of([GlueError(each) for each in statuses]) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (GlueRequestValidation(False, 403, (GlueError(404),)), 403),
        (GlueRequestValidation(False, None, (GlueError(404),)), 404),
        (GlueRequestValidation(False), 400),
    ],
)
def test_status_of_a_refusal(found: GlueRequestValidation, expected: int) -> None:
    """A refusal has its own status, else that of its errors, else 400."""
    response = refused(found)

    assert response.http_status == expected
    assert response.request_validation is found
