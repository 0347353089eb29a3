"""What a shop asks of new passwords, beyond what every password needs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from glue_customers import LONGEST_PASSWORD, WeakPassword, check_password


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """The password policy of a shop.

    Attributes:
        shortest: Characters that a password has at least.
        longest: Characters that it has at most, up to `LONGEST_PASSWORD`.
        character_set: Regular expression that the whole password must fit, or None.
        repeated: How often a character may stand in a row; None for as often as one likes.
        denied: Passwords that are too common, whatever the case of their letters.
        allowed: Passwords that need not follow these rules, to the letter.
    """

    shortest: int = 1
    longest: int = LONGEST_PASSWORD
    character_set: str | None = None
    repeated: int | None = None
    denied: frozenset[str] = field(default=frozenset(), repr=False)
    allowed: frozenset[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        folded = frozenset(each.casefold() for each in self.denied)
        object.__setattr__(self, "denied", folded)

    def check(self, password: str, name: str = "password") -> None:
        """Refuse a password that breaks a rule.

        Args:
            password: The password as it was typed.
            name: Name of the field that it came in.

        Raises:
            WeakPassword: It breaks a rule, the first one that is named above.
        """
        check_password(password, name)
        if password in self.allowed:
            return
        if len(password) < self.shortest:
            raise WeakPassword(name, "too_short")
        if len(password) > self.longest:
            raise WeakPassword(name, "too_long")
        if self.character_set is not None and not re.fullmatch(self.character_set, password):
            raise WeakPassword(name, "character_set")
        if self.repeated is not None and _longest_run(password) > self.repeated:
            raise WeakPassword(name, "sequence")
        if password.casefold() in self.denied:
            raise WeakPassword(name, "common")


def _longest_run(text: str) -> int:
    """Return how often a character stands in a row at most."""
    longest = run = 0
    before = None
    for character in text:
        run = run + 1 if character == before else 1
        longest, before = max(longest, run), character
    return longest
