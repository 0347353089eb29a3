"""The audit log: who tried what with which credentials."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import pytest

from glue_core import AuditEvent, account_digest, account_key, audit
from glue_core.request_id import request_id_of


def test_record_has_every_field(caplog: pytest.LogCaptureFixture) -> None:
    """Each field of an event is an attribute of the record, those without a value empty."""
    caplog.set_level(logging.INFO, "glue.audit")
    request_id_of({"HTTP_X_REQUEST_ID": "req-1"})
    audit(AuditEvent("token_revoked", "customer", "DE--1", application="storefront_api"))

    record: Any = caplog.records[0]
    assert (record.tag, record.kind, record.subject) == ("token_revoked", "customer", "DE--1")
    assert (record.application, record.request_id) == ("storefront_api", "req-1")
    assert (record.account, record.address, record.reason) == ("", "", "")


def test_text_of_a_record(caplog: pytest.LogCaptureFixture) -> None:
    """A record reads as its tag and the facts that there are."""
    audit(AuditEvent("failed_login", "user", address="192.0.2.1", reason="unknown account"))

    assert caplog.messages == ["failed_login kind=user address=192.0.2.1 reason='unknown account'"]


def test_value_is_no_other_line(caplog: pytest.LogCaptureFixture) -> None:
    """What somebody else chose cannot look like another line, or another fact."""
    audit(AuditEvent("failed_login", subject="x\nsuccessful_login kind=user\u2028\x1b"))

    (message,) = caplog.messages
    assert message == r"failed_login subject='x\nsuccessful_login kind=user\u2028\x1b'"


@pytest.mark.parametrize(
    ("tag", "level"),
    [
        ("failed_login", logging.WARNING),
        ("blocked_login", logging.WARNING),
        ("successful_login", logging.INFO),
        ("token_revoked", logging.INFO),
    ],
)
def test_level(tag: str, level: int, caplog: pytest.LogCaptureFixture) -> None:
    """What went wrong is a warning, the rest is information."""
    caplog.set_level(logging.INFO, "glue.audit")
    audit(AuditEvent(tag))

    assert [each.levelno for each in caplog.records] == [level]


@pytest.mark.parametrize("tag", ["", "Failed login", "x\n", "1"])
def test_bad_tag(tag: str) -> None:
    """A tag that is no name is an error for the developer."""
    with pytest.raises(ValueError, match="must be of small letters"):
        AuditEvent(tag)


def test_digest_is_as_documented() -> None:
    """The digest of a name is the start of the SHA-256 of the name in lower case."""
    expected = hashlib.sha256(b"name@example.com").hexdigest()[:16]

    assert account_digest(" Name@Example.com") == expected


@pytest.mark.parametrize(
    "typed",
    ["rené@example.com", "rene\u0301@example.com", "RENE\u0301@Example.com", " René@EXAMPLE.com\n"],
)
def test_one_account_has_one_key(typed: str) -> None:
    """A name has one form, whatever its case, the spelling of its letters, and space around it."""
    assert account_key(typed) == "ren\u00e9@example.com"
    assert account_digest(typed) == account_digest("ren\u00e9@example.com")
