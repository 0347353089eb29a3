"""A convention: how one family of media types is read and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from glue_core.messages import GlueRequest, GlueResponse, GlueVersion
from glue_core.openapi.fragment import Fragment

if TYPE_CHECKING:
    from glue_core.openapi.view import View
    from glue_core.operation import ErrorCode, Operation
    from glue_core.settings import Settings

Writer = Callable[[GlueResponse, GlueRequest], None]
"""Writes the document of a response into its ``content``, and its media type into ``format``."""


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

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say to the documentation what the writer writes: a success, and errors.

        What is read of a request its steps describe.

        Args:
            operation: The compiled operation; no refusal.
            view: For whom it is, and what it shares with other operations.
        """


@runtime_checkable
class WritesOthers(Protocol):
    """What a convention has besides whose answers have other media types than its bodies."""

    @property
    def written_types(self) -> tuple[str, ...]:
        """Media types of answers, spelled as ``media_types``; a client selects it by each."""


def always(operation: Operation) -> bool:
    """Apply to every operation."""
    return True


@dataclass(frozen=True, slots=True)
class MediaTypeExtension:
    """Something that a media type parameter of a convention may name.

    Contributed through `glue_media_type_extensions`.

    Attributes:
        convention: Name of the convention.
        parameter: Parameter that lists it, such as ``ext`` or ``profile``.
        uri: What stands for it there.
        applies: Says at start-up whether answers of an operation can follow it.
    """

    convention: str
    parameter: str
    uri: str
    applies: Callable[[Operation], bool] = always


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a convention understood of the parameters of its media type.

    Attributes:
        version: Version that they ask for, or None.
        extensions: What they name and we have, in the client's order.
    """

    version: GlueVersion | None = None
    extensions: tuple[MediaTypeExtension, ...] = ()


MediaParameters = tuple[tuple[str, str], ...]
"""MediaParameters of a media type: names in lower case, values without quotes, in their order."""

ReadParameters = Callable[[MediaParameters], MediaType | None]
"""Reads the parameters of a media type; None where it must not be used with them."""


@runtime_checkable
class WithParameters(Protocol):
    """What a convention has besides whose media type has parameters with a meaning.

    Of a convention without it, parameters are ignored.
    """

    def parameter_reader(
        self, application: str, settings: Settings, extensions: Sequence[MediaTypeExtension]
    ) -> ReadParameters:
        """Return what reads the parameters of requests to one application.

        Args:
            application: Name of the application.
            settings: The settings of the deployment.
            extensions: The extensions of this convention that are installed.
        """


@runtime_checkable
class AnswersInKind(Protocol):
    """What a convention has besides whose bodies may decide alone about the answer.

    Of a convention without it, an answer that ``Accept`` does not allow is a 406.
    """

    def answers_in_kind(self, application: str, settings: Settings) -> bool:
        """Say whether the answer to a body of the convention is one, whatever is accepted.

        Args:
            application: Name of the application.
            settings: The settings of the deployment.
        """


@runtime_checkable
class IgnoresParameters(Protocol):
    """What a convention has besides under which some unknown query parameters do no harm.

    Of a convention without it, each parameter that nobody reads is a 400.
    """

    def ignores(self, operation: Operation, settings: Settings) -> Callable[[str], bool] | None:
        """Return the test of the names of such parameters, or None where each is refused.

        Args:
            operation: The operation.
            settings: The settings of the deployment.
        """


@runtime_checkable
class RewritesErrors(Protocol):
    """What a convention has besides that answers some errors with another status or code.

    Of a convention without it, errors are documented as whoever raises them declares them.
    """

    def shown_as(self, error: ErrorCode) -> ErrorCode:
        """Return an error as the convention answers it, for the documentation.

        Args:
            error: The error as it is declared.
        """


@runtime_checkable
class JudgesNames(Protocol):
    """What a convention has besides in whose documents not everything can be called anything.

    Under a convention without it, attributes and relationships have the names that they like.
    """

    def wrong_name(self, name: str) -> str | None:
        """Say why nothing can have a name, as the end of a sentence about it; None where it can.

        Args:
            name: Name of an attribute or of a relationship, as clients write it.
        """
