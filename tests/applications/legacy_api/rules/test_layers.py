"""Which rules count: of plugins and folders, for all stores and for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_core import ConfigurationError
from glue_legacy_api.rules import Constraint, RuleFile, Rules

Write = Callable[..., Path]

SHIPPED = RuleFile(
    "glue_carts_api/carts.validation.yaml",
    b"carts:\n  post:\n    name: [NotBlank]\n    currency: [NotBlank, Currency]\n",
)


def broken(rules: Rules, store: str | None = None, **attributes: object) -> dict[str, str]:
    """Return what a POST of a cart breaks."""
    found = rules.check("carts", "POST", store, attributes)
    return {each.path: each.message for each in found}


def test_conflict_within_a_folder(write: Write) -> None:
    """Two files of one folder with other rules for one attribute stop the start: none is first."""
    write("a/carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n")
    folder = write("b/carts.validation.yaml", "carts:\n  post:\n\n    name: [Email]\n")

    with pytest.raises(ConfigurationError) as caught:
        Rules.read([folder])

    assert (
        f"b/carts.validation.yaml:4  'name' of 'carts', 'post' has other rules in {folder}/a"
        in (str(caught.value))
    )


def test_two_constraints_of_one_name() -> None:
    """Two plugins that add constraints of one name stop the start."""
    one = Constraint("Sku", lambda options: lambda value: None)

    with pytest.raises(ConfigurationError, match=r"Two constraints .* 'Sku'"):
        Rules.read([], constraints=[one, one])


def test_same_rules_twice(write: Write) -> None:
    """Two files may say the same, and what they say of other attributes is joined."""
    write("a/carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n")
    folder = write(
        "b/carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n    store: [NotNull]\n"
    )

    assert set(broken(Rules.read([folder]))) == {"name", "store"}


def test_later_folder_replaces_an_attribute(write: Write) -> None:
    """A project replaces the rules of one attribute as a whole; the others stay the module's."""
    core = write("carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank, Email]\n", "core")
    shop = write(
        "carts.validation.yaml", "carts:\n  post:\n    name: [{Length: {max: 2}}]\n", "shop"
    )
    rules = Rules.read([core, shop], shipped=[SHIPPED])

    assert broken(rules, name="", currency="EUR") == {}
    assert broken(rules, name="abc", currency="XXX") == {
        "name": "This value is too long. It should have 2 characters or less.",
        "currency": "This value is not a valid currency.",
    }


@pytest.mark.parametrize("nothing", ["", "~", "[]", "{}"])
def test_attribute_without_rules(write: Write, nothing: str) -> None:
    """An attribute without any rule takes those of the module away; it need not be there either."""
    folder = write("carts.validation.yaml", f"carts:\n  post:\n    name: {nothing}\n")

    assert set(broken(Rules.read([folder], shipped=[SHIPPED]))) == {"currency"}


def test_methods_are_apart(write: Write) -> None:
    """Rules of POST say nothing about PATCH, and other methods have none."""
    folder = write("carts.validation.yaml", "carts:\n  patch:\n    name: [NotBlank]\n")
    rules = Rules.read([folder])

    assert [each.path for each in rules.check("carts", "PATCH", None, {})] == ["name"]
    for method in ("POST", "DELETE", "GET"):
        assert rules.check("carts", method, None, {}) == []
        assert not rules.has("carts", method)
    assert not rules.has("wishlists", "patch")


@pytest.mark.parametrize(
    "path",
    [
        "DE/carts.validation.yaml",
        "CartsRestApiDE/Validation/carts.validation.yaml",
        "Validation/DE/deep/carts.validation.yaml",
    ],
)
def test_folder_of_a_store(write: Write, path: str) -> None:
    """A folder of a store, or of a module with the store's name, has rules for that store alone."""
    write(
        "CartsRestApi/Validation/carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n"
    )
    folder = write(path, "carts:\n  post:\n    name: [{Length: {max: 1}}]\n    iban: [NotBlank]\n")
    rules = Rules.read([folder], ["AT", "DE"])

    assert set(broken(rules, "DE", name="")) == {"iban"}
    assert set(broken(rules, "AT", name="")) == {"name"}
    assert set(broken(rules, None, name="")) == {"name"}
    assert set(broken(rules, "XX", name="")) == {"name"}


def test_store_takes_rules_away(write: Write) -> None:
    """A store may take the rules of an attribute away; what it does not name stays."""
    folder = write("DE/carts.validation.yaml", "carts:\n  post:\n    name:\n")
    rules = Rules.read([folder], ["DE"], shipped=[SHIPPED])

    assert set(broken(rules, "DE")) == {"currency"}
    assert set(broken(rules, "AT")) == {"name", "currency"}


def test_names_of_stores_inside_words(write: Write) -> None:
    """A folder whose name ends like a store by chance, in capitals, is no store's."""
    folder = write("MADE/carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n")

    assert set(broken(Rules.read([folder], ["DE"]), "AT")) == {"name"}


def test_plugin_ships_rules_for_a_store() -> None:
    """A plugin may ship rules for one store."""
    own = RuleFile("glue_carts_api: DE", {"carts": {"post": {"name": ["NotNull"]}}}, "DE")
    rules = Rules.read([], shipped=[own, SHIPPED])

    assert broken(rules, "DE", name="", currency="EUR") == {}
    assert set(broken(rules, "AT", name="", currency="EUR")) == {"name"}


def test_rule_file_of_a_package_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin names a file inside its package, or anywhere."""
    package = tmp_path / "shop_rules_of_a_test"
    (package / "rules").mkdir(parents=True)
    (package / "__init__.py").touch()
    path = package / "rules" / "carts.validation.yaml"
    path.write_bytes(b"carts: {}\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    found = RuleFile.of_package("shop_rules_of_a_test", "rules/carts.validation.yaml", "DE")

    assert found == RuleFile(
        "shop_rules_of_a_test/rules/carts.validation.yaml", b"carts: {}\n", "DE"
    )
    assert RuleFile.at(path) == RuleFile(str(path), b"carts: {}\n")


def test_order_is_that_of_the_files(write: Write) -> None:
    """Broken rules come in the order in which the file names attributes and constraints."""
    folder = write(
        "carts.validation.yaml",
        "carts:\n  post:\n    z: [NotBlank, Type: integer]\n    a: [NotBlank]\n    m: [NotNull]\n",
    )

    found = Rules.read([folder]).check("carts", "post", None, {"m": None, "a": "", "z": ""})

    assert [(each.path, each.message) for each in found] == [
        ("z", "This value should not be blank."),
        ("z", "This value should be of type integer."),
        ("a", "This value should not be blank."),
        ("m", "This value should not be null."),
    ]


def test_error_of_a_broken_rule(write: Write) -> None:
    """A broken rule is 422 with the code 901 and the path before the text."""
    folder = write("carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n")
    (found,) = Rules.read([folder]).check("carts", "post", None, {})

    error = found.as_error()

    assert (error.status, error.code) == (422, "901")
    assert error.message == "name => This field is missing."


def test_attributes_without_rules_pass(write: Write) -> None:
    """What a file does not name is passed on unchecked."""
    folder = write("carts.validation.yaml", "carts:\n  post:\n    name: [NotBlank]\n")

    assert broken(Rules.read([folder]), name="x", other={"deep": None}) == {}
