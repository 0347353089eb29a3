"""Rule files: what is wrong in them, and what their words mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_core import ConfigurationError
from glue_legacy_api.rules import RuleFile, Rules

Judge = Callable[..., list[str]]
Refuse = Callable[..., str]
Write = Callable[..., Path]


def start(folder: Path) -> str:
    """Read a folder that cannot be used; the error's text."""
    with pytest.raises(ConfigurationError) as caught:
        Rules.read([folder])
    return str(caught.value)


def test_everything_wrong_is_told_at_once(write: Write) -> None:
    """One error names every mistake of every file, each with file and line, in their order."""
    write(
        "carts.validation.yaml", "carts:\n  post:\n    name:\n      - NotBlnk\n      - Callback\n"
    )
    folder = write("tokens.validation.yaml", "tokens:\n  get:\n    name: [NotBlank]\n")

    lines = start(folder).splitlines()

    assert [line.split("  ")[1].removeprefix(f"{folder}/") for line in lines[1:]] == [
        "carts.validation.yaml:4",
        "carts.validation.yaml:5",
        "tokens.validation.yaml:3",
    ]


def test_stores_share_a_mistake(write: Write) -> None:
    """A mistake that all stores inherit is told once, and hides no other."""
    write("carts.validation.yaml", "carts:\n  post:\n    a: [{Length: {max: -1}}]\n")
    folder = write("DE/carts.validation.yaml", "carts:\n  post:\n    b: [Nothing]\n")

    with pytest.raises(ConfigurationError) as caught:
        Rules.read([folder], ["DE"])

    assert str(caught.value).count("'max' of 'Length'") == 1
    assert "'Nothing'" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"carts:\n  post:\n    name: caf\xe9\n", 3, "This is not UTF-8."),
        (b"carts:\n\tpost: {}\n", 2, "YAML is not indented with tabs."),
        (b"carts:\n  post: [\n", 3, "This is not YAML:"),
        (b"carts:\n  post:\n    a: \x01\n", 3, "YAML has no character"),
        (b"carts:\n  post: {}\n  post: {}\n", 3, "'post' stands twice, also in line 2."),
        (
            b"carts:\n  post:\n    a: !!python/name:os.system x\n",
            3,
            "The tag '!!python/name:os.sys",
        ),
        (b"carts:\n  post:\n    a: [!php/const X]\n", 3, "The tag '!php/const' makes nothing here"),
        (b"carts:\n  post:\n    ? [a]\n    : [NotBlank]\n", 3, "A name is one word here"),
        (b"carts:\n  post:\n    a: &x [*x]\n", 3, "This alias is inside what it stands for."),
        (b"- carts\n", 1, "A rule file has resource types"),
        (b"carts: [post]\n", 1, "'carts' has 'post' and 'patch'"),
        (b"carts:\n  post: [a]\n", 2, "'post' of 'carts' has attributes"),
        (b"carts:\n  POST:\n    a: [NotBlank]\n", 3, "Rules of 'carts' are for 'POST'"),
        (b"carts:\n  post:\n    a:\n      NotBlank:\n      Email:\n", 4, "Constraints are a list."),
        (b"carts:\n  post:\n    a: 7\n", 3, "7 is no constraint."),
        (b"carts:\n  post:\n    a: [{NotBlank: , Email: }]\n", 3, "A constraint has one name."),
        (b"carts:\n  post:\n    a: [[NotBlank]]\n", 3, "A constraint is a name"),
    ],
)
def test_file_that_cannot_be_used(write: Write, content: bytes, line: int, text: str) -> None:
    """Whatever a file has wrong stops the start, with its line and what is expected."""
    folder = write("carts.validation.yaml", content)

    assert f"carts.validation.yaml:{line}  {text}" in start(folder)


def test_folder_is_not_there(tmp_path: Path) -> None:
    """A folder that does not exist stops the start."""
    assert f"{tmp_path / 'nowhere'}  There is no such folder." in start(tmp_path / "nowhere")


