"""The addresses of a shop: which entity a path leads to, and redirects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from glue_core import Work
from glue_stores import Market

__all__ = [
    "URL_CHANGED",
    "Url",
    "UrlReader",
    "UrlRegister",
    "UrlTargets",
]

URL_CHANGED = "urls.url"
"""Name of the event that what a path leads to changed; its key is the path."""


@dataclass(frozen=True, slots=True)
class Url:
    """A path and what it leads to.

    Attributes:
        path: Path with its language, such as ``/en/desk-lamp-001``.
        locale: Locale of the page, such as ``en_US``.
        entity_type: Type of the entity, such as ``abstract-products``.
        entity_id: Id of the entity, as the resource of that type has it.
    """

    path: str
    locale: str
    entity_type: str
    entity_id: str


class UrlReader(Protocol):
    """Reads published addresses."""

    def resolve(self, path: str, store: str) -> Url | None:
        """Return where a path leads, or None where it leads to nothing that the store shows.

        Redirects are followed to their end; those that lead back, or on and on, end nowhere. The
        answer has the path at the end.

        Args:
            path: The whole path, decoded; it matches to the letter.
            store: Name of the store.
        """


class UrlTargets(Protocol):
    """Says which entities of one type are there to be visited.

    A feature that has pages provides one, with the type as its key. An address of a type that
    nobody speaks for leads nowhere.
    """

    def shows(self, entity_id: str, market: Market) -> bool:
        """Say whether the entity is visible in a store, in the locale of the address."""


class UrlRegister(Protocol):
    """Takes the addresses that entities have, in the unit of work it is given; it never commits."""

    def assign(
        self, entity_type: str, addresses: Mapping[str, Mapping[str, str]], work: Work
    ) -> None:
        """Say which addresses some entities have now; others that they had are theirs no more.

        Addresses that were imported for them stay. Where several entities have one address, the
        one by type and id comes first: the addresses of one type should be unique.

        Args:
            entity_type: Type of the entities.
            addresses: Id to the addresses of that entity: path to locale.
            work: The unit of work.
        """
