"""``glue import``."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import click

from glue_core.cli.session import Session
from glue_core.cli.showing import show_json

if TYPE_CHECKING:
    from glue_core.importing import ImportProblem, ImportReport

BAD_ROWS = 3
"""Exit code of an import in which rows were bad."""


class ImportBar:
    """A progress bar over all files of an import, on standard error when that is a terminal."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: Any = None
        self._done = 0

    def __enter__(self) -> ImportBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, where)

    def __call__(self, file: str, records: int, done: int, total: int) -> None:
        """Move on.

        Args:
            file: File that is read.
            records: Its records so far.
            done: Bytes read so far, over all files.
            total: Bytes in all.
        """
        if self._bar is None:
            if not sys.stderr.isatty():
                return
            self._bar = click.progressbar(
                length=total,
                label=self._label,
                file=sys.stderr,
                item_show_func=lambda item: item or "",
            )
            self._bar.__enter__()
        self._bar.update(done - self._done, file)
        self._done = done


@click.command("import")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--on-error",
    type=click.Choice(["keep", "rollback"]),
    default="keep",
    show_default=True,
    help="Where rows are bad: keep the good ones, or take nothing at all.",
)
@click.option(
    "--publish/--no-publish",
    default=False,
    show_default=True,
    help="Publish what was imported at once, instead of leaving it to the worker.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def import_(
    ctx: click.Context,
    directory: Path,
    on_error: Literal["keep", "rollback"],
    publish: bool,
    as_json: bool,
) -> None:
    """Load shop data from a folder of CSV files.

    Doing it again changes nothing. Exits with 3 where rows were bad; each is told on standard
    error as file:line column: reason.
    """
    from glue_core.cli.publishing import drain
    from glue_core.importing import import_directory

    with ctx.ensure_object(Session).migrated() as deployment:
        with ImportBar(directory.name) as bar:
            report = import_directory(
                directory,
                deployment.importers,
                deployment.services.database,
                on_error=on_error,
                progress=bar,
            )
        for problem in report.errors:
            click.echo(line_of(problem), err=True)
        if publish and not report.is_rolled_back:
            waiting = drain(deployment, patient=True)
        else:
            waiting = deployment.services.broker.counts()
    if as_json:
        show_json(_document(report, waiting["waiting"]))
    else:
        _tell(report, waiting["waiting"])
    if report.error_count:
        ctx.exit(BAD_ROWS)


def line_of(problem: ImportProblem) -> str:
    """Return a problem as ``file:line column: reason``, as compilers write it."""
    place = problem.file
    if problem.line is not None:
        place += f":{problem.line}"
    if problem.column is not None:
        place += f" {problem.column}"
    return f"{place}: {problem.reason}"


def _tell(report: ImportReport, waiting: int) -> None:
    for name, reason in report.skipped.items():
        click.echo(f"skipped  {name}: {reason}")
    for file in report.files:
        bad = f", {file.bad} bad" if file.bad else ""
        click.echo(f"read     {file.file}: {file.records} records{bad}")
    untold = report.error_count - len(report.errors)
    if untold > 0:
        click.echo(f"{untold} more errors are not shown.", err=True)
    if report.is_rolled_back:
        click.echo(f"Nothing was imported: there are {report.error_count} errors.")
        return
    click.echo(f"{report.records} records were imported, {report.error_count} errors.")
    if waiting:
        click.echo(f"{waiting} messages wait to be published; 'glue work' does it.")


def _document(report: ImportReport, waiting: int) -> dict[str, Any]:
    return {
        "files": [
            {"file": each.file, "entity": each.entity, "records": each.records, "bad": each.bad}
            for each in report.files
        ],
        "skipped": dict(report.skipped),
        "errors": [
            {
                "file": each.file,
                "line": each.line,
                "record": each.record,
                "column": each.column,
                "reason": each.reason,
            }
            for each in report.errors
        ],
        "errorCount": report.error_count,
        "isRolledBack": report.is_rolled_back,
        "waiting": waiting,
    }
