"""Answers to preconditions that failed, and to writes that somebody else was faster than."""

from __future__ import annotations

from glue_core import codes
from glue_core.errors import Problem
from glue_core.messages import GlueError, GlueRequest

MISSING = "If-Match header is missing."
INVALID = "If-Match header value is invalid."
EXISTS = "If-None-Match header value fits what is there already."
STATELESS = "Nothing here has a state that this header could be held against. Leave it out."
PRECONDITIONS = ("If-Match", "If-None-Match")


def failed(header: str, message: str) -> Problem:
    """Return 412: the state is another than the client believes."""
    return Problem(412, [one(412, codes.MATCH_FAILED, header, message)])


def one(status: int, code: str, header: str, message: str, kind: str | None = None) -> GlueError:
    """Return an error that a header is at fault for."""
    return GlueError(status=status, code=code, message=message, header=header, kind=kind)


def lost_race(error: BaseException, request: GlueRequest) -> Problem | None:
    """Return the answer to a write that somebody else was faster than, or None for other errors.

    A version column notices at the latest when the changes are written.
    """
    if type(error).__name__ != "StaleDataError":
        return None
    from sqlalchemy.orm.exc import StaleDataError

    if not isinstance(error, StaleDataError):
        return None
    if request.header("if-match") is not None:
        return failed("If-Match", INVALID)
    text = "It was changed meanwhile. Read it and try again."
    return Problem(409, [GlueError(status=409, code=codes.CHANGED_MEANWHILE, message=text)])
