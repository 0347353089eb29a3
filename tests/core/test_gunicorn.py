"""The settings of gunicorn, and how a wrong deployment ends under it."""

from __future__ import annotations

import gc
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.instrument.statsd import Statsd  # type: ignore[import-untyped]

from glue_core import gunicorn
from glue_core.application import RequestFlowAwareApiApplication
from glue_core.deployment import Deployment
from glue_core.errors import ConfigurationError
from glue_core.gunicorn_logs import Logger
from glue_core.host import Host
from glue_core.logs import JsonFormatter
from glue_core.migrating import migrate
from glue_core.registry.discovery import Source
from glue_core.request_id import NO_REQUEST, current_request_id, log_with
from glue_core.settings import LoggingSettings

NAMES = sorted(
    name
    for name, value in vars(gunicorn).items()
    if name.isidentifier() and name[0] != "_" and name not in ("annotations", "os", "Any")
)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port of 127.0.0.1 that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_a_setting_that_gunicorn_takes(name: str) -> None:
    """A misspelled setting would be ignored by gunicorn: each name is one, with a fitting value."""
    config = Config()

    assert name in config.settings
    config.set(name, getattr(gunicorn, name))


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    """Let the garbage collector of the tests look through everything again."""
    try:
        yield
    finally:
        gc.unfreeze()


def test_collector_passes_over_what_was_made_at_start_up() -> None:
    """A worker that begins to serve takes what there is out of the garbage collector."""
    assert gc.get_freeze_count() == 0

    gunicorn.post_worker_init(SimpleNamespace(wsgi=None))

    assert gc.get_freeze_count() > 1000


def test_lines_after_a_request_belong_to_none(own_loggers: None) -> None:
    """Once a request had its last line, what the thread of gunicorn logs carries no id of it."""
    log_with("one")

    Logger(Config()).access(None, None, {}, None)

    assert current_request_id() == NO_REQUEST


@pytest.fixture
def own_loggers() -> Iterator[None]:
    """Gunicorn's loggers and the root, afterwards as they were."""
    loggers = [logging.getLogger(name) for name in (None, "gunicorn.error", "gunicorn.access")]
    kept = [(each.handlers[:], each.level, each.propagate) for each in loggers]
    yield
    for each, (handlers, level, propagate) in zip(loggers, kept, strict=True):
        each.handlers[:] = handlers
        each.setLevel(level)
        each.propagate = propagate


def logger_of(**values: object) -> Logger:
    """Return the logger that gunicorn makes, where the settings want JSON."""
    config = Config()
    for name, value in values.items():
        config.set(name, value)
    kind = type("Json", (Logger,), {"table": LoggingSettings().load({"format": "json"})})
    made: Logger = kind(config)
    return made


@pytest.mark.usefixtures("own_loggers")
def test_lines_of_gunicorn_are_json(tmp_path: Path) -> None:
    """Where the settings say so, errors and requests leave as JSON, into their files as well."""
    paths = {name: tmp_path / name for name in ("errorlog", "accesslog")}
    logger = logger_of(**{name: str(path) for name, path in paths.items()})

    logger.error("Worker (pid:%s) exited", 1)
    logger.access_log.info('"GET /x?access_token=abc HTTP/1.1" 200')
    for each in (*logger.error_log.handlers, *logger.access_log.handlers):
        each.close()

    error, access = (json.loads(path.read_text()) for path in paths.values())
    assert (error["logger"], error["level"]) == ("gunicorn.error", "ERROR")
    assert error["message"] == "Worker (pid:1) exited"
    assert access["message"] == '"GET /x?access_token=[hidden] HTTP/1.1" 200'


@pytest.mark.usefixtures("own_loggers")
def test_statsd_of_gunicorn_stays() -> None:
    """Where gunicorn sends its figures to StatsD, it still does."""
    logger: Any = logger_of(statsd_host="127.0.0.1:8125")
    try:
        assert isinstance(logger, Statsd)
        assert isinstance(logger, Logger)
        assert {type(each.formatter) for each in logger.error_log.handlers} == {JsonFormatter}
    finally:
        logger.sock.close()


