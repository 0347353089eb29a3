"""Search in a folder of this machine, with tantivy."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.services import indexed
from glue_core.services.search import (
    Condition,
    FieldKind,
    Order,
    SearchIndex,
    SearchPage,
    SearchQuery,
)

FORMAT = 1
"""Of what is written to the folder; another one means another generation."""
HEAP = 15_000_000
"""Bytes that a writer collects before it writes; the least that tantivy takes."""
TOKENIZER = "glue_words"
EMPTY = SearchPage((), (), 0)


@dataclass(frozen=True, slots=True)
class _Generation:
    """An index as a process has it open.

    Attributes:
        name: Name of its folder.
        fields: The fields that it was made with.
        index: tantivy's index.
        schema: Its schema.
        columns: For each declared field the stem of its names in the schema.
    """

    name: str
    fields: Mapping[str, FieldKind]
    index: Any
    schema: Any
    columns: Mapping[str, str]


class TantivySearch:
    """Indexes in a folder; see `glue_core.services.search.Search`.

    Each index is a folder with the file ``current``, which names the folder of the present
    generation and its fields. When the declared fields are others than those of the present
    generation, the index is empty to readers, and the next write begins a generation with nothing
    in it but what is written: publish all anew after an upgrade that changes an index.

    A document's value may be a list: a condition holds when one of its values is equal, and it is
    ordered by the first. Texts are ordered by their first 8,000 characters, by code points. A
    question with one order or none costs the same however large the index; with several orders
    all matching documents are compared.
    """

    def __init__(self, url: str, timeout: float = 2.0) -> None:
        """Remember where the folder is; nothing is opened yet.

        Args:
            url: ``tantivy:///`` and an absolute path.
            timeout: Longest wait for another process that writes, in seconds.

        Raises:
            ConfigurationError: The URL is another one, or tantivy is not installed.
        """
        scheme, mark, path = url.partition("://")
        if scheme != "tantivy" or not mark or not path.startswith("/") or path == "/":
            raise ConfigurationError(
                f"The service 'search' cannot be opened with {url!r}.\n"
                f"Write it as 'tantivy:///folder' in 'services.search'."
            )
        _tantivy()
        self._root = Path(path)
        self._timeout = timeout
        self._opened: dict[tuple[int, str], _Generation] = {}

    def find(self, index: SearchIndex, query: SearchQuery) -> SearchPage:
        """Answer a question."""
        indexed.check_index(index)
        indexed.check_query(index, query)
        with _errors():
            try:
                return self._answer(index, query)
            except (OSError, ValueError):
                # Another process may have begun a generation and removed ours meanwhile.
                self._opened.pop((os.getpid(), index.name), None)
                return self._answer(index, query)

    def put_many(self, index: SearchIndex, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Write documents by id, each replacing the one before it; all of them or none.

        Raises:
            ValueError: A document has a value that does not fit its field, or is no JSON.
        """
        indexed.check_index(index)
        rows = [_row(index, key, document) for key, document in documents.items()]
        if rows:
            with _errors(), self._writing(index) as (generation, writer):
                for row in rows:
                    _delete(generation, writer, row.key)
                    writer.add_document(_document(generation, row))

    def delete_many(self, index: SearchIndex, ids: Sequence[str]) -> None:
        """Delete documents; an id without one is no error."""
        indexed.check_index(index)
        keys = [key for key in ids if _is_text(key)]
        with _errors():
            generation = self._present(index)
            if not keys or generation is None or generation.fields != dict(index.fields):
                return
            with self._writing(index) as (generation, writer):
                for key in keys:
                    _delete(generation, writer, key)

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the folder can be read, where there is one."""
        with _errors():
            if self._root.exists():
                next(self._root.iterdir(), None)

    def close(self) -> None:
        """Forget what is open; the search may be used again afterwards."""
        self._opened.clear()

    def _answer(self, index: SearchIndex, query: SearchQuery) -> SearchPage:
        generation = self._present(index)
        if generation is None or generation.fields != dict(index.fields):
            return EMPTY
        # Cheap, and the only sign of a write that no clock can blur.
        generation.index.reload()
        return _Question(generation, query).answer()

    def _present(self, index: SearchIndex) -> _Generation | None:
        """Open the present generation of an index; None while nobody wrote."""
        folder = self._root / index.name
        for attempt in range(10):
            try:
                current = orjson.loads((folder / "current").read_bytes())
            except FileNotFoundError:
                return None
            place = (os.getpid(), index.name)
            opened = self._opened.get(place)
            if opened is not None and opened.name == current["generation"]:
                return opened
            if current["format"] != FORMAT:
                return None
            try:
                opened = _open(folder / current["generation"], current["fields"], make=False)
            except (OSError, ValueError):
                # Another process may have begun a generation and removed this one meanwhile.
                if attempt == 9:
                    raise
                time.sleep(0.01)
                continue
            self._opened[place] = opened
            return opened
        return None

    @contextmanager
    def _writing(self, index: SearchIndex) -> Iterator[tuple[_Generation, Any]]:
        """Give a writer; what it wrote is there at once, or not at all when something raises."""
        folder = self._root / index.name
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / "lock", self._timeout):
            generation = self._present(index)
            is_new = generation is None or generation.fields != dict(index.fields)
            if generation is None or is_new:
                _sweep(folder, keep=generation.name if generation else None)
                name = uuid.uuid4().hex
                (folder / name).mkdir()
                generation = _open(folder / name, dict(index.fields), make=True)
            writer = generation.index.writer(heap_size=HEAP, num_threads=1)
            try:
                yield generation, writer
                writer.commit()
            except BaseException:
                writer.rollback()
                raise
            finally:
                writer.wait_merging_threads()
            if is_new:
                _point(folder, generation)
                self._opened[os.getpid(), index.name] = generation
                _sweep(folder, keep=generation.name)


@dataclass(frozen=True, slots=True)
class _Row:
    """A document, checked.

    Attributes:
        key: Its id.
        stored: The id and the document as JSON.
        values: Its values by declared field.
    """

    key: str
    stored: bytes
    values: Mapping[str, Sequence[Any]]


class _Question:
    """A query to one generation, at one moment."""

    def __init__(self, generation: _Generation, query: SearchQuery) -> None:
        self._tantivy = _tantivy()
        self._generation = generation
        self._query = query
        self._searcher = generation.index.searcher()
        self._matches = self._compiled()

    def answer(self) -> SearchPage:
        query = self._query
        if self._searcher.num_docs == 0:
            return EMPTY
        if query.text is not None and not query.orders:
            total, places = self._by_relevance()
        elif len(query.orders) <= 1:
            total, places = self._by_one(query.orders[0] if query.orders else None)
        else:
            total, places = self._by_several()
        found = [orjson.loads(self._searcher.doc(place).get_first("document")) for place in places]
        return SearchPage(
            tuple(key for key, _ in found), tuple(document for _, document in found), total
        )

    def _by_one(self, order: Order | None) -> tuple[int, list[Any]]:
        # There is no page of no documents to tantivy, and no offset behind the last one.
        limit = min(self._query.limit, self._searcher.num_docs)
        is_empty = limit == 0 or self._query.offset >= self._searcher.num_docs
        result = self._searcher.search(
            self._matches,
            limit=1 if is_empty else limit,
            offset=0 if is_empty else self._query.offset,
            **self._sorted(order),
        )
        return result.count, [] if is_empty else [place for _, place in result.hits]

    def _by_several(self) -> tuple[int, list[Any]]:
        """Compare all matching documents by their rank in each order."""
        by_id = self._all(None)
        ranks: list[dict[tuple[int, int], int]] = []
        for order in self._query.orders:
            rank: dict[tuple[int, int], int] = {}
            last, number = None, -1
            for written, place in self._all(order):
                value = indexed.value_of(written, is_ascending=order.is_ascending)
                if number < 0 or value != last:
                    last, number = value, number + 1
                rank[place.segment_ord, place.doc] = number
            ranks.append(rank)
        # Sorting is stable, so ties stay in the order of the ids.
        by_id.sort(key=lambda hit: [rank[hit[1].segment_ord, hit[1].doc] for rank in ranks])
        return len(by_id), self._page([place for _, place in by_id])

    def _by_relevance(self) -> tuple[int, list[Any]]:
        result = self._searcher.search(self._matches, limit=self._searcher.num_docs)
        scores = {(place.segment_ord, place.doc): score for score, place in result.hits}
        places = [place for _, place in self._all(None)]
        places.sort(key=lambda place: -scores[place.segment_ord, place.doc])
        return len(places), self._page(places)

    def _page(self, places: list[Any]) -> list[Any]:
        return places[self._query.offset : self._query.offset + self._query.limit]

    def _all(self, order: Order | None) -> list[tuple[str, Any]]:
        limit = self._searcher.num_docs
        hits = self._searcher.search(self._matches, limit=limit, **self._sorted(order)).hits
        return list(hits)

    def _sorted(self, order: Order | None) -> dict[str, Any]:
        if order is None:
            return {"order_by_field": "id", "order": self._tantivy.Order.Asc}
        column = self._generation.columns[order.field]
        if order.is_ascending:
            return {"order_by_field": f"{column}_up", "order": self._tantivy.Order.Asc}
        return {"order_by_field": f"{column}_down", "order": self._tantivy.Order.Desc}

    def _compiled(self) -> Any:
        make = self._tantivy.Query
        must = [self._equal(each) for each in self._query.conditions]
        if self._query.text is not None:
            must += [self._word(word) for word in dict.fromkeys(_words(self._query.text))]
        if not must:
            return make.all_query()
        return make.boolean_query([(self._tantivy.Occur.Must, each) for each in must])

    def _equal(self, condition: Condition) -> Any:
        make = self._tantivy.Query
        kind = self._generation.fields[condition.field]
        values = (indexed.normal(kind, value) for value in condition.values)
        # A value of another kind equals none, and so does what no document can hold.
        terms = {
            indexed.term(value)
            for value in values
            if value is not None and (not isinstance(value, str) or _is_text(value))
        }
        if not terms:
            return make.empty_query()
        column = f"{self._generation.columns[condition.field]}_term"
        # Equality says nothing about relevance.
        return make.const_score_query(
            make.term_set_query(self._generation.schema, column, sorted(terms)), 0.0
        )

    def _word(self, word: str) -> Any:
        make = self._tantivy.Query
        fields = [
            f"{self._generation.columns[field]}_words"
            for field, kind in sorted(self._generation.fields.items())
            if kind == "text"
        ]
        if not fields:
            return make.empty_query()
        either = [
            (
                self._tantivy.Occur.Should,
                make.term_query(self._generation.schema, field, word),
            )
            for field in fields
        ]
        return make.boolean_query(either)


def _tantivy() -> Any:
    """Import tantivy when it is needed."""
    try:
        import tantivy
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The embedded search needs the package 'tantivy', which is not installed.\n"
            "Run: pip install 'glue-api-core[search]'"
        ) from error
    return tantivy


def _analyzer() -> Any:
    tantivy = _tantivy()
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.lowercase())
        .build()
    )


def _words(text: str) -> list[str]:
    """Split a text into words, as the text fields are; half surrogates separate words."""
    words: list[str] = _analyzer().analyze(text.encode("utf-8", "replace").decode())
    return words


def _open(folder: Path, fields: Mapping[str, FieldKind], *, make: bool) -> _Generation:
    tantivy = _tantivy()
    columns = {field: f"f{number}" for number, field in enumerate(sorted(fields))}
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("document", stored=True)
    for field, column in columns.items():
        builder.add_text_field(f"{column}_term", tokenizer_name="raw", index_option="basic")
        for order in ("up", "down"):
            builder.add_text_field(
                f"{column}_{order}", fast=True, tokenizer_name="raw", index_option="basic"
            )
        if fields[field] == "text":
            builder.add_text_field(f"{column}_words", tokenizer_name=TOKENIZER)
    schema = builder.build()
    # Without "make" a folder that vanished must not come back empty.
    index = tantivy.Index(schema, path=str(folder)) if make else tantivy.Index.open(str(folder))
    index.register_tokenizer(TOKENIZER, _analyzer())
    # Readers look for writes themselves; a thread that watches would not live through a fork.
    index.config_reader("manual")
    return _Generation(folder.name, dict(fields), index, index.schema, columns)


def _row(index: SearchIndex, key: str, document: Mapping[str, Any]) -> _Row:
    indexed.check_id(index, key)
    values = indexed.values_of(index, key, document)
    try:
        stored = orjson.dumps((key, document))
    except TypeError as error:
        raise ValueError(
            f"The document {key!r} of the index {index.name!r} cannot be written as JSON: {error}."
        ) from error
    return _Row(key, stored, values)


def _document(generation: _Generation, row: _Row) -> Any:
    document = _tantivy().Document()
    document.add_text("key", indexed.term(row.key))
    document.add_text("id", row.key)
    document.add_bytes("document", row.stored)
    for field, column in generation.columns.items():
        values = row.values.get(field, ())
        first = values[0] if values else None
        document.add_text(f"{column}_up", indexed.ascending(first, row.key))
        document.add_text(f"{column}_down", indexed.descending(first, row.key))
        for value in values:
            document.add_text(f"{column}_term", indexed.term(value))
            if generation.fields[field] == "text":
                document.add_text(f"{column}_words", value)
    return document


def _delete(generation: _Generation, writer: Any, key: str) -> None:
    writer.delete_documents_by_term("key", indexed.term(key))


def _is_text(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _point(folder: Path, generation: _Generation) -> None:
    """Make a generation the present one, at once for everybody."""
    written = orjson.dumps(
        {"format": FORMAT, "generation": generation.name, "fields": dict(generation.fields)}
    )
    new = folder / "current.new"
    with new.open("wb") as file:
        file.write(written)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / "current")


def _sweep(folder: Path, keep: str | None) -> None:
    """Remove generations that are past, and those of writers that were killed."""
    for each in folder.iterdir():
        if each.is_dir() and each.name != keep:
            shutil.rmtree(each, ignore_errors=True)


@contextmanager
def _alone(path: Path, timeout: float) -> Iterator[None]:
    """Hold a lock that ends with its process, however that ends."""
    import fcntl

    end = time.monotonic() + timeout
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > end:
                    raise ServiceUnavailable(
                        "search", "another process writes to the index"
                    ) from error
                time.sleep(0.01)
        yield


@contextmanager
def _errors() -> Iterator[None]:
    """Make what tantivy and the file system raise a `ServiceUnavailable`."""
    try:
        yield
    except OSError as error:
        raise ServiceUnavailable("search", str(error)) from error
    except ValueError as error:
        raise ServiceUnavailable("search", f"the index cannot be used: {error}") from error
