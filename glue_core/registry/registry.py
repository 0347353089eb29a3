"""The registry: an immutable snapshot of what is installed and how it fits together."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

from glue_core import health
from glue_core.application import (
    SERVICES,
    Adapter,
    ApiApplication,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.catalogue import Catalogue
from glue_core.convention import Convention, MediaTypeExtension
from glue_core.errors import Complaint, ConfigurationError
from glue_core.features import Features
from glue_core.openapi import serving
from glue_core.openapi.serving import Documentation
from glue_core.operation import Operation, SimpleResource
from glue_core.plain import Plain
from glue_core.registry.changing import HOOK as CHANGES
from glue_core.registry.changing import Declared, apply_changes
from glue_core.registry.choice import Choice
from glue_core.registry.conflicts import (
    clashing_children,
    clashing_commands,
    clashing_encoders,
    clashing_operations,
    clashing_templates,
    declared_types,
    hidden_by_versions,
    refuse_clashing_grants,
    refuse_twins,
    twice,
    wrong_names,
    wrong_places,
    wrong_relationships,
    wrong_values,
)
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
from glue_core.registry.models import (
    models_of,
    seen_in,
    shown_by_convention,
    stores_in,
)
from glue_core.registry.order import Contribution, Placed, arrange
from glue_core.registry.plugins import Hooks, Plugin, check_sources, load
from glue_core.registry.quarantine import LeftOut
from glue_core.relating import relationship_operations
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.security.access import Access, Rules, check_rules
from glue_core.security.grants import TokenPlugins
from glue_core.security.lens import Model
from glue_core.security.protection import PUBLIC, ProtectedPath, Protection
from glue_core.services.handing import TakingFeatures
from glue_core.services.services import Services
from glue_core.settings import Section, Settings
from glue_core.versions import UNREADABLE, versions_of

STACKS = (
    "glue_request_builders",
    "glue_request_validators",
    "glue_request_after_routing_validators",
    "glue_controller_wrappers",
    "glue_response_formatters",
    "glue_response_finishers",
)
"""The hooks whose contributions are steps, in the order of the flow."""

NAMED_ACCESS_HOOKS = (
    "glue_authentication_servers",
    "glue_identity_readers",
    "glue_authorization_strategies",
)
"""The hooks that say who asks and what they may, by names that there are once."""

LISTENERS = (
    "glue_response_events",
    "glue_terminate",
    "glue_start_up",
    "glue_shut_down",
    "glue_transports",
    "glue_documentation_expanders",
    "glue_documentation_voters",
)
"""The hooks whose contributions hear of what happens around requests."""

EXPANDERS = "glue_context_expanders"
TOKEN_HOOKS = ("glue_grants", "glue_user_providers", "glue_scope_providers")
"""The hooks of an authorization server; features are asked, once it is made."""

LISTENER_LAYERS = ("plain", "common", "convention", "application")

Declaring = RequestFlowAwareApiApplication | Adapter
"""What says how the declarations of an application's plugins are taken."""

WITH_CONVENTION = ("common", "convention", "application")
WITHOUT_CONVENTION = ("plain", "common", "application")


