"""Fresh environments, and wheels of everything in the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = "import sys; from flit_core.buildapi import build_wheel; build_wheel(sys.argv[1])"


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment, with a working directory outside the checkout.

    Attributes:
        folder: Folder of the environment.
        directory: Working directory of what runs in it.
    """

    folder: Path
    directory: Path

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        return str(self.folder / "bin" / name)

    def variables(self) -> dict[str, str]:
        """Return the environment variables, without those that lead back to the checkout."""
        left_out = ("GLUE_", "PYTHON", "VIRTUAL_ENV", "TOX_")
        return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the environment and return what it printed; fail with all of it."""
        done = subprocess.run(
            [self.program(program), *arguments],
            cwd=self.directory,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{program} {arguments}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def pip_install(self, *what: str) -> None:
        """Install with pip, with the exact versions of the repository for libraries."""
        options = ("--disable-pip-version-check", "-q", "-c", str(ROOT / "constraints.txt"))
        self.run("python", "-m", "pip", "install", *options, *what)

    def pip_uninstall(self, *names: str) -> None:
        """Uninstall distributions."""
        self.run("python", "-m", "pip", "uninstall", "-q", "-y", *names)


def make_environment(folder: Path) -> Environment:
    """Make an empty virtual environment in a folder."""
    environment = Environment(folder / "environment", folder / "directory")
    venv.create(environment.folder, with_pip=True)
    environment.directory.mkdir()
    return environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An empty virtual environment."""
    return make_environment(tmp_path)


@pytest.fixture(scope="module")
def shared_environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A virtual environment for all tests of a file, empty at first."""
    return make_environment(tmp_path_factory.mktemp("shared"))


def folders_of_distributions() -> dict[str, Path]:
    """Return the folder of every distribution by its name; the root is ``core``."""
    parents = ("applications", "conventions", "plugins")
    found = [path.parent for each in parents for path in ROOT.glob(f"{each}/*/pyproject.toml")]
    return {"core": ROOT, **{folder.name: folder for folder in sorted(found)}}


@pytest.fixture(scope="session")
def wheel_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds the wheel of a distribution of the repository, named by its folder or ``core``."""
    folders = folders_of_distributions()

    @cache
    def build(name: str) -> Path:
        target = tmp_path_factory.mktemp("wheel")
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(target)],
            cwd=folders[name],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{name}:\n{done.stdout}{done.stderr}"
        (built,) = target.iterdir()
        return built

    return build


@pytest.fixture(scope="session")
def wheels(wheel_of: Callable[[str], Path]) -> dict[str, Path]:
    """The wheel of every distribution of the repository."""
    return {name: wheel_of(name) for name in folders_of_distributions()}


WriteDistribution = Callable[[str, str, str, str], Path]


@pytest.fixture
def write_distribution(tmp_path: Path) -> WriteDistribution:
    """Writes a distribution of one module outside the checkout, as a stranger would.

    The arguments are its package, the group and the value of its entry point, and its code.
    """

    def write(package: str, group: str, value: str, code: str) -> Path:
        folder = tmp_path / "elsewhere" / package
        folder.mkdir(parents=True)
        lines: Sequence[str] = (
            "[project]",
            f'name = "{package.replace("_", "-")}"',
            'version = "2.5.0"',
            'description = "Written outside the repository."',
            'dependencies = ["glue-api-core>=0.1,<0.2"]',
            f'[project.entry-points."{group}"]',
            f'{package.removeprefix("acme_")} = "{value}"',
            "[build-system]",
            'requires = ["flit_core>=3.12,<5"]',
            'build-backend = "flit_core.buildapi"',
            "[tool.flit.module]",
            f'name = "{package}"',
        )
        (folder / "pyproject.toml").write_text("\n".join(lines), encoding="utf-8")
        (folder / f"{package}.py").write_text(code, encoding="utf-8")
        return folder

    return write
