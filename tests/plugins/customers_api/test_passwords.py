"""Passwords are changed by who knows the old one, and restored by who has the mail."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import LoginGuard
from glue_core.testing import assert_error, installed

Shop = Any
PASSWORD = "Correct-horse-1"
NEW = "Better-horse-22"
CHANGE = {"password": PASSWORD, "newPassword": NEW, "confirmPassword": NEW}
RESTORED = {"password": NEW, "confirmPassword": NEW}


def test_password_is_changed(shop: Shop) -> None:
    """The new password counts, the old one does not, and tokens can be told void by the time."""
    ada = shop.customer()
    before = shop.read(ada).password_changed_at

    answer = shop.send("PATCH", f"/customer-password/{ada}", CHANGE, as_=ada)
    assert (answer.status_code, answer.text) == (204, "")
    assert shop.login() is None
    assert shop.login(password=NEW) is not None
    assert shop.read(ada).password_changed_at > before


def test_password_is_changed_in_plain_json(shop: Shop) -> None:
    """The same without a convention."""
    ada = shop.customer()

    answer = shop.as_(ada, plain=True).patch(f"/customer-password/{ada}", json=CHANGE)
    assert (answer.status_code, answer.text) == (204, "")
    assert shop.login(password=NEW) is not None


@pytest.mark.parametrize(
    ("changed", "status", "code", "name"),
    [
        ({"password": "Another-horse-1"}, 400, "408", "password"),
        ({"password": ""}, 422, "901", "password"),
        ({"confirmPassword": PASSWORD}, 422, "406", "confirmPassword"),
        ({"newPassword": "short", "confirmPassword": NEW}, 422, "901", "newPassword"),
        (dict.fromkeys(("newPassword", "confirmPassword"), "Aaaaa-horse-1"), None, None, None),
        (dict.fromkeys(("newPassword", "confirmPassword"), "AAAAa-horse-1"), 400, "421", None),
    ],
    ids=repr,
)
def test_change_that_is_refused(
    shop: Shop, changed: dict[str, str], status: int | None, code: str | None, name: str | None
) -> None:
    """What is wrong with a change of the password is told with its place, and nothing changes."""
    ada = shop.customer()
    answer = shop.send("PATCH", f"/customer-password/{ada}", {**CHANGE, **changed}, as_=ada)

    pointer = f"/data/attributes/{name or 'newPassword'}"
    assert_error(answer, status or 400, code or "421", pointer=pointer)
    assert shop.login() is not None


def test_present_password_is_not_guessed(open_shop: Callable[..., Shop]) -> None:
    """Who fails too often has to wait, even with the right password, which then changes nothing."""
    shop = open_shop(settings={"login": {"attempts": 3}})
    ada = shop.customer()
    for _ in range(3):
        wrong = {**CHANGE, "password": "Another-horse-1"}
        answer = shop.send("PATCH", f"/customer-password/{ada}", wrong, as_=ada)
        assert_error(answer, 400, "408")

    answer = shop.send("PATCH", f"/customer-password/{ada}", CHANGE, as_=ada)
    assert_error(answer, 429, "4401")
    assert answer.headers["retry-after"] == "300"
    assert shop.login() is not None


def test_logins_and_changes_count_together(open_shop: Callable[..., Shop]) -> None:
    """The counter is that of the account's logins, and the right password forgets it."""
    shop = open_shop(settings={"login": {"attempts": 3}})
    ada = shop.customer()
    guard = shop.deployment.features.get(LoginGuard)
    guessed = ("customer", "127.0.0.1", "ADA@example.com")
    for _ in range(2):
        guard.failed(*guessed)
    right = shop.send("PATCH", f"/customer-password/{ada}", CHANGE, as_=ada)
    assert right.status_code == 204

    guard.failed(*guessed)
    guard.failed(*guessed)
    assert guard.blocked(*guessed) == 0
    wrong = {**CHANGE, "password": "Another-horse-1"}
    assert_error(shop.send("PATCH", f"/customer-password/{ada}", wrong, as_=ada), 400, "408")
    assert guard.blocked(*guessed) > 0


def test_field_is_named(shop: Shop) -> None:
    """The text about two passwords that differ names the field of the new one."""
    ada = shop.customer()
    sent = {**CHANGE, "confirmPassword": PASSWORD}
    answer = shop.send("PATCH", f"/customer-password/{ada}", sent, as_=ada)

    text = "Value in field newPassword should be identical to value in the confirmPassword field."
    assert answer.json["errors"][0]["detail"] == text


def test_password_of_nobody(shop: Shop) -> None:
    """A customer who is gone has no password to change."""
    ada = shop.customer()
    shop.as_(ada).delete(f"/customers/{ada}")

    answer = shop.send("PATCH", f"/customer-password/{ada}", CHANGE, as_=ada)
    assert_error(answer, 404, "402")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_password_is_only_changed(shop: Shop, method: str) -> None:
    """A password is not read, made or deleted."""
    ada = shop.customer()
    path = "/customer-password" + ("" if method == "POST" else f"/{ada}")

    assert shop.as_(ada).request(method, path).status_code in (404, 405)


def test_mail_is_asked_for(shop: Shop) -> None:
    """Who has the address is sent a key, which restores the password once."""
    shop.customer()
    shop.events()
    answer = shop.send("POST", "/customer-forgotten-password", {"email": "ADA@example.com"})
    assert (answer.status_code, answer.text) == (204, "")
    (event,) = (e for e in shop.events() if e.name == "customers.restore-requested")

    sent = {"restorePasswordKey": event.payload["key"], **RESTORED}
    restored = shop.send("PATCH", "/customer-restore-password/any", sent)
    assert (restored.status_code, restored.text) == (204, "")
    assert shop.login(password=NEW) is not None
    again = shop.send("PATCH", "/customer-restore-password/any", sent)
    assert_error(again, 422, "415", pointer="/data/attributes/restorePasswordKey")


