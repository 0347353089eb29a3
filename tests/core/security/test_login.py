"""Login protection: who fails too often at an account has to wait."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glue_core import LoginGuard, Services, Settings, account_digest, too_many_attempts
from glue_core.catalogue import Catalogue, glue_error_catalogue
from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.security.login import LoginBlocker, LoginLimits, limits_of
from glue_core.services.engines import glue_service_engines
from glue_core.services.services import ServiceEngine
from glue_core.services.sqlite_storage import SqliteStorage
from glue_core.testing import Deployment

WHO = ("customer", "192.0.2.1", "ann@example.com")
LIMITS = LoginLimits(attempts=3, within_seconds=60, blocked_seconds=100)


class Clock:
    """A clock that stands still until it is told otherwise."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the storage and of the guard."""
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    """Return services whose storage goes by the clock."""
    storage = ServiceEngine("storage", "sqlite", lambda url, _: SqliteStorage(url, clock=clock))
    services = Services({"storage": "sqlite://"}, [storage])
    yield services
    services.close()


@pytest.fixture
def guard(services: Services, clock: Clock) -> LoginBlocker:
    """Return a guard with small limits."""
    return LoginBlocker(services, LIMITS, {"agent": {"attempts": 1}}, clock)


def fail(guard: LoginGuard, times: int, who: tuple[str, str, str] = WHO) -> None:
    """Fail some times."""
    for _ in range(times):
        guard.failed(*who)


def test_fewer_failures_do_not_block(guard: LoginBlocker) -> None:
    """Who failed less often than the limit may try again."""
    fail(guard, 2)

    assert guard.blocked(*WHO) == 0


def test_last_failure_blocks(guard: LoginBlocker) -> None:
    """The failure that reaches the limit blocks for the whole time."""
    fail(guard, 3)

    assert guard.blocked(*WHO) == 100


def test_block_ends(guard: LoginBlocker, clock: Clock) -> None:
    """What is left of a block is told in whole seconds, rounded up, until it is over."""
    fail(guard, 3)
    left = []
    for passed in (99.5, 100):
        clock.now = Clock.now + passed
        left.append(guard.blocked(*WHO))

    assert left == [1, 0]


def test_counting_begins_anew_after_a_block(guard: LoginBlocker, clock: Clock) -> None:
    """Whoever waited has all attempts again."""
    fail(guard, 3)
    clock.now += 100
    fail(guard, 2)

    assert guard.blocked(*WHO) == 0


def test_failures_count_for_a_time(guard: LoginBlocker, clock: Clock) -> None:
    """Failures count from the first one on, for the time of the settings."""
    fail(guard, 2)
    clock.now += 60
    fail(guard, 2)

    assert guard.blocked(*WHO) == 0


def test_success_forgets(guard: LoginBlocker) -> None:
    """Who logs in has all attempts again."""
    fail(guard, 2)
    guard.succeeded(*WHO)
    fail(guard, 2)

    assert guard.blocked(*WHO) == 0


@pytest.mark.parametrize(
    "other",
    [
        ("user", "192.0.2.1", "ann@example.com"),
        ("customer", "192.0.2.2", "ann@example.com"),
        ("customer", "192.0.2.1", "bob@example.com"),
        ("customer", "", "ann@example.com"),
        ("customer", "2001:db8::1", "ann@example.com"),
    ],
)
def test_others_are_not_blocked(guard: LoginBlocker, other: tuple[str, str, str]) -> None:
    """Another kind, address or account counts by itself."""
    fail(guard, 3)

    assert guard.blocked(*other) == 0


