"""Access: who asks, and what they may do, compiled once for each application."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from glue_core import codes
from glue_core.errors import BadRequest, Complaint
from glue_core.messages import GlueError, GlueRequest, GlueRequestValidation
from glue_core.security.authentication import (
    USUAL_REFUSALS,
    AuthenticationRequest,
    AuthenticationResponse,
    AuthenticationServer,
    Refusals,
    bearer_reader,
    unauthorized,
)
from glue_core.security.identity import (
    API_KEY,
    KNOWN_KINDS,
    WAREHOUSE,
    Identity,
    IdentityReader,
    is_known,
)
from glue_core.security.lens import Decide, Implied, Policy
from glue_core.security.protection import (
    OAUTH_USER_SCOPE,
    PROTECTED_PATH,
    PUBLIC,
    USER_TYPE,
    WAREHOUSE_TOKEN,
    ProtectedPath,
    Protection,
    Strategy,
)
from glue_core.target import environ_key

if TYPE_CHECKING:
    from glue_core.operation import ErrorCode, Operation
    from glue_core.registry.order import Contribution

    _Named = tuple[str, Contribution | None, Protection]

REFUSED = "Unauthorized request."
FORBIDDEN = "Forbidden."
READS = frozenset({"get", "getCollection"})

Guard = Callable[["GlueRequest", frozenset[str]], bool]
"""Says whether a request may, for what whoever sends it holds."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one application says about access.

    Attributes:
        application: Name of the application.
        realm: Realm of its challenges.
        default: Protection of operations that declare none.
        servers: Authentication servers in the order they are asked.
        readers: What reads identities from headers, beside bearer tokens.
        strategies: Strategies by name.
        policies: Policies that plugins contribute.
        paths: Protected paths.
        several: Whether one protection may name several strategies.
        refusals: What callers are answered whom nothing proves.
    """

    application: str
    realm: str = "Access to shop API"
    default: Protection = PUBLIC
    servers: tuple[AuthenticationServer, ...] = ()
    readers: tuple[IdentityReader, ...] = ()
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    paths: tuple[ProtectedPath, ...] = ()
    several: bool = True
    refusals: Refusals = USUAL_REFUSALS


class Access:
    """Answers who asks and what they may, for the operations of one application.

    Attributes:
        keys: Where a WSGI environment has the headers that say who asks.
    """

    def __init__(self, rules: Rules) -> None:
        """Freeze the rules."""
        self.rules = rules
        self._readers = rules.readers
        if rules.servers:
            bearer = bearer_reader(rules.servers, rules.application, rules.realm, rules.refusals)
            self._readers = (bearer, *rules.readers)
        self.keys = frozenset(map(environ_key, self.headers))

    @property
    def headers(self) -> tuple[str, ...]:
        """Headers that say who asks."""
        return tuple(dict.fromkeys(each.header for each in self._readers))

    @property
    def parameters(self) -> Mapping[str, str]:
        """Headers by the query parameters that may come in their place."""
        return {each.parameter: each.header for each in self._readers if each.parameter}

    @property
    def has_policies(self) -> bool:
        """Whether plugins contribute policies."""
        return bool(self.rules.policies)

    # Who asks.

    def identities(self, request: GlueRequest) -> tuple[Identity, ...]:
        """Return who asks, each header's identity in the order of the readers.

        Raises:
            Problem: A header proves nothing (401), or two of them contradict each other (400).
        """
        header = request.header
        found: list[tuple[IdentityReader, str]] = []
        for reader in self._readers:
            value = header(reader.header)
            if value is not None and not (reader.skips_blank and not value.strip()):
                found.append((reader, value))
        if not found or not request.operation.protection_asks:
            return ()
        if len(found) == 1:
            reader, value = found[0]
            return (reader.read(value, request),)
        alone = next((reader for reader, _ in found if reader.is_alone), None)
        if alone is not None:
            named = " and ".join(sorted(reader.header for reader, _ in found))
            message = f"The headers {named} name two callers; send one of them."
            raise BadRequest(
                codes.TWO_IDENTITIES,
                alone.alone_message or message,
                header=alone.header,
                kind=None if alone.alone_message else "two_identities",
            )
        return tuple(reader.read(value, request) for reader, value in found)

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Let the first server that takes a request for a token answer it."""
        for server in self.rules.servers:
            if server.takes(request):
                return server.authenticate(request)
        if not request.grant_type:
            return AuthenticationResponse(
                error="invalid_request", message="The parameter grant_type is missing."
            )
        return AuthenticationResponse(
            error="unsupported_grant_type",
            message=f'Grant type "{request.grant_type}" not found',
        )

    # Who may.

    def protection_of(self, operation: Operation) -> Protection:
        """Return the protection that an operation has, whoever declared it."""
        if operation.refusal is not None:
            return PUBLIC
        if operation.protection is not None:
            return operation.protection
        if operation.resource is not None and operation.resource.protection is not None:
            return operation.resource.protection
        return self.rules.default

    def is_declared(self, operation: Operation) -> bool:
        """Say whether anybody declared who may call an operation; else the default says it."""
        resource = operation.resource
        return operation.protection is not None or (
            resource is not None and resource.protection is not None
        )

    def protections_of(self, operation: Operation) -> tuple[Protection, ...]:
        """Return what guards an operation; each must let the caller in.

        Protected paths that fit its path are among them, and what guards the resource that a
        relationship starts at.
        """
        path = re.sub(r"\{[^}]*\}", "0", operation.path)
        fitting = (each for each in self.rules.paths if each.fits(operation.http_method, path))
        above = () if operation.parent is None else self.protections_of(operation.parent)
        return (*above, self.protection_of(operation), *(each.protection for each in fitting))

    def strategies_of(self, protection: Protection) -> tuple[Strategy, ...]:
        """Return the strategies that a protection names, without those that may be absent."""
        known = self.rules.strategies
        return tuple(
            known[name]
            for name in (each.removesuffix("?") for each in protection.strategies)
            if name in known
        )

    def admits(self, protection: Protection, grants: frozenset[str]) -> bool:
        """Say whether grants alone are enough; what needs a request to decide is not."""
        return self._allows(
            protection,
            lambda each: (
                each.authorize is None
                and each.admits is not None
                and each.admits(protection, grants)
            ),
        )

    def may_admit(self, protection: Protection, grants: frozenset[str]) -> bool:
        """Say whether who holds these grants gets in with some request, if not with each."""
        return self._allows(
            protection, lambda each: each.admits is None or each.admits(protection, grants)
        )

    @property
    def readers(self) -> tuple[IdentityReader, ...]:
        """What reads who asks, that of bearer tokens first."""
        return self._readers

    def guard(self, protection: Protection) -> Guard:
        """Return what says whether whoever sends a request may."""
        if protection.is_public:
            return lambda request, grants: True
        strategies = self.strategies_of(protection)
        if len(strategies) == 1 and strategies[0].authorize is None:
            admits = strategies[0].admits
            if admits is not None:
                # The usual case; what follows does the same for any.
                return lambda request, grants: admits(protection, grants)

        def passes(request: GlueRequest, grants: frozenset[str], strategy: Strategy) -> bool:
            if strategy.admits is not None and not strategy.admits(protection, grants):
                return False
            return strategy.authorize is None or strategy.authorize(request, protection)

        return lambda request, grants: self._allows(protection, partial(passes, request, grants))

    def _allows(self, protection: Protection, passes: Callable[[Strategy], bool]) -> bool:
        if protection.is_public:
            return True
        strategies = self.strategies_of(protection)
        if any(passes(each) for each in strategies if each.is_detached):
            return True
        others = [each for each in strategies if not each.is_detached]
        return bool(others) and all(passes(each) for each in others)

    def refusal(self, protection: Protection, request: GlueRequest) -> GlueRequestValidation:
        """Return what somebody is answered who may not.

        The protection chooses the words, or else the first of its strategies that has some.
        """
        protection = self._worded(protection)
        somebody = is_known(request.grants)
        if not somebody and protection.status is None:
            # Without a status of its own a protection speaks of what somebody lacks who is known.
            protection = replace(protection, code=None, message=None)
            words = self.rules.refusals.unknown
            if words is not None:
                protection = replace(
                    protection, status=words.status, code=words.code, message=words.message
                )
        # What somebody else words is worded by its code, like every error of a plugin.
        is_ours = protection.message is None
        if not somebody:
            problem = unauthorized(
                protection.code, protection.message or REFUSED, realm=self.rules.realm
            )
            status = protection.status or 401
            headers = problem.headers if status == 401 else {}
            (error,) = problem.errors
            error.status = status
            error.kind = "unauthorized" if is_ours else None
            return GlueRequestValidation(False, status, (error,), headers)
        status = protection.status or 403
        lacks_scope = protection.scopes and request.grants.isdisjoint(protection.scopes)
        message = protection.message or (FORBIDDEN if lacks_scope else REFUSED)
        kind = ("forbidden" if lacks_scope else "unauthorized") if is_ours else None
        error = GlueError(status=status, code=protection.code, message=message, kind=kind)
        return GlueRequestValidation(False, status, (error,))

    def refusals_of(self, protection: Protection) -> tuple[ErrorCode, ...]:
        """Return what those are answered who may not, known or not; see `refusal`."""
        from glue_core.operation import ErrorCode

        worded = self._worded(protection)
        own = [error for each in self.strategies_of(protection) for error in each.errors]
        if worded.status is not None:
            return (ErrorCode(worded.status, worded.code, worded.message or REFUSED), *own)
        told = ErrorCode(403, worded.code, worded.message or FORBIDDEN)
        unknown = self.rules.refusals.unknown or ErrorCode(401, None, REFUSED)
        return (unknown, told, *own)

    def _worded(self, protection: Protection) -> Protection:
        """Return a protection with the words of the first of its strategies that has some."""
        if protection.status is not None:
            return protection
        strategies = self.strategies_of(protection)
        worded = next((each for each in strategies if each.status is not None), None)
        if worded is None:
            return protection
        return replace(
            protection,
            status=worded.status,
            code=protection.code or worded.code,
            message=protection.message or worded.message,
        )

    # What of the types exists for whom.

    def policies(self, operations: Iterable[Operation]) -> tuple[Decide, ...]:
        """Return the rules that lenses follow: those of plugins, and what declarations imply.

        A type that nobody may read at any of its own places is not included elsewhere either, and
        what a resource restricts is seen by those who hold one of the grants.

        Args:
            operations: All operations of the application.
        """
        reads: dict[str, list[tuple[Protection, ...]]] = {}
        restricted: dict[str, dict[str, frozenset[str]]] = {}
        declared: dict[str, Protection] = {}
        for each in operations:
            resource = each.resource
            if resource is None:
                continue
            for name, grants in resource.restricted.items():
                restricted.setdefault(resource.type, {})[name] = frozenset(grants)
            if resource.protection is not None:
                declared[resource.type] = resource.protection
            if each.method in READS and each.relationship is None:
                reads.setdefault(resource.type, []).append(self.protections_of(each))
        for type_, protection in declared.items():
            reads.setdefault(type_, [(protection,)])
        open_types = {
            type_
            for type_, guards in reads.items()
            if any(all(each.is_public for each in guard) for guard in guards)
        }
        guarded = {type_: guards for type_, guards in reads.items() if type_ not in open_types}

        found = tuple(each.decide for each in self.rules.policies)
        return (
            (Implied(guarded, restricted, self.admits), *found) if guarded or restricted else found
        )


