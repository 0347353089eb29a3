"""Shadowing: an application is run beside another, harms nothing, and differences are told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from glue_core import ConfigurationError
from glue_core.services.rehearsing import REHEARSAL_KEY
from glue_core.settings import Settings
from glue_core.shadowing import FAREWELL, Rules, Shadow, Shadows
from glue_core.tallying import MOST_PLACES
from glue_core.testing import Client

JSON = "application/vnd.api+json"


class Told:
    """An application that answers by itself with a document, and keeps what it was asked."""

    def __init__(self, document: Any = None, status: str = "200 OK", **headers: str) -> None:
        self.document = document
        self.status = status
        self.headers = {"content-type": JSON, **headers}
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer with the document."""
        self.asked.append(environ)
        start_response(self.status, list(self.headers.items()))
        is_sent = environ["REQUEST_METHOD"] != "HEAD" and self.status[:3] not in ("204", "304")
        return [orjson.dumps(self.document)] if is_sent else []

    starts = frozenset({"things"})

    def place_of(self, environ: dict[str, Any]) -> str | None:
        """Name the one place there is."""
        return "/things/{id}" if environ["PATH_INFO"].startswith("/things/") else None


Make = Callable[..., Shadow]


@pytest.fixture
def make() -> Iterator[Make]:
    """Make shadows of ``new`` beside ``old``; each is closed when the test ends."""
    made: list[Shadow] = []

    def shadow(old: Any, new: Any, *, base_url: str | None = None, **table: Any) -> Shadow:
        rules = Rules.of(Settings.of({"shadow": table}))
        made.append(Shadow("old", old, "new", new, rules, base_url=base_url))
        return made[-1]

    yield shadow
    for each in made:
        each.close()


def things(**attributes: Any) -> dict[str, Any]:
    """Return the document of a thing."""
    return {"data": {"type": "things", "id": "1", "attributes": attributes}}


def test_client_gets_the_answer_of_the_first_one(make: Make) -> None:
    """The answer is that of the application; the shadow is run once it was closed."""
    old, new = Told(things(price=100), **{"x-old": "1"}), Told(things(price=120))
    shadow = make(old, new)
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/things/1",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.errors": None,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
    }

    body = shadow(environ, lambda *arguments: started.append(arguments))
    sent = b"".join(body)
    before = (shadow.report().compared, len(new.asked))
    body.close()
    shadow.drain()

    assert started == [("200 OK", [("content-type", JSON), ("x-old", "1")])]
    assert orjson.loads(sent) == things(price=100)
    assert before == (0, 0)
    assert (shadow.report().compared, len(new.asked)) == (1, 1)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_not_run_twice(make: Make, method: str) -> None:
    """What may change something is answered by the application alone."""
    old, new = Told(things()), Told(things())
    shadow = make(old, new)

    Client(shadow).request(method, "/things/1")
    shadow.drain()

    assert (len(old.asked), len(new.asked)) == (1, 0)


def test_head_is_compared(make: Make) -> None:
    """Status and headers of answers to HEAD are compared."""
    shadow = make(Told(), Told(**{"content-language": "de-DE"}))

    Client(shadow).head("/things/1")
    shadow.drain()

    where = ("HEAD /things/{id}", "header:content-language")
    assert shadow.report().differences == {where: 1}


def test_differences_are_counted_by_place_and_pattern(make: Make) -> None:
    """An answer counts once for each pattern, whatever the number of paths that have it."""
    old = Told({"data": [things(price=1)["data"], things(price=2)["data"]]})
    new = Told({"data": [things(price=3)["data"], things(price=4)["data"]]})
    shadow = make(old, new)
    client = Client(shadow)

    for path in ("/things/1", "/things/2", "/elsewhere"):
        client.get(path)
    shadow.drain()
    new.document = old.document
    client.get("/things/1")
    shadow.drain()

    report = shadow.report()
    assert (report.application, report.shadow) == ("old", "new")
    assert (report.compared, report.equal, report.differing) == (4, 1, 3)
    assert report.differences == {
        ("GET /things/{id}", "data[].attributes.price"): 2,
        ("GET (no place)", "data[].attributes.price"): 1,
    }


