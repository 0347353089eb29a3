"""The trace that a client names in its headers, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.context import Context, get_current
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Link

Incoming = Callable[[Mapping[str, Any]], tuple[Context, Sequence[Link]]]
"""Returns the context that a request begins in, and the links of its span."""


class _Headers(Getter[Mapping[str, Any]]):
    """Reads headers of a WSGI environment."""

    def get(self, carrier: Mapping[str, Any], key: str) -> list[str] | None:
        """Return the values of a header."""
        value = carrier.get(f"HTTP_{key.upper().replace('-', '_')}")
        return None if value is None else [value]

    def keys(self, carrier: Mapping[str, Any]) -> list[str]:
        """Return the names of all headers."""
        return [name[5:].lower().replace("_", "-") for name in carrier if name.startswith("HTTP_")]


_HEADERS = _Headers()


def incoming_of(setting: str) -> Incoming:
    """Return what becomes of the trace that a client names.

    Whoever may name the parent of a span decides which trace it belongs to, and whether it is
    kept: that is for callers who are known.

    Args:
        setting: ``ignore``, ``link`` or ``parent``.
    """
    return {"ignore": _ignored, "link": _linked, "parent": _followed}[setting]


def _ignored(environ: Mapping[str, Any]) -> tuple[Context, Sequence[Link]]:
    return get_current(), ()


def _linked(environ: Mapping[str, Any]) -> tuple[Context, Sequence[Link]]:
    named = propagate.extract(environ, Context(), _HEADERS)
    span = trace.get_current_span(named).get_span_context()
    return get_current(), [Link(span)] if span.is_valid else ()


def _followed(environ: Mapping[str, Any]) -> tuple[Context, Sequence[Link]]:
    return propagate.extract(environ, get_current(), _HEADERS), ()
