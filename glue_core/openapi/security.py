"""Security: the schemes of an application, and which of them lets somebody call an operation.

Nothing here knows a strategy by its name. Each scheme can prove some kinds of callers; the
strategies of the application are asked whom of those they would admit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from glue_core.openapi.naming import pascal
from glue_core.security.authentication import AUTHORIZATION
from glue_core.security.identity import KNOWN_KINDS, IdentityReader, grant_of_kind

if TYPE_CHECKING:
    from glue_core.operation import Operation
    from glue_core.security.access import Access

Requirement = dict[str, list[str]]
"""Schemes that are needed together, each with its scopes."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to say who asks.

    Attributes:
        name: Name in the document.
        kinds: Kinds of callers that it can prove.
        shown: The security scheme object.
    """

    name: str
    kinds: tuple[str, ...]
    shown: dict[str, Any]


def schemes_of(access: Access | None) -> tuple[Scheme, ...]:
    """Return the schemes of an application: of its authentication servers and identity readers."""
    if access is None:
        return ()
    return tuple(scheme for reader in access.readers for scheme in _schemes(reader))


def _schemes(reader: IdentityReader) -> Iterator[Scheme]:
    kinds = reader.kinds or tuple(sorted(KNOWN_KINDS))
    if reader.header == AUTHORIZATION:
        yield Scheme("bearer", kinds, {"type": "http", "scheme": "bearer"})
        if reader.flows:
            yield Scheme("oauth2", kinds, {"type": "oauth2", "flows": reader.flows})
        return
    header = "-".join(part.capitalize() for part in reader.header.split("-"))
    name = pascal(reader.name)
    name = name[:1].lower() + name[1:]
    yield Scheme(name, kinds, {"type": "apiKey", "in": "header", "name": header})
    if reader.parameter:
        shown = {"type": "apiKey", "in": "query", "name": reader.parameter}
        yield Scheme(f"{name}InQuery", kinds, shown)


def requirements_of(operation: Operation, schemes: tuple[Scheme, ...]) -> list[Requirement]:
    """Return the alternatives of what a caller of an operation must send; none for everybody.

    A requirement names one scope of each protection that asks for some: holding one is enough.
    """
    access = operation.access
    if access is None:
        return []
    guards = [each for each in access.protections_of(operation) if not each.is_public]
    if not guards:
        return []
    scopes = list(product(*(each.scopes for each in guards if each.scopes)))
    for number in range(1, min(len(schemes), 2) + 1):
        found = [
            chosen
            for chosen in combinations(schemes, number)
            if any(
                all(access.may_admit(each, _grants(kinds, guards)) for each in guards)
                for kinds in product(*(scheme.kinds for scheme in chosen))
            )
        ]
        if found:
            requirements = [
                {scheme.name: sorted(set(each)) for scheme in chosen}
                for chosen in found
                for each in scopes
            ]
            return [e for i, e in enumerate(requirements) if e not in requirements[:i]]
    return []


def _grants(kinds: tuple[str, ...], guards: list[Any]) -> frozenset[str]:
    scopes = {scope for each in guards for scope in each.scopes}
    return frozenset({*map(grant_of_kind, kinds), *scopes})


def scheme_objects(
    schemes: tuple[Scheme, ...], used: Mapping[str, Set[str]], address: str
) -> Mapping[str, Mapping[str, Any]]:
    """Return the security scheme objects of a document.

    Those that no operation names are there as well: who may not know of an operation before they
    signed in must know how to.

    Args:
        schemes: The schemes of the application.
        used: Scopes that the operations ask for, by the name of the scheme.
        address: Address of the application: flows may be below it.
    """
    return {
        each.name: _with_flows(each.shown, sorted(used.get(each.name, ())), address)
        for each in sorted(schemes, key=_name)
    }


def _with_flows(shown: Mapping[str, Any], scopes: Iterable[str], address: str) -> dict[str, Any]:
    """Return a security scheme object; flows get their scopes and whole addresses."""
    if "flows" not in shown:
        return dict(shown)
    flows = {
        name: {
            **{key: below(address, value) for key, value in flow.items()},
            "scopes": dict.fromkeys(scopes, ""),
        }
        for name, flow in shown["flows"].items()
    }
    return {**shown, "flows": flows}


def below(address: str, place: str) -> str:
    """Return a place of an application as an address; what is one already stays."""
    return address.rstrip("/") + place if place.startswith("/") else place


def _name(scheme: Scheme) -> str:
    return scheme.name
