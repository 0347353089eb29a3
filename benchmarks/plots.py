"""Plots as SVG: the same points always make the same picture."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.parts import Absent

COLOURS = ("#1f5fa8", "#c2571a", "#3d7a3d", "#7a4b94")
WIDTH, HEIGHT = 720, 440


@dataclass(frozen=True, slots=True)
class Plot:
    """Lines over one number.

    Attributes:
        title: What is shown.
        across: Name of the horizontal axis, with its unit.
        up: Name of the vertical axis, with its unit.
        lines: Points by the names of lines.
        marks: Where the horizontal axis is labelled.
        is_logarithmic: Whether both axes are logarithmic; else both are linear and begin at 0.
    """

    title: str
    across: str
    up: str
    lines: Mapping[str, Sequence[tuple[float, float]]]
    marks: tuple[float, ...]
    is_logarithmic: bool = False

    def svg(self) -> str:
        """Return the picture.

        Raises:
            Absent: There is no pygal.
        """
        try:
            import pygal
            from pygal.style import Style
        except ImportError as error:
            raise Absent("The plots need pygal: pip install -r requirements-bench.txt.") from error
        # It leaves a finder of modules behind that newer Pythons warn of at every import.
        sys.meta_path[:] = [
            each for each in sys.meta_path if type(each).__name__ != "PluginImportFixer"
        ]
        style = Style(
            background="white",
            plot_background="white",
            foreground="#333333",
            foreground_strong="#111111",
            foreground_subtle="#999999",
            colors=COLOURS,
            font_family="sans-serif",
            title_font_size=18,
            label_font_size=13,
            major_label_font_size=13,
            legend_font_size=14,
            guide_stroke_color="#e0e0e0",
            major_guide_stroke_color="#cccccc",
        )
        chart = pygal.XY(
            style=style,
            js=[],
            title=self.title,
            x_title=self.across,
            y_title=self.up,
            x_labels=list(self.marks),
            logarithmic=self.is_logarithmic,
            width=WIDTH,
            height=HEIGHT,
            dots_size=4,
            stroke_style={"width": 2},
            legend_at_bottom=True,
            value_formatter=labelled,
            x_value_formatter=labelled,
            disable_xml_declaration=True,
            truncate_legend=-1,
            margin_right=40,
            **self._scales(),
        )
        # It would be a random one.
        chart.uuid = "plot"
        for name, points in self.lines.items():
            chart.add(name, list(points))
        # The comments have the day and the version, the script has what only other scripts read.
        left_out = "<!--.*?-->|<script.*?</script>"
        picture = re.sub(left_out, "", chart.render(is_unicode=True), flags=re.DOTALL)
        return picture.strip() + "\n"

    def _scales(self) -> dict[str, Any]:
        values = [y for points in self.lines.values() for _, y in points]
        if not self.is_logarithmic:
            return {"range": (0, 1.1 * max(values)), "xrange": (0, self.marks[-1])}
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        return {
            "range": (0.999 * 10.0**low, 1.001 * 10.0**high),
            "y_labels": [10.0**power for power in range(low, high + 1)],
        }


def labelled(value: float) -> str:
    """Return a number at an axis: as short as it can be, thousands apart."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
