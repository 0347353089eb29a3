"""The health check: whether what an application needs answers, told to whoever watches it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from glue_core.errors import ServiceUnavailable
from glue_core.formatting import LOG
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.openapi.fragment import Fragment
from glue_core.operation import Operation
from glue_core.resource import Resource
from glue_core.security.protection import PUBLIC
from glue_core.services.services import Services
from glue_core.settings import Settings
from glue_core.step import Parameter

if TYPE_CHECKING:
    from glue_core.openapi.view import View

PLACE = "health-check"
HEALTHY, UNHEALTHY = "healthy", "unhealthy"
SWITCHED_OFF = "HealthCheck endpoints are disabled for all applications."
UNKNOWN = "Requested services not found."
NO_ANSWER = "The service does not answer."
FAILED = "The check failed; the reason is in the log."
TOO_SLOW = "The service did not answer in time."


@dataclass(frozen=True, slots=True)
class HealthNote:
    """Something to tell of what is well all the same.

    Attributes:
        text: What it is, for everybody to read.
    """

    text: str


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Something that can be well or not.

    Attributes:
        name: Name that ``services`` in the query takes, such as ``database``.
        check: Returns None where it is well, a `HealthNote` where there is something to tell
            besides, else what is wrong, for everybody to read. What it raises counts as unwell and
            goes to the log.
    """

    name: str
    check: Callable[[], str | HealthNote | None]


class ServiceReport(Schema):
    """How one service is."""

    name = fields.String()
    status = fields.Boolean(metadata={"description": "Whether it is well."})
    message = fields.String(allow_none=True)


class HealthAttributes(Schema):
    """How an application is."""

    status = fields.String(allow_none=True, metadata={"description": "healthy or unhealthy."})
    status_code = fields.Integer(
        data_key="statusCode", metadata={"description": "The HTTP status."}
    )
    message = fields.String(
        allow_none=True, metadata={"description": "Why nothing was checked, or nothing."}
    )
    service_responses = fields.List(
        fields.Nested(ServiceReport), data_key="healthCheckServiceResponses"
    )


HEALTH = Resource(
    PLACE,
    HealthAttributes,
    id=None,
    description="Whether what the application needs answers.",
)


class _Running:
    """A check on its way, in a thread of its own: one that hangs holds nobody up for ever."""

    def __init__(self, check: HealthCheck) -> None:
        self._check = check
        self.message: str | HealthNote | None = TOO_SLOW
        self.thread = threading.Thread(target=self._run, name=f"health-{check.name}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        message: str | HealthNote | None
        try:
            message = self._check.check()
        except ServiceUnavailable as error:
            LOG.error("The health check %r: %s", self._check.name, error)
            message = NO_ANSWER
        except Exception as error:
            LOG.error("The health check %r failed", self._check.name, exc_info=error)
            message = FAILED
        self.message = message

    def message_at(self, end: float) -> str | HealthNote | None:
        """Return what is to tell at a point of `time.monotonic`, or None."""
        self.thread.join(max(0.0, end - time.monotonic()))
        return TOO_SLOW if self.thread.is_alive() else self.message


class HealthController:
    """Answers ``/health-check`` of one application."""

    def __init__(self, checks: Sequence[HealthCheck], seconds: float, is_on: bool) -> None:
        """Remember what to ask.

        Args:
            checks: The checks, in the order they are shown.
            seconds: Longest wait for all of them together.
            is_on: Whether anything is checked at all.
        """
        self._checks = {each.name: each for each in checks}
        self._seconds = seconds
        self._is_on = is_on
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def get(self, request: GlueRequest) -> GlueResponse:
        """Ask the services, all or those that the query names."""
        if not self._is_on:
            return _answer(403, message=SWITCHED_OFF)
        asked = request.query_fields.get("services", "")
        names = [name.strip() for name in asked.split(",") if name.strip()]
        wanted = dict.fromkeys(names or self._checks)
        if not all(name in self._checks for name in wanted):
            return _answer(400, message=UNKNOWN)
        reports = self._ask(wanted, min(time.monotonic() + self._seconds, request.deadline))
        is_well = all(each["status"] for each in reports)
        status, word = (200, HEALTHY) if is_well else (503, UNHEALTHY)
        return _answer(status, word, reports)

    def _ask(self, names: Mapping[str, None], end: float) -> list[dict[str, Any]]:
        """Ask side by side; a check that still hangs from another request is not begun again."""
        with self._lock:
            for name in names:
                held = self._running.get(name)
                if held is None or not held.thread.is_alive():
                    self._running[name] = _Running(self._checks[name])
            running = {name: self._running[name] for name in names}
        messages = {name: each.message_at(end) for name, each in running.items()}
        return [_report(name, message) for name, message in messages.items()]


def _report(name: str, message: str | HealthNote | None) -> dict[str, Any]:
    if isinstance(message, HealthNote):
        return {"name": name, "status": True, "message": message.text}
    return {"name": name, "status": message is None, "message": message}


def check_of_left_out(number: int, is_ill: bool) -> HealthCheck:
    """Return the check that tells of plugins that were left out; which ones is not for everybody.

    Args:
        number: How many there are.
        is_ill: Whether that makes the deployment unhealthy.
    """
    what = "1 plugin is" if number == 1 else f"{number} plugins are"
    text = f"{what} left out; the log and 'glue plugins' tell which and why."

    def check() -> str | HealthNote | None:
        if not number:
            return None
        return text if is_ill else HealthNote(text)

    return HealthCheck("plugins", check)


def _answer(
    status: int,
    word: str | None = None,
    reports: Sequence[Mapping[str, Any]] = (),
    message: str | None = None,
) -> GlueResponse:
    shown = {
        "status": word,
        "status_code": status,
        "message": message,
        "service_responses": list(reports),
    }
    response = GlueResponse.page([shown])
    response.http_status = status
    return response


def _describe(operation: Operation, view: View) -> Fragment:
    """Describe that what is unwell is told in the same document as what is well."""
    return Fragment(shown_at=(400, 403, 503))


def operation(checks: Sequence[HealthCheck], settings: Settings, application: str) -> Operation:
    """Return the operation of one application."""
    controller = HealthController(
        checks,
        settings["services"]["timeout"],
        settings.application(application)["health_check"],
    )
    return Operation(
        "getCollection",
        controller.get,
        PLACE,
        HEALTH,
        parameters=(Parameter("services", "Names of what to check, with commas; all by default."),),
        summary="Tell whether what the application needs answers.",
        protection=PUBLIC,
        technical=True,
        describe=_describe,
    )


@hookimpl
def glue_health_checks(services: Services) -> Sequence[HealthCheck]:
    """Ask the services that the application declares."""

    def asking(name: str) -> Callable[[], None]:
        return lambda: services.open(name).check()

    return [HealthCheck(name, asking(name)) for name in services.names]
