"""Creating and changing products, up to what the storefront then shows."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import assert_error

Shop = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

CHAIR: dict[str, Any] = {
    "productAbstractSku": "003",
    "taxSetName": "Standard",
    "newFrom": "2026-01-01",
    "newTo": "2026-02-01T12:00:00+02:00",
    "attributes": {"brand": "Lumo"},
    "localizedAttributes": [
        {"locale": "en_US", "name": "Chair", "description": "You sit.", "metaTitle": "Chairs"}
    ],
    "urls": [{"locale": "en_US", "url": "/en/chair"}],
    "imageSets": [
        {"images": [{"externalUrlLarge": "https://l/9", "externalUrlSmall": "https://s/9"}]}
    ],
    "stores": ["DE"],
    "categories": [{"categoryKey": "office"}, {"categoryKey": "unknown"}],
    "variants": [
        {
            "sku": "003-1",
            "isQuantitySplittable": False,
            "localizedAttributes": [
                {"locale": "en_US", "name": "Chair one", "attributes": {"color": "red"}}
            ],
        }
    ],
}

IMAGES: dict[str, Any] = {
    "name": "default",
    "images": [{"externalUrlLarge": "https://l/9", "externalUrlSmall": "https://s/9"}],
}
"""A picture set for every locale."""


def test_new_product_is_answered(either: Shop) -> None:
    """A new product is 201 with all that it has now, defaults among it."""
    response = either.post(**CHAIR)

    assert response.status_code == 201
    assert response.json["data"]["id"] == "003"
    shown = response.json["data"]["attributes"]
    assert shown == either.attributes("003")
    assert (shown["newFrom"], shown["newTo"]) == ("2026-01-01T00:00:00Z", "2026-02-01T10:00:00Z")
    assert [each["categoryKey"] for each in shown["categories"]] == ["office"]
    assert shown["imageSets"][0]["name"] == "default"
    (variant,) = shown["variants"]
    assert (variant["isActive"], variant["isQuantitySplittable"]) == (True, False)
    assert variant["localizedAttributes"][0]["isSearchable"] is True


def test_new_product_comes_to_the_storefront(either: Shop) -> None:
    """After the worker has run, the storefront shows product, variant and pictures."""
    assert either.shown("/abstract-products/003") is None

    either.post(**CHAIR)
    either.work()

    shown = either.shown("/abstract-products/003")
    assert (shown["name"], shown["url"]) == ("Chair", "/en/chair")
    assert either.shown("/concrete-products/003-1")["attributes"] == {
        "brand": "Lumo",
        "color": "red",
    }
    sets = either.shown("/abstract-products/003/abstract-product-image-sets")["imageSets"]
    assert sets[0]["images"][0]["externalUrlLarge"] == "https://l/9"


def test_change_comes_to_the_storefront(either: Shop) -> None:
    """A changed name shows on the storefront once the worker has run, and not before."""
    response = either.patch("001", localizedAttributes=[{"locale": "en_US", "name": "Desk lamp"}])

    assert response.status_code == 200
    assert either.shown("/abstract-products/001")["name"] == "Lamp"
    assert either.work() == 1
    assert either.shown("/abstract-products/001")["name"] == "Desk lamp"
    assert either.shown("/abstract-products/001", "de")["name"] == "Lampe"


def test_variant_that_is_switched_off_leaves_the_storefront(shop: Shop) -> None:
    """A variant that is not active any more is not to be bought; the back office keeps it."""
    shop.patch("001", variants=[{"sku": "001-2", "isActive": False}])
    shop.work()

    assert shop.shown("/concrete-products/001-2") is None
    assert shop.shown("/concrete-products/001-1") is not None
    assert [each["isActive"] for each in shop.attributes("001")["variants"]] == [True, False]


def test_store_that_is_taken_away_shows_it_no_more(shop: Shop) -> None:
    """The stores of a body are all that show the product."""
    shop.patch("001", stores=["AT"])
    shop.work()

    assert shop.shown("/abstract-products/001") is None
    assert shop.shown("/abstract-products/001", "de", store="AT")["name"] == "Lampe"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"taxSetName": None}, {"taxSetName": None}),
        ({"newFrom": None, "newTo": "2026-03-01"}, {"newFrom": None}),
        ({"attributes": {"series": "Nova"}}, {"attributes": {"series": "Nova"}}),
        ({"urls": [{"locale": "en_US", "url": "/en/x"}]}, {}),
        ({"categories": []}, {"categories": []}),
        ({"imageSets": []}, {"imageSets": []}),
        ({"variants": [{"sku": "001-1", "isQuantitySplittable": False}]}, {}),
        ({"localizedAttributes": [{"locale": "de_DE", "metaTitle": "Licht"}]}, {}),
    ],
)
def test_change_touches_what_it_names(
    shop: Shop, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Attributes that a body does not name are what they were."""
    before = shop.attributes("001")

    after = shop.patch("001", **change).json["data"]["attributes"]

    assert {name for name in after if after[name] != before[name]} == set(change)
    assert {name: after[name] for name in expected} == expected


