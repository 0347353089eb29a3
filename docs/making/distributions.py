"""The page of everything in the repository that can be installed, and where its parts are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = {
    "applications": "Applications",
    "conventions": "Conventions and their extensions",
    "plugins": "Features and plugins",
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of the repository.

    Attributes:
        name: Name of the distribution.
        description: One sentence.
        folder: Its folder.
        package: Folder of its package.
    """

    name: str
    description: str
    folder: Path
    package: Path


def distributions() -> Iterator[Distribution]:
    """Yield all of them, the core first and the others by their folders."""
    others = (sorted(ROOT.glob(f"{folder}/*/pyproject.toml")) for folder in FOLDERS)
    for path in (ROOT / "pyproject.toml", *(each for some in others for each in some)):
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        project = values["project"]
        package = path.parent / values["tool"]["flit"]["module"]["name"]
        yield Distribution(project["name"], project["description"], path.parent, package)


def page() -> str:
    """Return the page."""
    core, *others = distributions()
    lines = [
        "# Distributions",
        "",
        "Each is installed and removed alone; what it needs comes with it. All of one release have",
        "one version. A project installs those that it wants, and what is installed is active: see",
        "[settings](settings.md) for `disable`.",
        "",
        f"The core is `{core.name}`: the framework, the command `glue`, and the kit for tests.",
    ]
    for folder, title in FOLDERS.items():
        lines += ["", f"## {title}", "", "| distribution | what it adds |", "| --- | --- |"]
        lines += [
            f"| [{each.name}](../{folder}/{each.folder.name}/README.md) | {each.description} |"
            for each in others
            if each.folder.parent.name == folder
        ]
    return "\n".join(lines) + "\n"
