"""Modules that are compiled, and what is imported in their place where they do not fit."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from glue_core import compiled
from glue_core.cli import compile as compiling
from glue_core.cli.compile import Declared, compile_into, declared, has_hook_methods
from glue_core.compiled import CompiledFinder, digest_of, in_use, outdated, read, source_of, use
from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl

SUMS = '''
def doubled(number: int) -> int:
    """Double something."""
    return number * 2

def adder(first):
    def add(second):
        return first + second
    return add

class Counter:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return self.count
'''
HOOKS = """
from glue_core.hookspecs import hookimpl

@hookimpl(tryfirst=True)
def glue_resources(features, settings):
    return [features, settings]

@hookimpl
def glue_relationships():
    return []

def helper():
    return 1
"""
PROBE = "glue_probe_of_compiling"
MODULES = (f"{PROBE}.hooks", f"{PROBE}.sums")


def compilers_are_missing() -> str:
    """Say what is missing to compile; empty where nothing is."""
    command = shlex.split(sysconfig.get_config_var("CC") or "cc")[0]
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    missing = [
        *([] if shutil.which(command) else [command]),
        *([] if header.exists() else [str(header)]),
    ]
    return " and ".join(missing)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package below ``source`` and its modules below ``compiled``."""
    missing = compilers_are_missing()
    if missing:
        pytest.skip(f"There is no {missing}.")
    folder = tmp_path_factory.mktemp("compiling")
    package = folder / "source" / PROBE
    package.mkdir(parents=True)
    for name, text in (("__init__", ""), ("sums", SUMS), ("hooks", HOOKS)):
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    modules = [
        Declared(name, package / f"{name.partition('.')[2]}.py", "probe 1") for name in MODULES
    ]
    assert [*compile_into(folder / "compiled", modules, jobs=1)] == list(MODULES)
    return folder


