"""The registry: an immutable snapshot of what is installed and how it fits together."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from glue_core import health
from glue_core.application import SERVICES, ApiApplication, RequestFlowAwareApiApplication
from glue_core.catalogue import Catalogue
from glue_core.convention import Convention, MediaTypeExtension
from glue_core.errors import ConfigurationError
from glue_core.features import Features
from glue_core.messages import GlueVersion
from glue_core.operation import METHODS, RELATIONSHIPS, Operation, SimpleResource
from glue_core.plain import Plain
from glue_core.registry.choice import Choice
from glue_core.registry.discovery import (
    APPLICATIONS,
    COMMON_PLUGINS,
    CONVENTIONS,
    CORE,
    FEATURES,
    Source,
    core_version,
    place_of,
)
from glue_core.registry.order import Contribution, Placed, arrange
from glue_core.registry.plugins import Hooks, Plugin, check_sources, load
from glue_core.relating import relationship_operations, relationship_places, top_level_gets
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.security.lens import Model, ModelType
from glue_core.services.services import Services
from glue_core.settings import Section, Settings
from glue_core.versions import UNREADABLE, read_version, share_versions, versions_of

if TYPE_CHECKING:
    from falcon.routing import CompiledRouter

STACKS = (
    "glue_request_builders",
    "glue_request_validators",
    "glue_request_after_routing_validators",
    "glue_controller_wrappers",
    "glue_response_formatters",
    "glue_response_finishers",
)
"""The hooks whose contributions are steps, in the order of the flow."""

LISTENERS = ("glue_response_events", "glue_terminate", "glue_start_up", "glue_shut_down")
"""The hooks whose contributions hear of what happens around requests."""

EXPANDERS = "glue_context_expanders"
LISTENER_LAYERS = ("plain", "common", "convention", "application")

WITH_CONVENTION = ("common", "convention", "application")
WITHOUT_CONVENTION = ("plain", "common", "application")

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
RESERVED = RELATIONSHIPS


@dataclass(frozen=True, slots=True)
class FeatureRegistry:
    """What the features of a deployment contribute.

    Attributes:
        hooks: Their hooks.
        engines: Implementations of services.
        migrations: Branches of migrations.
        demo_data: Data for the demo.
    """

    hooks: Hooks
    engines: tuple[Contribution, ...]
    migrations: tuple[Contribution, ...]
    demo_data: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class ApplicationRegistry:
    """One application with everything that plugins add to it.

    Attributes:
        application: The application.
        source: Where it came from.
        plugins: The plugins that it loaded.
        conventions: Conventions by name; None is the plain flow.
        operations: Operations of resources and custom routes.
        relationships: Relationships, whoever declared them.
        models: The types that each convention shows.
        stacks: Steps of each hook, not in order.
        replaced: Ids that others took the place of.
        heard: Listeners of each hook, not in order.
        catalogue: The words of errors.
        convention_sources: Ids of the plugins that the conventions are.
        extensions: What media type parameters of conventions may name.
    """

    application: ApiApplication
    source: Source
    plugins: tuple[Plugin, ...] = ()
    conventions: Mapping[str | None, Convention] = field(default_factory=dict)
    operations: tuple[Contribution, ...] = ()
    relationships: tuple[Contribution, ...] = ()
    models: Mapping[str | None, Model] = field(default_factory=dict)
    stacks: Mapping[str, tuple[Contribution, ...]] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, tuple[Contribution, ...]] = field(default_factory=dict)
    convention_sources: Mapping[str | None, str] = field(default_factory=dict)
    catalogue: Catalogue | None = None
    extensions: tuple[Contribution, ...] = ()

    def extensions_of(self, convention: str | None) -> tuple[MediaTypeExtension, ...]:
        """Return what the media type parameters of a convention may name."""
        values: Iterable[MediaTypeExtension] = (each.value for each in self.extensions)
        return tuple(each for each in values if each.convention == convention)

    def listeners(self, hook: str) -> tuple[Placed, ...]:
        """Return the listeners of a hook in the order they are called.

        Raises:
            ConfigurationError: A constraint names nobody, or constraints form a cycle.
        """
        return _arranged(self.heard.get(hook, ()), self.replaced, hook, self.application.name)

    def stack(self, hook: str, convention: str | None) -> tuple[Placed, ...]:
        """Return the steps of a hook in the order that a convention runs them.

        Raises:
            ConfigurationError: A constraint names nobody, or constraints form a cycle.
        """
        layers = WITHOUT_CONVENTION if convention is None else WITH_CONVENTION
        own = self.convention_sources[convention]
        chosen: list[Contribution] = []
        known: set[str] = set()
        for each in self.stacks[hook]:
            known.update((each.name, each.id))
            if each.layer not in layers:
                continue
            extends = convention is not None and extended_by(each.source) == convention
            is_own = each.source.id == own or extends
            if each.layer in ("plain", "convention") and not is_own:
                continue
            chosen.append(each)
        spoken = "plain flow" if convention is None else f"convention {convention!r}"
        return arrange(
            chosen,
            layers,
            known=known,
            replaced=self.replaced,
            stack=f"stack {hook!r} of {self.application.name!r} under the {spoken}",
        )


def core_sources() -> tuple[Source, ...]:
    """Return what the core itself contributes, through the same hooks as everybody else."""
    from glue_core import catalogue, conditional, formatting, negotiation, plain, validation
    from glue_core.security import cors, headers
    from glue_core.services import engines

    def of(group: str, name: str, value: object) -> Source:
        return Source.of(group, name, value, distribution=CORE, version=core_version())

    return (
        of(FEATURES, "services", engines),
        of(CONVENTIONS, "plain", plain.PLAIN),
        of(COMMON_PLUGINS, "negotiation", negotiation),
        of(COMMON_PLUGINS, "validation", validation),
        of(COMMON_PLUGINS, "formatting", formatting),
        of(COMMON_PLUGINS, "catalogue", catalogue),
        of(COMMON_PLUGINS, "conditional", conditional),
        of(COMMON_PLUGINS, "cors", cors),
        of(COMMON_PLUGINS, "health", health),
        of(COMMON_PLUGINS, "security-headers", headers),
    )


class Registry:
    """What is installed, as one process sees it; nothing in it changes.

    Attributes:
        settings: The settings, those of plugins included.
        sources: Everything that is installed and not disabled, loaded or not.
        features: What the features contribute.
        applications: The applications of this process, in the order they are asked.
        choice: What the settings leave out or replace.
        listeners: What hears of the host's own answers, and what makes contexts, by hook.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        settings: Settings,
        only: str | None = None,
        *,
        serving: bool = True,
    ) -> None:
        """Find out what is installed, and import what the applications of this process need.

        Args:
            sources: Everything that is installed.
            settings: The settings as they were read.
            only: Name of the one application to serve; those of the settings by default.
            serving: False loads the features alone.

        Raises:
            ConfigurationError: Something does not fit.
        """
        self.choice = Choice(settings["disable"], settings["replace"], settings.origin)
        self.sources = self.choice.of_sources((*core_sources(), *sources))
        check_sources(self.sources)
        names = self._served(settings, only) if serving else ()
        loaded = self._load(names, serving)
        self._plugins = {each.source: each for each in loaded}
        hooks = Hooks([each for each in loaded if each.source.group != APPLICATIONS], "deployment")
        sections = self.choice.of_contributions(hooks.call("glue_settings"))
        _unique(sections, "settings sections named {!r}", lambda each: each.value.name)
        self.settings = settings.with_sections(
            cast("list[Section]", [each.value for each in sections]),
            {each.name for each in self.sources if each not in self._plugins},
        )
        self.features = self._features()
        self.applications: dict[str, ApplicationRegistry] = {
            name: ApplicationRegistry(self._application(name), self._source(APPLICATIONS, name))
            for name in names
        }

    def providers(self, services: Services) -> tuple[Contribution, ...]:
        """Return the providers of features, one for each Protocol.

        Raises:
            ConfigurationError: Two distributions provide one feature.
        """
        found = self.choice.of_contributions(
            self.features.hooks.call("glue_features", services=services, settings=self.settings)
        )
        _unique(
            found,
            "providers of the feature {!r}",
            lambda each: f"{each.value.facade.__module__}:{each.value.facade.__qualname__}",
        )
        return found

    def importers(self, features: Features) -> tuple[Contribution, ...]:
        """Return the importers, one for each entity."""
        found = self.choice.of_contributions(
            self.features.hooks.call("glue_importers", features=features)
        )
        _unique(found, "importers of {!r}", lambda each: each.value.entity)
        return found

    def publishers(self, features: Features, services: Services) -> tuple[Contribution, ...]:
        """Return the publishers."""
        return self.choice.of_contributions(
            self.features.hooks.call("glue_publishers", features=features, services=services)
        )

    def complete(self, features: Features, services: Services) -> None:
        """Ask the plugins of each application for what they contribute, and check it.

        Args:
            features: The features of the deployment.
            services: All services; each application gets those it declares.

        Raises:
            ConfigurationError: Something does not fit.
        """
        for name, registry in self.applications.items():
            if isinstance(registry.application, RequestFlowAwareApiApplication):
                self.applications[name] = self._complete(
                    registry.application, registry.source, features, services
                )
            else:
                self.applications[name] = self._listening(registry, features, services)
        self.listeners = self._host_listeners(features, services)
        # Importers and publishers are asked when a command needs them: their ids are not known yet.
        hooks = self.features.hooks
        later = {
            each.source
            for each in hooks.plugins
            if {"glue_importers", "glue_publishers"} & set(hooks.implemented(each))
        }
        self.choice.check(each for each in self._plugins if each not in later)

    # What follows reads the settings and the metadata.

    def _served(self, settings: Settings, only: str | None) -> tuple[str, ...]:
        installed = {each.name: each for each in self.sources if each.group == APPLICATIONS}
        wanted = [only] if only is not None else list(settings["serve"]) or sorted(installed)
        for name in (*wanted, *settings["applications"]):
            if name not in installed:
                raise ConfigurationError(
                    f"{settings.origin}: there is no application {name!r}.\n"
                    f"Installed are: {', '.join(sorted(installed)) or 'none'}.\n"
                    f"Install a distribution with that name in the group {APPLICATIONS!r}."
                )
        return tuple(dict.fromkeys(wanted))

    def _source(self, group: str, name: str) -> Source:
        return next(each for each in self.sources if (each.group, each.name) == (group, name))

    def _application(self, name: str) -> ApiApplication:
        return cast(ApiApplication, self._plugins[self._source(APPLICATIONS, name)].value)

    def _load(self, names: Sequence[str], serving: bool) -> tuple[Plugin, ...]:
        """Import the applications, then what they collect; nothing else is imported."""
        applications = load(
            (each, "application")
            for each in self.sources
            if each.group == APPLICATIONS and each.name in names
        )
        groups: set[str] = set()
        for plugin in applications:
            _check_application(plugin)
            groups.update(plugin.value.plugin_groups)
        layers = {FEATURES: "feature"}
        if serving:
            layers |= {CONVENTIONS: "convention", COMMON_PLUGINS: "common"}
        wanted = []
        for each in self.sources:
            if each.group in layers:
                plain = each.group == CONVENTIONS and each.distribution == CORE
                wanted.append((each, "plain" if plain else layers[each.group]))
            elif each.group in groups:
                wanted.append((each, "application"))
            elif serving and extended_by(each) is not None:
                wanted.append((each, "convention"))
        return (*applications, *load(wanted))

    def _features(self) -> FeatureRegistry:
        hooks = Hooks(
            [each for each in self._plugins.values() if each.source.group == FEATURES], "features"
        )
        engines = self.choice.of_contributions(hooks.call("glue_service_engines"))
        _unique(
            engines,
            "engines for {!r}",
            lambda each: f"{each.value.service} {each.value.scheme}:",
        )
        migrations = self.choice.of_contributions(hooks.call("glue_migrations"))
        _unique(migrations, "branches of migrations named {!r}", lambda each: each.value.branch)
        demo_data = self.choice.of_contributions(hooks.call("glue_demo_data"))
        return FeatureRegistry(hooks, engines, migrations, demo_data)

    # What follows asks the plugins of one application.

    def _complete(
        self,
        application: RequestFlowAwareApiApplication,
        source: Source,
        features: Features,
        services: Services,
    ) -> ApplicationRegistry:
        plugins = self._plugins_of(application, source)
        conventions, convention_sources = _conventions(plugins)
        hooks = Hooks(plugins, application.name)
        arguments = {
            "features": features,
            "services": services.reachable_for(application.name, application.services),
            "settings": self.settings,
        }

        def call(hook: str) -> tuple[Contribution, ...]:
            return self.choice.of_contributions(hooks.call(hook, **arguments))

        declared = hooks.call("glue_resources", **arguments)
        shown = self.choice.of_contributions(_expanded(declared))
        resources = tuple(each for each in shown if isinstance(each.value, Resource))
        # Where one must stand for all of a place, the newest does: it comes last.
        operations = tuple(
            sorted(
                (each for each in shown if isinstance(each.value, Operation)),
                key=lambda each: max(versions_of(each.value), default=UNREADABLE),
            )
        )
        operations += self._health_check(application, plugins, call("glue_health_checks"))
        routes = tuple(map(_in_its_convention, call("glue_route_providers")))
        relationships = _relationships(operations, resources, call("glue_relationships"))
        relationships = self.choice.of_contributions(relationships)
        stacks = {hook: call(hook) for hook in STACKS}
        encoders = call("glue_encoders")
        texts = call("glue_error_catalogue")
        heard = self._heard(hooks, arguments)
        extensions = call("glue_media_type_extensions")

        problems: list[str] = []
        problems += _wrong_places(application.name, operations, routes)
        if problems:
            raise ConfigurationError("\n\n".join(problems))
        problems += _clashing_templates(application.name, routes, conventions)
        types = _types(application.name, (*operations, *routes, *resources), problems)
        problems += _wrong_relationships(application.name, relationships, types)
        problems += _clashing_operations(application.name, (*operations, *routes), conventions)
        problems += _clashing_children(application.name, operations, relationships)
        problems += _twice(
            texts, lambda each: each.value.key, f"Two plugins of {application.name!r} word {{!r}}."
        )
        problems += _clashing_encoders(application.name, encoders, conventions)
        problems += _twice(
            extensions,
            lambda each: f"{each.value.parameter} {each.value.uri} of {each.value.convention}",
            f"Two media type extensions of {application.name!r} are {{!r}}.",
        )
        for hook, steps in stacks.items():
            problems += _twice(
                steps, lambda each: each.id, f"Two steps of {hook!r} have the id {{!r}}."
            )
        if problems:
            raise ConfigurationError("\n\n".join(problems))
        plain = conventions.get(None)
        if isinstance(plain, Plain):
            conventions[None] = plain.with_encoders([each.value for each in encoders])
        everything = (*operations, *routes)
        shown_types = _shown(types, conventions)
        made = relationship_operations(everything, relationships, shown_types, conventions, follows)
        everything = (*everything, *self.choice.of_contributions(made))
        return ApplicationRegistry(
            application,
            source,
            plugins,
            MappingProxyType(conventions),
            everything,
            relationships,
            MappingProxyType(_models(shown_types, relationships, everything)),
            MappingProxyType(stacks),
            MappingProxyType(self.choice.replaced),
            MappingProxyType(heard),
            MappingProxyType(convention_sources),
            Catalogue(each.value for each in texts),
            extensions=extensions,
        )

    def _listening(
        self, registry: ApplicationRegistry, features: Features, services: Services
    ) -> ApplicationRegistry:
        """Let plugins hear of an application that answers by itself; it has no flow for steps."""
        application = registry.application
        groups = {COMMON_PLUGINS, *application.plugin_groups}
        plugins = tuple(each for each in self._plugins.values() if each.source.group in groups)
        hooks = Hooks(plugins, application.name)
        reachable = services.reachable_for(application.name, application.services)
        arguments = {"features": features, "services": reachable, "settings": self.settings}
        return replace(
            registry,
            plugins=plugins,
            heard=MappingProxyType(self._heard(hooks, arguments)),
            replaced=MappingProxyType(self.choice.replaced),
        )

    def _health_check(
        self,
        application: RequestFlowAwareApiApplication,
        plugins: Iterable[Plugin],
        checks: tuple[Contribution, ...],
    ) -> tuple[Contribution, ...]:
        """Make the operation that tells whether the application is well."""
        _unique(checks, "health checks of {!r}", lambda each: each.value.name)
        own = next((each for each in plugins if each.value is health), None)
        is_on = self.settings.application(application.name)["health_check"]
        if own is None or not (application.health_check or is_on):
            return ()
        operation = health.operation(
            tuple(each.value for each in checks), self.settings, application.name
        )
        made = Contribution(
            f"{own.source.id}.{operation.contribution_name}",
            operation.contribution_name,
            own.source,
            own.layer,
            operation,
            place_of(health, own.source),
        )
        return self.choice.of_contributions([made])

    def _heard(
        self, hooks: Hooks, arguments: Mapping[str, Any]
    ) -> dict[str, tuple[Contribution, ...]]:
        heard = {
            hook: self.choice.of_contributions(hooks.call(hook, **arguments)) for hook in LISTENERS
        }
        for hook, found in heard.items():
            _unique(found, f"listeners of {hook!r} with the id {{!r}}", lambda each: each.id)
        return heard

    def _host_listeners(
        self, features: Features, services: Services
    ) -> Mapping[str, tuple[Placed, ...]]:
        """Ask the plugins of every application what hears of answers that none of them gives."""
        hooks = Hooks(
            [each for each in self._plugins.values() if each.source.group == COMMON_PLUGINS], "host"
        )
        found = self._heard(
            hooks, {"features": features, "services": services, "settings": self.settings}
        )
        found[EXPANDERS] = self.choice.of_contributions(
            hooks.call(EXPANDERS, settings=self.settings)
        )
        return MappingProxyType(
            {
                hook: _arranged(each, self.choice.replaced, hook, "the host")
                for hook, each in found.items()
            }
        )

    def _plugins_of(
        self, application: RequestFlowAwareApiApplication, source: Source
    ) -> tuple[Plugin, ...]:
        groups = {COMMON_PLUGINS, CONVENTIONS, *application.plugin_groups}
        spoken = application.conventions
        plugins = [
            each
            for each in self._plugins.values()
            if each.source.group in groups
            and (
                each.source.group != CONVENTIONS
                or each.layer == "plain"
                or spoken is None
                or each.source.name in spoken
            )
        ]
        known = {each.source.name for each in plugins if each.source.group == CONVENTIONS}
        plugins += [each for each in self._plugins.values() if extended_by(each.source) in known]
        if application.hooks is not None:
            plugins.append(Plugin(source, application.hooks, "application"))
        return tuple(plugins)


