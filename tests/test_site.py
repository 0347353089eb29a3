"""The pages that are made from the code are as the code is, and the site is whole."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import docs.making
from docs.making import distributions, errors, hooks, navigation, offline, request
from docs.making.reading import Code, Said
from glue_core import codes
from glue_core.registry.discovery import installed
from glue_core.testing import Deployment

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".*", "node_modules", "__pycache__", "var")
ROW = re.compile(r"^\| `([\w-]+)` \| (\d{3}) \| .* \| ([^|]+) \|$", re.MULTILINE)

sphinx = pytest.mark.skipif(
    importlib.util.find_spec("sphinx") is None,
    reason="Sphinx is not installed; 'tox -e site' has it.",
)


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
    every = {value for name, value in vars(codes).items() if name.isupper()}

    assert every <= {code for code, _, _ in ROW.findall(errors.page())}


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


# The site -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script src="https://cdn.example/x.js"></script>', ["https://cdn.example/x.js"]),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', ["//cdn.example/x.css"]),
        ("<style>@import 'https://fonts.example/f.css';</style>", ["https://fonts.example/f.css"]),
        ('<p style="background: url(http://a.example/b.png)">', ["http://a.example/b.png"]),
        ('<img src="picture.svg"><a href="https://www.example.com">a link</a>', []),
        ('<link rel="canonical" href="https://docs.example/">', []),
        ("<p>&lt;script src=https://cdn.example/x.js&gt;</p>", []),
    ],
)
def test_what_a_browser_would_fetch_is_told(text: str, found: list[str]) -> None:
    """Scripts, styles, fonts and pictures from elsewhere are told; what readers follow is not."""
    assert offline.fetched(text) == found


def test_style_sheet_is_looked_through() -> None:
    """A font that a style sheet takes from elsewhere is told."""
    sheet = "@font-face { src: url('https://fonts.example/a.woff2'); }\n.a { color: red; }"

    assert offline.fetched(sheet, is_style=True) == ["https://fonts.example/a.woff2"]


def test_folder_without_a_readme_is_no_link() -> None:
    """On the site a link to a folder leads to its README, and is plain words without one."""
    text = "[core](glue_core), [HAL](conventions/hal), [license](LICENSE)"

    assert navigation.without_folders("README.md", text) == (
        "core, [HAL](conventions/hal/README.md), [license](LICENSE)"
    )


def test_every_page_stands_below_one_list() -> None:
    """A page has one place in the navigation, and no page is without one."""
    below = [each for names in navigation.below().values() for each in names]
    pages = {f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md")}

    assert sorted(below) == sorted(set(below))
    assert pages - {navigation.FIRST} <= set(below)


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a checkout as 'tox -e site' does."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-E"),
            *("-c", "docs", "-b", "html", ".", str(target)),
        ],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@sphinx
def test_what_leads_nowhere_ends_the_build(tmp_path: Path) -> None:
    """A page that no list names, a link to no page and an anchor that is none are errors."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (copy / "docs" / "orphan.md").write_text(
        "# Nobody's\n\n[none](missing.md), [nowhere](settings.md#no-such-key)\n", encoding="utf-8"
    )

    done = build(copy, tmp_path / "site")

    assert done.returncode != 0
    told = done.stderr.splitlines()
    orphans = [each for each in told if "orphan.md" in each]
    assert any("isn't included in any toctree" in each for each in orphans)
    assert any("missing" in each for each in orphans)
    assert any("no-such-key" in each for each in orphans)
    assert len(orphans) == 3
    assert [each for each in told if "WARNING" in each and each not in orphans] == []


@sphinx
def test_site_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    """The site is built without a warning, and no file of it has something fetched elsewhere."""
    done = build(ROOT, tmp_path / "site")

    assert done.returncode == 0, done.stderr
    assert list(offline.problems(tmp_path / "site")) == []
    assert 'url=docs/index.html"' in (tmp_path / "site" / "index.html").read_text("utf-8")
