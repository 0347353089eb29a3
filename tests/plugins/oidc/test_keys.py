"""When the provider's keys are read, which of them count, and what happens while it is silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from glue_core import InvalidToken, ServiceUnavailable
from glue_oidc.issuer import IssuerError
from glue_oidc.keys import Keys, key_set, usable


class Source:
    """Stands for the provider: counts how often it is asked, fails or waits as a test says."""

    def __init__(self, *members: Any) -> None:
        self.members = list(members)
        self.times = 0
        self.failure: Exception | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()

    def __call__(self) -> list[Any]:
        """Return the keys, once it may."""
        self.times += 1
        members, failure = list(self.members), self.failure
        self.may_answer.wait(20)
        if failure is not None:
            raise failure
        return members


@pytest.fixture
def source(rsa: Any) -> Source:
    """A provider that has one RSA key with the id 'first'."""
    return Source(rsa.public)


@pytest.fixture
def keys_of(source: Source, section_of: Callable[..., Any], clock: Any) -> Callable[..., Keys]:
    """Make the keys, by settings."""

    def make(**given: Any) -> Keys:
        times: Mapping[str, Any] = section_of(**given)
        return Keys(source, times, clock)

    return make


def test_nothing_is_read_before_it_is_needed(keys_of: Callable[..., Keys], source: Source) -> None:
    """A worker that starts asks nobody; the first token does, the second does not."""
    keys = keys_of()
    assert source.times == 0

    keys.find("first", "RS256")
    keys.find("first", "RS256")

    assert source.times == 1


def test_an_unknown_key_makes_them_be_read_at_most_once_in_a_while(
    keys_of: Callable[..., Keys], source: Source, clock: Any
) -> None:
    """Whoever invents ids does not make us ask the provider each time."""
    keys = keys_of(refetch_seconds=30)
    keys.find("first", "RS256")
    for number in range(100):
        with pytest.raises(InvalidToken, match="no key"):
            keys.find(f"invented-{number}", "RS256")
    assert source.times == 1

    clock.now += 30
    for number in range(100):
        with pytest.raises(InvalidToken):
            keys.find(f"invented-{number}", "RS256")
    assert source.times == 2


def test_a_new_key_is_found_by_the_token_that_names_it(
    keys_of: Callable[..., Keys], source: Source, clock: Any, make_key: Callable[..., Any]
) -> None:
    """The provider changed its keys: the old one is gone as soon as the new one is seen."""
    keys = keys_of()
    keys.find("first", "RS256")
    source.members = [make_key("EC", "P-256", kid="second").public]
    clock.now += 30

    assert keys.find("second", "ES256")
    with pytest.raises(InvalidToken):
        keys.find("first", "RS256")


def test_old_keys_are_read_again_without_anybody_waiting(
    keys_of: Callable[..., Keys],
    source: Source,
    clock: Any,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    """A request that finds its key goes on while they are read in another thread."""
    keys = keys_of(keys_seconds=100)
    keys.find("first", "RS256")
    before = keys.current
    source.may_answer.clear()
    clock.now += 100

    assert keys.find("first", "RS256")
    assert keys.find("first", "RS256")

    assert keys.current is before
    source.may_answer.set()
    eventually(lambda: keys.current is not before)
    assert source.times == 2


def test_kept_keys_outlive_the_provider_for_as_long_as_the_settings_say(
    keys_of: Callable[..., Keys],
    source: Source,
    clock: Any,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    """During an outage what was known stays known; after a day nobody vouches for it any more."""
    keys = keys_of(keys_seconds=100, outage_seconds=1000)
    keys.find("first", "RS256")
    source.failure = IssuerError("it is down")
    clock.now += 999
    assert keys.find("first", "RS256")
    eventually(lambda: keys._failure is not None)
    with pytest.raises(InvalidToken, match="no key"):
        keys.find("second", "RS256")

    clock.now += 1
    with pytest.raises(ServiceUnavailable, match="it is down"):
        keys.find("first", "RS256")
    source.failure = None
    clock.now += 5
    assert keys.find("first", "RS256")


def test_after_a_failure_they_are_read_again_soon_but_not_at_once(
    keys_of: Callable[..., Keys], source: Source, clock: Any
) -> None:
    """Requests that come meanwhile are told when to try again, and cost nothing."""
    keys = keys_of(retry_seconds=5)
    source.failure = IssuerError("it is down")
    waits = []
    for _ in range(3):
        with pytest.raises(ServiceUnavailable) as raised:
            keys.find("first", "RS256")
        waits.append(raised.value.retry_after)
        clock.now += 1.5
    assert (waits, source.times) == ([5, 4, 2], 1)

    source.failure = None
    clock.now += 0.5
    assert keys.find("first", "RS256")
    assert source.times == 2


def test_nobody_waits_longer_than_the_settings_say(
    keys_of: Callable[..., Keys], source: Source, clock: Any
) -> None:
    """A provider that takes its time answers somebody else's request, and is asked once."""
    keys = keys_of(timeout=0.5)
    source.may_answer.clear()

    with pytest.raises(ServiceUnavailable, match="in time"):
        keys.find("first", "RS256")
    clock.now += 0.5
    before = time.monotonic()
    for _ in range(10):
        _refused(keys)
    assert time.monotonic() - before < 3
    assert source.times == 1
    source.may_answer.set()


