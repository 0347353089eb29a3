"""What every implementation of a service must do: suites to subclass.

Subclass a suite in a test module and provide the fixture ``opener``. Its value is a callable that
can be pickled, because some rules are about several processes: each call opens the same data.

    class TestMyStorage(StorageCompliance):
        @pytest.fixture
        def opener(self, tmp_path):
            return functools.partial(MyStorage, f"mine:///{tmp_path}/data")
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from glue_core.errors import ServiceUnavailable
from glue_core.services.broker import Broker, Message
from glue_core.services.database import Database
from glue_core.services.search import Condition, Order, Search, SearchIndex, SearchQuery
from glue_core.services.services import Services
from glue_core.services.session import Sessions
from glue_core.services.storage import Storage
from glue_core.testing.processes import fresh_processes
from glue_core.work import Event, Work

__all__ = [
    "BrokerCompliance",
    "DatabaseCompliance",
    "SearchCompliance",
    "SessionCompliance",
    "StorageCompliance",
]

MANY = 2000
ODD_KEYS = (
    "",
    " ",
    "\0",
    "a\0b",
    "a",
    "A",
    "ä",
    "a\u0308",
    "%",
    "_",
    "'",
    '"',
    "\\",
    "a:b/c?d#e",
    "\n",
    "☃",
    "\uffff",
    "\U0001f600",
    "\U0010ffff",
    "x" * 2000,
)
"""Keys that some engine folds, cuts, escapes or orders in its own way."""

PROCESS_SECONDS = 60.0
KILLED_BATCH = 997
"""Documents in each batch of a writer that is killed."""


class StorageCompliance:
    """The rules of `glue_core.Storage`."""

    is_shared: ClassVar[bool] = True
    """Whether other processes see the documents; False leaves out the rules about processes."""

    @pytest.fixture
    def opener(self) -> Callable[[], Storage]:
        """Return a callable that can be pickled and opens one empty storage."""
        raise NotImplementedError("Provide the fixture 'opener' in the subclass.")

    @pytest.fixture
    def storage(self, opener: Callable[[], Storage]) -> Iterator[Storage]:
        """Open the storage and close it."""
        storage = opener()
        yield storage
        storage.close()

    @pytest.fixture
    def shared(self, opener: Callable[[], Storage]) -> Callable[[], Storage]:
        """Return the opener where other processes see the documents."""
        if not self.is_shared:
            pytest.skip("The documents live in this process alone.")
        return opener

    def test_unwritten_storage_is_empty(self, storage: Storage) -> None:
        """A storage that nobody wrote to answers every read with nothing."""
        assert storage.get("a") is None
        assert storage.get_many(["a", "b"]) == {}
        assert list(storage.keys("")) == []

    def test_delete_from_unwritten_storage(self, storage: Storage) -> None:
        """To delete from a storage that nobody wrote to is no error."""
        storage.delete_many(["a"])

        assert storage.get("a") is None

    def test_document_comes_back(self, storage: Storage) -> None:
        """A document comes back as JSON knows it, deep and in any script."""
        document = {
            "text": 'Grüße ☃ \U0001f600 \0 " \\ \n',
            "numbers": [0, -1, 2**53, 1.5, -0.25, 1e300],
            "others": [True, False, None, "", [], {}],
            "deep": {"ä": {"": [{"x": [[]]}]}},
        }
        storage.put_many({"a": document})

        assert storage.get("a") == document

    def test_put_replaces(self, storage: Storage) -> None:
        """A document replaces the one before it as a whole."""
        storage.put_many({"a": {"x": 1, "y": 2}})
        storage.put_many({"a": {"x": 3}})

        assert storage.get("a") == {"x": 3}

    @pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
    def test_odd_key(self, storage: Storage, key: str) -> None:
        """Every text is a key, and is equal to itself alone."""
        storage.put_many({key: {"key": key}})

        assert storage.get(key) == {"key": key}
        assert list(storage.keys("")) == [key]
        assert storage.get_many(list(ODD_KEYS)) == {key: {"key": key}}

    def test_get_many_leaves_out_what_is_missing(self, storage: Storage) -> None:
        """Keys without a document are left out, and a key may be asked for twice."""
        storage.put_many({"a": {"n": 1}, "b": {"n": 2}})

        assert storage.get_many(["b", "c", "a", "b"]) == {"a": {"n": 1}, "b": {"n": 2}}

    def test_nothing_to_do(self, storage: Storage) -> None:
        """Empty inputs do nothing."""
        storage.put_many({})
        storage.delete_many([])

        assert storage.get_many([]) == {}
        assert list(storage.keys("")) == []

    def test_delete(self, storage: Storage) -> None:
        """A deleted document is gone; a key without one is no error."""
        storage.put_many({"a": {}, "b": {}})
        storage.delete_many(["a", "c", "a"])

        assert storage.get("a") is None
        assert storage.get("b") == {}

    def test_many(self, storage: Storage) -> None:
        """Thousands of documents are written, read, listed and deleted at once."""
        documents = {f"k:{number:05}": {"n": number} for number in range(MANY)}
        storage.put_many(documents)

        assert storage.get_many(list(documents)) == documents
        assert list(storage.keys("k:")) == sorted(documents)
        storage.delete_many(list(documents))
        assert list(storage.keys("")) == []

    def test_keys_are_in_code_point_order(self, storage: Storage) -> None:
        """Keys come in the order of their code points, whatever the engine collates by."""
        storage.put_many({key: {} for key in ODD_KEYS})

        assert list(storage.keys("")) == sorted(ODD_KEYS)

    @pytest.mark.parametrize("prefix", ["a", "%", "_", "\\", "\0", "☃", "\U0010ffff", "zz"])
    def test_keys_with_prefix(self, storage: Storage, prefix: str) -> None:
        """Only keys that start with the prefix come; no letter of it is a pattern."""
        keys = [*ODD_KEYS, *(f"{key}{end}" for key in ODD_KEYS for end in ("x", "\U0010ffff"))]
        storage.put_many({key: {} for key in keys})

        wanted = sorted(key for key in set(keys) if key.startswith(prefix))
        assert list(storage.keys(prefix)) == wanted

    def test_keys_while_writing(self, storage: Storage) -> None:
        """Keys can be deleted while they are listed: each that was there comes once."""
        storage.put_many({f"{number:05}": {} for number in range(MANY)})
        seen = []
        for key in storage.keys(""):
            seen.append(key)
            if len(seen) % 500 == 0:
                storage.delete_many(seen)

        assert seen == [f"{number:05}" for number in range(MANY)]

    @pytest.mark.parametrize("bad", [object(), "\ud800", 2**70], ids=["object", "surrogate", "big"])
    def test_bad_document_writes_nothing(self, storage: Storage, bad: object) -> None:
        """A document that is no JSON is a ValueError that names its key, and nothing is written."""
        with pytest.raises(ValueError, match="'bad'"):
            storage.put_many({"good": {}, "bad": {"x": bad}})

        assert storage.get("good") is None

    def test_document_lives_for_a_while(self, storage: Storage) -> None:
        """What was written for some seconds is there until they are over, and gone afterwards."""
        storage.put_many({"short": {}, "also": {}}, 0.001)
        storage.put_many({"long": {"n": 1}}, 3600)
        time.sleep(0.05)

        assert storage.get("short") is None
        assert storage.get_many(["short", "long", "also"]) == {"long": {"n": 1}}
        assert list(storage.keys("")) == ["long"]

    def test_put_forgets_the_lifetime(self, storage: Storage) -> None:
        """A document that replaces one with an end has the end that it was written with: none."""
        storage.put_many({"a": {"n": 1}}, 0.2)
        storage.put_many({"a": {"n": 2}})
        time.sleep(0.3)

        assert storage.get("a") == {"n": 2}

    @pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
    def test_bad_lifetime(self, storage: Storage, seconds: float) -> None:
        """A lifetime that is no number of seconds above 0 is a ValueError."""
        with pytest.raises(ValueError, match="seconds above 0"):
            storage.put_many({"a": {}}, seconds)
        with pytest.raises(ValueError, match="seconds above 0"):
            storage.increment("a", seconds)

    def test_increment(self, storage: Storage) -> None:
        """Each key is counted by itself, from 1, and its counter is a document like others."""
        counts = [storage.increment(key, 3600) for key in ("a", "a", "b", "a")]

        assert counts == [1, 2, 1, 3]
        assert storage.get("a") == {"count": 3}
        storage.delete_many(["a"])
        assert storage.increment("a", 3600) == 1

    @pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
    def test_increment_of_odd_key(self, storage: Storage, key: str) -> None:
        """Every text is the key of a counter of its own."""
        assert storage.increment(key, 3600) == 1
        assert storage.increment(key, 3600) == 2
        assert storage.increment(f"{key}.", 3600) == 1

    def test_long_count(self, storage: Storage) -> None:
        """A counter goes on beyond its first digits."""
        counts = [storage.increment("a", 3600) for _ in range(25)]

        assert counts == list(range(1, 26))

    @pytest.mark.parametrize("document", [{}, {"count": "x"}, {"count": 7, "more": 1}, {"n": 5}])
    def test_increment_of_a_document(self, storage: Storage, document: dict[str, Any]) -> None:
        """A document that is no counter is replaced by one."""
        storage.put_many({"a": document}, 3600)

        assert storage.increment("a", 3600) == 1
        assert storage.get("a") == {"count": 1}

    def test_counter_ends(self, storage: Storage) -> None:
        """A counter whose time is over begins anew, and counting did not prolong it."""
        storage.increment("a", 1)
        storage.increment("a", 3600)
        time.sleep(1.1)

        assert storage.get("a") is None
        assert storage.increment("a", 3600) == 1

    def test_replace(self, storage: Storage) -> None:
        """A document is replaced where there is one, and given a lifetime of its own."""
        storage.put_many({"a": {"n": 1}}, 1)

        assert storage.replace("a", {"n": 2}, 3600)
        time.sleep(1.1)
        assert storage.get("a") == {"n": 2}

    @pytest.mark.parametrize("seconds", [None, 3600])
    def test_replace_makes_nothing(self, storage: Storage, seconds: float | None) -> None:
        """Where there is no document, or one that has expired, none is written."""
        assert not storage.replace("a", {}, seconds)
        storage.put_many({"b": {}}, 0.001)
        time.sleep(0.05)

        assert not storage.replace("b", {}, seconds)
        assert storage.get_many(["a", "b"]) == {}

    def test_take(self, storage: Storage) -> None:
        """A document can be taken once; one that is not there, or has expired, cannot."""
        assert storage.take("a") is None
        storage.put_many({"a": {"n": 1}, "b": {}})
        storage.put_many({"c": {}}, 0.001)
        time.sleep(0.05)

        assert [storage.take(key) for key in ("a", "a", "c")] == [{"n": 1}, None, None]
        assert list(storage.keys("")) == ["b"]

    def test_threads_take(self, storage: Storage) -> None:
        """Of threads that take one document at once, one gets it."""
        storage.put_many({f"{number}": {} for number in range(20)})
        taken: list[object] = []
        in_threads(4, lambda _: taken.extend(storage.take(f"{n}") for n in range(20)))

        assert sum(each is not None for each in taken) == 20

    def test_threads_count(self, storage: Storage) -> None:
        """Threads that count at once each get a number of their own."""
        counts: list[int] = []
        in_threads(4, lambda _: counts.extend(storage.increment("a", 3600) for _ in range(25)))

        assert sorted(counts) == list(range(1, 101))

    def test_processes_count(self, shared: Callable[[], Storage], storage: Storage) -> None:
        """Processes that count at once lose nothing."""
        in_processes(3, _storage_counts, shared)

        assert storage.get("a") == {"count": 60}

    def test_check(self, storage: Storage) -> None:
        """A storage that answers passes its check."""
        storage.check()

    def test_use_after_close(self, shared: Callable[[], Storage]) -> None:
        """A closed storage opens again."""
        storage = shared()
        storage.put_many({"a": {}})
        storage.close()

        assert storage.get("a") == {}
        storage.close()

    def test_threads(self, storage: Storage) -> None:
        """Threads write and read at once, and nothing is lost."""

        def write(worker: int) -> None:
            for number in range(20):
                storage.put_many({f"{worker}:{number}": {"n": number}})
                assert storage.get(f"{worker}:{number}") == {"n": number}

        in_threads(4, write)

        assert len(list(storage.keys(""))) == 80

    def test_no_half_written_batch_is_seen(self, storage: Storage) -> None:
        """Who reads while a batch is written sees all of it or nothing."""
        keys = [f"{number}" for number in range(50)]
        storage.put_many({key: {"n": 0} for key in keys})
        done = threading.Event()
        seen: list[set[int]] = []

        def work(worker: int) -> None:
            if worker == 0:
                for number in range(1, 30):
                    storage.put_many({key: {"n": number} for key in keys})
                done.set()
            else:
                while not done.is_set():
                    seen.append({each["n"] for each in storage.get_many(keys).values()})

        in_threads(2, work)

        assert all(len(numbers) == 1 for numbers in seen)

    def test_processes(self, shared: Callable[[], Storage], storage: Storage) -> None:
        """Processes that begin to write at once make the storage once and lose nothing."""
        in_processes(3, _storage_writes, shared)

        assert len(list(storage.keys(""))) == 60

    def test_fork(self, shared: Callable[[], Storage], storage: Storage) -> None:
        """A storage that was used before a fork serves both processes after it."""
        in_processes(1, _storage_forks, shared)

        assert sorted(storage.keys("")) == ["child", "parent", "parent after"]


class SessionCompliance:
    """The rules of `glue_core.Sessions`."""

    @pytest.fixture
    def opener(self) -> Callable[[], Sessions]:
        """Return a callable that can be pickled and opens the same sessions."""
        raise NotImplementedError("Provide the fixture 'opener' in the subclass.")

    @pytest.fixture
    def sessions(self, opener: Callable[[], Sessions]) -> Iterator[Sessions]:
        """Open the sessions and close them."""
        sessions = opener()
        yield sessions
        sessions.close()

    def test_data_comes_back(self, sessions: Sessions) -> None:
        """What is remembered comes back as JSON knows it, for each session its own."""
        first = sessions.create({"cart": ["ä", 1.5, None, {"x": []}]}, 3600)
        second = sessions.create({}, 3600)

        assert sessions.read(first) == {"cart": ["ä", 1.5, None, {"x": []}]}
        assert sessions.read(second) == {}

    def test_ids(self, sessions: Sessions) -> None:
        """Ids are different each time, too long to guess, and fit into a cookie."""
        ids = {sessions.create({}, 3600) for _ in range(50)}

        assert len(ids) == 50
        assert all(re.fullmatch(r"[A-Za-z0-9_-]{32,}", each) for each in ids)

    def test_write(self, sessions: Sessions) -> None:
        """What is written takes the place of what was remembered."""
        id_ = sessions.create({"a": 1, "b": 2}, 3600)

        assert sessions.write(id_, {"c": 3}, 3600)
        assert sessions.read(id_) == {"c": 3}

    def test_write_prolongs(self, sessions: Sessions) -> None:
        """A session that is written lives from then on."""
        id_ = sessions.create({}, 1)
        sessions.write(id_, {"n": 1}, 3600)
        time.sleep(1.1)

        assert sessions.read(id_) == {"n": 1}

    @pytest.mark.parametrize("id_", ["x" * 43, *ODD_KEYS], ids=ascii)
    def test_id_is_not_chosen(self, sessions: Sessions, id_: str) -> None:
        """Nobody begins a session by an id of their own."""
        assert not sessions.write(id_, {"n": 1}, 3600)
        assert sessions.regenerate(id_, 3600) is None
        assert sessions.read(id_) is None

    def test_delete(self, sessions: Sessions) -> None:
        """A session that was ended is gone, and writing does not bring it back."""
        id_ = sessions.create({}, 3600)
        sessions.delete(id_)
        sessions.delete(id_)

        assert sessions.read(id_) is None
        assert not sessions.write(id_, {}, 3600)
        assert sessions.read(id_) is None

    def test_regenerate(self, sessions: Sessions) -> None:
        """A session goes on under another id, and the former one is of no more use."""
        former = sessions.create({"n": 1}, 3600)
        id_ = sessions.regenerate(former, 3600)

        assert id_ is not None
        assert id_ != former
        assert sessions.read(id_) == {"n": 1}
        assert sessions.read(former) is None
        assert sessions.regenerate(former, 3600) is None

    def test_expired(self, sessions: Sessions) -> None:
        """A session whose time is over is gone for whatever is asked of it."""
        id_ = sessions.create({}, 0.001)
        time.sleep(0.05)

        assert sessions.read(id_) is None
        assert not sessions.write(id_, {}, 3600)
        assert sessions.regenerate(id_, 3600) is None

    @pytest.mark.parametrize("seconds", [0, -1, float("nan")])
    def test_bad_lifetime(self, sessions: Sessions, seconds: float) -> None:
        """A lifetime that is no number of seconds above 0 is a ValueError."""
        with pytest.raises(ValueError, match="seconds above 0"):
            sessions.create({}, seconds)

    def test_bad_data(self, sessions: Sessions) -> None:
        """What is no JSON is a ValueError, and what was remembered stays."""
        id_ = sessions.create({"n": 1}, 3600)
        with pytest.raises(ValueError, match="JSON"):
            sessions.write(id_, {"n": object()}, 3600)

        assert sessions.read(id_) == {"n": 1}

    def test_one_of_several_regenerates(self, sessions: Sessions) -> None:
        """Of threads that regenerate one id at once, one gets a new id."""
        id_ = sessions.create({}, 3600)
        made: list[str | None] = []
        in_threads(4, lambda _: made.append(sessions.regenerate(id_, 3600)))

        assert sum(each is not None for each in made) == 1

    def test_ended_stays_ended(self, sessions: Sessions) -> None:
        """Who writes while a session is ended does not bring it back."""
        id_ = sessions.create({}, 3600)

        def work(worker: int) -> None:
            if worker == 0:
                sessions.delete(id_)
            else:
                while sessions.write(id_, {"n": worker}, 3600):
                    pass

        in_threads(3, work)

        assert sessions.read(id_) is None

    def test_shared(self, opener: Callable[[], Sessions], sessions: Sessions) -> None:
        """Another process sees a session and goes on with it."""
        id_ = sessions.create({"n": 0}, 3600)
        in_processes(1, _session_writes, opener, id_)

        assert sessions.read(id_) == {"n": 1}

    def test_check(self, sessions: Sessions) -> None:
        """Sessions that answer pass their check."""
        sessions.check()


class SearchCompliance:
    """The rules of `glue_core.Search`."""

    index = SearchIndex(
        "things.de-de_1",
        {
            "sku": "keyword",
            "name": "text",
            "about": "text",
            "stock": "integer",
            "price": "number",
            "new": "boolean",
        },
    )
    things: ClassVar[dict[str, dict[str, Any]]] = {
        "a": {"sku": "S-1", "name": "Blue Camera", "stock": 3, "price": 1.5, "new": True},
        "b": {"sku": "s-1", "name": "blue camera", "stock": -2, "price": -7, "new": False},
        "c": {"sku": "S-10", "name": "Kamera, größer", "stock": 0, "price": 1.25, "extra": [{}]},
        "d": {"sku": "S-2", "name": "Äpfel", "about": "A camera? Fruit!", "stock": 3, "new": True},
        "e": {"name": "\U0001f600 tent", "price": 1e9, "stock": 2**60},
        "f": {"sku": "a\0b", "name": "\uffff tent", "price": 0.0, "new": False},
        "g": {"sku": None},
    }

    @pytest.fixture
    def opener(self) -> Callable[[], Search]:
        """Return a callable that can be pickled and opens one empty search."""
        raise NotImplementedError("Provide the fixture 'opener' in the subclass.")

    @pytest.fixture
    def search(self, opener: Callable[[], Search]) -> Iterator[Search]:
        """Open the search and close it."""
        search = opener()
        yield search
        search.close()

    @pytest.fixture
    def filled(self, search: Search) -> Search:
        """Return a search with some things in it."""
        search.put_many(self.index, self.things)
        return search

    def test_unwritten_index_is_empty(self, search: Search) -> None:
        """An index that nobody wrote to answers every question with nothing."""
        for query in (
            SearchQuery(),
            SearchQuery(text="a", orders=(Order("sku"),), offset=5),
            SearchQuery(conditions=(Condition("new", (True,)),), limit=0),
        ):
            page = search.find(self.index, query)
            assert (page.ids, page.documents, page.total) == ((), (), 0)

    def test_nothing_to_do(self, search: Search) -> None:
        """Empty inputs do nothing, and what is not there can be deleted."""
        search.put_many(self.index, {})
        search.delete_many(self.index, [])
        search.delete_many(self.index, ["a"])

        assert search.find(self.index, SearchQuery()).total == 0

    def test_documents_come_back(self, filled: Search) -> None:
        """Documents come as they were put, by id where no order is asked for."""
        page = filled.find(self.index, SearchQuery(limit=100))

        assert page.ids == tuple(sorted(self.things))
        assert list(page.documents) == [self.things[key] for key in page.ids]
        assert page.total == len(self.things)

    def test_put_replaces(self, filled: Search) -> None:
        """A document replaces the one with its id, also within the index."""
        filled.put_many(self.index, {"a": {"sku": "new"}})

        assert self._ids(filled, Condition("sku", ("S-1",))) == []
        assert self._ids(filled, Condition("sku", ("new",))) == ["a"]
        assert filled.find(self.index, SearchQuery(limit=0)).total == len(self.things)

    def test_delete(self, filled: Search) -> None:
        """Deleted documents are found no more; an id without one is no error."""
        filled.delete_many(self.index, ["a", "nobody", "c", "a"])

        page = filled.find(self.index, SearchQuery())
        assert page.ids == ("b", "d", "e", "f", "g")
        assert page.total == 5

    @pytest.mark.parametrize(
        ("condition", "ids"),
        [
            (Condition("sku", ("S-1",)), "a"),
            (Condition("sku", ("S-1", "S-2", "nothing")), "ad"),
            (Condition("sku", ("S",)), ""),
            (Condition("sku", ("a\0b",)), "f"),
            (Condition("sku", ("",)), ""),
            (Condition("sku", ()), ""),
            (Condition("name", ("blue camera",)), "b"),
            (Condition("name", ("camera",)), ""),
            (Condition("stock", (3,)), "ad"),
            (Condition("stock", (3.0, 2**60)), "ade"),
            (Condition("stock", (2**70,)), ""),
            (Condition("stock", ("3",)), ""),
            (Condition("price", (0,)), "f"),
            (Condition("price", (-0.0, 1.5)), "af"),
            (Condition("new", (True,)), "ad"),
            (Condition("new", (False,)), "bf"),
            (Condition("new", (True, False)), "abdf"),
            (Condition("new", (1,)), ""),
            (Condition("sku", ("* OR sku:S-1",)), ""),
        ],
        ids=repr,
    )
    def test_condition(self, filled: Search, condition: Condition, ids: str) -> None:
        """A condition holds for documents whose whole value equals one of its values."""
        assert self._ids(filled, condition) == list(ids)

    def test_all_conditions_hold(self, filled: Search) -> None:
        """Of several conditions all must hold, also two on one field."""
        conditions = (Condition("stock", (3,)), Condition("sku", ("S-2", "S-10")))

        assert self._ids(filled, *conditions) == ["d"]
        assert self._ids(filled, Condition("stock", (3,)), Condition("stock", (0,))) == []

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("camera", "abd"),
            ("CAMERA blue", "ab"),
            ("camera fruit", "d"),
            ("äpfel", "d"),
            ("GRÖSSER größer", ""),
            ("größer", "c"),
            ("cam", ""),
            ("S-1", ""),
            ('name:"x" OR *', ""),
            ("\0 tent", "ef"),
        ],
        ids=ascii,
    )
    def test_text(self, filled: Search, text: str, ids: str) -> None:
        """All words must be found, in any text fields and in either case; nothing is syntax."""
        page = filled.find(self.index, SearchQuery(text=text, limit=100))

        assert sorted(page.ids) == list(ids)
        assert page.total == len(ids)

    def test_text_without_words(self, filled: Search) -> None:
        """A text without words asks for nothing, so every document fits."""
        assert filled.find(self.index, SearchQuery(text="?! -")).total == len(self.things)

    def test_relevance_then_id(self, search: Search) -> None:
        """With a text and no order the most relevant come first, equals by id."""
        documents = {f"{number:02}": {"name": "some camera here"} for number in range(20)}
        search.put_many(self.index, documents)
        search.put_many(self.index, {"zz": {"name": "camera camera camera"}})

        page = search.find(self.index, SearchQuery(text="camera", limit=30))
        assert page.ids == ("zz", *sorted(documents))

    @pytest.mark.parametrize("field", ["sku", "name", "about", "stock", "price", "new"])
    @pytest.mark.parametrize("is_ascending", [True, False], ids=["up", "down"])
    def test_order(self, filled: Search, field: str, is_ascending: bool) -> None:
        """One order is exact: by code point or number, missing last, ties by id."""
        order = Order(field, is_ascending)

        assert self._ordered(filled, order) == self._expected(order)

    @pytest.mark.parametrize("first", [True, False], ids=["up", "down"])
    @pytest.mark.parametrize("second", [True, False], ids=["up", "down"])
    def test_several_orders(self, filled: Search, first: bool, second: bool) -> None:
        """The second order decides where the first has equals; then the id does."""
        orders = Order("new", first), Order("stock", second), Order("name", first)

        assert self._ordered(filled, *orders) == self._expected(*orders)

    def test_pages_join_up(self, search: Search) -> None:
        """Pages of any order join up to the whole, although most values are equal."""
        documents = {f"{number:04}": {"stock": number % 3} for number in range(100)}
        search.put_many(self.index, documents)
        for orders in ((), (Order("stock", False),), (Order("stock"), Order("sku"))):
            whole = search.find(self.index, SearchQuery(orders=orders, limit=100)).ids
            pages = [
                search.find(self.index, SearchQuery(orders=orders, offset=start, limit=7))
                for start in range(0, 105, 7)
            ]
            assert tuple(key for page in pages for key in page.ids) == whole
            assert {page.total for page in pages} == {100}

    @pytest.mark.parametrize("text", [None, "camera"])
    @pytest.mark.parametrize("orders", [(), (Order("sku"),), (Order("sku"), Order("name"))])
    def test_page_outside(
        self, filled: Search, text: str | None, orders: tuple[Order, ...]
    ) -> None:
        """A page of no documents and one behind the end are empty and know the total."""
        total = 3 if text else len(self.things)
        for offset, limit in ((0, 0), (total, 5), (10**9, 10**9)):
            page = filled.find(
                self.index, SearchQuery(text=text, orders=orders, offset=offset, limit=limit)
            )
            assert (page.ids, page.total) == ((), total)

    @pytest.mark.parametrize(
        "query",
        [
            SearchQuery(conditions=(Condition("nothing", ("x",)),)),
            SearchQuery(orders=(Order("nothing"),)),
            SearchQuery(orders=(Order("extra"),)),
            SearchQuery(offset=-1),
            SearchQuery(limit=-1),
        ],
        ids=["condition", "order", "undeclared", "offset", "limit"],
    )
    def test_bad_query(self, filled: Search, query: SearchQuery) -> None:
        """An undeclared field or a negative number is a ValueError."""
        with pytest.raises(ValueError, match=r"nothing|extra|negative"):
            filled.find(self.index, query)

    @pytest.mark.parametrize(
        "document",
        [
            {"stock": "3"},
            {"stock": 1.5},
            {"stock": True},
            {"stock": 2**63},
            {"price": "1"},
            {"price": float("nan")},
            {"new": 1},
            {"sku": 5},
            {"name": ["x", 5]},
            {"name": "\ud800"},
            {"extra": object()},
        ],
        ids=[
            *("text-integer", "fraction-integer", "boolean-integer", "big-integer"),
            *("text-number", "nan", "integer-boolean", "integer-keyword"),
            *("integer-in-list", "surrogate", "no-json"),
        ],
    )
    def test_bad_document_writes_nothing(self, filled: Search, document: dict[str, Any]) -> None:
        """A value that does not fit is a ValueError that names it, and nothing is written."""
        with pytest.raises(ValueError, match="bad"):
            filled.put_many(self.index, {"good": {}, "bad": document})

        assert filled.find(self.index, SearchQuery(limit=0)).total == len(self.things)

    @pytest.mark.parametrize("name", ["", "A", "a/b", "..", "ä", "a b"])
    def test_bad_index_name(self, search: Search, name: str) -> None:
        """A name that is no name of an index is a ValueError."""
        with pytest.raises(ValueError, match="name of the index"):
            search.put_many(SearchIndex(name, {}), {"a": {}})

    def test_list_of_values(self, search: Search) -> None:
        """A condition holds when one value of a list is equal."""
        search.put_many(self.index, {"a": {"sku": ["x", "y"]}, "b": {"sku": ["y"]}, "c": {}})

        assert self._ids(search, Condition("sku", ("x",))) == ["a"]
        assert self._ids(search, Condition("sku", ("y",))) == ["a", "b"]

    @pytest.mark.parametrize("key", [*(key for key in ODD_KEYS if key), "y" * 1000][:19], ids=ascii)
    def test_odd_id(self, search: Search, key: str) -> None:
        """Ids of any script are kept, replaced and deleted alone."""
        key = key[:1000]
        search.put_many(self.index, {key: {"n": 1}, "other": {}})
        search.put_many(self.index, {key: {"n": 2}})

        page = search.find(self.index, SearchQuery())
        assert dict(zip(page.ids, page.documents, strict=True)) == {key: {"n": 2}, "other": {}}
        search.delete_many(self.index, [key])
        assert search.find(self.index, SearchQuery()).ids == ("other",)

    def test_long_values(self, search: Search) -> None:
        """Equality takes the whole of a value, however long, and so do its words."""
        long = "x" * 100_000
        search.put_many(
            self.index, {"a": {"sku": f"{long}1"}, "b": {"sku": f"{long}2", "name": "w " * 50_000}}
        )

        assert self._ids(search, Condition("sku", (f"{long}2",))) == ["b"]
        assert search.find(self.index, SearchQuery(text="w")).ids == ("b",)

    def test_indexes_are_apart(self, filled: Search) -> None:
        """Two indexes share nothing."""
        other = SearchIndex("things.de-de_2", self.index.fields)
        filled.put_many(other, {"a": {"sku": "other"}})
        filled.delete_many(other, ["b"])

        assert filled.find(other, SearchQuery()).total == 1
        assert filled.find(self.index, SearchQuery()).total == len(self.things)

    def test_changed_index_is_empty_until_written(self, filled: Search) -> None:
        """An index whose fields changed answers nothing until it is written anew."""
        changed = SearchIndex(self.index.name, {"sku": "keyword", "colour": "keyword"})
        assert filled.find(changed, SearchQuery()).total == 0

        filled.put_many(changed, {"a": {"colour": "red"}})

        found = filled.find(changed, SearchQuery(conditions=(Condition("colour", ("red",)),)))
        assert (found.ids, found.total) == (("a",), 1)
        assert filled.find(changed, SearchQuery()).total == 1

    def test_many(self, search: Search) -> None:
        """Thousands of documents are written at once and paged exactly."""
        search.put_many(self.index, {f"{number:05}": {"stock": -number} for number in range(MANY)})

        page = search.find(self.index, SearchQuery(orders=(Order("stock"),), offset=MANY - 2))
        assert (page.ids, page.total) == (("00001", "00000"), MANY)

    def test_use_after_close(self, filled: Search) -> None:
        """A closed search opens again."""
        filled.close()

        assert filled.find(self.index, SearchQuery()).total == len(self.things)

    def test_check(self, search: Search) -> None:
        """A search that answers passes its check."""
        search.check()

    def test_threads(self, search: Search) -> None:
        """Threads write in turns and read at once; who wrote finds it."""

        def work(worker: int) -> None:
            for number in range(4):
                search.put_many(self.index, {f"{worker}:{number}": {"sku": f"{worker}"}})
                found = search.find(
                    self.index, SearchQuery(conditions=(Condition("sku", (f"{worker}",)),))
                )
                assert found.total == number + 1

        in_threads(3, work)

        assert search.find(self.index, SearchQuery(limit=0)).total == 12

    def test_another_process_writes(self, opener: Callable[[], Search], search: Search) -> None:
        """A reader sees what another process wrote with its next question."""
        search.put_many(self.index, {"mine": {}})
        assert search.find(self.index, SearchQuery()).total == 1

        in_processes(1, _search_writes, opener, self.index)

        assert search.find(self.index, SearchQuery()).ids == ("0", "mine")

    def test_killed_writer(self, opener: Callable[[], Search], filled: Search) -> None:
        """A process that is killed while it writes leaves whole batches, and blocks nobody."""
        with pytest.raises(AssertionError, match="-9"):
            in_processes(1, _search_is_killed, opener, self.index)
        total = filled.find(self.index, SearchQuery(limit=0)).total
        assert (total - len(self.things)) % KILLED_BATCH == 0

        filled.put_many(self.index, {"after": {}})

        assert filled.find(self.index, SearchQuery(limit=0)).total == total + 1

    def test_fork(self, opener: Callable[[], Search], search: Search) -> None:
        """A search that was used before a fork serves both processes after it."""
        in_processes(1, _search_forks, opener, self.index)

        assert search.find(self.index, SearchQuery()).ids == ("child", "parent", "parent after")

    def _ids(self, search: Search, *conditions: Condition) -> list[str]:
        page = search.find(self.index, SearchQuery(conditions=conditions, limit=100))
        assert page.total == len(page.ids)
        return list(page.ids)

    def _ordered(self, search: Search, *orders: Order) -> list[str]:
        return list(search.find(self.index, SearchQuery(orders=orders, limit=100)).ids)

    def _expected(self, *orders: Order) -> list[str]:
        """Sort as the rule says, with Python's own stable sort from the last order to the first."""
        ids = sorted(self.things)
        for order in reversed(orders):
            having = [key for key in ids if self.things[key].get(order.field) is not None]
            lacking = [key for key in ids if key not in having]
            having.sort(
                key=lambda key, field=order.field: self.things[key][field],  # type: ignore[misc]
                reverse=not order.is_ascending,
            )
            ids = having + lacking
        return ids


