"""A provider that others wrote, from npm, and tokens that it issues."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwk

from glue_core.testing import Deployment, installed
from tests.npm import npm_folder
from tests.oidc.backend import DISTRIBUTIONS, Backend, populate, settings_of

HERE = Path(__file__).resolve().parent
AUDIENCE = "https://api.example.com"
SHORT = "https://api.example.com/short-lived"
"""Audience of tokens that are over after a second."""
PEOPLE = {"desk-1": "petra@example.com", "desk-2": "nobody@example.com"}
"""Clients to the person that their tokens name in the claim ``upn``."""


@dataclass
class NodeProvider:
    """The provider in a process of its own.

    Attributes:
        folder: Where npm installed it.
        keys: Its private keys; it signs with the first.
        port: Its port; 0 until it has one.
    """

    folder: Path
    keys: list[dict[str, Any]]
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def issuer(self) -> str:
        """What its tokens call it."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, at the port that it had, and wait until it answers."""
        options = {"port": self.port, "keys": self.keys, "lifetimes": {SHORT: 1}, "people": PEOPLE}
        output = self.folder / f"output-{self.port}"
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                ["node", str(self.folder / "provider.js"), json.dumps(options)],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        while True:
            text = output.read_text(encoding="utf-8", errors="replace")
            found = re.search(r"answers at http://127\.0\.0\.1:(\d+)\n", text)
            if found:
                self.port = int(found[1])
                return
            try:
                self.process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail(f"The provider ended early:\n{output.read_text(encoding='utf-8')}")

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self.process is not None
        os.kill(self.process.pid, number)

    def stop(self) -> None:
        """End the process, be it stopped or not."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def token(self, audience: str = AUDIENCE, scope: str = "glue.admin", **given: str) -> str:
        """Return an access token, as a client gets one."""
        form = {
            "grant_type": "client_credentials",
            "client_id": "shop-tool",
            "client_secret": "only for tests",
            "resource": audience,
            "scope": scope,
            **given,
        }
        request = urllib.request.Request(f"{self.issuer}/token", urlencode(form).encode())
        with urllib.request.urlopen(request, timeout=30) as response:
            token = json.load(response)["access_token"]
        assert isinstance(token, str)
        return token


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the provider in it, or a skip where there is no npm."""
    files = (HERE / "package.json", HERE / "provider.js")
    return npm_folder(tmp_path_factory.mktemp("node"), *files)


@pytest.fixture
def signing_key() -> Callable[..., dict[str, Any]]:
    """Make a private key for a provider: its id, and RS256 or ES256."""

    def make(kid: str, algorithm: str = "RS256") -> dict[str, Any]:
        key: Any = (
            jwk.generate_key("RSA", 2048)
            if algorithm == "RS256"
            else jwk.generate_key("EC", "P-256")
        )
        return {**key.as_dict(private=True), "kid": kid, "alg": algorithm, "use": "sig"}

    return make


@pytest.fixture
def provider_of(node_folder: Path) -> Iterator[Callable[[Sequence[dict[str, Any]]], NodeProvider]]:
    """Start providers on free ports, with private keys of which the first signs."""
    started: list[NodeProvider] = []

    def start(keys: Sequence[dict[str, Any]]) -> NodeProvider:
        provider = NodeProvider(node_folder, list(keys))
        started.append(provider)
        provider.start()
        return provider

    yield start
    for provider in started:
        provider.stop()


@pytest.fixture
def provider(
    provider_of: Callable[..., NodeProvider], signing_key: Callable[..., dict[str, Any]]
) -> NodeProvider:
    """A provider with one RSA key."""
    return provider_of([signing_key("first")])


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the backend, made once: its migrations take longer than a test."""
    path = tmp_path_factory.mktemp("populated") / "database.sqlite"
    settings = {"services": {"database": f"sqlite:///{path}"}}
    with Deployment(settings, installed(*DISTRIBUTIONS), serving=False) as deployment:
        populate(deployment)
    return path


@pytest.fixture
def backend_of(
    glue_deployment: Callable[..., Deployment],
    provider: NodeProvider,
    populated: Path,
    tmp_path: Path,
) -> Callable[..., Backend]:
    """Open the backend over one database, with the authentication servers that it chooses."""
    shutil.copy(populated, tmp_path / "database.sqlite")

    def make(*servers: str, **oidc: Any) -> Backend:
        settings = settings_of(provider.issuer, list(servers), **oidc)
        return Backend(glue_deployment(installed(*DISTRIBUTIONS), settings=settings))

    return make


@pytest.fixture
def backend(backend_of: Callable[..., Backend]) -> Backend:
    """The backend with tokens of the provider."""
    return backend_of("oidc")
