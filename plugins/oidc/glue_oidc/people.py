"""Lookups through the readers of users and customers."""

from __future__ import annotations

from glue_core import Features, Services
from glue_oidc.lookup import Person


class ReaderUsers:
    """Finds users through ``UserReader``."""

    def __init__(self, features: Features, services: Services) -> None:
        """Ask for the reader: where nobody provides it, the start ends."""
        from glue_users import UserReader

        self._users = features.get(UserReader)
        self._services = services

    def user(self, name: str) -> Person | None:
        """Return the active user with this username, or None."""
        with self._services.database.work(writes=False) as work:
            user = self._users.by_username(name, work)
        if user is None or not user.is_active:
            return None
        return Person(user.username, user.id)


class ReaderCustomers:
    """Finds customers through ``CustomerReader``."""

    def __init__(self, features: Features, services: Services, *, by: str) -> None:
        """Ask for the reader.

        Args:
            features: The features of the deployment.
            services: The services of the deployment.
            by: ``email`` or ``reference``.
        """
        from glue_customers import CustomerReader

        self._customers = features.get(CustomerReader)
        self._services = services
        self._by = by

    def customer(self, name: str) -> Person | None:
        """Return the customer with this address or reference who may log in, or None."""
        find = self._customers.by_email if self._by == "email" else self._customers.by_reference
        with self._services.database.work(writes=False) as work:
            customer = find(name, work)
        # Whoever registered with an address of somebody else never confirmed it.
        if customer is None or customer.is_anonymised or not customer.is_confirmed:
            return None
        return Person(customer.reference, customer.id)
