"""The audit log: who tried what with which credentials, on a channel of its own."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

from glue_core.request_id import current_request_id

CHANNEL = "glue.audit"
LOG = logging.getLogger(CHANNEL)

FAILED_LOGIN, SUCCESSFUL_LOGIN, BLOCKED_LOGIN = "failed_login", "successful_login", "blocked_login"
TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a tag
LEVELS: Mapping[str, int] = MappingProxyType(
    {FAILED_LOGIN: logging.WARNING, BLOCKED_LOGIN: logging.WARNING}
)
"""Levels of tags that stand for something wrong; all others are told at INFO."""

_TAG = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN = re.compile(r"[\w.:@/+-]+")
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Something that people who watch over credentials want to know.

    Each field is an attribute of the log record as well, for handlers that write JSON. None of them
    may hold a password, a token or a key.

    Attributes:
        tag: What happened, of small letters, digits and ``_``: ``failed_login``,
            ``successful_login``, ``blocked_login``, ``token_revoked``, or one of a plugin's own.
        kind: Kind of who it is about, such as ``customer`` or ``user``.
        subject: Name that a known one goes by, such as a customer reference; never what somebody
            typed, which may be a password in the wrong field.
        account: `account_digest` of the name that somebody typed, or an empty text.
        address: Address of the caller, or an empty text.
        application: Name of the application, or an empty text.
        reason: What else there is to say, in a few words.
        request_id: Id of the request; that of this thread by default.
    """

    tag: str
    kind: str = ""
    subject: str = ""
    account: str = ""
    address: str = ""
    application: str = ""
    reason: str = ""
    request_id: str = ""

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise ValueError(
                f"The tag {self.tag!r} of an audit event must be of small letters, digits and '_'."
            )
        if not self.request_id:
            object.__setattr__(self, "request_id", current_request_id())


def audit(event: AuditEvent) -> None:
    """Write an event to the channel ``glue.audit``.

    What went wrong is told at WARNING, the rest at INFO. A plugin adds a sink by a logging handler
    of that channel.
    """
    facts = asdict(event)
    # Values that somebody typed must not look like another line, or another fact.
    shown = [
        f"{name}={value if _PLAIN.fullmatch(value) else ascii(value)}"
        for name, value in facts.items()
        if value and name not in ("tag", "request_id")
    ]
    level = LEVELS.get(event.tag, logging.INFO)
    LOG.log(level, "%s", " ".join([event.tag, *shown]), extra=facts)


def account_digest(account: str) -> str:
    """Return what stands for the name of an account where the name itself is nobody's business.

    It is the start of the SHA-256 of the name as `account_key` has it: whoever knows a name finds
    its events, and nobody reads a name out of the log.
    """
    return hashlib.sha256(account_key(account).encode("utf-8", "surrogatepass")).hexdigest()[
        :_DIGITS
    ]


def account_key(account: str) -> str:
    """Return the one form of all the ways to type the name of an account.

    Whoever looks an account up by a name that somebody typed, and whoever counts or notes what was
    typed, takes this form: an account that is found under two spellings is one account for all.

    Args:
        account: Name as it was typed, such as an e-mail address.

    Returns:
        The name without the case of letters, in one spelling (Unicode's NFC), and without space
        around it.
    """
    one_spelling = unicodedata.normalize("NFC", account.strip()).casefold()
    # Folding may take composed letters apart.
    return unicodedata.normalize("NFC", one_spelling)
