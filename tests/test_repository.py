"""Every distribution of the repository keeps the same shape, and the lists of them are complete."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PARENTS = ("applications", "conventions", "plugins")
FOLDERS = sorted(
    path.parent for parent in PARENTS for path in ROOT.glob(f"{parent}/*/pyproject.toml")
)
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
FRAGMENT = re.compile(rf"\+[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(KINDS)})\.md")

one_folder = pytest.mark.parametrize(
    "folder", FOLDERS, ids=[path.relative_to(ROOT).as_posix() for path in FOLDERS]
)


def project_of(folder: Path) -> dict[str, Any]:
    """Return the pyproject.toml of a folder."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def requirement_lines(name: str) -> list[str]:
    """Return the lines of a requirements file, without comments and empty ones."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def constraints() -> dict[str, str]:
    """Return the exact versions of constraints.txt by normalised name."""
    pairs = (line.split("==") for line in requirement_lines("constraints.txt"))
    return {canonicalize_name(name): exact for name, exact in pairs}


def test_every_folder_under_the_parents_is_a_distribution() -> None:
    """A folder under applications, conventions or plugins has a pyproject.toml."""
    folders = [
        path
        for parent in PARENTS
        for path in (ROOT / parent).iterdir()
        if path.is_dir() and any(path.rglob("*.py"))
    ]

    assert sorted(folders) == FOLDERS


@one_folder
def test_folder_is_in_the_requirements(folder: Path) -> None:
    """Each distribution is installed, editable, by requirements.txt."""
    line = f"-e ./{folder.relative_to(ROOT).as_posix()}"

    assert line in requirement_lines("requirements.txt"), f"Add this line: {line}"


def test_requirements_name_no_folder_that_is_gone() -> None:
    """Every folder of requirements.txt exists."""
    named = [
        line.removeprefix("-e ").partition("[")[0]
        for line in requirement_lines("requirements.txt")
        if line.startswith("-e ")
    ]

    assert [each for each in named if not (ROOT / each / "pyproject.toml").is_file()] == []


@one_folder
def test_names_follow_from_the_folder(folder: Path) -> None:
    """Package, distribution and entry point are named as the folder, without exception."""
    data = project_of(folder)
    package = f"glue_{folder.name}"

    assert data["project"]["name"] == package.replace("_", "-")
    assert data["tool"]["flit"]["module"]["name"] == package
    assert [path.name for path in folder.iterdir() if (path / "__init__.py").is_file()] == [package]
    for group, entries in data["project"]["entry-points"].items():
        assert list(entries) == [folder.name], group
        module = entries[folder.name].partition(":")[0]
        assert module.partition(".")[0] == package, group


@one_folder
def test_entry_point_groups_fit_the_parent(folder: Path) -> None:
    """Applications, conventions and plugins enter through the groups that are theirs."""
    groups = set(project_of(folder)["project"]["entry-points"])

    if folder.parent.name == "plugins":
        fitting = {g for g in groups if g in ("glue.features", "glue.plugins")}
        fitting |= {g for g in groups if g.startswith("glue.plugins.")}
        assert groups == fitting
    elif folder.parent.name == "conventions" and groups != {"glue.conventions"}:
        extended = {f"glue.conventions.{each.name}" for each in folder.parent.iterdir()}
        assert groups <= extended - {f"glue.conventions.{folder.name}"}
    elif folder.parent.name == "applications":
        # A flow of its own brings steps of its own, as a plugin of the application.
        assert groups - {f"glue.plugins.{folder.name}"} == {"glue.applications"}
    else:
        assert groups == {f"glue.{folder.parent.name}"}
    assert groups


@one_folder
def test_plugin_group_names_an_application(folder: Path) -> None:
    """A plugin's group ends in the name of an application of the repository."""
    groups = project_of(folder)["project"]["entry-points"]
    named = [g.removeprefix("glue.plugins.") for g in groups if g.startswith("glue.plugins.")]

    assert [each for each in named if not (ROOT / "applications" / each).is_dir()] == []


@one_folder
def test_distribution_ships_its_types_and_says_what_it_is(folder: Path) -> None:
    """Each distribution has py.typed and a README."""
    assert (folder / f"glue_{folder.name}" / "py.typed").is_file()
    assert (folder / "README.md").is_file(), f"{folder.name} has no README.md"
    assert len((folder / "README.md").read_text(encoding="utf-8").split()) > 30


@one_folder
def test_metadata_is_that_of_the_repository(folder: Path) -> None:
    """License, version, Python and build backend are the same everywhere."""
    root, data = project_of(ROOT), project_of(folder)

    for key in ("version", "license", "requires-python", "readme"):
        assert data["project"][key] == root["project"][key], key
    assert data["build-system"] == root["build-system"]


@one_folder
def test_distribution_says_which_core_it_works_with(folder: Path) -> None:
    """Each requires the same range of glue-api-core, and of others of ours."""
    requirements = [Requirement(each) for each in project_of(folder)["project"]["dependencies"]]
    ours = {
        each.name: str(each.specifier) for each in requirements if each.name.startswith("glue-")
    }

    assert "glue-api-core" in ours
    assert set(ours.values()) == {"<0.2,>=0.1"}


