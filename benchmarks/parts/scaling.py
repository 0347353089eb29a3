"""How cost grows: with the plugins that are installed, and with the resources of a document.

Start and memory are those of fresh processes with distributions that are made up, whose metadata,
modules and schemas are read as those of any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.figures import Figure
from benchmarks.growth import documents as of_documents
from benchmarks.growth import plugins as of_plugins
from benchmarks.growth import starts as of_starts
from benchmarks.growth.documents import PLOTTED
from benchmarks.growth.rounds import Rounds
from benchmarks.parts import Absent, Extent, tell
from benchmarks.plots import Plot
from benchmarks.results import Result

PLUGINS = (1, 10, 50, 200)
RESOURCES = (1, 100, 1_000, 10_000)


def run(extent: Extent) -> Result:
    """Measure."""
    numbers = PLUGINS[:2] if extent.quick else PLUGINS
    resources = RESOURCES[:2] if extent.quick else RESOURCES
    requests = of_plugins.rounds_of(numbers, extent)
    documents = of_documents.rounds_of(resources, extent)
    starts = {count: of_starts.starts_with(count, extent) for count in numbers}
    tables = (
        of_plugins.table_of(requests),
        of_documents.table_of(documents),
        of_starts.table_of(starts),
    )
    plots: dict[str, str] = {}
    try:
        for name, plot in _plots(requests, documents, starts).items():
            plots[name] = plot.svg()
    except Absent as error:
        tell(str(error))
    data = [*_data("plugins", {"one": requests}, "µs of CPU")]
    data += _data("resources", documents, "µs of CPU")
    data += _data("plugins", _columns(starts), "s or MiB")
    return Result("scaling", "How cost grows", tables, tuple(data), plots)


def _columns(starts: Mapping[int, Mapping[str, list[float]]]) -> Mapping[str, Rounds]:
    names = ("seconds", "cpu", "memory", "worker")
    return {name: {number: found[name] for number, found in starts.items()} for name in names}


def _data(by: str, series: Mapping[str, Rounds], unit: str) -> list[Mapping[str, Any]]:
    return [
        {"series": name, "by": by, "number": number, "figure": Figure.of(found).as_data(unit)}
        for name, times in series.items()
        for number, found in times.items()
    ]


def _plots(
    by_plugins: Rounds,
    documents: Mapping[str, Rounds],
    starts: Mapping[int, Mapping[str, list[float]]],
) -> Mapping[str, Plot]:
    marks = tuple(float(each) for each in by_plugins)
    columns = _columns(starts)
    across = "plugins beside those of the storefront"
    return {
        "plugins.svg": Plot(
            "A request for one resource, by plugins",
            across,
            "microseconds of CPU",
            {"Glue": _points(by_plugins)},
            marks,
        ),
        "resources.svg": Plot(
            "A document, by its resources",
            "resources in the document",
            "milliseconds of CPU",
            {
                kind: [(number, value / 1000) for number, value in _points(times)]
                for kind, times in documents.items()
                if kind in PLOTTED
            },
            tuple(float(each) for each in next(iter(documents.values()))),
            is_logarithmic=True,
        ),
        "start.svg": Plot(
            "From start to the first answer, by plugins",
            across,
            "seconds",
            {"elapsed": _points(columns["seconds"]), "CPU": _points(columns["cpu"])},
            marks,
        ),
        "memory.svg": Plot(
            "Memory, by plugins",
            across,
            "MiB",
            {
                "a process": _points(columns["memory"]),
                "a forked worker, for itself": _points(columns["worker"]),
            },
            marks,
        ),
    }


def _points(times: Rounds) -> list[tuple[float, float]]:
    return [(float(number), Figure.of(found).median) for number, found in times.items()]
