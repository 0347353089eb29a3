"""Who may: customers keep to themselves, and ``mine`` is whoever asks."""

from __future__ import annotations

from glue_core import (
    Build,
    Criterion,
    Decision,
    Forbidden,
    GlueRequest,
    GlueResource,
    Operation,
    Policy,
    Protection,
    Strategy,
)
from glue_customers_api.resource import (
    CUSTOMERS,
    PASSWORD,
    REFERENCE,
    UNAUTHORIZED,
)

OWN_CUSTOMER = "own-customer"
"""Name of the strategy that lets customers call what is below, or about, their own reference."""
MINE = "mine"
"""Stands in a path for the reference of the customer who asks."""
GRANT = "@customer"
REGISTERED = "customers_api.registered"

OWN = Protection(("oauth-user-scope", OWN_CUSTOMER), kinds=("customer",))
"""A customer who is logged in may, where the path begins with their own reference."""


def own_reference(request: GlueRequest) -> str | None:
    """Return the reference of the customer who is logged in, or None."""
    customer = request.request_customer
    return None if customer is None or GRANT not in request.grants else customer.natural_identifier


def note_registered(request: GlueRequest, reference: str) -> None:
    """Remember who was registered: the answer shows them, whoever asked."""
    request.notes[REGISTERED] = reference


def _is_own(request: GlueRequest, protection: Protection) -> bool:
    """Say whether the first id of the path is the reference of the customer who is logged in.

    Raises:
        Forbidden: It is not, be there such a customer or not.
    """
    if _first(request).id != own_reference(request):
        raise Forbidden(UNAUTHORIZED.code, UNAUTHORIZED.message)
    return True


def _visible_reference(request: GlueRequest) -> str | None:
    registered: str | None = request.notes.get(REGISTERED)
    return registered or own_reference(request)


def _keep_to_own(grants: frozenset[str], type_: str, name: str, action: str) -> Decision:
    if (type_, name, action) == (CUSTOMERS.type, "", "read"):
        return Criterion(REFERENCE, _visible_reference)
    return True


POLICY = Policy(OWN_CUSTOMER, _keep_to_own)
"""Whoever asks sees themselves, and whom they have just registered, wherever it may show."""

STRATEGY = Strategy(OWN_CUSTOMER, authorize=_is_own, errors=(UNAUTHORIZED,))


def mine(operation: Operation) -> Build | None:
    """Put the reference of the customer who asks in the place of ``mine``."""
    if not operation.types or operation.types[0] not in (CUSTOMERS.type, PASSWORD.type):
        return None

    def build(request: GlueRequest) -> None:
        first = _first(request)
        if first.id == MINE:
            first.id = own_reference(request) or MINE

    return build


def _first(request: GlueRequest) -> GlueResource:
    """Return what the path starts with."""
    return request.parent_resources[0] if request.parent_resources else request.resource
