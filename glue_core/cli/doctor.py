"""``glue doctor``: is everything as a deployment needs it?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import click

from glue_core.cli.finding import ERROR, OK, WARNING, Finding, finding_of
from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json
from glue_core.errors import ConfigurationError, ServiceUnavailable

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.services.services import Services

GRACE = 3.0
"""Seconds that a check may take longer than the services' own limit."""

OWN = "glue:"
"""Start of the keys under which the core itself keeps sessions and the like."""

OWN_KEYS = 1000
"""How many of them are read before nothing can be told."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a check warns, too.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool, strict: bool) -> None:
    """Check settings, plugins, routes, services, migrations.

    Exits with 1 where a check found an error; with '--strict' also where one warns.
    """
    findings = list(examine(ctx.ensure_object(Session)))
    bad = (ERROR, WARNING) if strict else (ERROR,)
    healthy = not any(each.level in bad for each in findings)
    if as_json:
        show_json({"healthy": healthy, "checks": [asdict(each) for each in findings]})
    else:
        heads = aligned((each.level, each.check) for each in findings)
        for head, each in zip(heads, findings, strict=True):
            first, _, rest = each.message.partition("\n")
            click.echo(f"{head.ljust(max(map(len, heads)))}  {first}")
            if rest:
                click.echo(indented(rest))
    if not healthy:
        ctx.exit(1)


def examine(session: Session) -> Iterator[Finding]:
    """Run every check that can be run; a check whose ground is missing is left out."""
    try:
        settings = session.settings()
    except ConfigurationError as error:
        yield Finding("settings", ERROR, str(error))
        return
    yield Finding("settings", OK, f"read from {settings.origin}")
    if settings["mode"] == "development":
        yield Finding("mode", WARNING, "mode is 'development': details of errors may reach clients")
    else:
        yield Finding("mode", OK, "production")
    yield from _applications(session)
    try:
        deployment = session.deployment(serving=False)
    except ConfigurationError as error:
        yield Finding("features", ERROR, str(error))
        return
    with deployment:
        yield from _services(deployment)


def _applications(session: Session) -> Iterator[Finding]:
    """Compile what would be served."""
    from glue_core.host import Host
    from glue_core.http import HttpApplication

    try:
        with session.deployment() as deployment:
            Host(deployment)
            names = ", ".join(deployment.applications)
            homeless = [
                name
                for name in deployment.applications
                if not deployment.settings.application(name)["base_url"]
            ]
            is_live = deployment.settings["mode"] == "production"
            shadows = tuple(deployment.shadows.reports().values())
            rate = deployment.settings["shadow"]["rate"]
            hidden = {
                name: application.negotiator.unselectable()
                for name, application in deployment.applications.items()
                if isinstance(application, HttpApplication)
            }
            more = [
                *_plugins(deployment),
                *_writes(deployment),
                *_documentation(deployment),
            ]
    except ConfigurationError as error:
        yield Finding("applications", ERROR, str(error))
    else:
        yield Finding("applications", OK, f"compiled: {names}")
        yield from more
        if homeless and is_live:
            settings = "".join(f"\napplications.{name}.base_url" for name in homeless)
            text = "links start with the host that a request names; set where you serve:"
            yield Finding("addresses", WARNING, text + settings)
        elif is_live:
            yield Finding("addresses", OK, "set")
        for report in shadows:
            text = f"{report.shadow!r} is run beside {report.application!r}, at a rate of {rate:g}"
            yield Finding("shadows", OK, text)
        for name, conventions in hidden.items():
            for each in conventions:
                yield Finding(
                    "conventions",
                    WARNING,
                    f"no request of {name!r} selects {each!r}\nAnother convention with a higher "
                    f"priority takes all of its media types.",
                )


def _plugins(deployment: Deployment) -> Iterator[Finding]:
    """Look at plugins that are left out, at hooks that will go, and at settings without effect."""
    from glue_core.cli.unused import unused_settings

    registry = deployment.registry
    yield finding_of(
        "plugins",
        [f"{each.source.id}: {each.reason}" for each in registry.left_out],
        "none is left out",
        "these are bad and left out:",
    )
    hooks = [registry.features.hooks, *(each.hooks for each in registry.applications.values())]
    outdated = (found for each in hooks if each is not None for found in each.deprecated())
    lines = (f"{plugin.source.id} implements {what}. {why}" for plugin, what, why in outdated)
    yield finding_of(
        "hooks",
        sorted(set(lines)),
        "no deprecated one is implemented",
        "these will go, and plugins implement them:",
    )
    yield finding_of(
        "unused",
        list(unused_settings(deployment)),
        "every setting has an effect",
        "these settings have no effect:",
    )


def _writes(deployment: Deployment) -> Iterator[Finding]:
    """Look for operations that anybody may write by, without a declaration that says so."""
    from glue_core.cli.routes import WRITES

    undeclared, declared = [], 0
    for name, registry in deployment.registry.applications.items():
        access = registry.access
        for each in registry.operations if access is not None else ():
            operation = each.value
            if access is None or operation.http_method not in WRITES:
                continue
            if not all(guard.is_public for guard in access.protections_of(operation)):
                continue
            if access.is_declared(operation):
                declared += 1
            else:
                undeclared.append(f"{name} {operation.http_method} {operation.path}   {each.id}")
    yield finding_of(
        "writes",
        sorted(undeclared),
        f"{declared} are public, and declared so" if declared else "none is public",
        "everybody may write by these, and nobody declared it; say 'protection=PUBLIC' if so:",
    )


def _documentation(deployment: Deployment) -> Iterator[Finding]:
    """Tell why documentation is served without its page; a deployment can do without."""
    for name, registry in deployment.registry.applications.items():
        documentation = registry.documentation
        if documentation is not None and documentation.without_page is not None:
            text = f"{name!r} has no page at /docs\n{documentation.without_page}"
            yield Finding("documentation", OK, text)


def _services(deployment: Deployment) -> Iterator[Finding]:
    from glue_core.deployment import SERVICE_NAMES

    services = deployment.services
    down = set()
    for name in SERVICE_NAMES:
        finding = _checked(name, partial(_open_and_check, services, name), services.timeout)
        if finding is None:
            finding = Finding(name, OK, "answers")
        else:
            down.add(name)
        yield finding
    if "database" in down:
        return
    yield from _migrations(deployment)


def _open_and_check(services: Services, name: str) -> None:
    services.open(name).check()


def _migrations(deployment: Deployment) -> Iterator[Finding]:
    from glue_core.cli.checking import refuse_unmigrated

    timeout = deployment.services.timeout
    unmigrated = _checked("migrations", lambda: refuse_unmigrated(deployment), timeout)
    if unmigrated is not None:
        yield unmigrated
        return
    yield Finding("migrations", OK, "none is missing")
    counts: dict[str, int] = {}
    failed = _checked(
        "messages", lambda: counts.update(deployment.services.broker.counts()), timeout
    )
    if failed is not None:
        yield failed
        return
    text = f"{counts['waiting']} waiting, {counts['leased']} leased"
    if counts["set_aside"]:
        yield Finding(
            "messages",
            ERROR,
            f"{text}, {counts['set_aside']} set aside\n"
            f"Their publishers failed again and again; the reasons are in the log of 'glue work' "
            f"and in the table 'glue_outbox'. 'glue publish' publishes anew.",
        )
    else:
        yield Finding("messages", OK, text)
    if not any(counts.values()):
        yield from _published(deployment)


def _published(deployment: Deployment) -> Iterator[Finding]:
    """Look whether the storage has anything of what was published, once nothing waits for it."""
    missing: list[str] = []

    def look() -> None:
        with deployment.services.database.work(writes=False) as work:
            events = {
                each.event
                for each in deployment.publishers
                if next(iter(each.keys(work)), None) is not None
            }
        if not events:
            return
        kept = list(islice(deployment.services.storage.keys(""), OWN_KEYS))
        if len(kept) < OWN_KEYS and all(each.startswith(OWN) for each in kept):
            missing.extend(sorted(events))

    failed = _checked("published", look, deployment.services.timeout)
    if failed is not None:
        yield failed
    elif missing:
        yield Finding(
            "published",
            WARNING,
            f"the database has things to publish, and the storage has nothing published: "
            f"{', '.join(missing)}\n"
            f"Was it deleted, or never filled? 'glue publish --wait' publishes everything anew.",
        )
    else:
        yield Finding("published", OK, "the storage has what was published")


def _checked(name: str, check: Callable[[], object], seconds: float) -> Finding | None:
    """Run a check in a bounded time.

    Returns:
        What is wrong, or None.
    """
    found: list[Finding] = []

    def run() -> None:
        try:
            check()
        except (ServiceUnavailable, ConfigurationError) as error:
            found.append(Finding(name, ERROR, str(error)))
        except Exception as error:
            # A check of somebody's engine must not end the examination.
            found.append(Finding(name, ERROR, f"{type(error).__name__}: {error}"))

    thread = threading.Thread(target=run, daemon=True, name=f"doctor-{name}")
    thread.start()
    thread.join(seconds + GRACE)
    if thread.is_alive():
        return Finding(name, ERROR, f"no answer within {seconds + GRACE:g} seconds")
    return found[0] if found else None
