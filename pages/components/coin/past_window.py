"""The candles around one that an address names, where it is older than those that are kept of a coin.

They are asked for beside the page: a market in memory answers at once, an exchange as fast as it does, and only while
its newest candles come in time (core.market.past).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import cast

import pandas as pd
import streamlit as st

from core.application import Application
from core.domain import Series
from core.errors import CandorError
from core.market.candles import EARLIEST_MS, moment_of, open_times_ms
from core.market.feed import SERVING_HISTORY, CandleFeed
from core.market.market import Market
from core.market.past import PastCandles
from core.model.files import LoadedModel
from core.model.registry import ModelRegistry
from pages.components.shared.beside import Beside
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.said_along import ReplayedShares, shares_by

CANDLES_AFTER = 80
"""Drawn after the one that is named: five horizons, so that it is seen how the price went on."""

PATIENCE_SECONDS = 0.4
"""So long a page waits for the first answer, which a market in memory gives sooner; a skeleton would only flash up."""

ASK_AGAIN_SECONDS = 60.0
"""Where the market did not answer."""

MOST_KEPT = 64


@dataclass(frozen=True, slots=True, eq=False)
class PastWindow:
    """Candles around one of a time gone by, oldest first, and what today's model says along them."""

    candles: pd.DataFrame
    replayed: ReplayedShares | None


@dataclass(frozen=True, slots=True)
class NoCandlesThere:
    """The market has none of that time: they are missing, or it began later."""


WindowAnswer = PastWindow | NoCandlesThere | CandorError | None


def is_gone_by(candle_open_ms: int | None, candles: pd.DataFrame) -> bool:
    """Whether a candle is older than all of ``candles``, the newest ones; no market has one that is older than it."""
    return candle_open_ms is not None and EARLIEST_MS <= candle_open_ms < int(open_times_ms(candles)[0])


def past_window(app: Application, series: Series, candle_open_ms: int) -> WindowAnswer:
    """The candles around the one that opened then; None while they are on their way, which this page then looks for."""
    market = app.feed.market
    if market is None:
        return None
    ask = partial(_asked, app, market, series, candle_open_ms)
    answer = ask(PATIENCE_SECONDS)
    redraw_when_there_is_more(ask, answer)
    return answer


@st.cache_resource(show_spinner=False)
def _beside() -> Beside[PastWindow | NoCandlesThere]:
    return Beside(ASK_AGAIN_SECONDS)


def _asked(
    app: Application, market: Market, series: Series, candle_open_ms: int, patience: float = 0.0
) -> WindowAnswer:
    past = _past_of(app.feed, cast("Hashable", market))
    return _beside().newest(
        (past, series, candle_open_ms), partial(window_around, past, app.registry, series, candle_open_ms), patience
    )


@lru_cache(maxsize=1)
def _past_of(feed: CandleFeed, market: Hashable) -> PastCandles:
    return PastCandles(feed, cast("Market", market))


@lru_cache(MOST_KEPT)
def window_around(
    past: PastCandles, registry: ModelRegistry, series: Series, candle_open_ms: int
) -> PastWindow | NoCandlesThere:
    """Ask for it now. What closed long ago stays as it is, and is kept; an error is not, and is asked again.

    As many candles are asked for as the feed keeps, since features have to warm up before those that are drawn.
    """
    step = series.timeframe.milliseconds
    until = moment_of(candle_open_ms + (1 + CANDLES_AFTER) * step)
    candles = past.until(series, until, SERVING_HISTORY).frame()
    times = open_times_ms(candles)
    if not ((times > candle_open_ms - step) & (times <= candle_open_ms)).any():
        return NoCandlesThere()
    model = registry.find(series)
    replayed = shares_by(model, candles, past.now()) if isinstance(model, LoadedModel) else None
    return PastWindow(candles, None if replayed is None or replayed.shares.empty else replayed)