def test_entries_are_matched_by_their_keys(either: Shop) -> None:
    """Of a text or a variant that is named only what the body says changes."""
    before = either.attributes("001")

    either.patch(
        "001",
        localizedAttributes=[{"locale": "en_US", "name": "Desk lamp"}],
        urls=[{"locale": "de_DE", "url": None}],
        variants=[
            {"sku": "001-2", "localizedAttributes": [{"locale": "en_US", "isSearchable": True}]},
            {"sku": "001-3", "localizedAttributes": [{"locale": "en_US", "name": "Lamp green"}]},
        ],
    )

    after = either.attributes("001")
    assert after["localizedAttributes"][0] == before["localizedAttributes"][0]
    assert after["localizedAttributes"][1] == {
        **before["localizedAttributes"][1],
        "name": "Desk lamp",
    }
    assert after["urls"] == [{"locale": "en_US", "url": "/en/lamp"}]
    first, second, third = after["variants"]
    assert first == before["variants"][0]
    former = before["variants"][1]["localizedAttributes"]
    assert second["localizedAttributes"] == [former[0], {**former[1], "isSearchable": True}]
    assert third["sku"] == "001-3"


def test_categories_replace_the_assignments(either: Shop) -> None:
    """Categories in a body are all that the product is in; without the key they stay."""
    either.patch("001", categories=[{"categoryKey": "office"}, {"categoryKey": "no-such"}])
    either.patch("001", taxSetName="Reduced")

    keys = [each["categoryKey"] for each in either.attributes("001")["categories"]]
    assert keys == ["office"]


def test_what_was_read_may_be_sent(shop: Shop) -> None:
    """A client that sends the whole product back changes nothing, and publishes nothing."""
    before = shop.attributes("001")

    response = shop.patch("001", **before)

    assert response.status_code == 200
    assert response.json["data"]["attributes"] == before
    assert shop.work() == 0


def test_pictures_that_stay_keep_their_texts(shop: Shop) -> None:
    """Alternative texts, which the resource does not show, outlive a change of the pictures."""
    images = [
        {"externalUrlLarge": "https://l/7", "externalUrlSmall": "https://s/7"},
        {"externalUrlLarge": "https://l/1", "externalUrlSmall": "https://s/1"},
    ]
    shop.patch("001", imageSets=[{"locale": "en_US", "images": images}])
    shop.work()

    sets = shop.shown("/abstract-products/001/abstract-product-image-sets")["imageSets"]
    assert [(each["externalUrlLarge"], each["altTextLarge"]) for each in sets[0]["images"]] == [
        ("https://l/7", None),
        ("https://l/1", "A lamp"),
    ]


