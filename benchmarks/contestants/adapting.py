"""What of a request a contestant wants to be spelled in another way."""

from __future__ import annotations

from benchmarks.requests import Request, request_of


def adapted(name: str, request: Request) -> Request:
    """Return a request as a contestant can answer it.

    FastAPI-JSONAPI refuses the names of relationships in ``fields``, which JSON:API counts among
    the fields; it shows the included ones all the same.
    """
    if name != "fastapi_jsonapi" or "fields%5Bproducts%5D" not in request.target:
        return request
    path, _, query = request.target.partition("?")
    return request_of(path, query.replace(",makers,labels", ""))
