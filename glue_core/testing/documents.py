"""Assertions on documents; a failure shows what was expected and what came, as a diff."""

from __future__ import annotations

import copy
import difflib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glue_core.testing.client import Response

Identity = tuple[str, str]


def assert_resource(
    response: Response,
    type: str,  # noqa: A002 - the member's name
    id: str | None = None,  # noqa: A002 - the member's name
    attributes: Mapping[str, Any] | None = None,
    *,
    status: int | None = None,
) -> dict[str, Any]:
    """Check that a JSON:API answer shows one resource.

    Args:
        response: The answer.
        type: Expected type.
        id: Expected id, or None where any will do.
        attributes: Attributes that must have these values; others do not matter.
        status: Expected status, or None for any success.

    Returns:
        The resource object.
    """
    document = _succeeded(response, status)
    found = document.get("data")
    if not isinstance(found, dict):
        raise _failure(
            "The document shows no single resource", {"data": {"type": type, "id": id}}, document
        )
    expected = copy.deepcopy(found)
    expected["type"] = type
    if id is not None:
        expected["id"] = id
    if attributes is not None:
        expected["attributes"] = {**found.get("attributes", {}), **attributes}
    if expected != found or (id is None and not isinstance(found.get("id"), str)):
        raise _failure("Another resource was expected", expected, found)
    return found


def assert_collection(
    response: Response,
    ids: Sequence[str],
    type: str | None = None,  # noqa: A002 - the member's name
) -> list[dict[str, Any]]:
    """Check that a JSON:API answer shows a collection of these resources, in this order.

    Returns:
        The resource objects.
    """
    document = _succeeded(response, 200)
    found = document.get("data")
    if not isinstance(found, list):
        raise _failure("The document shows no collection", {"data": list(ids)}, document)
    if [each.get("id") for each in found] != list(ids):
        raise _failure(
            "Other resources were expected", list(ids), [each.get("id") for each in found]
        )
    others = [each for each in found if type is not None and each.get("type") != type]
    if others:
        raise _failure(f"All resources must be {type!r}", [], others)
    return found


def assert_included(response: Response, expected: Iterable[Identity]) -> None:
    """Check that a compound document includes these resources and no others, in any order."""
    document = _succeeded(response, None)
    included = document.get("included", [])
    found = sorted(f"{each.get('type')} {each.get('id')}" for each in included)
    wanted = sorted(f"{type_} {id_}" for type_, id_ in expected)
    if found != wanted:
        raise _failure("Other resources must be included", wanted, found)
    assert_compound(document)


def assert_error(
    response: Response,
    status: int,
    code: str | None,
    *,
    pointer: str | None = None,
    parameter: str | None = None,
) -> dict[str, Any]:
    """Check that an answer, plain or JSON:API, is an error.

    Args:
        response: The answer.
        status: Expected HTTP status, that of the answer and of the error.
        code: Expected code of one of the errors; None for an error without a code.
        pointer: Expected JSON Pointer of that error, or None where any will do.
        parameter: Expected query parameter of that error, or None where any will do.

    Returns:
        The error object.
    """
    document = response.json
    errors = document.get("errors") if isinstance(document, dict) else document
    expected: dict[str, Any] = {"status": status, "code": code}
    if pointer is not None:
        expected["pointer"] = pointer
    if parameter is not None:
        expected["parameter"] = parameter
    if response.status_code != status or not isinstance(errors, list) or not errors:
        raise _failure(
            f"An error was expected, and '{response.status}' came",
            {"status": status, "errors": [expected]},
            {"status": response.status_code, "document": document},
        )
    seen = []
    for error in errors:
        facts = _facts(error, expected)
        if facts == expected:
            return dict(error)
        seen.append(facts)
    raise _failure("Another error was expected", [expected], seen)


def _facts(error: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """Return what is compared of an error, however its dialect spells it."""
    source = error.get("source") or {}
    found = {
        "code": error.get("code"),
        "pointer": source.get("pointer", error.get("pointer")),
        "parameter": source.get("parameter", error.get("parameter")),
    }
    try:
        found["status"] = int(error.get("status", 0))
    except (TypeError, ValueError):
        found["status"] = error.get("status")
    return {name: found[name] for name in wanted}


def assert_compound(document: Mapping[str, Any]) -> None:
    """Check that a JSON:API document is whole: no resource twice, and every one linked to.

    Source:
        JSON:API 1.1, "Compound Documents": full linkage, and one object per type and id.
    """
    data = document.get("data")
    primary = [each for each in (data if isinstance(data, list) else [data]) if each is not None]
    included = list(document.get("included", ()))
    identities = [_identity(each) for each in (*primary, *included)]
    twice = sorted(" ".join(key) for key, count in Counter(identities).items() if count > 1)
    if twice:
        raise _failure("Resources are in the document more than once", [], twice)
    objects = {_identity(each): each for each in (*primary, *included)}
    reached: set[Identity] = set()
    waiting = [_identity(each) for each in primary]
    while waiting:
        identity = waiting.pop()
        if identity in reached or identity not in objects:
            continue
        reached.add(identity)
        for relationship in objects[identity].get("relationships", {}).values():
            linked = relationship.get("data")
            for each in linked if isinstance(linked, list) else [linked]:
                if each is not None:
                    waiting.append(_identity(each))
    loose = sorted(" ".join(_identity(e)) for e in included if _identity(e) not in reached)
    if loose:
        raise _failure("Included resources that nothing links to", [], loose)


def _identity(each: Mapping[str, Any]) -> Identity:
    return str(each.get("type")), str(each.get("id"))


def _succeeded(response: Response, status: int | None) -> dict[str, Any]:
    right = response.status_code == status if status else 200 <= response.status_code < 300
    if not right:
        shown = response.json if response.content else None
        raise _failure(
            f"'{response.status}' came",
            {"status": status or "2xx"},
            {"status": response.status_code, "document": shown},
        )
    document = response.json
    if not isinstance(document, dict):
        raise _failure("The body is no JSON:API document", {"data": "..."}, document)
    return document


def _failure(message: str, expected: object, found: object) -> AssertionError:
    lines = difflib.unified_diff(
        _lines(expected), _lines(found), "expected", "found", n=3, lineterm=""
    )
    return AssertionError(f"{message}:\n" + "\n".join(lines))


def _lines(value: object) -> list[str]:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False).splitlines()