def _arranged(
    listeners: Iterable[Contribution], replaced: Mapping[str, str], hook: str, owner: str
) -> tuple[Placed, ...]:
    return arrange(
        listeners, LISTENER_LAYERS, replaced=replaced, stack=f"stack {hook!r} of {owner!r}"
    )


def extended_by(source: Source) -> str | None:
    """Return the name of the convention that a plugin extends, or None where it extends none."""
    start, _, name = source.group.rpartition(".")
    return name if start == CONVENTIONS else None


def _in_its_convention(route: Contribution) -> Contribution:
    """Keep the route of a convention's extension to requests in that convention."""
    convention = extended_by(route.source)
    if convention is None:
        return route
    return replace(route, value=replace(route.value, conventions=frozenset({convention})))


def _check_application(plugin: Plugin) -> None:
    application = plugin.value
    if not isinstance(application, ApiApplication) or type(application) is ApiApplication:
        raise ConfigurationError(
            f"The application {plugin.source.id!r} is of an unknown kind: "
            f"{type(application).__qualname__}.\n  {plugin.source.party}\n"
            f"Make it a RequestFlowAwareApiApplication or a RequestFlowAgnosticApiApplication."
        )
    if application.name != plugin.source.name:
        raise ConfigurationError(
            f"The application {plugin.source.id!r} calls itself {application.name!r}.\n"
            f"  {plugin.source.party}\nGive it the name of its entry point."
        )
    unknown = sorted(set(application.services) - set(SERVICES))
    if unknown:
        raise ConfigurationError(
            f"The application {plugin.source.id!r} declares services that do not exist: "
            f"{', '.join(unknown)}.\n  {plugin.source.party}\n"
            f"There are: {', '.join(SERVICES)}."
        )


