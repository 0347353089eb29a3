"""A back office and a storefront in one deployment, on SQLite and on PostgreSQL."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Identity,
    InvalidToken,
    import_directory,
)
from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, in_memory, installed
from glue_core.testing.postgresql import PostgresqlServer, find_binaries, postgresql_server
from glue_core.working import Worker

DISTRIBUTIONS = (
    "backend_api",
    "storefront_api",
    "json_api",
    "stores",
    "stores_api",
    "catalog",
    "products_api",
    "product_image_sets_api",
    "products_backend_api",
)
LONG_ENOUGH = 30
"""Seconds that a service may take: no test fails because the machine is slow."""

WHO = {
    "office": Identity("user", "carla@example.com", 1, ("user", "back-office-user"), via="tests"),
    "picker": Identity("user", "paul@example.com", 2, ("user", "warehouse-user"), via="tests"),
}

SETUP = {
    "store": [["name"], ["DE"], ["AT"]],
    "currency": [["iso_code", "currency_symbol", "name"], ["EUR", "€", "Euro"]],
    "currency_store": [
        ["currency_code", "store_name", "is_default"],
        ["EUR", "DE", "1"],
        ["EUR", "AT", "1"],
    ],
    "locale_store": [
        ["locale_name", "store_name"],
        ["de_DE", "DE"],
        ["en_US", "DE"],
        ["de_DE", "AT"],
    ],
    "default_locale_store": [["locale_name", "store_name"], ["en_US", "DE"], ["de_DE", "AT"]],
    "category": [
        ["category_key", "parent_category_key", "name.en_US", "name.de_DE", "meta_title.en_US"],
        ["root", "", "All", "Alles", ""],
        ["lamps", "root", "Lamps", "Lampen", "Light"],
        ["office", "root", "", "Büro", ""],
    ],
    "product_abstract": [
        [
            "category_key",
            "category_product_order",
            "abstract_sku",
            *("name.en_US", "name.de_DE", "description.en_US", "url.en_US", "url.de_DE"),
            *("attribute_key_1", "value_1", "tax_set_name", "new_from"),
        ],
        [
            *("lamps", "3", "001"),
            *("Lamp", "Lampe", "It shines.", "/en/lamp", "/de/lampe"),
            *("brand", "Lumo", "Standard", "2026-01-31"),
        ],
        ["", "", "002", "Desk", "Tisch", "", "/en/desk", "/de/tisch", "", "", "", ""],
    ],
    "product_concrete": [
        [
            *("abstract_sku", "concrete_sku", "name.en_US", "name.de_DE"),
            *("attribute_key_1", "value_1", "is_searchable.en_US", "is_quantity_splittable"),
        ],
        ["001", "001-1", "Lamp red", "Lampe rot", "color", "red", "1", ""],
        ["001", "001-2", "Lamp blue", "Lampe blau", "color", "blue", "0", "0"],
        ["002", "002-1", "Desk", "Tisch", "", "", "1", ""],
    ],
    "product_abstract_store": [["abstract_sku", "store_name"], ["001", "DE"], ["002", "DE"]],
    "product_image": [
        [
            *("abstract_sku", "concrete_sku", "product_image_key", "product_image_set_key"),
            *("image_set_name", "locale", "external_url_large", "external_url_small"),
            *("sort_order", "alt_text_large.en_US"),
        ],
        ["001", "", "i1", "s1", "default", "en_US", "https://l/1", "https://s/1", "1", "A lamp"],
        ["001", "", "i2", "s1", "default", "en_US", "https://l/2", "https://s/2", "2", ""],
        ["", "001-1", "i3", "s2", "default", "", "https://l/3", "https://s/3", "1", ""],
    ],
}
"""A small shop: file to rows, the header first."""


class Names:
    """Takes names for tokens: who they are is decided here, as a token would prove it."""

    name = "names"

    def recognises(self, token: str) -> bool:
        """Recognise every token."""
        return True

    def identify(self, token: str, application: str) -> Identity:
        """Know whom the tests know."""
        try:
            return WHO[token]
        except KeyError:
            raise InvalidToken("nobody has this token") from None

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise NotImplementedError


class Shop:
    """Both applications over one shop, with short ways to use them."""

    def __init__(self, deployment: Deployment, folder: Path) -> None:
        self.deployment = deployment
        self.folder = folder
        self.anonymous = Client(deployment.applications["backend_api"]).json_api
        self.office = self.as_("office")
        self.storefront = Client(deployment.applications["storefront_api"]).json_api
        services = deployment.services
        self.worker = Worker(services.database, services.broker, deployment.publishers)

    def as_(self, name: str) -> Client:
        """Return a client of the backend that somebody uses."""
        headers = {"accept": "application/vnd.api+json", "authorization": f"Bearer {name}"}
        return Client(
            self.deployment.applications["backend_api"],
            headers,
            json_type="application/vnd.api+json",
        )

    def load(self, **files: Sequence[Sequence[str]]) -> list[str]:
        """Import files, and return what was wrong."""
        for old in self.folder.glob("*.csv"):
            old.unlink()
        self.folder.mkdir(exist_ok=True)
        for name, rows in files.items():
            with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        report = import_directory(
            self.folder, self.deployment.importers, self.deployment.services.database
        )
        return [str(error) for error in report.errors]

    def work(self) -> int:
        """Publish until nothing waits; return the number of messages."""
        done = 0
        while taken := self.worker.run_once():
            done += taken
        assert self.deployment.services.broker.counts()["set_aside"] == 0
        return done

    def attributes(self, sku: str) -> dict[str, Any]:
        """Return the attributes that the back office sees of a product."""
        response = self.office.get(f"/product-abstract/{sku}")
        assert response.status_code == 200, response
        shown: dict[str, Any] = response.json["data"]["attributes"]
        return shown

    def patch(self, sku: str, headers: dict[str, str] | None = None, **attributes: Any) -> Any:
        """Change attributes of a product."""
        data = {"type": "product-abstract", "id": sku, "attributes": attributes}
        return self.office.patch(f"/product-abstract/{sku}", json={"data": data}, headers=headers)

    def post(self, **attributes: Any) -> Any:
        """Write a new product."""
        data = {"type": "product-abstract", "attributes": attributes}
        return self.office.post("/product-abstract", json={"data": data})

    def shown(self, path: str, language: str = "en", store: str = "DE") -> Any:
        """Return the attributes that the storefront shows, or None where there is nothing."""
        headers = {"accept-language": language, "store": store}
        response = self.storefront.get(path, headers=headers)
        if response.status_code == 404:
            return None
        data = response.json["data"]
        return (data[0] if isinstance(data, list) else data)["attributes"]

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Note the statements that reach the database."""
        found: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            found.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run one server for all tests of the folder."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        yield server


