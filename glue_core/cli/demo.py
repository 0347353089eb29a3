"""``glue demo``: a shop to look at, with embedded services and all applications."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue_core.cli.publishing import drain, stopping
from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented
from glue_core.errors import ConfigurationError
from glue_core.registry.discovery import APPLICATIONS

if TYPE_CHECKING:
    from glue_core.demo import DemoData
    from glue_core.deployment import Deployment

HOST = "127.0.0.1"
WORKERS = 2
THREADS = 4
FALLBACK = "legacy_api"
"""Application that takes what that one has no place for."""
ROOT_APPLICATION = "storefront_api"
"""The application that answers at ``/``, where it is installed."""

PATIENCE = 60.0
"""Seconds that the server may take to answer for the first time."""
FAREWELL = 35.0
"""Seconds that a child may take to end: gunicorn lets running requests finish."""
LOOK = 0.2
"""Seconds between two looks at the children."""
EXAMPLES = 3
LICENSE = "MIT"
"""What the documentation of the demo says; that of a shop is its own."""
LOCALES = ("en_US", "de_DE")
"""What clients choose from where no plugin, such as that of the stores, says it."""


class _Interrupted(BaseException):
    """SIGINT or SIGTERM came while the demo was being prepared; no plugin may catch it."""


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the demo, empty or new; it is kept. A temporary one by default.",
)
@click.option("--products", type=click.IntRange(1), metavar="N", help="Number of products.")
@click.pass_context
def demo(ctx: click.Context, port: int, directory: Path | None, products: int | None) -> None:
    """Start the demo shop with embedded services.

    Makes a folder with its own settings, imports and publishes the data of installed
    distributions, and serves all applications until it is interrupted. Settings of the
    environment play no part.
    """
    session = ctx.ensure_object(Session)
    port = _free_port(port)
    stop = threading.Event()
    preparation = _Preparation()
    with (
        suppress(_Interrupted),
        stopping(stop, preparation.interrupt),
        _folder(directory) as folder,
    ):
        try:
            shown = _prepare(session, folder, products)
        except Exception as error:
            if preparation.lasts:
                raise
            # The interruption met a library in the middle of something, which failed by it.
            raise _Interrupted from error
        preparation.lasts = False
        with _children(folder, port) as children:
            _wait_until_it_answers(children, port, stop)
            if not stop.is_set():
                _tell(shown, port, folder if directory is not None else None)
            _watch(children, stop)
    click.echo("The demo has ended.")


def _free_port(port: int) -> int:
    """Return the port, or a free one for 0.

    Raises:
        ConfigurationError: Somebody uses the port.
    """
    with socket.socket() as probe:
        # As the server does it: connections that just ended do not count as users.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigurationError(
                f"Port {port} of {HOST} cannot be used: {error.strerror}.\n"
                f"End what uses it, or name another with --port; --port 0 takes a free one."
            ) from error
        free: int = probe.getsockname()[1]
        return free


class _Preparation:
    """Says whether a signal ends the demo at once: until there are children to end in order."""

    def __init__(self) -> None:
        self.lasts = True

    def interrupt(self) -> None:
        """End the preparation, once."""
        if self.lasts:
            self.lasts = False
            raise _Interrupted


@contextmanager
def _folder(directory: Path | None) -> Iterator[Path]:
    """Make the folder of the demo; a temporary one is removed at the end.

    Raises:
        ConfigurationError: The folder is not empty or cannot be made.
    """
    if directory is None:
        with tempfile.TemporaryDirectory(prefix="glue-demo-", ignore_cleanup_errors=True) as made:
            yield Path(made)
        return
    directory = directory.absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        is_empty = next(directory.iterdir(), None) is None
    except OSError as error:
        raise ConfigurationError(
            f"The folder {directory} cannot be made: {error.strerror}.\nName another."
        ) from error
    if not is_empty:
        raise ConfigurationError(
            f"The folder {directory} is not empty.\nName an empty one, or one that does not exist. "
            f"A demo that was kept is served again with GLUE_CONFIG={directory}/glue.toml: "
            f"'glue serve', and 'glue work' beside it."
        )
    yield directory


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the demo tells when it answers.

    Attributes:
        applications: Names of the applications.
        media_type: Media type of the convention that is preferred, or None where none is installed.
        examples: Paths worth a first look.
        pages: Names of the applications whose documentation has a page.
    """

    applications: tuple[str, ...]
    media_type: str | None
    examples: tuple[str, ...]
    pages: tuple[str, ...]


