"""How well a model did, drawn and tabulated: the reliability chart and the confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import Direction
from core.model.enough import ENOUGH
from core.model.metrics import Evaluation
from core.wording.language import say
from pages.components.shared.appearance import DIRECTION_STYLES, TOUCHED_FIRST
from pages.components.shared.assets import PLOTLY_NAME
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import NONE, percent_text
from pages.components.shared.promises import PromisePoint
from pages.components.shared.reliability import Point, ReliabilityPoint

HTML = """
<figure class="quality-chart" style="margin: 0">
  <div class="plot"></div>
  <p class="message" role="status"></p>
</figure>
"""

FIGURE = "shared/model_charts"
"""The component's name."""

_figure = browser_component(FIGURE, "shared/waiting_plot", html=HTML, isolate_styles=False, place="20rem")


def show_figure(figure: dict[str, Any], summary: str, key: str) -> None:
    """Draw a figure for plotly.js in the page's colours; ``summary`` says what it shows to whoever cannot see it."""
    _figure(key=key, data={"script": PLOTLY_NAME, "figure": figure, "summary": summary})


# ---------------------------------------------------------------- reliability


def reliability_figure(points: list[ReliabilityPoint]) -> dict[str, Any]:
    """Promised against came true over the bands of luck, above a bar per bin with its n.

    A point outside its band has another colour and shape. ``theme:`` colours are the browser's to fill in.
    """
    low, high = _span([share for point in points for share in (point.promised, point.came_true)])
    bands = [_band(point, (high - low) / 20) for point in points]
    return _promised_and_came_true(points, low, high, say("Promised (confidence)"), _outside_luck(points), {}, bands)


def promises_figure(points: list[PromisePoint], promised: str) -> dict[str, Any]:
    """As reliability_figure, with the band of each point drawn through it; ``promised`` names the axis."""
    low, high = _span(
        [s for p in points for s in ((p.promised, p.low, p.high) if p.banded else (p.promised, p.came_true))]
    )
    bands = {
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [max(p.high - p.came_true, 0) if p.banded else 0 for p in points],
            "arrayminus": [max(p.came_true - p.low, 0) if p.banded else 0 for p in points],
            "color": "theme:gray",
            "thickness": 1.5,
            "width": 3,
        }
    }
    texts = [f"{p.band}<br>" for p in points]
    return _promised_and_came_true(points, low, high, promised, texts, bands, [])


def _span(shares: list[float]) -> tuple[float, float]:
    """What both axes show: all that is drawn, and a little more."""
    return max(min(shares, default=0.3) - 0.05, 0), min(max(shares, default=0.6) + 0.05, 1)


def _promised_and_came_true(
    points: Sequence[Point],
    low: float,
    high: float,
    promised: str,
    texts: list[str],
    trace: dict[str, Any],
    shapes: list[dict[str, Any]],
) -> dict[str, Any]:
    return {
        "data": [_diagonal(low, high), _points(points, texts) | trace, _bins(points, (high - low) / 20)],
        "layout": {
            "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
            "showlegend": False,
            "shapes": shapes,
            "xaxis": {**_AXIS, "range": [low, high], "title": {"text": promised}, "anchor": "y2"},
            "yaxis": {**_AXIS, "range": [low, high], "domain": [0.32, 1], "title": {"text": say("Came")}},
            "yaxis2": {
                "domain": [0, 0.18],
                "fixedrange": True,
                "showgrid": False,
                "showticklabels": False,
                "range": [0, max((point.n for point in points), default=1) * 1.1],
                "title": {"text": "n"},
            },
        },
    }


_AXIS = {"gridcolor": "theme:grid", "zeroline": False, "tickformat": ".0%", "fixedrange": True}


def _diagonal(low: float, high: float) -> dict[str, Any]:
    """Where what is promised comes true."""
    line = {"color": "theme:gray", "dash": "dash", "width": 1}
    return {"x": [low, high], "y": [low, high], "mode": "lines", "line": line, "hoverinfo": "skip"}


def _outside_luck(points: list[ReliabilityPoint]) -> list[str]:
    return ["" if point.kept else say("outside what luck allows<br>") for point in points]


