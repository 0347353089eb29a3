"""Negotiation: which convention a request selects, and whether its formats are understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from glue_core import codes
from glue_core.convention import (
    Convention,
    MediaParameters,
    MediaType,
    ReadParameters,
    WithParameters,
    WritesOthers,
)
from glue_core.hookspecs import hookimpl
from glue_core.lanes import HAS_MISFIT, MISFIT
from glue_core.messages import GlueError, GlueRequest, GlueRequestValidation, GlueVersion
from glue_core.openapi.fragment import Fragment
from glue_core.operation import ErrorCode, Operation
from glue_core.settings import Settings
from glue_core.step import Step, Validate
from glue_core.versions import Asked, version_in

if TYPE_CHECKING:
    from glue_core.openapi.view import View

KEPT_ANSWERS = 1024
LONGEST_HEADER = 4096
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
LOOSE_TYPES = frozenset({"application/json", "text/plain"})
"""Media types of bodies that leave the choice to the application's default convention."""

# A quoted text, a separator, or what lies between; an open quote reaches to the end.
_PIECES = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[,;]|[^",;]+|\\', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


NOTHING_SAID = MediaType()


@dataclass(frozen=True, slots=True)
class Selected:
    """What the headers of a request select.

    Attributes:
        convention: Name of the convention, or None for plain JSON.
        accepted_format: Media type of the answer, or None when the client accepts none we have.
        accepted: What the parameters of that media type say.
        sent: What the parameters of the body's media type say.
        is_understood: False where the body's media type, or a parameter of it, is none we read.
        asked: The versions of the resource that it asks for, or None.
        lane: What the request has for steps to look at: `HAS_MISFIT`, unless body and answer are
            agreed on and no version was asked for.
    """

    convention: str | None
    accepted_format: str | None
    accepted: MediaType = NOTHING_SAID
    sent: MediaType = NOTHING_SAID
    is_understood: bool = True
    asked: Asked | None = None
    lane: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        fits = self.is_understood and self.accepted_format is not None and self.asked is None
        object.__setattr__(self, "lane", 0 if fits else HAS_MISFIT)

    @property
    def version(self) -> GlueVersion | None:
        """Version that the body has, or that the client accepts, or None."""
        return self.asked.named if self.asked is not None else None


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an ``Accept`` header.

    Attributes:
        main: Type, such as ``application``, in lower case.
        sub: Subtype, in lower case.
        quality: From 0 (never) to 1.
        parameters: Its parameters but ``q``.
    """

    main: str
    sub: str
    quality: float
    parameters: MediaParameters = ()

    @property
    def media_type(self) -> str:
        """Type and subtype."""
        return f"{self.main}/{self.sub}"


def read_accept(header: str) -> list[MediaRange]:
    """Read an ``Accept`` header; entries that make no sense are left out.

    Returns:
        The entries, the best quality first, in the client's order among equals.

    Source:
        RFC 9110, section 12.5.1.
    """
    ranges = []
    for part in _parts(header[:LONGEST_HEADER], ","):
        name, parameters = read_media_type(part)
        main, slash, sub = name.partition("/")
        if not slash or not main or not sub:
            continue
        quality: float | None = 1.0
        for key, value in parameters:
            if key == "q":
                quality = _quality(value)
        if quality is not None:
            rest = tuple(each for each in parameters if each[0] != "q")
            ranges.append(MediaRange(main, sub, quality, rest))
    ranges.sort(key=lambda each: -each.quality)
    return ranges


def read_media_type(text: str) -> tuple[str, MediaParameters]:
    """Read a media type.

    Returns:
        Type and subtype in lower case, and the parameters.

    Source:
        RFC 9110, section 8.3.1: names of parameters have no case, and values may be quoted.
    """
    name, *parts = _parts(text, ";")
    parameters = []
    for part in parts:
        key, _, value = part.partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = _ESCAPED.sub(r"\1", value[1:-1])
        if key.strip():
            parameters.append((key.strip().lower(), value))
    return name.strip().lower(), tuple(parameters)


def _parts(text: str, separator: str) -> list[str]:
    """Split a text at a separator; what stands between quotes is not looked at."""
    if '"' not in text:
        return text.split(separator)
    parts = [""]
    for piece in _PIECES.findall(text):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def accepts_by_name(header: str | None, media_type: str) -> bool:
    """Say whether a client accepts a media type and names it: a wildcard does not count.

    For what nobody gets unasked, such as problem documents.
    """
    if header is None or media_type not in header.lower():
        return False
    return any(
        f"{each.main}/{each.sub}" == media_type and each.quality > 0 for each in read_accept(header)
    )


def written_types(convention: Convention) -> tuple[str, ...]:
    """Return the media types of a convention's answers: those of its bodies, if it says no more."""
    if isinstance(convention, WritesOthers):
        return convention.written_types
    return convention.media_types


def _quality(text: str) -> float | None:
    try:
        quality = float(text)
    except ValueError:
        return None
    return quality if 0 <= quality <= 1 else None


def media_type_of(header: str) -> str:
    """Return the media type of a ``Content-Type`` header, in lower case, without parameters."""
    return header.partition(";")[0].strip().lower()


class Negotiates(Protocol):
    """What selects the convention of requests to one application."""

    def select(self, method: str, content_type: str | None, accept: str | None) -> Selected:
        """Say what a request selects: method in capital letters, and values of its headers."""

    def at_version(self, selected: Selected, version: GlueVersion) -> Selected:
        """Return what a request selects whose path names a version."""

    def unselectable(self) -> tuple[str, ...]:
        """Return the conventions that no request selects."""


class Negotiator:
    """Selects the convention of requests to one application.

    The convention whose media type the body has wins, and ``Accept`` must allow what it writes.
    Else what the client accepts best does; exact types come before ``type/*`` and ``*/*``, which
    select the default convention. Where that is not
    the plain flow, bodies in plain JSON or text belong to it as well, unless the client accepts
    something else. The answers are kept per header values, bounded.
    """

    def __init__(
        self,
        conventions: Mapping[str | None, Convention],
        default: str | None,
        readers: Mapping[str | None, ReadParameters] | None = None,
        in_kind: Iterable[str | None] = (),
    ) -> None:
        """Freeze what is spoken.

        Args:
            conventions: The conventions by name.
            default: Name of the one for requests that select none.
            readers: What reads the parameters of the media types of a convention; of others they
                are ignored.
            in_kind: Names of the conventions whose bodies are answered alike, whatever is accepted.
        """
        by_priority = sorted(
            conventions.values(), key=lambda each: (-each.priority, each.name or "")
        )
        self._conventions = dict(conventions)
        self._default = conventions[default]
        self._readers = dict(readers or {})
        self._in_kind = frozenset(in_kind)
        self._types: dict[str, Convention] = {}
        self._written: dict[str, Convention] = {}
        for convention in by_priority:
            for media_type in convention.media_types:
                self._types.setdefault(media_type.lower(), convention)
            for media_type in written_types(convention):
                self._written.setdefault(media_type.lower(), convention)
        # Those of the default convention first: they are what a wildcard gets.
        self._offers = tuple(dict.fromkeys((*written_types(self._default), *self._written)))
        self._known: dict[tuple[bool, str | None, str | None], Selected] = {}

    def unselectable(self) -> tuple[str, ...]:
        """Return the conventions that no request selects: others take all of their media types."""
        reached = [*self._types.values(), *self._written.values(), self._default]
        return tuple(
            name
            for name, convention in self._conventions.items()
            if name is not None and not any(convention is each for each in reached)
        )

    def select(self, method: str, content_type: str | None, accept: str | None) -> Selected:
        """Say what a request selects.

        Args:
            method: HTTP method in capital letters.
            content_type: Value of ``Content-Type``, or None.
            accept: Value of ``Accept``, or None, which accepts everything.
        """
        key = (method in WITH_BODY, content_type, accept)
        known = self._known.get(key)
        if known is None:
            known = self._select(*key)
            if known.is_understood and known.accepted_format is not None:
                # What is refused for its media type is not answered in the version it named.
                known = replace(known, asked=self._asked(known, content_type, accept))
            if len(self._known) >= KEPT_ANSWERS:
                self._known.clear()
            if len(content_type or "") + len(accept or "") <= LONGEST_HEADER:
                self._known[key] = known
        return known

    def at_version(self, selected: Selected, version: GlueVersion) -> Selected:
        """Return what a request selects whose path names a version."""
        said = selected.asked
        header = None
        if said is not None and not {version, None}.intersection(said.versions):
            header = "Accept" if said.in_accept else "Content-Type"
        types = self._types_of(selected)
        return replace(selected, asked=Asked((version,), False, types, header))

    def _types_of(self, selected: Selected) -> frozenset[str]:
        """Return the media types of the selected convention."""
        convention = self._conventions[selected.convention]
        return _lower((*convention.media_types, *written_types(convention)))

    def _asked(
        self, selected: Selected, content_type: str | None, accept: str | None
    ) -> Asked | None:
        """Return the version that the types of the selected convention name; the body's wins."""
        types = self._types_of(selected)
        if content_type:
            name, parameters = read_media_type(content_type)
            version = version_in(parameters)
            if name in types and version is not None:
                return Asked((version,), False, types)
        versions = tuple(
            version_in(each.parameters)
            for each in _ranges_of(accept)
            if each.quality > 0 and each.media_type in types
        )
        return Asked(versions, True, types) if any(versions) else None

    def _select(self, has_body: bool, content_type: str | None, accept: str | None) -> Selected:
        name, parameters = read_media_type(content_type) if content_type else ("", ())
        sent = self._types.get(name)
        if sent is not None and sent.name is not None:
            return self._of_body(sent, parameters, accept)
        is_loose = self._default.name is not None and name in LOOSE_TYPES
        ranges = _ranges_of(accept)
        if sent is not None and has_body and not is_loose:
            # The body is plain, so the answer is; the formats of plain answers are to choose from.
            formats = written_types(sent)
            chosen = self._best(ranges, formats)
            return Selected(None, chosen[0] if chosen else None)
        for convention in self._written.values():
            if self._first(convention, ranges) is False:
                return Selected(convention.name, None)
        best = self._best(ranges, self._offers)
        answers = self._default if best is None else self._written[best[0]]
        understood = not has_body or not name or name in _lower(answers.media_types)
        understood = understood or (is_loose and answers is self._default)
        if best is None:
            return Selected(answers.name, None, is_understood=understood)
        return Selected(answers.name, best[0], best[1], is_understood=understood)

    def _of_body(
        self, sent: Convention, parameters: MediaParameters, accept: str | None
    ) -> Selected:
        """Select the convention of the body, where the client accepts what it writes."""
        read = self._read(sent, parameters)
        ranges = _ranges_of(accept)
        accepted = self._first(sent, ranges)
        allowed = accepted is not False
        if accepted is None and sent.name not in self._in_kind:
            # No entry names it, so a wildcard must cover it.
            allowed = self._best(ranges, written_types(sent)) is not None
        format_ = sent.media_types[0] if allowed else None
        said = read or NOTHING_SAID
        return Selected(sent.name, format_, accepted or said, said, read is not None)

    def _read(self, convention: Convention, parameters: MediaParameters) -> MediaType | None:
        reader = self._readers.get(convention.name)
        return NOTHING_SAID if reader is None else reader(parameters)

    def _first(
        self, convention: Convention, ranges: Iterable[MediaRange]
    ) -> MediaType | Literal[False] | None:
        """Return what the best entry that names a convention says.

        Returns:
            None where no entry names it; False where some do, and none of them counts.

        Source:
            JSON:API 1.1, "Server Responsibilities": the media type with parameters that nobody
            knows must not be answered with the media type without them.
        """
        own = _lower(written_types(convention))
        found: Literal[False] | None = None
        for each in ranges:
            if each.quality > 0 and each.media_type in own:
                read = self._read(convention, each.parameters)
                if read is not None:
                    return read
                found = False
        return found

    def _best(
        self, ranges: Sequence[MediaRange], offers: Sequence[str]
    ) -> tuple[str, MediaType] | None:
        """Return what a client likes best of what is on offer; exact names beat wildcards."""
        refused = {each.media_type for each in ranges if each.quality == 0}
        wanted = [each for each in ranges if each.quality > 0]
        for each in wanted:
            media_type = each.media_type
            if media_type in offers and media_type not in refused:
                read = self._read(self._written[media_type], each.parameters)
                if read is not None:
                    return media_type, read
        for each in wanted:
            for media_type in offers:
                main = media_type.partition("/")[0]
                fits = each.main in ("*", main) and each.sub == "*"
                if fits and media_type not in refused and f"{main}/*" not in refused:
                    return media_type, NOTHING_SAID
        return None


def _ranges_of(accept: str | None) -> list[MediaRange]:
    """Return what a client accepts; everything, where it does not say."""
    return read_accept(accept) if accept and accept.strip() else [MediaRange("*", "*", 1.0)]


def _lower(media_types: Iterable[str]) -> frozenset[str]:
    return frozenset(each.lower() for each in media_types)


def _writes_itself(operation: Operation) -> bool:
    """Say whether what answers is in no convention's media type, and has no other to offer."""
    return operation.is_raw or (operation.technical and operation.resource is None)


def _accepted(operation: Operation) -> Validate | None:
    if _writes_itself(operation):
        return None
    refusal = GlueRequestValidation(
        False,
        406,
        (
            GlueError(
                status=406,
                code=codes.NOT_ACCEPTABLE,
                message=NOT_ACCEPTABLE,
                header="Accept",
            ),
        ),
    )

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        return None if request.accepted_format is not None else refusal

    return validate


def _understood(operation: Operation) -> Validate | None:
    spoken = operation.spoken
    if spoken is None or operation.method == "options" or operation.is_raw:
        return None
    if operation.refusal == "method-not-allowed":
        # No body would help: it is told which methods there are.
        return None
    known = frozenset(each.lower() for each in spoken.media_types)
    types = " or ".join(spoken.media_types)

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        if request.selected is None or request.selected.is_understood:
            return None
        message = f"Send the body as {types}."
        if media_type_of(request.requested_format or "") in known:
            message = f"Send the body as {types}, without parameters that are not known here."
        error = GlueError(
            status=415, code=codes.UNSUPPORTED_MEDIA_TYPE, message=message, header="Content-Type"
        )
        return GlueRequestValidation(False, 415, (error,))

    return validate


def _one_version(settings: Settings, operation: Operation) -> Validate | None:
    """Refuse a request whose path and headers name different versions."""
    if not settings.application(operation.application)["versions_in_path"]:
        return None

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        asked = request.selected.asked if request.selected is not None else None
        if asked is None or asked.contradicted_by is None:
            return None
        error = GlueError(
            status=400,
            code=codes.INVALID_HEADER,
            message=f"The path names version {asked.named}, and this header another one.",
            header=asked.contradicted_by,
        )
        return GlueRequestValidation(False, 400, (error,))

    return validate


def _decoded(operation: Operation) -> Validate | None:
    """Refuse a body that is compressed, which nobody here would undo.

    Source:
        RFC 9110, sections 8.4 and 15.5.16: the answer says which codings are taken.
    """
    if operation.refusal is not None or operation.http_method in ("GET", "OPTIONS"):
        return None
    error = GlueError(
        status=415,
        code=codes.UNSUPPORTED_MEDIA_TYPE,
        message="Send the body as it is, without Content-Encoding.",
        header="Content-Encoding",
    )
    refusal = GlueRequestValidation(False, 415, (error,), {"accept-encoding": "identity"})

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        coding = request.header("content-encoding")
        return None if coding is None or coding.strip().lower() in ("", "identity") else refusal

    return validate


def _transferred(operation: Operation) -> Validate | None:
    """Refuse a body that was compressed on its way: servers undo the chunks and nothing else.

    Source:
        RFC 9112, section 6.1: a server that does not understand a transfer coding answers 501.
    """
    if operation.refusal is not None or operation.http_method in ("GET", "OPTIONS"):
        return None
    error = GlueError(
        status=501,
        code=codes.INVALID_HEADER,
        message=OTHER_CODING,
        header="Transfer-Encoding",
    )
    refusal = GlueRequestValidation(False, 501, (error,))

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        coding = request.header("transfer-encoding")
        return None if coding is None or coding.strip().lower() in ("", "chunked") else refusal

    return validate


NOT_ACCEPTABLE = "Unsupported `Accept` format used."
OTHER_CODING = "Send the body in chunks or with its length, without another Transfer-Encoding."


def _describe_accepted(operation: Operation, view: View) -> Fragment:
    if _writes_itself(operation):
        return Fragment()
    return Fragment(errors=(ErrorCode(406, codes.NOT_ACCEPTABLE, NOT_ACCEPTABLE),))


def _describe_understood(operation: Operation, view: View) -> Fragment:
    # Where parameters have a meaning they are judged on requests without a body as well.
    if operation.http_method in WITH_BODY or isinstance(operation.spoken, WithParameters):
        return _describe_decoded(operation, view)
    return Fragment()


def _describe_decoded(operation: Operation, view: View) -> Fragment:
    message = "The body is in a format, or in a coding, that nobody reads."
    return Fragment(errors=(ErrorCode(415, codes.UNSUPPORTED_MEDIA_TYPE, message),))


def _describe_transferred(operation: Operation, view: View) -> Fragment:
    if operation.http_method not in WITH_BODY:
        return Fragment()
    return Fragment(errors=(ErrorCode(501, codes.INVALID_HEADER, OTHER_CODING),))


def _describe_one_version(operation: Operation, view: View) -> Fragment:
    message = "The path and a header name different versions."
    return Fragment(errors=(ErrorCode(400, codes.INVALID_HEADER, message),))


@hookimpl
def glue_request_validators(settings: Settings) -> Sequence[Step[Validate]]:
    """Refuse what the client does not accept (406) and what we do not understand (415, 400)."""

    def one_version(operation: Operation) -> Validate | None:
        return _one_version(settings, operation)

    return [
        Step("accepted-format", _accepted, describe=_describe_accepted, only_with=(MISFIT,)),
        Step("requested-format", _understood, describe=_describe_understood, only_with=(MISFIT,)),
        Step(
            "content-encoding",
            _decoded,
            after=("requested-format",),
            describe=_describe_decoded,
            only_with=("content-encoding",),
        ),
        Step(
            "transfer-encoding",
            _transferred,
            after=("content-encoding",),
            describe=_describe_transferred,
            only_with=("transfer-encoding",),
        ),
        Step("one-version", one_version, describe=_describe_one_version, only_with=(MISFIT,)),
    ]
