"""Draw a chart as PNG for a phone: few ticks, large letters, a ground of its own that suits light and dark.

The drawing process runs this module: a chart as JSON in, a PNG out. Nothing else imports it, because
matplotlib costs a second and sixty megabytes.
"""

import datetime as dt
import io
import sys
import textwrap
import unicodedata
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from bot.charts.chart import AS_JSON, Chart, Panel

_WIDTH, _PANEL_HEIGHT, _HEAD = 6.4, 2.9, 0.9  # inches
_PAD = 0.12  # inches: Telegram rounds the corners of a picture
_DPI = 150  # 960 pixels wide: sharp on a phone, and about 40 kB
_GROUND, _INK, _FAINT = "#f6f3ec", "#26221c", "#d8d2c4"
_COLOURS = ("#2f6f8f", "#b3402a", "#c9962b", "#6d6a63")
_TICKS = 7
_TITLE_COLUMNS, _TITLE_LINES = 40, 2
# DejaVu Sans ships with matplotlib and has every Vietnamese letter.
_FONT: dict[Any, Any] = {"font.family": "DejaVu Sans", "font.size": 11}


def draw(chart: Chart) -> bytes:
    """Return `chart` as a PNG, 960 pixels wide."""
    with matplotlib.rc_context(_FONT):
        figure = Figure(
            figsize=(_WIDTH, _HEAD + _PANEL_HEIGHT * len(chart.panels)),
            facecolor=_GROUND,
            layout=ConstrainedLayoutEngine(h_pad=_PAD, w_pad=_PAD),
        )
        figure.suptitle(
            _wrapped(chart.title), x=0.03, ha="left", fontweight="bold", color=_INK, parse_math=False
        )
        axes = figure.subplots(len(chart.panels), 1, squeeze=False)[:, 0]
        for panel, area in zip(chart.panels, axes, strict=True):
            _draw_panel(area, panel, chart)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=_DPI, metadata={"Software": None})
    return picture.getvalue()


def _wrapped(title: str) -> str:
    """Cut a title to two lines, without signs that the font has no letter for."""
    drawn = "".join(
        c for c in title if unicodedata.category(c)[0] not in "CM" and unicodedata.category(c) != "So"
    )
    lines = textwrap.wrap(drawn, _TITLE_COLUMNS, max_lines=_TITLE_LINES, placeholder=" …")
    return "\n".join(lines)


def _draw_panel(area: Axes, panel: Panel, chart: Chart) -> None:
    days = list(range(chart.days))
    if panel.is_line:
        for one, colour in zip(panel.series, _COLOURS, strict=False):
            area.plot(days, one.counts, color=colour, linewidth=2.2, label=one.name)
    else:
        floor = [0] * len(days)
        for one, colour in zip(panel.series, _COLOURS, strict=False):
            area.bar(days, one.counts, bottom=floor, color=colour, width=0.8, label=one.name)
            floor = [low + count for low, count in zip(floor, one.counts, strict=True)]
    tops = [sum(one.counts[day] for one in panel.series) for day in days]
    for day, words in panel.labels:
        area.annotate(
            words, (day, tops[day]), ha="center", va="bottom", color=_INK, fontweight="bold", parse_math=False
        )
    _style(area, panel, chart, max(tops, default=0))


def _style(area: Axes, panel: Panel, chart: Chart, top: int) -> None:
    area.set_facecolor(_GROUND)
    area.set_title(panel.title, loc="left", color=_INK, fontsize=11, parse_math=False)
    area.spines[["top", "right", "left"]].set_visible(False)
    area.spines["bottom"].set_color(_INK)
    area.grid(axis="y", color=_FAINT, linewidth=1)
    area.set_axisbelow(True)
    area.tick_params(colors=_INK, length=0)
    area.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    area.set_ylim(0, max(1.0, top * (1.35 if len(panel.series) > 1 else 1.18)))
    area.set_xlim(-0.7, chart.days - 0.3)
    step = max(1, -(-chart.days // _TICKS))
    shown = list(range(chart.days - 1, -1, -step))  # the last day always has its date
    dates = [chart.first_day + dt.timedelta(days=day) for day in shown]
    area.set_xticks(shown, [f"{date.day}/{date.month}" for date in dates])
    if len(panel.series) > 1:
        area.legend(frameon=False, labelcolor=_INK, loc="upper left", ncols=2)


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(AS_JSON.validate_json(sys.stdin.buffer.read())))