@pytest.fixture
def probe(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the sources of the package, which may be changed; its compiled modules are in use."""
    shutil.copytree(made / "source", tmp_path / "source")
    monkeypatch.syspath_prepend(tmp_path / "source")
    others = [each for each in sys.meta_path if not isinstance(each, CompiledFinder)]
    monkeypatch.setattr(sys, "meta_path", others)
    monkeypatch.delenv(compiled.VARIABLE, raising=False)
    use(str(made / "compiled"))
    yield tmp_path / "source" / PROBE
    for name in [each for each in sys.modules if each.partition(".")[0] == PROBE]:
        del sys.modules[name]


def imported(name: str) -> ModuleType:
    """Import a module of the package."""
    return importlib.import_module(f"{PROBE}.{name}")


def is_compiled(module: ModuleType) -> bool:
    """Say whether a module is machine code."""
    return str(module.__file__).endswith(compiled.SUFFIX)


@pytest.mark.usefixtures("probe")
def test_compiled_modules_do_what_their_source_does() -> None:
    """Functions, closures and classes; an annotation refuses nothing."""
    sums = imported("sums")

    assert is_compiled(sums)
    assert sums.__name__ == f"{PROBE}.sums"
    assert sums.doubled(21) == 42
    assert sums.doubled("ab") == "abab"
    assert sums.adder(1)(2) == 3
    counter = sums.Counter()
    assert [counter(), counter()] == [1, 2]
    assert not is_compiled(importlib.import_module(PROBE))


@pytest.mark.usefixtures("probe")
def test_hooks_of_compiled_modules_are_found() -> None:
    """Pluggy calls them with the arguments that they name, and knows their options."""
    hooks = imported("hooks")
    manager = pluggy.PluginManager("glue")
    manager.register(hooks)

    assert is_compiled(hooks)
    assert {each.name for each in manager.get_hookcallers(hooks) or ()} == {
        "glue_resources",
        "glue_relationships",
    }
    (found,) = manager.hook.glue_resources.get_hookimpls()
    assert found.tryfirst
    assert manager.hook.glue_resources(settings=2, features=1, more=3) == [[1, 2]]
    assert hooks.glue_resources.__module__ == f"{PROBE}.hooks"


def test_changed_source_is_imported_and_told(probe: Path) -> None:
    """What a process runs is never older than its source."""
    file = probe / "sums.py"
    file.write_text(SUMS.replace("* 2", "* 3"), encoding="utf-8")

    with pytest.warns(RuntimeWarning, match=r"sums is not what .*compiled was compiled from"):
        sums = imported("sums")

    assert not is_compiled(sums)
    assert sums.doubled(2) == 6
    finder = in_use()
    assert finder is not None
    assert outdated(finder) == [f"{PROBE}.sums"]
    assert is_compiled(imported("hooks"))


def test_removed_source_is_no_module(probe: Path) -> None:
    """A module that is gone does not live on as machine code."""
    (probe / "sums.py").unlink()

    with pytest.raises(ModuleNotFoundError):
        imported("sums")
    finder = in_use()
    assert finder is not None
    assert outdated(finder) == [f"{PROBE}.sums"]


def test_source_is_found_without_an_import(probe: Path) -> None:
    """Where a module comes from is said of its source, be it compiled or not."""
    assert source_of(f"{PROBE}.sums") == str(probe / "sums.py")
    assert PROBE not in sys.modules
    assert source_of(f"{PROBE}.nothing") is None
    assert source_of("nothing_at_all.sums") is None
    assert source_of("time") is None


def broken(made: Path, folder: Path, how: str) -> Path:
    """Return a folder that nothing can be imported from."""
    if how == "missing":
        return folder / "missing"
    shutil.copytree(made / "compiled", folder / "compiled")
    manifest = folder / "compiled" / compiled.MANIFEST
    content = json.loads(manifest.read_text(encoding="utf-8"))
    if how == "other python":
        content["suffix"] = ".cpython-27-other.so"
    elif how == "other format":
        content["format"] = 99
    elif how == "other members":
        content["modules"] = {"a": {"path": "b"}}
    elif how == "list":
        content = []
    text = json.dumps(content)
    manifest.write_text("{" if how == "no JSON" else text, encoding="utf-8")
    return folder / "compiled"


@pytest.mark.parametrize(
    "how", ["missing", "no JSON", "list", "other members", "other format", "other python"]
)
def test_folder_that_does_not_fit_is_told(
    made: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process starts all the same, with a warning that names the folder."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = list(sys.meta_path)
    folder = broken(made, tmp_path, how)

    with pytest.warns(RuntimeWarning, match="imported from its source") as told:
        use(str(folder))

    assert str(folder) in str(told[0].message)
    assert sys.meta_path == before


def test_process_with_the_variable_runs_compiled_modules(made: Path) -> None:
    """A process that imports anything of Glue imports compiled modules from then on."""
    program = f"import glue_core, {PROBE}.sums as sums; print(sums.__file__, sums.doubled(4))"
    environment = {
        **os.environ,
        compiled.VARIABLE: str(made / "compiled"),
        "PYTHONPATH": str(made / "source"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )

    file = made / "compiled" / PROBE / f"sums{compiled.SUFFIX}"
    assert done.stdout.split() == [str(file), "8"]


def test_second_time_replaces_the_first(made: Path, tmp_path: Path) -> None:
    """What was compiled before is gone, and a source that is refused changes nothing."""
    source, folder = tmp_path / "fine.py", tmp_path / "compiled"
    shutil.copytree(made / "compiled", folder)
    source.write_text("VALUE = 1\n", encoding="utf-8")

    compile_into(folder, [Declared("fine", source, "probe 1")], jobs=1)
    written = {each.name for each in folder.rglob("*") if each.is_file()}
    assert written == {compiled.MANIFEST, f"fine{compiled.SUFFIX}"}
    assert read(folder)["fine"].source == digest_of(source)

    source.write_text("VALUE = \n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"cannot be compiled(?s:.*)fine\.py"):
        compile_into(folder, [Declared("fine", source, "probe 1")], jobs=1)
    assert {each.name for each in folder.rglob("*") if each.is_file()} == written
    assert {each.name for each in tmp_path.iterdir()} == {"fine.py", "compiled"}


def declaring(folder: Path, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have one distribution, and no other, name modules."""
    metadata = folder / "probe-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: probe\nVersion: 1\n", encoding="utf-8")
    lines = [f"[{compiled.GROUP}]", *(f"{each} = {each}" for each in modules)]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    points = importlib.metadata.PathDistribution(metadata).entry_points
    found = importlib.metadata.entry_points

    def entry_points(**wanted: Any) -> Any:
        return (points.select if wanted["group"] == compiled.GROUP else found)(**wanted)

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)