@pytest.mark.parametrize(
    ("account", "typed"),
    [
        ("ann@example.com", "ANN@example.com"),
        ("ann@example.com", " ann@example.com "),
        ("ann@example.com", "Ann@Example.com\n"),
        ("ren\u00e9@example.com", "rene\u0301@example.com"),
        ("ren\u00e9@example.com", "RENE\u0301@example.com"),
        ("\u1f80@example.com", "\u1f88@example.com"),
    ],
    ids=ascii,
)
def test_spelling_is_no_way_around(guard: LoginBlocker, account: str, typed: str) -> None:
    """One account is one account, however its name is typed."""
    for _ in range(3):
        guard.failed("customer", "192.0.2.1", account)

    assert guard.blocked("customer", "192.0.2.1", typed) == 100


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2001:db8::1", "2001:db8::ffff:1"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("fe80::1%eth0", "fe80::2%eth1"),
    ],
)
def test_addresses_of_one_caller(guard: LoginBlocker, first: str, second: str) -> None:
    """Addresses that one caller has at will are one address."""
    fail(guard, 3, ("customer", first, "ann"))

    assert guard.blocked("customer", second, "ann") == 100


def test_kind_has_limits_of_its_own(guard: LoginBlocker) -> None:
    """The limits of a kind count for it alone."""
    fail(guard, 1, ("agent", "192.0.2.1", "ann"))
    fail(guard, 1)

    assert guard.blocked("agent", "192.0.2.1", "ann") == 100
    assert guard.blocked(*WHO) == 0


def test_place_has_limits_of_its_own(guard: LoginBlocker) -> None:
    """Limits that the place of a login brings come before those of all, and count for it alone."""
    guard.failed("token", "192.0.2.1", "ann", limits=LoginLimits(1, 60, 40))
    fail(guard, 1)

    assert guard.blocked("token", "192.0.2.1", "ann") == 40
    assert guard.blocked(*WHO) == 0


def test_settings_of_a_kind_win_over_its_place(guard: LoginBlocker) -> None:
    """What the settings say of a kind comes first; what they leave out is as the place says."""
    guard.failed("agent", "192.0.2.1", "ann", limits=LoginLimits(5, 60, 40))

    assert guard.blocked("agent", "192.0.2.1", "ann") == 40


