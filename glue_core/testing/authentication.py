"""What every authentication server must do: a suite to subclass, and the sample that it needs.

An author says how a token is got, or gives one, and the suite issues, alters and refuses:

    class TestMyServer(AuthenticationServerCompliance):
        @pytest.fixture
        def server(self):
            return MyServer(...)

        @pytest.fixture
        def sample(self, server):
            return ServerSample(
                "shop_api",
                kind="client",
                natural_identifier="stock",
                request={"grant_type": "client_credentials", ...},
                expired=...,
            )

Each message says what is broken and where to look; none shows a token.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from glue_core import codes
from glue_core.application import RequestFlowAwareApiApplication
from glue_core.deployment import Deployment
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.operation import Operation
from glue_core.security.authentication import (
    AuthenticationRequest,
    AuthenticationResponse,
    AuthenticationServer,
    InvalidToken,
)
from glue_core.security.identity import Identity
from glue_core.security.protection import PROTECTED_PATH, Protection
from glue_core.testing.client import Client
from glue_core.testing.probing import fail, names_of
from glue_core.testing.sources import in_memory

__all__ = ["AuthenticationServerCompliance", "ServerProbe", "ServerSample"]

ERRORS = frozenset(
    {
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    }
)
"""The errors of RFC 6749, section 5.2."""

PUBLIC_PARAMETERS = frozenset({"grant_type", "scope", "username", "client_id", "redirect_uri"})
"""Parameters of a token request whose values are no secrets."""

NOBODYS_GRANT = "urn:example:nobodys-grant"
GROUP = "glue.plugins.authentication_compliance"
SHORTEST_PART = 12
"""Letters from which on a part of a token is taken for one that shows it."""

GARBAGE = (
    "",
    ".",
    "..",
    "a.b.c",
    "a.b.c.d",
    "e30.e30.AA",
    "!!.e30.AA",
    "\x00",
    "x" * 8192,
    "bearer bearer",
)
"""Tokens that nobody issued."""


@dataclass(frozen=True, slots=True)
class ServerSample:
    """How a token of the server is got, and which ones must not hold.

    Attributes:
        application: Name of the application that the token is for.
        kind: Kind of whoever holds the token, such as ``client``.
        natural_identifier: Name they are known by.
        request: Parameters that get a token; None for a server that issues none.
        client: Id and secret that come in the ``Authorization`` header with them, or None.
        token: A good token, of a server that issues none.
        expired: A token that was good and is no more.
        other_application: Name of an application at which the token does not count; None where all
            that the server serves share its tokens.
        forged: Further tokens that must not hold, such as one that another key signed.
        refused: Parameters that are refused, by the error of RFC 6749 that says why.
    """

    application: str
    kind: str
    natural_identifier: str
    expired: str = field(repr=False)
    request: Mapping[str, str] | None = field(default=None, repr=False)
    client: tuple[str, str] | None = field(default=None, repr=False)
    token: str = field(default="", repr=False)
    other_application: str | None = None
    forged: tuple[str, ...] = field(default=(), repr=False)
    refused: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


class ServerProbe:
    """One authentication server, asked as the flow does.

    Attributes:
        server: The server.
        sample: How a token is got.
    """

    def __init__(self, server: AuthenticationServer, sample: ServerSample) -> None:
        """Remember what to ask, and for what.

        Args:
            server: The server.
            sample: How a token is got.
        """
        self.server = server
        self.sample = sample
        self._token = sample.token
        if sample.request is None and not sample.token:
            fail(
                "The sample has neither the parameters of a token request nor a token",
                "'request' or 'token' of the fixture 'sample'",
            )

    @property
    def name(self) -> str:
        """The server, for messages."""
        return f"The authentication server {getattr(self.server, 'name', None)!r}"

    def token_request(self, parameters: Mapping[str, str]) -> AuthenticationRequest:
        """Return a request for a token."""
        return AuthenticationRequest(
            self.sample.application,
            parameters,
            address="127.0.0.1",
            client=self.sample.client,
            request_id="compliance",
        )

    def answer(self, parameters: Mapping[str, str]) -> AuthenticationResponse:
        """Return what the server answers to a request for a token."""
        try:
            return self.server.authenticate(self.token_request(parameters))
        except Exception as error:
            fail(
                f"{self.name} raised {type(error).__name__} for a request with the parameters "
                f"{names_of(parameters)}",
                "'authenticate', which answers with an error of RFC 6749 and raises nothing",
            )

    def parameters(self) -> Mapping[str, str]:
        """Return the parameters that get a token, or skip the check where it issues none."""
        if self.sample.request is None:
            pytest.skip("The server issues no tokens.")
        return self.sample.request

    @property
    def token(self) -> str:
        """A good token, issued once."""
        if not self._token:
            response = self.answer(self.sample.request or {})
            found = response.attributes.get("access_token")
            if response.error is not None or not isinstance(found, str) or not found:
                fail(
                    f"{self.name} answered {response.error or response.status!r} instead of a "
                    f"token",
                    "'authenticate', and 'request' of the fixture 'sample'",
                )
            self._token = found
        return self._token

    def identity(self, token: str, application: str) -> Identity | str:
        """Return whom a token names, or the text of the refusal."""
        try:
            if not self.server.recognises(token):
                return "it is none for this server"
            return self.server.identify(token, application)
        except InvalidToken as error:
            return str(error)
        except Exception as error:
            fail(
                f"{self.name} raised {type(error).__name__} for a token that must not hold",
                "'recognises', which raises nothing, and 'identify', which raises `InvalidToken`",
            )

    def must_not_hold(self, token: str, what: str, application: str = "") -> str:
        """Return the text of the refusal of a token, or fail because it holds."""
        found = self.identity(token, application or self.sample.application)
        if isinstance(found, Identity):
            fail(f"{self.name} takes {what} for good", "'identify'")
        return found

    def altered(self) -> Iterator[tuple[str, str]]:
        """Yield tokens that differ a little from a good one, each with what was done to it."""
        token = self.token
        yield token[:-4], "a token that lost its end"
        yield token + "AAAA", "a token with something behind it"
        start = 0
        for number, part in enumerate(token.split("."), 1):
            # Not the last letters: bits of theirs may mean nothing.
            for place in {len(part) // 4, len(part) // 2}:
                if place < len(part):
                    position = start + place
                    other = "A" if token[position] != "A" else "B"
                    yield (
                        token[:position] + other + token[position + 1 :],
                        f"a token with another letter in its part {number}",
                    )
            start += len(part) + 1
        parts = token.split(".")
        if len(parts) == 3:
            header = orjson.dumps({"alg": "none", "typ": "at+jwt"})
            unsigned = base64.urlsafe_b64encode(header).rstrip(b"=").decode()
            yield f"{unsigned}.{parts[1]}.", "an unsigned token"
        yield from ((each, "a forged token of the sample") for each in self.sample.forged)

    def secrets(self) -> set[str]:
        """Return texts that must not stand in a log or a message."""
        found = {self.token, self.sample.expired, *self.sample.forged}
        found |= {each for token in tuple(found) for each in token.split(".")[2:]}
        for parameters in (self.sample.request or {}, *self.sample.refused.values()):
            found |= {v for name, v in parameters.items() if name not in PUBLIC_PARAMETERS}
        if self.sample.client is not None:
            found.add(self.sample.client[1])
        return {each for each in found if len(each) >= SHORTEST_PART}


class AuthenticationServerCompliance:
    """What every authentication server must do; subclass it and give a server and a sample."""

    @pytest.fixture
    def server(self) -> AuthenticationServer:
        """Return the server."""
        raise NotImplementedError("Override the fixture 'server' with the server object.")

    @pytest.fixture
    def sample(self, server: AuthenticationServer) -> ServerSample:
        """Say how a token is got."""
        raise NotImplementedError("Override the fixture 'sample' with a ServerSample.")

    @pytest.fixture
    def probe(self, server: AuthenticationServer, sample: ServerSample) -> ServerProbe:
        """Return what asks the server."""
        return ServerProbe(server, sample)

    def test_declares_itself(self, probe: ServerProbe) -> None:
        """It has the members of `glue_core.AuthenticationServer`, and a name."""
        name = getattr(probe.server, "name", None)
        if not isinstance(probe.server, AuthenticationServer) or not (
            isinstance(name, str) and name
        ):
            fail(
                f"{probe.name} lacks members of an authentication server, or a name",
                "glue_core.AuthenticationServer",
            )

    def test_issues_tokens(self, probe: ServerProbe) -> None:
        """A token comes with its type and its seconds; nothing else is said of success.

        Source:
            RFC 6749, section 5.1.
        """
        response = probe.answer(probe.parameters())
        found = response.attributes
        problems = []
        if (response.status, response.error) != (200, None):
            problems.append(f"answers {response.status} with the error {response.error!r}")
        if not isinstance(found.get("access_token"), str) or not found.get("access_token"):
            problems.append("has no access_token")
        if str(found.get("token_type", "")).lower() != "bearer":
            problems.append(f"has the token_type {found.get('token_type')!r}")
        seconds = found.get("expires_in")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
            problems.append(f"has {seconds!r} for expires_in, no whole number of seconds")
        if problems:
            fail(f"{probe.name} {', and '.join(problems)}", "'authenticate'")

    def test_takes_what_it_issues(self, probe: ServerProbe) -> None:
        """It takes the request that it answers, and no grant that nobody has."""
        own = probe.server.takes(probe.token_request(probe.parameters()))
        other = probe.token_request({"grant_type": NOBODYS_GRANT})
        if not own:
            fail(f"{probe.name} does not take the request of the sample", "'takes'")
        if probe.server.takes(other) and (
            probe.answer(other.parameters).error != "unsupported_grant_type"
        ):
            fail(
                f"{probe.name} takes a grant that nobody has, and does not answer "
                f"unsupported_grant_type",
                "'takes', which leaves to others what it does not know",
            )

    def test_recognises_what_it_issued(self, probe: ServerProbe) -> None:
        """A good token names who holds it, the same each time, and who checked it."""
        token, application = probe.token, probe.sample.application
        found = [probe.identity(token, application) for _ in range(2)]
        for each in found:
            if isinstance(each, str):
                fail(f"{probe.name} refuses a good token: {each}", "'recognises' and 'identify'")
            told = (each.kind, each.natural_identifier, each.via)
            wanted = (probe.sample.kind, probe.sample.natural_identifier, probe.server.name)
            if told != wanted or not isinstance(each.scopes, tuple):
                fail(
                    f"{probe.name} names {told} with the scopes {each.scopes!r} instead of "
                    f"{wanted} with a tuple",
                    "'identify': kind, natural identifier, 'via' and 'scopes' of the identity",
                )

    def test_garbage_is_refused(self, probe: ServerProbe) -> None:
        """What nobody issued is left alone or refused, whatever it looks like."""
        for each in GARBAGE:
            probe.must_not_hold(each, f"the token {each[:20]!r}")

    def test_forged_tokens_are_refused(self, probe: ServerProbe) -> None:
        """A token that was altered in any part proves nothing, and neither does an unsigned one."""
        for token, what in probe.altered():
            probe.must_not_hold(token, what)

    def test_expired_tokens_are_refused(self, probe: ServerProbe) -> None:
        """A token counts until it expires, and is still recognised after that."""
        if not probe.server.recognises(probe.sample.expired):
            fail(
                f"{probe.name} does not recognise the expired token of the sample",
                "'expired' of the fixture 'sample': a token that was good",
            )
        probe.must_not_hold(probe.sample.expired, "an expired token")

    def test_tokens_count_where_they_are_meant_for(self, probe: ServerProbe) -> None:
        """A token of one application is refused by another."""
        other = probe.sample.other_application
        if other is None:
            pytest.skip("All applications share the tokens of the server.")
        probe.must_not_hold(probe.token, f"a token of another application at {other!r}", other)

    def test_refusals_are_those_of_the_standard(self, probe: ServerProbe) -> None:
        """Who is refused is told an error of RFC 6749 with a sentence, and nothing secret."""
        probe.parameters()
        if not probe.sample.refused:
            fail(
                "The sample says nothing of what is refused",
                "'refused' of the fixture 'sample', such as a wrong secret",
            )
        for error, parameters in probe.sample.refused.items():
            response = probe.answer(parameters)
            self._standard(probe, response, parameters)
            if response.error != error:
                fail(f"{probe.name} answers {response.error!r} instead of {error!r}", "its grants")

    def test_incomplete_requests_are_refused(self, probe: ServerProbe) -> None:
        """Each parameter that a request lacks, or that is empty, is refused and no failure."""
        whole = dict(probe.parameters())
        for name in whole:
            rest = {key: value for key, value in whole.items() if key != name}
            for parameters in (rest, {**whole, name: ""}):
                if not probe.server.takes(probe.token_request(parameters)):
                    continue
                response = probe.answer(parameters)
                if response.error is not None:
                    self._standard(probe, response, parameters)
        nothing = probe.token_request({})
        if probe.server.takes(nothing) and probe.answer({}).error is None:
            fail(f"{probe.name} issues a token for nothing", "'authenticate'")

    def _standard(
        self,
        probe: ServerProbe,
        response: AuthenticationResponse,
        parameters: Mapping[str, str],
    ) -> None:
        problems = []
        if response.error not in ERRORS:
            problems.append(f"answers the error {response.error!r}, which RFC 6749 does not have")
        if response.status not in (400, 401) or (
            response.status == 401 and response.error != "invalid_client"
        ):
            problems.append(f"answers {response.status} with {response.error!r}")
        if not response.message:
            problems.append(f"says nothing about {response.error!r}")
        if response.attributes:
            problems.append(f"gives {names_of(response.attributes)} beside an error")
        told = [
            name
            for name, value in parameters.items()
            if name not in PUBLIC_PARAMETERS and value and value in response.message
        ]
        if told:
            problems.append(f"repeats {names_of(told)} in its message")
        if problems:
            fail(f"{probe.name} {', and '.join(problems)}", "'authenticate'")

    def test_refusals_do_not_show_tokens(self, probe: ServerProbe) -> None:
        """The reason of a refusal, which goes to the log, has no part of a token."""
        cases = [(probe.sample.expired, "an expired token"), *probe.altered()]
        for token, what in cases:
            reason = probe.must_not_hold(token, what)
            if token in reason or any(each in reason for each in probe.secrets()):
                fail(
                    f"{probe.name} shows the token in its refusal of {what}", "`InvalidToken(...)`"
                )

    def test_tokens_stay_out_of_the_log(
        self, probe: ServerProbe, caplog: pytest.LogCaptureFixture
    ) -> None:
        """At its lowest level the log has neither tokens nor secrets."""
        with caplog.at_level(logging.DEBUG):
            if probe.sample.request is not None:
                probe.answer(probe.sample.request)
            for parameters in probe.sample.refused.values():
                probe.answer(parameters)
            probe.identity(probe.token, probe.sample.application)
            for token, _ in probe.altered():
                probe.identity(token, probe.sample.application)
            probe.identity(probe.sample.expired, probe.sample.application)
        shown = [each for each in probe.secrets() if each in caplog.text]
        if shown:
            fail(f"{probe.name} logs {len(shown)} secrets", "its calls of a logger")

    def test_the_flow_knows_who_asks(
        self, probe: ServerProbe, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A place for who is known lets a good token in, and challenges others with a 401."""
        with _served(probe, tmp_path) as client, caplog.at_level(logging.DEBUG):
            good = client.get("/known", headers={"authorization": f"Bearer {probe.token}"})
            if good.status_code != 200 or good.json != {
                "kind": probe.sample.kind,
                "name": probe.sample.natural_identifier,
            }:
                fail(f"{probe.name} is not enough at a protected place: {good!r}", "'identify'")
            for token, what in [(probe.sample.expired, "an expired token"), *probe.altered()]:
                if not token.isascii() or not token:
                    continue
                bad = client.get("/known", headers={"authorization": f"Bearer {token}"})
                challenge = bad.headers.get("www-authenticate", "")
                code = bad.json[0]["code"] if bad.status_code == 401 else None
                if code != codes.TOKEN_INVALID or "invalid_token" not in challenge:
                    fail(
                        f"{what} is answered {bad.status_code} with the challenge {challenge!r}",
                        "'identify', which raises `InvalidToken`",
                    )
                if token in bad.text:
                    fail(f"The answer to {what} repeats it", "the plugin's formatters")
        shown = [each for each in probe.secrets() if each in caplog.text]
        if shown:
            fail(f"{len(shown)} secrets stand in the log of a request", "`InvalidToken(...)`")


def _who(request: GlueRequest) -> GlueResponse:
    """Tell who asks."""
    identity = request.identity
    told: dict[str, Any] = {}
    if identity is not None:
        told = {"kind": identity.kind, "name": identity.natural_identifier}
    return GlueResponse(content=orjson.dumps(told), format="application/json")


@contextmanager
def _served(probe: ServerProbe, directory: Path) -> Iterator[Client]:
    """Serve one place for who is known, and return a client of it."""
    name = probe.sample.application
    application = RequestFlowAwareApiApplication(name, services=(), groups=(GROUP,))
    place = Operation("get", _who, "/known", protection=Protection((PROTECTED_PATH,)))
    plugins = [
        in_memory("glue.applications", name, application),
        in_memory(
            GROUP,
            "served",
            glue_route_providers=lambda: [place],
            glue_authentication_servers=lambda: [probe.server],
        ),
    ]
    settings = {"services": {"database": f"sqlite:///{directory}/served.sqlite"}}
    with Deployment(settings, plugins) as deployment:
        yield Client(deployment.applications[name])
