"""Tokens as somebody makes them who does not follow the rules."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from joserfc import jws


def part_of(token: str, index: int) -> dict[str, Any]:
    """Return the header (0) or the claims (1) of a token."""
    segment = token.split(".")[index]
    found = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    assert isinstance(found, dict)
    return found


def forged(token: str, algorithm: str, key: Any, **header: Any) -> str:
    """Take a real token, change its header, and sign it with what an attacker has.

    Args:
        token: The real token, whose claims stay.
        algorithm: ``none``, ``HS256``, or an algorithm with a public key.
        key: Bytes for ``HS256``, else a private key.
        header: What the header says instead, or besides.
    """
    parts = ({**part_of(token, 0), **header}, part_of(token, 1))
    start = ".".join(_encoded(json.dumps(each).encode()) for each in parts)
    if algorithm == "none":
        return f"{start}."
    if algorithm == "HS256":
        return f"{start}.{_encoded(hmac.digest(key, start.encode(), hashlib.sha256))}"
    return f"{start}.{_encoded(jws.JWSRegistry.algorithms[algorithm].sign(start.encode(), key))}"


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
