"""Names in the document: of schemas, operations and path parameters, made of declarations alone."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[A-Za-z0-9]+")
_PLACEHOLDER = re.compile(r"\{([^}:]*)(?::([^}(]*)[^}]*)?\}")
_SECTION = re.compile(r"^(Args|Returns|Raises|Yields|Source|Attributes|Example|Examples):$")


def pascal(text: str) -> str:
    """Return the words of a text as one, each with a capital: ``abstract-products`` is so."""
    return "".join(word[0].upper() + word[1:] for word in _WORDS.findall(text))


def camel(text: str) -> str:
    """Return the words of a text as one that starts in lower case."""
    whole = pascal(text)
    return whole[:1].lower() + whole[1:]


def placeholders(template: str) -> list[tuple[str, str]]:
    """Return the placeholders of a path, each with the converter that is named behind a colon."""
    return [(name, kind or "") for name, kind in _PLACEHOLDER.findall(template)]


def with_placeholders(template: str, names: list[str]) -> str:
    """Return a path with other names for its placeholders."""
    following = iter(names)
    return _PLACEHOLDER.sub(lambda _: f"{{{next(following)}}}", template)


def texts_of(doc: str | None) -> tuple[str, str]:
    """Return the first line of a docstring, and its paragraphs.

    The sections for people who read code, such as ``Args:``, and all that follows are left out.
    """
    lines: list[str] = []
    for line in (doc or "").strip().splitlines():
        if _SECTION.match(line.strip()):
            break
        lines.append(line.strip())
    summary, _, rest = "\n".join(lines).strip().partition("\n\n")
    paragraphs = (" ".join(each.split()) for each in rest.split("\n\n"))
    return " ".join(summary.split()), "\n\n".join(each for each in paragraphs if each)
