"""``glue plugins``: what is installed, even where it is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from glue_core.application import ApiApplication, RequestFlowAwareApiApplication
from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json
from glue_core.errors import ConfigurationError
from glue_core.registry.choice import Choice
from glue_core.registry.discovery import (
    APPLICATIONS,
    COMMON_PLUGINS,
    CONVENTIONS,
    FEATURES,
    Source,
)
from glue_core.registry.plugins import Hooks, Plugin, check_sources, load
from glue_core.registry.registry import adapters_of, core_sources, extended_by

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.registry.order import Contribution

ACTIVE = "active"
DISABLED = "disabled"
NOT_LOADED = "not loaded"
BROKEN = "broken"
INCOMPATIBLE = "incompatible"
FAILED = (BROKEN, INCOMPATIBLE)

ALWAYS = (FEATURES, CONVENTIONS, COMMON_PLUGINS)
"""Groups that every serving process loads."""


@dataclass(slots=True)
class Entry:
    """One plugin, application or convention, and what became of it.

    Attributes:
        source: Where it comes from.
        state: One of the states above.
        reason: Why it is in that state; empty where it is active.
        hooks: Hooks it implements, where it could be loaded.
        contributions: Ids of what it contributes.
    """

    source: Source
    state: str
    reason: str = ""
    hooks: tuple[str, ...] = ()
    contributions: list[str] = field(default_factory=list)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Show the ids of all contributions.")
@click.option("--json", "as_json", is_flag=True, help="Print the plugins as JSON.")
@click.pass_context
def plugins(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """List what is installed, and its state.

    Works where the deployment cannot start, too, and tells why; it exits with 1 then.
    """
    session = ctx.ensure_object(Session)
    entries = survey(session)
    problem = None
    if not any(each.state in FAILED for each in entries):
        try:
            with session.deployment() as deployment:
                _fill_in(entries, deployment)
        except ConfigurationError as error:
            problem = str(error)
    if as_json:
        show_json({"plugins": [_row(each, everything) for each in entries], "problem": problem})
    else:
        click.echo("\n".join(_lines(entries, everything)))
    if problem is not None and not as_json:
        click.echo(f"Error: {problem}", err=True)
    if problem is not None or any(each.state in FAILED for each in entries):
        ctx.exit(1)


def survey(session: Session) -> list[Entry]:
    """Look at everything that is installed, each thing in isolation.

    Raises:
        ConfigurationError: The settings are wrong.
    """
    settings = session.settings()
    choice = Choice(settings["disable"], settings["replace"], settings.origin)
    sources = (*core_sources(), *session.sources())
    enabled = choice.of_sources(sources)
    problems = _problems_of_metadata(enabled)
    served = set(settings["serve"]) or {e.name for e in enabled if e.group == APPLICATIONS}
    groups: dict[str, list[ApiApplication]] = {}
    found: dict[int, Entry] = {}
    # The applications first: they say which groups are collected.
    for source in sorted(sources, key=lambda each: each.group != APPLICATIONS):
        if source not in enabled:
            key = "disable" if source.id in settings["disable"] else "replace"
            entry = Entry(source, DISABLED, f"{key!r} in the settings names it")
        elif source in problems:
            entry = Entry(source, *problems[source])
        elif source.group == APPLICATIONS and source.name not in served:
            entry = Entry(source, NOT_LOADED, "'serve' in the settings leaves it out")
        elif extended_by(source) is None and source.group not in (APPLICATIONS, *ALWAYS, *groups):
            reason = f"no application that is served collects the group {source.group!r}"
            entry = Entry(source, NOT_LOADED, reason)
        else:
            entry = _loaded(source, groups)
        found[id(source)] = entry
    ordered = sorted(sources, key=lambda each: (each.group, each.name, each.id))
    return [found[id(source)] for source in ordered]


def _problems_of_metadata(sources: Sequence[Source]) -> dict[Source, tuple[str, str]]:
    """Return what is wrong without importing anything: state and reason by source."""
    problems: dict[Source, tuple[str, str]] = {}
    named: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        named.setdefault((source.group, source.name), []).append(source)
        try:
            check_sources([source])
        except ConfigurationError as error:
            problems[source] = (INCOMPATIBLE, str(error))
    for claimants in named.values():
        if len(claimants) > 1:
            reason = (
                f"Several distributions have the entry point {claimants[0].name!r} in the group "
                f"{claimants[0].group!r}: {', '.join(each.distribution for each in claimants)}."
            )
            for each in claimants:
                problems.setdefault(each, (BROKEN, reason))
    return problems


def _loaded(source: Source, groups: dict[str, list[ApiApplication]]) -> Entry:
    """Import one source and look at its hooks; an application names its groups."""
    try:
        (plugin,) = load([(source, "application")])
        value = plugin.value
        if source.group == APPLICATIONS:
            if not isinstance(value, ApiApplication):
                kind = type(value).__qualname__
                return Entry(source, BROKEN, f"It exports no application, but: {kind}.")
            for group in value.plugin_groups:
                groups.setdefault(group, []).append(value)
            if not isinstance(value, RequestFlowAwareApiApplication) or value.hooks is None:
                return Entry(source, ACTIVE)
            plugin = Plugin(source, value.hooks, "application")
        adapters = adapters_of(groups.get(source.group, ()))
        hooks = Hooks([plugin], "glue plugins", adapters)
        return Entry(source, ACTIVE, hooks=hooks.implemented(plugin))
    except ConfigurationError as error:
        return Entry(source, BROKEN, str(error))


def _fill_in(entries: Iterable[Entry], deployment: Deployment) -> None:
    """Note what each plugin contributes."""
    by_source = {each.source.group + each.source.id: each for each in entries}
    for contribution in _contributions(deployment):
        source = contribution.source
        entry = by_source.get(source.group + source.id)
        if entry is not None and contribution.id not in entry.contributions:
            entry.contributions.append(contribution.id)


def _contributions(deployment: Deployment) -> Iterator[Contribution]:
    registry = deployment.registry
    features = registry.features
    yield from (*features.engines, *features.migrations, *features.demo_data, *features.commands)
    yield from registry.providers(deployment.services)
    yield from registry.importers(deployment.features)
    yield from registry.publishers(deployment.features, deployment.services)
    for application in registry.applications.values():
        yield from (*application.operations, *application.relationships, *application.changes)
        for steps in application.stacks.values():
            yield from steps


def _row(entry: Entry, everything: bool) -> dict[str, Any]:
    row = {
        "id": entry.source.id,
        "distribution": entry.source.distribution,
        "version": entry.source.version,
        "group": entry.source.group,
        "place": entry.source.value,
        "state": entry.state,
        "reason": entry.reason or None,
        "hooks": list(entry.hooks),
    }
    if everything:
        row["contributions"] = entry.contributions
    return row


def _lines(entries: Sequence[Entry], everything: bool) -> Iterator[str]:
    heading = ("ID", "VERSION", "GROUP", "STATE", "HOOKS")
    table = aligned(
        [
            heading,
            *(
                (
                    each.source.id,
                    each.source.version,
                    each.source.group,
                    each.state,
                    ", ".join(hook.removeprefix("glue_") for hook in each.hooks) or "-",
                )
                for each in entries
            ),
        ]
    )
    yield table[0]
    for line, entry in zip(table[1:], entries, strict=True):
        yield line
        if entry.reason:
            yield indented(entry.reason)
        if everything:
            yield from (indented(each) for each in entry.contributions)
