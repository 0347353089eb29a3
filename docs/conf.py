"""How Sphinx makes a site of the pages: the Markdown of the repository, where it lies.

Whatever leads nowhere, and whatever nothing leads to, is a warning, and a warning ends the build.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.making import navigation  # noqa: E402 - the path has to be there first

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Glue"
project_copyright = "the Glue contributors"
extensions = ["myst_parser"]
language = "en"

root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "applications/*/README.md",
    "benchmarks/README.md",
    "conventions/*/README.md",
    "plugins/*/README.md",
    "templates/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
]
# Folders that need not be looked through.
exclude_patterns = [".*", "**/.*", "**/node_modules", "glue_core", "templates/*/**", "tests"]

# Every heading can be led to, by the name that the forges of the world give it.
myst_heading_anchors = 4

# Examples are told by their first word; what the tests do with them is behind it.
highlight_language = "text"

html_theme = "pydata_sphinx_theme"
html_title = "Glue"
html_show_sourcelink = False
html_copy_source = False
html_additional_pages = {"index": "first.html"}
templates_path = ["making/templates"]
html_theme_options = {
    "logo": {"text": "Glue"},
    "navbar_align": "left",
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}


def setup(app: Sphinx) -> None:
    """Let the lists of the pages be the navigation of the site."""
    navigation.setup(app)
