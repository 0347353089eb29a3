"""Recording: the server gets the answer as it is, and what passes is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from glue_core.recording import Answer, Recording, recorded
from glue_core.testing.client import call


def said(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    """Answer in two parts, and begin when the first one is asked for."""
    start_response("201 Created", [("X-One", "1"), ("x-one", "2"), ("Content-Type", "a/b")])
    yield b"ab"
    yield b"cd"


class Watched:
    """A server's view: what an application answers through a recording, and what was kept."""

    def __init__(self, limit: int = 100) -> None:
        self.limit = limit
        self.ended: list[Answer | None] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Recording:
        """Answer through a recording."""
        recording = Recording(start_response, self.limit, self.ended.append)
        return recording.of(said(environ, recording.start))


def test_answer_passes_and_is_kept() -> None:
    """The server gets status, headers and every part; the answer is told of once it is closed."""
    watched = Watched()

    response = call(watched, {})

    assert (response.status, response.content) == ("201 Created", b"abcd")
    assert response.headers.pairs[0] == ("X-One", "1")
    (kept,) = watched.ended
    assert kept is not None
    assert (kept.status, kept.body, kept.size) == (201, b"abcd", 4)
    assert kept.headers == {"x-one": "1, 2", "content-type": "a/b"}


def test_large_body_is_kept_as_a_digest() -> None:
    """Of a body above the limit nothing but size and digest is kept, however it was cut."""
    small, large = Watched(4), Watched(3)
    call(small, {})
    call(large, {})
    (whole,), (digest,) = small.ended, large.ended

    assert whole is not None
    assert digest is not None
    assert (digest.body, digest.size) == (None, 4)
    assert digest.digest == whole.digest


def test_answer_that_was_not_sent_to_its_end() -> None:
    """A client that leaves got no answer that could be compared; the body is closed, and once."""
    watched = Watched()
    body = watched({}, lambda *_: None)
    assert next(iter(body)) == b"ab"
    body.close()
    body.close()

    assert watched.ended == [None]


def test_body_that_may_stay_unread() -> None:
    """The answer to HEAD is whole, though no server asks for its body."""
    ended: list[Answer | None] = []
    recording = Recording(lambda *_: None, 10, ended.append)
    recording.start("200 OK", [])
    recording.of([], is_empty=True).close()

    assert ended[0] is not None
    assert (ended[0].status, ended[0].body) == (200, b"")


def test_what_is_written_is_kept() -> None:
    """An application may write its body with what ``start_response`` returns."""
    written: list[bytes] = []
    ended: list[Answer | None] = []
    recording = Recording(lambda *_: written.append, 10, ended.append)
    recording.start("200 OK", [])(b"ab")
    body = recording.of([b"cd"])

    assert list(body) == [b"cd"]
    body.close()
    assert written == [b"ab"]
    assert ended[0] is not None
    assert ended[0].body == b"abcd"


def test_later_start_counts() -> None:
    """An application that fails in the middle may start again, and the error is passed on."""
    started: list[tuple[Any, ...]] = []
    recording = Recording(lambda *arguments: started.append(arguments), 10)
    recording.start("200 OK", [])
    recording.start("500 Internal Server Error", [], "info")
    list(recording.of([]))

    assert started[1][2] == "info"
    assert recording.answer is not None
    assert recording.answer.status == 500


def test_body_is_closed() -> None:
    """The body of the application is closed with the recording, and before anybody hears of it."""
    order: list[str] = []

    class Body(list[bytes]):
        def close(self) -> None:
            order.append("closed")

    recording = Recording(lambda *_: None, 10, lambda answer: order.append("ended"))
    recording.start("200 OK", [])
    recording.of(Body()).close()

    assert order == ["closed", "ended"]


def test_recorded_is_what_an_application_answers() -> None:
    """An application is called as a server does it."""
    answer = recorded(said, {}, 10)

    assert answer is not None
    assert (answer.status, answer.body) == (201, b"abcd")


def test_recorded_stops_where_it_must() -> None:
    """A body is left, and closed, as soon as it must not go on."""
    closed: list[bool] = []

    def endless(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        try:
            while True:
                yield b"x"
        finally:
            closed.append(True)

    turns = iter([True, True, False])

    assert recorded(endless, {}, 10, lambda: next(turns)) is None
    assert closed == [True]


def test_recorded_raises_what_the_application_raises() -> None:
    """Who calls hears of a failure."""

    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise RuntimeError("secret")

    with pytest.raises(RuntimeError, match="secret"):
        recorded(failing, {}, 10)
