"""Everything that plugins contribute to a deployment, with the hooks that it came through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.registry.order import Contribution
    from glue_core.registry.registry import ApplicationRegistry

RESOURCES, ROUTES, RELATIONSHIPS = "glue_resources", "glue_route_providers", "glue_relationships"


def contributions_of(deployment: Deployment) -> Iterator[tuple[str, Contribution]]:
    """Yield hook and contribution of everything that is there; one may come several times.

    Raises:
        ConfigurationError: A hook that is asked when somebody needs it fails.
    """
    registry = deployment.registry
    features, services = deployment.features, deployment.services
    yield from _each("glue_settings", registry.sections)
    yield from _each("glue_service_engines", registry.features.engines)
    yield from _each("glue_migrations", registry.features.migrations)
    yield from _each("glue_demo_data", registry.features.demo_data)
    yield from _each("glue_commands", registry.features.commands)
    yield from _each("glue_features", registry.providers(services))
    yield from _each("glue_importers", registry.importers(features))
    yield from _each("glue_publishers", registry.publishers(features, services))
    yield from _each("glue_fixture_makers", registry.fixture_contributions(features, services))
    for hook, found in registry.token_contributions(features, services).items():
        yield from _each(hook, found)
    for application in registry.applications.values():
        yield from _of_application(application)
    for hook, placed in registry.listeners.items():
        yield from _each(hook, (each.contribution for each in placed))


def _of_application(registry: ApplicationRegistry) -> Iterator[tuple[str, Contribution]]:
    """Yield what plugins contribute to one application, as it stands after all changes."""
    for each in registry.operations:
        yield ROUTES if each.value.is_template else RESOURCES, each
    yield from _each(RELATIONSHIPS, registry.relationships)
    for hook, found in {**registry.contributed, **registry.heard}.items():
        if hook not in (RESOURCES, ROUTES, RELATIONSHIPS):
            yield from _each(hook, found)


def _each(hook: str, found: Iterable[Contribution]) -> Iterator[tuple[str, Contribution]]:
    return ((hook, each) for each in found)
