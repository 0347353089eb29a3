"""The demo deployment behind gunicorn, and the Node libraries that talk to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.demo import read, running_demo
from tests.npm import npm_folder

HERE = Path(__file__).resolve().parent

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
        return read(url, **query)

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
    with running_demo(tmp_path_factory.mktemp("demo")) as url:
        yield Shop(f"{url}/magazine_api", f"{url}/storefront_api")


Script = Callable[..., Any]
"""Runs the body of a JavaScript function: ``script(base, body, given)`` returns what it returned.

What it threw comes back under the key ``thrown`` where the test passes ``throws=True``.
"""


@pytest.fixture(scope="session")
def node_script(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Script]:
    """Makes runners of scripts that start with the imports and the set-up of a library."""
    folder = npm_folder(tmp_path_factory.mktemp("node"), HERE / "package.json")

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
