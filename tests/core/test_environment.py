"""Settings in the environment: each text is read as its field expects it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import ConfigurationError, Section, Settings
from glue_core.settings import Words


class Inner(Schema):
    """A table in a table."""

    size = fields.Integer(strict=True)


class Own(Schema):
    """Settings of a plugin, one of each type."""

    whole = fields.Integer(strict=True)
    broken = fields.Float()
    switch = fields.Boolean()
    text = fields.String()
    unset = fields.String(allow_none=True)
    limit = fields.Integer(strict=True, allow_none=True)
    numbers = fields.List(fields.Integer(strict=True))
    words = Words()
    inner = fields.Nested(Inner)
    sizes = fields.Dict(keys=fields.String(), values=fields.Integer(strict=True))
    tables = fields.List(fields.Nested(Inner))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("WHOLE", "50", 50),
        ("WHOLE", " -3 ", -3),
        ("BROKEN", "0.5", 0.5),
        ("SWITCH", "true", True),
        ("SWITCH", "0", False),
        ("TEXT", "50", "50"),
        ("TEXT", "", ""),
        ("UNSET", "", None),
        ("UNSET", "50", "50"),
        ("LIMIT", "", None),
        ("LIMIT", "7", 7),
        ("NUMBERS", "1, 2", [1, 2]),
        ("NUMBERS", "[1, 2]", [1, 2]),
        ("NUMBERS", "", []),
        ("WORDS", "a, b", ["a", "b"]),
        ("INNER__SIZE", "3", {"size": 3}),
        ("INNER", '{"size": 3}', {"size": 3}),
        ("SIZES__SMALL", "1", {"small": 1}),
        ("TABLES", '[{"size": 3}]', [{"size": 3}]),
    ],
)
def test_text_is_read_by_the_type_of_its_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, text: str, value: Any
) -> None:
    """A variable sets every key that a file can set, strict numbers among them."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({f"GLUE_PLUGINS__OWN__{key}": text})
    section = settings.with_sections([Section("own", Own)]).section("own")

    assert section[key.lower().partition("__")[0]] == value


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("WHOLE", "5.5", "plugins.own.whole: Not a valid integer."),
        ("WHOLE", "", "plugins.own.whole: Not a valid integer."),
        ("SWITCH", "maybe", "plugins.own.switch: Not a valid boolean."),
        ("NUMBERS", "1, x", "plugins.own.numbers"),
        ("NUMBERS", "[1", "plugins.own.numbers"),
        ("INNER", "x", "plugins.own.inner"),
    ],
)
def test_text_that_does_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, text: str, told: str
) -> None:
    """What a field cannot read is told with its key."""
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({f"GLUE_PLUGINS__OWN__{key}": text})

    with pytest.raises(ConfigurationError) as caught:
        settings.with_sections([Section("own", Own)])
    assert told in str(caught.value)


def test_file_says_what_it_means() -> None:
    """A text in a file is none of the environment's: a strict number refuses it."""
    settings = Settings.of({"plugins": {"own": {"whole": "50"}}})

    with pytest.raises(ConfigurationError, match="whole: Not a valid integer"):
        settings.with_sections([Section("own", Own)])
