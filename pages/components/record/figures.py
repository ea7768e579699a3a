"""Figures of the track record for plotly.js; ``theme:`` colours are the browser's. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.journal.track_record import Calibration, CalibrationBin, Question, SkillSequence
from pages.components.shared.model_charts import short_count

Figure = dict[str, Any]

_AXIS = {"gridcolor": "theme:grid", "zeroline": False, "fixedrange": True}
_SHARES = {**_AXIS, "tickformat": ".0%"}


def calibration_figure(calibration: Calibration, promised: str) -> Figure:
    """Promised against came, each point with the band of its share, over a bar per bin; ``promised`` names the axis."""
    bins = calibration.bins
    shares = [share for each in bins for share in (each.came.promised or 0.0, each.came.low, each.came.high)]
    low, high = max(min(shares, default=0.3) - 0.03, 0), min(max(shares, default=0.6) + 0.03, 1)
    return {
        "data": [_diagonal(low, high), _points(bins), _counts(bins, (high - low) / 20)],
        "layout": {
            "height": 340,
            "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
            "showlegend": False,
            "xaxis": {**_SHARES, "range": [low, high], "title": {"text": promised}, "anchor": "y2"},
            "yaxis": {**_SHARES, "range": [low, high], "domain": [0.3, 1], "title": {"text": "Came"}},
            "yaxis2": {
                "domain": [0, 0.17],
                "fixedrange": True,
                "showgrid": False,
                "showticklabels": False,
                "range": [0, max((each.came.n for each in bins), default=1) * 1.25],
                "title": {"text": "n"},
            },
        },
    }


def within(each: CalibrationBin) -> bool:
    """Whether what was promised lies inside the band of what came."""
    return each.came.low <= (each.came.promised or 0.0) <= each.came.high


def _diagonal(low: float, high: float) -> Figure:
    """Where as much comes as was promised."""
    line = {"color": "theme:gray", "dash": "dash", "width": 1}
    return {"x": [low, high], "y": [low, high], "mode": "lines", "line": line, "hoverinfo": "skip"}


def _points(bins: Sequence[CalibrationBin]) -> Figure:
    kept = [within(each) for each in bins]
    return {
        "x": [each.came.promised for each in bins],
        "y": [each.came.share for each in bins],
        "customdata": [f"{each.came.low:.1%} to {each.came.high:.1%}<br>n = {each.came.n:,}" for each in bins],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [each.came.high - each.came.share for each in bins],
            "arrayminus": [each.came.share - each.came.low for each in bins],
            "color": "theme:gray",
            "thickness": 1.5,
            "width": 3,
        },
        "mode": "lines+markers",
        "line": {"color": "theme:blue", "width": 2},
        "marker": {
            "color": ["theme:blue" if each else "theme:red" for each in kept],
            "symbol": ["circle" if each else "x" for each in kept],
            "size": 8,
        },
        "hovertemplate": "promised %{x:.1%}<br>came %{y:.1%}, %{customdata}<extra></extra>",
    }


def _counts(bins: Sequence[CalibrationBin], width: float) -> Figure:
    return {
        "type": "bar",
        "x": [each.came.promised for each in bins],
        "y": [each.came.n for each in bins],
        "yaxis": "y2",
        "width": width,
        "text": [short_count(each.came.n) for each in bins],
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"size": 10},
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": "theme:gray"},
        "hoverinfo": "skip",
    }


# ---------------------------------------------------------------- is it getting worse?

_COLUMNS = 2
_GAP = 0.09


def paths_figure(sequences: Sequence[SkillSequence], question: Question) -> Figure:
    """Each timeframe's skill with its confidence sequence as the days went by, one small chart each."""
    drawn = with_paths(sequences, question)
    layout: Figure = {"showlegend": False, "margin": {"l": 60, "r": 12, "t": 26, "b": 30}, "annotations": []}
    layout["height"] = 60 + 190 * ((len(drawn) + 1) // _COLUMNS)
    data: list[Figure] = []
    for place, sequence in enumerate(drawn):
        number = "" if place == 0 else str(place + 1)
        x, y = _room(place, len(drawn))
        layout[f"xaxis{number}"] = {**_AXIS, "type": "date", "domain": x, "anchor": f"y{number}", "nticks": 4}
        layout[f"yaxis{number}"] = {**_AXIS, "domain": y, "anchor": f"x{number}", "zeroline": True, "nticks": 5}
        layout[f"yaxis{number}"] |= {"zerolinecolor": "theme:text", "zerolinewidth": 1.5, "range": _range(sequence)}
        layout["annotations"].append(_title(sequence.timeframe.value, x, y))
        data += [trace | {"xaxis": f"x{number}", "yaxis": f"y{number}"} for trace in _path(sequence)]
    return {"data": data, "layout": layout}


def with_paths(sequences: Sequence[SkillSequence], question: Question) -> list[SkillSequence]:
    """Those that can be drawn."""
    return [each for each in sequences if each.question is question and each.path]


def _room(place: int, count: int) -> tuple[list[float], list[float]]:
    """The part of the width and of the height that a chart takes, from the top left on."""
    columns, rows = min(count, _COLUMNS), (count + _COLUMNS - 1) // _COLUMNS
    width, height = (1 - _GAP * (columns - 1)) / columns, (1 - 2 * _GAP * (rows - 1)) / rows
    left, top = (place % columns) * (width + _GAP), 1 - (place // columns) * (height + 2 * _GAP)
    return [left, min(left + width, 1)], [max(top - height, 0), top]


def _range(sequence: SkillSequence) -> list[float]:
    """From its last interval, three times over: the first ones are so wide that nothing else would be seen."""
    last = sequence.path[-1]
    reach = max(last.high - last.low, 1e-4)
    return [min(last.low - reach, 0 - reach / 4), max(last.high + reach, reach / 4)]


def _title(text: str, x: list[float], y: list[float]) -> Figure:
    place = {"x": x[0], "y": y[1], "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"text": f"<b>{text}</b>", "showarrow": False, "font": {"size": 12}, **place}


def _path(sequence: SkillSequence) -> list[Figure]:
    until = [point.until_ms for point in sequence.path]
    line = {"mode": "lines", "x": until, "hoverinfo": "skip", "line": {"width": 0}}
    texts = [f"{point.low:+.4f} to {point.high:+.4f}" for point in sequence.path]
    return [
        {**line, "y": [point.low for point in sequence.path]},
        {**line, "y": [point.high for point in sequence.path], "fill": "tonexty", "fillcolor": "theme:band"},
        {
            "mode": "lines+markers" if len(until) < 40 else "lines",
            "x": until,
            "y": [point.mean for point in sequence.path],
            "line": {"color": "theme:blue", "width": 2},
            "marker": {"color": "theme:blue", "size": 5},
            "customdata": texts,
            "hovertemplate": "%{x|%Y-%m-%d}<br>%{y:+.4f} nats a signal<br>%{customdata}<extra></extra>",
        },
    ]
