"""Whose request it is, where proxies stand in front of the server."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core import ConfigurationError, Settings
from glue_core.proxies import TrustedProxies

PROXIES = TrustedProxies(["10.0.0.0/8", "192.0.2.7", "2001:db8::/64"])


def seen(peer: str, forwarded: str | None, proxies: TrustedProxies = PROXIES) -> str:
    """Return the address that a request comes from."""
    environ: dict[str, Any] = {"REMOTE_ADDR": peer}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    proxies.look_through(environ)
    return str(environ["REMOTE_ADDR"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.1.1.1", "203.0.113.5", "203.0.113.5"),
        ("::ffff:10.1.1.1", "203.0.113.5", "203.0.113.5"),
        ("2001:db8::1", "2001:db8:9::1", "2001:db8:9::1"),
        ("10.1.1.1", "203.0.113.5, 192.0.2.7", "203.0.113.5"),
        ("10.1.1.1", " 203.0.113.5 ,192.0.2.7", "203.0.113.5"),
        ("10.1.1.1", "10.2.2.2", "10.2.2.2"),
    ],
)
def test_trusted_proxy_is_looked_through(peer: str, forwarded: str, address: str) -> None:
    """The caller is who stands before the proxies that are trusted."""
    assert seen(peer, forwarded) == address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.5", "203.0.113.9"),
        ("10.1.1.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        ("10.1.1.1", "6.6.6.6, nonsense", "10.1.1.1"),
        ("10.1.1.1", "6.6.6.6, nonsense, 192.0.2.7", "192.0.2.7"),
        ("10.1.1.1", "", "10.1.1.1"),
        ("10.1.1.1", None, "10.1.1.1"),
        ("", "203.0.113.5", ""),
    ],
)
def test_no_client_chooses_its_address(peer: str, forwarded: str | None, address: str) -> None:
    """What was not written by a trusted proxy is not believed."""
    assert seen(peer, forwarded) == address


def test_nobody_is_trusted_by_default() -> None:
    """Without the setting the peer of the connection is the caller."""
    proxies = TrustedProxies(Settings.of({})["trusted_proxies"])

    assert not proxies
    assert seen("10.1.1.1", "203.0.113.5", proxies) == "10.1.1.1"


@pytest.mark.parametrize("bad", ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/99", ""])
def test_bad_network_stops_the_start(bad: str) -> None:
    """What is no address and no network is named at the start."""
    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        Settings.of({"trusted_proxies": ["127.0.0.1", bad]})
