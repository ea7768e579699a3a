"""What a model would have said of past candles, for the ledger: of those that it has never seen, and only of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.journal.described import data_until_ms
from core.market.candles import CandleArrays, moment_of
from core.market.feed import SERVING_HISTORY
from core.model.files import LoadedModel
from core.model.metrics import ModelMetrics
from core.prediction import Prediction
from core.replay import OnlyLearned
from core.signals.history import answerable, answers_along
from core.signals.trust import Verdicts
from core.signals.verdict import CandleSeen, concluded


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a ledger already has of one model: its first live signal, its last replayed one, and the first of those whose
    outcome is open, by their candles.

    Open times in Unix milliseconds; None where there is none.
    """

    live_from_ms: int | None
    replayed_until_ms: int | None
    open_from_ms: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """Candles that open at ``first_ms`` or later and before ``end_ms``, Unix milliseconds."""

    first_ms: int
    end_ms: int


def span_of(metrics: ModelMetrics, spoken: Spoken, newest_ms: int, days: int) -> Span | OnlyLearned | None:
    """Which candles the model is to be replayed on; None where that is done.

    They begin where all that it learned from ends, at most ``days`` before the newest closed candle, which opened at
    ``newest_ms``; and they end before the first that it spoke on live, or before that newest one, on which it is about to.
    """
    unseen_ms = data_until_ms(metrics)
    end_ms = newest_ms if spoken.live_from_ms is None else min(newest_ms, spoken.live_from_ms)
    if unseen_ms >= end_ms:
        return OnlyLearned(moment_of(unseen_ms))
    step = metrics.timeframe.milliseconds
    first_ms = max(unseen_ms, newest_ms - timedelta(days=days) // timedelta(milliseconds=step) * step)
    if spoken.replayed_until_ms is not None:
        first_ms = max(first_ms, spoken.replayed_until_ms + step)
    return Span(first_ms, end_ms) if first_ms < end_ms else None


def unresolved_span(metrics: ModelMetrics, spoken: Spoken, newest_ms: int) -> Span | None:
    """Replayed candles whose outcomes a process had no time to enter, though they are known; None where there are none."""
    horizon_ms = metrics.horizon_candles * metrics.timeframe.milliseconds
    if spoken.open_from_ms is None or spoken.open_from_ms + horizon_ms > newest_ms:
        return None
    return Span(spoken.open_from_ms, newest_ms)


def candles_needed(metrics: ModelMetrics, span: Span, newest_ms: int) -> int:
    """How many of the newest closed candles it takes: all that a signal on the first of ``span`` is made of, and those after."""
    return (newest_ms - span.first_ms) // metrics.timeframe.milliseconds + SERVING_HISTORY


def predictions_along(
    model: LoadedModel, candles: CandleArrays, span: Span, tick_size: float, now: datetime
) -> Iterator[list[Prediction]]:
    """The model's calls on the candles of ``span``, some hundredths of a second's work at a time, the oldest first.

    They are judged as they would have been when their candle closed, but for what nobody knows any more: whether candles
    were late, and what the model's record said of it by then. ``now`` is the market's time, when they are worked out.
    """
    rows = answerable(model, candles)
    times = candles.open_time_ms[rows]
    rows = rows[(times >= span.first_ms) & (times < span.end_ms)]
    verdicts, step = Verdicts(), model.series.timeframe.milliseconds
    for answered, atr, unfamiliar, values in answers_along(model, candles, rows):
        times, closes = candles.open_time_ms[answered].tolist(), candles.close[answered].tolist()
        seen = (CandleSeen(*each, tick_size) for each in zip(times, closes, atr.tolist(), strict=True))
        judged = (
            verdicts.judge(model, moment_of(at + step), how, None) for at, how in zip(times, unfamiliar, strict=True)
        )
        together = zip(seen, values, judged, strict=True)
        yield [concluded(model, each, of, now, *verdict) for each, of, verdict in together]
