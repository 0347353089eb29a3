"""Linking: where requests, resources and pages are found, for every convention that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from glue_core.messages import GlueRequest, GlueResource, Pagination
from glue_core.operation import RELATIONSHIPS, Operation

PathOf = Callable[[GlueRequest], str]
"""The path of a request, below the mount point."""

LONGEST_KEPT = 200
"""Characters of a parameter that is encoded once and remembered."""

PAGE_PREFIX = "page%5B"
"""What the names of page parameters start with, encoded."""

LONGEST_QUERY = 2000
"""Characters of a query that is remembered for the links of its answer."""

_SAFE = re.compile(r"[A-Za-z0-9_.~-]*")
# What encoding leaves as it is: characters that need none, and escapes of ASCII ones that do.
_ENCODED = r"(?:[A-Za-z0-9_.~,-]++|%(?:[01][0-9A-F]|2[0-9ABF]|3[A-F]|40|5[B-E]|60|7[BCDF]))*+"
_ENCODED_PAIR = re.compile(f"{_ENCODED}={_ENCODED}")
_ENCODED_QUERY = re.compile(f"{_ENCODED}={_ENCODED}(?:&{_ENCODED}={_ENCODED})*+")
_PLACEHOLDER = re.compile(r"\{([^}:]*)[^}]*\}")


def encoded(text: str | None) -> str:
    """Return a text as one segment of a path, with nothing left that would split it."""
    if text is None:
        return ""
    return text if _SAFE.fullmatch(text) else quote(text, safe="")


def are_plain(ids: Iterable[str | None]) -> bool:
    """Say whether there are ids without a character that needs encoding.

    Such ids stand as they are in addresses, and in JSON.

    Args:
        ids: The ids; one that is None is not plain.
    """
    try:
        joined = "".join(ids)  # type: ignore[arg-type]
    except TypeError:
        return False
    if not joined.isascii():
        return False
    others = joined.encode().translate(None, b"_.~-")
    return not others or others.isalnum()


def query_of(text: str, *, with_page: bool) -> str:
    """Return a query anew, each name and value percent-encoded.

    Args:
        text: The query as the client sent it.
        with_page: Whether the page parameters stay.
    """
    if len(text) > LONGEST_QUERY:
        return _queries.__wrapped__(text)[0 if with_page else 1]
    return _queries(text)[0 if with_page else 1]


@lru_cache(maxsize=64)
def _queries(text: str) -> tuple[str, str]:
    """Return a query anew, with the page parameters and without; one answer asks several times."""
    if _ENCODED_QUERY.fullmatch(text):
        if PAGE_PREFIX not in text:
            return text, text
        rest = [part for part in text.split("&") if not part.startswith(PAGE_PREFIX)]
        return text, "&".join(rest)
    parts = []
    for part in text.split("&"):
        if part and _ENCODED_PAIR.fullmatch(part) is None:
            part = _pair(part) if len(part) <= LONGEST_KEPT else _pair.__wrapped__(part)
        if part:
            parts.append(part)
    rest = [part for part in parts if not part.startswith(PAGE_PREFIX)]
    return "&".join(parts), "&".join(rest)


@lru_cache(maxsize=1024)
def _pair(text: str) -> str:
    """Return one parameter of a query anew."""
    return urlencode(parse_qsl(text, keep_blank_values=True), quote_via=quote, safe=",")


def path_of(operation: Operation) -> PathOf:
    """Compile the path of the requests to an operation, with each id percent-encoded."""
    if operation.is_template:
        template = operation.place

        def filled(request: GlueRequest) -> str:
            values = request.resource.parameters or {}
            return _PLACEHOLDER.sub(lambda found: encoded(values.get(found[1])), template)

        return filled
    above = _path_above(operation)
    last = f"/{encoded(operation.types[-1])}"
    has_id = operation.has_id or operation.is_linkage
    linkage = operation.place.rpartition("/")[2] if operation.is_linkage else None
    behind = "" if linkage is None else f"/{RELATIONSHIPS}/{encoded(linkage)}"

    if len(operation.types) == 1 and not has_id:
        whole = last + behind
        return lambda request: whole
    if len(operation.types) == 1:
        return lambda request: f"{last}/{encoded(request.resource.id)}{behind}"

    def path(request: GlueRequest) -> str:
        tail = f"/{encoded(request.resource.id)}" if has_id else ""
        return above(request) + last + tail + behind

    return path


def _path_above(operation: Operation) -> PathOf:
    parents = tuple(f"/{encoded(type_)}/" for type_ in operation.types[:-1])
    if not parents:
        return lambda _: ""

    def path(request: GlueRequest) -> str:
        held = request.parent_resources
        return "".join(
            part + encoded(parent.id) for part, parent in zip(parents, held, strict=True)
        )

    return path


class Places:
    """Says where the resources of one operation's answers are found."""

    __slots__ = ("_above", "_canonical", "_has_no_id", "_last", "_related", "_singleton", "_type")

    def __init__(self, operation: Operation) -> None:
        model = operation.model
        self._canonical = dict(model.canonical) if model is not None else {}
        self._related = model.related if model is not None else frozenset()
        types = operation.types
        below = bool(types) and operation.type == types[-1]
        self._type = operation.type if below else None
        self._singleton = operation.singleton
        self._has_no_id = operation.resource is not None and operation.resource.id is None
        self._above = _path_above(operation)
        self._last = f"/{encoded(types[-1])}" if types else ""

    def address_of(
        self, resource: GlueResource, request: GlueRequest, *, is_primary: bool
    ) -> str | None:
        """Return the address of a resource, or None where it has no place.

        It is the place of its type; for what the operation itself is about, and has none, the one
        below the parents of the request. A type without ids is where it was asked for.

        Args:
            resource: The resource, with type and id.
            request: The request, for the start of addresses and the parents.
            is_primary: Whether the operation is about the resource; False for one that is included.
        """
        id_ = resource.id
        template = self._canonical.get(resource.type or "")
        if template is not None:
            if id_ is None:
                return None
            return request.base_url + template.replace("{id}", encoded(id_))
        if not is_primary or self._type is None or resource.type != self._type:
            return None
        start = request.base_url + self._above(request) + self._last
        if self._singleton:
            return start
        if self._has_no_id:
            query = query_of(request.parameters_string, with_page=True)
            return f"{start}?{query}" if query else start
        return None if id_ is None else f"{start}/{encoded(id_)}"

    def has_related(self, type_: str | None, name: str) -> bool:
        """Say whether ``/<name>`` below the place of a resource shows what it is related to."""
        return (type_, name) in self._related


