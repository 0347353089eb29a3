"""Each constraint: what it passes, what it refuses, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from glue_legacy_api.rules import Constraint, Option, Test
from glue_legacy_api.rules.options import message, text

Judge = Callable[..., list[str]]

TYPE = "This value should be of type {}."
URL = "This value is not a valid URL."
TLD = "This URL is missing a top-level domain."
EMAIL = "This value is not a valid email address."
UUID = "This is not a valid UUID."
IP = "This is not a valid IP address."
CHOICE = "The value you selected is not a valid choice."


@pytest.mark.parametrize(
    ("constraint", "values", "answer"),
    [
        ("NotBlank", (None, False, "", [], {}), "This value should not be blank."),
        ("NotBlank: {allowNull: true}", ("", False), "This value should not be blank."),
        ("NotBlank: {normalizer: trim}", ("  \n",), "This value should not be blank."),
        ("Blank", ("x", 0, False, []), "This value should be blank."),
        ("NotNull", (None,), "This value should not be null."),
        ("IsNull", ("", 0, []), "This value should be null."),
        ("IsTrue", (False, 0, "true", 1.0, []), "This value should be true."),
        ("IsFalse", (True, 1, "", "false", []), "This value should be false."),
        ("Type: string", (1, True, [], {}), TYPE.format("string")),
        ("Type: bool", (1, "true", 0), TYPE.format("bool")),
        ("Type: integer", (True, "1", 1.0), TYPE.format("integer")),
        ("Type: float", (1, "1.0"), TYPE.format("float")),
        ("Type: numeric", (True, "1a", "", "0x1", "1_0", []), TYPE.format("numeric")),
        ("Type: scalar", ([], {}), TYPE.format("scalar")),
        ("Type: array", ("a", 1), TYPE.format("array")),
        ("Type: list", ({"a": 1}, "a"), TYPE.format("list")),
        ("Type: associative_array", ([1], []), TYPE.format("associative_array")),
        ("Type: object", ({}, []), TYPE.format("object")),
        ("Type: digit", ("1a", 12, "", "\u0661"), TYPE.format("digit")),
        ("Type: [string, int]", (1.5, []), TYPE.format("string|int")),
        (
            "Length: {min: 2}",
            ("", "x", True, 7),
            "This value is too short. It should have 2 characters or more.",
        ),
        ("Length: {min: 1}", ("",), "This value is too short. It should have 1 character or more."),
        (
            "Length: {max: 2}",
            ("abc", "äöü", 123, 1.5),
            "This value is too long. It should have 2 characters or less.",
        ),
        ("Length: 2", ("a", "abc"), "This value should have exactly 2 characters."),
        ("Length: {min: 1, max: 1}", ("", "ab"), "This value should have exactly 1 character."),
        (
            "Length: {max: 1, countUnit: bytes}",
            ("ä",),
            "This value is too long. It should have 1 character or less.",
        ),
        (
            "Length: {max: 9, charset: ASCII}",
            ("ä",),
            "This value does not match the expected ASCII charset.",
        ),
        (
            "Length: {min: 2, normalizer: trim}",
            (" x ",),
            "This value is too short. It should have 2 characters or more.",
        ),
        ("Length: {max: 2}", ([], {}), TYPE.format("string")),
        ("Email", ("x", "x@y", "@y.z", "a@ y", "a@b.c\n"), EMAIL),
        ("Email: html5", ("a b@c.de", "a@b", "a@-b.de", "ä@b.de"), EMAIL),
        ("Email: html5-allow-no-tld", ("a b@c", "a@"), EMAIL),
        ("Email: {mode: strict}", ("a@b", "a b@c.de"), EMAIL),
        ("Email: {strict: true}", ("a@b",), EMAIL),
        ("Email", ([],), TYPE.format("string")),
        (
            "Url",
            ("x", "ftp://a.de", "http://", "//a.de", "http://a b.de", "javascript:alert(1)"),
            URL,
        ),
        ("Url: {protocols: [ftp]}", ("http://a.de",), URL),
        ("Url: {requireTld: true}", ("http://localhost", "http://1.2.3.4/", "http://[::1]/"), TLD),
        ("Regex: '/^[a-z]+$/'", ("A", "a1", 7), "This value is not valid."),
        ("Regex: {pattern: '/b/', match: false}", ("abc",), "This value is not valid."),
        (
            "Uuid",
            ("x", "216fff40-98d9-01e3-a5e2-0800200c9a66", "216fff4098d911e3a5e20800200c9a66"),
            UUID,
        ),
        ("Uuid", ("216fff40-98d9-11e3-05e2-0800200c9a66",), UUID),
        ("Uuid: {versions: [4]}", ("216fff40-98d9-11e3-a5e2-0800200c9a66",), UUID),
        ("Uuid: {strict: false}", ("216fff40-98d9-11e3-a5e2",), UUID),
        ("Ip", ("::1", "1.2.3", "256.1.1.1", "01.2.3.4"), IP),
        ("Ip: 6", ("1.2.3.4", "fe80::1%eth0"), IP),
        ("Ip: {version: all_no_priv}", ("10.0.0.1", "fd00::1"), IP),
        ("Ip: {version: 4_no_res}", ("127.0.0.1", "240.0.0.1"), IP),
        ("Ip: {version: all_public}", ("192.168.1.1", "::1"), IP),
        ("Ip: {version: 4_private}", ("8.8.8.8",), IP),
        ("Json", ("{", "{'a': 1}", "NaN", "a"), "This value should be valid JSON."),
        ("Choice: [red, 1]", ("blue", "1", True, "", []), CHOICE),
        ("Choice: {choices: [red], match: false}", ("red",), CHOICE),
        ("Choice: {choices: [1], strict: false}", ("2",), CHOICE),
        (
            "Choice: {choices: [a, b], multiple: true}",
            (["a", "c"],),
            "One or more of the given values is invalid.",
        ),
        (
            "Choice: {choices: [a, b], multiple: true, min: 1}",
            ([],),
            "You must select at least 1 choice.",
        ),
        (
            "Choice: {choices: [a, b], multiple: true, max: 2}",
            (["a", "a", "b"],),
            "You must select at most 2 choices.",
        ),
        ("Choice: {choices: [a], multiple: true}", ("a",), TYPE.format("array")),
        ("Count: {min: 1}", ([], {}), "This collection should contain 1 element or more."),
        (
            "Count: {max: 2}",
            ([1, 2, 3], {"a": 1, "b": 2, "c": 3}),
            "This collection should contain 2 elements or less.",
        ),
        ("Count: 2", ([1], [1, 2, 3]), "This collection should contain exactly 2 elements."),
        (
            "Count: {divisibleBy: 2}",
            ([1],),
            "The number of elements in this collection should be a multiple of 2.",
        ),
        ("Count: {min: 1}", ("a", 1), TYPE.format(r"array|\Countable")),
        (
            "Unique",
            ([1, 1], ["a", "b", "a"], [[1], [1]], {"a": 1, "b": 1}),
            "This collection should contain only unique elements.",
        ),
        (
            "Unique: {normalizer: trim}",
            (["a", " a"],),
            "This collection should contain only unique elements.",
        ),
        (
            "Unique: {fields: [sku]}",
            ([{"sku": 1, "n": 1}, {"sku": 1, "n": 2}],),
            "This collection should contain only unique elements.",
        ),
        ("Unique", ("aa",), TYPE.format("array|IteratorAggregate")),
        ("EqualTo: 5", (6, "6", "five", []), "This value should be equal to 5."),
        ("EqualTo: five", ("six", 5), 'This value should be equal to "five".'),
        ("NotEqualTo: 5", (5, "5", 5.0, "5.0"), "This value should not be equal to 5."),
        ("IdenticalTo: 5", ("5", 5.0, True), "This value should be identical to int 5."),
        ("IdenticalTo: five", (5, "Five"), 'This value should be identical to string "five".'),
        ("NotIdenticalTo: 5", (5,), "This value should not be identical to int 5."),
        ("LessThan: 5", (5, "5", 6, []), "This value should be less than 5."),
        ("LessThanOrEqual: 5", (6, "5.1"), "This value should be less than or equal to 5."),
        ("GreaterThan: 0", (0, -1, "0", ""), "This value should be greater than 0."),
        ("GreaterThanOrEqual: 1", (0, "0.9"), "This value should be greater than or equal to 1."),
        ("Positive", (0, -1, "0"), "This value should be positive."),
        ("PositiveOrZero", (-1, "-0.1"), "This value should be either positive or zero."),
        ("Negative", (0, 1), "This value should be negative."),
        ("NegativeOrZero", (1, "1"), "This value should be either negative or zero."),
        ("DivisibleBy: 3", (4, "4", 1.5), "This value should be a multiple of 3."),
        ("DivisibleBy: 0.25", (0.3, 10**400, "1e999"), "This value should be a multiple of 0.25."),
        ("DivisibleBy: 3", ("x", True, []), TYPE.format("numeric")),
        ("Range: {min: 1, max: 5}", (0, 6, "7", 5.1), "This value should be between 1 and 5."),
        ("Range: {min: 1}", (0,), "This value should be 1 or more."),
        ("Range: {max: 5}", (6,), "This value should be 5 or less."),
        ("Range: {min: 1, max: 5, minMessage: 'under {{ limit }}'}", (0,), "under 1"),
        (
            "Range: {min: 1, max: 5, minMessage: 'under {{ limit }}'}",
            (6,),
            "This value should be between 1 and 5.",
        ),
        ("Range: {min: 1}", ("", "x", True, []), "This value should be a valid number."),
        (
            "Date",
            (
                "2021-02-29",
                "2021-2-1",
                "20210201",
                "2021-13-01",
                20210101,
                "\u0662\u0660\u0662\u0661-01-01",
            ),
            "This value is not a valid date.",
        ),
        ("Date", ([],), TYPE.format("string")),
        ("Time", ("24:00:00", "1:00:00", "12:60:00", "12:00"), "This value is not a valid time."),
        ("Time: {withSeconds: false}", ("12:00:00", "24:00"), "This value is not a valid time."),
        (
            "DateTime",
            ("2021-01-01", "2021-02-30 00:00:00", "2021-01-01T00:00:00"),
            "This value is not a valid datetime.",
        ),
        ("DateTime: 'd.m.Y'", ("31.02.2021", "2021-01-01"), "This value is not a valid datetime."),
        ("Country", ("XX", "de", "EU", "DEU", 1), "This value is not a valid country."),
        ("Country: {alpha3: true}", ("DE", "XXX"), "This value is not a valid country."),
        ("Currency", ("EURO", "eur", "XXX"), "This value is not a valid currency."),
        ("Language", ("xx", "DE", "en_GB", "und"), "This value is not a valid language."),
        ("Language: {alpha3: true}", ("de", "xxx"), "This value is not a valid language."),
        ("Locale", ("xx", "de_XX", "german"), "This value is not a valid locale."),
        ("Locale: {canonicalize: false}", ("de-at",), "This value is not a valid locale."),
        (
            "Timezone",
            ("Mars/Base", "Berlin", "US/Pacific", "europe/berlin"),
            "This value is not a valid timezone.",
        ),
        ("Timezone: {zone: 128}", ("Asia/Tokyo",), "This value is not a valid timezone."),
        (
            "Timezone: {zone: 4096, countryCode: AT}",
            ("Europe/Berlin",),
            "This value is not a valid timezone.",
        ),
    ],
)
def test_refused(judge: Judge, constraint: str, values: tuple[object, ...], answer: str) -> None:
    """What breaks a constraint is told in the words that clients know."""
    for value in values:
        assert judge(f"- {constraint}", value) == [f"a => {answer}"], value


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("NotBlank", ("0", 0, 0.0, True, " ", [None], {"a": None})),
        ("NotBlank: {allowNull: true}", (None,)),
        ("Blank", (None, "")),
        ("NotNull", (False, "", [])),
        ("IsTrue", (None, True, 1, "1")),
        ("IsFalse", (None, False, 0, "0")),
        ("Type: integer", (None, 1, -1)),
        ("Type: numeric", ("1", " 1", "1 ", "-1.5e3", ".5", "1.", 1.5)),
        ("Type: array", ([], {}, [1], {"a": 1})),
        ("Type: list", ([], [1], {}, {"0": "a", "1": "b"})),
        ("Type: Boolean", (True,)),
        ("Length: {min: 2, max: 4}", (None, "ab", "äöü", 1234)),
        ("Length: {min: 2, allowEmptyString: true}", ("",)),
        ("Length: {max: 0}", (False,)),
        ("Email", (None, "", "a@b.c", "ä b@c.de")),
        ("Email: html5", ("first.last+tag@sub.example.com",)),
        ("Email: html5-allow-no-tld", ("a@b",)),
        (
            "Url",
            (
                None,
                "",
                "http://localhost",
                "https://a.de:8080/b?c=d#e",
                "http://192.168.0.1/",
                "http://[::1]/",
            ),
        ),
        ("Url: {requireTld: true, relativeProtocol: true}", ("http://a.de/b", "//a.de/b")),
        ("Url: {relativeProtocol: true}", ("//a.de/b", "https://a.de")),
        ("Url: {protocols: [ftp, http]}", ("ftp://a.de/file",)),
        ("Regex: '/^[a-z]+$/'", (None, "", "abc")),
        ("Regex: {pattern: '/^A$/', normalizer: mb_strtoupper, htmlPattern: '^A$'}", ("a",)),
        (
            "Uuid",
            (
                None,
                "",
                "216fff40-98d9-11e3-a5e2-0800200c9a66",
                "216FFF40-98D9-41E3-A5E2-0800200C9A66",
            ),
        ),
        (
            "Uuid: {strict: false}",
            (
                "{216fff40-98d9-11e3-a5e2-0800200c9a66}",
                "216f-ff40-98d9-11e3-a5e2-0800-200c-9a66",
                "216fff4098d911e3a5e20800200c9a66",
            ),
        ),
        ("Ip", (None, "", "1.2.3.4", "10.0.0.1")),
        ("Ip: all", ("1.2.3.4", "::1")),
        ("Ip: {version: all_public}", ("8.8.8.8", "2001:4860:4860::8888")),
        ("Ip: {version: 4_private}", ("10.1.2.3",)),
        ("Json", (None, "", "{}", "[1]", '"a"', "1", 1)),
        ("Choice: [red, 1]", (None, "red", 1)),
        ("Choice: {choices: {a: red}}", ("red",)),
        ("Choice: {choices: [1], strict: false}", ("1", 1.0, True)),
        ("Choice: {choices: [a, b], multiple: true, min: 1, max: 2}", (None, ["a"], ["a", "b"])),
        ("Count: {min: 1, max: 2}", (None, [1], {"a": 1, "b": 2})),
        ("Count: {divisibleBy: 2}", ([], [1, 2])),
        ("Unique", (None, [], [1, "1", 1.0, True], [{"a": 1}, {"a": 2}])),
        ("Unique: {fields: sku}", ([{"sku": 1}, {"sku": 2}, {}, {}],)),
        ("EqualTo: 5", (None, 5, "5", 5.0, " 5")),
        ("EqualTo: ''", (None, "", False)),
        ("NotEqualTo: 5", (None, 6, "five")),
        ("IdenticalTo: 5", (5,)),
        ("GreaterThan: 0", (None, 1, "1", 0.1, "x", [])),
        ("LessThan: b", ("a", "B")),
        ("Positive", (None, 1, "1")),
        ("DivisibleBy: 3", (None, 0, 3, "6", -9, 3.0)),
        ("DivisibleBy: 0.1", (0.3, 1, "1.2")),
        ("Range: {min: 1, max: 5}", (None, 1, 5, "3", 1.5)),
        ("Range: {min: '1', max: 5.5}", (5.5,)),
        ("Range: {min: 1}", (10**400, "1e999", "9" * 50)),
        ("Date", (None, "", "2020-02-29", "0001-01-01")),
        ("Time", (None, "", "00:00:00", "23:59:59")),
        ("Time: {withSeconds: false}", ("23:59",)),
        ("DateTime", (None, "", "2021-01-31 23:59:59")),
        ("DateTime: 'd.m.Y'", ("29.02.2020", "1.2.2021")),
        (r"DateTime: 'Y-m-d\TH:i:sP'", ("2021-01-31T23:59:59+01:00", "2021-01-31T23:59:59Z")),
        ("DateTime: 'D, j M y g:i a'", ("Mon, 1 Feb 21 1:30 pm",)),
        ("DateTime: 'U'", ("1700000000", 1700000000)),
        ("Country", (None, "", "DE", "AT", "CH")),
        ("Country: {alpha3: true}", ("DEU", "AUT")),
        ("Currency", (None, "", "EUR", "CHF", "DEM")),
        ("Language", (None, "", "de", "en", "gsw")),
        ("Language: {alpha3: true}", ("deu", "gsw")),
        ("Locale", (None, "", "de", "de_AT", "de-at", "zh_Hant_TW")),
        ("Timezone", (None, "", "Europe/Berlin", "Asia/Kolkata", "UTC")),
        ("Timezone: {zone: 4095}", ("US/Pacific",)),
        ("Timezone: {zone: 144}", ("Asia/Tokyo", "Europe/Paris")),
        ("Timezone: {zone: 4096, countryCode: AT}", ("Europe/Vienna",)),
    ],
)
def test_passed(judge: Judge, constraint: str, values: tuple[object, ...]) -> None:
    """What a constraint allows passes, by the rules of PHP."""
    for value in values:
        assert judge(f"- {constraint}", value) == [], value


@pytest.mark.parametrize(
    ("constraint", "value", "answer"),
    [
        ("NotBlank: {message: Say something.}", "", "Say something."),
        ("NotBlank: {message: 'Not {{ value }}!'}", [], "Not array!"),
        ("Email: {message: '{{ value }} is odd'}", "x", '"x" is odd'),
        ("Type: {type: int, message: '{{ value }}: {{ type }}'}", True, "true: int"),
        ("Length: {max: 1, maxMessage: 'at most {{ limit }}'}", "ab", "at most 1"),
        ("Length: {max: 2, maxMessage: 'one|{{ limit }} at most'}", "abc", "2 at most"),
        ("Length: {max: 0, maxMessage: '{0} none|one|{{ limit }}'}", "a", "none"),
        ("Length: {max: 7, maxMessage: 'one|[5,Inf] many'}", "abcdefgh", "many"),
        ("Length: {max: 1, maxMessage: '{{ value_length }}, not {{ limit }}'}", "ab", "2, not 1"),
        ("Choice: {choices: [a, 1], message: '{{ choices }}?'}", "b", '"a", 1?'),
        ("EqualTo: {value: 1.0, message: '{{ compared_value }}'}", 2, "1"),
        ("EqualTo: {value: 1e25, message: '{{ compared_value }}'}", 2, "1.0E+25"),
        ("GreaterThan: {value: 3, message: '{{ value }} < {{ other }}'}", 2.5, "2.5 < {{ other }}"),
        ("Regex: {pattern: '/x/', message: '{{ value }}'}", "{{ value }}", '"{{ value }}"'),
    ],
)
def test_texts_of_the_file(judge: Judge, constraint: str, value: object, answer: str) -> None:
    """Texts of the file are used, in their form for the number, and are filled once."""
    assert judge(f"- {constraint}", value) == [f"a => {answer}"]


def test_constraint_of_a_plugin(judge: Judge) -> None:
    """A plugin adds a constraint by name, with options that are judged as those of the others."""

    def prefixed(options: Mapping[str, object]) -> Test:
        prefix, broken = str(options["prefix"]), str(options["message"])
        return lambda value: None if str(value).startswith(prefix) else broken

    sku = Constraint(
        "Sku",
        prefixed,
        {"prefix": Option(text, "0"), "message": message("This is no SKU.")},
        bare="prefix",
    )

    assert judge("- Sku", "1", (sku,)) == ["a => This is no SKU."]
    assert judge("- Sku: '1'", "12", (sku,)) == []
    assert judge("- All: [Sku]", ["0", "1"], (sku,)) == ["a.1 => This is no SKU."]


def test_plugin_replaces_a_constraint(judge: Judge) -> None:
    """A plugin's constraint with the name of a built-in one is used in its place."""
    country = Constraint("Country", lambda options: lambda value: "Never.")

    assert judge("- Country", "DE", (country,)) == ["a => Never."]
