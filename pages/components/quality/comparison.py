"""Figures that set models side by side: accuracy against the majority baseline, and skill per coin.

Plain descriptions for plotly.js; ``theme:`` colours are the browser's to fill in. Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from core.domain import Timeframe, ticker
from core.findings import Severity
from core.measured import Proof
from core.model.metrics import Evaluation
from core.signals.trust import GOOD_ACCURACY, WEAK_ACCURACY, seems_broken, whole_skill
from core.wording.language import say
from core.wording.style import TYPESET
from pages.components.quality.rows import ModelRow
from pages.components.shared.appearance import SEVERITY_STYLES
from pages.components.shared.number_text import accuracy_share, percent_text

Figure = dict[str, Any]

SEVERITY_MARKS = {
    "none": ("theme:blue", "circle", SEVERITY_STYLES[None].name),
    "warning": ("theme:yellow", "triangle-up", SEVERITY_STYLES[Severity.WARNING].name),
    "critical": ("theme:gray", "x", SEVERITY_STYLES[Severity.CRITICAL].name),
}
"""Colour, shape and name of a model's verdict, which is said to each reader in their own language."""

_MARKS = (
    ("theme:blue", "circle"),
    ("theme:yellow", "square"),
    ("theme:green", "diamond"),
    ("theme:text", "triangle-up"),
    ("theme:gray", "pentagon"),
    ("theme:red", "star"),
)

TIMEFRAME_MARKS = dict(zip(Timeframe, cycle(_MARKS), strict=False))
"""Colour and shape of a timeframe where several share a chart."""

SKILL_FLOOR = -0.12
"""A skill under this would press all others into one line: it is drawn at the edge with its number."""

_AXIS = {"gridcolor": "theme:grid", "zeroline": False, "fixedrange": True}


def accuracy_figure(rows: Sequence[ModelRow]) -> Figure:
    """Accuracy with its interval over the majority baseline; on the diagonal a model is right no more often than always calling one class."""
    tested = [(row, row.test) for row in rows if row.test is not None]
    if not tested:
        return {"data": [], "layout": {}}
    majorities = [test.majority_accuracy for _, test in tested]
    ends = [end for _, test in tested for end in test.accuracy_interval]
    x_range = [max(min(majorities) - 0.03, 0), min(max(majorities) + 0.03, 1.01)]
    y_range = [max(min(*ends, WEAK_ACCURACY, x_range[0]) - 0.02, 0), min(max(*ends, x_range[1]) + 0.02, 1.02)]
    return {
        "data": [
            _line(x_range, x_range, "theme:gray", "dash", say("always one class")),
            _line(x_range, [WEAK_ACCURACY, WEAK_ACCURACY], "theme:text", "dot", percent_text(WEAK_ACCURACY, 0)),
            *(
                _accuracy_trace(severity, [pair for pair in tested if pair[0].severity == severity])
                for severity in SEVERITY_MARKS
                if any(row.severity == severity for row, _ in tested)
            ),
        ],
        "layout": {
            "height": 430,
            "margin": {"l": 56, "r": 12, "t": 36, "b": 48},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "showlegend": True,
            "xaxis": {
                **_AXIS,
                "range": x_range,
                "tickformat": ".0%",
                "title": {"text": say("Baseline: always one class")},
            },
            "yaxis": {**_AXIS, "range": y_range, "tickformat": ".0%", "title": {"text": say("Accuracy")}},
        },
    }


def _accuracy_trace(severity: str, models: list[tuple[ModelRow, Evaluation]]) -> Figure:
    colour, symbol, word = SEVERITY_MARKS[severity]
    tests = [test for _, test in models]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": f"{say(word)} ({len(models)})",
        "x": [test.majority_accuracy for test in tests],
        "y": [test.accuracy for test in tests],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [test.accuracy_interval[1] - test.accuracy for test in tests],
            "arrayminus": [test.accuracy - test.accuracy_interval[0] for test in tests],
            "color": colour,
            "thickness": 1,
            "width": 0,
        },
        "marker": {"color": colour, "symbol": symbol, "size": 7},
        "text": [row.name if _stands_out(row, test) else "" for row, test in models],
        "textposition": ["middle right" if test.majority_accuracy < 0.5 else "middle left" for test in tests],
        "textfont": {"size": 10},
        "customdata": [accuracy_in_words(row, test) for row, test in models],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _stands_out(row: ModelRow, test: Evaluation) -> bool:
    """Whether the point has its name beside it: broken, or good to look at and worth nothing. Others say it on hover."""
    return row.surprises and (seems_broken(test) or test.accuracy >= GOOD_ACCURACY)


def accuracy_in_words(row: ModelRow, test: Evaluation) -> str:
    """What pointing at a model says of its accuracy."""
    low, high = test.accuracy_interval
    return say(
        "<b>{name}</b><br>right {accuracy} ({low:.1f}–{high:.1f})<br>baseline {majority_accuracy}<br>n = {n:,}",
        name=row.name,
        accuracy=accuracy_share(test.accuracy),
        low=low * 100,
        high=high * 100,
        majority_accuracy=percent_text(test.majority_accuracy),
        n=test.n,
    )


