"""``glue doctor``: is everything as a deployment needs it?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json
from glue_core.errors import ConfigurationError, ServiceUnavailable

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.services.services import Services

OK = "ok"
WARNING = "warning"
ERROR = "error"

GRACE = 3.0
"""Seconds that a check may take longer than the services' own limit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: Name of the check.
        level: ``ok``, ``warning`` or ``error``.
        message: What was found, and for an error what to do.
    """

    check: str
    level: str
    message: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check settings, plugins, services, migrations.

    Exits with 1 where a check found an error; warnings are none.
    """
    findings = list(examine(ctx.ensure_object(Session)))
    healthy = not any(each.level == ERROR for each in findings)
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
    except ConfigurationError as error:
        yield Finding("applications", ERROR, str(error))
    else:
        yield Finding("applications", OK, f"compiled: {names}")
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
