"""Tokens: what must hold before anything in one is believed."""

from __future__ import annotations

import base64
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from glue_core import InvalidToken
from glue_oidc.keys import Keys, VerificationKey
from glue_oidc.settings import UNTYPED, ApplicationRules

LONGEST = 8192
"""Characters of a token."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)", re.ASCII)


class _Registry(jws.JWSRegistry):
    """What the library lets through: headers of any length and name, our algorithms and no others.

    A token is short as a whole, and headers that we do not know mean nothing to us (RFC 7515,
    section 4), unless the token says that they must.
    """

    max_header_length = LONGEST

    def get_alg(self, name: str) -> Any:
        """Return an algorithm, without the warning about an old name at every request."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError(f"Algorithm of {name!r} is not allowed")
        return self.algorithms[name]


class Verifier:
    """Checks tokens of one provider."""

    def __init__(
        self,
        section: Mapping[str, Any],
        keys: Keys,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the rules.

        Args:
            section: The settings, as `OidcSettings` has them.
            keys: The provider's keys.
            clock: Seconds since 1970, in UTC.
        """
        self._issuer: str = section["issuer"]
        self._algorithms = frozenset(section["algorithms"])
        self._types = frozenset(_media_type(each) for each in section["types"])
        self._leeway: int = section["leeway"]
        self._keys = keys
        self._clock = clock
        self._registry = _Registry(algorithms=self._algorithms, strict_check_header=False)

    def is_ours(self, token: str) -> bool:
        """Say whether a token claims to be of this provider; nothing is verified."""
        found = _COMPACT.fullmatch(token) if len(token) <= LONGEST else None
        if found is None:
            return False
        try:
            return _object(found[2], "payload").get("iss") == self._issuer
        except InvalidToken:
            return False

    def claims(self, token: str, rules: ApplicationRules) -> Mapping[str, Any]:
        """Return the claims of a token that holds for an application.

        Raises:
            InvalidToken: It does not hold; the reason says why.
            ServiceUnavailable: The keys that would tell are not to be had.

        Source:
            RFC 7519, section 7.2; RFC 8725, section 3; RFC 9068, section 4.
        """
        found = _COMPACT.fullmatch(token) if len(token) <= LONGEST else None
        if found is None:
            raise InvalidToken("it is no signed token")
        header = _object(found[1], "header")
        kid, algorithm = self._named_by(header)
        # What costs nothing is looked at first: a token that is over anyway reads no keys.
        claims = _object(found[2], "payload")
        self._check(claims, rules)
        signed = jws.CompactSignature(header, b"")
        signed.segments = {
            "header": found[1].encode("ascii"),
            "payload": found[2].encode("ascii"),
            "signature": found[3].encode("ascii"),
        }
        if not any(self._signed(signed, key) for key in self._keys.find(kid, algorithm)):
            raise InvalidToken("its signature is wrong")
        return claims

    def _named_by(self, header: Mapping[str, Any]) -> tuple[str | None, str]:
        """Return the id of the key and the algorithm; ``jku``, ``jwk`` and their like are not read.

        The id is a key of a dictionary and nothing else, whatever it looks like.
        """
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._algorithms:
            raise InvalidToken(f"its algorithm is {str(algorithm)[:40]!r}")
        if not isinstance(kid, str | None):
            raise InvalidToken("the id of its key is no text")
        if "crit" in header or "b64" in header:
            raise InvalidToken("it demands an extension that nobody here understands")
        type_ = header.get("typ", UNTYPED)
        if not isinstance(type_, str) or _media_type(type_) not in self._types:
            raise InvalidToken(f"its type is {str(type_)[:40]!r}")
        return kid, algorithm

    def _check(self, claims: Mapping[str, Any], rules: ApplicationRules) -> None:
        now = self._clock()
        if claims.get("iss") != self._issuer:
            raise InvalidToken("somebody else issued it")
        if rules.audience.isdisjoint(_texts(claims, "aud")):
            raise InvalidToken("it is for another audience")
        expires = _time(claims, "exp")
        if expires is None:
            raise InvalidToken("it never expires")
        if now >= expires + self._leeway:
            raise InvalidToken("it has expired")
        starts, issued = _time(claims, "nbf"), _time(claims, "iat")
        if starts is not None and now < starts - self._leeway:
            raise InvalidToken("it does not count yet")
        if issued is not None and (now < issued - self._leeway or issued > expires):
            raise InvalidToken("it says that it was issued later than it can be")
        if "cnf" in claims:
            # Whoever stole such a token could use it here: we do not check who holds the key.
            raise InvalidToken("it is bound to a key that a bearer does not prove")
        clients = client_names(claims)
        if rules.clients and not (clients and clients <= rules.clients):
            raise InvalidToken("it was issued to another client")

    def _signed(self, signed: jws.CompactSignature, key: VerificationKey) -> bool:
        try:
            return jws.validate_compact(signed, key.key, registry=self._registry)
        except (JoseError, ValueError, TypeError):
            return False


def client_names(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the clients that a token names as the one it was issued to; usually one."""
    named = (claims.get("client_id"), claims.get("azp"))
    if not all(isinstance(each, str | None) for each in named):
        raise InvalidToken("its client is no text")
    return frozenset(each for each in named if each is not None)


def _media_type(type_: str) -> str:
    """Return a type as it is compared: RFC 7515, section 4.1.9."""
    return type_.lower().removeprefix("application/")


def _object(segment: str, what: str) -> dict[str, Any]:
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        value = orjson.loads(text)
    except ValueError as error:
        raise InvalidToken(f"its {what} is no JSON") from error
    if not isinstance(value, dict):
        raise InvalidToken(f"its {what} is no JSON object")
    return value


def _texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    value = claims.get(name, ())
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not all(isinstance(each, str) for each in values):
        raise InvalidToken(f"its claim {name!r} is neither a text nor a list of texts")
    return frozenset(values)


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InvalidToken(f"its claim {name!r} is no time")
    return value
