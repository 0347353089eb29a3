"""``glue import``."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest

from glue_core.cli.importing import ImportBar

GOOD = "key\na\nb\n"
BAD = "key\na\nbad\nb\n"


def test_good_rows_end_with_zero(glue: Any, import_folder: Any) -> None:
    """An import without errors exits with 0 and counts its records."""
    glue("migrate")

    result = glue("import", str(import_folder({"probe.csv": GOOD})))

    assert result.exit_code == 0
    assert "2 records were imported, 0 errors." in result.stdout


def test_bad_row_is_told_with_its_place(glue: Any, import_folder: Any) -> None:
    """A bad row is told as file:line column: reason, and the exit code is 3."""
    glue("migrate")

    result = glue("import", str(import_folder({"probe.csv": BAD})))

    assert result.exit_code == 3
    assert result.stderr == "probe.csv:3 key: No key is 'bad'.\n"


def test_rollback_keeps_nothing(glue: Any, import_folder: Any) -> None:
    """With '--on-error rollback' a bad row undoes the good ones: no message waits."""
    glue("migrate")

    result = glue("import", str(import_folder({"probe.csv": BAD})), "--on-error", "rollback")

    assert result.exit_code == 3
    assert "Nothing was imported" in result.stdout
    assert "messages" not in result.stdout


def test_publish_handles_the_messages(glue: Any, import_folder: Any) -> None:
    """With '--publish' the publishers have run when the command ends."""
    glue("migrate")

    glue("import", str(import_folder({"probe.csv": GOOD})), "--publish")

    assert sorted(glue.feature.published) == ["a", "b"]


def test_without_publish_the_messages_wait(glue: Any, import_folder: Any) -> None:
    """By default the worker publishes, and the command says so."""
    glue("migrate")

    result = glue("import", str(import_folder({"probe.csv": GOOD})))

    assert glue.feature.published == []
    assert "2 messages wait to be published" in result.stdout


def test_json_is_one_document(glue: Any, import_folder: Any) -> None:
    """'--json' prints the report, and nothing else, on standard output."""
    glue("migrate")

    result = glue("import", str(import_folder({"probe.csv": BAD})), "--json")
    report = json.loads(result.stdout)

    assert report["files"] == [{"file": "probe.csv", "entity": "probe", "records": 3, "bad": 1}]
    assert report["errors"][0]["line"] == 3


def test_unmigrated_database_is_refused(glue: Any, import_folder: Any) -> None:
    """An import into a database without tables says what to do first."""
    result = glue("import", str(import_folder({"probe.csv": GOOD})))

    assert result.exit_code == 1
    assert "Run 'glue migrate'." in result.stderr


def test_folder_that_is_missing_is_an_error(glue: Any) -> None:
    """A folder that does not exist is an error that names it."""
    glue("migrate")

    result = glue("import", str(glue.directory / "nowhere"))

    assert result.exit_code == 1
    assert "nowhere is not a folder" in result.stderr


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a bar shows the file and how far it is; elsewhere nothing is written."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with ImportBar("Importing") as bar:
        bar("probe.csv", 500, 50, 100)

    assert "50%" in terminal.getvalue()
    assert "probe.csv" in terminal.getvalue()


def test_no_progress_is_written_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log keeps clean of bars."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)

    with ImportBar("Importing") as bar:
        bar("probe.csv", 500, 50, 100)

    assert log.getvalue() == ""