class DatabaseCompliance:
    """The rules of `glue_core.Database` and `glue_core.UnitOfWork`."""

    is_shared: ClassVar[bool] = True
    """Whether other processes and threads have connections of their own."""

    table = sa.table("compliance", sa.column("name", sa.Text))

    @pytest.fixture
    def opener(self) -> Callable[[], Services]:
        """Return a callable that can be pickled and opens services on one migrated database."""
        raise NotImplementedError("Provide the fixture 'opener' in the subclass.")

    @pytest.fixture
    def services(self, opener: Callable[[], Services]) -> Iterator[Services]:
        """Open the services and close them."""
        services = opener()
        yield services
        services.close()

    @pytest.fixture
    def database(self, services: Services) -> Database:
        """Return the database with a table to write to."""
        with services.database.work() as work:
            work.session.execute(sa.text("CREATE TABLE compliance (name TEXT NOT NULL UNIQUE)"))
        return services.database

    @pytest.fixture
    def shared(self, opener: Callable[[], Services]) -> Callable[[], Services]:
        """Return the opener where other processes see the data."""
        if not self.is_shared:
            pytest.skip("The database lives in this process alone.")
        return opener

    def test_commit(self, database: Database) -> None:
        """What a unit of work wrote is there after it."""
        with database.work() as work:
            self._write(work, "ä ☃ \U0001f600")

        assert self._names(database) == ["ä ☃ \U0001f600"]

    def test_rollback(self, database: Database, services: Services) -> None:
        """A unit of work that raises leaves nothing: no row, no event, no call."""
        called: list[str] = []
        with undone(), database.work() as work:
            self._write(work, "a")
            work.publish(Event("e", "a"))
            work.after_commit(lambda: called.append("called"))
            raise Undo

        assert self._names(database) == []
        assert services.broker.counts()["waiting"] == 0
        assert called == []

    def test_unused_unit(self, database: Database) -> None:
        """A unit that was never used commits, rolls back and closes."""
        unit = database.start(writes=True)
        unit.commit()
        unit.rollback()
        unit.close()
        unit.close()

    def test_units_commit_more_than_once(self, database: Database) -> None:
        """A unit may be used again after a commit; only what follows is undone."""
        with undone(), database.work() as work:
            self._write(work, "a")
            work.commit()
            self._write(work, "b")
            raise Undo

        assert self._names(database) == ["a"]

    def test_close_undoes(self, database: Database) -> None:
        """Closing a unit undoes what was not committed."""
        unit = database.start(writes=True)
        self._write(unit, "a")
        unit.close()

        assert self._names(database) == []

    def test_events_belong_to_the_transaction(self, database: Database, services: Services) -> None:
        """Events are there with the commit, in the order in which they were published."""
        with database.work() as work:
            work.publish(Event("e", "1", {"ä": [None, 1.5]}))
            work.publish(Event("e", "2"))

        events = [message.event for message in services.broker.lease(10, 60)]
        assert events == [Event("e", "1", {"ä": [None, 1.5]}), Event("e", "2")]

    def test_reading_unit_publishes_nothing(self, database: Database) -> None:
        """A unit that only reads refuses an event at once."""
        with pytest.raises(RuntimeError, match="only reads"), database.work(writes=False) as work:
            work.publish(Event("e", "1"))

    def test_after_commit(self, database: Database) -> None:
        """Calls run in order once the data is there; one that raises spoils nothing."""
        seen: list[list[str]] = []

        def fail() -> None:
            raise RuntimeError

        with database.work() as work:
            self._write(work, "a")
            work.after_commit(fail)
            work.after_commit(lambda: seen.append(self._names(database)))
            assert seen == []

        assert seen == [["a"]]

    def test_savepoint(self, database: Database, services: Services) -> None:
        """A savepoint undoes only what happened inside, events and calls included."""
        called: list[str] = []
        with database.work() as work:
            self._write(work, "before")
            with undone(), work.savepoint():
                self._write(work, "inside")
                work.publish(Event("e", "inside"))
                work.after_commit(lambda: called.append("inside"))
                raise Undo
            with work.savepoint():
                self._write(work, "kept")
                work.publish(Event("e", "kept"))
                work.after_commit(lambda: called.append("kept"))

        assert self._names(database) == ["before", "kept"]
        assert [each.event.key for each in services.broker.lease(10, 60)] == ["kept"]
        assert called == ["kept"]

    def test_failed_statement_in_savepoint(self, database: Database) -> None:
        """A violated constraint inside a savepoint leaves the transaction usable."""
        with database.work() as work:
            self._write(work, "a")
            with pytest.raises(sa.exc.IntegrityError), work.savepoint():
                self._write(work, "a")
            self._write(work, "b")

        assert self._names(database) == ["a", "b"]

    @pytest.mark.parametrize("touch", ["nothing", "read", "write"])
    @pytest.mark.parametrize("writes", [True, False], ids=["writing", "reading"])
    def test_apart_survives(
        self, database: Database, services: Services, touch: str, writes: bool
    ) -> None:
        """What is done apart stays when the unit is rolled back, whatever the unit did before."""
        called: list[str] = []
        if touch == "write" and not writes:
            pytest.skip("A unit that only reads does not write.")
        with undone(), database.work(writes=writes) as work:
            if touch == "read":
                work.session.execute(sa.select(self.table)).all()
            if touch == "write":
                self._write(work, "undone")

            def do(apart: Work) -> None:
                self._write(apart, "audit")
                apart.publish(Event("e", "audit"))
                apart.after_commit(lambda: called.append("audit"))

            work.apart(do)
            raise Undo

        assert self._names(database) == ["audit"]
        assert [each.event.key for each in services.broker.lease(10, 60)] == ["audit"]
        assert called == ["audit"]

    def test_apart_is_there_once(self, database: Database) -> None:
        """What is done apart is there once when the unit commits as well."""
        with database.work() as work:
            self._write(work, "row")
            work.apart(lambda apart: self._write(apart, "audit"))

        assert self._names(database) == ["audit", "row"]

    def test_apart_inside_savepoint(self, database: Database) -> None:
        """What is done apart survives a savepoint around it."""
        with database.work() as work:
            self._write(work, "row")
            with undone(), work.savepoint():
                self._write(work, "undone")
                work.apart(lambda apart: self._write(apart, "audit"))
                raise Undo

        assert self._names(database) == ["audit", "row"]

    def test_apart_that_raises(self, database: Database) -> None:
        """What raises apart leaves nothing of its own; the unit before it stays and tells of it."""

        def do(apart: Work) -> None:
            self._write(apart, "audit")
            raise Undo

        with undone(), database.work() as work:
            self._write(work, "row")
            work.apart(do)

        assert self._names(database) == ["row"]

    def test_savepoint_apart(self, database: Database) -> None:
        """A savepoint apart undoes its own part for good."""

        def do(apart: Work) -> None:
            self._write(apart, "audit")
            with undone(), apart.savepoint():
                self._write(apart, "undone")
                raise Undo

        with undone(), database.work() as work:
            self._write(work, "row")
            work.apart(do)
            raise Undo

        assert self._names(database) == ["audit"]

    def test_mistakes_are_no_outage(self, database: Database) -> None:
        """A statement that names a missing table is an error of the program."""
        with pytest.raises(sa.exc.DatabaseError), database.work(writes=False) as work:
            work.session.execute(sa.text("SELECT * FROM missing"))

    def test_check(self, database: Database) -> None:
        """A database that answers passes its check."""
        database.check()

    def test_use_after_close(self, shared: Callable[[], Services], database: Database) -> None:
        """A closed database opens again."""
        database.close()

        assert self._names(database) == []

    def test_reading_unit_writes_nothing(
        self, shared: Callable[[], Services], database: Database
    ) -> None:
        """A unit that only reads cannot write."""
        with (
            pytest.raises((sa.exc.DatabaseError, ServiceUnavailable)),
            database.work(writes=False) as work,
        ):
            self._write(work, "a")

        assert self._names(database) == []

    def test_readers_do_not_wait(self, shared: Callable[[], Services], database: Database) -> None:
        """Who reads while somebody writes sees the state before, at once."""
        with database.work() as work:
            self._write(work, "a")
            assert self._names(database) == []

        assert self._names(database) == ["a"]

    def test_threads(self, database: Database) -> None:
        """Threads that read and then write in one unit lose no update."""
        with database.work() as work:
            work.session.execute(sa.text("CREATE TABLE counter (value INTEGER NOT NULL)"))
            work.session.execute(sa.text("INSERT INTO counter VALUES (0)"))

        def count(_worker: int) -> None:
            for _ in range(10):
                with database.work() as work:
                    work.session.execute(sa.text("UPDATE counter SET value = value + 1"))

        in_threads(4, count)

        with database.work(writes=False) as work:
            assert work.session.execute(sa.text("SELECT value FROM counter")).scalar() == 40

    def test_killed_before_commit(
        self, shared: Callable[[], Services], database: Database, services: Services
    ) -> None:
        """A process that is killed before its commit leaves neither row nor event."""
        with pytest.raises(AssertionError, match="-9"):
            in_processes(1, _database_is_killed, shared, False)

        assert self._names(database) == []
        assert services.broker.counts()["waiting"] == 0

    def test_killed_after_commit(
        self, shared: Callable[[], Services], database: Database, services: Services
    ) -> None:
        """A process that is killed right after its commit loses neither row nor event."""
        with pytest.raises(AssertionError, match="-9"):
            in_processes(1, _database_is_killed, shared, True)

        assert self._names(database) == ["killed"]
        assert services.broker.counts()["waiting"] == 1

    def test_fork(self, shared: Callable[[], Services], database: Database) -> None:
        """A database that was used before a fork serves both processes after it."""
        in_processes(1, _database_forks, shared)

        assert self._names(database) == ["child", "parent", "parent after"]

    def _write(self, work: Any, name: str) -> None:
        work.session.execute(sa.insert(self.table).values(name=name))

    def _names(self, database: Database) -> list[str]:
        with database.work(writes=False) as work:
            return sorted(work.session.execute(sa.select(self.table.c.name)).scalars())


