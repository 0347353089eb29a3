"""The storefront beside the old application, over the whole catalog of the shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import glue_demo_shop as demo
from glue_core import import_directory
from glue_core.host import Host
from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, installed
from glue_core.working import Worker

NAMES = (
    "storefront_api",
    "legacy_api",
    "json_api",
    "stores",
    "urls",
    "catalog",
    "stores_api",
    "products_api",
    "product_prices_api",
    "product_availabilities_api",
    "product_image_sets_api",
    "urls_api",
    "legacy_products_api",
)
PRODUCTS = 30
OLD_HOST = "glue.shop.example"

EXPECTED = [
    # The document of one resource has no links of its own in the old application.
    "links",
    # The old application repeats the query as it reads, the new one encoded.
    "data.links",
    "data[].links",
    # The new one says what is wrong twice, for clients of either.
    "errors[].message",
    # The old application words errors in English, whatever the language, and names no source.
    "errors[].detail",
    "errors[].source",
]
"""What differs by intent between the two, for catalog resources.

That an empty map is a list in the old application, and that it leaves an empty ``included`` out, is
what shadows do not tell apart by default.
"""

OWN_TYPE = {"concrete-products": {"expected": ["included", "data.relationships"]}}
"""By type: in the old application what leads back to the requested type is included."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Both applications over the published shop, the storefront as the shadow of the old one."""
    directory: Path = tmp_path_factory.mktemp("shadowed")
    demo.write_shop(directory / "import", PRODUCTS)
    settings = {
        "services": {
            "database": f"sqlite:///{directory}/database.sqlite",
            "storage": f"sqlite:///{directory}/storage.sqlite",
            "search": f"tantivy:///{directory}/search",
            "timeout": 30,
        },
        "limits": {"seconds": 600},
        "applications": {
            "storefront_api": {"hosts": ["api.shop.example"]},
            "legacy_api": {"hosts": [OLD_HOST], "shadow": "storefront_api"},
        },
        "shadow": {
            "expected": EXPECTED,
            "types": OWN_TYPE,
            "ids": True,
            "seconds": 60,
            "waiting": 1000,
        },
    }
    with Deployment(settings, installed(*NAMES)) as deployment:
        services = deployment.services
        migrate(services.database, deployment.migrations)
        report = import_directory(
            directory / "import", deployment.importers, services.database, on_error="rollback"
        )
        assert report.errors == []
        worker = Worker(services.database, services.broker, deployment.publishers)
        while worker.run_once():
            pass
        yield deployment


def paths() -> Iterator[str]:
    """Yield what a shop front asks of the catalog, of every product."""
    for number in range(1, PRODUCTS + 1):
        sku = f"{number:03}"
        yield f"/abstract-products/{sku}"
        yield f"/concrete-products/{sku}-1"
        for kind, id_ in (("abstract", sku), ("concrete", f"{sku}-1")):
            for what in ("prices", "availabilities", "image-sets"):
                yield f"/{kind}-products/{id_}/{kind}-product-{what}"
            yield f"/{kind}-products/{id_}?fields[{kind}-products]=name,sku"
            yield f"/{kind}-products/{id_}?currency=CHF&priceMode=NET_MODE&_store=DE"
            yield f"/{kind}-products/{id_}?currency=XXX"
        yield f"/abstract-products/{sku}?include=concrete-products,concrete-product-prices"
        prices = "abstract-product-prices,abstract-product-image-sets"
        yield f"/abstract-products/{sku}?include={prices}"
        for nothing in ("", "nope", "abstract-products"):
            yield f"/abstract-products/{sku}?include={nothing}"
        yield f"/abstract-products/{sku}?fields[abstract-products]="
        yield f"/concrete-products/{sku}-1?include=abstract-products"
    yield "/abstract-products/none"
    yield "/concrete-products/none/concrete-product-prices"
    yield "/url-resolver?url=/en/nowhere"
    yield "/url-resolver"


def test_catalog_differs_only_by_intent(deployment: Deployment) -> None:
    """Of every product, and of what belongs to it, both answer the same but for what is listed."""
    client = Client(Host(deployment), {"host": OLD_HOST, "accept": "application/vnd.api+json"})
    shadows = deployment.shadows

    asked = 0
    for path in paths():
        for language in ("en", "de"):
            client.get(path, headers={"accept-language": language})
            asked += 1
        shadows.drain()

    report = shadows.reports()["legacy_api"]
    assert dict(report.differences) == {}
    assert report.compared == asked
    assert report.expected > 0
