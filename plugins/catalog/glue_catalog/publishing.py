"""Publishing products: from the database to the storage and the search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa

from glue_catalog import PRODUCT_CHANGED, documents, keys, models
from glue_catalog.products import Abstract, AttributeFacts, read_attribute_facts, read_products
from glue_core import Event, Search, Storage, Work
from glue_stores import Market, Store, StoreRegister

Json = dict[str, Any]

CHUNK = 100
"""Abstract products that are read and written together: it bounds the memory."""


@dataclass(slots=True)
class Published:
    """Everything to be seen of some products.

    Attributes:
        storage: Key to document.
        abstract: Id to entry of the index of abstract products.
        concrete: The same of concrete products.
    """

    storage: dict[str, Json] = field(default_factory=dict)
    abstract: dict[str, Json] = field(default_factory=dict)
    concrete: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """What is written at the end of a batch.

    Attributes:
        shown: Entries of the search.
        gone: Ids of entries that are no more.
        manifests: Abstract SKU to the manifest that is left.
    """

    shown: Published = field(default_factory=Published)
    gone: Published = field(default_factory=Published)
    manifests: dict[str, Manifest] = field(default_factory=dict)

    def add(self, shown: Published, named: Published) -> None:
        """Take the entries of some products; the latest word on an id counts."""
        for mine, gone, theirs, ids in (
            (self.shown.abstract, self.gone.abstract, shown.abstract, named.abstract),
            (self.shown.concrete, self.gone.concrete, shown.concrete, named.concrete),
        ):
            mine.update(theirs)
            for each in ids:
                if each not in mine:
                    gone[each] = {}
            for each in theirs:
                gone.pop(each, None)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is published of an abstract product, so that it can be taken away again.

    Attributes:
        markets: Stores and locales.
        variants: SKUs of concrete products.
    """

    markets: frozenset[tuple[str, str]] = frozenset()
    variants: frozenset[str] = frozenset()

    @classmethod
    def of(cls, document: Mapping[str, Any] | None) -> Manifest:
        """Read a manifest; without a document nothing is published."""
        if document is None:
            return cls()
        markets = frozenset((store, locale) for store, locale in document["markets"])
        return cls(markets, frozenset(document["variants"]))

    def document(self) -> Json:
        """Write the manifest."""
        return {"markets": sorted(map(list, self.markets)), "variants": sorted(self.variants)}

    def with_all_of(self, other: Manifest) -> Manifest:
        """Return a manifest that has what either has."""
        return Manifest(self.markets | other.markets, self.variants | other.variants)


