"""The shop as files: complete, consistent, the same on every machine."""

import json
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import glue_demo_shop
from glue_core import ConfigurationError

STORES = ("CH", "DE")


def contents(directory: Path) -> dict[str, bytes]:
    """Return the files of a folder by their paths."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_list_names_every_file_once(shop_directory: Path) -> None:
    """The list of imports names each file of the directory, and no other."""
    listed = yaml.safe_load((shop_directory / "local" / "full_EU.yml").read_text("utf-8"))

    sources = [action["source"] for action in listed["actions"]]
    files = [name for name in contents(shop_directory) if name.endswith(".csv")]
    assert sorted(sources) == sorted(files)


@pytest.mark.parametrize("seed", [1, 7])
def test_shop_is_the_same_every_time(tmp_path: Path, seed: int) -> None:
    """A seed makes one shop, byte for byte, in another process with other hashes as well."""
    glue_demo_shop.write_shop(tmp_path / "here", 30, seed)
    subprocess.run(
        [
            sys.executable,
            *("-m", "glue_demo_shop", str(tmp_path / "there")),
            *("--products", "30", "--seed", str(seed)),
        ],
        check=True,
        env={"PYTHONHASHSEED": "42", "PATH": ""},
        capture_output=True,
    )

    assert contents(tmp_path / "here") == contents(tmp_path / "there")


def test_another_seed_makes_another_shop(tmp_path: Path) -> None:
    """The seed matters."""
    glue_demo_shop.write_shop(tmp_path / "one", 5, 1)
    glue_demo_shop.write_shop(tmp_path / "two", 5, 2)

    assert contents(tmp_path / "one") != contents(tmp_path / "two")


def test_larger_shop_starts_with_the_smaller(tmp_path: Path, shop_directory: Path) -> None:
    """A product does not depend on how many there are: SKUs are stable."""
    glue_demo_shop.write_shop(tmp_path / "small", 20)

    name = "common/common/product_abstract.csv"
    assert contents(shop_directory)[name].startswith(contents(tmp_path / "small")[name])


@pytest.mark.slow
def test_memory_does_not_grow_with_the_shop(tmp_path: Path) -> None:
    """Ten times the products need about the same memory."""

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            glue_demo_shop.write_shop(tmp_path / str(count), count)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(1000) < 1.3 * peak(100)


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_impossible_number_is_refused(tmp_path: Path, count: int) -> None:
    """A number out of range is told with the range, and nothing is written."""
    with pytest.raises(ConfigurationError, match="from 1 to 1000000"):
        glue_demo_shop.write_shop(tmp_path / "shop", count)
    assert not (tmp_path / "shop").exists()


def test_used_folder_is_refused(tmp_path: Path) -> None:
    """Nothing that is there is overwritten."""
    (tmp_path / "mine.txt").write_text("mine", "utf-8")

    with pytest.raises(ConfigurationError, match="not an empty folder"):
        glue_demo_shop.write_shop(tmp_path, 1)
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]


def test_command_tells_what_is_wrong(tmp_path: Path) -> None:
    """The command ends with 1 and the message, without a traceback."""
    command = [sys.executable, "-m", "glue_demo_shop", str(tmp_path / "shop"), "--products", "0"]

    ended = subprocess.run(command, check=False, capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "from 1 to 1000000" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_products_are_many_and_have_variants(rows: Callable[..., Any]) -> None:
    """The shop has at least 220 products of one to four variants each."""
    products = [row["abstract_sku"] for row in rows("product_abstract")]
    variants = Counter(row["abstract_sku"] for row in rows("product_concrete"))

    assert len(set(products)) == len(products) >= 220
    assert set(variants) == set(products)
    assert set(variants.values()) == {1, 2, 3, 4}


def test_variants_differ(rows: Callable[..., Any]) -> None:
    """Variants of one product differ in their general super attributes, as imports demand."""
    seen: set[tuple[str, ...]] = set()
    for row in rows("product_concrete"):
        general = tuple(row[f"{kind}_{n}"] for n in (1, 2) for kind in ("attribute_key", "value"))
        assert any(general)
        assert (row["abstract_sku"], *general) not in seen
        seen.add((row["abstract_sku"], *general))


def test_texts_are_in_both_languages(rows: Callable[..., Any]) -> None:
    """Names, descriptions and addresses exist in both languages, differ and are filled in."""
    for row in rows("product_abstract"):
        for name in ("name", "description", "url", "meta_title", "meta_keywords"):
            english, german = row[f"{name}.en_US"], row[f"{name}.de_DE"]
            assert english
            assert german
            assert english != german
            assert "{" not in english + german


def test_descriptions_vary(rows: Callable[..., Any]) -> None:
    """Hardly two products have the same description."""
    texts = Counter(row["description.de_DE"] for row in rows("product_abstract"))

    assert len(texts) > 0.95 * sum(texts.values())


def test_addresses_are_unique_paths(rows: Callable[..., Any]) -> None:
    """No two products have one address; addresses are plain ASCII paths with the language."""
    urls = [
        (locale, row[f"url.{locale}"])
        for row in rows("product_abstract")
        for locale in ("en_US", "de_DE")
    ]

    assert len(set(urls)) == len(urls)
    assert all(url.startswith(f"/{locale[:2]}/") and url.isascii() for locale, url in urls)
    assert not any(" " in url for _, url in urls)


def test_german_endings_follow_the_noun(rows: Callable[..., Any]) -> None:
    """German adjectives end as the gender of their noun demands."""
    endings = {"Schreibtisch": "er", "Stehlampe": "e", "Kissen": "es", "Vase": "e"}
    found = set()
    for row in rows("product_abstract"):
        adjective, noun, *_ = row["name.de_DE"].split()
        if noun in endings:
            found.add(noun)
            assert adjective.endswith(endings[noun])
    assert found == set(endings)


def test_prices_are_of_their_store(rows: Callable[..., Any]) -> None:
    """A price file holds prices of its store, for products that the store has."""
    for store in STORES:
        owned = {row["abstract_sku"] for row in rows("product_abstract_store", store)}
        prices = rows("product_price", store)
        assert {row["store"] for row in prices} == {store}
        assert {row["currency"] for row in prices} == {"EUR", "CHF"}
        for row in prices:
            sku = row["abstract_sku"] or row["concrete_sku"].partition("-")[0]
            assert sku in owned


def test_net_prices_are_below_gross_prices(rows: Callable[..., Any]) -> None:
    """A known net price is below the gross price; some are unknown."""
    prices = [row for store in STORES for row in rows("product_price", store)]

    assert any(row["value_net"] == "" for row in prices)
    for row in prices:
        if row["value_net"]:
            assert 0 < int(row["value_net"]) < int(row["value_gross"])


def test_volume_prices_fall(rows: Callable[..., Any]) -> None:
    """Who buys more pays less for each, also less than the price for one."""
    found = [row for row in rows("product_price", "DE") if row["price_data.volume_prices"]]

    assert found
    for row in found:
        volumes = json.loads(row["price_data.volume_prices"])
        gross = [int(row["value_gross"]), *(each["gross_price"] for each in volumes)]
        assert gross == sorted(gross, reverse=True)
        assert [each["quantity"] for each in volumes] == [5, 10, 50]


def test_each_store_has_two_warehouses(rows: Callable[..., Any]) -> None:
    """Stock lies in two warehouses of each store."""
    for store in STORES:
        names = {row["warehouse_name"] for row in rows("warehouse_store", store)}
        assert len(names) == 2
        assert names <= {row["name"] for row in rows("product_stock")}


def test_pictures_are_of_the_example_domain(rows: Callable[..., Any]) -> None:
    """Pictures have addresses that belong to nobody, and most a text for the blind."""
    images = rows("product_image")

    assert all(
        row[f"external_url_{size}"].startswith("https://images.example/")
        for row in images
        for size in ("large", "small")
    )
    described = [row for row in images if row[f"alt_text_large.{row['locale']}"]]
    assert 0.8 * len(images) < len(described) < len(images)


def test_keys_of_pictures_are_unique(rows: Callable[..., Any]) -> None:
    """A picture key stands for one row: an import would else overwrite it."""
    keys = [row["product_image_key"] for row in rows("product_image")]

    assert len(set(keys)) == len(keys)


def test_stores_have_their_own_defaults(rows: Callable[..., Any]) -> None:
    """Both stores have both currencies, and each its own default."""
    defaults = {}
    for store in STORES:
        currencies = rows("currency_store", store)
        assert {row["currency_code"] for row in currencies} == {"EUR", "CHF"}
        defaults[store] = [row["currency_code"] for row in currencies if row["is_default"] == "1"]
    assert defaults == {"CH": ["CHF"], "DE": ["EUR"]}


def test_super_attributes_are_color_and_size(rows: Callable[..., Any]) -> None:
    """Color and size are marked as what variants differ in."""
    keys = {row["attribute_key"]: row["is_super"] for row in rows("product_attribute_key")}

    assert {key for key, is_super in keys.items() if is_super == "1"} == {"color", "size"}


def test_products_are_in_categories(rows: Callable[..., Any]) -> None:
    """Every product is in one category of its kind, below the root; what is new in one more."""
    parents = {row["category_key"]: row["parent_category_key"] for row in rows("category")}
    assert [key for key, parent in parents.items() if not parent] == ["home"]
    for row in rows("product_abstract"):
        keys = row["category_key"].split(", ")
        assert all(parents[key] == "home" for key in keys)
        assert ("new" in keys) is bool(row["new_from"])
        assert len([key for key in keys if key != "new"]) == 1


def test_attributes_have_names_in_both_languages(rows: Callable[..., Any]) -> None:
    """Each attribute has a name, and as many translations as values."""
    for row in rows("product_management_attribute"):
        assert row["key_translation.en_US"]
        assert row["key_translation.de_DE"]
        count = len(row["values"].split(","))
        for locale in ("en_US", "de_DE"):
            assert len(row[f"value_translations.{locale}"].split(",")) == count