def test_they_are_read_once_for_all_who_wait(
    keys_of: Callable[..., Keys],
    source: Source,
    eventually: Callable[[Callable[[], bool]], None],
) -> None:
    """Ten requests at the start of a worker are one question to the provider."""
    keys = keys_of(timeout=20)
    source.may_answer.clear()
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.find("first", "RS256")))
        for _ in range(10)
    ]
    for each in threads:
        each.start()
    eventually(lambda: source.times > 0)
    source.may_answer.set()
    for each in threads:
        each.join()

    assert (len(found), source.times) == (10, 1)


def test_while_the_provider_is_down_one_request_at_a_time_waits_for_it(
    keys_of: Callable[..., Keys], source: Source, clock: Any
) -> None:
    """A silent provider does not fill the threads of a worker with waiting requests."""
    keys = keys_of(timeout=0.5, retry_seconds=1)
    source.failure = IssuerError("it is down")
    with pytest.raises(ServiceUnavailable):
        keys.find("first", "RS256")
    source.may_answer.clear()
    clock.now += 2
    prober = threading.Thread(target=lambda: _refused(keys))
    prober.start()
    while source.times < 2:
        time.sleep(0.01)

    before = time.monotonic()
    for _ in range(10):
        _refused(keys)
    assert time.monotonic() - before < 3
    source.may_answer.set()
    prober.join()


def _refused(keys: Keys) -> None:
    with pytest.raises(ServiceUnavailable):
        keys.find("first", "RS256")


@pytest.mark.parametrize("failure", [IssuerError("it is down"), RuntimeError("a mistake of ours")])
def test_whatever_goes_wrong_is_an_outage(
    keys_of: Callable[..., Keys], source: Source, failure: Exception
) -> None:
    """Not even a mistake in reading ends as an error 500, or leaves requests waiting."""
    source.failure = failure

    with pytest.raises(ServiceUnavailable):
        keys_of().find("first", "RS256")


def test_keys_that_cannot_be_used_do_not_replace_those_that_can(
    keys_of: Callable[..., Keys], source: Source, clock: Any
) -> None:
    """An empty document, which a half-deployed provider sends, takes nobody's key away."""
    keys = keys_of()
    keys.find("first", "RS256")
    source.members = []
    clock.now += 30

    with pytest.raises(InvalidToken):
        keys.find("second", "RS256")
    assert keys.find("first", "RS256")


