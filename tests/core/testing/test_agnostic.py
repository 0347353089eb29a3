"""The suite for applications that answer by themselves: each broken one is told why."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import pytest

from glue_core import RequestFlowAgnosticApiApplication, RequestFlowAwareApiApplication, base_url_of
from glue_core.testing import Deployment, in_memory
from glue_core.testing.agnostic import (
    AgnosticApplicationCompliance,
    AgnosticProbe,
    AgnosticSample,
    Call,
)

JSON = {"content-type": "application/json"}
KEY = {"x-key": "keeper"}
Environ = dict[str, Any]


class OldShop:
    """A sound application: ``/lamps``, kept in the storage; the broken ones override a method."""

    description = "Sells lamps."
    settings: Mapping[str, Any] = {}
    calls: Sequence[Call] = (
        Call("GET", "/lamps"),
        Call("GET", "/lamps/1"),
        Call("POST", "/lamps", 201, b'{"name": "New"}', JSON, is_guarded=True),
        Call("GET", "/lamps/2", is_guarded=True),
    )

    def make(self, deployment: Deployment) -> Any:
        """Make the callable."""
        return Shop(self, deployment)

    def prepare(self, deployment: Deployment) -> None:
        """Write two lamps."""
        deployment.services.storage.put_many({f"lamps:{each}": {"id": each} for each in "12"})

    def answer(self, environ: Environ, deployment: Deployment) -> tuple[int, Any, dict[str, str]]:
        """Answer: status, document, headers."""
        method = environ["REQUEST_METHOD"].replace("HEAD", "GET")
        start, *rest = environ["PATH_INFO"].strip("/").split("/")
        storage = deployment.services.storage
        if start != "lamps" or len(rest) > 1:
            return 404, "Not found", {}
        if method == "POST" and not rest:
            return self.write(environ)
        if method != "GET":
            return 405, "There is no such method", {"Allow": "GET, HEAD, POST"}
        if not rest:
            return 200, [storage.get("lamps:1")], {}
        if rest == ["2"] and not self.is_known(environ):
            return 401, "Who is it?", {"WWW-Authenticate": "Key"}
        found = storage.get(f"lamps:{rest[0]}")
        return (404, "There is no such lamp", {}) if found is None else (200, found, {})

    def is_known(self, environ: Environ) -> bool:
        """Say whether somebody shows the key."""
        return environ.get("HTTP_X_KEY") == "keeper"

    def write(self, environ: Environ) -> tuple[int, Any, dict[str, str]]:
        """Take a lamp."""
        if not self.is_known(environ):
            return 401, "Who is it?", {"WWW-Authenticate": "Key"}
        try:
            document = orjson.loads(self.body(environ))
        except orjson.JSONDecodeError as error:
            return 400, self.words(error), {}
        return 201, document, {"Location": self.address(environ) + "/lamps/3"}

    def body(self, environ: Environ) -> bytes:
        """Read the body, whether or not its length was said."""
        is_chunked = environ.get("wsgi.input_terminated")
        length = 1000 if is_chunked else int(environ.get("CONTENT_LENGTH") or 0)
        content: bytes = environ["wsgi.input"].read(length)
        return content

    def words(self, error: Exception) -> str:
        """Say what is wrong."""
        return "This is no JSON"

    def address(self, environ: Environ) -> str:
        """Return how links start."""
        return base_url_of(environ, None)

    def encoded(self, document: Any) -> Any:
        """Return a document as it is sent."""
        return orjson.dumps(document)

    def sends_body(self, method: str) -> bool:
        """Say whether an answer has a body."""
        return method != "HEAD"

    def takes(self, environ: Environ) -> bool:
        """Take what begins with lamps."""
        path: str = environ["PATH_INFO"]
        return path.startswith("/lamps")

    starts = frozenset({"lamps"})

    def place_of(self, environ: Environ) -> str | None:
        """Tell the template of a path."""
        return "/lamps/{id}" if environ["PATH_INFO"].startswith("/lamps") else None

    def sample(self) -> AgnosticSample:
        """Return the sample of the suite."""
        application = RequestFlowAgnosticApiApplication(
            "old_shop", services=("storage",), description=self.description, make=self.make
        )
        plugins = [in_memory("glue.applications", "old_shop", application)]
        return AgnosticSample("old_shop", plugins, self.calls, self.settings, KEY, self.prepare)


class Shop:
    """What the application makes."""

    def __init__(self, own: OldShop, deployment: Deployment) -> None:
        self._own = own
        self._deployment = deployment

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        status, document, headers = self._own.answer(environ, self._deployment)
        sent = {"Content-Type": "application/json", **headers}
        start_response(f"{status} Answered", list(sent.items()))
        has_body = self._own.sends_body(environ["REQUEST_METHOD"])
        return [self._own.encoded(document)] if has_body else []

    def takes(self, environ: Environ) -> bool:
        """Say whether there is a place for the path."""
        return self._own.takes(environ)

    @property
    def starts(self) -> frozenset[str]:
        """First segments."""
        return self._own.starts

    def place_of(self, environ: Environ) -> str | None:
        """Tell the template of a path."""
        return self._own.place_of(environ)


class Undescribed(OldShop):
    """Broken: says nothing about itself."""

    description = ""


class NeedsAPlugin(OldShop):
    """Broken: asks for a feature when it is made."""

    def make(self, deployment: Deployment) -> Any:
        deployment.features.get(OldShop)


class Eager(OldShop):
    """Broken: reads the storage when it is made."""

    def make(self, deployment: Deployment) -> Any:
        deployment.services.storage.get("lamps:1")
        return super().make(deployment)


class SaysOtherwise(OldShop):
    """Broken: a call of the sample is answered otherwise."""

    calls = (Call("GET", "/lamps", 204),)


class BreaksTheProtocol(OldShop):
    """Broken: a body is no bytes."""

    def encoded(self, document: Any) -> Any:
        return super().encoded(document).decode()


class SendsBodyWithHead(OldShop):
    """Broken: an answer to HEAD has a body."""

    def sends_body(self, method: str) -> bool:
        return True


class WantsALength(OldShop):
    """Broken: reads as much as the length says, which nobody says of chunks."""

    def body(self, environ: Environ) -> bytes:
        content: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return content


class FindsEverything(OldShop):
    """Broken: has an answer for every path."""

    def answer(self, environ: Environ, deployment: Deployment) -> tuple[int, Any, dict[str, str]]:
        found = super().answer(environ, deployment)
        return (200, None, {}) if found[0] == 404 else found


class Raises(OldShop):
    """Broken: what is no JSON is a failure."""

    def words(self, error: Exception) -> str:
        raise error


class TellsTheInside(OldShop):
    """Broken: the text of an exception is that of an error."""

    def words(self, error: Exception) -> str:
        return "".join(traceback.format_exception(error))


class LeadsToTheTop(OldShop):
    """Broken: links do not know where it is mounted."""

    def address(self, environ: Environ) -> str:
        return "http://localhost"


class ReadsTheWholePath(OldShop):
    """Broken: looks at the mount point as if it were a part of the path."""

    def answer(self, environ: Environ, deployment: Deployment) -> tuple[int, Any, dict[str, str]]:
        whole = environ["SCRIPT_NAME"] + environ["PATH_INFO"]
        return super().answer({**environ, "PATH_INFO": whole}, deployment)


class OnlyOne(OldShop):
    """Broken: what is made last is the only one that works."""

    def make(self, deployment: Deployment) -> Any:
        self.last = deployment
        return super().make(deployment)

    def answer(self, environ: Environ, deployment: Deployment) -> tuple[int, Any, dict[str, str]]:
        if deployment is not self.last:
            return 410, "There is another one", {}
        return super().answer(environ, deployment)


class Bare(OldShop):
    """Broken: its answers have no security headers."""

    settings = {"applications": {"old_shop": {"security_headers": False}}}


class LetsEverybodyIn(OldShop):
    """Broken: nobody has to be known."""

    def is_known(self, environ: Environ) -> bool:
        return True


class ClosesMore(OldShop):
    """Broken: what the sample says everybody may call is guarded."""

    def answer(self, environ: Environ, deployment: Deployment) -> tuple[int, Any, dict[str, str]]:
        if not self.is_known(environ):
            return 401, "Who is it?", {}
        return super().answer(environ, deployment)


class ReadsWhatItTakes(OldShop):
    """Broken: reads the body to see whether it takes a request."""

    def takes(self, environ: Environ) -> bool:
        environ["wsgi.input"].read(1)
        return super().takes(environ)


class ChangesWhatItTakes(OldShop):
    """Broken: changes the request to see whether it takes it."""

    def takes(self, environ: Environ) -> bool:
        environ["PATH_INFO"] = environ["PATH_INFO"].lower() + "/"
        return super().takes(environ)


class TakesEverything(OldShop):
    """Broken: takes what it has no place for."""

    def takes(self, environ: Environ) -> bool:
        return True


class TellsNoPlace(OldShop):
    """Broken: does not know where its calls lead."""

    starts = frozenset({"shades"})


class TellsEveryPlace(OldShop):
    """Broken: has a place for everything."""

    def place_of(self, environ: Environ) -> str | None:
        return "/lamps/{id}"


BROKEN: list[tuple[type[OldShop], str, str]] = [
    (Undescribed, "test_describes_itself", "has no description"),
    (NeedsAPlugin, "test_starts_alone", "does not start without plugins"),
    (Eager, "test_opens_nothing_before_a_request", "opens storage when it is made"),
    (SaysOtherwise, "test_every_call_answers", "GET /lamps answered 200 instead of 204"),
    (BreaksTheProtocol, "test_every_call_answers", "GET /lamps is answered against PEP 3333"),
    (SendsBodyWithHead, "test_head_is_get_without_a_body", "HEAD /lamps answered 200 with"),
    (WantsALength, "test_body_may_have_no_length", "POST /lamps in chunks answered 400"),
    (FindsEverything, "test_unknown_path_is_not_found", "answered 200 instead of 404"),
    (Raises, "test_nonsense_is_no_failure", "POST /lamps failed with 500"),
    (TellsTheInside, "test_errors_tell_nothing_of_the_inside", "shows a traceback"),
    (LeadsToTheTop, "test_answers_below_a_mount_point", "leads to '/lamps/3', which is somewhere"),
    (ReadsTheWholePath, "test_answers_below_a_mount_point", "below /mounted-here answered 404"),
    (OnlyOne, "test_two_live_side_by_side", "GET /lamps beside another one answered 410"),
    (Bare, "test_answers_have_security_headers", "without .*x-content-type-options"),
    (LetsEverybodyIn, "test_protection_holds", "POST /lamps without credentials answered 201"),
    (ClosesMore, "test_protection_holds", "GET /lamps without credentials answered 401 instead"),
    (ReadsWhatItTakes, "test_takes_what_it_has_a_place_for", "reads the body of GET /lamps"),
    (ChangesWhatItTakes, "test_takes_what_it_has_a_place_for", "changes PATH_INFO of GET /lamps"),
    (TakesEverything, "test_takes_what_it_has_a_place_for", "takes GET /nobodyHasThis, which it"),
    (TellsNoPlace, "test_tells_its_places", "the starts shades"),
    (TellsEveryPlace, "test_tells_its_places", "a path that nobody has the place '/lamps/{id}'"),
]

CHECKS = sorted(each for each in dir(AgnosticApplicationCompliance) if each.startswith("test_"))
Failure = Callable[[OldShop, str], str | None]


@pytest.fixture
def failure(glue_deployment: Callable[..., Deployment]) -> Failure:
    """Return a function that returns why a check fails, or None where it passes."""

    def run(shop: OldShop, check: str) -> str | None:
        suite, sample = AgnosticApplicationCompliance(), shop.sample()
        call = getattr(suite, check)
        wanted = inspect.signature(call).parameters
        given: dict[str, Any] = {"sample": sample, "glue_deployment": glue_deployment}
        try:
            if {"probe", "deployment"} & set(wanted):
                given["deployment"] = glue_deployment(
                    sample.plugins, settings=sample.settings, only=sample.name
                )
                shop.prepare(given["deployment"])
                given["probe"] = AgnosticProbe(given["deployment"], sample)
            call(**{name: given[name] for name in wanted})
        except pytest.fail.Exception as error:
            return str(error)
        return None

    return run


@pytest.mark.parametrize("check", CHECKS)
def test_sound_application_passes(failure: Failure, check: str) -> None:
    """An application that does everything right fails no check, and none is skipped."""
    assert failure(OldShop(), check) is None


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[each[0].__name__ for each in BROKEN]
)
def test_broken_application_is_told_why(
    failure: Failure, broken: type[OldShop], check: str, message: str
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
    suite = AgnosticApplicationCompliance
    assert [each for each in CHECKS if not inspect.getdoc(getattr(suite, each))] == []


def test_application_of_the_flow_is_refused(glue_deployment: Callable[..., Deployment]) -> None:
    """The suite says which other one is for applications whose requests run through the flow."""
    plugins = [in_memory("glue.applications", "own", RequestFlowAwareApiApplication("own"))]

    with pytest.raises(pytest.fail.Exception, match="'ApplicationCompliance' of glue_core"):
        AgnosticProbe(glue_deployment(plugins), AgnosticSample("own", plugins, ()))


def test_sample_without_a_call_is_refused(glue_deployment: Callable[..., Deployment]) -> None:
    """A sample that says of nothing that it can be read proves nothing."""
    sample = OldShop().sample()

    with pytest.raises(pytest.fail.Exception, match="The sample has no GET"):
        AgnosticProbe(glue_deployment(sample.plugins), AgnosticSample("old_shop", (), ()))


class TestSubclass(AgnosticApplicationCompliance):
    """The suite as its users run it: a subclass with a sample."""

    @pytest.fixture
    def sample(self) -> AgnosticSample:
        """Return the sound application."""
        return OldShop().sample()
