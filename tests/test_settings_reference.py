"""The settings reference says exactly what the schemas of the settings say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields, missing, validate

from glue_core import settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
TABLES: dict[str, type[Schema]] = {
    "The top level": settings.GlueSettings,
    "[quarantine]": settings.QuarantineSettings,
    "[logging]": settings.LoggingSettings,
    "[services]": settings.ServiceSettings,
    "[limits]": settings.LimitSettings,
    "[login]": settings.LoginSettings,
    "[shadow]": settings.ShadowSettings,
    "[applications.<name>]": settings.ApplicationSettings,
    "[applications.<name>.documentation]": settings.DocumentationSettings,
    "[[applications.<name>.protected_paths]]": settings.ProtectedPathSettings,
}
KINDS = (
    (settings.Words, "list of texts"),
    (fields.Dict, "table"),
    (fields.Boolean, "true or false"),
    (fields.Integer, "whole number"),
    (fields.Float, "number"),
    (fields.String, "text"),
)


def sections_of(text: str) -> dict[str, list[str]]:
    """Return the table rows of each section of the page, without the head of the table."""
    sections: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("## "):
            rows = sections.setdefault(line.removeprefix("## ").replace("`", ""), [])
        elif line.startswith("| `"):
            rows.append(line)
    return sections


def rows_of(schema: type[Schema]) -> list[str]:
    """Return the rows that the page must have for a schema, one for each key that is no table."""
    return [row_of(name, field) for name, field in schema().fields.items() if not is_table(field)]


def row_of(name: str, field: fields.Field[Any]) -> str:
    """Return the row for a key."""
    meaning = field.metadata["description"]
    return f"| `{name}` | {default_of(field)} | {allowed_by(field)} | {meaning} |"


def is_table(field: fields.Field[Any]) -> bool:
    """Say whether a key is a table with a section of its own on the page."""
    nested: fields.Field[Any] | None = field
    if isinstance(field, fields.Dict):
        nested = field.value_field
    elif isinstance(field, fields.List):
        nested = field.inner
    return isinstance(nested, fields.Nested | fields.Dict)


def default_of(field: fields.Field[Any]) -> str:
    """Return the default as TOML writes it, or a dash where there is none."""
    default = field.load_default
    if callable(default):
        default = default()
    return "-" if default is None or default is missing else f"`{json.dumps(default)}`"


def allowed_by(field: fields.Field[Any]) -> str:
    """Return which values a key takes, in words."""
    words = next(words for kind, words in KINDS if isinstance(field, kind))
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            words = " or ".join(f"`{json.dumps(choice)}`" for choice in rule.choices)
        elif isinstance(rule, validate.Range):
            words += f" from {rule.min}" if rule.min is not None else ""
            words += f" to {rule.max}" if rule.max is not None else ""
    return words


@pytest.mark.parametrize("title", TABLES)
def test_reference_has_every_key_with_default_and_meaning(title: str) -> None:
    """A section of docs/settings.md has the keys of its schema, in order, and no others."""
    rows = rows_of(TABLES[title])

    found = sections_of(PAGE.read_text(encoding="utf-8")).get(title)

    assert found == rows, "\n".join([f"The section {title} of docs/settings.md must have:", *rows])


def test_reference_has_every_table() -> None:
    """A table that the schemas know has a section in docs/settings.md."""
    known = {f"[{name}]" for name, f in settings.GlueSettings().fields.items() if is_table(f)}
    sections = sections_of(PAGE.read_text(encoding="utf-8"))
    described = {
        title.replace(".<name>]", "]")
        for title in sections
        if title.startswith("[") and not title.startswith("[[") and ".<name>." not in title
    }

    assert described == known
