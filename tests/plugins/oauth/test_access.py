"""Access tokens: what they say, whom they convince, and when they end."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from glue_core import InvalidToken, Provider, Subject, TokenDraft
from glue_core.testing import Client, Deployment
from glue_core.testing.processes import fresh_processes
from glue_customers import CustomerWriter
from glue_oauth import ClientRegistry, OauthServer, SigningKeys, TokenIssuer
from glue_oauth.models import KeyRow
from glue_oauth.plugin import ServerParts
from glue_users import UserReader, UserWriter
from tests.plugins.oauth.conftest import (
    CUSTOMER,
    PASSWORD,
    PLUGINS,
    USER,
    MakeShop,
    Shop,
    bearer,
    form,
)


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return header and claims of a token, unverified."""
    header, claims, _ = token.split(".")
    first, second = (
        json.loads(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4)))
        for each in (header, claims)
    )
    return first, second


def ring_of(shop: Shop) -> Any:
    """Return the keys of a shop."""
    return shop.deployment.features.get(ServerParts).parts.keys.ring()


def signed(
    shop: Shop,
    changes: Mapping[str, Any],
    header: Mapping[str, Any] | None = None,
    key: Any = None,
) -> str:
    """Sign a token with the true key, with claims or header members changed; None removes one."""
    ring = ring_of(shop)
    now = time.time()
    claims: dict[str, Any] = {
        "iss": "http://localhost/storefront_api",
        "aud": ["storefront_api", "glue"],
        "sub": '{"customer_reference": "customer--1", "id_customer": 1}',
        "kind": "customer",
        "client_id": "glue",
        "jti": "an id",
        "iat": now,
        "nbf": int(now),
        "exp": int(now) + 60,
        "scopes": ["customer"],
        "scope": "customer",
    }
    claims = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    head = {"alg": ring.algorithm, "kid": ring.kid, "typ": "at+jwt", **(header or {})}
    head = {k: v for k, v in head.items() if v is not None}
    key = key or ring.signer.keys[0]
    return jwt.encode(head, claims, key, algorithms=[ring.algorithm], default_type=None)


def status(shop: Shop, token: str, client: Client | None = None) -> int:
    """Show a token and return the status."""
    return (client or shop.storefront).get("/who", headers=bearer(token)).status_code


def test_claims(rsa_shop: Shop) -> None:
    """A token has the claims of the reference and of RFC 9068, a type, and the id of its key."""
    before = time.time()
    header, claims = parts_of(rsa_shop.log_in()["access_token"])

    assert header == {"typ": "at+jwt", "alg": "RS256", "kid": ring_of(rsa_shop).kid}
    assert claims["iss"] == "http://localhost/storefront_api"
    assert claims["aud"] == ["storefront_api", "glue"]
    assert claims["client_id"] == "glue"
    assert claims["scopes"] == ["customer"]
    assert claims["scope"] == "customer"
    assert before <= claims["iat"] <= time.time()
    assert claims["nbf"] == int(claims["iat"])
    assert claims["exp"] == int(claims["iat"]) + 28_800
    assert len(claims["jti"]) == 36


def test_subject_is_small_json(shop: Shop) -> None:
    """The subject is JSON in a text, with identifiers alone: no permissions, no names."""
    customer = parts_of(shop.log_in()["access_token"])[1]["sub"]
    user = parts_of(shop.log_in(shop.backend, USER)["access_token"])[1]["sub"]

    assert json.loads(customer) == {"customer_reference": "customer--1", "id_customer": 1}
    assert sorted(json.loads(user)) == ["id_user", "uuid"]


@pytest.mark.parametrize(
    ("shift", "life", "expected"), [(-60, 600, 200), (60, 600, 401), (-60, 8 * 86_400, 401)]
)
def test_retired_key_verifies_what_it_signed(
    shop: Shop, shift: int, life: int, expected: int
) -> None:
    """A key that retired verifies tokens of before, of a life that ours may have, and no others."""
    shop.log_in()
    parts = shop.deployment.features.get(ServerParts).parts
    old = ring_of(shop)
    with parts.database().work() as work:
        parts.keys.rotate(work, at_once=True)
        work.session.get_one(KeyRow, old.kid).retired_at = datetime.now(UTC) - timedelta(minutes=2)
    parts.keys.forget()
    at = time.time() - 120 + shift
    machine = {"kind": "client", "sub": '{"client_id": "glue"}'}
    claims = {"iat": at, "nbf": int(at), "exp": int(at) + life, **machine}
    token = signed(shop, claims, {"kid": old.kid}, old.signer.keys[0])

    assert status(shop, token) == expected


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "Ed25519"])
def test_algorithms(make_shop: MakeShop, algorithm: str) -> None:
    """A setting chooses the algorithm of new keys."""
    shop = make_shop({"algorithm": algorithm})
    token = shop.log_in()["access_token"]

    assert parts_of(token)[0]["alg"] == algorithm
    assert status(shop, token) == 200


