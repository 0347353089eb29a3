"""``glue documents``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BOOKS = {"books:1": {"name": "Kettles"}, "books:2": {"name": "Lamps"}, "people:1": {"name": "Ada"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with three documents."""
    path = tmp_path / "library.json"
    path.write_text(json.dumps(BOOKS), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "It is no JSON"),
        ('{"books:1": {"name": NaN}}', "It is no JSON"),
        ('["books:1"]', "It is no object of documents"),
        ('{"books:1": "Kettles"}', "What the key 'books:1' has is no document"),
        ('{"": {}}', "What the key '' has is no document"),
    ],
)
def test_what_holds_no_documents_is_wrong_usage(
    glue: Any, tmp_path: Path, content: str, reason: str
) -> None:
    """A file that is anything else than documents by keys ends with 2; nothing is written."""
    path = tmp_path / "wrong.json"
    path.write_text(content, encoding="utf-8")

    result = glue("documents", "put", str(path))

    assert result.exit_code == 2
    assert reason in result.stderr
    assert glue("documents", "list").stdout == ""


def test_one_wrong_document_keeps_all_out(glue: Any, tmp_path: Path) -> None:
    """Documents beside one that is none are not written."""
    path = tmp_path / "wrong.json"
    path.write_text('{"books:1": {}, "books:2": null}', encoding="utf-8")

    assert glue("documents", "put", str(path)).exit_code == 2
    assert glue("documents", "list").stdout == ""


def test_file_that_is_missing_is_wrong_usage(glue: Any, tmp_path: Path) -> None:
    """A file that is not there ends with 2."""
    assert glue("documents", "put", str(tmp_path / "none.json")).exit_code == 2


def test_document_that_is_missing_ends_with_1(glue: Any) -> None:
    """Nothing to show is a message on standard error, and 1."""
    result = glue("documents", "show", "books:1")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is no document of the key 'books:1'." in result.stderr


def test_documents_are_written_and_shown(glue: Any, file: Path) -> None:
    """What was written can be read, one by one."""
    assert glue("documents", "put", str(file)).stdout == "3 documents were written.\n"

    assert json.loads(glue("documents", "show", "books:2").stdout) == {"name": "Lamps"}


def test_document_replaces_that_of_its_key(glue: Any, file: Path) -> None:
    """A document of a key that has one takes its place; the others stay."""
    glue("documents", "put", str(file))
    file.write_text('{"books:1": {"title": "New"}}', encoding="utf-8")

    glue("documents", "put", str(file))

    assert json.loads(glue("documents", "show", "books:1").stdout) == {"title": "New"}
    assert json.loads(glue("documents", "show", "books:2").stdout) == {"name": "Lamps"}


def test_keys_are_listed_by_their_start(glue: Any, file: Path) -> None:
    """A prefix chooses among the keys, which come in order; a limit cuts them."""
    glue("documents", "put", str(file))

    assert glue("documents", "list").stdout == "books:1\nbooks:2\npeople:1\n"
    assert glue("documents", "list", "books:").stdout == "books:1\nbooks:2\n"
    assert glue("documents", "list", "--limit", "1").stdout == "books:1\n"
    assert json.loads(glue("documents", "list", "people:", "--json").stdout) == ["people:1"]


def test_deleted_documents_are_gone(glue: Any, file: Path) -> None:
    """Those that were there are counted; the others stay."""
    glue("documents", "put", str(file))

    result = glue("documents", "delete", "books:1", "books:7")

    assert result.stdout == "1 documents were deleted.\n"
    assert glue("documents", "list").stdout == "books:2\npeople:1\n"
