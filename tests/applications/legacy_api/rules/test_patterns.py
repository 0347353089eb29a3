"""Regular expressions of PHP."""

from __future__ import annotations

import time

import pytest

from glue_legacy_api.rules.patterns import TIME_LIMIT, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", "the pattern is empty"),
        ("abc", "a pattern stands between delimiters"),
        ("/abc", "the delimiter '/' is not closed"),
        ("(abc", "the delimiter '(' is not closed"),
        ("/a/b/", "stands in the pattern"),
        ("/a/q", "PHP has no flag 'q'"),
        ("/a/U", "turns greedy and lazy around"),
        ("/a/e", "runs code"),
        ("/(a/", "the pattern is wrong"),
        ("/[a/", "a '[' is not closed"),
        ("/[d--]/", "the pattern is wrong"),
        (r"/\y/", r"'\y' is not known here"),
        (r"/\x{20ac}/", "use the flag 'u'"),
        ("/(*UTF8)a/", "verbs"),
        ("/(?C1)a/", "callouts"),
        (r"/(a)\g{-1}/", "relative numbers are not known"),
        ("/a\\/", "it ends with a backslash"),
        (r"/[\R]/", "not known inside brackets"),
    ],
)
def test_pattern_that_cannot_be_translated(pattern: str, text: str) -> None:
    """What is no pattern, or cannot be run here, says why."""
    with pytest.raises(ValueError, match=r".*") as caught:
        compile_pattern(pattern)

    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("/b/", ["abc"], ["ac"]),
        ("#^/a$#", ["/a"], ["a"]),
        ("{^a{2}$}", ["aa"], ["a"]),
        ("~^A$~i", ["a"], ["b"]),
        (r"/^a\/b$/", ["a/b"], ["ab"]),
        ("/^a$/", ["a", "a\n"], ["a\nb"]),
        ("/^a$/D", ["a"], ["a\n"]),
        ("/^b$/m", ["a\nb\nc"], ["abc"]),
        (r"/^a\z/", ["a"], ["a\n"]),
        (r"/^a\Z/", ["a", "a\n"], ["a\n\n"]),
        ("/^a.b$/s", ["a\nb"], ["ab"]),
        ("/a b # comment ( \n c/x", ["abc"], ["ab"]),
        ("/b/A", ["bc"], ["ab"]),
        ("/^.$/u", ["ä", "€"], ["ab"]),
        ("/^.$/", ["a"], ["ä"]),
        ("/^..$/", ["ä"], ["€"]),
        ("/^[ä]+$/", ["ä"], ["a"]),
        (r"/^\w+$/", ["a_1"], ["ä"]),
        (r"/^\w+$/u", ["ä_1"], ["-"]),
        (r"/^[\p{L} '-]+$/u", ["Jürg O'Neill-Łuk"], ["a1", "a_b"]),
        (r"/^\p{Lu}\PL$/u", ["Ä1"], ["ä1", "Äb"]),
        (r"/^\p{^L}$/u", ["1"], ["a"]),
        ("/^[[:alpha:]-]+$/", ["a-b"], ["1"]),
        ("/^[[:^digit:]]$/", ["a"], ["1"]),
        ("/^[a[]+$/", ["[a"], ["b"]),
        ("/^[]a]+$/", ["]a"], ["b"]),
        ("/^[^]a]+$/", ["b"], ["]"]),
        ("/^[a-]+$/", ["a-"], ["b"]),
        ("/^[-a]+$/", ["-a"], ["b"]),
        (r"/^[\d-z]+$/", ["1-z"], ["y"]),
        (r"/^[a-\d]+$/", ["a-1"], ["b"]),
        ("/^[a&&b||c~~-]+$/", ["&|~-"], ["e"]),
        ("/^[+--]+$/", ["+,-"], ["a", "*"]),
        (r"/^[\w.\-+]+$/", ["a.b-c+d"], ["a b"]),
        (r"/^\x41\x{42}\101$/", ["ABA"], ["ABB"]),
        (r"/^\x{20ac}$/u", ["€"], ["e"]),
        (r"/^\Qa.b\E.$/", ["a.bc"], ["axbc"]),
        (r"/^[\Q]-\E]+$/", ["]-"], ["a"]),
        (r"/^a\h+b$/", ["a \tb"], ["a\nb"]),
        (r"/^a\v+b$/", ["a\n\rb"], ["a b"]),
        (r"/^a\Rb$/", ["a\r\nb", "a\nb"], ["a b"]),
        (r"/^a\Nb$/", ["a b"], ["a\nb"]),
        (r"/^(a|b)\1$/", ["aa", "bb"], ["ab"]),
        (r"/^(?<x>a|b)\k<x>\k{x}$/", ["aaa"], ["aba"]),
        (r"/^(?'x'a|b)(?P=x)$/", ["aa"], ["ab"]),
        (r"/^(\((?:[^()]|(?1))*\))$/", ["(a(b))"], ["(a(b)"]),
        ("/^a(?i)b$/", ["aB"], ["AB"]),
        ("/^(?>a+)b|a++c$/", ["aab", "aac"], ["aad"]),
        ("/^(?=.*[A-Z])(?!.* ).{8,}$/", ["abcdefgH"], ["abcdefgh", "abc efgH"]),
        ("/^a{,2}$/", ["a{,2}"], ["aa"]),
        ("/^(?:ab){e<=1}$/", ["ab{e<=1}"], ["ab", "ac"]),
        (r"/^\$\.\ \-$/", ["$. -"], ["a"]),
        ("/^a(?#it's (fine)b$/", ["ab"], ["a"]),
        (" /a/ ", ["a"], ["b"]),
        (r"/^\cA$/", ["\x01"], ["A"]),
        (r"/^\o{101}\0$/", ["A\x00"], ["A"]),
    ],
)
def test_pattern_means_the_same(pattern: str, matching: list[str], others: list[str]) -> None:
    """A pattern finds what PHP finds with it."""
    matches = compile_pattern(pattern)

    assert [text for text in matching if not matches(text)] == []
    assert [text for text in others if matches(text)] == []


def test_pattern_that_explodes() -> None:
    """A text that takes a pattern too long does not match; the request goes on."""
    matches = compile_pattern(r"/^(a|aa|a?)+(b\1)$/")
    started = time.monotonic()

    assert not matches("a" * 5000 + "c")
    assert time.monotonic() - started < 20 * TIME_LIMIT


def test_broken_text() -> None:
    """A text that is no Unicode never matches a pattern for it."""
    assert not compile_pattern("/./u")("\ud800")
    assert compile_pattern("/^...$/")("\ud800")
