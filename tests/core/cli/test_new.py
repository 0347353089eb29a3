"""``glue new``."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from importlib.metadata import metadata, version
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from click.testing import CliRunner, Result
from marshmallow import Schema, fields
from packaging.requirements import Requirement

from glue_core import (
    GlueResponse,
    Identity,
    IdentityReader,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
    Resource,
    TokenPlugins,
)
from glue_core.cli import main
from glue_core.cli.scaffolding.naming import LONGEST
from glue_core.cli.session import Session
from glue_core.registry.discovery import Source
from glue_core.registry.plugins import HOOKS
from glue_core.testing import (
    Client,
    Deployment,
    assert_collection,
    assert_resource,
    in_memory,
    installed,
)

ROOT = Path(__file__).resolve().parents[3]
LONG = "abcdefghi-" * (LONGEST // 10 - 1) + "abcdefghij"
KINDS = {
    "application": ("application", "made_up_api"),
    "convention": ("convention", "made_up"),
    "resource": ("resource", "made-up-things"),
    "backend": ("resource", "made-up-things", "--backend"),
    "to-many": ("relationship", "made-up-things", "parts"),
    "to-one": ("relationship", "made-up-things", "people", "--name", "maker", "--to-one"),
    "server": ("authentication-server", "made-up"),
    "backend-server": ("authentication-server", "made-up", "--backend"),
    "strategy": ("strategy", "made-up"),
    "backend-strategy": ("strategy", "made-up", "--backend"),
    "grant": ("grant", "made-up"),
    "backend-grant": ("grant", "made-up", "--backend"),
}
"""A call for each skeleton there is."""

each_kind = pytest.mark.parametrize("kind", list(KINDS))


@dataclass(frozen=True, slots=True)
class Written:
    """A distribution that was written.

    Attributes:
        folder: Its folder.
        output: What the command printed.
    """

    folder: Path
    output: str

    @property
    def pyproject(self) -> dict[str, Any]:
        """Its pyproject.toml."""
        return tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))

    @property
    def readme(self) -> str:
        """Its README."""
        return (self.folder / "README.md").read_text(encoding="utf-8")

    def files(self) -> set[str]:
        """Return the paths of its files."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix() for path in found}

    def entry_point(self) -> tuple[str, str, str]:
        """Return group, name and value of the entry point that leads to what it is called after."""
        (group, entries), *_ = self.pyproject["project"]["entry-points"].items()
        [(name, value)] = entries.items()
        return group, name, value


def call(*arguments: str, plugins: tuple[Source, ...] = ()) -> Result:
    """Run ``glue new`` where some plugins count as installed."""
    return CliRunner().invoke(main, ["new", *arguments], obj=Session(plugins, {}))


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Written]:
    """Return a function that writes a distribution."""

    def run(*arguments: str) -> Written:
        result = call(*arguments, "--directory", str(tmp_path))
        assert result.exit_code == 0, result.output
        [folder] = tmp_path.iterdir()
        return Written(folder, result.output)

    return run


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Written], Source]]:
    """Return a function that imports a distribution as its entry point says."""
    before = set(sys.modules)

    def run(written: Written) -> Source:
        monkeypatch.syspath_prepend(str(written.folder))
        invalidate_caches()
        group, name, value = written.entry_point()
        return Source.of(group, name, resolve_name(value))

    yield run
    for name in set(sys.modules) - before:
        if name.startswith("glue_made_up"):
            del sys.modules[name]


@each_kind
def test_files_are_those_of_the_style(write: Callable[..., Written], kind: str) -> None:
    """Every distribution has its metadata, a README, one typed package and tests; all are named."""
    written = write(*KINDS[kind])
    package = f"glue_{written.folder.name}"

    files = written.files()
    assert {"pyproject.toml", "README.md", f"{package}/__init__.py", f"{package}/py.typed"} < files
    assert {each.partition("/")[0] for each in files if "/" in each} == {package, "tests"}
    assert [each for each in files if f"    {each}\n" not in written.output] == []


