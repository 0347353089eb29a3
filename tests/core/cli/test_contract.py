"""``glue contract``: documents that are kept, compared with what the deployment promises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from marshmallow import Schema, fields

from glue_core import GlueResponse, Operation, Resource
from glue_core.application import RequestFlowAgnosticApiApplication, RequestFlowAwareApiApplication
from glue_core.openapi.contracts import file_name
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory

DOCUMENT: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {}}


class Shown(Schema):
    """Attributes of a lamp."""

    name = fields.String()
    watts = fields.Integer()


class Brighter(Shown):
    """Attributes of a lamp, with one more."""

    lumen = fields.Integer()


def show() -> GlueResponse:
    """Show a lamp."""
    return GlueResponse()


def light() -> GlueResponse:
    """Show a light."""
    return GlueResponse()


def lamps(schema: type[Schema] = Shown, handler: Callable[..., Any] = show, **more: Any) -> Source:
    """Return a plugin that shows lamps."""
    return in_memory(
        "glue.plugins.probe_api",
        "lamps",
        distribution="acme-lamps",
        glue_resources=lambda: [
            Operation("get", handler, "lamps", Resource("lamps", schema, **more))
        ],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of contracts, which is not there yet."""
    return tmp_path / "kept"


@pytest.fixture
def written(glue: Any, folder: Path) -> Callable[..., Any]:
    """Write contracts with lamps, then put another plugin in their place: ``written(plugin)``."""

    def change(*plugins: Source) -> Any:
        before = list(glue.plugins)
        glue.plugins.append(lamps())
        assert glue("contract", "write", "--directory", str(folder)).exit_code == 0
        glue.plugins[:] = [*before, *plugins]
        return glue

    return change


def check(glue: Any, folder: Path, *arguments: str) -> tuple[int, str]:
    """Return exit code and output of a check."""
    result = glue("contract", "check", "--directory", str(folder), *arguments)
    return result.exit_code, result.output


def test_nothing_differs_from_what_was_just_written(written: Any, folder: Path) -> None:
    """The check ends with 0 where nothing changed, and names the files."""
    glue = written(lamps())

    assert check(glue, folder) == (0, f"Nothing differs from {folder}/probe_api.json.\n")


def test_same_deployment_writes_the_same_bytes(written: Any, folder: Path) -> None:
    """A contract that is written twice is the same, so it can be committed."""
    glue = written(lamps())
    first = (folder / "probe_api.json").read_bytes()
    glue.plugins.reverse()

    result = glue("contract", "write", "--directory", str(folder))

    assert result.stdout == f"Wrote {folder}/probe_api.json.\n"
    assert (folder / "probe_api.json").read_bytes() == first


def test_contract_is_a_document_that_says_whose_it_is(written: Any, folder: Path) -> None:
    """It is what 'glue docs' writes, with its application, and with the plugins of operations."""
    glue = written(lamps())
    document = json.loads((folder / "probe_api.json").read_text())

    assert document.pop("x-glue-contract") == {"application": "probe_api", "grants": None}
    operations = [each["get"] for each in document["paths"].values()]
    brought = {tuple(each.pop("x-brought-by")) for each in operations}
    assert brought == {("acme-lamps:lamps",), ("probes:probes",)}
    assert document == json.loads(glue("docs", "probe_api").stdout)


def test_places_of_the_documentation_are_no_part_of_it(written: Any, folder: Path) -> None:
    """Whether the documentation is served is a setting, and breaks no client."""
    glue = written(lamps())
    glue.settings["mode"] = "development"

    assert "/docs.json" in glue("docs", "probe_api").stdout
    assert check(glue, folder)[0] == 0


@pytest.mark.parametrize(
    ("plugin", "arguments", "code", "line"),
    [
        (lamps(Brighter), (), 4, "compatible: LampsAttributes.lumen (received): a member is new"),
        (lamps(Brighter), ("--allow", "compatible"), 0, "LampsAttributes.lumen"),
        (lamps(handler=light), (), 0, "text: summary"),
        (
            None,
            (),
            1,
            "breaking: GET /lamps/{lampsId}: a method at a path is gone (operation-removed)",
        ),
        (None, ("--allow", "risky"), 1, "by  acme-lamps:lamps"),
        (None, ("--allow", "breaking"), 0, "operation-removed"),
    ],
    ids=["added", "added, allowed", "text", "removed", "removed, risk allowed", "removed, allowed"],
)
def test_exit_codes(
    written: Any,
    folder: Path,
    plugin: Source | None,
    arguments: tuple[str, ...],
    code: int,
    line: str,
) -> None:
    """What breaks ends with 1, what is only not written yet with 4, what is allowed with 0."""
    glue = written(*([plugin] if plugin is not None else []))

    found, output = check(glue, folder, *arguments)

    assert (found, line in output) == (code, True), output


