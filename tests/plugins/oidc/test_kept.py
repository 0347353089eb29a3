"""Verified tokens that are kept: how many, how long, and for whom."""

from __future__ import annotations

import pytest

from glue_core import Identity
from glue_oidc.kept import KeptTokens
from glue_oidc.keys import KeySet


def identity(exp: float = 1000) -> Identity:
    """Return an identity whose token ends at some time."""
    return Identity("user", "ann", "ann", claims={"exp": exp})


@pytest.fixture
def keys() -> KeySet:
    """Keys of the provider; which, means nothing here."""
    return KeySet({}, (), 0)


def test_a_token_is_kept_for_its_application_only(keys: KeySet) -> None:
    """Another application has other rules, so it verifies for itself."""
    kept = KeptTokens(10, 60)
    kept.put("token", "backend_api", identity(), keys, 0)

    assert kept.get("token", "backend_api", keys, 0) == identity()
    assert kept.get("token", "storefront_api", keys, 0) is None
    assert kept.get("other", "backend_api", keys, 0) is None


@pytest.mark.parametrize(("exp", "last"), [(1000, 59.9), (30, 29.9)])
def test_a_token_is_kept_until_the_time_is_over_or_the_token(
    keys: KeySet, exp: float, last: float
) -> None:
    """Whichever comes first ends it."""
    kept = KeptTokens(10, 60)
    kept.put("token", "x", identity(exp), keys, 0)

    assert kept.get("token", "x", keys, last) is not None
    assert kept.get("token", "x", keys, last + 0.1) is None


@pytest.mark.parametrize(("seconds", "exp"), [(0, 1000), (60, 0)])
def test_nothing_is_kept_that_would_not_count(keys: KeySet, seconds: int, exp: float) -> None:
    """With no time to keep it, or past its end, a token is verified each time."""
    kept = KeptTokens(10, seconds)
    kept.put("token", "x", identity(exp), keys, 0)

    assert kept._entries == {}


def test_new_keys_make_every_token_be_verified_again(keys: KeySet) -> None:
    """A key that the provider withdrew opens nothing any more, not even for a minute."""
    kept = KeptTokens(10, 60)
    kept.put("token", "x", identity(), keys, 0)

    assert kept.get("token", "x", KeySet({}, (), 1), 1) is None


def test_no_more_are_kept_than_there_is_room(keys: KeySet) -> None:
    """The oldest goes, so that many tokens cannot fill the memory."""
    kept = KeptTokens(3, 60)
    for number in (1, 2, 3, 1, 4):
        kept.put(f"token-{number}", "x", identity(), keys, 0)

    found = [number for number in range(1, 5) if kept.get(f"token-{number}", "x", keys, 1)]
    assert found == [1, 3, 4]


def test_what_is_kept_is_no_token(keys: KeySet) -> None:
    """Whoever reads the memory of the process finds nothing to send."""
    kept = KeptTokens(3, 60)
    kept.put("a-secret-token", "x", identity(), keys, 0)

    assert "a-secret-token" not in repr(vars(kept))
