"""Models: the types that an application shows under each convention."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from glue_core.messages import GlueVersion
from glue_core.operation import Method, Operation
from glue_core.registry.order import Contribution
from glue_core.relating import Follows, relationship_places, top_level_gets
from glue_core.resource import Resource
from glue_core.security.lens import Decide, Model, ModelType
from glue_core.variants import stores_of
from glue_core.versions import UNREADABLE, read_version, versions_of


def follows(operation: Operation, convention: str | None) -> bool:
    """Say whether an operation is reachable under a convention."""
    if operation.conventions is not None:
        return convention in operation.conventions
    resource = operation.resource
    return resource is None or resource.conventions is None or convention in resource.conventions


def stores_in(declared: Iterable[Contribution]) -> tuple[str, ...]:
    """Return the stores that declarations name, by name."""
    found: set[str] = set()
    for each in declared:
        value = each.value
        found.update(value.stores if isinstance(value, Resource) else stores_of(value))
    return tuple(sorted(found))


def seen_in(store: str | None, operations: Iterable[Contribution]) -> Follows:
    """Return what says whether an operation is reachable under a convention in one store.

    Args:
        store: Name of the store; None for every store that no declaration names.
        operations: All operations of the application.
    """
    own: dict[tuple[str, Method], list[Operation]] = {}
    for each in operations:
        if store is not None and store in stores_of(each.value):
            own.setdefault((each.value.place, each.value.method), []).append(each.value)

    def reachable(operation: Operation, convention: str | None) -> bool:
        if not follows(operation, convention):
            return False
        stores = stores_of(operation)
        if stores:
            return store in stores
        versions = set(versions_of(operation))
        for other in own.get((operation.place, operation.method), ()):
            covered = set(versions_of(other))
            if follows(other, convention) and (not covered or (versions and versions <= covered)):
                return False
        return True

    return reachable


def _newest(resource: Resource) -> GlueVersion:
    found = [read_version(each) for each in resource.versions]
    return max((each for each in found if each is not None), default=UNREADABLE)


def shown_by_convention(
    types: Mapping[str, Sequence[tuple[Resource, Contribution]]],
    conventions: Iterable[str | None],
    store: str | None = None,
) -> dict[str | None, dict[str, Resource]]:
    """Say which types each convention shows, in one store or in those that nobody names."""

    def last(declared: tuple[Resource, Contribution]) -> tuple[bool, GlueVersion, bool]:
        resource = declared[0]
        own = bool(resource.stores)
        return own and not resource.versions, _newest(resource), own

    return {
        convention: {
            type_: resource
            for type_, declared in types.items()
            for resource, _ in sorted(declared, key=last)
            if resource.conventions is None or convention in resource.conventions
            if not resource.stores or store in resource.stores
        }
        for convention in conventions
    }


def models_of(
    types: Mapping[str | None, Mapping[str, Resource]],
    relationships: Sequence[Contribution],
    operations: Sequence[Contribution],
    follows: Follows,
    policies: Sequence[Decide] = (),
) -> dict[str | None, Model]:
    """Put together the types that each convention shows.

    Args:
        types: The types by convention.
        relationships: The relationships of the application.
        operations: Its operations.
        follows: Says whether an operation is reachable under a convention.
        policies: Rules about who sees what.
    """
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
            canonical=_canonical(operations, relationships, convention, follows),
            related=related,
            linkage=linkage,
        )
    return models


def _canonical(
    operations: Iterable[Contribution],
    relationships: Iterable[Contribution],
    convention: str | None,
    follows: Follows,
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
