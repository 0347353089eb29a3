"""What features declare about their data: importers, publishers, migrations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from glue_core.work import Event, Work

Row = Mapping[str, str]
"""One record of an import file: column to text, trimmed; absent columns are absent keys."""


class RowError(Exception):
    """A row that cannot be taken.

    Attributes:
        column: Column at fault, or None when it is the row as a whole.
        reason: What is wrong, for the person who owns the file.
    """

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class RowImporter:
    """Takes the rows of one kind of file; a new one for each run, so it may keep look-ups."""

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up what a batch of rows needs, in few queries; called before they are loaded."""

    def load(self, row: Row, work: Work) -> None:
        """Take one row: an upsert by the key columns.

        Raises:
            RowError: The row is bad; nothing of it may have been written.
        """
        raise NotImplementedError

    def flush(self, work: Work) -> None:
        """Write what is still held back; called before each commit."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Declares a kind of import file.

    Attributes:
        entity: Name in import configurations, such as ``product-abstract``.
        file: File name without ``.csv``, such as ``product_abstract``.
        required: Columns that the header must have.
        after: Entities that are imported before, where they are installed.
        make: Makes the object that takes the rows of one run.
    """

    entity: str
    file: str
    required: tuple[str, ...]
    make: Callable[[], RowImporter]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Declares who turns events into published documents.

    Attributes:
        event: Name of the events it handles; one event may have several publishers.
        handle: Handles a batch, each key once. It is idempotent: a batch may come again.
        keys: Yields every key there is, for publishing everything anew.
        name: Name in contribution ids.
        writes: Whether it writes to the database or publishes events. One that only reads holds
            nobody up who writes.
    """

    event: str
    handle: Callable[[Sequence[Event], Work], None]
    keys: Callable[[Work], Iterator[str]]
    name: str
    writes: bool = True


@dataclass(frozen=True, slots=True)
class Migrations:
    """Declares a branch of Alembic migrations.

    Attributes:
        branch: Label of the branch, unique among the installed distributions.
        directory: Folder of the revision files.
    """

    branch: str
    directory: Path
    metadata: Callable[[], object] | None = field(default=None)
