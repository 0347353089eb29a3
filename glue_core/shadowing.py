"""Shadowing: an application is run beside the one that answers, and the answers are compared.

The client gets the answer of the one; the other runs once that was sent, in threads of its own,
and leaves nothing behind. What differs is counted and told in the log.
"""

from __future__ import annotations

import io
import queue
import random
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.application import WSGI, Located, StartResponse
from glue_core.comparing import Expected, compare
from glue_core.edge import unwrapped
from glue_core.errors import ConfigurationError
from glue_core.recording import Answer, Recording, recorded
from glue_core.request_id import ENVIRON_KEY, NO_REQUEST, log_with, request_id_of
from glue_core.services.rehearsing import REHEARSAL_KEY, Rehearsal
from glue_core.settings import Settings
from glue_core.tallying import LOG, ShadowReport, Tally
from glue_core.target import BASE_URL_KEY, base_url_of, first_segment

SHADOWED = frozenset({"GET", "HEAD"})
"""Methods that are run twice: they change nothing, and their answers are those of a resource."""

NOT_PASSED_ON = frozenset(
    {
        "CONTENT_LENGTH",
        "HTTP_TRANSFER_ENCODING",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_RANGE",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
    }
)
"""Headers that speak of a body, or of what the client got before, whose tags the other one made."""

FAREWELL = 5.0
"""Seconds that waiting comparisons may take when a process ends."""
NO_PLACE = "(no place)"


