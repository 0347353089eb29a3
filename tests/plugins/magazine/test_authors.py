"""Authors in the database, and the articles that are theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from glue_core import Work
from glue_magazine import (
    ArticleDraft,
    AuthorDraft,
    ChangedMeanwhile,
    IdInUse,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    SortKey,
)

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_new_author_is_read_as_they_were_written(magazine: Magazine) -> None:
    """Every field of a draft comes back, in another transaction too."""
    written = magazine.author("Ada")

    assert magazine.read_author(written.id) == written
    assert (written.name, written.email) == ("Ada", "ada@example.org")
    assert written.joined_on == date(2020, 1, 2)
    assert written.version == 1


def test_an_id_in_use_is_refused(magazine: Magazine) -> None:
    """Two authors cannot have one id."""
    magazine.author("Ada", id=NOBODY)

    with pytest.raises(IdInUse):
        magazine.author("Ben", id=NOBODY)

    assert magazine.read_author(NOBODY).name == "Ada"


def test_an_id_that_is_no_uuid_is_refused(magazine: Magazine) -> None:
    """The store does not rely on whoever checked the id before."""
    with pytest.raises(ValueError, match="no UUID"):
        magazine.author(id="ada")


def test_an_update_changes_what_it_names(magazine: Magazine) -> None:
    """Fields that are not named stay; the version and the time of the change grow."""
    before = magazine.author("Ada")
    with magazine.database.work() as work:
        after = magazine.authors.update(before.id, {"name": "Ada B."}, work)

    assert after == magazine.read_author(before.id)
    assert (after.name, after.email, after.version) == ("Ada B.", before.email, 2)
    assert after.updated_at > before.updated_at


def test_what_is_not_there_cannot_be_changed(magazine: Magazine) -> None:
    """Every write names the author who does not exist."""
    article = magazine.article()
    changes: list[Callable[[Work], object]] = [
        lambda work: magazine.authors.update(NOBODY, {"name": "x"}, work),
        lambda work: magazine.authors.delete(NOBODY, work),
        lambda work: magazine.authors.replace_articles(NOBODY, [article.id], work),
        lambda work: magazine.authors.add_articles(NOBODY, [article.id], work),
        lambda work: magazine.authors.remove_articles(NOBODY, [article.id], work),
    ]
    for change in changes:
        with pytest.raises(NoSuchAuthor) as caught, magazine.database.work() as work:
            change(work)
        assert caught.value.ids == (NOBODY,)


def test_an_unknown_field_is_the_callers_mistake(magazine: Magazine) -> None:
    """A name that an author does not have is told, not ignored."""
    ada = magazine.author()
    with pytest.raises(ValueError, match="nmae"), magazine.database.work() as work:
        magazine.authors.update(ada.id, {"nmae": "x"}, work)


def test_articles_of_a_deleted_author_stay(magazine: Magazine) -> None:
    """They have no author then, which is a new state of each."""
    ada = magazine.author()
    article = magazine.article(author_id=ada.id)
    with magazine.database.work() as work:
        magazine.authors.delete(ada.id, work)

    with magazine.database.work(writes=False) as work:
        assert magazine.authors.find([ada.id], work) == {}
    left = magazine.read_article(article.id)
    assert left.author_id is None
    assert left.version == 2
    assert left.updated_at > article.updated_at


def test_articles_are_replaced(magazine: Magazine) -> None:
    """Those left out lose their author; those of another author move."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    dropped = magazine.article("dropped", author_id=ada.id)
    kept = magazine.article("kept", author_id=ada.id)
    moved = magazine.article("moved", author_id=ben.id)
    with magazine.database.work() as work:
        magazine.authors.replace_articles(ada.id, [moved.id, kept.id, kept.id], work)

    assert sorted(magazine.titles_of(ada.id)) == ["kept", "moved"]
    assert magazine.titles_of(ben.id) == []
    assert magazine.read_article(dropped.id).author_id is None
    assert magazine.read_article(kept.id).version == 1
    assert magazine.read_article(moved.id).version == 2
    # Created, two articles, this change; created, one article, this change.
    assert magazine.read_author(ada.id).version == 4
    assert magazine.read_author(ben.id).version == 3


def test_the_list_can_be_emptied(magazine: Magazine) -> None:
    """Replacing by nothing leaves an author without articles."""
    ada = magazine.author()
    magazine.article(author_id=ada.id)
    with magazine.database.work() as work:
        magazine.authors.replace_articles(ada.id, [], work)

    assert magazine.titles_of(ada.id) == []
    assert magazine.read_author(ada.id).version == 3


def test_articles_are_added(magazine: Magazine) -> None:
    """Those that are the author's already stay as they are."""
    ada = magazine.author()
    there = magazine.article("there", author_id=ada.id)
    new = magazine.article("new")
    with magazine.database.work() as work:
        magazine.authors.add_articles(ada.id, [there.id, new.id], work)

    assert sorted(magazine.titles_of(ada.id)) == ["new", "there"]
    assert magazine.read_article(there.id).version == 1
    assert magazine.read_author(ada.id).version == 3


def test_adding_what_is_there_changes_nothing(magazine: Magazine) -> None:
    """The same request twice is one change."""
    ada = magazine.author()
    article = magazine.article(author_id=ada.id)
    with magazine.database.work() as work:
        magazine.authors.add_articles(ada.id, [article.id], work)

    assert magazine.read_author(ada.id).version == 2


