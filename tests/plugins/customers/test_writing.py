"""Writing customers: registration, confirmation, changes, passwords, and the end of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from glue_core import Event, Work
from glue_customers import (
    CONFIRMATION_REQUESTED,
    CUSTOMER_ANONYMISED,
    CUSTOMER_CHANGED,
    EMAIL_CHANGED,
    RESTORE_REQUESTED,
    BadValue,
    CustomerDraft,
    EmailInUse,
    InvalidKey,
    NoSuchCustomer,
    WrongPassword,
)
from glue_customers.models import CustomerRow

PASSWORD = "Correct horse 1"


def everything(shop: Any) -> str:
    """Return all that the tables keep, as one text."""
    with shop.database.work(writes=False) as work:
        return repr(work.session.execute(sa.select(CustomerRow.__table__)).all())


def test_registered_is_unconfirmed(shop: Any) -> None:
    """A new customer has a reference, the times, and a key of 32 characters to confirm with."""
    made = shop.register()

    assert made.customer.reference == "customer--1"
    assert not made.customer.is_confirmed
    assert len(made.confirmation_key) == 32
    assert made.customer.created_at == made.customer.password_changed_at
    assert shop.login() is None


def test_confirmed_may_log_in(shop: Any) -> None:
    """The key confirms the address, once."""
    key = shop.register().confirmation_key
    with shop.database.work() as work:
        customer = shop.writer.confirm(key, work)

    assert customer.is_confirmed
    assert shop.login() == customer
    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.confirm(key, work)


@pytest.mark.parametrize("key", ["", "0" * 32, "\ud800", "a\0b"], ids=ascii)
def test_unknown_key_confirms_nothing(shop: Any, key: str) -> None:
    """A key that nobody was given is refused, whatever it is made of."""
    shop.register()

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.confirm(key, work)


def test_without_double_opt_in_nobody_needs_to_confirm(shop: Any) -> None:
    """With the setting off a customer counts as confirmed, and no mail is asked for."""
    writer = shop.writer_with(double_opt_in=False)
    with shop.database.work() as work:
        made = writer.register(CustomerDraft("ada@example.com", "Ada", "Berg", PASSWORD), work)

    assert made.customer.is_confirmed
    assert made.confirmation_key is None
    assert shop.events() == [Event(CUSTOMER_CHANGED, "customer--1")]


def test_registration_asks_for_a_mail(shop: Any) -> None:
    """Whoever sends mails hears of the registration, with the key."""
    key = shop.register(locale="de_DE").confirmation_key

    assert shop.events() == [
        Event(CUSTOMER_CHANGED, "customer--1"),
        Event(CONFIRMATION_REQUESTED, "customer--1", {"key": key, "locale": "de_DE"}),
    ]


def test_keys_and_passwords_are_not_kept(shop: Any) -> None:
    """Who reads the table finds no key that could be used, and no password."""
    confirmation = shop.register().confirmation_key
    with shop.database.work() as work:
        restore = shop.writer.request_restore("ada@example.com", work)

    kept = everything(shop)
    assert [each for each in (confirmation, restore, PASSWORD) if each in kept] == []


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@EXAMPLE.COM"])
def test_address_is_unique_in_any_case(shop: Any, email: str) -> None:
    """Two customers cannot have one address, be it in other letters' case."""
    shop.register()

    with pytest.raises(EmailInUse, match=email):
        shop.register(email)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("email", {"email": "ada"}),
        ("email", {"email": ""}),
        ("email", {"email": "a" * 250 + "@example.com"}),
        ("first_name", {"first_name": " "}),
        ("last_name", {"last_name": "x" * 101}),
        ("last_name", {"last_name": "a\0b"}),
        ("salutation", {"salutation": "Sir"}),
        ("gender", {"gender": "male"}),
        ("date_of_birth", {"date_of_birth": "1980-01-01"}),
        ("date_of_birth", {"date_of_birth": datetime(1980, 1, 1, tzinfo=UTC)}),
        ("phone", {"phone": "1" * 51}),
        ("company", {"company": ""}),
        ("locale", {"locale": "German"}),
        ("password", {"password": " "}),
        ("password", {"password": "x" * 129}),
        ("password", {"password": "\ud800"}),
    ],
    ids=ascii,
)
def test_bad_value_is_refused(shop: Any, field: str, values: dict[str, Any]) -> None:
    """A value that a customer cannot have names its field, and nothing is written."""
    with pytest.raises(BadValue) as caught:
        shop.register(**{"email": "ada@example.com", **values})

    assert caught.value.field == field
    assert everything(shop) == "[]"