def page_addresses(start: str, request: GlueRequest, page: Pagination) -> dict[str, str]:
    """Return ``first``, ``prev``, ``next`` and ``last``; one that leads nowhere is left out.

    Pages are named as the client named this one; where it named none, as the operation does first.

    Args:
        start: Absolute address of the collection, without a query.
        request: The request; the rest of its query stays.
        page: The page that is shown.
    """
    rest = query_of(request.parameters_string, with_page=False)
    before = f"{start}?{rest}&" if rest else f"{start}?"
    strategy = request.pagination.strategy if request.pagination is not None else page.strategy
    if strategy == "cursor":
        size = f"page%5Bsize%5D={page.limit}"
        addresses = {"first": before + size}
        if page.before is not None:
            addresses["prev"] = f"{before}page%5Bbefore%5D={encoded(page.before)}&{size}"
        if page.after is not None:
            addresses["next"] = f"{before}page%5Bafter%5D={encoded(page.after)}&{size}"
        return addresses

    offsets: dict[str, int] = {"first": page.first_index}
    last, previous, following = page.last_index, page.previous_first_index, page.next_first_index
    if previous is not None:
        # Behind the end the page before is the last one that shows something.
        offsets["prev"] = previous if last is None or previous < last else last
    if following is not None:
        offsets["next"] = following
    if last is not None:
        offsets["last"] = last
    limit = page.limit
    if strategy == "number":
        start, end, each = f"{before}page%5Bnumber%5D=", f"&page%5Bsize%5D={limit}", max(limit, 1)
        return {name: f"{start}{at // each + 1}{end}" for name, at in offsets.items()}
    start, end = f"{before}page%5Boffset%5D=", f"&page%5Blimit%5D={limit}"
    return {name: f"{start}{at}{end}" for name, at in offsets.items()}
