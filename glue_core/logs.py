"""Logs: what lines carry, and the two forms that they are written in.

Lines of everybody have the fields of the request that is answered: a filter of the handlers reads
them when a line is written. So a request that logs nothing pays nothing, and two deployments in one
process do not mix. Nothing here is set up unless whoever owns the process says so: gunicorn with
the settings of `glue_core.gunicorn`, and the commands of ``glue``.
"""

from __future__ import annotations

import json
import logging
import math
import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import orjson

from glue_core.listener import LogFields
from glue_core.registry.discovery import CORE, Source
from glue_core.request_id import NO_REQUEST, SCENE, Scene

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
FIELDS = ("request_id", "application", "convention", "method", "route", "resource", "plugin")
"""Fields that every line may have, as attributes of its record; ``-`` where there is nothing."""
PLAIN = "plain"
"""What a line calls the convention of requests that select none."""

ACCESS_CHANNEL = "glue.access"
HIDDEN = "[hidden]"
LONGEST = 65_536
"""Characters of one text in a line; nobody reads more, and patterns would take their time."""
DEEPEST = 5
"""Causes of an exception that a line tells of."""
MOST_FRAMES = 100

_READ = "glue_fields_were_read"
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", _READ}
_OWN = frozenset({"timestamp", "level", "logger", "exception", "stack"})
"""Members that a line has of itself, whatever a record's attributes are called."""
_CONTROLS = {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10)
} | {0x2028: "\\u2028", 0x2029: "\\u2029"}

_SEPARATORS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
"""What JSON may have as it is, and some reader takes for the end of a line."""

_NAMES = (
    r"[\w.-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|authorization|cookie"
    r"|credential|code_verifier|assertion)[\w.-]{0,40}"
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
_SECRETS = (
    # "password": "...", in JSON and in what Python prints
    (re.compile(rf"""(["']{_NAMES}["']\s?:\s?)(["'])(?:\\.|(?!\2).)*\2""", re.I), rf"\1{HIDDEN}"),
    # password='...' and access_token=..., in queries, forms and calls
    (
        re.compile(rf"""({_NAMES}=)(?:(["'])(?:\\.|(?!\2).)*\2|[^\s&;,"')\]}}]+)""", re.I),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"([?&]code=)[^\s&;,\"')]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\b(authorization\s?:\s?)[^\r\n,\"']+", re.I), rf"\1{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic|DPoP)\s+(?=\S*[\d=])[\w.~+/=-]{8,}", re.I), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"), HIDDEN),
    # postgresql://glue:secret@db
    (re.compile(r"(://[^\s/@:]{0,128}):[^\s/@]{1,512}@"), rf"\1:{HIDDEN}@"),
)


def scrubbed(text: str) -> str:
    """Return a text without what looks like a credential in it.

    What Glue logs has none. This is for the texts of others: an exception of a library may quote
    the address, the header or the form that it failed at.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}[...]"
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


@dataclass(frozen=True, slots=True)
class Packages:
    """Where the code of plugins is, to tell who raised an exception.

    Attributes:
        plugins: Ids of plugins by the packages that they are in.
        wrapping: Packages of those that are around others, and pass on what these raise.
    """

    plugins: Mapping[str, str] = field(default_factory=dict)
    wrapping: frozenset[str] = frozenset()

    def culprit(self, error: BaseException) -> str | None:
        """Return the id of the plugin that raised: the innermost of those that were called."""
        found, place = None, error.__traceback__
        while place is not None:
            package = (place.tb_frame.f_globals.get("__name__") or "").partition(".")[0]
            place = place.tb_next
            if place is None or package not in self.wrapping:
                found = self.plugins.get(package, found)
        return found


@dataclass(frozen=True, slots=True)
class LogContext:
    """Who works, for log lines: an application of a deployment, its host or its worker.

    Attributes:
        application: Name of the application, or None.
        fields: What plugins add to lines.
        packages: Where the code of plugins is.
    """

    application: str | None = None
    fields: tuple[LogFields, ...] = ()
    packages: Packages = Packages()


def packages_of(sources: Iterable[Source], wrapping: Iterable[Source] = ()) -> Packages:
    """Return where the code of plugins is.

    Where several entry points are in one package it is the name of their distribution that stands
    for them. The core is not among them: what it calls is at fault, not that it calls.

    Args:
        sources: The plugins.
        wrapping: Those of them that are around others.
    """
    found: dict[str, set[Source]] = {}
    for each in sources:
        if each.distribution != CORE:
            found.setdefault(_package_of(each), set()).add(each)
    named = {}
    for package, claimants in found.items():
        ids = {each.id for each in claimants}
        distributions = {each.distribution for each in claimants}
        named[package] = min(ids if len(ids) == 1 else distributions)
    return Packages(named, frozenset(map(_package_of, wrapping)))


def _package_of(source: Source) -> str:
    return re.split(r"[.:]", source.value)[0]


def plugin_of(contribution: str) -> str:
    """Return the id of the plugin that made a contribution, by the id of the latter."""
    distribution, mark, rest = contribution.partition(":")
    if not mark:
        return CORE if contribution.startswith(f"{CORE}.") else contribution
    return f"{distribution}:{rest.partition('.')[0]}"


def plugin_at_fault(error: BaseException) -> str | None:
    """Return the id of the plugin that raised an exception while this thread answers a request.

    Returns:
        The innermost plugin whose code was called; the one whose operation answers where no code
        of a plugin was; None outside of requests.
    """
    scene = SCENE.get()
    context = scene[1]
    found = None if context is None else context.packages.culprit(error)
    return found or fields_of(scene).get("plugin")


def fields_of(scene: Scene) -> dict[str, Any]:
    """Return the fields of a line, by their names; what there is nothing of is left out."""
    request_id, context, method, flow, route = scene
    found: dict[str, Any] = {}
    if context is not None:
        for tell in context.fields:
            try:
                found.update(tell())
            except Exception:  # noqa: S112 - a line that told of it would ask for its fields, too
                continue
        found["application"] = context.application
    found.update(request_id=request_id, method=method, route=route)
    if flow is not None:
        operation = flow.operation
        found["convention"] = operation.convention or PLAIN
        found["resource"] = operation.type or operation.refused_type
        answering = next((each.id for each in flow.trace if each.stage == "controller"), None)
        found["plugin"] = None if answering is None else plugin_of(answering)
    return {name: value for name, value in found.items() if value not in (None, NO_REQUEST)}


class RequestFilter(logging.Filter):
    """Gives each log record the fields of the request that is answered, as attributes.

    Those of `FIELDS` are always there, with ``-`` where there is nothing to say; what the record
    has already stays. ``plugin`` is whose operation answers, or, with an exception, who raised it.

    It belongs on a handler: filters of a logger do not see what comes from the loggers below.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        attributes = vars(record)
        if _READ in attributes:
            return True
        attributes[_READ] = True
        scene = SCENE.get()
        found = fields_of(scene)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            found["plugin"] = plugin_at_fault(error) or NO_REQUEST
        for name in FIELDS:
            attributes.setdefault(name, found.pop(name, NO_REQUEST))
        for name, value in found.items():
            attributes.setdefault(name, value)
        return True


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON: what every line has, then what this one has.

    An exception is data: type, message, frames from the outermost to the innermost, and cause.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; there is one for every record, whatever its arguments are."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrubbed(_message_of(record)),
        }
        attributes = vars(record)
        more = sorted(attributes.keys() - _USUAL - set(FIELDS))
        for name in (*FIELDS, *more):
            value = attributes.get(name)
            if value is None or value in ("", NO_REQUEST):
                continue
            shown = HIDDEN if _SECRET_NAME.fullmatch(name) else _shown(value)
            line[f"extra_{name}" if name in _OWN else name] = shown
        line["process"] = record.process
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = exception_data(record.exc_info[1])
        if record.stack_info:
            line["stack"] = scrubbed(record.stack_info)
        try:
            text = orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:
            # What a client sent may be no Unicode, and numbers may be larger than 64 bits.
            text = json.dumps(line, default=repr)
        return text.translate(_SEPARATORS)