def test_secrets_are_in_no_text(shop: Any) -> None:
    """A draft and a registration do not show their secrets, which would end in a log."""
    made = shop.register()

    assert made.confirmation_key not in repr(made)
    assert PASSWORD not in repr(CustomerDraft("ada@example.com", "A", "B", PASSWORD))


def test_change_keeps_what_is_not_named(shop: Any) -> None:
    """Only the fields that are named change; None takes away what may be absent."""
    customer = shop.customer(phone="12", gender="Female")

    with shop.database.work() as work:
        changed = shop.writer.change(
            customer.reference, {"phone": None, "date_of_birth": date(1980, 1, 1)}, work
        )

    assert (changed.phone, changed.gender, changed.date_of_birth) == (
        None,
        "Female",
        date(1980, 1, 1),
    )
    assert changed.updated_at > customer.updated_at
    assert shop.read(customer.reference) == changed


def test_change_to_the_same_is_none(shop: Any) -> None:
    """Values that a customer has already change no time, and nobody hears of it."""
    customer = shop.customer()
    shop.events()

    with shop.database.work() as work:
        assert shop.writer.change(customer.reference, {"last_name": "Berg"}, work) == customer

    assert shop.events() == []


def test_address_of_another_is_refused(shop: Any) -> None:
    """A change to somebody else's address is refused, to another case of one's own is not."""
    shop.customer("ben@example.com", password=None)
    customer = shop.customer()

    with shop.database.work() as work:
        shop.writer.change(customer.reference, {"email": "Ada@Example.com"}, work)
    with shop.database.work() as work, pytest.raises(EmailInUse):
        shop.writer.change(customer.reference, {"email": "BEN@example.com"}, work)


def test_change_of_the_address_makes_keys_void(shop: Any) -> None:
    """Keys that were mailed to the old address do nothing after the change of it."""
    made = shop.register()
    with shop.database.work() as work:
        restoring = shop.writer.request_restore("ada@example.com", work)
        shop.writer.change(made.customer.reference, {"email": "ada@example.org"}, work)

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(restoring, "Better horse 2", work)
    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.confirm(made.confirmation_key, work)


def test_new_address_is_to_be_confirmed(shop: Any) -> None:
    """After a change of the address nobody logs in until the key of a mail to it was used."""
    customer = shop.customer(locale="de_DE")
    shop.events()
    with shop.database.work() as work:
        changed = shop.writer.change(customer.reference, {"email": "ada@example.org"}, work)

    assert not changed.is_confirmed
    assert shop.login("ada@example.org") is None
    asked = [each for each in shop.events() if each.name == CONFIRMATION_REQUESTED]
    assert [(each.key, each.payload["locale"]) for each in asked] == [(customer.reference, "de_DE")]
    with shop.database.work() as work:
        shop.writer.confirm(asked[0].payload["key"], work)
    assert shop.login("ada@example.org") is not None


@pytest.mark.parametrize("double_opt_in", [True, False])
def test_old_address_can_be_warned(shop: Any, double_opt_in: bool) -> None:
    """A change of the address tells what it was before, whether or not one is confirmed."""
    customer = shop.customer(locale="de_DE")
    shop.events()
    writer = shop.writer_with(double_opt_in=double_opt_in)
    with shop.database.work() as work:
        changed = writer.change(customer.reference, {"email": "ada@example.org"}, work)

    told = [each for each in shop.events() if each.name == EMAIL_CHANGED]
    payload = {"old_email": "ada@example.com", "locale": "de_DE"}
    assert told == [Event(EMAIL_CHANGED, customer.reference, payload)]
    assert changed.is_confirmed is not double_opt_in


@pytest.mark.parametrize("email", ["ADA@example.com", "ada@example.org"], ids=["case", "another"])
def test_tokens_end_with_the_address(shop: Any, email: str) -> None:
    """Tokens from before a change of the address are void: what somebody logs in with is new."""
    customer = shop.customer()
    with shop.database.work() as work:
        changed = shop.writer.change(customer.reference, {"email": email}, work)

    assert customer.tokens_end_at == customer.password_changed_at
    assert changed.tokens_end_at == changed.email_changed_at == changed.updated_at
    assert changed.tokens_end_at > customer.tokens_end_at


