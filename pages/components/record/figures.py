"""Figures of the track record for plotly.js; ``theme:`` colours are the browser's. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.journal.slices import Question
from core.journal.track_record import Calibration, CalibrationBin, SequencePoint, SkillSequence
from core.wording.language import say
from pages.components.shared.promises import PromisePoint
from pages.components.shared.time_axis import time_axis

Figure = dict[str, Any]

_AXIS = {"gridcolor": "theme:grid", "zeroline": False, "fixedrange": True}


def bins_drawn(calibration: Calibration) -> list[CalibrationBin]:
    """Those with enough outcomes for a figure."""
    return [each for each in calibration.bins if each.came.enough]


def points_of(calibration: Calibration) -> list[PromisePoint]:
    """What is drawn of it, as the charts of promises have it."""
    shares = [each.came for each in bins_drawn(calibration)]
    return [PromisePoint(s.promised or 0.0, s.share, s.n, s.low, s.high) for s in shares]


# ---------------------------------------------------------------- is it getting worse?

_COLUMNS = 2
_HEIGHT = 190
"""Pixels of a small chart and of what lies between it and the next one below."""

_BESIDE, _BELOW = 0.11, 64 / _HEIGHT
"""What lies between two charts: of the whole width, and of such a height."""


def paths_figure(sequences: Sequence[SkillSequence], question: Question) -> Figure:
    """Each timeframe's skill with its confidence sequence as the days went by, one small chart each.

    ``narrow`` is the layout where there is no room for two beside each other.
    """
    drawn = with_paths(sequences, question)
    data = [
        trace | {"xaxis": f"x{_number(place)}", "yaxis": f"y{_number(place)}"}
        for place, sequence in enumerate(drawn)
        for trace in _path(sequence)
    ]
    return {"data": data, "layout": _paths_layout(drawn, _COLUMNS), "narrow": _paths_layout(drawn, 1)}


def _paths_layout(drawn: Sequence[SkillSequence], columns: int) -> Figure:
    layout: Figure = {"showlegend": False, "margin": {"l": 72, "r": 12, "t": 26, "b": 30}, "annotations": []}
    layout["height"] = 60 + _HEIGHT * -(-len(drawn) // columns)
    for place, sequence in enumerate(drawn):
        number = _number(place)
        x, y = _room(place, len(drawn), columns)
        layout[f"xaxis{number}"] = {**_AXIS, **time_axis(), "domain": x, "anchor": f"y{number}", "nticks": 4}
        layout[f"yaxis{number}"] = {**_AXIS, "domain": y, "anchor": f"x{number}", "zeroline": True, "nticks": 5}
        layout[f"yaxis{number}"] |= {"zerolinecolor": "theme:text", "zerolinewidth": 1.5, "range": _range(sequence)}
        layout[f"yaxis{number}"]["title"] = {"text": say("Nats a signal"), "standoff": 4}
        layout["annotations"].append(_title(sequence.timeframe.value, x, y))
    return layout


def _number(place: int) -> str:
    """What plotly.js appends to the names of a chart's axes."""
    return "" if place == 0 else str(place + 1)


def with_paths(sequences: Sequence[SkillSequence], question: Question) -> list[SkillSequence]:
    """Those that can be drawn."""
    return [each for each in sequences if each.question is question and each.path]


def _room(place: int, count: int, most: int) -> tuple[list[float], list[float]]:
    """The part of the width and of the height that a chart takes, from the top left on."""
    columns, rows = min(count, most), -(-count // most)
    below = _BELOW / rows
    width, height = (1 - _BESIDE * (columns - 1)) / columns, (1 - below * (rows - 1)) / rows
    left, top = (place % columns) * (width + _BESIDE), 1 - (place // columns) * (height + below)
    return [left, min(left + width, 1)], [max(top - height, 0), top]


def _range(sequence: SkillSequence) -> list[float]:
    """From its last interval, three times over: the first ones are so wide that nothing else would be seen."""
    last = sequence.path[-1]
    reach = max(last.high - last.low, 1e-4)
    return [min(last.low - reach, 0 - reach / 4), max(last.high + reach, reach / 4)]


def _title(text: str, x: list[float], y: list[float]) -> Figure:
    place = {"x": x[0], "y": y[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": f"<b>{text}</b>", "showarrow": False, "font": {"size": 12}, **place}


def _point_text(point: SequencePoint) -> str:
    ends = say("{low:+.4f} to {high:+.4f}", low=point.low, high=point.high)
    return ends if point.over else say("{ends}<br>its days are not over", ends=ends)


def _path(sequence: SkillSequence) -> list[Figure]:
    until = [point.until_ms for point in sequence.path]
    line = {"mode": "lines", "x": until, "hoverinfo": "skip", "line": {"width": 0}}
    texts = [_point_text(point) for point in sequence.path]
    return [
        {**line, "y": [point.low for point in sequence.path]},
        {**line, "y": [point.high for point in sequence.path], "fill": "tonexty", "fillcolor": "theme:band"},
        {
            "mode": "lines+markers" if len(until) < 40 or not sequence.path[-1].over else "lines",
            "x": until,
            "y": [point.mean for point in sequence.path],
            "line": {"color": "theme:blue", "width": 2},
            "marker": {
                "color": "theme:blue",
                "size": [5 if point.over else 8 for point in sequence.path],
                "symbol": ["circle" if point.over else "circle-open" for point in sequence.path],
            },
            "customdata": texts,
            "hovertemplate": say("%{x|%Y-%m-%d}<br>%{y:+.4f} nats a signal<br>%{customdata}<extra></extra>"),
        },
    ]
