"""Requests inside a request: the whole flow of another operation, in the unit of work of the first.

A handler makes one with `GlueRequest.inside`. It is built, validated, controlled and written as if
it had come alone, save that it neither commits nor undoes: the request around it does, once. What
an inner request that fails did is undone to a savepoint, so its caller may go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_core.flow import Flow
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.validation import status_of

if TYPE_CHECKING:
    from glue_core.work import Work

NOT_HANDED_DOWN = ("content-", "if-", "transfer-encoding", "range")
"""Starts of the headers that speak of the outer body, or of the state at the outer path."""


class InnerSource:
    """Where an inner request comes from: the caller's headers, and a path and body of its own."""

    __slots__ = ("_content", "_format", "_headers", "_outer", "_query")

    def __init__(
        self,
        outer: GlueRequest,
        format_: str | None,
        query: str,
        content: bytes,
        headers: Mapping[str, str],
    ) -> None:
        self._outer = outer
        self._format = format_
        self._query = query
        self._content = content
        self._headers = headers

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name, or None."""
        if name == "content-type":
            return self._format
        if name in self._headers:
            return self._headers[name]
        return None if name.startswith(NOT_HANDED_DOWN) else self._outer.header(name)

    def headers(self) -> dict[str, list[str]]:
        """Return all headers; ``content-type`` is always there."""
        found = {"content-type": [self._format or ""]}
        for name, values in self._outer.meta.items():
            if not name.startswith(NOT_HANDED_DOWN):
                found[name] = list(values)
        for name, value in self._headers.items():
            if name != "content-type":
                found[name] = [value]
        return found

    def query_string(self) -> str:
        """Return the query of the address."""
        return self._query

    def attributes(self) -> Mapping[str, Any]:
        """Return what the transport knows of the outer request."""
        return self._outer.http_request_attributes

    def body(self) -> bytes:
        """Return the body."""
        return self._content


class SharedWork:
    """The unit of work of an outer request, lent to an inner one behind a savepoint.

    The savepoint is set when the inner request first asks for the work: an application without a
    database has inner requests as well.
    """

    def __init__(self, outer: GlueRequest) -> None:
        self._outer = outer
        self._stack = ExitStack()
        self._is_open = False

    def start(self, request: GlueRequest) -> Work:
        """Return the work of the outer request."""
        work = self._outer.work
        if self._is_open:
            self._stack.enter_context(work.savepoint())
        return work

    def __enter__(self) -> SharedWork:
        self._is_open = True
        return self

    def __exit__(self, *raised: Any) -> None:
        self._is_open = False
        self._stack.__exit__(*raised)


class _Refused(Exception):
    """Undoes what an inner request did that was answered with an error."""


@dataclass(frozen=True, slots=True)
class InnerRun:
    """A request that runs inside another.

    Attributes:
        flow: What answers it, or what refuses it, where its store has nothing else there.
        request: The request.
        shared: The unit of work that it uses.
    """

    flow: Flow
    request: GlueRequest
    shared: SharedWork

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the application answers this method at this address."""
        return self.flow.operation.refusal is not None and self.flow.stores is None

    def run(self) -> GlueResponse:
        """Answer the request; the response is written, and what it did is not durable yet.

        Nothing that a plugin does makes it raise. A status of 400 or more undoes what it did.
        """
        response, flow = None, self.flow
        try:
            with self.shared:
                flow = flow.chosen(self.request)
                response = flow.answer(self.request)
                if is_failure(response):
                    raise _Refused
                flow.write(response, self.request)
                if is_failure(response):
                    raise _Refused
        except _Refused:
            assert response is not None
            return self._written(response, flow)
        except Exception as error:
            response = flow.fail(error, self.request)
        return response

    def _written(self, response: GlueResponse, flow: Flow) -> GlueResponse:
        if response.content is not None:
            return response
        try:
            flow.write(response, self.request)
        except Exception as error:
            response = flow.fail(error, self.request)
        return response


def is_failure(response: GlueResponse) -> bool:
    """Say whether a response is an error, as the flow's end of the unit of work does."""
    if response.http_status is None:
        return bool(response.errors) and status_of(response.errors) >= 400
    return response.http_status >= 400
