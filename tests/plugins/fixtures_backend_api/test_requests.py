"""Fixtures asked for as a test from outside does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import ConfigurationError, FixtureMaker
from glue_core.testing import Client, Deployment, assert_error, in_memory
from glue_core.working import Worker

Make = Callable[..., Deployment]


def errors(response: Any) -> dict[str | None, str]:
    """Return the texts of the errors of a plain answer by their pointers."""
    return {each.get("pointer"): each["message"] for each in response.json}


def test_customer_can_log_in(fixtures: Any) -> None:
    """A customer of whom nothing is said can log in at the storefront with what came back."""
    (customer,) = fixtures.made({"customer": {}})

    form = f"grant_type=password&username={customer['email']}&password={customer['password']}"
    response = fixtures.shop.post("/token", body=form.replace("+", "%2B").encode())
    assert response.status_code == 200, response


def test_unconfirmed_customer_brings_the_key_of_the_mail(fixtures: Any) -> None:
    """A test of the confirmation gets the key that a customer would find in a mail."""
    confirmed, unconfirmed = fixtures.made({"customer": {}}, {"customer": {"isConfirmed": False}})

    assert confirmed["confirmationKey"] is None
    assert len(unconfirmed["confirmationKey"]) == 32


def test_product_is_shown_once_it_is_published(fixtures: Any) -> None:
    """A product that is made is published by the worker, as any other one."""
    (product,) = fixtures.made({"product": {"sku": "lamp", "name": "Lamp", "stores": ["DE"]}})

    assert product == {"sku": "lamp", "concreteSku": "lamp-1"}
    services = fixtures.deployment.services
    worker = Worker(services.database, services.broker, fixtures.deployment.publishers)
    while worker.run_once():
        pass
    shown = [services.storage.get(each) for each in services.storage.keys("") if "lamp-1" in each]
    assert "Lamp" in [each.get("name") for each in shown]


def test_later_things_take_values_of_earlier_ones(fixtures: Any) -> None:
    """A parameter may come from what was made before, under the name that the request gave it."""
    first, second = fixtures.made(
        {"customer": {}, "as": "sonia"},
        {"customer": {"lastName": {"from": "sonia/reference"}}},
    )

    from glue_customers import CustomerReader

    reader = fixtures.deployment.features.get(CustomerReader)
    with fixtures.deployment.services.database.work(writes=False) as work:
        found = reader.by_reference(second["reference"], work)
    assert found.last_name == first["reference"]


def test_json_api_asks_the_same(fixtures: Any) -> None:
    """The places speak every convention of the application; pointers are those of its document."""
    body = {"data": {"type": "fixtures", "attributes": {"make": [{"customer": {"email": "x"}}]}}}

    response = fixtures.client.json_api.post("/fixtures", json=body)

    assert_error(response, 422, "901", pointer="/data/attributes/make/0/customer/email")


def test_all_violations_are_told_together(fixtures: Any) -> None:
    """What is wrong anywhere in a request is told at once, and nothing is made."""
    response = fixtures.make(
        {"customer": {"email": "nowhere", "age": 7}, "as": "anna"},
        {"product": {"name": "", "sku": {"from": "anna/email"}}},
        {"customer": {"firstName": {"from": "later/reference"}, "oops": {"from": "anna/email"}}},
        {"customer": {}, "product": {"sku": "a", "name": "A"}},
        {"as": "nothing"},
        {"customer": {}, "as": "anna"},
    )

    assert response.status_code == 422
    assert {
        "/make/0/customer/email",
        "/make/0/customer/age",
        "/make/1/product/name",
        "/make/2/customer/oops",
    } <= set(errors(response))
    assert fixtures.customers() == 0


def test_what_does_not_fit_together_is_told_together(fixtures: Any) -> None:
    """Steps that name no maker or two, names that are there twice, and references to nothing."""
    response = fixtures.make(
        {"customer": {}, "as": "anna"},
        {"customer": {"firstName": {"from": "later/reference"}}},
        {"customer": {}, "product": {"sku": "a", "name": "A"}},
        {"as": "nothing"},
        {"customer": {}, "as": "anna"},
        {"customer": {}, "as": "later"},
    )

    assert response.status_code == 422
    found = errors(response)
    assert set(found) == {
        "/make/1/customer",
        "/make/2",
        "/make/3",
        "/make/4/as",
    }
    assert found["/make/2"] == "Name one thing to make: customer, product."
    assert fixtures.customers() == 0


@pytest.mark.parametrize(
    ("step", "pointer", "text"),
    [
        ({"customer": {"email": "taken@example.com"}}, "customer/email", "has this address"),
        (
            {"customer": {"lastName": {"from": "first/nobody"}}},
            "customer/lastName",
            "Nothing that was made has 'first/nobody'.",
        ),
        (
            {"customer": {"isConfirmed": {"from": "first/email"}}},
            "customer/isConfirmed",
            "boolean",
        ),
        ({"product": {"sku": "a", "name": "A", "stores": ["XX"]}}, "product/stores", "'XX'"),
    ],
)
def test_what_shows_late_undoes_everything(
    fixtures: Any, step: dict[str, Any], pointer: str, text: str
) -> None:
    """What only making something shows points at the parameter, and undoes the request."""
    response = fixtures.make({"customer": {"email": "taken@example.com"}, "as": "first"}, step)

    assert response.status_code == 422, response
    assert list(errors(response)) == [f"/make/1/{pointer}"]
    assert text in errors(response)[f"/make/1/{pointer}"]
    assert fixtures.customers() == 0


def test_things_are_removed(fixtures: Any) -> None:
    """What was made goes by what came back; what is gone already is no error."""
    customer, product = fixtures.made(
        {"customer": {}}, {"product": {"sku": "lamp", "name": "Lamp"}}
    )
    steps = (
        {"customer": {"reference": customer["reference"]}},
        {"product": {"sku": product["sku"]}},
    )

    for _ in range(2):
        response = fixtures.remove(*steps)
        assert (response.status_code, response.json) == (200, [{"removed": 2}])
    form = f"grant_type=password&username={customer['email']}&password={customer['password']}"
    assert fixtures.shop.post("/token", body=form.encode()).status_code == 400
    assert fixtures.made({"product": {"sku": "lamp", "name": "Lamp"}})[0]["sku"] == "lamp"


def test_removal_refers_to_nothing(fixtures: Any) -> None:
    """Nothing is made by a removal, so there is nothing to take values of."""
    response = fixtures.remove({"product": {"sku": {"from": "lamp/sku"}}})

    assert errors(response) == {"/remove/0/product": "A removal refers to nothing."}


@pytest.mark.parametrize("headers", [{}, {"x-fixtures-key": "another key that is wrong"}])
@pytest.mark.parametrize(("path", "name"), [("/fixtures", "make"), ("/fixture-removals", "remove")])
def test_who_has_no_key_makes_nothing(
    fixtures: Any, headers: dict[str, str], path: str, name: str
) -> None:
    """Without the key nothing is made or removed, whoever asks."""
    client = Client(fixtures.deployment.applications["backend_api"], headers)

    response = client.post(path, json={name: [{"customer": {}}]})

    assert response.status_code == 401
    assert fixtures.customers() == 0


def test_most_is_the_most(deploy: Make) -> None:
    """A request that makes more than the settings let it is refused."""
    from tests.plugins.fixtures_backend_api.conftest import Fixtures

    fixtures = Fixtures(deploy(most=1))

    response = fixtures.make({"customer": {}}, {"customer": {}})

    assert_error(response, 422, "901", pointer="/make")


def test_parameters_of_makers_are_documented(fixtures: Any) -> None:
    """The OpenAPI document has the parameters of each maker that is installed."""
    registry = fixtures.deployment.registry.applications["backend_api"]
    document = json.dumps(registry.documentation.made())

    assert "/fixtures" in document
    for name in ("firstName", "isConfirmed", "sku", "stores"):
        assert f'"{name}"' in document
    assert "Address; one that nobody has where it is left out." in document


def test_nothing_is_there_unless_it_is_switched_on(deploy: Make) -> None:
    """Where the setting does not say so there is no place for fixtures, in whatever mode."""
    for mode in ("development", "production"):
        application = deploy(enabled=False, mode=mode).applications["backend_api"]
        client = Client(application, {"x-fixtures-key": "a key of the tests alone"})
        assert client.post("/fixtures", json={"make": []}).status_code == 404


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "production"}, "the mode is 'production'"),
        ({"key": None}, "there is no 'key'"),
        ({"key": "short"}, "Shorter than minimum length 16"),
    ],
)
def test_wrong_settings_stop_the_start(deploy: Make, options: Any, message: str) -> None:
    """In production, or without a key that is one, a deployment with fixtures does not start."""
    with pytest.raises(ConfigurationError, match=message):
        deploy(**options)


class Nothing(Schema):
    """No parameters."""

    name = fields.String()


def maker(name: str) -> FixtureMaker:
    """Return a maker of nothing."""
    return FixtureMaker(name, Nothing, lambda parameters, work: parameters)


def test_maker_of_another_feature_is_there(deploy: Make) -> None:
    """Whoever contributes a maker has it among the others; without a removal it has none."""
    from tests.plugins.fixtures_backend_api.conftest import Fixtures

    lamps = in_memory("glue.features", "lamps", glue_fixture_makers=lambda: [maker("big-lamp")])
    fixtures = Fixtures(deploy(lamps))

    assert fixtures.made({"big-lamp": {"name": "x"}}) == [{"name": "x"}]
    response = fixtures.remove({"big-lamp": {}})
    assert set(errors(response)) == {"/remove/0/big-lamp"}


def test_two_makers_of_one_name_stop_the_start(deploy: Make) -> None:
    """Two makers of one name are told of, with both distributions."""
    twin = in_memory("glue.features", "twin", glue_fixture_makers=lambda: [maker("customer")])

    with pytest.raises(ConfigurationError, match="fixture makers named 'customer'") as told:
        deploy(twin)
    assert "glue-customers" in str(told.value)


@pytest.mark.parametrize("name", ["", "Customer", "as", "a_b", "a b"])
def test_name_of_a_maker_is_a_word(name: str) -> None:
    """A name that a request could not have is refused where the maker is declared."""
    with pytest.raises(ConfigurationError, match="no name of a fixture maker"):
        maker(name)


def test_removal_comes_with_its_schema() -> None:
    """A maker says both what removes a thing and by what, or neither."""
    with pytest.raises(ConfigurationError, match="one of 'removal' and 'remove'"):
        FixtureMaker("lamp", Nothing, lambda parameters, work: parameters, removal=Nothing)