def test_other_changes_leave_the_confirmation_alone(shop: Any) -> None:
    """Whoever changes something else, or sends the address as it is, stays confirmed."""
    customer = shop.customer()
    with shop.database.work() as work:
        changes = {"email": "ada@example.com", "last_name": "Winter"}
        changed = shop.writer.change(customer.reference, changes, work)

    assert (changed.confirmed_at, changed.email_changed_at) == (customer.confirmed_at, None)
    assert changed.tokens_end_at == customer.tokens_end_at


def test_other_changes_leave_keys_alone(shop: Any) -> None:
    """Keys outlive a change that leaves the address as it is."""
    made = shop.register()
    with shop.database.work() as work:
        restoring = shop.writer.request_restore("ada@example.com", work)
        changes = {"email": "ada@example.com", "last_name": "Winter"}
        shop.writer.change(made.customer.reference, changes, work)

    with shop.database.work() as work:
        assert shop.writer.restore(restoring, "Better horse 2", work)
        assert shop.writer.confirm(made.confirmation_key, work).is_confirmed


def test_unknown_field_is_an_error_of_the_caller(shop: Any) -> None:
    """A field that a customer does not have, or that has a way of its own, is a ValueError."""
    customer = shop.customer()

    with shop.database.work() as work, pytest.raises(ValueError, match="no password to change"):
        shop.writer.change(customer.reference, {"password": "Another one 2"}, work)


def test_password_changes_with_the_old_one(shop: Any) -> None:
    """Who knows the old password may set another; its time is that of the change."""
    customer = shop.customer()

    with shop.database.work() as work:
        changed = shop.writer.set_password(customer.reference, PASSWORD, "Another one 2", work)

    assert changed.password_changed_at == changed.updated_at > customer.updated_at
    assert shop.login() is None
    assert shop.login(password="Another one 2") == changed


@pytest.mark.parametrize("old", ["wrong", "", "\ud800"], ids=ascii)
def test_wrong_old_password_changes_nothing(shop: Any, old: str) -> None:
    """Who does not know the old password sets none."""
    customer = shop.customer()

    with shop.database.work() as work, pytest.raises(WrongPassword):
        shop.writer.set_password(customer.reference, old, "Another one 2", work)

    assert shop.login() == customer


def test_bad_new_password_names_its_field(shop: Any) -> None:
    """The new password is the one at fault, not the old one."""
    customer = shop.customer()

    with shop.database.work() as work, pytest.raises(BadValue) as caught:
        shop.writer.set_password(customer.reference, PASSWORD, "", work)

    assert caught.value.field == "new_password"


def restore_key(shop: Any, email: str = "ADA@example.com") -> str:
    """Ask for a key."""
    with shop.database.work() as work:
        return str(shop.writer.request_restore(email, work))


def test_forgotten_password_is_restored_once(shop: Any) -> None:
    """The key of the mail sets a password, and is void then."""
    shop.customer()
    shop.events()
    key = restore_key(shop)
    with shop.database.work() as work:
        changed = shop.writer.restore(key, "Another one 2", work)

    assert len(key) == 32
    assert shop.events()[0] == Event(
        RESTORE_REQUESTED, changed.reference, {"key": key, "locale": None}
    )
    assert shop.login(password="Another one 2") == changed
    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(key, "A third one 3", work)


def test_unknown_address_gets_no_key(shop: Any) -> None:
    """Nobody is sent a mail where nobody has the address."""
    with shop.database.work() as work:
        assert shop.writer.request_restore("nobody@example.com", work) is None

    assert shop.events() == []


def test_key_has_an_end(shop: Any) -> None:
    """After the time of the setting a key restores nothing."""
    shop.customer()
    key = restore_key(shop)
    shop.clock.time += timedelta(seconds=7200)

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(key, "Another one 2", work)

    assert shop.login() is not None


def test_newer_key_makes_the_older_void(shop: Any) -> None:
    """Who asks twice uses the second mail."""
    shop.customer()
    older, newer = restore_key(shop), restore_key(shop)

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(older, "Another one 2", work)
    with shop.database.work() as work:
        assert shop.writer.restore(newer, "Another one 2", work)


