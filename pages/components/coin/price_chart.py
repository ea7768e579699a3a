"""The candles of one coin with the levels of its signal, drawn by plotly.js in the browser.

What the reader zoomed to stays as it is when new candles arrive; only a new board sends new data.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from core.domain import Timeframe, TradeLevels
from core.market.candles import open_times_ms, unix_ms
from core.prediction import Prediction
from pages.components.shared.appearance import DIRECTION_LOOKS
from pages.components.shared.assets import PLOTLY_NAME
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import change_text, count_text, price_decimals, price_text
from pages.components.shared.past_calls import PastCalls

CANDLES_SHOWN = 500
"""How far back the chart can be panned; more would cost every refresh more than anyone scrolls."""

LEVEL_NAMES = {
    "tp3": ("Take profit 3", "TP3", "target"),
    "tp2": ("Take profit 2", "TP2", "target"),
    "tp1": ("Take profit 1", "TP1", "target"),
    "entry": ("Entry", "Entry", "entry"),
    "stop_loss": ("Stop loss", "Stop", "stop"),
}
"""Name, short name and kind of each level, as they stand in the chart from top to bottom of a LONG."""

HTML = """
<figure class="price-chart" style="margin: 0">
  <div class="bar">
    <p class="readout"></p>
    <div class="tools" role="group" aria-label="Chart range">
      <button type="button" data-action="earlier" aria-label="Earlier candles" title="Earlier (Shift+←)">‹</button>
      <button type="button" data-action="later" aria-label="Later candles" title="Later (Shift+→)">›</button>
      <button type="button" data-action="closer" aria-label="Zoom in" title="Zoom in (+)">+</button>
      <button type="button" data-action="wider" aria-label="Zoom out" title="Zoom out (-)">−</button>
      <button type="button" data-action="latest" title="Back to the newest candles (Home)">Latest</button>
    </div>
  </div>
  <div class="plot" role="img" tabindex="0" aria-label="Price chart"></div>
  <p class="message" role="status"></p>
  <figcaption class="key"></figcaption>
</figure>
"""

_component = browser_component("coin/price_chart", html=HTML, isolate_styles=False)


def price_chart(data: dict[str, Any]) -> None:
    """Draw what ``chart_data`` made, at this place of the page."""
    _component(key="price_chart", data=data)


def chart_data(
    candles: pd.DataFrame,
    symbol: str,
    timeframe: Timeframe,
    tick_size: float,
    prediction: Prediction | None,
    *,
    bracket: bool = False,
    past: PastCalls | None = None,
) -> dict[str, Any]:
    """The newest candles and the levels of ``prediction``, or the ``bracket`` alone, as plain lists for the browser.

    Candles are numbered in steps of the timeframe from ``start`` (Unix milliseconds), so that a gap is a jump in
    the numbering. ``candles`` must hold at least one.
    """
    shown = candles.tail(CANDLES_SHOWN)
    times = open_times_ms(shown)
    decimals = price_decimals(tick_size)
    return {
        "script": PLOTLY_NAME,
        "key": f"{symbol} {timeframe}",
        "start": int(times[0]),
        "step": timeframe.milliseconds,
        "at": ((times - times[0]) // timeframe.milliseconds).tolist(),
        **{name: shown[name].round(decimals).tolist() for name in ("open", "high", "low", "close")},
        "volume": _four_digits(shown["volume"].to_numpy()),
        "decimals": decimals,
        "signal": None if prediction is None else _signal(prediction, bracket),
        "past": [] if past is None else [mark for mark in past.marks if mark["at"] >= int(times[0])],
        "key_line": _key_line(prediction, past),
        "summary": chart_summary(shown, symbol, timeframe, tick_size, prediction, bracket=bracket),
    }


def chart_summary(
    candles: pd.DataFrame,
    symbol: str,
    timeframe: Timeframe,
    tick_size: float,
    prediction: Prediction | None,
    *,
    bracket: bool = False,
) -> str:
    """The chart in words, for whoever hears it instead of seeing it."""
    first, last = candles.iloc[0], candles.iloc[-1]
    close, low, high = (price_text(p, tick_size) for p in (last["close"], candles["low"].min(), candles["high"].max()))
    change = change_text(last["close"] / first["open"] - 1)
    text = (
        f"Price chart of {symbol}, {count_text(len(candles), 'candle')} of {timeframe}, {first['open_time']:%Y-%m-%d %H:%M} to "
        f"{last['open_time']:%Y-%m-%d %H:%M} UTC. Last close {close}, {change} over that time, "
        f"between {low} and {high}."
    )
    if prediction is not None and bracket:
        upper, lower = (price_text(price, tick_size) for price in prediction.levels.barriers)
        text += f" Bracket: {upper} above, {lower} below."
    elif prediction is not None:
        word = DIRECTION_LOOKS[prediction.direction].word
        levels = ", ".join(
            f"{LEVEL_NAMES[name][0].lower()} {price_text(price, tick_size)}"
            for name, price in level_prices(prediction.levels).items()
        )
        text += f" Signal {word}; levels of the {prediction.levels.side} side: {levels}."
    return text + " Arrow keys read candle by candle, plus and minus zoom, Home returns to the newest."


def level_prices(levels: TradeLevels) -> dict[str, float]:
    """Price of each level by its key in LEVEL_NAMES, in that order."""
    return {name: getattr(levels, name) for name in LEVEL_NAMES}


def _signal(prediction: Prediction, bracket: bool) -> dict[str, Any]:
    named = {LEVEL_NAMES[key][1:]: price for key, price in level_prices(prediction.levels).items()}
    if bracket:
        upper, lower = prediction.levels.barriers
        named = {("Upper", "barrier"): upper, ("Close", "entry"): prediction.levels.entry, ("Lower", "barrier"): lower}
    levels = [{"short": short, "kind": kind, "price": price} for (short, kind), price in named.items()]
    return {
        "hypothetical": not bracket and prediction.direction is not prediction.levels.side,
        "from": unix_ms(prediction.candle_close_time),
        "valid": unix_ms(prediction.valid_until),
        "horizon": unix_ms(prediction.horizon_ends),
        "levels": levels,
    }


def _key_line(prediction: Prediction | None, past: PastCalls | None) -> str:
    text = "Times in UTC. Filled candles rose, hollow ones fell; missing candles are left out as gaps."
    if past is not None:
        text += f" Triangles: past {past.origin} calls of a side, filled where it came, hollow where it did not."
    if prediction is None:
        return text
    candles = prediction.horizon_candles
    return (
        f"{text} Dark band: until the next call. Light band: the {candles} candles "
        f"({_span(prediction.horizon_ends - prediction.candle_close_time)}) in which a level has to be touched."
    )


def _span(span: timedelta) -> str:
    return f"{span.days} days" if span >= timedelta(days=2) else f"{span.total_seconds() / 3600:g} hours"


def _four_digits(values: np.ndarray) -> list[float]:
    """Rounded to four significant digits: a bar 80 pixels high shows no more, and the message shrinks by half."""
    scale = 10.0 ** (3 - np.floor(np.log10(np.where(values > 0, values, 1.0))))
    return (np.round(values * scale) / scale).tolist()
