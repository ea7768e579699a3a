"""The clock: what the coin and the hour of the week alone tell of a move, the baseline that a model's timing has to beat.

Effects of coins and of hours are added on the scale of logits, by a logistic regression with a small L2 penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from core.domain import DIRECTION_TO_LABEL, Timeframe
from core.learning.datasets import LEARNED_FROM
from core.market.candles import open_times_ms

HOURS = 7 * 24
_HOUR_MS = 3_600_000
_SEASON_STEP = 0.1  # of season1's logarithm: finer ones are the same to a clock
_NO_TRADE = DIRECTION_TO_LABEL["NO_TRADE"]


@dataclass(frozen=True, slots=True)
class Clock:
    """Logits of a move: one of each coin, one of each UTC hour of the week, and the weight of season1, or 0."""

    coins: Mapping[str, float]
    hours: np.ndarray  # float64 (HOURS,)
    season: float = 0.0

    def probabilities(self, symbol: str, dataset: pd.DataFrame, timeframe: Timeframe, sides: np.ndarray) -> np.ndarray:
        """float64 (n, 3) of a coin's candles; a move's probability is shared by its ``sides``' class frequencies (3,)."""
        hours = hours_of_week(open_times_ms(dataset), timeframe)
        season = self.season * dataset["season1"].to_numpy(dtype=np.float64)
        move = expit(self.coins.get(symbol, 0.0) + self.hours[hours] + season)
        short, _, long = sides
        up = long / (short + long) if short + long else 0.5
        return np.stack([move * (1 - up), 1 - move, move * up], axis=1)


def hours_of_week(open_times: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """The UTC hour (0..167) in which each candle closes; which day is the first does not matter."""
    return (open_times + timeframe.milliseconds) // _HOUR_MS % HOURS


def fit_clock(coins: Mapping[str, pd.DataFrame], timeframe: Timeframe, season: bool = False) -> Clock:
    """Of all candles that a finished model has learned from; with ``season`` season1 counts, too."""
    learned = [dataset[dataset["split"].isin(LEARNED_FROM)] for dataset in coins.values()]
    cells = pd.concat(
        pd.DataFrame(
            {
                "coin": place,
                "hour": hours_of_week(open_times_ms(rows), timeframe),
                "season": np.round(rows["season1"] / _SEASON_STEP) * _SEASON_STEP if season else 0.0,
                "touched": rows["label"] != _NO_TRADE,
            }
        )
        for place, rows in enumerate(learned)
    )
    counted = cells.value_counts().reset_index(name="n").sort_values(["coin", "hour", "season", "touched"])
    if counted["touched"].nunique() < 2:
        return Clock({}, np.full(HOURS, 30.0 if counted["touched"].all() else -30.0))
    effects = _effects(counted, len(learned))
    return Clock(
        dict(zip(coins, effects[: len(learned)].tolist(), strict=True)), effects[len(learned) : -1], float(effects[-1])
    )


def _effects(counted: pd.DataFrame, coins: int) -> np.ndarray:
    """Of each coin, each hour of the week and season1, shape (coins + HOURS + 1,); the intercept is the coins'."""
    row = np.arange(len(counted))
    one = np.ones(len(counted))
    columns = (counted["coin"], coins + counted["hour"], np.full(len(counted), coins + HOURS))
    values = np.concatenate([one, one, counted["season"]])
    shape = len(counted), coins + HOURS + 1
    inputs = sparse.csr_matrix((values, (np.tile(row, 3), np.concatenate(columns))), shape=shape)
    fitted = LogisticRegression(max_iter=500).fit(inputs, counted["touched"], sample_weight=counted["n"])
    effects = fitted.coef_[0].astype(np.float64)
    effects[:coins] += fitted.intercept_[0]
    return effects
