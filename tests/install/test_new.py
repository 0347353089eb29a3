"""What ``glue new`` writes works after ``pip install``, with nothing of the checkout."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

pytestmark = pytest.mark.slow

SECONDS = 120
JSON_API = "application/vnd.api+json"
WRITTEN = {
    "shop_api": ("application", "shop-api"),
    "lines": ("convention", "lines"),
    "blog_posts_api": ("resource", "blog-posts", "--application", "shop_api"),
    "comments_backend_api": ("resource", "comments", "--application", "shop_api", "--backend"),
    "blog_posts_comments_relationship": (
        *("relationship", "blog-posts", "comments"),
        *("--application", "shop_api"),
    ),
    "comments_parent_relationship": (
        *("relationship", "comments", "blog-posts", "--name", "parent", "--to-one"),
        *("--application", "shop_api"),
    ),
}
"""Folders, and the calls that write them; together they are one deployment."""

each_folder = pytest.mark.parametrize("folder", list(WRITTEN))


class Environment(Protocol):
    """What the fixture ``shared_environment`` gives."""

    directory: Path
    folder: Path

    def program(self, name: str) -> str: ...

    def variables(self) -> dict[str, str]: ...

    def run(self, program: str, *arguments: str) -> str: ...

    def pip_install(self, *what: str) -> None: ...


@pytest.fixture(scope="module")
def deployed(shared_environment: Environment, wheel_of: Callable[[str], Path]) -> Environment:
    """An environment with one distribution of each kind, written and installed there."""
    core, json_api = wheel_of("core"), wheel_of("json_api")
    shared_environment.pip_install(f"glue-api-core[testing] @ {core.as_uri()}", str(json_api))
    for call in WRITTEN.values():
        shared_environment.run("glue", "new", *call)
    shared_environment.pip_install(*(f"./{folder}" for folder in WRITTEN))
    return shared_environment


@each_folder
def test_own_tests_pass_where_it_is_installed(deployed: Environment, folder: str) -> None:
    """The tests of a new distribution pass in an environment that has what it asks for."""
    printed = deployed.run("pytest", "-q", f"./{folder}")

    assert re.search(r"\b[1-9]\d* passed\b", printed), printed


@each_folder
def test_types_are_complete(deployed: Environment, folder: str) -> None:
    """The type checker is content with package and tests, as strict as the new one sets it."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", f"glue_{folder}", "tests"],
        cwd=deployed.directory / folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_plugins_are_listed(deployed: Environment) -> None:
    """'glue plugins' shows every one of them, active, in a deployment without a problem."""
    found = json.loads(deployed.run("glue", "plugins", "--json"))

    assert found["problem"] is None
    states = {each["id"]: each["state"] for each in found["plugins"]}
    for folder in WRITTEN:
        assert states[f"glue-{folder.replace('_', '-')}:{folder}"] == "active"


def test_readme_of_a_resource_writes_what_it_shows(deployed: Environment) -> None:
    """The example of the README runs, and the first document is there."""
    readme = (deployed.directory / "blog_posts_api" / "README.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    deployed.run("python", "-c", code)

    with Served(deployed, "glue", "serve", "shop_api", "--bind") as served:
        [document] = json.loads(served.get("/blog-posts/1", "application/json"))

    assert document == {"name": "The first"}


@pytest.mark.parametrize(
    "command",
    [
        ("glue", "serve", "shop_api", "--bind"),
        ("gunicorn", "-c", "python:glue_core.gunicorn", "glue_shop_api:application", "--bind"),
    ],
    ids=["glue", "gunicorn"],
)
def test_application_is_served(deployed: Environment, command: tuple[str, ...]) -> None:
    """A new application answers behind either server: plain, JSON:API, and a new convention."""
    with Served(deployed, *command) as served:
        plain = json.loads(served.get("/greetings/en", "application/json"))
        document = json.loads(served.get("/greetings/en", JSON_API))
        lines = json.loads(served.get("/greetings/en", "application/vnd.lines+json"))
        joined = json.loads(served.get("/blog-posts?include=comments.parent", JSON_API))

    assert plain == [{"text": "Hello!"}]
    assert document["data"]["attributes"] == {"text": "Hello!"}
    assert (lines["id"], lines["attributes"]) == ("en", {"text": "Hello!"})
    assert isinstance(joined["data"], list)


class Served:
    """A server on a free port of the loopback interface, until the block ends."""

    def __init__(self, environment: Environment, program: str, *arguments: str) -> None:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        self._log = environment.directory / f"server-{port}.log"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [environment.program(program), *arguments, f"127.0.0.1:{port}"],
                cwd=environment.directory,
                env={**environment.variables(), "WEB_CONCURRENCY": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(30)

    def get(self, path: str, accept: str) -> str:
        """Return the body of an answer 200; wait for a server that is not there yet."""
        deadline = time.monotonic() + SECONDS
        request = urllib.request.Request(self._url + path, headers={"Accept": accept})
        while True:
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    assert answer.status == 200
                    body: bytes = answer.read()
                    return body.decode()
            except urllib.error.HTTPError as error:
                with error:
                    pytest.fail(
                        f"{path} answered {error.code}: {error.read()!r}\n{self._printed()}"
                    )
            except OSError:
                assert self._process.poll() is None, self._printed()
                assert time.monotonic() < deadline, self._printed()
                time.sleep(0.2)

    def _printed(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")
