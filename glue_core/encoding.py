"""Encoding: the formats of plain answers. JSON is built in, plugins add others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from glue_core.messages import GlueRequest, GlueResponse

Row = Mapping[str, Any]
"""The attributes of one object, ready for JSON."""

JSON = "application/json"

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


class Rows(Sequence[Row]):
    """What a plain answer shows: objects, in order.

    Attributes:
        is_single: Whether the answer is about one object, so that a format which can say so shows
            the object itself; else a list, even of one.
    """

    __slots__ = ("_columns", "_rows", "is_single")

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        columns: Callable[[], Sequence[str]] = tuple,
        is_single: bool = False,
    ) -> None:
        """Hold rows.

        Args:
            rows: The rows.
            columns: Tells the names of the attributes that every row may have, in the order of
                their schema; asked by formats that need them.
            is_single: Whether the answer is about one object.
        """
        self._rows = rows
        self._columns = columns
        self.is_single = is_single

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all attributes in the order of the schema, also where there are no rows."""
        names = dict.fromkeys(self._columns())
        for row in self._rows:
            names.update(dict.fromkeys(row))
        return tuple(names)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


Encode = Callable[[GlueResponse, GlueRequest, Rows], "bytes | Iterable[bytes]"]
"""Returns the body of a success; it may be called by many threads at once."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """A format of plain answers, for clients that accept its media type.

    Errors are always JSON, so an encoder sees successes alone.

    Attributes:
        media_type: Media type in lower case and without parameters, such as ``text/csv``.
        encode: Writes the body.
        parameters: What follows the media type in ``Content-Type``, such as ``charset=utf-8``.
    """

    media_type: str
    encode: Encode
    parameters: str = ""

    def __post_init__(self) -> None:
        """Refuse a media type that no request could select.

        Raises:
            ValueError: It is not in lower case, or has parameters or a wildcard.
        """
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError(
                f"{self.media_type!r} is no media type of an encoder: write type and subtype in "
                f"lower case, such as 'text/csv', and what follows in 'parameters'."
            )

    @property
    def contribution_name(self) -> str:
        """Name that ``disable`` and the reports use."""
        return self.media_type

    @property
    def content_type(self) -> str:
        """Value of the header."""
        return f"{self.media_type}; {self.parameters}" if self.parameters else self.media_type


def encode_json(response: GlueResponse, request: GlueRequest, rows: Rows) -> bytes:
    """Write the rows as a JSON array; a single one as an object, or null where there is none."""
    if rows.is_single:
        return orjson.dumps(rows[0] if len(rows) else None)
    return orjson.dumps(list(rows))


JSON_ENCODER = Encoder(JSON, encode_json)
