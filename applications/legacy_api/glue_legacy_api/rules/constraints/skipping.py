"""What most constraints for texts have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glue_legacy_api.rules import php
from glue_legacy_api.rules.messages import of_type, with_value
from glue_legacy_api.rules.values import Test

TEXT = of_type("string")


def for_texts(
    options: Mapping[str, object],
    holds: Callable[[str], bool],
    message: str = "message",
) -> Test:
    """Make a test that passes null and the empty text, and asks about every other text.

    Args:
        options: Options of the constraint; a normalizer is applied before.
        holds: Says whether a text is fine.
        message: Option with the text for one that is not.
    """
    broken = str(options[message])
    normalize = options.get("normalizer")

    def test(value: object) -> str | None:
        if value is None or value == "":
            return None
        if not php.is_scalar(value):
            return TEXT
        text = php.text(value)
        if callable(normalize):
            text = normalize(text)
        return None if holds(text) else with_value(broken, value)

    return test