def test_writing_accepts_what_differs(written: Any, folder: Path) -> None:
    """A contract that is written anew shows what is different, and is the one that counts."""
    glue = written()

    result = glue("contract", "write", "--directory", str(folder))

    assert "breaking: GET /lamps/{lampsId}: a method at a path is gone" in result.stdout
    assert check(glue, folder)[0] == 0


def test_changes_for_programs(written: Any, folder: Path) -> None:
    """JSON has everything that is known of a change."""
    glue = written(lamps(Brighter))

    code, output = check(glue, folder, "--json")

    (contract,) = json.loads(output)["contracts"]
    assert code == 4
    assert (contract["application"], contract["grants"]) == ("probe_api", None)
    assert contract["file"] == str(folder / "probe_api.json")
    rules = [each["rule"] for each in contract["changes"]]
    assert rules == ["member-added", "value-added", "text-changed"]
    change = contract["changes"][0]
    assert change.pop("notice") == "There is more to read."
    assert change == {
        "level": "compatible",
        "rule": "member-added",
        "side": "received",
        "subject": "LampsAttributes.lumen",
        "pointer": "#/components/schemas/LampsAttributes/properties/lumen",
        "old": None,
        "new": {"type": "integer"},
        "plugins": ["acme-lamps:lamps"],
        "places": [
            {"method": "GET", "path": "/lamps/{lampsId}", "part": "answer 200 application/json"}
        ],
    }


def test_changes_for_release_notes(written: Any, folder: Path) -> None:
    """Markdown has a heading for each application and for each level."""
    glue = written(lamps(Brighter, light))

    _, output = check(glue, folder, "--markdown")

    assert [line for line in output.splitlines() if line.startswith("#")] == [
        "# probe_api",
        "## Compatible",
        "## Texts",
    ]
    assert "- `LampsAttributes.lumen`: a member is new. There is more to read." in output


# For whom --------------------------------------------------------------------------------------


def test_contracts_for_certain_callers(written: Any, folder: Path) -> None:
    """What only the public loses is found by a contract of its own, which is kept from then on."""
    glue = written(lamps())
    glue("contract", "write", "probe_api", "--public", "--directory", str(folder))
    glue.plugins[-1] = lamps(restricted={"watts": ("buyer",)})

    code, output = check(glue, folder, "--json")

    found = {Path(each["file"]).name: each for each in json.loads(output)["contracts"]}
    assert code == 1
    assert found["probe_api.json"]["changes"] == []
    assert found["probe_api.public.json"]["grants"] == []
    changes = found["probe_api.public.json"]["changes"]
    assert ("member-removed", "LampsAttributes.watts") in {
        (e["rule"], e["subject"]) for e in changes
    }

    result = glue("contract", "write", "--directory", str(folder))

    assert result.stdout.count("Wrote ") == 2
    assert check(glue, folder)[0] == 0


@pytest.mark.parametrize(
    ("grants", "name"),
    [
        (None, "probe_api.json"),
        (frozenset(), "probe_api.public.json"),
        (frozenset({"orders", "@user"}), "probe_api.user-orders.json"),
    ],
)
def test_name_of_a_file(grants: frozenset[str] | None, name: str) -> None:
    """A file is named after its application and its grants."""
    assert file_name("probe_api", grants) == name


def test_file_of_other_grants_is_not_written_over(written: Any, folder: Path) -> None:
    """Two sets of grants that would share a file are told apart."""
    glue = written(lamps())
    arguments = ("contract", "write", "probe_api", "--directory", str(folder), "--grants")

    assert glue(*arguments, "a,b").exit_code == 0
    result = glue(*arguments, "a-b")

    assert result.exit_code == 1
    assert "with these grants" in result.stderr


# Applications ----------------------------------------------------------------------------------


def another() -> Source:
    """Return an application with nothing in it."""
    return Source.of("glue.applications", "other_api", RequestFlowAwareApiApplication("other_api"))


