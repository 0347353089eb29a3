"""Features: business logic that is provided to whoever asks, not constructed by them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from glue_core.errors import ConfigurationError

Facade = TypeVar("Facade")


@dataclass(frozen=True, slots=True)
class Provider(Generic[Facade]):
    """Says who makes the one object behind a Protocol.

    Attributes:
        facade: The Protocol that a feature package exports, such as ``CatalogReader``.
        make: Makes the object; called at most once, when somebody first asks. It may ask for
            other features itself.
    """

    facade: type[Facade]
    make: Callable[[Features], Facade]

    @property
    def name(self) -> str:
        """Name in contribution ids."""
        return self.facade.__name__


class Features:
    """The features of a deployment; the same object answers every time."""

    def __init__(self, providers: Iterable[Provider[Any]]) -> None:
        self._providers = {provider.facade: provider for provider in providers}
        self._made: dict[type, object] = {}
        self._making: list[type] = []
        self._lock = threading.RLock()

    def get(self, facade: type[Facade]) -> Facade:
        """Return the feature behind a Protocol.

        Raises:
            ConfigurationError: No installed distribution provides it, or two features need each
                other to be made.
        """
        with self._lock:
            if facade in self._made:
                return cast(Facade, self._made[facade])
            provider = self._providers.get(facade)
            if provider is None:
                offered = ", ".join(sorted(p.name for p in self._providers.values())) or "none"
                raise ConfigurationError(
                    f"No feature provides {facade.__module__}:{facade.__qualname__}.\n"
                    f"Provided are: {offered}.\n"
                    f"Install a distribution with an entry point in 'glue.features' that does."
                )
            if facade in self._making:
                chain = " -> ".join(each.__name__ for each in [*self._making, facade])
                raise ConfigurationError(
                    f"Features need each other to be made: {chain}.\n"
                    f"Let one of them ask for the other when it is first used."
                )
            self._making.append(facade)
            try:
                made = provider.make(self)
            finally:
                self._making.pop()
            self._made[facade] = made
            return cast(Facade, made)

    def __contains__(self, facade: type) -> bool:
        return facade in self._providers
