"""What is shown of a product, and what a body says about one."""

from __future__ import annotations

import pytest

from glue_catalog import Category, CategoryText, ProductRecord
from glue_products_backend_api.processor import changes_of, shown

LAMPS = Category("lamps", {"de_DE": CategoryText("Lampen"), "en_US": CategoryText("Lamps")})


@pytest.mark.parametrize(
    ("locale", "name"),
    [("en_US", "Lamps"), ("de_DE", "Lampen"), ("fr_FR", "Lampen"), (None, "Lampen")],
)
def test_category_is_shown_in_the_locale(locale: str | None, name: str) -> None:
    """A category has the texts of the request's locale, or else of its first one."""
    (category,) = shown(ProductRecord("1", categories=(LAMPS,)), locale)["categories"]

    assert category["name"] == name


def test_category_without_texts_is_shown() -> None:
    """A category that has no texts at all is shown by its key."""
    record = ProductRecord("1", categories=(Category("lamps", {}),))

    (category,) = shown(record, "en_US")["categories"]

    assert (category["category_key"], category["name"]) == ("lamps", None)


def test_empty_body_changes_nothing() -> None:
    """What a body does not name is not among the changes, empty lists of texts included."""
    assert changes_of({}) == changes_of({"localized_attributes": [], "urls": []}) == {}


def test_url_and_texts_of_a_locale_come_together() -> None:
    """Two attributes say something about one locale; null takes a URL away."""
    attributes = {
        "localized_attributes": [{"locale": "en_US", "name": "Lamp"}],
        "urls": [{"locale": "en_US", "url": None}, {"locale": "de_DE", "url": "/de/x"}],
    }

    assert changes_of(attributes) == {
        "texts": {"en_US": {"name": "Lamp", "url": ""}, "de_DE": {"url": "/de/x"}}
    }
