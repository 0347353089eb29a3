"""Python packages that openapi-python-client makes of the documents, type-checked, on the demo."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.strangers.conftest import APPLICATIONS, HERE, Demo, run, write_documents
from tests.strangers.test_typescript import COMMON

pytestmark = pytest.mark.openapi
pytest.importorskip("openapi_python_client", reason="openapi-python-client is absent.")

IMPORT_ALL = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    found = [each.name for each in pkgutil.walk_packages(package.__path__, f"{name}.")]
    for each in found:
        importlib.import_module(each)
    print(name, len(found))
"""


@dataclass(frozen=True, slots=True)
class Packages:
    """The generated packages.

    Attributes:
        folder: The folder with a folder for each of them.
        said: What the generator said, by application.
    """

    folder: Path
    said: dict[str, str]

    def path(self) -> str:
        """Return where Python finds them."""
        return os.pathsep.join(str(self.folder / each) for each in APPLICATIONS)


@pytest.fixture(scope="session")
def packages(documents: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """A package for each application, and the program that uses them."""
    folder = tmp_path_factory.mktemp("python")
    write_documents(documents, folder)
    for each in (HERE / "python").iterdir():
        if each.is_file():
            shutil.copy(each, folder)
    said = {}
    for name in APPLICATIONS:
        done = run(
            *(sys.executable, "-m", "openapi_python_client", "generate"),
            *("--path", f"{name}.json", "--output-path", name),
            *("--config", "openapi-python-client.yaml"),
            folder=folder,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said[name] = done.stdout + done.stderr
    return Packages(folder, said)


@pytest.fixture(scope="session")
def told(packages: Packages, demo: Demo) -> Any:
    """What the program tells of the demo."""
    done = run(
        *(sys.executable, "-W", "error", "client.py", demo.url),
        folder=packages.folder,
        PYTHONPATH=packages.path(),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("application", APPLICATIONS)
def test_generator_leaves_nothing_out(application: str, packages: Packages) -> None:
    """The generator has no warning: every operation, body and answer is in the package."""
    assert packages.said[application].strip() == f"Generating {application}"


def test_packages_have_types(packages: Packages) -> None:
    """What mypy finds when it is strict: nothing in the packages, nor in what uses them."""
    done = run(
        *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache"),
        *("client.py", *(f"{each}/{each}_client" for each in APPLICATIONS)),
        folder=packages.folder,
        MYPYPATH=packages.path(),
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_packages_can_be_imported(packages: Packages) -> None:
    """Every module of the packages can be imported."""
    names = [f"{each}_client" for each in APPLICATIONS]

    done = run(
        *(sys.executable, "-W", "error", "-c", IMPORT_ALL, *names),
        folder=packages.folder,
        PYTHONPATH=packages.path(),
    )

    assert done.returncode == 0, done.stderr
    assert [each.split()[0] for each in done.stdout.splitlines()] == names


@pytest.mark.parametrize("name", COMMON)
def test_package(name: str, told: Any, plain: Any) -> None:
    """The package is told what plain HTTP is told, and its writes do what they say."""
    assert told[name] == plain[name]
