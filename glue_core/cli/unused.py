"""Settings that have no effect: what they name is not there, or another one switches it off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from glue_core.cli.contributions import contributions_of
from glue_core.operation import HTTP_METHODS
from glue_core.security.protection import ProtectedPath

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.http import HttpApplication

CORS = ("cors_credentials", "cors_headers", "cors_exposed_headers", "cors_max_age")
IDS = ("0", "a", "a-0", "A--0")
"""What stands for an id where a pattern is tried on a place."""


def unused_settings(deployment: Deployment) -> Iterator[str]:
    """Yield what has no effect, a line each.

    Args:
        deployment: A deployment that serves.

    Raises:
        ConfigurationError: A hook that is asked when somebody needs it fails.
    """
    yield from _of_choice(deployment)
    yield from _of_quarantine(deployment)
    for name in deployment.applications:
        table = deployment.settings.application(name)
        for line in (
            *_of_cors(table, deployment.settings.application_defaults),
            *_of_timing(table, deployment.settings["mode"]),
            *_of_headers(table),
            *_of_protected_paths(deployment, name, table),
        ):
            yield f"applications.{name}.{line}"


def _of_choice(deployment: Deployment) -> Iterator[str]:
    """Tell of ids that nobody has, those included that are only known once all is asked for."""
    registry = deployment.registry
    changing = {
        each.source.id
        for application in registry.applications.values()
        for each in application.changes
    }
    for _ in contributions_of(deployment):
        pass
    loaded = {each.source for each in registry.features.hooks.plugins}
    for application in registry.applications.values():
        loaded.update(each.source for each in application.plugins)
    for wanted, hint in registry.choice.unknown(loaded):
        yield f"'disable' or 'replace' names {wanted!r}, which nobody has.{hint}"
    for wanted in deployment.settings["project"]:
        if wanted in {each.id for each in loaded} and wanted not in changing:
            yield f"'project' names {wanted!r}, which changes no declaration of others."


def _of_quarantine(deployment: Deployment) -> Iterator[str]:
    table = deployment.settings["quarantine"]
    if table["policy"] == "stop":
        for key in ("distributions", "unhealthy"):
            if table[key]:
                yield f"quarantine.{key} counts only with quarantine.policy = 'leave_out'."
        return
    registry = deployment.registry
    installed = {each.distribution for each in registry.sources}
    installed.update(each.source.distribution for each in registry.left_out)
    for name in table["distributions"]:
        if canonicalize_name(name) not in installed:
            yield f"quarantine.distributions names {name!r}, which is not installed."


def _of_cors(table: Mapping[str, Any], defaults: Mapping[str, Any]) -> Iterator[str]:
    if not table["cors_origins"]:
        for key in CORS:
            if table[key] != defaults[key]:
                yield f"{key} counts only with cors_origins."


def _of_timing(table: Mapping[str, Any], mode: str) -> Iterator[str]:
    who = table["server_timing"]
    if who == "development" and mode != "development":
        yield "server_timing is 'development', and the mode is not: nobody is told."
    if table["server_timing_token"] and who != "token":
        yield "server_timing_token counts only with server_timing = 'token'."
    if table["server_timing_steps"] and who == "never":
        yield "server_timing_steps counts only where server_timing says who is told."


def _of_headers(table: Mapping[str, Any]) -> Iterator[str]:
    if table["hsts_subdomains"] and not table["hsts_max_age"]:
        yield "hsts_subdomains counts only with hsts_max_age."


def _of_protected_paths(
    deployment: Deployment, name: str, table: Mapping[str, Any]
) -> Iterator[str]:
    """Tell of protected paths at which nothing answers."""
    from glue_core.http import HttpApplication

    application = deployment.applications[name]
    for number, each in enumerate(table["protected_paths"]):
        if not isinstance(application, HttpApplication):
            yield f"protected_paths[{number}] counts not: the application answers by itself."
            continue
        methods = each["methods"] or sorted({*HTTP_METHODS.values()} - {"OPTIONS"})
        if each["path"] is not None:
            fits = _answers(application, each["path"], methods)
        else:
            guard = ProtectedPath(each["pattern"], is_pattern=True, methods=tuple(each["methods"]))
            fits = any(
                guard.fits(operation.value.http_method, re.sub(r"\{[^}]*\}", id_, path))
                for operation in deployment.registry.applications[name].operations
                for path in (operation.value.path,)
                for id_ in IDS
            )
        if not fits:
            what = each["path"] or each["pattern"]
            yield (
                f"protected_paths[{number}], {what!r}, fits no place where something answers"
                + ("." if each["path"] else "; ids of another form than usual are not tried.")
            )


def _answers(application: HttpApplication, path: str, methods: list[str]) -> bool:
    """Say whether anything but a refusal answers at a path."""
    return any(
        matcher.match(method, path).target.operation.refusal is None
        for matcher in application.matchers.values()
        for method in methods
    )
