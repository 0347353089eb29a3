"""Lists: from a query to the rows of one page, and how many rows there are in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from glue_core import Work
from glue_magazine import Query

Row = TypeVar("Row")

Conditions = Mapping[str, Any]
"""Field to a function that takes a value and returns the condition."""


def read_page(
    kind: type[Row], query: Query, conditions: Conditions, sorts: Mapping[str, Any], work: Work
) -> tuple[Sequence[Row], int]:
    """Read a part of a list.

    Args:
        kind: The mapped class, which has an ``id``.
        query: What is asked for.
        conditions: The fields that a filter may name.
        sorts: The fields that an order may name, and their columns.
        work: The unit of work.

    Returns:
        The rows of the page in order, and the number of all rows that match.

    Raises:
        ValueError: The query names another field.
    """
    mapped: Any = kind
    where = [_known(conditions, name, "filter")(value) for name, value in query.filters]
    order = []
    for key in query.sorts:
        column = _known(sorts, key.field, "sort")
        order.append((column.asc() if key.is_ascending else column.desc()).nulls_last())
    rows = work.session.scalars(
        sa.select(mapped)
        .where(*where)
        .order_by(*order, mapped.id)
        .offset(query.offset)
        .limit(query.limit)
    ).all()
    total = work.session.scalar(sa.select(sa.func.count()).select_from(mapped).where(*where))
    return rows, total or 0


def _known(known: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise ValueError(f"There is no {what} {name!r}; known are: {', '.join(sorted(known))}.")
    return known[name]
