"""Products made up from the vocabulary, each from its number alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from glue_demo_shop import vocabulary as words
from glue_demo_shop.vocabulary import Color, Kind, Material, Word

STORES = ("CH", "DE")
CURRENCIES = ("EUR", "CHF")
LOCALES = ("en_US", "de_DE")
TAX_RATES = {"CH": 81, "DE": 190}
"""Value added tax by store, in thousandths of the net price."""

WAREHOUSES = {"CH": ("Basel", "Zürich"), "DE": ("Köln", "Leipzig")}

TAX_SET = "Standard goods"
NEW_FROM, NEW_TO = "2026-01-01", "2099-12-31"
"""Days between which the new products are new."""

Texts = dict[str, str]
"""Texts by locale."""


@dataclass(frozen=True, slots=True)
class Price:
    """A price of one store and currency, in cents; the net price may be unknown.

    Attributes:
        kind: ``DEFAULT``, or ``ORIGINAL`` for the price before a reduction.
        store: Store.
        currency: ISO 4217 code.
        net: Net price or None.
        gross: Gross price.
        volumes: Triples of a quantity and the net and gross price from that quantity on.
    """

    kind: str
    store: str
    currency: str
    net: int | None
    gross: int
    volumes: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Stock:
    """What one warehouse holds of a variant."""

    warehouse: str
    quantity: int
    is_never_out_of_stock: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """A concrete product; color or size is None where its siblings do not differ in it."""

    sku: str
    names: Texts
    color: Color | None
    size: str | None
    is_active: bool
    has_images: bool
    prices: tuple[Price, ...]
    stocks: tuple[Stock, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """An abstract product with its variants.

    Attributes:
        categories: Keys of the categories that it is in.
        former_urls: Addresses that it had before, the oldest first, by locale.
        is_new: Whether it is new from `NEW_FROM` to `NEW_TO`.
    """

    sku: str
    kind: Kind
    brand: str
    series: str
    material: Material
    care: Word
    features: tuple[Word, ...]
    names: Texts
    descriptions: Texts
    urls: Texts
    keywords: Texts
    stores: tuple[str, ...]
    images: int
    prices: tuple[Price, ...]
    variants: tuple[Variant, ...]
    categories: tuple[str, ...]
    is_new: bool
    former_urls: Mapping[str, tuple[str, ...]]


def make_products(count: int, seed: int) -> Iterator[Product]:
    """Make products one after the other; a product is the same whatever the count is.

    Args:
        count: Number of abstract products, from 1.
        seed: Another seed makes another shop.
    """
    return (make_product(number, seed) for number in range(1, count + 1))


def make_product(number: int, seed: int) -> Product:
    """Make the product with this number, from 1."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - believable, not secret
    kind = words.KINDS[number % len(words.KINDS)]
    material = random.choice([each for each in words.MATERIALS if each.group in kind.materials])
    adjective = random.choice(words.ADJECTIVES)
    series = random.choice(words.SERIES)
    brand = random.choice(words.BRANDS)
    care = words.CARE[material.group]
    features = random.sample(words.FEATURES, random.randint(1, 3))
    sku = f"{number:03d}"
    names = _names(kind, adjective, series)
    stores = _stores(number)
    base = random.randrange(kind.lowest, kind.highest, 100) + random.choice((0, 50, 90))
    return Product(
        sku=sku,
        kind=kind,
        brand=brand,
        series=series,
        material=material,
        care=care,
        features=tuple(features),
        names=names,
        descriptions=_descriptions(random, kind, series, brand, material, care),
        urls={
            "en_US": f"/en/{slug(names['en_US'])}-{sku}",
            "de_DE": f"/de/{slug(names['de_DE'])}-{sku}",
        },
        keywords={
            "en_US": f"{kind.english}, {material.english}, {series}",
            "de_DE": f"{kind.german}, {material.german}, {series}",
        },
        stores=stores,
        images=0 if number % 23 == 0 else 1 + number % 3,
        prices=tuple(_prices(number, base, stores)),
        variants=tuple(_variants(random, number, sku, kind, names, base, stores)),
        categories=_categories(number, kind),
        is_new=_is_new(number),
        former_urls=_former_urls(number, sku),
    )


def _is_new(number: int) -> bool:
    return number % 8 == 3


def _categories(number: int, kind: Kind) -> tuple[str, ...]:
    """Every product is in the category of its kind, and what is new in another one besides."""
    own = [each.key for each in words.CATEGORIES if kind.key in each.kinds]
    return (*own, words.NEW.key) if _is_new(number) else tuple(own)


def _former_urls(number: int, sku: str) -> dict[str, tuple[str, ...]]:
    """Some products moved twice: every address they had before leads to the one after it."""
    if number % 10 != 3:
        return {}
    return {
        "en_US": (f"/en/product/{sku}", f"/en/item-{sku}"),
        "de_DE": (f"/de/produkt/{sku}", f"/de/artikel-{sku}"),
    }


def _stores(number: int) -> tuple[str, ...]:
    """Most products are in both stores, some in one only."""
    if number % 11 == 5:
        return ("DE",)
    if number % 11 == 8:
        return ("CH",)
    return STORES


def _names(kind: Kind, adjective: Word, series: str) -> Texts:
    english = adjective.english[0].upper() + adjective.english[1:]
    german = adjective.german[0].upper() + adjective.german[1:] + words.ENDINGS[kind.gender]
    return {
        "en_US": f"{english} {kind.english} {series}",
        "de_DE": f"{german} {kind.german} {series}",
    }


