"""What the distribution says of itself."""

from __future__ import annotations

import tomllib
from pathlib import Path
from pkgutil import resolve_name

import {{ cookiecutter.__package }} as package

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def test_entry_point_names_something() -> None:
    """Each entry point is called as the package, and leads to something in it."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    for entry_points in project["entry-points"].values():
        [(name, place)] = entry_points.items()

        assert f"glue_{name}" == package.__name__
        assert resolve_name(place)


def test_package_has_types() -> None:
    """The package tells type checkers that it has types."""
    [folder] = package.__path__

    assert (Path(folder) / "py.typed").is_file()
