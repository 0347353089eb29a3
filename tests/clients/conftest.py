"""The demo deployment behind gunicorn, and the Node libraries that talk to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.demo import started_demo

NODE_LIBRARIES = ("kitsu@11.1.0", "devour-client@3.2.0")
"""What npm installs; the versions of the PyPI libraries are in constraints.txt."""

MEDIA_TYPE = "application/vnd.api+json"

HARNESS = """
const [base, given] = JSON.parse(process.argv[2])
const answer = await (async () => {
  try {
    return { returned: await (async () => {%s})() }
  } catch (thrown) {
    return { thrown: { ...thrown, name: thrown.name, message: thrown.message } }
  }
})()
// Whatever a library keeps for itself, such as its sockets, is left out of what is told.
const keep = (key, value) => (['request', 'config'].includes(key) ? undefined : value)
console.log(JSON.stringify(answer, keep))
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """The demo shop, as it is served.

    Attributes:
        magazine: Base URL of the magazine, which speaks the strict specification.
        storefront: Base URL of the storefront, which speaks the Glue dialect.
    """

    magazine: str
    storefront: str

    def read(self, url: str, **query: object) -> Any:
        """Read a document without any client library, to compare with what a library says."""
        address = f"{url}?{urlencode(query)}" if query else url
        request = urllib.request.Request(address, headers={"Accept": MEDIA_TYPE})
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def written(self) -> Any:
        """Return the first published article that has an author, with its linkage."""
        query = {"sort": "publishedAt", "include": "author"}
        articles = self.read(f"{self.magazine}/articles", **query)
        return next(each for each in articles["data"] if each["relationships"]["author"]["data"])

    def priced(self) -> Any:
        """Return the first product of the storefront with its prices included."""
        url = f"{self.storefront}/abstract-products/001"
        return self.read(url, include="abstract-product-prices")

    def ids(self, url: str) -> list[str]:
        """Return the ids of a whole collection, read in one page of at most 100."""
        document = self.read(url, **{"page[offset]": 0, "page[limit]": 100})
        assert "next" not in document["links"]
        return [each["id"] for each in document["data"]]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The demo, on a free port, with data of its own that is removed at the end."""
    with started_demo(tmp_path_factory.mktemp("demo"), "--products", "30") as base:
        yield Shop(f"{base}/magazine_api", f"{base}/storefront_api")


Script = Callable[..., Any]
"""Runs the body of a JavaScript function: ``script(base, body, given)`` returns what it returned.

What it threw comes back under the key ``thrown`` where the test passes ``throws=True``.
"""


@pytest.fixture(scope="session")
def node_script(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Script]:
    """Makes runners of scripts that start with the imports and the set-up of a library."""
    folder = _node_libraries(tmp_path_factory.mktemp("node"))

    def library(prelude: str) -> Script:
        def run(base: str, body: str, given: object = None, *, throws: bool = False) -> Any:
            # Imports come first in a module; the library is set up once the base is known.
            imports, _, setup = prelude.partition("\n\n")
            file = folder / "script.mjs"
            file.write_text(imports + HARNESS % (setup + body), encoding="utf-8")
            done = subprocess.run(
                ["node", str(file), json.dumps([base, given])],
                cwd=folder,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            answer = json.loads(done.stdout)
            key = "thrown" if throws else "returned"
            assert key in answer, f"The script should have {key} something: {answer}"
            return answer[key]

        return run

    return library


def _node_libraries(folder: Path) -> Path:
    """Install the libraries of npm into a folder, or skip where there is no npm."""
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"Not installed: {', '.join(missing)}. The npm libraries are not tried.")
    options = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
    done = subprocess.run(
        ["npm", "install", "--prefix", str(folder), *options, *NODE_LIBRARIES],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"npm could not install {NODE_LIBRARIES}:\n{done.stderr}"
    return folder