@each_kind
def test_modules_compile(write: Callable[..., Written], kind: str) -> None:
    """Every module is Python, and has what it is about at its top.

    That the tests of each kind pass is seen where it is installed, in ``tests/install``.
    """
    for path in write(*KINDS[kind]).folder.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        assert ast.get_docstring(tree), path


@pytest.mark.parametrize(
    "arguments",
    [
        *KINDS.values(),
        ("application", "a"),
        ("application", LONG),
        ("convention", "a"),
        ("convention", LONG),
        # These are called as constants and attributes of the skeletons are.
        ("convention", "sort"),
        ("resource", "a"),
        ("resource", f"{LONG}", "--backend"),
        ("resource", "z"),
        ("relationship", "a", "z", "--to-one"),
        ("relationship", "name", "name"),
        ("relationship", LONG, LONG, "--name", "abcdefghi", "--to-one"),
        ("relationship", LONG, "abcdefghi", "--backend"),
        ("authentication-server", "a"),
        ("authentication-server", LONG, "--backend"),
        ("strategy", "z"),
        ("strategy", LONG, "--backend"),
        ("grant", "z"),
        ("grant", LONG, "--backend", "--grant-type", "urn:" + "x" * 76),
    ],
    ids=" ".join,
)
def test_linter_has_nothing_to_say(
    write: Callable[..., Written], arguments: tuple[str, ...]
) -> None:
    """Whatever the name, the linter and the formatter are content."""
    folder = write(*arguments).folder

    for command in (("check",), ("format", "--diff")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_tools_are_set_as_in_the_repository(write: Callable[..., Written]) -> None:
    """A new distribution has the linter's and type checker's rules of the repository."""
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    theirs = write(*KINDS["resource"]).pyproject["tool"]

    # What overrides them is about single modules of the repository.
    assert theirs["mypy"] == {k: v for k, v in ours["mypy"].items() if k != "overrides"}
    for key in ("line-length", "target-version"):
        assert theirs["ruff"][key] == ours["ruff"][key]
    for key in ("select", "ignore", "pydocstyle"):
        assert theirs["ruff"]["lint"][key] == ours["ruff"]["lint"][key]
    tests = "per-file-ignores"
    assert theirs["ruff"]["lint"][tests]["tests/**"] == ours["ruff"]["lint"][tests]["tests/**"]


@each_kind
def test_metadata_fits_the_core(write: Callable[..., Written], kind: str) -> None:
    """Version, Python, build backend and the range of the core follow from the core that runs."""
    data = write(*KINDS[kind]).pyproject
    project, core = data["project"], version("glue-api-core")
    [needed] = [r for r in map(Requirement, project["dependencies"]) if r.name == "glue-api-core"]
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["version"] == core
    assert project["requires-python"] == metadata("glue-api-core")["Requires-Python"]
    assert needed.specifier.contains(core)
    assert data["build-system"] == ours["build-system"]
    assert "license" not in project


@each_kind
def test_names_follow_from_the_folder(write: Callable[..., Written], kind: str) -> None:
    """Package, distribution and entry point are named as the folder."""
    written = write(*KINDS[kind])
    package = f"glue_{written.folder.name}"

    assert written.pyproject["project"]["name"] == package.replace("_", "-")
    assert written.pyproject["tool"]["flit"]["module"]["name"] == package
    _, name, value = written.entry_point()
    assert name == written.folder.name
    assert value.startswith((f"{package}.", f"{package}:"))


@each_kind
def test_nothing_but_public_names_is_imported(write: Callable[..., Written], kind: str) -> None:
    """A new distribution imports what ``glue_core`` and ``glue_core.testing`` export."""
    written = write(*KINDS[kind])

    lines = [
        line
        for path in written.folder.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("from glue_core.", "import glue_core."))
    ]
    assert [each for each in lines if not each.startswith("from glue_core.testing")] == []