def test_folder_without_files(write: Write) -> None:
    """A folder without a single rule file is a wrong folder, and stops the start."""
    folder = write("carts.yaml", "carts: {}")

    assert "No file in this folder ends with '.validation.yaml'." in start(folder)


@pytest.mark.parametrize(
    ("constraint", "text"),
    [
        ("- NotBlnk", "There is no constraint 'NotBlnk'. Did you mean 'NotBlank'?"),
        ("- Sku", "There is no constraint 'Sku'. Let a plugin add a constraint"),
        (r"- \Shop\Rules\Sku", r"'Shop\\Rules\\Sku' is a class of PHP. Let a plugin add"),
        ("- Callback: check", "'Callback' calls a method of PHP. Let a plugin add"),
        ("- UniqueEntity", "'UniqueEntity' asks the database."),
        ("- NotCompromisedPassword", "needs a list of passwords that leaked"),
        ("- Length: {mx: 3}", "'Length' has no option 'mx'. Did you mean 'max'?"),
        ("- NotBlank: {zebra: 3}", "It has allowNull, message, normalizer."),
        ("- Length: {max: three}", "'max' of 'Length' expects a whole number of at least 0."),
        ("- Length: {min: 3, max: 1}", "'Length' has a 'min' above its 'max'."),
        ("- Length", "'Length' needs 'min', 'max' or 'exactly'."),
        ("- Length: {max: 1, charset: klingon}", "knows no charset 'klingon'"),
        ("- NotBlank: {allowNull: maybe}", "expects true or false"),
        ("- NotBlank: {normalizer: strrev}", "expects one of trim,"),
        ("- NotBlank: hello", "'NotBlank' takes options by name"),
        ("- NotBlank: {message: [a]}", "expects a text"),
        ("- NotBlank: {groups: [create]}", "in groups without 'Default'"),
        ("- Type", "'Type' needs the option 'type'."),
        ("- Type: Cart", "knows no type 'Cart'"),
        ("- Type: []", "expects at least one type"),
        ("- Choice", "'Choice' needs 'choices', a list of values."),
        ("- Choice: {choices: red}", "expects a list"),
        ("- Choice: {callback: colours}", "calls a method of PHP. List the values"),
        ("- Count", "'Count' needs 'min', 'max', 'exactly' or 'divisibleBy'."),
        ("- Count: {min: 2, max: 1}", "'Count' has a 'min' above its 'max'."),
        ("- GreaterThan", "'GreaterThan' needs the option 'value'."),
        ("- GreaterThan: {propertyPath: b}", "a request has no properties"),
        ("- DivisibleBy: 0", "expects a number that is not 0"),
        ("- Range", "'Range' needs 'min' or 'max'."),
        ("- Range: {min: 2, max: 1}", "'Range' has a 'min' above its 'max'."),
        ("- Range: {min: today}", "JSON has no dates"),
        ("- Regex: abc", "a pattern stands between delimiters"),
        ("- Regex: 3", "expects a pattern with delimiters"),
        ("- Email: {checkMX: true}", "asks a name server for each request"),
        ("- Email: {mode: fast}", "expects one of loose, html5, html5-allow-no-tld, strict"),
        ("- Uuid: {versions: [9]}", "expects numbers of versions, from 1 to 8"),
        ("- Ip: {version: 5}", "expects one of 4, 4_no_priv"),
        ("- DateTime: 'Y-m-q'", "has 'q', which stands for nothing"),
        ("- DateTime: 'Y-m-d Y'", "has the same part of a date twice"),
        ("- Timezone: {zone: 4096}", "takes 'countryCode' with 'zone: 4096'"),
        ("- Timezone: {countryCode: DE}", "takes 'countryCode' with 'zone: 4096'"),
        ("- Timezone: {zone: 4096, countryCode: XX}", "knows no country 'XX'"),
        ("- Timezone: {zone: 0}", "expects a number of PHP's time zone groups"),
        ("- [NotBlank]", "A constraint is a name, or a name with its options."),
        ("- All", "This needs 'constraints', a list."),
        ("- All: {constraints: [NotBlank], deep: true}", "There is no option 'deep'."),
        ("- All: [Optional]", "'Optional' is for attributes and fields"),
        ("- Optional\n- NotBlank", "'Optional' stands beside other rules."),
        ("- Optional\n- NotBlnk", "Did you mean 'NotBlank'?"),
        ("- Collection", "'Collection' needs 'fields', a mapping."),
        ("- Collection: {allowExtraFields: true}", "'Collection' needs 'fields', a mapping."),
        ("- Collection: {fields: [a]}", "are a mapping by name"),
        ("- Collection: {fields: {a: [Nothing]}}", "There is no constraint 'Nothing'."),
        ("- Collection: {fields: {}, allowExtraField: 1}", "Did you mean 'allowExtraFields'?"),
        ("- AtLeastOneOf: {message: no}", "This needs 'constraints', a list."),
        ("- Sequentially: {constraints: []}", "This needs 'constraints', a list."),
    ],
)
def test_constraint_that_cannot_be_used(refuse: Refuse, constraint: str, text: str) -> None:
    """A constraint or an option that cannot do what it says stops the start, and says why."""
    assert text in refuse(constraint)