class TextFormatter(logging.Formatter):
    """Writes a record for people: one line, and what follows it is set off.

    Nothing in a message or an exception can start a line of its own, or change what a terminal
    shows.
    """

    def __init__(self, format_: str = LOG_FORMAT) -> None:
        super().__init__(format_)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line and those that belong to it."""
        return scrubbed(super().format(record)).translate(_CONTROLS).replace("\n", "\n  | ")


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        return f"{record.msg!s} {record.args!r}"


def _shown(value: Any) -> Any:
    """Return a value without credentials; what is neither a number nor a text becomes one."""
    if isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if _SECRET_NAME.fullmatch(str(name)) else scrubbed(str(each))
            for name, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [scrubbed(str(each)) for each in value]
    return scrubbed(str(value))


def exception_data(error: BaseException, depth: int = DEEPEST) -> dict[str, Any]:
    """Return an exception as data: type, message, frames and cause. Values of variables are not.

    Args:
        error: The exception.
        depth: Causes, and causes of these, that are told of.
    """
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    try:
        message = str(error)
    except Exception:
        message = ""
    data: dict[str, Any] = {
        "type": f"{module}{kind.__qualname__}",
        "message": scrubbed(message),
        "frames": list(_frames_of(error.__traceback__)),
    }
    if depth > 0:
        if isinstance(error, BaseExceptionGroup):
            data["exceptions"] = [exception_data(e, depth - 1) for e in error.exceptions[:DEEPEST]]
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            data["cause"] = exception_data(cause, depth - 1)
    return data


def _frames_of(place: TracebackType | None) -> Iterable[dict[str, Any]]:
    frames = list(traceback.walk_tb(place))
    for frame, line in frames[-MOST_FRAMES:]:
        module = frame.f_globals.get("__name__") or frame.f_code.co_filename
        yield {"module": module, "function": frame.f_code.co_qualname, "line": line}


def formatter_of(table: Mapping[str, Any]) -> logging.Formatter:
    """Return what writes lines, as ``[logging]`` of the settings says."""
    return JsonFormatter() if table["format"] == "json" else TextFormatter()


class OwnHandler(logging.StreamHandler[TextIO]):
    """The handler of processes in which nobody else set the log up."""


def set_up_logging(table: Mapping[str, Any]) -> None:
    """Let what is logged in this process look as ``[logging]`` of the settings says.

    For whoever owns the process. Handlers that are there already stay as they are, and get the
    fields of requests for their formats to use. Where there is none, lines go to the standard
    error.

    Args:
        table: The table ``[logging]`` of the settings, ``settings["logging"]``.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(OwnHandler())
    for each in root.handlers:
        if isinstance(each, OwnHandler):
            each.setFormatter(formatter_of(table))
            root.setLevel(table["level"])
    if table["access"]:
        logging.getLogger(ACCESS_CHANNEL).setLevel(logging.INFO)
    for name, level in table["levels"].items():
        logging.getLogger(name).setLevel(level)
    for each in root.handlers:
        with_fields(each)


def with_fields(handler: logging.Handler) -> None:
    """Give the lines of a handler the fields of requests, once."""
    if not any(isinstance(known, RequestFilter) for known in handler.filters):
        handler.addFilter(RequestFilter())
