"""Who knows whom: walks the imports of every distribution and names the culprit.

The rules, for imports of each other:

- `glue_core` imports none of the other packages;
- an application and a convention import names that `glue_core` exports;
- a feature imports these and what other features export that its pyproject.toml depends on;
- an extension of a convention may also import what conventions export that it depends on;
- another plugin may also import what plugins and conventions export that it depends on;
- nobody imports a module inside another distribution, except those of `glue_core.testing`;
- nobody imports an application but the plugins of its own group alone, which may import what it
  exports for the hooks that it specifies itself.

And for libraries: whatever is imported is declared. The libraries of `glue-api-core` count as
declared for all, because schemas, migrations and the like are written with them.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KINDS = {"applications": "application", "conventions": "convention", "plugins": "plugin"}
CORE = "glue_core"
TESTING = "glue_core.testing"
DATABASE_LIBRARIES = frozenset({"sqlalchemy", "alembic", "psycopg"})


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution as its folder and its pyproject.toml describe it.

    Attributes:
        name: Normalised name of the distribution.
        kind: ``core``, ``application``, ``convention``, ``extension``, ``feature`` or ``plugin``.
        package: Name of its one package.
        source: Folder of that package.
        requires: Normalised names of what it depends on, extras included.
        groups: Groups of its entry points.
    """

    name: str
    kind: str
    package: str
    source: Path
    requires: frozenset[str]
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Import:
    """One import.

    Attributes:
        line: Line it starts at.
        module: Absolute name of the module.
        names: Names taken from the module; None for ``import module``.
        at_load: Whether it runs when the importing module is loaded.
    """

    line: int
    module: str
    names: tuple[str, ...] | None
    at_load: bool


def normalised(requirement: str) -> str:
    """Return the name in a requirement as package indexes spell it."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement.strip())
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def distributions_of(root: Path) -> list[Distribution]:
    """Return every distribution of a repository, the root first."""
    folders = [(root, "core")]
    for parent, kind in KINDS.items():
        found = sorted((root / parent).glob("*/pyproject.toml"))
        folders += [(each.parent, kind) for each in found]
    return [_distribution(folder, kind) for folder, kind in folders]


def _distribution(folder: Path, kind: str) -> Distribution:
    data = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    project = data["project"]
    requirements = list(project.get("dependencies", ()))
    for extra in project.get("optional-dependencies", {}).values():
        requirements += extra
    if kind == "plugin" and "glue.features" in project.get("entry-points", {}):
        kind = "feature"
    groups = project.get("entry-points", {})
    if any(each.startswith("glue.conventions.") for each in groups):
        kind = "extension"
    package = data["tool"]["flit"]["module"]["name"]
    return Distribution(
        normalised(project["name"]),
        kind,
        package,
        folder / package,
        frozenset(normalised(each) for each in requirements),
        frozenset(groups),
    )


def imports_of(path: Path, package: str) -> Iterator[Import]:
    """Yield the imports of a file, those inside functions and ``import_module("x")`` as well.

    Args:
        path: The file.
        package: Package that relative imports start from: that of the file itself.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    yield from _walk(tree, package, at_load=True)


