"""Log lines: what they carry, that each is one line, and that no credential is in one."""

from __future__ import annotations

import json
import logging
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_core.logs import (
    HIDDEN,
    JsonFormatter,
    LogContext,
    RequestFilter,
    TextFormatter,
    packages_of,
    plugin_of,
    scrubbed,
    set_up_logging,
)
from glue_core.registry.discovery import Source
from glue_core.request_id import SCENE, log_within
from glue_core.settings import LoggingSettings, Settings

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def nowhere() -> Iterator[None]:
    """No request of another test is the one of this thread."""
    token = SCENE.set(("-", None, None, None, None))
    yield
    SCENE.reset(token)


def record_of(message: str, *arguments: object, error: bool = False, **more: Any) -> Any:
    """Return a record as a logger makes it."""
    info = sys.exc_info() if error else None
    return logging.getLogger("probe").makeRecord(
        "probe", logging.ERROR, "f.py", 1, message, arguments, info, extra=more
    )


def line_of(message: str, *arguments: object, error: bool = False, **more: Any) -> dict[str, Any]:
    """Return what a line of JSON says."""
    record = record_of(message, *arguments, error=error, **more)
    RequestFilter().filter(record)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line: dict[str, Any] = json.loads(text)
    return line


def test_line_outside_of_requests() -> None:
    """Time in UTC, level, logger, message and process; what there is nothing of is left out."""
    record = record_of("%s is %d", "one", 1)
    record.created = 0.25

    line = json.loads(JsonFormatter().format(record))

    assert line == {
        "timestamp": "1970-01-01T00:00:00.250Z",
        "level": "ERROR",
        "logger": "probe",
        "message": "one is 1",
        "process": record.process,
    }


def test_what_plugins_add_is_told() -> None:
    """Attributes of a record are members, numbers as numbers; a field of the record wins."""
    with log_within(LogContext("shop", (lambda: {"tenant": "acme", "size": 1},))):
        line = line_of("here", size=2, route="/own", nested={"a": [1]}, nothing="")

    assert (line["application"], line["tenant"], line["size"]) == ("shop", "acme", 2)
    assert (line["route"], line["nested"]) == ("/own", {"a": "[1]"})
    assert "nothing" not in line


def test_members_of_every_line_are_its_own() -> None:
    """An attribute cannot pretend to be the level, or the time."""
    line = line_of("here", level="DEBUG", timestamp=1)

    assert (line["level"], line["extra_level"], line["extra_timestamp"]) == ("ERROR", "DEBUG", 1)


def test_field_that_fails_is_left_out() -> None:
    """A plugin that fails while a line is written costs its field, not the line."""

    def broken() -> Mapping[str, Any]:
        raise RuntimeError("no")

    with log_within(LogContext("shop", (broken, lambda: {"tenant": "acme"}))):
        line = line_of("here")

    assert (line["message"], line["tenant"]) == ("here", "acme")


def test_exception_is_data() -> None:
    """Type, message, frames and cause, and what is secret in a message is hidden."""
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            raise RuntimeError("password=hunter2\nforged") from inner
    except RuntimeError:
        line = line_of("failed", error=True)

    found = line["exception"]
    assert found["type"] == "RuntimeError"
    assert found["message"] == f"password={HIDDEN}\nforged"
    assert found["frames"][-1]["function"] == "test_exception_is_data"
    assert found["cause"]["type"] == "KeyError"
    assert "cause" not in found["cause"]


def test_group_of_exceptions() -> None:
    """Each exception of a group is told."""
    try:
        raise ExceptionGroup("all", [ValueError("a"), TypeError("b")])
    except ExceptionGroup:
        line = line_of("failed", error=True)

    assert [each["type"] for each in line["exception"]["exceptions"]] == ["ValueError", "TypeError"]


def test_chain_of_causes_has_an_end() -> None:
    """An exception that is its own cause is no endless line."""
    error = RuntimeError("a")
    error.__context__ = other = ValueError("b")
    other.__context__ = error
    try:
        raise error
    except RuntimeError:
        line = line_of("failed", error=True)

    assert line["exception"]["type"] == "RuntimeError"


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("%d", ("x",)), ("%s %s", ("x",)), ("\ud800", ()), ("%s", ("\udfff",)), ("\x00", ())],
)
def test_there_is_a_line_for_every_record(message: str, arguments: tuple[object, ...]) -> None:
    """Wrong arguments, and what is no Unicode, cost no line: they may come from a client."""
    assert line_of(message, *arguments)["logger"] == "probe"


