"""Sessions in the storage of the deployment, which all its processes share."""

from __future__ import annotations

import hashlib
import secrets

from glue_core.services.storage import Document, Storage

ID_BYTES = 32
PREFIX = "glue:session:"


class StoredSessions:
    """Sessions as documents that expire; see `glue_core.services.session.Sessions`.

    Keys are digests of the ids: who reads the storage cannot use a session.
    """

    def __init__(self, storage: Storage) -> None:
        """Keep sessions in a storage; nothing is opened yet."""
        self._storage = storage

    def create(self, data: Document, seconds: float) -> str:
        """Begin a session, and return its id."""
        id_ = secrets.token_urlsafe(ID_BYTES)
        self._storage.put_many({_key(id_): data}, seconds)
        return id_

    def read(self, id_: str) -> Document | None:
        """Return what is remembered, or None."""
        return self._storage.get(_key(id_))

    def write(self, id_: str, data: Document, seconds: float) -> bool:
        """Remember something else; False when there is no such session."""
        return self._storage.replace(_key(id_), data, seconds)

    def regenerate(self, id_: str, seconds: float) -> str | None:
        """Go on under another id."""
        data = self._storage.take(_key(id_))
        return None if data is None else self.create(data, seconds)

    def delete(self, id_: str) -> None:
        """End a session."""
        self._storage.delete_many([_key(id_)])

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the storage answers."""
        self._storage.check()

    def close(self) -> None:
        """Do nothing: the storage is closed by whoever opened it."""


def _key(id_: str) -> str:
    return PREFIX + hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()
