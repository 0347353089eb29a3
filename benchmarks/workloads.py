"""The workloads: which requests are sent to whom, and that both sides answer alike."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import bare, press, shop
from benchmarks.data import PRODUCTS
from benchmarks.driving import Wsgi, ask
from benchmarks.requests import REQUESTS, Request, request_of

FEW, MANY = 5, 200
"""Plugins that have nothing to do with a request."""


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
    measured: Wsgi
    yardstick: Wsgi
    by: str = "bare Falcon"
    alike: Callable[[tuple[str, bytes]], Any] = lambda answer: comparable(answer)


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
        sides = {"create": writing, "create, invalid": writing}
        by_hand = bare.application()
        bearer = {"Authorization": f"Bearer {shop.log_in(shop_of_few)}"}
        offers = tuple(request_of(f"/offers/{sku}", headers=bearer) for sku in PRODUCTS)

        def without_token(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            environ["PATH_INFO"] = environ["PATH_INFO"].replace("/offers/", "/products/")
            del environ["HTTP_AUTHORIZATION"]
            return with_few(environ, start_response)

        yield (
            *(
                Workload(name, make(), sides.get(name, with_few), by_hand)
                for name, make in REQUESTS.items()
            ),
            Workload(
                "one, with token",
                offers,
                with_few,
                without_token,
                "one without it",
                attributes_alone,
            ),
            Workload("one, 200 plugins", REQUESTS["one"](), with_many, with_few, "one, 5 plugins"),
        )
