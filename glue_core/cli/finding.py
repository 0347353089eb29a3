"""What a check of ``glue doctor`` found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OK = "ok"
WARNING = "warning"
ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check.
        level: ``ok``, ``warning`` or ``error``.
        message: What was found, and for an error what to do.
    """

    check: str
    level: str
    message: str


def finding_of(check: str, found: Sequence[str], fine: str, what: str) -> Finding:
    """Return a warning with a line for each thing that was found, or that all is fine.

    Args:
        check: Name of the check.
        found: The things.
        fine: What to say where there is none.
        what: What they are, to stand above them.
    """
    if not found:
        return Finding(check, OK, fine)
    return Finding(check, WARNING, "\n".join((what, *found)))
