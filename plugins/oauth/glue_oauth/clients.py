"""Registered clients in the database."""

from __future__ import annotations

import hmac
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from glue_core import TokenPlugins, Work
from glue_oauth import BadClient, ClientDraft, NewSecret, NoSuchClient, OauthClient
from glue_oauth.clock import digest_of, new_secret, utc_now
from glue_oauth.models import ClientRow

LONGEST_ID = 100
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DANGEROUS = frozenset({"javascript", "data", "vbscript", "file", "blob", "about"})

# RFC 8252, section 7.1: a domain name in reverse, one slash, and a path.
_APP = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+:/([^/].*)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
# RFC 6749, section 3.3: printable ASCII without space, quote and backslash.
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


class DatabaseClients:
    """Keeps clients in the database; see `ClientRegistry`.

    The default client needs no row, so that several workers need not make one. With a row of its
    id it is what the row says.
    """

    def __init__(
        self,
        default_client: str,
        plugins: Callable[[], TokenPlugins],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Remember the default client, the grants and the clock.

        Args:
            default_client: Id of the client that requests without one count for.
            plugins: Returns who offers grants.
            now: Returns the time, with its zone.
        """
        self._default = default_client
        self._plugins = plugins
        self._now = now

    def find(self, id: str, work: Work) -> OauthClient | None:  # noqa: A002
        """Return a client, active or not, or None."""
        if len(id) > LONGEST_ID or _ID.fullmatch(id) is None:
            return None
        row = work.session.get(ClientRow, id)
        if row is not None:
            return _client(row)
        if id == self._default:
            return OauthClient(id, "The default client", grants=None)
        return None

    def has_secret(self, id: str, secret: str, work: Work) -> bool:  # noqa: A002
        """Say whether a secret is that of a client."""
        row = work.session.get(ClientRow, id)
        stored = row.secret_digest if row is not None else None
        return hmac.compare_digest(stored or "", digest_of(secret)) and stored is not None

    def every(self, work: Work) -> Sequence[OauthClient]:
        """Return all registered clients, by id."""
        return [
            _client(row)
            for row in work.session.scalars(sa.select(ClientRow).order_by(ClientRow.id))
        ]

    def create(self, draft: ClientDraft, work: Work) -> NewSecret:
        """Register a client."""
        _check(draft)
        self._refuse_unknown(draft)
        id_ = str(uuid.uuid4()) if draft.id is None else draft.id
        secret = new_secret() if draft.is_confidential else None
        if work.session.get(ClientRow, id_) is not None:
            raise BadClient(f"There is a client {id_!r} already.")
        row = ClientRow(
            id=id_,
            name=draft.name.strip(),
            secret_digest=None if secret is None else digest_of(secret),
            redirect_uris=list(draft.redirect_uris),
            grants=list(draft.grants),
            scopes=list(draft.scopes),
            applications=list(draft.applications),
            created_at=self._now(),
            disabled_at=None,
        )
        work.session.add(row)
        try:
            work.session.flush()
        except IntegrityError as error:
            raise BadClient(f"There is a client {id_!r} already.") from error
        return NewSecret(_client(row), secret)

    def _refuse_unknown(self, draft: ClientDraft) -> None:
        """Refuse grants that nobody offers, and to become the default client unasked."""
        offered = sorted({each.name for each in self._plugins().grants if not each.is_internal})
        unknown = [each for each in draft.grants if each not in offered]
        if unknown:
            raise BadClient(f"There is no grant {unknown[0]!r}; there are: {', '.join(offered)}.")
        if draft.id == self._default and not draft.replaces_default:
            raise BadClient(
                f"{draft.id!r} is the default client: requests that name no client would be those "
                f"of the new one. Take another id, or say that it replaces the default client."
            )

    def disable(self, id: str, work: Work) -> OauthClient:  # noqa: A002
        """Keep a client from asking; its tokens are void."""
        row = work.session.get(ClientRow, id)
        if row is None and id == self._default:
            row = ClientRow(
                id=id,
                name="The default client",
                secret_digest=None,
                redirect_uris=[],
                grants=[],
                scopes=[],
                applications=[],
                created_at=self._now(),
            )
            work.session.add(row)
        if row is None:
            raise NoSuchClient(f"There is no client {id!r}.")
        row.disabled_at = row.disabled_at or self._now()
        work.session.flush()
        return _client(row)

    def rotate_secret(self, id: str, work: Work) -> NewSecret:  # noqa: A002
        """Give a confidential client another secret."""
        row = work.session.get(ClientRow, id)
        if row is None:
            raise NoSuchClient(f"There is no client {id!r}.")
        if row.secret_digest is None:
            raise BadClient(f"The client {id!r} is public: it has no secret.")
        secret = new_secret()
        row.secret_digest = digest_of(secret)
        work.session.flush()
        return NewSecret(_client(row), secret)


def _client(row: ClientRow) -> OauthClient:
    return OauthClient(
        id=row.id,
        name=row.name,
        is_confidential=row.secret_digest is not None,
        redirect_uris=tuple(row.redirect_uris),
        grants=tuple(row.grants),
        scopes=tuple(row.scopes),
        applications=tuple(row.applications),
        is_active=row.disabled_at is None,
        created_at=row.created_at,
    )


def _check(draft: ClientDraft) -> None:
    """Refuse what cannot be registered.

    Raises:
        BadClient: Something of it cannot be.
    """
    if not draft.name.strip() or len(draft.name) > LONGEST_ID:
        raise BadClient(f"The name of a client has 1 to {LONGEST_ID} characters.")
    if draft.id is not None and (len(draft.id) > LONGEST_ID or not _ID.fullmatch(draft.id)):
        raise BadClient(
            f"{draft.id!r} cannot be the id of a client: it has 1 to {LONGEST_ID} letters, digits, "
            f"'.', '_', '~' and '-', and starts with a letter or digit."
        )
    for uri in draft.redirect_uris:
        _check_address(uri)
    for scope in draft.scopes:
        if not _SCOPE.fullmatch(scope):
            raise BadClient(f"{scope!r} is no scope: it has no space, quote or backslash.")
    for name in _blank(draft.grants, draft.applications):
        raise BadClient(f"{name!r} is neither a grant nor an application.")
    if "authorization_code" in draft.grants and not draft.redirect_uris:
        raise BadClient("A client of the authorization code grant needs a redirect address.")
    if "client_credentials" in draft.grants and not draft.is_confidential:
        raise BadClient("A client of the client credentials grant is confidential.")
    if "client_credentials" in draft.grants and not draft.scopes:
        raise BadClient("A client of the client credentials grant needs a scope.")


def _blank(*lists: Iterable[str]) -> Iterable[str]:
    return (each for names in lists for each in names if not re.fullmatch(r"\S+", each))


def _check_address(uri: str) -> None:
    """Refuse an address that codes may not be sent to.

    Source:
        RFC 9700, section 2.1; RFC 8252, section 7: TLS, the loopback interface, or the scheme of a
        native app, which is a domain name in reverse and so has a dot.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname
    except ValueError:
        raise BadClient(f"{uri!r} is no address.") from None
    is_printable = uri.isascii() and uri.isprintable() and " " not in uri
    if not is_printable or "#" in uri or "*" in uri or "\\" in uri:
        raise BadClient(f"{uri!r} cannot be a redirect address: no '#', '*', '\\' or space.")
    is_web = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    is_app = _APP.fullmatch(uri) is not None and not DANGEROUS & {*parts.scheme.split(".")}
    if not (is_web and host and parts.username is None) and not is_app:
        raise BadClient(
            f"{uri!r} cannot be a redirect address: use https, http on the loopback interface, or "
            f"the scheme of an app, such as com.example.app:/signed-in."
        )
