"""What the fields of a user may be; asked by the writer and by the importer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validate

from glue_core import can_be_kept
from glue_users import LONGEST_NAME, LONGEST_USERNAME, BadValue

_LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*", re.ASCII)
_is_address = validate.Email()


def check(values: Mapping[str, Any]) -> None:
    """Refuse fields that a user cannot have.

    Args:
        values: Values by the names of `UserDraft`, without ``password``.

    Raises:
        BadValue: The first that is wrong.
    """
    for name in ("first_name", "last_name"):
        if name in values:
            _check_name(name, values[name])
    if "username" in values:
        _check_username(values["username"])
    for name in ("is_active", "is_warehouse_user"):
        if name in values and not isinstance(values[name], bool):
            raise BadValue(name, "The value is neither true nor false.")
    locale = values.get("locale")
    if locale is not None and not _LOCALE.fullmatch(str(locale)):
        raise BadValue("locale", f"{locale!r} is no locale such as 'de_DE'.")


def _check_name(name: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise BadValue(name, "The value is missing.")
    if len(value) > LONGEST_NAME:
        raise BadValue(name, f"The name has {len(value)} characters; {LONGEST_NAME} are allowed.")
    if not can_be_kept(value):
        raise BadValue(name, f"{value!r} is no text.")


def _check_username(value: object) -> None:
    if not isinstance(value, str) or not value:
        raise BadValue("username", "The value is missing.")
    if len(value) > LONGEST_USERNAME:
        raise BadValue(
            "username",
            f"The address has {len(value)} characters; {LONGEST_USERNAME} are allowed.",
        )
    try:
        _is_address(value)
    except ValidationError:
        raise BadValue("username", f"{value!r} is no e-mail address.") from None
    if not can_be_kept(value):
        raise BadValue("username", f"{value!r} is no e-mail address.")
