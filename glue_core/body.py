"""The body: one strict JSON reader for every convention."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from glue_core.codes import MALFORMED_BODY
from glue_core.messages import GlueError, GlueRequest

DEEPEST_NESTING = 64

_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
_WHOLE_NUMBER = re.compile(rb"(?<![0-9.eE+-])-?[0-9]{19,}(?![0-9.eE])")
# A text in JSON, from quote to quote. The body was parsed before, so every quote has its partner.
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


def pointer_to(*names: str | int) -> str:
    """Return the JSON Pointer to a part of a document.

    Args:
        names: Member names and list indexes, outermost first; none for the whole document.

    Source:
        RFC 6901, section 3: ``~`` is written ``~0`` and ``/`` is written ``~1``.
    """
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


def read_json(request: GlueRequest) -> object | None:
    """Parse the body as JSON, strictly.

    Refused are, beside what is no JSON at all: an empty body, the value ``null`` alone, a member
    that an object has twice, a NUL character in a text, and nesting of more than 64 levels.
    Numbers that JSON cannot spell (NaN, infinities) and lone surrogates are no JSON.

    Returns:
        The value; or None after noting in ``request.errors`` what is wrong: status 400, code
        ``014``, and a pointer to the part at fault.

    Raises:
        Problem: The body is larger than the limit (413) or ended early (400).

    Source:
        RFC 8259, with the interoperable choice wherever it leaves one (RFC 7493).
    """
    content = request.content
    try:
        return _strict(content)
    except _MalformedError as found:
        request.errors.append(
            GlueError(status=400, code=MALFORMED_BODY, message=found.message, pointer=found.pointer)
        )
        return None


class _MalformedError(Exception):
    """Why a body is refused, and where in it."""

    def __init__(self, message: str, *names: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer_to(*names)


def _strict(content: bytes) -> object:
    try:
        value: object = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        if not content.strip():
            raise _MalformedError("The request has no body; a JSON document is expected.") from None
        raise _MalformedError(f"The body is not JSON: {error}.") from error
    # A whole number beyond 64 bits would silently become an inexact one.
    if _LONG_NUMBER in content.translate(_ZEROS):
        for number in _WHOLE_NUMBER.findall(_TEXT.sub(b"", content)):
            if len(number) > 20 or not -(2**63) <= int(number) < 2**64:
                raise _MalformedError("A whole number in the body does not fit into 64 bits.")
    if value is None:
        raise _MalformedError("The body is null; a JSON document is expected.")
    is_escaped = b"\\" in content
    containers = content.count(b"[") + content.count(b"{")
    if containers > DEEPEST_NESTING or (is_escaped and rb"\u0000" in content):
        _look_closely(value)
    # A colon stands once per member that the client wrote, and in texts. Of two members with one
    # name only the last is in the value, so the value has fewer of them when it is written again.
    written = orjson.dumps(value)
    if is_escaped and rb"\u003" in content:
        # A colon may be spelled without one.
        sent, written = _TEXT.sub(b"", content), _TEXT.sub(b"", written)
    else:
        sent = content
    if sent.count(b":") != written.count(b":"):
        twice = _repeated_member(content)
        raise _MalformedError(f"An object has the member {twice!r} more than once.")
    return value


def _look_closely(value: object) -> None:
    """Refuse NUL characters and deep nesting, in a value that may have them."""
    for names, inner, depth in _containers(value):
        if depth > DEEPEST_NESTING:
            raise _MalformedError(f"The body nests deeper than {DEEPEST_NESTING} levels.")
        if isinstance(inner, dict) and any("\0" in name for name in inner):
            raise _MalformedError("The name of a member contains NUL.", *names)
        parts: Iterable[tuple[str | int, object]]
        parts = inner.items() if isinstance(inner, dict) else enumerate(inner)
        for key, part in parts:
            if isinstance(part, str) and "\0" in part:
                raise _MalformedError("A text contains a NUL character.", *names, key)


def _containers(
    value: object,
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any] | list[Any], int]]:
    """Yield every object and list of a value, where it is and how deep, without recursion."""
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        names, inner = waiting.pop()
        if isinstance(inner, dict):
            yield names, inner, len(names) + 1
            parts: Any = inner.items()
        elif isinstance(inner, list):
            yield names, inner, len(names) + 1
            parts = enumerate(inner)
        else:
            continue
        waiting.extend(
            ((*names, key), part) for key, part in parts if isinstance(part, (dict, list))
        )


def _repeated_member(content: bytes) -> str:
    """Name a member that some object of the body has twice; the slow way, once it is known."""
    found: list[str] = []

    def check(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                found.append(name)
            seen.add(name)

    json.loads(content, object_pairs_hook=check)
    return found[0]
