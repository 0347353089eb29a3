"""Settings: a file, the environment over it, and clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from marshmallow import Schema, fields

from glue_core import ConfigurationError, Section, Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults(folder: Path) -> None:
    """Without a file and environment there are defaults, below the working directory."""
    settings = Settings.read({})

    assert settings["mode"] == "production"
    assert settings.service_url("database") == f"sqlite:///{folder}/var/database.sqlite"
    assert settings.application("any")["hosts"] == []


def test_file_in_the_working_directory(folder: Path) -> None:
    """``glue.toml`` in the working directory is read."""
    (folder / "glue.toml").write_text("[limits]\nbody = 5\n", encoding="utf-8")

    assert Settings.read({})["limits"]["body"] == 5
    assert Settings.read({})["limits"]["seconds"] == 30


def test_named_file(folder: Path) -> None:
    """``GLUE_CONFIG`` names another file; relative paths start at its folder."""
    (folder / "etc").mkdir()
    (folder / "etc" / "shop.toml").write_text(
        '[services]\nstorage = "sqlite:///s.sqlite"\n', encoding="utf-8"
    )
    settings = Settings.read({"GLUE_CONFIG": "etc/shop.toml"})

    assert settings.service_url("storage") == f"sqlite:///{folder}/etc/s.sqlite"


def test_environment_wins(folder: Path) -> None:
    """``GLUE_*`` goes over the file, table by table, and is converted."""
    (folder / "glue.toml").write_text("[limits]\nbody = 5\nseconds = 2\n", encoding="utf-8")
    settings = Settings.read({"GLUE_LIMITS__BODY": "7", "GLUE_SERVE": "a, b", "OTHER": "x"})

    assert (settings["limits"]["body"], settings["limits"]["seconds"]) == (7, 2)
    assert settings["serve"] == ["a", "b"]
    assert settings.origin == f"{folder / 'glue.toml'} and GLUE_LIMITS__BODY, GLUE_SERVE"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"GLUE_CONFIG": "gone.toml"}, "gone.toml cannot be read, and GLUE_CONFIG names it"),
        ({"GLUE_MODES": "x"}, "modes: nobody knows this key. Did you mean 'mode'?"),
        ({"GLUE_LIMITS__BODY": "much"}, "limits.body: Not a valid integer."),
        ({"GLUE_LIMITS": "5"}, "limits"),
        ({"GLUE_MODE__A": "1"}, "mode"),
        ({"GLUE_MODE": "1", "GLUE_MODE__A": "1"}, "GLUE_MODE__A puts a value under 'mode'"),
    ],
)
def test_wrong_environment(folder: Path, environment: dict[str, str], expected: str) -> None:
    """What the environment says wrong is told with its name."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.read(environment)

    assert expected in str(caught.value)


@pytest.mark.parametrize("content", [b"[limits", b"\xff"])
def test_file_that_is_no_toml(folder: Path, content: bytes) -> None:
    """A file that is no TOML is named."""
    (folder / "glue.toml").write_bytes(content)

    with pytest.raises(ConfigurationError, match=r"glue\.toml is not TOML"):
        Settings.read({})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"limits": {"body": 0}}, "limits.body: "),
        ({"limits": 5}, "limits"),
        ({"serve": [5]}, "serve.0: Not a valid string."),
        ({"applications": {"shop": {"host": ["a"]}}}, "applications.shop.host: nobody knows"),
        ({"applications": {"shop": {"host": ["a"]}}}, "Did you mean 'hosts'?"),
        ({"applications": {"shop": 5}}, "applications.shop"),
        ({"replace": {"a": 5}}, "replace.a"),
        ({"mode": "fast"}, "mode: "),
    ],
)
def test_wrong_values(values: dict[str, object], expected: str) -> None:
    """A wrong value is told with its whole name and the origin."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.of(values, origin="shop.toml")

    assert "Settings are wrong in shop.toml:" in str(caught.value)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////abs/a.db", "sqlite:////abs/a.db"),
        ("sqlite:///a.db", "sqlite:////home/shop/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("outbox:", "outbox:"),
    ],
)
def test_relative_paths_in_urls(url: str, expected: str) -> None:
    """Only a relative path of a file is put below the settings' folder."""
    settings = Settings.of({"services": {"database": url}}, directory=Path("/home/shop"))

    assert settings.service_url("database") == expected


class Own(Schema):
    """Settings of a plugin."""

    colour = fields.String(load_default="red")


def test_section_has_defaults() -> None:
    """A plugin's table has its defaults, also where it is not given."""
    settings = Settings.of({}).with_sections([Section("own", Own)])

    assert settings.section("own") == {"colour": "red"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"paths": ["x"]}, "'x' is no path"),
        ({"hosts": ["a:80"]}, "'a:80' is no host"),
        ({"base_url": "shop.example"}, "This is no address"),
        ({"base_url": "https://shop.example?a=b"}, "without '?' and '#'"),
        ({"base_url": "https://shop.example/api#top"}, "without '?' and '#'"),
    ],
)
def test_places_of_an_application_have_a_form(table: dict[str, object], told: str) -> None:
    """A host with a port, a path without a slash and a bare address stop the start."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.of({"applications": {"shop": table}})

    assert told in str(caught.value)
    assert "applications.shop." in str(caught.value)
