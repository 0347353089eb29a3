"""The navigation of the site: the lists of links on its pages, so that nothing says it twice.

A page that leads to others by a list of links is followed by these in the navigation. Such pages
are `docs/index.md`, the pages for readers that it lists, and the list of distributions. A page that
several lists name stands below the first of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST = "docs/index"
LISTING = (
    FIRST,
    "docs/plugin-authors",
    "docs/convention-authors",
    "docs/project-developers",
    "docs/operators",
    "docs/client-developers",
    "docs/distributions",
    "docs/contributors",
)
"""Pages whose lists are the navigation, in the order in which they take pages."""

_ITEM = re.compile(r"^(?:- |\| )\[[^\]]+\]\(([^)#:]+)\.md\)", re.MULTILINE)

_LINK = re.compile(r"\[([^\]]+)\]\(([^)#:\s]+)\)")


def listed(page: str) -> Iterator[str]:
    """Yield the pages that the list of a page leads to, from the root and without endings."""
    folder = Path(page).parent
    for target in _ITEM.findall((ROOT / f"{page}.md").read_text(encoding="utf-8")):
        yield os.path.normpath(folder / target).replace(os.sep, "/")


def below() -> Mapping[str, tuple[str, ...]]:
    """Return the pages below each page that lists some; every page is there once."""
    taken = {FIRST}
    found: dict[str, tuple[str, ...]] = {}
    for page in LISTING:
        names = tuple(each for each in dict.fromkeys(listed(page)) if each not in taken)
        found[page] = names
        taken.update(names)
    return found


def without_folders(page: str, text: str) -> str:
    """Let links to folders lead to the README in there; without one only their words stay."""

    def change(found: re.Match[str]) -> str:
        words, target = found.groups()
        folder = (ROOT / page).parent / target
        if not folder.is_dir():
            return found.group()
        return f"[{words}]({target}/README.md)" if (folder / "README.md").is_file() else words

    return _LINK.sub(change, text)


def setup(app: Sphinx) -> None:
    """Change the pages as Sphinx wants them: links to folders, and lists as navigation."""
    tree = below()

    def change(app: Sphinx, name: str, source: list[str]) -> None:
        source[0] = without_folders(name, source[0])
        names = tree.get(name)
        if names:
            entries = "\n".join(f"/{each}" for each in names)
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n\n{entries}\n```\n"

    app.connect("source-read", change)
