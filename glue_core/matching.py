"""Matching: from a path and a method to an operation. A pure function; nothing runs here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast
from urllib.parse import unquote_to_bytes

from glue_core.operation import RELATIONSHIPS

if TYPE_CHECKING:
    from falcon.routing import CompiledRouter

Target = TypeVar("Target")

SEPARATOR = "/"

# Stands for a slash inside a segment while a custom route is looked for; no path contains it.
_INNER_SLASH = "\0"


class InvalidPath(ValueError):
    """A path that is no text: not UTF-8, or with a NUL."""


def segments_of(path: str, raw: str | None = None) -> list[str]:
    """Split a path into its decoded segments.

    Args:
        path: ``PATH_INFO`` as WSGI gives it: decoded once, each byte a character.
        raw: The same path as the client sent it, where the server tells. It keeps an encoded
            slash inside its segment.

    Returns:
        The segments between slashes, without the first slash and one trailing one.

    Raises:
        InvalidPath: The path is not UTF-8 or contains a NUL.
    """
    if raw is not None and "%" in raw:
        parts = [_decoded(part) for part in raw.split(SEPARATOR)]
    elif path.isascii():
        parts = path.split(SEPARATOR)
    else:
        try:
            parts = path.encode("latin-1").decode("utf-8").split(SEPARATOR)
        except UnicodeError as error:
            raise InvalidPath(path) from error
    if "\0" in path:
        raise InvalidPath(path)
    if parts and not parts[0]:
        del parts[0]
    if len(parts) > 1 and not parts[-1]:
        del parts[-1]
    return parts


def _decoded(part: str) -> str:
    try:
        # The server hands the raw path over as it does every text: each byte a character.
        text = unquote_to_bytes(part.encode("latin-1")).decode("utf-8")
    except UnicodeError as error:
        raise InvalidPath(part) from error
    if "\0" in text:
        raise InvalidPath(part)
    return text


@dataclass(frozen=True, slots=True)
class Location(Generic[Target]):
    """A path that something answers, with what answers each method.

    Attributes:
        types: Chain of types; empty for a custom route.
        template: The path as a template.
        methods: What answers each HTTP method; HEAD is GET's.
        refused: What answers any other method.
        is_related: Whether the last segment is the name of a relationship, not a type.
    """

    types: tuple[str, ...]
    template: str
    methods: Mapping[str, Target]
    refused: Target
    is_related: bool = False

    def on_get(self) -> None:
        """Exist for Falcon's router, which refuses a resource that has no responder."""


class Match(NamedTuple, Generic[Target]):
    """What a path and a method lead to.

    Attributes:
        target: What answers.
        types: Chain of types, outermost first.
        ids: Ids along the chain; one less than types where the path ends in a type.
        parameters: Placeholders of a custom route.
        template: The path as a template, or None where nothing is there.
    """

    target: Target
    types: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    parameters: Mapping[str, str] | None = None
    template: str | None = None


# What `Match` does with arguments by name, without a call in between.
_MAKE = cast("Callable[[type[Match[Any]], tuple[Any, ...]], Match[Any]]", tuple.__new__)