def settings_text(applications: Sequence[str]) -> str:
    """Return the ``glue.toml`` of a demo.

    Args:
        applications: Names of the applications. Each answers at its host and path;
            `ROOT_APPLICATION`, or else the first, at ``/`` as well.
    """
    root = ROOT_APPLICATION if ROOT_APPLICATION in applications else applications[0]
    lines = [
        "# Written by 'glue demo'.",
        'mode = "development"',
        "",
        "[services]",
        'database = "sqlite:///var/database.sqlite"',
        'storage = "sqlite:///var/storage.sqlite"',
        'search = "tantivy:///var/search"',
        'broker = "outbox:"',
        "",
        "[login]",
        "attempts = 9",
        "within_seconds = 900",
        "blocked_seconds = 360",
    ]
    for name in applications:
        paths = [f"/{name}", *(["/"] if name == root else [])]
        lines += [
            "",
            f"[applications.{json.dumps(name)}]",
            f"hosts = {json.dumps([f'{name}.localhost'])}",
            f"paths = {json.dumps(paths)}",
            f"locales = {json.dumps(LOCALES)}",
            f"documentation = {{ license = {json.dumps(LICENSE)} }}",
        ]
        if name == root and FALLBACK in applications:
            lines.append(f"next = {json.dumps(FALLBACK)}")
    return "\n".join(lines) + "\n"


def _prepare(session: Session, folder: Path, products: int | None) -> _Shown:
    """Migrate, import and publish in the folder.

    Raises:
        ConfigurationError: Nothing is installed that could be served, or it does not fit.
        ServiceUnavailable: A service did not answer.
    """
    from glue_core.deployment import Deployment
    from glue_core.migrating import migrate
    from glue_core.settings import Settings

    sources = session.sources()
    names = tuple(sorted(each.name for each in sources if each.group == APPLICATIONS))
    if not names:
        raise ConfigurationError(
            f"There is no application to show.\nInstall a distribution with an entry point in "
            f"{APPLICATIONS!r}, such as glue-storefront-api."
        )
    file = folder / "glue.toml"
    file.write_text(settings_text(names), encoding="utf-8")
    with Deployment(Settings.read({"GLUE_CONFIG": str(file)}), sources) as deployment:
        migrate(deployment.services.database, deployment.migrations)
        found = [each.value for each in deployment.registry.features.demo_data]
        for number, data in enumerate(found, 1):
            _import(deployment, data, folder / "import" / str(number), products)
        _publish(deployment)
        conventions = [
            convention
            for registry in deployment.registry.applications.values()
            for name, convention in registry.conventions.items()
            if name is not None
        ]
        pages = tuple(
            name
            for name, registry in deployment.registry.applications.items()
            if registry.documentation is not None and registry.documentation.has_page
        )
    preferred = max(conventions, key=lambda each: each.priority, default=None)
    media_type = preferred.media_types[0] if preferred is not None else None
    examples = tuple(path for data in found for path in data.examples[:EXAMPLES])
    return _Shown(names, media_type, examples, pages)


