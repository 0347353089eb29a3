"""Rules for the texts of a body that the libraries do not have, in words of their own."""

from __future__ import annotations

import re

from marshmallow import ValidationError, validate

from glue_core import Violation, as_json_schema, not_blank

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
SPECIAL = r"!@#$%^&*()_-+=[]{}|;:<>.,/?\~"

NOT_TRUE = "This value should be true."
WRONG_PASSWORD_FORM = (
    "Your password must include at least one uppercase letter, one lowercase letter, one number, "
    f"and one special character from the following list: {SPECIAL}. Non-Latin and other special "
    "characters are not allowed."
)
NOT_TRUE_KIND, WRONG_PASSWORD_KIND = "customers_api.not_true", "customers_api.password"

# As JSON Schema spells it: what needs no backslash in a set has none.
_SET = "".join("\\" + each if each in r"\[]^-" else each for each in SPECIAL)
_ALLOWED = rf"[A-Za-z0-9{_SET}]"
_PASSWORD = re.compile(rf"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])(?=.*[{_SET}]){_ALLOWED}+", re.ASCII)


@as_json_schema({"const": True})
def is_true(value: bool) -> None:
    """Refuse what was not agreed to."""
    if not value:
        raise ValidationError(Violation.of(NOT_TRUE, NOT_TRUE_KIND, {}))


# That each kind is there the description says: tools that make examples cannot join patterns.
@as_json_schema({"pattern": f"^{_ALLOWED}+$"})
def password_form(value: str) -> None:
    """Refuse a password that lacks a kind of character, or has one of another kind."""
    if not _PASSWORD.fullmatch(value):
        raise ValidationError(Violation.of(WRONG_PASSWORD_FORM, WRONG_PASSWORD_KIND, {}))


PASSWORD_LENGTH = validate.Length(min=SHORTEST_PASSWORD, max=LONGEST_PASSWORD)
NEW_PASSWORD = (not_blank, PASSWORD_LENGTH, password_form)
"""What every new password must be; what the shop asks besides, its settings say."""
