"""What the claims of a verified token make of its sender."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import Identity, InvalidToken
from glue_oidc.mapping import claim, identity_of
from glue_oidc.settings import rules_for

Map = Callable[..., Identity]


@pytest.fixture
def identity(section_of: Callable[..., Any]) -> Callable[..., Identity]:
    """Map claims, by settings, for the application ``backend_api``."""

    def make(claims: dict[str, Any], **given: Any) -> Identity:
        section = section_of(**given)
        return identity_of({"sub": "s", **claims}, section, rules_for(section, "backend_api"))

    return make


@pytest.mark.parametrize(
    ("claims", "settings", "scopes"),
    [
        ({}, {}, ()),
        ({"scope": "a b"}, {}, ()),
        ({"scope": "a b"}, {"keep_scopes": True}, ("a", "b")),
        ({"scope": "a b"}, {"scopes": {"a": ["user", "x"]}}, ("user", "x")),
        ({"scope": "a b"}, {"scopes": {"a": ["user"]}, "keep_scopes": True}, ("user", "b")),
        ({"scope": "a a"}, {"scopes": {"a": ["user", "user"]}}, ("user",)),
        ({"scopes": ["a b"]}, {"scopes": {"a b": ["user"]}}, ("user",)),
        ({"scp": ["a"], "scope": "b"}, {"keep_scopes": True}, ("b", "a")),
        ({"scope": "a"}, {"keep_scopes": True, "fixed_scopes": ["user"]}, ("user", "a")),
        ({"roles": ["a"], "scope": "b"}, {"scope_claims": ["roles"], "keep_scopes": True}, ("a",)),
        (
            {"realm_access": {"roles": ["a"]}},
            {"scope_claims": ["realm_access.roles"], "scopes": {"a": ["user"]}},
            ("user",),
        ),
    ],
)
def test_scopes_of_the_provider_become_those_of_glue(
    identity: Map, claims: dict[str, Any], settings: dict[str, Any], scopes: tuple[str, ...]
) -> None:
    """The table decides; what it does not name counts only where the settings say so."""
    assert identity(claims, **settings).scopes == scopes


def test_a_scope_is_no_kind_of_caller(identity: Map) -> None:
    """A provider that lets people choose scopes lets nobody choose who they are."""
    found = identity({"scope": "@user @warehouse read"}, keep_scopes=True, kind="customer")

    assert found.grants == {"@customer", "read"}


def test_the_subject_may_be_another_claim(identity: Map) -> None:
    """The caller is known by what the settings name, inside of another claim too."""
    assert identity({"upn": "ann"}, subject="upn").natural_identifier == "ann"
    assert identity({"a": {"b": "ann"}}, subject="a.b").natural_identifier == "ann"


@pytest.mark.parametrize("verified", [None, False, "true", 1])
def test_an_address_that_the_provider_did_not_verify_names_nobody(
    identity: Map, verified: Any
) -> None:
    """Whoever may write any address at the provider would be anybody here."""
    claims = {"email": "ann@example.com", "email_verified": verified}

    with pytest.raises(InvalidToken, match="did not verify"):
        identity(claims, subject="email")
    assert identity(claims, subject="email", unverified_emails=True).surrogate_identifier == (
        "ann@example.com"
    )


def test_an_address_that_was_verified_names_its_owner(identity: Map) -> None:
    """The provider's word is enough."""
    claims = {"email": "ann@example.com", "email_verified": True}

    assert identity(claims, subject="email").natural_identifier == "ann@example.com"


@pytest.mark.parametrize(
    ("value", "kind"),
    [("staff", "user"), ("shopper", "customer"), (["x", "staff"], "user"), (["staff"] * 2, "user")],
)
def test_a_claim_may_say_what_the_caller_is(identity: Map, value: Any, kind: str) -> None:
    """Its values are translated by the table."""
    kinds = {"staff": "user", "shopper": "customer"}

    assert identity({"type": value}, kind_claim="type", kinds=kinds).kind == kind


@pytest.mark.parametrize("value", [None, "user", "", [], ["staff", "shopper"], 7, {"staff": 1}])
def test_a_caller_of_no_kind_or_of_two_is_refused(identity: Map, value: Any) -> None:
    """Nobody becomes a user because the settings do not know what else they are."""
    with pytest.raises(InvalidToken):
        identity({"type": value}, kind_claim="type", kinds={"staff": "user", "shopper": "customer"})


def test_an_application_may_differ(identity: Map) -> None:
    """What its own table has wins over the general one; the rest stays."""
    found = identity(
        {"upn": "ann", "scope": "a"},
        kind="customer",
        keep_scopes=True,
        applications={"backend_api": {"kind": "user", "subject": "upn", "fixed_scopes": ["b"]}},
    )

    assert (found.kind, found.natural_identifier, found.scopes) == ("user", "ann", ("b", "a"))


def test_claims_are_there_and_cannot_be_changed(identity: Map) -> None:
    """Policies may look at further facts; nobody adds to them."""
    found = identity({"department": "sales"})

    assert found.claims["department"] == "sales"
    with pytest.raises(TypeError):
        found.claims["department"] = "board"  # type: ignore[index]


def test_a_claim_whose_name_has_dots_wins_over_a_path() -> None:
    """Claims that are named by an address are found by it."""
    claims = {"https://example.com/roles": ["a"], "b": {"c": 1}, "b.c": 2, "d": "text"}

    assert claim(claims, "https://example.com/roles") == ["a"]
    assert claim(claims, "b.c") == 2
    assert claim(claims, "d.e") is None
