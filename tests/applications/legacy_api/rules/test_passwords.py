"""Passwords that leaked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from glue_legacy_api.rules import RuleFile, Rules, not_compromised
from glue_legacy_api.rules.constraints.passwords import LeakedPasswords

RULES = RuleFile(
    "customers",
    {"customers": {"post": {"password": [{"NotCompromisedPassword": {"threshold": 2}}]}}},
)


def listed(path: Path, passwords: dict[str, int], end: str = "\r\n") -> Path:
    """Write a list of leaked passwords, as it is offered for download."""
    digests = {hashlib.sha1(each.encode()).hexdigest().upper(): n for each, n in passwords.items()}
    path.write_bytes(end.join(f"{digest}:{digests[digest]}" for digest in sorted(digests)).encode())
    return path


@pytest.mark.parametrize("content", [b"", b"hello\n", b"0" * 40 + b"\n", b"0" * 40 + b":x\n"])
def test_wrong_list(tmp_path: Path, content: bytes) -> None:
    """A file that is no such list stops the start."""
    path = tmp_path / "leaked.txt"
    path.write_bytes(content)

    with pytest.raises(ValueError, match=r"no line 'SHA1:COUNT'|empty"):
        not_compromised(path)


def test_no_list(tmp_path: Path) -> None:
    """A list that is not there stops the start."""
    with pytest.raises(OSError, match="leaked"):
        not_compromised(tmp_path / "leaked.txt")


def test_leaked_password_is_refused(tmp_path: Path) -> None:
    """A password that leaked often enough is refused; null and empty ones are not looked at."""
    path = listed(tmp_path / "leaked.txt", {"123456": 99, "secret": 2, "rare": 1})
    rules = Rules.read([], shipped=[RULES], constraints=[not_compromised(path)])

    def broken(password: object) -> list[str]:
        found = rules.check("customers", "post", None, {"password": password})
        return [each.message for each in found]

    assert (
        broken("secret")
        == broken("123456")
        == [
            "This password has been leaked in a data breach, it must not be used. "
            "Please use another password."
        ]
    )
    for password in ("rare", "correct horse battery staple", "", None):
        assert broken(password) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("size", [1, 2, 3, 64, 257])
def test_every_password_is_found(tmp_path: Path, size: int, end: str) -> None:
    """Halving finds every entry of a list, and none that is not there, wherever it would be."""
    passwords = {f"password {number}": number * 10 ** number.bit_length() for number in range(size)}
    leaked = LeakedPasswords(listed(tmp_path / "leaked.txt", passwords, end))

    assert {each: leaked.count(each) for each in passwords} == passwords
    assert {leaked.count(f"other {number}") for number in range(100)} == {0}
