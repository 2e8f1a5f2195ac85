"""What a picture shows: days across, and one panel or more of counts above them."""

import datetime as dt
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """Counts a day, the first for the chart's first day. `name` tells it from others in the same panel."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars that stand on one another, or a line. `marks` are words above a day, by its number from 0."""

    title: str
    series: tuple[Series, ...]
    is_line: bool = False
    marks: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels under each other over the same days. All series are `days` long."""

    title: str
    first_day: dt.date
    panels: tuple[Panel, ...]

    @property
    def days(self) -> int:
        """Return how many days are shown."""
        return len(self.panels[0].series[0].counts)


def to_json(chart: Chart) -> str:
    """Write `chart` for the process that draws."""
    return json.dumps(asdict(chart) | {"first_day": chart.first_day.isoformat()})


def from_json(text: str) -> Chart:
    """Read what `to_json` wrote."""
    told = json.loads(text)
    panels = tuple(
        Panel(
            panel["title"],
            tuple(Series(one["name"], tuple(one["counts"])) for one in panel["series"]),
            panel["is_line"],
            tuple((int(day), str(words)) for day, words in panel["marks"]),
        )
        for panel in told["panels"]
    )
    return Chart(told["title"], dt.date.fromisoformat(told["first_day"]), panels)