@one_folder
def test_dependencies_of_ours_are_in_the_repository(folder: Path) -> None:
    """A dependency named glue-* is the root or a folder here, not somebody else's project."""
    names = {project_of(each)["project"]["name"] for each in [ROOT, *FOLDERS]}
    requirements = [Requirement(each) for each in project_of(folder)["project"]["dependencies"]]

    assert {each.name for each in requirements if each.name.startswith("glue-")} <= names


@one_folder
def test_entry_points_name_modules_that_exist(folder: Path) -> None:
    """Every entry point names a module that exists."""
    for entries in project_of(folder)["project"]["entry-points"].values():
        for value in entries.values():
            base = folder.joinpath(*value.partition(":")[0].split("."))
            assert base.with_suffix(".py").is_file() or (base / "__init__.py").is_file(), value


@pytest.mark.parametrize("folder", [ROOT, *FOLDERS], ids=lambda path: path.name)
def test_libraries_have_an_exact_version_in_their_range(folder: Path) -> None:
    """Each library that a distribution needs is in constraints.txt, in the range it asks for."""
    project = project_of(folder)["project"]
    requirements = [Requirement(each) for each in project["dependencies"]]
    for extra in project.get("optional-dependencies", {}).values():
        requirements += map(Requirement, extra)
    exact = constraints()

    for each in requirements:
        if not each.name.startswith("glue-"):
            name = canonicalize_name(each.name)
            assert name in exact, f"{each.name} is not in constraints.txt"
            assert each.specifier.contains(exact[name]), f"{each} does not allow {exact[name]}"


@pytest.mark.parametrize(
    "name",
    [
        "requirements-test.txt",
        "requirements-lint.txt",
        "requirements-bench.txt",
        "requirements-clients.txt",
        "requirements-openapi.txt",
        "requirements-browser.txt",
    ],
)
def test_tools_have_an_exact_version(name: str) -> None:
    """Each tool that the tests need is in constraints.txt."""
    lines = [line for line in requirement_lines(name) if not line.startswith("-")]

    assert {canonicalize_name(line) for line in lines} - constraints().keys() == set()


def test_constraints_are_exact_and_have_no_address() -> None:
    """A line of constraints.txt is a name and one version: nothing else is reproducible."""
    wrong = [
        line
        for line in requirement_lines("constraints.txt")
        if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9A-Za-z.]+", line)
    ]

    assert wrong == []


def test_tests_run_with_the_constrained_versions() -> None:
    """The versions that are tested are those that requirements.txt installs."""
    exact = constraints()
    installed = {name: version(name) for name in ("falcon", "marshmallow", "pluggy", "sqlalchemy")}

    assert installed == {name: exact[name] for name in installed}


def test_test_folders_mirror_the_distributions() -> None:
    """A folder under tests/plugins and its like is named as the distribution that it tests."""
    mirrored = [
        path for parent in PARENTS for path in ROOT.glob(f"tests/{parent}/*") if path.is_dir()
    ]
    strangers = [
        path.relative_to(ROOT).as_posix()
        for path in mirrored
        if path.name != "__pycache__" and not (ROOT / path.relative_to(ROOT / "tests")).is_dir()
    ]

    assert strangers == []


def test_tests_are_no_packages() -> None:
    """No folder of tests has an __init__.py: helpers are fixtures or in glue_core.testing."""
    assert sorted((ROOT / "tests").rglob("__init__.py")) == []


def test_changelog_fragments_have_the_right_form() -> None:
    """A fragment is named +subject.kind.md, and starts with the distribution in back quotes."""
    names = {project_of(each)["project"]["name"] for each in [ROOT, *FOLDERS]}
    for path in sorted((ROOT / "changelog.d").iterdir()):
        if path.name == ".gitignore":
            continue
        assert FRAGMENT.fullmatch(path.name), f"{path.name}: name it +subject.kind.md"
        start = re.match(r"`([a-z0-9-]+)`: \S", path.read_text(encoding="utf-8"))
        assert start, f"{path.name}: start with the distribution, such as `glue-api-core`:"
        assert start.group(1) in names, f"{path.name}: {start.group(1)} is no distribution"


def test_changelog_kinds_are_those_of_towncrier() -> None:
    """The kinds of fragments are the ones that towncrier is configured for."""
    types = project_of(ROOT)["tool"]["towncrier"]["type"]

    assert tuple(each["directory"] for each in types) == KINDS


@one_folder
def test_distribution_has_a_place_in_the_changelog(folder: Path) -> None:
    """A distribution that is not in CHANGELOG.md yet has a fragment that introduces it."""
    name = project_of(folder)["project"]["name"]
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "changelog.d").glob("+*.md")]
    texts.append((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert any(f"`{name}`: " in text for text in texts), f"Write changelog.d/+{name}.added.md"
