"""TypeScript clients that generators of npm make of the documents, compiled, against the demo."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.strangers.conftest import APPLICATIONS, Demo, run

pytestmark = pytest.mark.openapi

COMMON = (
    "product",
    "missingProduct",
    "page",
    "filtered",
    "everyArticle",
    "office",
    "write",
    "wrongBody",
    "old",
)
UNKNOWN = re.compile(r"\b(?:unknown|any)\b|Record<string, never>")
OPEN = re.compile(
    # Headers that nobody names, and members of objects that may have any.
    r"\[(?:name|key): string\]: unknown;"
    # Bytes, and the document as YAML.
    r'|"(?:image/png|application/yaml)": unknown;'
    # What the generator writes where there is nothing.
    r"|export type (?:webhooks|\$defs) = Record<string, never>;"
    # An object without members: the answer to whoever ends a token.
    r"|OAuthNothing: Record<string, never>;"
)


@pytest.fixture(scope="session")
def types(node_folder: Path) -> Path:
    """The folder with the types of openapi-typescript in ``fetch``."""
    for name in APPLICATIONS:
        # What a body may leave out is optional, though it has a default.
        options = ("--output", f"fetch/{name}.ts", "--default-non-nullable=false")
        done = run("openapi-typescript", f"{name}.json", *options, folder=node_folder)
        assert done.returncode == 0, done.stdout + done.stderr
    return node_folder


@pytest.fixture(scope="session")
def compiled(types: Path) -> Path:
    """The folder with all that the generators made, and the programs, compiled into ``out``.

    The compiler is strict, also about what may not be in a list.
    """
    done = run("openapi-ts", folder=types)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"(?i)warn|error", done.stdout + done.stderr) is None, done.stdout
    done = run("tsc", "--project", ".", folder=types)
    assert done.returncode == 0, done.stdout
    return types


def told(program: str, folder: Path, demo: Demo) -> Any:
    """Return what a program tells of the demo."""
    done = run("node", f"out/{program}.js", demo.url, folder=folder)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def fetched(compiled: Path, demo: Demo) -> Any:
    """What the program with openapi-fetch tells."""
    return told("fetch", compiled, demo)


@pytest.fixture(scope="session")
def called(compiled: Path, demo: Demo) -> Any:
    """What the program with the functions of @hey-api/openapi-ts tells."""
    return told("sdk", compiled, demo)


@pytest.mark.parametrize("application", APPLICATIONS)
def test_types_are_known(application: str, types: Path) -> None:
    """No type is left unknown, save where the document says that anything may be there."""
    text = (types / "fetch" / f"{application}.ts").read_text(encoding="utf-8")
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # A rule that types cannot say, such as a pattern, takes nothing from the type beside it.
    code = re.sub(r" & (?:unknown|\(unknown(?: \| unknown)*\))", "", code)
    lines = [each.strip() for each in code.splitlines() if UNKNOWN.search(each)]

    assert lines
    assert [each for each in lines if not OPEN.fullmatch(each)] == []


@pytest.mark.parametrize("name", COMMON)
def test_openapi_fetch(name: str, fetched: Any, plain: Any) -> None:
    """The client is told what plain HTTP is told, and its writes do what they say."""
    assert fetched[name] == plain[name]


def test_every_answer_is_compared(fetched: Any) -> None:
    """The program tells nothing that no test looks at."""
    assert set(fetched) == set(COMMON)


def test_functions_read(called: Any, plain: Any, demo: Demo) -> None:
    """Functions for one product, a page with lists in its query, and a store of the old shop."""
    store = demo.read("legacy_api", "/stores/DE")["data"]

    assert called["product"] == {name: plain["product"][name] for name in ("id", "name")}
    assert called["page"] == plain["page"]["names"]
    assert called["store"] == {
        "id": store["id"],
        "currencies": [each["code"] for each in store["attributes"]["currencies"]],
    }


def test_functions_sign_in(called: Any, plain: Any) -> None:
    """A token of a function lets its owner in: a customer, and a user of the back office."""
    customer = {name: plain["old"][name] for name in ("id", "firstName")}

    assert called["customer"] == customer
    assert len(called["warehouses"]["ids"]) == 1
    assert called["warehouses"]["users"] == ["emil.frost@example.com"]


def test_functions_write(called: Any) -> None:
    """An article is created, changed in the state that is known, and deleted; errors have types."""
    assert called["write"] == {"title": "By sdk", "minutes": 9, "removed": 204}
    assert called["wrongBody"] == ["/data/attributes/title"]
