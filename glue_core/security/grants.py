"""Grants: for what a token is issued, whom it speaks for, and which scopes it gets.

An authorization server issues tokens; what is declared here are the plugins it asks. Nothing here
knows how a token looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_core.errors import Problem
    from glue_core.security.identity import Identity
    from glue_core.security.login import LoginKind
    from glue_core.work import Work

Identifier = str | int


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a token speaks for. It is small, since every request carries it: no permissions.

    Attributes:
        kind: What they are, such as ``customer``, ``user``, ``warehouse`` or ``client``.
        identifiers: What the token says of them, by name, such as ``customer_reference`` and
            ``id_customer``. The first is what others know them by, the last the internal one.
        facts: What scope providers decide by; it never gets into a token.
    """

    kind: str
    identifiers: Mapping[str, Identifier]
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.kind or not self.identifiers:
            raise ValueError("A subject has a kind and at least one identifier.")

    @property
    def natural_identifier(self) -> str:
        """What others know them by."""
        return str(next(iter(self.identifiers.values())))

    @property
    def surrogate_identifier(self) -> Identifier:
        """The internal identifier."""
        return next(reversed(list(self.identifiers.values())))


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is with a subject now.

    Attributes:
        subject: The subject, with its facts of today.
        not_before: Point in time; tokens that were issued then or before are void. None voids none.
    """

    subject: Subject
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserProvider:
    """Knows subjects of one kind: who logs in, and who still may.

    Attributes:
        name: Name that ``plugins.oauth.users`` in the settings uses.
        kind: Kind of its subjects; one provider of each kind says who still may.
        find: Says how it is with somebody now, or returns None for who is gone or disabled. Called
            with the subject of a token and a unit of work that only reads.
        authenticate: Returns whom a name and a password belong to, or None; unknown, wrong and
            disabled take the same time. None for who never logs in with a password.
        may_act: Says whether somebody may still use a token of a subject that was issued on their
            behalf. Called with the subject, with them, and with a unit of work that only reads;
            None lets all who still may themselves.
    """

    name: str
    kind: str
    find: Callable[[Subject, Work], Standing | None]
    authenticate: Callable[[str, str, Work], Subject | None] | None = None
    may_act: Callable[[Subject, Subject, Work], bool] | None = None


@dataclass(frozen=True, slots=True)
class ScopeRequest:
    """What a scope provider decides by.

    Attributes:
        subject: Whom the token will speak for.
        application: Name of the application that it is for.
        client: Id of the client.
    """

    subject: Subject
    application: str
    client: str


@dataclass(frozen=True, slots=True)
class ScopeProvider:
    """Says which scopes somebody may have.

    Attributes:
        name: Name, unique in the deployment.
        scopes: Returns scopes, or nothing. What all providers return together is what a token may
            say; a client that asks for none gets all.
        kinds: Kinds of subjects it is asked about; none means all.
    """

    name: str
    scopes: Callable[[ScopeRequest], Iterable[str]]
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """A request for a token, once the client is known.

    Attributes:
        application: Name of the application that is asked.
        parameters: Parameters by their names in snake case. Never logged.
        client: Id of the client.
        is_confidential: Whether the client proved who it is with a secret.
        client_scopes: Scopes that the client is limited to; none does not limit it.
        work: The unit of work of the answer; it begins at its first use, and is undone where the
            grant refuses.
        address: Address of the caller, or an empty text.
        request_id: Id of the request, for the log.
        user_agent: What the caller says it is.
        identity: Who asks, where a place of the application asks for them; None at the token
            endpoint.
        counted_as: Kind of login that a wrong password counts as; see `AuthenticationRequest`.
    """

    application: str
    parameters: Mapping[str, str] = field(repr=False)
    client: str
    is_confidential: bool
    client_scopes: tuple[str, ...]
    work: Work = field(repr=False)
    address: str = ""
    request_id: str = ""
    user_agent: str = ""
    identity: Identity | None = None
    counted_as: LoginKind | None = None

    def required(self, name: str) -> str:
        """Return a parameter that must be there.

        Raises:
            GrantRefused: ``invalid_request``: it is missing or blank.
        """
        value = self.parameters.get(name, "")
        if not value:
            raise GrantRefused("invalid_request", f"Missing '{name}' in request.")
        return value


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """What a token is to say.

    Attributes:
        subject: Whom it speaks for.
        scopes: Its scopes; None asks the scope providers, within what the request asks for.
        lifetime: How long it is good for; None takes that of the settings.
        is_refreshable: Whether a refresh token comes with it, where the client may use one.
        family: Id of the family of tokens that it continues; None starts one.
        parameters: Further members of the answer.
        on_behalf_of: Who got it, where that is somebody else than the subject: the token counts as
            long as both still may. It has no refresh token.
    """

    subject: Subject
    scopes: tuple[str, ...] | None = None
    lifetime: timedelta | None = None
    is_refreshable: bool = True
    family: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, repr=False)
    on_behalf_of: Subject | None = None


class GrantRefused(Exception):
    """A grant that gives no token.

    Attributes:
        error: Id of RFC 6749, section 5.2, such as ``invalid_grant``.
        message: One sentence for the developer of the client.
        status: HTTP status.
        headers: Further headers of the answer.
    """

    def __init__(
        self,
        error: str,
        message: str,
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error
        self.message = message
        self.status = status
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, problem: Problem) -> GrantRefused:
        """Return the refusal that answers with the first error of a problem.

        Args:
            problem: What `too_many_attempts` returns, or another one.
        """
        error = problem.errors[0]
        return cls(error.code or "", error.message, status=problem.status, headers=problem.headers)


@dataclass(frozen=True, slots=True)
class Grant:
    """One way to get a token.

    Attributes:
        name: Value of ``grant_type``.
        answer: Says what the token is to say, or raises `GrantRefused`.
        applications: Names of the applications that offer it; none means all.
        needs_client: Whether only a registered client may use it. Else a request that names no
            client may, in the name of the default one.
        needs_secret: Whether only a client may use it that proves who it is with a secret.
        is_internal: Whether only places of the application that know who asks may use it. The
            token endpoint does not offer it, nor tell of it.
    """

    name: str
    answer: Callable[[GrantRequest], TokenDraft]
    applications: tuple[str, ...] = ()
    needs_client: bool = False
    needs_secret: bool = False
    is_internal: bool = False

    def is_offered_by(self, application: str) -> bool:
        """Say whether an application offers it."""
        return not self.applications or application in self.applications


@dataclass(frozen=True, slots=True)
class TokenPlugins:
    """What plugins add to an authorization server; it asks for this as for a feature.

    Attributes:
        grants: Ways to get a token; of one name, one per application.
        user_providers: Who knows subjects.
        scope_providers: Who says which scopes they may have.
    """

    grants: tuple[Grant, ...] = ()
    user_providers: tuple[UserProvider, ...] = ()
    scope_providers: tuple[ScopeProvider, ...] = ()

    def grant(self, name: str, application: str) -> Grant | None:
        """Return the grant with a name that an application offers, or None."""
        for each in self.grants:
            if each.name == name and each.is_offered_by(application):
                return each
        return None

    def knower(self, kind: str) -> UserProvider | None:
        """Return who knows subjects of a kind, or None."""
        return next((each for each in self.user_providers if each.kind == kind), None)
