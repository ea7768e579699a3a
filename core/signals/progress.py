"""How much of the way to a barrier the price has gone since a call, by candles shorter than the call's own."""

from __future__ import annotations

from core.domain import Timeframe
from core.market.candles import CandleArrays, moment_of, unix_ms
from core.prediction import BarrierRun, Prediction


def run_since(prediction: Prediction, candles: CandleArrays, timeframe: Timeframe) -> BarrierRun | None:
    """The way since the call, by the closed ``candles`` of ``timeframe``; None where none of them closed after it."""
    later = candles[candles.open_time_ms >= unix_ms(prediction.candle_close_time)]
    if not len(later.open_time_ms):
        return None
    upper, lower = prediction.label_barriers
    return BarrierRun(
        atr=(float(later.close[-1]) - prediction.close) / prediction.atr,
        barrier_atr=(upper - prediction.close) / prediction.atr,
        touched_upper=bool(later.high.max() >= upper),
        touched_lower=bool(later.low.min() <= lower),
        until=moment_of(int(later.open_time_ms[-1]) + timeframe.milliseconds),
    )
