"""``glue contract``: what a deployment promises to clients, written down and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glue_core.cli.docs import grants_of
from glue_core.cli.session import Session
from glue_core.cli.showing import show_json
from glue_core.cli.telling import as_json, as_markdown, as_text, summary
from glue_core.errors import ConfigurationError
from glue_core.openapi.comparing.changes import Change, compare
from glue_core.openapi.comparing.rules import Level, Side
from glue_core.openapi.contracts import (
    Contract,
    contract_of,
    file_name,
    read_contracts,
    read_document,
    write_contract,
)

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.openapi.view import Grants
    from glue_core.registry.registry import ApplicationRegistry

DIRECTORY = "contracts"

BREAKS, BEHIND = 1, 4
"""Exit codes: a client may break; nothing breaks, and the files are not as the deployment is."""

JSON, MARKDOWN = "json", "markdown"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Compared:
    """A contract that was held against the present.

    Attributes:
        file: Its file.
        application: Name of the application.
        grants: What its callers hold; None for everything.
        changes: What differs, the worst first.
    """

    file: Path
    application: str
    grants: Grants
    changes: tuple[Change, ...]

    @property
    def json(self) -> dict[str, Any]:
        """The comparison, ready for JSON."""
        return {
            "file": str(self.file),
            "application": self.application,
            "grants": None if self.grants is None else sorted(self.grants),
            "changes": as_json(self.changes),
        }


@click.group()
def contract() -> None:
    """Write down what clients rely on, and compare with that.

    A contract is the OpenAPI document of an application, in a file that is kept with the settings.
    """


def _directory() -> Callable[[Any], Any]:
    return click.option(
        "--directory",
        type=click.Path(path_type=Path, file_okay=False),
        help=f"The folder of the contracts; {DIRECTORY!r} beside the settings by default.",
    )


def _allow(default: Level) -> Callable[[Any], Any]:
    return click.option(
        "--allow",
        type=click.Choice([each.word for each in Level]),
        default=default.word,
        show_default=True,
        help="The worst that may differ and still end with 0.",
    )


def _format(command: Command) -> Command:
    """Let a command write its changes for people, for programs, or for release notes."""
    for name, text in ((MARKDOWN, "for release notes"), (JSON, "as JSON")):
        option = click.option(
            f"--{name}", "format_", flag_value=name, help=f"Print the changes {text}."
        )
        command = option(command)
    return command


@contract.command()
@click.argument("applications", nargs=-1, metavar="[APPLICATION]...")
@_directory()
@click.option("--public", is_flag=True, help="Write what somebody without credentials may see.")
@click.option(
    "--grants",
    metavar="NAMES",
    help="Write what somebody with these grants may see: scopes, and kinds of callers behind '@', "
    "with commas.",
)
@click.pass_context
def write(
    ctx: click.Context,
    applications: tuple[str, ...],
    directory: Path | None,
    public: bool,
    grants: str | None,
) -> None:
    """Write a contract for each application, and show what is different from before.

    Contracts that are there are written anew, those for certain grants among them.
    """
    session = ctx.ensure_object(Session)
    folder = _folder(session, directory)
    seen, is_one = grants_of(public, grants), public or grants is not None
    with session.deployment() as deployment:
        described = _described(deployment, applications)
        known = {path.name: found for path, found in read_contracts(folder)}
        wanted: dict[str, tuple[str, Grants]] = {}
        for name in described:
            wanted[file_name(name, seen)] = (name, seen)
        if not is_one:
            for file, each in known.items():
                if each.application in described:
                    wanted[file] = (each.application, each.grants)
        for file, (name, for_whom) in sorted(wanted.items()):
            present = contract_of(described[name], for_whom)
            before = known.get(file)
            if before is not None:
                for line in as_text(compare(before.document, present.document)):
                    click.echo(line)
            write_contract(folder / file, present)
            click.echo(f"Wrote {_near(folder / file)}.")


@contract.command()
@click.argument("applications", nargs=-1, metavar="[APPLICATION]...")
@_directory()
@_allow(Level.TEXT)
@_format
@click.pass_context
def check(
    ctx: click.Context,
    applications: tuple[str, ...],
    directory: Path | None,
    allow: str,
    format_: str | None,
) -> None:
    """Compare what the deployment promises with the contracts, and tell what clients notice.

    Exits with 1 where a client may break, and with 4 where nothing breaks and the files are behind.
    """
    session = ctx.ensure_object(Session)
    folder = _folder(session, directory)
    kept = [(path, each) for path, each in read_contracts(folder)]
    if not kept:
        raise ConfigurationError(
            f"There is no contract in {folder}. 'glue contract write' writes it."
        )
    with session.deployment() as deployment:
        found = list(_compared(deployment, folder, kept, applications))
    if format_ == JSON:
        show_json({"contracts": [each.json for each in found]})
    else:
        for each in found:
            _show(each, format_)
    code = exit_code((change for each in found for change in each.changes), allow)
    if code and format_ is None:
        click.echo("'glue contract write' accepts what differs.")
    ctx.exit(code)


@contract.command()
@click.argument("old", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_allow(Level.BREAKING)
@_format
@click.pass_context
def diff(ctx: click.Context, old: Path, new: Path, allow: str, format_: str | None) -> None:
    """Compare two files with documents of OpenAPI 3.1, as JSON or as YAML.

    Exits with 0 whatever differs, where '--allow' does not say otherwise.
    """
    changes = compare(read_document(old), read_document(new))
    if format_ == JSON:
        show_json({"changes": as_json(changes)})
    elif format_ == MARKDOWN:
        click.echo("\n".join(as_markdown(changes)))
    else:
        for line in as_text(changes):
            click.echo(line)
        click.echo(summary(changes))
    ctx.exit(exit_code(changes, allow))


def exit_code(changes: Iterable[Change], allow: str) -> int:
    """Return how a comparison ends.

    Args:
        changes: What differs.
        allow: The worst level that is fine.
    """
    worst = max((each.level for each in changes), default=Level.TEXT)
    if worst <= Level[allow.upper()]:
        return 0
    return BREAKS if worst >= Level.RISKY else BEHIND


def _compared(
    deployment: Deployment,
    folder: Path,
    kept: Sequence[tuple[Path, Contract]],
    applications: tuple[str, ...],
) -> Iterator[Compared]:
    """Hold the contracts of some applications, or of all, against the present."""
    written = {each.application for _, each in kept}
    for name in applications:
        if name not in written:
            raise ConfigurationError(
                f"There is no contract of {name!r} in {folder}. 'glue contract write' writes it."
            )
    described = _described(deployment)
    for path, each in kept:
        name = each.application
        if applications and name not in applications:
            continue
        if name in described:
            present = contract_of(described[name], each.grants)
            changes = compare(each.document, present.document)
        else:
            changes = [_whole("application-removed", name)]
        yield Compared(path, name, each.grants, tuple(changes))
    for name in described if not applications else ():
        if name not in written:
            changes = [_whole("application-added", name)]
            yield Compared(folder / file_name(name, None), name, None, tuple(changes))


def _described(
    deployment: Deployment, wanted: Sequence[str] = ()
) -> dict[str, ApplicationRegistry]:
    """Return the applications that can be described: those of the names, or all that can.

    Raises:
        ConfigurationError: One that is wanted is not served, or answers by itself.
    """
    every = deployment.registry.applications
    for name in wanted:
        if name not in every:
            served = ", ".join(sorted(every))
            raise ConfigurationError(f"There is no application {name!r}. There are: {served}.")
        if every[name].documentation is None:
            raise ConfigurationError(
                f"{name!r} answers by itself, without operations that could be described."
            )
    return {
        name: each
        for name, each in sorted(every.items())
        if each.documentation is not None and (not wanted or name in wanted)
    }


def _folder(session: Session, directory: Path | None) -> Path:
    return session.settings().directory / DIRECTORY if directory is None else directory


def _whole(rule: str, application: str) -> Change:
    values = (application, None) if rule == "application-removed" else (None, application)
    return Change(rule, Side.EITHER, f"application {application!r}", "#", *values)


def _near(path: Path) -> Path:
    """Return a path as somebody in the working directory calls it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _show(compared: Compared, format_: str | None) -> None:
    """Print what differs from one contract."""
    if format_ == MARKDOWN:
        lines = [f"# {compared.file.stem}", "", *as_markdown(compared.changes), ""]
    elif compared.changes:
        lines = [f"{_near(compared.file)}: {summary(compared.changes)}"]
        lines += as_text(compared.changes)
    else:
        lines = [f"Nothing differs from {_near(compared.file)}."]
    for line in lines:
        click.echo(line)
