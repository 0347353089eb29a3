"""The document of a request: its operations, read and checked before the first one runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from glue_core import GlueError, GlueRequest, codes, pointer_to, read_json

ATOMIC = "https://jsonapi.org/ext/atomic"
"""What the ``ext`` parameter says for the extension."""
OPERATIONS, RESULTS = "atomic:operations", "atomic:results"
NOTE = "glue-json-api-atomic:operations"

METHODS = {"add": "POST", "update": "PATCH", "remove": "DELETE"}
"""Codes of operations, and the method that means the same at the target."""
EXCLUDED = ("data", "included", "errors", RESULTS)
"""Top-level members that do not go with operations."""
PRECONDITIONS = ("if-match", "if-none-match")
"""Members of an operation's ``meta`` that mean what the headers of these names do."""


@dataclass(frozen=True, slots=True)
class Ref:
    """The target of an operation, by its name.

    Attributes:
        type: Type of the resource.
        id: Its id, or None where it has a local one.
        lid: Its local id, from an operation before, or None.
        relationship: Name of the relationship that is the target, or None for the resource.
    """

    type: str
    id: str | None
    lid: str | None
    relationship: str | None = None


@dataclass(frozen=True, slots=True)
class AtomicOperation:
    """One operation of a request.

    Attributes:
        op: Code: ``add``, ``update`` or ``remove``.
        pointer: Where it is in the document.
        ref: The target by name, also where the data alone names it; None where ``href`` does, and
            where a new resource has no target but its type.
        href: The target by its address, or None.
        target: Member that says where the operation goes, for pointers: ``/ref``, ``/href`` or
            ``/data``.
        body: Members of the document that the target gets: ``data`` and ``meta``.
        preconditions: Headers that the target gets, by lower-case name.
        spelled: How the client wrote their names, by lower-case name.
    """

    op: str
    pointer: str
    ref: Ref | None
    href: str | None
    target: str
    body: dict[str, Any]
    preconditions: dict[str, str]
    spelled: dict[str, str]

    @property
    def method(self) -> str:
        """HTTP method that means the same at the target."""
        return METHODS[self.op]


def read_operations(request: GlueRequest, most: int) -> None:
    """Read the operations into the notes of the request; all that is wrong is noted as errors.

    Args:
        request: The request.
        most: Number of operations that are taken.

    Source:
        JSON:API, extension "Atomic Operations", "Document Structure".
    """
    before = len(request.errors)
    document = read_json(request)
    if len(request.errors) > before:
        return
    if not isinstance(document, dict):
        _invalid(request, f"The document must be an object with the member {OPERATIONS!r}.", "")
        return
    for name in EXCLUDED:
        if name in document:
            message = f"{name!r} does not go with {OPERATIONS!r}."
            _invalid(request, message, pointer_to(name))
    listed = document.get(OPERATIONS)
    pointer = pointer_to(OPERATIONS)
    if OPERATIONS not in document:
        _invalid(request, f"The document has no member {OPERATIONS!r}.", "")
    elif not isinstance(listed, list) or not listed:
        _invalid(request, f"{OPERATIONS!r} must be a list of at least one operation.", pointer)
    elif len(listed) > most:
        message = f"A request has at most {most} operations, not {len(listed)}."
        error = GlueError(413, codes.BODY_TOO_LARGE, message, pointer=pointer)
        request.errors.append(error)
    else:
        request.notes[NOTE] = tuple(_operations(request, listed))


def _operations(request: GlueRequest, listed: list[Any]) -> Iterator[AtomicOperation]:
    for index, value in enumerate(listed):
        pointer = pointer_to(OPERATIONS, index)
        if not isinstance(value, dict):
            _invalid(request, "An operation is an object.", pointer)
            continue
        found = _operation(request, value, pointer)
        if found is not None:
            yield found


