"""The candles of one coin with the levels of its signal, its past calls and what its model said along the way.

Drawn by TradingView's Lightweight Charts, which the package litecharts carries as it was released: no dependencies of
its own, 59 KB compressed where plotly.js has 1.5 MB, and made for this: wheel and pinch, tags on both axes, panes on one
time axis and a logarithmic scale come with it. Past calls and bands are drawn over it (chart_overlay.js). What the
reader zoomed to stays as it is when new candles arrive; only a new board sends new data.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.domain import Direction, Timeframe, TradeLevels
from core.market.candles import moment_of, open_times_ms, unix_ms
from core.prediction import Prediction
from core.wording.language import in_a_row, listed, phrase, say, say_count
from core.wording.style import TYPESET, Style
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.assets import CHARTS_NAME
from pages.components.shared.browser_component import browser_component
from pages.components.shared.headline import share_text
from pages.components.shared.number_text import candles_text, change_text, price_decimals, price_text
from pages.components.shared.past_calls import NamedCall, PastCalls
from pages.components.shared.said_along import ReplayedShares

CANDLES_SHOWN = 500
"""How far back the chart can be panned; more would cost every refresh more than anyone scrolls."""

PAST_CANDLES_SHOWN = 240
"""Of a time gone by: some days of quarter hours around one candle, in half as many bytes."""

LEVEL_NAMES = {
    "tp3": (phrase("Take profit 3"), "TP3", "target"),
    "tp2": (phrase("Take profit 2"), "TP2", "target"),
    "tp1": (phrase("Take profit 1"), "TP1", "target"),
    "entry": (phrase("Entry"), phrase("Entry"), "entry"),
    "stop_loss": (phrase("Stop loss"), phrase("Stop"), "stop"),
}
"""Name, short name and kind of each level, as they stand in the chart from top to bottom of a LONG."""

HTML = """
<figure class="price-chart">
  <p class="title"></p>
  <div class="bar">
    <p class="readout"></p>
    <div class="tools" role="group">
      <div class="ranges"></div>
      <button type="button" class="wide" data-action="earlier">‹</button>
      <button type="button" class="wide" data-action="later">›</button>
      <button type="button" class="wide" data-action="closer">+</button>
      <button type="button" class="wide" data-action="wider">−</button>
      <button type="button" data-action="latest"></button>
      <details>
        <summary>⋯</summary>
        <div class="menu">
          <div class="choices"></div>
          <button type="button" data-action="picture"></button>
          <button type="button" data-action="candles"></button>
          <button type="button" data-action="screen"></button>
        </div>
      </details>
    </div>
  </div>
  <div class="plot" role="img" tabindex="0"></div>
  <p class="message" role="status"></p>
  <figcaption>
    <span class="key"></span>
    <span class="forming"></span>
    <a class="credit" href="https://www.tradingview.com/" target="_blank" rel="noopener noreferrer"></a>
  </figcaption>
</figure>
"""

CHART = "coin/price_chart"
"""The component's name."""

_component = browser_component(CHART, "shared/waiting_plot", html=HTML, place="44rem")

_KEY = "price_chart"

SECONDS_AHEAD = 0.18
"""By which the chart goes ahead of the rest of a page that is entered: browsers draw whatever they have at once, and the
hundred elements below it take them twice as long. After 0.1 a slow browser is not done with what is above it."""


@dataclass(frozen=True, slots=True)
class ChartExtras:
    """What a chart may show beside candles and levels.

    ``said`` is what the model says along the candles, ``marked`` the open time of a candle that was asked for (Unix ms),
    ``call`` the call on it, ``gone_by`` says that the candles are of a time gone by around it and not the newest ones,
    ``market`` where the prices come from, for a picture that leaves the page and for a whole screen, ``style`` how times are written.
    """

    past: PastCalls | None = None
    replayed: ReplayedShares | None = None
    marked: int | None = None
    call: NamedCall | None = None
    gone_by: bool = False
    market: str = ""
    style: Style = TYPESET


NO_EXTRAS = ChartExtras()


def price_chart(data: dict[str, Any]) -> None:
    """Draw what ``chart_data`` made, at this place of the page; where there was no chart yet, before what comes after it."""
    entered = _KEY not in st.session_state
    _component(key=_KEY, data=data)
    if entered:
        time.sleep(SECONDS_AHEAD)


