"""Which candles of an exchange are closed for certain: its clock may be ahead of its own candles, and it is all there is.

Proven is a candle after which a later one had opened, of whatever coin, when it was told; while an exchange settles, a
later one of its own in the same answer. Some exchanges tell a candle
only once it is closed, so that their newest is proven by none; they are known by a longer candle that they keep back
though it has been open for MOST_AHEAD, and what they tell is believed at once. Before that is known, and where nobody
trades any more, a candle is believed MOST_AHEAD after its close.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from core.domain import Timeframe
from core.market.candles import CandleArrays, closed_arrays, unix_ms
from core.market.exchange_clock import ExchangeClock

MOST_AHEAD = timedelta(minutes=15)
"""So far an exchange's clock may be ahead of its candles. Where it is farther ahead of this machine's clock, it is not
believed without a later candle until this machine's clock, too, says that the close was so long ago."""

STILL_OPEN = timedelta(minutes=1)
"""A candle with more time left than this was told open; our time is behind an exchange's by as long as its answers take."""

_MOST_AHEAD_MS = MOST_AHEAD // timedelta(milliseconds=1)
_STILL_OPEN_MS = STILL_OPEN // timedelta(milliseconds=1)


@dataclass(slots=True)
class Seen:
    """The newest open time (Unix milliseconds) that was seen on the exchange before a question, or in its answer.

    ``own_open_ms`` is the newest one in its answer alone.
    """

    newest_open_ms: int
    own_open_ms: int = 0


class Finality:
    """What an exchange's answers have shown of how it tells candles, and what is closed by that. Thread-safe."""

    def __init__(self, clock: ExchangeClock) -> None:
        self._clock = clock
        self._newest_open_ms = 0
        self._tells_open = False
        self._keeps_back = False

    def before_asking(self) -> Seen:
        """What is seen so far; one for each question."""
        return Seen(self._newest_open_ms)

    def heard(self, open_times_ms: np.ndarray, step: int, room_until: int, seen: Seen) -> None:
        """Learn from an answer: open times of candles that last ``step``, none later than ``room_until``; milliseconds."""
        now = unix_ms(self._clock.now())
        opened = open_times_ms[open_times_ms <= now]
        if not len(opened):
            return
        newest = int(opened.max())
        seen.newest_open_ms = max(seen.newest_open_ms, newest)
        seen.own_open_ms = max(seen.own_open_ms, newest)
        self._newest_open_ms = max(self._newest_open_ms, newest)
        if not self._clock.stepped():
            self._learn_how_it_tells(newest, step, newest + step < room_until, now)

    def _learn_how_it_tells(self, newest: int, step: int, has_room: bool, now: int) -> None:
        """Whether the candle after ``newest``, or that one, is told though it is open; ``has_room`` if it could have been."""
        open_for = now - (newest + step)
        if open_for < -_STILL_OPEN_MS:
            self._tells_open = True
        if _MOST_AHEAD_MS <= open_for < step and has_room:
            self._keeps_back = True

    def final(
        self, candles: CandleArrays, timeframe: Timeframe, seen: Seen, settling: timedelta = timedelta(0)
    ) -> CandleArrays:
        """Those of an answer, oldest first, that are closed for certain; ``seen`` is what was before, and with it.

        The exchange may take ``settling``, in its own time, to finish a candle. The clock is to be compared before, since it may have been set while they were fetched.
        """
        now = self._clock.now()
        proven = candles[candles.open_time_ms + timeframe.milliseconds <= seen.newest_open_ms]
        believed = closed_arrays(candles, timeframe, self._believed_until(now))
        closed = closed_arrays(max(proven, believed, key=len), timeframe, now)
        settled_ms = max(unix_ms(now - settling), seen.own_open_ms)
        return closed[closed.open_time_ms + timeframe.milliseconds <= settled_ms]

    def _believed_until(self, now: datetime) -> datetime:
        """What has closed by then needs no proof."""
        if self._clock.ahead > MOST_AHEAD:
            return now - self._clock.ahead - MOST_AHEAD
        return now if self._keeps_back and not self._tells_open else now - MOST_AHEAD
