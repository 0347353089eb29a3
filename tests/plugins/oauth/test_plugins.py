"""What plugins add: grants, user providers, scopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from glue_core import (
    AuthenticationRequest,
    ConfigurationError,
    Features,
    Grant,
    GrantRefused,
    GrantRequest,
    Identity,
    ScopeProvider,
    ScopeRequest,
    Standing,
    Subject,
    TokenDraft,
    UserProvider,
    Work,
)
from glue_core.testing import in_memory
from glue_oauth import OauthServer, TokenIssuer
from tests.plugins.oauth.conftest import MakeShop, Shop, bearer, form

WAREHOUSES = {"7": "north"}


def warehouse(request: GrantRequest) -> TokenDraft:
    """Give a warehouse a token for its number."""
    number = request.required("id_warehouse")
    if number not in WAREHOUSES:
        raise GrantRefused("invalid_grant", "There is no such warehouse.")
    return TokenDraft(
        Subject("warehouse", {"id_warehouse": int(number)}),
        ("warehouse",),
        timedelta(days=7),
        is_refreshable=False,
        parameters={"warehouse_name": WAREHOUSES[number]},
    )


def plugin(**hooks: Callable[..., Any]) -> Any:
    """Return a feature plugin with these hooks."""
    make: Any = in_memory
    return make("glue.features", "warehouses", **hooks)


@pytest.fixture
def with_warehouses(make_shop: MakeShop) -> Shop:
    """A shop whose backend has a grant of its own, of a plugin that issues tokens as well."""

    def grants(features: Features) -> Sequence[Grant]:
        assert features.get(TokenIssuer) is not None
        return [Grant("warehouse", warehouse, applications=("backend_api",))]

    return make_shop(plugins=[plugin(glue_grants=grants)])


def test_grant_of_a_plugin(with_warehouses: Shop) -> None:
    """A grant of a plugin says whom the token speaks for, its scopes, its life and what else."""
    answer = with_warehouses.token(
        with_warehouses.backend, grant_type="warehouse", id_warehouse="7"
    )

    assert answer.json["expires_in"] == 604_800
    assert answer.json["warehouse_name"] == "north"
    assert "refresh_token" not in answer.json
    header = bearer(answer.json["access_token"])
    told = with_warehouses.backend.get("/who", headers=header).json
    assert (told["kind"], told["surrogate"], told["scopes"]) == ("warehouse", 7, ["warehouse"])


def test_grant_refuses(with_warehouses: Shop) -> None:
    """What a grant refuses is told in its words."""
    answer = with_warehouses.token(
        with_warehouses.backend, grant_type="warehouse", id_warehouse="8"
    )

    assert answer.json == [
        {"status": 400, "code": "invalid_grant", "message": "There is no such warehouse."}
    ]


def test_grant_of_another_application(with_warehouses: Shop) -> None:
    """An application that a grant is not for does not know it, nor tell of it."""
    answer = with_warehouses.token(grant_type="warehouse", id_warehouse="7")
    metadata = [
        each.get("/.well-known/oauth-authorization-server").json["grant_types_supported"]
        for each in (with_warehouses.storefront, with_warehouses.backend)
    ]

    assert answer.json[0]["code"] == "unsupported_grant_type"
    assert ["warehouse" in each for each in metadata] == [False, True]


def test_grant_that_fails_is_undone(make_shop: MakeShop) -> None:
    """What a grant wrote before it refused is not there."""
    from glue_oauth import ClientDraft, ClientRegistry

    def grants(features: Features) -> Sequence[Grant]:
        def answer(request: GrantRequest) -> TokenDraft:
            draft = ClientDraft("x", id="left-over")
            features.get(ClientRegistry).create(draft, request.work)
            raise GrantRefused("invalid_grant", "No.")

        return [Grant("writing", answer)]

    shop = make_shop(plugins=[plugin(glue_grants=grants)])

    assert shop.token(grant_type="writing").status_code == 400
    with shop.deployment.services.database.work(writes=False) as work:
        assert shop.deployment.features.get(ClientRegistry).find("left-over", work) is None


def test_two_grants_of_one_name(make_shop: MakeShop) -> None:
    """Two grants of one name, where an application would offer both, stop the start."""
    with pytest.raises(ConfigurationError, match=r"Two grants have the name 'password'\.\n.*oauth"):
        make_shop(plugins=[plugin(glue_grants=lambda: [Grant("password", warehouse)])])


def test_grant_may_be_disabled(make_shop: MakeShop) -> None:
    """A project leaves a grant out by its id."""
    shop = make_shop(disable=["glue-oauth:oauth.password"])

    answer = shop.token(grant_type="password", username="a", password="b")

    assert answer.json[0]["code"] == "unsupported_grant_type"


def test_user_provider_of_a_project(make_shop: MakeShop) -> None:
    """A project's own user provider logs people in, and says whether they still may."""
    gone: set[str] = set()

    def authenticate(name: str, password: str, work: Work) -> Subject | None:
        return Subject("partner", {"name": name}) if password == name[::-1] else None

    def find(subject: Subject, work: Work) -> Standing | None:
        return None if subject.natural_identifier in gone else Standing(subject)

    shop = make_shop(
        {"users": {"backend_api": "partners"}, "revocation_seconds": 0},
        plugins=[
            plugin(
                glue_user_providers=lambda: [
                    UserProvider("partners", "partner", find, authenticate)
                ],
                glue_scope_providers=lambda: [
                    ScopeProvider("partners", lambda _: ("partner",), kinds=("partner",))
                ],
            )
        ],
    )
    login = {"grant_type": "password", "username": "anna-b", "password": "b-anna"}
    header = bearer(shop.token(shop.backend, **login).json["access_token"])

    told = shop.backend.get("/who", headers=header).json
    assert (told["kind"], told["natural"], told["scopes"]) == ("partner", "anna-b", ["partner"])
    gone.add("anna-b")
    assert shop.backend.get("/who", headers=header).status_code == 401