def test_taken_sku_is_a_conflict(either: Shop) -> None:
    """A new product with the SKU of another is 409 with the code 315, and changes nothing."""
    before = either.attributes("001")

    response = either.post(**{**CHAIR, "productAbstractSku": "001"})

    assert_error(response, 409, "315", pointer="/data/attributes/productAbstractSku")
    assert either.attributes("001") == before


@pytest.mark.parametrize(
    "urls",
    [
        [{"locale": "en_US", "url": "/en/lamp"}],
        [{"locale": "en_US", "url": "/de/lampe"}],
    ],
)
def test_taken_url_of_a_new_product(either: Shop, urls: list[dict[str, str]]) -> None:
    """A URL that any product has in any locale is 422 with the code 316."""
    response = either.post(**{**CHAIR, "urls": urls})

    assert_error(response, 422, "316", pointer="/data/attributes/urls/0/url")
    assert either.office.get("/product-abstract/003").status_code == 404


@pytest.mark.parametrize(
    "urls",
    [
        [{"locale": "de_DE", "url": "/de/x"}, {"locale": "en_US", "url": "/de/tisch"}],
        [{"locale": "de_DE", "url": "/de/x"}, {"locale": "en_US", "url": "/de/x"}],
    ],
)
def test_taken_url_of_a_change(either: Shop, urls: list[dict[str, str]]) -> None:
    """So it is for a change, and for two locales of one product; nothing of it stays."""
    before = either.attributes("001")

    response = either.patch("001", urls=urls, taxSetName="Reduced")

    assert response.status_code == 422
    assert response.json["errors"][0]["code"] == "316"
    assert either.attributes("001") == before


def test_urls_may_change_places(either: Shop) -> None:
    """Two locales of a product swap their URLs in one change."""
    urls = [{"locale": "de_DE", "url": "/en/lamp"}, {"locale": "en_US", "url": "/de/lampe"}]

    assert either.patch("001", urls=urls).status_code == 200
    assert either.attributes("001")["urls"] == urls


