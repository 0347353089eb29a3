"""Wrapping: what is put around the parts of a compiled deployment, at start-up.

A wrapper gets a callable and returns the one that runs in its place. Where nobody wraps, nothing
here is in the way of a request: flows, steps and WSGI callables are the ones that were compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, make_dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from glue_core.flow import Flow
from glue_core.lanes import NO_LANES, Bound, Lanes
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.operation import Operation
from glue_core.relationship import Relationship


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a deployment that can be wrapped: something that is called.

    Attributes:
        stage: What it is. A step has the stage that it runs in, such as ``build`` or ``format``,
            in the words of its application's flow; the hook's documentation lists the others.
        id: Id of the contribution that it is: of a step, an operation, a writer, a relationship
            or an application.
        operation: The operation that it was compiled for, or None where it serves several.
    """

    stage: str
    id: str
    operation: Operation | None = None


WrapPart = Callable[[Part, Callable[..., Any]], Callable[..., Any]]
"""Returns what is called in the place of a part: another callable, or the same."""

Parts = Mapping[str, Sequence[Part]]
"""The parts of a flow by the field that holds them."""

WHOLE = ("run", "choose", "fail", "commit")
"""What a flow does by itself, as stages; their callables get the flow before anything else."""


def in_order(wrappers: Sequence[WrapPart]) -> WrapPart | None:
    """Return one wrapper for several, the first of them outermost; None where there is none."""
    if not wrappers:
        return None
    first, *others = wrappers
    if not others:
        return first

    def wrap(part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
        for each in reversed(wrappers):
            call = each(part, call)
        return call

    return wrap


class WrappedFlow(Flow):
    """A flow whose steps are wrapped already, and what it does by itself as well.

    Attributes:
        wraps: What runs for each of `WHOLE`.
    """

    __slots__ = ()
    wraps: Mapping[str, Callable[..., Any]]

    def run(self, request: GlueRequest, failed: Exception | None = None) -> GlueResponse:
        """Answer a request."""
        response: GlueResponse = self.wraps["run"](self, request, failed)
        return response

    def chosen(self, request: GlueRequest) -> Flow:
        """Return the flow of the request's store."""
        flow: Flow = self.wraps["choose"](self, request)
        return flow

    def fail(self, error: Exception, request: GlueRequest) -> GlueResponse:
        """Make the written response of an exception."""
        response: GlueResponse = self.wraps["fail"](self, error, request)
        return response

    def _finish(self, response: GlueResponse, request: GlueRequest) -> GlueResponse:
        finished: GlueResponse = self.wraps["commit"](self, response, request)
        return finished


@cache
def made_of(added: Any, kind: Any, member: str) -> Any:
    """Return the class of flows that are of two classes.

    Whatever an application's own kind of flow has stays, since both are its bases.

    Args:
        added: What is added to flows of the kind: a class of flows with one field more.
        kind: The kind of flow.
        member: Name of that field.
    """
    return make_dataclass(
        f"{added.__name__.removesuffix('Flow')}{kind.__name__}",
        [(member, Any, field(kw_only=True))],
        bases=(added, kind),
        frozen=True,
        slots=True,
    )


def parts_of(flow: Flow) -> Parts:
    """Return the parts of a flow, of any kind, by the fields that hold them.

    Its ``order`` names the stages, its ``parts`` where their steps are, its ``trace`` who
    contributed them.
    """
    kind = type(flow)
    ids: dict[str, list[str]] = {}
    for each in flow.trace:
        if each.bound:
            ids.setdefault(each.stage, []).append(each.id)
    operation = flow.operation
    parts: dict[str, Sequence[Part]] = {}
    for hook, stage in kind.order:
        for name in (name for name, of in kind.parts.items() if of == hook):
            # A refusal has no steps where it does not get to.
            found = ids.get(hook.removeprefix("glue_") if hook else "", ())[
                : len(getattr(flow, name))
            ]
            parts[name] = tuple(Part(stage.replace(" ", "-"), id_, operation) for id_ in found)
    answering = next(iter(ids.get("controller", ())), "")
    parts["controller"] = (Part("control", answering, operation),)
    parts["writer"] = (Part("write", next(iter(ids.get("write", ())), ""), operation),)
    parts["wraps"] = tuple(Part(stage, answering, operation) for stage in WHOLE)
    return MappingProxyType(parts)


def wrapped(
    flow: Flow,
    wrap: WrapPart,
    parts: Parts | None = None,
    steps: Mapping[str, Sequence[Bound]] | None = None,
) -> Flow:
    """Return a flow of the same kind, every part of which is wrapped.

    Args:
        flow: The flow.
        wrap: What is called with each part.
        parts: The parts, where they are known already.
        steps: The steps with what of a request each looks at, by the fields that hold them; without
            them every request runs all steps.
    """
    parts = parts_of(flow) if parts is None else parts
    values: dict[str, Any] = {}
    for name, found in parts.items():
        if name == "wraps":
            continue
        part = getattr(flow, name)
        if isinstance(part, tuple):
            values[name] = tuple(wrap(each, call) for each, call in zip(found, part, strict=True))
        else:
            values[name] = wrap(found[0], part)
    values["lanes"] = NO_LANES
    if flow.lanes and steps is not None:
        values["lanes"] = Lanes(
            {
                name: [
                    replace(
                        each,
                        run=run,
                        otherwise=each.otherwise and wrap(part, each.otherwise),
                    )
                    for each, run, part in zip(bound, values[name], parts[name], strict=True)
                ]
                for name, bound in steps.items()
            }
        )
    kind: Any = type(flow)
    whole = (
        flow.wraps
        if isinstance(flow, WrappedFlow)
        else {"run": kind.run, "choose": kind.chosen, "fail": kind.fail, "commit": kind._finish}
    )
    values["wraps"] = MappingProxyType(
        {each.stage: wrap(each, whole[each.stage]) for each in parts["wraps"]}
    )
    if isinstance(flow, WrappedFlow):
        return replace(flow, **values)
    kept = {each.name: getattr(flow, each.name) for each in fields(kind)}
    made: Flow = made_of(WrappedFlow, kind, "wraps")(**{**kept, **values})
    return made


def wrapped_relationship(relationship: Relationship, id_: str, wrap: WrapPart) -> Relationship:
    """Return a relationship whose loading is wrapped.

    Args:
        relationship: The relationship.
        id_: Id of its contribution.
        wrap: What is called with what loads.
    """
    part = Part("load", id_)
    page = relationship.load_page
    return replace(
        relationship,
        load=wrap(part, relationship.load),
        load_page=None if page is None else wrap(part, page),
    )
