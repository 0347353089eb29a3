"""The command."""

import pytest

from benchmarks import __main__ as command
from benchmarks import results
from benchmarks.parts import Absent, Extent, flow, scaling
from benchmarks.results import ORDER, Result
from benchmarks.tables import Table


def test_parts_have_a_place_in_the_readme() -> None:
    """Each part that can be asked for is shown there."""
    assert ("flow", *command.PARTS) == ORDER


def test_what_is_missing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A part that lacks a program says so, and the others are measured."""
    table = Table("Times", ("who",), (("Glue",),))

    def absent(extent: Extent) -> Result:
        raise Absent("There is no valgrind.")

    monkeypatch.setattr("benchmarks.parts.instructions.run", absent)
    monkeypatch.setattr(scaling, "run", lambda extent: Result("scaling", "Growth", (table,), ()))

    assert command.main(["--quick", "--scaling", "--instructions"]) == 0
    out, err = capsys.readouterr()
    assert "### Growth" in out
    assert "There is no valgrind." in err


def test_figures_that_mean_nothing_are_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where answers differ the command fails, and nothing is written."""
    failed = Result("flow", "Flow", (), (), failure="one: the answers differ")
    written: list[object] = []
    monkeypatch.setattr(flow, "run", lambda extent: failed)
    monkeypatch.setattr(results, "write", lambda *arguments: written.append(arguments))

    assert command.main(["--write"]) == 1
    assert "one: the answers differ" in capsys.readouterr().err
    assert written == []


def test_quick_figures_are_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A few requests show that everything runs, and nothing else."""
    with pytest.raises(SystemExit):
        command.main(["--quick", "--write"])

    assert "--quick" in capsys.readouterr().err


def test_workloads_are_chosen_by_how_they_start() -> None:
    """``create`` is both creates; nothing is all."""
    assert Extent(names=("create",)).takes("create, invalid")
    assert not Extent(names=("create",)).takes("one")
    assert Extent().takes("one")