def _hold(opener: Callable[[], Services]) -> None:
    """Lease everything for long, and die."""
    opener().broker.lease(10, 3600)
    os.kill(os.getpid(), signal.SIGKILL)


class BrokerCompliance:
    """The rules of `glue_core.Broker`."""

    is_shared: ClassVar[bool] = True
    """Whether other processes see the messages."""

    @pytest.fixture
    def opener(self) -> Callable[[], Services]:
        """Return a callable that can be pickled and opens services on one migrated database."""
        raise NotImplementedError("Provide the fixture 'opener' in the subclass.")

    @pytest.fixture
    def services(self, opener: Callable[[], Services]) -> Iterator[Services]:
        """Open the services and close them."""
        services = opener()
        yield services
        services.close()

    @pytest.fixture
    def broker(self, services: Services) -> Broker:
        """Return the broker."""
        return services.broker

    @pytest.fixture
    def shared(self, opener: Callable[[], Services]) -> Callable[[], Services]:
        """Return the opener where other processes see the messages."""
        if not self.is_shared:
            pytest.skip("The messages live in this process alone.")
        return opener

    def test_empty(self, broker: Broker) -> None:
        """A broker without messages has nothing to lease and counts none."""
        assert list(broker.lease(10, 60)) == []
        assert broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}

    def test_nothing_to_do(self, services: Services, broker: Broker) -> None:
        """Empty inputs do nothing."""
        with services.database.work() as work:
            broker.publish(work.session, [])
        broker.acknowledge([])
        broker.refuse([], "why", 1)
        broker.release([], 1)

        assert broker.counts()["waiting"] == 0

    def test_event_comes_back(self, services: Services, broker: Broker) -> None:
        """A message holds its event as it was published, at its first attempt."""
        event = Event("a.ä", "key ☃ \n", {"text": '\0 " ä', "list": [1, 1.5, None, {"x": []}]})
        _publish(services, event)

        (message,) = broker.lease(10, 60)
        assert (message.event, message.attempts) == (event, 1)

    @pytest.mark.parametrize("bad", ["a\0b", "\ud800"], ids=ascii)
    def test_bad_key(self, services: Services, broker: Broker, bad: str) -> None:
        """A key that not every engine can hold is a ValueError, and nothing is written."""
        with pytest.raises(ValueError, match="cannot be published"):
            _publish(services, Event("e", "good"), Event("e", bad))

        assert broker.counts()["waiting"] == 0

    def test_bad_payload(self, services: Services, broker: Broker) -> None:
        """A payload that is no JSON is a ValueError, and nothing is written."""
        with pytest.raises(ValueError, match="payload"):
            _publish(services, Event("e", "1", {"x": object()}))

        assert broker.counts()["waiting"] == 0

    def test_oldest_first(self, services: Services, broker: Broker) -> None:
        """Messages come in the order of writing, as many as were asked for; ids grow."""
        _publish(services, *(Event("e", f"{number}") for number in range(10)))

        first, second = broker.lease(4, 60), broker.lease(100, 60)
        assert [each.event.key for each in (*first, *second)] == [f"{n}" for n in range(10)]
        assert [each.id for each in (*first, *second)] == sorted(
            each.id for each in (*first, *second)
        )

    def test_twins_come_along(self, services: Services, broker: Broker) -> None:
        """Every free message of an event that is leased comes with it, however late it was."""
        others = (Event("e", f"{number}") for number in range(1200))
        _publish(services, Event("e", "a"), *others, Event("f", "a"), Event("e", "a", {"n": 2}))

        leased = broker.lease(1, 60)
        assert [(each.event.key, each.event.payload) for each in leased] == [
            ("a", {}),
            ("a", {"n": 2}),
        ]
        broker.acknowledge(leased)
        assert broker.counts() == {"waiting": 1201, "leased": 0, "set_aside": 0}

    def test_success_settles_what_was_set_aside(self, services: Services, broker: Broker) -> None:
        """A message that was set aside is gone once its event was handled after all."""
        _publish(services, Event("e", "1"), Event("e", "2"))
        while broker.counts()["waiting"]:
            broker.refuse(broker.lease(10, 60), "why", 0)
        assert broker.counts()["set_aside"] == 2

        _publish(services, Event("e", "1"))
        broker.acknowledge(broker.lease(10, 60))

        assert broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 1}

    def test_dead_holder_is_not_waited_for(
        self, shared: Callable[[], Services], services: Services, broker: Broker
    ) -> None:
        """What a process held that was killed is free again before its lease ends."""
        _publish(services, Event("e", "1"))
        process = fresh_processes().Process(target=_hold, args=(shared,))
        process.start()
        process.join()
        assert broker.counts()["leased"] == 1

        (message,) = broker.lease(10, 60)
        assert message.attempts == 2

    def test_leased_is_taken(self, services: Services, broker: Broker) -> None:
        """A leased message is nobody else's."""
        _publish(services, Event("e", "1"))
        broker.lease(1, 60)

        assert list(broker.lease(1, 60)) == []
        assert broker.counts() == {"waiting": 0, "leased": 1, "set_aside": 0}

    def test_acknowledged_is_gone(self, services: Services, broker: Broker) -> None:
        """An acknowledged message never comes again, and its id neither."""
        _publish(services, Event("e", "1"))
        (message,) = broker.lease(1, 60)
        broker.acknowledge([message])
        _publish(services, Event("e", "2"))

        (later,) = broker.lease(10, 60)
        assert later.event.key == "2"
        assert later.id > message.id

    def test_lease_that_ended(self, services: Services, broker: Broker) -> None:
        """A message whose lease ended is free again, at its second attempt."""
        _publish(services, Event("e", "1"))
        broker.lease(1, 0)

        (message,) = broker.lease(1, 60)
        assert message.attempts == 2

    def test_late_acknowledgement(self, services: Services, broker: Broker) -> None:
        """Who acknowledges after another took the message does not delete it."""
        _publish(services, Event("e", "1"))
        late = broker.lease(1, 0)
        broker.lease(1, 60)
        broker.acknowledge(late)
        broker.refuse(late, "late", 0)
        broker.release(late, 0)

        assert broker.counts() == {"waiting": 0, "leased": 1, "set_aside": 0}

    def test_refused_waits(self, services: Services, broker: Broker) -> None:
        """A refused message comes again only when its time has come."""
        _publish(services, Event("e", "1"), Event("e", "2"))
        first, second = broker.lease(2, 60)
        broker.refuse([first], "\0 ä \ud800", 60)
        broker.refuse([second], "now", 0)

        assert [each.event.key for each in broker.lease(10, 60)] == ["2"]
        assert broker.counts() == {"waiting": 1, "leased": 1, "set_aside": 0}

    def test_set_aside(self, services: Services, broker: Broker) -> None:
        """A message that is refused again and again is set aside, and not lost."""
        _publish(services, Event("e", "bad"))
        attempts = 0
        while messages := broker.lease(1, 60):
            attempts += 1
            assert attempts < 100
            broker.refuse(messages, "It is bad.", 0)

        assert attempts > 1
        assert broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 1}

    def test_abandoned_again_and_again(self, services: Services, broker: Broker) -> None:
        """A message that kills every worker is set aside as well."""
        _publish(services, Event("e", "deadly"))
        for _ in range(100):
            if not broker.lease(1, 0):
                break

        assert broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 1}

    def test_released_is_never_set_aside(self, services: Services, broker: Broker) -> None:
        """A message that was not at fault comes again however often it is given back."""
        _publish(services, Event("e", "1"))
        for _ in range(50):
            (message,) = broker.lease(1, 60)
            assert message.attempts == 1
            broker.release([message], 0)

        assert broker.counts() == {"waiting": 1, "leased": 0, "set_aside": 0}

    def test_many(self, services: Services, broker: Broker) -> None:
        """Thousands of messages are written, leased and acknowledged at once."""
        _publish(services, *(Event("e", f"{number}") for number in range(MANY)))

        messages = broker.lease(MANY, 60)
        assert len(messages) == MANY
        broker.acknowledge(messages)
        assert broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}

    def test_threads(self, services: Services, broker: Broker) -> None:
        """Threads that lease at once never hold the same message."""
        _publish(services, *(Event("e", f"{number}") for number in range(60)))
        taken: list[Message] = []

        def work(_worker: int) -> None:
            while messages := broker.lease(5, 60):
                taken.extend(messages)

        in_threads(4, work)

        assert sorted(int(each.event.key) for each in taken) == list(range(60))

    def test_processes(self, shared: Callable[[], Services], services: Services) -> None:
        """Two processes never both take one message, and together take all."""
        _publish(services, *(Event("e", f"{number}") for number in range(200)))
        with services.database.work() as work:
            work.session.execute(sa.text("CREATE TABLE taken (key TEXT NOT NULL UNIQUE)"))

        in_processes(2, _broker_takes, shared)

        with services.database.work(writes=False) as work:
            assert work.session.execute(sa.text("SELECT count(*) FROM taken")).scalar() == 200
        assert services.broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}

    def test_check(self, broker: Broker) -> None:
        """A broker that answers passes its check."""
        broker.check()


