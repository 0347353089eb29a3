"""Importing a directory: which files, in which order, and what becomes of bad rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core import (
    Cells,
    ConfigurationError,
    Importer,
    ImportReport,
    Row,
    RowError,
    RowImporter,
    Work,
    import_directory,
    upsert,
)
from glue_core.importing import KEPT_ERRORS
from glue_core.services.sql_database import SqlDatabase

THINGS = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
)


class Things(RowImporter):
    """Takes rows with a key and a size."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def load(self, row: Row, work: Work) -> None:
        """Take one row."""
        cells = Cells(row)
        size = cells.integer("size")
        if size is None:
            raise RowError("size", "The value is missing.")
        self.rows.append({"key": cells.required("key"), "size": size})

    def flush(self, work: Work) -> None:
        """Write the batch."""
        upsert(work.session, THINGS, self.rows)
        self.rows = []


def importer(entity: str = "thing", file: str = "thing", after: tuple[str, ...] = ()) -> Importer:
    """Declare an importer of things."""
    return Importer(entity, file, ("key", "size"), Things, after)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    """A database with a table of things."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite", timeout=10)
    with database.work() as work:
        THINGS.metadata.create_all(work.session.connection())
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty import directory."""
    folder = tmp_path / "import"
    folder.mkdir()
    return folder


def stored(database: SqlDatabase) -> dict[str, int]:
    """Return what is in the table."""
    with database.work(writes=False) as work:
        return {row.key: row.size for row in work.session.execute(sa.select(THINGS))}


def load(folder: Path, database: SqlDatabase, text: str | bytes) -> ImportReport:
    """Import one file of things."""
    data = text.encode() if isinstance(text, str) else text
    (folder / "thing.csv").write_bytes(data)
    return import_directory(folder, [importer()], database)


def test_good_rows_stay_beside_bad_ones(folder: Path, database: SqlDatabase) -> None:
    """With 'keep' a bad row is left out and the others are taken."""
    report = load(folder, database, "key,size\na,1\nb,big\nc,3\n")

    assert stored(database) == {"a": 1, "c": 3}
    assert (report.records, report.error_count, report.is_rolled_back) == (2, 1, False)


def test_error_names_file_line_record_and_column(folder: Path, database: SqlDatabase) -> None:
    """Line and record differ after a quoted line break; the error tells both."""
    report = load(folder, database, 'key,size\n"a\nb",1\nc,big\n')

    assert [str(error) for error in report.errors] == [
        "thing.csv, line 4 (record 2), column 'size': 'big' is no integer."
    ]


def test_rolled_back_run_keeps_nothing(folder: Path, database: SqlDatabase) -> None:
    """With 'rollback' one bad row takes all rows back, of all files, and all errors are told."""
    (folder / "a").mkdir()
    (folder / "a" / "thing.csv").write_text("key,size\na,1\n")
    (folder / "thing.csv").write_text("key,size\nb,x\nc,2\nd,y\n")
    report = import_directory(folder, [importer()], database, on_error="rollback", batch=1)

    assert stored(database) == {}
    assert report.is_rolled_back
    assert [error.line for error in report.errors] == [2, 4]


def test_run_without_errors_is_not_rolled_back(folder: Path, database: SqlDatabase) -> None:
    """With 'rollback' a clean run stays."""
    (folder / "thing.csv").write_text("key,size\na,1\nb,2\n")
    report = import_directory(folder, [importer()], database, on_error="rollback", batch=1)

    assert stored(database) == {"a": 1, "b": 2}
    assert not report.is_rolled_back


def test_repeated_import_changes_nothing(folder: Path, database: SqlDatabase) -> None:
    """The same file twice leaves the same rows."""
    load(folder, database, "key,size\na,1\nb,2\n")
    load(folder, database, "key,size\na,1\nb,2\n")

    assert stored(database) == {"a": 1, "b": 2}


def test_batches_are_committed_one_by_one(folder: Path, database: SqlDatabase) -> None:
    """With 'keep' a failure in a later batch leaves the earlier ones, and says where it was."""

    class Failing(Things):
        def load(self, row: Row, work: Work) -> None:
            if row["key"] == "c":
                raise ZeroDivisionError
            super().load(row, work)

    (folder / "thing.csv").write_text("key,size\na,1\nb,2\nc,3\n")
    failing = Importer("thing", "thing", ("key",), Failing)
    with pytest.raises(ZeroDivisionError) as caught:
        import_directory(folder, [failing], database, batch=2)

    assert stored(database) == {"a": 1, "b": 2}
    assert caught.value.__notes__ == ["It happened in thing.csv, lines 4 to 4."]


