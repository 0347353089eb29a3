"""Access tokens: what is in them, how they are signed, and how they are read again."""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson
from joserfc import jwt
from joserfc.errors import JoseError

from glue_core import Identity, InvalidToken, Subject, Work
from glue_oauth.keys import DatabaseKeys
from glue_oauth.settings import Rules

TYPES = frozenset({"at+jwt", "application/at+jwt"})
"""What ``typ`` must be: an id token or a client's own JWT is no access token."""
Kind = TypeVar("Kind")
HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
"""Members of a header; one with others, such as ``crit`` or ``jku``, is not ours."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says, once its signature was verified.

    Attributes:
        identity: Who asks.
        subject: The subject.
        actor: On whose behalf it was issued, or None for the subject's own.
        issuer: Who issued it.
        audience: The audience it is for.
        client: Id of the client.
        token_id: Id of the token.
        family: Id of the family of its refresh token, or None.
        issued_at: Seconds since 1970, with a fraction.
        not_before: Seconds since 1970; before them it counts for nothing.
        expires_at: Seconds since 1970.
        scopes: Its scopes.
        key: Id of the key that signed it.
        raw: All claims.
    """

    identity: Identity
    subject: Subject
    actor: Subject | None
    issuer: str
    audience: str
    client: str
    token_id: str
    family: str | None
    issued_at: float
    not_before: float
    expires_at: float
    scopes: tuple[str, ...]
    key: str
    raw: Mapping[str, Any] = field(repr=False)


