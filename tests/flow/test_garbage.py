"""Whatever a client sends, the answer is never 500."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from glue_core import GlueResponse, Operation
from glue_core.testing import Client, installed

WORDS = st.sampled_from(
    ["things", "1", "", "carts", "items", "relationships", "..", ".", "%2F", "%00", "%FF", "%", "ä"]
)
PATHS = st.lists(WORDS | st.text(max_size=6), max_size=6).map(
    lambda parts: "/" + "/".join(part.replace("?", "") for part in parts)
)
NAMES = st.sampled_from(
    [
        "page[limit]",
        "page[offset]",
        "page[]",
        "sort",
        "filter[things.name]",
        "filter",
        "filter[]",
        "fields[things]",
        "fields[",
        "include",
        "a",
        "",
    ]
)
QUERIES = st.lists(
    st.tuples(
        NAMES, st.sampled_from(["", "1", "-1", "name", "%00", "%FF", "a,b"]) | st.text(max_size=5)
    ),
    max_size=4,
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)) | st.text(max_size=20)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20)
MEDIA = (
    st.sampled_from(
        [
            "application/json",
            "text/x-lines",
            "*/*",
            "text/*;q=0.5, */*;q=0",
            "application/json;q=x",
            "application/json; charset=utf-16",
            "application/vnd.api+json",
            "application/vnd.api+json;ext=x",
            "",
            ",",
            ";q=1",
            "/",
        ]
    )
    | LATIN
)
BODIES = st.sampled_from(
    [
        b"",
        b"{}",
        b"null",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": {"type": 5, "attributes": []}}',
        b'{"data": {"type": "things", "id": 1, "attributes": {"name": {}}}}',
        b'{"data": {"type": "things", "relationships": {"a": 5}}}',
        b'{"errors": 1}',
        b"[]",
        b"[" * 2000,
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b'{"a":1,"a":2}',
        b'{"name": 1e999}',
        b'{"name": "\\u0000"}',
        b'{"size": 1' + b"0" * 5000 + b"}",
    ]
) | st.binary(max_size=30)
METHODS = st.sampled_from(
    ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FETCH", "get"]
)


Serve = Callable[..., Client]


@pytest.fixture
def garbage(serve: Serve) -> Client:
    """An application with places of every kind; it is not checked against PEP 3333."""

    def handle() -> GlueResponse:
        return GlueResponse()

    client = serve(
        *installed("json_api"),
        glue_resources=lambda: [
            Operation("get", handle, "carts"),
            Operation("get", handle, "carts/items"),
            Operation("post", handle, "carts/items"),
            Operation("get", handle, "carts/profile", singleton=True),
        ],
        glue_route_providers=lambda: [
            Operation("get", handle, "/c/{id}"),
            Operation("post", handle, "/c/{id}/{x}"),
        ],
    )
    return Client(client.wsgi, checked=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=METHODS,
    path=PATHS,
    query=QUERIES,
    accept=MEDIA,
    content_type=MEDIA,
    body=BODIES,
    is_raw=st.booleans(),
    is_chunked=st.booleans(),
)
@example("GET", "", "", "", "", b"", True, False)
@example("OPTIONS", "", "", "", "", b"", False, False)
@example("POST", "/things", "", "", "application/json", b"[" * 100_000, False, False)
def test_no_request_is_a_failure_of_the_server(
    garbage: Client,
    method: str,
    path: str,
    query: str,
    accept: str,
    content_type: str,
    body: bytes,
    is_raw: bool,
    is_chunked: bool,
) -> None:
    """Whatever a client sends as path, query, headers and body, the answer is below 500."""
    response = garbage.request(
        method,
        f"{path}?{query}",
        headers={"accept": accept, "content-type": content_type},
        body=body,
        chunked=is_chunked,
        raw_path=path.encode("utf-8", "replace").decode("latin-1") if is_raw else None,
    )

    assert response.status_code < 500, response
    assert response.headers["x-request-id"]
