"""The storefront with customers in a database, and a server that takes references for tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    PUBLIC,
    AuthenticationRequest,
    AuthenticationResponse,
    Event,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Identity,
    InvalidToken,
    Operation,
    Protection,
    Relationship,
    Resource,
    Step,
)
from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, Response, in_memory, installed
from glue_customers import Customer, CustomerDraft, CustomerReader, CustomerWriter

DISTRIBUTIONS = ("storefront_api", "json_api", "json_api_atomic", "customers", "customers_api")
PASSWORD = "Correct-horse-1"
ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'


class Server:
    """Takes references for tokens: every one is a customer, save some that say otherwise."""

    name = "references"

    def recognises(self, token: str) -> bool:
        """Recognise every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Know customers, and callers of other kinds by ``kind:name``."""
        if token == "bad":
            raise InvalidToken("unknown")
        kind, _, name = token.rpartition(":")
        return Identity(kind or "customer", name, 1, (kind or "customer",))

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise NotImplementedError


class NoteAttributes(Schema):
    """Attributes of a note."""

    text = fields.String()


class Notes:
    """Notes that anybody may read, and that lead to customers; a plugin of somebody else's."""

    def __init__(self) -> None:
        self.authors: dict[str, list[Customer]] = {}
        self.written: list[Any] = []

    def get(self, request: GlueRequest) -> GlueResponse:
        """Show any note."""
        return GlueResponse.of({"id": request.resource.id, "text": "hello"})

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Note who is named."""
        held = (request.resource.relationships or {}).values()
        self.written.append([each.id for one in held for each in one.resources])
        return GlueResponse.of({"id": request.resource.id, "text": "hello"})

    def load(self, notes: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        """Lead from each note to its authors, whoever asks."""
        return {each.id or "": self.authors.get(each.id or "", []) for each in notes}

    def load_notes(self, customers: Sequence[GlueResource], request: GlueRequest) -> Any:
        """Lead from each customer to a note."""
        return {each.id or "": [{"id": "1", "text": "hello"}] for each in customers}

    def replace(self, one: GlueResource, named: Sequence[GlueResource], request: Any) -> None:
        """Note who is named."""
        self.written.append([each.id for each in named])

    def plugin(self) -> Any:
        """Contribute ``/notes``, the way from notes to customers, and the way back."""
        authors = Relationship(
            "authors", "customers", self.load, writable=True, replace=self.replace
        )
        notes = Relationship(
            "notes",
            "notes",
            self.load_notes,
            source="customers",
            writable=True,
            replace=self.replace,
        )
        note = Resource("notes", NoteAttributes, relationships=(authors,))
        return in_memory(
            "glue.plugins.storefront_api",
            "notes",
            glue_resources=lambda: [
                Operation("get", self.get, "notes", note, protection=PUBLIC),
                Operation("patch", self.patch, "notes", note, protection=Protection()),
            ],
            glue_relationships=lambda: [notes],
            glue_authentication_servers=lambda: [Server()],
        )


class Shop:
    """A storefront with customers; short ways to write behind its back."""

    def __init__(self, deployment: Deployment, notes: Notes) -> None:
        self.deployment = deployment
        self.notes = notes
        self.reader = deployment.features.get(CustomerReader)
        self.writer = deployment.features.get(CustomerWriter)
        self.plain = Client(deployment.applications["storefront_api"])
        self.client = self.plain.json_api

    def as_(self, reference: str, *, plain: bool = False) -> Client:
        """Return a client of somebody who is logged in."""
        client = Client(self.plain.wsgi, {"authorization": f"Bearer {reference}"})
        return client if plain else client.json_api

    def register(self, email: str = "ada@example.com", **values: Any) -> tuple[Customer, str]:
        """Register a customer, and return the key of the mail as well."""
        values = {"first_name": "Ada", "last_name": "Berg", "password": PASSWORD, **values}
        with self.deployment.services.database.work() as work:
            made = self.writer.register(CustomerDraft(email, **values), work)
        return made.customer, str(made.confirmation_key)

    def customer(self, email: str = "ada@example.com", **values: Any) -> str:
        """Register a customer who confirms the address, and return the reference."""
        customer, key = self.register(email, **values)
        with self.deployment.services.database.work() as work:
            self.writer.confirm(key, work)
        return customer.reference

    def restore_key(self, email: str = "ada@example.com") -> str:
        """Return the key of a mail to somebody who forgot the password."""
        with self.deployment.services.database.work() as work:
            return str(self.writer.request_restore(email, work))

    def read(self, reference: str) -> Customer | None:
        """Read a customer from the database."""
        with self.deployment.services.database.work(writes=False) as work:
            return self.reader.by_reference(reference, work)

    def login(self, email: str = "ada@example.com", password: str = PASSWORD) -> Customer | None:
        """Say who logs in."""
        from glue_customers import CustomerCredentials

        with self.deployment.services.database.work(writes=False) as work:
            credentials = self.deployment.features.get(CustomerCredentials)
            return credentials.authenticate(email, password, work)

    def events(self) -> list[Event]:
        """Take the messages that wait."""
        messages = self.deployment.services.broker.lease(1000, 60)
        self.deployment.services.broker.acknowledge(messages)
        return [each.event for each in messages]

    def write_note(self, id_: str, *references: str) -> None:
        """Write a note of some customers."""
        found = [self.read(each) for each in references]
        self.notes.authors[id_] = [each for each in found if each is not None]

    def send(
        self, method: str, path: str, attributes: Any, as_: str | None = None, **headers: str
    ) -> Response:
        """Send a document of JSON:API, as whoever is logged in."""
        type_, _, id_ = path.partition("?")[0].strip("/").partition("/")
        data = {"type": type_, "attributes": attributes} | ({"id": id_} if id_ else {})
        client = self.client if as_ is None else self.as_(as_)
        return client.request(method, path, json={"data": data}, headers=headers)

    def atomic(self, *operations: Any, as_: str | None = None) -> Response:
        """Send operations."""
        headers = {"accept": ATOMIC}
        if as_ is not None:
            headers["authorization"] = f"Bearer {as_}"
        client = Client(self.plain.wsgi, headers, json_type=ATOMIC)
        return client.post("/operations", json={"atomic:operations": list(operations)})


@pytest.fixture
def open_shop(glue_deployment: Callable[..., Deployment]) -> Callable[..., Shop]:
    """Make a storefront with settings and further plugins."""

    def make(*plugins: Any, settings: Mapping[str, Any] | None = None) -> Shop:
        notes = Notes()
        deployment = glue_deployment(
            (*installed(*DISTRIBUTIONS), notes.plugin(), *plugins), settings=settings or {}
        )
        migrate(deployment.services.database, deployment.migrations)
        return Shop(deployment, notes)

    return make


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    """A storefront without customers."""
    return open_shop()


@pytest.fixture
def registration() -> dict[str, Any]:
    """What somebody sends to register."""
    return {
        "salutation": "Ms",
        "firstName": "Ada",
        "lastName": "Berg",
        "gender": "Female",
        "email": "ada@example.com",
        "password": PASSWORD,
        "confirmPassword": PASSWORD,
        "acceptedTerms": True,
    }


@pytest.fixture
def german() -> Any:
    """A plugin by which every request is in German."""

    def build(request: GlueRequest) -> None:
        request.locale = "de_DE"

    return in_memory(
        "glue.plugins.storefront_api",
        "german",
        glue_request_builders=lambda: [Step("german", lambda operation: build)],
    )
