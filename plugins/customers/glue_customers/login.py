"""Customers as an authorization server knows them."""

from __future__ import annotations

from glue_core import Standing, Subject, UserProvider, Work
from glue_customers import Customer, CustomerCredentials, CustomerReader

KIND = "customer"


def user_provider(credentials: CustomerCredentials, reader: CustomerReader) -> UserProvider:
    """Return who knows customers.

    Args:
        credentials: Says whether somebody is who they say they are.
        reader: Reads customers.
    """

    def authenticate(email: str, password: str, work: Work) -> Subject | None:
        customer = credentials.authenticate(email, password, work)
        return None if customer is None else subject_of(customer)

    def find(subject: Subject, work: Work) -> Standing | None:
        customer = reader.by_reference(subject.natural_identifier, work)
        if customer is None or customer.is_anonymised:
            return None
        return Standing(subject_of(customer), customer.tokens_end_at)

    return UserProvider("customers", KIND, find, authenticate)


def subject_of(customer: Customer) -> Subject:
    """Return what a token says of a customer."""
    return Subject(KIND, {"customer_reference": customer.reference, "id_customer": customer.id})
