"""What every application must do: a suite to subclass, and the sample of it that the suite needs.

    class TestShop(ApplicationCompliance):
        @pytest.fixture
        def sample(self):
            return ApplicationSample("shop_api", installed("shop_api", "json_api", "lamps_api"))

The suite deploys the application alone, and calls everything that its operations declare, whatever
plugins they come from. It is for applications whose requests run through the flow; that of
`glue_core.testing.agnostic` is for all others. Each message says what is broken and where to look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from glue_core import codes
from glue_core.application import RequestFlowAwareApiApplication
from glue_core.deployment import Deployment
from glue_core.errors import ConfigurationError
from glue_core.health import PLACE as HEALTH_CHECK
from glue_core.migrating import migrate
from glue_core.negotiation import written_types
from glue_core.operation import RELATIONSHIPS, Operation
from glue_core.registry.discovery import APPLICATIONS, Source
from glue_core.registry.models import follows
from glue_core.security.headers import HEADERS
from glue_core.testing.client import JSON_API, Client
from glue_core.testing.probing import (
    JSON,
    JSON_API_NAME,
    NOBODY,
    Asked,
    Asking,
    fail,
    is_guarded,
    names_of,
    refusals_of,
)

__all__ = ["ApplicationCompliance", "ApplicationProbe", "ApplicationSample"]

WRITES = ("post", "patch", "put")
ANY_ID = "0"


@dataclass(frozen=True, slots=True)
class ApplicationSample:
    """An application, with the plugins that it is to be tried with.

    Attributes:
        name: Name of the application.
        plugins: What counts as installed, the application among them.
        settings: Tables of settings.
        headers: Headers of who may do everything; none where nobody has to be known.
        public: Names of the operations that everybody may call, such as ``lamps.get``, of an
            application that protects what declares nothing. The health check is one of itself.
    """

    name: str
    plugins: Sequence[Source]
    settings: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    public: tuple[str, ...] = ()


class ApplicationProbe:
    """One application, asked as a client would.

    Attributes:
        sample: The application.
        asking: Asks it.
        application: Its declaration.
        operations: Everything that it declares to answer.
    """

    def __init__(self, deployment: Deployment, sample: ApplicationSample) -> None:
        """Find its operations.

        Args:
            deployment: A deployment of the application alone.
            sample: The application.
        """
        self.sample = sample
        self.asking = Asking(deployment, sample.name, sample.headers)
        application = self.asking.registry.application
        if not isinstance(application, RequestFlowAwareApiApplication):
            fail(
                f"The application {sample.name!r} answers by itself",
                "'AgnosticApplicationCompliance' of glue_core.testing.agnostic; this suite is for "
                "applications whose requests run through the flow",
            )
        self.application: RequestFlowAwareApiApplication = application
        self.operations: list[Operation] = [each.value for each in self.asking.registry.operations]

    @property
    def name(self) -> str:
        """The application, for messages."""
        return f"The application {self.sample.name!r}"

    def conventions(self, operation: Operation) -> Iterator[tuple[str | None, str]]:
        """Yield the conventions that an operation answers, each with its media type."""
        for name, convention in self.asking.registry.conventions.items():
            if follows(operation, name):
                yield name, JSON if name is None else written_types(convention)[0]

    def call(
        self, operation: Operation, accept: str, *, anonymous: bool, body: Any = None
    ) -> Asked:
        """Call an operation with ids that are probably unknown and a body that says little."""
        takes_body = operation.method in WRITES
        data: Any = {"type": operation.type, "attributes": {}}
        if operation.method != "post":
            data["id"] = ANY_ID
        content = {"data": data} if accept == JSON_API else {}
        return self.asking.ask(
            operation.http_method,
            path_of(operation),
            accept=accept,
            json=content if takes_body and body is None else None,
            body=body if takes_body else None,
            anonymous=anonymous,
        )

    def paths(self, convention: str | None) -> dict[str, set[str]]:
        """Return the methods that each path has in a convention, or in plain JSON."""
        found: dict[str, set[str]] = {}
        for each in self.operations:
            if follows(each, convention):
                found.setdefault(path_of(each), set()).add(each.http_method)
        return found

    def guarded(self) -> list[Operation]:
        """Return the operations that not everybody may call."""
        return [each for each in self.operations if is_guarded(self.asking.registry, each)]


def path_of(operation: Operation) -> str:
    """Return the path of an operation, with an id in each of its places."""
    return re.sub(r"\{[^}]*\}", ANY_ID, operation.path)


class ApplicationCompliance:
    """What every application must do; subclass it and give a sample."""

    @pytest.fixture
    def sample(self) -> ApplicationSample:
        """Say which application it is, and with which plugins."""
        raise NotImplementedError("Override the fixture 'sample' with an ApplicationSample.")

    @pytest.fixture
    def deployment(
        self, sample: ApplicationSample, glue_deployment: Callable[..., Deployment]
    ) -> Deployment:
        """Deploy the application alone; its database is migrated."""
        deployment = glue_deployment(sample.plugins, settings=sample.settings, only=sample.name)
        if deployment.migrations:
            migrate(deployment.services.database, deployment.migrations)
        return deployment

    @pytest.fixture
    def probe(self, deployment: Deployment, sample: ApplicationSample) -> ApplicationProbe:
        """Find the operations of the application."""
        return ApplicationProbe(deployment, sample)

    def test_describes_itself(self, probe: ApplicationProbe) -> None:
        """It has a sentence for people."""
        if not probe.application.description:
            fail(f"{probe.name} has no description", "'description' of the application")

    def test_starts_alone(
        self, sample: ApplicationSample, glue_deployment: Callable[..., Deployment]
    ) -> None:
        """Without a single plugin it starts, and answers 404."""
        own = [
            each
            for each in sample.plugins
            if (each.group, each.name) == (APPLICATIONS, sample.name)
        ]
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
                "the application's own hooks, which may rely on nothing but its services",
            )
        answer = Asking(deployment, sample.name, {}).ask("GET", f"/{NOBODY}", accept=JSON)
        answer.expect(404, "the application's own hooks")

    def test_every_route_answers(self, probe: ApplicationProbe) -> None:
        """Whatever is declared answers, to somebody and to nobody, with less than 500."""
        for operation in probe.operations:
            for _, accept in probe.conventions(operation):
                for anonymous in (True, False):
                    probe.call(operation, accept, anonymous=anonymous)
                    if operation.method in WRITES:
                        probe.call(operation, accept, anonymous=anonymous, body=b"{")

    def test_head_is_get_without_a_body(self, probe: ApplicationProbe) -> None:
        """What can be read answers HEAD as it answers GET."""
        for operation in probe.operations:
            if operation.http_method != "GET":
                continue
            for _, accept in probe.conventions(operation):
                path = path_of(operation)
                got = probe.asking.ask("GET", path, accept=accept)
                head = probe.asking.ask("HEAD", path, accept=accept)
                if head.status != got.status or head.response.content:
                    fail(
                        f"{head.words} answered {head.status} with "
                        f"{len(head.response.content)} bytes, GET {got.status}",
                        f"the handler of {operation.contribution_name!r}",
                    )

    def test_options_names_the_methods(self, probe: ApplicationProbe) -> None:
        """OPTIONS names every method of a path; one that it does not name is 405."""
        for name, convention in probe.asking.registry.conventions.items():
            accept = JSON if name is None else written_types(convention)[0]
            for path, methods in probe.paths(name).items():
                answer = probe.asking.ask("OPTIONS", path, accept=accept, anonymous=True)
                allow = answer.response.headers.get("allow", "")
                allowed = {each.strip() for each in allow.split(",")}
                expected = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
                if answer.status != 204 or not expected <= allowed:
                    fail(
                        f"{answer.words} answered {answer.status} and allows {names_of(allowed)}, "
                        f"not {names_of(expected - allowed)}",
                        "a plugin that answers OPTIONS itself",
                    )
                for method in {"GET", "POST", "PATCH", "PUT", "DELETE"} - allowed:
                    refused = probe.asking.ask(method, path, accept=accept)
                    if refused.status == 403 and f"/{RELATIONSHIPS}/" in path:
                        # Of a relationship that nobody may change, JSON:API says.
                        continue
                    if refused.status != 405 or "allow" not in refused.response.headers:
                        fail(
                            f"{refused.words} answered {refused.status} instead of 405 with Allow",
                            "the operations of that path",
                        )

    def test_unknown_paths_are_not_found(self, probe: ApplicationProbe) -> None:
        """A path that nobody declares is a 404 with its code, in every convention."""
        for name, convention in probe.asking.registry.conventions.items():
            accept = JSON if name is None else written_types(convention)[0]
            for path in (f"/{NOBODY}", f"/{NOBODY}/1/{NOBODY}"):
                for anonymous in (True, False):
                    answer = probe.asking.ask("GET", path, accept=accept, anonymous=anonymous)
                    answer.expect(404, "a step of the application, or a plugin's")
                    found = {each.code for each in answer.errors()}
                    if name in (None, JSON_API_NAME) and found != {codes.NOT_FOUND}:
                        fail(
                            f"{answer.words} shows the codes {names_of(found)} instead of "
                            f"{codes.NOT_FOUND}",
                            "a step of the application, or a plugin's",
                        )

    def test_answers_have_security_headers(self, probe: ApplicationProbe) -> None:
        """Successes and errors have the headers that tell browsers and caches what they may."""
        paths = [*probe.paths(None), f"/{NOBODY}"]
        for path in paths:
            answer = probe.asking.ask("GET", path, accept=JSON, anonymous=True)
            missing = {*HEADERS, "cache-control"} - set(answer.response.headers)
            if missing:
                fail(
                    f"{answer.words} answered {answer.status} without {names_of(missing)}",
                    "the setting 'security_headers' of the application",
                )

    def test_health_check_tells_of_every_service(
        self, sample: ApplicationSample, glue_deployment: Callable[..., Deployment]
    ) -> None:
        """Once it is switched on, the health check names the services, and says how they are."""
        applications = dict(sample.settings.get("applications", {}))
        own = {**applications.get(sample.name, {}), "health_check": True}
        settings = {**sample.settings, "applications": {**applications, sample.name: own}}
        deployment = glue_deployment(sample.plugins, settings=settings, only=sample.name)
        probe = ApplicationProbe(deployment, sample)
        response = Client(deployment.applications[sample.name]).get(f"/{HEALTH_CHECK}")
        where = "the health checks of the plugins, and the steps of the application"
        if response.status_code not in (200, 503):
            fail(f"{probe.name} answers its health check {response.status_code}", where)
        [told] = response.json
        reports = {each["name"]: each["status"] for each in told["healthCheckServiceResponses"]}
        missing = set(probe.application.services) - set(reports)
        is_well = all(reports.values())
        if missing or (response.status_code == 200) is not is_well:
            fail(
                f"{probe.name} answers its health check {response.status_code} with {reports}, "
                f"without {names_of(missing)}",
                where,
            )

    def test_nothing_is_open_by_mistake(self, probe: ApplicationProbe) -> None:
        """Of a protected application everybody may call what the sample names, and nothing else."""
        default = probe.application.protection
        if default is None or default.is_public:
            pytest.skip("The application leaves open what declares nothing.")
        guarded = {id(each) for each in probe.guarded()}
        found = {each.contribution_name for each in probe.operations if id(each) not in guarded}
        found -= {f"{HEALTH_CHECK}.getCollection"}
        if found != set(probe.sample.public):
            extra, closed = found - set(probe.sample.public), set(probe.sample.public) - found
            fail(
                f"{probe.name} lets everybody call {names_of(extra)}, which the sample does not "
                f"name, and does not let them call {names_of(closed)}",
                "'protection' of these operations and of their resources; where they are meant to "
                "be open, 'public' of the fixture 'sample'",
            )

    def test_protection_holds(self, probe: ApplicationProbe) -> None:
        """What is protected is out of reach for who shows no credentials, in every convention."""
        guarded = probe.guarded()
        if not guarded:
            pytest.skip("Everybody may call everything.")
        for operation in guarded:
            allowed = refusals_of(probe.asking.registry, operation)
            for _, accept in probe.conventions(operation):
                answer = probe.call(operation, accept, anonymous=True)
                if answer.status not in allowed:
                    fail(
                        f"{answer.words} without credentials answered {answer.status} instead of "
                        f"{names_of(allowed)}",
                        f"the strategies that protect {operation.contribution_name!r}",
                    )
