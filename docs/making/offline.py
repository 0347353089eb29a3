"""Looks through a built site for whatever a browser would fetch from elsewhere."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

FETCHING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
"""Attributes by element whose addresses a browser fetches by itself."""

ALLOWED_LINKS = frozenset({"canonical"})
"""Relations of ``link`` that only say something."""

_ELSEWHERE = re.compile(r"^(?:https?:)?//")
_IN_STYLES = re.compile(r"""(?:url\(|@import)\s*['"]?((?:https?:)?//[^'")\s]+)""")


class _Page(HTMLParser):
    """Collects the addresses that a page fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        if tag == "link" and values.get("rel") in ALLOWED_LINKS:
            return
        for name in FETCHING.get(tag, ()):
            if _ELSEWHERE.match(values.get(name, "").strip()):
                self.found.append(values[name])
        self.found += _IN_STYLES.findall(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.found += _IN_STYLES.findall(data)


def fetched(text: str, *, is_style: bool = False) -> list[str]:
    """Return the addresses elsewhere that a page, or a style sheet, would have fetched.

    Args:
        text: The page or the sheet.
        is_style: Whether it is a sheet.
    """
    if is_style:
        return _IN_STYLES.findall(text)
    page = _Page()
    page.feed(text)
    return page.found


def problems(site: Path) -> Iterator[str]:
    """Yield a line for each address elsewhere that a file of a site has fetched."""
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css", ".svg"):
            text = path.read_text(encoding="utf-8")
            for address in fetched(text, is_style=path.suffix == ".css"):
                yield f"{path.relative_to(site)} fetches {address}"


if __name__ == "__main__":
    found = list(problems(Path(sys.argv[1])))
    sys.exit("\n".join(found) or 0)
