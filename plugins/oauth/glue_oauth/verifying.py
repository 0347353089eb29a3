"""Checking access tokens: verified once, remembered until they expire, void when revoked."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa

from glue_core import Database, Identity, InvalidToken, Subject, TokenPlugins, Work
from glue_oauth.access import AccessTokens, Claims
from glue_oauth.models import ClientRow, FamilyRow, KeyRow, RevokedTokenRow
from glue_oauth.settings import Rules

_REVOKED = sa.select(
    sa.exists().where(RevokedTokenRow.jti == sa.bindparam("jti")).label("token"),
    sa.exists()
    .where(FamilyRow.id == sa.bindparam("family"), FamilyRow.ends_access.is_(True))
    .label("family"),
    sa.exists()
    .where(ClientRow.id == sa.bindparam("client"), ClientRow.disabled_at.is_not(None))
    .label("client"),
    sa.exists().where(KeyRow.kid == sa.bindparam("key")).label("has_key"),
)


class KeptToken:
    """A verified token, and from when on it is asked again whether it still counts."""

    __slots__ = ("claims", "expires_at", "generation", "good_until")

    def __init__(self, claims: Claims) -> None:
        self.claims = claims
        self.expires_at = claims.expires_at
        self.good_until = float("-inf")
        self.generation = -1


class Verifier:
    """Says who asks; shared by threads.

    A signature is verified once for each token. Whether the token was revoked is asked again after
    ``revocation_seconds``, and at once when this worker revoked anything itself.
    """

    def __init__(
        self,
        tokens: AccessTokens,
        database: Callable[[], Database],
        plugins: Callable[[], TokenPlugins],
        rules: Rules,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember what is needed.

        Args:
            tokens: Reads tokens.
            database: Returns the database.
            plugins: Returns who knows subjects.
            rules: The settings of the server.
            clock: Seconds since 1970.
            monotonic: Seconds that only grow.
        """
        self._tokens = tokens
        self._database = database
        self._plugins = plugins
        self._rules = rules
        self._audiences = rules.audiences
        self._clock = clock
        self._monotonic = monotonic
        self._kept: dict[bytes, KeptToken] = {}
        self._lock = threading.Lock()
        self._generation = 0
        # A request asks twice about its token: whose it is, and whom it speaks for.
        self._last: tuple[str, KeptToken | None] = ("", None)

    def find(self, token: str) -> KeptToken | None:
        """Return what is known of a token that was verified before, or None.

        Of the tokens themselves only the last one is held.
        """
        kept = self._kept.get(_digest(token))
        if kept is not None:
            self._last = (token, kept)
        return kept

    def identify(self, token: str, application: str) -> Identity:
        """Check a token for an application.

        Raises:
            InvalidToken: It proves nothing, or nothing to this application.
            ServiceUnavailable: Nobody can tell whether it was revoked.
        """
        last, kept = self._last
        if last is not token:
            kept = self.find(token)
        if (
            kept is None
            or kept.generation != self._generation
            or self._clock() >= kept.expires_at
            or self._monotonic() >= kept.good_until
        ):
            claims = self.check(token)
        else:
            claims = kept.claims
        if claims.audience != self._audiences.get(application, application):
            raise InvalidToken(f"it is for {claims.audience!r}")
        return claims.identity

    def check(self, token: str) -> Claims:
        """Check a token, whatever application it is for.

        Raises:
            InvalidToken: It proves nothing.
            ServiceUnavailable: Nobody can tell whether it was revoked.
        """
        digest = _digest(token)
        now = self._clock()
        kept = self._kept.get(digest)
        if kept is None:
            kept = KeptToken(self._tokens.read(token, now))
            self._keep(digest, kept, now)
        elif now >= kept.expires_at:
            self._kept.pop(digest, None)
            raise InvalidToken("it has expired")
        moment, generation = self._monotonic(), self._generation
        if kept.generation != generation or moment >= kept.good_until:
            try:
                with self._database().work(writes=False) as work:
                    self.refuse_void(kept.claims, work)
            except InvalidToken:
                self._kept.pop(digest, None)
                raise
            kept.good_until = moment + self._rules.revocation_seconds
            kept.generation = generation
        return kept.claims

    def refuse_void(self, claims: Claims, work: Work) -> None:
        """Raise `InvalidToken` where a token does not count any more, though it is genuine."""
        found = work.session.execute(
            _REVOKED,
            {
                "jti": claims.token_id,
                "family": claims.family or "",
                "client": claims.client,
                "key": claims.key,
            },
        ).one()
        if not found.has_key:
            raise InvalidToken("its key was revoked")
        if found.token or found.family:
            raise InvalidToken("it was revoked")
        if found.client:
            raise InvalidToken("its client is disabled")
        issued_at = datetime.fromtimestamp(claims.issued_at, UTC)
        self._refuse_fallen(claims.subject, issued_at, work)
        if claims.actor is None:
            return
        self._refuse_fallen(claims.actor, issued_at, work)
        knower = self._plugins().knower(claims.subject.kind)
        if knower is None or knower.may_act is None:
            return
        if not knower.may_act(claims.subject, claims.actor, work):
            raise InvalidToken("the one it was issued to may not use it any more")

    def _refuse_fallen(self, subject: Subject, issued_at: datetime, work: Work) -> None:
        """Raise `InvalidToken` where a subject may not do any more what it might at a time."""
        knower = self._plugins().knower(subject.kind)
        if knower is None:
            return
        standing = knower.find(subject, work)
        if standing is None:
            raise InvalidToken(f"the {subject.kind} is gone or disabled")
        if standing.not_before is not None and issued_at <= standing.not_before:
            raise InvalidToken(f"the credentials of the {subject.kind} changed since")

    def forget_checks(self) -> None:
        """Ask again, before anything is believed, whether tokens were revoked."""
        with self._lock:
            self._generation += 1

    def _keep(self, digest: bytes, kept: KeptToken, now: float) -> None:
        with self._lock:
            if len(self._kept) >= self._rules.kept_tokens:
                for key, each in list(self._kept.items()):
                    if now >= each.expires_at:
                        self._kept.pop(key, None)
            while len(self._kept) >= self._rules.kept_tokens:
                # The one that was verified first; a busy one is verified once more.
                self._kept.pop(next(iter(self._kept)), None)
            self._kept[digest] = kept


def _digest(token: str) -> bytes:
    """Return what a token is remembered by."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
