"""``glue flow METHOD PATH``: what would run for a request, in order, and why it stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import click

from glue_core.cli.session import Session
from glue_core.cli.showing import aligned, indented, show_json
from glue_core.registry.discovery import CORE, core_version, place_of

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.flow import Flow, Trace
    from glue_core.http import HttpApplication
    from glue_core.messages import GlueRequest
    from glue_core.registry.registry import ApplicationRegistry

REFUSED_STACKS = ("glue_request_after_routing_validators", "glue_controller_wrappers")
"""Stacks that a refusal does not reach."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the flow.

    Attributes:
        stage: Where in the flow it stands.
        id: Id of the contribution.
        party: Distribution, version and place.
        reason: Why it stands there.
        bound: Whether the operation has a use for it.
    """

    stage: str
    id: str
    party: str
    reason: str
    bound: bool = True


@dataclass(frozen=True, slots=True)
class Walk:
    """What a request leads to.

    Attributes:
        application: Name of the application, its mount point, and why it was selected.
        convention: Name of the convention or None, the media type it answers with, and why.
        operation: What answers: an operation, or a refusal.
        steps: All steps, first to last.
    """

    application: dict[str, Any]
    convention: dict[str, Any] | None
    operation: dict[str, Any] | None
    steps: tuple[Line, ...]


def _headers(
    ctx: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> dict[str, str]:
    found = {}
    for value in values:
        name, colon, text = value.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{value!r} is no header: write 'Name: value'.")
        found[name.strip().lower()] = text.strip()
    return found


@click.command()
@click.argument("method")
@click.argument("path")
@click.option("--application", metavar="NAME", help="Ask this application, wherever it answers.")
@click.option(
    "-H", "--header", "headers", multiple=True, callback=_headers, help="'Name: value'; repeatable."
)
@click.option("--store", metavar="NAME", help="Show what this store has, where stores differ.")
@click.option("--all", "everything", is_flag=True, help="Show steps without use here as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the flow as JSON.")
@click.pass_context
def flow(
    ctx: click.Context,
    method: str,
    path: str,
    application: str | None,
    headers: dict[str, str],
    store: str | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Show the steps of a request, and why they stand there.

    Nothing of them is run, and no service is asked. The host is 'localhost' unless a header says
    another.
    """
    if not path.startswith("/"):
        raise click.BadParameter("A path starts with a slash.", param_hint="PATH")
    environ = environ_of(method.upper(), path, headers)
    with ctx.ensure_object(Session).deployment(application) as deployment:
        walk = walk_of(deployment, environ, application, store)
    shown = [each for each in walk.steps if each.bound or everything]
    if as_json:
        document = asdict(walk)
        document["steps"] = [asdict(each) for each in shown]
        show_json(document)
        return
    click.echo("\n".join(_lines(walk, shown)))


