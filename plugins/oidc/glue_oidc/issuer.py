"""The provider: reads its documents, bounded in time and size, and trusts nothing in between."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from glue_oidc.settings import is_secure

DISCOVERY = "/.well-known/openid-configuration"
LARGEST = 262_144
"""Bytes of a document; those of large providers have about 10 000."""

_FAILURES = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError)


class IssuerError(Exception):
    """The provider does not answer, or not with what it should."""


class Issuer:
    """Reads the keys of one provider."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        allow_http: bool = False,
        certificates: str | None = None,
    ) -> None:
        """Remember where the provider is; nothing is read yet.

        Args:
            url: The issuer, as tokens say it.
            timeout: Longest time of one document, in seconds.
            allow_http: Whether a host that is not this one may be asked without TLS.
            certificates: PEM file of the authorities that count, or None for the system's.

        Raises:
            OSError: The file cannot be read, or has no certificates.
        """
        self.url = url
        self._timeout = timeout
        self._allow_http = allow_http
        self._context = ssl.create_default_context(cafile=certificates)

    def keys(self) -> list[Any]:
        """Return the provider's keys, as its document has them.

        Raises:
            IssuerError: It does not answer, or not with keys.

        Source:
            OpenID Connect Discovery 1.0, sections 4.1 to 4.3; RFC 7517, section 5.
        """
        configuration = self._read(self.url.rstrip("/") + DISCOVERY)
        if configuration.get("issuer") != self.url:
            raise IssuerError(
                f"it calls itself {configuration.get('issuer')!r}, the settings {self.url!r}"
            )
        address = configuration.get("jwks_uri")
        if not isinstance(address, str) or not self._may_ask(address):
            raise IssuerError(f"its keys are at {address!r}, which is no safe address")
        keys = self._read(address).get("keys")
        if not isinstance(keys, list):
            raise IssuerError("its document of keys has no list of keys")
        return keys

    def _may_ask(self, address: str) -> bool:
        try:
            # A provider on the network has no business to send us to a port of this machine.
            if urlsplit(self.url).scheme == "https":
                return urlsplit(address).scheme == "https"
            return is_secure(address, allow_http=self._allow_http)
        except ValueError:
            return False

    def _read(self, address: str) -> Mapping[str, Any]:
        try:
            document = orjson.loads(self._fetch(urlsplit(address)))
        except IssuerError:
            raise
        except _FAILURES as error:
            reason = str(error) or type(error).__name__
            raise IssuerError(f"{address} cannot be read: {reason}") from error
        if not isinstance(document, dict):
            raise IssuerError(f"{address} is no JSON object")
        return document

    def _fetch(self, parts: SplitResult) -> bytes:
        """Return the body of one answer, if it is whole in time."""
        connection = self._connection(parts)
        late = threading.Event()
        opened: list[socket.socket] = []

        def end() -> None:
            late.set()
            for each in opened:
                # Whoever waits for the next byte wakes up, also behind TLS.
                with suppress(OSError):
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

        # The timeout of a socket starts again with every byte; this one does not.
        watchdog = threading.Timer(self._timeout, end)
        watchdog.daemon = True
        watchdog.start()
        try:
            connection.connect()
            # The connection forgets its socket before the body is read; this list does not.
            opened.extend([connection.sock] if connection.sock is not None else [])
            return b"" if late.is_set() else self._ask(connection, parts)
        finally:
            watchdog.cancel()
            connection.close()
            if late.is_set():
                raise IssuerError(f"{parts.geturl()} takes longer than {self._timeout} seconds")

    def _ask(self, connection: HTTPConnection, parts: SplitResult) -> bytes:
        """Send the question and return the body; redirects are not followed."""
        connection.request(
            "GET",
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            preload_content=False,
            decode_content=False,
        )
        response = connection.getresponse()
        if response.status != 200:
            hint = "; redirects are not followed" if 300 <= response.status < 400 else ""
            raise IssuerError(f"{parts.geturl()} answers {response.status}{hint}")
        body = b""
        # Only a read that finds nothing tells an end from a connection that broke.
        while piece := response.read(LARGEST, decode_content=False):
            body += piece
            if len(body) > LARGEST:
                raise IssuerError(f"{parts.geturl()} answers with more than {LARGEST} bytes")
        return body

    def _connection(self, parts: SplitResult) -> HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "https":
            return HTTPSConnection(
                host, parts.port or 443, timeout=self._timeout, ssl_context=self._context
            )
        return HTTPConnection(host, parts.port or 80, timeout=self._timeout)
