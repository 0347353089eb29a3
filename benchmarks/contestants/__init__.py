"""Who takes part: Glue, the yardstick, and frameworks of others that speak JSON:API.

Each runs in a process of its own (``python -m benchmarks.contestants NAME``), with its own
libraries, its own heap and its own garbage collector. Rounds alternate: see
`benchmarks.parts.peers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contestant:
    """Somebody who takes part.

    Attributes:
        name: Name of its module here, and on the command line.
        title: Its name in the tables.
        distributions: What of others it is made of; empty for what needs nothing but Glue's own
            environment.
        is_asgi: Whether it is an ASGI application; else it is one of WSGI.
    """

    name: str
    title: str
    distributions: tuple[str, ...] = ()
    is_asgi: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it runs in the environment of the benchmarks."""
        return not self.distributions


YARDSTICK = "falcon"

CONTESTANTS: Mapping[str, Contestant] = {
    each.name: each
    for each in (
        Contestant("glue", "Glue"),
        Contestant(YARDSTICK, "Falcon, by hand"),
        Contestant("litestar_msgspec", "Litestar, msgspec", ("litestar", "msgspec"), is_asgi=True),
        Contestant(
            "fastapi_jsonapi",
            "FastAPI, FastAPI-JSONAPI",
            ("fastapi", "FastAPI-JSONAPI"),
            is_asgi=True,
        ),
        Contestant(
            "django_rest",
            "Django REST framework, JSON:API",
            ("Django", "djangorestframework", "djangorestframework-jsonapi"),
        ),
    )
}
"""Everybody by name, in the order of the tables."""
