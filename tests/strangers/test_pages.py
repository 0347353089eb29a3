"""The examples of the page for developers of clients, run as they stand against the demo."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from tests.strangers.conftest import HERE, Demo, run

pytestmark = pytest.mark.openapi

ROOT = HERE.parent.parent
PAGE = (ROOT / "docs" / "client-developers.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def chapter(title: str) -> str:
    """Return the examples that come before all clients, and those of one."""
    before, *chapters = re.split(r"^### ", PAGE, flags=re.MULTILINE)
    return before + next(each for each in chapters if each.startswith(title))


def follow(text: str, folder: Path, demo: Demo) -> int:
    """Write the files of a text, run its commands, and compare what they print.

    Returns:
        Number of outputs that were compared.
    """
    printed, compared = "", 0
    for language, mark, block in FENCE.findall(text):
        word, _, name = mark.strip().partition(" ")
        if word == "file":
            (folder / name).write_text(block.replace(ADDRESS, demo.url), encoding="utf-8")
        elif (language, word) == ("sh", "client"):
            # The programs of this Python and those of npm are found first.
            script = f'PATH="{Path(sys.executable).parent}:$PATH"\n{block}'
            done = run(
                *("bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, demo.url)),
                folder=folder,
            )
            assert done.returncode == 0, f"{block}{done.stdout}{done.stderr}"
            printed = done.stdout
        elif (language, word) == ("text", "printed"):
            assert printed == block
            compared += 1
    return compared


def test_typescript_of_the_page(node_folder: Path, demo: Demo) -> None:
    """The client in TypeScript is generated and compiled, and prints what the page says."""
    folder = node_folder / "page"
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "node_modules").symlink_to(node_folder / "node_modules")

    assert follow(chapter("TypeScript"), folder, demo) == 1


def test_python_of_the_page(tmp_path: Path, demo: Demo) -> None:
    """The client in Python is generated, has no wrong types, and prints what the page says."""
    pytest.importorskip("openapi_python_client", reason="openapi-python-client is absent.")

    assert follow(chapter("Python"), tmp_path, demo) == 1


def test_versions_of_the_page() -> None:
    """The page names the versions that are tried."""
    package = json.loads((HERE / "node" / "package.json").read_text("utf-8"))["dependencies"]
    constraints = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    (line,) = re.findall(r"^npm install (.*)$", PAGE, flags=re.MULTILINE)
    named = dict(each.rsplit("@", 1) for each in line.split())
    (generator,) = re.findall(r"^pip install (\S+)", PAGE, flags=re.MULTILINE)
    (functions,) = re.findall(r"@hey-api/openapi-ts\].*?Version (\S+) runs", PAGE, flags=re.DOTALL)

    assert named == {name: package[name] for name in named}
    assert generator in constraints
    assert functions == package["@hey-api/openapi-ts"]
