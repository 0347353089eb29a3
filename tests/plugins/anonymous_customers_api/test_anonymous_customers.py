"""Customers who have not logged in: who they are, and where they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from glue_anonymous_customers_api import ANONYMOUS_CUSTOMER
from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    AuthenticationServer,
    GlueRequest,
    GlueResponse,
    Identity,
    InvalidToken,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
)
from glue_core.testing import Client, in_memory, installed

HEADER = "X-Anonymous-Customer-Unique-Id"
STOREFRONT = RequestFlowAwareApiApplication("storefront_api", services=())


class Server:
    """Takes the token ``customer`` for a customer, and no other."""

    name = "test"

    def recognises(self, token: str) -> bool:
        return True

    def identify(self, token: str, application: str) -> Identity:
        if token != "customer":
            raise InvalidToken("unknown")
        return Identity("customer", "DE--1", 1, ("customer",))

    def takes(self, request: AuthenticationRequest) -> bool:
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        raise NotImplementedError


def who(request: GlueRequest) -> GlueResponse:
    """Say who asks."""
    customer = request.request_customer
    names = (customer.natural_identifier, customer.surrogate_identifier) if customer else ("", "")
    return GlueResponse(content=f"{names[0]}|{names[1]}|{sorted(request.grants)}".encode())


def operations() -> Sequence[Operation]:
    """Return a place for each kind of protection."""
    protections: Mapping[str, Protection | None] = {
        "open": None,
        "carts": ANONYMOUS_CUSTOMER,
        "orders": Protection(kinds=("customer",)),
        "checkouts": Protection(
            ("anonymous-customer",), status=400, code="1105", message="One is required."
        ),
    }
    return [
        Operation("getCollection", who, place, protection=protection)
        for place, protection in protections.items()
    ]


def servers() -> Sequence[AuthenticationServer]:
    """Return the one server."""
    return [Server()]


@pytest.fixture
def client(glue_client: Callable[..., Client]) -> Client:
    """Return a client of a storefront with tokens and anonymous customers."""
    return glue_client(
        [
            *installed("anonymous_customers_api"),
            in_memory("glue.applications", "storefront_api", STOREFRONT),
            in_memory(
                "glue.plugins.storefront_api",
                "test",
                glue_resources=operations,
                glue_authentication_servers=servers,
            ),
        ]
    )


@pytest.mark.parametrize("place", ["open", "carts", "checkouts"])
def test_header_names_a_customer(client: Client, place: str) -> None:
    """Whom the header names has the reference ``anonymous:`` and the text, and its own grant."""
    answer = client.get(f"/{place}", headers={HEADER: " abc-1 "})

    assert answer.text == "anonymous:abc-1|anonymous:abc-1|['@anonymous']"


def test_customer_is_let_in(client: Client) -> None:
    """A customer who is logged in may what an anonymous one may."""
    answer = client.get("/carts", headers={"Authorization": "Bearer customer"})

    assert answer.text == "DE--1|1|['@customer', 'customer']"


def error_of(client: Client, place: str, headers: Mapping[str, str]) -> tuple[int, str, str]:
    """Return status, code and text of an error."""
    answer = client.get(f"/{place}", headers=headers)
    (error,) = answer.json
    return answer.status_code, error["code"], error["message"]


def test_neither_is_refused(client: Client) -> None:
    """Who is neither a customer nor an anonymous one gets 400 with the code 109."""
    assert error_of(client, "carts", {}) == (400, "109", "Anonymous customer unique id is empty.")


def test_protection_chooses_the_words(client: Client) -> None:
    """A protection that names status, code and text has its own refusal."""
    assert error_of(client, "checkouts", {}) == (400, "1105", "One is required.")


@pytest.mark.parametrize("place", ["open", "carts"])
@pytest.mark.parametrize("value", ["", "   "])
def test_empty_header(client: Client, place: str, value: str) -> None:
    """A header without a text is 400 with the code 109, whatever is asked for."""
    expected = (400, "109", "Anonymous customer unique id is empty.")

    assert error_of(client, place, {HEADER: value}) == expected


def test_long_header(client: Client) -> None:
    """A text that is longer than any id is 400 with the code 021; the longest one is read."""
    assert error_of(client, "carts", {HEADER: "x" * 256})[:2] == (400, "021")
    assert client.get("/carts", headers={HEADER: "x" * 255}).status_code == 200


@pytest.mark.parametrize("token", ["Bearer customer", "Bearer wrong", "nonsense"])
@pytest.mark.parametrize("place", ["open", "carts", "orders", "nowhere"])
def test_both_headers_are_refused(client: Client, token: str, place: str) -> None:
    """Nobody is logged in and not logged in at once: 400 with the code 005, before all else."""
    assert error_of(client, place, {HEADER: "abc", "Authorization": token}) == (
        400,
        "005",
        "Headers request error. A user can't act as logged and not logged user at the same time.",
    )


def test_anonymous_customer_is_not_known(client: Client) -> None:
    """What asks for a customer who is logged in refuses an anonymous one with 401."""
    answer = client.get("/orders", headers={HEADER: "abc"})

    assert answer.status_code == 401


def test_no_header_makes_a_customer(client: Client) -> None:
    """An anonymous customer cannot take the reference of a customer, nor a grant."""
    answer = client.get("/open", headers={HEADER: "DE--1,@customer"})

    assert answer.text == "anonymous:DE--1,@customer|anonymous:DE--1,@customer|['@anonymous']"


def test_answers_depend_on_the_header(client: Client) -> None:
    """Caches are told that answers differ by the header."""
    assert HEADER in client.get("/open").headers["vary"]
