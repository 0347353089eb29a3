"""``glue publish`` and ``glue work``."""

from __future__ import annotations

import signal
from typing import Any


def test_publish_writes_an_event_for_every_key(glue: Any) -> None:
    """'glue publish' leaves the work to the worker: messages are written."""
    glue("migrate")

    result = glue("publish")

    assert result.stdout == "2 messages were written.\n"
    assert glue.feature.published == []


def test_publish_and_wait_runs_the_publishers(glue: Any) -> None:
    """With '--wait' everything is published when the command ends."""
    glue("migrate")

    result = glue("publish", "--all", "--wait")

    assert result.exit_code == 0
    assert glue.feature.published == ["a", "b"]


def test_publish_of_an_unknown_event_is_wrong_usage(glue: Any) -> None:
    """A name that nobody publishes ends with 2 and names those that exist."""
    glue("migrate")

    result = glue("publish", "prob")

    assert result.exit_code == 2
    assert "Known are: probe" in result.stderr


def test_names_and_all_contradict_each_other(glue: Any) -> None:
    """Names together with '--all' are wrong usage."""
    assert glue("publish", "probe", "--all").exit_code == 2


def test_work_once_handles_what_waits_and_ends(glue: Any) -> None:
    """'glue work --once' ends when no message is free."""
    glue("migrate")
    glue("publish")

    result = glue("work", "--once")

    assert result.exit_code == 0
    assert glue.feature.published == ["a", "b"]


def test_work_once_leaves_what_fails(glue: Any) -> None:
    """A publisher that raises does not keep 'glue work --once' from ending."""
    glue("migrate")
    glue("publish")
    glue.feature.broken = True

    assert glue("work", "--once").exit_code == 0
    assert "2 waiting" in glue("doctor").stdout


def test_worker_ends_at_sigterm(installed: Any) -> None:
    """The worker runs until SIGTERM, and ends with 0."""
    assert installed.run("glue_core.cli", "migrate")[0] == 0
    process = installed.start("glue_core.cli", "work")
    line = ""
    while "The worker runs" not in line:
        line = process.stdout.readline()
        assert line, "The worker ended early."

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert "The worker ends." in output


def test_worker_refuses_an_unmigrated_database(installed: Any) -> None:
    """A worker without its tables ends with the message that names 'glue migrate'."""
    code, output = installed.run("glue_core.cli", "work")

    assert code == 1
    assert "Run 'glue migrate'." in output