@dataclass(frozen=True, slots=True)
class FeatureRegistry:
    """What the features of a deployment contribute.

    Attributes:
        hooks: Their hooks.
        engines: Implementations of services.
        migrations: Branches of migrations.
        demo_data: Data for the demo.
        commands: Commands of ``glue``.
    """

    hooks: Hooks
    engines: tuple[Contribution, ...]
    migrations: tuple[Contribution, ...]
    demo_data: tuple[Contribution, ...]
    commands: tuple[Contribution, ...]


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
        access: Who asks, and what they may.
        convention_sources: Ids of the plugins that the conventions are.
        extensions: What media type parameters of conventions may name.
        changes: What plugins change about declarations of others.
        models_of_stores: The types that each convention shows in the stores that declarations name.
        documentation: The generated description; None where the application has no flow.
        contributed: What plugins contribute, by hook; `operations`, `relationships`, `stacks` and
            `heard` have what was made of theirs.
        hooks: The hooks of its plugins; None where nothing of them is asked.
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
    access: Access | None = None
    extensions: tuple[Contribution, ...] = ()
    changes: tuple[Contribution, ...] = ()
    models_of_stores: Mapping[str, Mapping[str | None, Model]] = field(default_factory=dict)
    documentation: Documentation | None = None
    contributed: Mapping[str, tuple[Contribution, ...]] = field(default_factory=dict)
    hooks: Hooks | None = None

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

    def stack(self, hook: str, convention: str | None, *more: str) -> tuple[Placed, ...]:
        """Return the steps of a hook in the order that a convention runs them.

        Args:
            hook: Name of the hook.
            convention: Name of the convention; None is the plain flow.
            more: Further hooks whose steps stand in the same stack.

        Raises:
            ConfigurationError: A constraint names nobody, or constraints form a cycle.
        """
        layers = WITHOUT_CONVENTION if convention is None else WITH_CONVENTION
        own = self.convention_sources[convention]
        chosen: list[Contribution] = []
        known: set[str] = set()
        for each in (step for name in (hook, *more) for step in self.stacks[name]):
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
    from glue_core import (
        catalogue,
        conditional,
        formatting,
        languages,
        negotiation,
        plain,
        validation,
    )
    from glue_core.security import authorization, cors, headers, login, passwords
    from glue_core.services import engines

    version = core_version()

    def of(group: str, name: str, value: object) -> Source:
        return Source.of(group, name, value, distribution=CORE, version=version)

    return (
        of(FEATURES, "services", engines),
        of(FEATURES, "passwords", passwords),
        of(FEATURES, "login", login),
        of(CONVENTIONS, "plain", plain.PLAIN),
        of(COMMON_PLUGINS, "negotiation", negotiation),
        of(COMMON_PLUGINS, "validation", validation),
        of(COMMON_PLUGINS, "formatting", formatting),
        of(COMMON_PLUGINS, "catalogue", catalogue),
        of(COMMON_PLUGINS, "conditional", conditional),
        of(COMMON_PLUGINS, "languages", languages),
        of(COMMON_PLUGINS, "authorization", authorization),
        of(COMMON_PLUGINS, "cors", cors),
        of(COMMON_PLUGINS, "documentation", serving),
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
        left_out: Plugins that the quarantine left out, by group and id.
        sections: Tables of the settings that plugins declare.
    """

    def __init__(
        self,
        sources: Iterable[Source],
        settings: Settings,
        only: str | None = None,
        *,
        serving: bool = True,
        left_out: Sequence[LeftOut] = (),
    ) -> None:
        """Find out what is installed, and import what the applications of this process need.

        Args:
            sources: Everything that is installed.
            settings: The settings as they were read.
            only: Name of the one application to serve; those of the settings by default.
            serving: False loads the features alone.
            left_out: Bad plugins, which count as not installed.

        Raises:
            ConfigurationError: Something does not fit.
        """
        self.choice = Choice(settings["disable"], settings["replace"], settings.origin)
        self.left_out = tuple(sorted(left_out, key=lambda each: each.key))
        missing = {each.key for each in self.left_out}
        self.sources = tuple(
            each
            for each in self.choice.of_sources((*core_sources(), *sources))
            if (each.group, each.id) not in missing
        )
        check_sources(self.sources)
        _check_project(settings, {each.id for each in self.sources})
        names = self._served(settings, only) if serving else ()
        if only is not None:
            settings = settings.alone(only)
        loaded = self._load(names, serving)
        self._plugins = {each.source: each for each in loaded}
        hooks = Hooks(
            [each for each in loaded if each.source.group != APPLICATIONS],
            "deployment",
            adapters_of(each.value for each in loaded),
        )
        self.sections = sections = self.choice.of_contributions(hooks.call("glue_settings"))
        refuse_twins(sections, "settings sections named {!r}", lambda each: each.value.name)
        self.settings = settings.with_sections(
            cast("list[Section]", [each.value for each in sections]),
            {each.name for each in self.sources if each not in self._plugins}
            | {each.source.name for each in self.left_out},
            {each.name for each in self.sources if each.group == APPLICATIONS},
        )
        self.features = self._features()
        self.applications: dict[str, ApplicationRegistry] = {
            name: ApplicationRegistry(self._application(name), self._source(APPLICATIONS, name))
            for name in names
        }

    def providers(self, services: Services) -> tuple[Contribution, ...]:
        """Return the providers of features, one for each Protocol, or for each key of it.

        Raises:
            ConfigurationError: Two distributions provide one feature.
        """
        found = self.choice.of_contributions(
            self.features.hooks.call("glue_features", services=services, settings=self.settings)
        )
        refuse_twins(
            found,
            "providers of the feature {!r}",
            lambda each: (
                f"{each.value.facade.__module__}:{each.value.facade.__qualname__}"
                + (f" for {each.value.key}" if each.value.key else "")
            ),
        )
        return found

    def importers(self, features: Features) -> tuple[Contribution, ...]:
        """Return the importers, one for each entity."""
        found = self.choice.of_contributions(
            self.features.hooks.call("glue_importers", features=features)
        )
        refuse_twins(found, "importers of {!r}", lambda each: each.value.entity)
        return found

    def publishers(self, features: Features, services: Services) -> tuple[Contribution, ...]:
        """Return the publishers."""
        return self.choice.of_contributions(
            self.features.hooks.call("glue_publishers", features=features, services=services)
        )

    def token_plugins(self, features: Features, services: Services) -> TokenPlugins:
        """Return what plugins add to an authorization server.

        Raises:
            ConfigurationError: Two of them cannot both stand.
        """
        found = self.token_contributions(features, services)
        return TokenPlugins(*(tuple(each.value for each in found[hook]) for hook in TOKEN_HOOKS))

    def token_contributions(
        self, features: Features, services: Services
    ) -> Mapping[str, tuple[Contribution, ...]]:
        """Return what plugins add to an authorization server, by hook.

        Raises:
            ConfigurationError: Two of them cannot both stand.
        """
        arguments = {"features": features, "services": services, "settings": self.settings}
        found = {
            hook: self.choice.of_contributions(self.features.hooks.call(hook, **arguments))
            for hook in TOKEN_HOOKS
        }
        grants, users, scopes = (found[hook] for hook in TOKEN_HOOKS)
        refuse_clashing_grants(grants)
        refuse_twins(users, "user providers named {!r}", lambda each: each.value.name)
        refuse_twins(users, "user providers of the kind {!r}", lambda each: each.value.kind)
        refuse_twins(scopes, "scope providers named {!r}", lambda each: each.value.name)
        return found

    def complete(self, features: Features, services: Services) -> None:
        """Ask the plugins of each application for what they contribute, and check it.

        Args:
            features: The features of the deployment.
            services: All services; each application gets those it declares.

        Raises:
            ConfigurationError: Something does not fit.
        """
        for name, registry in self.applications.items():
            declared = _declared_by(registry.application)
            if declared is not None:
                self.applications[name] = self._complete(
                    registry.application, declared, registry.source, features, services
                )
            else:
                self.applications[name] = self._listening(registry, features, services)
        self.listeners = self._host_listeners(features, services)
        # These are asked when somebody needs them: their ids may not be known yet.
        hooks = self.features.hooks
        asked_later = {"glue_importers", "glue_publishers", *TOKEN_HOOKS}
        later = {
            each.source
            for each in hooks.plugins
            if not asked_later.isdisjoint(hooks.implemented(each))
        }
        self.choice.check(each for each in self._plugins if each not in later)

    # What follows reads the settings and the metadata.

    def _served(self, settings: Settings, only: str | None) -> tuple[str, ...]:
        installed = {each.name: each for each in self.sources if each.group == APPLICATIONS}
        wanted = [only] if only is not None else list(settings["serve"]) or sorted(installed)
        for name in (*wanted, *settings["applications"]):
            if name not in installed:
                # What is asked for alone is asked for by the caller, not by the settings.
                origin = f"{settings.origin}: there" if name != only else "There"
                raise ConfigurationError(
                    f"{origin} is no application {name!r}.\n"
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
        refuse_twins(
            engines,
            "engines for {!r}",
            lambda each: f"{each.value.service} {each.value.scheme}:",
        )
        migrations = self.choice.of_contributions(hooks.call("glue_migrations"))
        refuse_twins(
            migrations, "branches of migrations named {!r}", lambda each: each.value.branch
        )
        demo_data = self.choice.of_contributions(hooks.call("glue_demo_data"))
        commands = self.choice.of_contributions(hooks.call("glue_commands"))
        problems = list(clashing_commands(commands))
        if problems:
            raise ConfigurationError(*problems)
        commands = tuple(sorted(commands, key=lambda each: each.name))
        return FeatureRegistry(hooks, engines, migrations, demo_data, commands)

    # What follows asks the plugins of one application.

    def _complete(
        self,
        application: ApiApplication,
        declared_by: Declaring,
        source: Source,
        features: Features,
        services: Services,
    ) -> ApplicationRegistry:
        plugins = self._plugins_of(application, declared_by, source)
        conventions, convention_sources = _conventions(plugins)
        adapter = declared_by if isinstance(declared_by, Adapter) else None
        hooks = Hooks(plugins, application.name, () if adapter is None else (adapter,))
        reachable = services.reachable_for(application.name, application.services)
        arguments = {
            "features": features
            if reachable.refusal("database") is None
            else TakingFeatures(features),
            "services": reachable,
            "settings": self.settings,
        }

        contributed: dict[str, tuple[Contribution, ...]] = {}

        def call(hook: str) -> tuple[Contribution, ...]:
            contributed[hook] = self.choice.of_contributions(hooks.call(hook, **arguments))
            return contributed[hook]

        declared = hooks.call("glue_resources", **arguments)
        borrowed = adapter.borrowed if adapter is not None else None
        shown = self.choice.of_contributions(_own_first(application, _expanded(declared), borrowed))
        resources = tuple(each for each in shown if isinstance(each.value, Resource))
        # Where one must stand for all of a place, the newest does: it comes last.
        operations = tuple(
            sorted(
                (each for each in shown if isinstance(each.value, Operation)),
                key=lambda each: max(versions_of(each.value), default=UNREADABLE),
            )
        )
        operations += self._health_check(
            application, declared_by.health_check, plugins, call("glue_health_checks")
        )
        routes = _own_first(
            application, map(_in_its_convention, call("glue_route_providers")), borrowed
        )
        documentation, pages = self._documentation(
            application, plugins, call("glue_documentation_formatters")
        )
        routes += pages
        changes = call(CHANGES)
        whole = apply_changes(
            application.name,
            changes,
            Declared(operations, routes, resources),
            project=self.settings["project"],
            replaced=self.choice.replaced,
        )
        operations, routes, resources = whole.operations, whole.routes, whole.resources
        routes = documentation.without_clashes(pages, routes, operations)
        relationships = _relationships(operations, resources, call("glue_relationships"))
        relationships = self.choice.of_contributions(relationships)
        own_hooks = adapter.own_hooks if adapter is not None else ()
        stacks = {hook: call(hook) for hook in (*STACKS, *own_hooks)}
        encoders = call("glue_encoders")
        texts = call("glue_error_catalogue")
        heard = self._heard(hooks, arguments)
        extensions = call("glue_media_type_extensions")

        problems: list[str] = []
        problems += wrong_places(application.name, operations, routes)
        problems += wrong_values(application.name, (*operations, *routes))
        if self.settings.application(application.name)["versions_in_path"]:
            problems += hidden_by_versions(application.name, (*operations, *routes))
        if problems:
            raise ConfigurationError(*problems)
        problems += clashing_templates(application.name, routes, conventions)
        types = declared_types(application.name, (*operations, *routes, *resources), problems)
        problems += wrong_relationships(application.name, relationships, types)
        problems += wrong_names(application.name, relationships, types, conventions.values())
        problems += clashing_operations(application.name, (*operations, *routes), conventions)
        problems += clashing_children(application.name, operations, relationships)
        problems += twice(
            texts, lambda each: each.value.key, f"Two plugins of {application.name!r} word {{!r}}."
        )
        problems += clashing_encoders(application.name, encoders, conventions)
        problems += twice(
            extensions,
            lambda each: f"{each.value.parameter} {each.value.uri} of {each.value.convention}",
            f"Two media type extensions of {application.name!r} are {{!r}}.",
        )
        for hook, steps in stacks.items():
            problems += twice(
                steps, lambda each: each.id, f"Two steps of {hook!r} have the id {{!r}}."
            )
        if problems:
            raise ConfigurationError(*problems)
        plain = conventions.get(None)
        if isinstance(plain, Plain):
            conventions[None] = plain.with_encoders([each.value for each in encoders])
        everything = (*operations, *routes)
        stores = stores_in((*everything, *resources))
        made = _made_of_relationships(everything, relationships, types, conventions, stores)
        everything = (*everything, *self.choice.of_contributions(made))
        access = self._access(application, declared_by, call, everything)
        models: dict[str | None, Mapping[str | None, Model]] = {}
        for store in (None, *stores):
            sees = seen_in(store, everything)
            visible = (e.value for e in everything if any(sees(e.value, c) for c in conventions))
            models[store] = MappingProxyType(
                models_of(
                    shown_by_convention(types, conventions, store),
                    relationships,
                    everything,
                    sees,
                    access.policies(visible),
                )
            )
        return ApplicationRegistry(
            application,
            source,
            plugins,
            MappingProxyType(conventions),
            everything,
            relationships,
            models[None],
            MappingProxyType(stacks),
            MappingProxyType(self.choice.replaced),
            MappingProxyType(heard),
            MappingProxyType(convention_sources),
            Catalogue(each.value for each in texts),
            access,
            extensions=extensions,
            changes=changes,
            models_of_stores=MappingProxyType({store: models[store] for store in stores}),
            documentation=documentation,
            contributed=MappingProxyType(contributed),
            hooks=hooks,
        )

    def _access(
        self,
        application: ApiApplication,
        declared_by: Declaring,
        call: Callable[[str], tuple[Contribution, ...]],
        operations: Sequence[Contribution],
    ) -> Access:
        """Put together who asks and what they may.

        Raises:
            ConfigurationError: Something is named that nobody provides, or twice.
        """
        name = application.name
        table = self.settings.application(name)
        servers, readers, strategies = (
            _own_names_first(application, call(hook)) for hook in NAMED_ACCESS_HOOKS
        )
        # These only ever forbid something: nothing of them stands for another.
        policies, paths = call("glue_authorization_policies"), call("glue_protected_paths")
        problems: list[str] = []
        for found, what in (
            (servers, "authentication servers"),
            (readers, "identity readers"),
            (strategies, "authorization strategies"),
        ):
            problems += twice(
                found, lambda each: each.value.name, f"Two {what} of {name!r} are named {{!r}}."
            )
        problems += twice(
            readers,
            lambda each: each.value.header,
            f"Two identity readers of {name!r} read the header {{!r}}.",
        )
        chosen: list[str] = table["authentication_servers"]
        by_name = {each.value.name: each.value for each in servers}
        rules = Rules(
            name,
            realm=table["realm"],
            default=(declared_by.protection if table["protected_by_default"] else None) or PUBLIC,
            servers=tuple(by_name[each] for each in chosen or sorted(by_name) if each in by_name),
            readers=tuple(sorted((e.value for e in readers), key=lambda each: each.name)),
            strategies=MappingProxyType({each.value.name: each.value for each in strategies}),
            policies=tuple(each.value for each in sorted(policies, key=lambda each: each.id)),
            paths=(
                *(each.value for each in paths),
                *map(_protected_path, table["protected_paths"]),
            ),
            several=table["several_strategies"],
            refusals=declared_by.refusals,
        )
        problems += check_rules(rules, operations, chosen, self.settings.origin)
        if problems:
            raise ConfigurationError(*problems)
        return Access(rules)

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
            hooks=hooks,
            heard=MappingProxyType(self._heard(hooks, arguments)),
            replaced=MappingProxyType(self.choice.replaced),
        )

    def _health_check(
        self,
        application: ApiApplication,
        declared: bool,
        plugins: Iterable[Plugin],
        checks: tuple[Contribution, ...],
    ) -> tuple[Contribution, ...]:
        """Make the operation that tells whether the application is well."""
        own = next((each for each in plugins if each.value is health), None)
        table = self.settings["quarantine"]
        if own is not None and table["policy"] == "leave_out":
            check = health.check_of_left_out(len(self.left_out), table["unhealthy"])
            checks += (_contribution_of(own, check.name, check),)
        refuse_twins(checks, "health checks of {!r}", lambda each: each.value.name)
        is_on = self.settings.application(application.name)["health_check"]
        if own is None or not (declared or is_on):
            return ()
        operation = health.operation(
            tuple(each.value for each in checks), self.settings, application.name
        )
        made = _contribution_of(own, operation.contribution_name, operation)
        return self.choice.of_contributions([made])

    def _documentation(
        self,
        application: ApiApplication,
        plugins: Iterable[Plugin],
        formatters: tuple[Contribution, ...],
    ) -> tuple[Documentation, tuple[Contribution, ...]]:
        """Make the documentation, which learns later what it is about, and what serves it."""
        refuse_twins(formatters, "formats of documentation {!r}", lambda each: each.value.name)
        documentation = Documentation(self.settings, [each.value for each in formatters])
        own = next((each for each in plugins if each.value is serving), None)
        if own is None:
            return documentation, ()
        made = [
            Contribution(
                f"{own.source.id}.{operation.contribution_name}",
                operation.contribution_name,
                own.source,
                own.layer,
                operation,
                place_of(serving, own.source),
            )
            for operation in documentation.operations(application.name)
        ]
        return documentation, self.choice.of_contributions(made)

    def _heard(
        self, hooks: Hooks, arguments: Mapping[str, Any]
    ) -> dict[str, tuple[Contribution, ...]]:
        heard = {
            hook: self.choice.of_contributions(hooks.call(hook, **arguments)) for hook in LISTENERS
        }
        for hook, found in heard.items():
            refuse_twins(found, f"listeners of {hook!r} with the id {{!r}}", lambda each: each.id)
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
        self, application: ApiApplication, declared_by: Declaring, source: Source
    ) -> tuple[Plugin, ...]:
        groups = {COMMON_PLUGINS, *application.plugin_groups}
        if isinstance(declared_by, Adapter):
            plugins = [each for each in self._plugins.values() if each.source.group in groups]
            plugins.append(_own_convention(declared_by.convention, source))
            if declared_by.hooks is not None:
                plugins.append(Plugin(source, declared_by.hooks, "application"))
            return tuple(plugins)
        groups.add(CONVENTIONS)
        spoken = declared_by.conventions
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
        if declared_by.hooks is not None:
            plugins.append(Plugin(source, declared_by.hooks, "application"))
        return tuple(plugins)


def _declared_by(application: ApiApplication) -> Declaring | None:
    """Return what says how the declarations of plugins are taken; None where they are not."""
    if isinstance(application, RequestFlowAwareApiApplication):
        return application
    if isinstance(application, RequestFlowAgnosticApiApplication):
        return application.adapter
    return None


def adapters_of(loaded: Iterable[object]) -> tuple[Adapter, ...]:
    """Return the adapters of the applications among what was loaded."""
    return tuple(
        each.adapter
        for each in loaded
        if isinstance(each, RequestFlowAgnosticApiApplication) and each.adapter is not None
    )


def _own_convention(convention: Convention, source: Source) -> Plugin:
    """Make the plugin that the one convention of an adapter is."""
    own = Source.of(
        CONVENTIONS,
        convention.name or "",
        convention,
        distribution=source.distribution,
        version=source.version,
    )
    return Plugin(own, convention, "convention")


def _own_first(
    application: ApiApplication, declared: Iterable[Contribution], borrowed: Protection | None
) -> tuple[Contribution, ...]:
    """Leave out what an application borrows and declares itself: a method at a place.

    Args:
        application: The application.
        declared: What its plugins declare.
        borrowed: Protection of what it borrows and says nothing itself; None is its own default.
    """
    declared = tuple(declared)
    own_groups = (APPLICATIONS, COMMON_PLUGINS, f"{COMMON_PLUGINS}.{application.name}")

    def key(each: Contribution) -> tuple[str, str] | None:
        value = each.value
        return (value.place, value.method) if isinstance(value, Operation) else None

    own = {key(each) for each in declared if each.source.group in own_groups}
    found = []
    for each in declared:
        is_own = each.source.group in own_groups or extended_by(each.source) is not None
        if is_own or not isinstance(each.value, Operation):
            found.append(each)
        elif key(each) not in own:
            found.append(each if borrowed is None else _protected(each, borrowed))
    return tuple(found)


def _protected(declared: Contribution, protection: Protection) -> Contribution:
    """Give an operation that says nothing about who may call it a protection."""
    operation = declared.value
    resource = operation.resource
    if operation.protection is not None or (resource is not None and resource.protection):
        return declared
    return replace(declared, value=replace(operation, protection=protection))


def _own_names_first(
    application: ApiApplication, found: Iterable[Contribution]
) -> tuple[Contribution, ...]:
    """Leave out what an application borrows where its own plugins have something of that name."""
    found = tuple(found)
    own_groups = {APPLICATIONS, f"{COMMON_PLUGINS}.{application.name}"}
    borrowed = set(application.plugin_groups) - own_groups
    own = {each.value.name for each in found if each.source.group in own_groups}
    return tuple(
        each for each in found if each.source.group not in borrowed or each.value.name not in own
    )


def _protected_path(table: Mapping[str, Any]) -> ProtectedPath:
    """Read a protected path of the settings."""
    return ProtectedPath(
        table["pattern"] or table["path"],
        is_pattern=table["pattern"] is not None,
        methods=tuple(table["methods"]),
        protection=Protection(
            tuple(table["strategies"]), tuple(table["scopes"]), tuple(table["kinds"])
        ),
    )


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


def _check_project(settings: Settings, installed: Collection[str]) -> None:
    for name in settings["project"]:
        if name not in installed and name not in settings["disable"]:
            near = difflib.get_close_matches(name, sorted(installed), 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ConfigurationError(
                f"{settings.origin}: 'project' names the plugin {name!r}, which is not installed."
                f"{hint}\n'glue plugins' lists the ids of plugins."
            )


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
                Complaint(
                    f"The plugin {each.source.id!r} contributes {each.value!r} as a resource.\n"
                    f"  {each.party}\nContribute an Operation, a SimpleResource or a Resource.",
                    each.source,
                )
            )


def _contribution_of(plugin: Plugin, name: str, value: object) -> Contribution:
    place = place_of(plugin.value, plugin.source)
    return Contribution(
        f"{plugin.source.id}.{name}", name, plugin.source, plugin.layer, value, place
    )


def _contribution(of: Contribution, name: str, value: object, place: object) -> Contribution:
    return Contribution(
        f"{of.source.id}.{name}", name, of.source, of.layer, value, place_of(place, of.source)
    )


def _made_of_relationships(
    operations: Sequence[Contribution],
    relationships: Sequence[Contribution],
    types: Mapping[str, Sequence[tuple[Resource, Contribution]]],
    conventions: Mapping[str | None, Convention],
    stores: Iterable[str],
) -> tuple[Contribution, ...]:
    """Make the operations of relationships: for all stores, then what only single ones have."""

    def made_in(store: str | None) -> tuple[Contribution, ...]:
        return relationship_operations(
            operations,
            relationships,
            shown_by_convention(types, conventions, store),
            conventions,
            seen_in(store, operations),
        )

    general = made_in(None)
    names = {each.name for each in general}
    own: dict[tuple[object, ...], tuple[Contribution, list[str]]] = {}
    for store in stores:
        for each in made_in(store):
            value = each.value
            if each.name not in names:
                key = (value.name, value.conventions, id(value.resource), id(value.parent))
                own.setdefault(key, (each, []))[1].append(store)
    found = list(general)
    for each, named in own.values():
        value = replace(each.value, stores=tuple(named))
        name = value.contribution_name
        found.append(replace(each, id=f"{each.source.id}.{name}", name=name, value=value))
    return tuple(found)


def _relationships(
    operations: Iterable[Contribution],
    resources: Iterable[Contribution],
    contributed: Iterable[Contribution],
) -> tuple[Contribution, ...]:
    """Collect relationships: those that resources own, and those that plugins add."""
    found: list[Contribution] = []
    seen: set[tuple[str, int]] = set()
    for each in (*operations, *resources):
        resource = each.value if isinstance(each.value, Resource) else each.value.resource
        if resource is None:
            continue
        for relationship in resource.relationships:
            # What was made of a declaration for some stores has the same relationships.
            if (resource.type, id(relationship)) in seen:
                continue
            seen.add((resource.type, id(relationship)))
            whole = replace(relationship, source=resource.type)
            name = f"{resource.type}.{whole.name}"
            found.append(_contribution(each, name, whole, whole.load))
    for each in contributed:
        value = each.value
        if not isinstance(value, Relationship) or not value.source:
            raise ConfigurationError(
                Complaint(
                    f"The plugin {each.source.id!r} contributes {value!r} as a relationship.\n"
                    f"  {each.party}\nContribute a Relationship with a 'source'.",
                    each.source,
                )
            )
        found.append(_contribution(each, f"{value.source}.{value.name}", value, value.load))
    return tuple(found)
