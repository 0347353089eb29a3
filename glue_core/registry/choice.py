"""What the settings leave out or put in another's place: ``disable`` and ``replace``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from glue_core.errors import ConfigurationError
from glue_core.registry.discovery import Source
from glue_core.registry.order import Contribution


class Choice:
    """The project's word on plugins and contributions, and whether it matched anything."""

    def __init__(self, disable: Iterable[str], replace: Mapping[str, str], origin: str) -> None:
        self.disabled = frozenset(disable) | frozenset(replace)
        self.replaced = dict(replace)
        self._origin = origin
        self._seen: set[str] = set()
        self._plugins: set[str] = set()

    def of_sources(self, sources: Sequence[Source]) -> tuple[Source, ...]:
        """Leave disabled plugins out; ids of plugins that others leave out later are known."""
        self._plugins.update(each.id for each in sources)
        self._seen.update(each.id for each in sources)
        return tuple(each for each in sources if each.id not in self.disabled)

    def of_contributions(self, contributions: Iterable[Contribution]) -> tuple[Contribution, ...]:
        """Leave disabled and replaced contributions out."""
        kept = []
        for each in contributions:
            self._seen.add(each.id)
            if each.id not in self.disabled:
                kept.append(each)
        return tuple(kept)

    def check(self, loaded: Iterable[Source]) -> None:
        """Refuse ids that nobody has.

        An id of a plugin that is installed and that this process does not load is left alone: one
        settings file serves the processes of several applications.

        Args:
            loaded: The plugins that were loaded.

        Raises:
            ConfigurationError: An id is unknown.
        """
        problems = [
            f"{self._origin}: 'disable' or 'replace' names {wanted!r}, which nobody has.{hint}"
            for wanted, hint in self.unknown(loaded)
        ]
        if problems:
            problems.append("'glue plugins --all' lists every id.")
            raise ConfigurationError("\n".join(problems))

    def unknown(self, loaded: Iterable[Source]) -> Iterator[tuple[str, str]]:
        """Yield the ids that nobody had so far, each with a hint or an empty text.

        Args:
            loaded: The plugins that were loaded.
        """
        here = {source.id for source in loaded}
        for wanted in sorted(self.disabled | set(self.replaced.values())):
            if wanted in self._seen:
                continue
            plugin = next((p for p in self._plugins if wanted.startswith(p + ".")), None)
            if plugin is not None and plugin not in here:
                continue
            near = difflib.get_close_matches(wanted, sorted(self._seen), 1)
            yield wanted, f" Did you mean {near[0]!r}?" if near else ""
