"""Somebody becomes a customer, and confirms the address."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import BodyRules
from glue_core.testing import assert_error, assert_resource, in_memory, installed

Shop = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")


def test_somebody_registers(shop: Shop, registration: dict[str, Any]) -> None:
    """Whoever sends all that is asked for is a customer, who sees what the contract names."""
    created = shop.send("POST", "/customers", registration)

    shown = assert_resource(created, "customers", "customer--1", status=201)
    times = {shown["attributes"].pop(name) for name in ("createdAt", "updatedAt")}
    assert all(TIME.fullmatch(each) for each in times)
    assert shown["attributes"] == {
        "salutation": "Ms",
        "firstName": "Ada",
        "lastName": "Berg",
        "gender": "Female",
        "email": "ada@example.com",
        "dateOfBirth": None,
    }
    assert created.headers["location"] == "http://localhost/customers/customer--1"


def test_somebody_registers_in_plain_json(shop: Shop, registration: dict[str, Any]) -> None:
    """The same without a convention."""
    created = shop.plain.post("/customers", json=registration)

    assert created.status_code == 201, created
    assert created.json[0]["firstName"] == "Ada"
    assert shop.read("customer--1").email == "ada@example.com"


def test_whoever_is_logged_in_registers_somebody_else(
    shop: Shop, registration: dict[str, Any]
) -> None:
    """A registration is open to everybody, and its answer shows who was registered."""
    bo = shop.customer("bo@example.com")

    created = shop.send("POST", "/customers", registration, as_=bo)
    assert_resource(created, "customers", "customer--2", status=201)
    assert_error(shop.as_(bo).get("/customers/customer--2"), 404, "402")


def test_whoever_has_not_logged_in_registers(
    open_shop: Callable[..., Shop], registration: dict[str, Any]
) -> None:
    """Somebody who is known by a header alone registers, and is nobody's customer by it."""
    shop = open_shop(*installed("anonymous_customers_api"))
    header = {"x-anonymous-customer-unique-id": "customer--1"}
    created = shop.send("POST", "/customers", registration, **header)

    assert_resource(created, "customers", "customer--1", status=201)
    for path in ("/customers", "/customers/customer--1", "/customers/mine"):
        assert shop.client.get(path, headers=header).status_code == 401


def test_sparse_fields_of_a_registration(shop: Shop, registration: dict[str, Any]) -> None:
    """The answer to a registration shows the attributes that are wanted, as any other."""
    created = shop.send("POST", "/customers?fields[customers]=firstName", registration)

    assert created.json["data"]["attributes"] == {"firstName": "Ada"}


def test_registration_is_to_be_confirmed(shop: Shop, registration: dict[str, Any]) -> None:
    """A mail is asked for with a key; who has it may log in, once the key was sent."""
    shop.send("POST", "/customers", registration)
    assert shop.login() is None
    (event,) = (e for e in shop.events() if e.name == "customers.confirmation-requested")

    body = {"registrationKey": event.payload["key"]}
    assert shop.send("POST", "/customer-confirmation", body).status_code == 204
    assert shop.login() is not None
    assert_error(shop.send("POST", "/customer-confirmation", body), 422, "423")


def test_unknown_key_confirms_nothing(shop: Shop) -> None:
    """A key that nobody was sent is a 422 that points to it."""
    answer = shop.send("POST", "/customer-confirmation", {"registrationKey": "0" * 32})

    assert_error(answer, 422, "423", pointer="/data/attributes/registrationKey")


def test_address_is_taken(shop: Shop, registration: dict[str, Any]) -> None:
    """A second customer of one address is refused, in letters of any case."""
    shop.customer()

    answer = shop.send("POST", "/customers", {**registration, "email": "Ada@Example.com"})
    assert_error(answer, 422, "400", pointer="/data/attributes/email")
    assert shop.read("customer--2") is None


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"salutation": "Sir"}, "Mr, Ms, Mrs, Dr"),
        ({"salutation": ""}, "Mr, Ms, Mrs, Dr"),
        ({"firstName": "  "}, "This value should not be blank."),
        ({"firstName": "x" * 101}, "100"),
        ({"lastName": ""}, "This value should not be blank."),
        ({"gender": "male"}, "Male, Female"),
        ({"gender": None}, "null"),
        ({"email": "ada"}, "email address"),
        ({"acceptedTerms": False}, "This value should be true."),
        ({"acceptedTerms": "true"}, "valid"),
        ({"password": "Short-1-pass"[:11]}, "12"),
        ({"password": "A" + "a1-" * 43}, "128"),
        ({"password": "correct-horse-1"}, "one uppercase letter"),
        ({"password": "CORRECT-HORSE-1"}, "one lowercase letter"),
        ({"password": "Correct-horse-x"}, "one number"),
        ({"password": "Correcthorse123"}, r"!@#$%^&*()_-+=[]{}|;:<>.,/?\~"),
        ({"password": "Correct horse-1"}, "Non-Latin"),
        ({"password": "Correct-hörse-1"}, "Non-Latin"),
        ({"password": "Correct-horse-1\n"}, "Non-Latin"),
        ({"createdAt": "2020-01-01 00:00:00.000000"}, "written"),
        ({"reference": "customer--9"}, "not known"),
    ],
    ids=repr,
)
def test_rule_of_the_body(
    shop: Shop, registration: dict[str, Any], changed: dict[str, Any], text: str
) -> None:
    """What breaks a rule is a 422 with the code 901 that points to it."""
    sent = {**registration, **changed}
    if "password" in changed:
        sent["confirmPassword"] = sent["password"]
    answer = shop.send("POST", "/customers", sent)

    (name,) = changed
    assert answer.status_code == 422, answer
    found = [
        each
        for each in answer.json["errors"]
        if each["source"]["pointer"] == f"/data/attributes/{name}"
    ]
    assert {each["code"] for each in found} == {"901"}
    assert any(text in each["detail"] for each in found), found
    assert shop.read("customer--1") is None