def test_value_that_leads_to_itself() -> None:
    """A value that contains itself, or no number of JSON, is told all the same."""
    loop: list[Any] = []
    loop.append(loop)

    line = line_of("here", loop=loop, large=2**70, endless=float("inf"))

    assert (line["message"], line["large"], line["endless"]) == ("here", 2**70, "inf")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-1", f"Authorization: {HIDDEN}"),
        (f"token was {TOKEN}", f"token was {HIDDEN}"),
        ("sent Bearer abcdef12345", f"sent Bearer {HIDDEN}"),
        ("sent Basic dXNlcjpwYXNz=", f"sent Basic {HIDDEN}"),
        ("/x?access_token=a1&page=2", f"/x?access_token={HIDDEN}&page=2"),
        ("/cb?code=4711&state=1", f"/cb?code={HIDDEN}&state=1"),
        ('{"password": "a \\" b", "name": "n"}', f'{{"password": {HIDDEN}, "name": "n"}}'),
        ("{'client_secret': 'abc'}", f"{{'client_secret': {HIDDEN}}}"),
        ("f(password='a b', x=1)", f"f(password={HIDDEN}, x=1)"),
        ("postgresql://glue:s3cret@db/shop", f"postgresql://glue:{HIDDEN}@db/shop"),
        ("redis://:s3cret@cache:6379", f"redis://:{HIDDEN}@cache:6379"),
        ("X-Api-Key=abc", f"X-Api-Key={HIDDEN}"),
    ],
)
def test_credentials_are_hidden(text: str, shown: str) -> None:
    """What looks like a credential is in no line, whoever put it into a text."""
    assert scrubbed(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "basic information about bearer authentication",
        "The token is expired.",
        "password: Missing data for required field.",
        "http://shop.example:8000/a@b",
        "GET /abstract-products/{id} 200",
    ],
)
def test_prose_stays(text: str) -> None:
    """A text that only speaks of credentials stays as it is."""
    assert scrubbed(text) == text


def test_secret_attributes_are_hidden() -> None:
    """An attribute that is named as a secret is one, whatever it holds."""
    line = line_of("here", api_key="abc", about={"Authorization": "x", "page": 1})

    assert line["api_key"] == HIDDEN
    assert line["about"] == {"Authorization": HIDDEN, "page": "1"}


def test_long_texts_are_cut() -> None:
    """A text of megabytes is no line of megabytes, and takes no time."""
    assert len(line_of("%s", "token" * 500_000)["message"]) < 70_000


@given(st.text(max_size=200))
def test_nothing_begins_a_line_of_its_own(text: str) -> None:
    """Whatever a message or an exception holds, what follows the first line is set off."""
    record = record_of("%s", text)
    try:
        raise ValueError(text)
    except ValueError:
        record.exc_info = sys.exc_info()
    RequestFilter().filter(record)

    first, *others = TextFormatter().format(record).splitlines()

    assert " ERROR probe [-] " in first
    assert all(each.startswith("  | ") for each in others)


@given(st.text(max_size=200))
def test_json_is_one_line(text: str) -> None:
    """Whatever a message holds, it is one line, and JSON."""
    assert len(JsonFormatter().format(record_of("%s", text)).splitlines()) == 1


def test_ids_of_plugins() -> None:
    """A contribution's id starts with its plugin's."""
    assert plugin_of("glue-products-api:products_api.abstract-products.get") == (
        "glue-products-api:products_api"
    )
    assert plugin_of("glue-api-core.not-found") == "glue-api-core"


def module_of(name: str, code: str, **names: Any) -> Any:
    """Return a module as if it were installed."""
    module = types.ModuleType(name)
    vars(module).update(names)
    exec(compile(code, name, "exec"), vars(module))
    return module


