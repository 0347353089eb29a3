"""Hook implementations; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from glue_core import (
    AuthenticationServer,
    ConfigurationError,
    Features,
    Section,
    Settings,
    hookimpl,
)
from glue_oidc.lookup import CustomerLookup, UserLookup
from glue_oidc.settings import NAME, OidcSettings, is_chosen, rules_for

if TYPE_CHECKING:
    from glue_oidc.server import Lookup


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare the table ``[plugins.oidc]``."""
    return [Section(NAME, OidcSettings)]


@hookimpl
def glue_authentication_servers(
    features: Features, settings: Settings
) -> Sequence[AuthenticationServer]:
    """Check tokens of the provider, where the settings have one."""
    if not is_chosen(settings):
        return []
    # A deployment without a provider loads no cryptography and no HTTP client for this.
    from glue_oidc.issuer import Issuer
    from glue_oidc.keys import Keys
    from glue_oidc.server import OidcServer

    section = settings.section(NAME)
    certificates = section["certificates"]
    if certificates is not None:
        certificates = str(settings.directory / certificates)
    try:
        issuer = Issuer(
            section["issuer"],
            timeout=section["timeout"],
            allow_http=section["allow_http"],
            certificates=certificates,
        )
    except OSError as error:
        raise ConfigurationError(
            f"{settings.origin}: plugins.{NAME}.certificates names {certificates!r}, which is no "
            f"PEM file that can be read: {error}."
        ) from error
    lookups = _lookups(features, section)
    return [OidcServer(section, Keys(issuer.keys, section), lookups)]


def _lookups(features: Features, section: Mapping[str, Any]) -> Mapping[str, Lookup]:
    every = [rules_for(section, name) for name in ("", *section["applications"])]
    found: dict[str, Lookup] = {}
    if any(rules.looks_up("user") for rules in every):
        found["user"] = features.get(UserLookup).user
    if any(rules.looks_up("customer") for rules in every):
        found["customer"] = features.get(CustomerLookup).customer
    return found