class CatalogPublisher:
    """Writes the documents of products as they stand, and takes away what is no more.

    It never looks at what an event says beyond its key, so that events may come twice and in any
    order.
    """

    def __init__(self, register: StoreRegister, storage: Storage, search: Search) -> None:
        self._register = register
        self._storage = storage
        self._search = search

    def handle(self, events: Sequence[Event], work: Work) -> None:
        """Publish abstract products by SKU, with everything that belongs to them."""
        stores = self._register.stores(work)
        facts = read_attribute_facts(work)
        self._note_first_facts(stores)
        skus = iter(dict.fromkeys(event.key for event in events))
        batch = Batch()
        while chunk := list(islice(skus, CHUNK)):
            self._publish(chunk, stores, facts, work, batch)
        self._finish(batch)

    def keys(self, work: Work) -> Iterator[str]:
        """Yield the SKU of every abstract product, and of those that are still published."""
        column = models.ABSTRACT.c.sku
        yield from work.session.scalars(
            sa.select(column).order_by(column).execution_options(yield_per=CHUNK)
        )
        prefix = keys.manifest("")
        noted = (key.removeprefix(prefix) for key in self._storage.keys(prefix))
        while chunk := list(islice(noted, CHUNK)):
            known = set(work.session.scalars(sa.select(column).where(column.in_(chunk))))
            yield from (sku for sku in chunk if sku not in known)

    def handle_stores(self, _events: Sequence[Event], work: Work) -> None:
        """Publish the products of stores anew whose locales or currencies changed."""
        current = {store.name: _facts(store) for store in self._register.stores(work)}
        prefix = keys.facts("")
        names = [key.removeprefix(prefix) for key in self._storage.keys(prefix)]
        noted = self._storage.get_many([keys.facts(name) for name in names])
        for name in names:
            if noted.get(keys.facts(name)) != current.get(name):
                column = models.ABSTRACT_STORE.c
                question = sa.select(column.sku).where(column.store == name)
                for sku in work.session.scalars(question.execution_options(yield_per=CHUNK)):
                    work.publish(Event(PRODUCT_CHANGED, sku))

        def note() -> None:
            self._storage.put_many({keys.facts(name): facts for name, facts in current.items()})
            self._storage.delete_many([keys.facts(name) for name in names if name not in current])

        # Noted before the events are durable, the change could be forgotten.
        work.after_commit(note)

    def store_keys(self, work: Work) -> Iterator[str]:
        """Yield the names of all stores."""
        yield from sorted(self._register.names(work))

    def _note_first_facts(self, stores: Sequence[Store]) -> None:
        """Note what the first products of a store rest on; later changes are told by events."""
        current = {keys.facts(store.name): _facts(store) for store in stores}
        noted = self._storage.get_many(list(current))
        new = {key: facts for key, facts in current.items() if key not in noted}
        if new:
            self._storage.put_many(new)

    def _publish(
        self,
        skus: Sequence[str],
        stores: Sequence[Store],
        facts: AttributeFacts,
        work: Work,
        batch: Batch,
    ) -> None:
        """Write the documents of some products to the storage, and delete those that are no more.

        The manifests name the old and the new until everything old is gone: a process that is
        killed in between leaves nothing that nobody knows of.
        """
        former = self._manifests(skus)
        # A variant that moved to another product is shown with that one, or not at all.
        homes = _homes(frozenset().union(*(each.variants for each in former.values())), work)
        more = sorted(homes - set(skus))
        former |= self._manifests(more)
        shown = Published()
        present = {sku: Manifest() for sku in former}
        for product in read_products([*skus, *more], work):
            present[product.sku] = _show(product, stores, facts, shown)
        both = {sku: former[sku].with_all_of(present[sku]) for sku in former}
        notes = {
            keys.manifest(sku): manifest.document()
            for sku, manifest in both.items()
            if manifest.markets
        }
        self._storage.put_many({**shown.storage, **notes})
        named = Published()
        for sku, manifest in both.items():
            _name(sku, manifest, named)
        if stale := [key for key in named.storage if key not in shown.storage]:
            self._storage.delete_many(stale)
        batch.add(shown, named)
        batch.manifests.update({sku: present[sku] for sku in both if both[sku] != present[sku]})

    def _finish(self, batch: Batch) -> None:
        """Write to the search once for a batch: each write costs it much, and each entry little.

        At last the manifests are cut down to what is left.
        """
        shown, gone = batch.shown, batch.gone
        for index, entries, ids in (
            (keys.ABSTRACT_INDEX, shown.abstract, gone.abstract),
            (keys.CONCRETE_INDEX, shown.concrete, gone.concrete),
        ):
            if entries:
                self._search.put_many(index, entries)
            if ids:
                self._search.delete_many(index, list(ids))
        left = {sku: manifest for sku, manifest in batch.manifests.items() if manifest.markets}
        if left:
            self._storage.put_many(
                {keys.manifest(sku): manifest.document() for sku, manifest in left.items()}
            )
        if empty := [sku for sku in batch.manifests if sku not in left]:
            self._storage.delete_many([keys.manifest(sku) for sku in empty])

    def _manifests(self, skus: Sequence[str]) -> dict[str, Manifest]:
        if not skus:
            return {}
        found = self._storage.get_many([keys.manifest(sku) for sku in skus])
        return {sku: Manifest.of(found.get(keys.manifest(sku))) for sku in skus}


def _facts(store: Store) -> Json:
    """Return what the documents of products take from their store."""
    return {
        "locales": list(store.locales),
        "currencies": [[each.code, each.name, each.symbol] for each in store.currencies],
    }


