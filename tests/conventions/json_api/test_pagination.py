"""Pages: by offset, by number and by cursor; one request uses one kind."""

from collections.abc import Callable
from typing import Any

import pytest

from glue_json_api import CURSOR_PAGINATION, MEDIA_TYPE

Ask = Callable[..., Any]
SITE = "http://glue.example"


def ids(answer: Any) -> list[str]:
    """Return the ids of the resources of an answer."""
    return [each["id"] for each in answer.document["data"]]


def follow(ask: Ask, answer: Any, name: str) -> Any:
    """Follow a link of an answer."""
    return ask("GET", answer.document["links"][name].removeprefix(SITE))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["0", "1"]),
        ("page[offset]=3&page[limit]=1", ["3"]),
        ("page[number]=2", ["2", "3"]),
        ("page[number]=2&page[size]=3", ["3", "4", "5"]),
        ("page[after]=3", ["4", "5"]),
        ("page[before]=3&page[size]=1", ["2"]),
        ("page[after]=3&page[before]=5", ["4"]),
    ],
)
def test_kinds_of_pages(ask: Ask, query: str, expected: list[str]) -> None:
    """Each kind that an operation takes names a page; without a name it is the first."""
    assert ids(ask("GET", f"/archive?{query}")) == expected


def test_links_of_numbered_pages(ask: Ask) -> None:
    """Links to other pages are numbers where the client used numbers."""
    links = ask("GET", "/archive?page[number]=2&page[size]=5").document["links"]

    start = f"{SITE}/archive?page%5Bnumber%5D="
    assert {name: href for name, href in links.items() if name != "self"} == {
        "first": f"{start}1&page%5Bsize%5D=5",
        "prev": f"{start}1&page%5Bsize%5D=5",
        "next": f"{start}3&page%5Bsize%5D=5",
        "last": f"{start}5&page%5Bsize%5D=5",
    }


def test_walk_by_cursor(ask: Ask, magazine: Any) -> None:
    """Following ``next`` shows everything once, and ``prev`` leads back."""
    answer = ask("GET", "/stream?page[size]=5")
    assert answer.document["links"]["prev"] is None
    seen, pages = ids(answer), [ids(answer)]
    while answer.document["links"]["next"] is not None:
        answer = follow(ask, answer, "next")
        seen += ids(answer)
        pages.append(ids(answer))

    assert seen == list(magazine.articles)
    assert ids(follow(ask, answer, "prev")) == pages[-2]
    assert ids(follow(ask, answer, "first")) == pages[0]


def test_pages_by_cursor_say_their_profile(ask: Ask) -> None:
    """What follows the profile says so, asked or not; other pages do not."""
    stream = ask("GET", "/stream")

    assert stream.headers["content-type"] == f'{MEDIA_TYPE}; profile="{CURSOR_PAGINATION}"'
    assert stream.document["jsonapi"]["profile"] == [CURSOR_PAGINATION]
    assert ask("GET", "/archive").headers["content-type"] == MEDIA_TYPE


def test_truncated_range(ask: Ask) -> None:
    """What does not fit between two cursors is cut, and the document says so."""
    whole = ask("GET", "/archive?page[after]=1&page[before]=6")
    cut = ask("GET", "/archive?page[after]=1&page[before]=6&page[size]=2")

    assert (ids(whole), whole.document.get("meta")) == (["2", "3", "4", "5"], None)
    assert (ids(cut), cut.document["meta"]) == (["2", "3"], {"page": {"rangeTruncated": True}})


@pytest.mark.parametrize(
    ("path", "parameter", "kind"),
    [
        ("/stream?page[size]=6", "page[size]", "max-size-exceeded"),
        ("/stream?page[after]=1&page[before]=5", "page[before]", "range-pagination-not-supported"),
    ],
)
def test_errors_of_the_profile(ask: Ask, path: str, parameter: str, kind: str) -> None:
    """What the profile has an error for is that error."""
    answer = ask("GET", path)

    (error,) = answer.document["errors"]
    assert (answer.status, error["source"]) == (400, {"parameter": parameter})
    assert error["links"] == {"type": CURSOR_PAGINATION + kind}