def test_issuer_is_configured(make_shop: MakeShop) -> None:
    """The issuer is the application's address, or that of the server; never the request's host."""
    shop = make_shop(
        {"issuer": "https://login.example/"},
        applications={"storefront_api": {"base_url": "https://shop.example"}},
    )
    login = {"grant_type": "password", "username": CUSTOMER, "password": PASSWORD}

    answer = form(shop.storefront, "/token", login, headers={"host": "evil.example"})
    user = shop.log_in(shop.backend, USER)

    assert parts_of(answer.json["access_token"])[1]["iss"] == "https://shop.example"
    assert parts_of(user["access_token"])[1]["iss"] == "https://login.example"
    assert status(shop, answer.json["access_token"]) == 200


def test_token_of_another_application(shop: Shop) -> None:
    """A token of one application is invalid at the other, both ways: 401 with the code 001."""
    customer = shop.log_in()["access_token"]
    user = shop.log_in(shop.backend, USER)["access_token"]

    for client, token in ((shop.backend, customer), (shop.storefront, user)):
        answer = client.get("/who", headers=bearer(token))
        assert (answer.status_code, answer.json[0]["code"]) == (401, "001")
        assert "invalid_token" in answer.headers["www-authenticate"]


def test_client_is_no_audience(shop: Shop) -> None:
    """A client whose id is the name of an application opens nothing there."""
    client, secret = shop.register(id="backend_api", grants=("password",))
    login = {"grant_type": "password", "username": CUSTOMER, "password": PASSWORD}
    token = form(shop.storefront, "/token", login, (client, secret)).json["access_token"]

    assert parts_of(token)[1]["aud"] == ["storefront_api", "backend_api"]
    assert status(shop, token) == 200
    assert status(shop, token, shop.backend) == 401


def test_applications_may_share_an_audience(make_shop: MakeShop) -> None:
    """Where the settings say so, two applications take each other's tokens."""
    shop = make_shop(
        {"audiences": {"backend_api": "storefront_api"}},
        applications={"storefront_api": {"base_url": "https://shop.example"}},
    )

    assert status(shop, shop.log_in()["access_token"], shop.backend) == 200
    assert status(shop, shop.log_in(shop.backend, USER)["access_token"]) == 200


WRONG_TOKENS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"typ": "JWT"}),
    ({}, {"typ": None}),
    ({}, {"kid": None}),
    ({}, {"kid": "unknown"}),
    ({}, {"jku": "https://evil.example/keys"}),
    ({"aud": "storefront_api"}, {}),
    ({"aud": ["other"]}, {}),
    ({"aud": []}, {}),
    ({"aud": None}, {}),
    ({"iss": "https://evil.example"}, {}),
    ({"iss": None}, {}),
    ({"exp": 1}, {}),
    ({"exp": None}, {}),
    ({"exp": "never"}, {}),
    ({"nbf": 9_999_999_999}, {}),
    ({"iat": 9_999_999_999}, {}),
    ({"sub": "customer--1"}, {}),
    ({"sub": "{}"}, {}),
    ({"sub": None}, {}),
    ({"jti": None}, {}),
    ({"kind": None}, {}),
    ({"kind": ""}, {}),
    ({"scopes": None}, {}),
    ({"client_id": None}, {}),
    ({"sub": '["customer--1"]'}, {}),
    ({"sub": ["customer--1"]}, {}),
    ({"sub": '{"customer_reference": ["customer--1"], "id_customer": 1}'}, {}),
    ({"jti": ["an id"]}, {}),
    ({"jti": {"an": "id"}}, {}),
    ({"client_id": ["glue"]}, {}),
    ({"family": ["one"]}, {}),
    ({"kind": ["customer"]}, {}),
    ({"iss": ["http://localhost/storefront_api"]}, {}),
    ({"aud": {"0": "storefront_api"}}, {}),
    ({"scopes": "customer"}, {}),
    ({"scopes": [["customer"]]}, {}),
    ({"exp": float("nan")}, {}),
    ({"exp": float("inf")}, {}),
    ({"exp": "9999999999"}, {}),
    ({"iat": float("nan")}, {}),
    ({"iat": float("-inf")}, {}),
    ({"nbf": float("nan")}, {}),
    ({"iat": True}, {}),
    ({"act": "user"}, {}),
    ({"act": {"sub": '{"uuid": "x"}'}}, {}),
]


