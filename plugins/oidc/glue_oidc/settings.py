"""The table ``[plugins.oidc]``, and what it says about one application."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from glue_core import ConfigurationError, Settings, Words

NAME = "oidc"
"""Name of the server, and of its table of settings."""

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Signatures with a public key: who checks one cannot make one."""

KINDS = ("user", "customer", "client")
UNTYPED = ""
"""Stands in ``types`` for tokens that do not say what they are."""


def _algorithms(names: list[str]) -> None:
    for name in names:
        if name not in ALGORITHMS:
            raise ValidationError(
                f"{name!r} is no signature with a public key. Known are: {', '.join(ALGORITHMS)}."
            )


def _issuer(address: str) -> None:
    complaint = "This is no address: it starts with https:// and has a host."
    try:
        parts = urlsplit(address)
        is_right = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValidationError(complaint) from error
    if not is_right:
        raise ValidationError(complaint)
    if re.search(r"[^!-~]", address):
        raise ValidationError("An address has no spaces, and no letters beyond ASCII.")
    if "?" in address or "#" in address or parts.username is not None:
        raise ValidationError("An issuer has no query, no fragment and no user name.")


class ApplicationSettings(Schema):
    """``[plugins.oidc.applications.<name>]``: what is different for one application."""

    audience = Words(load_default=None, allow_none=True, validate=validate.Length(min=1))
    kind = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(KINDS))
    subject = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1))
    lookup = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(("none", "user", "customer", "both")),
    )
    fixed_scopes = Words(load_default=None, allow_none=True)
    clients = Words(load_default=None, allow_none=True)


class OidcSettings(Schema):
    """``[plugins.oidc]``: whose tokens count, for whom, and who they make of a caller."""

    issuer = fields.String(
        load_default=None,
        allow_none=True,
        validate=_issuer,
        metadata={"description": "Address of the provider, exactly as its tokens say it."},
    )
    audience = Words(
        load_default=list,
        metadata={"description": "Audiences of which a token needs one."},
    )
    algorithms = Words(
        load_default=lambda: ["RS256", "ES256", "EdDSA"],
        validate=[validate.Length(min=1), _algorithms],
        metadata={"description": "Signatures that count."},
    )
    types = Words(
        load_default=lambda: ["at+jwt", "jwt"],
        validate=validate.Length(min=1),
        metadata={"description": "Types (`typ`) that count; '' is for tokens that say none."},
    )
    clients = Words(
        load_default=list,
        metadata={"description": "Clients whose tokens count; those of all if empty."},
    )
    subject = fields.String(
        load_default="sub",
        validate=validate.Length(min=1),
        metadata={"description": "Claim that names the caller."},
    )
    unverified_emails = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Take the claim 'email' for a name although the provider did not "
            "verify it."
        },
    )
    kind = fields.String(
        load_default="user",
        validate=validate.OneOf(KINDS),
        metadata={"description": "What the callers are."},
    )
    kind_claim = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Claim that says what the caller is, instead of `kind`."},
    )
    kinds = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(KINDS)),
        load_default=dict,
        metadata={"description": "Values of that claim to kinds; others are refused."},
    )
    scope_claims = Words(
        load_default=lambda: ["scope", "scopes", "scp"],
        metadata={"description": "Claims with the provider's scopes; all that are there count."},
    )
    scopes = fields.Dict(
        keys=fields.String(),
        values=Words(),
        load_default=dict,
        metadata={"description": "Scopes of the provider to scopes of Glue."},
    )
    keep_scopes = fields.Boolean(
        load_default=False,
        metadata={"description": "Keep scopes that `scopes` does not name, as they are."},
    )
    fixed_scopes = Words(
        load_default=list,
        metadata={"description": "Scopes of Glue that every caller has."},
    )
    lookup = fields.String(
        load_default="none",
        validate=validate.OneOf(("none", "user", "customer", "both")),
        metadata={"description": "Which kinds of callers must be known to Glue."},
    )
    customer_by = fields.String(
        load_default="email",
        validate=validate.OneOf(("email", "reference")),
        metadata={"description": "What the subject of a customer is."},
    )
    leeway = fields.Integer(
        load_default=30,
        validate=validate.Range(min=0, max=300),
        metadata={"description": "Seconds by which clocks may differ."},
    )
    cache_seconds = fields.Integer(
        load_default=60,
        validate=validate.Range(min=0, max=3600),
        metadata={"description": "Seconds for which a token is not verified again."},
    )
    cache_size = fields.Integer(
        load_default=2000,
        validate=validate.Range(min=1),
        metadata={"description": "Verified tokens that one process keeps."},
    )
    keys_seconds = fields.Integer(
        load_default=3600,
        validate=validate.Range(min=1),
        metadata={"description": "Seconds after which keys are read again."},
    )
    refetch_seconds = fields.Integer(
        load_default=30,
        validate=validate.Range(min=1),
        metadata={"description": "Seconds before an unknown key makes them be read once more."},
    )
    retry_seconds = fields.Integer(
        load_default=5,
        validate=validate.Range(min=1),
        metadata={"description": "Seconds before they are read again after that failed."},
    )
    outage_seconds = fields.Integer(
        load_default=86_400,
        validate=validate.Range(min=1),
        metadata={"description": "Seconds for which keys count that cannot be read again."},
    )
    timeout = fields.Float(
        load_default=2.0,
        validate=validate.Range(min=0.05, max=60),
        metadata={"description": "Longest wait for the provider, in seconds."},
    )
    certificates = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "PEM file of the authorities that count; the system's if none."},
    )
    allow_http = fields.Boolean(
        load_default=False,
        metadata={"description": "Read keys without TLS from hosts that are not this one."},
    )
    applications = fields.Dict(
        keys=fields.String(), values=fields.Nested(ApplicationSettings), load_default=dict
    )


