"""What the plugin contributes: one more format of plain answers."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import Encoder, hookimpl
from glue_csv_encoder.table import table_of


@hookimpl
def glue_encoders() -> Sequence[Encoder]:
    """Write answers as ``text/csv`` for clients that accept it."""
    return [Encoder("text/csv", table_of, parameters="charset=utf-8; header=present")]
