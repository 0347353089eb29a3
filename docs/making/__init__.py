"""Makes pages of docs/ from the code, and a site of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent

PAGES: Mapping[str, str] = {
    "contract-rules.md": "docs.making.contract",
    "distributions.md": "docs.making.distributions",
    "endpoints.md": "docs.making.endpoints",
    "errors.md": "docs.making.errors",
    "hook-reference.md": "docs.making.hooks",
    "request.svg": "docs.making.request",
}
"""Files in docs/ that are made from the code, and the modules with the ``page`` of each."""


def made(name: str) -> str:
    """Return a page as the code is now."""
    text: str = import_module(PAGES[name]).page()
    return text


def write(name: str) -> None:
    """Write a page."""
    (DOCS / name).write_text(made(name), encoding="utf-8")


def stale() -> list[str]:
    """Return the names of the pages that are not as the code is."""
    return [name for name in PAGES if (DOCS / name).read_text(encoding="utf-8") != made(name)]
