"""Articles in the database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from glue_magazine import (
    ArticleDraft,
    ChangedMeanwhile,
    IdInUse,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    SortKey,
    is_id,
)

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_new_article_is_read_as_it_was_written(magazine: Magazine) -> None:
    """Every field of a draft comes back, in another transaction too."""
    author = magazine.author()
    written = magazine.article(
        "Lamps",
        published_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        reading_minutes=7,
        tags=("light", "a,b"),
        author_id=author.id,
    )

    assert magazine.read_article(written.id) == written
    assert (written.title, written.body, written.reading_minutes) == ("Lamps", "It shines.", 7)
    assert written.tags == ("light", "a,b")
    assert written.author_id == author.id
    assert written.version == 1
    assert written.created_at == written.updated_at


def test_a_made_id_is_a_uuid_of_version_4(magazine: Magazine) -> None:
    """An article without an id of the client's gets one that the client could have sent."""
    article = magazine.article()

    assert is_id(article.id)
    assert uuid.UUID(article.id).version == 4


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "00000000-0000-1000-8000-000000000000",
        "00000000-0000-4000-c000-000000000000",
        "ABCDEF00-0000-4000-8000-000000000000",
        "00000000000040008000000000000000",
        "{00000000-0000-4000-8000-000000000000}",
        "00000000-0000-4000-8000-000000000000\n",
        "\N{ARABIC-INDIC DIGIT ZERO}0000000-0000-4000-8000-000000000000",
    ],
)
def test_other_texts_are_no_ids(text: str) -> None:
    """An id has one spelling: version 4, lower case, hyphens."""
    assert not is_id(text)


def test_an_id_that_is_no_uuid_is_refused(magazine: Magazine) -> None:
    """The store does not rely on whoever checked the id before."""
    with pytest.raises(ValueError, match="no UUID"):
        magazine.article(id="seven")


def test_an_id_in_use_is_refused(magazine: Magazine) -> None:
    """Two articles cannot have one id; the first one stays as it is."""
    first = magazine.article("First", id=NOBODY)

    with pytest.raises(IdInUse) as caught:
        magazine.article("Second", id=NOBODY)

    assert caught.value.ids == (NOBODY,)
    assert magazine.read_article(NOBODY) == first


def test_an_unknown_author_is_refused(magazine: Magazine) -> None:
    """An article is not written when its author does not exist."""
    with pytest.raises(NoSuchAuthor) as caught:
        magazine.article(author_id=NOBODY)

    assert caught.value.ids == (NOBODY,)


def test_any_zone_comes_in_and_utc_goes_out(magazine: Magazine) -> None:
    """A point in time is the same one, in UTC, at once and when it is read."""
    tokyo = timezone(timedelta(hours=9))
    article = magazine.article(published_at=datetime(2026, 1, 1, 8, 30, tzinfo=tokyo))

    expected = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert article.published_at == expected
    assert article.published_at.tzinfo is UTC
    assert magazine.read_article(article.id).published_at.isoformat() == expected.isoformat()


def test_a_time_without_a_zone_is_refused(magazine: Magazine) -> None:
    """The store never guesses which zone was meant."""
    with pytest.raises(ValueError, match="time zone"):
        magazine.article(published_at=datetime(2026, 1, 1))


def test_an_update_changes_what_it_names(magazine: Magazine) -> None:
    """Fields that are not named stay; the version and the time of the change grow."""
    before = magazine.article("Lamps", reading_minutes=7, tags=("light",))
    with magazine.database.work() as work:
        after = magazine.articles.update(before.id, {"title": "Shades"}, work)

    assert after == magazine.read_article(before.id)
    assert (after.title, after.reading_minutes, after.tags) == ("Shades", 7, ("light",))
    assert after.version == 2
    assert after.updated_at > before.updated_at
    assert after.created_at == before.created_at


@pytest.mark.parametrize("tags", [(), ("b",), ("b", "a"), ("a", "b", "c"), ("c", "d")])
def test_tags_are_replaced_as_a_list(magazine: Magazine, tags: tuple[str, ...]) -> None:
    """Tags keep their order, whatever the list was before."""
    article = magazine.article(tags=("a", "b"))
    with magazine.database.work() as work:
        magazine.articles.update(article.id, {"tags": tags}, work)

    assert magazine.read_article(article.id).tags == tags


