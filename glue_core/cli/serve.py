"""``glue serve``: gunicorn in this process, with the settings of `glue_core.gunicorn`."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from glue_core.cli.session import Session
from glue_core.errors import ConfigurationError

if TYPE_CHECKING:
    from glue_core.host import Host

DEFAULT_BIND = "127.0.0.1:8000"


def _address(ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """Refuse an address that is none, as wrong usage."""
    from gunicorn.util import parse_address  # type: ignore[import-untyped]

    try:
        parsed = parse_address(value)
    except RuntimeError as error:
        raise click.BadParameter(str(error)) from error
    if isinstance(parsed, tuple) and not 0 <= parsed[1] <= 65535:
        raise click.BadParameter(f"{parsed[1]} is not a port: ports are from 0 to 65535.")
    return value


@click.command()
@click.argument("application", required=False)
@click.option(
    "-b",
    "--bind",
    default=DEFAULT_BIND,
    show_default=True,
    callback=_address,
    help="HOST:PORT or unix:PATH to listen on.",
)
@click.option("-w", "--workers", type=click.IntRange(1), help="Processes; WEB_CONCURRENCY or 2.")
@click.option("--threads", type=click.IntRange(1), help="Threads of each process; 4 by default.")
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
@click.pass_context
def serve(
    ctx: click.Context,
    application: str | None,
    bind: str,
    workers: int | None,
    threads: int | None,
    until_stdin_ends: bool,
) -> None:
    """Serve one application, or all that are installed.

    'serve' in the settings names those to serve. Runs gunicorn with the settings of
    glue_core.gunicorn. A deployment that is wrong, or whose database is not migrated, ends with a
    message before a socket is opened.
    """
    from glue_core.cli.checking import refuse_unmigrated_host
    from glue_core.cli.publishing import on_end_of_stdin
    from glue_core.host import Host

    _check_environment()
    host = Host(ctx.ensure_object(Session).deployment(application))
    refuse_unmigrated_host(host)
    options = {"bind": bind, "workers": workers, "threads": threads}
    server = _server(host, {name: value for name, value in options.items() if value is not None})
    if until_stdin_ends:
        # Gunicorn ends its workers when it is told to, and they end when it is gone.
        on_end_of_stdin(lambda: os.kill(os.getpid(), signal.SIGTERM))
    server.run()


def _check_environment() -> None:
    """Refuse a number of workers that gunicorn would stumble over while it is imported.

    Raises:
        ConfigurationError: ``WEB_CONCURRENCY`` is no number.
    """
    value = os.environ.get("WEB_CONCURRENCY", "1")
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ConfigurationError(
            f"The environment variable WEB_CONCURRENCY is {value!r}.\n"
            f"Set it to the number of worker processes, from 1, or unset it."
        )


def _server(host: Host, options: Mapping[str, Any]) -> Any:
    """Return gunicorn around a WSGI callable.

    Args:
        host: The WSGI callable, made already.
        options: Settings of gunicorn that win over those of `glue_core.gunicorn`.
    """
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    from glue_core import gunicorn as defaults
    from glue_core.gunicorn_logs import Logger

    class SessionLogger(Logger):
        """The log of these settings, wherever they come from."""

        table = host.deployment.settings["logging"]

    class Server(BaseApplication):  # type: ignore[misc]
        """Gunicorn that reads neither the command line nor a file."""

        def load_config(self) -> None:
            own = {"logger_class": SessionLogger}
            for name, value in {**vars(defaults), **own, **options}.items():
                # The migrations were checked already.
                if name in self.cfg.settings and name != "on_starting":
                    self.cfg.set(name, value)

        def load(self) -> object:
            return host

    return Server(prog="glue serve")
