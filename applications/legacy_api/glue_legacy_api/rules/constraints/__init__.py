"""The constraints that rule files may name, after those of Symfony's validator."""

from collections.abc import Mapping
from typing import Final

from glue_legacy_api.rules.constraints import choices, comparing, presence, regions, texts, times
from glue_legacy_api.rules.values import Constraint

BUILT_IN: Final[Mapping[str, Constraint]] = {
    each.name: each
    for module in (presence, texts, comparing, choices, times, regions)
    for each in module.CONSTRAINTS
}
"""Every constraint for one value, by its name. Those that contain rules are in `compiling`."""
