"""Versions: how a path is split behind the version that it starts with."""

from __future__ import annotations

import pytest

from glue_core.messages import GlueVersion
from glue_core.versions import VersionedPath, version_before


@pytest.mark.parametrize(
    ("path", "raw", "expected"),
    [
        ("/v2/a/1", None, VersionedPath("/v2", "/a/1", None, GlueVersion(2, 0))),
        ("/v2.1/a/1", None, VersionedPath("/v2.1", "/a/1", None, GlueVersion(2, 1))),
        ("/v2", None, VersionedPath("/v2", "/", None, GlueVersion(2, 0))),
        ("/v2/", None, VersionedPath("/v2", "/", None, GlueVersion(2, 0))),
        ("/v2/a b", "/v2/a%20b", VersionedPath("/v2", "/a b", "/a%20b", GlueVersion(2, 0))),
        ("/v2/a b", "/%762/a%20b", VersionedPath("/v2", "/a b", "/a%20b", GlueVersion(2, 0))),
        ("/v2", "/%762", VersionedPath("/v2", "/", "/", GlueVersion(2, 0))),
    ],
)
def test_version_is_taken_off(path: str, raw: str | None, expected: VersionedPath) -> None:
    """What follows the version is the path that it is without it, decoded and raw."""
    assert version_before(path, raw) == expected


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/a/v2", None),
        ("/version/1", None),
        ("/v2a/1", None),
        ("/v/1", None),
        ("/v1.2.3/a", None),
        ("v2/a", None),
        ("", None),
        ("/v2/a b", "/v2%2Fa%20b"),
    ],
)
def test_other_paths_stay(path: str, raw: str | None) -> None:
    """A path that starts with anything else is left alone."""
    assert version_before(path, raw) == VersionedPath("", path, raw, None)
