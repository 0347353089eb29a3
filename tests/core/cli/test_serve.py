"""``glue serve``."""

from __future__ import annotations

import http.client
import signal
import time
from typing import Any

import pytest

PATIENCE = 60.0


def ask(port: int, path: str, process: Any) -> tuple[int, bytes]:
    """Ask until the server answers."""
    end = time.monotonic() + PATIENCE
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        except OSError:
            assert process.poll() is None, "The server ended early."
            assert time.monotonic() < end, "The server does not answer."
            time.sleep(0.1)
        finally:
            connection.close()


def serve(installed: Any, port: int, *more: str) -> Any:
    """Start 'glue serve' on a port."""
    return installed.start("glue_core.cli", "serve", "--bind", f"127.0.0.1:{port}", *more)


def test_application_answers_and_ends_at_sigterm(installed: Any, free_port: int) -> None:
    """A migrated deployment is served; SIGTERM ends server and workers with 0."""
    assert installed.run("glue_core.cli", "migrate")[0] == 0
    process = serve(installed, free_port, "--workers", "1", "--threads", "2")

    assert ask(free_port, "/probes/7", process) == (200, b'[{"name":"7"}]')

    process.send_signal(signal.SIGTERM)
    # The output ends when the last process that has it is gone: no worker is left.
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.count("Booting worker") == 1


def test_unmigrated_database_ends_the_start(installed: Any, taken_port: int) -> None:
    """An application that uses the database does not start on an empty one; no socket is tried."""
    code, output = installed.run("glue_core.cli", "serve", "--bind", f"127.0.0.1:{taken_port}")

    assert code == 1
    assert "Run 'glue migrate'." in output
    assert "in use" not in output


def test_application_without_database_needs_no_migrations(
    installed_without_database: Any, free_port: int
) -> None:
    """An application that does not declare the database starts without one."""
    process = serve(installed_without_database, free_port, "--workers", "1")

    assert ask(free_port, "/probes/7", process)[0] == 200


def test_server_ends_with_its_parent(installed_without_database: Any, free_port: int) -> None:
    """A server that was started by the demo ends when its standard input does."""
    process = serve(installed_without_database, free_port, "--until-stdin-ends")

    process.communicate(timeout=60)

    # Where it notices before gunicorn listens to signals, the signal itself ends it.
    assert process.returncode in (0, -signal.SIGTERM)


def test_wrong_deployment_ends_with_one_message(installed: Any, taken_port: int) -> None:
    """A setting that is wrong is told alone, on no socket, with the exit code 1."""
    code, output = installed.run(
        "glue_core.cli", "serve", "--bind", f"127.0.0.1:{taken_port}", GLUE_MODE="odd"
    )

    assert code == 1
    assert output.startswith("Error: Settings are wrong")
    assert "Traceback" not in output


@pytest.mark.parametrize("bind", ["127.0.0.1:x", "127.0.0.1:70000", "fd://x"])
def test_address_that_is_none_is_wrong_usage(glue: Any, bind: str) -> None:
    """An address that cannot be one ends with 2, before anything is loaded."""
    assert glue("serve", "--bind", bind).exit_code == 2


def test_number_of_workers_must_be_one(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WEB_CONCURRENCY that is no number is told, where gunicorn would show a traceback."""
    monkeypatch.setenv("WEB_CONCURRENCY", "many")

    result = glue("serve")

    assert result.exit_code == 1
    assert "WEB_CONCURRENCY is 'many'" in result.stderr
