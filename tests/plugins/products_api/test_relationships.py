"""From products to their variants and back."""

from collections.abc import Callable
from typing import Any

import pytest

from glue_catalog import CatalogReader
from glue_core import GlueRequest, GlueResource
from glue_products_api.processor import Variants


@pytest.fixture
def client(storefront: Callable[..., Any]) -> Any:
    """A storefront with products."""
    return storefront("products_api")


def linked(resource: dict[str, Any], name: str) -> list[str]:
    """Return the ids that a relationship of a resource links to."""
    data = resource["relationships"][name]["data"]
    return [each["id"] for each in (data if isinstance(data, list) else [data])]


def test_variants_keep_their_order(client: Any, json_api: dict[str, str]) -> None:
    """The variants of a product come in the order of the catalog, not of their SKUs."""
    answer = client.simulate_get(
        "/abstract-products/A", query_string="include=concrete-products", headers=json_api
    )

    assert linked(answer.json["data"], "concrete-products") == ["A-2", "A-1"]
    assert [each["id"] for each in answer.json["included"]] == ["A-2", "A-1"]


def test_variant_that_is_not_published_is_left_out(client: Any, json_api: dict[str, str]) -> None:
    """A variant without a document in this market is not linked."""
    answer = client.simulate_get(
        "/abstract-products/B", query_string="include=concrete-products", headers=json_api
    )

    assert linked(answer.json["data"], "concrete-products") == ["B-1"]


def test_variant_leads_back(client: Any, json_api: dict[str, str]) -> None:
    """A concrete product includes its abstract one."""
    answer = client.simulate_get(
        "/concrete-products/A-1", query_string="include=abstract-products", headers=json_api
    )

    assert linked(answer.json["data"], "abstract-products") == ["A"]
    assert answer.json["included"][0]["attributes"]["name"] == "Lamp A"


def test_missing_owner_is_no_failure(client: Any, shop: Any, json_api: dict[str, str]) -> None:
    """A variant whose product is not in this market is shown without it."""
    del shop.catalog.documents["abstract_products"]["A"]

    answer = client.simulate_get(
        "/concrete-products/A-1", query_string="include=abstract-products", headers=json_api
    )

    assert answer.status_code == 200
    assert "included" not in answer.json or answer.json["included"] == []


def test_a_level_is_one_read(client: Any, shop: Any, json_api: dict[str, str]) -> None:
    """The variants of a whole page are read at once."""
    client.simulate_get(
        "/abstract-products", query_string="include=concrete-products", headers=json_api
    )

    kinds = [(call[0], call[1]) for call in shop.catalog.calls[1:]]
    assert kinds == [("concrete_products", ["A-2", "A-1", "B-1", "B-hidden"])]


def test_shared_owner_is_asked_for_once(client: Any, shop: Any, json_api: dict[str, str]) -> None:
    """Variants of one product ask for it once."""
    client.simulate_get(
        "/concrete-products", query_string="include=abstract-products", headers=json_api
    )

    kinds = [(call[0], call[1]) for call in shop.catalog.calls[1:]]
    assert kinds == [("abstract_products", ["A", "B"])]


@pytest.fixture
def variants(shop: Any) -> Variants:
    """The relationships over the shop's catalog."""
    reader: CatalogReader = shop.catalog
    return Variants(reader)


@pytest.fixture
def request_for_germany() -> GlueRequest:
    """A request with a store and a locale, and nothing else."""
    request = object.__new__(GlueRequest)
    request.store, request.locale = "DE", "en_US"
    return request


def test_product_without_attributes_is_read_first(
    shop: Any, variants: Variants, request_for_germany: GlueRequest
) -> None:
    """Resources that come as a type and an id only cost one more read for all of them."""
    resources = [GlueResource("abstract-products", sku) for sku in ("A", "B", "none")]

    related = variants.concrete(resources, request_for_germany)

    assert {sku: [each["sku"] for each in found] for sku, found in related.items()} == {
        "A": ["A-2", "A-1"],
        "B": ["B-1"],
    }
    assert [call[0] for call in shop.catalog.calls] == ["abstract_products", "concrete_products"]


def test_variant_without_attributes_is_read_first(
    shop: Any, variants: Variants, request_for_germany: GlueRequest
) -> None:
    """The way back costs one more read for all of them, too."""
    resources = [GlueResource("concrete-products", sku) for sku in ("A-1", "A-2", "none")]

    related = variants.abstract(resources, request_for_germany)

    assert {sku: found and found["sku"] for sku, found in related.items()} == {
        "A-1": "A",
        "A-2": "A",
    }
    assert [call[0] for call in shop.catalog.calls] == ["concrete_products", "abstract_products"]
