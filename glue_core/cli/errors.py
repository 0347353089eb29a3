"""``glue errors``: the catalogue of what a deployment may answer that is no success."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from glue_core import codes
from glue_core.catalogue import DEFAULT_LANGUAGE
from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json
from glue_core.registry.discovery import CORE

if TYPE_CHECKING:
    from glue_core.registry.registry import ApplicationRegistry

CATALOGUE = "glue_error_catalogue"
NO_CODE = "-"


@dataclass(slots=True)
class Row:
    """An error that an application may answer: a code with a status.

    Attributes:
        application: Name of the application.
        code: Its code; None where it has none.
        status: HTTP status.
        texts: Its words by language; those of the catalogue, where there are some.
        worded_by: Id of the entry of the catalogue, or None.
        said: Ids of who may answer it, each with the words it has for it.
        operations: What may answer it: methods and paths, and names of refusals.
        otherwise: What other distributions mean by the code.
    """

    application: str
    code: str | None
    status: int
    texts: dict[str, str] = field(default_factory=dict)
    worded_by: str | None = None
    said: dict[str, dict[str, None]] = field(default_factory=dict)
    operations: dict[str, None] = field(default_factory=dict)
    otherwise: list[str] = field(default_factory=list)

    @property
    def distributions(self) -> tuple[str, ...]:
        """Names of the distributions that may answer it, in order."""
        return tuple(sorted({_owner(each) for each in self.said}))

    def words(self, language: str = DEFAULT_LANGUAGE) -> str:
        """Return its text in a language; in English, what is said where nobody words it."""
        if language in self.texts or language != DEFAULT_LANGUAGE:
            return self.texts.get(language, "")
        return " / ".join(dict.fromkeys(word for each in self.said.values() for word in each))

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "application": self.application,
            "code": self.code,
            "status": self.status,
            "texts": {DEFAULT_LANGUAGE: self.words(), **self.texts},
            "worded_by": self.worded_by,
            "said_by": {id_: list(words) for id_, words in self.said.items()},
            "operations": list(self.operations),
            "otherwise": self.otherwise,
        }


@click.command()
@click.argument("application", required=False)
@click.option("--code", help="Show the errors of one code, with the operations that answer them.")
@click.option(
    "--language", default=DEFAULT_LANGUAGE, show_default=True, help="Language of the texts."
)
@click.option(
    "--differing", is_flag=True, help="Show codes by which two distributions mean two things."
)
@click.option("--kinds", is_flag=True, help="Show the kinds of violations instead.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def errors(
    ctx: click.Context,
    application: str | None,
    code: str | None,
    language: str,
    differing: bool,
    kinds: bool,
    as_json: bool,
) -> None:
    """List every error that clients may be answered.

    Each has a code, a status, words, and who says it. All are declared by operations, steps and
    conventions, as the OpenAPI document has them. APPLICATION shows those of one.
    """
    with ctx.ensure_object(Session).deployment(application) as deployment:
        registries = {
            name: each
            for name, each in deployment.registry.applications.items()
            if each.documentation is not None
        }
        if application is not None and application not in registries:
            raise click.ClickException(
                f"{application!r} answers by itself: nobody declares its errors."
            )
        found = [row for each in registries.values() for row in rows(each)]
        violations = [kind for each in registries.values() for kind in kinds_of(each, found)]
    shown = [
        each
        for each in found
        if (code is None or each.code == code) and (each.otherwise or not differing)
    ]
    if as_json:
        show_json({"errors": [each.as_json() for each in shown], "kinds": violations})
    elif kinds:
        _show_kinds(violations, language)
    else:
        _show(shown, language, with_operations=code is not None)


def _show(found: list[Row], language: str, *, with_operations: bool) -> None:
    heading = ("APPLICATION", "CODE", "STATUS", "LANGUAGES", "SAID BY", "TEXT")
    lines = aligned(
        [
            heading,
            *(
                (
                    each.application,
                    each.code or NO_CODE,
                    str(each.status),
                    ",".join(sorted({DEFAULT_LANGUAGE, *each.texts})),
                    ",".join(each.distributions),
                    each.words(language) or NO_CODE,
                )
                for each in found
            ),
        ]
    )
    click.echo(lines[0])
    for line, row in zip(lines[1:], found, strict=True):
        click.echo(line)
        for other in row.otherwise:
            click.echo(indented(f"otherwise: {other}"))
        if with_operations:
            click.echo(indented("\n".join(row.operations)))


def _show_kinds(found: list[dict[str, Any]], language: str) -> None:
    heading = ("APPLICATION", "KIND", "LANGUAGES", "WORDED BY", "TEXT")
    rows_ = (
        (
            each["application"],
            each["kind"],
            ",".join(sorted(each["texts"])),
            each["worded_by"],
            each["texts"].get(language, NO_CODE),
        )
        for each in found
    )
    click.echo("\n".join(aligned([heading, *rows_])))


def rows(registry: ApplicationRegistry) -> list[Row]:
    """Return the errors of an application, ordered by code and status.

    Args:
        registry: The application; one that is described.
    """
    assert registry.documentation is not None
    name = registry.application.name
    found: dict[tuple[str, int], Row] = {}
    worded = {each.value.key: each for each in registry.contributed.get(CATALOGUE, ())}
    for place, id_, error in registry.documentation.errors():
        key = (error.code or "", error.status)
        row = found.setdefault(key, Row(name, error.code, error.status))
        row.said.setdefault(id_, {})[error.message] = None
        row.operations[place] = None
    for row in found.values():
        text = worded.get(row.code or "")
        if text is not None:
            row.worded_by, row.texts = text.id, dict(text.value.texts)
    ordered = [found[key] for key in sorted(found)]
    _compare(ordered)
    return ordered


def _compare(found: list[Row]) -> None:
    """Note what different distributions mean by one code, where that is not the same.

    What one distribution says in several ways it means to. Codes of the core are everybody's, in
    words that fit: they mean something else only with a status that the core has not for them.
    """
    owners: dict[str | None, dict[str, set[str]]] = {}
    words: dict[tuple[str | None, str], str] = {}
    for row in found:
        for owner, meaning, text in _meanings(row):
            owners.setdefault(row.code, {}).setdefault(meaning, set()).add(owner)
            words.setdefault((row.code, meaning), text)
    for row in found:
        by_meaning = owners[row.code] if row.code is not None else {}
        own = {meaning for _, meaning, _ in _meanings(row)}
        row.otherwise = [
            f"{words[row.code, each]!r} by {', '.join(sorted(theirs))}"
            for each, theirs in by_meaning.items()
            if any(theirs.isdisjoint(by_meaning[mine]) for mine in own - {each})
            and not (row.code in codes.ALL and CORE in theirs)
        ]


def _meanings(row: Row) -> Iterator[tuple[str, str, str]]:
    """Yield who says an error, what it means by that, and that in words for people."""
    for id_, said in row.said.items():
        for words in [row.texts[DEFAULT_LANGUAGE]] if DEFAULT_LANGUAGE in row.texts else said:
            letters = "".join(filter(str.isalnum, words.casefold()))
            text = "" if row.code in codes.ALL else letters
            yield _owner(id_), f"{row.status} {text}", f"{row.status} {words}"


def _owner(id_: str) -> str:
    """Return the distribution of a contribution; what no plugin contributed is the core's."""
    distribution, colon, _ = id_.partition(":")
    return distribution if colon else CORE


def kinds_of(registry: ApplicationRegistry, found: list[Row]) -> Iterator[dict[str, Any]]:
    """Yield the kinds of violations that the catalogue of an application words.

    Args:
        registry: The application.
        found: Its errors: what the catalogue words beside their codes is a kind.
    """
    name = registry.application.name
    answered = codes.ALL | {each.code for each in found if each.application == name}
    for each in sorted(registry.contributed.get(CATALOGUE, ()), key=lambda text: text.value.key):
        texts: Mapping[str, str] = each.value.texts
        if each.value.key not in answered:
            yield {
                "application": name,
                "kind": each.value.key,
                "texts": dict(texts),
                "worded_by": each.id,
            }
