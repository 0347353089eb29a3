"""Which locale an ``Accept-Language`` header asks for, and its choice for every request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.openapi.fragment import Fragment, RequestParameter, ResponseHeader
from glue_core.operation import Operation
from glue_core.settings import Settings
from glue_core.step import Build, Format, Step

if TYPE_CHECKING:
    from glue_core.openapi.view import View

LONGEST_HEADER = 1000
"""Characters that are read; no list of languages that people speak is longer."""

PREFLIGHT = "preflight"

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def choose_locale(header: str, locales: Sequence[str], default: str) -> str:
    """Return the locale that fits a header best.

    The languages are tried from the best liked to the least. Each takes the locale of the same
    name (``de-AT`` and ``de_AT`` are the same), else the default where it is of the same language,
    else the first that is. A language with the quality 0 takes none, and its locales are given to
    no other. What cannot be read is left out.

    Args:
        header: Value of ``Accept-Language``, whatever its characters.
        locales: Names to choose from.
        default: Name for ``*``, and when nothing fits.

    Source:
        RFC 9110, "Accept-Language"; RFC 4647, "Lookup".
    """
    return _chosen(header[:LONGEST_HEADER], tuple(locales), default)


@lru_cache(maxsize=512)
def _chosen(header: str, locales: tuple[str, ...], default: str) -> str:
    wanted = sorted(_ranges(header), key=lambda each: -each[1])
    refused = [tag for tag, quality in wanted if quality == 0 and tag != "*"]
    offered = {
        _tag(name): name
        for name in reversed(locales)
        if not any(_covers(each, _tag(name)) for each in refused)
    }
    for tag, quality in wanted:
        if quality == 0:
            break
        if tag == "*":
            if _tag(default) in offered:
                return default
            return next((name for name in locales if _tag(name) in offered), default)
        if tag in offered:
            return offered[tag]
        language = tag.partition("-")[0]
        for name in (default, *locales):
            if _tag(name) in offered and _tag(name).partition("-")[0] == language:
                return name
    return default


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Yield the languages of a header in its order, each with its quality from 0 to 1."""
    for part in header.split(","):
        tag, *parameters = (each.strip() for each in part.split(";"))
        quality = "1"
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                quality = value.strip()
        if tag and _QUALITY.fullmatch(quality):
            yield _tag(tag), float(quality)


def _tag(name: str) -> str:
    return name.replace("_", "-").lower()


def _covers(wanted: str, tag: str) -> bool:
    return tag == wanted or tag.startswith(f"{wanted}-")


def _locales(settings: Settings, operation: Operation) -> Sequence[str]:
    """Return the locales to choose from: none where the answer has no language."""
    if operation.technical or operation.refusal == PREFLIGHT:
        return ()
    locales: Sequence[str] = settings.application(operation.application)["locales"]
    return locales


def _locale(locales: Sequence[str]) -> Build | None:
    """Fill ``request.locale`` in, unless a step that came before has."""
    if not locales:
        return None
    default = locales[0]

    def build(request: GlueRequest) -> None:
        if request.locale is None:
            header = request.header("accept-language")
            request.locale = default if header is None else choose_locale(header, locales, default)

    return build


def _content_language(locales: Sequence[str]) -> Format | None:
    """Say the language as a tag.

    Source:
        RFC 9110, section 8.5: ``de-DE``, and not the name of the locale.
    """
    if not locales:
        return None

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        if request.locale is not None:
            response.meta.setdefault("content-language", request.locale.replace("_", "-"))

    return format_


def describe_language(locales: Sequence[str] = ()) -> Fragment:
    """Describe ``Accept-Language``, for steps that choose a locale by it.

    Args:
        locales: Names to choose from, where they are known at the start.
    """
    offered = f" There are: {', '.join(_tag(each) for each in locales)}." if locales else ""
    text = f"Languages that the client likes, best first.{offered}"
    return Fragment((RequestParameter("Accept-Language", text, place="header"),))


def _describe_content_language(operation: Operation, view: View) -> Fragment:
    return Fragment(headers=(ResponseHeader("Content-Language", "Language that was chosen."),))


@hookimpl
def glue_request_builders(settings: Settings) -> Sequence[Step[Build]]:
    """Choose among the locales of the application; steps of its plugins come later, and win."""

    def bind(operation: Operation) -> Any:
        return _locale(_locales(settings, operation))

    def describe(operation: Operation, view: View) -> Fragment:
        return describe_language(_locales(settings, operation))

    def varies(operation: Operation) -> tuple[str, ...]:
        return ("Accept-Language",) if _locales(settings, operation) else ()

    return [Step("locale", bind, describe=describe, varies=varies)]


@hookimpl
def glue_response_formatters(settings: Settings) -> Sequence[Step[Format]]:
    """Say which locale was chosen."""

    def bind(operation: Operation) -> Any:
        return _content_language(_locales(settings, operation))

    return [Step("content-language", bind, describe=_describe_content_language)]
