"""The workloads: which requests are sent to whom, and that both sides answer alike.

A workload is many requests that differ, so that no side can live on the answer, the fieldset or the
query that it saw last.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import falcon.testing

from benchmarks import bare, press, shop

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

FEW, MANY = 5, 200
"""Plugins that have nothing to do with a request."""
VARIANTS = 300
"""Different requests of a workload, where there are so many."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent many times.

    Attributes:
        environ: Its WSGI environment, without a body.
        body: Its body.
    """

    environ: dict[str, Any]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Workload:
    """One comparison.

    Attributes:
        name: Name in the tables.
        requests: What is sent, in turn.
        measured: What is measured.
        yardstick: What it is compared with.
        by: What the yardstick is, for people.
        alike: Returns what both sides must agree on.
    """

    name: str
    requests: tuple[Request, ...]
    measured: Application
    yardstick: Application
    by: str = "bare Falcon"
    alike: Callable[[tuple[str, bytes]], Any] = lambda answer: comparable(answer)


def request_of(
    path: str, query: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Request:
    """Return a request that accepts JSON:API."""
    sent = {"Accept": bare.MEDIA_TYPE, **(headers or {})}
    if not body:
        return Request(falcon.testing.create_environ(path, query, headers=sent))
    sent["Content-Type"] = bare.MEDIA_TYPE
    environ = falcon.testing.create_environ(path, query, method="POST", headers=sent, body=body)
    return Request(environ, body)


def ask(application: Application, request: Request) -> tuple[str, bytes]:
    """Send one request and return status and body."""
    statuses: list[str] = []

    def start_response(status: str, headers: object, error: object = None) -> None:
        statuses.append(status)

    environ = dict(request.environ)
    if request.body:
        environ["wsgi.input"] = io.BytesIO(request.body)
    body = application(environ, start_response)
    return statuses[0], b"".join(body)


def comparable(answer: tuple[str, bytes]) -> Any:
    """Return what both sides must agree on: everything but the spelling of the page links."""
    status, body = answer
    document = json.loads(body)
    if "meta" in document:
        document["links"] = sorted(document["links"])
    document.get("included", []).sort(key=lambda each: (each["type"], each["id"]))
    for error in document.get("errors", ()):
        # Validators may find the same errors in another order.
        error.pop("source", None)
    document.get("errors", []).sort(key=lambda each: each["detail"])
    return status, document


def attributes_alone(answer: tuple[str, bytes]) -> Any:
    """Return what a resource shows, whatever its type."""
    status, body = answer
    return status, json.loads(body)["data"]["attributes"]


def differing(workload: Workload) -> str | None:
    """Say how the two sides differ in what they answer, or return None."""
    for request in workload.requests:
        measured, yardstick = (
            ask(side, request) for side in (workload.measured, workload.yardstick)
        )
        if workload.alike(measured) != workload.alike(yardstick):
            return f"{measured!r:.2000}\n{yardstick!r:.2000}"
    return None


def page_query(number: int) -> str:
    """Return the query of a page; different numbers name different ones."""
    at = number * 7 % (shop.COUNT - 20)
    return f"page%5Boffset%5D={at}&page%5Blimit%5D=20"


def compound_queries() -> Iterator[str]:
    """Yield queries with different fieldsets, includes and pages."""
    fieldsets = combinations(bare.ALL, 4)
    for number, names in enumerate(fieldsets):
        include = "makers,labels" if number % 2 else "labels,makers"
        fields = ",".join((*names, "makers", "labels"))
        yield f"{page_query(number)}&include={include}&fields%5Bproducts%5D={fields}"


def valid_articles() -> Iterator[bytes]:
    """Yield documents of new articles."""
    for number in range(VARIANTS):
        attributes = {
            "title": f"The {number}th winter",
            "body": f"It snowed {number} times.",
            "publishedAt": f"2026-01-01T10:{number % 60:02}:00+01:00",
            "readingMinutes": number % 600 + 1,
            "tags": ["snow", f"winter {number}"],
        }
        yield document_of(attributes)


def invalid_articles() -> Iterator[bytes]:
    """Yield documents of articles with three mistakes."""
    for number in range(VARIANTS):
        yield document_of({"title": "", "readingMinutes": 1000 + number, "tags": [f"tag {number}"]})


def document_of(attributes: Mapping[str, Any]) -> bytes:
    """Return the document of a new article."""
    return json.dumps({"data": {"type": "articles", "attributes": attributes}}).encode()


@contextmanager
def workloads() -> Iterator[tuple[Workload, ...]]:
    """Put both sides together, and let go of them at the end."""
    with ExitStack() as stack:
        few, many, magazine = (
            Path(stack.enter_context(TemporaryDirectory())) for _ in ("few", "many", "magazine")
        )
        shop_of_few = stack.enter_context(shop.deployment(few, FEW))
        shop_of_many = stack.enter_context(shop.deployment(many, MANY))
        of_press = stack.enter_context(press.deployment(magazine))
        with_few = shop_of_few.applications[shop.APPLICATION]
        with_many = shop_of_many.applications[shop.APPLICATION]
        writing = of_press.applications[press.APPLICATION]
        by_hand = bare.application()
        bearer = {"Authorization": f"Bearer {shop.log_in(shop_of_few)}"}
        one = tuple(request_of(f"/products/{sku}") for sku in shop.PRODUCTS)
        pages = tuple(request_of("/products", page_query(number)) for number in range(VARIANTS))
        compound = tuple(request_of("/products", query) for query in compound_queries())
        unknown = tuple(request_of(f"/nowhere{number}") for number in range(VARIANTS))
        valid = tuple(request_of("/articles", body=body) for body in valid_articles())
        invalid = tuple(request_of("/articles", body=body) for body in invalid_articles())
        offers = tuple(request_of(f"/offers/{sku}", headers=bearer) for sku in shop.PRODUCTS)

        def without_token(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            environ["PATH_INFO"] = environ["PATH_INFO"].replace("/offers/", "/products/")
            del environ["HTTP_AUTHORIZATION"]
            return with_few(environ, start_response)

        yield (
            Workload("one", one, with_few, by_hand),
            Workload("page", pages, with_few, by_hand),
            Workload("compound", compound, with_few, by_hand),
            Workload("create", valid, writing, by_hand),
            Workload("create, invalid", invalid, writing, by_hand),
            Workload("unknown", unknown, with_few, by_hand),
            Workload(
                "one, with token",
                offers,
                with_few,
                without_token,
                "one without it",
                attributes_alone,
            ),
            Workload("one, 200 plugins", one, with_many, with_few, "one, 5 plugins"),
        )
