"""A listener: one contribution to what happens around the requests of an application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from glue_core.messages import GlueApiContext, GlueRequest

if TYPE_CHECKING:
    from glue_core.application import ApiApplication


@dataclass(slots=True)
class ResponseEvent:
    """An answer on its way out, whoever gave it: the flow, another application, or the host.

    Attributes:
        status: HTTP status.
        headers: Headers by lower-case name. They may be changed until the answer is sent, not
            after. ``set-cookie`` is not among them: it cannot be one text.
        environ: The WSGI environment of the request.
        request_id: Id of the request, echoed to the client.
        application: Name of the application, or None where none was selected.
        request: The request, or None where the answer did not come from the flow.
    """

    status: int
    headers: dict[str, str]
    environ: Mapping[str, Any]
    request_id: str
    application: str | None = None
    request: GlueRequest | None = None


Notice = Callable[[ResponseEvent], None]
"""Hears of an answer: before it is sent, or after. What it raises is logged and nothing more."""


class DefaultHeaders:
    """A notice that adds headers which nobody set, the same to every answer.

    Where nobody hears of an answer after it, they are put behind the headers without being asked.

    Attributes:
        headers: Values by lower-case name.
    """

    __slots__ = ("headers",)

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = dict(headers)

    def __call__(self, event: ResponseEvent) -> None:
        """Add the headers."""
        for name, value in self.headers.items():
            event.headers.setdefault(name, value)


Call = Callable[[], None]
"""Does something when a process starts or stops to serve."""

Expand = Callable[[GlueApiContext, Mapping[str, Any]], GlueApiContext]
"""Fills in the context that selects an application, from the WSGI environment."""

LogFields = Callable[[], Mapping[str, Any]]
"""Returns fields of the log line that this thread writes, by their names."""

Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Listener(Generic[Run]):
    """One contribution to what happens around requests; its id is its plugin's and its name.

    Attributes:
        name: Name, unique in the plugin and the hook.
        bind: Called once per application at start-up, and with None for what the host answers
            itself. It returns the callable, or None: then the listener costs nothing there.
        before: Names or ids of listeners that come later. ``"x"`` must exist, ``"x?"`` may be
            absent.
        after: Names or ids of listeners that come earlier, spelled alike.
    """

    name: str
    bind: Callable[[ApiApplication | None], Run | None]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
