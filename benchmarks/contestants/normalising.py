"""What the answers of all contestants must agree on, whatever each framework adds or spells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from benchmarks.driving import Answer

COMPARED_WHOLLY = ("one", "page", "compound", "create")
"""Workloads whose documents must say the same; of the others only the kind of status."""


def normalised(workload: str, answer: Answer) -> Any:
    """Return what of an answer must be the same for everybody.

    Left aside are links, ``meta`` and ``jsonapi``, the order of included resources, and whether a
    relationship to one is a list; points in time are compared as such. A mistake in a body may be a
    400 or a 422, and its texts are each framework's own.
    """
    status, body = answer
    if workload not in COMPARED_WHOLLY:
        return f"{status[0]}xx"
    document = json.loads(body)
    data = document["data"]
    found = [_resource(each) for each in (data if isinstance(data, list) else [data])]
    included = sorted(
        (_resource(each) for each in document.get("included") or ()),
        key=lambda each: (each["type"], each["id"]),
    )
    return {"status": status[:3], "data": found, "included": included}


def _resource(given: Mapping[str, Any]) -> dict[str, Any]:
    related = {
        name: _linkage(each["data"])
        for name, each in (given.get("relationships") or {}).items()
        if "data" in each
    }
    attributes = {name: _value(value) for name, value in given["attributes"].items()}
    return {
        "type": given["type"],
        "id": given["id"],
        "attributes": attributes,
        "relationships": related,
    }


def _linkage(data: Any) -> list[tuple[str, str]]:
    several = data if isinstance(data, list) else [data] if data else []
    return [(each["type"], each["id"]) for each in several]


def _value(value: Any) -> Any:
    if isinstance(value, str) and len(value) > 18 and value[4:5] == "-":
        with suppress(ValueError):
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value