def test_command_compiles_what_distributions_name(
    probe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is there afterwards, and the command says how to use it."""
    declaring(tmp_path, monkeypatch, *MODULES)
    folder = tmp_path / "new" / "compiled"

    compiling.compile_.main([str(folder), "--jobs", "1"], standalone_mode=False)

    assert [*read(folder)] == list(MODULES)
    said = capsys.readouterr().out
    assert "2 modules of 1 distributions were compiled" in said
    assert f"GLUE_COMPILED={folder}" in said


def test_folder_of_somebody_else_is_left_alone(
    probe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder with files that the command did not write is refused before anything happens."""
    declaring(tmp_path, monkeypatch, *MODULES)
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "one.jpg").touch()

    with pytest.raises(ConfigurationError, match="did not write"):
        compiling.compile_.main([str(folder)], standalone_mode=False)
    assert [each.name for each in folder.iterdir()] == ["one.jpg"]


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (f"{PROBE}.nothing", "no module with a source"),
        ("time", "no module with a source"),
        (f"{PROBE}.methods", "a class that implements hooks"),
    ],
)
def test_module_that_cannot_be_compiled_is_told(
    probe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, why: str
) -> None:
    """Who wants it, what it is, and what to do."""
    (probe / "methods.py").write_text(
        "class Plugin:\n    @hookimpl\n    def glue_resources(self): return []\n", encoding="utf-8"
    )
    declaring(tmp_path, monkeypatch, module)

    with pytest.raises(ConfigurationError) as told:
        declared()

    said = str(told.value)
    assert f"probe 1 wants {module!r} compiled" in said
    assert why in said
    assert f"'{compiled.GROUP}'" in said


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@hookimpl\ndef a(): pass\n", False),
        ("@glue_core.hookimpl(tryfirst=True)\ndef a(): pass\n", False),
        ("class A:\n    @hookimpl\n    def a(self): pass\n", True),
        ("class A:\n    @glue_core.hookimpl(wrapper=True)\n    def a(self): pass\n", True),
        ("def of():\n    @hookimpl\n    def a(): pass\n    return a\n", True),
        ("class A:\n    @property\n    def a(self): pass\n", False),
    ],
)
def test_hooks_that_compiling_would_hide_are_seen(
    tmp_path: Path, source: str, expected: bool
) -> None:
    """Functions of a module can be put into plain ones; methods and inner functions cannot."""
    file = tmp_path / "module.py"
    file.write_text(source, encoding="utf-8")

    assert has_hook_methods(str(file)) is expected


@pytest.mark.parametrize("library", ["Cython.Build", "setuptools"])
def test_missing_library_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """Without the compiler's library the command says what to install."""
    monkeypatch.setitem(sys.modules, library, None)
    source = tmp_path / "fine.py"
    source.touch()

    with pytest.raises(ConfigurationError, match=r"glue-api-core\[compile\]"):
        compile_into(tmp_path / "compiled", [Declared("fine", source, "probe 1")], jobs=1)
    assert [each.name for each in tmp_path.iterdir()] == ["fine.py"]


def test_modules_of_the_repository_can_be_compiled() -> None:
    """Every module that a distribution here names has a source, and no hooks in classes."""
    names = {each.name for each in declared()}

    assert {"glue_core.http", "glue_core.flow", "glue_json_api.resources"} <= names


def test_project_of_the_hooks_is_the_markers() -> None:
    """The mark of hook implementations is spelled here as the marker spells it."""
    assert hookimpl.project_name == compiled.PROJECT
