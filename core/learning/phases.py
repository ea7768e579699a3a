"""Candles that open at other times than the exchange's: the same trades cut differently, to learn from.

An exchange cuts its 4h candles at 00:00, 04:00, ... UTC, but the same hours make 4h candles at 01:00, 05:00, ...
too. Their windows overlap those of the exchange's candles, yet each has a close, a range and barriers of its own:
several times as many examples, all of them real. They are only ever learned from; models are judged and asked on the
exchange's own candles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from core.domain import Timeframe
from core.market.candles import resample


def every_shift(source: Timeframe, target: Timeframe) -> tuple[int, ...]:
    """All ways to cut ``target`` candles out of ``source`` ones; 0 is the exchange's own."""
    return tuple(range(target.milliseconds // source.milliseconds))


def shifted_candles(
    candles: pd.DataFrame, source: Timeframe, target: Timeframe, shifts: Iterable[int]
) -> Iterator[pd.DataFrame]:
    """Candle frames of ``target`` that open so many candles of ``source`` later than the exchange's own.

    A candle is there only where all its parts are, and gaps stay gaps. Open times of a shifted frame are no
    multiples of ``target``; in everything else it obeys the laws of a candle frame.
    """
    for shift in shifts:
        later = pd.Timedelta(shift * source.duration).as_unit("ms")
        earlier = candles.assign(open_time=candles["open_time"] - later)
        whole = resample(earlier, source, target)
        yield whole.assign(open_time=whole["open_time"] + later)
