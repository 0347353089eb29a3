"""Signing keys: made when there is none, rotated without a gap, and locked away."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from glue_core import ConfigurationError, ServiceUnavailable
from glue_oauth import KeyTooYoung, NoSuchKey, SigningKey, SigningKeys
from glue_oauth.cleaning import clean
from glue_oauth.clock import utc_now
from glue_oauth.keys import KNOWN_AFTER, DatabaseKeys
from glue_oauth.models import FamilyRow, KeyRow, RevokedTokenRow
from glue_oauth.plugin import ServerParts
from tests.plugins.oauth.conftest import MakeShop, Shop, bearer, form


def states(shop: Shop) -> list[str]:
    """Return the states of the keys, in alphabetical order."""
    with shop.deployment.services.database.work(writes=False) as work:
        return sorted(each.state for each in shop.deployment.features.get(SigningKeys).every(work))


def rotate(shop: Shop) -> str:
    """Rotate and return the id of the key that signs."""
    with shop.deployment.services.database.work() as work:
        return shop.deployment.features.get(SigningKeys).rotate(work, at_once=True).kid


def published(shop: Shop) -> set[str]:
    """Return the ids of the published keys."""
    keys = shop.storefront.get("/.well-known/jwks.json").json["keys"]
    return {each["kid"] for each in keys}


def test_rotation_has_no_gap(shop: Shop) -> None:
    """Tokens of the old key stay good, and the next key was published before it signs."""
    before = shop.log_in()["access_token"]
    first = rotate(shop)
    announced = published(shop)
    second = rotate(shop)
    after = shop.log_in()["access_token"]

    assert states(shop) == ["active", "next", "retiring", "retiring"]
    assert second in announced
    assert first != second
    for token in (before, after):
        assert shop.storefront.get("/who", headers=bearer(token)).status_code == 200


def test_rotation_may_change_the_algorithm(make_shop: MakeShop) -> None:
    """After the setting changed, a rotation makes a key of the new algorithm sign."""
    shop = make_shop({"algorithm": "RS256"})
    old = shop.log_in()["access_token"]
    rotate(shop)
    other = make_shop({"algorithm": "ES256"}, is_empty=False)
    rotate(other)

    keys = other.storefront.get("/.well-known/jwks.json").json["keys"]
    token = other.log_in()["access_token"]

    assert sorted(each["alg"] for each in keys) == ["ES256", "ES256", "RS256", "RS256"]
    for each in (old, token):
        assert other.storefront.get("/who", headers=bearer(each)).status_code == 200


def test_other_workers_learn_of_a_rotation(make_shop: MakeShop) -> None:
    """A worker that meets a token of a key it has not read reads the keys again."""
    shop = make_shop()
    shop.log_in()
    other = make_shop(is_empty=False)
    other.log_in()
    keys = other.deployment.features.get(ServerParts).parts.keys
    rotate(shop)
    token = shop.log_in()["access_token"]
    ring = keys._ring
    assert ring is not None

    keys._monotonic = lambda: ring.read_at + 2

    assert other.storefront.get("/who", headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_race_makes_one_key(
    make_shop: MakeShop, request: pytest.FixtureRequest, engine: str
) -> None:
    """Workers that all find no key agree on one."""
    services: dict[str, Any] = {"timeout": 30}
    if engine == "postgresql":
        services["database"] = request.getfixturevalue("postgresql").make_database()
    shop = make_shop(services=services)
    database = shop.deployment.services.database
    workers = [DatabaseKeys(lambda: database, "ES256") for _ in range(5)]
    start = threading.Barrier(len(workers))

    def first(keys: DatabaseKeys) -> str:
        start.wait()
        return keys.ring().kid

    with ThreadPoolExecutor(len(workers)) as pool:
        kids = set(pool.map(first, workers))

    assert len(kids) == 1
    assert states(shop) == ["active", "next"]


def test_keys_are_encrypted_with_the_secret(make_shop: MakeShop) -> None:
    """With a secret the database holds nothing that signs without it."""
    shop = make_shop({"key_secret": "a long enough secret"})
    token = shop.log_in()["access_token"]
    with shop.deployment.services.database.work(writes=False) as work:
        pems = work.session.scalars(sa.select(KeyRow.private_pem)).all()

    assert len(pems) == 2
    assert all(each.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----") for each in pems)
    same = make_shop({"key_secret": "a long enough secret"}, is_empty=False)
    assert same.storefront.get("/who", headers=bearer(token)).status_code == 200
    for settings in ({"key_secret": "another long secret"}, {}):
        other = make_shop(settings, is_empty=False)
        with pytest.raises(ConfigurationError, match="key_secret"):
            other.deployment.features.get(SigningKeys).public_set()


def test_known_keys_outlive_the_database(shop: Shop) -> None:
    """While the database does not answer, the keys that were read before verify."""
    keys = shop.deployment.features.get(ServerParts).parts.keys
    kid = keys.ring().kid

    asked: list[int] = []

    class Down:
        def work(self, **_: object) -> Any:
            asked.append(1)
            raise ServiceUnavailable("database", "it is down")

    keys._database = lambda: Down()  # type: ignore[assignment, return-value]
    ring = keys._ring
    assert ring is not None
    keys._monotonic = lambda: ring.read_at + 3600

    assert [keys.ring().kid for _ in range(5)] == [kid] * 5
    assert len(asked) == 1
    keys.forget()
    with pytest.raises(ServiceUnavailable):
        keys.ring()


def age(shop: Shop, days: int) -> None:
    """Let time pass for everything that is in the database."""
    with shop.deployment.services.database.work() as work:
        kinds: tuple[Any, ...] = (FamilyRow, RevokedTokenRow)
        for kind in kinds:
            for row in work.session.scalars(sa.select(kind)):
                row.expires_at -= timedelta(days=days)
        for key in work.session.scalars(sa.select(KeyRow)):
            if key.retired_at is not None:
                key.retired_at -= timedelta(days=days)


def cleaned(shop: Shop) -> dict[str, int]:
    """Clean up and return what is gone."""
    with shop.deployment.services.database.work() as work:
        return clean(shop.deployment.features.get(ServerParts).parts, work)


def test_cleaning_removes_what_counts_for_nothing(shop: Shop) -> None:
    """Rows go once they expired and were kept for a while; what is in use stays."""
    old = shop.log_in()
    form(shop.storefront, "/token/revoke", {"token": old["access_token"]})
    rotate(shop)
    assert sum(cleaned(shop).values()) == 0
    age(shop, 60)
    fresh = shop.log_in()

    gone = cleaned(shop)

    assert gone == {
        "families of refresh tokens": 1,
        "authorization codes": 0,
        "revoked access tokens": 1,
        "signing keys": 1,
    }
    again = {"grant_type": "refresh_token", "refresh_token": fresh["refresh_token"]}
    assert shop.token(**again).status_code == 200
    assert states(shop) == ["active", "next"]


def revoke(shop: Shop, kid: str) -> str:
    """Revoke a key and return the id of the one that signs."""
    with shop.deployment.services.database.work() as work:
        return shop.deployment.features.get(SigningKeys).revoke(kid, work).kid


def accepted(shop: Shop, token: str) -> bool:
    """Say whether the storefront takes a token."""
    return shop.storefront.get("/who", headers=bearer(token)).status_code == 200


def test_revoked_key_is_gone_for_every_worker(make_shop: MakeShop) -> None:
    """Once a key is revoked, no worker takes its tokens, though it read keys and token before."""
    settings = {"revocation_seconds": 0}
    shop = make_shop(settings)
    other = make_shop(settings, is_empty=False)
    token = shop.log_in()["access_token"]
    assert accepted(other, token)
    leaked = shop.deployment.features.get(ServerParts).parts.keys.ring().kid

    signing = revoke(shop, leaked)

    assert [accepted(each, token) for each in (shop, other)] == [False, False]
    assert leaked not in published(shop)
    assert signing in published(shop)


def test_worker_signs_with_no_revoked_key(make_shop: MakeShop) -> None:
    """A worker that read the keys before a revocation issues tokens that count at once."""
    shop = make_shop()
    other = make_shop(is_empty=False)
    other.log_in()
    shop.log_in()

    revoke(shop, shop.deployment.features.get(ServerParts).parts.keys.ring().kid)

    assert accepted(other, other.log_in()["access_token"])


@pytest.mark.parametrize("state", ["active", "next", "retiring"])
def test_revocation_leaves_a_whole_ring(shop: Shop, state: str) -> None:
    """Whichever key is revoked, one signs afterwards, and one is published for later."""
    shop.log_in()
    rotate(shop)
    with shop.deployment.services.database.work(writes=False) as work:
        keys = {
            each.state: each.kid for each in shop.deployment.features.get(SigningKeys).every(work)
        }

    signing = revoke(shop, keys[state])

    left = ["active", "next"] + ["retiring"] * (state != "retiring")
    assert states(shop) == left
    assert signing == {"active": keys["next"]}.get(state, keys["active"])


def test_unknown_key_cannot_be_revoked(shop: Shop) -> None:
    """A key that there is not is named."""
    with pytest.raises(NoSuchKey, match="'nothing'"):
        revoke(shop, "nothing")


def later(shop: Shop, by: timedelta) -> SigningKey:
    """Rotate as somebody does who waited, and return the key that the answer is about."""
    keys = shop.deployment.features.get(ServerParts).parts.keys
    keys._now = lambda: utc_now() + by
    with shop.deployment.services.database.work() as work:
        return keys.rotate(work)


def test_next_key_is_published_with_the_first(shop: Shop) -> None:
    """A new deployment publishes the key that will sign after its first rotation."""
    before = published(shop)

    assert states(shop) == ["active", "next"]
    assert rotate(shop) in before


def test_rotation_waits_until_the_next_key_is_known(shop: Shop) -> None:
    """A key that others may not have read yet does not sign; nothing changes then."""
    before = published(shop)
    with pytest.raises(KeyTooYoung, match="may not know it before"):
        later(shop, KNOWN_AFTER - timedelta(seconds=30))

    assert states(shop) == ["active", "next"]
    assert later(shop, KNOWN_AFTER + timedelta(seconds=1)).kid in before


@pytest.mark.parametrize("is_lost", [True, False], ids=["no next key", "another algorithm"])
def test_missing_next_key_is_published_first(make_shop: MakeShop, is_lost: bool) -> None:
    """Where no fitting next key is published, a rotation publishes one and changes nothing else."""
    shop = make_shop()
    token = shop.log_in()["access_token"]
    if is_lost:
        with shop.deployment.services.database.work() as work:
            work.session.execute(sa.delete(KeyRow).where(KeyRow.state == "next"))
    other = make_shop({} if is_lost else {"algorithm": "Ed25519"}, is_empty=False)

    made = later(other, timedelta(0))

    assert made.state == "next"
    assert made.kid in published(other)
    assert states(other) == ["active", "next"]
    assert accepted(other, token)
    assert later(other, 2 * KNOWN_AFTER).kid == made.kid
