"""The storefront application: declared at import, made when somebody asks."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import glue_core
import glue_storefront_api
from glue_core import GlueApiContext


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Replace the making of deployments; the names that were asked for, in order."""
    names: list[str] = []

    def create(name: str) -> object:
        names.append(name)
        return object()

    monkeypatch.setattr(glue_core, "create", create, raising=False)
    present = vars(glue_storefront_api).pop("application", None)
    yield names
    vars(glue_storefront_api).pop("application", None)
    if present is not None:
        vars(glue_storefront_api)["application"] = present


def test_application_is_made_once(made: list[str]) -> None:
    """Every access gives the one callable."""
    first = glue_storefront_api.application
    second = glue_storefront_api.application

    assert first is second
    assert made == ["storefront_api"]


def test_application_is_made_once_by_many_threads(made: list[str]) -> None:
    """Threads that ask at the same time get the same callable."""
    found: list[Any] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.append(glue_storefront_api.application)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({id(each) for each in found}) == 1
    assert made == ["storefront_api"]


def test_failed_start_is_tried_again(made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that failed is not remembered."""

    def fail(name: str) -> object:
        raise RuntimeError(name)

    with monkeypatch.context() as patch:
        patch.setattr(glue_core, "create", fail, raising=False)
        with pytest.raises(RuntimeError):
            _ = glue_storefront_api.application

    assert glue_storefront_api.application is glue_storefront_api.application
    assert made == ["storefront_api"]


def test_other_names_do_not_exist() -> None:
    """The package gives away nothing else."""
    with pytest.raises(AttributeError, match="no attribute 'applications'"):
        _ = glue_storefront_api.applications


def test_import_starts_nothing() -> None:
    """Importing the package loads neither a server nor a database library nor a plugin."""
    code = (
        "import sys, glue_storefront_api;"
        "print([m for m in ('sqlalchemy', 'falcon', 'tantivy', 'glue_products_api')"
        " if m in sys.modules])"
    )

    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert ended.stdout.strip() == "[]"


def test_database_is_out_of_reach() -> None:
    """Storefront plugins reach published data only."""
    assert set(glue_storefront_api.STOREFRONT_API.services) == {"storage", "search"}


@pytest.mark.parametrize(
    ("host", "serves"),
    [
        ("storefront_api.localhost", True),
        ("storefront-api.shop.example", True),
        ("backend_api.localhost", False),
        ("shop.example", False),
    ],
)
def test_host_begins_with_its_name(host: str, serves: bool) -> None:
    """Without settings the first label of the host selects it."""
    context = GlueApiContext(host, "/", "GET")

    assert glue_storefront_api.STOREFRONT_API.serves(context) is serves
