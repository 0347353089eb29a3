"""Makes and removes what a request says, in the one unit of work of the request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marshmallow import Schema, ValidationError

from glue_core import (
    FixtureMaker,
    GlueRequest,
    GlueResponse,
    Work,
    invalid_attributes,
    pointer_to,
)
from glue_fixtures_backend_api.parameters import Given
from glue_fixtures_backend_api.schemas import NAMED, name_of


class FixturesController:
    """Answers requests for fixtures; an error undoes all that a request made."""

    def __init__(self, makers: Mapping[str, FixtureMaker]) -> None:
        self._makers = makers

    def make(self, request: GlueRequest, work: Work) -> GlueResponse:
        """Make things in the order of the request; all of them, or none."""
        by_name: dict[str, Mapping[str, Any]] = {}
        made: list[dict[str, Any]] = []
        for number, step in enumerate(request.attributes["make"]):
            maker, given = self._of(step)
            with _told(request, "make", number, maker.name):
                parameters = _loaded(maker.parameters, given.resolved(by_name))
                found = maker.make(parameters, work)
            called = step.get(NAMED)
            made.append({"maker": maker.name, "as": called, "made": dict(found)})
            if called is not None:
                by_name[called] = found
        return GlueResponse.of({"made": made})

    def remove(self, request: GlueRequest, work: Work) -> GlueResponse:
        """Remove things in the order of the request; all of them, or none."""
        steps = request.attributes["remove"]
        for number, step in enumerate(steps):
            maker, given = self._of(step)
            assert maker.remove is not None
            assert maker.removal is not None
            with _told(request, "remove", number, maker.name):
                maker.remove(_loaded(maker.removal, dict(given.raw)), work)
        return GlueResponse.of({"removed": len(steps)})

    def _of(self, step: Mapping[str, Any]) -> tuple[FixtureMaker, Given]:
        """Return the one maker of a step, with what the step says."""
        return next(
            (each, step[name_of(name)])
            for name, each in self._makers.items()
            if name_of(name) in step
        )


def _loaded(schema: type[Schema], values: Mapping[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = schema().load(values)
    return loaded


@contextmanager
def _told(request: GlueRequest, *place: str | int) -> Iterator[None]:
    """Answer what a maker refuses as what a schema refuses, with pointers into the body."""
    try:
        yield
    except ValidationError as error:
        spoken = request.operation.spoken
        start = spoken.attributes_pointer if spoken is not None else ""
        raise invalid_attributes(error, start + pointer_to(*place)) from error
