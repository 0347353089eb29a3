"""The magazine application: declared at import, made when somebody asks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

import glue_core
import glue_magazine_api
from glue_core import GlueApiContext
from glue_core.registry.discovery import installed


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Replace the making of deployments; the names that were asked for, in order."""
    names: list[str] = []

    def create(name: str) -> object:
        names.append(name)
        return object()

    monkeypatch.setattr(glue_core, "create", create, raising=False)
    present = vars(glue_magazine_api).pop("application", None)
    yield names
    vars(glue_magazine_api).pop("application", None)
    if present is not None:
        vars(glue_magazine_api)["application"] = present


def test_application_is_made_once(made: list[str]) -> None:
    """Every access gives the one callable."""
    first = glue_magazine_api.application

    assert glue_magazine_api.application is first
    assert made == ["magazine_api"]


def test_failed_start_is_tried_again(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that failed is not remembered."""

    def fail(name: str) -> object:
        raise RuntimeError(name)

    with monkeypatch.context() as patch:
        patch.setattr(glue_core, "create", fail, raising=False)
        with pytest.raises(RuntimeError):
            _ = glue_magazine_api.application

    assert glue_magazine_api.application is glue_magazine_api.application
    assert made == ["magazine_api"]


def test_other_names_do_not_exist() -> None:
    """The package gives away nothing else."""
    with pytest.raises(AttributeError, match="no attribute 'applications'"):
        _ = glue_magazine_api.applications


def test_importing_the_package_starts_nothing() -> None:
    """Whoever imports it for its declaration loads no web framework and no database."""
    code = (
        "import sys, glue_magazine_api; "
        "sys.exit(any(name in sys.modules for name in ('falcon', 'sqlalchemy')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def test_application_is_found_by_its_entry_point() -> None:
    """The installed distribution is found among the applications."""
    found = [source for source in installed() if source.name == "magazine_api"]

    assert [source.group for source in found] == ["glue.applications"]
    assert found[0].load() is glue_magazine_api.MAGAZINE_API


@pytest.mark.parametrize(
    ("host", "serves"),
    [
        ("magazine_api.example.org", True),
        ("magazine-api.localhost", True),
        ("storefront_api.example.org", False),
        ("example.org", False),
    ],
)
def test_it_serves_the_hosts_that_are_called_after_it(host: str, serves: bool) -> None:
    """Where no settings decide, the name of the host does."""
    context = GlueApiContext(host, "/articles", "GET")

    assert glue_magazine_api.MAGAZINE_API.serves(context) is serves