def check_rules(
    rules: Rules, operations: Sequence[Contribution], chosen: Sequence[str], origin: str
) -> list[str]:
    """Return what is wrong with the rules of an application, a text each.

    Args:
        rules: The rules.
        operations: Its operations, each with who contributed it.
        chosen: Names of authentication servers that the settings choose.
        origin: Where the settings come from.
    """
    problems: list[str] = []
    access = Access(rules)
    for strategy in rules.strategies.values():
        if strategy.admits is None and strategy.authorize is None:
            problems.append(
                f"The authorization strategy {strategy.name!r} of {rules.application!r} decides "
                f"nothing.\nGive it 'admits', 'authorize', or both."
            )
    named: list[_Named] = [
        (f"{each.value.contribution_name!r}", each, access.protection_of(each.value))
        for each in operations
    ]
    named += [(f"the protected path {each.path!r}", None, each.protection) for each in rules.paths]
    for each in rules.paths:
        try:
            re.compile(each.path)
        except re.error as error:
            problems.append(
                f"The protected path {each.path!r} of {rules.application!r} is no regular "
                f"expression: {error}."
            )
    seen = set()
    for what, by, protection in named:
        place = "" if by is None else f"\n  {by.party}"
        sources = () if by is None else (by.source,)
        missing = [
            each
            for each in protection.strategies
            if not each.endswith("?") and each not in rules.strategies
        ]
        for name in missing:
            problems.append(
                Complaint(
                    f"{what} of {rules.application!r} names the authorization strategy {name!r}, "
                    f"which nobody provides.{place}\n"
                    f"There are: {', '.join(sorted(rules.strategies))}. Install the distribution "
                    f"that brings it, or name another.",
                    *sources,
                )
            )
        found = access.strategies_of(protection)
        if not protection.is_public and not missing and not found and what not in seen:
            seen.add(what)
            problems.append(
                Complaint(
                    f"{what} of {rules.application!r} is protected by strategies that are all "
                    f"absent: {', '.join(protection.strategies)}.{place}\n"
                    f"Nobody could ever call it.",
                    *sources,
                )
            )
        attached = [each for each in found if not each.is_detached]
        if not rules.several and len(attached) > 1:
            problems.append(
                Complaint(
                    f"{what} of {rules.application!r} names several authorization strategies: "
                    f"{', '.join(each.name for each in attached)}.{place}\n"
                    f"Name one, or set applications.{rules.application}.several_strategies = true.",
                    *sources,
                )
            )
    known = {each.name for each in rules.servers}
    for name in chosen:
        if name not in known:
            problems.append(
                f"{origin}: applications.{rules.application}.authentication_servers names "
                f"{name!r}, which no installed plugin provides.\n"
                f"There are: {', '.join(sorted(known)) or 'none'}."
            )
    return [*problems, *_unreachable(access, named)]