def test_articles_are_removed(magazine: Magazine) -> None:
    """Articles of others, and those that do not exist, are left alone."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    mine = magazine.article("mine", author_id=ada.id)
    theirs = magazine.article("theirs", author_id=ben.id)
    with magazine.database.work() as work:
        magazine.authors.remove_articles(ada.id, [mine.id, theirs.id, NOBODY], work)

    assert magazine.titles_of(ada.id) == []
    assert magazine.titles_of(ben.id) == ["theirs"]
    assert magazine.read_author(ada.id).version == 3
    assert magazine.read_author(ben.id).version == 2


@pytest.mark.parametrize("method", ["replace_articles", "add_articles"])
def test_an_unknown_article_is_refused(magazine: Magazine, method: str) -> None:
    """All that do not exist are named, and the list stays as it was."""
    ada = magazine.author()
    article = magazine.article(author_id=ada.id)
    other = "11111111-1111-4111-8111-111111111111"
    with pytest.raises(NoSuchArticle) as caught, magazine.database.work() as work:
        getattr(magazine.authors, method)(ada.id, [NOBODY, article.id, other], work)

    assert caught.value.ids == (NOBODY, other)
    assert magazine.titles_of(ada.id) == ["Lamps"]


def test_one_unit_of_work_sees_its_own_changes(magazine: Magazine) -> None:
    """An article read before a change of the list is read anew after it."""
    ada = magazine.author()
    article = magazine.article()
    with magazine.database.work() as work:
        assert magazine.articles.find([article.id], work)[article.id].author_id is None
        magazine.authors.add_articles(ada.id, [article.id], work)
        changed = magazine.articles.update(article.id, {"title": "Shades"}, work)

    assert (changed.author_id, changed.version) == (ada.id, 3)
    assert magazine.read_article(article.id) == changed


def test_articles_of_several_authors_are_read_together(magazine: Magazine) -> None:
    """The latest published comes first, drafts last; an author without any is left out."""
    ada, ben, paul = (magazine.author(name) for name in ("Ada", "Ben", "Paul"))
    for title, author, day in (
        ("old", ada, 1),
        ("draft", ada, None),
        ("new", ada, 2),
        ("b", ben, 1),
    ):
        time = None if day is None else datetime(2026, 1, day, tzinfo=UTC)
        magazine.article(title, author_id=author.id, published_at=time)
    with magazine.database.work(writes=False) as work:
        found = magazine.articles.of_authors([ada.id, ben.id, paul.id], work)

    titles = {id_: [article.title for article in articles] for id_, articles in found.items()}
    assert titles == {ada.id: ["new", "old", "draft"], ben.id: ["b"]}


def test_many_articles_fit_in_one_change(magazine: Magazine) -> None:
    """More ids than one statement names are written all the same."""
    ada = magazine.author()
    with magazine.database.work() as work:
        ids = [
            magazine.articles.create(ArticleDraft(f"{number}", "x"), work).id
            for number in range(1100)
        ]
        magazine.authors.replace_articles(ada.id, ids, work)
    with magazine.database.work() as work:
        magazine.authors.replace_articles(ada.id, ids[:1], work)
    with magazine.database.work(writes=False) as work:
        assert magazine.articles.page(Query((("author_id", ada.id),)), work).total == 1
        assert magazine.articles.page(Query((("author_id", None),)), work).total == 1099


def test_a_page_is_filtered_sorted_and_counted(magazine: Magazine) -> None:
    """The total counts what matches, and the page is a part of it in order."""
    for name in ("Cleo", "Ada", "Ben"):
        magazine.author(name)
    with magazine.database.work(writes=False) as work:
        page = magazine.authors.page(Query(sorts=(SortKey("name"),), offset=1, limit=1), work)
        found = magazine.authors.page(Query((("email", "ben@example.org"),)), work)

    assert ([author.name for author in page.authors], page.total) == (["Ben"], 3)
    assert [author.name for author in found.authors] == ["Ben"]


def test_nothing_is_committed_by_the_store(magazine: Magazine) -> None:
    """What a unit of work wrote is gone when its owner rolls it back."""
    work = magazine.database.start(writes=True)
    author = magazine.authors.create(AuthorDraft("Ada", "a@example.org", date(2020, 1, 1)), work)
    work.rollback()
    work.close()

    with magazine.database.work(writes=False) as work:
        assert magazine.authors.find([author.id], work) == {}


def test_whoever_comes_second_is_told(on_postgresql: Magazine) -> None:
    """A change or a deletion of what another has changed since it was read is refused."""
    ada = on_postgresql.author()
    slow = on_postgresql.database.start(writes=True)
    try:
        on_postgresql.authors.find([ada.id], slow)
        with on_postgresql.database.work() as quick:
            on_postgresql.authors.update(ada.id, {"name": "Ada B."}, quick)
        with pytest.raises(ChangedMeanwhile):
            on_postgresql.authors.update(ada.id, {"name": "Ada C."}, slow)
        slow.rollback()
        on_postgresql.authors.find([ada.id], slow)
        with on_postgresql.database.work() as quick:
            on_postgresql.authors.update(ada.id, {"name": "Ada D."}, quick)
        with pytest.raises(ChangedMeanwhile):
            on_postgresql.authors.delete(ada.id, slow)
    finally:
        slow.close()

    assert on_postgresql.read_author(ada.id).name == "Ada D."


def test_what_is_so_already_is_no_change(magazine: Magazine) -> None:
    """Writing the same values makes no new state."""
    before = magazine.author("Ada")
    with magazine.database.work() as work:
        magazine.authors.update(before.id, {"name": "Ada"}, work)

    assert magazine.read_author(before.id) == before
