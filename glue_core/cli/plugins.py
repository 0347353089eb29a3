"""``glue plugins``: what is installed, even where it is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glue_core.application import ApiApplication, RequestFlowAwareApiApplication
from glue_core.cli.contributions import contributions_of
from glue_core.cli.locking import (
    LOCK_FILE,
    SIGNS,
    differences,
    locked_of,
    read_lock,
    write_lock,
)
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
from glue_core.registry.quarantine import Quarantine
from glue_core.registry.registry import adapters_of, core_sources, extended_by

if TYPE_CHECKING:
    from glue_core.deployment import Deployment

ACTIVE = "active"
DISABLED = "disabled"
NOT_LOADED = "not loaded"
BROKEN = "broken"
INCOMPATIBLE = "incompatible"
QUARANTINED = "quarantined"
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
        contributions: Ids of what it contributes, by hook.
    """

    source: Source
    state: str
    reason: str = ""
    hooks: tuple[str, ...] = ()
    contributions: dict[str, dict[str, None]] = field(default_factory=dict)


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Show the ids of all contributions.")
@click.option("--json", "as_json", is_flag=True, help="Print the plugins as JSON.")
@click.pass_context
def plugins(ctx: click.Context, everything: bool, as_json: bool) -> None:
    """List what is installed, and its state.

    Works where the deployment cannot start, too, and tells why; it exits with 1 then.
    """
    if ctx.invoked_subcommand is not None:
        return
    session = ctx.ensure_object(Session)
    entries = survey(session)
    problem = None
    may_leave_out = Quarantine(session.settings()).is_on
    if may_leave_out or not any(each.state in FAILED for each in entries):
        try:
            with session.deployment() as deployment:
                _fill_in(entries, deployment)
        except ConfigurationError as error:
            problem = str(error)
    has_failed = any(each.state in FAILED for each in entries)
    if as_json:
        show_json({"plugins": [_row(each, everything) for each in entries], "problem": problem})
    else:
        click.echo("\n".join(_lines(entries, everything)))
    if problem is not None and not as_json and not (may_leave_out and has_failed):
        click.echo(f"Error: {problem}", err=True)
    if problem is not None or has_failed:
        ctx.exit(1)


@plugins.command()
@click.option("--check", is_flag=True, help="Compare only; exit with 1 where something differs.")
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file; 'glue.lock' beside the settings by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.pass_context
def lock(ctx: click.Context, check: bool, path: Path | None, as_json: bool) -> None:
    """Write down what is installed and what it contributes, or compare with that.

    Without '--check' the file is written, and what is different from before is shown.
    """
    session = ctx.ensure_object(Session)
    path = path or session.settings().directory / LOCK_FILE
    locked = read_lock(path)
    if check and locked is None:
        raise ConfigurationError(f"There is no {path}. 'glue plugins lock' writes it.")
    present = _present(session)
    found = [] if locked is None else differences(locked, present)
    if as_json:
        show_json({"file": str(path), "differences": [asdict(each) for each in found]})
    else:
        for each in found:
            click.echo(f"{SIGNS[each.kind]} {each.text}")
    if not check:
        write_lock(path, present)
        if not as_json:
            click.echo(f"Wrote {path}.")
    elif found:
        ctx.exit(1)
    elif not as_json:
        click.echo(f"Nothing differs from {path}.")


def _present(session: Session) -> dict[str, Any]:
    """Return what a lock file would say.

    Raises:
        ConfigurationError: The deployment cannot start.
    """
    entries = survey(session)
    with session.deployment() as deployment:
        _fill_in(entries, deployment)
        states = {(each.source.group, each.source.id): each.state for each in entries}
        return locked_of([each.source for each in entries], states, deployment)


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
    """Note what each plugin contributes, and which ones were left out."""
    by_source = {(each.source.group, each.source.id): each for each in entries}
    for left_out in deployment.registry.left_out:
        entry = by_source[left_out.key]
        entry.state, entry.reason, entry.hooks = QUARANTINED, left_out.reason, ()
    for hook, contribution in contributions_of(deployment):
        source = contribution.source
        found = by_source.get((source.group, source.id))
        if found is not None:
            found.contributions.setdefault(hook, {})[contribution.id] = None


def _row(entry: Entry, everything: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
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
        by_hook = {hook: list(ids) for hook, ids in sorted(entry.contributions.items())}
        row["contributions"] = list(dict.fromkeys(id_ for ids in by_hook.values() for id_ in ids))
        row["contributions_by_hook"] = by_hook
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
            found = sorted(entry.contributions.items())
            shown = [(hook.removeprefix("glue_"), each) for hook, ids in found for each in ids]
            yield from map(indented, aligned(shown))
