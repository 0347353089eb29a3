"""The backend under gunicorn with two workers: what one of them learns, the other knows."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import orjson
import pytest

from glue_core import Settings
from glue_core.migrating import migrate
from glue_core.testing import Deployment
from glue_users import UserDraft, UserWriter

LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")
USER, PASSWORD = "admin@example.com", "correct horse battery"
SETTINGS = """
serve = ["backend_api"]

[login]
attempts = 6
within_seconds = 600
blocked_seconds = 300
"""
PIDS = """
import os
from glue_core import Listener, hookimpl
from glue_core.testing import in_memory
import glue_core.host, glue_core.registry.discovery as discovery
from glue_core.deployment import Deployment

def name_worker(application):
    def add(event):
        event.headers["x-worker"] = str(os.getpid())
    return add

worker = in_memory(
    "glue.plugins", "worker", glue_response_events=lambda: [Listener("worker", name_worker)]
)
application = glue_core.host.Host(Deployment(None, [*discovery.installed(), worker]))
"""


class Server:
    """A gunicorn with two workers, each of which says who it is."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, token: str | None = None
    ) -> tuple[int, dict[str, object], str]:
        """Send a request on a connection of its own; return status, body and worker."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form or {}), headers)
            answer = connection.getresponse()
            content = answer.read()
            body = orjson.loads(content) if content else {}
            return answer.status, body, answer.headers["x-worker"]
        finally:
            connection.close()

    def log_in(self, password: str = PASSWORD) -> tuple[int, dict[str, object], str]:
        """Ask for a token."""
        form = {"grant_type": "password", "username": USER, "password": password}
        return self.ask("POST", "/token", form)

    def answers(self, token: str) -> dict[str, int]:
        """Ask with a token until both workers have answered; worker to status."""
        found: dict[str, int] = {}
        for _ in range(400):
            status, _, worker = self.ask("GET", "/nowhere", token=token)
            found[worker] = status
            if len(found) == 2:
                return found
        raise AssertionError(f"Only one worker answers: {found}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Serve the backend with a user in its database."""
    (tmp_path / "glue.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "with_pids.py").write_text(PIDS, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name[:5] != "GLUE_"}
    settings = Settings.read({"GLUE_CONFIG": str(tmp_path / "glue.toml")})
    with Deployment(settings, serving=False) as deployment:
        migrate(deployment.services.database, deployment.migrations)
        with deployment.services.database.work() as work:
            draft = UserDraft(USER, "Ada", "Admin", PASSWORD)
            deployment.features.get(UserWriter).create(draft, work)
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", "python:glue_core.gunicorn", "-w", "2"),
        *("-b", "127.0.0.1:0", "with_pids:application"),
    ]
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=output)
    try:
        yield Server(_port(process, log))
    finally:
        process.terminate()
        process.wait(60)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the server listens, and return its port."""
    for _ in range(600):
        found = LISTENING.search(log.read_text("utf-8"))
        if found is not None:
            return int(found[1])
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(f"No gunicorn listens: {log.read_text('utf-8')}")


def test_revoked_token_is_refused_by_both(server: Server) -> None:
    """The worker that revokes refuses at once, the other one within a second."""
    _, tokens, _ = server.log_in()
    token = str(tokens["access_token"])
    # Both have verified it, so both remember it.
    assert set(server.answers(token).values()) == {404}

    status, _, revoker = server.ask("POST", "/token/revoke", {"token": token})
    assert status == 200
    at_once = next(
        found
        for found in (server.ask("GET", "/nowhere", token=token) for _ in range(400))
        if found[2] == revoker
    )
    time.sleep(1)

    assert at_once[0] == 401
    assert set(server.answers(token).values()) == {401}


def test_failed_logins_are_counted_across_both(server: Server) -> None:
    """Attempts at either worker count, and a blocked account waits at both."""
    seen: dict[str, int] = {}
    outcomes = []
    for _ in range(40):
        status, _, worker = server.log_in("wrong")
        outcomes.append(status)
        if status == 429:
            break
        seen[worker] = seen.get(worker, 0) + 1
    blocked = {server.log_in()[2]: server.log_in()[0] for _ in range(20)}

    assert outcomes == [400] * 6 + [429]
    assert sum(seen.values()) == 6
    assert set(blocked.values()) == {429}
