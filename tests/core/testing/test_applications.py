"""The compliance suite for applications: a sound one passes, and each broken one is told why."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    PUBLIC,
    Format,
    GlueRequest,
    GlueResponse,
    Identity,
    IdentityReader,
    NotFound,
    Operation,
    Protection,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
    Resource,
    Step,
    Strategy,
    hookimpl,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory, installed
from glue_core.testing.applications import (
    ApplicationCompliance,
    ApplicationProbe,
    ApplicationSample,
)

GUARD = Protection(("oauth-user-scope",), scopes=("lamps",))
KEEPER = Identity("user", "keeper", 1, ("lamps",))


class Named(Schema):
    """Attributes of a lamp."""

    name = fields.String()


class Hooks:
    """The application's own layer: nothing."""

    @hookimpl
    def glue_resources(self) -> Sequence[Operation]:
        """Contribute nothing."""
        return []


class Shop:
    """A sound application; the broken ones override a method."""

    description = "Sells lamps."
    settings: Mapping[str, Any] = {}
    hooks: object = Hooks()
    public: tuple[str, ...] = ("lamps.getCollection",)

    def application(self) -> RequestFlowAwareApiApplication:
        """Declare the application."""
        return RequestFlowAwareApiApplication(
            "shop", hooks=self.hooks, protection=GUARD, description=self.description
        )

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return a lamp."""
        if request.resource.id != "1":
            raise NotFound("9001", "There is no such lamp.")
        return GlueResponse.of({"id": "1", "name": "Lamp"})

    def page(self) -> GlueResponse:
        """Return the lamps."""
        return GlueResponse.page([{"id": "1", "name": "Lamp"}])

    def post(self, request: GlueRequest) -> GlueResponse:
        """Write a lamp."""
        return GlueResponse.of({"id": "2", **request.attributes})

    def operations(self) -> list[Operation]:
        """Declare what it answers."""
        lamps = Resource("lamps", Named)
        return [
            Operation("get", self.get, "lamps", lamps),
            Operation("getCollection", self.page, "lamps", lamps, protection=PUBLIC),
            Operation("post", self.post, "lamps", lamps),
        ]

    def formatter(self, operation: Operation) -> Format | None:
        """Change no answer."""
        return None

    def strategies(self) -> list[Strategy]:
        """Contribute none."""
        return []

    def plugins(self) -> list[Source]:
        """Return what counts as installed."""
        plugin = in_memory(
            "glue.plugins.shop",
            "lamps",
            glue_resources=lambda: self.operations(),
            glue_response_formatters=lambda: [Step("change", self.formatter)],
            glue_authorization_strategies=lambda: self.strategies(),
            glue_identity_readers=lambda: [
                IdentityReader("who", "x-who", lambda value, request: KEEPER)
            ],
        )
        application = in_memory("glue.applications", "shop", self.application())
        return [application, plugin, *installed("json_api")]

    def sample(self) -> ApplicationSample:
        """Return the sample of the suite."""
        return ApplicationSample(
            "shop", self.plugins(), self.settings, {"x-who": "keeper"}, self.public
        )


class Undescribed(Shop):
    """Broken: says nothing about itself."""

    description = ""


class Needy:
    """A layer that needs what a plugin would bring."""

    @hookimpl
    def glue_route_providers(self) -> Sequence[Operation]:
        """Protect a place by a strategy that nobody provides."""
        guard = Protection(("nobodys-strategy",))
        return [Operation("get", lambda: GlueResponse(), "/needy", protection=guard)]


class NeedsAPlugin(Shop):
    """Broken: does not start without plugins."""

    hooks = Needy()


class Fails(Shop):
    """Broken: a handler fails for an id that it does not know."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Look the lamp up."""
        lamps = {"1": "Lamp"}
        return GlueResponse.of({"id": "1", "name": lamps[request.resource.id or ""]})


class TellsHeadFromGet(Shop):
    """Broken: HEAD is answered otherwise than GET."""

    def get(self, request: GlueRequest) -> GlueResponse:
        """Answer HEAD for every lamp."""
        if request.method == "HEAD":
            return GlueResponse.of({"id": request.resource.id, "name": "Lamp"})
        return super().get(request)


class AnswersOptions(Shop):
    """Broken: OPTIONS is answered by a plugin."""

    def operations(self) -> list[Operation]:
        """Allow nothing."""

        def options() -> GlueResponse:
            """Allow GET."""
            response = GlueResponse.no_content()
            response.meta["allow"] = "GET"
            return response

        found = super().operations()
        lamps = found[0].resource
        return [*found, Operation("options", options, "lamps", lamps, protection=PUBLIC)]


