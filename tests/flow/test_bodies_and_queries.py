"""What a client sends beside the path: queries and bodies, good and bad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import GlueRequest, GlueResponse, Operation, Parameter, Step
from glue_core.testing import Client, assert_error

Serve = Callable[..., Client]


def test_page_sort_and_filter_reach_the_controller(serve: Serve) -> None:
    """Pages, orders and filters are read by builders; controllers get values."""
    values: list[object] = []

    def handle(request: GlueRequest) -> GlueResponse:
        values.extend((request.pagination, request.sortings, request.filters))
        values.extend(request.sparse_resources)
        return GlueResponse.page([])

    def again(inner: Any) -> Any:
        return handle

    client = serve(glue_controller_wrappers=lambda: [Step("see", lambda operation: again)])
    client.get(
        "/things?page[offset]=2&page[limit]=3&sort=-name&filter[things.name]=a%26b"
        "&fields[things]=name"
    )
    seen = repr(values)

    assert "Pagination(offset=2, limit=3, total=None" in seen
    assert "Sort(field='name', is_ascending=False)" in seen
    assert "GlueFilter(resource='things', field='name', value='a&b')" in seen
    assert "GlueSparseResource(resource_type='things', fields=('name',))" in seen


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("colour=red", "018", "colour"),
        ("page[limit]=0", "012", "page[limit]"),
        ("page[limit]=6", "012", "page[limit]"),
        ("page[offset]=-1", "012", "page[offset]"),
        ("page[offset]=abc", "012", "page[offset]"),
        ("page[offset]=%D9%A1", "012", "page[offset]"),
        ("page[size]=1", "018", "page[size]"),
        ("sort=colour", "012", "sort"),
        ("sort=", "012", "sort"),
        ("sort=name,", "012", "sort"),
        ("sort=--name", "012", "sort"),
        ("filter[name]=a", "011", "filter[name]"),
        ("filter=a", "011", "filter"),
        ("filter[things.size]=1", "012", "filter[things.size]"),
        ("filter[others.name]=1", "012", "filter[others.name]"),
        ("fields[others]=name", "012", "fields[others]"),
        ("fields[things]=colour", "012", "fields[things]"),
        ("sort=name&sort=name", "012", "sort"),
        ("sort=%FF", "012", ""),
        ("sort=a%00", "012", "sort"),
    ],
)
def test_wrong_query(serve: Serve, query: str, code: str, parameter: str) -> None:
    """A wrong, unknown or repeated parameter is a 400 that names it, not a 500 and not silence."""
    assert_error(serve().get(f"/things?{query}"), 400, code, parameter=parameter)


def test_all_wrong_parameters_are_told_at_once(serve: Serve) -> None:
    """One answer names every parameter at fault."""
    response = serve().get("/things?colour=red&page[limit]=0&sort=x")

    assert {each["parameter"] for each in response.json} == {"colour", "page[limit]", "sort"}


def test_near_parameter_is_offered(serve: Serve) -> None:
    """The message of an unknown parameter names the nearest one."""
    response = serve().get("/things?srt=name")

    assert "Did you mean 'sort'?" in assert_error(response, 400, "018")["message"]


@pytest.mark.parametrize("query", ["fields=name", "filter=x", "filter[name]=x"])
def test_wrong_parameter_is_told_once(serve: Serve, query: str) -> None:
    """A parameter with a wrong shape is not unknown besides."""
    assert len(serve().get(f"/things?{query}").json) == 1


def test_parameter_of_the_operation(serve: Serve) -> None:
    """A parameter that the operation declares is known, even one that looks like a filter."""

    def handle(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=request.query_fields["filterable"].encode())

    operation = Operation("get", handle, "/odd", parameters=(Parameter("filterable"),))
    client = serve(glue_route_providers=lambda: [operation])

    assert client.get("/odd?filterable=1").text == "1"


def test_query_of_an_unknown_path_does_not_matter(serve: Serve) -> None:
    """Where nothing is, nobody complains about the query."""
    assert_error(serve().get("/nothing?colour=red"), 404, "007")


@pytest.mark.parametrize("chunked", [True, False])
def test_body_that_is_too_large(serve: Serve, chunked: bool) -> None:
    """A body over the limit is refused, whether its length is announced or not."""
    client = serve(settings={"limits": {"body": 20}})
    response = client.post("/things", json={"name": "x" * 30}, chunked=chunked)

    assert response.status == "413 Content Too Large"
    assert_error(response, 413, "016")


@pytest.mark.parametrize("chunked", [True, False])
def test_body_at_the_limit(serve: Serve, chunked: bool) -> None:
    """A body of exactly the limit passes."""
    body = b'{"name":"xxxxx"}'
    client = serve(settings={"limits": {"body": len(body)}})
    response = client.post(
        "/things", body=body, headers={"content-type": "application/json"}, chunked=chunked
    )

    assert response.status_code == 201


def test_truncated_body(serve: Serve) -> None:
    """A body that ends before its announced length: 400."""
    response = serve().post("/things", json={"name": "a"}, headers={"content-length": "100"})

    assert_error(response, 400, "014")


@pytest.mark.parametrize("error", [OSError("gone"), ValueError("no chunk"), EOFError()])
def test_body_that_the_server_cannot_read(serve: Serve, error: Exception) -> None:
    """Whatever a server raises while it reads a body, such as of its chunks: 400."""

    class Stream:
        def read(self, size: int) -> bytes:
            raise error

    client = Client(serve().wsgi, checked=False)
    response = client.post(
        "/things", environ={"wsgi.input": Stream(), "wsgi.input_terminated": True}
    )

    assert_error(response, 400, "014")


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "9" * 30, "+5", "٣"])
def test_wrong_length(serve: Serve, length: str) -> None:
    """A Content-Length that is no number: 400."""
    client = Client(serve().wsgi, checked=False)
    response = client.post("/things", json={"name": "a"}, headers={"content-length": length})

    assert_error(response, 400, "021")


def test_body_that_nobody_reads_is_not_read(serve: Serve) -> None:
    """A body sent to an unknown path costs nothing: it is not read."""

    class Stream:
        def read(self, size: int) -> bytes:
            raise AssertionError("The body was read.")

    client = Client(serve().wsgi, checked=False)
    response = client.post("/nothing", environ={"wsgi.input": Stream(), "CONTENT_LENGTH": "9"})

    assert_error(response, 404, "007")


def test_empty_body(serve: Serve) -> None:
    """A write without a body: 400."""
    assert_error(serve().post("/things"), 400, "014")


def test_call_that_needs_no_body(serve: Serve) -> None:
    """A POST whose operation has no type and no schema may come without a body."""

    def handle(attributes: dict[str, Any]) -> GlueResponse:
        return GlueResponse(content=repr(attributes).encode(), format="text/plain")

    client = serve(glue_resources=lambda: [Operation("post", handle, "log-out")])

    assert client.post("/log-out").text == "{}"
    assert client.post("/log-out", json={"all": True}).text == "{'all': True}"


def test_body_under_a_convention(serve: Serve, by_line: dict[str, str]) -> None:
    """The convention of the Content-Type reads the body and writes the answer."""
    response = serve().post(
        "/things", body=b"name=a\nsize=x", headers={"content-type": "text/x-lines"}
    )

    assert response.status_code == 422
    assert response.text.startswith("422 901 ")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", None])
def test_handler_that_reads_query_and_body_itself(serve: Serve, content_type: str | None) -> None:
    """A raw operation is given the body as it came, whatever its type, and ignores no parameter."""

    def handle(request: GlueRequest) -> GlueResponse:
        seen = request.content + b" " + request.parameters_string.encode()
        return GlueResponse(content=seen, format="text/plain")

    client = serve(
        glue_resources=lambda: [Operation("post", handle, "raw", is_raw=True)],
    )
    answer = client.post(
        "/raw?colour=red", body=b"grant_type=x", headers={"content-type": content_type}
    )

    assert answer.text == "grant_type=x colour=red"
