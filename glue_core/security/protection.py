"""Protection: who may call an operation, and the strategies that decide it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_core.security.identity import API_KEY, WAREHOUSE, grant_of_kind, is_known

if TYPE_CHECKING:
    from glue_core.messages import GlueRequest
    from glue_core.operation import ErrorCode

PROTECTED_PATH, OAUTH_USER_SCOPE = "protected-path", "oauth-user-scope"
USER_TYPE, WAREHOUSE_TOKEN, API_KEY_STRATEGY = "user-type", "warehouse-token", "api-key"


@dataclass(frozen=True, slots=True)
class Protection:
    """Who may call an operation, and what others are answered.

    Attributes:
        strategies: Names of authorization strategies; ``"x?"`` may be absent. Of the detached ones
            one success is enough; else all others must succeed. None at all: everybody may.
        scopes: Scopes of which the caller needs one; none asks for no scope.
        kinds: Kinds of callers that ``user-type`` lets in, such as ``user``.
        status: Status of a refusal; None is 401 for who is unknown, 403 for who is known.
        code: Code of a refusal, or None. Without a status it is told to who is known.
        message: Text of a refusal; None is the usual one. Without a status as for the code.
        asks: False leaves credentials unread: the operation reads them itself, as a token endpoint
            does.
    """

    strategies: tuple[str, ...] = (OAUTH_USER_SCOPE,)
    scopes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    status: int | None = None
    code: str | None = None
    message: str | None = None
    asks: bool = True

    @property
    def is_public(self) -> bool:
        """Whether everybody may."""
        return not self.strategies


PUBLIC = Protection(strategies=())
"""Everybody may; credentials that come are checked all the same."""

UNASKED = Protection(strategies=(), asks=False)
"""Everybody may, and the operation reads credentials itself."""


@dataclass(frozen=True, slots=True)
class ProtectedPath:
    """Paths that are protected, whoever declares what answers there.

    Attributes:
        path: Path below the application's mount point, or a regular expression that the whole path
            must fit. It is held against the path as Glue understood it: types and percent-encoded
            ids with one slash between them, none at the end.
        is_pattern: Whether ``path`` is a regular expression.
        methods: HTTP methods in capital letters; none means all.
        protection: Who may.
    """

    path: str
    is_pattern: bool = False
    methods: tuple[str, ...] = ()
    protection: Protection = Protection((PROTECTED_PATH,))

    @property
    def name(self) -> str:
        """Name in contribution ids."""
        return f"{','.join(self.methods) or '*'} {self.path}"

    def fits(self, method: str, path: str) -> bool:
        """Say whether a request is for one of these paths."""
        method = "GET" if method == "HEAD" else method
        if self.methods and method not in self.methods:
            return False
        return bool(re.fullmatch(self.path, path)) if self.is_pattern else path == self.path


@dataclass(frozen=True, slots=True)
class Strategy:
    """One way to decide whether a caller may.

    Attributes:
        name: Name that protections use.
        admits: Decides by what the caller holds alone, so that documentation and included
            resources can be decided as well. None leaves all of it to ``authorize``: then what is
            protected by it is included for nobody.
        authorize: Looks at the request besides, or None.
        is_detached: Whether its success is enough, whatever other strategies say.
        status: Status of a refusal where the protection names none, or None for the usual one.
        code: Code of that refusal, or None.
        message: Text of that refusal, or None for the usual one.
        errors: What ``authorize`` raises itself, for the documentation.
    """

    name: str
    admits: Callable[[Protection, frozenset[str]], bool] | None = None
    authorize: Callable[[GlueRequest, Protection], bool] | None = None
    is_detached: bool = False
    status: int | None = None
    code: str | None = None
    message: str | None = None
    errors: tuple[ErrorCode, ...] = ()


def _is_somebody(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether the credentials of the caller were checked."""
    return is_known(grants)


def has_scope(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether a known caller holds one of the scopes, and is of one of the kinds."""
    return (
        is_known(grants)
        and is_of_kind(protection, grants)
        and (not protection.scopes or not grants.isdisjoint(protection.scopes))
    )


def is_of_kind(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether the caller is of one of the kinds."""
    return not protection.kinds or any(grant_of_kind(each) in grants for each in protection.kinds)


def is_warehouse(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether a warehouse asks."""
    return grant_of_kind(WAREHOUSE) in grants


def has_key(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether an API key came that holds one of the scopes."""
    return grant_of_kind(API_KEY) in grants and (
        not protection.scopes or not grants.isdisjoint(protection.scopes)
    )


BUILT_IN = (
    Strategy(PROTECTED_PATH, _is_somebody),
    Strategy(OAUTH_USER_SCOPE, has_scope),
    Strategy(USER_TYPE, lambda protection, grants: is_of_kind(protection, grants)),
    Strategy(WAREHOUSE_TOKEN, is_warehouse),
)
"""The strategies of the core; that of API keys comes with the plugin that reads them."""
