"""Lookups: whether Glue knows the caller that a token names.

They are features, since these reach the database wherever they are asked from; so the storefront's
plugins need no database for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from glue_core import ConfigurationError, Features, Provider, Services, Settings, hookimpl
from glue_oidc.settings import NAME


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom Glue knows.

    Attributes:
        name: Username of a user, reference of a customer.
        number: Number of the row.
    """

    name: str
    number: int


class UserLookup(Protocol):
    """Finds users of the back office."""

    def user(self, name: str) -> Person | None:
        """Return the user with this username who may log in, or None."""


class CustomerLookup(Protocol):
    """Finds customers."""

    def customer(self, name: str) -> Person | None:
        """Return the customer with this address or reference who may log in, or None."""


@hookimpl
def glue_features(services: Services, settings: Settings) -> Sequence[Provider[Any]]:
    """Provide the lookups; what they need is asked for when somebody asks for them."""

    def users(features: Features) -> UserLookup:
        with _needed("user"):
            from glue_oidc.people import ReaderUsers

            return ReaderUsers(features, services)

    def customers(features: Features) -> CustomerLookup:
        with _needed("customer"):
            from glue_oidc.people import ReaderCustomers

            return ReaderCustomers(features, services, by=settings.section(NAME)["customer_by"])

    return [Provider(UserLookup, users), Provider(CustomerLookup, customers)]


@contextmanager
def _needed(kind: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(
            f"plugins.{NAME}.lookup asks for a {kind}, and glue-{kind}s is not installed.\n"
            f"Install it with 'pip install glue-{NAME}[{kind}s]', or set lookup = \"none\"."
        ) from error
