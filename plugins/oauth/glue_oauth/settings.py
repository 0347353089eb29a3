"""The settings of the authorization server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from glue_core import Settings
from glue_oauth.durations import Duration

SECTION = "oauth"
ALGORITHMS = ("RS256", "ES256", "Ed25519")
REFUSE, DROP, END = "refuse", "drop", "end"
ARRAY, OBJECT = "array", "object"

NOWHERE = "http://localhost"
"""Start of the issuers of applications whose address no setting says."""
MARGIN = timedelta(hours=1)
"""What a key is kept beyond the longest token: workers notice a rotation a little later."""

_ADDRESS = validate.Regexp(
    r"https?://[^/?#\s]+(/[^?#\s]*)?\Z",
    error="This is no issuer: an address that starts with https://, without query and fragment.",
)


class OauthSettings(Schema):
    """``[plugins.oauth]``: the authorization server."""

    issuer = fields.String(
        load_default=None,
        allow_none=True,
        validate=_ADDRESS,
        metadata={
            "description": "Issuer in tokens of applications that have no 'base_url', and the "
            "address of their routes; unset, each has one that leads nowhere, 'http://localhost/' "
            "and its name. The host of a request is never believed."
        },
    )
    users = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=lambda: {
            "storefront_api": "customers",
            "legacy_api": "customers",
            "backend_api": "users",
        },
        metadata={"description": "Application to the user provider whose users log in there."},
    )
    audiences = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=lambda: {"legacy_api": "storefront_api"},
        metadata={
            "description": "Application to the audience of its tokens, its own name by default; "
            "applications with one audience take each other's."
        },
    )
    second_use = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf((END, REFUSE))),
        load_default=lambda: {"legacy_api": REFUSE},
        metadata={
            "description": "Application to what a refresh token does there that was used before: "
            "'end' its login with all its tokens, the default, since it may have been stolen; or "
            "'refuse' the token alone, which clients of old APIs expect that repeat a request."
        },
    )
    access_token = Duration(
        load_default=timedelta(hours=8),
        metadata={"description": "Life of an access token, 'PT8H' by default."},
    )
    refresh_token = Duration(
        load_default=timedelta(days=30),
        metadata={"description": "Life of a refresh token, 'P1M' by default: 30 days."},
    )
    authorization_code = Duration(
        load_default=timedelta(minutes=1),
        metadata={"description": "Life of an authorization code, 'PT1M' by default."},
    )
    default_client = fields.String(
        load_default="glue",
        validate=validate.Length(min=1, max=100),
        metadata={
            "description": "Id of the public client that requests without one count for; it needs "
            "no row, and 'glue clients disable' ends it."
        },
    )
    unknown_scopes = fields.String(
        load_default=REFUSE,
        validate=validate.OneOf((REFUSE, DROP)),
        metadata={"description": "What a scope that nobody may have does: 'refuse' or 'drop'."},
    )
    errors = fields.String(
        load_default=ARRAY,
        validate=validate.OneOf((ARRAY, OBJECT)),
        metadata={
            "description": "Shape of refusals in plain JSON: 'array' as all of Glue's errors, or "
            "'object' as RFC 6749 has it, which libraries for OAuth clients read."
        },
    )
    revocation_seconds = fields.Float(
        load_default=1.0,
        validate=validate.Range(min=0, max=3600),
        metadata={
            "description": "Seconds for which a worker may not know that a token was revoked "
            "elsewhere; 0 asks the database every time."
        },
    )
    kept_tokens = fields.Integer(
        load_default=10_000,
        validate=validate.Range(min=1),
        metadata={"description": "Verified tokens that a worker remembers."},
    )
    clock_skew = fields.Integer(
        load_default=30,
        validate=validate.Range(min=0, max=600),
        metadata={"description": "Seconds by which a token may come from the future."},
    )
    algorithm = fields.String(
        load_default="RS256",
        validate=validate.OneOf(ALGORITHMS),
        metadata={"description": "Algorithm of keys that are made: RS256, ES256 or Ed25519."},
    )
    key_secret = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=16),
        metadata={
            "description": "Secret that the signing keys in the database are encrypted with, of at "
            "least 16 characters; unset leaves them readable there."
        },
    )
    key_retention = Duration(
        load_default=timedelta(days=8),
        metadata={
            "description": "Time that a key verifies after it signed last, 'P8D' by default: no "
            "token may live longer."
        },
    )
    retention = Duration(
        load_default=timedelta(days=7),
        metadata={
            "description": "Time that expired rows are kept for 'glue tokens clean', 'P7D' by "
            "default."
        },
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings in the types that the parts of the server use; see `OauthSettings`."""

    issuer: str | None
    users: Mapping[str, str]
    audiences: Mapping[str, str]
    second_use: Mapping[str, str]
    access_token: timedelta
    refresh_token: timedelta
    authorization_code: timedelta
    default_client: str
    unknown_scopes: str
    errors: str
    revocation_seconds: float
    kept_tokens: int
    clock_skew: int
    algorithm: str
    key_retention: timedelta
    retention: timedelta
    key_secret: str | None = field(default=None, repr=False)
    base_urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def longest_token(self) -> timedelta:
        """The longest life of a token: the key that signed it outlives it."""
        return self.key_retention - MARGIN

    def audience(self, application: str) -> str:
        """Return the audience of the tokens of an application."""
        return self.audiences.get(application, application)

    def ends_login(self, application: str) -> bool:
        """Say whether a refresh token that is used a second time there ends its login."""
        return self.second_use.get(application, END) == END

    def address_of(self, application: str) -> str | None:
        """Return the address of an application as the settings know it, or None."""
        return self.base_urls.get(application) or (self.issuer or "").rstrip("/") or None

    def issuer_of(self, application: str) -> str:
        """Return the issuer of the tokens of an application."""
        return self.address_of(application) or f"{NOWHERE}/{application}"

    def issuers_for(self, audience: str) -> frozenset[str]:
        """Return the issuers whose tokens an audience takes."""
        names = {audience, *self.audiences, *self.base_urls}
        return frozenset(self.issuer_of(each) for each in names if self.audience(each) == audience)


def rules_of(settings: Settings) -> Rules:
    """Return the settings of the server."""
    own: Mapping[str, Any] = settings.section(SECTION)
    bases = {
        name: table["base_url"].rstrip("/")
        for name, table in settings["applications"].items()
        if table["base_url"]
    }
    return Rules(**own, base_urls=bases)
