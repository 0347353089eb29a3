"""The compliance suite for authentication servers: a sound one passes, broken ones are told why."""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Identity,
    InvalidToken,
)
from glue_core.testing.authentication import (
    AuthenticationServerCompliance,
    ServerProbe,
    ServerSample,
)

SECRET, KEY = "a long client secret", b"a long signing key"
LOG = logging.getLogger("tests.authentication")


def encoded(value: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return what base64url stands for."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Server:
    """A sound server of signed tokens; the broken ones override a method."""

    name = "stamps"

    def stamp(self, claims: dict[str, Any], key: bytes = KEY) -> str:
        """Sign claims."""
        text = encoded(orjson.dumps(claims))
        return f"stamp.{text}.{encoded(hmac.digest(key, text.encode(), hashlib.sha256))}"

    def recognises(self, token: str) -> bool:
        """Look at the start."""
        return token.startswith("stamp.")

    def claims(self, token: str) -> dict[str, Any]:
        """Verify a token."""
        _, _, rest = token.partition("stamp.")
        text, _, signature = rest.partition(".")
        expected = encoded(hmac.digest(KEY, text.encode(), hashlib.sha256))
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise InvalidToken("another key signed it")
        found: dict[str, Any] = orjson.loads(decoded(text))
        return found

    def identify(self, token: str, application: str) -> Identity:
        """Verify a token for an application."""
        claims = self.claims(token)
        self.check(token, claims, application)
        return Identity("client", claims["sub"], claims["sub"], via=self.name)

    def check(self, token: str, claims: dict[str, Any], application: str) -> None:
        """Check audience and time."""
        if claims["aud"] != application:
            raise InvalidToken("it is for another application")
        if claims["exp"] < time.time():
            raise InvalidToken("it has expired")

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take one grant."""
        return request.grant_type == "client_credentials"

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue a token."""
        parameters = request.parameters
        missing = [name for name in ("client_id", "client_secret") if not parameters.get(name)]
        if missing:
            return AuthenticationResponse(error="invalid_request", message="Who is it?")
        if parameters["client_secret"] != SECRET:
            return AuthenticationResponse(error="invalid_client", message="Unknown client.")
        return AuthenticationResponse(self.issued(request))

    def issued(self, request: AuthenticationRequest) -> dict[str, Any]:
        """Return the attributes of a success."""
        name = request.parameters["client_id"]
        claims = {"sub": name, "aud": request.application, "exp": time.time() + 60}
        return {"token_type": "Bearer", "expires_in": 60, "access_token": self.stamp(claims)}


def sample_of(server: Server) -> ServerSample:
    """Return the sample of a server."""
    request = {
        "grant_type": "client_credentials",
        "client_id": "stock",
        "client_secret": SECRET,
    }
    claims = {"sub": "stock", "aud": "shop", "exp": time.time() - 60}
    good = {**claims, "exp": time.time() + 60}
    return ServerSample(
        "shop",
        kind="client",
        natural_identifier="stock",
        request=request,
        expired=server.stamp(claims),
        other_application="office",
        forged=(server.stamp(good, b"another key"),),
        refused={"invalid_client": {**request, "client_secret": "a wrong client secret"}},
    )


class Nameless(Server):
    """Broken: has no name."""

    name = ""


class TellsNoLifetime(Server):
    """Broken: nobody knows how long a token lives."""

    def issued(self, request: AuthenticationRequest) -> dict[str, Any]:
        """Leave the seconds out."""
        return {**super().issued(request), "expires_in": None}


class TakesNothing(Server):
    """Broken: leaves its own grant to others."""

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take nothing."""
        return False


class TakesEverything(Server):
    """Broken: takes grants that it does not know."""

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take everything."""
        return True


class NamesSomebodyElse(Server):
    """Broken: does not say who checked."""

    def identify(self, token: str, application: str) -> Identity:
        """Forget the name of the server."""
        return replace(super().identify(token, application), via="")


class ChokesOnGarbage(Server):
    """Broken: what is no token is an exception."""

    def recognises(self, token: str) -> bool:
        """Look at the letters."""
        return token[0] == "s" and token.startswith("stamp.")


class BelievesAnything(Server):
    """Broken: does not look at the signature."""

    def claims(self, token: str) -> dict[str, Any]:
        """Read what is there."""
        try:
            found: dict[str, Any] = orjson.loads(decoded(token.split(".")[1]))
        except (ValueError, IndexError):
            raise InvalidToken("no claims") from None
        return found


class NeverForgets(Server):
    """Broken: a token never expires."""

    def check(self, token: str, claims: dict[str, Any], application: str) -> None:
        """Check the audience alone."""
        if claims["aud"] != application:
            raise InvalidToken("it is for another application")


class CountsEverywhere(Server):
    """Broken: a token counts at every application."""

    def check(self, token: str, claims: dict[str, Any], application: str) -> None:
        """Check the time alone."""
        if claims["exp"] < time.time():
            raise InvalidToken("it has expired")


class HasItsOwnErrors(Server):
    """Broken: refuses with an error that no client knows."""

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Rename the error."""
        response = super().authenticate(request)
        return response if response.error is None else replace(response, error="wrong_secret")


class RepeatsSecrets(Server):
    """Broken: the message of a refusal has the secret."""

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Say what was wrong."""
        response = super().authenticate(request)
        if response.error == "invalid_client":
            return replace(response, message=f"Not {request.parameters['client_secret']}.")
        return response


class FailsWithoutParameters(Server):
    """Broken: a parameter that lacks is an exception."""

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Look the secret up."""
        request.parameters["client_secret"]
        return super().authenticate(request)


class TellsTheToken(Server):
    """Broken: the reason of a refusal has the token."""

    def check(self, token: str, claims: dict[str, Any], application: str) -> None:
        """Say which token it was."""
        if claims["exp"] < time.time():
            raise InvalidToken(f"{token} has expired")
        super().check(token, claims, application)


class LogsTokens(Server):
    """Broken: a token stands in the log."""

    def issued(self, request: AuthenticationRequest) -> dict[str, Any]:
        """Log what was issued."""
        found = super().issued(request)
        LOG.debug("Issued %s", found["access_token"])
        return found


BROKEN: list[tuple[type[Server], str, str]] = [
    (Nameless, "test_declares_itself", "or a name"),
    (TellsNoLifetime, "test_issues_tokens", "has None for expires_in"),
    (TakesNothing, "test_takes_what_it_issues", "does not take the request"),
    (TakesEverything, "test_takes_what_it_issues", "takes a grant that nobody has"),
    (NamesSomebodyElse, "test_recognises_what_it_issued", r"instead of \('client', 'stock'"),
    (ChokesOnGarbage, "test_garbage_is_refused", "raised IndexError"),
    (BelievesAnything, "test_forged_tokens_are_refused", "for good"),
    (NeverForgets, "test_expired_tokens_are_refused", "takes an expired token for good"),
    (CountsEverywhere, "test_tokens_count_where_they_are_meant_for", "application at 'office'"),
    (HasItsOwnErrors, "test_refusals_are_those_of_the_standard", "'wrong_secret', which RFC 6749"),
    (RepeatsSecrets, "test_refusals_are_those_of_the_standard", "repeats client_secret"),
    (FailsWithoutParameters, "test_incomplete_requests_are_refused", "raised KeyError"),
    (TellsTheToken, "test_refusals_do_not_show_tokens", "shows the token in its refusal"),
    (LogsTokens, "test_tokens_stay_out_of_the_log", "logs 2 secrets"),
    (BelievesAnything, "test_the_flow_knows_who_asks", "is answered 200"),
    (TellsTheToken, "test_the_flow_knows_who_asks", "secrets stand in the log"),
]

Failure = Callable[..., str | None]


@pytest.fixture
def failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Failure:
    """Return a function that returns why a check fails, or None where it passes."""

    def run(server: Server, check: str, **changes: Any) -> str | None:
        given: dict[str, Any] = {"tmp_path": tmp_path, "caplog": caplog}
        call = getattr(AuthenticationServerCompliance(), check)
        wanted = {name: given[name] for name in inspect.signature(call).parameters if name in given}
        try:
            call(probe=ServerProbe(server, replace(sample_of(server), **changes)), **wanted)
        except pytest.fail.Exception as error:
            return str(error)
        return None

    return run


CHECKS = sorted(each for each in dir(AuthenticationServerCompliance) if each.startswith("test_"))


@pytest.mark.parametrize("check", CHECKS)
def test_sound_server_passes(failure: Failure, check: str) -> None:
    """A server that does everything right fails no check, and none is skipped."""
    assert failure(Server(), check) is None


@pytest.mark.parametrize(
    ("broken", "check", "message"), BROKEN, ids=[f"{e[0].__name__}-{e[1]}" for e in BROKEN]
)
def test_broken_server_is_told_why(
    failure: Failure, broken: type[Server], check: str, message: str
) -> None:
    """A server that breaks a rule fails its check, which says what is broken and where."""
    found = failure(broken(), check)

    assert found is not None, "not noticed"
    assert re.search(message, found), found
    assert "\nLook at: " in found


@pytest.mark.parametrize(("broken", "check", "message"), BROKEN)
def test_messages_show_no_secrets(
    failure: Failure, broken: type[Server], check: str, message: str
) -> None:
    """What a failed check prints may be in the log of a build server."""
    found = failure(broken(), check) or ""

    assert "stamp.ey" not in found
    assert SECRET not in found


def test_every_check_can_fail() -> None:
    """There is a broken server for each check of the suite."""
    assert sorted({check for _, check, _ in BROKEN}) == CHECKS


def test_every_check_states_its_rule() -> None:
    """Each check of the suite has a docstring."""
    suite = AuthenticationServerCompliance
    assert [each for each in CHECKS if not inspect.getdoc(getattr(suite, each))] == []


@pytest.mark.parametrize(
    ("changes", "check", "message"),
    [
        ({"request": None}, "test_declares_itself", "neither the parameters"),
        ({"refused": {}}, "test_refusals_are_those_of_the_standard", "nothing of what is refused"),
        ({"expired": "x"}, "test_expired_tokens_are_refused", "does not recognise the expired"),
    ],
)
def test_sample_that_tells_nothing_is_refused(
    failure: Failure, changes: dict[str, Any], check: str, message: str
) -> None:
    """A sample with which a check could not fail is itself a failure."""
    found = failure(Server(), check, **changes)

    assert found is not None
    assert message in found


def test_server_that_issues_nothing_is_held_against_the_rest(failure: Failure) -> None:
    """A server that only checks tokens passes with a token of the sample."""
    server = Server()
    token = server.stamp({"sub": "stock", "aud": "shop", "exp": time.time() + 60})
    given: dict[str, Any] = {"request": None, "token": token, "refused": {}}

    assert failure(server, "test_recognises_what_it_issued", **given) is None
    assert failure(server, "test_forged_tokens_are_refused", **given) is None
    with pytest.raises(pytest.skip.Exception):
        failure(server, "test_issues_tokens", **given)
