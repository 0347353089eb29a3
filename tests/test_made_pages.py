"""The pages that are made from the code are as the code is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import docs.making
from docs.making import distributions, errors, hooks, request
from docs.making.reading import Code, Said
from glue_core import codes
from glue_core.registry.discovery import installed
from glue_core.testing import Deployment

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^\| `([\w-]+)` \| (\d{3}) \| .* \| ([^|]+) \|$", re.MULTILINE)


@pytest.mark.parametrize("name", list(docs.making.PAGES))
def test_made_page_is_as_the_code_is(name: str) -> None:
    """A page that is made says what the code says now; 'python -m docs.making' writes it anew."""
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == docs.making.made(name)


# The page of errors ---------------------------------------------------------------------------


def write(folder: Path, **modules: str) -> Code:
    """Write a package with modules, and read it."""
    package = folder / "acme"
    package.mkdir()
    for name, text in {"__init__": "", **modules}.items():
        (package / f"{name}.py").write_text(text, encoding="utf-8")
    return Code([package])


def test_errors_are_followed_through_constants_and_imports(tmp_path: Path) -> None:
    """A code that another module names is found, with the status of what raises it."""
    code = write(
        tmp_path,
        names='GONE = "71"\nLOST = ErrorCode(404, "72", "It is lost.")\n',
        uses=(
            "from acme import names\nfrom acme.names import LOST\n"
            "def a():\n    raise NotFound(names.GONE, 'It is gone.')\n"
            "def b():\n    raise Conflict(LOST.code, LOST.message)\n"
        ),
    )

    assert code.errors("acme") == {
        Said("71", 404, "It is gone."),
        Said("72", 404, "It is lost."),
        Said("72", 409, "It is lost."),
    }


def test_errors_are_followed_through_functions(tmp_path: Path) -> None:
    """What a function is given, and what it takes by default, is what its error says."""
    code = write(
        tmp_path,
        made=(
            "def make(code, text, *, status=400):\n"
            "    return GlueError(status=status, code=code, message=text)\n"
            "def a(n):\n    return make('71', f'{n} is wrong.')\n"
            "def b():\n    return make('72', 'Taken.', status=409)\n"
        ),
    )

    assert code.errors("acme") == {Said("71", 400, "… is wrong."), Said("72", 409, "Taken.")}


def test_what_one_branch_sets_goes_together(tmp_path: Path) -> None:
    """Status and code of two branches are two errors, not four."""
    code = write(
        tmp_path,
        branching=(
            "def a(x):\n"
            "    if x:\n        status, code = 415, '71'\n"
            "    else:\n        status, code = 406, '72'\n"
            "    return GlueError(status, code, 'No.')\n"
        ),
    )

    assert code.errors("acme") == {Said("71", 415, "No."), Said("72", 406, "No.")}


def test_module_that_is_left_out_says_nothing(tmp_path: Path) -> None:
    """Errors of modules for tests are not those of the distribution."""
    code = write(tmp_path, testing="raise NotFound('71', 'Only in tests.')\n")

    assert code.errors("acme", without=("acme.testing",)) == frozenset()


def test_page_has_every_code_of_the_core() -> None:
    """Each code of the core is a row."""
    assert {code for code, _, _ in ROW.findall(errors.page())} >= codes.ALL


def test_page_has_every_error_that_operations_declare() -> None:
    """What is declared for documentation is on the page, with its status."""
    found = {(code, int(status)) for code, status, _ in ROW.findall(errors.page())}
    ours = {each.name for each in distributions.distributions()}
    sources = [each for each in installed() if each.distribution in ours]
    with Deployment({}, sources) as deployment:
        declared = {
            (error.code, error.status)
            for registry in deployment.registry.applications.values()
            for operation in registry.operations
            for error in operation.value.errors
        }

    assert len(declared) > 30
    assert declared <= found


# The hook reference ---------------------------------------------------------------------------


def test_reference_has_every_hook_of_the_old_application() -> None:
    """The old application's own hooks are there, with their signatures."""
    names = [each.name for each in hooks.legacy()]

    assert "glue_legacy_rest_validators" in names
    page = hooks.page()
    assert all(f"\n### `{name}`\n\n```text\n{name}(" in page for name in names)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("`glue_settings()`", "glue_settings"),
        ("`glue_features(services, settings)`", "glue_featuresservices-settings"),
        ("The flow, and its hooks", "the-flow-and-its-hooks"),
    ],
)
def test_anchor_of_a_heading(heading: str, anchor: str) -> None:
    """An anchor has letters, digits, underscores, and hyphens for spaces."""
    assert hooks.slug(heading) == anchor


# The picture ----------------------------------------------------------------------------------


def test_stages_are_those_of_the_flow(tmp_path: Path) -> None:
    """The stages that 'glue flow' prints are in the table of the architecture, in its order."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "glue_core.cli", "flow", "GET", "/abstract-products/1"),
            *("--application", "storefront_api", "--all", "--json"),
            *("--header", "Accept: application/vnd.api+json"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    steps = json.loads(done.stdout)["steps"]
    run = [each["stage"].replace("controller", "control") for each in steps]

    shown = [name for name, _ in request.stages() if name in run]

    assert list(dict.fromkeys(run)) == shown
