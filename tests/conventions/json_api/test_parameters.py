"""Query parameters: what is refused and what may be ignored, in both dialects."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from glue_json_api import GLUE, STRICT, Dialect
from glue_json_api.dialect import ignored_parameters, is_custom

Ask = Callable[..., Any]


@pytest.mark.parametrize(
    "name", ["camelCase", "snake_case", "with-dash", "v2", "größe", "pageX[a]"]
)
def test_custom_names(ask: Ask, name: str) -> None:
    """A name with a character that is not a to z is left to implementations, and ignored."""
    assert is_custom(name)
    assert ask("GET", f"/articles/1?{quote(name)}=1").status == 200


@pytest.mark.parametrize("name", ["weather", "q", "_x", "-", "", "page[x]", "a.b", "[a]", "a+b"])
def test_other_names(ask: Ask, name: str) -> None:
    """A name that the specification reserves, or that is no legal one, is a 400."""
    answer = ask("GET", f"/articles/1?{quote(name)}=1")

    assert not is_custom(name)
    assert (answer.status, answer.document["errors"][0]["code"]) == (400, "018")


def test_unknown_parameters_are_a_member_of_the_dialect() -> None:
    """A dialect refuses all of them, or ignores the custom ones, or all."""
    assert ignored_parameters(Dialect(unknown_parameters="refused")) is None
    assert [(ignored_parameters(STRICT) or bool)(each) for each in ("q", "aB")] == [False, True]
    assert [(ignored_parameters(GLUE) or bool)(each) for each in ("q", "aB")] == [True, True]


@pytest.mark.parametrize(
    "query",
    [
        "weather=1",
        "sort=weather",
        "filter[articles.weather]=1",
        "filter[things.title]=1",
        "fields[things]=a",
        "fields[articles]=weather",
        "include=weather",
    ],
)
def test_unknown_names_in_both_dialects(ask: Ask, query: str) -> None:
    """What strict clients are told, existing ones never were."""
    assert ask("GET", f"/articles?{query}").status == 400
    assert ask("GET", f"/articles?{query}", glue=True).status == 200


def test_known_names_count_beside_unknown_ones(ask: Ask) -> None:
    """Leaving a name out leaves the others as they are."""
    query = "fields[articles]=weather,title&include=weather,author"
    data = ask("GET", f"/articles/1?{query}", glue=True).document["data"]

    assert data["attributes"] == {"title": "Title 1"}
    assert "relationships" not in data


@pytest.mark.parametrize("query", ["filter[title]=a", "page[offset]=x&page[limit]=1"])
def test_shapes_are_judged_in_both_dialects(ask: Ask, query: str) -> None:
    """A filter without a dot and a page that is no number are wrong everywhere."""
    assert ask("GET", f"/articles?{query}").status == 400
    assert ask("GET", f"/articles?{query}", glue=True).status == 400


@pytest.mark.parametrize("glue", [True, False])
def test_commas_may_be_encoded(ask: Ask, glue: bool) -> None:
    """A list is one whether its commas are percent-encoded or not."""
    document = ask("GET", "/articles/1?include=author%2Ccomments", glue=glue).document

    assert {each["type"] for each in document["included"]} == {"people", "comments"}


def test_query_in_links_of_the_glue_dialect(ask: Ask) -> None:
    """The link of a resource of the type that was asked for repeats the query; others do not."""
    document = ask("GET", "/articles/1?include=author", glue=True).document
    own = document["data"]["links"]["self"]

    assert own == "http://glue.example/articles/1?include=author"
    assert document["included"][0]["links"]["self"] == "http://glue.example/people/p"
    strict = ask("GET", "/articles/1?include=author").document
    assert strict["data"]["links"]["self"] == "http://glue.example/articles/1"


NAMES = st.sampled_from(
    [
        *("page[offset]", "page[limit]", "page[number]", "page[size]", "page[after]"),
        *("page[before]", "page", "page[]", "sort", "sort[]", "filter", "filter[", "filter[]"),
        *("filter[a.b]", "filter[articles.title]", "filter[articles.title][x]"),
        *("fields", "fields[articles]", "fields[]", "include", "include[]"),
        *("q", "aB", "", "%", "\0", "ä"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "1", "-1", "0", "1e9", "٣", "99999999999999999999", ",", "a,b", "title"]),
    st.sampled_from(["-title", "--title", "author", "comments.by", ".", "..", "author.articles"]),
)
QUERIES = st.one_of(
    st.lists(st.tuples(NAMES, VALUES), max_size=5).map(
        lambda pairs: "&".join(f"{quote(n)}={quote(v, errors='replace')}" for n, v in pairs)
    ),
    # The test client takes no query that starts with a second question mark.
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40
    ).map(lambda text: text.lstrip("?")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(
        [
            *("/articles", "/articles/1", "/archive", "/articles/1/author", "/people/p/articles"),
            *("/articles/1/relationships/comments", "/nothing"),
        ]
    ),
    query=QUERIES,
    glue=st.booleans(),
)
@example(path="/articles", query="%FF=%FF", glue=False)
@example(path="/articles", query="include=" + "author.articles." * 200, glue=False)
@example(path="/articles", query="include=" + ",".join(["author"] * 2000), glue=True)
@example(path="/articles", query="&" * 500, glue=True)
def test_any_query_is_answered(ask: Ask, path: str, query: str, glue: bool) -> None:
    """No query is a failure of the server, and every refusal says what is wrong."""
    answer = ask("GET", f"{path}?{query}", glue=glue)

    assert answer.status in (200, 400, 404)
    if answer.status == 400:
        assert all(each["detail"] for each in answer.document["errors"])
