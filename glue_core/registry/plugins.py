"""Loading plugins, each in isolation, and calling their hooks with who contributed what kept."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

import pluggy

from glue_core import hookspecs
from glue_core.application import Adapter
from glue_core.catalogue import ErrorText
from glue_core.changes import BodyRules, OperationChange, ResourceChange
from glue_core.command import Command
from glue_core.convention import MediaTypeExtension
from glue_core.demo import DemoData
from glue_core.encoding import Encoder
from glue_core.errors import Complaint, ConfigurationError
from glue_core.exchange import Importer, Migrations, Publisher
from glue_core.features import Provider
from glue_core.fixtures import FixtureMaker
from glue_core.health import HealthCheck
from glue_core.listener import Listener
from glue_core.openapi.serving import DocumentFormatter
from glue_core.operation import Operation, SimpleResource
from glue_core.registry.discovery import (
    APPLICATIONS,
    COMMON_PLUGINS,
    CONVENTIONS,
    FEATURES,
    Source,
    core_version,
    place_of,
)
from glue_core.registry.order import Contribution
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.security.authentication import AuthenticationServer
from glue_core.security.grants import Grant, ScopeProvider, UserProvider
from glue_core.security.identity import IdentityReader
from glue_core.security.lens import Policy
from glue_core.security.protection import ProtectedPath, Strategy
from glue_core.services.services import ServiceEngine
from glue_core.settings import Section
from glue_core.step import Step

FEATURE_HOOKS = frozenset(
    {
        "glue_settings",
        "glue_features",
        "glue_part_wrappers",
        "glue_service_engines",
        "glue_migrations",
        "glue_importers",
        "glue_publishers",
        "glue_demo_data",
        "glue_grants",
        "glue_user_providers",
        "glue_scope_providers",
        "glue_fixture_makers",
        "glue_commands",
    }
)
SHARED_HOOKS = frozenset({"glue_settings", "glue_part_wrappers"})
"""The hooks of features that other plugins have as well."""
HOST_HOOKS = frozenset({"glue_context_expanders"})
ROUTES = "glue_route_providers"
PLACE_HOOKS = frozenset(
    {"glue_resources", ROUTES, "glue_relationships", "glue_declaration_changes"}
)
EXPECTED: Mapping[str, tuple[type, ...]] = {
    "glue_resources": (Operation, SimpleResource, Resource),
    "glue_route_providers": (Operation,),
    "glue_relationships": (Relationship,),
    "glue_declaration_changes": (ResourceChange, OperationChange, BodyRules),
    "glue_request_builders": (Step,),
    "glue_request_validators": (Step,),
    "glue_request_after_routing_validators": (Step,),
    "glue_controller_wrappers": (Step,),
    "glue_response_formatters": (Step,),
    "glue_response_finishers": (Step,),
    "glue_response_events": (Listener,),
    "glue_terminate": (Listener,),
    "glue_part_wrappers": (Listener,),
    "glue_log_fields": (Listener,),
    "glue_health_checks": (HealthCheck,),
    "glue_documentation_expanders": (Listener,),
    "glue_documentation_formatters": (DocumentFormatter,),
    "glue_documentation_voters": (Listener,),
    "glue_start_up": (Listener,),
    "glue_shut_down": (Listener,),
    "glue_transports": (Listener,),
    "glue_context_expanders": (Listener,),
    "glue_encoders": (Encoder,),
    "glue_authentication_servers": (AuthenticationServer,),
    "glue_identity_readers": (IdentityReader,),
    "glue_authorization_strategies": (Strategy,),
    "glue_authorization_policies": (Policy,),
    "glue_protected_paths": (ProtectedPath,),
    "glue_error_catalogue": (ErrorText,),
    "glue_media_type_extensions": (MediaTypeExtension,),
    "glue_features": (Provider,),
    "glue_service_engines": (ServiceEngine,),
    "glue_settings": (Section,),
    "glue_migrations": (Migrations,),
    "glue_importers": (Importer,),
    "glue_publishers": (Publisher,),
    "glue_demo_data": (DemoData,),
    "glue_grants": (Grant,),
    "glue_user_providers": (UserProvider,),
    "glue_scope_providers": (ScopeProvider,),
    "glue_fixture_makers": (FixtureMaker,),
    "glue_commands": (Command,),
}
"""What each hook returns a sequence of."""

GROUPS = (APPLICATIONS, CONVENTIONS, FEATURES, COMMON_PLUGINS)
NAMED_GROUPS = (COMMON_PLUGINS + ".", CONVENTIONS + ".")
"""Starts of groups that end in the name of an application, or of a convention."""
HOOKS = tuple(sorted(name for name in vars(hookspecs) if name.startswith("glue_")))


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin that was imported.

    Attributes:
        source: Where it came from.
        value: Module or object with the hook implementations.
        layer: Layer of its steps.
    """

    source: Source
    value: Any
    layer: str


