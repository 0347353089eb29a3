"""How PHP sees the values of a request: texts of numbers, equality, order, types.

Values are those of JSON. To PHP an object and a list are both arrays, an empty one of either is the
same, and a key that looks like a number is one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

_NUMERIC: Final = re.compile(
    r"[ \t\n\r\v\f]*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?[ \t\n\r\v\f]*", re.A
)
_INTEGRAL: Final = re.compile(r"[ \t\n\r\v\f]*[-+]?\d+[ \t\n\r\v\f]*", re.A)
_LARGEST: Final = 2**63


def is_array(value: object) -> bool:
    """Return whether PHP has an array there: a list or an object of JSON."""
    return isinstance(value, list | dict)


def is_scalar(value: object) -> bool:
    """Return whether it is a text, a number or a boolean."""
    return isinstance(value, str | int | float)


def is_integer(value: object) -> bool:
    """Return whether it is a whole number; booleans are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_list(value: object) -> bool:
    """Return whether it is an array with the keys 0, 1, 2 ..."""
    if isinstance(value, dict):
        return list(value) == [str(index) for index in range(len(value))]
    return isinstance(value, list)


def number(value: object) -> int | float | None:
    """Return the number that a number or a numeric text is; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if -_LARGEST <= value < _LARGEST else _as_float(value)
    if isinstance(value, float):
        return value
    if not isinstance(value, str) or not _NUMERIC.fullmatch(value):
        return None
    if _INTEGRAL.fullmatch(value) and -_LARGEST <= (whole := _whole(value)) < _LARGEST:
        return int(whole)
    return float(value)


def _as_float(value: int) -> float:
    # PHP has no whole numbers of more than 64 bits.
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _whole(value: str) -> int | float:
    # Texts of thousands of digits are no integers to PHP, and costly ones to Python.
    return int(value) if len(value) < 30 else math.inf


def text(value: object) -> str:
    """Return a scalar as PHP writes it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    # PHP writes 14 digits unless its settings say otherwise.
    written = f"{value:.14G}"
    if "E" not in written:
        return written
    digits, exponent = written.split("E")
    if "." not in digits:
        digits += ".0"
    return f"{digits}E{int(exponent):+d}"


def quoted(value: object) -> str:
    """Return a value as messages of constraints show it: texts in quotes, arrays as a word."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return "array" if is_array(value) else text(value)


def type_name(value: object) -> str:
    """Return what PHP calls the type of a value."""
    if value is None:
        return "null"
    for kind, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "string")):
        if isinstance(value, kind):
            return name
    return "array"


def truth(value: object) -> bool:
    """Return whether PHP takes a value for true."""
    return bool(value) and value != "0"


def compare(left: object, right: object) -> int | None:
    """Compare two values as the operators ``==``, ``<`` and ``>`` of PHP 8 do.

    Returns:
        A negative number, 0 or a positive number; None where neither is equal or greater.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return truth(left) - truth(right)
    if left is None or right is None:
        return _compare_with_null(left, right)
    if is_array(left) or is_array(right):
        return _compare_arrays(left, right)
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return _order(first, second)
    return _order(_bytes(left), _bytes(right))


def _compare_with_null(left: object, right: object) -> int | None:
    if isinstance(left, str) or isinstance(right, str):
        return _order(text(left), text(right))
    return truth(left) - truth(right)


def _compare_arrays(left: object, right: object) -> int | None:
    if not is_array(left) or not is_array(right):
        return is_array(left) - is_array(right)
    first, second = _keyed(left), _keyed(right)
    if len(first) != len(second):
        return len(first) - len(second)
    for key, value in first.items():
        if key not in second:
            return None
        found = compare(value, second[key])
        if found != 0:
            return found
    return 0


def _keyed(value: object) -> Mapping[str, object]:
    if isinstance(value, list):
        return {str(index): each for index, each in enumerate(value)}
    assert isinstance(value, dict)
    return value


def _order(left: object, right: object) -> int | None:
    if left == right:
        return 0
    if left < right:  # type: ignore[operator]
        return -1
    return 1 if left > right else None  # type: ignore[operator]


def _bytes(value: object) -> bytes:
    return text(value).encode("utf-8", "surrogatepass")


def frozen(value: object) -> object:
    """Return something hashable that is equal for what PHP's ``===`` calls identical."""
    if is_array(value):
        entries = _keyed(value).items()
        return ("array", tuple((key, frozen(each)) for key, each in entries))
    return (type_name(value), value)


def identical(left: object, right: object) -> bool:
    """Return whether PHP's ``===`` calls two values the same."""
    return frozen(left) == frozen(right)


def is_empty_array(value: object) -> bool:
    """Return whether it is an array without entries."""
    return is_array(value) and not value


def entries(value: object) -> Sequence[tuple[str, object]]:
    """Return keys and values of an array."""
    return list(_keyed(value).items())