@pytest.mark.usefixtures("own_loggers")
def test_log_that_the_deployment_configures_stays(tmp_path: Path) -> None:
    """What 'logconfig_dict' says is the deployment's own choice, formats included."""
    handler = {"class": "logging.FileHandler", "filename": str(tmp_path / "log"), "formatter": "f"}
    logger = logger_of(
        logconfig_dict={
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"f": {"format": "own [%(request_id)s] %(message)s"}},
            "handlers": {"h": handler},
            "root": {"handlers": []},
            "loggers": {"gunicorn.error": {"handlers": ["h"], "propagate": False}},
        }
    )

    log_with(NO_REQUEST)
    logger.error("here")
    for each in logger.error_log.handlers:
        each.close()

    assert (tmp_path / "log").read_text() == "own [-] here\n"


def test_no_header_is_believed_about_the_path() -> None:
    """SCRIPT_NAME and PATH_INFO come from the request line alone."""
    config = Config()
    config.set("forwarder_headers", gunicorn.forwarder_headers)

    assert config.forwarder_headers == []


def run_gunicorn(folder: Path, port: int, application: str, **more: str) -> tuple[int, str]:
    """Run gunicorn to its end and return exit code and output."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GLUE_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "gunicorn", "-c", "python:glue_core.gunicorn"),
            *("-b", f"127.0.0.1:{port}", application),
        ],
        cwd=folder,
        env={**clean, **more},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_wrong_deployment_ends_with_its_message_alone(tmp_path: Path, taken_port: int) -> None:
    """A wrong setting ends gunicorn with one message and exit code 1, without a traceback."""
    code, output = run_gunicorn(tmp_path, taken_port, "glue_core.host:create()", GLUE_MODE="odd")

    assert code == 1
    assert output.strip() == (
        "Error: Settings are wrong in the environment:\n"
        "  mode: Must be one of: production, development."
    )


def test_wrong_deployment_opens_no_socket(tmp_path: Path, taken_port: int) -> None:
    """Gunicorn would complain of a port in use; a wrong deployment ends before it tries."""
    _, output = run_gunicorn(tmp_path, taken_port, "glue_core.host:create()", GLUE_SERVE="nobody")

    assert "there is no application 'nobody'" in output
    assert "in use" not in output
    assert "Listening" not in output


def host_over(tmp_path: Path, services: tuple[str, ...], database: str = "database.sqlite") -> Host:
    """Return a host of one application that declares some services."""
    application = RequestFlowAwareApiApplication("probe_api", services=services)
    settings = {"services": {"database": f"sqlite:///{tmp_path}/{database}"}}
    source = Source.of("glue.applications", "probe_api", application)
    return Host(Deployment(settings, [source]))


def starting(host: Host) -> None:
    """Do what gunicorn does before it opens a socket."""
    gunicorn.on_starting(SimpleNamespace(app=SimpleNamespace(wsgi=lambda: host)))


def test_unmigrated_database_is_refused(tmp_path: Path) -> None:
    """An application that declares the database does not start before 'glue migrate'."""
    host = host_over(tmp_path, ("database",))

    with host.deployment, pytest.raises(ConfigurationError, match="Run 'glue migrate'"):
        starting(host)


def test_migrated_database_is_taken(tmp_path: Path) -> None:
    """After 'glue migrate' the same application starts."""
    host = host_over(tmp_path, ("database",))
    with host.deployment as deployment:
        migrate(deployment.services.database, deployment.migrations)

        starting(host)


def test_database_that_nobody_declares_is_not_asked(tmp_path: Path) -> None:
    """The storefront starts without a database: its file is not even made."""
    host = host_over(tmp_path, ("storage",))
    with host.deployment:
        starting(host)

    assert not (tmp_path / "database.sqlite").exists()


def test_database_that_is_down_stops_no_start(tmp_path: Path) -> None:
    """A database that does not answer costs its own routes a 503, not the start."""
    (tmp_path / "file").write_text("")
    host = host_over(tmp_path, ("database",), "file/database.sqlite")

    with host.deployment:
        starting(host)


def test_worker_closes_its_services_at_its_end(tmp_path: Path) -> None:
    """What a worker opened is closed when gunicorn ends it, as the deployment closes it."""
    host = host_over(tmp_path, ("storage",))
    closed: list[str] = []
    host.deployment.services.replace("storage", SimpleNamespace(close=lambda: closed.append("s")))

    gunicorn.worker_exit(None, SimpleNamespace(wsgi=host))

    assert closed == ["s"]