def test_paths_are_told_and_values_are_not(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """The log names the request and what differs; values of documents are for debugging alone."""
    shadow = make(Told(things(name="Ann"), "201 Created"), Told(things(name="Eve")))
    client = Client(shadow)
    with caplog.at_level(logging.INFO, "glue.shadow"):
        client.get("/things/1", headers={"x-request-id": "r-1"})
        shadow.drain()
    quiet = caplog.text
    with caplog.at_level(logging.DEBUG, "glue.shadow"):
        client.get("/things/1", headers={"x-request-id": "r-2"})
        shadow.drain()

    assert (
        "Request r-1: GET /things/{id}: status: 201 -> 200, data.attributes.name changed" in quiet
    )
    assert "Ann" not in quiet
    assert "Eve" not in quiet
    assert 'Request r-2: data.attributes.name: "Ann" -> "Eve"' in caplog.text


def test_what_was_told_before_is_told_more_quietly(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A difference at a place is a warning once; then the log is for who asks for more of it."""
    old, new = Told(things(a=1)), Told(things(a=2))
    shadow = make(old, new)
    client = Client(shadow)
    with caplog.at_level(logging.INFO, "glue.shadow"):
        client.get("/things/1")
        client.get("/things/2")
        shadow.drain()
        new.document = things(a=2, b=1)
        client.get("/things/1")
        shadow.drain()

    assert [each.levelname for each in caplog.records] == ["WARNING", "INFO", "WARNING"]


def test_long_lists_of_paths_are_cut(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """A line of the log names a bounded number of paths, and says how many there are more."""
    one = {f"a{each}": 1 for each in range(25)}
    shadow = make(Told(things(**one)), Told(things()))

    Client(shadow).get("/things/1")
    shadow.drain()

    assert "a19 missing, and 5 more" in caplog.text
    assert "a20" not in caplog.text


def test_expected_differences_are_counted_apart(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """What is expected, everywhere or of a type, is counted and not told."""
    shadow = make(
        Told({**things(price=1, name="a"), "links": {"self": "x"}}),
        Told(things(price=2, name="b")),
        expected=["links"],
        types={"things": {"expected": ["data.attributes.price"]}},
    )
    client = Client(shadow)

    client.get("/things/1")
    client.get("/others/1")
    shadow.drain()

    report = shadow.report()
    assert report.expected_differences == {
        ("GET /things/{id}", "links"): 1,
        ("GET /things/{id}", "data.attributes.price"): 1,
        ("GET (no place)", "links"): 1,
    }
    assert report.differences == {
        ("GET /things/{id}", "data.attributes.name"): 1,
        ("GET (no place)", "data.attributes.name"): 1,
        ("GET (no place)", "data.attributes.price"): 1,
    }
    assert "links" not in caplog.text


def test_answers_that_differ_as_expected(make: Make) -> None:
    """An answer that differs only where it is expected is neither equal nor different."""
    shadow = make(Told(things(price=1)), Told(things(price=2)), expected=["data.attributes"])

    Client(shadow).get("/things/1")
    shadow.drain()

    report = shadow.report()
    assert (report.equal, report.expected, report.differing) == (0, 1, 0)


@pytest.mark.parametrize(("ids", "equal"), [(False, 1), (True, 0)])
def test_ids_count_where_the_settings_say_so(make: Make, ids: bool, equal: int) -> None:
    """Ids of resources do not matter by default."""
    other: dict[str, Any] = {"data": {"type": "things", "id": None, "attributes": {}}}
    shadow = make(Told(things()), Told(other), ids=ids)

    Client(shadow).get("/things/1")
    shadow.drain()

    assert shadow.report().equal == equal


def test_large_bodies_are_compared_by_digest(make: Make) -> None:
    """Above the limit of the settings a body differs or not."""
    shadow = make(Told(things(a="x" * 100)), Told(things(a="y" * 100)), body=100)

    Client(shadow).get("/things/1")
    shadow.drain()

    assert list(shadow.report().differences) == [("GET /things/{id}", "body")]


def test_what_the_shadow_is_asked(make: Make) -> None:
    """It gets the caller's headers, and none of a body or of what the client had before."""
    new = Told(things())
    shadow = make(Told(things()), new, base_url="https://old.example")
    sent = {
        "authorization": "Bearer t",
        "cookie": "a=b",
        "x-request-id": "r-1",
        "accept-language": "de",
        "if-none-match": '"x"',
        "range": "bytes=0-1",
    }

    Client(shadow).request("GET", "/things/1?a=b", headers=sent, body=b"body")
    shadow.drain()

    (environ,) = new.asked
    assert environ["HTTP_AUTHORIZATION"] == "Bearer t"
    assert environ["HTTP_COOKIE"] == "a=b"
    assert environ["HTTP_ACCEPT_LANGUAGE"] == "de"
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/things/1", "a=b")
    assert environ["REMOTE_ADDR"] == "127.0.0.1"
    assert environ["glue.request_id"] == "r-1"
    assert environ["glue.base_url"] == "https://old.example"
    assert REHEARSAL_KEY in environ
    assert environ["wsgi.input"].read() == b""
    assert not {"HTTP_IF_NONE_MATCH", "HTTP_RANGE", "CONTENT_LENGTH"} & set(environ)


def test_application_is_not_told_of_its_shadow(make: Make) -> None:
    """What the application is asked has nothing that the shadow's has."""
    old = Told(things())
    shadow = make(old, Told(things()))

    Client(shadow).get("/things/1", headers={"if-none-match": '"x"'})
    shadow.drain()

    assert REHEARSAL_KEY not in old.asked[0]
    assert old.asked[0]["HTTP_IF_NONE_MATCH"] == '"x"'


def test_unchanged_answers_are_not_compared(make: Make) -> None:
    """Where the client had the answer already there is nothing to compare."""
    new = Told(things())
    shadow = make(Told(None, "304 Not Modified"), new)

    Client(shadow, checked=False).get("/things/1")
    shadow.drain()

    assert (new.asked, shadow.report().compared) == ([], 0)


def test_share_of_requests(make: Make) -> None:
    """A rate of 0 runs nothing, and one between runs a share."""
    none, some = Told(things()), Told(things())
    never, half = make(Told(things()), none, rate=0), make(Told(things()), some, rate=0.5)
    for _ in range(200):
        Client(never, checked=False).get("/things/1")
        Client(half, checked=False).get("/things/1")
        half.drain()

    assert none.asked == []
    # Less than one in a million runs of this test is outside.
    assert 60 < len(some.asked) < 140


class Stuck:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.let = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer late."""
        self.entered.set()
        assert self.let.wait(20)
        start_response("200 OK", [("content-type", JSON)])
        return [orjson.dumps(things())]


def test_answers_that_find_no_place_are_dropped(make: Make) -> None:
    """A shadow that hangs delays nobody: what cannot wait any more is counted, not run."""
    stuck = Stuck()
    shadow = make(Told(things()), stuck, threads=1, waiting=2)
    client = Client(shadow)
    client.get("/things/1")
    assert stuck.entered.wait(20)
    for _ in range(5):
        assert client.get("/things/1").status_code == 200

    assert shadow.report().dropped == 3
    stuck.let.set()
    shadow.drain()
    assert shadow.report().compared == 3


def test_late_answers_are_not_compared(make: Make) -> None:
    """What took longer than it may is counted as late: that which ran, and that which waited."""
    stuck = Stuck()
    shadow = make(Told(things()), stuck, threads=1, seconds=0.1)
    client = Client(shadow)
    client.get("/things/1")
    assert stuck.entered.wait(20)
    client.get("/things/1")
    time.sleep(0.15)
    stuck.let.set()
    shadow.drain()

    report = shadow.report()
    assert (report.late, report.compared) == (2, 0)


def test_deadline_is_that_of_the_settings(make: Make) -> None:
    """The shadow is told how long anybody waits for it."""
    new = Told(things())
    shadow = make(Told(things()), new, seconds=7)
    before = time.monotonic()
    Client(shadow).get("/things/1")
    shadow.drain()

    deadline = new.asked[0][REHEARSAL_KEY].deadline
    assert before + 7 <= deadline <= time.monotonic() + 7


def test_shadow_that_raises(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """A failure is counted and logged with the request's id; the next request is compared."""

    class Failing(Told):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            if not self.asked:
                self.asked.append(environ)
                raise RuntimeError("broken")
            return super().__call__(environ, start_response)

    shadow = make(Told(things()), Failing(things()))
    client = Client(shadow)
    answer = client.get("/things/1", headers={"x-request-id": "r-1"})
    client.get("/things/1")
    shadow.drain()

    assert answer.json == things()
    assert (shadow.report().failed, shadow.report().compared) == (1, 1)
    assert "Request r-1: GET /things/{id} failed as a shadow" in caplog.text
    assert "RuntimeError: broken" in caplog.text


def test_failure_of_the_application_is_its_own(make: Make) -> None:
    """What the application raises goes to its caller, and the shadow is not run."""
    new = Told(things())

    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise RuntimeError("broken")

    shadow = make(failing, new)
    with pytest.raises(RuntimeError, match="broken"):
        Client(shadow).get("/things/1")

    shadow.drain()
    assert new.asked == []


def test_client_that_leaves(make: Make) -> None:
    """An answer that was not sent to its end is counted, and not compared."""

    def parts(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("content-type", JSON)])
        yield b"{"
        yield b"}"

    new = Told(things())
    shadow = make(parts, new)

    def leaving(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = shadow(environ, start_response)
        first = next(iter(body))
        body.close()
        return [first]

    Client(leaving, checked=False).get("/things/1")
    shadow.drain()

    assert (shadow.report().cut, new.asked) == (1, [])


def test_place_that_cannot_be_named(make: Make) -> None:
    """A failure to name the place harms nothing: the next one who knows names it."""

    class Nameless(Told):
        def place_of(self, environ: dict[str, Any]) -> str | None:
            raise RuntimeError("broken")

    shadow = make(Told(things(a=1)), Nameless(things(a=2)))
    Client(shadow).get("/things/1")
    shadow.drain()

    assert list(shadow.report().differences) == [("GET /things/{id}", "data.attributes.a")]


def test_counters_are_bounded(make: Make) -> None:
    """Whatever differs, a bounded number of patterns is counted apart."""
    old, new = Told(), Told(things())
    shadow = make(old, new, waiting=1000)
    client = Client(shadow, checked=False)
    for turn in range(4):
        old.document = {"data": {f"a{turn}-{each}": 1 for each in range(700)}}
        client.get("/things/1")
        shadow.drain()

    counted = shadow.report().differences
    assert len(counted) == MOST_PLACES + 1
    assert counted["(others)", "(others)"] > 0


def test_end_of_the_process(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """What waits is compared, then what was seen is told, the most frequent first; once."""
    old, new = Told(things(a=1, b=1)), Told(things(a=2, b=1))
    shadow = make(old, new)
    client = Client(shadow)
    client.get("/things/1")
    shadow.drain()
    new.document = things(a=2, b=2)
    client.get("/things/1")
    shadow.close()
    shadow.close()

    report = caplog.records[-1]
    assert report.levelname == "WARNING"
    assert report.getMessage().splitlines() == [
        "'new' beside 'old': 2 compared, 0 equal, 0 as expected, 2 differ; "
        "0 dropped, 0 late, 0 failed, 0 cut",
        "       2  GET /things/{id}  data.attributes.a",
        "       1  GET /things/{id}  data.attributes.b",
    ]
    assert sum("compared" in each.getMessage() for each in caplog.records) == 1
    client.get("/things/1")
    assert len(new.asked) == 2


def test_end_without_a_difference_is_no_warning(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A report without differences is information, and there is none where nothing was run."""
    shadow, idle = make(Told(things()), Told(things())), make(Told(things()), Told(things()))
    with caplog.at_level(logging.INFO, "glue.shadow"):
        Client(shadow).get("/things/1")
        shadow.close()
        idle.close()

    assert [each.levelname for each in caplog.records] == ["INFO"]


def test_end_does_not_wait_for_a_shadow_that_hangs(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shadow that hangs keeps no process from ending; what waited behind it is dropped."""
    monkeypatch.setattr("glue_core.shadowing.FAREWELL", 0.2)
    stuck = Stuck()
    shadow = make(Told(things()), stuck, threads=1)
    Client(shadow).get("/things/1")
    assert stuck.entered.wait(20)
    Client(shadow).get("/things/1")
    before = time.monotonic()
    shadow.close()

    assert time.monotonic() - before < FAREWELL
    assert shadow.report().dropped == 1
    stuck.let.set()


def test_reports_now_and_then(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """What was seen is told while the process runs, too, when the time for it has come."""
    shadow = make(Told(things()), Told(things()), report_seconds=1)
    client = Client(shadow)
    with caplog.at_level(logging.INFO, "glue.shadow"):
        client.get("/things/1")
        shadow.drain()
        early = len(caplog.records)
        time.sleep(1.05)
        client.get("/things/1")
        client.get("/things/1")
        shadow.drain()

    assert early == 0
    assert [each.getMessage().partition(" equal")[0] for each in caplog.records] == [
        "'new' beside 'old': 2 compared, 2"
    ]


def shadows(served: dict[str, Any], **tables: Any) -> Shadows:
    """Make the shadows of settings."""
    made = Shadows()
    made.begin(served, Settings.of(tables))
    return made


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"applications": {"old": {"shadow": "old"}}},
            "'applications.old.shadow' names 'old' i",
        ),
        ({"applications": {"old": {"shadow": "nwe"}}}, "names 'nwe', which is not served"),
        ({"applications": {"old": {"shadow": "nwe"}}}, "Served are: old, new."),
        (
            {"applications": {"old": {"shadow": "new"}}, "shadow": {"types": {"thngs": {}}}},
            "'shadow.types.thngs' is about a type that none of the compared applications has",
        ),
    ],
)
def test_settings_that_do_not_fit(tables: dict[str, Any], message: str) -> None:
    """A shadow that is not there, or a type that nobody has, stops the start."""
    with pytest.raises(ConfigurationError) as caught:
        shadows({"old": Told(), "new": Told()}, **tables)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"rate": 1.5}, "shadow.rate"),
        ({"expected": ["data[0].x"]}, "'data[0].x' is no path"),
        ({"types": {"things": {"expected": ["a..b"]}}}, "'a..b' is no path"),
        ({"threads": 0}, "shadow.threads"),
        ({"expect": []}, "shadow.expect: nobody knows this key. Did you mean 'expected'?"),
    ],
)
def test_settings_that_are_wrong(table: dict[str, Any], message: str) -> None:
    """A wrong value stops the start with the key and what is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        Settings.of({"shadow": table})

    assert message in str(caught.value)


def test_types_are_not_judged_where_somebody_does_not_tell() -> None:
    """An application that does not tell its types may have any."""

    def silent(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return []

    tables = {"applications": {"old": {"shadow": "new"}}, "shadow": {"types": {"any": {}}}}

    assert list(shadows({"old": silent, "new": Told()}, **tables).reports()) == ["old"]


def test_application_without_a_shadow_is_left_alone() -> None:
    """Only an application that has a shadow is answered by way of it."""
    old, new = Told(), Told()
    made = shadows({"old": old, "new": new}, applications={"old": {"shadow": "new"}})

    assert made.answering("new", new) is new
    assert made.answering("old", old) is not old
