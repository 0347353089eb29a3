"""Requests as bytes on a socket of gunicorn: what no client library would send."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

PROBE = """
from glue_core import GlueResponse, RequestFlowAwareApiApplication, SimpleResource
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory
from marshmallow import Schema, fields

class Shown(Schema):
    name = fields.String(required=True)

class Things(SimpleResource):
    type, attributes = "things", Shown

    def get_collection(self):
        return GlueResponse.page([])

    def post(self, attributes):
        return GlueResponse.of({"id": "9", **attributes})

def make():
    shops = [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name, services=()))
        for name in ("one_api", "two_api")
    ]
    plugins = [
        in_memory(f"glue.plugins.{name}", name + "-things", glue_resources=lambda: [Things()])
        for name in ("one_api", "two_api")
    ]
    settings = {
        "applications": {"one_api": {"paths": ["/one"]}, "two_api": {"paths": ["/two"]}}
    }
    return Host(Deployment(settings, [*shops, *plugins]))

application = make()
"""
LISTENING = re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came.

    Attributes:
        status: Number in the status line.
        headers: Headers by lower-case name.
        content: The body.
        rest: What came behind it until the server closed the connection, where it was read.
    """

    status: int
    headers: dict[str, str]
    content: bytes
    rest: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A running gunicorn.

    Attributes:
        port: Its port on 127.0.0.1.
        log: File with what it wrote.
    """

    port: int
    log: Path

    def send(self, sent: bytes, *, then_end: bool = False, read_on: bool = False) -> Answer:
        """Send bytes and read one answer.

        Args:
            sent: The request.
            then_end: Send no more, which the server notices.
            read_on: Read what follows the answer, too.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(sent)
            if then_end:
                connection.shutdown(socket.SHUT_WR)
            stream = connection.makefile("rb")
            status = int(stream.readline().split()[1])
            headers: dict[str, str] = {}
            while (line := stream.readline().strip()) != b"":
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            content = stream.read(int(headers.get("content-length", "0")))
            return Answer(status, headers, content, stream.read() if read_on else b"")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Gunicorn with two applications, below ``/one`` and ``/two``."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "raw_probe.py").write_text(PROBE)
    log = folder / "log.txt"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GLUE_")}
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", "python:glue_core.gunicorn"),
        *("-w", "1", "-b", "127.0.0.1:0", "raw_probe:application"),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=clean, stdout=output, stderr=output)
    try:
        yield Server(_port(process, log), log)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until the server tells where it listens."""
    while (found := LISTENING.search(log.read_text())) is None:
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"The server ended early: {log.read_text()}")
    return int(found[1])


def chunked(body: bytes) -> bytes:
    """Return a write whose body comes in chunks, as they are given."""
    return (
        b"POST /one/things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n" + body
    )


@pytest.mark.parametrize(
    "body", [b"zz\r\n\r\n", b"-5\r\nabcde\r\n0\r\n\r\n", b"\r\n\r\n", b"5\r\nabcdeXX\r\n"]
)
def test_malformed_chunks(server: Server, body: bytes) -> None:
    """Chunks that are none: 400 with the code of a malformed body."""
    answer = server.send(chunked(body))

    assert (answer.status, orjson.loads(answer.content)[0]["code"]) == (400, "014")


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"deflate, chunked"])
def test_transfer_coding_that_nobody_undoes(server: Server, coding: bytes) -> None:
    """A body that is compressed beneath its chunks is refused, not read as if it were not."""
    body = b'{"name": "a"}'
    sent = chunked(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    answer = server.send(sent.replace(b": chunked", b": " + coding))

    assert (answer.status, orjson.loads(answer.content)[0]["code"]) == (501, "021")


def test_nothing_is_read_behind_malformed_chunks(server: Server) -> None:
    """What follows is no request: nobody knows where the body ended, so the connection ends."""
    following = b"GET /one/things HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = server.send(chunked(b"zz\r\n\r\n") + following, read_on=True)

    assert (answer.status, answer.rest) == (400, b"")


def test_chunk_that_was_cut(server: Server) -> None:
    """A client that ends within a chunk gets the same answer."""
    answer = server.send(chunked(b"20\r\nabc"), then_end=True)

    assert (answer.status, orjson.loads(answer.content)[0]["code"]) == (400, "014")


def test_malformed_chunks_leave_no_traceback(server: Server) -> None:
    """What a client does wrong is no failure of the server: the log stays clean."""
    server.send(chunked(b"zz\r\n\r\n"))

    assert "Traceback" not in server.log.read_text()


def test_proper_chunks(server: Server) -> None:
    """A body in proper chunks arrives whole."""
    answer = server.send(chunked(b'7\r\n{"name"\r\n5\r\n:"a"}\r\n0\r\n\r\n'))

    assert answer.status == 201


@pytest.mark.parametrize("path", [b"/one/things", b"/two/things", b"/nowhere"])
def test_host_that_is_none(server: Server, path: bytes) -> None:
    """A Host header that is no host and port: 400 with a code, whichever application it is."""
    answer = server.send(b"GET %b HTTP/1.1\r\nHost: a,b\r\n\r\n" % path)

    assert answer.status == 400
    assert orjson.loads(answer.content)["errors"][0]["code"] == "021"


def test_options_of_the_server(server: Server) -> None:
    """OPTIONS of the whole server: 204, and the methods that there are somewhere."""
    answer = server.send(b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")

    assert (answer.status, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, POST, PATCH, PUT, DELETE, OPTIONS"


@pytest.mark.parametrize("path", [b"/one%2Fthings", b"/one%2fthings"])
def test_encoded_slash_does_not_end_a_prefix(server: Server, path: bytes) -> None:
    """An encoded slash separates nothing, so the path lies below no application."""
    answer = server.send(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path)

    assert answer.status == 500


@pytest.mark.parametrize("path", [b"/one/things", b"/%6Fne/things", b"http://a/one/things"])
def test_prefix_is_compared_decoded(server: Server, path: bytes) -> None:
    """However a client writes the prefix of an application, that one answers."""
    assert server.send(b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % path).status == 200


@pytest.mark.parametrize(("length", "status"), [(8000, 200), (9000, 414)])
def test_longest_request_line(server: Server, length: int, status: int) -> None:
    """Long queries arrive; gunicorn itself refuses longer ones, as docs/operating.md says."""
    line = b"GET /one/things?fields[things]=%bname HTTP/1.1" % (b"name," * (length // 5 - 1))

    assert server.send(line + b"\r\nHost: localhost\r\n\r\n").status == status
