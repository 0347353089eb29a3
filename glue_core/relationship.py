"""Relationships between resources: declared by anybody, loaded in batches only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_core.messages import GlueRequest, GlueResource, GlueResponse

if TYPE_CHECKING:
    from glue_core.operation import ErrorCode, PageRules

Load = Callable[[Sequence[GlueResource], GlueRequest], Mapping[Any, Any]]
"""Answers for all the resources of a level at once.

It gets the resources, each id once, and returns what each id relates to: for a to-many
relationship a sequence, for a to-one relationship an object or None. The values are objects that
the target type shows, or `GlueResource`. An id that is left out relates to nothing.
"""

LoadPage = Callable[[GlueResource, GlueRequest], GlueResponse]
"""Answers with one page of what one resource relates to.

As the handler of a collection does it reads ``request.pagination`` and returns a
`GlueResponse.page`, whose pagination makes the links to other pages. It is called where a client
reads a to-many relationship at a place of its own, which is for one resource at a time; what is
included is never cut into pages, and stays with ``load``.
"""

Write = Callable[[GlueResource, Sequence[GlueResource], GlueRequest], None]
"""Changes what one resource relates to.

It gets the resource the path names (type and id), the resource identifiers of the body (type and
id each; for a to-one relationship none or one) and the request, and writes through
``request.work``. It raises a `Problem` such as `NotFound` where one of them does not exist.
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
        writable: Whether the body of a create or an update may set it. The handler then finds it
            in ``request.resource.relationships``.
        replace: Replaces all of it: PATCH on the relationship itself; None where that is refused.
        add: Adds to a to-many relationship: POST; None where that is refused.
        remove: Removes from a to-many relationship: DELETE; None where that is refused.
        errors: What ``replace``, ``add`` and ``remove`` raise, for the documentation.
        page: How a to-many relationship is cut into pages at its places; None takes the rules of
            the collection that is called after the target, where it has some.
        load_page: Loads one page alone; None loads all of it with ``load`` and cuts the page out,
            which serves offsets and numbers, not cursors.
    """

    name: str
    target: str
    load: Load
    many: bool = True
    source: str = ""
    description: str = ""
    writable: bool = False
    replace: Write | None = None
    add: Write | None = None
    remove: Write | None = None
    errors: tuple[ErrorCode, ...] = ()
    page: PageRules | None = None
    load_page: LoadPage | None = None
