"""Links: of documents, pages and resources."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core import Deployment, encoded, query_of
from glue_json_api.links import address

Ask = Callable[..., Any]
SITE = "http://glue.example"


def offsets(document: Any) -> dict[str, str]:
    """Return the offset that each link to another page leads to."""
    return {
        name: dict(parse_qsl(urlsplit(href).query))["page[offset]"]
        for name, href in document["links"].items()
        if name != "self"
    }


def test_ids_are_percent_encoded(ask: Ask) -> None:
    """An id with a slash and a space is one segment of its link."""
    resources = ask("GET", "/articles?page[offset]=24").document["data"]

    assert resources[0]["id"] == "a/b c"
    assert resources[0]["links"] == {"self": f"{SITE}/articles/a%2Fb%20c"}


def test_included_resources_link_to_their_own_place(ask: Ask) -> None:
    """A link does not depend on the request: a type's place, or that of an only child."""
    document = ask("GET", "/articles/7?include=author,price").document

    assert [each["links"]["self"] for each in document["included"]] == [
        f"{SITE}/people/p",
        f"{SITE}/articles/7/prices",
    ]


def test_included_resource_without_a_place_has_no_link(ask: Ask) -> None:
    """A type that lives below a parent only is not linked where the parent is unknown."""
    (comment,) = ask("GET", "/articles/7?include=comments").document["included"]

    assert "links" not in comment


def test_child_links_below_the_parent_of_the_request(ask: Ask) -> None:
    """A primary resource without a place of its own links below the request's parents."""
    one = ask("GET", "/articles/7/comments/c1").document
    all_of_them = ask("GET", "/articles/7/comments").document

    assert one["data"]["links"]["self"] == f"{SITE}/articles/7/comments/c1"
    assert all_of_them["data"][0]["links"]["self"] == f"{SITE}/articles/7/comments/c1"
    assert one["links"]["self"] == f"{SITE}/articles/7/comments/c1"


def test_custom_route(ask: Ask) -> None:
    """The document of a custom route links to the route, its resource to the type's place."""
    document = ask("GET", "/desks/art%20%26%20film/latest").document

    assert document["links"]["self"] == f"{SITE}/desks/art%20%26%20film/latest"
    assert document["data"]["links"]["self"] == f"{SITE}/articles/23"


def test_another_place_of_a_type(ask: Ask) -> None:
    """A resource that is shown at a second place links to the place named after its type."""
    document = ask("GET", "/filled/3").document

    assert document["data"]["links"]["self"] == f"{SITE}/articles/3"
    assert document["links"]["self"] == f"{SITE}/filled/3"


def test_created_resource_is_linked_to(ask: Ask) -> None:
    """A new resource is linked to by the document, itself and ``Location``, all the same."""
    new = {"data": {"type": "articles", "attributes": {"title": "T"}}}
    answer = ask("POST", "/articles?include=author", new)

    place = f"{SITE}/articles/new%20one"
    assert answer.status == 201
    assert answer.document["links"]["self"] == place
    assert answer.document["data"]["links"]["self"] == place
    assert answer.headers["location"] == place


def test_self_keeps_the_query(ask: Ask) -> None:
    """The link of a document is what was asked for, encoded, without changing its meaning."""
    sent = "fields[articles]=title&include=author,comments&page[limit]=2&page[offset]=0"
    links = ask("GET", f"/articles?{sent}&sort=-title").document["links"]

    query = urlsplit(links["self"]).query
    assert parse_qsl(query) == parse_qsl(f"{sent}&sort=-title")
    assert "[" not in query