def _walk(node: ast.AST, package: str, *, at_load: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        is_later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        inside = at_load and not is_later and not is_for_types
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(child.lineno, alias.name, None, at_load)
        elif isinstance(child, ast.ImportFrom):
            module = child.module or ""
            if child.level:
                base = package.split(".")
                kept = base[: len(base) - child.level + 1]
                module = ".".join([*kept, module] if module else kept)
            names = tuple(alias.name for alias in child.names)
            yield Import(child.lineno, module, names, at_load)
        elif (
            isinstance(child, ast.Call)
            and ast.unparse(child.func).split(".")[-1] in ("import_module", "__import__")
            and child.args
            and isinstance(child.args[0], ast.Constant)
            and isinstance(child.args[0].value, str)
        ):
            yield Import(child.lineno, child.args[0].value, None, at_load)
        yield from _walk(child, package, at_load=inside)


def files_of(distribution: Distribution) -> Iterator[tuple[Path, str]]:
    """Yield every file of a distribution with the package that it is in."""
    for path in sorted(distribution.source.rglob("*.py")):
        parts = path.relative_to(distribution.source.parent).parent.parts
        yield path, ".".join(parts)


def exports_of(init: Path) -> frozenset[str]:
    """Return the names in ``__all__`` of an ``__init__.py``, none where it has no list."""
    if not init.is_file():
        return frozenset()
    for node in ast.parse(init.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(each, ast.Name) and each.id == "__all__" for each in targets):
            assert isinstance(node, ast.Assign)
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


@cache
def libraries_by_package() -> Mapping[str, frozenset[str]]:
    """Return top-level packages with the installed distributions that bring them."""
    found = importlib.metadata.packages_distributions()
    return {name: frozenset(map(normalised, names)) for name, names in found.items()}


def violations(root: Path) -> list[str]:
    """Return every import that breaks a rule: file, line, what it imports, and the rule."""
    everyone = distributions_of(root)
    by_package = {each.package: each for each in everyone}
    core = by_package[CORE]
    found = []
    for importer in everyone:
        for path, package in files_of(importer):
            for each in imports_of(path, package):
                top = each.module.partition(".")[0]
                if top == importer.package or top in sys.stdlib_module_names:
                    continue
                imported = by_package.get(top)
                if imported is not None:
                    rule = _between_ours(importer, imported, each)
                elif top.startswith("glue_"):
                    rule = f"{top} is no distribution of this repository"
                else:
                    rule = _library(importer, core, top)
                if rule:
                    where = path.relative_to(root).as_posix()
                    what = (
                        each.module
                        if each.names is None
                        else (f"{', '.join(each.names)} from {each.module}")
                    )
                    found.append(f"{where}:{each.line} imports {what}: {rule}")
        found += _loads_a_database(root, importer)
    return found


def _between_ours(importer: Distribution, imported: Distribution, each: Import) -> str:
    """Return the rule that an import of one of our distributions by another breaks, or nothing."""
    if importer.kind == "core":
        return "glue_core imports no application, convention or plugin"
    if imported.kind == "application":
        own = f"glue.plugins.{imported.package.removeprefix('glue_')}"
        if importer.groups != {own}:
            return "an application is known only by the name of its entry point group"
    elif imported.kind != "core":
        if importer.kind in ("application", "convention"):
            return f"the {importer.kind} {importer.name} may import names of glue_core only"
        if importer.kind == "extension" and imported.kind != "convention":
            return f"the extension {importer.name} may import glue_core and conventions only"
        if importer.kind == "feature" and imported.kind != "feature":
            return "a feature imports glue_core and other features only"
    if imported.name not in importer.requires:
        return f"{importer.name} does not depend on {imported.name} in its pyproject.toml"
    if each.module == TESTING or each.module.startswith(f"{TESTING}."):
        return ""
    if "." in each.module:
        return f"import names that {imported.package} exports, not a module inside it"
    if each.names is None:
        return f"write 'from {imported.package} import Name', so that the name can be checked"
    exported = exports_of(imported.source / "__init__.py")
    missing = [name for name in each.names if name not in exported]
    if missing:
        return f"{', '.join(missing)} is not in {imported.package}.__all__"
    return ""


def _library(importer: Distribution, core: Distribution, top: str) -> str:
    declared = importer.requires | core.requires
    names = libraries_by_package().get(top, frozenset({normalised(top)}))
    if names & declared:
        return ""
    return f"{importer.name} does not depend on {' or '.join(sorted(names))} in its pyproject.toml"


def _loads_a_database(root: Path, feature: Distribution) -> Iterator[str]:
    """Yield the imports that make a process without a database load its libraries.

    Whoever imports a feature's Protocols, a storefront for example, runs its ``__init__.py`` and
    what that imports of its own package.
    """
    if feature.kind != "feature":
        return
    files = dict(files_of(feature))
    waiting, seen = [feature.source / "__init__.py"], set()
    while waiting:
        path = waiting.pop()
        if path in seen or path not in files:
            continue
        seen.add(path)
        for each in imports_of(path, files[path]):
            if not each.at_load:
                continue
            if each.module.partition(".")[0] in DATABASE_LIBRARIES:
                where = path.relative_to(root).as_posix()
                yield (
                    f"{where}:{each.line} imports {each.module}: a feature loads no database "
                    f"library when its package is imported"
                )
            waiting += _own_files(feature, each)


def _own_files(distribution: Distribution, each: Import) -> list[Path]:
    top, *rest = each.module.split(".")
    if top != distribution.package:
        return []
    base = distribution.source.joinpath(*rest)
    candidates = [base / "__init__.py", base.with_suffix(".py")]
    for name in each.names or ():
        candidates += [base / f"{name}.py", base / name / "__init__.py"]
    return [path for path in candidates if path.is_file()]


def test_every_import_follows_the_layers() -> None:
    """No distribution of the repository imports what its layer may not know."""
    found = violations(ROOT)

    assert not found, "\n".join(["Imports against the layers:", *found])


def test_dependencies_have_no_circle() -> None:
    """Distributions depend on each other in one direction, so each can be removed alone."""
    waiting = {each.name: each.requires for each in distributions_of(ROOT)}
    while waiting:
        free = [name for name, needs in waiting.items() if not needs & waiting.keys() - {name}]
        assert free, f"These depend on each other in a circle: {', '.join(sorted(waiting))}"
        for name in free:
            del waiting[name]


# What follows tests the checker itself, on a small repository with one wrong import each.

PROJECT = """
[project]
name = "{name}"
version = "0.1.0"
dependencies = {dependencies}
{entry_points}
[tool.flit.module]
name = "{package}"
"""


def write_distribution(
    folder: Path,
    *,
    dependencies: Sequence[str] = ("glue-api-core>=0.1,<0.2",),
    group: str = "",
    exports: Sequence[str] = (),
) -> Path:
    """Write a distribution into a folder and return its package's folder."""
    package = "glue_core" if folder.parent.name not in KINDS else f"glue_{folder.name}"
    name = "glue-api-core" if package == CORE else package.replace("_", "-")
    source = folder / package
    source.mkdir(parents=True)
    entry_points = f'[project.entry-points."{group}"]\nx = "{package}.plugin"\n' if group else ""
    text = PROJECT.format(
        name=name, package=package, dependencies=list(dependencies), entry_points=entry_points
    )
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    (source / "__init__.py").write_text(f"__all__ = {list(exports)!r}\n", encoding="utf-8")
    return source


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A repository with one or two distributions of each kind."""
    core = "glue-api-core>=0.1,<0.2"
    write_distribution(tmp_path, dependencies=["falcon>=4"], exports=["Operation"])
    write_distribution(tmp_path / "applications" / "shop_api", exports=["Hook"])
    write_distribution(tmp_path / "conventions" / "csv", exports=["Cell"])
    write_distribution(
        tmp_path / "conventions" / "csv_wide",
        group="glue.conventions.csv",
        dependencies=[core, "glue-csv>=0.1"],
    )
    write_distribution(tmp_path / "plugins" / "stores", group="glue.features", exports=["Market"])
    write_distribution(
        tmp_path / "plugins" / "catalog",
        group="glue.features",
        dependencies=[core, "glue-stores>=0.1", "glue-products-api"],
        exports=["Reader"],
    )
    write_distribution(
        tmp_path / "plugins" / "products_api",
        group="glue.plugins.shop_api",
        dependencies=[core, "glue_catalog>=0.1", "glue-shop-api", "orjson ; python_version>'3'"],
        exports=["PRODUCT"],
    )
    return tmp_path


CATALOG = "plugins/catalog/glue_catalog/models.py"
EXTENSION = "conventions/csv_wide/glue_csv_wide/plugin.py"
PRODUCTS = "plugins/products_api/glue_products_api/plugin.py"


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("glue_core/host.py", "from glue_stores import Market", "glue_core imports no"),
        ("glue_core/host.py", "import yaml", "does not depend on pyyaml"),
        (
            "applications/shop_api/glue_shop_api/hooks.py",
            "from glue_catalog import Reader",
            "glue-shop-api may import names of glue_core only",
        ),
        (
            "conventions/csv/glue_csv/writer.py",
            "from glue_core.operation import Operation",
            "not a module inside it",
        ),
        (
            "conventions/csv/glue_csv/writer.py",
            "from glue_catalog import Reader",
            "glue-csv may import names of glue_core only",
        ),
        (EXTENSION, "from glue_catalog import Reader", "glue_core and conventions only"),
        (EXTENSION, "from glue_csv.writer import Cell", "not a module inside it"),
        (CATALOG, "from glue_core import registry", "registry is not in glue_core.__all__"),
        (CATALOG, "from glue_core import *", "* is not in glue_core.__all__"),
        (CATALOG, "import glue_core", "from glue_core import Name"),
        (CATALOG, "from glue_products_api import PRODUCT", "a feature imports glue_core and"),
        (CATALOG, "import glue_unheard_of", "is no distribution of this repository"),
        (PRODUCTS, "from glue_stores import Market", "does not depend on glue-stores"),
        (PRODUCTS, "from glue_catalog.models import Model", "not a module inside it"),
        (PRODUCTS, "from glue_catalog import Writer", "Writer is not in glue_catalog.__all__"),
        (PRODUCTS, "from glue_shop_api import APP", "APP is not in glue_shop_api.__all__"),
        (CATALOG, "from glue_shop_api import Hook", "only by the name of its entry point group"),
        (PRODUCTS, "import yaml", "does not depend on pyyaml"),
        (PRODUCTS, "def f():\n    import glue_core.flow", "not a module inside it"),
        (PRODUCTS, "import importlib\nimportlib.import_module('glue_core.flow')", "not a module"),
    ],
)
def test_the_checker_names_a_wrong_import(small: Path, file: str, line: str, rule: str) -> None:
    """An import against the layers is reported with its file, its line and the rule."""
    (small / file).write_text(f"{line}\n", encoding="utf-8")

    found = violations(small)

    number = line.count("\n") + 1
    assert len(found) == 1
    assert found[0].startswith(f"{file}:{number} imports ")
    assert rule in found[0]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("glue_core/host.py", "import falcon.testing"),
        ("applications/shop_api/glue_shop_api/hooks.py", "from glue_core import Operation"),
        (EXTENSION, "from glue_csv import Cell"),
        (CATALOG, "from glue_stores import Market"),
        (CATALOG, "from glue_catalog.values import Price"),
        (CATALOG, "import falcon"),
        (PRODUCTS, "from glue_catalog import Reader"),
        (PRODUCTS, "from glue_shop_api import Hook"),
        (PRODUCTS, "from glue_core.testing import Client"),
        (PRODUCTS, "import orjson, json"),
        (PRODUCTS, "from . import controller"),
    ],
)
def test_the_checker_lets_a_right_import_pass(small: Path, file: str, line: str) -> None:
    """An import that its layer allows is not reported."""
    (small / file).write_text(f"{line}\n", encoding="utf-8")

    assert violations(small) == []


def test_the_checker_finds_a_database_library_behind_a_facade(small: Path) -> None:
    """A feature whose package loads SQLAlchemy through another module is reported there."""
    catalog = small / "plugins" / "catalog"
    text = (catalog / "pyproject.toml").read_text(encoding="utf-8")
    text = text.replace("'glue-stores", "'sqlalchemy', 'glue-stores")
    (catalog / "pyproject.toml").write_text(text, encoding="utf-8")
    source = catalog / "glue_catalog"
    (source / "__init__.py").write_text("from glue_catalog.values import Price\n", encoding="utf-8")
    (source / "values.py").write_text("import sqlalchemy as sa\n", encoding="utf-8")
    (source / "models.py").write_text("import sqlalchemy as sa\n", encoding="utf-8")

    found = violations(small)

    assert [each.partition(" ")[0] for each in found] == [
        "plugins/catalog/glue_catalog/values.py:1"
    ]


def test_the_checker_allows_a_database_library_that_loads_late(small: Path) -> None:
    """A feature may import SQLAlchemy inside a function, or for types only."""
    catalog = small / "plugins" / "catalog"
    text = (catalog / "pyproject.toml").read_text(encoding="utf-8")
    text = text.replace("'glue-stores", "'sqlalchemy', 'glue-stores")
    (catalog / "pyproject.toml").write_text(text, encoding="utf-8")
    (catalog / "glue_catalog" / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    import sqlalchemy\n"
        "def late():\n    import sqlalchemy\n",
        encoding="utf-8",
    )

    assert violations(small) == []


def test_the_checker_finds_every_distribution() -> None:
    """Each folder with a pyproject.toml under the three parents is walked, and the root."""
    folders = [path for parent in KINDS for path in (ROOT / parent).glob("*/pyproject.toml")]

    assert len(distributions_of(ROOT)) == len(folders) + 1
    assert len(folders) >= 10