def test_change_of_the_password_makes_keys_void(shop: Any) -> None:
    """A key in an old mail does not undo a new password."""
    customer = shop.customer()
    key = restore_key(shop)
    with shop.database.work() as work:
        shop.writer.set_password(customer.reference, PASSWORD, "Another one 2", work)

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(key, "A third one 3", work)


@pytest.mark.parametrize("key", ["", "0" * 32, "\ud800", "a\0b"], ids=ascii)
def test_unknown_key_restores_nothing(shop: Any, key: str) -> None:
    """A key that nobody was given is refused, whatever it is made of."""
    shop.customer()
    restore_key(shop)

    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(key, "Another one 2", work)


def test_anonymised_customer_is_forgotten(shop: Any) -> None:
    """Nothing of the person stays, save the reference and the times."""
    customer = shop.customer(
        "ada@example.com",
        salutation="Ms",
        gender="Female",
        date_of_birth=date(1980, 1, 1),
        phone="+49-555",
        company="Lumo",
    )
    restore_key(shop)
    with shop.database.work() as work:
        left = shop.writer.anonymise(customer.reference, work)

    assert left.is_anonymised
    assert (left.reference, left.id) == (customer.reference, customer.id)
    assert left.email.endswith("@anonymised.invalid")
    kept = everything(shop)
    # None of these is a part of a time or of a key by chance.
    personal = ("ada@", "Ada", "Berg", "Ms", "Female", "date(1980", "+49-555", "Lumo", "argon2")
    assert [each for each in personal if each in kept] == []
    assert shop.login() is None


def test_anonymising_is_an_event(shop: Any) -> None:
    """Whoever keeps something of the person hears of it."""
    customer = shop.customer()
    shop.events()
    with shop.database.work() as work:
        shop.writer.anonymise(customer.reference, work)

    assert Event(CUSTOMER_ANONYMISED, customer.reference) in shop.events()


def test_address_of_the_anonymised_is_free(shop: Any) -> None:
    """The same person may register again, as another customer."""
    customer = shop.customer()
    with shop.database.work() as work:
        shop.writer.anonymise(customer.reference, work)

    assert shop.customer().reference != customer.reference


@pytest.mark.parametrize("reference", ["customer--1", "customer--9", "", "a\0b"], ids=ascii)
def test_whoever_is_gone_cannot_be_changed(shop: Any, reference: str) -> None:
    """The anonymised are nobody to the writer, like those who never were."""
    customer = shop.customer()
    with shop.database.work() as work:
        shop.writer.anonymise(customer.reference, work)

    changes: list[Callable[[Work], object]] = [
        lambda work: shop.writer.change(reference, {"last_name": "Holm"}, work),
        lambda work: shop.writer.set_password(reference, PASSWORD, "Another one 2", work),
        lambda work: shop.writer.anonymise(reference, work),
    ]
    for change in changes:
        with shop.database.work() as work, pytest.raises(NoSuchCustomer):
            change(work)


def test_two_at_once_cannot_take_one_address(on_postgresql: Any) -> None:
    """Of two who take an address at the same time, the second is refused."""
    shop = on_postgresql
    shop.customer("first@example.com", password=None)
    other = shop.customer("second@example.com", password=None)
    first, second = (shop.database.start(writes=True) for _ in range(2))
    try:
        assert shop.reader.by_email("ada@example.com", second) is None
        shop.writer.register(CustomerDraft("ada@example.com", "Ada", "Berg"), first)
        first.commit()
        with pytest.raises(EmailInUse):
            shop.writer.change(other.reference, {"email": "ADA@example.com"}, second)
    finally:
        first.close()
        second.close()


def test_two_at_once_cannot_use_one_key(on_postgresql: Any) -> None:
    """Of two who restore with one key at the same time, the second finds it used."""
    shop = on_postgresql
    shop.customer()
    key = restore_key(shop)
    first, second = (shop.database.start(writes=True) for _ in range(2))
    try:
        assert shop.reader.by_email("ada@example.com", second) is not None
        shop.writer.restore(key, "Another one 2", first)
        first.commit()
        with pytest.raises(InvalidKey):
            shop.writer.restore(key, "A third one 3", second)
    finally:
        first.close()
        second.close()