def test_all_is_required(shop: Shop, registration: dict[str, Any]) -> None:
    """All that is missing is told at once."""
    answer = shop.send("POST", "/customers", {})

    pointers = [each["source"]["pointer"] for each in answer.json["errors"]]
    assert sorted(pointers) == sorted(f"/data/attributes/{each}" for each in registration)


def test_passwords_must_be_equal(shop: Shop, registration: dict[str, Any]) -> None:
    """Two passwords that differ are told before anything that the shop checks."""
    shop.customer()
    sent = {**registration, "confirmPassword": "Another-horse-1"}
    answer = shop.send("POST", "/customers", sent)

    error = assert_error(answer, 422, "406", pointer="/data/attributes/confirmPassword")
    text = "Value in field password should be identical to value in the confirmPassword field."
    assert error["detail"] == text


@pytest.mark.parametrize(
    ("passwords", "password", "code"),
    [
        ({"min_length": 20}, "Correct-horse-1", "418"),
        ({"max_length": 14}, "Correct-horse-1", "419"),
        ({"character_set": "[^C]+"}, "Correct-horse-1", "420"),
        ({}, "Correct-horseeee-1", "421"),
        ({"denied": ["correct-Horse-1"]}, "Correct-horse-1", "422"),
    ],
)
def test_policy_of_the_shop(
    open_shop: Callable[..., Shop],
    registration: dict[str, Any],
    passwords: dict[str, Any],
    password: str,
    code: str,
) -> None:
    """Each rule that the settings have for passwords has its code."""
    shop = open_shop(settings={"plugins": {"customers": {"passwords": passwords}}})
    sent = {**registration, "password": password, "confirmPassword": password}

    answer = shop.send("POST", "/customers", sent)
    assert_error(answer, 400, code, pointer="/data/attributes/password")


def test_allowed_password_follows_the_rules_of_bodies(
    open_shop: Callable[..., Shop], registration: dict[str, Any]
) -> None:
    """What the shop allows by name skips its own policy, and not what bodies must be."""
    passwords = {"min_length": 30, "allowed": ["Correct-horse-1", "change123"]}
    shop = open_shop(settings={"plugins": {"customers": {"passwords": passwords}}})
    short = {**registration, "password": "change123", "confirmPassword": "change123"}

    assert_error(shop.send("POST", "/customers", short), 422, "901")
    assert shop.send("POST", "/customers", registration).status_code == 201


def test_long_address(shop: Shop, registration: dict[str, Any]) -> None:
    """An address of more characters than the shop allows has a code, and a text with the limit."""
    email = f"{'a' * 60}@{'b' * 40}.example.com"
    answer = shop.send("POST", "/customers", {**registration, "email": email})

    error = assert_error(answer, 422, "417", pointer="/data/attributes/email")
    assert error["detail"] == "Email is too long. It should have 100 characters or less."


@pytest.mark.parametrize(
    ("name", "value", "status", "code"),
    [
        ("acceptedTerms", False, 400, "413"),
        ("email", "ada", 422, "416"),
        ("firstName", "x" * 101, 422, "901"),
        ("salutation", "Sir", 422, "901"),
    ],
)
def test_rule_that_a_project_took_away(
    open_shop: Callable[..., Shop],
    registration: dict[str, Any],
    name: str,
    value: object,
    status: int,
    code: str,
) -> None:
    """Behind the rules of bodies the shop checks once more, with codes of its own."""
    rules = BodyRules("customers", {name: lambda value: None}, replaces=(name,))
    project = in_memory(
        "glue.plugins.storefront_api", "project", glue_declaration_changes=lambda: [rules]
    )
    answer = open_shop(project).send("POST", "/customers", {**registration, name: value})

    assert_error(answer, status, code, pointer=f"/data/attributes/{name}")


def test_blank_key_where_a_project_took_the_rule_away(open_shop: Callable[..., Shop]) -> None:
    """A blank key is told as one."""
    name = "registrationKey"
    rules = BodyRules("customer-confirmation", {name: lambda value: None}, replaces=(name,))
    project = in_memory(
        "glue.plugins.storefront_api", "project", glue_declaration_changes=lambda: [rules]
    )

    answer = open_shop(project).send("POST", "/customer-confirmation", {name: " "})
    assert_error(answer, 422, "424")


def test_nothing_secret_is_told(
    shop: Shop, registration: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """A password is in no answer and no log, whether it is taken or refused."""
    caplog.set_level(logging.DEBUG)
    secrets = ("Correct-horse-1", "Tell-nobody-2", "tell-nobody-3")
    answers = [shop.send("POST", "/customers", registration)]
    for password, other in ((secrets[1], secrets[0]), (secrets[2], secrets[2]), (secrets[0],) * 2):
        sent = {**registration, "password": password, "confirmPassword": other}
        answers.append(shop.send("POST", "/customers", sent))

    assert [each.status_code for each in answers] == [201, 422, 422, 422]
    said = caplog.text + "".join(each.text + str(each.headers) for each in answers)
    assert [each for each in secrets if each in said] == []
