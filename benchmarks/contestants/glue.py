"""Glue: the storefront and the magazine of the benchmarks, each called for its own paths."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import press, shop
from benchmarks.driving import Wsgi

OTHERS = 5
"""Plugins that have nothing to do with a request."""


def application(stack: ExitStack) -> Wsgi:
    """Return the WSGI application.

    Args:
        stack: Closes what is opened.
    """
    folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
    storefront = stack.enter_context(shop.deployment(folders[0], OTHERS))
    magazine = stack.enter_context(press.deployment(folders[1]))
    reading = storefront.applications[shop.APPLICATION]
    writing = magazine.applications[press.APPLICATION]

    def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = writing if environ["PATH_INFO"] == "/articles" else reading
        answer: Iterable[bytes] = chosen(environ, start_response)
        return answer

    return either
