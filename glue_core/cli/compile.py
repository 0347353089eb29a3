"""``glue compile``: modules that requests run through, as machine code."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from glue_core.compiled import GROUP, MANIFEST, SUFFIX, VARIABLE, Compiled, digest_of, source_of
from glue_core.compiled import written as manifest_of
from glue_core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Declared:
    """A module that a distribution wants compiled.

    Attributes:
        name: Its name.
        source: Its file.
        party: Distribution, version and entry point, for messages.
    """

    name: str
    source: Path
    party: str


@click.command("compile")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(1), help="Compilers at a time; one for each processor.")
def compile_(directory: Path, jobs: int | None) -> None:
    """Compile the modules that every request runs through.

    They are those that installed distributions name, and go into DIRECTORY, which is made anew. A
    server uses them that has the environment variable GLUE_COMPILED with the name of this folder.
    """
    started = time.monotonic()
    modules = declared()
    _refuse_strange(directory)
    compiled = compile_into(directory, modules, jobs or os.cpu_count() or 1)
    parties = len({each.party for each in modules})
    seconds = time.monotonic() - started
    click.echo(
        f"{len(compiled)} modules of {parties} distributions were compiled in {seconds:.0f} s.\n"
        f"Serve with {VARIABLE}={directory.absolute()}"
    )


def declared() -> tuple[Declared, ...]:
    """Return the modules that installed distributions name, each once, in the order of names.

    Raises:
        ConfigurationError: There is no source of one, or it is none that can be compiled.
    """
    found: dict[str, Declared] = {}
    problems = []
    for point in importlib.metadata.entry_points(group=GROUP):
        distribution: Any = point.dist
        party = f"{distribution.name} {distribution.version}"
        source = source_of(point.value)
        if source is None:
            wrong = "which is no module with a source"
        elif has_hook_methods(source):
            wrong = "which has a class that implements hooks: pluggy sees no compiled methods"
        else:
            found.setdefault(point.value, Declared(point.value, Path(source), party))
            continue
        problems.append(
            f"{party} wants {point.value!r} compiled, {wrong}.\n"
            f"Correct the entry point {point.name!r} of its group {GROUP!r}."
        )
    if problems:
        raise ConfigurationError(*problems)
    return tuple(found[name] for name in sorted(found))


def has_hook_methods(source: str) -> bool:
    """Say whether a hook is implemented in a source file, elsewhere than by a function of its own.

    Those of the module itself are put into plain functions when it is imported.
    """
    tree = ast.parse(Path(source).read_bytes())
    marks = (
        mark.func if isinstance(mark, ast.Call) else mark
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node not in tree.body
        for mark in node.decorator_list
    )
    return any(ast.unparse(mark).rpartition(".")[2] == "hookimpl" for mark in marks)


def compile_into(directory: Path, modules: Sequence[Declared], jobs: int) -> dict[str, Compiled]:
    """Compile modules into a folder, which is there as a whole or as it was before.

    Args:
        directory: The folder; what ``glue compile`` wrote into it before is replaced.
        modules: The modules.
        jobs: Compilers at a time, from 1.

    Returns:
        What it has now, by name.

    Raises:
        ConfigurationError: The compilers are missing, or refuse a module.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    # Beside the folder, since only there it can be renamed.
    with TemporaryDirectory(dir=directory.parent, prefix=".glue-compile-") as work:
        made, code = Path(work, "made"), Path(work, "code")
        made.mkdir()
        # What is compiled is what the manifest names, even if somebody writes to it meanwhile.
        digests = {each.name: digest_of(each.source) for each in modules}
        _build(modules, code, made, jobs)
        compiled = {
            each.name: Compiled(each.name.replace(".", "/") + SUFFIX, digests[each.name])
            for each in modules
        }
        (made / MANIFEST).write_text(manifest_of(compiled) + "\n", encoding="utf-8")
        if directory.exists():
            directory.rename(Path(work, "before"))
        made.rename(directory)
    return compiled


def _build(modules: Iterable[Declared], code: Path, made: Path, jobs: int) -> None:
    try:
        from Cython.Build import cythonize
        from Cython.Compiler.Errors import CompileError
        from setuptools import Distribution, Extension
        from setuptools.errors import BaseError
    except ImportError as error:
        raise ConfigurationError(
            f"'glue compile' needs Cython and setuptools, and {error.name} is missing.\n"
            f"Install them with 'glue-api-core[compile]'."
        ) from error
    # Warnings are about C that nobody wrote, and what a debugger needs is three times the code.
    options = ["-g0", "-w"] if os.name == "posix" else []
    extensions = [
        Extension(each.name, [str(each.source)], extra_compile_args=options) for each in modules
    ]
    # Annotations are for type checkers: what is given where they say `int` may be anything.
    directives = {"language_level": "3", "annotation_typing": False}
    try:
        extensions = cythonize(
            extensions,
            build_dir=str(code),
            nthreads=jobs if jobs > 1 else 0,
            quiet=True,
            compiler_directives=directives,
        )
        builder = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
        builder.build_lib, builder.build_temp = str(made), str(code)
        builder.parallel = jobs
        builder.ensure_finalized()
        builder.run()
    except (CompileError, BaseError, OSError) as error:
        raise ConfigurationError(
            f"A module cannot be compiled: {error}\n"
            f"What Cython and the C compiler say stands above. Where there is no C compiler, "
            f"install one, with the headers of Python."
        ) from error


def _refuse_strange(directory: Path) -> None:
    """Refuse a folder that somebody else's files are in: it would be replaced."""
    if directory.exists() and any(directory.iterdir()) and not (directory / MANIFEST).exists():
        raise ConfigurationError(
            f"{directory} has files in it that 'glue compile' did not write.\n"
            f"Name a folder that is not there yet, or an empty one."
        )
