"""``glue migrate``."""

from __future__ import annotations

from typing import Any


def test_check_of_a_new_database_fails(glue: Any) -> None:
    """'--check' exits with 1 and names what is missing."""
    result = glue("migrate", "--check")

    assert result.exit_code == 1
    assert "missing  glue_0001" in result.stdout


def test_check_after_migrating_succeeds(glue: Any) -> None:
    """After 'glue migrate' nothing is missing."""
    glue("migrate")

    assert glue("migrate", "--check").exit_code == 0


def test_migrating_twice_applies_nothing(glue: Any) -> None:
    """The second run finds it done."""
    first, second = glue("migrate"), glue("migrate")

    assert "applied  glue_0001" in first.stdout
    assert second.stdout == "The database is up to date.\n"