@dataclass(frozen=True, slots=True)
class ApplicationRules:
    """Whom one application lets in; see `OidcSettings`."""

    audience: frozenset[str]
    clients: frozenset[str]
    subject: str
    kind: str
    lookup: str
    fixed_scopes: tuple[str, ...]

    def looks_up(self, kind: str) -> bool:
        """Say whether callers of a kind must be known to Glue."""
        return self.lookup == kind or (self.lookup == "both" and kind != "client")


def rules_for(section: Mapping[str, Any], application: str) -> ApplicationRules:
    """Return what counts for one application: its own table over the general one."""
    own = section["applications"].get(application) or {}

    def value(name: str) -> Any:
        return section[name] if own.get(name) is None else own[name]

    return ApplicationRules(
        frozenset(value("audience")),
        frozenset(value("clients")),
        value("subject"),
        value("kind"),
        value("lookup"),
        tuple(value("fixed_scopes")),
    )


def is_secure(address: str, *, allow_http: bool) -> bool:
    """Say whether keys may be read from an address: by TLS, from this machine, or as allowed."""
    parts = urlsplit(address)
    if parts.scheme != "http":
        return parts.scheme == "https"
    return allow_http or _is_loopback(parts.hostname or "")


def is_chosen(settings: Settings) -> bool:
    """Say whether this deployment has a provider.

    Raises:
        ConfigurationError: An application chooses the server and something is missing, or what is
            there contradicts itself.
    """
    section = settings.section(NAME)
    choosing = [
        name
        for name, table in settings["applications"].items()
        if NAME in table["authentication_servers"]
    ]
    if section["issuer"] is None:
        if choosing:
            raise _wrong(
                settings,
                f"applications.{choosing[0]}.authentication_servers names {NAME!r}, and "
                f"plugins.{NAME}.issuer is missing.\n"
                f"Set it to the address of the provider, or choose other servers.",
            )
        return False
    if not is_secure(section["issuer"], allow_http=section["allow_http"]):
        raise _wrong(
            settings,
            f"plugins.{NAME}.issuer is {section['issuer']!r}: whoever is between could put keys "
            f"of their own there.\nUse https://, or set plugins.{NAME}.allow_http = true.",
        )
    if (section["kind_claim"] is None) is bool(section["kinds"]):
        raise _wrong(
            settings,
            f"plugins.{NAME}.kind_claim and plugins.{NAME}.kinds belong together: a claim, and "
            f"which of its values means which kind.\nSet both or neither.",
        )
    known = {*settings["applications"], *entry_points(group="glue.applications").names}
    for name in section["applications"]:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(known)}."
            raise _wrong(
                settings,
                f"plugins.{NAME}.applications.{name}: there is no such application.{hint}",
            )
    for name in choosing or list(section["applications"]) or [""]:
        _check(settings, name, rules_for(section, name))
    return True


def _check(settings: Settings, application: str, rules: ApplicationRules) -> None:
    place = f"plugins.{NAME}" + (f".applications.{application}" if application else "")
    if not rules.audience:
        raise _wrong(
            settings,
            f"plugins.{NAME}.audience is missing{f', or {place}.audience' * bool(application)}.\n"
            f"Set it to what the provider writes into tokens for this API: a token for somebody "
            f"else would count here.",
        )
    kinds = set(settings.section(NAME)["kinds"].values()) or {rules.kind}
    if rules.lookup != "none" and not any(map(rules.looks_up, kinds)):
        raise _wrong(
            settings,
            f"{place}: callers are {' or '.join(map(repr, sorted(kinds)))}, and lookup is "
            f"{rules.lookup!r}, so nobody would be looked up.\n"
            f'Make both the same, or set lookup = "none".',
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(settings: Settings, what: str) -> ConfigurationError:
    return ConfigurationError(f"{settings.origin}: {what}")
