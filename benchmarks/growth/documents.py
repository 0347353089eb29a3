"""What a document costs by the number of its resources."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.driving import Wsgi, ask
from benchmarks.figures import Figure, shown
from benchmarks.growth import shelf
from benchmarks.growth.rounds import Rounds, measured
from benchmarks.parts import Extent, tell
from benchmarks.requests import Request, request_of
from benchmarks.tables import Table
from glue_core.testing import in_memory


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document.

    Attributes:
        title: Its name in the table.
        is_by_hand: Whether Falcon answers alone.
        is_compound: Whether half of the resources are included ones.
        is_frozen: Whether what was made at start-up is out of what Python's garbage collector looks
            through, as `glue_core.gunicorn` sets it.
    """

    title: str
    is_by_hand: bool = False
    is_compound: bool = False
    is_frozen: bool = True


DOCUMENTS = (
    Kind("Glue"),
    Kind("Glue, half included", is_compound=True),
    Kind("Falcon, by hand", is_by_hand=True),
    Kind("Falcon, by hand, half included", is_by_hand=True, is_compound=True),
    Kind("Glue, half included, not frozen", is_compound=True, is_frozen=False),
    Kind(
        "Falcon, by hand, half included, not frozen",
        is_by_hand=True,
        is_compound=True,
        is_frozen=False,
    ),
)
PLOTTED = tuple(each.title for each in DOCUMENTS if each.is_frozen)


def rounds_of(numbers: Sequence[int], extent: Extent) -> Mapping[str, Rounds]:
    """Return the time of a document by the number of its resources, for each kind of document."""
    tell("scaling: resources")
    plugin = in_memory(shop.GROUP, "shelf", shelf.Shelf(), distribution="shelf")
    found: dict[str, Rounds] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        made = stack.enter_context(shop.deployment(folder, 0, plugin))
        by_glue, by_hand = made.applications[shop.APPLICATION], shelf.by_hand()
        for kind in DOCUMENTS:
            application = by_hand if kind.is_by_hand else by_glue
            requests = {number: (document_request(number, kind.is_compound),) for number in numbers}
            for number, (request,) in requests.items():
                _check(application, request, number, kind.is_compound)
            # About as long for each number.
            counts = {number: max(2, 2_000 // number) for number in numbers}
            sides = dict.fromkeys(numbers, application)
            with _start_up(kind.is_frozen):
                found[kind.title] = measured(sides, requests, counts, extent)
    return found


@contextmanager
def _start_up(is_frozen: bool) -> Iterator[None]:
    """Keep what there is out of what the garbage collector looks through meanwhile, or do not."""
    gc.collect()
    if is_frozen:
        gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def document_request(number: int, is_compound: bool) -> Request:
    """Return the request for a document of so many resources, or of one more."""
    if not is_compound:
        return request_of("/items", f"page%5Boffset%5D=0&page%5Blimit%5D={number}")
    return request_of(
        "/items", f"page%5Boffset%5D=0&page%5Blimit%5D={(number + 1) // 2}&include=boxes"
    )


def _check(application: Wsgi, request: Request, number: int, is_compound: bool) -> None:
    _, body = ask(application, request)
    document = json.loads(body)
    found = len(document.get("data", ())) + len(document.get("included", ()))
    if found != number + (number % 2 if is_compound else 0):
        raise RuntimeError(f"{request.target} has {found} resources: {body!r:.500}")


def table_of(documents: Mapping[str, Rounds]) -> Table:
    """Return the table."""
    numbers = list(next(iter(documents.values())))
    rows = []
    for kind, times in documents.items():
        cells = [kind]
        for before, number in zip((None, *numbers), numbers, strict=False):
            figure = Figure.of(times[number])
            text = shown(figure.median / number)
            if before is not None:
                growth = Figure.of_ratios(times[number], times[before])
                text += f" ({shown(growth.median)})"
            cells.append(text)
        rows.append(tuple(cells))
    note = (
        "Microseconds of CPU for each resource of the document; in brackets how many times as long "
        "the whole document takes as the one in the column before. As under `glue_core.gunicorn`, "
        "what was made at start-up is out of what Python's garbage collector looks through "
        "(`gc.freeze`); 'not frozen', it goes through all of it while a long document is made."
    )
    heads = tuple(f"{number:,} resources" if number > 1 else "1 resource" for number in numbers)
    return Table(
        "A document, by the number of its resources", ("document", *heads), tuple(rows), note
    )
