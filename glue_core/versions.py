"""Versions of resources: the media type, or the path, selects among operations at one place.

A media type says ``version=2.0``. Where an application reads versions from paths as well, a path
may start with ``/v2.0``; what follows is the path that it is without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote

from glue_core.errors import ConfigurationError
from glue_core.messages import GlueVersion

if TYPE_CHECKING:
    from glue_core.convention import MediaParameters
    from glue_core.operation import Operation

PARAMETER = "version"
UNREADABLE = GlueVersion(-1, -1)
"""A version that nobody can declare: what the client sent is no version."""

Target = TypeVar("Target")

_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})(?:\.(0|[1-9][0-9]{0,5}))?")


def read_version(text: str) -> GlueVersion | None:
    """Read ``1``, which is ``1.0``, or ``1.1``; None for anything else."""
    match = _VERSION.fullmatch(text)
    return GlueVersion(int(match[1]), int(match[2] or 0)) if match is not None else None


def version_in(parameters: MediaParameters) -> GlueVersion | None:
    """Return what the parameters of a media type name as ``version``, or None without one."""
    for name, value in parameters:
        if name == PARAMETER:
            return read_version(value) or UNREADABLE
    return None


def version_of_segment(segment: str) -> GlueVersion | None:
    """Return the version that the first segment of a path names, or None: ``v2``, ``v2.0``."""
    return read_version(segment[1:]) if segment.startswith("v") else None


@dataclass(frozen=True, slots=True)
class VersionedPath:
    """A path whose first segment may name a version.

    Attributes:
        prefix: The segment with the slash before it, which links keep; empty without one.
        path: The path behind it, decoded.
        raw: The same as the client sent it, or None where the server does not tell.
        version: The version, or None where the path names none.
    """

    prefix: str
    path: str
    raw: str | None
    version: GlueVersion | None


def version_before(path: str, raw: str | None) -> VersionedPath:
    """Read the version that a path starts with.

    Args:
        path: ``PATH_INFO`` as WSGI gives it.
        raw: The path as the client sent it, or None. An encoded slash does not end its segment.
    """
    segment = path[1:].partition("/")[0] if path.startswith("/") else ""
    version = version_of_segment(segment)
    sent, slash, rest = (raw or path)[1:].partition("/")
    if version is None or unquote(sent) != segment:
        return VersionedPath("", path, raw, None)
    prefix = f"/{segment}"
    behind = None if raw is None else slash + rest or "/"
    return VersionedPath(prefix, path[len(prefix) :] or "/", behind, version)


def declared_versions(operation: Operation) -> tuple[str, ...]:
    """Return the versions that an operation answers, as they were written."""
    if not operation.versions and operation.resource is not None:
        return operation.resource.versions
    return operation.versions


def versions_of(operation: Operation) -> tuple[GlueVersion, ...]:
    """Return the versions that an operation answers; none where it has no versions.

    Raises:
        ConfigurationError: One of them is no version.
    """
    found = []
    for text in declared_versions(operation):
        version = read_version(text)
        if version is None:
            raise ConfigurationError(
                f"The operation {operation.contribution_name!r} has the version {text!r}.\n"
                f"Write a number, or two with a point between them, such as '1.1'."
            )
        found.append(version)
    return tuple(found)


def share_versions(one: Operation, other: Operation) -> bool:
    """Say whether two operations at one place could answer the same request."""
    first, second = versions_of(one), versions_of(other)
    return not first or not second or not set(first).isdisjoint(second)


@dataclass(frozen=True, slots=True)
class Asked:
    """The version that a request asks for.

    Attributes:
        versions: What it takes, the best first; None among them takes any.
        in_accept: Whether ``Accept`` says so, not the type of the body or the path.
        media_types: Media types of the convention; answers in one of them repeat it.
        contradicted_by: Header that names another version than the path, or None.
    """

    versions: tuple[GlueVersion | None, ...]
    in_accept: bool
    media_types: frozenset[str]
    contradicted_by: str | None = None

    @property
    def named(self) -> GlueVersion:
        """The best version that the client names."""
        return next(each for each in self.versions if each is not None)


@dataclass(frozen=True, slots=True)
class Versions(Generic[Target]):
    """What answers one method at one place, by version.

    Attributes:
        targets: What answers each version.
        elsewhere: What answers each version that is there for other methods alone.
        unknown: What answers where the body's type, or a path, names a version that is not there.
        unacceptable: What answers where ``Accept`` does.
    """

    targets: Mapping[GlueVersion, Target]
    elsewhere: Mapping[GlueVersion, Target]
    unknown: Target
    unacceptable: Target

    def select(self, asked: Asked, newest: Target) -> tuple[Target, GlueVersion | None]:
        """Return what answers, and the version that was asked for, None where any will do."""
        for version in asked.versions:
            if version is None:
                return newest, None
            found = self.targets.get(version)
            if found is not None:
                return found, version
        for version in asked.versions:
            if version is not None and version in self.elsewhere:
                return self.elsewhere[version], version
        return (self.unacceptable if asked.in_accept else self.unknown), asked.named
