"""Formatting: what every response gets, whatever the convention, and failures as responses."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from http import HTTPStatus

from glue_core import codes
from glue_core.errors import Problem, ServiceUnavailable
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueError, GlueRequest, GlueResponse
from glue_core.operation import Operation
from glue_core.preconditions import lost_race
from glue_core.step import Format, Step

LOG = logging.getLogger("glue")

STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
STATUS_LINES[413] = "413 Content Too Large"
STATUS_LINES[422] = "422 Unprocessable Content"
"""Status lines with the reason phrases of RFC 9110, which the standard library has not yet."""


NEGOTIATED = ("Accept", "Content-Type")
"""Headers that select the convention, the format and the version of an answer."""


def status_line(status: int) -> str:
    """Return the status line of a code, known or not."""
    return STATUS_LINES.get(status) or f"{status} Unknown"


@lru_cache(maxsize=1024)
def varying(present: str | None, names: tuple[str, ...]) -> str:
    """Return the value of ``Vary`` with further names; what is there already is not repeated.

    Args:
        present: The value so far, or None.
        names: Names of request headers. Both come from code, never from a client: so few of them
            are different that the answers are kept.
    """
    found = present
    for name in names:
        if found is None:
            found = name
        elif name.lower() not in {each.strip().lower() for each in found.split(",")}:
            found = f"{found}, {name}"
    return found or ""


def add_vary(response: GlueResponse, *names: str) -> None:
    """Say that an answer depends on request headers."""
    response.meta["vary"] = varying(response.meta.get("vary"), names)


def failure(error: BaseException, request: GlueRequest) -> GlueResponse:
    """Make the response that an exception stands for.

    What a client may know is in a `Problem`. Everything else is logged once, with the id of the
    request, and answered without details.
    """
    if isinstance(error, Problem):
        response = GlueResponse(http_status=error.status, errors=error.errors)
        response.meta.update(error.headers)
        return response
    if (lost := lost_race(error, request)) is not None:
        return failure(lost, request)
    if isinstance(error, ServiceUnavailable):
        LOG.error("Request %s: %s", request.id, error)
        response = GlueResponse(
            http_status=503,
            errors=[
                GlueError(
                    status=503,
                    code=codes.SERVICE_UNAVAILABLE,
                    message="A service that this request needs is unavailable. Try again later.",
                )
            ],
        )
        response.meta["retry-after"] = str(error.retry_after)
        return response
    LOG.error("Request %s failed", request.id, exc_info=error)
    return GlueResponse(
        http_status=500,
        errors=[
            GlueError(
                status=500,
                code=codes.INTERNAL_ERROR,
                message="Something went wrong on the server. It was logged with the request's id.",
                id=request.id,
            )
        ],
    )


def _vary(operation: Operation) -> Format:
    """Name what negotiation and the steps read, also where a request had none of it.

    A cache looks at the stored answer: one in plain JSON that a request without ``Content-Type``
    got must not serve a request whose ``Content-Type`` selects a convention.

    Source:
        RFC 9110, section 12.5.5; RFC 9111, section 4.1.
    """
    names = (*NEGOTIATED, *operation.varies)
    alone = varying(None, names)

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        meta = response.meta
        meta["vary"] = varying(meta["vary"], names) if "vary" in meta else alone

    return format_


@hookimpl
def glue_response_formatters() -> Sequence[Step[Format]]:
    """Say what every answer depends on."""
    return [Step("vary", _vary)]
