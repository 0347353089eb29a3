"""A small deployment for the tests of the command line, in memory and as a distribution."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from marshmallow import Schema, fields

from glue_core import (
    DemoData,
    Event,
    GlueResponse,
    Importer,
    Operation,
    Publisher,
    RequestFlowAwareApiApplication,
    Row,
    RowError,
    RowImporter,
    SimpleResource,
    Step,
    Work,
    hookimpl,
)
from glue_core.cli import main
from glue_core.cli.session import Session
from glue_core.registry.discovery import Source

PROBE = """
from glue_core import (
    GlueResponse, RequestFlowAwareApiApplication, SimpleResource, hookimpl,
)
from marshmallow import Schema, fields

class Shown(Schema):
    name = fields.String(attribute="id")

class Probes(SimpleResource):
    type, attributes = "probes", Shown

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - the flow fills it in by name
        return GlueResponse.of({"id": id})

PROBE_API = RequestFlowAwareApiApplication("probe_api", services=SERVICES)

@hookimpl
def glue_resources():
    return [Probes()]
"""


class Shown(Schema):
    """Attributes of a probe."""

    name = fields.String(attribute="id")


class Probes(SimpleResource):
    """Something to ask for."""

    type, attributes = "probes", Shown

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - the flow fills it in by name
        """Answer any id."""
        return GlueResponse.of({"id": id})


class ProbePlugin:
    """A plugin with a resource, a route and two steps."""

    @hookimpl
    def glue_resources(self) -> Sequence[SimpleResource]:
        """Show probes."""
        return [Probes()]

    @hookimpl
    def glue_route_providers(self) -> Sequence[Operation]:
        """Answer one template."""
        return [Operation("get", _ping, "/ping/{name}", name="ping")]

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Any]]:
        """Bring a step that is always bound, after one that never is."""
        return [
            Step("late", lambda operation: lambda request: None, after=("never",)),
            Step("never", lambda operation: None),
        ]


def _ping(id: str) -> GlueResponse:  # noqa: A002 - the flow fills it in by name
    return GlueResponse.of({"id": id})


class ProbeImporter(RowImporter):
    """Takes rows with a key; the key 'bad' is refused."""

    def load(self, row: Row, work: Work) -> None:
        """Tell of one row."""
        if row["key"] == "bad":
            raise RowError("key", "No key is 'bad'.")
        work.publish(Event("probe", row["key"]))


@dataclass(slots=True, eq=False)
class ProbeFeature:
    """Imports ``probe.csv`` and remembers what was published."""

    published: list[str] = field(default_factory=list)
    broken: bool = False

    @hookimpl
    def glue_importers(self) -> Sequence[Importer]:
        """Take probes."""
        return [Importer("probe", "probe", ("key",), ProbeImporter)]

    @hookimpl
    def glue_publishers(self) -> Sequence[Publisher]:
        """Remember keys."""
        return [Publisher("probe", self._handle, lambda work: iter(["a", "b"]), "probes")]

    @hookimpl
    def glue_demo_data(self) -> Sequence[DemoData]:
        """Write nothing."""
        return [DemoData("probes", lambda directory, size=None: None, ("/probes/1",))]

    def _handle(self, events: Sequence[Event], work: Work) -> None:
        if self.broken:
            raise RuntimeError("The publisher is broken.")
        self.published.extend(event.key for event in events)


@dataclass(slots=True)
class Glue:
    """Runs ``glue`` over an in-memory deployment; files are in a temporary folder."""

    directory: Path
    feature: ProbeFeature
    plugins: list[Source]
    settings: dict[str, Any]

    def __call__(self, *arguments: str) -> Result:
        """Run a command."""
        session = Session(tuple(self.plugins), self.settings)
        return CliRunner().invoke(main, list(arguments), obj=session)

    def services_have(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Write documents into the storage."""
        with Session(tuple(self.plugins), self.settings).deployment(serving=False) as deployment:
            deployment.services.storage.put_many(documents)


@pytest.fixture
def glue(tmp_path: Path) -> Glue:
    """Return a runner over one application, one plugin and one feature."""
    feature = ProbeFeature()
    application = RequestFlowAwareApiApplication("probe_api", services=("database", "storage"))
    return Glue(
        tmp_path,
        feature,
        [
            Source.of("glue.applications", "probe_api", application, distribution="probe-api"),
            Source.of("glue.plugins.probe_api", "probes", ProbePlugin(), distribution="probes"),
            Source.of("glue.features", "probe", feature, distribution="probe-feature"),
        ],
        {"services": services_in(tmp_path)},
    )


def services_in(folder: Path) -> dict[str, str]:
    """Return URLs of embedded services in a folder."""
    return {
        "database": f"sqlite:///{folder}/database.sqlite",
        "storage": f"sqlite:///{folder}/storage.sqlite",
        "search": f"tantivy:///{folder}/search",
    }


@dataclass(slots=True)
class Installed:
    """An environment in which a distribution ``probe-api`` is installed beside the others.

    Attributes:
        folder: Where its files are; commands run there.
        environment: Environment variables; ``GLUE_SERVE`` names its application alone.
    """

    folder: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start ``python -m`` with arguments; it is ended after the test."""
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        return process

    def run(self, *arguments: str, **more: str) -> tuple[int, str]:
        """Run to the end and return exit code and output."""
        process = self.start(*arguments, **more)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """Install a distribution through the path, with services in a temporary folder."""
    yield from _installed(tmp_path, ("database", "storage"))


@pytest.fixture
def installed_without_database(tmp_path: Path) -> Iterator[Installed]:
    """Install the same with an application that does not declare the database."""
    yield from _installed(tmp_path, ("storage",))


def _installed(folder: Path, services: Sequence[str]) -> Iterator[Installed]:
    site = folder / "site"
    information = site / "probe_api-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "glue_probe_api.py").write_text(f"SERVICES = {tuple(services)!r}\n{PROBE}")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: probe-api\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[glue.applications]\nprobe_api = glue_probe_api:PROBE_API\n"
        "[glue.plugins.probe_api]\nprobes = glue_probe_api\n"
    )
    paths = [str(site), os.environ.get("PYTHONPATH", "")]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GLUE_")},
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "GLUE_SERVE": "probe_api",
    }
    for name, url in services_in(folder).items():
        environment[f"GLUE_SERVICES__{name.upper()}"] = url
    found = Installed(folder, environment)
    yield found
    for process in found.processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port of 127.0.0.1 that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def import_folder(tmp_path: Path) -> Write:
    """Return a function that writes an import directory."""

    def write(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "import"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
