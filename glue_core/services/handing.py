"""Handing: a unit of work that an application may give to features, and not open itself.

An application that does not declare the database has business logic that writes there all the
same. Its controllers get the unit of work of their request, as everywhere, and pass it on; the
features they were given take it out of its wrapping. What they could do with it themselves, they
cannot.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast

from glue_core.errors import ConfigurationError
from glue_core.features import Features
from glue_core.services.database import UnitOfWork
from glue_core.work import Event, Work

Facade = TypeVar("Facade")


class HandedWork:
    """A unit of work in the hands of an application that does not reach the database.

    The flow commits it and undoes it. A savepoint and what waits for the commit need no database
    of the caller's own.
    """

    def __init__(self, work: Work, refuse: Callable[[], ConfigurationError]) -> None:
        # What starts a request's work gives out the owner's side of it.
        self._work = cast(UnitOfWork, work)
        self._refuse = refuse

    @property
    def session(self) -> Any:
        """Raise `ConfigurationError`: ask a feature."""
        raise self._refuse()

    def publish(self, event: Event) -> None:
        """Raise `ConfigurationError`: what happened is for a feature to say."""
        raise self._refuse()

    def apart(self, do: Callable[[Work], None]) -> None:
        """Raise `ConfigurationError`: ask a feature."""
        raise self._refuse()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call something once the transaction is durable."""
        self._work.after_commit(call)

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happens inside when it raises."""
        return self._work.savepoint()

    def commit(self) -> None:
        """Make everything durable: the flow's business."""
        self._work.commit()

    def rollback(self) -> None:
        """Undo everything: the flow's business."""
        self._work.rollback()

    def close(self) -> None:
        """Give the connection back: the flow's business."""
        self._work.close()


class TakingFeatures(Features):
    """The features of a deployment, for an application whose units of work are wrapped."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._taking: dict[tuple[type, str], object] = {}

    def get(self, facade: type[Facade]) -> Facade:
        """Return the feature behind a Protocol; its methods take wrapped units of work."""
        return self._take(facade, "", self._features.get(facade))

    def keyed(self, facade: type[Facade]) -> Mapping[str, Facade]:
        """Return the features behind a Protocol by key; their methods take wrapped works too."""
        found = self._features.keyed(facade)
        return {key: self._take(facade, key, made) for key, made in found.items()}

    def _take(self, facade: type[Facade], key: str, made: Facade) -> Facade:
        if (facade, key) not in self._taking:
            self._taking[facade, key] = _taking(facade, made)
        return cast(Facade, self._taking[facade, key])

    def __contains__(self, facade: type) -> bool:
        return facade in self._features


class _Taking:
    """Stands in front of a feature: methods that take a unit of work get the one inside."""

    def __init__(self, feature: object, methods: dict[str, Callable[..., Any]]) -> None:
        self.__dict__.update(methods)
        self._feature = feature

    def __getattr__(self, name: str) -> Any:
        return getattr(self._feature, name)

    def __repr__(self) -> str:
        return repr(self._feature)


def _taking(facade: type, feature: object) -> object:
    """Return the feature as it is, or what stands in front of it where a method takes a work."""
    methods = {}
    for name, declared in inspect.getmembers(facade, inspect.isfunction):
        if not name.startswith("_") and _takes_work(declared):
            methods[name] = _unwrapping(getattr(feature, name))
    return _Taking(feature, methods) if methods else feature


def _takes_work(method: Callable[..., Any]) -> bool:
    try:
        hints = typing.get_type_hints(method)
    except NameError:
        # An annotation that is for type checkers alone: look at its text.
        return any("Work" in str(each) for each in method.__annotations__.values())
    return any(
        hint is Work or Work in typing.get_args(hint)
        for name, hint in hints.items()
        if name != "return"
    )


def _unwrapping(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        return method(
            *[each._work if isinstance(each, HandedWork) else each for each in args],
            **{
                name: each._work if isinstance(each, HandedWork) else each
                for name, each in kwargs.items()
            },
        )

    return call
