"""Leaks: does a name that a caller may not know show anywhere?

What a caller may not know must look like what does not exist. Every way to ask for a field or a
relationship is tried twice, by its name and by one that nobody has, and the two answers must be the
same, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glue_core.testing.client import Client, Response

NOBODY = "nobodyHasThis"
"""A name that no type has."""


def leaks(
    client: Client,
    *,
    collection: str,
    id: str,  # noqa: A002 - the terms of the field
    type: str,  # noqa: A002
    name: str,
    secret: str | None = None,
) -> list[str]:
    """Return the ways by which a hidden name shows.

    Args:
        client: Asks as whoever must not know, in the convention that is tried.
        collection: Path of the collection, such as ``/orders``.
        id: Id of a resource that the caller may see.
        type: Type of the resources.
        name: Field or relationship that the caller must not know.
        secret: What the field holds, or the id of what the relationship leads to: a text that no
            answer may contain; None where there is no such text.

    Returns:
        A sentence for each leak: the request, and what differs from an unknown name.
    """
    found = []
    hidden, unknown = (_ways(collection, id, type, each) for each in (name, NOBODY))
    for (method, path, body), (_, other_path, other_body) in zip(hidden, unknown, strict=True):
        known = _asked(client, method, path, body)
        other = _asked(client, method, other_path, other_body)
        told = f"{method} {path}" + (f" with {body}" if body is not None else "")
        if known.status_code != other.status_code:
            found.append(
                f"{told} answers {known.status_code}, an unknown name {other.status_code}."
            )
        elif _comparable(known, name) != _comparable(other, NOBODY):
            found.append(f"{told} answers other words than an unknown name: {known.text[:300]}")
        if secret is not None and secret in known.text:
            found.append(f"{told} shows {secret!r}.")
    for path in _hints(collection, id, type, name):
        response = client.get(path)
        if name in response.text:
            found.append(f"GET {path} mentions {name!r}: {response.text[:300]}")
        if secret is not None and secret in response.text:
            found.append(f"GET {path} shows {secret!r}.")
    return found


def assert_no_leaks(
    client: Client,
    *,
    collection: str,
    id: str,  # noqa: A002 - the terms of the field
    type: str,  # noqa: A002
    name: str,
    secret: str | None = None,
) -> None:
    """Hold every way to ask for a hidden name against an unknown one; arguments as for `leaks`.

    Raises:
        AssertionError: A name shows; the message has every way.
    """
    found = leaks(client, collection=collection, id=id, type=type, name=name, secret=secret)
    assert not found, "\n".join([f"{type}.{name} shows:", *found])


def _asked(client: Client, method: str, path: str, body: Any) -> Response:
    options: dict[str, Any] = {} if body is None else {"json": body}
    return client.request(method, path, **options)


def _ways(collection: str, id_: str, type_: str, name: str) -> Iterator[tuple[str, str, object]]:
    """Yield method, path and body of each way to name something."""
    item = f"{collection}/{id_}"
    for place in (collection, item):
        yield "GET", f"{place}?fields[{type_}]={name}", None
        yield "GET", f"{place}?include={name}", None
        yield "GET", f"{place}?sort={name}", None
        yield "GET", f"{place}?sort=-{name}", None
        yield "GET", f"{place}?filter[{type_}.{name}]=1", None
    for method in ("GET", "HEAD", "PATCH", "POST", "DELETE"):
        yield method, f"{item}/{name}", None
        yield method, f"{item}/relationships/{name}", None
    for wrap in (
        {"data": {"type": type_, "id": id_, "attributes": {name: "x"}}},
        {"data": {"type": type_, "id": id_, "relationships": {name: {"data": None}}}},
        {name: "x"},
    ):
        yield "PATCH", item, wrap


def _hints(collection: str, id_: str, type_: str, name: str) -> Iterator[str]:
    """Yield requests that a helpful server might answer with a hint at the name."""
    yield collection
    yield f"{collection}/{id_}"
    near = name[:-1] or "x"
    for place in (collection, f"{collection}/{id_}"):
        yield f"{place}?fields[{type_}]={near}"
        yield f"{place}?include={near}"
        yield f"{place}?sort={near}"
        yield f"{place}?filter[{type_}.{near}]=1"


def _comparable(response: Response, name: str) -> tuple[str, str]:
    """Return what must be equal, whichever name was asked for."""
    return response.headers.get("allow", ""), response.text.replace(name, "NAME")


__all__ = ["assert_no_leaks", "leaks"]