def test_batch_is_looked_up_before_its_rows(folder: Path, database: SqlDatabase) -> None:
    """Importers see the rows of a batch at once, before each is loaded."""
    seen: list[list[str]] = []

    class Looking(Things):
        def prepare(self, rows: object, work: Work) -> None:
            assert isinstance(rows, list)
            seen.append([row["key"] for row in rows])

    (folder / "thing.csv").write_text("key,size\na,1\nb,2\nc,3\n")
    import_directory(folder, [Importer("t", "thing", (), Looking)], database, batch=2)

    assert seen == [["a", "b"], ["c"]]


def test_byte_order_mark_is_no_part_of_the_first_column(
    folder: Path, database: SqlDatabase
) -> None:
    """A file may begin with a byte order mark."""
    load(folder, database, b"\xef\xbb\xbfkey,size\na,1\n")

    assert stored(database) == {"a": 1}


def test_cells_are_trimmed(folder: Path, database: SqlDatabase) -> None:
    """Blanks around names and values do not count."""
    load(folder, database, " key , size\n a , 1 \n")

    assert stored(database) == {"a": 1}


def test_blank_lines_are_no_records(folder: Path, database: SqlDatabase) -> None:
    """Lines without a cell are passed over, and counted as lines."""
    report = load(folder, database, "key,size\r\n\r\na,x\r\n\r\n")

    assert [(error.line, error.record) for error in report.errors] == [(3, 1)]


def test_byte_that_is_not_utf8_spoils_its_row_alone(folder: Path, database: SqlDatabase) -> None:
    """A byte error names line, column and byte; the rows around it are kept."""
    report = load(folder, database, b"key,size\na,1\nb\xfc,2\nc,3\n")

    assert stored(database) == {"a": 1, "c": 3}
    assert [str(error) for error in report.errors] == [
        "thing.csv, line 3, column 'key': The byte 0xfc is not UTF-8. Save the file as UTF-8."
    ]


def test_long_value_spoils_its_row_alone(folder: Path, database: SqlDatabase) -> None:
    """A value beyond the limit is an error of its row; the rows around it are kept."""
    report = load(folder, database, "key,size\na,1\n" + "b" * 140_000 + ",2\nc,3\n")

    assert stored(database) == {"a": 1, "c": 3}
    assert [(each.line, each.column) for each in report.errors] == [(3, "key")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key\na\n", "thing.csv, line 1, column 'size': The header lacks 'size'; it has key."),
        (
            "key,size,key\na,1,b\n",
            "thing.csv, line 1, column 'key': The header names this column twice.",
        ),
        ("", "thing.csv, line 1: The file has no header: its first row names the columns."),
        (
            "key,size\na,1,2\n",
            "thing.csv, line 2: The row has 3 cells, the header 2. Quote values that hold a comma "
            "or a line break.",
        ),
        (
            "key,size\na\n",
            "thing.csv, line 2: The row has 1 cells, the header 2. Quote values that hold a comma "
            "or a line break.",
        ),
        (
            'key,size\n"a,1\n',
            "thing.csv, line 2: The file ends inside a quoted value. Nothing after it was read.",
        ),
        (
            "key,size\na\0b,1\n",
            "thing.csv, line 2, column 'key': The value holds a NUL character.",
        ),
        (
            'key,size\n"a"b,1\n',
            "thing.csv, line 2: The row is not CSV: ',' expected after '\"'.",
        ),
        (
            "key,size\na\rb,1\n",
            "thing.csv, line 2: A carriage return stands alone in the row. Quote it, or end lines "
            "with a line feed.",
        ),
    ],
)
def test_malformed_file_is_explained(
    folder: Path, database: SqlDatabase, text: str, told: str
) -> None:
    """What is wrong with a file is told with its place, and nothing of the bad row is taken."""
    report = load(folder, database, text)

    assert [str(error) for error in report.errors] == [told]
    assert stored(database) == {}


def test_value_without_end_is_refused_early(folder: Path, database: SqlDatabase) -> None:
    """A quote that is never closed does not swallow a large file."""
    report = load(folder, database, 'key,size\n"a,1\n' + "b,2\n" * 1_200_000)

    assert report.error_count == 1
    assert "is a quote not closed?" in report.errors[0].reason


def test_column_without_name_is_not_read(folder: Path, database: SqlDatabase) -> None:
    """A comma at the end of every line does no harm."""
    report = load(folder, database, "key,size,\na,1,\n")

    assert report.errors == []
    assert stored(database) == {"a": 1}


def test_file_that_nobody_imports_is_skipped(folder: Path, database: SqlDatabase) -> None:
    """An unknown file is listed with the reason and is no error."""
    (folder / "other.csv").write_text("x\n1\n")
    report = import_directory(folder, [importer()], database)

    assert report.skipped == {"other.csv": "no installed distribution imports it"}
    assert report.error_count == 0