def test_change_of_an_unknown_product(shop: Shop) -> None:
    """A SKU that no product has is 404 with the code 301."""
    assert_error(shop.patch("999", taxSetName=None), 404, "301")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"productAbstractSku": "009"}, "/productAbstractSku"),
        ({"taxSetName": 7}, "/taxSetName"),
        ({"newFrom": "soon"}, "/newFrom"),
        ({"newFrom": "2026-02-31"}, "/newFrom"),
        ({"newTo": "2020-01-01"}, "/newTo"),
        ({"attributes": {"brand": 7}}, "/attributes/brand"),
        ({"attributes": []}, "/attributes"),
        ({"colour": "red"}, "/colour"),
        ({"stores": ["DE", "FR"]}, "/stores/1"),
        ({"localizedAttributes": [{"name": "x"}]}, "/localizedAttributes/0/locale"),
        ({"localizedAttributes": [{"locale": "german"}]}, "/localizedAttributes/0/locale"),
        (
            {"localizedAttributes": [{"locale": "xx_XX", "name": "Lampe"}]},
            "/localizedAttributes/0/locale",
        ),
        ({"localizedAttributes": [{"locale": "fr_FR"}]}, "/localizedAttributes/0/locale"),
        (
            {"localizedAttributes": [{"locale": "en_US", "name": ""}]},
            "/localizedAttributes/0/name",
        ),
        (
            {"localizedAttributes": [{"locale": "en_US", "name": " Lamp"}]},
            "/localizedAttributes/0/name",
        ),
        (
            {"localizedAttributes": [{"locale": "en_US"}, {"locale": "en_US"}]},
            "/localizedAttributes/1/locale",
        ),
        ({"urls": [{"locale": "fr_FR", "url": "/fr/x"}]}, "/urls/0/locale"),
        ({"urls": [{"locale": "en_US"}]}, "/urls/0/url"),
        ({"urls": [{"locale": "en_US", "url": "lamp"}]}, "/urls/0/url"),
        ({"imageSets": [{"images": []}]}, "/imageSets/0/images"),
        ({"imageSets": [IMAGES, {**IMAGES, "locale": "fr_FR"}]}, "/imageSets/1/locale"),
        (
            {"imageSets": [{"images": [{"externalUrlLarge": "x"}]}]},
            "/imageSets/0/images/0/externalUrlSmall",
        ),
        ({"categories": [{"name": "Lamps"}]}, "/categories/0/categoryKey"),
        ({"variants": [{"isActive": True}]}, "/variants/0/sku"),
        ({"variants": [{"sku": "001-1", "isActive": "true"}]}, "/variants/0/isActive"),
        ({"variants": [{"sku": "001-1", "isActive": 1}]}, "/variants/0/isActive"),
        ({"variants": [{"sku": "002-1"}]}, "/variants/0/sku"),
        ({"variants": [{"sku": "001-1"}, {"sku": "001-1"}]}, "/variants/1/sku"),
        (
            {"variants": [{"sku": "001-9", "localizedAttributes": [{"locale": "en_US"}]}]},
            "/variants/0/localizedAttributes/0/name",
        ),
        (
            {"variants": [{"sku": "001-1", "localizedAttributes": [{"locale": "fr_FR"}]}]},
            "/variants/0/localizedAttributes/0/locale",
        ),
        (
            {"variants": [{"sku": "001-1", "imageSets": [{**IMAGES, "locale": "fr_FR"}]}]},
            "/variants/0/imageSets/0/locale",
        ),
    ],
)
def test_bad_value_is_pointed_at(shop: Shop, change: dict[str, Any], pointer: str) -> None:
    """A value that cannot be is 422 with the code 901 and its place in the body."""
    response = shop.patch("001", **change)

    assert_error(response, 422, "901", pointer=f"/data/attributes{pointer}")


def test_url_of_a_locale_without_name(shop: Shop) -> None:
    """A URL in a locale that the product has no name in is pointed at."""
    response = shop.post(**{**CHAIR, "urls": [{"locale": "de_DE", "url": "/de/stuhl"}]})

    assert_error(response, 422, "901", pointer="/data/attributes/urls/0/locale")


def test_imported_locale_of_no_store_may_be_sent(shop: Shop) -> None:
    """A locale that no store has, but an import brought, does not stand in the way of changes."""
    columns = ["abstract_sku", "name.en_US", "name.fr_FR"]
    assert shop.load(product_abstract=[columns, ["001", "Lamp", "Lampe"]]) == []
    texts = shop.attributes("001")["localizedAttributes"]
    response = shop.patch("001", localizedAttributes=texts)

    assert "fr_FR" in {each["locale"] for each in texts}
    assert response.status_code == 200, response


def test_new_product_needs_a_sku(shop: Shop) -> None:
    """Without a SKU a new product is 422."""
    response = shop.post(localizedAttributes=[])

    assert_error(response, 422, "901", pointer="/data/attributes/productAbstractSku")


def test_change_of_an_old_state_is_refused(either: Shop) -> None:
    """A tag is good until somebody changes the product, be it by an import."""
    tag = either.office.get("/product-abstract/001").headers["etag"]
    headers = {"if-match": tag}

    assert either.patch("001", headers=headers, taxSetName="Reduced").status_code == 200
    assert_error(either.patch("001", headers=headers, taxSetName="Zero"), 412, "006")
    fresh = either.office.get("/product-abstract/001").headers["etag"]
    rows = [["abstract_sku", "store_name"], ["001", "AT"]]
    assert either.load(product_abstract_store=rows) == []
    response = either.patch("001", headers={"if-match": fresh}, taxSetName="Zero")
    assert_error(response, 412, "006")
    assert either.attributes("001")["taxSetName"] == "Reduced"
