"""Follows a tutorial as its reader does: types commands, writes files, looks at answers."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

FENCE = re.compile(r"^```(\w+) ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "127.0.0.1:8000"
SERVE = "glue serve"
PATIENCE = 300
"""Seconds that a command may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a page that the reader does something with.

    Attributes:
        language: First word after the fence.
        mark: What follows it: ``tutorial``, ``printed``, or ``file`` and names of files.
        text: The block.
    """

    language: str
    mark: str
    text: str


def parts(page: Path) -> Iterator[Part]:
    """Yield the blocks of a page that have a mark."""
    for language, mark, text in FENCE.findall(page.read_text(encoding="utf-8")):
        yield Part(language, mark.strip(), text)


@dataclass(slots=True)
class Reader:
    """Somebody with a shell in an empty directory.

    Attributes:
        directory: The directory.
        shell: The shell.
        address: Where the server of the reader answers, in place of the one in the text.
        printed: What the last command printed.
    """

    directory: Path
    shell: subprocess.Popen[str]
    address: str
    printed: str = ""
    _count: int = field(default=0)

    @classmethod
    def in_directory(cls, directory: Path) -> Reader:
        """Start a shell in a directory, without what leads back to a checkout."""
        left_out = ("GLUE_", "PYTHON", "VIRTUAL_ENV", "TOX_")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(left_out)}
        shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=directory,
            env={**environment, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "WEB_CONCURRENCY": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        return cls(directory, shell, f"127.0.0.1:{port}")

    def close(self) -> None:
        """End the shell, and what it started in the background."""
        if self.shell.poll() is None:
            self._write("kill $(jobs -p) 2>/dev/null; wait; exit\n")
        self.shell.communicate(timeout=60)

    def follow(self, page: Path) -> None:
        """Do what a page says, and look whether it prints what the page shows."""
        for part in parts(page):
            text = part.text.replace(ADDRESS, self.address)
            if part.mark == "tutorial":
                self._type(text)
            elif part.mark == "printed":
                assert json.loads(self.printed) == json.loads(text)
            elif part.mark.startswith("file "):
                for name in part.mark.split()[1:]:
                    path = self.directory / name
                    is_change = part.language == "diff"
                    whole = changed(path.read_text("utf-8"), text) if is_change else text
                    path.write_text(whole, encoding="utf-8")

    def run(self, command: str) -> None:
        """Run a command in the shell, and keep what it printed.

        Raises:
            AssertionError: It ends with another code than 0, or the shell ended.
        """
        self._count += 1
        end = f"end-of-command-{self._count}"
        self._write(f"{command}\nended=$?; echo; echo {end} $ended\n")
        lines = []
        for line in self._output():
            if line.startswith(end):
                code = int(line.split()[1])
                break
            lines.append(line)
        else:
            raise AssertionError(f"The shell ended with: {command}\n{''.join(lines)}")
        self.printed = "".join(lines)
        assert code == 0, f"{command}\n{self.printed}"

    def _type(self, block: str) -> None:
        """Type the commands of a block; below each is what it prints, with dots for more."""
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = typed.partition("\n")
            if command.endswith("&"):
                self._serve(command)
                continue
            self.run(command)
            if command.startswith("kill "):
                self.run("wait")
            words = " ".join(self.printed.split())
            expected = [line for line in shown.splitlines() if line.strip() not in ("", "...")]
            missing = [line for line in expected if " ".join(line.split()) not in words]
            assert missing == [], f"{command}\n{self.printed}"

    def _serve(self, command: str) -> None:
        """Start a server in the background, and wait as a reader would."""
        assert SERVE in command
        command = command.replace(SERVE, f"{SERVE} --bind {self.address}").removesuffix("&")
        self.run(f"{command} >server.log 2>&1 &")
        host, _, port = self.address.partition(":")
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection((host, int(port)), timeout=5).close()
            except OSError:
                if time.monotonic() >= deadline:
                    log = self.directory / "server.log"
                    raise AssertionError(log.read_text(encoding="utf-8")) from None
                time.sleep(0.2)
            else:
                return

    def _write(self, text: str) -> None:
        assert self.shell.stdin is not None
        self.shell.stdin.write(text)
        self.shell.stdin.flush()

    def _output(self) -> IO[str]:
        assert self.shell.stdout is not None
        return self.shell.stdout


def changed(text: str, difference: str) -> str:
    """Put the lines with ``+`` in the place of those with ``-``; others lead to the place.

    Raises:
        AssertionError: The text has the place not once.
    """
    lines = [(line[:1], line[1:]) for line in difference.splitlines()]
    before = "".join(f"{line}\n" for sign, line in lines if sign != "+")
    after = "".join(f"{line}\n" for sign, line in lines if sign != "-")
    assert text.count(before) == 1, f"{text.count(before)} times in the file:\n{before}"
    return text.replace(before, after)
