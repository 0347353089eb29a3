"""``glue routes``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import click

from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json

PLAIN = "plain"
"""How people see the flow without a convention; in JSON it is null."""

PUBLIC, PROTECTED = "public", "protected"
WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})

Row = dict[str, Any]
Wanted = Callable[[Row], bool]


@click.command()
@click.argument("application", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the operations as JSON.")
@click.option("--scope", help="Show the operations that ask for one scope.")
@click.option("--type", "type_", metavar="TYPE", help="Show the operations of one type.")
@click.option("--plugin", help="Show those of one plugin: its id, its name or its distribution.")
@click.option("--public", "who", flag_value=PUBLIC, help="Show what everybody may call.")
@click.option("--protected", "who", flag_value=PROTECTED, help="Show what not everybody may.")
@click.option("--writes", is_flag=True, help="Show POST, PATCH, PUT and DELETE alone.")
@click.pass_context
def routes(
    ctx: click.Context,
    application: str | None,
    as_json: bool,
    scope: str | None,
    type_: str | None,
    plugin: str | None,
    who: str | None,
    writes: bool,
) -> None:
    """List every operation of every application, and who may call it.

    An operation is one method at one place, of a resource or of a custom route. APPLICATION shows
    those of one. Of several options an operation must fit all.
    """
    wanted: list[Wanted] = []
    if scope is not None:
        wanted.append(lambda row: scope in row["scopes"])
    if type_ is not None:
        wanted.append(lambda row: row["type"] == type_)
    if plugin is not None:
        wanted.append(lambda row: plugin in (row["plugin"], *row["plugin"].split(":")))
    if who is not None:
        wanted.append(lambda row: row["public"] is (who == PUBLIC))
    if writes:
        wanted.append(lambda row: not WRITES.isdisjoint(row["methods"]))
    with ctx.ensure_object(Session).deployment(application) as deployment:
        found = [
            row
            for registry in deployment.registry.applications.values()
            for row in rows(registry)
            if all(fits(row) for fits in wanted)
        ]
    if as_json:
        scopes = sorted({each for row in found for each in row["scopes"]})
        show_json({"routes": found, "scopes": scopes})
        return
    heading = (
        "APPLICATION",
        "METHODS",
        "PATH",
        "TYPE",
        "PROTECTION",
        "CONVENTIONS",
        "HANDLER",
        "PLUGIN",
    )
    lines = aligned(
        [
            heading,
            *(
                (
                    row["application"],
                    ",".join(row["methods"]),
                    row["path"],
                    row["type"] or "-",
                    protection_of(row),
                    ",".join(each or PLAIN for each in row["conventions"]) or "-",
                    row["handler"],
                    row["plugin"],
                )
                for row in found
            ),
        ]
    )
    click.echo(lines[0])
    for line, row in zip(lines[1:], found, strict=True):
        click.echo(line)
        if row["stores"]:
            click.echo(indented(f"in the stores {', '.join(row['stores'])}"))
        if row["versions"]:
            click.echo(indented(f"in the versions {', '.join(row['versions'])}"))
        for change in row["changed_by"]:
            click.echo(indented(f"changed by {change}"))


def protection_of(row: Row) -> str:
    """Say who may call an operation: strategies, and scopes in brackets."""
    if row["public"] is None:
        return "its own"
    if row["public"]:
        return PUBLIC
    scopes = f"({','.join(row['scopes'])})" if row["scopes"] else ""
    return f"{PROTECTED}: {','.join(row['strategies'])}{scopes}"


def rows(registry: Any) -> Iterator[Row]:
    """Yield what an application answers, ordered by path and method.

    Args:
        registry: The `ApplicationRegistry` of the application.
    """
    from glue_core.operation import METHODS
    from glue_core.registry.discovery import place_of
    from glue_core.registry.models import follows
    from glue_core.variants import stores_of
    from glue_core.versions import declared_versions

    application = registry.application
    if registry.access is None:
        yield {
            "application": application.name,
            "methods": ["*"],
            "path": "/*",
            "type": None,
            "public": None,
            "strategies": [],
            "scopes": [],
            "conventions": [],
            "handler": place_of(getattr(application, "make", application), registry.source),
            "plugin": registry.source.id,
            "id": registry.source.id,
            "stores": [],
            "versions": [],
            "changed_by": [],
        }
        return
    ordered = sorted(
        registry.operations,
        key=lambda each: (each.value.path, METHODS.index(each.value.method)),
    )
    for each in ordered:
        operation = each.value
        method = operation.http_method
        guards = registry.access.protections_of(operation)
        yield {
            "application": application.name,
            "methods": [method, "HEAD"] if method == "GET" else [method],
            "path": operation.path,
            "type": operation.type,
            "public": all(guard.is_public for guard in guards),
            "strategies": list(dict.fromkeys(s for each in guards for s in each.strategies)),
            "scopes": list(dict.fromkeys(s for each in guards for s in each.scopes)),
            "conventions": [name for name in registry.conventions if follows(operation, name)],
            "handler": each.place,
            "plugin": each.source.id,
            "id": each.id,
            "stores": list(stores_of(operation)),
            "versions": list(declared_versions(operation)),
            "changed_by": [change.id for change in each.changes],
        }