def test_claims_and_header_are_held_against_rules(shop: Shop, subtests: pytest.Subtests) -> None:
    """A token of the true key is refused where a claim or a header member is not as it must be."""
    assert status(shop, signed(shop, {})) == 200

    for changes, header in WRONG_TOKENS:
        with subtests.test(changes=changes, header=header):
            assert status(shop, signed(shop, changes, header)) == 401


def test_foreign_signatures(rsa_shop: Shop) -> None:
    """Another key under the true id, no algorithm, and the public key as a secret are refused."""
    shop = rsa_shop
    token = shop.log_in()["access_token"]
    header, claims = parts_of(token)
    kid = header["kid"]
    own = RSAKey.generate_key(2048, parameters={"kid": kid})
    foreign = jwt.encode({**header}, claims, KeySet([own]), algorithms=["RS256"])
    public = json.dumps(shop.storefront.get("/.well-known/jwks.json").json)
    secret = OctKey.import_key(public.encode(), parameters={"kid": kid})
    symmetric = jwt.encode(
        {**header, "alg": "HS256"}, claims, KeySet([secret]), algorithms=["HS256"]
    )
    head = base64.urlsafe_b64encode(json.dumps({**header, "alg": "none"}).encode()).rstrip(b"=")
    body = token.split(".")[1]

    forged = [
        foreign,
        symmetric,
        f"{head.decode()}.{body}.",
        f"{head.decode()}.{body}.{token.split('.')[2]}",
        token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB"),
    ]

    assert [status(shop, each) for each in forged] == [401] * len(forged)


def test_garbage(shop: Shop, subtests: pytest.Subtests) -> None:
    """What is no token is refused like any other: 401 with the code 001."""
    deep = "[" * 4000 + ".a.b"
    for token in ("x", "a.b", "a.b.c", "..", "e30.e30.", "." * 20, deep, "W10.W10.W10"):
        with subtests.test(token=token):
            answer = shop.storefront.get("/who", headers=bearer(token))

            assert (answer.status_code, answer.json[0]["code"]) == (401, "001")


def test_header_without_two_parts(shop: Shop, subtests: pytest.Subtests) -> None:
    """A header that lacks scheme or token is answered 401 with the code 002."""
    for header in ("Bearer", "Bearer ", "token", ""):
        with subtests.test(header=header):
            answer = shop.storefront.get("/who", headers={"authorization": header})

            assert (answer.status_code, answer.json[0]["code"]) == (401, "002")


def test_unknown_keys_do_not_ask_the_database_each_time(shop: Shop) -> None:
    """Tokens that name keys nobody knows make a worker read the keys once a second at most."""
    keys = shop.deployment.features.get(ServerParts).parts.keys
    reads: list[int] = []
    read = keys._read

    def counted() -> Any:
        reads.append(1)
        return read()

    token = signed(shop, {}, {"kid": "unknown"})
    keys._read = counted  # type: ignore[method-assign]
    for _ in range(20):
        assert status(shop, token) == 401

    assert len(reads) <= 2


def test_expires_while_it_is_remembered(make_shop: MakeShop) -> None:
    """A token that was verified before ends at its time all the same."""
    shop = make_shop({"access_token": "PT1M"})
    tokens = shop.log_in()
    claims = parts_of(tokens["access_token"])[1]
    verifier = shop.deployment.features.get(ServerParts).parts.verifier
    verifier.identify(tokens["access_token"], "storefront_api")

    verifier._clock = lambda: float(claims["exp"])
    with pytest.raises(InvalidToken, match="expired"):
        verifier.identify(tokens["access_token"], "storefront_api")


def test_clocks_may_differ_a_little(shop: Shop) -> None:
    """A token of a machine whose clock is ahead by seconds is good."""
    ahead = time.time() + 10

    assert status(shop, signed(shop, {"iat": ahead, "nbf": int(ahead)})) == 200


def test_remembered_tokens_are_bounded(make_shop: MakeShop) -> None:
    """A worker remembers so many tokens and no more; the others are good all the same."""
    shop = make_shop({"kept_tokens": 2})
    tokens = [shop.log_in()["access_token"] for _ in range(4)]

    assert [status(shop, each) for each in tokens * 2] == [200] * 8
    assert len(shop.deployment.features.get(ServerParts).parts.verifier._kept) == 2


