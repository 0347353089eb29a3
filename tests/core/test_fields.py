"""Fields of schemas that every plugin needs alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from marshmallow import ValidationError

from glue_core import UtcDateTime, Violation, not_blank


@pytest.mark.parametrize(
    ("sent", "time"),
    [
        ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("2026-01-31T08:00:00+01:00", datetime(2026, 1, 31, 7, tzinfo=UTC)),
        ("2025-12-31T22:30:00.25-02:00", datetime(2026, 1, 1, 0, 30, 0, 250000, tzinfo=UTC)),
    ],
)
def test_any_zone_comes_in(sent: str, time: datetime) -> None:
    """A point in time is the same one in UTC, whatever zone it was sent in."""
    read = UtcDateTime().deserialize(sent)

    assert read == time
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "sent",
    [
        "2026-01-31T08:00:00",
        "2026-01-31",
        "2026-02-30T08:00:00Z",
        "2026-01-31T08:00:60Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "tomorrow",
        "",
        0,
        1769846400,
        True,
        ["2026-01-31T08:00:00Z"],
        {},
        None,
    ],
)
def test_what_is_no_point_in_time_is_refused(sent: object) -> None:
    """A time without a zone, out of range or in another form is the client's mistake."""
    with pytest.raises(ValidationError):
        UtcDateTime().deserialize(sent)


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (datetime(2026, 1, 31, 8, tzinfo=UTC), "2026-01-31T08:00:00Z"),
        (datetime(2026, 1, 31, 8, 0, 0, 5, tzinfo=UTC), "2026-01-31T08:00:00.000005Z"),
        (datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=9))), "2025-12-31T15:00:00Z"),
        (None, None),
    ],
)
def test_utc_goes_out(time: datetime | None, shown: str | None) -> None:
    """Clients see every point in time in UTC."""
    assert UtcDateTime().serialize("at", {"at": time}) == shown


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("soon", "Not a time such as '2026-01-31T08:00:00Z'."),
        (7, "Not a time such as '2026-01-31T08:00:00Z'."),
        ("2026-01-31T08:00:00", "The time has no zone, such as 'Z' or '+01:00'."),
        ("0001-01-01T00:00:00+01:00", "The time is out of range."),
    ],
)
def test_the_error_says_what_to_send(sent: object, words: str) -> None:
    """Clients read what is wrong, and never the name of a class."""
    with pytest.raises(ValidationError) as caught:
        UtcDateTime().deserialize(sent)

    assert caught.value.messages == [words]


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u2003"], ids=ascii)
def test_blank_text_is_refused(text: str) -> None:
    """A text of spaces alone is blank, and says so by its kind."""
    with pytest.raises(ValidationError) as caught:
        not_blank(text)

    (violation,) = caught.value.messages
    assert isinstance(violation, Violation)
    assert violation.kind == "blank"


def test_text_is_not_blank() -> None:
    """A text with anything in it is taken."""
    not_blank(" x ")
