"""A step: one contribution to a stack of the request flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from glue_core.messages import GlueRequest, GlueRequestValidation, GlueResource, GlueResponse

if TYPE_CHECKING:
    from glue_core.openapi.fragment import Describe
    from glue_core.operation import Operation

Build = Callable[[GlueRequest], None]
"""Fills a request in; what is wrong goes to ``request.errors``, for the verdict to answer."""

Validate = Callable[[GlueRequest], GlueRequestValidation | None]
"""Looks at a request before the verdict; the first invalid result ends the request."""

ValidateRouted = Callable[[GlueRequest, GlueResource], GlueRequestValidation | None]
"""Looks at a request that has an operation; the first invalid result ends the request."""

Format = Callable[[GlueResponse, GlueRequest], None]
"""Changes a response before the convention writes it: successes, refusals and failures alike."""

Handler = Callable[[GlueRequest], GlueResponse]
"""What a controller is to the flow, and what a wrapper around it is, too."""

Wrap = Callable[[Handler], Handler]
"""Puts a handler around another, once, at start-up."""

Run = TypeVar("Run")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter that an operation or a step reads.

    Attributes:
        name: Name as clients write it; ``page[]`` stands for every ``page[...]``.
        description: What it does, for the documentation.
        values: Values that are allowed, or None where they are not a fixed list.
        required: Whether a request without it is refused, as the documentation says; whoever reads
            it refuses.
        pattern: Regular expression of JSON Schema that its values match, for the documentation.
    """

    name: str
    description: str = ""
    values: tuple[str, ...] | None = None
    required: bool = False
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Step(Generic[Run]):
    """One contribution to a stack; its id is its plugin's and its name.

    Attributes:
        name: Name, unique in the plugin and the stack.
        bind: Called once per operation at start-up. It returns the callable for that operation,
            or None: then the step is not in that operation's tuple and costs it nothing.
        before: Names or ids of steps that come later. ``"x"`` must exist, ``"x?"`` may be absent.
        after: Names or ids of steps that come earlier, spelled alike.
        reads: Query parameters the step reads where it is bound, or a function of the operation
            that says so; others are refused.
        chooses_store: Whether the step, a request builder, fills ``request.store`` in. Where
            declarations vary by store it runs before the operation is chosen, and again in its
            place; it reads nothing that other builders fill in.
        describe: Says to the documentation what the step reads, answers and adds to answers where
            it is bound; None says that ``reads`` is all of it.
        only_with: What of a request the step looks at: names of headers in lower case, `QUERY`
            and `MISFIT`; or a function of the operation that says so. A request that has none of
            it, as it was sent, does not run the step. Empty for one that every request runs.
        otherwise: Called as ``bind`` is; what it returns runs in the step's place for requests
            that have nothing of ``only_with``.
        varies: Names of request headers by which the answers of an operation differ because of the
            step, bound or not; or a function of the operation that says so. ``Vary`` names them.
    """

    name: str
    bind: Callable[[Operation], Run | None]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    reads: tuple[Parameter, ...] | Callable[[Operation], tuple[Parameter, ...]] = ()
    chooses_store: bool = False
    describe: Describe | None = None
    only_with: tuple[str, ...] | Callable[[Operation], tuple[str, ...]] = ()
    otherwise: Callable[[Operation], Run | None] | None = None
    varies: tuple[str, ...] | Callable[[Operation], tuple[str, ...]] = ()

    def reads_of(self, operation: Operation) -> tuple[Parameter, ...]:
        """Return the query parameters that the step reads for an operation."""
        return self.reads(operation) if callable(self.reads) else self.reads

    def looks_at(self, operation: Operation) -> tuple[str, ...]:
        """Return what of a request the step looks at for an operation; empty for any request.

        Raises:
            TypeError: It is one text, or something else that is no sequence of texts.
        """
        found = self.only_with(operation) if callable(self.only_with) else self.only_with
        return tuple(each.lower() for each in _names(found, "only_with"))

    def varies_of(self, operation: Operation) -> tuple[str, ...]:
        """Return the request headers by which answers differ because of the step.

        Raises:
            TypeError: It is one text, or something else that is no sequence of texts.
        """
        found = self.varies(operation) if callable(self.varies) else self.varies
        return tuple(_names(found, "varies"))


def _names(found: Sequence[str], field: str) -> Sequence[str]:
    if isinstance(found, str) or not all(isinstance(each, str) and each for each in found):
        raise TypeError(f"{field} is {found!r}; a tuple of names of headers is expected")
    return found