def test_application_that_is_new(written: Any, folder: Path) -> None:
    """An application without a contract is something more, where it is not named."""
    glue = written(lamps(), another())

    code, output = check(glue, folder)

    assert code == 4
    assert "compatible: application 'other_api': an application is new" in output
    assert check(glue, folder, "probe_api")[0] == 0
    code, output = check(glue, folder, "other_api")
    assert (code, "There is no contract of 'other_api'" in output) == (1, True)


def test_application_that_is_gone(written: Any, folder: Path) -> None:
    """A contract of an application that nobody serves is broken, until its file goes."""
    glue = written(lamps(), another())
    glue("contract", "write", "--directory", str(folder))
    glue.plugins.pop()

    code, output = check(glue, folder)

    assert code == 1
    assert "breaking: application 'other_api': an application is gone" in output
    (folder / "other_api.json").unlink()
    assert check(glue, folder)[0] == 0


def test_application_that_answers_by_itself_has_no_contract(glue: Any, folder: Path) -> None:
    """What has no operations is left out, and is an error where it is named."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))
    arguments = ("contract", "write", "--directory", str(folder))

    assert glue(*arguments).stdout == f"Wrote {folder}/probe_api.json.\n"
    assert "answers by itself" in glue(*arguments, "own_api").stderr
    assert "There are: own_api, probe_api." in glue(*arguments, "nobody").stderr


# Wrong files and options -----------------------------------------------------------------------


def test_folder_without_a_contract(glue: Any, folder: Path) -> None:
    """A check with nothing to compare with ends with 1, whatever else is in the folder."""
    assert check(glue, folder)[0] == 1
    folder.mkdir()
    (folder / "package.json").write_text("{}")

    code, output = check(glue, folder)

    assert (code, "There is no contract in" in output) == (1, True)


def test_file_that_cannot_be_read(written: Any, folder: Path) -> None:
    """A contract that is no JSON ends with 1, and is named."""
    glue = written(lamps())
    (folder / "probe_api.json").write_text("{")

    code, output = check(glue, folder)

    assert (code, f"{folder}/probe_api.json cannot be read" in output) == (1, True)


def test_wrong_options(glue: Any) -> None:
    """Options that mean nothing end with 2."""
    assert glue("contract", "write", "--public", "--grants", "a").exit_code == 2
    assert glue("contract", "check", "--allow", "everything").exit_code == 2
    assert glue("contract", "diff", "nowhere.json", "nowhere.json").exit_code == 2


# Two files -------------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    """Two documents, one of them as YAML whose statuses are numbers and whose version is a date."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.json"
    answers = {"200": {"description": "OK"}, "404": {"description": "No"}}
    before = {**DOCUMENT, "paths": {"/a": {"get": {"responses": answers}}, "/b": {"get": {}}}}
    after = {**DOCUMENT, "paths": {"/a": {"get": {"responses": answers}}}}
    text = yaml.safe_dump(before).replace("'200'", "200").replace("'1'", "2026-01-31")
    old.write_text(text)
    new.write_text(json.dumps({**after, "info": {"title": "a", "version": "2026-01-31"}}))
    return str(old), str(new)


def test_two_files(glue: Any, two: tuple[str, str]) -> None:
    """Any two documents are compared, as JSON or YAML; without '--allow' nothing is wrong."""
    result = glue("contract", "diff", *two)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "breaking: GET /b: a method at a path is gone (operation-removed)",
        "    It is refused with 404 or 405.",
        "1 breaking",
    ]
    assert glue("contract", "diff", *two, "--allow", "risky").exit_code == 1
    assert glue("contract", "diff", *reversed(two), "--allow", "text").exit_code == 4
    assert glue("contract", "diff", two[0], two[0]).stdout == "Nothing differs.\n"


def test_two_files_for_others(glue: Any, two: tuple[str, str]) -> None:
    """The comparison is printed for programs and for release notes."""
    (change,) = json.loads(glue("contract", "diff", *two, "--json").stdout)["changes"]

    assert (change["level"], change["places"][0]["path"]) == ("breaking", "/b")
    assert glue("contract", "diff", *two, "--markdown").stdout.splitlines() == [
        "## Breaking changes",
        "",
        "- `GET /b`: a method at a path is gone. It is refused with 404 or 405.",
    ]


def test_file_that_is_no_document(glue: Any, tmp_path: Path) -> None:
    """What is no OpenAPI 3.1 ends with 1 and says so."""
    (tmp_path / "a").write_text("- 1")
    (tmp_path / "b").write_text(json.dumps({**DOCUMENT, "openapi": "3.0.3"}))
    (tmp_path / "c").write_text("a: [")

    for name, message in (("a", "is no document"), ("b", "OpenAPI 3.0.3"), ("c", "cannot be read")):
        result = glue("contract", "diff", str(tmp_path / name), str(tmp_path / name))
        assert (result.exit_code, message in result.stderr) == (1, True), result.output