def skill_figure(rows: Sequence[ModelRow]) -> Figure:
    """Skill with its interval, a line per coin, the best on top; marks are hollow where the interval includes zero."""
    tested = [(row, row.test) for row in rows if row.test is not None]
    if not tested:
        return {"data": [], "layout": {}}
    timeframes = sorted({row.timeframe for row, _ in tested}, key=lambda timeframe: timeframe.minutes)
    skills: dict[str, list[float]] = {}
    for row, test in tested:
        skills.setdefault(row.symbol, []).append(test.skill)
    coins = sorted(skills, key=lambda symbol: sum(skills[symbol]) / len(skills[symbol]))
    places = {symbol: place for place, symbol in enumerate(coins)}
    top = len(coins) - 0.3
    low = max(min(test.skill_interval[0] for _, test in tested), SKILL_FLOOR)
    high = max(0.0, *(test.skill_interval[1] for _, test in tested))
    pad = (high - low) * 0.04 + 0.002
    room = max(6 + 7 * len(timeframes), 24)  # pixels for a coin
    return {
        "data": [
            _line([0, 0], [-0.7, top], "theme:text", "solid", None),
            *(
                _skill_trace(timeframe, [pair for pair in tested if pair[0].timeframe is timeframe], places, timeframes)
                for timeframe in timeframes
            ),
            *(_legend_entry(timeframe) for timeframe in timeframes),
        ],
        "layout": {
            "height": 110 + max(len(coins), 3) * room,
            "margin": {"l": 84, "r": 12, "t": 36, "b": 48},
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            "showlegend": True,
            "xaxis": {
                **_AXIS,
                "range": [min(low, 0.0) - pad, high + pad],
                "title": {"text": say("Skill (0: the class frequencies)")},
            },
            "yaxis": {
                "fixedrange": True,
                "zeroline": False,
                "gridcolor": "theme:grid",
                "range": [-0.7, top],
                "tickvals": list(places.values()),
                "ticktext": [ticker(symbol) for symbol in coins],
                "title": {"text": say("Coin"), "standoff": 4},
            },
        },
    }


def _skill_trace(
    timeframe: Timeframe,
    models: list[tuple[ModelRow, Evaluation]],
    places: dict[str, int],
    timeframes: list[Timeframe],
) -> Figure:
    colour, symbol = TIMEFRAME_MARKS[timeframe]
    step = 0.8 / len(timeframes)
    offset = step * ((len(timeframes) - 1) / 2 - timeframes.index(timeframe))
    drawn = [max(test.skill, SKILL_FLOOR) for _, test in models]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "showlegend": False,
        "x": drawn,
        "y": [places[row.symbol] + offset for row, _ in models],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [max(test.skill_interval[1] - x, 0) for (_, test), x in zip(models, drawn, strict=True)],
            "arrayminus": [max(x - test.skill_interval[0], 0) for (_, test), x in zip(models, drawn, strict=True)],
            "color": colour,
            "thickness": 1.5,
            "width": 0,
        },
        "marker": {
            "color": colour,
            "size": 7,
            "symbol": [_skill_symbol(symbol, test) for _, test in models],
        },
        "text": [f"{TYPESET.around_zero(test.skill)}" if test.skill < SKILL_FLOOR else "" for _, test in models],
        "textposition": "middle right",
        "textfont": {"size": 10},
        "customdata": [skill_in_words(row, test) for row, test in models],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _legend_entry(timeframe: Timeframe) -> Figure:
    """A timeframe's mark for the legend, which would show that of the first model, hollow or cut off as it may be."""
    colour, symbol = TIMEFRAME_MARKS[timeframe]
    marker = {"color": colour, "symbol": symbol, "size": 7}
    return {"type": "scatter", "mode": "markers", "name": timeframe.value, "x": [None], "y": [None], "marker": marker}


def _skill_symbol(symbol: str, test: Evaluation) -> str:
    if test.skill < SKILL_FLOOR:
        return "triangle-left"
    return {Proof.PROVEN: symbol, Proof.WORSE: "x"}.get(whole_skill(test).proof, f"{symbol}-open")


def skill_in_words(row: ModelRow, test: Evaluation) -> str:
    """What pointing at a model says of its skill."""
    low, high = (TYPESET.around_zero(end) for end in test.skill_interval)
    return say(
        "<b>{name}</b><br>skill {skill}<br>{low} to {high}",
        name=row.name,
        skill=TYPESET.around_zero(test.skill),
        low=low,
        high=high,
    )


def _line(x: list[float], y: list[float], colour: str, dash: str, name: str | None) -> Figure:
    """A straight line behind the points; without a name it is not in the legend."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        "showlegend": name is not None,
        "line": {"color": colour, "dash": dash, "width": 1},
        "hoverinfo": "skip",
    }
