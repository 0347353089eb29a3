"""The examples of README.md and docs/ run, and say what they claim."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from glue_core import RequestFilter, Settings
from glue_core.cli.group import COMMANDS
from glue_core.host import Host
from glue_core.migrating import migrate
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory, installed

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a page.

    Attributes:
        page: The page.
        line: Line that its text starts at.
        language: First word after the fence.
        mark: What follows that word; ``test`` on commands that are to be run.
        text: The block.
    """

    page: Path
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def examples(language: str, pages: Sequence[Path] = PAGES) -> list[Example]:
    """Return the blocks in one language."""
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            if fence.group(1) == language:
                line = text.count("\n", 0, fence.start()) + 2
                found.append(Example(page, line, language, fence.group(2).strip(), fence.group(3)))
    return found


def run(example: Example) -> ModuleType:
    """Run a block of Python as a module of its own; errors point into the page."""
    module = ModuleType(f"example_{example.page.stem}_{example.line}")
    code = compile("\n" * (example.line - 1) + example.text, str(example.page), "exec")
    exec(code, module.__dict__)
    return module


@contextmanager
def _logging_as_before() -> Iterator[None]:
    """Take away the handlers that an example gives to loggers: their files go with the test."""
    manager = logging.root.manager
    before: dict[logging.Logger, tuple[int, list[logging.Handler]]] = {
        logging.root: (logging.root.level, list(logging.root.handlers))
    }
    for logger in manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            before[logger] = (logger.level, list(logger.handlers))
    try:
        yield
    finally:
        for logger in (logging.root, *manager.loggerDict.values()):
            if not isinstance(logger, logging.Logger):
                continue
            level, handlers = before.get(logger, (logging.NOTSET, []))
            for handler in [each for each in logger.handlers if each not in handlers]:
                logger.removeHandler(handler)
                handler.close()
            logger.setLevel(level)


def storefront(settings: Mapping[str, Any], *plugins: Source) -> Deployment:
    """Return a deployment of the storefront, JSON:API and some plugins, and nothing else."""
    return Deployment(settings, [*installed("storefront_api", "json_api"), *plugins])


def client_of(deployment: Deployment) -> Client:
    """Return a client of the storefront."""
    return Client(deployment.applications["storefront_api"])