class AccessTokens:
    """Signs access tokens and reads them.

    Source:
        RFC 9068, with the claims ``scopes`` and ``sub`` as the reference has them beside it.
    """

    def __init__(self, keys: DatabaseKeys, rules: Rules, name: str) -> None:
        """Remember keys and rules.

        Args:
            keys: The keys.
            rules: The settings of the server.
            name: Name of the server, for identities.
        """
        self._keys = keys
        self._rules = rules
        self._name = name

    def sign(
        self,
        subject: Subject,
        scopes: tuple[str, ...],
        application: str,
        client: str,
        family: str | None,
        now: datetime,
        lifetime: timedelta,
        work: Work,
        actor: Subject | None = None,
    ) -> tuple[str, str, datetime]:
        """Sign an access token.

        Source:
            RFC 8693, section 4.1: ``act`` says who acts in the subject's name.

        Returns:
            The token, its id, and when it expires.
        """
        token_id = str(uuid.uuid4())
        issued_at = round(now.timestamp(), 6)
        expires_at = int(issued_at + lifetime.total_seconds())
        claims: dict[str, Any] = {
            "iss": self._rules.issuer_of(application),
            # The audience comes first: a client must not become one by its id.
            "aud": [self._rules.audience(application), client],
            **_told(subject),
            "client_id": client,
            "jti": token_id,
            # A fraction of a second decides whether a password was changed before or after.
            "iat": issued_at,
            "nbf": int(issued_at),
            "exp": expires_at,
            "scope": " ".join(scopes),
            "scopes": list(scopes),
        }
        if family is not None:
            claims["family"] = family
        if actor is not None:
            claims["act"] = _told(actor)
        ring = self._keys.ring_in(work)
        token = jwt.encode(
            {"alg": ring.algorithm, "kid": ring.kid},
            claims,
            ring.signer,
            algorithms=[ring.algorithm],
            default_type="at+jwt",
        )
        return token, token_id, datetime.fromtimestamp(expires_at, now.tzinfo)

    def recognises(self, token: str) -> bool:
        """Say whether a token has the header of one of ours, and a key that we know."""
        header = header_of(token)
        if header is None or str(header.get("typ", "")).lower() not in TYPES:
            return False
        kid = header.get("kid")
        return isinstance(kid, str) and kid in self._keys.ring(kid).verifiers

    def read(self, token: str, now: float) -> Claims:
        """Verify a token's signature, type, issuer and times; its audience is the caller's matter.

        Raises:
            InvalidToken: It is none of ours, or expired, or not valid yet.
        """
        header = header_of(token)
        if header is None or not header.keys() <= HEADER_MEMBERS:
            raise InvalidToken("the header is not one of ours")
        if str(header.get("typ", "")).lower() not in TYPES:
            raise InvalidToken("the type is no access token's")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise InvalidToken("the key is not named")
        ring = self._keys.ring(kid)
        known = ring.verifiers.get(kid)
        if known is None:
            raise InvalidToken("the key is not known")
        key, algorithm = known
        try:
            raw = jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError) as error:
            raise InvalidToken(f"the signature does not fit: {type(error).__name__}") from error
        try:
            claims = self._claims(raw, kid)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise InvalidToken("a claim is missing or of another type") from error
        if claims.issuer not in self._rules.issuers_for(claims.audience):
            raise InvalidToken("the issuer is another")
        if now >= claims.expires_at:
            raise InvalidToken("it has expired")
        if max(claims.not_before, claims.issued_at) > now + self._rules.clock_skew:
            raise InvalidToken("it is not valid yet")
        # Who has a key that leaked writes any times: what we never wrote is not ours.
        if claims.expires_at - claims.issued_at > self._rules.longest_token.total_seconds():
            raise InvalidToken("it lives longer than any of ours")
        if claims.issued_at > ring.retired.get(kid, claims.issued_at) + self._rules.clock_skew:
            raise InvalidToken("its key had retired when it was issued")
        return claims

    def _claims(self, raw: Mapping[str, Any], kid: str) -> Claims:
        """Return what the claims say; who has a key that leaked may have written anything.

        Raises:
            KeyError: One is missing.
            TypeError: One is of another type.
            ValueError: One cannot be.
        """
        subject = subject_of(raw)
        scopes, audiences = _is(list, raw["scopes"]), _is(list, raw["aud"])
        token_id, client = _is(str, raw["jti"]), _is(str, raw["client_id"])
        identity = Identity(
            subject.kind,
            subject.natural_identifier,
            subject.surrogate_identifier,
            tuple(_is(str, each) for each in scopes),
            self._name,
            token_id,
            client,
            dict(subject.identifiers),
        )
        return Claims(
            identity,
            subject,
            subject_of(_is(dict, raw["act"])) if "act" in raw else None,
            _is(str, raw["iss"]),
            _is(str, audiences[0]),
            client,
            token_id,
            _is(str, raw["family"]) if "family" in raw else None,
            _time(raw["iat"]),
            _time(raw["nbf"]),
            _time(raw["exp"]),
            identity.scopes,
            kid,
            raw,
        )


def subject_of(claims: Mapping[str, Any]) -> Subject:
    """Return the subject that the claims ``kind`` and ``sub`` say.

    Raises:
        KeyError: One is missing.
        TypeError: One is of another type.
        ValueError: One cannot be.
    """
    identifiers = _is(dict, orjson.loads(_is(str, claims["sub"])))
    for value in identifiers.values():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError("an identifier")
    return Subject(_is(str, claims["kind"]), identifiers)


def _told(subject: Subject) -> dict[str, Any]:
    return {"sub": orjson.dumps(dict(subject.identifiers)).decode(), "kind": subject.kind}


def _is(kind: type[Kind], value: object) -> Kind:
    """Return a value of a type.

    Raises:
        TypeError: It is of another one.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}")
    return value


def _time(value: object) -> float:
    """Return a point in time.

    Raises:
        TypeError: It is no number.
        ValueError: No comparison with it would be true.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a time is a number")
    if not math.isfinite(value):
        raise ValueError("a time is finite")
    return float(value)


def header_of(token: str) -> dict[str, Any] | None:
    """Return the header of a signed token, unverified; None where there is none."""
    first, dot, rest = token.partition(".")
    if not dot or rest.count(".") != 1 or not first.isascii():
        return None
    try:
        header = orjson.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error):
        return None
    return header if isinstance(header, dict) else None