def _descriptions(
    random: Random, kind: Kind, series: str, brand: str, material: Material, care: Word
) -> Texts:
    opening = random.randrange(len(words.ENGLISH_OPENINGS))
    middles = random.sample(range(len(words.ENGLISH_MIDDLES)), 2)
    ending = random.randrange(len(words.ENGLISH_ENDINGS))
    english = [
        words.ENGLISH_OPENINGS[opening].format(
            name=f"{kind.english} {series}",
            brand=brand,
            material=material.english,
            use=kind.english_use,
        ),
        *(words.ENGLISH_MIDDLES[each] for each in middles),
        words.ENGLISH_ENDINGS[ending].format(care=care.english),
    ]
    name = f"{kind.german} {series}"
    article, gender = words.ARTICLES[kind.gender], kind.gender
    german = [
        words.GERMAN_OPENINGS[opening].format(
            name=name,
            brand=brand,
            material=material.german,
            use=kind.german_use,
            article=article,
            article_small=article.lower(),
            accusative=words.ACCUSATIVES[gender],
            dative=words.DATIVES[gender],
        ),
        *(words.GERMAN_MIDDLES[each].format(pronoun=words.PRONOUNS[gender]) for each in middles),
        words.GERMAN_ENDINGS[ending].format(care=care.german),
    ]
    return {"en_US": " ".join(english), "de_DE": " ".join(german)}


def _variants(
    random: Random,
    number: int,
    sku: str,
    kind: Kind,
    names: Texts,
    base: int,
    stores: tuple[str, ...],
) -> Iterator[Variant]:
    """One to four variants; those of one product differ in color, in size or in both."""
    choices = _choices(random, kind)
    for index, (color, size) in enumerate(choices, 1):
        english = [each for each in (color and color.english, size) if each]
        german = [each for each in (color and color.german, in_locale(size, "de_DE")) if each]
        is_larger = size is not None and size != kind.sizes[0]
        yield Variant(
            sku=f"{sku}-{index}",
            names={
                "en_US": ", ".join([names["en_US"], *english]),
                "de_DE": ", ".join([names["de_DE"], *german]),
            },
            color=color,
            size=size,
            is_active=not (number % 45 == 44 and index == len(choices) > 1),
            has_images=(number + index) % 2 == 0,
            prices=tuple(_variant_prices(number, base, stores)) if is_larger else (),
            stocks=tuple(_stocks(random, number, index, stores)),
        )


def _choices(random: Random, kind: Kind) -> list[tuple[Color | None, str | None]]:
    shape = random.choice(("one", "colors", "colors", "sizes", "both"))
    if shape == "sizes":
        return [(None, size) for size in kind.sizes]
    if shape == "both":
        colors, sizes = random.sample(words.COLORS, 2), random.sample(kind.sizes, 2)
        sizes.sort(key=kind.sizes.index)
        return [(color, size) for color in colors for size in sizes]
    count = 1 if shape == "one" else random.randint(2, 4)
    return [(color, None) for color in random.sample(words.COLORS, count)]


def _gross(base: int, store: str, currency: str) -> int:
    """Return what a base price in euros of the German store is elsewhere, as shops round."""
    amount = base if currency == "EUR" else base * 107 // 100
    if store == "CH":
        amount = amount * 104 // 100
    return amount - amount % 5


def _net(gross: int, store: str) -> int:
    return round(gross * 1000 / (1000 + TAX_RATES[store]))


def _prices(number: int, base: int, stores: tuple[str, ...]) -> Iterator[Price]:
    for store in stores:
        for currency in CURRENCIES:
            if number % 19 == 7 and currency == "CHF":
                continue  # Some products have no price in one currency.
            gross = _gross(base, store, currency)
            net = None if number % 17 == 9 else _net(gross, store)
            volumes = tuple(
                (quantity, _net(less, store), less)
                for quantity, percent in ((5, 95), (10, 90), (50, 80))
                if number % 10 == 1 and (less := gross * percent // 100)
            )
            yield Price("DEFAULT", store, currency, net, gross, volumes)
            if number % 5 == 2:
                before = _gross(base * 125 // 100, store, currency)
                yield Price("ORIGINAL", store, currency, _net(before, store), before)


def _variant_prices(number: int, base: int, stores: tuple[str, ...]) -> Iterator[Price]:
    """Larger variants of every third product cost more."""
    if number % 3 == 0:
        for price in _prices(number, base * 120 // 100, stores):
            if price.kind == "DEFAULT":
                yield Price("DEFAULT", price.store, price.currency, price.net, price.gross)


def _stocks(random: Random, number: int, index: int, stores: tuple[str, ...]) -> Iterator[Stock]:
    is_never_out = number % 13 == 6
    is_sold_out = number % 9 == 4 or (number + index) % 7 == 0
    for store in stores:
        for warehouse in WAREHOUSES[store]:
            quantity = random.randrange(1, 60)
            if number % 31 == 14:
                continue  # Nobody has counted these yet.
            empty = is_sold_out or is_never_out
            yield Stock(warehouse, 0 if empty else quantity, is_never_out)


_PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", " ": "-"}
)


def in_locale(size: str | None, locale: str) -> str | None:
    """Return a size with the decimal mark of a language; None stays None."""
    return size.replace(".", ",") if size and locale == "de_DE" else size


def slug(text: str) -> str:
    """Return a text as a part of a path."""
    return text.translate(_PLAIN).lower()
