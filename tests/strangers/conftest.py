"""The demo of all applications behind gunicorn, and the documents that it serves."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.demo import JSON_API, read, running_demo

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
def readers(demo: Demo) -> dict[str, Callable[[], tuple[str, str]]]:
    """How each kind of reader signs in: the application and the token, by the reader's name."""
    return {
        "customer": lambda: ("storefront_api", demo.token("storefront_api", *CUSTOMER)),
        "customer of old": lambda: ("legacy_api", demo.token("legacy_api", *CUSTOMER)),
        "office": lambda: ("backend_api", demo.token("backend_api", *OFFICE)),
        "packer": lambda: ("backend_api", demo.token("backend_api", *PACKER)),
        "warehouse": lambda: ("backend_api", demo.warehouse_token()),
    }
