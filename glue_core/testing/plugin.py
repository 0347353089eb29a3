"""The pytest plugin: fixtures whose names start with ``glue_``. It imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.registry.discovery import Source
    from glue_core.testing.client import Client

    MakeDeployment = Callable[..., Deployment]
    MakeClient = Callable[..., Client]


PATIENCE = 30
"""Seconds that a service of a test may take: more than a busy machine with a slow disk needs."""
REQUEST_SECONDS = 600
"""Seconds that a request of a test may take."""


@pytest.fixture
def glue_settings(tmp_path: Path) -> dict[str, Any]:
    """Settings tables of a deployment whose services are files of this test alone.

    Its time limits are so wide that a test never fails because the machine is slow: one that is
    about a limit sets it.
    """
    return {
        "services": {
            "database": f"sqlite:///{tmp_path}/database.sqlite",
            "storage": f"sqlite:///{tmp_path}/storage.sqlite",
            "search": f"tantivy:///{tmp_path}/search",
            "timeout": PATIENCE,
        },
        "limits": {"seconds": REQUEST_SECONDS},
    }


@pytest.fixture(scope="session")
def glue_cheap_passwords() -> Iterator[dict[str, int]]:
    """Hash passwords at the lowest cost that argon2 has, from the first test that asks for it.

    Ask for it in a fixture for the whole session, with ``autouse=True``, where many tests register
    somebody. It returns what a hash costs otherwise: ``TIME_COST`` and ``MEMORY_COST`` in KiB.
    """
    from glue_core.security import passwords

    lowest = {"TIME_COST": 1, "MEMORY_COST": 8 * passwords.PARALLELISM}
    usual: dict[str, int] = {name: getattr(passwords, name) for name in lowest}
    with pytest.MonkeyPatch.context() as patch:
        for name, cost in lowest.items():
            patch.setattr(passwords, name, cost)
        yield usual


@pytest.fixture
def glue_deployment(glue_settings: dict[str, Any]) -> Iterator[MakeDeployment]:
    """Make deployments as production does: ``glue_deployment(plugins, settings={...}, only=...)``.

    ``plugins`` is what counts as installed: what `glue_core.testing.in_memory` and
    `glue_core.testing.installed` return. Tables in ``settings`` are put over those of the fixture
    ``glue_settings``. Each deployment is closed when the test ends.
    """
    from glue_core.deployment import Deployment

    made: list[Deployment] = []

    def make(
        plugins: Iterable[Source] = (),
        *,
        settings: Mapping[str, Any] | None = None,
        only: str | None = None,
    ) -> Deployment:
        deployment = Deployment(_over(glue_settings, settings or {}), tuple(plugins), only)
        made.append(deployment)
        return deployment

    yield make
    for deployment in made:
        deployment.close()


@pytest.fixture
def glue_client(glue_deployment: MakeDeployment) -> MakeClient:
    """Make a client of a deployment: ``glue_client(plugins, settings={...}, headers={...})``.

    It calls the host; with ``only`` that of one application.
    """
    from glue_core.host import Host
    from glue_core.testing.client import Client

    def make(
        plugins: Iterable[Source] = (),
        *,
        settings: Mapping[str, Any] | None = None,
        only: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Client:
        return Client(Host(glue_deployment(plugins, settings=settings, only=only)), headers)

    return make


@pytest.fixture
def glue_documented_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients hold each answer of the test against the documentation of its application.

    ``pytestmark = pytest.mark.usefixtures("glue_documented_answers")`` does so for a module. It
    needs ``jsonschema``.
    """
    pytest.importorskip("jsonschema", reason="Answers are checked by jsonschema.")
    from glue_core.testing.client import Client

    monkeypatch.setattr(Client, "documented", True)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Put tables over others, table by table."""
    both = dict(below)
    for key, value in above.items():
        inner = both.get(key)
        both[key] = (
            _over(inner, value)
            if isinstance(inner, Mapping) and isinstance(value, Mapping)
            else value
        )
    return both
