"""The page of all errors: what the code can answer, in the words of the catalogues of plugins."""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from docs.making.distributions import Distribution, distributions
from docs.making.reading import Code, Said
from glue_core import ErrorText, Settings, catalogue
from glue_core.registry.discovery import CORE, installed

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "German"}
"""Languages of the page by their codes; a catalogue with another one stops the making of it."""

MOST = 4
"""Texts of one code that are listed; where there are more, they say what is wrong in a request."""

TESTS = "glue_core.testing"

Texts = Mapping[str, str]

INTRODUCTION = """\
# Errors

Every error has an HTTP status, a stable code and a text. Programs look at status and code: these
never change with the language, and texts may be bettered. Which part of a request is at fault is
told beside the code, as a pointer into the body, a parameter or a header;
[conventions](conventions.md) say how, and [the rules for bodies](#kinds-of-violations) which words
a wrong attribute gets.

A 403 without a code says that the caller is known and may not. The error answers of the server in
front, and those of gunicorn itself, have no code: [operating](operating.md#in-front-of-gunicorn).

This page is made from the code of all distributions: `python -m docs.making` writes it. `…` stands
for what the request says. [`glue errors`](commands.md#glue-errors) lists those of a deployment,
with who says them.

## Codes

"Depends" means that the text says what is wrong in the request at hand. The column of
distributions says who answers with the code; that of several is one meaning in all of them, unless
the texts differ.
"""

KINDS = """\
## Kinds of violations

What is wrong about an attribute of a body is 422 with the code `901`, once for each attribute, and
a pointer to it. The text is that of the kind of the violation. What is wrong about a query or a
header may have a kind as well, beside the code above. `{…}` is filled in.
"""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A code with one meaning.

    Attributes:
        code: The code.
        status: HTTP status.
        texts: Texts by language, as pairs; several English ones where they differ.
        distributions: Names of the distributions that answer with it.
    """

    code: str
    status: int
    texts: tuple[tuple[str, tuple[str, ...]], ...]
    distributions: tuple[str, ...] = ()


def said() -> Iterator[tuple[Distribution, Said]]:
    """Yield every error that the code of a distribution makes."""
    every = list(distributions())
    code = Code(each.package for each in every)
    for each in every:
        for error in code.errors(each.package.name, without=(TESTS,)):
            yield each, error


def catalogues() -> dict[str, dict[str, Texts]]:
    """Return what the catalogues of the installed distributions say: texts by code or kind."""
    found: dict[str, dict[str, Texts]] = defaultdict(dict)
    for text in catalogue.glue_error_catalogue():
        found[CORE][text.key] = text.texts
    names = {each.name for each in distributions()}
    for source in installed():
        hook = getattr(source.load(), "glue_error_catalogue", None)
        if hook is None or source.distribution not in names:
            continue
        takes_settings = "settings" in inspect.signature(hook).parameters
        texts: Iterable[ErrorText] = hook(settings=Settings.of({})) if takes_settings else hook()
        for text in texts:
            found[source.distribution][text.key] = text.texts
    return found


def rows() -> list[Row]:
    """Return the codes, by their order; what has one meaning in several distributions is one."""
    worded = catalogues()
    messages: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for distribution, error in said():
        messages[error.code, error.status, distribution.name].add(error.message)
    found: dict[Row, set[str]] = defaultdict(set)
    for (code, status, owner), own in messages.items():
        texts = _texts(worded, owner, code)
        english = (texts[ENGLISH],) if ENGLISH in texts else tuple(sorted(own - {""}))
        if len(english) > MOST:
            english = ()
        others = {name: (text,) for name, text in texts.items() if name != ENGLISH}
        every = {ENGLISH: english, **others}
        found[Row(code, status, tuple(sorted(every.items())))].add(owner)
    return sorted(
        Row(each.code, each.status, each.texts, tuple(sorted(names)))
        for each, names in found.items()
    )


def _texts(worded: Mapping[str, Mapping[str, Texts]], distribution: str, code: str) -> Texts:
    """Return the texts of a code where a distribution answers: its own, the core's or others'."""
    order = [distribution, CORE, *sorted(worded)]
    return next((worded[each][code] for each in order if code in worded.get(each, {})), {})


def page() -> str:
    """Return the page.

    Raises:
        ValueError: A catalogue has a language that the page has no column for.
    """
    found = rows()
    codes = {each.code for each in found}
    heads = " | ".join(LANGUAGES.values())
    lines = [INTRODUCTION, f"| code | status | {heads} | distributions |"]
    lines.append("| --- | --- |" + " --- |" * (len(LANGUAGES) + 1))
    for row in found:
        texts = dict(row.texts)
        cells = [_cell(texts.get(name, ()), name) for name in LANGUAGES]
        names = ", ".join(f"`{each}`" for each in row.distributions)
        lines.append(f"| `{row.code}` | {row.status} | {' | '.join(cells)} | {names} |")
    lines += ["", KINDS, f"| kind | {heads} | distribution |"]
    lines.append("| --- |" + " --- |" * (len(LANGUAGES) + 1))
    for distribution, texts_by_key in sorted(catalogues().items()):
        for key, texts_ in sorted(texts_by_key.items()):
            unknown = {name.partition("_")[0] for name in texts_} - set(LANGUAGES)
            if unknown:
                raise ValueError(f"Add {sorted(unknown)} to the languages of the page of errors.")
            if key not in codes:
                cells = [_escaped(texts_.get(name, "-")) for name in LANGUAGES]
                lines.append(f"| `{key}` | {' | '.join(cells)} | `{distribution}` |")
    return "\n".join(lines) + "\n"


def _cell(texts: tuple[str, ...], language: str) -> str:
    if texts:
        return "<br>".join(_escaped(each) for each in texts)
    return "Depends" if language == ENGLISH else "-"


def _escaped(text: str) -> str:
    """Return a text as Markdown shows it in the cell of a table."""
    for letter in "\\`*_[]<>|":
        text = text.replace(letter, f"\\{letter}")
    return text
