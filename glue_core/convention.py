"""A convention: how one family of media types is read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from glue_core.messages import GlueRequest, GlueResponse

if TYPE_CHECKING:
    from glue_core.operation import Operation
    from glue_core.settings import Settings

Writer = Callable[[GlueResponse, GlueRequest], None]
"""Writes the document of a response into its ``content``, and its media type into ``format``."""

Fragment = dict[str, Any]
"""A part of the generated documentation."""


@runtime_checkable
class Convention(Protocol):
    """What a convention distribution exports through the group ``glue.conventions``.

    The object may implement hooks as well: request builders, validators, validators after routing
    and response formatters of a convention enter by the same hooks as everyone else's.
    """

    @property
    def name(self) -> str | None:
        """Name, the one of its entry point; None is the plain flow's."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Media types, without parameters and in lower case; the first one is written."""

    @property
    def priority(self) -> int:
        """The larger one is asked first where two conventions would take a request."""

    @property
    def attributes_pointer(self) -> str:
        """JSON Pointer to the attributes in a request's document, such as ``/data/attributes``."""

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Compile the document of one operation; nothing is decided per request.

        Args:
            operation: The operation, or a refusal.
            settings: The settings of the deployment, the convention's own section included.
        """

    def describe(self, operation: Operation) -> Fragment:
        """Say the same to the documentation."""
