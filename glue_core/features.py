"""Features: business logic that is provided to whoever asks, not constructed by them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from glue_core.errors import ConfigurationError

Facade = TypeVar("Facade")


@dataclass(frozen=True, slots=True)
class Provider(Generic[Facade]):
    """Says who makes the one object behind a Protocol, or the one that stands behind it for a key.

    Attributes:
        facade: The Protocol that a feature package exports, such as ``CatalogReader``.
        make: Makes the object; called at most once, when somebody first asks. It may ask for
            other features itself.
        key: What the object is for, where a Protocol has one for each of several things, such as
            the type of what it judges; '' where one object stands for all.
    """

    facade: type[Facade]
    make: Callable[[Features], Facade]
    key: str = ""

    @property
    def name(self) -> str:
        """Name in contribution ids."""
        return f"{self.facade.__name__}.{self.key}" if self.key else self.facade.__name__


class Features:
    """The features of a deployment; the same object answers every time."""

    def __init__(self, providers: Iterable[Provider[Any]]) -> None:
        self._providers = {(each.facade, each.key): each for each in providers}
        self._made: dict[tuple[type, str], object] = {}
        self._making: list[Provider[Any]] = []
        self._lock = threading.RLock()

    def get(self, facade: type[Facade]) -> Facade:
        """Return the feature behind a Protocol.

        Raises:
            ConfigurationError: No installed distribution provides it, or two features need each
                other to be made.
        """
        with self._lock:
            provider = self._providers.get((facade, ""))
            if provider is None:
                offered = ", ".join(sorted(p.name for p in self._providers.values())) or "none"
                raise ConfigurationError(
                    f"No feature provides {facade.__module__}:{facade.__qualname__}.\n"
                    f"Provided are: {offered}.\n"
                    f"Install a distribution with an entry point in 'glue.features' that does."
                )
            return cast(Facade, self._make(provider))

    def keyed(self, facade: type[Facade]) -> Mapping[str, Facade]:
        """Return the features behind a Protocol that has one for each of several keys, by key.

        Who offers the Protocol need not know who provides for which keys.

        Raises:
            ConfigurationError: Two features need each other to be made.
        """
        with self._lock:
            found = sorted(key for each, key in self._providers if each is facade and key)
            return {key: cast(Facade, self._make(self._providers[facade, key])) for key in found}

    def _make(self, provider: Provider[Any]) -> object:
        place = (provider.facade, provider.key)
        if place not in self._made:
            if provider in self._making:
                chain = " -> ".join(each.name for each in [*self._making, provider])
                raise ConfigurationError(
                    f"Features need each other to be made: {chain}.\n"
                    f"Let one of them ask for the other when it is first used."
                )
            self._making.append(provider)
            try:
                made = provider.make(self)
            finally:
                self._making.pop()
            self._made[place] = made
        return self._made[place]

    def __contains__(self, facade: type) -> bool:
        return (facade, "") in self._providers
