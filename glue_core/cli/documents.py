"""``glue documents``: the documents of the storage, to read and to write by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import orjson

from glue_core.cli.session import Session
from glue_core.cli.showing import show_json

if TYPE_CHECKING:
    from glue_core.services.storage import Storage


@click.group()
def documents() -> None:
    """List, show, write and delete documents of the storage.

    They are what readers of published data read. What publishers write they write again: use it to
    look, and for documents that nothing publishes.
    """


@documents.command(name="list")
@click.argument("prefix", default="")
@click.option("--limit", type=click.IntRange(min=1), help="Show no more than so many; else all.")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
@click.pass_context
def list_(ctx: click.Context, prefix: str, limit: int | None, as_json: bool) -> None:
    """List the keys that start with PREFIX, in order."""
    with _storage(ctx) as storage:
        keys = islice(storage.keys(prefix), limit)
        if as_json:
            show_json(list(keys))
            return
        for key in keys:
            click.echo(key)


@documents.command()
@click.argument("key")
@click.pass_context
def show(ctx: click.Context, key: str) -> None:
    """Print the document of KEY as JSON; ends with 1 where there is none."""
    with _storage(ctx) as storage:
        found = storage.get(key)
    if found is None:
        raise click.ClickException(f"There is no document of the key {key!r}.")
    show_json(found)


@documents.command()
@click.argument("file", type=click.File("rb"))
@click.pass_context
def put(ctx: click.Context, file: BinaryIO) -> None:
    """Write the documents of FILE: all of them or none.

    FILE is a JSON object that has documents by their keys; '-' is standard input. A document
    replaces that of its key.
    """
    written = _read(file.read())
    with _storage(ctx) as storage:
        storage.put_many(written)
    click.echo(f"{len(written)} documents were written.")


@documents.command()
@click.argument("keys", nargs=-1, required=True)
@click.pass_context
def delete(ctx: click.Context, keys: tuple[str, ...]) -> None:
    """Delete the documents of KEYS; one that is not there is no error."""
    with _storage(ctx) as storage:
        found = storage.get_many(list(keys))
        storage.delete_many(list(keys))
    click.echo(f"{len(found)} documents were deleted.")


@contextmanager
def _storage(ctx: click.Context) -> Iterator[Storage]:
    """Open the storage of the deployment; no application is loaded."""
    with ctx.ensure_object(Session).deployment(serving=False) as deployment:
        yield deployment.services.storage


def _read(content: bytes) -> Mapping[str, Mapping[str, Any]]:
    """Read documents by their keys.

    Raises:
        click.BadParameter: The content is no JSON, or something else than documents.
    """
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"It is no JSON: {error}.", param_hint="FILE") from error
    if not isinstance(found, dict):
        raise click.BadParameter(
            'It is no object of documents by their keys, such as {"books:1": {...}}.',
            param_hint="FILE",
        )
    for key, document in found.items():
        if not key or not isinstance(document, dict):
            raise click.BadParameter(
                f"What the key {key!r} has is no document: a key is a text, and a document an "
                f"object.",
                param_hint="FILE",
            )
    return found
