"""The backend under gunicorn, whose authentication server one environment variable chooses."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from glue_core import Settings
from glue_core.testing import JSON_API, Deployment
from tests.oidc.backend import PASSWORD, PLACE, USER, populate
from tests.oidc.conftest import AUDIENCE, NodeProvider

pytestmark = pytest.mark.oidc

LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")
CHOICE = "GLUE_APPLICATIONS__BACKEND_API__AUTHENTICATION_SERVERS"
SETTINGS = f"""
serve = ["backend_api"]

[plugins.oidc]
issuer = "ISSUER"
audience = ["{AUDIENCE}"]

[plugins.oidc.scopes]
"glue.admin" = ["user", "back-office-user"]
"""

Serve = Callable[[str], AbstractContextManager[int]]


@pytest.fixture
def serve(tmp_path: Path, provider: NodeProvider) -> Serve:
    """Serve the backend with a choice of servers; the port is given."""
    text = SETTINGS.replace("ISSUER", provider.issuer)
    (tmp_path / "glue.toml").write_text(text, encoding="utf-8")
    settings = Settings.read({"GLUE_CONFIG": str(tmp_path / "glue.toml")})
    with Deployment(settings, serving=False) as deployment:
        populate(deployment)

    @contextmanager
    def served(choice: str) -> Iterator[int]:
        log = tmp_path / f"log-{choice}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "-c", "python:glue_core.gunicorn"),
                    *("-w", "2", "-b", "127.0.0.1:0", "glue_backend_api:application"),
                ],
                cwd=tmp_path,
                env={**os.environ, CHOICE: choice},
                stderr=output,
            )
        try:
            yield _port(process, log)
        finally:
            process.terminate()
            process.wait(60)

    return served


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the server listens, and return its port."""
    for _ in range(600):
        found = LISTENING.search(log.read_text("utf-8"))
        if found is not None:
            return int(found[1])
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError(f"No gunicorn listens: {log.read_text('utf-8')}")


def ask(
    port: int, method: str, path: str, body: str = "", token: str | None = None
) -> tuple[int, Any]:
    """Send a request on a connection of its own; return status and body."""
    headers = {}
    if token is not None:
        headers = {"Authorization": f"Bearer {token}", "Accept": JSON_API}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, orjson.loads(answer.read())
    finally:
        connection.close()


def test_the_variable_alone_switches(provider: NodeProvider, serve: Serve) -> None:
    """The same command serves one server or the other, in every worker, and back again."""
    log_in = f"grant_type=password&username={USER}&password={PASSWORD.replace(' ', '+')}"
    theirs = provider.token()

    with serve("oauth") as port:
        status, answer = ask(port, "POST", "/token", log_in)
        assert status == 200, answer
        own = answer["access_token"]
        assert ask(port, "GET", PLACE, token=own)[0] == 200
        assert ask(port, "GET", PLACE, token=theirs)[0] == 401

    with serve("oidc") as port:
        # More requests than workers: each of them reads the provider's keys for itself.
        statuses = {ask(port, "GET", PLACE, token=theirs)[0] for _ in range(20)}
        assert statuses == {200}
        assert ask(port, "GET", PLACE, token=own)[0] == 401
        status, (error,) = ask(port, "POST", "/token", log_in)
        assert (status, error["code"]) == (400, "unsupported_grant_type")

    with serve("oauth") as port:
        assert ask(port, "GET", PLACE, token=own)[0] == 200
        assert ask(port, "GET", PLACE, token=theirs)[0] == 401