def test_who_raised_is_named() -> None:
    """The innermost plugin is at fault; what is around others only where it raises itself."""
    feature = module_of("glue_x.reading", "def read(n):\n    return 1 / n")
    api = module_of("glue_y.controller", "def get(n):\n    return read(n)", read=feature.read)
    around = module_of(
        "glue_z.wrapping",
        "def wrapped(n):\n    if n is None:\n        raise ValueError\n    return call(n)",
        call=api.get,
    )
    own = module_of("glue_z.core", "def run(n):\n    return call(n)", call=len)
    sources = [
        Source.of("glue.features", "x", types.ModuleType("glue_x.plugin"), distribution="glue-x"),
        Source.of("glue.plugins.a", "y", types.ModuleType("glue_y.plugin"), distribution="glue-y"),
        Source.of("glue.plugins.b", "y2", types.ModuleType("glue_y.more"), distribution="glue-y"),
        Source.of("glue.plugins", "z", types.ModuleType("glue_z.plugin"), distribution="glue-z"),
    ]
    packages = packages_of(sources, sources[3:])

    def culprit(call: Callable[..., Any], argument: Any) -> str | None:
        try:
            call(argument)
        except Exception as error:
            return packages.culprit(error)
        return "nobody"

    assert culprit(around.wrapped, 0) == "glue-x:x"
    assert culprit(around.wrapped, None) == "glue-z:z"
    assert culprit(api.get, "a") == "glue-x:x"
    vars(api)["read"] = json.loads
    assert culprit(around.wrapped, "{") == "glue-y"
    assert culprit(own.run, 1) == "glue-z:z"
    vars(around)["call"] = json.loads
    assert culprit(around.wrapped, "{") is None
    assert culprit(json.loads, "{") is None


@pytest.fixture
def bare_logging() -> Iterator[logging.Logger]:
    """The root logger as a process finds it, and afterwards as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    named = [logging.getLogger(name) for name in ("glue.access", "glue.audit")]
    levels = [each.level for each in named]
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)
    for each, was in zip(named, levels, strict=True):
        each.setLevel(was)


def table_of(**values: Any) -> Mapping[str, Any]:
    """Return the table ``[logging]``."""
    table: Mapping[str, Any] = LoggingSettings().load(values)
    return table


def test_settings_say_form_and_levels(bare_logging: logging.Logger) -> None:
    """Where nobody set the log up, it is as the settings say; twice changes nothing."""
    bare_logging.handlers[:] = []
    table = table_of(format="json", level="ERROR", levels={"glue.audit": "INFO"}, access=True)

    set_up_logging(table)
    set_up_logging(table)

    (handler,) = bare_logging.handlers
    assert handler.filters
    assert isinstance(handler.formatter, JsonFormatter)
    assert len(handler.filters) == 1
    assert bare_logging.level == logging.ERROR
    assert logging.getLogger("glue.audit").isEnabledFor(logging.INFO)
    assert logging.getLogger("glue.access").isEnabledFor(logging.INFO)


def test_handlers_of_the_deployment_stay(bare_logging: logging.Logger) -> None:
    """A handler that is there keeps its format and gets the fields."""
    own = logging.StreamHandler()
    own.setFormatter(logging.Formatter("%(route)s"))
    bare_logging.handlers[:] = [own]
    bare_logging.setLevel(logging.CRITICAL)

    set_up_logging(table_of(format="json"))

    assert bare_logging.handlers == [own]
    assert own.formatter is not None
    assert own.formatter._fmt == "%(route)s"
    assert bare_logging.level == logging.CRITICAL
    record = record_of("here")
    assert own.filter(record)
    assert own.format(record) == "-"


@pytest.mark.parametrize("table", [{"format": "xml"}, {"level": "LOUD"}, {"levels": {"a": "b"}}])
def test_wrong_settings_stop_the_start(table: dict[str, Any]) -> None:
    """A form or a level that there is not is named."""
    from glue_core.errors import ConfigurationError

    with pytest.raises(ConfigurationError, match="logging"):
        Settings.of({"logging": table})


def test_levels_come_from_the_environment() -> None:
    """A variable sets the form."""
    settings = Settings.read({"GLUE_LOGGING__FORMAT": "json", "GLUE_LOGGING__ACCESS": "true"})

    assert (settings["logging"]["format"], settings["logging"]["access"]) == ("json", True)
