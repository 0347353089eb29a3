"""The deployment of docs/deployment.md, installed, served and asked through both proxies."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "deployment.md"
FENCE = re.compile(r"^```(\w+) ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILES = {mark: text for _, mark, text in FENCE.findall(PAGE.read_text(encoding="utf-8"))}
HOME = "/srv/shop"
SECRETS = "/etc/ssl/shop"
INSTALLED = ("core", "storefront_api", "backend_api", "json_api")
PATIENCE = 120
"""Seconds until something answers, on a busy machine."""

ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Starts a program as systemd does: with an open socket as its fourth file."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something listens.

    Attributes:
        port: Port of the loopback interface.
        is_secure: Whether it speaks TLS.
    """

    port: int
    is_secure: bool = False

    def get(self, host: str, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Ask for a path at a host, and return status, headers and body."""
        connection: http.client.HTTPConnection
        if self.is_secure:
            # Its certificate is its own.
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=30, context=context
            )
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def wait(self, status: int, host: str, path: str) -> str:
        """Ask until the answer has a status, and return its body."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                found, _, body = self.get(host, path)
            except OSError as error:
                found, body = 0, str(error)
            if found == status:
                return body
            assert time.monotonic() < deadline, f"{found}: {body}"
            time.sleep(0.2)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


Start = Callable[..., None]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start programs, which are ended after the tests."""
    started: list[subprocess.Popen[bytes]] = []

    def run(command: Sequence[str], folder: Path, log: str, *, files: tuple[int, ...] = ()) -> None:
        with (folder / log).open("wb") as output:
            started.append(
                subprocess.Popen(
                    command,
                    cwd=folder,
                    env={**variables(), "WEB_CONCURRENCY": "1"},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=files,
                )
            )

    yield run
    for each in reversed(started):
        each.terminate()
    for each in started:
        each.wait(timeout=60)


def variables() -> dict[str, str]:
    """Return the environment variables, without those that lead back to the checkout."""
    left_out = ("GLUE_", "PYTHON", "VIRTUAL_ENV", "TOX_")
    return {k: v for k, v in os.environ.items() if not k.startswith(left_out)}


@pytest.fixture(scope="module")
def shop(
    tmp_path_factory: pytest.TempPathFactory, wheel_of: Callable[[str], Path], start: Start
) -> tuple[Path, Place]:
    """Install and serve the shop as the page says, in a folder and with embedded services."""
    home = tmp_path_factory.mktemp("shop")
    (home / "var").mkdir()
    (home / "requirements.txt").write_text(FILES["requirements.txt"], encoding="utf-8")
    wheels = " ".join(str(wheel_of(name).parent) for name in INSTALLED)
    source = {"PIP_FIND_LINKS": wheels, "PIP_CONSTRAINT": str(ROOT / "constraints.txt")}
    [settings] = re.findall(
        r"^```toml\n(# glue.toml.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M
    )
    embedded = re.sub(r'^(\w+) = "postgresql\S*\n', "", settings, flags=re.MULTILINE)
    assert embedded != settings
    (home / "glue.toml").write_text(embedded, encoding="utf-8")
    done = subprocess.run(
        ["sh", "-euc", FILES["install"].replace(HOME, str(home))],
        env=variables() | source,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [line] = re.findall(r"^ExecStart=(.*)$", FILES["unit glue.service"], re.MULTILINE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        place = Place(listener.getsockname()[1])
        number = listener.fileno()
        start(
            [
                *(sys.executable, "-c", ACTIVATE, str(number)),
                *shlex.split(line.replace(HOME, str(home))),
            ],
            home,
            "server.log",
            files=(number,),
        )
        place.wait(200, "api.example.com", "/health-check")
    return home, place


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate, and its key beside and behind it."""
    folder = tmp_path_factory.mktemp("secrets")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed.")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=api.example.com", "-keyout", "key.pem", "-out", "certificate.pem"),
        ],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    both = (folder / "certificate.pem").read_bytes() + (folder / "key.pem").read_bytes()
    (folder / "both.pem").write_bytes(both)
    return folder


def program(name: str) -> str:
    """Return the path of a program; skip the test where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed.")
    return found


@pytest.fixture(scope="module")
def nginx(shop: tuple[Path, Place], secrets: Path, start: Start) -> Place:
    """Put nginx in front of the shop."""
    name, port = program("nginx"), free_port()
    server = FILES["server"]
    for text, other in (
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("127.0.0.1:8000", f"127.0.0.1:{shop[1].port}"),
        (SECRETS, str(secrets)),
    ):
        assert text in server
        server = server.replace(text, other)
    places = "".join(
        f"{each}_temp_path {secrets}/{each};\n"
        for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (secrets / "nginx.conf").write_text(
        f"daemon off;\npid {secrets}/pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{server}}}\n"
    )
    start(
        [name, "-p", str(secrets), "-c", f"{secrets}/nginx.conf", "-e", f"{secrets}/error.log"],
        secrets,
        "nginx.log",
    )
    place = Place(port, is_secure=True)
    place.wait(200, "api.example.com", "/health-check")
    return place


@pytest.fixture(scope="module")
def haproxy(shop: tuple[Path, Place], secrets: Path, start: Start) -> Place:
    """Put HAProxy in front of the shop."""
    name, port = program("haproxy"), free_port()
    text = FILES["haproxy.cfg"].replace("bind :443 ", f"bind 127.0.0.1:{port} ")
    text = text.replace("10.0.0.11:8000", f"127.0.0.1:{shop[1].port}")
    text = text.replace(SECRETS, str(secrets)).replace("inter 5s", "inter 200ms")
    (secrets / "haproxy.cfg").write_text(text)
    start([name, "-db", "-f", f"{secrets}/haproxy.cfg"], secrets, "haproxy.log")
    place = Place(port, is_secure=True)
    place.wait(200, "api.example.com", "/health-check")
    return place


@pytest.fixture(params=["nginx", "haproxy"])
def proxy(request: pytest.FixtureRequest) -> Place:
    """Return each proxy that is installed, the shop behind it."""
    program(request.param)
    place: Place = request.getfixturevalue(request.param)
    return place


def test_host_of_nobody_ends_at_the_proxy(proxy: Place) -> None:
    """A request for a host that no application has is 404, and Glue hears nothing of it."""
    status, headers, _ = proxy.get("evil.example", "/health-check")

    assert status == 404
    assert "x-request-id" not in headers


def test_hosts_select_applications(proxy: Place) -> None:
    """Each host is one application: the backend has what the storefront has not."""
    assert proxy.get("office.example.com", "/health-check")[0] == 200
    services = {
        host: proxy.get(host, "/health-check?services=database")[0]
        for host in ("api.example.com", "office.example.com")
    }

    assert services == {"api.example.com": 400, "office.example.com": 200}


def test_links_begin_with_the_address_of_the_settings(proxy: Place) -> None:
    """A client sees the address that it knows, whatever stands in between."""
    status, headers, body = proxy.get(
        "api.example.com", "/health-check", Accept="application/vnd.api+json"
    )

    assert status == 200
    assert headers["x-request-id"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    addresses = re.findall(r"https?://[^\"]+", json.dumps(json.loads(body)))
    assert addresses
    assert all(each.startswith("https://api.example.com/") for each in addresses)


def test_unknown_path_is_an_error_of_the_application(proxy: Place) -> None:
    """A proxy passes refusals of the application on as they are."""
    status, _, body = proxy.get("api.example.com", "/nowhere")

    assert status == 404
    assert json.loads(body)[0]["code"] == "007"
