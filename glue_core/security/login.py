"""Login protection: who fails too often at an account has to wait."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

from glue_core import codes
from glue_core.auditing import (
    BLOCKED_LOGIN,
    FAILED_LOGIN,
    SUCCESSFUL_LOGIN,
    AuditEvent,
    account_digest,
    account_key,
    audit,
)
from glue_core.errors import Problem
from glue_core.features import Provider
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueError
from glue_core.operation import ErrorCode
from glue_core.services.services import Services
from glue_core.settings import Settings

TOO_MANY = (
    "Too many log in attempts from your address. Please wait {minutes} minutes before trying again."
)
IPV6_NETWORK = 64
"""Bits that one household or machine gets: whoever has one address has all of its network."""


@dataclass(frozen=True, slots=True)
class LoginLimits:
    """How often somebody may fail.

    Attributes:
        attempts: Attempts that fail before the next one is refused, from 1; 0 refuses none.
        within_seconds: Time after the first of them in which they count.
        blocked_seconds: How long the block lasts.
    """

    attempts: int = 10
    within_seconds: int = 600
    blocked_seconds: int = 300


@dataclass(frozen=True, slots=True)
class LoginKind:
    """A kind of login that a place counts apart from all others.

    Attributes:
        name: Name, which ``[login.kinds.<name>]`` in the settings uses as well.
        limits: How often somebody may fail there, in what the settings do not say of the kind.
    """

    name: str
    limits: LoginLimits


class LoginGuard(Protocol):
    """Stands before everything that takes a password; a feature, so ``features.get(LoginGuard)``.

    Whoever checks credentials asks `blocked` first, does not look at the password when there is
    something left to wait, answers `too_many_attempts` then, and says how it went. The guard tells
    the audit log of all three. It raises `ServiceUnavailable` when it cannot count: nobody gets in
    uncounted.
    """

    def blocked(self, kind: str, address: str, account: str, *, application: str = "") -> int:
        """Return for how long this address may not try this account any more.

        Args:
            kind: What wants to log in: ``customer``, ``agent``, ``user``, or another kind.
            address: Address of the caller, as ``REMOTE_ADDR`` has it.
            account: Name of the account as it was typed; `account_key` says what is the same.
            application: Name of the application, for the audit log.

        Returns:
            Seconds, from 1; 0 when it may.
        """

    def failed(
        self,
        kind: str,
        address: str,
        account: str,
        *,
        application: str = "",
        reason: str = "",
        limits: LoginLimits | None = None,
    ) -> None:
        """Count an attempt that failed; the one that reaches the limit blocks.

        Args:
            kind: As for `blocked`.
            address: As for `blocked`.
            account: As for `blocked`.
            application: Name of the application, for the audit log.
            reason: Why, in a few words for the audit log; never shown to the client.
            limits: Limits of the place, in what the settings do not say of the kind; None takes
                those of all.
        """

    def succeeded(
        self, kind: str, address: str, account: str, *, application: str = "", subject: str = ""
    ) -> None:
        """Forget what failed before.

        Args:
            kind: As for `blocked`.
            address: As for `blocked`.
            account: As for `blocked`.
            application: Name of the application, for the audit log.
            subject: Name that the one who logged in is known by, for the audit log.
        """


BLOCKED = ErrorCode(429, codes.LOGIN_BLOCKED, "Too many log in attempts from your address.")
"""What who is blocked is answered, for the errors of an operation that asks for a password."""


def too_many_attempts(seconds: int) -> Problem:
    """Return the answer to who is blocked: 429 with the code 4401.

    Args:
        seconds: What `LoginGuard.blocked` returned.
    """
    minutes = math.ceil(seconds / 60)
    error = GlueError(
        status=429,
        code=codes.LOGIN_BLOCKED,
        message=TOO_MANY.format(minutes=minutes),
        arguments={"minutes": minutes},
    )
    return Problem(429, [error], {"retry-after": str(seconds)})


@dataclass(frozen=True, slots=True)
class LoginBlocker:
    """Counts in the storage, which all processes and machines of a deployment share.

    Attributes:
        services: Where the storage is.
        limits: Limits of kinds that have none of their own.
        by_kind: What the settings say of single kinds, by the names of `LoginLimits`.
        clock: Tells the seconds since 1970.
    """

    services: Services
    limits: LoginLimits = LoginLimits()
    by_kind: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    clock: Callable[[], float] = time.time

    def blocked(self, kind: str, address: str, account: str, *, application: str = "") -> int:
        """Return the seconds that are left; see `LoginGuard.blocked`."""
        block = self.services.storage.get(_key("block", kind, address, account))
        left = 0 if block is None else max(0, math.ceil(block["until"] - self.clock()))
        if left:
            self._tell(BLOCKED_LOGIN, kind, address, account, application)
        return left

    def failed(
        self,
        kind: str,
        address: str,
        account: str,
        *,
        application: str = "",
        reason: str = "",
        limits: LoginLimits | None = None,
    ) -> None:
        """Count one more; see `LoginGuard.failed`."""
        self._tell(FAILED_LOGIN, kind, address, account, application, reason=reason)
        limits = replace(limits or self.limits, **self.by_kind.get(kind, {}))
        if not limits.attempts:
            return
        storage = self.services.storage
        counter = _key("failures", kind, address, account)
        if storage.increment(counter, limits.within_seconds) < limits.attempts:
            return
        block = {"until": self.clock() + limits.blocked_seconds}
        storage.put_many({_key("block", kind, address, account): block}, limits.blocked_seconds)
        storage.delete_many([counter])

    def succeeded(
        self, kind: str, address: str, account: str, *, application: str = "", subject: str = ""
    ) -> None:
        """Forget what failed; see `LoginGuard.succeeded`."""
        self._tell(SUCCESSFUL_LOGIN, kind, address, account, application, subject=subject)
        self.services.storage.delete_many([_key("failures", kind, address, account)])

    @staticmethod
    def _tell(
        tag: str, kind: str, address: str, account: str, application: str, **facts: str
    ) -> None:
        digest = account_digest(account)
        event = AuditEvent(
            tag, kind, account=digest, address=address, application=application, **facts
        )
        audit(event)


def _key(what: str, kind: str, address: str, account: str) -> str:
    """Return the key of a document: of bounded length, and without the name of anybody."""
    digest = hashlib.sha256(account_key(account).encode("utf-8", "surrogatepass")).hexdigest()
    return f"glue:login:{what}:{kind}:{_network(address)}:{digest}"


def _network(address: str) -> str:
    """Return what somebody cannot change at will about an address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False).network_address)


def limits_of(section: Mapping[str, Any]) -> tuple[LoginLimits, dict[str, dict[str, int]]]:
    """Read the table ``[login]``: the limits of all kinds, and what it says of single ones."""
    names = tuple(each.name for each in fields(LoginLimits))
    common = LoginLimits(**{name: section[name] for name in names})
    single = {
        kind: {name: given[name] for name in names if given[name] is not None}
        for kind, given in section["kinds"].items()
    }
    return common, single


@hookimpl
def glue_features(services: Services, settings: Settings) -> Sequence[Provider[Any]]:
    """Protect logins, whoever offers them."""
    common, single = limits_of(settings["login"])
    return [Provider(LoginGuard, lambda _: LoginBlocker(services, common, single))]
