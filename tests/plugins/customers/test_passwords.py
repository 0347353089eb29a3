"""What a shop asks of new passwords."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core import ConfigurationError, Deployment
from glue_core.migrating import migrate
from glue_core.testing import installed
from glue_customers import CustomerDraft, CustomerWriter, TooLong, WeakPassword
from glue_customers.passwords import PasswordRules

RULES = PasswordRules(
    shortest=6,
    longest=12,
    character_set=r"(?=.*\d)[a-z0-9]+",
    repeated=2,
    denied=frozenset({"Summer2026"}),
    allowed=frozenset({"change", "AAAA"}),
)
WEAK = "abc111"


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("a1b2c", "too_short"),
        ("a1b2c3d4e5f6g", "too_long"),
        ("abcdef", "character_set"),
        ("abc de1", "character_set"),
        ("abc1\n", "too_short"),
        ("abcde1\n", "character_set"),
        ("abc111", "sequence"),
        ("summer2026", "common"),
        ("  ", "too_short"),
        ("x" * 129, "too_long"),
        ("abcde1\ud800", "character_set"),
    ],
    ids=repr,
)
def test_rule_that_is_broken(password: str, rule: str) -> None:
    """The first rule that a password breaks is told, with the field and without the password."""
    with pytest.raises(WeakPassword) as caught:
        RULES.check(password, "new_password")

    assert (caught.value.rule, caught.value.field) == (rule, "new_password")
    assert not password.strip() or password not in str(caught.value)


@pytest.mark.parametrize("password", ["abcde1", "11aa22bb33cc", "change", "AAAA", "summer2027"])
def test_password_that_follows_the_rules(password: str) -> None:
    """What breaks no rule is taken, and what the shop allows by name as well."""
    RULES.check(password)


def test_any_password_follows_no_rules() -> None:
    """Without rules a password is a text of at most 128 characters."""
    PasswordRules().check("x")


def test_rules_do_not_show_passwords() -> None:
    """What is denied or allowed is no part of what is printed."""
    assert [each for each in ("change", "ummer") if each in repr(RULES)] == []


def register(writer: Any, reference: str, key: str, work: Any) -> None:
    """Register with a weak password."""
    writer.register(CustomerDraft("bo@example.com", "Bo", "Berg", WEAK), work)


def set_password(writer: Any, reference: str, key: str, work: Any) -> None:
    """Change the password to a weak one."""
    writer.set_password(reference, "Correct horse 1", WEAK, work)


def restore(writer: Any, reference: str, key: str, work: Any) -> None:
    """Restore a weak password."""
    writer.restore(key, WEAK, work)


@pytest.mark.parametrize("way", [register, set_password, restore])
def test_each_new_password_is_held_against_them(shop: Any, way: Any) -> None:
    """There is no way around the rules, and a refused password changes nothing."""
    reference = shop.customer().reference
    writer = shop.writer_with(rules=RULES)
    with shop.database.work() as work:
        key = str(shop.writer.request_restore("ada@example.com", work))

    with shop.database.work() as work, pytest.raises(WeakPassword):
        way(writer, reference, key, work)

    assert shop.login() is not None


def test_address_is_as_long_as_the_shop_allows(shop: Any) -> None:
    """An address may be shorter than the database would have it."""
    reference = shop.customer().reference
    writer = shop.writer_with(longest_email=20)
    email = "bo.berger@example.com"

    with shop.database.work() as work, pytest.raises(TooLong) as registering:
        writer.register(CustomerDraft(email, "Bo", "Berger"), work)
    with shop.database.work() as work, pytest.raises(TooLong) as changing:
        writer.change(reference, {"email": email}, work)

    found = {(each.value.field, each.value.longest) for each in (registering, changing)}
    assert found == {("email", 20)}


def test_settings_are_the_rules(glue_settings: dict[str, Any]) -> None:
    """The rules of a shop are those of its settings."""
    passwords = {
        "min_length": 4,
        "max_length": 12,
        "character_set": "[a-z]+",
        "repeated": 2,
        "denied": ["common"],
        "allowed": ["X"],
    }
    settings = {**glue_settings, "plugins": {"customers": {"passwords": passwords}}}
    broken = {"abc": "too_short", "a" * 13: "too_long", "ABCD": "character_set"}
    broken |= {"aaab": "sequence", "common": "common"}
    with Deployment(settings, installed("customers"), serving=False) as deployment:
        migrate(deployment.services.database, deployment.migrations)
        writer = deployment.features.get(CustomerWriter)
        database = deployment.services.database
        for password, rule in broken.items():
            with database.work() as work, pytest.raises(WeakPassword) as caught:
                writer.register(CustomerDraft("a@example.com", "A", "B", password), work)
            assert caught.value.rule == rule
        with deployment.services.database.work() as work:
            assert writer.register(CustomerDraft("a@example.com", "A", "B", "X"), work)


@pytest.mark.parametrize(
    ("passwords", "told"),
    [
        ({"min_length": 0}, "min_length"),
        ({"max_length": 129}, "max_length"),
        ({"min_length": 9, "max_length": 8}, "min_length"),
        ({"character_set": "["}, "no regular expression"),
        ({"repeated": -1}, "repeated"),
    ],
)
def test_rules_that_cannot_be_stop_the_start(passwords: dict[str, Any], told: str) -> None:
    """A setting that cannot be is told with its name."""
    settings = {"plugins": {"customers": {"passwords": passwords}}}

    with pytest.raises(ConfigurationError, match=told):
        Deployment(settings, installed("customers"), serving=False)
