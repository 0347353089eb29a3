"""Taking: which application answers in the place of the selected one, asked before anything runs.

An application hands single types over to others, and leaves what it has no place for to a next one.
Asking is pure: no answer is made twice, and who is asked reads no body. What fails while it is
asked takes nothing, and is told in the log alone.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from glue_core.application import WSGI, Located, Selective
from glue_core.edge import unwrapped
from glue_core.errors import ConfigurationError
from glue_core.formatting import LOG
from glue_core.request_id import request_id_of
from glue_core.settings import Settings
from glue_core.target import first_segment

SELECTED = "selected"
HANDED_OVER = "handed over"
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Taken:
    """Who answers a request.

    Attributes:
        name: Name of the application.
        why: `SELECTED` where it is the selected one, `HANDED_OVER` where that hands the type
            over, `NEXT` where that has no place for the path.
        start: The type, or first segment of a route, that is handed over; empty otherwise.
    """

    name: str
    why: str = SELECTED
    start: str = ""


@dataclass(frozen=True, slots=True)
class _Way:
    """Who may answer what one application was selected for.

    Attributes:
        selected: The answer that it does so itself.
        handed_over: Applications by the first segments of paths.
        following: Who is asked after it, in order.
        versions_in_path: Whether a version may come before the first segment.
    """

    selected: Taken
    handed_over: Mapping[str, str]
    following: tuple[str, ...]
    versions_in_path: bool


class Takers:
    """Who answers in whose place, frozen."""

    def __init__(
        self, applications: Mapping[str, WSGI], names: Iterable[str], settings: Settings
    ) -> None:
        """Freeze it.

        Args:
            applications: WSGI callables by the names of their applications.
            names: The applications that are served.
            settings: Tells what they leave to others.

        Raises:
            ConfigurationError: What somebody leaves to another is not served, or not known there.
        """
        self._callables = {name: unwrapped(each) for name, each in applications.items()}
        self._selective = {
            name: each for name, each in self._callables.items() if isinstance(each, Selective)
        }
        self._origin = settings.origin
        self._alone: dict[str, Taken] = {}
        self._ways: dict[str, _Way] = {}
        tables = {name: settings.application(name) for name in names}
        for name, table in tables.items():
            self._alone[name] = Taken(name)
            self._check_next(name, table["next"])
            self._check_handed_over(name, table["hand_over"])
        for name, table in tables.items():
            following = tuple(self._following(name, tables))
            if following or table["hand_over"]:
                self._ways[name] = _Way(
                    self._alone[name],
                    dict(table["hand_over"]),
                    following,
                    table["versions_in_path"],
                )

    def taking(self, name: str, environ: dict[str, Any]) -> Taken:
        """Say who answers a request that an application was selected for.

        First the one that its type is handed over to, then itself, then what comes next. What
        nobody takes it refuses itself, in its own words.

        Args:
            name: Name of the selected application.
            environ: The WSGI environment, below the mount point.
        """
        way = self._ways.get(name)
        if way is None:
            return self._alone[name]
        start = ""
        if way.handed_over:
            start = first_segment(environ, versions_in_path=way.versions_in_path)
            receiver = way.handed_over.get(start)
            if receiver is not None and self._takes(receiver, environ):
                return Taken(receiver, HANDED_OVER, start)
        if not way.following or self._takes(name, environ, otherwise=True):
            return way.selected
        for each in way.following:
            if self._takes(each, environ):
                return Taken(each, NEXT)
        return way.selected

    def _takes(self, name: str, environ: dict[str, Any], *, otherwise: bool = False) -> bool:
        """Ask an application; one that does not say takes everything.

        Args:
            name: Its name.
            environ: The WSGI environment.
            otherwise: What counts where it cannot be asked: the selected one tells of its failure
                itself, another one must not.
        """
        application = self._selective.get(name)
        if application is None:
            return True
        # The id is made before, so that the answer has the one that the log has.
        request_id = request_id_of(environ)
        try:
            return application.takes({**environ, "wsgi.input": _UNREAD})
        except Exception as error:
            LOG.error(
                "Request %s: the application %r cannot be asked", request_id, name, exc_info=error
            )
            return otherwise

    def _following(self, name: str, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Yield who comes after an application; a way that leads back ends there."""
        seen = {name}
        following: str | None = tables[name]["next"]
        while following is not None and following not in seen:
            yield following
            seen.add(following)
            following = tables[following]["next"] if following in tables else None

    def _check_next(self, name: str, following: str | None) -> None:
        if following == name:
            raise ConfigurationError(
                f"{self._origin}: 'applications.{name}.next' names {name!r} itself.\n"
                f"Name another application, or take it out."
            )
        if following is not None and following not in self._callables:
            raise ConfigurationError(
                f"{self._origin}: after {name!r} comes {following!r}, which is not served.\n"
                f"{self._served(following)}Serve it in the same process, or take "
                f"'applications.{name}.next' out."
            )

    def _check_handed_over(self, name: str, handed_over: Mapping[str, str]) -> None:
        for start, receiver in handed_over.items():
            place = f"applications.{name}.hand_over"
            if receiver == name:
                raise ConfigurationError(
                    f"{self._origin}: {place!r} hands {start!r} over to {name!r} itself.\n"
                    f"Name another application, or take the line out."
                )
            if receiver not in self._callables:
                raise ConfigurationError(
                    f"{self._origin}: {place!r} hands {start!r} over to {receiver!r}, which is not "
                    f"served.\n{self._served(receiver)}Serve it in the same process, or take the "
                    f"line out."
                )
            application = self._callables[receiver]
            if isinstance(application, Located) and start not in application.starts:
                raise ConfigurationError(
                    f"{self._origin}: {place!r} hands {start!r} over to {receiver!r}, which has no "
                    f"path that starts with it.\n{_near(start, application.starts)}"
                    f"Install what serves it there, or take the line out."
                )

    def _served(self, name: str) -> str:
        return f"Served are: {', '.join(self._callables)}. {_near(name, self._callables)}"


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), 1)
    return f"Did you mean {near[0]!r}? " if near else ""


class _Unread:
    """Stands for the body while somebody is asked: it belongs to whoever answers."""

    def read(self, *_: Any) -> NoReturn:
        """Refuse to be read."""
        raise RuntimeError("Who is asked whether it takes a request must not read its body.")

    readline = readlines = __iter__ = read


_UNREAD = _Unread()