@dataclass(frozen=True, slots=True)
class Rules:
    """What is run, and what is told.

    Attributes:
        rate: Share of the requests, from 0 to 1.
        ids: Whether ids of resources are compared.
        empty: Whether an empty list, an empty map and no member at all are three things.
        headers: Names of the headers that are compared.
        expected: What may differ everywhere.
        by_start: What may differ as well, by the first segments of paths.
        threads: Threads that run the shadow.
        waiting: Answers that may wait for one.
        seconds: Time that a run may take, the wait for a thread included.
        body: Largest body that is compared member by member, in bytes.
        report_seconds: Time between two reports in the log.
    """

    rate: float
    ids: bool
    empty: bool
    headers: tuple[str, ...]
    expected: Expected
    by_start: Mapping[str, Expected]
    threads: int
    waiting: int
    seconds: float
    body: int
    report_seconds: float

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """Read the settings."""
        table = settings["shadow"]
        return cls(
            rate=table["rate"],
            ids=table["ids"],
            empty=table["empty"],
            headers=tuple(each.lower() for each in table["headers"]),
            expected=Expected(table["expected"]),
            by_start={start: Expected(each["expected"]) for start, each in table["types"].items()},
            threads=table["threads"],
            waiting=table["waiting"],
            seconds=table["seconds"],
            body=table["body"],
            report_seconds=table["report_seconds"],
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """A request that the shadow answers as well.

    Attributes:
        environ: The WSGI environment, without what belongs to the server.
        answer: What the client got.
        deadline: Point of `time.monotonic` after which nobody waits any more.
    """

    environ: dict[str, Any]
    answer: Answer
    deadline: float


class Shadow:
    """Runs one application beside another; shared by threads."""

    def __init__(
        self,
        name: str,
        application: WSGI,
        shadow_name: str,
        shadow: WSGI,
        rules: Rules,
        *,
        base_url: str | None = None,
        versions_in_path: bool = False,
    ) -> None:
        """Make one; its threads begin with the first request.

        Args:
            name: Name of the application that answers.
            application: Its WSGI callable.
            shadow_name: Name of the application that is run beside it.
            shadow: Its WSGI callable.
            rules: What is run, and what is told.
            base_url: Address that links of the first one start with; the request's own if None.
            versions_in_path: Whether paths of the first one may start with a version.
        """
        self._application = application
        self._shadow = shadow
        self._rules = rules
        self._base_url = base_url
        self._versions_in_path = versions_in_path
        self._tally = Tally(
            name,
            shadow_name,
            expected=rules.expected,
            by_start=rules.by_start,
            report_seconds=rules.report_seconds,
        )
        self._located = [
            each for each in map(unwrapped, (shadow, application)) if isinstance(each, Located)
        ]
        self._waiting: queue.Queue[_Run | None] = queue.Queue(rules.waiting)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Any:
        """Answer one request by the application, and remember to run the shadow, as PEP 3333 says.

        The shadow is run once the answer was closed: a server does that when all was sent.
        """
        method, rate = environ["REQUEST_METHOD"], self._rules.rate
        # Which requests are compared is no secret that anybody could gain by.
        if method not in SHADOWED or (rate < 1 and random.random() >= rate):  # noqa: S311
            return self._application(environ, start_response)
        copy = self._copied(environ)

        def ended(answer: Answer | None) -> None:
            self._submit(copy, answer)

        recording = Recording(start_response, self._rules.body, ended)
        body = self._application(environ, recording.start)
        return recording.of(body, is_empty=method == "HEAD")

    def report(self) -> ShadowReport:
        """Return what was seen until now."""
        return self._tally.report()

    def close(self) -> None:
        """Run what waits, for a few seconds, and tell what was seen; once."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            threads = list(self._threads)
        until = time.monotonic() + FAREWELL
        for _ in threads:
            try:
                self._waiting.put(None, timeout=max(0.0, until - time.monotonic()))
            except queue.Full:
                break
        for each in threads:
            each.join(max(0.0, until - time.monotonic()))
        left = self._waiting.qsize() - self._waiting.queue.count(None)
        self._tally.missed("dropped", left)
        self._tally.tell()

    def drain(self) -> None:
        """Wait until everything that waits was run, as a test does."""
        self._waiting.join()

    def _copied(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Return the environment as the shadow gets it, before the application changes it."""
        request_id_of(environ)
        copy: dict[str, Any] = {
            name: value
            for name, value in environ.items()
            if isinstance(value, str) and name not in NOT_PASSED_ON
        }
        for name in ("wsgi.version", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess"):
            copy[name] = environ[name]
        copy["wsgi.run_once"] = False
        copy["wsgi.input"] = io.BytesIO()
        # Links of both start with the address of the one that answers.
        copy[BASE_URL_KEY] = base_url_of(environ, self._base_url)
        return copy

    def _submit(self, environ: dict[str, Any], answer: Answer | None) -> None:
        """Let the shadow run, unless too much waits already; never raise, never wait."""
        if answer is None:
            self._tally.missed("cut")
            return
        if answer.status == 304:
            # The client has what it asked for, so there is nothing to compare.
            return
        run = _Run(environ, answer, time.monotonic() + self._rules.seconds)
        try:
            if not self._begin():
                return
            self._waiting.put_nowait(run)
        except queue.Full:
            self._tally.missed("dropped")
        except RuntimeError as error:
            # The process cannot have another thread.
            LOG.warning("Request %s: no shadow is run: %s", environ[ENVIRON_KEY], error)
            self._tally.missed("dropped")

    def _begin(self) -> bool:
        """Start the threads, in the process that serves; say whether there are any."""
        with self._lock:
            if self._is_closed:
                return False
            while len(self._threads) < self._rules.threads:
                # A thread that hangs in a plugin must not keep the process from ending.
                thread = threading.Thread(target=self._work, name="glue-shadow", daemon=True)
                thread.start()
                self._threads.append(thread)
        return True

    def _work(self) -> None:
        while True:
            run = self._waiting.get()
            try:
                if run is None:
                    return
                self._run(run)
                log_with(NO_REQUEST)
                self._tally.tell_now_and_then()
            except BaseException as error:
                # The thread goes on, whatever a plugin raises: the next one is compared.
                LOG.error("A comparison failed", exc_info=error)
            finally:
                self._waiting.task_done()

    def _run(self, run: _Run) -> None:
        environ = run.environ
        request_id = environ[ENVIRON_KEY]
        log_with(request_id)
        if time.monotonic() >= run.deadline:
            self._tally.missed("late")
            return
        environ[REHEARSAL_KEY] = Rehearsal(run.deadline)
        place = self._place_of(environ)
        start = first_segment(environ, versions_in_path=self._versions_in_path)

        def goes_on() -> bool:
            return time.monotonic() < run.deadline

        try:
            answer = recorded(self._shadow, environ, self._rules.body, goes_on)
        except BaseException as error:
            LOG.error("Request %s: %s failed as a shadow", request_id, place, exc_info=error)
            self._tally.missed("failed")
            return
        if answer is None or not goes_on():
            self._tally.missed("late")
            return
        found = compare(
            run.answer, answer, self._rules.headers, ids=self._rules.ids, empty=self._rules.empty
        )
        self._tally.compared(place, start, found, request_id)

    def _place_of(self, environ: dict[str, Any]) -> str:
        """Name the operation, by what either application says of its places."""
        for each in self._located:
            try:
                template = each.place_of(dict(environ))
            except Exception as error:
                LOG.warning("A place cannot be named", exc_info=error)
                continue
            if template is not None:
                return f"{environ['REQUEST_METHOD']} {template}"
        return f"{environ['REQUEST_METHOD']} {NO_PLACE}"


class Shadows:
    """The shadows of a deployment. Plugins get it as a feature: ``features.get(Shadows)``."""

    def __init__(self) -> None:
        self._shadows: dict[str, Shadow] = {}

    def begin(self, applications: Mapping[str, WSGI], settings: Settings) -> None:
        """Make the shadows that the settings name.

        Args:
            applications: WSGI callables of the applications that are served, by name.
            settings: The settings.

        Raises:
            ConfigurationError: An application is its own shadow, one is not served, or a type is
                known to neither.
        """
        pairs = {
            name: settings.application(name)["shadow"]
            for name in applications
            if settings.application(name)["shadow"] is not None
        }
        for name, shadow in pairs.items():
            _check(name, shadow, applications, settings.origin)
            table = settings.application(name)
            self._shadows[name] = Shadow(
                name,
                applications[name],
                shadow,
                applications[shadow],
                Rules.of(settings),
                base_url=table["base_url"],
                versions_in_path=table["versions_in_path"],
            )
        callables = {each for pair in pairs.items() for each in pair}
        _check_types(settings, [unwrapped(applications[each]) for each in sorted(callables)])

    def answering(self, name: str, application: WSGI) -> WSGI:
        """Return what answers in the place of an application: with its shadow, where it has one."""
        return self._shadows.get(name, application)

    def reports(self) -> Mapping[str, ShadowReport]:
        """Return what was seen in this process, by the names of the applications that answer."""
        return {name: each.report() for name, each in self._shadows.items()}

    def drain(self) -> None:
        """Wait until all answers that were given are compared."""
        for each in self._shadows.values():
            each.drain()

    def close(self) -> None:
        """Finish what waits, for a few seconds, and tell what was seen."""
        for each in self._shadows.values():
            each.close()


def _check(name: str, shadow: str, applications: Mapping[str, WSGI], origin: str) -> None:
    if shadow == name:
        raise ConfigurationError(
            f"{origin}: 'applications.{name}.shadow' names {name!r} itself.\n"
            f"Name another application, or take it out."
        )
    if shadow not in applications:
        raise ConfigurationError(
            f"{origin}: 'applications.{name}.shadow' names {shadow!r}, which is not served.\n"
            f"Served are: {', '.join(applications)}. Serve it in the same process, or take the "
            f"line out."
        )


def _check_types(settings: Settings, applications: Iterable[object]) -> None:
    """Refuse types that no application has that is compared, where all of them tell."""
    known: set[str] = set()
    for each in applications:
        if not isinstance(each, Located):
            return
        known |= each.starts
    unknown = sorted(set(settings["shadow"]["types"]) - known) if known else []
    if unknown:
        raise ConfigurationError(
            f"{settings.origin}: 'shadow.types.{unknown[0]}' is about a type that none of the "
            f"compared applications has.\nWrite what stands between the first two slashes of its "
            f"path, or take the table out."
        )
