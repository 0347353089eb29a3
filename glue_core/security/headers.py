"""Security headers: what every answer of every application tells browsers and caches."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core.application import ApiApplication
from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl
from glue_core.listener import DefaultHeaders, Listener, Notice, ResponseEvent
from glue_core.settings import Settings

HEADERS = {
    "x-frame-options": "SAMEORIGIN",
    "content-security-policy": "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "same-origin",
    "permissions-policy": "",
}
CACHE_CONTROL = "no-cache, private"
PRELOAD_SECONDS = 31_536_000
"""A year: the shortest time for which browsers take a host into the lists they ship with."""

STRICT_TRANSPORT = "strict-transport-security"


def _security_headers(settings: Settings, application: ApiApplication | None) -> Notice | None:
    table = settings.application(application.name if application is not None else "")
    if not table["security_headers"]:
        return None
    return DefaultHeaders({**HEADERS, "cache-control": CACHE_CONTROL})


def _strict_transport(settings: Settings, application: ApiApplication | None) -> Notice | None:
    """Tell browsers to come back by TLS only.

    Behind a proxy every request looks like plain HTTP, so production says it always. Browsers
    ignore it there, save that a developer's ``localhost`` must not be locked out for a year.
    """
    table = settings.application(application.name if application is not None else "")
    seconds: int = table["hsts_max_age"]
    if table["hsts_preload"] and (seconds < PRELOAD_SECONDS or not table["hsts_subdomains"]):
        owner = application.name if application is not None else "<name>"
        raise ConfigurationError(
            f"{settings.origin}: applications.{owner}.hsts_preload is true, which browsers take "
            f"only with hsts_subdomains = true and hsts_max_age of at least {PRELOAD_SECONDS}.\n"
            f"Set both, or take hsts_preload away."
        )
    if not seconds:
        return None
    value = f"max-age={seconds}"
    if table["hsts_subdomains"]:
        value += "; includeSubDomains"
    if table["hsts_preload"]:
        value += "; preload"
    if settings["mode"] != "development":
        return DefaultHeaders({STRICT_TRANSPORT: value})

    def add(event: ResponseEvent) -> None:
        if event.environ["wsgi.url_scheme"] == "https":
            event.headers.setdefault(STRICT_TRANSPORT, value)

    return add


@hookimpl
def glue_response_events(settings: Settings) -> Sequence[Listener[Notice]]:
    """Add the headers that nobody set: an application's own always win."""
    return [
        Listener("security-headers", lambda application: _security_headers(settings, application)),
        Listener("strict-transport", lambda application: _strict_transport(settings, application)),
    ]