def test_a_change_of_tags_alone_is_a_new_version(magazine: Magazine) -> None:
    """The tags are part of the article's state, though they are kept elsewhere."""
    article = magazine.article(tags=("a",))
    with magazine.database.work() as work:
        magazine.articles.update(article.id, {"tags": ("b",)}, work)

    assert magazine.read_article(article.id).version == 2


def test_an_author_can_be_set_and_taken_away(magazine: Magazine) -> None:
    """The to-one relationship goes both ways, and both lists of authors become other states."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    article = magazine.article(author_id=ada.id)
    with magazine.database.work() as work:
        magazine.articles.update(article.id, {"author_id": ben.id}, work)
    assert magazine.titles_of(ada.id) == []
    assert magazine.titles_of(ben.id) == ["Lamps"]

    with magazine.database.work() as work:
        magazine.articles.update(article.id, {"author_id": None}, work)
    assert magazine.read_article(article.id).author_id is None
    # Of each author: created, the article came, the article went.
    assert magazine.read_author(ada.id).version == 3
    assert magazine.read_author(ben.id).version == 3


def test_an_update_of_what_is_not_there_is_refused(magazine: Magazine) -> None:
    """Updating and deleting name the article that does not exist."""
    with pytest.raises(NoSuchArticle) as caught, magazine.database.work() as work:
        magazine.articles.update(NOBODY, {"title": "x"}, work)
    assert caught.value.ids == (NOBODY,)

    with pytest.raises(NoSuchArticle), magazine.database.work() as work:
        magazine.articles.delete(NOBODY, work)


def test_an_update_to_an_unknown_author_is_refused(magazine: Magazine) -> None:
    """The article keeps the author it had."""
    ada = magazine.author()
    article = magazine.article(author_id=ada.id)
    with pytest.raises(NoSuchAuthor), magazine.database.work() as work:
        magazine.articles.update(article.id, {"author_id": NOBODY}, work)

    assert magazine.read_article(article.id) == article


def test_an_unknown_field_is_the_callers_mistake(magazine: Magazine) -> None:
    """A name that an article does not have is told, not ignored."""
    article = magazine.article()
    with pytest.raises(ValueError, match="titel"), magazine.database.work() as work:
        magazine.articles.update(article.id, {"titel": "x"}, work)


def test_a_deleted_article_is_gone(magazine: Magazine) -> None:
    """Its tags go with it, and its author's list becomes another."""
    ada = magazine.author()
    article = magazine.article(tags=("a",), author_id=ada.id)
    with magazine.database.work() as work:
        magazine.articles.delete(article.id, work)

    with magazine.database.work(writes=False) as work:
        assert magazine.articles.find([article.id], work) == {}
        assert magazine.articles.page(Query(filters=(("tags", "a"),)), work).total == 0
    assert magazine.read_author(ada.id).version == 3


def test_nothing_is_committed_by_the_store(magazine: Magazine) -> None:
    """What a unit of work wrote is gone when its owner rolls it back."""
    work = magazine.database.start(writes=True)
    article = magazine.articles.create(ArticleDraft("Lamps", "x"), work)
    work.rollback()
    work.close()

    with magazine.database.work(writes=False) as work:
        assert magazine.articles.find([article.id], work) == {}


def test_a_page_is_filtered_sorted_and_counted(magazine: Magazine) -> None:
    """The total counts what matches, and the page is a part of it in order."""
    for minutes, title in enumerate(("b", "d", "a", "c"), 1):
        magazine.article(title, reading_minutes=minutes, tags=("x",))
    magazine.article("e")
    query = Query((("tags", "x"),), (SortKey("title", False),), offset=1, limit=2)
    with magazine.database.work(writes=False) as work:
        page = magazine.articles.page(query, work)

    assert [article.title for article in page.articles] == ["c", "b"]
    assert page.total == 4


