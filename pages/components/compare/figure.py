"""The compared coins in one figure: prices above, P(move) with what is usual below, over the same time axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.domain import ticker
from core.wording.language import in_a_row, say
from core.wording.style import TYPESET, Style
from pages.components.compare.lines import CoinLines
from pages.components.shared.number_text import NONE, change_text, percent_text
from pages.components.shared.time_axis import time_axis

LINE_STYLES = (("theme:blue", "solid"), ("theme:yellow", "dash"), ("theme:text", "dot"), ("theme:gray", "dashdot"))
"""Colour and dash of each line, so that neither is needed to tell them apart; green and red are of LONG and SHORT."""

_AXIS = {"gridcolor": "theme:grid", "zeroline": False, "fixedrange": True}


def compare_figure(lines: Sequence[CoinLines], style: Style = TYPESET) -> dict[str, Any]:
    """A figure for plotly.js with times as ``style`` writes them; ``theme:`` colours are the browser's to fill in."""
    return {
        "data": [
            trace
            for coin, (colour, dash) in zip(lines, LINE_STYLES, strict=False)
            for trace in _traces(coin, style, {"color": colour, "dash": dash, "width": 2})
        ],
        "layout": {
            "height": 520,
            "margin": {"l": 52, "r": 12, "t": 8, "b": 28},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "y": 1.06, "x": 0},
            "xaxis": {**_AXIS, **time_axis(), "anchor": "y2"},
            "yaxis": {**_AXIS, "domain": [0.46, 1], "title": {"text": say("Price, 100 at the left")}},
            "yaxis2": {
                **_AXIS,
                "domain": [0, 0.4],
                "tickformat": ".0%",
                "range": _span(lines),
                "title": {"text": say("P(move)")},
            },
        },
    }


def _span(lines: Sequence[CoinLines]) -> list[float]:
    """What the axis of P(move) shows: all that is drawn, and a little more."""
    probabilities = [
        float(move) for coin in lines for move in (*coin.move, coin.usual) if move is not None and not np.isnan(move)
    ]
    return [max(min(probabilities, default=0.5) - 0.03, 0), min(max(probabilities, default=0.9) + 0.03, 1)]


def _traces(coin: CoinLines, style: Style, line: dict[str, Any]) -> list[dict[str, Any]]:
    name, times = ticker(coin.symbol), [style.day_and_time(time) for time in coin.times]
    of_coin = {"x": times, "mode": "lines", "legendgroup": name, "name": name}
    traces = [
        of_coin | {"y": np.round(coin.price, 3).tolist(), "line": line, "hovertemplate": "%{y:.2f}"},
        of_coin | {
            "y": [None if np.isnan(move) else round(float(move), 4) for move in coin.move],
            "yaxis": "y2",
            "line": line,
            "showlegend": False,
            "text": [NONE if np.isnan(move) else percent_text(float(move)) for move in coin.move],
            "hovertemplate": "P(move) %{text}",
        },
    ]  # fmt: skip
    if coin.usual is not None and times:
        usual = {"x": [times[0], times[-1]], "y": [coin.usual] * 2, "yaxis": "y2", "showlegend": False}
        traces.append(of_coin | usual | {"line": {**line, "width": 1}, "opacity": 0.5, "hoverinfo": "skip"})
    return traces


def compare_summary(lines: Sequence[CoinLines], timeframe: str) -> str:
    """The figure in words, for whoever hears it instead of seeing it."""
    most = max((len(coin.times) for coin in lines), default=0)
    return in_a_row(say("{most} candles of {timeframe}.", most=most, timeframe=timeframe), *map(_words, lines))


def _words(coin: CoinLines) -> str:
    if not len(coin.price):
        return say("{symbol} has no candles here.", symbol=ticker(coin.symbol))
    coin_name, change = ticker(coin.symbol), change_text(coin.price[-1] / 100 - 1)
    if coin.usual is None or np.isnan(coin.move[-1]):
        return say("{coin}: {change}, no P(move).", coin=coin_name, change=change)
    return say(
        "{coin}: {change}, P(move) {move}, usually {usual}.",
        coin=coin_name,
        change=change,
        move=percent_text(float(coin.move[-1])),
        usual=percent_text(coin.usual),
    )
