"""A resource that every parent has exactly one of, declared once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glue_core.errors import Problem
from glue_core.messages import GlueError, GlueRequest, GlueResource, GlueResponse
from glue_core.operation import ErrorCode, Operation
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.step import Parameter

ReadChildren = Callable[[Sequence[str], GlueRequest], Mapping[str, Any]]
"""Reads the children of many parents at once, by the ids of the parents."""


@dataclass(frozen=True, slots=True, eq=False)
class OnlyChild:
    """The one child of each parent: a place below it, and the relationship that leads there.

    Attributes:
        parent: Type of the parents.
        resource: The child's resource; its type is the name of the place and the relationship.
        read: Reads children by the ids of their parents; one that is left out is missing.
        missing: Error of a request for a child that is not there.
        errors: Further errors of the operation.
        parameters: Query parameters that ``read`` makes use of.
        description: One sentence about the relationship, for the documentation.
    """

    parent: str
    resource: Resource
    read: ReadChildren
    missing: ErrorCode
    errors: tuple[ErrorCode, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    description: str = ""

    def operation(self) -> Operation:
        """Return the operation that shows the child of the parent in the path."""
        return Operation(
            "get",
            self.get,
            f"{self.parent}/{self.resource.type}",
            self.resource,
            singleton=True,
            parameters=self.parameters,
            errors=(self.missing, *self.errors),
            summary=self.resource.description,
        )

    def relationship(self) -> Relationship:
        """Return the to-one relationship from the parent to the child."""
        return Relationship(
            self.resource.type,
            self.resource.type,
            self.load,
            many=False,
            source=self.parent,
            description=self.description,
        )

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the child of the parent in the path."""
        id_ = request.parent_resources[self.parent].id or ""
        child = self.read([id_], request).get(id_)
        if child is None:
            missing = self.missing
            error = GlueError(missing.status, missing.code, missing.message)
            raise Problem(missing.status, [error])
        return GlueResponse.of(child)

    def load(self, parents: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        """Return the children of many parents, with one read."""
        return self.read([each.id for each in parents if each.id is not None], request)
