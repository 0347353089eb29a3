"""What the fields of a customer may be; asked by the writer and by the importer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, validate

from glue_core import can_be_kept
from glue_customers import (
    GENDERS,
    LONGEST_COMPANY,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PHONE,
    SALUTATIONS,
    BadValue,
    TooLong,
)

_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*", re.ASCII)
_TEXTS = {
    "email": LONGEST_EMAIL,
    "first_name": LONGEST_NAME,
    "last_name": LONGEST_NAME,
    "phone": LONGEST_PHONE,
    "company": LONGEST_COMPANY,
}
_REQUIRED = frozenset({"email", "first_name", "last_name"})
_CHOICES = {"salutation": SALUTATIONS, "gender": GENDERS}
_is_address = validate.Email()


def check(values: Mapping[str, Any], *, longest_email: int = LONGEST_EMAIL) -> None:
    """Refuse fields that a customer cannot have.

    Args:
        values: Values by the names of `CustomerDraft`, without ``password``.
        longest_email: Characters that an address has at most.

    Raises:
        BadValue: The first that is wrong.
    """
    for name, longest in {**_TEXTS, "email": longest_email}.items():
        if name in values and (values[name] is not None or name in _REQUIRED):
            _check_text(name, values[name], longest)
    for name, known in _CHOICES.items():
        if values.get(name) is not None and values[name] not in known:
            raise BadValue(name, f"{values[name]!r} is none of {', '.join(known)}.")
    if "email" in values:
        try:
            _is_address(values["email"])
        except ValidationError:
            raise BadValue("email", f"{values['email']!r} is no e-mail address.") from None
    locale = values.get("locale")
    if locale is not None and not _LOCALE.fullmatch(str(locale)):
        raise BadValue("locale", f"{locale!r} is no locale such as 'de_DE'.")
    born = values.get("date_of_birth")
    if born is not None and (not isinstance(born, date) or isinstance(born, datetime)):
        raise BadValue("date_of_birth", f"{born!r} is no day.")


def _check_text(name: str, value: object, longest: int) -> None:
    if not isinstance(value, str) or not value.strip():
        raise BadValue(name, "The value is missing.")
    if len(value) > longest:
        raise TooLong(name, len(value), longest)
    if not can_be_kept(value):
        raise BadValue(name, f"{value!r} is no text.")