@pytest.fixture
def open_shop(
    glue_deployment: Callable[..., Deployment], tmp_path: Path
) -> Callable[[str | None], Shop]:
    """Make a shop on a database; None is a file of this test alone."""

    def make(url: str | None) -> Shop:
        services: dict[str, Any] = {"timeout": LONG_ENOUGH}
        if url is not None:
            services["database"] = url
        names = in_memory("glue.plugins", "names", glue_authentication_servers=lambda: [Names()])
        deployment = glue_deployment(
            (*installed(*DISTRIBUTIONS), names), settings={"services": services}
        )
        migrate(deployment.services.database, deployment.migrations)
        shop = Shop(deployment, tmp_path / "import")
        assert shop.load(**SETUP) == []
        shop.work()
        return shop

    return make


@pytest.fixture
def shop(open_shop: Callable[[str | None], Shop]) -> Shop:
    """The shop where the engine does not matter."""
    return open_shop(None)


@pytest.fixture
def on_postgresql(postgresql: PostgresqlServer, open_shop: Callable[[str | None], Shop]) -> Shop:
    """The shop where two may write at once."""
    return open_shop(postgresql.make_database())


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Shop:
    """The shop on each engine in turn."""
    name = "shop" if request.param == "sqlite" else "on_postgresql"
    found: Shop = request.getfixturevalue(name)
    return found
