"""What plugins of an authorization server are made of."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core import (
    Grant,
    GrantRefused,
    GrantRequest,
    Subject,
    TokenDraft,
    TokenPlugins,
    UserProvider,
    too_many_attempts,
)

NO_WORK: Any = None


def nothing(request: GrantRequest) -> TokenDraft:
    """Refuse."""
    raise GrantRefused("invalid_grant", "No.")


def test_subject_is_known_by_its_first_and_its_last_identifier() -> None:
    """The first identifier is for others, the last is the internal one; one alone is both."""
    two = Subject("customer", {"customer_reference": "DE--1", "id_customer": 1})
    one = Subject("warehouse", {"id_warehouse": 7})

    assert (two.natural_identifier, two.surrogate_identifier) == ("DE--1", 1)
    assert (one.natural_identifier, one.surrogate_identifier) == ("7", 7)


@pytest.mark.parametrize("parameters", [{}, {"door": ""}])
def test_parameter_that_is_required(parameters: dict[str, str]) -> None:
    """A parameter that is missing or blank is an invalid request that names it."""
    request = GrantRequest("backend_api", parameters, "glue", False, (), NO_WORK)

    with pytest.raises(GrantRefused, match="invalid_request: Missing 'door'"):
        request.required("door")


def test_grant_is_found_by_name_and_application() -> None:
    """Two grants of one name serve two applications; one for none serves all."""
    front = Grant("door", nothing, applications=("storefront_api",))
    back = Grant("door", nothing, applications=("backend_api",))
    everywhere = Grant("key", nothing)
    plugins = TokenPlugins((front, back, everywhere))

    assert plugins.grant("door", "storefront_api") is front
    assert plugins.grant("door", "backend_api") is back
    assert plugins.grant("door", "legacy_api") is None
    assert plugins.grant("key", "legacy_api") is everywhere


def test_kind_is_known_by_its_provider() -> None:
    """Who knows a kind of subjects is found by it; of other kinds nobody knows."""
    users = UserProvider("users", "user", lambda subject, work: None)

    assert TokenPlugins(user_providers=(users,)).knower("user") is users
    assert TokenPlugins(user_providers=(users,)).knower("warehouse") is None


def test_refusal_may_be_that_of_a_problem() -> None:
    """What a grant refuses as others do has the status, the code, the words and the headers."""
    refused = GrantRefused.of(too_many_attempts(90))

    assert (refused.error, refused.status) == ("4401", 429)
    assert "wait 2 minutes" in refused.message
    assert refused.headers == {"retry-after": "90"}
