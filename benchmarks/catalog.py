"""The storefront's real catalog and the magazine's real articles, over real services."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import glue_demo_shop as demo
from benchmarks import press, shop
from benchmarks.driving import Wsgi, ask
from benchmarks.remembering import SCHEME, Remembering
from benchmarks.requests import VARIANTS, Request, request_of
from glue_core import import_directory
from glue_core.migrating import migrate
from glue_core.testing import Deployment, in_memory, installed
from glue_core.working import Worker

INSTALLED = (*shop.STOREFRONT, "urls", "urls_api")
WRITING = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")
RELATED = "concrete-products,abstract-product-prices"
FIELDS = "fields%5Babstract-products%5D=sku,name,concrete-products,abstract-product-prices"


def urls(folder: Path, database: str | None) -> dict[str, str]:
    """Return the URLs of services.

    Args:
        folder: Where files are.
        database: URL of a PostgreSQL database for everything but the search; None for SQLite.
    """
    return {
        "database": database or f"sqlite:///{folder}/database.sqlite",
        "storage": database or f"sqlite:///{folder}/storage.sqlite",
        "search": f"tantivy:///{folder}/search",
    }


def remembered(folder: Path) -> dict[str, str]:
    """Return the URLs of services that answer from memory what SQLite told them once."""
    return {
        "database": f"sqlite:///{folder}/database.sqlite",
        "storage": f"{SCHEME}:///{folder}/storage.sqlite",
        "search": f"{SCHEME}:///{folder}/search",
    }


def storefront(services: dict[str, str]) -> Deployment:
    """Return a storefront over services that hold a catalog, or will."""
    settings: dict[str, Any] = {
        "services": services,
        "plugins": {"oauth": {"key_secret": "k" * 16}},
    }
    engines = in_memory("glue.features", "remembering", Remembering())
    return Deployment(settings, [*installed(*INSTALLED), engines])


def magazine(services: dict[str, str]) -> Deployment:
    """Return a magazine whose articles are in the database, with its tables."""
    made = Deployment({"services": services}, installed(*WRITING))
    migrate(made.services.database, made.migrations)
    return made


def publish(deployment: Deployment, folder: Path, products: int) -> None:
    """Import the demo's shop and publish it.

    Args:
        deployment: The storefront.
        folder: An empty folder for the files.
        products: Number of abstract products, from 1.

    Raises:
        RuntimeError: A row was refused.
    """
    demo.write_shop(folder, products)
    services = deployment.services
    migrate(services.database, deployment.migrations)
    report = import_directory(folder, deployment.importers, services.database)
    if report.errors:
        raise RuntimeError(f"The shop of the demo was not imported: {report.errors[0]}")
    worker = Worker(services.database, services.broker, deployment.publishers)
    while worker.run_once():
        pass


def published(application: Wsgi) -> tuple[str, ...]:
    """Return the SKUs that the default store shows."""
    found: list[str] = []
    while True:
        query = f"page%5Boffset%5D={len(found)}&page%5Blimit%5D=100"
        document = json.loads(ask(application, request_of("/abstract-products", query))[1])
        if not document["data"]:
            return tuple(found)
        found += [each["id"] for each in document["data"]]


def reading_requests(skus: Sequence[str]) -> dict[str, tuple[Request, ...]]:
    """Return the requests for the catalog by workload.

    Args:
        skus: What the store shows: more than a page of 20.
    """
    queries = [
        f"page%5Boffset%5D={number * 7 % (len(skus) - 20)}&page%5Blimit%5D=20"
        for number in range(VARIANTS)
    ]
    return {
        "one": tuple(request_of(f"/abstract-products/{sku}") for sku in skus),
        "page": tuple(request_of("/abstract-products", query) for query in queries),
        "compound": tuple(
            request_of("/abstract-products", f"{query}&include={RELATED}&{FIELDS}")
            for query in queries
        ),
    }


def application_of(deployment: Deployment) -> Any:
    """Return the WSGI application of the storefront or the magazine."""
    name = shop.APPLICATION if shop.APPLICATION in deployment.applications else press.APPLICATION
    return deployment.applications[name]
