"""Falcon's request and response, with no more filled in than the flow and Falcon itself read.

Falcon parses the query and sets some thirty attributes for responders that read one or two of them.
Ours is one responder, which reads the WSGI environment; so a request starts with what Falcon's
application reads, and a response takes its headers as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import falcon

SET_COOKIE = "set-cookie"


class FlowRequest(falcon.Request):
    """A request of which Falcon fills in the rest when somebody first asks for it."""

    __slots__ = ()

    def __init__(self, env: dict[str, Any], options: falcon.RequestOptions | None = None) -> None:
        self.env = env
        self.method = env["REQUEST_METHOD"]
        self.options = falcon.RequestOptions() if options is None else options
        # Every path leads to the flow, which reads it itself.
        self.path = "/"
        self.is_websocket = False

    def __getattr__(self, name: str) -> Any:
        """Let Falcon read the request; called only for a slot that is still empty."""
        super().__init__(self.env, self.options)
        return object.__getattribute__(self, name)


class FlowResponse(falcon.Response):
    """A response that is filled in at once."""

    __slots__ = ()

    def __init__(self, options: falcon.ResponseOptions | None = None) -> None:
        # All that `falcon.App` reads of a response.
        self.options = falcon.ResponseOptions() if options is None else options
        self.status = "200 OK"
        self.stream = None
        self._headers: dict[str, str] = {}
        self._extra_headers = None
        self._cookies = None
        self._data = None

    def take(self, status: str, headers: dict[str, str]) -> None:
        """Take status and headers, the latter by lower-case name.

        Args:
            status: Status line.
            headers: They stay the caller's; their values become text.
        """
        self.status = status
        mine = self._headers
        mine.update(headers)
        if SET_COOKIE in mine:
            self.append_header(SET_COOKIE, mine.pop(SET_COOKIE))
        try:
            "".join(mine.values())
        except TypeError:
            mine.update({name: str(value) for name, value in mine.items()})

    def show(self, content: bytes | Iterable[bytes], media_type: str | None) -> None:
        """Take the body.

        Args:
            content: Bytes, or an iterable of them.
            media_type: Its ``Content-Type``, or None for what the headers say.
        """
        if media_type is not None:
            self._headers["content-type"] = media_type
        if isinstance(content, bytes):
            self._data = content
        else:
            self.stream = content

    def render_body(self) -> bytes | None:
        """Return the body, where it is no stream."""
        return self._data
