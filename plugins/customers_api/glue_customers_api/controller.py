"""Answers requests around a customer. Who may, the declarations say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from glue_core import GlueRequest, GlueResponse, LoginGuard, NotFound, too_many_attempts
from glue_customers import (
    CustomerReader,
    CustomerWriter,
    InvalidKey,
    NoSuchCustomer,
    WrongPassword,
)
from glue_customers_api.access import note_registered, own_reference
from glue_customers_api.processor import (
    changes_of,
    check_equal,
    draft_of,
    refusal,
    registration_key_of,
    told,
)
from glue_customers_api.resource import INVALID_CONFIRMATION_KEY, INVALID_RESTORE_KEY, NOT_FOUND

KIND = "customer"
"""Kind of the logins that a changed password is counted with."""


class CustomersController:
    """Answers requests for customers; every write is in the unit of work of the request."""

    def __init__(self, reader: CustomerReader, writer: CustomerWriter) -> None:
        self._reader = reader
        self._writer = writer

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the customer whose reference is the id in the path."""
        customer = self._reader.by_reference(request.resource.id or "", request.work)
        if customer is None or customer.is_anonymised:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(customer)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return the customer who asks, in a list of one."""
        customer = self._reader.by_reference(own_reference(request) or "", request.work)
        return GlueResponse.page([] if customer is None or customer.is_anonymised else [customer])

    def post(self, request: GlueRequest) -> GlueResponse:
        """Register a customer, and ask for the confirmation of the address."""
        draft = draft_of(request)
        with told(request):
            made = self._writer.register(draft, request.work)
        note_registered(request, made.customer.reference)
        return GlueResponse.of(made.customer)

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change the attributes that the body names."""
        changes = changes_of(request)
        with told(request):
            customer = self._writer.change(request.resource.id or "", changes, request.work)
        return GlueResponse.of(customer)

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Anonymise the customer: what is known of the person is forgotten."""
        with told(request):
            self._writer.anonymise(request.resource.id or "", request.work)
        return GlueResponse.no_content()


class PasswordsController:
    """Answers requests that change passwords and confirm addresses."""

    def __init__(self, reader: CustomerReader, writer: CustomerWriter, guard: LoginGuard) -> None:
        self._reader = reader
        self._writer = writer
        self._guard = guard

    def change(self, request: GlueRequest) -> GlueResponse:
        """Give a customer who knows the old password another one."""
        check_equal(request, "new_password")
        old, new = (request.attributes[name] for name in ("password", "new_password"))
        with told(request), self._counted(request):
            self._writer.set_password(request.resource.id or "", old, new, request.work)
        return GlueResponse.no_content()

    def forget(self, request: GlueRequest) -> GlueResponse:
        """Have a mail sent to whoever has the address, and tell nobody whether somebody does."""
        self._writer.request_restore(request.attributes["email"], request.work)
        return GlueResponse.no_content()

    def restore(self, request: GlueRequest) -> GlueResponse:
        """Give a customer another password by the key of a mail."""
        check_equal(request)
        key, new = (request.attributes[name] for name in ("restore_password_key", "password"))
        try:
            with told(request):
                self._writer.restore(key, new, request.work)
        except InvalidKey as error:
            raise refusal(request, INVALID_RESTORE_KEY, "restore_password_key") from error
        return GlueResponse.no_content()

    def confirm(self, request: GlueRequest) -> GlueResponse:
        """Confirm an address by the key of a mail."""
        key = registration_key_of(request)
        try:
            self._writer.confirm(key, request.work)
        except InvalidKey as error:
            raise refusal(request, INVALID_CONFIRMATION_KEY, "registration_key") from error
        return GlueResponse.no_content()

    @contextmanager
    def _counted(self, request: GlueRequest) -> Iterator[None]:
        """Count a password that is wrong, and let nobody guess on: a token may be a stolen one.

        It counts with the logins of the account, which the same password opens.
        """
        customer = self._reader.by_reference(request.resource.id or "", request.work)
        if customer is None or customer.is_anonymised:
            raise NoSuchCustomer(request.resource.id)
        address = str(request.http_request_attributes.get("REMOTE_ADDR") or "")
        where = (KIND, address, customer.email)
        application = request.application
        seconds = self._guard.blocked(*where, application=application)
        if seconds:
            raise too_many_attempts(seconds)
        try:
            yield
        except WrongPassword:
            self._guard.failed(*where, application=application, reason="wrong present password")
            raise
        self._guard.succeeded(*where, application=application, subject=customer.reference)
