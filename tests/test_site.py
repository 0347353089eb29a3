"""The site of docs/ is whole: every page has a place, and what leads nowhere ends the build."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.making import navigation, offline

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".*", "node_modules", "__pycache__", "var")

sphinx = pytest.mark.skipif(
    importlib.util.find_spec("sphinx") is None,
    reason="Sphinx is not installed; 'tox -e site' has it.",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script src="https://cdn.example/x.js"></script>', ["https://cdn.example/x.js"]),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', ["//cdn.example/x.css"]),
        ("<style>@import 'https://fonts.example/f.css';</style>", ["https://fonts.example/f.css"]),
        ('<p style="background: url(http://a.example/b.png)">', ["http://a.example/b.png"]),
        ('<img src="picture.svg"><a href="https://www.example.com">a link</a>', []),
        ('<link rel="canonical" href="https://docs.example/">', []),
        ("<p>&lt;script src=https://cdn.example/x.js&gt;</p>", []),
    ],
)
def test_what_a_browser_would_fetch_is_told(text: str, found: list[str]) -> None:
    """Scripts, styles, fonts and pictures from elsewhere are told; what readers follow is not."""
    assert offline.fetched(text) == found


def test_style_sheet_is_looked_through() -> None:
    """A font that a style sheet takes from elsewhere is told."""
    sheet = "@font-face { src: url('https://fonts.example/a.woff2'); }\n.a { color: red; }"

    assert offline.fetched(sheet, is_style=True) == ["https://fonts.example/a.woff2"]


def test_folder_without_a_readme_is_no_link() -> None:
    """On the site a link to a folder leads to its README, and is plain words without one."""
    text = "[core](glue_core), [HAL](conventions/hal), [license](LICENSE)"

    assert navigation.without_folders("README.md", text) == (
        "core, [HAL](conventions/hal/README.md), [license](LICENSE)"
    )


def test_every_page_stands_below_one_list() -> None:
    """A page has one place in the navigation, and no page is without one."""
    below = [each for names in navigation.below().values() for each in names]
    pages = {f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md")}

    assert sorted(below) == sorted(set(below))
    assert pages - {navigation.FIRST} <= set(below)


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout as 'tox -e site' does."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-E"),
            *("-c", "docs", "-b", "html", ".", str(target)),
        ],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@sphinx
def test_what_leads_nowhere_ends_the_build(tmp_path: Path) -> None:
    """A page that no list names, a link to no page and an anchor that is none are errors."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (copy / "docs" / "orphan.md").write_text(
        "# Nobody's\n\n[none](missing.md), [nowhere](settings.md#no-such-key)\n", encoding="utf-8"
    )

    done = build(copy, tmp_path / "site")

    assert done.returncode != 0
    told = done.stderr.splitlines()
    orphans = [each for each in told if "orphan.md" in each]
    assert any("isn't included in any toctree" in each for each in orphans)
    assert any("missing" in each for each in orphans)
    assert any("no-such-key" in each for each in orphans)
    assert len(orphans) == 3
    assert [each for each in told if "WARNING" in each and each not in orphans] == []
