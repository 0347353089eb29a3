"""The media type: what its parameters ask for, and what an answer says it follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glue_core import (
    GlueRequest,
    GlueVersion,
    MediaParameters,
    MediaType,
    MediaTypeExtension,
    Operation,
    ReadParameters,
    read_version,
)
from glue_json_api.dialect import Dialect

MEDIA_TYPE = "application/vnd.api+json"
CONVENTION = "json_api"
EXT, PROFILE, VERSION = "ext", "profile", "version"

CURSOR_PAGINATION = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"
"""The published profile of pages that a cursor starts."""


def extension(uri: str) -> MediaTypeExtension:
    """Declare an extension of JSON:API, for `glue_media_type_extensions`.

    Args:
        uri: What the ``ext`` parameter says for it. The members that it adds to documents are its
            own plugin's business; this convention passes over all of extensions.
    """
    return MediaTypeExtension(CONVENTION, EXT, uri)


def profile(
    uri: str, applies: Callable[[Operation], bool] = lambda operation: True
) -> MediaTypeExtension:
    """Declare a profile of JSON:API, for `glue_media_type_extensions`.

    Args:
        uri: What the ``profile`` parameter says for it.
        applies: Says at start-up whether answers of an operation follow it when they are asked to.
    """
    return MediaTypeExtension(CONVENTION, PROFILE, uri, applies)


def pages_by_cursor(operation: Operation) -> bool:
    """Say whether an operation takes pages that a cursor starts."""
    return operation.page is not None and "cursor" in operation.page.strategies


def parameter_reader(dialect: Dialect, extensions: Sequence[MediaTypeExtension]) -> ReadParameters:
    """Return what reads the parameters of the media type.

    ``ext`` must name what is installed. ``profile`` may name anything; what is not installed is
    left out. ``version`` is the one parameter that Glue adds. With any other, or with one of these
    twice, the media type must not be used, unless the dialect lets other ones pass.

    Source:
        JSON:API 1.1, "Server Responsibilities".
    """
    known = {(each.parameter, each.uri): each for each in extensions}
    lenient = dialect.foreign_parameters_ignored

    def read(parameters: MediaParameters) -> MediaType | None:
        names = [name for name, _ in parameters]
        if len(set(names)) < len(names):
            return None
        version: GlueVersion | None = None
        found: list[MediaTypeExtension] = []
        for name, value in parameters:
            if name == VERSION:
                version = read_version(value)
                if version is None:
                    return None
            elif name in (EXT, PROFILE):
                for uri in dict.fromkeys(value.split()):
                    each = known.get((name, uri))
                    if each is not None:
                        found.append(each)
                    elif name == EXT:
                        return None
            elif not lenient:
                return None
        return MediaType(version, tuple(found))

    return read


@dataclass(frozen=True, slots=True)
class Followed:
    """What an answer follows.

    Attributes:
        media_type: Its ``Content-Type``.
        ext: URIs of its extensions.
        profile: URIs of its profiles.
    """

    media_type: str
    ext: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()


NOTHING = Followed(MEDIA_TYPE)


def followed_by(operation: Operation) -> Callable[[GlueRequest], Followed]:
    """Compile what the answers of an operation follow.

    An answer follows the extensions that the client accepts, and those of its profiles that mean
    something here; a page that a cursor starts follows its profile unasked. The version is said
    where the client said one.
    """
    cursors = pages_by_cursor(operation)
    is_there = operation.refusal is None

    def follow(request: GlueRequest) -> Followed:
        selected = request.selected
        if (selected is None or not selected.accepted.extensions) and not (
            cursors or request.version
        ):
            return NOTHING
        # A refusal is of no version, least of all of one that it refuses.
        version = request.version if is_there else None
        page = request.pagination if cursors else None
        by_cursor = page is not None and page.strategy == "cursor"
        accepted = selected.accepted.extensions if selected is not None else ()
        if not (accepted or by_cursor or version):
            return NOTHING
        ext = tuple(each.uri for each in accepted if each.parameter == EXT)
        profiles = [
            each.uri for each in accepted if each.parameter == PROFILE and each.applies(operation)
        ]
        if by_cursor and CURSOR_PAGINATION not in profiles:
            profiles.append(CURSOR_PAGINATION)
        media_type = MEDIA_TYPE
        if selected is not None and selected.version is not None and version is not None:
            media_type += f"; version={version.major}.{version.minor}"
        if ext:
            media_type += f'; ext="{" ".join(ext)}"'
        if profiles:
            media_type += f'; profile="{" ".join(profiles)}"'
        return Followed(media_type, ext, tuple(profiles))

    return follow