@pytest.mark.parametrize("is_ascending", [True, False])
def test_what_is_absent_comes_last(magazine: Magazine, is_ascending: bool) -> None:
    """Drafts stand behind published articles in either order, on every engine."""
    magazine.article("draft")
    magazine.article("published", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    query = Query(sorts=(SortKey("published_at", is_ascending),))
    with magazine.database.work(writes=False) as work:
        page = magazine.articles.page(query, work)

    assert [article.title for article in page.articles] == ["published", "draft"]


def test_texts_are_sorted_by_code_point(magazine: Magazine) -> None:
    """The order is the same on every engine and machine."""
    for title in ("b", "B", "ä", "a-b", "a b", "ab"):
        magazine.article(title)
    with magazine.database.work(writes=False) as work:
        page = magazine.articles.page(Query(sorts=(SortKey("title"),)), work)

    assert [article.title for article in page.articles] == ["B", "a b", "a-b", "ab", "b", "ä"]


@pytest.mark.parametrize(
    ("field", "value", "titles"),
    [
        ("title", "Lamps", ["Lamps"]),
        ("reading_minutes", 3, ["Shoes"]),
        ("tags", "b", ["Lamps", "Shoes"]),
        ("tags", "a,b", []),
        ("author_id", NOBODY, ["Lamps"]),
    ],
)
def test_a_filter_compares_for_equality(
    magazine: Magazine, field: str, value: object, titles: list[str]
) -> None:
    """A list matches when it holds the value."""
    magazine.author(id=NOBODY)
    magazine.article("Lamps", tags=("a", "b"), author_id=NOBODY)
    magazine.article("Shoes", tags=("b",), reading_minutes=3)
    query = Query(((field, value),), (SortKey("title"),))
    with magazine.database.work(writes=False) as work:
        page = magazine.articles.page(query, work)

    assert [article.title for article in page.articles] == titles


@pytest.mark.parametrize("query", [Query((("body", "x"),)), Query(sorts=(SortKey("tags"),))])
def test_a_field_that_cannot_be_asked_for_is_told(magazine: Magazine, query: Query) -> None:
    """A filter or an order by another field is the caller's mistake."""
    with pytest.raises(ValueError, match="known are"), magazine.database.work() as work:
        magazine.articles.page(query, work)


def test_whoever_comes_second_is_told(on_postgresql: Magazine) -> None:
    """A change of what another has changed since it was read is refused; the first one stays."""
    article = on_postgresql.article("Lamps")
    slow = on_postgresql.database.start(writes=True)
    try:
        on_postgresql.articles.find([article.id], slow)
        with on_postgresql.database.work() as quick:
            on_postgresql.articles.update(article.id, {"title": "Shades"}, quick)
        with pytest.raises(ChangedMeanwhile) as caught:
            on_postgresql.articles.update(article.id, {"title": "Bulbs"}, slow)
    finally:
        slow.close()

    assert caught.value.ids == (article.id,)
    assert on_postgresql.read_article(article.id).title == "Shades"


def test_a_deletion_of_what_changed_is_told(on_postgresql: Magazine) -> None:
    """Nobody deletes a state that they have not seen."""
    article = on_postgresql.article("Lamps")
    slow = on_postgresql.database.start(writes=True)
    try:
        on_postgresql.articles.find([article.id], slow)
        with on_postgresql.database.work() as quick:
            on_postgresql.articles.update(article.id, {"title": "Shades"}, quick)
        with pytest.raises(ChangedMeanwhile):
            on_postgresql.articles.delete(article.id, slow)
    finally:
        slow.close()

    assert on_postgresql.read_article(article.id).title == "Shades"


def test_what_is_so_already_is_no_change(magazine: Magazine) -> None:
    """Writing the same values makes no new state."""
    before = magazine.article("Lamps", tags=("a",))
    with magazine.database.work() as work:
        magazine.articles.update(before.id, {"title": "Lamps", "tags": ("a",)}, work)

    assert magazine.read_article(before.id) == before


def test_only_a_taken_id_is_told_as_one(magazine: Magazine) -> None:
    """A constraint that a deployment adds is none about ids, and is not told as if it were."""
    with magazine.database.work() as work:
        work.session.execute(sa.text("CREATE UNIQUE INDEX own_rule ON magazine_article (title)"))
    magazine.article("Lamps")

    with pytest.raises(IntegrityError, match=r"own_rule|magazine_article\.title"):
        magazine.article("Lamps")


def test_an_id_that_somebody_took_meanwhile_is_refused(
    magazine: Magazine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looks before somebody else has written finds out by the database."""
    magazine.article("First", id=NOBODY)
    monkeypatch.setattr(Session, "get", lambda *_: None)

    with pytest.raises(IdInUse) as caught:
        magazine.article("Second", id=NOBODY)

    assert caught.value.ids == (NOBODY,)
