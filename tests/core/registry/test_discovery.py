"""Discovery: what the metadata of installed distributions says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from glue_core.registry import discovery


def distribution(folder: Path, name: str, points: str, requires: str = "") -> None:
    """Write the metadata of a distribution."""
    info = folder / f"{name.replace('-', '_')}-1.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n{requires}", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(points, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole of the path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path / "first"), str(tmp_path / "second")])
    return tmp_path


def test_entry_points_become_sources(folder: Path) -> None:
    """Each entry point of a group of Glue is a source with id, place and version."""
    distribution(
        folder / "first", "Glue_Things", "[glue.plugins.shop]\nthings = glue_things.plugin\n"
    )
    (source,) = discovery.installed()

    assert (source.id, source.group) == ("glue-things:things", "glue.plugins.shop")
    assert source.party == "glue-things 1.5   glue_things.plugin"


def test_nothing_is_imported(folder: Path) -> None:
    """Finding a plugin imports nothing, so one that does not exist is found as well."""
    distribution(folder / "first", "glue-gone", "[glue.plugins]\ngone = glue_gone\n")

    assert [each.name for each in discovery.installed()] == ["gone"]
    assert "glue_gone" not in sys.modules


def test_range_of_core_versions_is_read(folder: Path) -> None:
    """The requirement on the core is the range of versions a plugin works with."""
    distribution(
        folder / "first",
        "glue-things",
        "[glue.plugins]\nthings = glue_things\n",
        "Requires-Dist: glue_api.core>=0.1,<0.2\nRequires-Dist: other>=9\n",
    )
    (source,) = discovery.installed()

    assert source.core is not None
    assert source.core.contains("0.1.5")
    assert not source.core.contains("0.2")


def test_requirement_for_another_environment_does_not_count(folder: Path) -> None:
    """A requirement whose marker does not apply says nothing."""
    distribution(
        folder / "first",
        "glue-things",
        "[glue.plugins]\nthings = glue_things\n",
        'Requires-Dist: glue-api-core>=9; python_version < "3"\n',
    )

    assert discovery.installed()[0].core is None


def test_first_distribution_of_a_name_counts(folder: Path) -> None:
    """A distribution that is on the path twice is what an import would find."""
    distribution(folder / "first", "glue-things", "[glue.plugins]\nnew = glue_things\n")
    distribution(folder / "second", "glue-things", "[glue.plugins]\nold = glue_things\n")

    assert [each.name for each in discovery.installed()] == ["new"]


def test_order_is_that_of_names(folder: Path) -> None:
    """The order is by group and name, wherever on the path something is."""
    distribution(folder / "first", "glue-z", "[glue.plugins]\nb = x\n[glue.applications]\nz = x\n")
    distribution(folder / "second", "glue-a", "[glue.plugins]\na = x\n[other]\nc = x\n")

    assert [each.name for each in discovery.installed()] == ["z", "a", "b"]