def _points(points: Sequence[Point], texts: list[str]) -> dict[str, Any]:
    return {
        "x": [point.promised for point in points],
        "y": [point.came_true for point in points],
        "customdata": [[percent_text(point.promised), percent_text(point.came_true), point.n] for point in points],
        "mode": "lines+markers",
        "cliponaxis": False,
        "line": {"color": "theme:blue", "width": 2},
        "marker": {
            "color": [_colour(point) for point in points],
            "symbol": [_symbol(point) for point in points],
            "size": [8 if point.n >= ENOUGH else 6 for point in points],
        },
        "text": texts,
        "hovertemplate": say(
            "promised %{customdata[0]}<br>came %{customdata[1]}<br>%{text}n = %{customdata[2]:,}<extra></extra>"
        ),
    }


def _colour(point: Point) -> str:
    if point.n < ENOUGH:
        return "theme:gray"
    return "theme:blue" if point.kept else "theme:yellow"


def _symbol(point: Point) -> str:
    """Hollow where it is of too few candles to mean anything, a cross where it is off."""
    if point.n < ENOUGH:
        return "circle-open"
    return "circle" if point.kept else "x"


def _bins(points: Sequence[Point], width: float) -> dict[str, Any]:
    """A bar per bin, at most so wide. Where there is no room for the counts beside each other they stand upright."""
    return {
        "type": "bar",
        "x": [point.promised for point in points],
        "y": [point.n for point in points],
        "yaxis": "y2",
        "width": [min(width, 0.9 * apart) for apart in _to_the_next(points)],
        "text": [short_count(point.n) for point in points],
        "textposition": "outside",
        "textangle": 0,
        "narrow": {"textangle": -90},
        "textfont": {"size": 10},
        "constraintext": "none",
        "cliponaxis": False,
        "marker": {"color": "theme:gray"},
        "hoverinfo": "skip",
    }


def _to_the_next(points: Sequence[Point]) -> list[float]:
    """How far each point is from its nearest neighbour; 1 where it has none. Points stand by what was promised."""
    gaps = [1.0, *(after.promised - before.promised for before, after in pairwise(points)), 1.0]
    return [min(around) for around, _ in zip(pairwise(gaps), points, strict=False)]


def short_count(n: int) -> str:
    """A count short enough to stand over one of many bars on a phone: ``999``, ``1.2k``, ``151k``."""
    if n < 1000:
        return str(n)
    return f"{n / 1000:.1f}k" if n < 10_000 else f"{n / 1000:,.0f}k"


def _band(point: ReliabilityPoint, width: float) -> dict[str, Any]:
    """Where the point would lie 95 % of the time by luck alone if its promise were kept."""
    low, high = point.band
    sides = {"x0": point.promised - width / 2, "x1": point.promised + width / 2, "y0": low, "y1": high}
    return {"type": "rect", "layer": "below", "line": {"width": 0}, "fillcolor": "theme:band", **sides}


def reliability_chart(points: list[ReliabilityPoint], key: str) -> None:
    """Draw how often the calls of each confidence came true."""
    show_figure(reliability_figure(points), say("Reliability chart: {points}.", points=_in_words(points)), key)


def promises_chart(points: list[PromisePoint], promised: str, key: str) -> None:
    """Draw how often came true what was promised of a question."""
    summary = say("Reliability chart of {promised}: {points}.", promised=promised, points=_in_words(points))
    show_figure(promises_figure(points, promised), summary, key)


def _in_words(points: Sequence[Point]) -> str:
    return "; ".join(
        say(
            "promised {promised}, came {came_true}, n = {n:,}",
            promised=percent_text(p.promised),
            came_true=percent_text(p.came_true),
            n=p.n,
        )
        for p in points
    )


# ---------------------------------------------------------------- confusion


def confusion_table(test: Evaluation) -> pd.DataFrame:
    """Counts with their share of the row as text: rows are what happened, columns what was called."""
    words = [DIRECTION_STYLES[direction].word for direction in Direction]
    rows = []
    for counts in test.confusion_matrix:
        total = sum(counts)
        rows.append([f"{n:,} ({_share(n, total)})" for n in counts])
    return pd.DataFrame(
        rows,
        index=pd.Index([say(TOUCHED_FIRST[direction]) for direction in Direction], name=say("Outcome")),
        columns=words,
    )


def _share(n: int, total: int) -> str:
    return percent_text(n / total, 0).replace(" ", "\u00a0") if total else NONE


def confusion_chart(test: Evaluation) -> None:
    """Show the confusion matrix, what was called rightly in bold."""
    table = confusion_table(test)
    for i in range(len(Direction)):
        table.iat[i, i] = f"**{table.iat[i, i]!s}**"
    st.table(table, border="horizontal", alt=say("Confusion matrix: outcomes against calls"))
