"""Negotiation: which convention a request selects, and whether its formats are understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glue_core import codes
from glue_core.convention import Convention
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueError, GlueRequest, GlueRequestValidation
from glue_core.operation import Operation
from glue_core.step import Step, Validate

KEPT_ANSWERS = 1024
LONGEST_HEADER = 4096
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class Selected:
    """What the headers of a request select.

    Attributes:
        convention: Name of the convention, or None for plain JSON.
        accepted_format: Media type of the answer, or None when the client accepts none we have.
    """

    convention: str | None
    accepted_format: str | None


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an ``Accept`` header.

    Attributes:
        main: Type, such as ``application``, in lower case.
        sub: Subtype, in lower case.
        quality: From 0 (never) to 1.
    """

    main: str
    sub: str
    quality: float


def read_accept(header: str) -> list[MediaRange]:
    """Read an ``Accept`` header; entries that make no sense are left out.

    Returns:
        The entries, the best quality first, in the client's order among equals.

    Source:
        RFC 9110, section 12.5.1.
    """
    ranges = []
    for part in header[:LONGEST_HEADER].split(","):
        name, *parameters = part.split(";")
        main, slash, sub = name.strip().lower().partition("/")
        if not slash or not main or not sub:
            continue
        quality: float | None = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = _quality(value.strip())
        if quality is not None:
            ranges.append(MediaRange(main, sub, quality))
    ranges.sort(key=lambda each: -each.quality)
    return ranges


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
    """Return the media types of a convention's answers: those of its bodies, if it says no more.

    A convention that writes others than it reads has them in ``written_types``.
    """
    written: tuple[str, ...] = getattr(convention, "written_types", convention.media_types)
    return written


def _quality(text: str) -> float | None:
    try:
        quality = float(text)
    except ValueError:
        return None
    return quality if 0 <= quality <= 1 else None


def media_type_of(header: str) -> str:
    """Return the media type of a ``Content-Type`` header, in lower case, without parameters."""
    return header.partition(";")[0].strip().lower()


def _best(ranges: Sequence[MediaRange], offers: Sequence[str]) -> str | None:
    """Return the media type on offer that a client likes best; exact names beat wildcards."""
    refused = {f"{each.main}/{each.sub}" for each in ranges if each.quality == 0}
    wanted = [each for each in ranges if each.quality > 0]
    for each in wanted:
        media_type = f"{each.main}/{each.sub}"
        if media_type in offers and media_type not in refused:
            return media_type
    for each in wanted:
        for media_type in offers:
            main = media_type.partition("/")[0]
            fits = each.main in ("*", main) and each.sub == "*"
            if fits and media_type not in refused and f"{main}/*" not in refused:
                return media_type
    return None


class Negotiator:
    """Selects the convention of requests to one application.

    The convention whose media type the body has wins. Else what the client accepts best does; exact
    types come before ``type/*`` and ``*/*``, which select the default convention. The answers are
    kept per header values, bounded.
    """

    def __init__(self, conventions: Mapping[str | None, Convention], default: str | None) -> None:
        by_priority = sorted(
            conventions.values(), key=lambda each: (-each.priority, each.name or "")
        )
        self._default = conventions[default]
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
            if len(self._known) >= KEPT_ANSWERS:
                self._known.clear()
            self._known[key] = known
        return known

    def _select(self, has_body: bool, content_type: str | None, accept: str | None) -> Selected:
        sent = self._types.get(media_type_of(content_type)) if content_type else None
        if sent is not None and sent.name is not None:
            return Selected(sent.name, sent.media_types[0])
        ranges = read_accept(accept) if accept and accept.strip() else [MediaRange("*", "*", 1.0)]
        if sent is not None and has_body:
            # The body is plain, so the answer is; the formats of plain answers are to choose from.
            formats = written_types(sent)
            chosen = _best(ranges, formats)
            if chosen is None and _best(ranges, self._offers) is not None:
                chosen = formats[0]
            return Selected(None, chosen)
        media_type = _best(ranges, self._offers)
        if media_type is None:
            return Selected(self._default.name, None)
        return Selected(self._written[media_type].name, media_type)


def _accepted(operation: Operation) -> Validate:
    refusal = GlueRequestValidation(
        False,
        406,
        (
            GlueError(
                status=406,
                code=codes.NOT_ACCEPTABLE,
                message="Unsupported `Accept` format used.",
                header="Accept",
            ),
        ),
    )

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        return None if request.accepted_format is not None else refusal

    return validate


def _understood(operation: Operation) -> Validate | None:
    spoken = operation.spoken
    if spoken is None or operation.http_method not in WITH_BODY:
        return None
    known = frozenset(each.lower() for each in spoken.media_types)
    refusal = GlueRequestValidation(
        False,
        415,
        (
            GlueError(
                status=415,
                code=codes.UNSUPPORTED_MEDIA_TYPE,
                message=f"Send the body as {' or '.join(spoken.media_types)}.",
                header="Content-Type",
            ),
        ),
    )

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        sent = request.requested_format
        return None if sent is None or media_type_of(sent) in known else refusal

    return validate


@hookimpl
def glue_request_validators() -> Sequence[Step[Validate]]:
    """Refuse what the client does not accept (406) and what we do not understand (415)."""
    return [Step("accepted-format", _accepted), Step("requested-format", _understood)]
