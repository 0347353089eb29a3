"""Rules over generated values: of every constraint, and of PHP's comparisons."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from glue_legacy_api.rules import RuleFile, Rules, php
from glue_legacy_api.rules.messages import plural
from glue_legacy_api.rules.patterns import compile_pattern

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["0", "1", "1e3", " 1", "abc", "DE", "EUR", "2020-02-29", "a@b.de"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)

EVERY = """
things:
  post:
    a:
      - NotBlank
      - Blank
      - NotNull
      - IsNull
      - IsTrue
      - IsFalse
      - Type: [numeric, list, alpha]
      - Length: {min: 2, max: 3}
      - Regex: '/^[\\w-]+$/u'
      - Regex: '/^[\\w-]+$/'
      - Email
      - Email: strict
      - Url
      - Uuid
      - Ip: all_public
      - Json
      - Choice: [a, 1, true, ~]
      - Choice: {choices: [a, 1], multiple: true, min: 1, max: 2}
      - Count: {min: 1, max: 2, divisibleBy: 2}
      - Unique
      - Unique: {fields: [a]}
      - EqualTo: 5
      - IdenticalTo: 5
      - GreaterThan: abc
      - LessThanOrEqual: 2.5
      - Positive
      - DivisibleBy: 0.1
      - Range: {min: 1, max: 2}
      - Date
      - DateTime: 'D, d.m.Y H:i:s.u P'
      - Time
      - Country
      - Currency
      - Language
      - Locale
      - Timezone
      - All: [NotBlank, {Collection: {a: [NotBlank]}}]
      - Sequentially: [NotBlank, Email]
      - AtLeastOneOf: [Email, {Count: {min: 1}}]
      - Collection: {a: [NotBlank], b: [{Optional: [Email]}]}
"""
ALL_RULES = Rules.read([], shipped=[RuleFile("every", EVERY.encode())])
LIMITS = Rules.read(
    [],
    shipped=[
        RuleFile("limits", {"things": {"post": {"a": [{"Length": {"min": 2, "max": 4}}]}}}),
        RuleFile("ranges", {"things": {"patch": {"a": [{"Range": {"min": -5, "max": 7}}]}}}),
    ],
)


@given(VALUES)
@example(1.797693134862316e307)
@example(10**400)
def test_no_value_raises(value: object) -> None:
    """Whatever a client sends, every constraint answers with texts that can be written as JSON."""
    found = ALL_RULES.check("things", "post", None, {"a": value})

    assert found
    for each in found:
        assert each.path.split(".")[0] == "a"
        assert json.dumps(each.message)


@given(st.text(max_size=6))
def test_length_counts_code_points(value: str) -> None:
    """A text is in the limits where the number of its code points is."""
    broken = LIMITS.check("things", "post", None, {"a": value})

    assert (not broken) is (2 <= len(value) <= 4)


@given(st.integers() | st.floats(allow_nan=False))
def test_range_is_that_of_numbers(value: float) -> None:
    """A number, and its text, is in a range where it is between the limits."""
    expected = -5 <= value <= 7

    assert (not LIMITS.check("things", "patch", None, {"a": value})) is expected
    if abs(value) < 1e300:
        assert (not LIMITS.check("things", "patch", None, {"a": repr(value)})) is expected


@given(VALUES, VALUES)
def test_order_is_the_same_from_both_sides(left: object, right: object) -> None:
    """What is less than another is followed by it; equal is equal both ways."""
    there, back = php.compare(left, right), php.compare(right, left)

    if there is not None and back is not None:
        assert (there > 0, there == 0) == (back < 0, back == 0)


@given(VALUES)
def test_everything_is_itself(value: object) -> None:
    """A value equals itself, and is identical to a copy of it."""
    copy = json.loads(json.dumps(value))

    assert php.compare(value, value) == 0
    assert php.identical(value, copy)


@given(VALUES, VALUES)
def test_identical_is_equal(left: object, right: object) -> None:
    """What is identical is equal and of one type; what differs in type is never identical."""
    if php.identical(left, right):
        assert php.compare(left, right) == 0
        assert php.type_name(left) == php.type_name(right)


@given(st.text(), st.integers(0, 20))
def test_plural_never_raises(text: str, count: int) -> None:
    """Whatever a file says for a text, some form of it is chosen."""
    assert isinstance(plural(text, count), str)


@given(
    st.text("abc[]^-\\dwx:{}(),12|&~.*+?$ ä", max_size=12), st.sampled_from(["", "u", "iu", "x"])
)
def test_pattern_is_compiled_or_refused(body: str, flags: str) -> None:
    """Whatever stands in a pattern, it is compiled or refused, without a warning."""
    try:
        matches = compile_pattern(f"/{body}/{flags}")
    except ValueError:
        return
    matches("abc ä 12")


@given(st.text(min_size=1, max_size=8).filter(lambda text: "/" not in text and "\\" not in text))
def test_quoted_pattern_finds_itself(text: str) -> None:
    """A text that is quoted in a pattern finds itself, whatever is in it."""
    assert compile_pattern(f"/^\\Q{text}\\E$/")(text)
    inside = "".join(f"\\{each}" if each in "[]^-" else each for each in text)
    assert compile_pattern(f"/^[{inside}]+$/u")(text)
