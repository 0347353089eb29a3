"""Importing a directory of CSV files: ``glue import DIRECTORY`` without knowledge of any table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from glue_core.csv_reading import CsvError, CsvFile, Record
from glue_core.exchange import Importer, RowError, RowImporter
from glue_core.import_listing import ImportFile, list_directory
from glue_core.services.database import Database
from glue_core.work import Work

KEPT_ERRORS = 1000
"""Errors that a report keeps; the rest are counted."""

Progress = Callable[[str, int, int, int], None]
"""Takes a file, its records so far, and bytes: read so far and in total, over all files."""

OpenWork = Callable[[], AbstractContextManager[Work]]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """Something in an import directory that could not be taken.

    Attributes:
        file: Path inside the directory, with slashes.
        line: Line where it starts, from 1, or None when it is the file as a whole.
        record: Number of the record, from 1 without the header, or None.
        column: Column at fault, or None.
        reason: What is wrong, for the person who owns the file.
    """

    file: str
    line: int | None
    record: int | None
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.record is not None:
            place += f" (record {self.record})"
        if self.column is not None:
            place += f", column {self.column!r}"
        return f"{place}: {self.reason}"


@dataclass(slots=True)
class FileReport:
    """What became of one file.

    Attributes:
        file: Path inside the directory, with slashes.
        entity: What it was imported as.
        records: Records read, good and bad.
        bad: Records that could not be taken.
    """

    file: str
    entity: str
    records: int = 0
    bad: int = 0


@dataclass(slots=True)
class ImportReport:
    """What became of an import directory.

    Attributes:
        files: Imported files, in the order of reading.
        skipped: Name of a file to why it was not imported; that is no error.
        errors: The first errors, `KEPT_ERRORS` at most.
        error_count: Number of all errors.
        is_rolled_back: Whether nothing stayed, because of the errors.
    """

    files: list[FileReport] = field(default_factory=list)
    skipped: Mapping[str, str] = field(default_factory=dict)
    errors: list[ImportProblem] = field(default_factory=list)
    error_count: int = 0
    is_rolled_back: bool = False

    @property
    def records(self) -> int:
        """Number of records that were taken; those of a run that was rolled back count too."""
        return sum(file.records - file.bad for file in self.files)

    def add(self, error: ImportProblem) -> None:
        """Count an error, and keep it while there is room."""
        self.error_count += 1
        if len(self.errors) < KEPT_ERRORS:
            self.errors.append(error)


class _RollBack(Exception):
    """Ends the transaction of a run that had errors."""


def import_directory(
    directory: Path,
    importers: Sequence[Importer],
    database: Database,
    *,
    on_error: Literal["keep", "rollback"] = "keep",
    batch: int = 500,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the CSV files of a directory; doing it again changes nothing.

    Args:
        directory: Folder with lists in ``local/*.yml``, or with CSV files anywhere below it.
        importers: What the installed distributions import.
        database: Where the rows go.
        on_error: ``keep`` takes the good rows and commits after each batch; ``rollback`` takes
            all rows in one transaction, or none; on SQLite nobody else writes meanwhile. Either
            reads everything and reports every error.
        batch: Records that are looked up, written and committed together, from 1.
        progress: Called after each batch.

    Returns:
        What was imported, what was skipped and what is wrong.

    Raises:
        ConfigurationError: There is no such folder, or importers wait for each other.
        ServiceUnavailable: The database did not answer.
    """
    if batch < 1:
        raise ValueError(f"A batch has at least one record, not {batch}.")
    listing = list_directory(directory, importers)
    report = ImportReport(skipped=listing.skipped)
    for place, line, reason in listing.problems:
        report.add(ImportProblem(place, line, None, None, reason))
    run = _Run(report, batch, progress, listing.files)
    if on_error == "keep":
        run.read(database.work)
        return report
    try:
        with database.work() as whole:
            run.read(lambda: _part_of(whole))
            if report.error_count:
                raise _RollBack
    except _RollBack:
        report.is_rolled_back = True
    return report


@contextmanager
def _part_of(work: Work) -> Iterator[Work]:
    """Hand out a unit of work that somebody else ends."""
    yield work


class _Run:
    """One import, from the first file to the last."""

    def __init__(
        self,
        report: ImportReport,
        batch: int,
        progress: Progress | None,
        files: Sequence[ImportFile],
    ) -> None:
        self._report = report
        self._batch = batch
        self._progress = progress
        self._files = files
        self._bytes_before = 0
        self._bytes_total = sum(file.path.stat().st_size for file in files)

    def read(self, open_work: OpenWork) -> None:
        """Take every file; each batch in the work that is opened for it."""
        for file in self._files:
            self._read_file(file, open_work)
            self._bytes_before += file.path.stat().st_size

    def _read_file(self, file: ImportFile, open_work: OpenWork) -> None:
        report = FileReport(file.name, file.importer.entity)
        self._report.files.append(report)
        try:
            source = CsvFile(file.path, file.importer.required)
        except CsvError as error:
            self._report.add(ImportProblem(file.name, error.line, None, error.column, error.reason))
            return
        except OSError as error:
            reason = f"The file cannot be opened: {error.strerror}."
            self._report.add(ImportProblem(file.name, None, None, None, reason))
            return
        taker = file.importer.make()
        with source:
            for items in _batches(iter(source), self._batch):
                self._take(items, report, taker, open_work)
                if self._progress is not None:
                    done = self._bytes_before + source.bytes_read
                    self._progress(file.name, report.records, done, self._bytes_total)

    def _take(
        self,
        items: Sequence[Record | CsvError],
        report: FileReport,
        taker: RowImporter,
        open_work: OpenWork,
    ) -> None:
        records = []
        for item in items:
            if isinstance(item, Record):
                records.append(item)
            else:
                self._refuse(report, item.line, None, item.column, item.reason)
        report.records += len(items)
        if not records:
            return
        try:
            with open_work() as work:
                taker.prepare([record.values for record in records], work)
                for record in records:
                    try:
                        taker.load(record.values, work)
                    except RowError as error:
                        self._refuse(report, record.line, record.number, error.column, error.reason)
                taker.flush(work)
                # A session that remembered its rows would grow with the file.
                work.session.flush()
                work.session.expunge_all()
        except Exception as error:
            error.add_note(
                f"It happened in {report.file}, lines {records[0].line} to {records[-1].line}."
            )
            raise

    def _refuse(
        self, report: FileReport, line: int, record: int | None, column: str | None, reason: str
    ) -> None:
        report.bad += 1
        self._report.add(ImportProblem(report.file, line, record, column, reason))


def _batches(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while batch := list(islice(items, size)):
        yield batch
