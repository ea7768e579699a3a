"""What each of the compared coins did and what its model said of it, over the same candles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from core.application import Application
from core.domain import Direction, Series
from core.errors import CandorError
from core.market.candles import CandleArrays, moment_of
from pages.components.shared.said_along import replayed_shares

CANDLES = 48
"""The newest ones, which are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class CoinLines:
    """One coin over the compared candles: its price, 100 at the left edge, and P(move) of each, NaN where there is none.

    ``times`` are the closes of the candles. ``usual`` is how often a barrier was touched in the model's training, None
    where the model has no say on any candle, as without one.
    """

    symbol: str
    times: tuple[datetime, ...]
    price: np.ndarray
    move: np.ndarray
    usual: float | None


def lines_of(app: Application, wanted: Iterable[Series]) -> tuple[list[CoinLines], dict[str, CandorError]]:
    """The lines of each series up to the newest candle that any of them has; and of those that have none, why."""
    candles: dict[Series, CandleArrays] = {}
    problems: dict[str, CandorError] = {}
    for series in wanted:
        try:
            candles[series] = app.feed.arrays(*series)
        except CandorError as error:
            problems[series.symbol] = error
    newest = max((int(each.open_time_ms[-1]) for each in candles.values()), default=0)
    return [_lines(app, series, each, newest) for series, each in candles.items()], problems


def _lines(app: Application, series: Series, candles: CandleArrays, newest_ms: int) -> CoinLines:
    step = series.timeframe.milliseconds
    inside = candles[candles.open_time_ms > newest_ms - CANDLES * step]
    times = tuple(moment_of(int(opened) + step) for opened in inside.open_time_ms)
    replayed = replayed_shares(app.registry, series, candles.frame(), app.feed.now())
    move = np.full(len(inside), np.nan)
    if replayed is not None:
        quiet = replayed.shares[Direction.NO_TRADE.value].reindex(pd.DatetimeIndex(inside.frame()["open_time"]))
        move = 1 - quiet.to_numpy()
    return CoinLines(series.symbol, times, normalised(inside.close), move, None if replayed is None else replayed.usual)


def normalised(prices: np.ndarray) -> np.ndarray:
    """Prices as percentages of the first one."""
    return prices / prices[0] * 100 if len(prices) else prices