@pytest.mark.parametrize(
    "path",
    [
        "/archive?page[offset]=1&page[number]=1",
        "/archive?page[limit]=1&page[size]=1",
        "/archive?page[number]=1&page[after]=1",
        "/archive?page[number]=0",
        "/archive?page[number]=1.5",
        "/archive?page[size]=6&page[number]=1",
        "/archive?page[after]=",
        "/archive?page[after]=nothing",
        "/archive?page[cursor]=1",
        "/stream?page[offset]=1",
        "/stream?page[number]=1",
        "/stream?page[size]=0",
        "/stream?page[size]=99999999999999999999",
        "/articles?page[number]=1",
        "/articles?page[after]=1",
        "/articles?page=1",
    ],
)
def test_wrong_pages(ask: Ask, path: str) -> None:
    """Mixed kinds, kinds that the operation does not take, and wrong values are a 400."""
    answer = ask("GET", path)

    assert answer.status == 400
    assert all(each["source"]["parameter"].startswith("page") for each in answer.document["errors"])


@pytest.mark.parametrize("query", ["page[offset]=3", "page[limit]=3"])
def test_both_parameters_in_the_glue_dialect(ask: Ask, query: str) -> None:
    """Existing clients get a page by offset only where they send both parameters."""
    one = ask("GET", f"/articles?{query}", glue=True)
    both = ask("GET", "/articles?page[offset]=3&page[limit]=3", glue=True)

    assert ids(one)[:3] == ["0", "1", "2"]
    assert len(ids(one)) == 10
    assert ids(both) == ["3", "4", "5"]


def test_pages_of_what_a_relationship_leads_to(ask: Ask) -> None:
    """Related resources are cut into pages as their own collection, with links and a total."""
    first = ask("GET", "/people/p/articles?page[limit]=1&include=price")
    second = follow(ask, first, "next")

    assert (ids(first), ids(second)) == (["1"], ["2"])
    assert [each["id"] for each in second.document["included"]] == ["2"]
    start = f"{SITE}/people/p/articles?include=price&page%5Boffset%5D="
    assert {name: href for name, href in second.document["links"].items() if name != "self"} == {
        "first": f"{start}0&page%5Blimit%5D=1",
        "prev": f"{start}0&page%5Blimit%5D=1",
        "last": f"{start}1&page%5Blimit%5D=1",
    }
    assert second.document["meta"] == {"total": 2}


def test_pages_of_a_relationship_itself(ask: Ask) -> None:
    """Identifiers are cut alike; their links lead to pages of identifiers."""
    first = ask("GET", "/people/p/relationships/articles?page[limit]=1&include=articles")
    second = follow(ask, first, "next")

    assert second.document["data"] == [{"type": "articles", "id": "2"}]
    assert [each["id"] for each in second.document["included"]] == ["2"]
    assert second.document["links"]["prev"].startswith(f"{SITE}/people/p/relationships/articles?")
    assert second.document["links"]["related"] == f"{SITE}/people/p/articles"
    assert second.document["meta"] == {"total": 2}


@pytest.mark.parametrize("place", ["articles", "relationships/articles"])
@pytest.mark.parametrize("query", ["page[limit]=101", "page[offset]=-1", "page[limit]=x"])
def test_wrong_pages_of_relationships(ask: Ask, place: str, query: str) -> None:
    """A page that the collection of the target would refuse is refused here as well."""
    answer = ask("GET", f"/people/p/{place}?{query}")

    assert answer.status == 400
    assert [each["code"] for each in answer.document["errors"]] == ["012"]


@pytest.mark.parametrize("place", ["author", "relationships/author"])
def test_one_resource_has_no_pages(ask: Ask, place: str) -> None:
    """A to-one relationship takes no page."""
    assert ask("GET", f"/articles/7/{place}?page[limit]=1").status == 400