@each_kind
def test_readme_says_what_there_is(
    write: Callable[..., Written], load: Callable[[Written], Source], kind: str
) -> None:
    """The README has the sections of every README, the command that installs, and all hooks."""
    written = write(*KINDS[kind])
    plugin = load(written).load()
    hooks = getattr(plugin, "hooks", plugin)

    titles = [line for line in written.readme.splitlines() if line.startswith("#")]
    order = [f"# {written.pyproject['project']['name']}", "## Install", "## Settings", "## Hooks"]
    assert [each for each in titles if each in order] == order
    assert f"pip install ./{written.folder.name}\n" in written.readme
    implemented = [name for name in HOOKS if hasattr(hooks, name)]
    assert implemented
    assert [name for name in implemented if f"`{name}`" not in written.readme] == []


def test_application_answers_plain_and_json_api(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """The first resource of a new application answers at once; the README names its places."""
    written = write(*KINDS["application"])
    deployment = glue_deployment([load(written), *installed("json_api")], only="made_up_api")
    client = Client(deployment.applications["made_up_api"])

    assert client.get("/greetings/en").json == [{"text": "Hello!"}]
    assert_resource(client.json_api.get("/greetings/en"), "greetings", "en", {"text": "Hello!"})
    assert "| `/greetings/{id}` |" in written.readme


def test_application_makes_its_callable_on_access(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a server is told to serve is made when it asks for it, by the application's name."""
    made: list[str] = []
    monkeypatch.setattr("glue_core.create", made.append, raising=False)
    load(write(*KINDS["application"]))

    package = import_module("glue_made_up_api")
    assert made == []
    _ = package.application
    assert made == ["made_up_api"]


def test_resource_shows_what_the_storage_has(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new resource answers at the place of its type, which the README names."""
    written = write(*KINDS["resource"], "--application", "shop-api")
    shop = RequestFlowAwareApiApplication("shop_api")
    deployment = glue_deployment(
        [Source.of("glue.applications", "shop_api", shop), load(written), *installed("json_api")]
    )
    deployment.services.storage.put_many({"made-up-things:1": {"name": "One"}})
    client = Client(deployment.applications["shop_api"]).json_api

    assert_resource(client.get("/made-up-things/1"), "made-up-things", "1", {"name": "One"})
    assert "| `/made-up-things/{id}` |" in written.readme


def test_convention_speaks_its_media_type(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new convention answers whoever accepts the media type that was given."""
    media_type = "application/x-made-up+json"
    written = write(*KINDS["convention"], "--media-type", media_type)
    deployment = glue_deployment([*installed("storefront_api"), load(written)])
    client = Client(deployment.applications["storefront_api"], {"accept": media_type})

    assert f"| `{media_type}` | yes | yes |" in written.readme
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_server_issues_what_it_recognises(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new server gives a client a token, which the application takes; the README says how."""
    written = write(*KINDS["server"])
    key, secret = "k" * 40, "s" * 40
    settings = {"plugins": {"made_up_server": {"key": key, "clients": {"stock": secret}}}}
    guarded = in_memory(
        "glue.plugins.storefront_api",
        "guarded",
        glue_route_providers=lambda: [
            Operation("get", _nothing, "/guarded", protection=Protection(("protected-path",)))
        ],
    )
    deployment = glue_deployment(
        [*installed("storefront_api"), load(written), guarded], settings=settings
    )
    client = Client(deployment.applications["storefront_api"])

    form = f"grant_type=client_credentials&client_id=stock&client_secret={secret}"
    issued = client.post("/made-up/token", body=form.encode())
    assert issued.status_code == 200, issued
    headers = {"authorization": f"Bearer {issued.json['access_token']}"}
    assert client.get("/guarded").status_code == 401
    assert client.get("/guarded", headers=headers).status_code == 204
    assert "| `/made-up/token` |" in written.readme


def test_server_without_a_key_is_active_and_silent(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new server that nobody has given a key lets the application start as before."""
    server = load(write(*KINDS["server"]))
    deployment = glue_deployment([*installed("storefront_api"), server])

    access = deployment.registry.applications["storefront_api"].access
    assert access is not None
    assert access.rules.servers == ()


def test_strategy_can_be_named(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new strategy decides about what names it."""
    strategy = load(write(*KINDS["strategy"]))
    guarded = in_memory(
        "glue.plugins.storefront_api",
        "guarded",
        glue_route_providers=lambda: [
            Operation("get", _nothing, "/guarded", protection=Protection(("made-up",)))
        ],
    )
    deployment = glue_deployment([*installed("storefront_api"), strategy, guarded])
    client = Client(deployment.applications["storefront_api"])

    assert client.get("/guarded").status_code == 401


@pytest.mark.parametrize(
    ("options", "grant_type", "application"),
    [
        ((), "made_up", "storefront_api"),
        (("--backend",), "made_up", "backend_api"),
        (("--grant-type", "urn:example:made-up"), "urn:example:made-up", "storefront_api"),
        (("--application", "shop_api"), "made_up", "shop_api"),
    ],
)
def test_grant_is_one_of_the_authorization_server(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
    options: tuple[str, ...],
    grant_type: str,
    application: str,
) -> None:
    """A new grant is offered by its application alone, under its name, and knows its subjects."""
    written = write("grant", "made-up", *options)
    applications = installed("storefront_api", "backend_api")
    deployment = glue_deployment([*applications, *installed("oauth"), load(written)])

    plugins = deployment.features.get(TokenPlugins)
    found = plugins.grant(grant_type, application)
    assert found is not None
    assert found.applications == (application,)
    assert plugins.knower("made-up") is not None
    assert f"| `{grant_type}` | `member`, `secret`" in written.readme


def test_resource_of_the_back_office_is_guarded(
    write: Callable[..., Written],
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new resource of the back office is closed to others, even where all else is open."""
    written = write(*KINDS["backend"], "--application", "shop-api")
    shop = RequestFlowAwareApiApplication("shop_api", services=("database",))
    reader = IdentityReader("tests", "x-user", lambda value, request: _never())
    plugins = [
        Source.of("glue.applications", "shop_api", shop),
        load(written),
        in_memory("glue.plugins.shop_api", "reader", glue_identity_readers=lambda: [reader]),
    ]
    client = Client(glue_deployment(plugins).applications["shop_api"])

    for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("DELETE", "/1")):
        assert client.request(method, f"/made-up-things{path}").status_code == 401
    groups = written.pyproject["project"]["entry-points"]
    assert groups["glue.features"] == {
        "made_up_things_backend_api": "glue_made_up_things_backend_api.feature"
    }


def _nothing() -> GlueResponse:
    return GlueResponse.no_content()


def _never() -> Identity:
    raise AssertionError("nobody shows credentials")


class Named(Schema):
    """Attributes of parts."""

    name = fields.String()


def test_relationship_leads_to_what_a_new_resource_shows(
    tmp_path: Path,
    load: Callable[[Written], Source],
    glue_deployment: Callable[..., Deployment],
) -> None:
    """A new relationship starts at a new resource, and reads the targets where another one does."""
    sources = []
    for arguments in (KINDS["resource"], KINDS["to-many"]):
        folder = tmp_path / arguments[0]
        folder.mkdir()
        assert call(*arguments, "--directory", str(folder)).exit_code == 0
        [written] = folder.iterdir()
        sources.append(load(Written(written, "")))
    parts = Resource("parts", Named)
    types = Source.of("glue.plugins.storefront_api", "parts", _Parts(parts))
    deployment = glue_deployment([*installed("storefront_api", "json_api"), *sources, types])
    deployment.services.storage.put_many(
        {
            "made-up-things:1": {"name": "One"},
            "made-up-things.parts:1": {"ids": ["b", "a"]},
            "parts:a": {"name": "A"},
            "parts:b": {"name": "B"},
        }
    )
    client = Client(deployment.applications["storefront_api"]).json_api

    assert_collection(client.get("/made-up-things/1/parts"), ["b", "a"], "parts")
    assert_collection(client.get("/made-up-things"), ["1"])


class _Parts:
    """A plugin that declares the type that the relationship leads to."""

    def __init__(self, parts: Resource) -> None:
        from glue_core import hookimpl

        self.glue_resources = hookimpl(lambda: [Operation("get", _part, "parts", parts)])


def _part(id: str) -> GlueResponse:  # noqa: A002 - the flow fills it in by name
    return GlueResponse.of({"id": id, "name": id})


@each_kind
def test_folder_that_exists_is_not_touched(tmp_path: Path, kind: str) -> None:
    """A second call ends with 1, says what is in the way, and changes nothing."""
    arguments = (*KINDS[kind], "--directory", str(tmp_path))
    assert call(*arguments).exit_code == 0
    [folder] = tmp_path.iterdir()
    (folder / "README.md").write_text("changed")

    result = call(*arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {folder} is there already")
    assert (folder / "README.md").read_text() == "changed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("application", "ShopApi"), "Try 'shop-api'."),
        (("resource", "../posts"), "'../posts' is no name"),
        (("resource", "relationships"), "'relationships' is reserved"),
        (("resource", "posts", "--application", "Shop"), "Try 'shop'."),
        (("relationship", "posts"), "Missing argument 'TARGET'"),
        (("strategy", "user-type"), "The name 'user-type' is taken"),
        (("grant", "refresh-token"), "The grant 'refresh_token' is there"),
        (("grant", "user"), "tokens speak for a user already"),
        (("grant", "keys", "--grant-type", "a b"), "no grant type"),
        (("grant", "keys", "--grant-type", "x" * 81), "no grant type"),
        (("convention", "json_api"), "'glue_json_api' is installed already"),
        (("convention", "lines", "--media-type", "lines"), "no media type"),
        (("convention", "lines", "--media-type", "text/" + "x" * 80), "no media type"),
        (
            ("plugin", "posts"),
            "application, authentication-server, convention, grant, relationship, resource, "
            "strategy",
        ),
        (("application", "shop_api", "--directory", "no/such/folder"), "does not exist"),
    ],
)
def test_wrong_usage_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """What cannot be done ends with 2, says why, and writes nothing."""
    monkeypatch.chdir(tmp_path)

    result = call(*arguments)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_working_directory_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without '--directory' the folder is in the working directory; what comes next is told."""
    monkeypatch.chdir(tmp_path)

    result = call(*KINDS["application"])

    assert [each.name for each in tmp_path.iterdir()] == ["made_up_api"]
    for command in ("pip install -e './made_up_api[test]'", "glue serve made_up_api"):
        assert f"    {command}\n" in result.stdout


@pytest.mark.parametrize(("application", "is_told"), [("shop_api", False), ("other_api", True)])
def test_application_that_is_not_installed_is_told(
    tmp_path: Path, application: str, is_told: bool
) -> None:
    """A plugin for an application that is not there is written, with a hint."""
    shop = Source.of("glue.applications", "shop_api", RequestFlowAwareApiApplication("shop_api"))

    result = call(
        *("resource", "posts", "--application", application, "--directory", str(tmp_path)),
        plugins=(shop,),
    )

    assert result.exit_code == 0
    assert (f"The application {application!r} is not installed" in result.stdout) is is_told


def test_name_against_the_custom_is_hinted_at(tmp_path: Path) -> None:
    """A name that others would not expect is taken, and its author told."""
    result = call("application", "shop", "--directory", str(tmp_path))

    assert result.exit_code == 0
    assert "such as shop_api" in result.stdout
