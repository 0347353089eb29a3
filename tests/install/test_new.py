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

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120
JSON_API = "application/vnd.api+json"
WRITTEN = {
    "shop_api": ("application", "shop-api"),
    "lines": ("convention", "lines"),
    "blog_posts_api": ("resource", "blog-posts", "--application", "shop_api"),
    "comments_api": ("resource", "comments", "--application", "shop_api"),
    "tickets_backend_api": ("resource", "tickets", "--backend"),
    "blog_posts_comments_relationship": (
        *("relationship", "blog-posts", "comments"),
        *("--application", "shop_api"),
    ),
    "comments_parent_relationship": (
        *("relationship", "comments", "blog-posts", "--name", "parent", "--to-one"),
        *("--application", "shop_api"),
    ),
    "stamps_server": ("authentication-server", "stamps", "--application", "shop_api"),
    "badges_backend_server": ("authentication-server", "badges", "--backend"),
    "named_strategy": ("strategy", "named", "--application", "shop_api"),
    "floor_backend_strategy": ("strategy", "floor", "--backend"),
    "device_key_grant": ("grant", "device-key", "--application", "shop_api"),
    "till_backend_grant": ("grant", "till", "--grant-type", "urn:example:till", "--backend"),
}
"""Folders, and the calls that write them; together they are one deployment."""

TEMPLATES = {
    "old_lamps_api": (
        *("resource", "type=old-lamps", "application=shop_api"),
        *("resource", "old-lamps", "--application", "shop_api"),
    ),
    "wide_lines": (
        *("convention", "name=wide_lines", "media_type=text/x-wide"),
        *("convention", "wide-lines", "--media-type", "text/x-wide"),
    ),
    "zoo_api": ("application", "name=zoo_api", "", "application", "zoo-api"),
}
"""Folders, the template and its answers, and the call of ``glue new`` that does the same."""

SETTINGS = f"""
[plugins.badges_backend_server]
key = "{"k" * 40}"
clients = {{ alice = "{"s" * 40}" }}
"""

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
    wheels = [str(wheel_of(each)) for each in ("json_api", "backend_api", "oauth")]
    core = wheel_of("core").as_uri()
    shared_environment.pip_install(f"glue-api-core[testing] @ {core}", *wheels)
    for call in WRITTEN.values():
        shared_environment.run("glue", "new", *call)
    shared_environment.pip_install(*(f"./{folder}" for folder in WRITTEN))
    (shared_environment.directory / "glue.toml").write_text(SETTINGS, encoding="utf-8")
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


@each_folder
def test_linter_has_nothing_to_say(deployed: Environment, folder: str) -> None:
    """The linter and the formatter are content, with the rules that the new one sets."""
    for command in (("check",), ("format", "--check")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=deployed.directory / folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", list(TEMPLATES))
def test_templates_write_the_same(
    environment: Environment, deployed: Environment, folder: str
) -> None:
    """A template of cookiecutter writes, without Glue, what ``glue new`` writes."""
    name, answer, more, *call = TEMPLATES[folder]
    environment.pip_install("cookiecutter")
    template = str(ROOT / "templates" / name)
    answers = [each for each in (answer, more) if each]
    # It would keep what was answered in the home of whoever runs the tests.
    config = environment.directory / "cookiecutter.yaml"
    config.write_text(
        f"replay_dir: {environment.folder}\ncookiecutters_dir: {environment.folder}\n"
    )
    environment.run("cookiecutter", "--no-input", "--config-file", str(config), template, *answers)
    written = deployed.directory / "by_glue"
    written.mkdir(exist_ok=True)
    deployed.run("glue", "new", *call, "--directory", str(written))

    assert files_of(environment.directory / folder) == files_of(written / folder)


def files_of(folder: Path) -> dict[str, str]:
    """Return the files of a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_office_writes_with_a_token_of_its_server(deployed: Environment) -> None:
    """Migrated and served, the back office lets who has a token write, and nobody else."""
    deployed.run("glue", "migrate")
    form = f"grant_type=client_credentials&client_id=alice&client_secret={'s' * 40}"

    with Served(deployed, "glue", "serve", "backend_api", "--bind") as served:
        served.wait()
        token = json.loads(served.send("/badges/token", form.encode())[1])["access_token"]
        body = json.dumps({"name": "First"}).encode()
        headers = {"Content-Type": "application/json"}
        refused, _ = served.send("/tickets", body, headers)
        headers["Authorization"] = f"Bearer {token}"
        status, created = served.send("/tickets", body, headers)

    assert refused == 401
    assert (status, json.loads(created)) == (201, [{"name": "First"}])


def test_plugins_are_listed(deployed: Environment) -> None:
    """'glue plugins' shows every one of them, active, in a deployment without a problem."""
    found = json.loads(deployed.run("glue", "plugins", "--json"))

    assert found["problem"] is None
    states = {each["id"]: each["state"] for each in found["plugins"]}
    for folder in WRITTEN:
        assert states[f"glue-{folder.replace('_', '-')}:{folder}"] == "active"


def test_readmes_write_what_they_show(deployed: Environment) -> None:
    """The commands of the READMEs run, and what they write is there afterwards."""
    for folder in ("blog_posts_api", "blog_posts_comments_relationship"):
        readme = (deployed.directory / folder / "README.md").read_text(encoding="utf-8")
        [command] = re.findall(r"^```sh\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
        path = f"{deployed.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        subprocess.run(
            ["sh", "-euc", command],
            cwd=deployed.directory,
            env={**deployed.variables(), "PATH": path},
            check=True,
        )

    with Served(deployed, "glue", "serve", "shop_api", "--bind") as served:
        [document] = json.loads(served.get("/blog-posts/1", "application/json"))

    assert document == {"name": "The first"}
    assert json.loads(deployed.run("glue", "documents", "show", "blog-posts.comments:1")) == {
        "ids": ["1"]
    }


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

    def wait(self) -> None:
        """Wait until the server answers at all."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                self.send("/health-check", None)
                return
            except OSError:
                assert self._process.poll() is None, self._printed()
                assert time.monotonic() < deadline, self._printed()
                time.sleep(0.2)

    def send(
        self, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Send a body, and return the status and the body of the answer."""
        request = urllib.request.Request(self._url + path, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def _printed(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")