def check_sources(sources: Iterable[Source]) -> None:
    """Refuse what can be told from metadata, before anything is imported.

    Raises:
        ConfigurationError: An entry point is in a group that nobody reads, two distributions claim
            one name, or a plugin was built for other versions of the core.
    """
    problems = []
    named: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        named.setdefault((source.group, source.name), []).append(source)
    for source in sources:
        group = source.group
        if group not in GROUPS and not group.startswith(NAMED_GROUPS):
            near = difflib.get_close_matches(group, GROUPS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            problems.append(
                Complaint(
                    f"The entry point {source.name!r} is in the group {group!r}, which nobody "
                    f"reads.{hint}\n  {source.party}\n"
                    f"Groups are: {', '.join(GROUPS)}, {COMMON_PLUGINS}.<application>, "
                    f"{CONVENTIONS}.<convention>.",
                    source,
                    imported=False,
                )
            )
    for (group, name), claimants in sorted(named.items()):
        if len(claimants) > 1:
            parties = "\n".join(f"  {each.party}" for each in claimants)
            problems.append(
                Complaint(
                    f"Two distributions have the entry point {name!r} in the group {group!r}.\n"
                    f"{parties}\n"
                    f"Uninstall one, or put its id under 'disable' in the settings: "
                    f"{' or '.join(repr(each.id) for each in claimants)}.",
                    *claimants,
                    imported=False,
                )
            )
    version = core_version()
    for source in sources:
        if source.core is not None and not source.core.contains(version, prereleases=True):
            problems.append(
                Complaint(
                    f"The plugin {source.id!r} was built for another version of the core.\n"
                    f"  {source.party}\n"
                    f"It requires glue-api-core {source.core}; installed is glue-api-core "
                    f"{version}.\n"
                    f"Install a version of {source.distribution} for this core, or put "
                    f"{source.id!r} under 'disable' in the settings.",
                    source,
                    imported=False,
                )
            )
    if problems:
        raise ConfigurationError(*problems)


def load(sources: Iterable[tuple[Source, str]]) -> tuple[Plugin, ...]:
    """Import plugins, each in isolation; one error tells of all that cannot be imported.

    Args:
        sources: Sources with the layers of their steps.

    Raises:
        ConfigurationError: At least one of them raised while it was imported.
    """
    plugins, problems = [], []
    for source, layer in sources:
        try:
            plugins.append(Plugin(source, source.load(), layer))
        except (Exception, SystemExit) as error:
            problems.append(
                Complaint(
                    f"The plugin {source.id!r} cannot be imported: "
                    f"{type(error).__name__}: {error}\n  {source.party}\n"
                    f"Mend it, uninstall {source.distribution}, or put {source.id!r} under "
                    f"'disable' in the settings.",
                    source,
                    imported=False,
                )
            )
    if problems:
        raise ConfigurationError(*problems)
    return tuple(plugins)


class _Manager(pluggy.PluginManager):
    """A plugin manager that does not take its time for what is no function of a module."""

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Return how something implements a hook, or None where it does not."""
        if isinstance(plugin, ModuleType) and not inspect.isfunction(vars(plugin).get(name)):
            return None
        return super().parse_hookimpl_opts(plugin, name)


class Hooks:
    """The hook implementations of some plugins, in one plugin manager."""

    def __init__(
        self, plugins: Sequence[Plugin], owner: str, adapters: Iterable[Adapter] = ()
    ) -> None:
        """Register plugins.

        Args:
            plugins: The plugins, in an order that means nothing.
            owner: Whose they are, for messages.
            adapters: Those of applications whose hook specifications count beside the core's.

        Raises:
            ConfigurationError: A hook is misspelled, unmarked, in the wrong group, or takes an
                argument that the hook does not give.
        """
        self.owner = owner
        # Two entry points may name one module, for two applications: it contributes once.
        plugins = tuple({id(each.value): each for each in reversed(plugins)}.values())[::-1]
        self.plugins = plugins
        self._by_name = {_key(each): each for each in plugins}
        self._manager = _Manager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._expected = dict(EXPECTED)
        for adapter in adapters:
            if adapter.hookspecs is None:
                continue
            self._manager.add_hookspecs(adapter.hookspecs)
            for hook in adapter.own_hooks:
                self._expected[hook] = (adapter.returned.get(hook, Step),)
        problems: list[str] = []
        for plugin in plugins:
            if type(plugin.value).__hash__ is None:
                problems.append(
                    _complain(plugin, "is unhashable: give its class a __hash__, or use a module.")
                )
                continue
            try:
                self._manager.register(plugin.value, name=_key(plugin))
            except pluggy.PluginValidationError as error:
                problems.append(_complain(plugin, f"has a hook that does not fit: {error}"))
        for plugin in plugins:
            problems.extend(_misspelled(plugin, self._implemented_by(plugin), self._expected))
        if problems:
            raise ConfigurationError(*problems)

    def call(self, hook: str, **arguments: object) -> tuple[Contribution, ...]:
        """Call one hook of every plugin and say who returned what.

        Raises:
            ConfigurationError: An implementation raised or returned no sequence.
        """
        found: list[Contribution] = []
        caller = getattr(self._manager.hook, hook)
        names = sorted(impl.plugin_name for impl in caller.get_hookimpls())
        for name in names:
            plugin = self._by_name[name]
            others = [
                self._by_name[other].value
                for other in names
                if other != name and self._by_name[other].value is not plugin.value
            ]
            try:
                results = self._manager.subset_hook_caller(hook, others)(**arguments)
            except Exception as error:
                kind = "" if isinstance(error, ConfigurationError) else f"{type(error).__name__}: "
                raise ConfigurationError(
                    _complain(plugin, f"failed in its hook {hook!r}.\n{kind}{error}")
                ) from error
            if not results:
                raise ConfigurationError(
                    _complain(plugin, f"returned None from {hook!r}: return a sequence.")
                )
            for result in results:
                found.extend(self._contributions(plugin, hook, result))
        return tuple(found)

    def implemented(self, plugin: Plugin) -> tuple[str, ...]:
        """Return the names of the hooks that a plugin implements."""
        return tuple(sorted(self._implemented_by(plugin)))

    def deprecated(self) -> Iterator[tuple[Plugin, str, Warning]]:
        """Yield what plugins implement that will go: plugin, hook or argument of it, and why."""
        for plugin in self.plugins:
            for caller in self._manager.get_hookcallers(plugin.value) or ():
                spec = caller.spec
                if spec is None:
                    continue
                if spec.warn_on_impl is not None:
                    yield plugin, repr(caller.name), spec.warn_on_impl
                taken = {
                    name
                    for each in caller.get_hookimpls()
                    if each.plugin is plugin.value
                    for name in (*each.argnames, *each.kwargnames)
                }
                for name, why in sorted((spec.warn_on_impl_args or {}).items()):
                    if name in taken:
                        yield plugin, f"the argument {name!r} of {caller.name!r}", why

    def _implemented_by(self, plugin: Plugin) -> set[str]:
        callers = self._manager.get_hookcallers(plugin.value) or []
        return {caller.name for caller in callers}

    def _contributions(self, plugin: Plugin, hook: str, result: Any) -> Iterable[Contribution]:
        if isinstance(result, str) or not isinstance(result, Iterable):
            raise ConfigurationError(
                _complain(plugin, f"returned {result!r} from {hook!r}, which is no sequence.")
            )
        expected = self._expected[hook]
        for value in result:
            if not isinstance(value, expected):
                kinds = " or ".join(each.__name__ for each in expected)
                raise ConfigurationError(
                    _complain(plugin, f"returned {value!r} from {hook!r}; expected is: {kinds}.")
                )
            name = getattr(value, "contribution_name", None) or getattr(value, "name", None)
            name = name if isinstance(name, str) else type(value).__name__
            target = getattr(value, "handler", None) or getattr(value, "load", None) or value
            yield Contribution(
                f"{plugin.source.id}.{name}",
                name,
                plugin.source,
                plugin.layer,
                value,
                place_of(target, plugin.source),
                tuple(getattr(value, "before", ())),
                tuple(getattr(value, "after", ())),
            )


def _key(plugin: Plugin) -> str:
    return f"{plugin.source.group}/{plugin.source.id}"


def _complain(plugin: Plugin, what: str) -> Complaint:
    return Complaint(
        f"The plugin {plugin.source.id!r} {what}\n  {plugin.source.party}\n"
        f"Mend it, or put {plugin.source.id!r} under 'disable' in the settings.",
        plugin.source,
    )


def _functions(value: Any) -> Iterable[tuple[str, FunctionType]]:
    """Return the functions of a plugin by name; of a module those that it defines itself."""
    if isinstance(value, ModuleType):
        found = vars(value)
        return [
            (name, found[name])
            for name in sorted(found)
            if inspect.isfunction(found[name]) and found[name].__module__ == value.__name__
        ]
    # Nothing of an object is computed to find out what it is: its properties may fail.
    members = ((name, inspect.getattr_static(value, name, None)) for name in dir(value))
    functions = ((name, getattr(each, "__func__", each)) for name, each in members)
    return [(name, each) for name, each in functions if inspect.isfunction(each)]


def _misspelled(plugin: Plugin, implemented: set[str], known: Collection[str]) -> Iterable[str]:
    """Tell of hooks that would never be called: pluggy itself says nothing of them."""
    for name, function in _functions(plugin.value):
        options = getattr(function, f"{hookspecs.PROJECT}_impl", None)
        hook = (options or {}).get("specname") or name
        if options is not None and hook not in known:
            near = difflib.get_close_matches(hook, known, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield _complain(plugin, f"implements the hook {hook!r}, which does not exist.{hint}")
        elif options is None and name in known:
            yield _complain(plugin, f"has a function {name!r} that is not marked with @hookimpl.")
    group = plugin.source.group
    for name in sorted(implemented):
        if group == FEATURES and name not in FEATURE_HOOKS:
            yield _complain(
                plugin,
                f"implements {name!r}, but is in the group {FEATURES!r}: only plugins of an "
                f"application, 'glue.plugins.<application>', may.",
            )
        elif group != FEATURES and name in FEATURE_HOOKS - SHARED_HOOKS:
            yield _complain(
                plugin,
                f"implements {name!r}, but is in the group {group!r}: only plugins of the group "
                f"{FEATURES!r} may.",
            )
        elif group != COMMON_PLUGINS and name in HOST_HOOKS:
            yield _complain(
                plugin,
                f"implements {name!r}, but is in the group {group!r}: no application is selected "
                f"when it runs, so only plugins of the group {COMMON_PLUGINS!r} may.",
            )
        elif group in (COMMON_PLUGINS, CONVENTIONS) and name in PLACE_HOOKS:
            yield _complain(
                plugin,
                f"implements {name!r}, but is in the group {group!r}, which every application "
                f"loads: put it into 'glue.plugins.<application>'.",
            )
        elif group.startswith(CONVENTIONS + ".") and name in PLACE_HOOKS - {ROUTES}:
            yield _complain(
                plugin,
                f"implements {name!r}, but is in the group {group!r}, whose plugins extend a "
                f"convention: put it into 'glue.plugins.<application>'.",
            )


__all__ = ["APPLICATIONS", "HOOKS", "Hooks", "Plugin", "check_sources", "load"]