class FindsEverything(Shop):
    """Broken: an unknown path is a success."""

    def formatter(self, operation: Operation) -> Format | None:
        """Make 404 a 200."""

        def change(response: GlueResponse, request: GlueRequest) -> None:
            if response.http_status == 404:
                response.http_status = 200

        return change


class Bare(Shop):
    """Broken: its answers have no security headers."""

    settings = {"applications": {"shop": {"security_headers": False}}}


class Poorly(Shop):
    """Broken: the health check is not what it says."""

    def formatter(self, operation: Operation) -> Format | None:
        """Say that all is well, in the status alone."""
        if not operation.technical:
            return None

        def change(response: GlueResponse, request: GlueRequest) -> None:
            response.http_status = 503

        return change


class OpensMore(Shop):
    """Broken: a place is open that nobody named."""

    public = ()


class LetsEverybodyIn(Shop):
    """Broken: the strategy lets everybody in."""

    def strategies(self) -> list[Strategy]:
        """Contribute a strategy that says yes."""
        return [Strategy("open", lambda protection, grants: True)]

    def operations(self) -> list[Operation]:
        """Protect a place by it."""
        lamps = Resource("lamps", Named)
        guard = Protection(("open",))
        return [Operation("get", self.get, "lamps", lamps, protection=guard)]


BROKEN: list[tuple[type[Shop], str, str]] = [
    (Undescribed, "test_describes_itself", "has no description"),
    (NeedsAPlugin, "test_starts_alone", "does not start without plugins: .*nobodys-strategy"),
    (Fails, "test_every_route_answers", "GET /lamps/0 as application/json failed with 500"),
    (TellsHeadFromGet, "test_head_is_get_without_a_body", "HEAD /lamps/0 .*answered 200"),
    (AnswersOptions, "test_options_names_the_methods", "OPTIONS /lamps/0 .*not"),
    (FindsEverything, "test_unknown_paths_are_not_found", "answered 200 instead of 404"),
    (Bare, "test_answers_have_security_headers", "without .*x-content-type-options"),
    (Poorly, "test_health_check_tells_of_every_service", "answers its health check 503 with"),
    (OpensMore, "test_nothing_is_open_by_mistake", "call lamps.getCollection, which the sample"),
    (LetsEverybodyIn, "test_protection_holds", "without credentials answered 404 instead of 401"),
]

Failure = Callable[[Shop, str], str | None]


@pytest.fixture
def failure(glue_deployment: Callable[..., Deployment]) -> Failure:
    """Return a function that returns why a check fails, or None where it passes."""

    def run(shop: Shop, check: str) -> str | None:
        suite, sample = ApplicationCompliance(), shop.sample()
        call = getattr(suite, check)
        wanted = inspect.signature(call).parameters
        given: dict[str, Any] = {"sample": sample, "glue_deployment": glue_deployment}
        try:
            if {"probe", "deployment"} & set(wanted):
                given["deployment"] = glue_deployment(
                    sample.plugins, settings=sample.settings, only=sample.name
                )
                given["probe"] = ApplicationProbe(given["deployment"], sample)
            call(**{name: given[name] for name in wanted})
        except pytest.fail.Exception as error:
            return str(error)
        return None

    return run


CHECKS = sorted(each for each in dir(ApplicationCompliance) if each.startswith("test_"))


@pytest.mark.parametrize("check", CHECKS)
def test_sound_application_passes(failure: Failure, check: str) -> None:
    """An application that does everything right fails no check, and none is skipped."""
    assert failure(Shop(), check) is None


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[each[0].__name__ for each in BROKEN]
)
def test_broken_application_is_told_why(
    failure: Failure, broken: type[Shop], check: str, message: str
) -> None:
    """An application that breaks a rule fails its check, which says what is broken and where."""
    found = failure(broken(), check)

    assert found is not None, "not noticed"
    assert re.search(message, found, re.DOTALL), found
    assert "\nLook at: " in found


def test_every_check_can_fail() -> None:
    """There is a broken application for each check of the suite."""
    assert sorted({check for _, check, _ in BROKEN}) == CHECKS


def test_every_check_states_its_rule() -> None:
    """Each check of the suite has a docstring."""
    suite = ApplicationCompliance
    assert [each for each in CHECKS if not inspect.getdoc(getattr(suite, each))] == []


def test_application_that_answers_by_itself_is_refused(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """The suite is about operations, and says so where an application has none."""
    application = RequestFlowAgnosticApiApplication("own", make=lambda deployment: _nothing)
    plugins = [in_memory("glue.applications", "own", application)]

    with pytest.raises(pytest.fail.Exception, match="answers by itself"):
        ApplicationProbe(glue_deployment(plugins), ApplicationSample("own", plugins))


def _nothing(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("204 No Content", [])
    return []