def test_two_providers_of_one_kind(make_shop: MakeShop) -> None:
    """Two user providers of one kind stop the start: nobody could say who still may."""
    mine = UserProvider("mine", "customer", lambda subject, work: None)

    with pytest.raises(ConfigurationError, match="of the kind 'customer'"):
        make_shop(plugins=[plugin(glue_user_providers=lambda: [mine])])


def test_scope_provider_adds(make_shop: MakeShop) -> None:
    """A scope provider adds scopes by subject, application and client."""
    asked: list[ScopeRequest] = []

    def scopes(request: ScopeRequest) -> tuple[str, ...]:
        asked.append(request)
        return ("vip",)

    shop = make_shop(plugins=[plugin(glue_scope_providers=lambda: [ScopeProvider("vip", scopes)])])
    header = bearer(shop.log_in()["access_token"])

    assert shop.storefront.get("/who", headers=header).json["scopes"] == ["customer", "vip"]
    (request,) = asked
    assert (request.subject.kind, request.application, request.client) == (
        "customer",
        "storefront_api",
        "glue",
    )


def test_internal_grant(make_shop: MakeShop) -> None:
    """The token endpoint has no internal grant; a place that knows who asks may use it."""

    def answer(request: GrantRequest) -> TokenDraft:
        assert request.identity is not None
        number = {"id_door": request.identity.surrogate_identifier}
        return TokenDraft(Subject("door", number), ("door",), is_refreshable=False)

    grant = Grant("door", answer, is_internal=True)
    shop = make_shop(plugins=[plugin(glue_grants=lambda: [grant])])
    who = Identity("customer", "DE--1", 7)
    server = shop.deployment.features.get(OauthServer)
    asked = AuthenticationRequest("storefront_api", {"grant_type": "door"})
    metadata = shop.storefront.get("/.well-known/oauth-authorization-server").json

    refused = shop.token(grant_type="door")
    assert refused.json[0]["code"] == "unsupported_grant_type"
    assert "door" not in metadata["grant_types_supported"]
    assert not server.takes(asked)
    known = replace(asked, identity=who)
    assert server.takes(known)
    token = server.authenticate(known).attributes["access_token"]
    told = shop.storefront.get("/who", headers=bearer(token)).json
    assert (told["kind"], told["surrogate"]) == ("door", 7)


def test_grant_that_needs_a_client(make_shop: MakeShop) -> None:
    """A grant may ask for a registered client, or for one with a secret."""
    draft = TokenDraft(Subject("warehouse", {"id": 1}), ("warehouse",), is_refreshable=False)
    shop = make_shop(
        plugins=[
            plugin(
                glue_grants=lambda: [
                    Grant("registered", lambda _: draft, needs_client=True),
                    Grant("secret", lambda _: draft, needs_secret=True),
                ]
            )
        ]
    )
    public, _ = shop.register(is_confidential=False, grants=("registered", "secret"))
    machine = shop.register(grants=("registered", "secret"))

    def status(name: str, client: tuple[str, str] | None = None, **more: str) -> int:
        return form(shop.storefront, "/token", {"grant_type": name, **more}, client).status_code

    assert [status("registered"), status("secret")] == [400, 400]
    assert status("registered", client_id=public) == 200
    assert status("secret", client_id=public) == 400
    assert [status("registered", machine), status("secret", machine)] == [200, 200]


def test_subject_needs_an_identifier() -> None:
    """A subject that nobody could tell from another is a mistake."""
    with pytest.raises(ValueError, match="identifier"):
        Subject("warehouse", {})
