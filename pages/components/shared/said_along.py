"""What a coin's model says of each candle of the chart: replayed by today's model, not what was issued at the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from core.domain import Direction, Series
from core.model.files import LoadedModel
from core.model.registry import ModelRegistry
from core.signals.history import predict_history
from core.signals.trust import learned_until


@dataclass(frozen=True, slots=True)
class ReplayedShares:
    """Calibrated probabilities by candle open_time (SHORT, NO_TRADE, LONG), and how often a move came in training.

    Candles that the model learned from are left out: it would look prophetic on them.
    """

    shares: pd.DataFrame
    usual: float
    learned_until: datetime

    def along(self, times: pd.Series, direction: Direction) -> list[float | None]:
        """The share of ``direction`` on each candle; None where the model has no say.

        To four digits: to three, the sum of two can be another whole percent than cards say.
        """
        shares = self.shares[direction.value].reindex(pd.DatetimeIndex(times)).round(4)
        return [None if pd.isna(share) else float(share) for share in shares]


def replayed_shares(
    registry: ModelRegistry, series: Series, candles: pd.DataFrame, now: datetime
) -> ReplayedShares | None:
    """None without a usable model, or where it has a say on none of ``candles``."""
    model = registry.find(series)
    if not isinstance(model, LoadedModel):
        return None
    kept = _kept.get(series)
    if kept is None or kept[0] is not model or not (kept[1] is candles or kept[1].equals(candles)):
        kept = _kept[series] = model, candles, shares_by(model, candles, now)
    return None if kept[2].shares.empty else kept[2]


_kept: dict[Series, tuple[LoadedModel, pd.DataFrame, ReplayedShares]] = {}
"""What was said last of each series, whoever looked: by which model, of which candles."""


def shares_by(model: LoadedModel, candles: pd.DataFrame, now: datetime) -> ReplayedShares:
    """What ``model`` says of the closed ones of ``candles`` that it did not learn from."""
    shares, until = predict_history(model, candles, now), learned_until(model.metrics)
    closed = pd.DatetimeIndex(shares.index) + model.series.timeframe.duration
    return ReplayedShares(shares[closed > pd.Timestamp(until)], 1 - model.metrics.climatology.NO_TRADE, until)
