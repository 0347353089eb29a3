"""Fields of schemas that every plugin needs alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from marshmallow import ValidationError, fields

from glue_core.violations import Violation


class UtcDateTime(fields.AwareDateTime):
    """A point in time: clients send it in any time zone, and see it in UTC.

    A time without a zone is refused: nobody can tell which point it is.

    Source:
        ISO 8601, in the form ``2026-01-31T08:00:00Z``.
    """

    default_error_messages = {
        "time": "Not a time such as '2026-01-31T08:00:00Z'.",
        "invalid_awareness": "The time has no zone, such as 'Z' or '+01:00'.",
        "range": "The time is out of range.",
    }

    def make_error(self, key: str, **kwargs: Any) -> ValidationError:
        """Return an error; what marshmallow calls by the name of the class is said in words."""
        return super().make_error("time" if key == "invalid" else key, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("time")
        time = super()._deserialize(value, attr, data, **kwargs)
        try:
            return time.astimezone(UTC)
        except OverflowError:
            raise self.make_error("range") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        if value.tzinfo is not UTC:
            value = value.astimezone(UTC)
        shown: str = value.isoformat()
        return shown[:-6] + "Z"


Validator = TypeVar("Validator", bound=Callable[[Any], object])


def as_json_schema(schema: Mapping[str, Any]) -> Callable[[Validator], Validator]:
    """Return a decorator of a validator of one's own that tells the documentation what it asks.

    What a validator of marshmallow asks is known; a function's is not.

    Args:
        schema: What it asks, as JSON Schema, such as ``{"uniqueItems": True}``. It may ask less
            than the validator where JSON Schema cannot say all of it.
    """

    def mark(validator: Validator) -> Validator:
        validator.json_schema = dict(schema)  # type: ignore[attr-defined]
        return validator

    return mark


@as_json_schema({"pattern": r"[^\s\x1c-\x1f\x85]"})
def not_blank(value: str) -> None:
    """Refuse a text that is empty or only spaces: a validator for fields.

    Raises:
        ValidationError: It is; the kind of the violation is ``blank``.
    """
    if not value.strip():
        raise ValidationError(Violation.of("This value should not be blank.", "blank", {}))