class Matcher(Generic[Target]):
    """Reads paths in pairs of type and id; custom routes are asked first.

    Attributes:
        starts: First segments of the paths that something answers, save those of routes that
            start with a placeholder.
    """

    def __init__(
        self,
        items: Mapping[str, Location[Target]],
        collections: Mapping[str, Location[Target]],
        routes: Sequence[Location[Target]],
        *,
        not_found: Target,
        parent_not_found: Target,
        invalid: Target,
        preflight: Target,
        linkage: Mapping[tuple[str, str], Location[Target]] | None = None,
    ) -> None:
        """Freeze the table.

        Args:
            items: Locations that end in an id, by chain, such as ``carts/items``.
            collections: Locations that end in a type, by chain.
            routes: Locations of custom routes.
            not_found: What answers where nothing is.
            parent_not_found: What answers where the type is known and its parents are wrong.
            invalid: What answers a path that is no text.
            preflight: What answers OPTIONS where nothing is; browsers ask it in advance.
            linkage: Locations of relationships themselves, by the chain above and their name.
        """
        self._linkage = dict(linkage or {})
        self._items = dict(items)
        self._collections = dict(collections)
        self._chains = frozenset((*items, *collections))
        self._last_types = {
            chain.rpartition("/")[2]
            for table in (items, collections)
            for chain, location in table.items()
            if not location.is_related
        }
        heads = {each.template.split("/")[1] for each in routes}
        self.starts = frozenset(
            {chain.partition("/")[0] for chain in self._chains}
            | {each for each in heads if each and "{" not in each}
        )
        self._not_found = not_found
        self._parent_not_found = parent_not_found
        self._invalid = invalid
        self._preflight = preflight
        self._routes = tuple(routes)
        self._router: CompiledRouter | None = None
        self._starts = frozenset(each.template.split(SEPARATOR)[1] for each in routes)
        self._starts_anyhow = any("{" in each for each in self._starts)
        self._direct_items = self._direct(self._items)
        self._direct_collections = self._direct(self._collections)
        if routes:
            from falcon.routing import CompiledRouter

            self._router = CompiledRouter()
            for location in routes:
                self._router.add_route(location.template, location, compile=location is routes[-1])

    def _direct(self, locations: Mapping[str, Location[Target]]) -> Mapping[str, Location[Target]]:
        """Return the places of types that stand alone, and share no segment with a custom route."""
        if self._starts_anyhow:
            return {}
        return {
            f"{SEPARATOR}{chain}": location
            for chain, location in locations.items()
            if SEPARATOR not in chain and chain not in self._starts
        }

    @property
    def elsewhere(self) -> tuple[Target, ...]:
        """What answers where nothing is."""
        return (self._not_found, self._parent_not_found, self._invalid, self._preflight)

    def locations(self) -> tuple[Location[Target], ...]:
        """Return every place that something answers, custom routes first, as they are asked."""
        tables = (self._collections, self._items, self._linkage)
        return (*self._routes, *(each for table in tables for each in table.values()))

    def match(self, method: str, path: str, raw: str | None = None) -> Match[Target]:
        """Say what answers a request.

        Args:
            method: HTTP method in capital letters.
            path: ``PATH_INFO`` as WSGI gives it.
            raw: The path as the client sent it, or None.
        """
        if raw is None:
            # Most paths: a type, or a type and an id. What follows does the same for any.
            above, _, last = path.rpartition(SEPARATOR)
            found: tuple[str, ...] = ()
            if above:
                direct, found = self._direct_items.get(above), (last,)
            else:
                direct = self._direct_collections.get(path)
            if direct is not None and last and path.isascii() and "\0" not in last:
                target = direct.methods.get(method, direct.refused)
                return _MAKE(Match, (target, direct.types, found, None, direct.template))
        try:
            parts = segments_of(path, raw)
        except InvalidPath:
            return Match(self._invalid)
        route = None
        if self._starts_anyhow or (parts and parts[0] in self._starts):
            route = self._route_of(parts)
        if route is not None and method in route[0].methods:
            return self._at(route[0], method, (), route[1])
        types, ids = parts[0::2], parts[1::2]
        chain = "/".join(types)
        if len(types) != len(ids):
            location = self._collections.get(chain)
        elif types and types[-1] == RELATIONSHIPS:
            # The id behind the reserved segment is the name of a relationship.
            location = self._linkage.get((chain.removesuffix(f"/{RELATIONSHIPS}"), ids[-1]))
            ids = ids[:-1]
        else:
            location = self._items.get(chain)
        if location is not None and "" not in ids and (not route or method in location.methods):
            target = location.methods.get(method, location.refused)
            return _MAKE(Match, (target, location.types, tuple(ids), None, location.template))
        if route is not None:
            return self._at(route[0], method, (), route[1])
        if method == "OPTIONS":
            missing = self._preflight
        elif types and chain not in self._chains and types[-1] in self._last_types:
            missing = self._parent_not_found
        else:
            missing = self._not_found
        return _MAKE(Match, (missing, tuple(types), tuple(ids), None, None))

    def _route_of(self, parts: Sequence[str]) -> tuple[Location[Target], dict[str, str]] | None:
        """Find the custom route of a path; a slash inside a segment stays inside."""
        assert self._router is not None
        path = "/" + "/".join(part.replace("/", _INNER_SLASH) for part in parts)
        found = self._router.find(path)
        if found is None:
            return None
        parameters = {n: str(value).replace(_INNER_SLASH, "/") for n, value in found[2].items()}
        return cast("Location[Target]", found[0]), parameters

    def _at(
        self,
        location: Location[Target],
        method: str,
        ids: tuple[str, ...],
        parameters: Mapping[str, str] | None,
    ) -> Match[Target]:
        target = location.methods.get(method, location.refused)
        return Match(target, location.types, ids, parameters, location.template)
