"""Models: the types that an application shows under each convention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from glue_core.messages import GlueVersion
from glue_core.operation import Operation
from glue_core.registry.order import Contribution
from glue_core.relating import relationship_places, top_level_gets
from glue_core.resource import Resource
from glue_core.security.lens import Decide, Model, ModelType
from glue_core.versions import UNREADABLE, read_version

if TYPE_CHECKING:
    pass


def follows(operation: Operation, convention: str | None) -> bool:
    """Say whether an operation is reachable under a convention."""
    if operation.conventions is not None:
        return convention in operation.conventions
    resource = operation.resource
    return resource is None or resource.conventions is None or convention in resource.conventions


def _newest(resource: Resource) -> GlueVersion:
    found = [read_version(each) for each in resource.versions]
    return max((each for each in found if each is not None), default=UNREADABLE)


def shown_by_convention(
    types: Mapping[str, Sequence[tuple[Resource, Contribution]]],
    conventions: Iterable[str | None],
) -> dict[str | None, dict[str, Resource]]:
    """Say which types each convention shows."""
    return {
        convention: {
            type_: resource
            for type_, declared in types.items()
            for resource, _ in sorted(declared, key=lambda each: _newest(each[0]))
            if resource.conventions is None or convention in resource.conventions
        }
        for convention in conventions
    }


def models_of(
    types: Mapping[str | None, Mapping[str, Resource]],
    relationships: Sequence[Contribution],
    operations: Sequence[Contribution],
    policies: Sequence[Decide] = (),
) -> dict[str | None, Model]:
    """Put together the types that each convention shows."""
    models: dict[str | None, Model] = {}
    for convention, shown in types.items():
        related, linkage = relationship_places(operations, relationships, follows, convention)
        models[convention] = Model(
            {
                type_: ModelType(
                    resource,
                    {
                        each.value.name: each.value
                        for each in sorted(relationships, key=lambda each: each.value.name)
                        if each.value.source == type_
                    },
                )
                for type_, resource in shown.items()
            },
            policies,
            canonical=_canonical(operations, relationships, convention),
            related=related,
            linkage=linkage,
        )
    return models


def _canonical(
    operations: Iterable[Contribution],
    relationships: Iterable[Contribution],
    convention: str | None,
) -> dict[str, str]:
    """Say where a resource of each type lives: at the top, or as the only child of its parent."""
    operations = tuple(operations)
    found = {
        type_: f"/{operation.place}/{{id}}"
        for type_, operation in top_level_gets(operations, follows, convention).items()
    }
    to_one = {
        (each.value.source, each.value.target) for each in relationships if not each.value.many
    }
    for each in operations:
        operation = each.value
        types = operation.types
        if (
            operation.method == "get"
            and operation.relationship is None
            and len(types) == 2
            and operation.singleton
            and (types[0], operation.type) in to_one
            and follows(operation, convention)
        ):
            found.setdefault(operation.type, f"/{types[0]}/{{id}}/{types[1]}")
    return found