def _import(deployment: Deployment, data: DemoData, directory: Path, products: int | None) -> None:
    from glue_core.cli.importing import ImportBar, line_of
    from glue_core.importing import import_directory

    directory.mkdir(parents=True)
    if products is None:
        data.write(directory)
    else:
        data.write(directory, products)
    with ImportBar(f"Importing {data.name}") as bar:
        database = deployment.services.database
        report = import_directory(directory, deployment.importers, database, progress=bar)
    for problem in report.errors:
        click.echo(line_of(problem), err=True)
    click.echo(f"Imported {data.name}: {report.records} records, {report.error_count} errors.")


def _publish(deployment: Deployment) -> None:
    click.echo("Publishing ...")
    left = drain(deployment, patient=False)
    waiting = left["waiting"] + left["leased"] + left["set_aside"]
    if waiting:
        click.echo(f"{waiting} messages could not be published; the worker tries again.", err=True)


@contextmanager
def _children(folder: Path, port: int) -> Iterator[Mapping[str, subprocess.Popen[bytes]]]:
    """Start the server and the worker, and end both whatever happens.

    Each gets a pipe for its standard input, so that it ends as well when this process is killed,
    and a session of its own, so that Ctrl-C reaches this process alone, which ends them in order.
    """
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GLUE_")
    }
    environment["GLUE_CONFIG"] = str(folder / "glue.toml")
    commands = {
        "server": [
            "serve",
            f"--bind={HOST}:{port}",
            f"--workers={WORKERS}",
            f"--threads={THREADS}",
        ],
        "worker": ["work"],
    }
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, arguments in commands.items():
            children[name] = subprocess.Popen(
                [sys.executable, "-m", "glue_core.cli", *arguments, "--until-stdin-ends"],
                env=environment,
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
        yield children
    finally:
        for child in children.values():
            child.terminate()
        for child in children.values():
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Wait for a child that was told to end; kill it with its own children after a while."""
    try:
        child.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        # It leads its group, and nobody has its number while it was not waited for.
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    finally:
        if child.stdin is not None:
            child.stdin.close()


def _wait_until_it_answers(
    children: Mapping[str, subprocess.Popen[bytes]], port: int, stop: threading.Event
) -> None:
    """Wait until the server answers anything.

    Raises:
        ClickException: A child ended by itself, or there is no answer.
    """
    end = time.monotonic() + PATIENCE
    while not stop.wait(LOOK):
        _check(children)
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            if time.monotonic() > end:
                raise click.ClickException(
                    f"The server did not answer within {PATIENCE:g} seconds."
                ) from None
        else:
            return
        finally:
            connection.close()


def _watch(children: Mapping[str, subprocess.Popen[bytes]], stop: threading.Event) -> None:
    """Wait for the end.

    Raises:
        ClickException: A child ended by itself.
    """
    while not stop.wait(LOOK):
        _check(children)


def _check(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        code = child.poll()
        if code is not None:
            raise click.ClickException(
                f"The {name} of the demo ended by itself, with the exit code {code}. "
                f"What it said is above."
            )


def _tell(shown: _Shown, port: int, kept: Path | None) -> None:
    """Say where the demo answers, and what to ask it."""
    base = f"http://{HOST}:{port}"
    rows = [
        (name, f"{base}/{name}/", f"http://{name}.localhost:{port}/") for name in shown.applications
    ]
    click.echo(f"\nThe demo answers at {base}/\n")
    click.echo(indented("\n".join(aligned(rows))))
    click.echo("\nTry:\n")
    paths = shown.examples or ("/",)
    for number, path in enumerate(paths):
        # The first one in plain JSON, the others in the convention; -g leaves brackets alone.
        speak = shown.media_type is not None and number > 0
        header = f"-H 'Accept: {shown.media_type}' " if speak else ""
        click.echo(f"    curl -g {header}'{base}{path}'")
    if shown.pages:
        click.echo("\nIn a browser:\n")
        for name in shown.pages:
            click.echo(f"    {base}/{name}/docs")
    if kept is not None:
        click.echo(f"\nIts data is in {kept}, and stays there.")
    click.echo("\nCtrl-C ends it.")