def _homes(concrete_skus: frozenset[str], work: Work) -> set[str]:
    table = models.CONCRETE
    if not concrete_skus:
        return set()
    question = sa.select(table.c.abstract_sku).where(table.c.sku.in_(concrete_skus))
    return set(work.session.scalars(question))


def _name(sku: str, manifest: Manifest, names: Published) -> None:
    """Put down every key and id that a product may have in its markets; documents stay empty."""
    for store, locale in manifest.markets:
        market = Market(store, locale)
        owners = [(sku, 0, names.abstract), *((v, 1, names.concrete) for v in manifest.variants)]
        for owner, level, index in owners:
            index[keys.search_id(market, owner)] = {}
            for kind in keys.BY_MARKET[level]:
                names.storage[keys.in_market(kind, market, owner)] = {}
            for kind in keys.BY_STORE[level]:
                names.storage[keys.in_store(kind, store, owner)] = {}


def _show(
    product: Abstract, stores: Sequence[Store], facts: AttributeFacts, shown: Published
) -> Manifest:
    """Add what is to be seen of a product, and return where."""
    markets: set[tuple[str, str]] = set()
    variants: set[str] = set()
    for store in stores:
        locales = [each for each in store.locales if each in product.texts]
        # Without a variant that is active the product is not active either.
        if store.name not in product.stores or not locales or not product.variants:
            continue
        _show_abstract_in_store(product, store, shown)
        seen: set[str] = set()
        for locale in locales:
            market = Market(store.name, locale)
            markets.add((store.name, locale))
            seen |= _show_in_market(product, market, facts, shown)
        _show_variants_in_store(product, seen, store, shown)
        variants |= seen
    return Manifest(frozenset(markets), frozenset(variants))


def _show_in_market(
    product: Abstract, market: Market, facts: AttributeFacts, shown: Published
) -> set[str]:
    """Add the documents of one market, and return the SKUs of the variants in it."""
    locale, storage = market.locale, shown.storage
    document = documents.abstract_product(product, locale, facts)
    storage[keys.in_market(keys.ABSTRACT_PRODUCT, market, product.sku)] = document
    storage[keys.in_market(keys.ABSTRACT_IMAGE_SETS, market, product.sku)] = documents.image_sets(
        product.sku, locale, product.image_sets
    )
    shown.abstract[keys.search_id(market, product.sku)] = _entry(document, market)
    seen = set()
    for variant in product.variants:
        if locale not in variant.texts:
            continue
        seen.add(variant.sku)
        document = documents.concrete_product(variant, product, locale, facts)
        storage[keys.in_market(keys.CONCRETE_PRODUCT, market, variant.sku)] = document
        key = keys.in_market(keys.CONCRETE_IMAGE_SETS, market, variant.sku)
        storage[key] = documents.image_sets(
            variant.sku, locale, variant.image_sets, product.image_sets
        )
        shown.concrete[keys.search_id(market, variant.sku)] = _entry(document, market)
    return seen


def _show_abstract_in_store(product: Abstract, store: Store, shown: Published) -> None:
    key = keys.in_store(keys.ABSTRACT_PRICES, store.name, product.sku)
    shown.storage[key] = documents.prices(product.prices, (), product.sku, store)
    availability = documents.abstract_availability(product, store.name)
    if availability is not None:
        key = keys.in_store(keys.ABSTRACT_AVAILABILITY, store.name, product.sku)
        shown.storage[key] = availability


def _show_variants_in_store(
    product: Abstract, seen: set[str], store: Store, shown: Published
) -> None:
    for variant in product.variants:
        if variant.sku not in seen:
            continue
        key = keys.in_store(keys.CONCRETE_PRICES, store.name, variant.sku)
        shown.storage[key] = documents.prices(variant.prices, product.prices, variant.sku, store)
        availability = documents.concrete_availability(variant, store.name)
        if availability is not None:
            key = keys.in_store(keys.CONCRETE_AVAILABILITY, store.name, variant.sku)
            shown.storage[key] = availability


def _entry(document: Json, market: Market) -> Json:
    return {
        "store": market.store,
        "locale": market.locale,
        "sku": document["sku"],
        "name": document["name"],
    }
