"""Routing by the old rules: ids may be missing along the way, and there is no 405."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from glue_core import InvalidPath, Location, Match, Matcher, segments_of
from glue_legacy_api.flow import LegacyFlow

CHANGES_ONE = ("PATCH", "DELETE", "PUT")
READS = ("GET", "HEAD")


class LegacyMatcher(Matcher[LegacyFlow]):
    """Reads paths in pairs of type and id.

    An empty id of a parent, and a nested resource without its parents, lead to the endpoint, which
    says what it lacks; so does a change without an id. Everything else that is not there is
    unknown, whether path or method.
    """

    def __init__(self, *arguments: Any, missing: Collection[str] = (), **named: Any) -> None:
        """Freeze the table, as `Matcher` does.

        Args:
            arguments: Those of `Matcher`.
            missing: Places that say themselves what they answer to a path without an id.
            named: Those of `Matcher`.
        """
        super().__init__(*arguments, **named)
        self._missing = frozenset(missing)
        self._nested: dict[str, str] = {}
        chains = {*self._items, *self._collections}
        for chain in sorted(chains, reverse=True):
            last = chain.rpartition("/")[2]
            if last not in chains and not self._is_related(chain):
                self._nested[last] = chain
        self._options = {chain: self._preflight_of(chain) for chain in chains}

    def match(self, method: str, path: str, raw: str | None = None) -> Match[LegacyFlow]:
        """Say what answers a request.

        Args:
            method: HTTP method in capital letters.
            path: ``PATH_INFO`` as WSGI gives it.
            raw: The path as the client sent it, or None.
        """
        try:
            parts = segments_of(path, raw)
        except InvalidPath:
            return Match(self._invalid)
        route = self._route_of(parts) if self._router is not None else None
        if route is not None and method in route[0].methods:
            return self._at(route[0], method, (), route[1])
        while len(parts) > 1 and len(parts) % 2 == 0 and not parts[-1]:
            parts = parts[:-1]
        types, ids = tuple(parts[0::2]), tuple(parts[1::2])
        chain = "/".join(types)
        if len(types) == 1 and types[0] in self._nested:
            chain = self._nested[types[0]]
            ids = ("",) * chain.count("/") + ids
            types = tuple(chain.split("/"))
        has_id = len(types) == len(ids)
        found = self._located(method, chain, has_id)
        if method == "OPTIONS" and found is None and chain in self._options:
            return Match(self._options[chain], types, ids)
        if found is None:
            return Match(self._not_found, types, ids)
        if found is self._items.get(chain) and not has_id:
            ids = (*ids, "")
        return Match(found.methods[method], types, ids, None, found.template)

    def locations(self) -> tuple[Location[LegacyFlow], ...]:
        """Return every place that something answers: what leads on from a resource is none.

        Nor is a collection whose path lacks an id here.
        """
        return tuple(map(self._reached, (e for e in super().locations() if not e.is_related)))

    def _reached(self, location: Location[LegacyFlow]) -> Location[LegacyFlow]:
        """Return a location without what the old application never asks there."""
        chain = "/".join(location.types)
        is_shadowed = chain in self._missing and chain in self._items
        if not is_shadowed or location is not self._collections.get(chain):
            return location
        methods = {name: each for name, each in location.methods.items() if name not in READS}
        return replace(location, methods=methods)

    def _located(self, method: str, chain: str, has_id: bool) -> Location[LegacyFlow] | None:
        """Return the location that answers a method, with or without an id at the end."""
        item, collection = self._items.get(chain), self._collections.get(chain)
        if method == "OPTIONS":
            return None
        if has_id or (chain in self._missing and item is not None and method in READS):
            candidates = [item]
        else:
            candidates = [collection, item if method in CHANGES_ONE or collection is None else None]
        for each in candidates:
            if each is not None and method in each.methods and not each.is_related:
                return each
        return None

    def _is_related(self, chain: str) -> bool:
        found = [t[chain] for t in (self._items, self._collections) if chain in t]
        return all(each.is_related for each in found)

    def _preflight_of(self, chain: str) -> LegacyFlow:
        """Return what answers OPTIONS: it knows the methods of a resource with and without id."""
        methods: list[str] = []
        flow = self._preflight
        for table in (self._collections, self._items):
            location = table.get(chain)
            if location is not None and not location.is_related:
                flow = location.methods["OPTIONS"]
                methods += [each for each in location.methods if each not in ("HEAD", "OPTIONS")]
        return flow.allowing((*dict.fromkeys(methods), "OPTIONS"))