def environ_of(method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """Return the WSGI environment of a request without a body.

    Args:
        method: HTTP method in capital letters.
        path: Path, with a query perhaps, as a client sends it.
        headers: Headers by lower-case names.
    """
    plain, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(plain).decode("latin-1"),
        "RAW_URI": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ


def walk_of(
    deployment: Deployment, environ: dict[str, Any], named: str | None, store: str | None = None
) -> Walk:
    """Say what a request leads to.

    Args:
        deployment: The deployment.
        environ: WSGI environment of the request.
        named: Name of the application that the caller asks for, or None to select one as the host
            does.
        store: Name of the store of the request; None for one that no declaration names. Nothing of
            a plugin is run, so what the request itself says of its store does not count.

    Raises:
        ConfigurationError: No application serves the request.
    """
    from glue_core.http import HttpApplication

    name, mount, reason = _selected(deployment, environ, named)
    application = {"name": name, "mount": mount or "/", "reason": reason}
    registry = deployment.registry.applications[name]
    callable_ = deployment.applications[name]
    if not isinstance(callable_, HttpApplication):
        made = getattr(registry.application, "make", callable_)
        line = Line(
            "answer",
            registry.source.id,
            f"{registry.source.distribution} {registry.source.version}   "
            f"{place_of(made, registry.source)}",
            "the application answers by itself, without a flow",
        )
        return Walk(application, None, None, (line,))
    if mount:
        environ = {
            **environ,
            "SCRIPT_NAME": mount,
            "PATH_INFO": environ["PATH_INFO"][len(mount) :] or "/",
        }
    found, request = callable_.request_of(environ)
    varying = found.stores.targets if found.stores is not None else {}
    if store is not None:
        found = varying.get(store, found)
    convention = {
        "name": request.convention,
        "format": request.accepted_format,
        "reason": _why_convention(callable_, registry, request, environ),
    }
    operation, party = _operation(deployment, registry, found, request)
    operation["stores"] = sorted(varying)
    by_header = None if operation["refusal"] else _refused_by_header(found, request)
    steps = (
        *_steps(deployment, registry, found, operation, party, by_header),
        *_sending(registry),
    )
    return Walk(application, convention, operation, steps)


def _selected(
    deployment: Deployment, environ: dict[str, Any], named: str | None
) -> tuple[str, str, str]:
    """Return name and mount point of the application, and why it was selected."""
    from glue_core.errors import ConfigurationError
    from glue_core.selection import MissingApiApplication, Selection, context_of
    from glue_core.taking import HANDED_OVER, NEXT

    if named is not None:
        return named, "", "the command line names it"
    path = environ["PATH_INFO"]
    context = context_of(environ, deployment.context_expanders)
    declared = deployment.registry.applications
    selection = Selection(
        deployment.applications,
        [each.application for each in declared.values()],
        deployment.settings,
    )
    try:
        name, mount = selection.select(context)
    except MissingApiApplication as error:
        raise ConfigurationError(
            f"{error}\nIt would be answered with 500. Ask one with --application, or say where "
            f"they answer under 'applications.<name>.hosts' and 'applications.<name>.paths' in "
            f"the settings."
        ) from error
    table = deployment.settings.application(name)
    application = declared[name].application
    own_host = application.is_serving is None and application.serves(context)
    if context.host in [each.lower() for each in table["hosts"]]:
        reason = f"'applications.{name}.hosts' names the host {context.host!r}"
    elif len(declared) == 1 and not table["hosts"] and not table["paths"]:
        reason = "it is the only application that is served"
    elif own_host:
        reason = f"the host {context.host!r} starts with its name"
    elif any(_covers(each, path) for each in table["paths"]):
        reason = f"'applications.{name}.paths' names {mount or '/'!r}, the longest that fits"
    elif selection.is_fallback(name):
        reason = "it is the fallback: no other application serves the request"
    else:
        reason = "it is the first that says it serves the request"
    below = {**environ, "SCRIPT_NAME": mount, "PATH_INFO": path[len(mount) :] or "/"}
    taken = selection.taking(name, below)
    if taken.why == HANDED_OVER:
        reason = f"{name!r} hands {taken.start!r} over to it"
    elif taken.why == NEXT:
        reason = f"{name!r} has no place for it, and 'next' in the settings leads here"
    return taken.name, mount, reason


def _covers(prefix: str, path: str) -> bool:
    stem = prefix.strip("/")
    return not stem or path == f"/{stem}" or path.startswith(f"/{stem}/")


def _why_convention(
    application: HttpApplication,
    registry: ApplicationRegistry,
    request: GlueRequest,
    environ: dict[str, Any],
) -> str:
    from glue_core.negotiation import WITH_BODY, media_type_of, read_accept

    accept = environ.get("HTTP_ACCEPT", "").strip()
    sent = media_type_of(environ.get("CONTENT_TYPE") or "")
    speaks = registry.conventions[request.convention].media_types
    if sent in speaks and (request.convention is not None or request.method in WITH_BODY):
        return f"Content-Type is {sent}"
    if request.accepted_format is None:
        return f"no convention has what Accept names, {accept!r}: the default refuses it"
    if not accept:
        return "the request has no Accept: the default"
    if request.accepted_format in {f"{e.main}/{e.sub}" for e in read_accept(accept)}:
        return f"Accept names {request.accepted_format}"
    return f"Accept, {accept!r}, allows {request.accepted_format}"


def _operation(
    deployment: Deployment, registry: ApplicationRegistry, found: Flow, request: GlueRequest
) -> tuple[dict[str, Any], str]:
    """Return what answers, for people and programs, and its party."""
    compiled = found.operation
    shown: dict[str, Any] = {
        "id": None,
        "method": compiled.http_method,
        "path": request.resource.route,
        "type": compiled.type,
        "refusal": compiled.refusal,
        "allowed": list(compiled.allowed),
        "handler": place_of(compiled.handler, registry.source),
        "stores": [],
        "changed_by": [],
    }
    if compiled.refusal is not None:
        shown["id"] = f"{CORE}.{compiled.refusal}"
        return shown, _core("glue_core.compiling")
    for each in registry.operations:
        operation = each.value
        if operation.handler is compiled.handler or operation.handler == compiled.handler:
            same = (operation.place, operation.method, operation.name, operation.stores)
            if same == (compiled.place, compiled.method, compiled.name, compiled.stores):
                shown["id"] = each.id
                shown["handler"] = each.place
                shown["changed_by"] = [change.id for change in each.changes]
                return shown, each.party
    # The convention or the core derived the operation from a declaration.
    shown["id"] = compiled.contribution_name
    return shown, shown["handler"]


def _steps(
    deployment: Deployment,
    registry: ApplicationRegistry,
    found: Flow,
    operation: dict[str, Any],
    party: str,
    by_header: str | None,
) -> Iterator[Line]:
    refused = operation["refusal"] is not None or by_header is not None
    unreached = None if by_header is None else f"not reached: {by_header}"
    always = "the core's own: every request"
    yield Line("hydrate", f"{CORE}.hydrate", _core("glue_core.http"), always)
    yield Line("negotiate", f"{CORE}.negotiate", _core("glue_core.negotiation"), always)
    yield Line("match", f"{CORE}.match", _core("glue_core.matching"), always)

    def verdict(stage: str) -> Line:
        why = "unknown parameters and what builders found wrong are answered here"
        if refused:
            why = f"nothing answers the request: the refusal {operation['refusal']!r} does"
        place = _core("glue_core.validation")
        return Line(stage, f"{CORE}.verdict", place, unreached or why, unreached is None)

    def controller(stage: str) -> Line:
        why = "the refusal" if refused else f"it answers {operation['method']} {operation['path']}"
        if operation["stores"]:
            why += f"; it differs in the stores {', '.join(operation['stores'])}"
        if operation["changed_by"]:
            why += f"; changed by {', '.join(operation['changed_by'])}"
        return Line(stage, operation["id"], party, unreached or why, unreached is None)

    def write(stage: str) -> Line:
        writer = registry.convention_sources[found.operation.convention]
        known = {each.id: each for each in deployment.registry.sources}
        source = known.get(writer, registry.source)
        place = f"{source.distribution} {source.version}   {source.value}"
        return Line(stage, f"{writer}.writer", place, "the convention writes every outcome")

    def commit(stage: str) -> Line:
        why = "where the unit of work was used: a status below 400 commits, any other undoes"
        return Line(stage, f"{CORE}.commit", _core("glue_core.flow"), why)

    own = {"verdict": verdict, "controller": controller, "write": write, "commit": commit}
    for stack, stage in found.order:
        if stack is None:
            yield own[stage](stage)
            continue
        for each in found.trace:
            if each.stage == stack.removeprefix("glue_"):
                yield _traced(each, stage, refused and stack in REFUSED_STACKS)


def _refused_by_header(found: Flow, request: GlueRequest) -> str | None:
    """Say how the flow refuses a request for its headers alone, or None where it does not."""
    if request.accepted_format is None:
        return "a validator refuses the request with 406, since Accept allows no answer of it"
    spoken = found.operation.spoken
    selected = request.selected
    if spoken is not None and selected is not None and not selected.is_understood:
        return "a validator refuses the request with 415, since nobody reads its Content-Type"
    return None


def _sending(registry: ApplicationRegistry) -> Iterator[Line]:
    """Yield what has the last word on the headers of every answer of an application."""
    for each in registry.listeners("glue_response_events"):
        contribution = each.contribution
        bound = contribution.value.bind(registry.application) is not None
        yield Line("send", contribution.id, contribution.party, each.reason, bound)


def _traced(each: Trace, stage: str, unreached: bool) -> Line:
    if unreached:
        reason = f"{each.reason}; a refusal does not get here"
        return Line(stage, each.id, each.party, reason, False)
    return Line(stage, each.id, each.party, each.reason, each.bound)


def _core(place: str) -> str:
    return f"{CORE} {core_version()}   {place}"


def _lines(walk: Walk, steps: Sequence[Line]) -> Iterator[str]:
    application = walk.application
    facts = [("Application", f"{application['name']} at {application['mount']}")]
    reasons = [application["reason"]]
    if walk.convention is not None:
        facts.append(("Convention", walk.convention["name"] or "none: plain JSON"))
        reasons.append(walk.convention["reason"])
    if walk.operation is not None:
        told = walk.operation["refusal"]
        text = f"{walk.operation['method']} {walk.operation['path']}"
        facts.append(("Operation", text if told is None else f"the refusal {told!r}"))
        allowed = ", ".join(walk.operation["allowed"])
        reasons.append(f"allowed are {allowed}" if allowed else walk.operation["id"])
    yield from aligned((*fact, reason) for fact, reason in zip(facts, reasons, strict=True))
    yield ""
    rows = [
        (
            f"{number:>2}" if each.bound else " -",
            each.stage,
            each.id,
            each.party.replace("   ", "  "),
        )
        for number, each in _numbered(steps)
    ]
    for line, each in zip(aligned(rows), steps, strict=True):
        yield line
        reason = each.reason if each.bound else f"no use here; {each.reason}"
        yield indented(reason, " " * 8)


def _numbered(steps: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    number = 0
    for each in steps:
        number += each.bound
        yield number, each