def test_remembered_token_verifies_no_signature(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token is verified once; then it is looked up."""
    token = shop.log_in()["access_token"]
    assert status(shop, token) == 200

    def fail(*_: Any, **__: Any) -> Any:
        raise AssertionError("verified again")

    monkeypatch.setattr("glue_oauth.access.jwt.decode", fail)

    assert status(shop, token) == 200


def test_each_token_speaks_for_itself(shop: Shop) -> None:
    """However often tokens are shown in turn, each is taken for itself."""
    tokens = [shop.log_in()["access_token"] for _ in range(2)]
    verifier = shop.deployment.features.get(ServerParts).parts.verifier

    for token in tokens * 3:
        identity = verifier.identify(token, "storefront_api")
        assert identity.token_id == parts_of(token)[1]["jti"]


def test_forged_token_is_not_taken_for_the_last_one(shop: Shop) -> None:
    """A token with the header of a good one and another signature proves nothing after it."""
    good = signed(shop, {})
    forged = f"{good.rpartition('.')[0]}.{signed(shop, {'jti': 'other'}).rpartition('.')[2]}"

    for _ in range(2):
        assert status(shop, good) == 200
        assert status(shop, forged) == 401


def revoke(shop: Shop, token: str) -> None:
    """Revoke a token by RFC 7009."""
    assert form(shop.storefront, "/token/revoke", {"token": token}).status_code == 200


def test_own_worker_knows_at_once(make_shop: MakeShop) -> None:
    """A worker that revokes a token refuses it from then on, whatever it remembers."""
    shop = make_shop({"revocation_seconds": 3600})
    token = shop.log_in()["access_token"]
    assert status(shop, token) == 200

    revoke(shop, token)

    assert status(shop, token) == 401


def test_a_revoked_token_stays_refused(make_shop: MakeShop) -> None:
    """Whoever asks again about the same token hears the same, though it was the last one asked."""
    shop = make_shop({"revocation_seconds": 3600})
    token = shop.log_in()["access_token"]
    verifier = shop.deployment.features.get(ServerParts).parts.verifier
    verifier.identify(token, "storefront_api")
    assert verifier.find(token) is not None

    revoke(shop, token)

    for _ in range(2):
        with pytest.raises(InvalidToken, match="revoked"):
            verifier.identify(token, "storefront_api")
    assert verifier.find(token) is None


@pytest.mark.parametrize(("seconds", "at_once"), [(0, True), (3600, False)])
def test_other_workers_know_by_the_setting(
    make_shop: MakeShop, seconds: float, at_once: bool
) -> None:
    """Another worker knows of a revocation after ``revocation_seconds``; with 0, at once."""
    shop = make_shop({"revocation_seconds": seconds})
    other = make_shop({"revocation_seconds": seconds}, is_empty=False)
    token = shop.log_in()["access_token"]
    assert status(other, token) == 200

    revoke(shop, token)

    assert status(other, token) == (401 if at_once else 200)


def _answer(settings: dict[str, Any], token: str, pipe: Any) -> None:
    """Be another worker: answer with the status of a token whenever asked."""
    with Deployment(settings, PLUGINS) as deployment:
        client = Client(deployment.applications["storefront_api"])
        while pipe.recv():
            pipe.send(client.get("/who", headers=bearer(token)).status_code)


def test_another_process_knows_within_the_time(
    make_shop: MakeShop, glue_settings: dict[str, Any]
) -> None:
    """A process that has verified a token refuses it soon after another one revoked it."""
    shop = make_shop({"revocation_seconds": 0.2})
    token = shop.log_in()["access_token"]
    settings = {**glue_settings, "plugins": {"oauth": {"revocation_seconds": 0.2}}}
    context = fresh_processes()
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(settings, token, there))
    process.start()

    def ask() -> int:
        here.send(True)
        assert here.poll(60)
        answer: int = here.recv()
        return answer

    try:
        assert ask() == 200
        revoke(shop, token)
        end = time.monotonic() + 20
        while ask() == 200:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert ask() == 401
    finally:
        here.send(False)
        process.join(20)
    assert process.exitcode == 0


def change(shop: Shop, do: Callable[..., Any]) -> None:
    """Do something with the features in a unit of work."""
    with shop.deployment.services.database.work() as work:
        do(shop.deployment.features, work)


def new_password(features: Any, work: Any) -> None:
    """Give the customer another password."""
    features.get(CustomerWriter).set_password("customer--1", PASSWORD, "another one", work)


def anonymise(features: Any, work: Any) -> None:
    """Forget the customer."""
    features.get(CustomerWriter).anonymise("customer--1", work)


def disable_client(features: Any, work: Any) -> None:
    """Disable the default client."""
    features.get(ClientRegistry).disable("glue", work)


@pytest.mark.parametrize("do", [new_password, anonymise, disable_client])
def test_what_ends_a_customers_tokens(make_shop: MakeShop, do: Callable[..., Any]) -> None:
    """A new password, being anonymised, and a disabled client end tokens issued before."""
    shop = make_shop({"revocation_seconds": 0})
    token = shop.log_in()["access_token"]
    assert status(shop, token) == 200

    change(shop, do)

    assert status(shop, token) == 401


def test_token_after_a_new_password_is_good(make_shop: MakeShop) -> None:
    """A login right after the change counts: fractions of a second tell which came first."""
    shop = make_shop({"revocation_seconds": 0})
    change(shop, new_password)

    answer = shop.token(grant_type="password", username=CUSTOMER, password="another one")

    assert status(shop, answer.json["access_token"]) == 200


@pytest.mark.parametrize("what", ["disable", "set_password"])
def test_what_ends_a_users_tokens(make_shop: MakeShop, what: str) -> None:
    """Being disabled, and a new password, end tokens of a user."""
    shop = make_shop({"revocation_seconds": 0})
    token = shop.log_in(shop.backend, USER)["access_token"]
    assert status(shop, token, shop.backend) == 200

    def do(features: Any, work: Any) -> None:
        user = features.get(UserReader).by_username(USER, work)
        more = ("another one",) if what == "set_password" else ()
        getattr(features.get(UserWriter), what)(user.uuid, *more, work)

    change(shop, do)

    assert status(shop, token, shop.backend) == 401


def test_plugin_issues_a_token(shop: Shop) -> None:
    """A plugin issues tokens of kinds of its own through the facade, with a life of its own."""
    issuer = shop.deployment.features.get(TokenIssuer)
    draft = TokenDraft(
        Subject("warehouse", {"id_warehouse": 7}),
        ("warehouse",),
        timedelta(days=7),
        is_refreshable=False,
    )
    with shop.deployment.services.database.work() as work:
        issued = issuer.issue(draft, "backend_api", work)

    told = shop.backend.get("/who", headers=bearer(issued.access_token)).json
    assert issued.expires_in == 604_800
    assert issued.refresh_token is None
    assert (told["kind"], told["surrogate"], told["scopes"]) == ("warehouse", 7, ["warehouse"])
    assert status(shop, issued.access_token) == 401


def test_first_key_is_made_in_the_unit_of_work_of_whoever_issues(shop: Shop) -> None:
    """A first token may be issued by somebody who holds the write lock already."""
    draft = TokenDraft(Subject("warehouse", {"id_warehouse": 7}), ("warehouse",))
    with shop.deployment.services.database.work() as work:
        assert shop.deployment.features.get(SigningKeys).every(work) == []
        shop.deployment.features.get(ClientRegistry).disable("glue", work)
        issued = shop.deployment.features.get(TokenIssuer).issue(
            draft, "backend_api", work, "somebody"
        )

    assert status(shop, issued.access_token, shop.backend) == 200


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (TokenDraft(Subject("x", {"id": 1})), "scopes"),
        (TokenDraft(Subject("x", {"id": 1}), ("a",), timedelta(days=30)), "key_retention"),
        (
            TokenDraft(Subject("x", {"id": 1}), ("a",), on_behalf_of=Subject("y", {"id": 2})),
            "on behalf of",
        ),
    ],
)
def test_drafts_that_cannot_be(shop: Shop, draft: TokenDraft, text: str) -> None:
    """A token without scopes, or that outlives its key, is a mistake of the plugin."""
    issuer = shop.deployment.features.get(TokenIssuer)
    with (
        pytest.raises(ValueError, match=text),
        shop.deployment.services.database.work() as work,
    ):
        issuer.issue(draft, "backend_api", work)


def test_token_that_outlives_its_key_stops_the_start(make_shop: MakeShop) -> None:
    """Settings by which tokens live longer than keys verify are refused."""
    from glue_core import ConfigurationError

    with pytest.raises(ConfigurationError, match="key_retention"):
        make_shop({"access_token": "P30D"})


def test_server_can_be_replaced(make_shop: MakeShop) -> None:
    """Two providers of the server stop the start: a project says which it wants."""
    from glue_core import ConfigurationError
    from glue_core.testing import in_memory

    mine = in_memory(
        "glue.features",
        "mine",
        glue_features=lambda: [Provider(OauthServer, lambda _: object())],
    )

    with pytest.raises(ConfigurationError, match="OauthServer"):
        make_shop(plugins=[mine])