def test_files_are_found_anywhere_below(folder: Path, database: SqlDatabase) -> None:
    """Without lists every file counts, by its name, wherever it lies."""
    (folder / "common" / "DE").mkdir(parents=True)
    (folder / "common" / "DE" / "thing.csv").write_text("key,size\na,1\n")
    report = import_directory(folder, [importer()], database)

    assert [file.file for file in report.files] == ["common/DE/thing.csv"]


def test_importers_run_behind_those_they_come_after(folder: Path, database: SqlDatabase) -> None:
    """The order is that of 'after'; what has no order goes by name; absent ones do not count."""
    names = ("a", "b", "c", "d")
    for name in names:
        (folder / f"{name}.csv").write_text("key,size\n")
    after = {"a": ("c",), "b": ("not-installed",), "c": ("d",), "d": ()}
    importers = [importer(name, name, after[name]) for name in reversed(names)]
    report = import_directory(folder, importers, database)

    assert [file.entity for file in report.files] == ["b", "d", "c", "a"]


def test_importers_that_wait_for_each_other_are_a_configuration_error(
    folder: Path, database: SqlDatabase
) -> None:
    """A circle in 'after' names everybody in it."""
    importers = [
        importer("a", "a", ("b",)),
        importer("b", "b", ("a",)),
        importer("c", "c", ("a",)),
    ]
    with pytest.raises(ConfigurationError, match="'a' after 'b' after 'a'"):
        import_directory(folder, importers, database)


def test_lists_decide_which_files_are_read(folder: Path, database: SqlDatabase) -> None:
    """A list names files, also from a folder further up; what no list names is skipped."""
    (folder / "local").mkdir()
    (folder / "common").mkdir()
    (folder / "common" / "one.csv").write_text("key,size\na,1\n")
    (folder / "common" / "thing.csv").write_text("key,size\nb,2\n")
    (folder / "local" / "full_EU.yml").write_text(
        "version: 0\nactions:\n"
        "  - data_entity: thing\n    source: data/import/common/one.csv\n"
        "  - data_entity: glossary\n    source: data/import/common/glossary.csv\n"
    )
    report = import_directory(folder, [importer()], database)

    assert stored(database) == {"a": 1}
    assert report.skipped == {
        "common/thing.csv": "no list names it",
        "data/import/common/glossary.csv": "no installed distribution imports 'glossary'",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "actions:\n  - data_entity: thing\n    source: gone.csv\n",
            "local/x.yml: Action 1, 'thing': there is no file 'gone.csv' in the directory.",
        ),
        (
            "actions:\n  - data_entity: thing\n    source: ../thing.csv\n",
            "local/x.yml: Action 1, 'thing': there is no file '../thing.csv' in the directory.",
        ),
        (
            "actions:\n  - data_entity: thing\n",
            "local/x.yml: Action 1, 'thing', names no 'source'.",
        ),
        (
            "actions:\n  - [1]\n",
            "local/x.yml: Action 1 needs 'data_entity', a text, and 'source', a path.",
        ),
        ("version: 0\n", "local/x.yml: The list lacks 'actions', a sequence of imports."),
        (
            "actions:\n  - a: [\n",
            "local/x.yml, line 3: The list is not YAML: expected the node content, but found "
            "'<stream end>'.",
        ),
    ],
)
def test_malformed_list_is_explained(
    folder: Path, database: SqlDatabase, text: str, told: str
) -> None:
    """What is wrong with a list is an error with its place."""
    (folder / "local").mkdir()
    (folder / "local" / "x.yml").write_text(text)
    report = import_directory(folder, [importer()], database)

    assert [str(error) for error in report.errors] == [told]


def test_missing_folder_is_a_configuration_error(tmp_path: Path, database: SqlDatabase) -> None:
    """A directory that is not there is told at once."""
    with pytest.raises(ConfigurationError, match="is not a folder"):
        import_directory(tmp_path / "gone", [importer()], database)


def test_report_keeps_some_errors_and_counts_all(folder: Path, database: SqlDatabase) -> None:
    """A file with very many bad rows does not fill the memory with errors."""
    number = KEPT_ERRORS + 5
    report = load(folder, database, "key,size\n" + "a,x\n" * number)

    assert (len(report.errors), report.error_count) == (KEPT_ERRORS, number)


def test_progress_goes_up_to_the_total(folder: Path, database: SqlDatabase) -> None:
    """Progress is called after each batch, with bytes over all files."""
    (folder / "a").mkdir()
    (folder / "a" / "thing.csv").write_text("key,size\na,1\n")
    (folder / "thing.csv").write_text("key,size\nb,1\nc,2\nd,3\n")
    calls: list[tuple[str, int, int, int]] = []
    import_directory(
        folder, [importer()], database, batch=2, progress=lambda *call: calls.append(call)
    )

    assert [(file, records) for file, records, _, _ in calls] == [
        ("a/thing.csv", 1),
        ("thing.csv", 2),
        ("thing.csv", 3),
    ]
    assert calls[-1][2] == calls[-1][3] == 13 + 21
