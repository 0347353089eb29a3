"""The pytest plugin and the lazy public names."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import glue_core
import glue_core.testing
from glue_core import Passwords, RequestFlowAwareApiApplication
from glue_core.testing import Client, Deployment, in_memory


@pytest.mark.parametrize("module", ["glue_core", "glue_core.testing", "glue_core.testing.plugin"])
def test_nothing_heavy_is_imported(module: str) -> None:
    """Importing what pytest loads in every run imports none of the libraries."""
    heavy = ["falcon", "sqlalchemy", "marshmallow", "pluggy", "alembic", "tantivy", "orjson"]
    # pytest itself brings pluggy, so it must be left out where the plugin imports pytest.
    if module.endswith("plugin"):
        heavy.remove("pluggy")
    code = f"import sys, {module}; print(*[each for each in {heavy!r} if each in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split() == []


@pytest.mark.parametrize("package", [glue_core, glue_core.testing])
def test_lazy_names_agree(package: object) -> None:
    """The imports for type checkers, the homes and ``__all__`` name the same."""
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    block = next(each for each in tree.body if isinstance(each, ast.If))
    imports = {
        alias.name: each.module
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
        if each.module != "glue_core"
    }
    modules = {"codes"} if package is glue_core else set()

    assert imports == package._HOMES  # type: ignore[attr-defined]
    assert set(package.__all__) == set(imports) | modules  # type: ignore[attr-defined]
    assert all(hasattr(package, name) for name in imports)


def test_unknown_name_is_no_attribute() -> None:
    """A name that the package does not have is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="has no attribute 'Nonsense'"):
        glue_core.Nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_services_are_files_of_the_test(
    glue_deployment: Callable[..., Deployment], tmp_path: Path
) -> None:
    """The services of a test's deployment lie in the test's own folder."""
    deployment = glue_deployment()
    deployment.services.storage.put_many({"a": {"b": 1}})

    assert list(tmp_path.glob("storage*"))


def test_settings_are_put_over_those_of_the_fixture(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A test's tables change single keys and leave the others."""
    deployment = glue_deployment(settings={"services": {"timeout": 1.5}, "limits": {"body": 7}})

    assert deployment.services.timeout == 1.5
    assert deployment.settings["limits"]["body"] == 7
    assert "storage.sqlite" in deployment.services.url("storage")


def test_time_limits_are_wide(glue_deployment: Callable[..., Deployment]) -> None:
    """Where a test sets no limits, a slow machine reaches none of them."""
    deployment = glue_deployment()

    assert deployment.services.timeout >= 30
    assert deployment.settings["limits"]["seconds"] >= 600


def test_passwords_are_cheap(glue_cheap_passwords: dict[str, int]) -> None:
    """A session that asks for it hashes at the lowest cost, and learns what production spends."""
    assert Passwords().hash("secret").startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert glue_cheap_passwords == {"TIME_COST": 2, "MEMORY_COST": 19_456}


def test_client_calls_the_host(glue_client: Callable[..., Client]) -> None:
    """The client of the fixture goes through the selection of applications."""
    front = in_memory("glue.applications", "front", RequestFlowAwareApiApplication("front"))
    client = glue_client(
        [front], settings={"applications": {"front": {"hosts": ["here"]}}}, headers={"host": "no"}
    )

    assert client.get("/a").status_code == 500
    assert client.get("/a", headers={"host": "here"}).status_code == 404
