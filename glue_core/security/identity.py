"""Identities: who asks, as credentials proved it, and what reads them from a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_core.messages import GlueRequest
    from glue_core.operation import ErrorCode

USER, CUSTOMER, WAREHOUSE, CLIENT = "user", "customer", "warehouse", "client"
API_KEY, ANONYMOUS = "api-key", "anonymous"
KIND_MARK = "@"
"""Starts the grant that says what kind of caller asks, such as ``@customer``."""


def grant_of_kind(kind: str) -> str:
    """Return the grant that every caller of a kind holds."""
    return KIND_MARK + kind


KNOWN_KINDS = frozenset({USER, CUSTOMER, WAREHOUSE, CLIENT, API_KEY})
KNOWN = frozenset(map(grant_of_kind, KNOWN_KINDS))
"""Grants of which somebody holds one whose credentials were checked."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who asks.

    Attributes:
        kind: What they are: ``user``, ``customer``, ``warehouse``, ``client`` (a machine),
            ``api-key``, ``anonymous``, or a kind of a plugin's own.
        natural_identifier: Name they are known by, such as a login or a customer reference.
        surrogate_identifier: Internal number or key.
        scopes: What the credentials allow.
        via: Name of the authentication server or reader that checked the credentials.
        token_id: Id of the token, or None where there is none.
        client: Id of the client that the token was issued to, or None.
        claims: Further facts that were proved. Never shown to clients, nor logged.
        grants: What policies and strategies decide by: the scopes, and the kind behind an ``@``.
    """

    kind: str
    natural_identifier: str
    surrogate_identifier: str | int
    scopes: tuple[str, ...] = ()
    via: str = ""
    token_id: str | None = None
    client: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    grants: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A scope that looks like a kind would make a customer a user.
        scopes = {each for each in self.scopes if not each.startswith(KIND_MARK)}
        object.__setattr__(self, "grants", frozenset({*scopes, grant_of_kind(self.kind)}))


@dataclass(frozen=True, slots=True)
class IdentityReader:
    """Reads who asks from one header.

    Attributes:
        name: Name, unique in the application.
        header: Header that it reads, in lower case. Requests without it cost it nothing.
        read: Takes the header's value and the request. What it refuses it raises as a `Problem`,
            such as `Unauthorized`.
        is_alone: Whether the header may not come with that of another reader: then the answer is
            400 with the code ``005``.
        alone_message: Text of that answer; None is one that names the headers.
        parameter: Query parameter that may carry the value instead of the header, or None. It is
            taken out of the query before anything else sees it: no link repeats it.
        kinds: Kinds of callers that it can prove; none says nothing about it. What nobody can
            prove stops the start where an operation asks for it.
        errors: What ``read`` raises, for the documentation.
        flows: OAuth 2 flows by which a client gets what it reads, as OpenAPI has them, for the
            documentation. Addresses that start with a slash are below the application's.
        skips_blank: Whether a blank header is as if there were none, instead of one to read.
    """

    name: str
    header: str
    read: Callable[[str, GlueRequest], Identity]
    is_alone: bool = False
    alone_message: str | None = None
    parameter: str | None = None
    kinds: tuple[str, ...] = ()
    errors: tuple[ErrorCode, ...] = ()
    skips_blank: bool = False
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
