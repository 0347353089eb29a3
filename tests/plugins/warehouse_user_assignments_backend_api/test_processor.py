"""What is refused, in the words of the resource."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, get_args

import pytest

from glue_core import Problem
from glue_warehouse_user_assignments_backend_api.processor import ERRORS, told
from glue_warehouse_users import AssignmentRefused, Reason, Refusal

REQUEST: Any = SimpleNamespace(
    operation=SimpleNamespace(spoken=SimpleNamespace(attributes_pointer="/data/attributes"))
)


def test_several_active_ones() -> None:
    """A request that would make several assignments of one user active is 400, code 5205."""
    with pytest.raises(Problem) as caught, told(REQUEST):
        raise AssignmentRefused([Refusal("too-many-active", 1)])

    (error,) = caught.value.errors
    assert (caught.value.status, error.status, error.code) == (400, 400, "5205")
    assert error.message == "User has too many active warehouse assignments."
    assert error.pointer == "/data/attributes/isActive"


def test_every_refusal_has_an_error() -> None:
    """There is an error for each reason of a refusal."""
    assert set(ERRORS) == set(get_args(Reason))
