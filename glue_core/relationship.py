"""Relationships between resources: declared by anybody, loaded in batches only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glue_core.messages import GlueRequest, GlueResource

Load = Callable[[Sequence[GlueResource], GlueRequest], Mapping[str, Any]]
"""Answers for all the resources of a level at once.

It gets the resources, each id once, and returns what each id relates to: for a to-many
relationship a sequence, for a to-one relationship an object or None. The values are objects that
the target type shows, or `GlueResource`. An id that is left out relates to nothing.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Relationship:
    """A relationship of one type to another.

    There is no variant for a single resource: the number of reads depends on the depth of the
    include, never on the number of resources.

    Attributes:
        name: Name, unique among the relationships of its source.
        target: Type of the related resources.
        load: Loads the related resources of many resources at once.
        many: False for a to-one relationship.
        source: Type the relationship starts at; empty on a relationship that its own resource
            declares.
        description: One sentence for the documentation.
    """

    name: str
    target: str
    load: Load
    many: bool = True
    source: str = ""
    description: str = ""