def chart_data(
    candles: pd.DataFrame,
    symbol: str,
    timeframe: Timeframe,
    tick_size: float,
    prediction: Prediction | None,
    *,
    bracket: bool = False,
    extras: ChartExtras = NO_EXTRAS,
) -> dict[str, Any]:
    """The newest candles and the levels of ``prediction``, or the ``bracket`` alone, as plain lists for the browser.

    Candles are numbered in steps of the timeframe from ``start`` (Unix milliseconds), so that a gap is a jump in
    the numbering. ``candles`` must hold at least one. The one that has not closed yet the browser asks for itself
    (forming_candle.js).
    """
    shown = candles.tail(PAST_CANDLES_SHOWN if extras.gone_by else CANDLES_SHOWN)
    times = open_times_ms(shown)
    decimals = price_decimals(tick_size)
    past = extras.past
    return {
        "script": CHARTS_NAME,
        "key": f"{symbol} {timeframe}",
        "gone_by": int(times[-1]) if extras.gone_by else None,
        "start": int(times[0]),
        "step": timeframe.milliseconds,
        "at": ((times - times[0]) // timeframe.milliseconds).tolist(),
        **{name: shown[name].round(decimals).tolist() for name in ("open", "high", "low", "close")},
        "volume": _four_digits(shown["volume"].to_numpy()),
        "decimals": decimals,
        "signal": None if prediction is None else _signal(prediction, bracket),
        "call": None if extras.call is None else _named_call(extras.call, timeframe),
        "past": [] if past is None else [mark for mark in past.marks if int(times[0]) <= mark["at"] <= int(times[-1])],
        "said": None if extras.replayed is None else _shares_data(extras.replayed, shown["open_time"]),
        "marked": extras.marked if extras.marked in times else None,
        "pane_titles": _pane_titles(extras.replayed),
        "title": " · ".join(
            filter(None, (symbol, timeframe.value, extras.market, _until(shown, timeframe, extras.style)))
        ),
        "key_line": _key_line(prediction, extras, int(times[0]), _zone_of_axis(times, timeframe, extras.style)),
        "summary": chart_summary(shown, symbol, timeframe, tick_size, prediction, bracket=bracket, style=extras.style),
    }


def chart_summary(
    candles: pd.DataFrame,
    symbol: str,
    timeframe: Timeframe,
    tick_size: float,
    prediction: Prediction | None,
    *,
    bracket: bool = False,
    style: Style = TYPESET,
) -> str:
    """The chart in words, for whoever hears it instead of seeing it."""
    first, last = candles.iloc[0], candles.iloc[-1]
    close, low, high = (price_text(p, tick_size) for p in (last["close"], candles["low"].min(), candles["high"].max()))
    change = change_text(last["close"] / first["open"] - 1)
    text = say(
        "Price chart of {symbol}, {candles} of {timeframe}, {first} to {last}. Last close {close}, "
        "{change} over that time, between {low} and {high}.",
        symbol=symbol,
        candles=candles_text(len(candles)),
        timeframe=timeframe,
        first=style.minute(first["open_time"]),
        last=style.minute(last["open_time"]),
        close=close,
        change=change,
        low=low,
        high=high,
    )
    if prediction is not None and bracket:
        upper, lower = (price_text(price, tick_size) for price in prediction.levels.barriers)
        text = in_a_row(text, say("Bracket: {upper} above, {lower} below.", upper=upper, lower=lower))
    elif prediction is not None:
        word = DIRECTION_STYLES[prediction.direction].word
        levels = listed(
            f"{say(LEVEL_NAMES[name][0]).lower()} {price_text(price, tick_size)}"
            for name, price in level_prices(prediction.levels).items()
        )
        sentence = say(
            "Signal {word}; levels of the {side} side: {levels}.",
            word=word,
            side=DIRECTION_STYLES[prediction.levels.side].word,
            levels=levels,
        )
        text = in_a_row(text, sentence)
    return in_a_row(
        text, say("Left and right read candle by candle, up and down or plus and minus zoom, 0 returns to the newest.")
    )


def level_prices(levels: TradeLevels) -> dict[str, float]:
    """Price of each level by its key in LEVEL_NAMES, in that order."""
    return {name: getattr(levels, name) for name in LEVEL_NAMES}


def _signal(prediction: Prediction, bracket: bool) -> dict[str, Any]:
    named = {LEVEL_NAMES[key][1:]: price for key, price in level_prices(prediction.levels).items()}
    if bracket:
        upper, lower = prediction.levels.barriers
        named = {
            (phrase("Upper"), "barrier"): upper,
            (phrase("Close"), "entry"): prediction.levels.entry,
            (phrase("Lower"), "barrier"): lower,
        }
    levels = [{"short": say(short), "kind": kind, "price": price} for (short, kind), price in named.items()]
    return {
        "hypothetical": not bracket and prediction.direction is not prediction.levels.side,
        "from": unix_ms(prediction.candle_close_time),
        "valid": unix_ms(prediction.valid_until),
        "horizon": unix_ms(prediction.horizon_ends),
        "run": {
            "close": prediction.close,
            "atr": prediction.atr,
            "barrier": (prediction.label_barriers[0] - prediction.close) / prediction.atr,
        },
        "levels": levels,
    }


def _named_call(call: NamedCall, timeframe: Timeframe) -> dict[str, Any]:
    step = timeframe.milliseconds
    named = {phrase("Upper"): call.upper, phrase("Close"): call.close, phrase("Lower"): call.lower}
    return {
        "from": call.at + step,
        "horizon": call.at + (1 + call.horizon_candles) * step,
        "levels": [
            {"short": say(short), "kind": "entry" if price == call.close else "barrier", "price": price}
            for short, price in named.items()
        ],
        "touched": list(call.touched),
        "touched_at": call.touched_ms,
        "came": call.came,
    }


def _shares_data(replayed: ReplayedShares, times: pd.Series) -> dict[str, Any]:
    sides = {side.value.lower(): replayed.along(times, side) for side in (Direction.LONG, Direction.SHORT)}
    return sides | {"usual": round(replayed.usual, 3)}


def _pane_titles(replayed: ReplayedShares | None) -> dict[str, str]:
    if replayed is None:
        return {"volume": say("Volume")}
    return {
        "volume": say("Volume"),
        "move": say("P(move), replayed · dashed: usually {usual}", usual=share_text(replayed.usual)),
        "sides": say("LONG green, SHORT red, NO\u00a0TRADE grey, replayed"),
    }


def _until(candles: pd.DataFrame, timeframe: Timeframe, style: Style) -> str:
    return say("until {minute}", minute=style.minute(candles["open_time"].iloc[-1] + timeframe.duration))


def _zone_of_axis(times_ms: np.ndarray, timeframe: Timeframe, style: Style) -> str:
    """``UTC+1``; ``UTC+2, then UTC+1`` where clocks were changed among the candles. The axis of days is UTC's (chart_geometry.js)."""
    if timeframe.duration >= timedelta(days=1):
        return "UTC"
    first, last = (style.offset(moment_of(int(times_ms[at]))) for at in (0, -1))
    return last if first == last else say("{first}, then {last}", first=first, last=last)


def _key_line(prediction: Prediction | None, extras: ChartExtras, oldest_ms: int, zone: str) -> str:
    """What its reader has to know of the chart, in sentences."""
    parts = [
        say(
            "Times in {offset}. Filled candles rose, hollow ones fell; missing candles are left out as gaps.",
            offset=zone,
        )
    ]
    if extras.past is not None:
        parts.append(
            say(
                "Triangles: past {origin} calls of a side (▲ LONG, ▼ SHORT), filled where it came, hollow where it "
                "did not; a click says which.",
                origin=say(extras.past.origin),
            )
        )
    if extras.replayed is not None:
        parts.append(say("P(move) is replayed: what today's model says of each candle, not what was issued then."))
    if extras.replayed is not None and moment_of(oldest_ms) < extras.replayed.learned_until:
        parts.append(say("P(move) begins after the candles that the model learned from."))
    if extras.call is not None:
        parts.append(
            say(
                "Bracket: the barriers of the call on the marked candle, as issued, until its horizon's end, their prices beside "
                "the scale; a ring stands where one was touched first, filled where that was called."
            )
        )
    if prediction is not None:
        parts.append(_band_sentence(prediction))
    return in_a_row(*parts)


def _band_sentence(prediction: Prediction) -> str:
    span = _span(prediction.horizon_ends - prediction.candle_close_time)
    return say(
        "Dark band: until the next call. Light band: the {horizon_candles} candles ({span}) in which a barrier "
        "has to be touched.",
        horizon_candles=prediction.horizon_candles,
        span=span,
    )


def _span(span: timedelta) -> str:
    if span >= timedelta(days=2):
        return say_count("{count} day", "{count} days", span.days)
    return say("{hours:g} hours", hours=span.total_seconds() / 3600)


def _four_digits(values: np.ndarray) -> list[float]:
    """Rounded to four significant digits: a bar 80 pixels high shows no more, and the message shrinks by half."""
    scale = 10.0 ** (3 - np.floor(np.log10(np.where(values > 0, values, 1.0))))
    return (np.round(values * scale) / scale).tolist()
