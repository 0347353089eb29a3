"""The texts of broken rules: default texts, placeholders, and singular or plural.

A text is in the forms that translations of Symfony have: ``one|many``, or
``{0} none|{1} one|]1,Inf] many``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Final

from glue_legacy_api.rules import php

MISSING: Final = "This field is missing."
UNEXPECTED: Final = "This field was not expected."
_TYPE: Final = "This value should be of type {{ type }}."
_SET: Final = re.compile(r"\s*\{\s*(-?\d+(?:\.\d+)?(?:\s*,\s*-?\d+(?:\.\d+)?)*)\s*\}\s*(.*)", re.S)
_INTERVAL: Final = re.compile(
    r"\s*([\[\]])\s*(-?Inf|-?\d+(?:\.\d+)?)\s*,\s*(\+?Inf|-?\d+(?:\.\d+)?)\s*([\[\]])\s*(.*)", re.S
)
_FORMS: Final = re.compile(r"(?<!\|)\|(?!\|)")


def of_type(name: str) -> str:
    """Return the text for a value of another type, as PHP names types."""
    return _TYPE.replace("{{ type }}", name)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of ``{{ name }}``; what they contain is not looked at again."""
    if "{{" not in text:
        return text
    return re.sub(
        r"\{\{ (\w+) \}\}", lambda found: values.get(found.group(1), found.group(0)), text
    )


def with_value(text: str, value: object, **others: str) -> str:
    """Fill a text that may show the value at fault."""
    if "{{" not in text:
        return text
    return fill(text, {"value": php.quoted(value), **others})


def plural(text: str, count: int) -> str:
    """Choose the form of a text for a number."""
    if "|" not in text:
        return text
    simple: list[str] = []
    for form in _FORMS.split(text):
        form = form.replace("||", "|")
        if chosen := _SET.fullmatch(form):
            if count in {float(each) for each in chosen.group(1).split(",")}:
                return chosen.group(2)
        elif found := _INTERVAL.fullmatch(form):
            if _contains(found, count):
                return found.group(5)
        else:
            simple.append(re.sub(r"^\w+: ", "", form) if ": " in form else form)
    if not simple:
        return text
    return simple[0] if count == 1 or len(simple) == 1 else simple[1]


def _contains(interval: re.Match[str], count: int) -> bool:
    left, low, high, right = interval.group(1, 2, 3, 4)
    above = count > _limit(low) if left == "]" else count >= _limit(low)
    below = count < _limit(high) if right == "[" else count <= _limit(high)
    return above and below


def _limit(text: str) -> float:
    if text.endswith("Inf"):
        return -math.inf if text.startswith("-") else math.inf
    return float(text)