def _conventions(
    plugins: Iterable[Plugin],
) -> tuple[dict[str | None, Convention], dict[str | None, str]]:
    found: dict[str | None, Convention] = {}
    sources: dict[str | None, str] = {}
    for plugin in plugins:
        if plugin.source.group != CONVENTIONS:
            continue
        value = plugin.value
        expected = None if plugin.layer == "plain" else plugin.source.name
        if not isinstance(value, Convention):
            missing = [
                name
                for name in (
                    "name",
                    "media_types",
                    "priority",
                    "attributes_pointer",
                    "writer",
                    "describe",
                )
                if not hasattr(value, name)
            ]
            raise ConfigurationError(
                f"The convention {plugin.source.id!r} lacks {', '.join(missing)}.\n"
                f"  {plugin.source.party}\nSee glue_core.Convention for what it must have."
            )
        if value.name != expected:
            raise ConfigurationError(
                f"The convention {plugin.source.id!r} calls itself {value.name!r}.\n"
                f"  {plugin.source.party}\nGive it the name of its entry point."
            )
        found[value.name] = value
        sources[value.name] = plugin.source.id
    taken: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.source.group != CONVENTIONS:
            continue
        for media_type in plugin.value.media_types:
            other = taken.setdefault(media_type.lower(), plugin)
            if other is not plugin and other.value.priority == plugin.value.priority:
                raise ConfigurationError(
                    f"Two conventions take the media type {media_type!r} with one priority.\n"
                    f"  {other.source.party}\n  {plugin.source.party}\n"
                    f"Give one another priority, or disable it."
                )
    return found, sources