def _operation(request: GlueRequest, value: dict[str, Any], pointer: str) -> AtomicOperation | None:
    before = len(request.errors)
    op, href = value.get("op"), value.get("href")
    if "op" not in value:
        _invalid(request, "The operation has no member 'op'.", pointer)
    elif not isinstance(op, str) or op not in METHODS:
        _invalid(request, "'op' must be 'add', 'update' or 'remove'.", f"{pointer}/op")
    meta = value.get("meta", {})
    if not isinstance(meta, dict):
        _invalid(request, "'meta' must be an object.", f"{pointer}/meta")
        meta = {}
    # Names of headers are the same in any case, so those that stand for them are.
    written = [name for name in meta if name.lower() in PRECONDITIONS]
    preconditions: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for name in written:
        tags = meta[name]
        if not isinstance(tags, str):
            message = f"{name!r} must be a text: entity tags as in the header, or '*'."
            _invalid(request, message, f"{pointer}/meta/{name}")
        elif name.lower() in preconditions:
            message = f"{name.lower()!r} stands there twice, in two spellings."
            _invalid(request, message, f"{pointer}/meta/{name}")
        else:
            preconditions[name.lower()], spelled[name.lower()] = tags, name
    ref, target = None, "/data"
    if "ref" in value and "href" in value:
        _invalid(request, "An operation has 'ref' or 'href', not both.", f"{pointer}/href")
    elif "ref" in value:
        ref, target = _ref(request, value["ref"], f"{pointer}/ref"), "/ref"
    elif "href" in value:
        target = "/href"
        if not isinstance(href, str) or not href:
            _invalid(request, "'href' must be an address.", f"{pointer}/href")
    if len(request.errors) > before or not isinstance(op, str):
        return None
    if ref is not None and ref.relationship is None and op == "add":
        message = "A new resource has no 'ref'; its type says where it goes, or 'href'."
        _invalid(request, message, f"{pointer}/ref")
    needs_data = op != "remove" or (ref is not None and ref.relationship is not None)
    if "data" not in value:
        if needs_data:
            _invalid(request, f"The operation {op!r} needs the member 'data' here.", pointer)
        elif target == "/data":
            _invalid(request, "The operation needs 'ref' or 'href'.", pointer)
    elif target == "/data":
        ref = _ref_of_data(request, op, value["data"], f"{pointer}/data")
    if len(request.errors) > before:
        return None
    body: dict[str, Any] = {name: value[name] for name in ("data", "meta") if name in value}
    if preconditions:
        body["meta"] = {name: each for name, each in meta.items() if name not in written}
        if not body["meta"]:
            del body["meta"]
    return AtomicOperation(op, pointer, ref, href, target, body, preconditions, spelled)


def _ref(request: GlueRequest, value: object, pointer: str) -> Ref | None:
    """Read a target; what is wrong is noted."""
    if not isinstance(value, dict):
        _invalid(request, "'ref' must be an object.", pointer)
        return None
    for name in ("type", "id", "lid", "relationship"):
        if name in value and (not isinstance(value[name], str) or not value[name]):
            _invalid(request, f"{name!r} must be a text.", f"{pointer}/{name}")
    if "type" not in value:
        _invalid(request, "'ref' has no member 'type'.", pointer)
    if ("id" in value) == ("lid" in value):
        _invalid(request, "'ref' has 'id' or 'lid', one of them.", pointer)
    return Ref(value.get("type", ""), value.get("id"), value.get("lid"), value.get("relationship"))


def _ref_of_data(request: GlueRequest, op: str, data: object, pointer: str) -> Ref | None:
    """Read the target that the data of an operation alone names; what is wrong is noted."""
    if op == "remove":
        _invalid(request, "The operation needs 'ref' or 'href'.", pointer.removesuffix("/data"))
        return None
    if not isinstance(data, dict):
        _invalid(request, "Without 'ref' and 'href' 'data' is one resource object.", pointer)
        return None
    type_, id_, lid = data.get("type"), data.get("id"), data.get("lid")
    if "type" not in data:
        _invalid(request, "The resource object has no member 'type'.", pointer)
    for name in ("type", "id", "lid"):
        if name in data and (not isinstance(data[name], str) or not data[name]):
            _invalid(request, f"{name!r} must be a text.", f"{pointer}/{name}")
    if op == "update" and "id" not in data and "lid" not in data:
        _invalid(request, "The resource object has no member 'id'.", pointer)
    return Ref(type_, id_, None if id_ else lid) if isinstance(type_, str) else None


def _invalid(request: GlueRequest, message: str, pointer: str) -> None:
    request.errors.append(GlueError(400, codes.INVALID_DOCUMENT, message, pointer=pointer))