def _unreachable(access: Access, named: Sequence[_Named]) -> Sequence[str]:
    """Tell of the first operation whose callers nothing can prove, for lack of a server.

    Args:
        access: The rules, put together.
        named: What is protected, who contributed it or None, and the protection.
    """
    rules = access.rules
    if rules.servers or any(not reader.kinds for reader in rules.readers):
        # Tokens may prove anything, and so may what says nothing about itself.
        return ()
    proved = {kind for reader in rules.readers for kind in reader.kinds}
    for what, by, protection in named:
        strategies = access.strategies_of(protection)
        attached = {each.name for each in strategies if not each.is_detached}
        if protection.is_public or not attached <= DECIDE_BY_KIND:
            continue
        if API_KEY in proved and len(attached) < len(strategies):
            continue
        needed = {WAREHOUSE} if WAREHOUSE_TOKEN in attached else set(protection.kinds)
        if not proved.isdisjoint(needed or KNOWN_KINDS):
            continue
        way_out = "."
        if protection is rules.default:
            way_out = (
                f", or open what declares nothing: "
                f"applications.{rules.application}.protected_by_default = false."
            )
        place = "" if by is None else f"\n  {by.party}"
        return (
            f"{what} of {rules.application!r} is protected, and nothing checks the credentials of "
            f"{' or '.join(sorted(needed)) or 'anybody'}.{place}\n"
            f"Install an authentication server, such as glue-oidc, glue-oauth-api for a storefront "
            f"or glue-oauth-backend-api for a back office{way_out}",
        )
    return ()


DECIDE_BY_KIND = frozenset({OAUTH_USER_SCOPE, PROTECTED_PATH, USER_TYPE, WAREHOUSE_TOKEN})
"""Strategies that let in who is of a kind; others are asked and not guessed about."""


__all__ = ["Access", "Rules", "check_rules"]