def test_pages_keep_the_rest_of_the_query(ask: Ask) -> None:
    """Links to other pages differ from the request in the page only."""
    sent = "fields[articles]=title&page[limit]=2&sort=-title"
    links = ask("GET", f"/articles?{sent}").document["links"]

    for name in ("first", "next", "last"):
        query = dict(parse_qsl(urlsplit(links[name]).query))
        assert query["fields[articles]"] == "title"
        assert query["sort"] == "-title"
        assert query["page[limit]"] == "2"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"first": "0", "next": "10", "last": "20"}),
        ("page[offset]=10", {"first": "0", "prev": "0", "next": "20", "last": "20"}),
        ("page[offset]=5", {"first": "0", "prev": "0", "next": "15", "last": "20"}),
        ("page[offset]=20", {"first": "0", "prev": "10", "last": "20"}),
        ("page[offset]=500", {"first": "0", "prev": "20", "last": "20"}),
        ("filter[articles.title]=none", {"first": "0", "last": "0"}),
    ],
)
def test_pages(ask: Ask, query: str, expected: dict[str, str]) -> None:
    """A collection links to its first, previous, next and last page where there is one."""
    document = ask("GET", f"/articles?{query}").document

    assert offsets(document) == expected


def test_following_next_meets_every_resource_once(ask: Ask) -> None:
    """A client that follows ``next`` reads the whole collection and then stops."""
    path: str | None = "/articles?page[limit]=4&sort=title"
    ids: list[str] = []
    while path is not None:
        document = ask("GET", path).document
        ids += [each["id"] for each in document["data"]]
        following = document["links"].get("next")
        path = following.removeprefix(SITE) if following else None

    assert len(ids) == len(set(ids)) == 25


def test_collection_without_pages_has_no_page_links(ask: Ask) -> None:
    """A collection that is not cut into pages links to itself only."""
    links = ask("GET", "/articles/7/comments").document["links"]

    assert links == {"self": f"{SITE}/articles/7/comments", "rules": f"{SITE}/rules"}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_encoded_id_is_one_segment(text: str) -> None:
    """Any id becomes one segment that decodes to the id."""
    segment = encoded(text)

    assert unquote(segment, errors="strict") == text
    assert not set(segment) & set("/?#[]& ")


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_query_keeps_its_meaning(pairs: list[tuple[str, str]]) -> None:
    """Any query that was encoded once is the same after it was encoded anew."""
    text = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs)

    assert parse_qsl(query_of(text, with_page=True), keep_blank_values=True) == pairs


def test_page_parameters_can_be_left_out() -> None:
    """Without the page the other parameters stay, blank ones too."""
    assert query_of("page[limit]=1&sort=&pages=1", with_page=False) == "sort=&pages=1"


def test_links_may_be_relative() -> None:
    """A link that starts with a slash is below the mount point; another one stays."""
    assert address("/rules", "http://a/b") == "http://a/b/rules"
    assert address("https://c/", "http://a/b") == "https://c/"


@pytest.mark.parametrize("prefix", ["/v2", "/v2.0"])
def test_links_keep_the_version_of_the_path(
    ask: Ask, deploy: Callable[..., Deployment], prefix: str
) -> None:
    """Every link of an answer starts with the version that the path named, as it named it."""
    deployed = deploy({"applications": {"magazine_api": {"versions_in_path": True}}})
    page = ask(
        "GET", f"{prefix}/articles?page[offset]=1&page[limit]=1&include=author", deployed=deployed
    )
    new = {"data": {"type": "articles", "attributes": {"title": "T"}}}
    created = ask("POST", f"{prefix}/articles", new, deployed=deployed)

    (article,), (author,) = page.document["data"], page.document["included"]
    hrefs = [
        *page.document["links"].values(),
        article["links"]["self"],
        *article["relationships"]["comments"]["links"].values(),
        created.document["data"]["links"]["self"],
        created.headers["location"],
    ]
    assert author["links"]["self"] == f"{SITE}{prefix}/people/p"
    assert {"self", "first", "next", "last"} <= page.document["links"].keys()
    assert [each for each in hrefs if not each.startswith(f"{SITE}{prefix}/articles")] == []
    assert page.headers["content-type"] == "application/vnd.api+json; version=2.0"


def test_links_keep_the_version_below_the_address_of_the_settings(
    ask: Ask, deploy: Callable[..., Deployment]
) -> None:
    """The version follows the address that the settings give links to start with."""
    table = {"versions_in_path": True, "base_url": "https://shop.example/api"}
    deployed = deploy({"applications": {"magazine_api": table}})

    document = ask("GET", "/v1/articles/7", deployed=deployed).document

    assert document["links"]["self"] == "https://shop.example/api/v1/articles/7"
