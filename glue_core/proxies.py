"""Whose request it is, where proxies stand in front of the server."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class TrustedProxies:
    """Puts the address of the caller in the place of those of proxies that are trusted."""

    def __init__(self, networks: Iterable[str]) -> None:
        """Remember the proxies.

        Args:
            networks: Addresses, and networks such as ``10.0.0.0/8``.
        """
        self._networks: tuple[Network, ...] = tuple(map(ipaddress.ip_network, networks))

    def __bool__(self) -> bool:
        return bool(self._networks)

    def look_through(self, environ: dict[str, Any]) -> None:
        """Set ``REMOTE_ADDR`` to the last address before the trusted proxies.

        Each proxy appends the address that it saw to ``X-Forwarded-For``, so that header is read
        from its end, and only as far as those who wrote it are trusted: what stands further left a
        client may have made up.
        """
        peer = _address(environ.get("REMOTE_ADDR", ""))
        seen = peer
        for text in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if seen is None or not any(seen in network for network in self._networks):
                break
            before = _address(text.strip())
            if before is None:
                break
            seen = before
        if seen is not None and seen != peer:
            environ["REMOTE_ADDR"] = str(seen)


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
