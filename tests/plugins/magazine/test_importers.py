"""Importing a magazine, and the one that the demo writes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import glue_magazine.plugin
from glue_core import ImportReport, import_directory
from glue_magazine import Query, SortKey, is_id

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

Write = Callable[[str, Sequence[Sequence[str]]], None]

ADA = "a0000000-0000-4000-8000-000000000000"
BEN = "b0000000-0000-4000-8000-000000000000"
LAMPS = "10000000-0000-4000-8000-000000000000"
SHOES = "20000000-0000-4000-8000-000000000000"

AUTHOR = ["id", "name", "email", "joined_on"]
ARTICLE = ["id", "title", "body", "published_at", "reading_minutes", "tags", "author_id"]
AUTHORS = [
    AUTHOR,
    [ADA, "Ada", "ada@example.org", "2020-01-02"],
    [BEN, "Ben", "ben@example.org", "2021-03-04"],
]
ARTICLES = [
    ARTICLE,
    [LAMPS, "Lamps", "One.\n\nTwo.", "2026-01-01T08:00:00+01:00", "7", "light, home", ADA],
    [SHOES, "Shoes", "They run.", "", "", "", ""],
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write an import file."""
    (tmp_path / "import").mkdir()

    def write(name: str, rows: Sequence[Sequence[str]]) -> None:
        path = tmp_path / "import" / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    return write


@pytest.fixture
def load(tmp_path: Path, magazine: Magazine) -> Callable[[], ImportReport]:
    """Import the files."""

    def load() -> ImportReport:
        importers = glue_magazine.plugin.glue_importers()
        return import_directory(tmp_path / "import", importers, magazine.database)

    return load


def test_files_become_authors_and_articles(
    magazine: Magazine, write: Write, load: Callable[[], ImportReport]
) -> None:
    """Authors come before the articles that name them, whatever the names of the files."""
    write("article", ARTICLES)
    write("author", AUTHORS)
    report = load()

    assert (report.records, report.errors) == (4, [])
    ada, lamps, shoes = (
        magazine.read_author(ADA),
        magazine.read_article(LAMPS),
        magazine.read_article(SHOES),
    )
    assert (ada.name, ada.email, ada.joined_on) == ("Ada", "ada@example.org", date(2020, 1, 2))
    assert (lamps.title, lamps.body, lamps.reading_minutes) == ("Lamps", "One.\n\nTwo.", 7)
    assert lamps.published_at == datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert (lamps.tags, lamps.author_id) == (("light", "home"), ADA)
    assert (shoes.published_at, shoes.reading_minutes) == (None, 1)
    assert (shoes.tags, shoes.author_id) == ((), None)


def test_importing_again_changes_nothing(
    magazine: Magazine, write: Write, load: Callable[[], ImportReport]
) -> None:
    """Not even the versions and the times of change."""
    write("author", AUTHORS)
    write("article", ARTICLES)
    load()
    before = [magazine.read_author(ADA), magazine.read_article(LAMPS)]
    assert load().errors == []

    assert [magazine.read_author(ADA), magazine.read_article(LAMPS)] == before


def test_a_changed_row_changes_what_is_there(
    magazine: Magazine, write: Write, load: Callable[[], ImportReport]
) -> None:
    """What differs is a new state: of the article, and of the authors whose lists changed."""
    write("author", AUTHORS)
    write("article", ARTICLES)
    load()
    versions = [magazine.read_author(id_).version for id_ in (ADA, BEN)]
    write("article", [ARTICLE, [*ARTICLES[1][:5], "home", BEN]])
    load()

    lamps = magazine.read_article(LAMPS)
    assert (lamps.tags, lamps.author_id, lamps.version) == (("home",), BEN, 2)
    after = [magazine.read_author(id_).version for id_ in (ADA, BEN)]
    assert after == [version + 1 for version in versions]
    assert magazine.read_article(SHOES).version == 1


@pytest.mark.parametrize(
    ("file", "column", "value"),
    [
        ("author", "id", "7"),
        ("author", "id", ""),
        ("author", "name", ""),
        ("author", "name", "x" * 101),
        ("author", "email", "ada"),
        ("author", "joined_on", "2020-02-30"),
        ("author", "joined_on", ""),
        ("article", "id", LAMPS.upper().replace("1", "A", 1)),
        ("article", "title", "x" * 201),
        ("article", "body", ""),
        ("article", "published_at", "2026-01-01T08:00:00"),
        ("article", "published_at", "soon"),
        ("article", "published_at", "0001-01-01T00:00:00+14:00"),
        ("article", "reading_minutes", "0"),
        ("article", "reading_minutes", "601"),
        ("article", "reading_minutes", "1.5"),
        ("article", "tags", "x" * 51),
        ("article", "tags", ",".join(map(str, range(21)))),
        ("article", "author_id", SHOES),
    ],
)
def test_a_bad_cell_is_named(
    magazine: Magazine,
    write: Write,
    load: Callable[[], ImportReport],
    file: str,
    column: str,
    value: str,
) -> None:
    """The report says which column of which row is bad; the other rows are taken."""
    rows = {"author": AUTHORS, "article": ARTICLES}
    header, first, second = rows[file]
    bad = [value if name == column else cell for name, cell in zip(header, first, strict=True)]
    write("author", AUTHORS)
    write(file, [header, bad, second])
    report = load()

    assert [(each.record, each.column) for each in report.errors] == [(1, column)]
    if file == "article":
        assert magazine.read_article(SHOES).title == "Shoes"
    else:
        assert magazine.read_author(BEN).name == "Ben"


@pytest.mark.parametrize("size", [None, 1, 100])
def test_the_demo_is_imported_without_errors(
    tmp_path: Path, magazine: Magazine, size: int | None
) -> None:
    """Every article has an id and a title of its own; some have no author, the last is a draft."""
    (data,) = glue_magazine.plugin.glue_demo_data()
    data.write(tmp_path, size)
    importers = glue_magazine.plugin.glue_importers()
    report = import_directory(tmp_path, importers, magazine.database)
    count = 36 if size is None else size
    with magazine.database.work(writes=False) as work:
        query = Query(sorts=(SortKey("published_at"),), limit=1000)
        articles = magazine.articles.page(query, work).articles
        authors = magazine.authors.page(Query(), work).authors

    assert report.errors == []
    assert len({each.title for each in articles}) == len(articles) == count
    assert all(is_id(each.id) for each in [*articles, *authors])
    assert [each.published_at for each in articles].index(None) == count - 1
    assert len(authors) == 6
    if count > 10:
        assert {each.author_id is None for each in articles} == {True, False}


def test_the_demo_is_the_same_everywhere(tmp_path: Path) -> None:
    """Two machines write the same files, so ids in documentation hold."""
    (data,) = glue_magazine.plugin.glue_demo_data()
    texts = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        data.write(tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        texts.append([(path.name, path.read_bytes()) for path in files])

    assert texts[0] == texts[1]
    assert [name for name, _ in texts[0]] == ["article.csv", "author.csv"]