def test_a_token_without_an_id_needs_one_key_that_fits(
    make_key: Callable[..., Any], rsa: Any
) -> None:
    """Where several keys fit, nobody guesses."""
    curve = make_key("EC", "P-256", kid="curve")
    one = key_set(usable([rsa.public, curve.public]), 0)
    two = key_set(usable([rsa.public, {**rsa.public, "kid": "second"}]), 0)

    assert one.find(None, "RS256") == one.every[:1]
    assert one.find(None, "ES256") == one.every[1:]
    for keys, algorithm in ((two, "RS256"), (two, "ES256")):
        with pytest.raises(InvalidToken, match="names no key"):
            keys.find(None, algorithm)


def test_keys_of_two_kinds_may_share_an_id(make_key: Callable[..., Any], rsa: Any) -> None:
    """The algorithm tells them apart."""
    curve = make_key("EC", "P-256", kid="first")
    keys = key_set(usable([rsa.public, curve.public]), 0)

    assert keys.find("first", "RS256") == keys.every[:1]
    assert keys.find("first", "ES256") == keys.every[1:]


@pytest.mark.parametrize(
    ("kind", "size", "members", "fitting"),
    [
        ("RSA", 2048, {}, {"RS256", "RS512", "PS256"}),
        ("RSA", 2048, {"alg": "RS256"}, {"RS256"}),
        ("RSA", 2048, {"alg": "RSA-OAEP"}, set()),
        ("EC", "P-256", {}, {"ES256"}),
        ("EC", "P-384", {}, {"ES384"}),
        ("EC", "secp256k1", {}, set()),
        ("OKP", "Ed25519", {}, {"EdDSA", "Ed25519"}),
        ("OKP", "Ed25519", {"alg": "EdDSA"}, {"EdDSA", "Ed25519"}),
        ("OKP", "Ed448", {}, {"EdDSA"}),
        ("OKP", "X25519", {}, set()),
    ],
)
def test_a_key_fits_algorithms_of_its_kind_and_curve(
    make_key: Callable[..., Any], kind: str, size: Any, members: dict[str, str], fitting: set[str]
) -> None:
    """The token's algorithm never makes a key of one kind serve for another."""
    (key,) = usable([make_key(kind, size, **members).public])
    names = ("RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")

    assert {name for name in names if key.fits(name)} == fitting


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"use": 1},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kid": 7},
        {"alg": ["RS256"]},
        {"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtMTIzNA"},
        {"kty": "unheard-of"},
        {"kty": ["RSA"]},
        {"n": None},
        {"n": "AQAB"},
        {"n": "!"},
        {"e": "AA"},
    ],
)
def test_a_key_that_checks_no_signature_is_left_out(rsa: Any, change: dict[str, Any]) -> None:
    """The others still count, whatever one of them looks like."""
    odd = {**rsa.public, "kid": "odd", **change}

    assert [each.kid for each in usable([odd, rsa.public])] == ["first"]


@pytest.mark.parametrize("member", [None, 7, "key", [], {}])
def test_what_is_no_key_is_left_out(rsa: Any, member: Any) -> None:
    """A list of keys with something else in it is read around it."""
    assert [each.kid for each in usable([member, rsa.public])] == ["first"]


def test_a_key_that_is_too_short_is_left_out(rsa: Any, encode: Callable[..., str]) -> None:
    """A modulus of 1024 bits can be factored: what it signs proves nothing."""
    modulus = generate_private_key(65537, 1024).public_key().public_numbers().n
    short = {**rsa.public, "kid": "short", "n": encode(modulus.to_bytes(128))}

    assert [each.kid for each in usable([short, rsa.public])] == ["first"]


def test_a_private_key_that_is_published_serves_as_its_public_half(rsa: Any) -> None:
    """What should never be there is not kept."""
    (key,) = usable([{**rsa.key.as_dict(private=True), "kid": "first"}])

    assert "d" not in key.key.as_dict()
