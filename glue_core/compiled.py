"""Compiled modules: the same source as machine code, where an operator had it compiled.

``glue compile`` turns modules that requests run through into extension modules, with Cython, and
writes them into a folder of their own. Processes that have ``GLUE_COMPILED`` in their environment
import them from there, each as long as its source is still the one that it was compiled from. What
is not there, or has another source by now, is imported as ever; nothing else is different.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

VARIABLE = "GLUE_COMPILED"
"""The environment variable that names the folder."""

GROUP = "glue_compiled"
"""Entry points that name the modules that are worth it."""

PROJECT = "glue"
"""Name of the hooks, as `hookspecs` has it, which imports more than an import may."""

MANIFEST = "glue-compiled.json"
FORMAT = 1
SUFFIX = EXTENSION_SUFFIXES[0]
"""What extension modules of this Python end in; those of another one it cannot read."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One compiled module.

    Attributes:
        file: Its file, below the folder.
        source: SHA-256 of the source that it was compiled from, in hexadecimal digits.
    """

    file: str
    source: str


def written(modules: Mapping[str, Compiled]) -> str:
    """Return the manifest of a folder, as JSON."""
    return json.dumps(
        {
            "format": FORMAT,
            "suffix": SUFFIX,
            "modules": {
                name: {"file": each.file, "source": each.source}
                for name, each in sorted(modules.items())
            },
        },
        indent=1,
    )


def read(folder: Path) -> dict[str, Compiled]:
    """Return the modules of a folder, by name.

    Raises:
        ValueError: It is none that ``glue compile`` wrote for this Python.
    """
    try:
        found: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        told, suffix = found["format"], found["suffix"]
        modules = {name: Compiled(**each) for name, each in found["modules"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{folder} is no folder that 'glue compile' wrote: {error}") from error
    if told != FORMAT or suffix != SUFFIX:
        raise ValueError(f"{folder} was compiled for {suffix!r}; this Python reads {SUFFIX!r}")
    return modules


def digest_of(source: str | Path) -> str:
    """Return what tells one source file from another."""
    return hashlib.sha256(Path(source).read_bytes()).hexdigest()


def source_of(module: str) -> str | None:
    """Return the source file of a module, or None where there is none. Nothing is imported."""
    path: Sequence[str] | None = None
    found = None
    parts = module.split(".")
    for number in range(len(parts)):
        found = _source_spec(".".join(parts[: number + 1]), path, None)
        if found is None:
            return None
        path = found.submodule_search_locations
    origin = found.origin if found is not None else None
    return origin if origin is not None and origin.endswith(".py") else None


def _source_spec(
    name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    """Return what Python would import without us."""
    for finder in sys.meta_path:
        if not isinstance(finder, CompiledFinder):
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                return spec
    return None


def is_function(value: object) -> bool:
    """Say whether something is a function that is written in Python, be it compiled or not."""
    if inspect.isfunction(value):
        return True
    is_callable = inspect.isroutine(value) and not inspect.ismethod(value)
    return is_callable and hasattr(value, "__code__")


class _Loader(ExtensionFileLoader):
    """Loads an extension module, so that pluggy finds the hooks that it implements."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then put its hook implementations into plain functions."""
        super().exec_module(module)
        for name, value in list(vars(module).items()):
            if hasattr(value, f"{PROJECT}_impl") and not inspect.isfunction(value):
                setattr(module, name, _plain(value))


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a plain function that calls a compiled one: pluggy sees no other."""

    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        return function(*arguments)

    return call


class CompiledFinder(MetaPathFinder):
    """Finds the compiled modules of one folder.

    Attributes:
        folder: The folder.
        modules: What it has, by name.
    """

    def __init__(self, folder: Path, modules: Mapping[str, Compiled]) -> None:
        self.folder = folder
        self.modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a compiled module is; None leaves it to who comes next."""
        compiled = self.modules.get(fullname)
        if compiled is None:
            return None
        spec = _source_spec(fullname, path, target)
        if spec is None or spec.origin is None or not spec.has_location:
            return None
        if digest_of(spec.origin) != compiled.source:
            warnings.warn(
                f"{fullname} is not what {self.folder} was compiled from, and is imported from its "
                f"source. 'glue compile {self.folder}' compiles it anew.",
                RuntimeWarning,
                stacklevel=2,
            )
            return None
        file = str(self.folder / compiled.file)
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, file))


def in_use() -> CompiledFinder | None:
    """Return what finds compiled modules in this process, or None."""
    return next((each for each in sys.meta_path if isinstance(each, CompiledFinder)), None)


def outdated(finder: CompiledFinder) -> list[str]:
    """Return the modules of a folder that have another source by now, or none any more."""
    return [
        name
        for name, compiled in finder.modules.items()
        if (source := source_of(name)) is None or digest_of(source) != compiled.source
    ]


def use(folder: str) -> None:
    """Have compiled modules imported in this process; a folder that has none for it is told of."""
    place = Path(folder).absolute()
    try:
        modules = read(place)
    except ValueError as error:
        warnings.warn(
            f"{VARIABLE}: {error}. Everything is imported from its source.",
            RuntimeWarning,
            stacklevel=2,
        )
        return
    sys.meta_path.insert(0, CompiledFinder(place, modules))
