"""``glue demo``: real processes on a free port, and none of them left."""

from __future__ import annotations

import http.client
import os
import re
import signal
import tomllib
from pathlib import Path
from typing import Any

import pytest

from glue_core.cli.demo import settings_text
from glue_core.settings import Settings


def demo(installed: Any, *options: str) -> Any:
    """Start a demo on a free port."""
    temporary = installed.folder / "temporary"
    temporary.mkdir()
    return installed.start(
        *("glue_core.cli", "demo", "--port", "0", "--products", "2", *options),
        TMPDIR=str(temporary),
    )


def port_of(process: Any) -> int:
    """Wait until the demo answers and return its port."""
    said: list[str] = []
    while True:
        line = process.stdout.readline()
        assert line, f"The demo ended early: {''.join(said)}"
        said.append(line)
        found = re.search(r"answers at http://127\.0\.0\.1:(\d+)/", line)
        if found:
            return int(found[1])


def status_of(port: int, path: str, host: str | None = None) -> int:
    """Ask the demo."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        return connection.getresponse().status
    finally:
        connection.close()


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_demo_serves_every_application_and_leaves_nothing(
    installed: Any, number: signal.Signals
) -> None:
    """Path and host of an application answer; a signal ends all with 0 and removes the folder."""
    process = demo(installed)
    port = port_of(process)

    assert status_of(port, "/probe_api/probes/1") == 200
    assert status_of(port, "/probes/1", "probe_api.localhost") == 200

    process.send_signal(number)
    # The output ends when the last process that has it is gone: none is left.
    output, _ = process.communicate(timeout=90)
    assert process.returncode == 0, output
    assert list((installed.folder / "temporary").iterdir()) == []


def test_signal_while_the_demo_is_prepared_ends_it(installed: Any) -> None:
    """Nobody waits for the preparation: a signal ends it with 0 and removes the folder."""
    process = demo(installed)
    line = ""
    while "Publishing" not in line:
        line = process.stdout.readline()
        assert line, "The demo ended early."

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=90)

    assert process.returncode == 0, output
    assert "Traceback" not in output
    assert list((installed.folder / "temporary").iterdir()) == []


@pytest.mark.slow
def test_folder_that_was_named_is_kept(installed: Any) -> None:
    """With '--directory' the settings and the data stay, for 'glue serve' to use."""
    process = demo(installed, "--directory", str(installed.folder / "kept"))
    port_of(process)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)

    code, output = installed.run(
        *("glue_core.cli", "migrate", "--check"),
        GLUE_CONFIG=str(installed.folder / "kept" / "glue.toml"),
        GLUE_SERVICES__DATABASE="sqlite:///var/database.sqlite",
    )
    assert (code, output) == (0, "The database is up to date.\n")


@pytest.mark.slow
def test_settings_of_the_environment_play_no_part(installed: Any) -> None:
    """A demo never touches the database that the environment names."""
    process = demo(installed)
    port_of(process)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=90)

    assert not (installed.folder / "database.sqlite").exists()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="Needs /proc to find children.")
def test_child_that_dies_ends_the_demo(installed: Any) -> None:
    """Where the server or the worker ends by itself, the demo says which, and ends with 1."""
    process = demo(installed)
    port_of(process)

    os.kill(children_of(process.pid)[-1], signal.SIGKILL)
    output, _ = process.communicate(timeout=90)

    assert process.returncode == 1
    assert "The worker of the demo ended by itself" in output


@pytest.mark.slow
def test_demo_that_is_killed_leaves_no_process(installed: Any) -> None:
    """Even a demo that cannot end its children leaves none: they notice that it is gone."""
    process = demo(installed)
    port_of(process)

    process.kill()
    process.communicate(timeout=90)

    assert process.returncode == -signal.SIGKILL


def test_port_in_use_is_told_before_anything_is_made(glue: Any, taken_port: int) -> None:
    """A port that somebody uses ends with 1, and the folder is not made."""
    folder = glue.directory / "demo"

    result = glue("demo", "--port", str(taken_port), "--directory", str(folder))

    assert result.exit_code == 1
    assert f"Port {taken_port} of 127.0.0.1 cannot be used" in result.stderr
    assert not folder.exists()


def test_folder_that_is_not_empty_is_refused(glue: Any) -> None:
    """The demo never writes into a folder with something in it."""
    (glue.directory / "precious").write_text("")

    result = glue("demo", "--port", "0", "--directory", str(glue.directory))

    assert result.exit_code == 1
    assert "is not empty" in result.stderr


def test_nothing_to_show_is_an_error(glue: Any) -> None:
    """Without an application there is no demo."""
    glue.plugins[:] = [each for each in glue.plugins if each.group != "glue.applications"]

    result = glue("demo", "--port", "0", "--directory", str(glue.directory / "demo"))

    assert result.exit_code == 1
    assert "There is no application to show." in result.stderr


def test_settings_give_each_application_a_host_and_a_path() -> None:
    """The written settings are valid; the storefront answers at '/' as well."""
    values = tomllib.loads(settings_text(["backend_api", "storefront_api"]))

    found = Settings.of(values)["applications"]
    assert {name: (table["hosts"], table["paths"]) for name, table in found.items()} == {
        "backend_api": (["backend_api.localhost"], ["/backend_api"]),
        "storefront_api": (["storefront_api.localhost"], ["/storefront_api", "/"]),
    }


def test_old_application_takes_what_the_storefront_lacks() -> None:
    """Where the old application is installed it comes after the storefront."""
    values = tomllib.loads(settings_text(["legacy_api", "storefront_api"]))

    found = Settings.of(values)["applications"]
    assert {name: table["next"] for name, table in found.items()} == {
        "legacy_api": None,
        "storefront_api": "legacy_api",
    }


def test_settings_give_each_application_languages() -> None:
    """An application whose plugins know no stores answers in English or German."""
    values = tomllib.loads(settings_text(["backend_api", "magazine_api"]))

    found = Settings.of(values)["applications"]
    assert [table["locales"] for table in found.values()] == [["en_US", "de_DE"]] * 2
