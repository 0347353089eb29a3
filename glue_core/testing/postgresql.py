"""A real PostgreSQL server for tests: started on a free port of the loopback, and ended again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
"""User that the server runs as when the tests run as root, which it refuses."""


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A running server.

    Attributes:
        port: Its port at 127.0.0.1.
        pid: Its process.
    """

    port: int
    pid: int

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://glue@127.0.0.1:{self.port}/{database}"

    def make_database(self) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        name = f"test_{uuid.uuid4().hex}"
        address = self.url()
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def pause(self) -> None:
        """Freeze the server: it accepts connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the server go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        for pid in (self.pid, *map(int, children.split())):
            # A child may have ended since its number was read.
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def find_binaries() -> Path | None:
    """Return the folder of the server's programs, of the newest version; None where absent."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    for folder in reversed(folders):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Run a server with an empty cluster, and end it.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL is not installed: there is no initdb.")
    with tempfile.TemporaryDirectory(prefix="glue-postgresql-") as place:
        folder = Path(place)
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        data = folder / "data"
        port = _free_port()
        _run(
            folder,
            [binaries / "initdb", "-D", data, "-A", "trust", "-U", "glue", "--no-sync"],
            ["--encoding=UTF8", "--locale=C"],
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
            f" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            f" -c max_wal_size=64MB -c min_wal_size=32MB"
            f" -c max_connections=100"
        )
        control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w"]
        _run(folder, [*control, "-l", folder / "log", "-o", options], ["start"])
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        try:
            with _watched(pid, folder):
                yield PostgresqlServer(port, pid)
        finally:
            _run(folder, [*control, "-m", "immediate"], ["stop"])


WATCH = """
read -r _
kill -CONT "$1" 2>/dev/null
kill -QUIT "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
"""
"""Waits for the end of its input; SIGQUIT is how PostgreSQL ends without a checkpoint."""


@contextmanager
def _watched(pid: int, folder: Path) -> Iterator[None]:
    """Have a server ended, and its folder removed, should this process be killed meanwhile.

    Who is killed ends nothing himself, but the pipe to the watcher breaks.
    """
    watcher = subprocess.Popen(
        ["/bin/sh", "-c", WATCH, "glue-postgresql-watcher", str(pid), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A key pressed at the terminal ends the tests, which then end the server.
        start_new_session=True,
    )
    try:
        yield
    finally:
        watcher.kill()
        watcher.communicate()


def _run(folder: Path, *parts: Sequence[str | Path]) -> None:
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
    done = subprocess.run(
        [str(word) for part in parts for word in part],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=(out := (folder / "out").open("ab")),
        stderr=out,
        timeout=60,
        check=False,
        **as_nobody,  # type: ignore[call-overload]
    )
    out.close()
    if done.returncode != 0:
        said = (folder / "out").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{parts[0][0]} failed:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
