"""Writing many rows by their keys: new ones are inserted, the others updated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session


def upsert(
    session: Session,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str] = (),
) -> None:
    """Write rows in one statement; of two with the same key the later one stays.

    Columns that the rows do not name keep their values.

    Args:
        session: The session of the unit of work.
        table: The table.
        rows: Rows that all name the same columns.
        keys: Columns of the unique key that tells rows apart; the primary key when empty.

    Raises:
        NotImplementedError: The database is neither SQLite nor PostgreSQL.
    """
    if not rows:
        return
    by = tuple(keys) or tuple(column.name for column in table.primary_key.columns)
    # PostgreSQL refuses to touch one row twice in a statement.
    distinct = list({tuple(row[key] for key in by): row for row in rows}.values())
    statement = _insert(session, table)
    changed = {name: statement.excluded[name] for name in distinct[0] if name not in by}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=by, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=by)
    session.execute(statement, distinct)


def _insert(session: Session, table: Table) -> Any:
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    raise NotImplementedError(f"Glue writes to SQLite and PostgreSQL, not to {dialect!r}.")
