"""The page of all routes of the repository's distributions, as ``glue routes`` lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docs.making.distributions import distributions
from glue_core import Deployment
from glue_core.cli.routes import protection_of, rows
from glue_core.registry.discovery import installed

INTRODUCTION = """\
# Endpoints

What the applications of this repository answer with all its distributions installed; `glue routes`
lists those of a deployment. Who may call an operation is said by strategies, with scopes in
brackets: [access](access.md) has what they mean. `HEAD` is there wherever `GET` is.

This page is made from the code: `python -m docs.making` writes it.
"""


def page() -> str:
    """Return the page."""
    ours = {each.name for each in distributions()}
    sources = [each for each in installed() if each.distribution in ours]
    with Deployment({}, sources) as deployment:
        found = {
            name: list(rows(registry))
            for name, registry in sorted(deployment.registry.applications.items())
        }
    lines = [INTRODUCTION]
    for name, each in found.items():
        lines += [*_table(name, each), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(name: str, routes: list[dict[str, Any]]) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield "| methods | path | type | who may | distribution |"
    yield "| --- | --- | --- | --- | --- |"
    by_place: dict[tuple[str, str, str, str], list[str]] = {}
    for each in routes:
        protection = protection_of(each)
        place = (
            each["path"],
            each["type"] or "",
            "everybody" if protection == "public" else f"`{protection}`",
            each["plugin"].partition(":")[0],
        )
        by_place.setdefault(place, []).append(each["methods"][0])
    for (path, type_, protection, distribution), methods in by_place.items():
        names = ", ".join(dict.fromkeys(methods))
        yield f"| {names} | `{path}` | {type_} | {protection} | `{distribution}` |"