class Undo(Exception):
    """Raised in a block to have it undone."""


@contextmanager
def undone() -> Iterator[None]:
    """Expect `Undo` out of a block."""
    with pytest.raises(Undo):
        yield


def in_threads(number: int, work: Callable[[int], None]) -> None:
    """Run something in threads that begin at once; raises what one of them raised."""
    start = threading.Barrier(number)
    errors: list[BaseException] = []

    def run(worker: int) -> None:
        start.wait(PROCESS_SECONDS)
        try:
            work(worker)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PROCESS_SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    if errors:
        raise errors[0]


def in_processes(number: int, work: Callable[..., None], *arguments: Any) -> None:
    """Run something in fresh processes, each with its number; fails when one of them does."""
    fresh = fresh_processes()
    processes = [fresh.Process(target=work, args=(worker, *arguments)) for worker in range(number)]
    for process in processes:
        process.start()
    try:
        for process in processes:
            process.join(PROCESS_SECONDS)
        codes = [process.exitcode for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.join()
            process.close()
    assert codes == [0] * number


def _publish(services: Services, *events: Event) -> None:
    with services.database.work() as work:
        services.broker.publish(work.session, events)


def _storage_writes(worker: int, opener: Callable[[], Storage]) -> None:
    with _closing(opener()) as storage:
        for number in range(20):
            storage.put_many({f"{worker}:{number}": {"n": number}})
            assert storage.get(f"{worker}:{number}") == {"n": number}


def _session_writes(_worker: int, opener: Callable[[], Sessions], id_: str) -> None:
    with _closing(opener()) as sessions:
        assert sessions.read(id_) == {"n": 0}
        assert sessions.write(id_, {"n": 1}, 3600)


def _storage_counts(_worker: int, opener: Callable[[], Storage]) -> None:
    with _closing(opener()) as storage:
        for _ in range(20):
            storage.increment("a", 3600)


def _storage_forks(_worker: int, opener: Callable[[], Storage]) -> None:
    with _closing(opener()) as storage:
        storage.put_many({"parent": {}})
        storage.get("parent")

        def child() -> None:
            assert storage.get("parent") == {}
            storage.put_many({"child": {}})
            storage.close()

        _forked(child)
        assert storage.get("child") == {}
        storage.put_many({"parent after": {}})


def _search_writes(worker: int, opener: Callable[[], Search], index: SearchIndex) -> None:
    with _closing(opener()) as search:
        search.put_many(index, {f"{worker}": {}})


def _search_is_killed(_worker: int, opener: Callable[[], Search], index: SearchIndex) -> None:
    search = opener()
    threading.Timer(0.3, os.kill, (os.getpid(), 9)).start()
    for batch in range(1_000_000):
        search.put_many(
            index, {f"k{batch}:{number}": {"sku": "x"} for number in range(KILLED_BATCH)}
        )


def _search_forks(_worker: int, opener: Callable[[], Search], index: SearchIndex) -> None:
    with _closing(opener()) as search:
        search.put_many(index, {"parent": {}})
        search.find(index, SearchQuery())

        def child() -> None:
            assert search.find(index, SearchQuery()).ids == ("parent",)
            search.put_many(index, {"child": {}})
            search.close()

        _forked(child)
        assert search.find(index, SearchQuery()).ids == ("child", "parent")
        search.put_many(index, {"parent after": {}})


def _database_is_killed(_worker: int, opener: Callable[[], Services], is_after: bool) -> None:
    unit = opener().database.start(writes=True)
    unit.session.execute(sa.text("INSERT INTO compliance VALUES ('killed')"))
    unit.publish(Event("e", "killed"))
    if is_after:
        unit.after_commit(lambda: os.kill(os.getpid(), 9))
        unit.commit()
    else:
        unit.session.flush()
    os.kill(os.getpid(), 9)


def _database_forks(_worker: int, opener: Callable[[], Services]) -> None:
    services = opener()

    def write(name: str) -> None:
        with services.database.work() as work:
            work.session.execute(sa.text("INSERT INTO compliance VALUES (:n)"), {"n": name})

    def names() -> list[str]:
        with services.database.work(writes=False) as work:
            return sorted(work.session.execute(sa.text("SELECT name FROM compliance")).scalars())

    def child() -> None:
        assert names() == ["parent"]
        write("child")
        services.close()

    write("parent")
    _forked(child)
    assert names() == ["child", "parent"]
    write("parent after")
    services.close()


def _broker_takes(_worker: int, opener: Callable[[], Services]) -> None:
    services = opener()
    while messages := services.broker.lease(7, 60):
        with services.database.work() as work:
            for message in messages:
                work.session.execute(
                    sa.text("INSERT INTO taken VALUES (:key)"), {"key": message.event.key}
                )
        services.broker.acknowledge(messages)
    services.close()


def _forked(child: Callable[[], None]) -> None:
    """Run something in a fork and wait for it; an error of it is an error here."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            child()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0


@contextmanager
def _closing(service: Any) -> Iterator[Any]:
    try:
        yield service
    finally:
        service.close()
