"""From claims to an identity: who the caller is here, and what they may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from glue_core import Identity, InvalidToken
from glue_oidc.settings import NAME, ApplicationRules
from glue_oidc.verifying import client_names

LONGEST_SUBJECT = 255
"""Characters: OpenID Connect Core 1.0, section 2."""


def identity_of(
    claims: Mapping[str, Any], section: Mapping[str, Any], rules: ApplicationRules
) -> Identity:
    """Return who a verified token says asks.

    Args:
        claims: The claims.
        section: The settings, as `OidcSettings` has them.
        rules: What counts for the application.

    Raises:
        InvalidToken: The token names nobody, or no kind of caller that the settings know.
    """
    subject = _subject(claims, section, rules)
    token_id = claims.get("jti")
    clients = sorted(client_names(claims))
    return Identity(
        _kind(claims, section, rules),
        subject,
        subject,
        scopes=_scopes(claims, section, rules),
        via=NAME,
        token_id=token_id if isinstance(token_id, str) else None,
        client=clients[0] if clients else None,
        claims=MappingProxyType(dict(claims)),
    )


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return a claim, or what is inside of one where the name has dots; None where it is missing.

    A claim whose whole name has dots in it, such as an address, wins.
    """
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _subject(claims: Mapping[str, Any], section: Mapping[str, Any], rules: ApplicationRules) -> str:
    subject = claim(claims, rules.subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise InvalidToken(f"its claim {rules.subject!r} names nobody")
    is_email = rules.subject == "email"
    if is_email and not section["unverified_emails"] and claims.get("email_verified") is not True:
        raise InvalidToken("the provider did not verify the e-mail address that it names")
    return subject


def _kind(claims: Mapping[str, Any], section: Mapping[str, Any], rules: ApplicationRules) -> str:
    name = section["kind_claim"]
    if name is None:
        return rules.kind
    words = _words(claim(claims, name), name, split=False)
    kinds = {section["kinds"][word] for word in words if word in section["kinds"]}
    if len(kinds) != 1:
        raise InvalidToken(f"its claim {name!r} means {len(kinds)} kinds of callers")
    return str(kinds.pop())


def _scopes(
    claims: Mapping[str, Any], section: Mapping[str, Any], rules: ApplicationRules
) -> tuple[str, ...]:
    found = list(rules.fixed_scopes)
    table: Mapping[str, Iterable[str]] = section["scopes"]
    for name in section["scope_claims"]:
        for word in _words(claim(claims, name), name, split=True):
            found += table.get(word, (word,) if section["keep_scopes"] else ())
    return tuple(dict.fromkeys(found))


def _words(value: Any, name: str, *, split: bool) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.split() if split else [value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    raise InvalidToken(f"its claim {name!r} is neither a text nor a list of texts")