def test_nobody_is_told_who_has_an_address(shop: Shop) -> None:
    """The answer is the same where nobody has the address, and no mail is asked for."""
    shop.customer()
    shop.events()
    known = shop.send("POST", "/customer-forgotten-password", {"email": "ada@example.com"})
    shop.events()
    unknown = shop.send("POST", "/customer-forgotten-password", {"email": "bo@example.com"})

    assert (unknown.status_code, unknown.text) == (known.status_code, known.text) == (204, "")
    assert shop.events() == []


@pytest.mark.parametrize("email", ["", "ada", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 72}.org"])
def test_address_that_is_none(shop: Shop, email: str) -> None:
    """What cannot be an address is told."""
    answer = shop.send("POST", "/customer-forgotten-password", {"email": email})

    assert {each["code"] for each in answer.json["errors"]} == {"901"}
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("changed", "status", "code", "name"),
    [
        ({"restorePasswordKey": "0" * 32}, 422, "415", "restorePasswordKey"),
        ({"restorePasswordKey": ""}, 422, "901", "restorePasswordKey"),
        ({"confirmPassword": PASSWORD}, 422, "406", "confirmPassword"),
        (dict.fromkeys(("password", "confirmPassword"), "AAAAa-horse-1"), 400, "421", "password"),
    ],
    ids=repr,
)
def test_restoring_that_is_refused(
    shop: Shop, changed: dict[str, str], status: int, code: str, name: str
) -> None:
    """What is wrong with restoring a password is told with its place, and nothing changes."""
    shop.customer()
    sent = {"restorePasswordKey": shop.restore_key(), **RESTORED, **changed}
    answer = shop.send("PATCH", "/customer-restore-password/any", sent)

    assert_error(answer, status, code, pointer=f"/data/attributes/{name}")
    assert shop.login() is not None


@pytest.mark.parametrize("path", ["/customer-password/{}", "/customer-restore-password/{}"])
@pytest.mark.parametrize(
    ("media_type", "start"),
    [
        ("application/vnd.api+json", "/data/attributes"),
        ("application/hal+json", ""),
        ("application/json", ""),
    ],
)
def test_all_is_required(
    open_shop: Callable[..., Shop], path: str, media_type: str, start: str
) -> None:
    """A new password needs each attribute, in every convention."""
    shop = open_shop(*installed("hal"))
    id_ = shop.customer()
    path, type_ = path.format(id_), path.split("/")[1]
    body = {"data": {"type": type_, "id": id_, "attributes": {}}} if start else {}
    client = shop.as_(id_, plain=True)
    headers = {"accept": media_type, "content-type": media_type}
    answer = client.patch(path, body=json.dumps(body).encode(), headers=headers)

    required = {
        "customer-password": {"password", "newPassword", "confirmPassword"},
        "customer-restore-password": {"restorePasswordKey", "password", "confirmPassword"},
    }[type_]
    assert answer.status_code == 422, answer.text
    for name in required:
        assert f'"{start}/{name}"' in answer.text


def test_plain_json_restores(shop: Shop) -> None:
    """The public routes answer without a convention as well."""
    _, key = shop.register()
    confirmed = shop.plain.post("/customer-confirmation", json={"registrationKey": key})
    forgotten = shop.plain.post("/customer-forgotten-password", json={"email": "ada@example.com"})
    sent = {"restorePasswordKey": shop.restore_key(), **RESTORED}
    restored = shop.plain.patch("/customer-restore-password/any", json=sent)

    assert {each.status_code for each in (confirmed, forgotten, restored)} == {204}
    assert shop.login(password=NEW) is not None


def test_errors_speak_two_languages(open_shop: Callable[..., Shop], german: Any) -> None:
    """The texts of the errors are those of the request's language; the codes stay."""
    shop = open_shop(german)
    ada = shop.customer()
    sent = {"restorePasswordKey": " ", "password": "short", "confirmPassword": PASSWORD}
    broken = shop.send("PATCH", "/customer-restore-password/any", sent)
    differing = shop.send(
        "PATCH", f"/customer-password/{ada}", {**CHANGE, "confirmPassword": PASSWORD}, as_=ada
    )

    details = {each["detail"] for each in broken.json["errors"]}
    assert "Dieser Wert darf nicht leer sein." in details
    assert any(each.startswith("Ihr Passwort braucht") and "[]{}|" in each for each in details)
    error = assert_error(differing, 422, "406")
    text = "Der Wert im Feld newPassword muss dem Wert im Feld confirmPassword gleichen."
    assert error["detail"] == text
    other = assert_error(shop.as_(ada).get("/customers/x"), 404, "402")
    assert other["detail"] == "Den Kunden gibt es nicht."


def test_nothing_secret_is_told(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """Neither passwords nor keys are in an answer or a log."""
    caplog.set_level(logging.DEBUG)
    ada = shop.customer()
    key = shop.restore_key()
    wrong = {**CHANGE, "password": "Tell-nobody-2"}
    sent = {"restorePasswordKey": key, **RESTORED}
    answers = [
        shop.send("PATCH", f"/customer-password/{ada}", wrong, as_=ada),
        shop.send("PATCH", "/customer-restore-password/any", sent),
        shop.send("PATCH", "/customer-restore-password/any", sent),
        shop.send("POST", "/customer-confirmation", {"registrationKey": key}),
    ]

    assert [each.status_code for each in answers] == [400, 204, 422, 422]
    said = caplog.text + "".join(each.text + str(each.headers) for each in answers)
    assert [each for each in ("Tell-nobody-2", NEW, PASSWORD, key) if each in said] == []
