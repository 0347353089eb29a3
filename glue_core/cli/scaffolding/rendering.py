"""Rendering: the templates of a skeleton, filled in, as files by their path."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from glue_core.cli.scaffolding.imports import in_order
from glue_core.errors import ConfigurationError

SUFFIX = ".template"
PACKAGE = "package"
"""Folder of the templates that are modules of the new package."""


def render(
    skeletons: tuple[str, ...], values: Mapping[str, str], *, sorts: bool = True
) -> dict[str, str]:
    """Fill in the templates of some folders; those of a later one win.

    Args:
        skeletons: Folders of templates.
        values: What stands for each placeholder; ``package`` is also the name of a folder.
        sorts: Whether imports are put in order, which needs the names that values stand for.

    Returns:
        Texts by path, relative to the folder of the distribution and in order.

    Raises:
        KeyError: A template has a placeholder that nobody fills in.
    """
    rendered: dict[str, str] = {}
    for skeleton in skeletons:
        for path, template in _templates(files(__package__) / "templates" / skeleton):
            target = path.removesuffix(SUFFIX)
            if target.startswith(f"{PACKAGE}/"):
                target = values["package"] + target.removeprefix(PACKAGE)
            text = Template(template).substitute(values)
            rendered[target] = in_order(text) if sorts and target.endswith(".py") else text
    return dict(sorted(rendered.items()))


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder that does not exist yet; all of them or none.

    Raises:
        ConfigurationError: The folder is there already, or cannot be written.
    """
    try:
        folder.mkdir()
    except FileExistsError:
        raise ConfigurationError(
            f"{folder} is there already, and is not touched.\n"
            f"Choose another name or another '--directory', or move it away."
        ) from None
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        for path, text in texts.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{folder} cannot be written: {error.strerror}.\n"
        f"Name another folder to write into with '--directory'."
    )


def _templates(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every template of a folder."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from _templates(each, f"{above}{each.name}/")
        elif each.name.endswith(SUFFIX):
            yield above + each.name, each.read_text(encoding="utf-8")
