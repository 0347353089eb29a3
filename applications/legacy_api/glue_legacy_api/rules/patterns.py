r"""Regular expressions of PHP for Python: ``/^[\p{L} -]+$/iu`` becomes a compiled pattern.

PHP writes them with delimiters and flags, in the syntax of PCRE. They are run by the library
`regex`, which knows properties, recursion and possessive quantifiers; what it writes in another way
is translated here, and what it cannot do is refused. Without the flag ``u`` PHP looks at bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import regex

TIME_LIMIT: Final = 0.2
"""Seconds a pattern may run; PHP gives up as well, after a number of steps."""

_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "<": ">"}
_FLAGS: Final = {
    "i": regex.IGNORECASE,
    "m": regex.MULTILINE,
    "s": regex.DOTALL,
    "x": regex.VERBOSE,
    "u": 0,
    "D": 0,
    "A": 0,
    "S": 0,
    "X": 0,
}
_REFUSED_FLAGS: Final = {
    "U": "turns greedy and lazy around; write '?' behind the quantifiers instead",
    "e": "runs code; PHP has no such flag any more",
    "J": "gives several groups one name; give each its own",
    "n": "makes groups count for nothing; write '(?:' instead",
}
_QUANTIFIER: Final = re.compile(r"\{(\d+)(,(\d*))?\}")
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.A)
_POSIX: Final = re.compile(r"\[:\^?[a-z]+:\]")
_LITERAL_ESCAPES: Final = {
    "a": r"\x07",
    "e": r"\x1b",
    "f": r"\x0c",
    "n": r"\n",
    "r": r"\r",
    "t": r"\t",
}
_SAME: Final = "dDwWsSbBAGKX"
_SAME_IN_CLASS: Final = "dDwWsS"
_WIDE_HORIZONTAL: Final = r"\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_WIDE_VERTICAL: Final = r"\u2028\u2029"


def compile_pattern(written: str) -> Callable[[str], bool]:
    """Compile a pattern as PHP writes it.

    Args:
        written: The pattern with delimiters and flags.

    Returns:
        Tells whether a text contains a match. A text that takes too long has none, as in PHP.

    Raises:
        ValueError: It is no pattern, or cannot be translated; says why.
    """
    body, letters = _split(written)
    flags = 0
    for letter in letters:
        if letter in _REFUSED_FLAGS:
            raise ValueError(f"the flag {letter!r} {_REFUSED_FLAGS[letter]}")
        if letter not in _FLAGS:
            raise ValueError(f"PHP has no flag {letter!r}")
        flags |= _FLAGS[letter]
    translated = _Translation(
        body, "u" in letters, "x" in letters, "D" in letters and "m" not in letters
    )
    source = translated.run()
    if "A" in letters:
        source = rf"\G(?:{source})"
    try:
        if "u" in letters:
            return _over_text(regex.compile(source, flags | regex.VERSION1))
        raw = source.encode("utf-8")
        return _over_bytes(regex.compile(raw, flags | regex.VERSION1 | regex.ASCII))
    except regex.error as error:
        raise ValueError(f"the pattern is wrong: {error}") from error


def _over_text(pattern: regex.Pattern[str]) -> Callable[[str], bool]:
    def matches(value: str) -> bool:
        try:
            value.encode("utf-8")
            return pattern.search(value, timeout=TIME_LIMIT) is not None
        except (UnicodeEncodeError, TimeoutError):
            return False

    return matches


def _over_bytes(pattern: regex.Pattern[bytes]) -> Callable[[str], bool]:
    def matches(value: str) -> bool:
        try:
            raw = value.encode("utf-8", "surrogatepass")
            return pattern.search(raw, timeout=TIME_LIMIT) is not None
        except TimeoutError:
            return False

    return matches


def _split(written: str) -> tuple[str, str]:
    text = written.lstrip(" \t\n\r\v\f")
    if not text:
        raise ValueError("the pattern is empty")
    start = text[0]
    if start.isalnum() or start in "\\\0":
        raise ValueError("a pattern stands between delimiters, as in '/^[a-z]+$/'")
    end = text.rfind(_BRACKETS.get(start, start))
    if end < 1:
        raise ValueError(f"the delimiter {start!r} is not closed")
    body, flags = text[1:end], text[end + 1 :].strip(" \r\n")
    if start not in _BRACKETS and re.search(rf"(?<!\\)(?:\\\\)*{re.escape(start)}", body):
        raise ValueError(f"the delimiter {start!r} stands in the pattern; write '\\{start}'")
    return body, flags


@dataclass(slots=True)
class _Translation:
    """Walks a pattern once, from left to right."""

    body: str
    unicode: bool
    verbose: bool
    dollar_end: bool
    at: int = 0
    out: list[str] = field(default_factory=list)

    def run(self) -> str:
        while self.at < len(self.body):
            char = self.body[self.at]
            if char == "\\":
                self._escape()
            elif char == "[":
                self._character_class()
            elif char == "(":
                self._group()
            elif char == "{":
                self._brace()
            elif char == "#" and self.verbose:
                self._comment()
            elif char == "$" and self.dollar_end:
                self._put(r"\Z", 1)
            else:
                self._put(char, 1)
        return "".join(self.out)

    def _put(self, text: str, length: int) -> None:
        self.out.append(text)
        self.at += length

    def _comment(self) -> None:
        end = self.body.find("\n", self.at)
        self.at = len(self.body) if end < 0 else end + 1

    def _brace(self) -> None:
        quantifier = _QUANTIFIER.match(self.body, self.at)
        if quantifier:
            self._put(quantifier.group(), len(quantifier.group()))
        else:
            # The library reads other braces as a search with mistakes.
            self._put(r"\{", 1)

    def _group(self) -> None:
        rest = self.body[self.at :]
        if rest.startswith("(*"):
            raise ValueError("verbs such as '(*UTF8)' are not known here; use flags")
        if rest.startswith("(?C"):
            raise ValueError("callouts are not known here")
        if rest.startswith("(?'"):
            name = self._name_until("'", self.at + 3)
            self._put(f"(?P<{name}>", len(name) + 4)
        else:
            self._put("(", 1)
            if rest.startswith("(?#"):
                end = self.body.find(")", self.at)
                if end < 0:
                    raise ValueError("a comment is not closed")
                self._put(self.body[self.at : end + 1], end + 1 - self.at)
            elif rest.startswith("(?"):
                self._put("?", 1)

    def _name_until(self, end: str, start: int) -> str:
        stop = self.body.find(end, start)
        name = self.body[start:stop] if stop >= 0 else ""
        if not _NAME.fullmatch(name):
            raise ValueError("the name of a group is wrong")
        return name

    def _escape(self) -> None:
        char = self._escaped()
        if char in "QE":
            self._quoted(char)
        elif char in _SAME:
            self._put(f"\\{char}", 2)
        elif char == "Z":
            self._put(r"(?=\n?\Z)", 2)
        elif char == "z":
            self._put(r"\Z", 2)
        elif char == "R":
            wide = "|" + "|".join((r"\u2028", r"\u2029")) if self.unicode else ""
            self._put(rf"(?>\r\n|\n|\x0b|\f|\r|\x85{wide})", 2)
        elif char == "N" and self.body[self.at + 2 : self.at + 3] != "{":
            self._put(r"[^\n]", 2)
        elif char in "hHvV":
            inside = self._space(char.lower())
            self._put(f"[{'^' if char.isupper() else ''}{inside}]", 2)
        elif char in "kg":
            self._reference(char)
        elif char.isascii() and char.isdigit() and char != "0":
            digits = re.match(r"\d+", self.body[self.at + 1 :], re.A)
            found = digits.group() if digits else char
            self._put(rf"(?:\{found})", 1 + len(found))
        else:
            self._common_escape(char)

    def _escaped(self) -> str:
        if self.at + 1 >= len(self.body):
            raise ValueError("it ends with a backslash")
        return self.body[self.at + 1]

    def _reference(self, letter: str) -> None:
        found = re.compile(r"\{(\w+)\}|<(\w+)>|'(\w+)'|(\d+)", re.A).match(self.body, self.at + 2)
        name = next((each for each in found.groups() if each), None) if found else None
        if found is None or name is None:
            raise ValueError(f"'\\{letter}' names no group; relative numbers are not known here")
        if letter == "g" and found.group(1) is None and found.group(4) is None:
            call = f"(?{name})" if name.isdigit() else f"(?&{name})"
            self._put(call, 2 + len(found.group()))
            return
        reference = rf"(?:\{name})" if name.isdigit() else f"(?P={name})"
        self._put(reference, 2 + len(found.group()))

    def _space(self, letter: str) -> str:
        if letter == "h":
            return r"\t \xa0" + (_WIDE_HORIZONTAL if self.unicode else "")
        return r"\n\x0b\x0c\r\x85" + (_WIDE_VERTICAL if self.unicode else "")

    def _common_escape(self, char: str) -> None:
        """Translate what means the same inside a class and outside."""
        if char in _LITERAL_ESCAPES:
            self._put(_LITERAL_ESCAPES[char], 2)
        elif char == "x":
            self._hexadecimal()
        elif char in "o0":
            self._octal(char)
        elif char == "c":
            if self.at + 2 >= len(self.body):
                raise ValueError("'\\c' is not complete")
            code = ord(self.body[self.at + 2].upper()) ^ 64
            self._put(rf"\x{code & 0xFF:02x}", 3)
        elif char in "pP":
            self._property(char)
        elif char.isascii() and char.isalnum():
            raise ValueError(f"'\\{char}' is not known here")
        else:
            self._put(_literal(char), 2)

    def _hexadecimal(self) -> None:
        found = re.compile(r"\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{0,2})").match(self.body, self.at + 2)
        digits = (found.group(1) or found.group(2) or "0") if found else "0"
        length = len(found.group()) if found else 0
        self._code(int(digits, 16), 2 + length)

    def _octal(self, char: str) -> None:
        wanted = r"\{([0-7]+)\}" if char == "o" else r"([0-7]{0,2})"
        found = re.compile(wanted).match(self.body, self.at + 2)
        if found is None:
            raise ValueError("'\\o' is not complete")
        self._code(int(found.group(1) or "0", 8), 2 + len(found.group()))

    def _code(self, code: int, length: int) -> None:
        if code > (0x10FFFF if self.unicode else 0xFF):
            raise ValueError(f"the character {code:#x} is too large; use the flag 'u'")
        self._put(rf"\U{code:08x}" if self.unicode else rf"\x{code:02x}", length)

    def _property(self, letter: str) -> None:
        found = re.compile(r"\{\^?\s*[\w& ]+\}|[A-Z]", re.A).match(self.body, self.at + 2)
        if found is None:
            raise ValueError(f"'\\{letter}' names no property")
        name = found.group().strip("{}").replace(" ", "")
        if name.startswith("^"):
            letter, name = ("P" if letter == "p" else "p"), name[1:]
        special = {"L&": "[\\p{Lu}\\p{Ll}\\p{Lt}]", "Any": "[\\s\\S]"}.get(name)
        if special and letter == "P":
            special = f"[^{special[1:]}"
        self._put(special or rf"\{letter}{{{name}}}", 2 + len(found.group()))

    def _character_class(self) -> None:
        self._put("[", 1)
        if self.body.startswith("^", self.at):
            self._put("^", 1)
        first, single = True, False
        while self.at < len(self.body):
            if self.body[self.at] == "]" and not first:
                self._put("]", 1)
                return
            first = False
            if single and self._range_follows():
                self._put("-", 1)
                self._item()
                single = False
            else:
                single = self._item()
        raise ValueError("a '[' is not closed")

    def _range_follows(self) -> bool:
        """Return whether a hyphen and a last character come next, and not a literal hyphen."""
        rest = self.body[self.at : self.at + 3]
        if len(rest) < 2 or rest[0] != "-" or rest[1] == "]":
            return False
        posix = _POSIX.match(self.body, self.at + 1)
        return not posix and not re.match(r"\\[dDwWsSpPhHvVQE]", rest[1:])

    def _item(self) -> bool:
        """Translate one part of a class; return whether it is one character."""
        char = self.body[self.at]
        if posix := _POSIX.match(self.body, self.at):
            self._put(posix.group(), len(posix.group()))
            return False
        if char != "\\":
            self._put(_literal(char), 1)
            return True
        char = self._escaped()
        if char in _SAME_IN_CLASS:
            self._put(f"\\{char}", 2)
        elif char in "hv":
            self._put(self._space(char), 2)
        elif char in "HVRXBNK":
            raise ValueError(f"'\\{char}' is not known inside brackets")
        elif char in "QE":
            self._quoted(char)
        elif char in "pP":
            self._property(char)
        else:
            self._character(char)
            return True
        return False

    def _character(self, char: str) -> None:
        if char == "b":
            self._put(r"\x08", 2)
        elif char.isascii() and char.isdigit():
            found = re.match(r"[0-7]{1,3}", self.body[self.at + 1 :])
            if found is None:
                raise ValueError(f"'\\{char}' is not known inside brackets")
            self._code(int(found.group(), 8), 1 + len(found.group()))
        else:
            self._common_escape(char)

    def _quoted(self, char: str) -> None:
        """Translate what is quoted as a whole: it stands for itself."""
        if char == "E":
            self.at += 2
            return
        end = self.body.find(r"\E", self.at + 2)
        literal = self.body[self.at + 2 :] if end < 0 else self.body[self.at + 2 : end]
        self._put("".join(map(_literal, literal)), len(literal) + (2 if end < 0 else 4))


def _literal(char: str) -> str:
    """Return a character that stands for itself, inside a class and outside."""
    return f"\\{char}" if char.isascii() and not char.isalnum() else char
