"""How search indexes write ids and values down, so that order and equality are exact."""

from __future__ import annotations

import hashlib
import math
import re
import struct
from collections.abc import Mapping
from typing import Any

from glue_core.services.search import FieldKind, SearchIndex, SearchQuery

LONGEST_ID = 1000
"""Bytes of an id."""
LONGEST_SORTED = 8000
"""Characters of a text that take part in the order; equality takes all."""
LONGEST_TERM = 8000
"""Bytes of a value that is kept as it is to compare; a longer one is kept as its digest."""

END = "\0\0"
"""Ends a text that is followed by another; a NUL inside is written as NUL and 1."""
ABOVE_ALL = "\u0100"

NAME = re.compile(r"[a-z0-9_-][a-z0-9._-]*\Z")

Value = str | int | float | bool


def check_index(index: SearchIndex) -> None:
    """Raise `ValueError` unless an index is declared rightly."""
    if not NAME.match(index.name):
        raise ValueError(
            f"The name of the index {index.name!r} must be of lower-case letters, digits, '-', "
            f"'_' and '.', and not begin with '.'."
        )
    for field, kind in index.fields.items():
        if kind not in ("keyword", "text", "integer", "number", "boolean"):
            raise ValueError(
                f"The field {field!r} of the index {index.name!r} is of the unknown kind {kind!r}."
            )


def check_query(index: SearchIndex, query: SearchQuery) -> None:
    """Raise `ValueError` when a query names an unknown field or a number is negative."""
    for what, field in [
        *(("condition", each.field) for each in query.conditions),
        *(("order", each.field) for each in query.orders),
    ]:
        if field not in index.fields:
            raise ValueError(
                f"A {what} names the field {field!r}, which the index {index.name!r} does not "
                f"declare. Its fields: {', '.join(sorted(index.fields)) or 'none'}."
            )
    for name, number in (("offset", query.offset), ("limit", query.limit)):
        if number < 0:
            raise ValueError(f"The {name} of a search must not be negative, but is {number}.")


def check_id(index: SearchIndex, key: str) -> None:
    """Raise `ValueError` unless a text can be the id of a document."""
    check_text(f"The id {key!r} of a document of the index {index.name!r}", key)
    if len(key.encode()) > LONGEST_ID:
        raise ValueError(
            f"The id {key[:50]!r}... of a document of the index {index.name!r} has more than "
            f"{LONGEST_ID} bytes."
        )


def check_text(what: str, text: str) -> None:
    """Raise `ValueError` when a text has half of a surrogate pair, which no UTF-8 has."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{what} holds half of a surrogate pair.") from error


def values_of(index: SearchIndex, key: str, document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of the declared fields, each checked against its kind.

    A field that is absent, None or an empty list is missing; a list has several values.

    Raises:
        ValueError: A value does not fit its field.
    """
    values: dict[str, list[Any]] = {}
    for field, kind in index.fields.items():
        given = document.get(field)
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        found = [normal(kind, each) for each in several if each is not None]
        for value, each in zip(found, (e for e in several if e is not None), strict=True):
            if value is None:
                raise ValueError(
                    f"The document {key!r} of the index {index.name!r} has {each!r} in the field "
                    f"{field!r}, which is of the kind {kind!r}."
                )
            if isinstance(value, str):
                check_text(f"The field {field!r} of the document {key!r}", value)
        if found:
            values[field] = found
    return values


def normal(kind: FieldKind, value: Any) -> Value | None:
    """Return a value in the one form that equal values of a kind share; None when it is of none."""
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind in ("keyword", "text"):
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if kind == "number":
        try:
            number = float(value)
        except OverflowError:
            return None
        # There is one zero.
        return number + 0.0 if math.isfinite(number) else None
    if isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    return value if -(2**63) <= value < 2**63 else None


def term(value: Value) -> str:
    """Write a value to compare it: equal values, and no others, have equal terms."""
    if not isinstance(value, str):
        return sortable(value)
    if len(value) * 4 <= LONGEST_TERM or len(value.encode()) <= LONGEST_TERM:
        return "=" + value
    return "#" + hashlib.sha256(value.encode()).hexdigest()


def sortable(value: Value) -> str:
    """Write a value as text whose order by code points is the order of the values."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return f"{value + 2**63:016x}"
    if isinstance(value, float):
        bits = int.from_bytes(struct.pack(">d", value))
        # The bits of positive numbers are in order; those of negative ones are in reverse.
        return f"{bits ^ (2**64 - 1) if bits >> 63 else bits | 2**63:016x}"
    return value[:LONGEST_SORTED].replace("\0", "\0\1")


def ascending(value: Value | None, key: str) -> str:
    """Write what documents are ordered by from the first to the last: value, then id."""
    return f"1{key}" if value is None else f"0{sortable(value)}{END}{key}"


def descending(value: Value | None, key: str) -> str:
    """Write what documents are ordered by from the last to the first: value, then id turned round.

    So ties still come in the order of the ids, and documents without the field come last.
    """
    turned = "".join(chr(255 - byte) for byte in key.encode()) + ABOVE_ALL
    return f"0{turned}" if value is None else f"1{sortable(value)}{END}{turned}"


def value_of(written: str, *, is_ascending: bool) -> str | None:
    """Return the part of `ascending` or `descending` that equal values share; None without one."""
    is_missing = written.startswith("1" if is_ascending else "0")
    return None if is_missing else written.partition(END)[0]
