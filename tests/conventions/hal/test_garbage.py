"""Whatever a client sends in HAL, the answer is no failure of ours."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue_core.testing import Client

HAL_TYPE = "application/hal+json"
NAMES = st.sampled_from(
    ["include", "sort", "page[offset]", "page[limit]", "fields[books]", "filter[books.title]", "x"]
)
VALUES = st.sampled_from(
    ["", "author.books", "-title", "0", "9" * 30, "%00", "%ff", ",.,", "a%20b"]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["title", "pages", "subtitle", "_links", "_embedded", "odd"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIXTURE_IS_SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@FIXTURE_IS_SHARED
@given(st.lists(st.tuples(NAMES, VALUES | st.text(max_size=6)), max_size=4))
def test_queries(client: Client, pairs: list[tuple[str, str]]) -> None:
    """A query is answered or refused with a problem document that says where."""
    query = "&".join(f"{name}={value}" for name, value in pairs if value.isascii())
    response = client.request("GET", "/books", environ={"QUERY_STRING": query})

    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert all("parameter" in each for each in response.json["errors"])


@FIXTURE_IS_SHARED
@given(st.binary(max_size=40) | JSON.map(orjson.dumps))
def test_bodies(client: Client, body: bytes) -> None:
    """A body is taken or refused with a problem document that says where."""
    response = client.post("/books", body=body, headers={"content-type": HAL_TYPE})

    assert response.status_code in (201, 400, 422)
    if response.status_code != 201:
        assert all("pointer" in each for each in response.json["errors"])
