"""What every application that answers by itself must do: a suite to subclass, and its sample.

    class TestShop(AgnosticApplicationCompliance):
        @pytest.fixture
        def sample(self):
            calls = (Call("GET", "/lamps"), Call("POST", "/lamps", 201, b'{"name": "Lamp"}'))
            return AgnosticSample("old_shop", installed("old_shop"), calls)

Nothing is declared that the suite could read, so the sample says what may be called and with which
status it answers. Each message says what is broken and where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from glue_core.application import Located, RequestFlowAgnosticApiApplication, Selective
from glue_core.deployment import Deployment
from glue_core.edge import unwrapped
from glue_core.errors import ConfigurationError
from glue_core.host import Host
from glue_core.migrating import migrate
from glue_core.registry.discovery import APPLICATIONS, Source
from glue_core.request_id import HEADER as REQUEST_ID
from glue_core.security.headers import HEADERS
from glue_core.target import first_segment
from glue_core.testing.client import Client, Response, environ_of
from glue_core.testing.probing import NOBODY, fail, names_of, registry_of

__all__ = ["AgnosticApplicationCompliance", "AgnosticProbe", "AgnosticSample", "Call"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNKNOWN = f"/{NOBODY}"
MOUNT = "/mounted-here"
NOT_IMPLEMENTED = 501
NONSENSE: Sequence[tuple[str, bytes | None, Mapping[str, str]]] = (
    ("", b"{", {"content-type": "application/json"}),
    ("", b"\xff\x00", {"content-type": "application/vnd.api+json"}),
    ("", b"<x/>", {"content-type": "text/xml; charset="}),
    ("?a=1&a=2&%ff=%00&=", None, {}),
    ("?page[limit]=x&sort=,&include=..", None, {}),
    ("", None, {"accept": ";;", "accept-language": ",;q=x"}),
    ("", None, {"authorization": "Bearer"}),
    ("", None, {"cookie": "=;;="}),
)
"""What clients send by mistake, or to see what happens: a query, a body and headers."""

INSIDE = (b"Traceback (most recent call last)", b'File "')
"""What shows that the text of an exception left the process."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the sample, and how it is answered.

    Attributes:
        method: HTTP method.
        path: Path, with its query.
        status: Status of the answer to who may do everything.
        body: Body, or None.
        headers: Further headers, such as the type of the body.
        is_guarded: Whether who shows no credentials is refused.
    """

    method: str
    path: str
    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_guarded: bool = False

    @property
    def words(self) -> str:
        """The request, for messages."""
        return f"{self.method} {self.path}"

    @property
    def place(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]


@dataclass(frozen=True, slots=True)
class AgnosticSample:
    """An application that answers by itself, with what it is to be tried with.

    Attributes:
        name: Name of the application.
        plugins: What counts as installed, the application among them.
        calls: What clients may call, at least one GET. They are made in this order; each check
            begins anew.
        settings: Tables of settings.
        headers: Headers of who may do everything; none where nobody has to be known.
        prepare: Writes what the calls need; called once for each check, when the database is
            migrated.
    """

    name: str
    plugins: Sequence[Source]
    calls: Sequence[Call]
    settings: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    prepare: Callable[[Deployment], None] | None = None


class AgnosticProbe:
    """One application, asked through the host that serves it alone.

    Attributes:
        sample: The application.
        application: Its declaration.
        made: The WSGI callable that it made.
    """

    def __init__(self, deployment: Deployment, sample: AgnosticSample) -> None:
        """Find the application.

        Args:
            deployment: A deployment of the application alone.
            sample: The application.
        """
        self.sample = sample
        application = registry_of(deployment, sample.name).application
        if not isinstance(application, RequestFlowAgnosticApiApplication):
            fail(
                f"The application {sample.name!r} does not answer by itself",
                "'ApplicationCompliance' of glue_core.testing.applications, which is for those "
                "whose requests run through the flow",
            )
        if not any(each.method == "GET" for each in sample.calls):
            fail("The sample has no GET", "'calls' of the fixture 'sample'")
        self.application: RequestFlowAgnosticApiApplication = application
        self.made: object = unwrapped(deployment.applications[sample.name])
        self._client = Client(Host(deployment))

    @property
    def name(self) -> str:
        """The application, for messages."""
        return f"The application {self.sample.name!r}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
        chunked: bool = False,
    ) -> Response:
        """Send a request; an answer that breaks PEP 3333, or that something failed, is a failure.

        Source:
            RFC 9110, section 15.6.2: 501 says that nobody has such a method.
        """
        words, own = f"{method} {path}", {} if anonymous else self.sample.headers
        try:
            answer = self._client.request(
                method, path, body=body, headers={**own, **(headers or {})}, chunked=chunked
            )
        except AssertionError as error:
            fail(f"{words} is answered against PEP 3333: {error}", self._callable)
        if answer.status_code >= 500 and answer.status_code != NOT_IMPLEMENTED:
            fail(
                f"{words} failed with {answer.status_code}",
                "the log, which has the traceback: the callable raised what it should tell",
            )
        return answer

    def call(
        self, call: Call, *, below: str = "", anonymous: bool = False, chunked: bool = False
    ) -> Response:
        """Make a call of the sample."""
        return self.ask(
            call.method,
            below + call.path,
            body=call.body,
            headers=call.headers,
            anonymous=anonymous,
            chunked=chunked,
        )

    def nonsense(self) -> Iterator[tuple[str, Response]]:
        """Send nonsense to every place of the sample; yield requests in words, and answers."""
        places = {call.place: call.headers for call in (*self.sample.calls, Call("GET", UNKNOWN))}
        for path, usual in places.items():
            for query, body, headers in NONSENSE:
                for method in METHODS:
                    answer = self.ask(method, path + query, body=body, headers={**usual, **headers})
                    yield f"{method} {path}{query}", answer

    def expect(self, call: Call, answer: Response, how: str = "") -> None:
        """Fail where a call of the sample is answered with another status."""
        if answer.status_code != call.status:
            fail(
                f"{call.words} {how}answered {answer.status_code} instead of {call.status}: "
                f"{answer.content[:300]!r}",
                f"{self._callable}, and 'calls' of the fixture 'sample'",
            )

    @property
    def _callable(self) -> str:
        return f"what 'make' of {self.sample.name!r} returns"


class _Read(Exception):
    """A body was read that nobody may read."""


class _Untouched:
    """A body that nobody may read."""

    def read(self, size: int = -1) -> bytes:
        raise _Read

    readline = readlines = __iter__ = read


class AgnosticApplicationCompliance:
    """What every application that answers by itself must do; subclass it and give a sample."""

    @pytest.fixture
    def sample(self) -> AgnosticSample:
        """Say which application it is, with which plugins, and what may be called."""
        raise NotImplementedError("Override the fixture 'sample' with an AgnosticSample.")

    @pytest.fixture
    def deployment(
        self, sample: AgnosticSample, glue_deployment: Callable[..., Deployment]
    ) -> Deployment:
        """Deploy the application alone, with what its calls need."""
        deployment = glue_deployment(sample.plugins, settings=sample.settings, only=sample.name)
        if deployment.migrations:
            migrate(deployment.services.database, deployment.migrations)
        if sample.prepare is not None:
            sample.prepare(deployment)
        return deployment

    @pytest.fixture
    def probe(self, deployment: Deployment, sample: AgnosticSample) -> AgnosticProbe:
        """Find the application."""
        return AgnosticProbe(deployment, sample)

    def test_describes_itself(self, probe: AgnosticProbe) -> None:
        """It has a sentence for people."""
        if not probe.application.description:
            fail(f"{probe.name} has no description", "'description' of the application")

    def test_starts_alone(
        self, sample: AgnosticSample, glue_deployment: Callable[..., Deployment]
    ) -> None:
        """Without a plugin of others it starts, and what nobody has is no failure."""
        key = (APPLICATIONS, sample.name)
        homes = {each.distribution for each in sample.plugins if (each.group, each.name) == key}
        own = [each for each in sample.plugins if each.distribution in homes]
        if not own:
            fail(
                f"The plugins of the sample have no application {sample.name!r}",
                "'plugins' of the fixture 'sample'",
            )
        try:
            deployment = glue_deployment(own, only=sample.name)
        except ConfigurationError as error:
            fail(
                f"The application {sample.name!r} does not start without plugins: {error}",
                "'make' of the application, which may rely on nothing but its services and what "
                "its own distribution brings",
            )
        AgnosticProbe(deployment, sample).ask("GET", UNKNOWN, anonymous=True)

    def test_opens_nothing_before_a_request(
        self, sample: AgnosticSample, glue_deployment: Callable[..., Deployment]
    ) -> None:
        """It opens no service when it is made: workers, which come later, would share it."""
        deployment = glue_deployment(sample.plugins, settings=sample.settings, only=sample.name)
        if deployment.services.opened:
            fail(
                f"The application {sample.name!r} opens {names_of(deployment.services.opened)} "
                f"when it is made",
                "'make' of the application: the first request that needs a service opens it",
            )

    def test_every_call_answers(self, probe: AgnosticProbe) -> None:
        """Each call of the sample is answered as the sample says, and as PEP 3333 has it."""
        for call in probe.sample.calls:
            probe.expect(call, probe.call(call))

    def test_head_is_get_without_a_body(self, probe: AgnosticProbe) -> None:
        """What can be read answers HEAD as it answers GET, with no body."""
        for call in probe.sample.calls:
            if call.method != "GET":
                continue
            got = probe.call(call)
            head = probe.ask("HEAD", call.path, headers=call.headers)
            if head.status_code != got.status_code or head.content:
                fail(
                    f"HEAD {call.path} answered {head.status_code} with {len(head.content)} bytes, "
                    f"GET {got.status_code}",
                    "the callable, which servers do not take the body of HEAD from",
                )

    def test_body_may_have_no_length(self, probe: AgnosticProbe) -> None:
        """A body that comes in chunks, whose length nobody said, is read as every other."""
        if not any(call.body for call in probe.sample.calls):
            pytest.skip("No call of the sample has a body.")
        for call in probe.sample.calls:
            probe.expect(call, probe.call(call, chunked=call.body is not None), "in chunks ")

    def test_unknown_path_is_not_found(self, probe: AgnosticProbe) -> None:
        """A path that nobody has is a 404."""
        for path in (UNKNOWN, f"/{NOBODY}/1/{NOBODY}", f"/{NOBODY}%ff"):
            answer = probe.ask("GET", path)
            if not 400 <= answer.status_code < 500:
                fail(
                    f"GET {path} answered {answer.status_code} instead of 404",
                    "the callable: what it has no place for is an error",
                )

    def test_nonsense_is_no_failure(self, probe: AgnosticProbe) -> None:
        """Whatever comes, to any of its places, is answered with less than 500."""
        for _ in probe.nonsense():
            pass

    def test_errors_tell_nothing_of_the_inside(self, probe: AgnosticProbe) -> None:
        """The body of an error has no text of an exception."""
        for words, answer in probe.nonsense():
            if answer.status_code >= 400 and any(each in answer.content for each in INSIDE):
                fail(
                    f"{words} shows a traceback: {answer.content[:200]!r}",
                    "what the callable does with exceptions",
                )

    def test_answers_below_a_mount_point(
        self,
        deployment: Deployment,
        sample: AgnosticSample,
        glue_deployment: Callable[..., Deployment],
    ) -> None:
        """Where the settings give it a path it answers below that, and leads nowhere else."""
        applications = dict(sample.settings.get("applications", {}))
        own = {**applications.get(sample.name, {}), "paths": [MOUNT]}
        settings = {**sample.settings, "applications": {**applications, sample.name: own}}
        mounted = glue_deployment(sample.plugins, settings=settings, only=sample.name)
        probe = AgnosticProbe(mounted, sample)
        for call in sample.calls:
            answer = probe.call(call, below=MOUNT)
            probe.expect(call, answer, f"below {MOUNT} ")
            place = answer.headers.get("location", "").removeprefix("http://localhost")
            if place.startswith("/") and not place.startswith(MOUNT):
                fail(
                    f"{call.words} below {MOUNT} leads to {place!r}, which is somewhere else",
                    "how the callable makes addresses: 'base_url_of' of glue_core knows the mount "
                    "point, which is SCRIPT_NAME in the WSGI environment",
                )

    def test_two_live_side_by_side(
        self,
        deployment: Deployment,
        probe: AgnosticProbe,
        glue_deployment: Callable[..., Deployment],
    ) -> None:
        """A second one in the process changes nothing for the first, and both answer."""
        sample = probe.sample
        second = glue_deployment(sample.plugins, settings=sample.settings, only=sample.name)
        for each in (AgnosticProbe(second, sample), probe):
            for call in sample.calls:
                if call.method == "GET":
                    each.expect(call, each.call(call), "beside another one ")

    def test_answers_have_security_headers(self, probe: AgnosticProbe) -> None:
        """Successes and errors have the headers that browsers go by, and the request's id."""
        for call in [*probe.sample.calls, Call("GET", UNKNOWN)]:
            answer = probe.call(call)
            missing = {*HEADERS, "cache-control", REQUEST_ID} - set(answer.headers)
            if missing:
                fail(
                    f"{call.words} answered {answer.status_code} without {names_of(missing)}",
                    "the setting 'security_headers' of the application",
                )

    def test_protection_holds(self, probe: AgnosticProbe) -> None:
        """What the sample calls guarded is out of reach without credentials; all else is not."""
        if not any(call.is_guarded for call in probe.sample.calls):
            pytest.skip("No call of the sample is guarded.")
        for call in probe.sample.calls:
            answer = probe.call(call, anonymous=True)
            if call.is_guarded and answer.status_code not in (401, 403, 404):
                fail(
                    f"{call.words} without credentials answered {answer.status_code} instead of "
                    f"401 or 403",
                    "what the callable does before it answers",
                )
            if not call.is_guarded:
                probe.expect(call, answer, "without credentials ")

    def test_takes_what_it_has_a_place_for(self, probe: AgnosticProbe) -> None:
        """What is asked whether it takes a request says so without reading or changing it."""
        made = probe.made
        if not isinstance(made, Selective):
            pytest.skip("The callable has no 'takes': it takes everything.")
        where = f"'takes' of what 'make' of {probe.sample.name!r} returns"
        for call in [*probe.sample.calls, Call("GET", UNKNOWN)]:
            environ = environ_of(call.method, call.path, {"host": "localhost", **call.headers})
            environ["wsgi.input"] = _Untouched()
            environ["CONTENT_LENGTH"] = str(len(call.body or b""))
            before = dict(environ)
            try:
                is_taken = made.takes(environ)
            except _Read:
                fail(
                    f"{probe.name} reads the body of {call.words} to see whether it takes it", where
                )
            changed = {key for key in before if environ.get(key) is not before[key]}
            if changed:
                fail(f"{probe.name} changes {names_of(changed)} of {call.words}", where)
            expected = call in probe.sample.calls
            if is_taken is not expected:
                fail(
                    f"{probe.name} {'takes' if is_taken else 'does not take'} {call.words}, which "
                    f"it {'answers' if expected else 'has no place for'}",
                    where,
                )

    def test_tells_its_places(self, probe: AgnosticProbe) -> None:
        """What tells places knows those of all calls, as templates, and no others."""
        made = probe.made
        if not isinstance(made, Located):
            pytest.skip("The callable has no 'starts' and 'place_of'.")
        where = f"'starts' and 'place_of' of what 'make' of {probe.sample.name!r} returns"
        for call in probe.sample.calls:
            environ = environ_of(call.method, call.path, {"host": "localhost", **call.headers})
            place = made.place_of(environ)
            start = first_segment(environ, versions_in_path=False)
            if place is None or start not in made.starts:
                fail(
                    f"{probe.name} tells of {call.words} the place {place!r}, and the starts "
                    f"{names_of(made.starts)}",
                    where,
                )
        environ = environ_of("GET", UNKNOWN, {"host": "localhost"})
        place = made.place_of(environ)
        if place is not None or NOBODY in made.starts:
            fail(f"{probe.name} tells of a path that nobody has the place {place!r}", where)
