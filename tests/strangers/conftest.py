"""The demo of all applications behind gunicorn, and the documents that it serves."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.demo import JSON_API, read, running_demo
from tests.npm import npm_folder

HERE = Path(__file__).resolve().parent
APPLICATIONS = ("backend_api", "legacy_api", "magazine_api", "storefront_api")

CUSTOMER = ("nora.winter@example.com", "Nora-likes-1-lamp")
OFFICE = ("petra.lang@example.com", "Petra-runs-1-office")
PACKER = ("emil.frost@example.com", "Emil-packs-1-parcel")
"""Who may sign in at the demo: a customer of the shop, and users of office and warehouse."""


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo, as it is served.

    Attributes:
        url: Its address, without a slash at the end.
    """

    url: str

    def base(self, application: str) -> str:
        """Return the address of an application, without a slash at the end."""
        return f"{self.url}/{application}"

    def read(
        self,
        application: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        /,
        **query: object,
    ) -> Any:
        """Read a document with plain HTTP; ``headers`` and ``query`` as `tests.demo.read`."""
        return read(f"{self.base(application)}{path}", headers, **query)

    def document(self, application: str, token: str | None = None) -> Any:
        """Return the OpenAPI document of an application as it is served.

        Args:
            application: Its name.
            token: Access token of the reader; in the demo nobody in particular sees everything.
        """
        return self.read(application, "/docs.json", {"Accept": "*/*", **bearer(token)})

    def token(self, application: str, username: str, password: str) -> str:
        """Sign in at the token endpoint of an application, and return the access token."""
        form = {"grant_type": "password", "username": username, "password": password}
        request = urllib.request.Request(
            f"{self.base(application)}/token", urlencode(form).encode()
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            token = json.load(response)["access_token"]
        assert isinstance(token, str)
        return token

    def warehouse_token(self) -> str:
        """Return the token of the warehouse that the packer works in."""
        request = urllib.request.Request(
            f"{self.base('backend_api')}/warehouse-tokens",
            method="POST",
            headers={**bearer(self.token("backend_api", *PACKER)), "Accept": JSON_API},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            token = json.load(response)["data"]["attributes"]["accessToken"]
        assert isinstance(token, str)
        return token


def bearer(token: str | None) -> dict[str, str]:
    """Return the header that a token is sent in; none without one."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, for all tests: what one changes there it puts back."""
    with running_demo(tmp_path_factory.mktemp("demo")) as url:
        yield Demo(url)


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for the tests of one file, which may change whatever they like."""
    with running_demo(tmp_path_factory.mktemp("own-demo")) as url:
        yield Demo(url)


@pytest.fixture(scope="session")
def documents(demo: Demo) -> dict[str, Any]:
    """The document of each application, with everything in it, as it is served."""
    return {name: demo.document(name) for name in APPLICATIONS}


@pytest.fixture(scope="session")
def node_folder(documents: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs of npm, and the documents; a skip where there is no npm."""
    folder = npm_folder(tmp_path_factory.mktemp("node"), *(HERE / "node").iterdir())
    write_documents(documents, folder)
    return folder


def write_documents(documents: dict[str, Any], folder: Path) -> None:
    """Write documents into a folder, each into a file that is called after its application."""
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, in which it is looked for among those of npm as well.

    Args:
        arguments: Its name and what follows.
        folder: The folder.
        environment: Further variables of its environment.
    """
    path = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        arguments,
        cwd=folder,
        env={**os.environ, "PATH": path, "CI": "true", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="session")
def plain(demo: Demo) -> dict[str, Any]:
    """What the programs of the clients should tell, by plain HTTP and by what they do."""
    product = demo.read("storefront_api", "/abstract-products/001")["data"]
    page = demo.read(
        "storefront_api",
        "/abstract-products",
        sort="name,-sku",
        include="abstract-product-prices,concrete-products",
        **{"page[offset]": 2, "page[limit]": 3},
    )
    articles = demo.read("magazine_api", "/articles", **{"page[offset]": 0, "page[limit]": 100})
    token = demo.token("backend_api", *OFFICE)
    office = demo.read("backend_api", "/product-abstract/002", bearer(token))["data"]["attributes"]
    customer = demo.read(
        "legacy_api", "/customers/DE--1", bearer(demo.token("legacy_api", *CUSTOMER))
    )["data"]
    pointers = [f"/data/attributes/{each}" for each in ("title", "body", "readingMinutes")]
    return {
        "product": {
            "id": product["id"],
            "name": product["attributes"]["name"],
            "material": product["attributes"]["attributes"]["material"],
        },
        "missingProduct": {"status": 404, "code": "301", "http": 404},
        "page": {
            "names": [each["attributes"]["name"] for each in page["data"]],
            "prices": [
                each["attributes"]["price"]
                for each in page["included"]
                if each["type"] == "abstract-product-prices"
            ],
        },
        "filtered": [
            each["id"] for each in articles["data"] if each["attributes"]["readingMinutes"] == 5
        ],
        "everyArticle": {
            "ids": [each["id"] for each in articles["data"]],
            "total": articles["meta"]["total"],
        },
        "office": {
            "refused": 401,
            "sku": office["productAbstractSku"],
            "stores": office["stores"],
        },
        "write": {
            "statuses": [201, 200, 412, 200, 204, 204, 404],
            "title": "Changed",
            "tags": ["a", "b"],
            "minutes": 1,
            "wrote": True,
            "late": "006",
        },
        "wrongBody": [{"status": "422", "pointer": each} for each in pointers],
        "old": {
            "id": customer["id"],
            "firstName": customer["attributes"]["firstName"],
            "salutation": customer["attributes"]["salutation"],
        },
    }


@pytest.fixture(scope="session")
def readers(demo: Demo) -> dict[str, Callable[[], tuple[str, str]]]:
    """How each kind of reader signs in: the application and the token, by the reader's name."""
    return {
        "customer": lambda: ("storefront_api", demo.token("storefront_api", *CUSTOMER)),
        "customer of old": lambda: ("legacy_api", demo.token("legacy_api", *CUSTOMER)),
        "office": lambda: ("backend_api", demo.token("backend_api", *OFFICE)),
        "packer": lambda: ("backend_api", demo.token("backend_api", *PACKER)),
        "warehouse": lambda: ("backend_api", demo.warehouse_token()),
    }