def test_place_may_count_nothing(
    guard: LoginBlocker, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a number of attempts nobody is blocked; the audit log hears of it all the same."""
    caplog.set_level(logging.INFO, "glue.audit")
    for _ in range(20):
        guard.failed("token", "192.0.2.1", "ann", limits=LoginLimits(attempts=0))

    assert guard.blocked("token", "192.0.2.1", "ann") == 0
    assert list(services.storage.keys("")) == []
    assert len(caplog.records) == 20


def test_settings_let_a_place_count(guard: LoginBlocker) -> None:
    """Settings of a kind that counts nothing by itself let it count."""
    guard.failed("agent", "192.0.2.1", "ann", limits=LoginLimits(attempts=0, blocked_seconds=7))

    assert guard.blocked("agent", "192.0.2.1", "ann") == 7


@pytest.mark.parametrize("account", ["", "x" * 100_000, "a:b\0\n", "\ud800"], ids=ascii)
def test_any_name_is_counted(guard: LoginBlocker, account: str) -> None:
    """Whatever is typed as a name, it is counted and blocked."""
    fail(guard, 3, ("customer", "192.0.2.1", account))

    assert guard.blocked("customer", "192.0.2.1", account) == 100


def test_storage_holds_no_name(guard: LoginBlocker, services: Services) -> None:
    """No key in the storage tells whose account it is, and none is longer than needed."""
    fail(guard, 2)
    fail(guard, 3, ("customer", "192.0.2.1", "x" * 1000))
    keys = list(services.storage.keys(""))

    assert keys
    assert not any("ann" in key or "xxx" in key or len(key) > 150 for key in keys)


def test_processes_count_together(tmp_path: Path) -> None:
    """Guards of several processes block together what each of them let fail once."""
    opened = [
        Services({"storage": f"sqlite:///{tmp_path}/storage.sqlite"}, glue_service_engines())
        for _ in range(3)
    ]
    guards = [LoginBlocker(each, LIMITS) for each in opened]
    for each in guards:
        fail(each, 1)
    left = [each.blocked(*WHO) for each in guards]
    for services in opened:
        services.close()

    assert all(0 < each <= 100 for each in left)


def test_nothing_is_counted_without_the_storage(guard: LoginBlocker, services: Services) -> None:
    """While the storage is down nobody is let through uncounted."""

    class Down(SqliteStorage):
        def get(self, key: str) -> Any:
            raise ServiceUnavailable("storage", "down")

    services.replace("storage", Down("sqlite://"))
    with pytest.raises(ServiceUnavailable):
        guard.blocked(*WHO)


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (60, 1), (61, 2), (360, 6)])
def test_answer(seconds: int, minutes: int) -> None:
    """Who is blocked gets 429, the code 4401, the minutes rounded up and Retry-After."""
    problem = too_many_attempts(seconds)
    (error,) = problem.errors

    assert (problem.status, error.status, error.code) == (429, 429, "4401")
    assert error.message == (
        f"Too many log in attempts from your address. Please wait {minutes} minutes before "
        f"trying again."
    )
    assert problem.headers == {"retry-after": str(seconds)}


def test_answer_in_german() -> None:
    """The answer has German words with the minutes in them."""
    (error,) = too_many_attempts(90).errors
    Catalogue(glue_error_catalogue()).word(error, "de_DE")

    assert error.message.startswith("Zu viele Anmeldeversuche")
    assert "2 Minuten" in error.message


def test_settings_of_a_kind() -> None:
    """The table of a kind says only what it names: the rest is as in the table of all."""
    settings = Settings.of({"login": {"attempts": 4, "kinds": {"user": {"blocked_seconds": 5}}}})

    assert limits_of(settings["login"]) == (
        LoginLimits(4, 600, 300),
        {"user": {"blocked_seconds": 5}},
    )


@pytest.mark.parametrize(
    ("login", "complaint"),
    [
        ({"attempts": 0}, "login.attempts"),
        ({"kinds": {"user": {"blocked": 5}}}, "login.kinds.user.blocked: nobody knows"),
        ({"kinds": {"user": {"attempts": 0}}}, "login.kinds.user.attempts"),
    ],
)
def test_wrong_settings_stop_the_start(login: dict[str, Any], complaint: str) -> None:
    """A limit that is none, or has no such name, is named at the start."""
    with pytest.raises(ConfigurationError, match=complaint):
        Settings.of({"login": login})


def test_deployment_provides_the_guard() -> None:
    """Every deployment has a guard with the limits of its settings, and the default ones else."""
    settings = {
        "services": {"storage": "sqlite://"},
        "login": {"kinds": {"agent": {"attempts": 1}}},
    }
    with Deployment(settings, [], serving=False) as found:
        guard = found.features.get(LoginGuard)
        fail(guard, 1, ("agent", "192.0.2.1", "ann"))
        fail(guard, 9)
        blocked = [guard.blocked("agent", "192.0.2.1", "ann"), guard.blocked(*WHO)]
        fail(guard, 1)

        assert blocked[0] in (299, 300)
        assert blocked[1] == 0
        assert guard.blocked(*WHO) in (299, 300)


def test_audit_log_hears_of_it(guard: LoginBlocker, caplog: pytest.LogCaptureFixture) -> None:
    """Failures, refusals and successes are told to the audit log, by the digest of the name."""
    caplog.set_level(logging.INFO, "glue.audit")
    fail(guard, 3)
    guard.blocked(*WHO, application="storefront_api")
    guard.blocked("customer", "192.0.2.1", "bob")
    guard.succeeded(*WHO, subject="DE--1")

    records: list[Any] = caplog.records
    assert [each.tag for each in records] == [
        *["failed_login"] * 3,
        "blocked_login",
        "successful_login",
    ]
    assert {each.account for each in records} == {account_digest("ann@example.com")}
    assert records[3].application == "storefront_api"
    assert records[4].subject == "DE--1"
    assert "ann@" not in caplog.text