@pytest.mark.parametrize(
    "example",
    [each for each in examples("python") if not each.mark.startswith("file ")],
    ids=str,
)
def test_python_runs(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of Python can be pasted into a file and run."""
    monkeypatch.chdir(tmp_path)

    with _logging_as_before():
        run(example)


@pytest.mark.parametrize("example", examples("toml"), ids=str)
def test_toml_is_valid(example: Example) -> None:
    """A block of TOML can be read, and one that starts with ``# glue.toml`` has known keys."""
    values = tomllib.loads(example.text)

    assert values
    if example.text.startswith("# glue.toml"):
        assert Settings.of(values, origin=str(example))


@pytest.mark.parametrize("example", examples("json"), ids=str)
def test_json_is_valid(example: Example) -> None:
    """A block of JSON can be read."""
    assert json.loads(example.text)


@pytest.mark.parametrize(
    "example", [each for each in examples("console") if each.mark == "test"], ids=str
)
def test_commands_succeed(example: Example, tmp_path: Path) -> None:
    """A marked command ends with 0 within a minute and prints the lines that the page shows."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLUE_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    printed, shown = "", []
    for line in example.text.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                line.removeprefix("$ "),
                shell=True,
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            printed += done.stdout
        elif line.strip() not in ("", "..."):
            shown.append(line.strip())
    words = " ".join(printed.split())
    assert [line for line in shown if " ".join(line.split()) not in words] == []


@pytest.mark.parametrize(
    "page",
    [*PAGES, *sorted(ROOT.glob("*/*/README.md"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link of a page names a file or folder that exists."""
    targets = [
        target
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:")
    ]

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_tests_of_the_page_about_testing_pass(tmp_path: Path) -> None:
    """The blocks of docs/testing.md, one behind the other, are a file of tests that pass."""
    page = ROOT / "docs" / "testing.md"
    blocks = [each.text for each in examples("python", [page])]
    (tmp_path / "test_page.py").write_text("\n\n".join(blocks), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    suites = "\n".join(blocks).count("Compliance):")
    assert suites == 5
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 10 * suites


def test_page_about_testing_names_every_suite() -> None:
    """The table of suites has each module of ``glue_core.testing`` with a suite in it."""
    text = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    modules = {
        path.stem
        for path in (ROOT / "glue_core" / "testing").glob("*.py")
        if re.search(r"^class \w+Compliance", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert {each for each in modules if f"| `{each}` |" not in text} == set()


def test_readme_plugin_answers_as_shown() -> None:
    """The plugin of the README, served by the storefront, answers the JSON that follows it."""
    readme = [ROOT / "README.md"]
    plugin = run(examples("python", readme)[0])
    shown = json.loads(examples("json", readme)[0].text)
    source = in_memory("glue.plugins.storefront_api", "hello", plugin)

    with storefront({}, source) as deployment:
        client = client_of(deployment).json_api
        answer = client.get("/greetings/World", headers={"Host": "127.0.0.1:8000"})

    assert answer.status_code == 200
    assert answer.json == shown


def test_readme_plugin_is_short() -> None:
    """The README shows a plugin in twelve lines of code."""
    text = examples("python", [ROOT / "README.md"])[0].text

    assert len([line for line in text.splitlines() if line.strip()]) <= 12


def test_readme_names_every_command() -> None:
    """The table of commands in the README has those that ``glue`` has, and no others."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `glue (\w+)", text, re.MULTILINE) == list(COMMANDS)


def test_example_of_shadows_shows_what_differs() -> None:
    """The plugin of docs/fallback.md shows the counts of the applications that have a shadow."""
    (example,) = examples("python", [ROOT / "docs" / "fallback.md"])
    old, new = installed("storefront_api", "magazine_api")
    plugin = in_memory("glue.plugins.storefront_api", "shadows", run(example))
    tables = {"storefront_api": {"paths": ["/"], "shadow": "magazine_api"}}

    with Deployment({"applications": tables}, [old, new, plugin]) as deployment:
        client = Client(Host(deployment))
        client.get("/nowhere")
        deployment.shadows.drain()
        answer = client.get("/shadows")

    assert answer.text.startswith("'magazine_api' beside 'storefront_api': 1 compared, 1 equal")


def test_readme_serves_three_applications_by_host(glue_settings: dict[str, Any]) -> None:
    """The settings of the README give each host to the application that the README says."""
    (example,) = examples("toml", [ROOT / "README.md"])[1:]
    names = ("storefront_api", "backend_api", "legacy_api", "json_api")
    plugins = ("catalog", "stores", "stores_api", "products_api", "oauth", "oauth_backend_api")
    sources = [each for each in installed(*names, *plugins) if each.group != "glue.plugins"]
    settings = {**glue_settings, **tomllib.loads(example.text)}

    with Deployment(settings, sources) as deployment:
        client = Client(Host(deployment)).json_api

        def refusal(host: str, path: str) -> dict[str, Any]:
            return dict(client.get(path, headers={"host": host}).json["errors"][0])

        new = refusal("api.shop.example", "/nowhere/1")
        backend = refusal("backend.shop.example", "/abstract-products/1")
        olds = [refusal(host, "/nowhere/1") for host in ("glue.shop.example", "any.example")]
        moved = refusal("glue.shop.example", "/abstract-products/1")

    assert (new["code"], backend["code"]) == ("007", "007")
    assert olds == [{"status": 404, "detail": "Not Found"}] * 2
    assert "message" in moved


FEATURE_HOOKS = {
    "glue_features",
    "glue_service_engines",
    "glue_migrations",
    "glue_importers",
    "glue_publishers",
    "glue_demo_data",
    "glue_commands",
    "glue_fixture_makers",
    "glue_grants",
    "glue_scope_providers",
    "glue_settings",
    "glue_user_providers",
}
HOST_HOOKS = {"glue_context_expanders"}


@pytest.fixture
def colours() -> Iterator[Deployment]:
    """A deployment with every example of docs/hooks.md as a plugin."""
    sources = []
    for example in examples("python", [ROOT / "docs" / "hooks.md"]):
        module = run(example)
        hook = next(name for name in vars(module) if name.startswith("glue_"))
        group = "glue.features" if hook in FEATURE_HOOKS else "glue.plugins.storefront_api"
        if hook in HOST_HOOKS:
            group = "glue.plugins"
        sources.append(in_memory(group, hook.removeprefix("glue_"), module, distribution=hook))
    settings = {"services": {"storage": "memory:"}}
    with storefront(settings, *sources) as deployment:
        yield deployment


def test_hook_examples_answer_a_collection(colours: Deployment) -> None:
    """Resource, relationship, builder and formatter of docs/hooks.md work together."""
    answer = client_of(colours).json_api.get("/colours?brightness=half&include=opposite")

    assert answer.status_code == 200
    assert [each["id"] for each in answer.json["data"]] == ["r", "g"]
    assert answer.headers["cache-control"] == "no-store"


def test_hook_examples_watch_relationships(
    colours: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    """The wrapper of docs/hooks.md is around the relationship, and lines have its field."""
    handler, filter_ = caplog.handler, RequestFilter()
    plugins = colours.registry.applications["storefront_api"].plugins
    example = next(e for e in plugins if e.source.distribution == "glue_part_wrappers").value
    example.SLOW = -1
    handler.addFilter(filter_)
    try:
        client_of(colours).json_api.get("/colours?include=opposite")
    finally:
        handler.removeFilter(filter_)

    (record,) = [each for each in caplog.records if "is slow" in each.getMessage()]
    assert record.getMessage().endswith(".colours.opposite is slow")
    assert vars(record)["node"] == os.uname().nodename


def test_hook_examples_answer_a_custom_route(colours: Deployment) -> None:
    """The route provider of docs/hooks.md answers with its own body."""
    answer = client_of(colours).get("/colours/r/teaser.txt")

    assert answer.text == "Colours for everybody.\n"


def test_hook_examples_refuse_robots(colours: Deployment) -> None:
    """The validator of docs/hooks.md refuses before the path is judged."""
    answer = client_of(colours).get("/nowhere", headers={"User-Agent": "A Robot"})

    assert answer.status_code == 403


def test_hook_examples_are_collected(colours: Deployment) -> None:
    """Importer, publisher, migrations, command and settings of docs/hooks.md are collected."""
    assert "colour" in [each.entity for each in colours.importers]
    assert "colours.colour" in [each.event for each in colours.publishers]
    assert "colours" in [each.branch for each in colours.migrations]
    assert "colour" in [each.name for each in colours.registry.features.commands]
    assert colours.settings.section("colours") == {"fallback": "grey"}


CHANGING = [ROOT / "docs" / "changing-declarations.md"]


def example_with(word: str) -> Source:
    """Return the example of docs/changing-declarations.md that has a word, as a plugin."""
    (example,) = [each for each in examples("python", CHANGING) if word in each.text]
    shop = "storefront_api" if "abstract-products" in example.text else "magazine_api"
    group = f"glue.plugins.{shop}"
    return in_memory(group, "example", run(example), distribution="acme-example")


@pytest.fixture
def magazine(
    glue_deployment: Callable[..., Deployment],
) -> Callable[[str], Client]:
    """Make a client of the shipped magazine with an example of the page of changes."""

    def make(word: str) -> Client:
        names = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")
        deployment = glue_deployment([*installed(*names), example_with(word)])
        migrate(deployment.services.database, deployment.migrations)
        return Client(deployment.applications["magazine_api"])

    return make


ARTICLE = {"title": "Lamps of old", "body": "They shone.", "tags": []}


def test_example_of_rules_holds_for_the_shipped_articles(
    magazine: Callable[[str], Client],
) -> None:
    """The rules of the page refuse what they say, and let an update name one attribute."""
    client = magazine("def different")

    repeating = client.post("/articles", json={**ARTICLE, "body": ARTICLE["title"]})
    assert [each["pointer"] for each in repeating.json] == ["/body"]
    untagged = client.post("/articles", json={"title": "Lamps of old", "body": "They shone."})
    assert [each["pointer"] for each in untagged.json] == ["/tags"]
    created = client.post("/articles", json=ARTICLE)
    assert created.status_code == 201, created
    changed = client.patch(urlsplit(created.headers["location"]).path, json={"readingMinutes": 2})
    assert changed.status_code == 200, changed


def test_example_of_a_wrapper_serves_a_new_attribute(magazine: Callable[[str], Client]) -> None:
    """The shipped handler stores what the wrapper of the page has made of the new attribute."""
    created = magazine("KickerAttributes").post("/articles", json={**ARTICLE, "kicker": "Light"})

    assert created.status_code == 201, created
    assert created.json[0]["title"] == "Light: Lamps of old"
