"""Which files of an import directory are read, by whom, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.exchange import Importer

LISTS = "local"


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file to import; ``name`` is its path inside the directory."""

    path: Path
    name: str
    importer: Importer


@dataclass(frozen=True, slots=True)
class Listing:
    """What a directory holds.

    Attributes:
        files: Files to import, in order.
        skipped: Name of a file to why it is not imported.
        problems: Triples of a file, a line or None, and what is wrong with it.
    """

    files: tuple[ImportFile, ...]
    skipped: Mapping[str, str]
    problems: tuple[tuple[str, int | None, str], ...]


def list_directory(directory: Path, importers: Sequence[Importer]) -> Listing:
    """Find the files of an import directory.

    Lists, ``local/*.yml``, decide where there are any; else every CSV file below the directory
    counts, by its name.

    Raises:
        ConfigurationError: There is no such folder, or importers wait for each other.
    """
    if not directory.is_dir():
        raise ConfigurationError(
            f"{directory} is not a folder.\nName the folder that holds the import files."
        )
    ranks = {importer.entity: rank for rank, importer in enumerate(in_order(importers))}
    found = {path.relative_to(directory).as_posix(): path for path in _csv_files(directory)}
    lists = sorted((directory / LISTS).glob("*.y*ml"))
    collect = _Collection(directory, importers, found)
    for path in lists:
        collect.read_list(path)
    if not lists:
        collect.take_all()
    reason = "no list names it" if lists else "no installed distribution imports it"
    for name in found:
        if name not in collect.chosen and name not in collect.skipped:
            collect.skipped[name] = reason
    files = sorted(collect.chosen.values(), key=lambda file: ranks[file.importer.entity])
    return Listing(tuple(files), dict(sorted(collect.skipped.items())), tuple(collect.problems))


def in_order(importers: Sequence[Importer]) -> list[Importer]:
    """Return importers so that each stands behind those it comes after; ties go by name.

    Raises:
        ConfigurationError: Importers wait for each other.
    """
    waiting = {importer.entity: importer for importer in sorted(importers, key=lambda i: i.entity)}
    ordered: list[Importer] = []
    while waiting:
        free = next(
            (i for i in waiting.values() if not any(name in waiting for name in i.after)), None
        )
        if free is None:
            raise ConfigurationError(_cycle_text(waiting))
        ordered.append(waiting.pop(free.entity))
    return ordered


def _cycle_text(waiting: Mapping[str, Importer]) -> str:
    """Name one circle among importers that all wait."""
    chain = [next(iter(waiting))]
    while chain[-1] not in chain[:-1]:
        chain.append(next(name for name in waiting[chain[-1]].after if name in waiting))
    circle = chain[chain.index(chain[-1]) :]
    lines = "\n".join(
        f"  {name!r}, made by {waiting[name].make.__module__}" for name in circle[:-1]
    )
    return (
        f"Importers wait for each other: {' after '.join(map(repr, circle))}.\n{lines}\n"
        "Take one of them out of the 'after' of the other."
    )


class _Collection:
    """Gathers the files of a directory."""

    def __init__(
        self, directory: Path, importers: Sequence[Importer], found: Mapping[str, Path]
    ) -> None:
        self._directory = directory
        self._by_entity = {importer.entity: importer for importer in importers}
        self._by_file = {importer.file: importer for importer in importers}
        self._found = found
        self.chosen: dict[str, ImportFile] = {}
        self.skipped: dict[str, str] = {}
        self.problems: list[tuple[str, int | None, str]] = []

    def take_all(self) -> None:
        """Choose every file whose name an importer knows."""
        for name, path in self._found.items():
            importer = self._by_file.get(path.name[: -len(".csv")])
            if importer is not None:
                self.chosen[name] = ImportFile(path, name, importer)

    def read_list(self, path: Path) -> None:
        """Choose what a list names."""
        import yaml

        place = path.relative_to(self._directory).as_posix()
        try:
            document = yaml.safe_load(path.read_bytes())
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark is not None else None
            reason = getattr(error, "problem", None) or "it cannot be decoded"
            self.problems.append((place, line, f"The list is not YAML: {reason}."))
            return
        actions = document.get("actions") if isinstance(document, dict) else None
        if not isinstance(actions, list):
            self.problems.append((place, None, "The list lacks 'actions', a sequence of imports."))
            return
        for number, action in enumerate(actions, 1):
            self._take(place, number, action)

    def _take(self, place: str, number: int, action: Any) -> None:
        entity = action.get("data_entity") if isinstance(action, dict) else None
        source = action.get("source") if isinstance(action, dict) else None
        if not isinstance(entity, str) or (source is not None and not isinstance(source, str)):
            reason = f"Action {number} needs 'data_entity', a text, and 'source', a path."
            self.problems.append((place, None, reason))
            return
        importer = self._by_entity.get(entity)
        if importer is None:
            self.skipped[source or entity] = f"no installed distribution imports {entity!r}"
            return
        if source is None:
            reason = f"Action {number}, {entity!r}, names no 'source'."
            self.problems.append((place, None, reason))
            return
        name = self._resolve(source)
        if name is None:
            reason = f"Action {number}, {entity!r}: there is no file {source!r} in the directory."
            self.problems.append((place, None, reason))
            return
        self.chosen.setdefault(name, ImportFile(self._found[name], name, importer))

    def _resolve(self, source: str) -> str | None:
        """Find a source, also when it is written from a folder further up."""
        parts = [part for part in PurePosixPath(source).parts if part not in ("/", ".")]
        for start in range(len(parts)):
            name = "/".join(parts[start:])
            if name in self._found:
                return name
        return None


def _csv_files(directory: Path) -> list[Path]:
    return sorted(
        path
        for path in directory.rglob("*.csv")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(directory).parts)
    )
