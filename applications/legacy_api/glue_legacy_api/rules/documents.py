"""Reads rule files: YAML with the line of every value, by the rules that PHP's reader follows.

Nothing is made by a tag, and words are what they look like: ``no`` is a text (and a country), not
false, as in YAML 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

Scalar = str | int | float | bool | None

_NULL: Final = re.compile(r"~|null|Null|NULL|")
_BOOLEAN: Final = re.compile(r"(true|True|TRUE)|false|False|FALSE")
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_OTHER_INTEGER: Final = re.compile(r"0x[0-9a-fA-F_]+|0o[0-7_]+")
_FLOAT: Final = re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+\.")
_OWN_TAGS: Final = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a rule file, and where it stands.

    Attributes:
        value: A scalar, a sequence, or a mapping by text.
        file: Name of the file.
        line: Line, from 1; None in rules that are written in Python.
    """

    value: Scalar | Sequence[Located] | Mapping[str, Located]
    file: str
    line: int | None

    @property
    def plain(self) -> object:
        """The value without places, as Python has it."""
        if isinstance(self.value, Mapping):
            return {name: each.plain for name, each in self.value.items()}
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return [each.plain for each in self.value]
        return self.value


class Problems:
    """Gathers everything that is wrong in the files, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: set[tuple[str, int, str]] = set()
        self.reports = 0

    def add(self, at: Located, text: str) -> None:
        """Report what is wrong with a value."""
        self.add_line(at.file, at.line, text)

    def add_line(self, file: str, line: int | None, text: str) -> None:
        """Report what is wrong at a place. What several stores share is told once."""
        self.reports += 1
        self._found.add((file, line or 0, text))

    def lines(self) -> list[str]:
        """Return one line for each problem, by file and line."""
        return [
            f"  {file}:{line}  {text}" if line else f"  {file}  {text}"
            for file, line, text in sorted(self._found)
        ]


class _Loader(yaml.SafeLoader):
    """Leaves values without a tag where a file writes none, and finds no types by itself."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        return ""


def read_yaml(file: str, content: bytes, problems: Problems) -> Located | None:
    """Read a file.

    Args:
        file: What errors call it.
        content: Its bytes.
        problems: Gets everything that is wrong.

    Returns:
        What it says, as far as that can be read; None where nothing can.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add_line(file, line, "This is not UTF-8. Save the file as UTF-8.")
        return None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problems.add_line(file, mark.line + 1 if mark else None, _not_yaml(text, error))
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.add_line(file, line, f"YAML has no character {error.character!r}. Remove it.")
        return None
    if node is None:
        return Located({}, file, 1)
    return _Walk(file, problems).read(node, ())


def read_python(name: str, content: object, problems: Problems) -> Located:
    """Read rules that are written in Python.

    Args:
        name: What errors call them.
        content: Mappings, sequences and scalars, as in a file.
        problems: Gets everything that is wrong.
    """
    if isinstance(content, Mapping):
        named = {str(key): read_python(name, each, problems) for key, each in content.items()}
        return Located(named, name, None)
    if content is None or isinstance(content, str | bool | int | float):
        return Located(content, name, None)
    if isinstance(content, Sequence) and not isinstance(content, bytes):
        return Located([read_python(name, each, problems) for each in content], name, None)
    problems.add_line(name, None, f"{content!r} is no value of a rule file. Use texts and numbers.")
    return Located(None, name, None)


def _not_yaml(text: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    if mark is not None:
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return "YAML is not indented with tabs. Use spaces."
    return f"This is not YAML: {error.problem or error.context}."


class _Walk:
    """Turns the nodes of one file into values with lines."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems

    def read(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Located:
        if any(node is each for each in above):
            self._add(node, "This alias is inside what it stands for. Write the rules out.")
            return self._at(node, None)
        self._refuse_tag(node)
        if isinstance(node, yaml.MappingNode):
            return self._at(node, self._mapping(node, (*above, node)))
        if isinstance(node, yaml.SequenceNode):
            return self._at(node, [self.read(each, (*above, node)) for each in node.value])
        return self._at(node, self._scalar(node))

    def _mapping(
        self, node: yaml.MappingNode, above: tuple[yaml.Node, ...]
    ) -> Mapping[str, Located]:
        found: dict[str, Located] = {}
        merged: dict[str, Located] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._add(key, "A name is one word here, not a list or a mapping.")
            elif key.value == "<<" and key.style is None:
                merged = {**merged, **self._merged(value, above)}
            elif key.value in found:
                first = found[key.value].line
                self._add(key, f"{key.value!r} stands twice, also in line {first}. Remove one.")
            else:
                found[key.value] = self.read(value, above)
        return {**merged, **found}

    def _merged(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Mapping[str, Located]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: dict[str, Located] = {}
        for part in reversed(parts):
            read = self.read(part, above).value
            if isinstance(read, Mapping):
                found |= read
            else:
                self._add(part, "'<<' takes a mapping, or a list of mappings.")
        return found

    def _scalar(self, node: yaml.Node) -> Scalar:
        text = str(node.value)
        plain = getattr(node, "style", None) is None
        if node.tag and node.tag not in _OWN_TAGS:
            return None
        if node.tag or not plain:
            return text
        if _NULL.fullmatch(text):
            return None
        if boolean := _BOOLEAN.fullmatch(text):
            return boolean.group(1) is not None
        if _INTEGER.fullmatch(text):
            return int(text)
        if _OTHER_INTEGER.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text) and any(sign in text for sign in ".eE"):
            return float(text)
        return text

    def _refuse_tag(self, node: yaml.Node) -> None:
        """Report a tag that would make something."""
        if node.tag and node.tag not in _OWN_TAGS:
            written = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._add(node, f"The tag {written!r} makes nothing here. Write the value itself.")

    def _at(
        self, node: yaml.Node, value: Scalar | Sequence[Located] | Mapping[str, Located]
    ) -> Located:
        return Located(value, self._file, node.start_mark.line + 1)

    def _add(self, node: yaml.Node, text: str) -> None:
        self._problems.add_line(self._file, node.start_mark.line + 1, text)
