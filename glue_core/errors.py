"""What can go wrong: for the developer at start-up, for the client in a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_core.messages import GlueError
    from glue_core.registry.discovery import Source


class Complaint(str):
    """One thing that is wrong with a deployment: its text, and the plugins that it is about.

    Attributes:
        parties: The plugins; none where no plugin alone is at fault, as with a setting.
        imported: Whether they were imported when it was noticed.
    """

    parties: tuple[Source, ...]
    imported: bool

    def __new__(cls, text: str, *parties: Source, imported: bool = True) -> Complaint:
        """Make a complaint.

        Args:
            text: What is wrong, where, and what to do.
            parties: The plugins that it is about.
            imported: Whether they were imported.
        """
        made = super().__new__(cls, text)
        made.parties = parties
        made.imported = imported
        return made


class ConfigurationError(RuntimeError):
    """The deployment cannot start: what is wrong, where, and what to do.

    It is a RuntimeError because gunicorn prints one of these as a single message and stops.

    The text names every party of a conflict with its distribution, version and place.

    Attributes:
        problems: Everything that is wrong; those that are a `Complaint` know their parties.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n\n".join(problems))
        self.problems = problems


class ServiceUnavailable(Exception):
    """A service did not answer in time; the flow answers 503 with Retry-After.

    Attributes:
        service: Name of the service, such as ``database``.
        retry_after: Seconds after which a client may try again.
    """

    def __init__(self, service: str, reason: str, retry_after: int = 5) -> None:
        super().__init__(f"The service {service!r} is unavailable: {reason}")
        self.service = service
        self.retry_after = retry_after


class Problem(Exception):
    """A request that ends with an error answer, in the words of the selected convention.

    Attributes:
        status: HTTP status of the answer.
        errors: At least one error; each carries its own status.
        headers: Further headers of the answer.
    """

    def __init__(
        self, status: int, errors: Sequence[GlueError], headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(", ".join([error.message or error.kind or "" for error in errors]))
        self.status = status
        self.errors = tuple(errors)
        self.headers = headers or {}


class _OneError(Problem):
    """A problem with a status of its own and one error."""

    http_status = 500

    def __init__(
        self,
        code: str | None,
        message: str,
        *,
        pointer: str | None = None,
        parameter: str | None = None,
        header: str | None = None,
        kind: str | None = None,
    ) -> None:
        """Say what is wrong.

        Args:
            code: Stable code of the error, or None where the contract gives none.
            message: One sentence for the client.
            pointer: JSON Pointer to the part of the body at fault.
            parameter: Query parameter at fault.
            header: Header at fault.
            kind: Name of its text in the error catalogue, where the code alone does not say which.
        """
        from glue_core.messages import GlueError

        super().__init__(
            self.http_status,
            [
                GlueError(
                    status=self.http_status,
                    code=code,
                    message=message,
                    pointer=pointer,
                    parameter=parameter,
                    header=header,
                    kind=kind,
                )
            ],
        )


class BadRequest(_OneError):
    """400: the request itself is wrong."""

    http_status = 400


class Unauthorized(_OneError):
    """401: nobody knows who asks."""

    http_status = 401


class Forbidden(_OneError):
    """403: the caller is known and may not."""

    http_status = 403


class NotFound(_OneError):
    """404: there is no such thing for this caller."""

    http_status = 404


class Conflict(_OneError):
    """409: the request contradicts the present state."""

    http_status = 409


class Unprocessable(_OneError):
    """422: well-formed, and against a rule."""

    http_status = 422
