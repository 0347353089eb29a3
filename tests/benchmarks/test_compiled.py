"""The folder of compiled modules, and processes that make sure that they run them."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import compiled
from benchmarks.compiled import NotCompiled, ensure, fits, folder_of_compiled, made_of
from benchmarks.contestants import COMPARED, CONTESTANTS
from benchmarks.parts import Absent, Extent, flow
from benchmarks.piping import Broken, Piped
from benchmarks.runtimes import Runtime, own, runtimes
from glue_core.compiled import (
    GROUP,
    MANIFEST,
    SUFFIX,
    VARIABLE,
    Compiled,
    CompiledFinder,
    digest_of,
    written,
)

MODULE = "glue_probe_of_benchmarks"
FILE = MODULE + SUFFIX


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of the only module that is to be compiled."""
    found = tmp_path / "source" / f"{MODULE}.py"
    found.parent.mkdir()
    found.write_text("ONE = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(found.parent)
    declare(monkeypatch, MODULE)
    monkeypatch.setattr(compiled, "NEEDED", (MODULE,))
    return found


def declare(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have distributions name modules that are to be compiled."""
    points = [importlib.metadata.EntryPoint(each, each, GROUP) for each in modules]
    monkeypatch.setattr(
        importlib.metadata, "entry_points", lambda group: points if group == GROUP else []
    )


def manifest(source: Path) -> str:
    """Return what ``glue compile`` writes about the module."""
    return written({MODULE: Compiled(FILE, digest_of(source))})


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> Path:
    """A folder that has the module as its source is now."""
    found = tmp_path / "compiled"
    found.mkdir()
    (found / MANIFEST).write_text(manifest(source), encoding="utf-8")
    (found / compiled.MADE_OF).write_text("Python\n", encoding="utf-8")
    return found


@pytest.fixture
def commands(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were run, each of which writes the manifest anew and nothing else."""
    found: list[list[str]] = []

    def run(command: list[str]) -> None:
        found.append(command)
        (folder / compiled.MADE_OF).unlink(missing_ok=True)
        (folder / MANIFEST).write_text(manifest(source), encoding="utf-8")

    monkeypatch.setattr(compiled, "run", run)
    monkeypatch.setattr(compiled, "kept", lambda name: folder)
    monkeypatch.setattr(compiled, "missing_tools", list)
    return found


def test_folder_of_what_is_there_now_fits(folder: Path) -> None:
    """What was made of these sources, and of nothing else, is not made anew."""
    assert fits(folder, "Python\n")


def change_source(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write another source."""
    source.write_text("ONE = 2\n", encoding="utf-8")


def declare_another(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name one module more."""
    declare(monkeypatch, MODULE, "glue_core.http")


def use_another_compiler(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that another Python or Cython made it."""
    (folder / compiled.MADE_OF).write_text("PyPy\n", encoding="utf-8")


def compile_for_another(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that the extension modules are of another Python."""
    told = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**told, "suffix": ".pyd"}), encoding="utf-8")


def break_off(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave it as it is when the command, or what comes after it, did not end."""
    (folder / compiled.MADE_OF).unlink()


@pytest.mark.parametrize(
    "change",
    [change_source, declare_another, use_another_compiler, compile_for_another, break_off],
)
def test_folder_of_something_else_does_not_fit(
    change: Callable[[Path, Path, pytest.MonkeyPatch], None],
    folder: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sources, their number, Python and Cython are those of now."""
    change(folder, source, monkeypatch)

    assert not fits(folder, "Python\n")


def test_versions_count() -> None:
    """Python, Cython and the command itself are what a folder is made of."""
    assert sys.version in made_of()
    assert f"Cython {importlib.metadata.version('cython')}" in made_of()
    assert digest_of(Path(sys.modules["glue_core"].__path__[0], "cli", "compile.py")) in made_of()


def test_folder_is_made_when_it_does_not_fit(
    commands: list[list[str]], folder: Path, source: Path
) -> None:
    """It is made once, and again when a source is another."""
    assert [folder_of_compiled(), folder_of_compiled()] == [folder, folder]
    assert commands == [[sys.executable, "-m", "glue_core.cli", "compile", str(folder)]]

    source.write_text("ONE = 3\n", encoding="utf-8")
    folder_of_compiled()

    assert len(commands) == 2


@pytest.mark.parametrize("missing", ["Cython", "setuptools", "no-such-compiler"])
def test_missing_tools_are_told(
    missing: str, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be compiled, the message says what is missing, and nothing is run."""
    monkeypatch.setattr(compiled, "kept", lambda name: tmp_path / "nothing")
    monkeypatch.setattr(compiled, "run", lambda command: pytest.fail("It was run."))
    if missing == "no-such-compiler":
        monkeypatch.setenv("CC", f"{missing} -O2")
    else:
        monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(Absent, match=missing):
        folder_of_compiled()


def test_failure_of_the_command_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could be compiled and was not is a failure, with what the command said."""
    monkeypatch.setenv(VARIABLE, "/nowhere")
    script = (
        f"import os, sys; sys.exit('set' if {VARIABLE!r} in os.environ else 'A module failed.')"
    )

    with pytest.raises(NotCompiled, match="A module failed"):
        compiled.run([sys.executable, "-c", script])


@pytest.fixture
def is_in_use(folder: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, imported from the folder, whose compiled modules are in use."""
    finder = CompiledFinder(folder, {MODULE: Compiled(FILE, digest_of(source))})
    monkeypatch.setattr(sys, "meta_path", [finder, *plain_finders()])
    module = ModuleType(MODULE)
    module.__file__ = str(folder / FILE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    return module


def plain_finders() -> list[object]:
    """Return what imports modules, without compiled ones."""
    return [each for each in sys.meta_path if not isinstance(each, CompiledFinder)]


def test_process_with_compiled_modules(is_in_use: ModuleType) -> None:
    """Where they are from the folder, a process runs them, and nothing else."""
    ensure(is_compiled=True)

    with pytest.raises(NotCompiled, match=VARIABLE):
        ensure(is_compiled=False)


def test_process_without_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none are in use, a process is none that runs them."""
    monkeypatch.setattr(sys, "meta_path", plain_finders())
    ensure(is_compiled=False)

    with pytest.raises(NotCompiled, match=VARIABLE):
        ensure(is_compiled=True)


def test_module_from_its_source_is_told(is_in_use: ModuleType, source: Path) -> None:
    """A module that the folder has, and that came from elsewhere, is named."""
    is_in_use.__file__ = str(source)

    with pytest.raises(NotCompiled, match=MODULE):
        ensure(is_compiled=True)


@pytest.mark.usefixtures("is_in_use")
def test_needed_module_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without what every request runs through compares nothing."""
    monkeypatch.setattr(compiled, "NEEDED", (MODULE, "glue_core.http"))

    with pytest.raises(NotCompiled, match=r"glue_core\.http"):
        ensure(is_compiled=True)


def test_contestant_does_not_fall_back(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A process that is told of a folder without modules ends, instead of running the sources."""
    runtime = Runtime(Path(sys.executable), {VARIABLE: str(tmp_path)})

    with Piped(runtime, COMPARED[1]) as piped, pytest.raises(Broken, match=COMPARED[1]):
        piped.microseconds("one", 1)

    assert "Glue is to run compiled here" in capfd.readouterr().err


def test_environment_has_only_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Glue as it is runs without compiled modules, wherever the benchmarks were started."""
    monkeypatch.setenv(VARIABLE, "/nowhere")

    assert VARIABLE not in own().environment()
    assert Runtime(Path(sys.executable), {VARIABLE: "here"}).environment()[VARIABLE] == "here"
    assert own().environment()["PATH"] == os.environ["PATH"]


def test_who_cannot_run_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nothing can be compiled, or installed, the others are measured; it is tried once."""
    tries: list[str] = []

    def absent(what: str) -> Callable[[], Runtime]:
        def make() -> Runtime:
            tries.append(what)
            raise Absent(f"There is no {what}.")

        return make

    monkeypatch.setattr("benchmarks.runtimes.compiled", absent("compiler"))
    monkeypatch.setattr("benchmarks.runtimes.others", absent("network"))

    assert [*runtimes(CONTESTANTS.values())] == ["glue", "falcon"]
    assert tries == ["compiler", "network"]
    said = capsys.readouterr().err
    assert "There is no compiler.\nGlue, compiled is left out." in said
    assert "Litestar, msgspec is left out." in said


@pytest.mark.slow
def test_compiled_modules_are_measured(capfd: pytest.CaptureFixture[str]) -> None:
    """Glue is compiled, answers as it does otherwise, and stands beside it in the table."""
    missing = compiled.missing_tools()
    if missing:
        pytest.skip(f"There is no {', and no '.join(missing)}.")

    result = flow.run(Extent(quick=True, names=("one", "create")))

    assert result.failure is None, capfd.readouterr().err
    assert [(each["workload"], each["contestant"]) for each in result.data][:2] == [
        ("one", COMPARED[0]),
        ("one", COMPARED[1]),
    ]