def _clashing_encoders(
    application: str,
    encoders: Sequence[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of encoders whose media type somebody else writes."""
    yield from _twice(
        encoders, lambda each: each.value.media_type, f"Two encoders of {application!r} are {{!r}}."
    )
    taken = {
        media_type.lower(): name
        for name, convention in conventions.items()
        for media_type in convention.media_types
        if name is not None
    }
    for each in encoders:
        if each.value.media_type in taken:
            yield (
                f"The encoder {each.id!r} of {application!r} has the media type of the convention "
                f"{taken[each.value.media_type]!r}.\n  {each.party}\n"
                f"Give it another media type, or put {each.id!r} under 'disable' in the settings."
            )


def _expanded(declared: Iterable[Contribution]) -> Iterable[Contribution]:
    """Turn resources in the short form into their operations."""
    for each in declared:
        if isinstance(each.value, SimpleResource):
            for operation in each.value.operations():
                yield _contribution(each, operation.contribution_name, operation, operation.handler)
        elif isinstance(each.value, Operation):
            yield each
        elif isinstance(each.value, Resource):
            yield _contribution(each, each.value.type, each.value, each.value)
        else:
            raise ConfigurationError(
                f"The plugin {each.source.id!r} contributes {each.value!r} as a resource.\n"
                f"  {each.party}\nContribute an Operation, a SimpleResource or a Resource."
            )


def _contribution(of: Contribution, name: str, value: object, place: object) -> Contribution:
    return Contribution(
        f"{of.source.id}.{name}", name, of.source, of.layer, value, place_of(place, of.source)
    )


def _relationships(
    operations: Iterable[Contribution],
    resources: Iterable[Contribution],
    contributed: Iterable[Contribution],
) -> tuple[Contribution, ...]:
    """Collect relationships: those that resources own, and those that plugins add."""
    found: list[Contribution] = []
    seen: set[int] = set()
    for each in (*operations, *resources):
        resource = each.value if isinstance(each.value, Resource) else each.value.resource
        if resource is None or id(resource) in seen:
            continue
        seen.add(id(resource))
        for relationship in resource.relationships:
            whole = replace(relationship, source=resource.type)
            name = f"{resource.type}.{whole.name}"
            found.append(_contribution(each, name, whole, whole.load))
    for each in contributed:
        value = each.value
        if not isinstance(value, Relationship) or not value.source:
            raise ConfigurationError(
                f"The plugin {each.source.id!r} contributes {value!r} as a relationship.\n"
                f"  {each.party}\nContribute a Relationship with a 'source'."
            )
        found.append(_contribution(each, f"{value.source}.{value.name}", value, value.load))
    return tuple(found)


def _wrong_places(
    application: str, operations: Iterable[Contribution], routes: Iterable[Contribution]
) -> Iterable[str]:
    for each in (*operations, *routes):
        if each.value.method not in METHODS:
            near = difflib.get_close_matches(each.value.method, METHODS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield (
                f"The operation {each.id!r} of {application!r} has the method "
                f"{each.value.method!r}.{hint}\n  {each.party}\n"
                f"There are: {', '.join(METHODS)}."
            )
    for each in operations:
        operation = each.value
        if operation.is_template:
            yield (
                f"The resource operation {each.id!r} of {application!r} has a template for a "
                f"place: {operation.place!r}.\n  {each.party}\n"
                f"Contribute it through 'glue_route_providers'."
            )
            continue
        for type_ in operation.types:
            if not _NAME.fullmatch(type_) or type_ == RESERVED:
                yield (
                    f"The operation {each.id!r} of {application!r} has the place "
                    f"{operation.place!r}, in which {type_!r} cannot be a type.\n  {each.party}\n"
                    f"Use letters, digits, '-', '_' and '.'; {RESERVED!r} is reserved."
                )
    for each in routes:
        if not each.value.is_template:
            yield (
                f"The route {each.id!r} of {application!r} has no template for a place: "
                f"{each.value.place!r}.\n"
                f"  {each.party}\nContribute an Operation whose place starts with '/'."
            )
        elif each.value.place != "/" and "" in each.value.place[1:].split("/"):
            yield (
                f"The route {each.id!r} of {application!r} has an empty segment in its template "
                f"{each.value.place!r}, and no request reaches it.\n  {each.party}\n"
                f"Take the superfluous slash away; one at the end of a request's path is ignored."
            )


def _types(
    application: str, contributions: Iterable[Contribution], problems: list[str]
) -> dict[str, list[tuple[Resource, Contribution]]]:
    """Collect the types, and tell of two declarations of one."""
    types: dict[str, list[tuple[Resource, Contribution]]] = {}
    for each in contributions:
        resource = each.value if isinstance(each.value, Resource) else each.value.resource
        if resource is None:
            continue
        declared = types.setdefault(resource.type, [])
        if any(resource is other for other, _ in declared):
            continue
        clash = next((by for other, by in declared if _overlap(other, resource)), None)
        if clash is not None:
            problems.append(
                f"Two resources of {application!r} have the type {resource.type!r}.\n"
                f"  {clash.party}\n  {each.party}\n"
                f"Give one of them another type, or uninstall one distribution."
            )
        declared.append((resource, each))
    return types


def _overlap(one: Resource, other: Resource) -> bool:
    """Say whether two declarations of a type meet under some convention, in some version."""
    if one.versions and other.versions and set(one.versions).isdisjoint(other.versions):
        return False
    if one.conventions is None or other.conventions is None:
        return True
    return not set(one.conventions).isdisjoint(other.conventions)


def _wrong_relationships(
    application: str,
    relationships: Iterable[Contribution],
    types: Mapping[str, Any],
) -> Iterable[str]:
    relationships = tuple(relationships)
    for each in relationships:
        for end in ("source", "target"):
            type_ = getattr(each.value, end)
            if type_ not in types:
                yield (
                    f"The relationship {each.value.name!r} of {each.value.source!r} has the {end} "
                    f"{type_!r}, a type that no plugin of {application!r} declares.\n"
                    f"  {each.party}\n"
                    f"Install the plugin that declares {type_!r}, or put {each.id!r} under "
                    f"'disable' in the settings."
                )
        declared = types.get(each.value.source, ())
        for resource, _ in declared:
            fields = resource.attributes().fields
            if each.value.name in {field.data_key or name for name, field in fields.items()}:
                yield (
                    f"The relationship {each.value.name!r} of {each.value.source!r} in "
                    f"{application!r} has the name of an attribute.\n  {each.party}\n"
                    f"Rename one: attributes and relationships share their names."
                )
    yield from _twice(
        relationships,
        lambda each: f"{each.value.source}.{each.value.name}",
        f"Two relationships of {application!r} are {{!r}}.",
    )


def _clashing_operations(
    application: str,
    operations: Iterable[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of two operations that answer one method at one place under one convention."""
    operations = tuple(operations)
    told: set[tuple[str, str]] = set()
    for convention in conventions:
        taken: dict[tuple[bool, str, str], list[Contribution]] = {}
        for each in operations:
            operation = each.value
            if not follows(operation, convention):
                continue
            place = _PLACEHOLDER.sub("{}", operation.path)
            others = taken.setdefault((operation.is_template, place, operation.http_method), [])
            other = next((one for one in others if share_versions(one.value, operation)), each)
            others.append(each)
            if other is not each and (other.id, each.id) not in told:
                told.add((other.id, each.id))
                kind = "custom routes" if operation.is_template else "operations"
                yield (
                    f"Two {kind} of {application!r} answer {operation.http_method} "
                    f"{operation.path}.\n  {other.party}\n  {each.party}\n"
                    f"Put {other.id!r} or {each.id!r} under 'disable' in the settings, or change "
                    f"the place of one."
                )


def _clashing_templates(
    application: str,
    routes: Iterable[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of templates that cannot be read, or not beside each other."""
    routes = sorted(routes, key=lambda each: each.value.place)
    if not routes:
        return
    # Falcon is what will match them, and commands without requests do not need it.
    from falcon.routing import CompiledRouter

    told: set[str] = set()
    for each in routes:
        place = each.value.place
        wrong = None if place in told else _refused_by(CompiledRouter(), place)
        if wrong is not None:
            told.add(place)
            yield (
                f"The route {each.id!r} of {application!r} has a template that cannot be read: "
                f"{place!r}.\n  {each.party}\n{wrong}"
            )
    for convention in conventions:
        known: dict[str, Contribution] = {}
        router = CompiledRouter()
        for each in routes:
            place = each.value.place
            if place in told or place in known or not follows(each.value, convention):
                continue
            if _refused_by(router, place) is None:
                known[place] = each
                continue
            told.add(place)
            earlier = next(e for e in known if _refused_by(CompiledRouter(), e, place) is not None)
            other = known[earlier]
            yield (
                f"The custom routes {earlier} and {place} of {application!r} name the placeholder "
                f"of one segment differently.\n  {other.party}\n  {each.party}\n"
                f"Give the placeholders of a segment one name, or put {other.id!r} or {each.id!r} "
                f"under 'disable' in the settings."
            )


def _refused_by(router: CompiledRouter, *templates: str) -> str | None:
    """Say why a router does not take templates beside those it has, or return None."""
    try:
        for each in templates:
            router.add_route(each, _NoResponder())
    except ValueError as error:
        return str(error)
    return None


class _NoResponder:
    """What a template leads to while it is tried out."""

    def on_get(self) -> None:
        """Exist: Falcon's router refuses a resource that has no responder."""


def _clashing_children(
    application: str,
    operations: Iterable[Contribution],
    relationships: Iterable[Contribution],
) -> Iterable[str]:
    """Tell of child places that a relationship of the same path contradicts."""
    children = {
        (each.value.types[-2], each.value.types[-1]): each
        for each in operations
        if len(each.value.types) > 1
        and each.value.method in ("get", "getCollection")
        and (each.value.singleton or each.value.method == "getCollection")
    }
    for each in relationships:
        child = children.get((each.value.source, each.value.name))
        if child is None:
            continue
        operation = child.value
        many = operation.method == "getCollection"
        if operation.type != each.value.target or many != each.value.many:
            yield (
                f"The child place {operation.place!r} and the relationship {each.value.name!r} of "
                f"{each.value.source!r} in {application!r} share a path and differ: the place "
                f"shows {'many' if many else 'one'} {operation.type!r}, the relationship "
                f"{'many' if each.value.many else 'one'} {each.value.target!r}.\n"
                f"  {child.party}\n  {each.party}\nGive them one type and one number, or rename "
                f"one."
            )


def follows(operation: Operation, convention: str | None) -> bool:
    """Say whether an operation is reachable under a convention."""
    if operation.conventions is not None:
        return convention in operation.conventions
    resource = operation.resource
    return resource is None or resource.conventions is None or convention in resource.conventions


def _newest(resource: Resource) -> GlueVersion:
    found = [read_version(each) for each in resource.versions]
    return max((each for each in found if each is not None), default=UNREADABLE)


def _shown(
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


def _models(
    types: Mapping[str | None, Mapping[str, Resource]],
    relationships: Sequence[Contribution],
    operations: Sequence[Contribution],
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


def _twice(
    contributions: Iterable[Contribution], key: Callable[[Contribution], str], text: str
) -> Iterable[str]:
    """Tell of contributions with one key."""
    named: dict[str, list[Contribution]] = {}
    for each in contributions:
        named.setdefault(key(each), []).append(each)
    for name, claimants in sorted(named.items()):
        if len(claimants) > 1:
            parties = "\n".join(f"  {each.party}" for each in claimants)
            ids = " or ".join(repr(each) for each in dict.fromkeys(c.id for c in claimants))
            yield (
                f"{text.format(name)}\n{parties}\nRename one, or put {ids} under 'disable' in the "
                f"settings."
            )


def _unique(
    contributions: Iterable[Contribution], what: str, key: Callable[[Contribution], str]
) -> None:
    problems = list(_twice(contributions, key, f"Two {what}.".replace("{!r}", "{0!r}")))
    if problems:
        raise ConfigurationError("\n\n".join(problems))
