"""Refresh tokens: each is used once, and a second use ends all that came of the login."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from glue_customers import CustomerWriter
from glue_oauth import RefreshTokens
from glue_oauth.models import FamilyRow, RefreshTokenRow
from glue_users import UserReader, UserWriter
from tests.plugins.oauth.conftest import PASSWORD, USER, MakeShop, Shop, bearer, form


def refresh(shop: Shop, token: str, **more: str) -> Any:
    """Use a refresh token at the storefront."""
    return shop.token(grant_type="refresh_token", refresh_token=token, **more)


def test_rotation(shop: Shop) -> None:
    """A refresh token gives a new pair, whose access token is good."""
    first = shop.log_in()
    second = refresh(shop, first["refresh_token"]).json

    assert second["refresh_token"] != first["refresh_token"]
    answer = shop.storefront.get("/who", headers=bearer(second["access_token"]))
    assert answer.json["natural"] == "customer--1"


def test_second_use_ends_the_family(shop: Shop) -> None:
    """After a second use neither the newest refresh token nor any access token is good."""
    first = shop.log_in()
    second = refresh(shop, first["refresh_token"]).json

    again = refresh(shop, first["refresh_token"])

    assert (again.status_code, again.json[0]["code"]) == (400, "invalid_grant")
    assert refresh(shop, second["refresh_token"]).json[0]["code"] == "invalid_grant"
    for token in (first["access_token"], second["access_token"]):
        assert shop.storefront.get("/who", headers=bearer(token)).status_code == 401


def test_other_logins_are_left_alone(shop: Shop) -> None:
    """What ends one login ends no other of the same person."""
    other, first = shop.log_in(), shop.log_in()
    refresh(shop, first["refresh_token"])
    refresh(shop, first["refresh_token"])

    assert refresh(shop, other["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "é"])
def test_unknown_token(shop: Shop, token: str) -> None:
    """What is no refresh token gives nothing."""
    assert refresh(shop, token).json[0]["code"] in ("invalid_grant", "invalid_request")


def test_expired_token(make_shop: MakeShop) -> None:
    """A refresh token that is too old gives nothing, and ends nothing."""
    shop = make_shop()
    tokens = shop.log_in()
    with shop.deployment.services.database.work() as work:
        row = work.session.scalars(sa.select(RefreshTokenRow)).one()
        row.expires_at = row.created_at

    assert refresh(shop, tokens["refresh_token"]).json[0]["code"] == "invalid_grant"
    answer = shop.storefront.get("/who", headers=bearer(tokens["access_token"]))
    assert answer.status_code == 200


def test_other_application(shop: Shop) -> None:
    """A refresh token of the storefront gives nothing at the backend."""
    tokens = shop.log_in()

    answer = shop.token(
        shop.backend, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )

    assert answer.json[0]["code"] == "invalid_grant"


def test_other_client(shop: Shop) -> None:
    """A refresh token is good for the client that it was issued to, and for no other."""
    tokens = shop.log_in()
    client, secret = shop.register(grants=("refresh_token",))

    answer = form(
        shop.storefront,
        "/token",
        {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        (client, secret),
    )

    assert answer.json[0]["code"] == "invalid_grant"


def test_scopes_are_never_wider(shop: Shop) -> None:
    """The scopes of the login are the most there is."""
    tokens = shop.log_in(shop.backend, USER, scope="user")
    wanted = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    answer = shop.token(shop.backend, **wanted, scope="user back-office-user")

    assert answer.json[0]["code"] == "invalid_scope"
    assert shop.token(shop.backend, **wanted).status_code == 200


def test_scopes_are_those_of_today(shop: Shop) -> None:
    """A user who left the back office for a warehouse keeps no scope of the back office."""
    tokens = shop.log_in(shop.backend, USER)
    features = shop.deployment.features
    with shop.deployment.services.database.work() as work:
        user = features.get(UserReader).by_username(USER, work)
        assert user is not None
        features.get(UserWriter).change(user.uuid, {"is_warehouse_user": True}, work)

    answer = shop.token(
        shop.backend, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )

    header = bearer(answer.json["access_token"])
    assert shop.backend.get("/who", headers=header).json["scopes"] == ["user"]


def test_disabled_user(shop: Shop) -> None:
    """A user who was disabled gets nothing for a refresh token."""
    tokens = shop.log_in(shop.backend, USER)
    features = shop.deployment.features
    with shop.deployment.services.database.work() as work:
        user = features.get(UserReader).by_username(USER, work)
        assert user is not None
        features.get(UserWriter).disable(user.uuid, work)

    answer = shop.token(
        shop.backend, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )

    assert answer.json[0]["code"] == "invalid_grant"


def test_changed_password(shop: Shop) -> None:
    """A new password ends the refresh tokens of former logins."""
    tokens = shop.log_in()
    with shop.deployment.services.database.work() as work:
        shop.deployment.features.get(CustomerWriter).set_password(
            "customer--1", PASSWORD, "another one", work
        )

    assert refresh(shop, tokens["refresh_token"]).json[0]["code"] == "invalid_grant"


def test_client_without_the_grant_gets_none(shop: Shop) -> None:
    """A client that may not refresh gets no refresh token, and no row is kept."""
    client, secret = shop.register(grants=("password",))
    login = {"grant_type": "password", "username": "sonia@example.com", "password": PASSWORD}

    answer = form(shop.storefront, "/token", login, (client, secret))

    assert "refresh_token" not in answer.json
    with shop.deployment.services.database.work(writes=False) as work:
        assert work.session.scalars(sa.select(FamilyRow)).all() == []


def test_one_or_all_of_somebody(shop: Shop) -> None:
    """The facade revokes one refresh token, or all of somebody, with access tokens or without."""
    one, two, three = shop.log_in(), shop.log_in(), shop.log_in()
    tokens = shop.deployment.features.get(RefreshTokens)
    with shop.deployment.services.database.work() as work:
        assert not tokens.revoke(one["refresh_token"], work, owner="customer--2")
        assert not tokens.revoke(one["refresh_token"], work, owner="customer--1", kind="user")
        assert tokens.revoke(one["refresh_token"], work, owner="customer--1")
        assert not tokens.revoke("unknown", work)

    assert refresh(shop, one["refresh_token"]).status_code == 400
    header = bearer(one["access_token"])
    assert shop.storefront.get("/who", headers=header).status_code == 200
    with shop.deployment.services.database.work() as work:
        assert tokens.revoke_all("customer", "customer--1", work, ends_access=True) == 3
    for each in (two, three):
        assert refresh(shop, each["refresh_token"]).status_code == 400
        header = bearer(each["access_token"])
        assert shop.storefront.get("/who", headers=header).status_code == 401


@pytest.fixture(params=["sqlite", "postgresql"])
def racing(request: pytest.FixtureRequest, make_shop: MakeShop) -> Shop:
    """A shop on each engine in turn."""
    if request.param == "sqlite":
        return make_shop(services={"timeout": 20})
    url = request.getfixturevalue("postgresql").make_database()
    return make_shop(services={"database": url, "timeout": 20})


def test_race_has_one_winner(racing: Shop) -> None:
    """Of threads that use one refresh token at once a single one gets tokens, and then nobody."""
    token = racing.log_in()["refresh_token"]
    start = threading.Barrier(6)

    def use(_: int) -> Any:
        start.wait()
        return refresh(racing, token)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(use, range(6)))

    won = [each for each in answers if each.status_code == 200]
    assert len(won) == 1, answers
    assert {each.json[0]["code"] for each in answers if each.status_code != 200} == {
        "invalid_grant"
    }
    assert refresh(racing, won[0].json["refresh_token"]).status_code == 400


def test_race_of_different_logins_has_no_loser(racing: Shop) -> None:
    """Threads with tokens of their own do not hinder each other."""
    tokens = [racing.log_in()["refresh_token"] for _ in range(4)]

    def use(token: str) -> Any:
        for _ in range(3):
            answer = refresh(racing, token)
            assert answer.status_code == 200, answer
            token = answer.json["refresh_token"]
        return token

    run: Callable[[str], Any] = use
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(run, tokens))) == 4
