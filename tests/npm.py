"""Programs of npm, for tests with tools of others."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def npm_folder(folder: Path, *files: Path) -> Path:
    """Install what a ``package.json`` names into a folder, or skip where there is no npm.

    Args:
        folder: The folder, empty.
        files: The ``package.json``, which names exact versions, and what else belongs into it.

    Returns:
        The folder; its programs are in ``node_modules/.bin``.
    """
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"Not installed: {', '.join(missing)}. The programs of npm are not tried.")
    for each in files:
        shutil.copy(each, folder)
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"npm could not install {folder.name}:\n{done.stderr}"
    return folder
