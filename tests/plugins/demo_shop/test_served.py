"""The shop, imported, published and asked for: what the whole storefront answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import glue_demo_shop as demo
from glue_core import import_directory
from glue_core.migrating import migrate
from glue_core.testing import (
    Client,
    Deployment,
    assert_collection,
    assert_compound,
    assert_error,
    assert_resource,
    counted,
    installed,
)
from glue_core.working import Worker
from glue_demo_shop.plugin import glue_demo_data
from glue_demo_shop.products import make_products

NAMES = (
    "storefront_api",
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
    "legacy_api",
    "legacy_stores_api",
)
PRODUCTS = 30
"""All products that are special are among the first thirty."""

EVERYTHING = ",".join(
    [
        "concrete-products",
        *(
            f"{kind}-product-{what}"
            for kind in ("abstract", "concrete")
            for what in ("prices", "availabilities", "image-sets")
        ),
    ]
)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A storefront whose services hold the shop."""
    directory: Path = tmp_path_factory.mktemp("served")
    demo.write_shop(directory / "import", PRODUCTS)
    settings = {
        "services": {
            "database": f"sqlite:///{directory}/database.sqlite",
            "storage": f"sqlite:///{directory}/storage.sqlite",
            "search": f"tantivy:///{directory}/search",
        }
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


@pytest.fixture
def client(deployment: Deployment) -> Client:
    """A client that speaks JSON:API."""
    return Client(deployment.applications["storefront_api"]).json_api


def attributes(client: Client, path: str, **headers: str) -> Any:
    """Return the attributes of the one resource of an answer, in an array of one or not."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer
    data = answer.json["data"]
    return (data[0] if isinstance(data, list) else data)["attributes"]


def test_both_stores_are_there(client: Client) -> None:
    """The stores are published with the defaults of the files."""
    stores = assert_collection(client.get("/stores"), ["CH", "DE"], type="stores")

    assert [each["attributes"]["defaultCurrency"] for each in stores] == ["CHF", "EUR"]


@pytest.mark.parametrize(("language", "text"), [("en", "kettle"), ("de", "Wasserkocher")])
def test_texts_follow_the_language(client: Client, language: str, text: str) -> None:
    """A product has its name and its address in the language that is asked for."""
    shown = attributes(client, "/abstract-products/001", **{"Accept-Language": language})

    assert text in shown["name"]
    assert shown["url"].startswith(f"/{language}/")


@pytest.mark.parametrize("store", ["CH", "DE"])
def test_lists_hold_what_the_store_has(client: Client, store: str) -> None:
    """A product that is in one store only is not in the list of the other."""
    answer = client.get(
        "/abstract-products?page[offset]=0&page[limit]=100", headers={"Store": store}
    )

    wanted = [each.sku for each in make_products(PRODUCTS, seed=1) if store in each.stores]
    assert_collection(answer, wanted, type="abstract-products")


def test_product_of_one_store_is_not_in_the_other(client: Client) -> None:
    """The other store does not know the product, its prices, its stock nor its pictures."""
    path = f"/abstract-products/{demo.IN_ONE_STORE}"
    german, swiss = {"Store": "DE"}, {"Store": "CH"}

    assert_resource(client.get(path, headers=german), "abstract-products", demo.IN_ONE_STORE)
    assert_error(client.get(path, headers=swiss), 404, "301")
    for child, code in (("prices", "307"), ("availabilities", "305"), ("image-sets", "303")):
        answer = client.get(f"{path}/abstract-product-{child}", headers=swiss)
        assert_error(answer, 404, code)


def leads_to(client: Client, path: str, store: str = "DE") -> str | None:
    """Return the SKU of the product that an address leads to, or None."""
    answer = client.get(f"/url-resolver?url={path}", headers={"Store": store})
    if answer.status_code == 404:
        return None
    (found,) = answer.json["data"]
    assert found["attributes"]["entityType"] == "abstract-products"
    return str(found["attributes"]["entityId"])


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ["storefront_api", "legacy_api"])
def test_address_of_a_product_leads_to_it(deployment: Deployment, name: str, language: str) -> None:
    """What a product says is its address leads to it, in every store that shows the product."""
    client = Client(deployment.applications[name]).json_api
    path = f"/abstract-products/{demo.IN_ONE_STORE}"
    url = attributes(client, path, **{"Accept-Language": language, "Store": "DE"})["url"]

    assert leads_to(client, url) == demo.IN_ONE_STORE
    assert leads_to(client, url, "CH") is None


@pytest.mark.parametrize("path", ["/en/product/003", "/en/item-003", "/de/produkt/003"])
def test_former_address_leads_to_the_product(client: Client, path: str) -> None:
    """Each address that a product had before leads to it."""
    assert leads_to(client, path) == demo.MOVED


def test_old_application_knows_the_regions(deployment: Deployment) -> None:
    """The countries of the store DE have their regions, those of CH have none."""
    client = Client(deployment.applications["legacy_api"]).json_api

    stores = client.get("/stores").json["data"]

    counts = {
        country["iso2Code"]: len(country["regions"])
        for store in stores
        for country in store["attributes"]["countries"]
    }
    assert counts == {"CH": 0, "LI": 0, "DE": 16, "AT": 9}


def test_volume_prices_are_shown(client: Client) -> None:
    """The price of the type DEFAULT carries the prices for larger quantities."""
    path = f"/abstract-products/{demo.WITH_VOLUME_PRICES}/abstract-product-prices"

    (price,) = attributes(client, path)["prices"]

    assert [each["quantity"] for each in price["volumePrices"]] == [5, 10, 50]


def test_former_price_is_shown(client: Client) -> None:
    """A reduced product shows the price before, and costs less."""
    path = f"/abstract-products/{demo.REDUCED}/abstract-product-prices?currency=EUR"

    shown = attributes(client, path)

    amounts = {each["priceTypeName"]: each["grossAmount"] for each in shown["prices"]}
    assert shown["price"] == amounts["DEFAULT"] < amounts["ORIGINAL"]


@pytest.mark.parametrize(("currency", "has_price"), [("CHF", False), ("EUR", True)])
def test_missing_price_is_null(client: Client, currency: str, has_price: bool) -> None:
    """A product without a price in a currency is there, without a price."""
    path = f"/abstract-products/{demo.WITHOUT_FRANCS}/abstract-product-prices?currency={currency}"

    shown = attributes(client, path)

    assert (shown["price"] is not None, shown["prices"] != []) == (has_price, has_price)


@pytest.mark.parametrize(
    ("sku", "available"), [(demo.SOLD_OUT, False), (demo.NEVER_OUT_OF_STOCK, True)]
)
def test_empty_warehouses_do_not_always_mean_sold_out(
    client: Client, sku: str, available: bool
) -> None:
    """Without stock a product is sold out, unless it never is."""
    shown = attributes(client, f"/abstract-products/{sku}/abstract-product-availabilities")

    assert shown == {"availability": available, "quantity": "0.0000000000"}


def test_uncounted_product_has_no_availability(client: Client) -> None:
    """Where no warehouse has counted a product, there is no availability to show."""
    path = f"/abstract-products/{demo.WITHOUT_STOCK}/abstract-product-availabilities"

    assert_error(client.get(path), 404, "305")


def test_product_without_pictures_shows_none(client: Client) -> None:
    """A product without pictures has an empty list of image sets."""
    path = f"/abstract-products/{demo.WITHOUT_IMAGES}/abstract-product-image-sets"

    assert attributes(client, path) == {"imageSets": []}


def test_everything_about_a_product_in_one_answer(client: Client) -> None:
    """A compound document holds all that belongs to a product, each once."""
    answer = client.get(f"/abstract-products/001?include={EVERYTHING}")

    assert_compound(answer.json)
    found = {each["type"] for each in answer.json["included"]}
    assert found == set(EVERYTHING.split(","))


def test_reads_do_not_depend_on_the_number_of_products(
    client: Client, deployment: Deployment
) -> None:
    """Two levels of includes over twenty products make as many reads as over two."""
    reads = []
    for limit in (2, 20):
        with counted(deployment.services) as counts:
            answer = client.get(
                f"/abstract-products?page[offset]=0&page[limit]={limit}&sort=sku&include={EVERYTHING}"
            )
        assert len(answer.json["data"]) == limit
        # The stores are one document that is read anew once a second, whatever is asked.
        reads.append({name: n for name, n in counts.by_method.items() if name != "storage.get"})
    assert reads[0] == reads[1]
    assert sum(reads[0].values()) > 0


def test_examples_of_the_demo_answer(client: Client) -> None:
    """The paths that the demo prints lead somewhere, in both ways to speak."""
    plain = Client(client.wsgi)
    for path in glue_demo_data()[0].examples:
        assert client.get(path).status_code == 200, path
        if "include=" not in path:
            assert plain.get(path).status_code == 200, path
