"""Fixtures: what features make for tests that call a deployment from outside.

A feature declares makers; nothing here runs unless a distribution such as
``glue-fixtures-backend-api`` is installed and switched on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_core.errors import ConfigurationError

if TYPE_CHECKING:
    from glue_core.resource import SchemaClass
    from glue_core.work import Work

Json = dict[str, Any]

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
RESERVED = ("as", "from")
"""Names that stand beside makers in a request."""


@dataclass(frozen=True, slots=True)
class FixtureMaker:
    """Makes one thing that a test needs, such as a customer.

    Attributes:
        name: What requests call it, such as ``customer``; unique in the deployment.
        parameters: Schema of what a request says of the thing.
        make: Makes it, through the facade of its feature and in the unit of work that it is given,
            which is not its own to commit. Gets what the schema loaded, and returns what there is
            now, ready for JSON: what the test needs to go on with it, and all that ``remove``
            wants. A `marshmallow.ValidationError` says what is wrong about a parameter.
        removal: Schema of what removes such a thing, or None where nothing does.
        remove: Removes it; needs ``removal``. What is not there any more is no error.
    """

    name: str
    parameters: SchemaClass
    make: Callable[[Json, Work], Mapping[str, Any]]
    removal: SchemaClass | None = None
    remove: Callable[[Json, Work], None] | None = None

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None or self.name in RESERVED:
            raise ConfigurationError(
                f"{self.name!r} is no name of a fixture maker.\n"
                f"Use lower case with hyphens, and none of {', '.join(RESERVED)}."
            )
        if (self.removal is None) is not (self.remove is None):
            raise ConfigurationError(
                f"The fixture maker {self.name!r} has one of 'removal' and 'remove'.\n"
                f"Give it both, or none where nothing can be removed."
            )


@dataclass(frozen=True, slots=True)
class FixtureMakers:
    """The makers of all features; whoever offers them asks for this as for a feature.

    Attributes:
        makers: The makers by name.
    """

    makers: Mapping[str, FixtureMaker]