# The shop --------------------------------------------------------------------------------------

PRICES = "glue-product-prices-api:product_prices_api.abstract-products.abstract-product-prices"
LINKAGE = "/abstract-products/{abstractProductsId}/relationships/abstract-product-prices"

ACME = """
from marshmallow import Schema, fields
from glue_core import (
    AttributeChange, Fragment, RequestParameter, ResourceChange, Step, hookimpl,
)

class Numbered(Schema):
    averageRating = fields.String()

@hookimpl
def glue_declaration_changes():
    return [
        ResourceChange(
            "abstract-products",
            attributes=Numbered,
            replaces=("averageRating",),
            changes={"description": AttributeChange(hidden=True)},
        ),
    ]

def describe(operation, view):
    return Fragment((RequestParameter("tenant", "Whose shop it is.", required=True),))

@hookimpl
def glue_request_builders():
    def bind(operation):
        return (lambda request: None) if operation.place == "stores" else None

    return [Step("tenant", bind, describe=describe)]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``glue contract`` over the storefront: ``shop("check", with_acme=True)``."""
    site = tmp_path / "site"
    information = site / "acme_shop-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "acme_shop.py").write_text(ACME)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-shop\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(
        "[glue.plugins.storefront_api]\nacme_shop = acme_shop\n"
    )
    inherited = {name: each for name, each in os.environ.items() if not name.startswith("GLUE_")}

    def run(*arguments: str, with_acme: bool = False, **more: str) -> Any:
        paths = [str(site)] if with_acme else []
        paths += filter(None, [inherited.get("PYTHONPATH")])
        return subprocess.run(
            [sys.executable, "-m", "glue_core.cli", "contract", *arguments],
            cwd=tmp_path,
            env={
                **inherited,
                "GLUE_SERVE": "storefront_api",
                **more,
                "PYTHONPATH": os.pathsep.join(paths),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.mark.slow
def test_plugin_of_a_shop_breaks_clients(
    shop: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """A plugin that changes the storefront is found out, with all that it takes and asks for."""
    assert shop("write").returncode == 0
    assert (tmp_path / "contracts" / "storefront_api.json").exists()
    assert shop("check").returncode == 0

    done = shop(
        *("check", "--json"),
        with_acme=True,
        GLUE_DISABLE=PRICES,
    )
    (contract,) = json.loads(done.stdout)["contracts"]
    found = {(e["rule"], e["subject"]): e for e in contract["changes"]}

    assert done.returncode == 1
    broken = {each for each, change in found.items() if change["level"] == "breaking"}
    assert broken >= {
        ("member-removed", "AbstractProductsAttributes.description"),
        ("member-removed", "AbstractProductsHal.description"),
        ("member-removed", "AbstractProductsRelationships.abstract-product-prices"),
        ("operation-removed", f"GET {LINKAGE}"),
        ("parameter-removed", "parameter 'fields[abstract-product-prices]' in query"),
        ("required-parameter-added", "parameter 'tenant' in query"),
        ("type-changed", "AbstractProductsAttributes.averageRating"),
        ("type-changed", "AbstractProductsHal.averageRating"),
    }
    # What remains are names that 'fields' and 'include' take no longer, and the place in HAL.
    lists = [found[each]["old"] for each in broken if each[0] == "value-removed"]
    assert any("abstract-product-prices" in each for each in lists)
    assert {rule for rule, _ in broken} == {
        *("member-removed", "operation-removed", "parameter-removed"),
        *("required-parameter-added", "type-changed", "value-removed"),
    }
    assert not any(change["level"] == "risky" for change in found.values())
    changed = found["type-changed", "AbstractProductsAttributes.averageRating"]
    assert (changed["old"], changed["new"]) == (["null", "number"], "string")
    assert len(changed["places"]) > 5
    assert changed["plugins"] == ["acme-shop:acme_shop", "glue-products-api:products_api"]
    lost = found["operation-removed", f"GET {LINKAGE}"]
    assert lost["plugins"] == ["glue-product-prices-api:product_prices_api"]

    assert shop("write", with_acme=True).returncode == 0
    back = shop("check")
    assert back.returncode == 1
    assert "breaking: parameter 'tenant' in query (sent): a parameter is gone" in back.stdout