def test_line_is_that_of_the_option(refuse: Refuse) -> None:
    """An option that is wrong is found at its own line."""
    found = refuse("- Length:\n    min: 1\n    max: none")

    assert "things.validation.yaml:6  The option 'max'" in found


def test_rules_of_plugins_in_python_have_no_line() -> None:
    """Rules that a plugin writes in Python are named by the plugin's name for them."""
    broken = RuleFile(
        "glue_things: rules", {"things": {"post": {"a": [{"Length": {"max": b"x"}}]}}}
    )

    with pytest.raises(ConfigurationError, match=r"  glue_things: rules  b'x' is no value"):
        Rules.read([], shipped=[broken])


def test_words_are_what_they_look_like(judge: Judge) -> None:
    """'no', 'on' and dates are texts, as in YAML 1.2; quotes make a text of everything."""
    rule = "- Choice: [no, on, 2020-01-31, '1', 0x10, 1e3, ~, .5, 012]"

    for value in ("no", "on", "2020-01-31", "1", 16, 1000.0, None, 0.5, "012"):
        assert judge(rule, value) == []
    for value in (False, True, 1, 12):
        assert judge(rule, value) == ["a => The value you selected is not a valid choice."]


def test_aliases_and_merges(write: Write) -> None:
    """Anchors, aliases and '<<' are read; what a mapping says itself wins over what it merges."""
    folder = write(
        "things.validation.yaml",
        "things:\n"
        "  post: &rules\n"
        "    a: [NotBlank]\n"
        "    b: &short [{Length: {max: 1}}]\n"
        "  patch:\n"
        "    <<: *rules\n"
        "    a: *short\n",
    )

    found = Rules.read([folder]).check("things", "patch", None, {"a": "xx", "b": "xx"})

    assert {each.path: each.message for each in found} == {
        "a": "This value is too long. It should have 1 character or less.",
        "b": "This value is too long. It should have 1 character or less.",
    }


def test_byte_order_mark(write: Write) -> None:
    """A file may start with a byte order mark."""
    folder = write("a.validation.yaml", b"\xef\xbb\xbfthings:\n  post:\n    a: [NotBlank]\n")

    assert Rules.read([folder]).has("things", "post")


def test_empty_file(write: Write) -> None:
    """An empty file has no rules, and nothing wrong."""
    folder = write("a.validation.yaml", "# Nothing yet.\n")

    assert not Rules.read([folder]).has("things", "post")
