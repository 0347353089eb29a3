"""An invented magazine, written as an import directory: the same for the same size."""

from __future__ import annotations

import csv
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ARTICLES = 36

AUTHORS = (
    ("Ada Birnbaum", "ada.birnbaum@magazine.example", date(2019, 4, 1)),
    ("Tomás Oliveira", "tomas.oliveira@magazine.example", date(2020, 9, 14)),
    ("Ingrid Solheim", "ingrid.solheim@magazine.example", date(2021, 1, 18)),
    ("Joris van Dael", "joris.vandael@magazine.example", date(2022, 6, 7)),
    ("Mei Tanaka", "mei.tanaka@magazine.example", date(2023, 2, 27)),
    # Has joined and has not written yet.
    ("Paul Okafor", "paul.okafor@magazine.example", date(2024, 11, 4)),
)
WRITING = 5
"""Authors, from the first, who have written."""

SUBJECTS = (
    ("desk lamps", "lamps", "A desk wants light from the side, and none in the eyes."),
    ("running shoes", "shoes", "A pair that fits in the shop in the evening fits on the road."),
    ("rain jackets", "outdoor", "Seams leak first, so that is where to look first."),
    ("coffee grinders", "kitchen", "Even grounds matter more than fine ones."),
    ("tents", "outdoor", "Pitch it once in the garden before it rains on a mountain."),
    ("headphones", "audio", "What is comfortable for ten minutes may not be for two hours."),
    ("bicycles", "bicycles", "The frame decides how you sit; everything else can be changed."),
    ("kitchen knives", "kitchen", "One sharp knife does more than a block of dull ones."),
    ("backpacks", "outdoor", "The hips should carry, the shoulders only steady."),
)
FORMS = (
    ("How to choose {}", "guide", 6),
    ("Caring for {}", "care", 4),
    ("What we learned testing {}", "test", 11),
    ("A short history of {}", "history", 8),
)
FIRST = datetime(2024, 1, 9, 7, 30, tzinfo=UTC)
"""When the first article was published; the others follow, one each week."""


def write_magazine(directory: Path, articles: int = ARTICLES) -> None:
    """Write ``author.csv`` and ``article.csv`` into a folder.

    Some articles have no author, and the last one is not published.

    Args:
        directory: An existing folder.
        articles: Number of articles, from 1.
    """
    authors = [(_uuid("author", name), name, email, joined) for name, email, joined in AUTHORS]
    _write(directory / "author.csv", ("id", "name", "email", "joined_on"), authors)
    columns = ("id", "title", "body", "published_at", "reading_minutes", "tags", "author_id")
    rows = (_article(number, number == articles - 1) for number in range(articles))
    _write(directory / "article.csv", columns, rows)


def _article(number: int, is_draft: bool) -> tuple[object, ...]:
    """Return a row; subject and form of two articles are the same only in another volume."""
    subject, tag, advice = SUBJECTS[number % len(SUBJECTS)]
    form, kind, minutes = FORMS[number // len(SUBJECTS) % len(FORMS)]
    volume = number // (len(SUBJECTS) * len(FORMS)) + 1
    title = form.format(subject) + (f", part {volume}" if volume > 1 else "")
    published = "" if is_draft else (FIRST + timedelta(weeks=number)).isoformat()
    has_author = number % 7 != 6
    author = AUTHORS[number % WRITING][0]
    return (
        _uuid("article", title),
        title,
        f"{advice}\n\nThe magazine looked at {subject} for a season, and this is what stayed.",
        published,
        minutes + number % 3,
        f"{tag},{kind}",
        _uuid("author", author) if has_author else "",
    )


def _uuid(kind: str, name: str) -> str:
    """Return an id that is the same wherever the demo is written."""
    digest = hashlib.sha256(f"{kind}:{name}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
