"""Rendering: complete texts, imports in order, and nothing that existed is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from glue_core import ConfigurationError
from glue_core.cli.scaffolding import plans
from glue_core.cli.scaffolding.naming import Name
from glue_core.cli.scaffolding.rendering import render, write


def test_placeholder_without_a_value_is_an_error() -> None:
    """No skeleton is written with a hole in it."""
    with pytest.raises(KeyError):
        render(("distribution",), {"package": "glue_x"})


@pytest.mark.parametrize(
    ("name", "first"), [("boxes", "from glue_boxes_api"), ("shops", "from glue_core")]
)
def test_imports_are_in_order(name: str, first: str) -> None:
    """Where the new package stands among the imports depends on its name."""
    plugin = plans.resource(Name.parse(name), None, False).texts()[f"glue_{name}_api/plugin.py"]

    imports = [line for line in plugin.splitlines() if line.startswith("from glue_")]
    assert imports[0].startswith(first)
    assert imports == sorted(imports)


@pytest.mark.parametrize(
    ("name", "names"), [("boxes", ["BOXES", "NOT_FOUND"]), ("shops", ["NOT_FOUND", "SHOPS"])]
)
def test_imported_names_are_in_order(name: str, names: list[str]) -> None:
    """And so does the place of a constant of its."""
    plugin = plans.resource(Name.parse(name), None, False).texts()[f"glue_{name}_api/plugin.py"]

    assert f"from glue_{name}_api.resource import {', '.join(names)}\n" in plugin


def test_folder_that_exists_is_not_touched(tmp_path: Path) -> None:
    """Not even an empty folder is written into."""
    folder = tmp_path / "there"
    folder.mkdir()

    with pytest.raises(ConfigurationError, match="is there already"):
        write(folder, {"new": "text"})
    assert list(folder.iterdir()) == []


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """A distribution that cannot be written to its end is taken away again."""
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write(tmp_path / "new", {"file": "text", "file/below": "text"})

    assert list(tmp_path.iterdir()) == []
