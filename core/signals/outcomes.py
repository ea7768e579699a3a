"""What became of a signal, decided by the candles after it: the one definition, for live signals, replays and corrections.

Everything is judged on the H candles after the signal's own, H being the horizon of its model, and on prices as they
were issued:

- *touched*: which barrier was reached first, ``both`` where one candle reached both and nobody can say which came first,
  ``none`` where neither was reached. For barriers at C + K*A and C - K*A that is the label of core.signals.labels, in
  which ``both`` and ``none`` are NO_TRADE: probabilities, P(move) among them, are judged by the label (``label_of``), so
  that a tie counts against a called move, and a called side by what was touched (``side_right``), so that it counts
  against that, too.
- *stop and take profits*, of a called side only. Take profit 1 and the stop are the barriers, which decide them: the levels
  that were shown are whole ticks, and may lie a part of a tick off. Take profits 2 and 3 are those levels. What is reached
  in the candle that reaches the stop, or after it, is not reached: a tie counts against the call.
- *highest and lowest*: how far above the signal's close the H candles' highest high and lowest low lay, in ATR, negative
  below it. They are of the whole horizon, not of the time until the touch, where they would only repeat the barrier:
  so they tell what a wider stop or a farther target would have met.
- *R*, of a called side only: entered at the close, left at take profit 1, at the stop, or at the close of the last of the
  H candles, in units of the distance to the stop, less the fee on what is bought and on what is sold. No slippage, no
  funding: what trading adds to that is not known here.

Nothing is decided before the last of the H candles is there, though a touch may be clear long before: what is entered
never changes because time passed, and calls that end early do not come in ahead of those that take long. A gap leaves
all that look across it undecided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from core.domain import Direction, Timeframe
from core.market.candles import CandleArrays

DEFAULT_FEE_PERCENT = 0.04
"""Of what is bought or sold, on each side: a taker's at the largest exchanges for perpetuals, rounded."""


class Touched(StrEnum):
    """Which barrier was reached first within the horizon."""

    UPPER = "upper"
    LOWER = "lower"
    BOTH = "both"
    NONE = "none"


TOUCHES = tuple(Touched)


def label_of(touched: Touched) -> Direction:
    """What the probabilities were about: which barrier came first, NO_TRADE where none did, or both at once."""
    return _LABELS.get(touched, Direction.NO_TRADE)


_LABELS = {Touched.UPPER: Direction.LONG, Touched.LOWER: Direction.SHORT}


def came(touched: Touched) -> bool:
    """Whether the price reached a barrier at all: after these signals a called side was right or wrong."""
    return touched is not Touched.NONE


def side_right(direction: Direction, touched: Touched) -> bool | None:
    """Whether a called side was the one; None where none was called, or no barrier was touched. Both at once is wrong."""
    if direction is Direction.NO_TRADE or not came(touched):
        return None
    return label_of(touched) is direction


LONG, SHORT, NO_SIDE = 1, -1, 0
"""A called side in numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Signals of one series as arrays of one length n: what each said, in quote currency where it is a price.

    ``candle_open_ms`` is the open time of the signal's candle (Unix milliseconds), ``horizon`` in candles, ``side`` LONG,
    SHORT or NO_SIDE. ``levels`` is (5, n): entry, stop loss and take profits 1 to 3; of no meaning for NO_SIDE.
    """

    candle_open_ms: np.ndarray
    close: np.ndarray
    atr: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    horizon: np.ndarray
    side: np.ndarray
    levels: np.ndarray

    def __len__(self) -> int:
        return len(self.candle_open_ms)

    def __getitem__(self, rows: np.ndarray) -> Calls:
        """Some of the calls."""
        return Calls(
            self.candle_open_ms[rows],
            self.close[rows],
            self.atr[rows],
            self.upper[rows],
            self.lower[rows],
            self.horizon[rows],
            self.side[rows],
            self.levels[:, rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of the calls in the rows ``of``; the others are undecided. Arrays of one length.

    ``touched`` is the place in TOUCHES. ``to_touch``, ``to_stop`` and ``to_targets`` (3, n) say in which of the following
    candles, from 1 on, 0 for never. ``highest`` and ``lowest`` are in ATR, NaN where that was 0; ``r`` is NaN for NO_SIDE.
    """

    of: np.ndarray
    touched: np.ndarray
    to_touch: np.ndarray
    to_stop: np.ndarray
    to_targets: np.ndarray
    highest: np.ndarray
    lowest: np.ndarray
    r: np.ndarray

    def __len__(self) -> int:
        return len(self.of)


def outcomes_of(calls: Calls, candles: CandleArrays, timeframe: Timeframe, fee_percent: float | np.ndarray) -> Outcomes:
    """What became of each call whose whole horizon is among ``candles``, all of them closed, without a gap in it.

    The call's own candle need not be among them. ``fee_percent`` is in percent of the price, for each side of a trade;
    one for all calls, or one of each.
    """
    first, decided = _horizons(calls, candles, timeframe)
    of = np.flatnonzero(decided)
    some = calls[of]
    high, low, last_close = _following(candles, first[of], some.horizon)
    touched, to_touch = first_touch(high, low, some.upper, some.lower)
    to_stop, to_targets = _reached(some, high, low)
    return Outcomes(
        of,
        touched,
        to_touch,
        to_stop,
        to_targets,
        _in_atr(high.max(axis=1, initial=-np.inf), some),
        _in_atr(low.min(axis=1, initial=np.inf), some),
        _r_after_fees(some, to_stop, to_targets[0], last_close, np.broadcast_to(fee_percent, len(calls))[of]),
    )


def outcomes_by_levels(
    calls: Calls, candles: CandleArrays, timeframe: Timeframe, fee_percent: float | np.ndarray
) -> Outcomes:
    """As ``outcomes_of``, with the stop and take profit 1 by their rounded levels, as they were once judged.

    What a ledger has from then is no mistake.
    """
    _, stop, target = calls.levels[:3]
    long, called = calls.side > 0, calls.side != NO_SIDE
    upper = np.where(called, np.where(long, target, stop), calls.upper)
    lower = np.where(called, np.where(long, stop, target), calls.lower)
    by_levels = outcomes_of(replace(calls, upper=upper, lower=lower), candles, timeframe, fee_percent)
    exactly = outcomes_of(calls, candles, timeframe, fee_percent)
    return replace(by_levels, touched=exactly.touched, to_touch=exactly.to_touch)


def first_touch(
    high: np.ndarray, low: np.ndarray, upper: np.ndarray, lower: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which of two barriers (n,) the candles after each of n moments, (n, H), reach first, and in which: see Outcomes."""
    to_upper, to_lower = _first(high >= upper[:, None]), _first(low <= lower[:, None])
    never = high.shape[1] + 1
    up, down = np.where(to_upper, to_upper, never), np.where(to_lower, to_lower, never)
    to_touch = np.minimum(up, down)
    touched = np.select(
        [to_touch == never, up == down, up < down],
        [TOUCHES.index(Touched.NONE), TOUCHES.index(Touched.BOTH), TOUCHES.index(Touched.UPPER)],
        TOUCHES.index(Touched.LOWER),
    )
    return touched.astype(np.int8), np.where(to_touch == never, 0, to_touch)


def _horizons(calls: Calls, candles: CandleArrays, timeframe: Timeframe) -> tuple[np.ndarray, np.ndarray]:
    """The row of the first candle after each call's own, and whether all of its horizon is there without a gap."""
    times, step = candles.open_time_ms, timeframe.milliseconds
    first = np.searchsorted(times, calls.candle_open_ms, side="right")
    last = first + calls.horizon - 1
    there = (last < len(times)) & (calls.horizon > 0)
    decided = np.zeros(len(calls), dtype=bool)
    begins, ends = times[first[there]], times[last[there]]
    asked = calls.candle_open_ms[there]
    decided[there] = (begins == asked + step) & (ends == asked + calls.horizon[there] * step)
    return first, decided


def _following(
    candles: CandleArrays, first: np.ndarray, horizon: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """High and low of the candles of each horizon, (n, longest) and beyond reach past its end, and its last close."""
    longest = np.arange(horizon.max(initial=0))
    within = longest < horizon[:, None]
    rows = np.where(within, first[:, None] + longest, 0)
    high = np.where(within, candles.high[rows], -np.inf)
    low = np.where(within, candles.low[rows], np.inf)
    return high, low, candles.close[first + horizon - 1]


def _reached(calls: Calls, high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """In which candle the stop and, before it, each take profit was reached; prices of a SHORT are mirrored at zero."""
    side = calls.side[:, None]
    called, long = side != NO_SIDE, side > 0
    towards, away = np.where(long, high, -low), np.where(long, low, -high)
    ahead, behind = np.where(calls.side > 0, [calls.upper, calls.lower], [-calls.lower, -calls.upper])
    to_stop = _first(called & (away <= behind[:, None]))
    farther = np.maximum(calls.levels[3:] * calls.side, ahead)  # at the edge of zero levels lie closer than the barrier
    targets = np.stack([_first(called & (towards >= target[:, None])) for target in (ahead, *farther)])
    return to_stop, np.where((to_stop == 0) | (targets < to_stop), targets, 0)


def _first(reached: np.ndarray) -> np.ndarray:
    """In which column, counted from 1, each row is first true; 0 where none is."""
    if reached.shape[1] == 0:
        return np.zeros(len(reached), dtype=np.int64)
    where = reached.argmax(axis=1)
    return np.where(reached[np.arange(len(reached)), where], where + 1, 0)


def _in_atr(price: np.ndarray, calls: Calls) -> np.ndarray:
    """How far a price lies above the call's close, in ATR; NaN where that is 0."""
    return (price - calls.close) / np.where(calls.atr > 0, calls.atr, np.nan)


def _r_after_fees(
    calls: Calls, to_stop: np.ndarray, to_target: np.ndarray, last_close: np.ndarray, fee_percent: np.ndarray
) -> np.ndarray:
    entry, stop, target = calls.levels[:3]
    left_at = np.where(to_target > 0, target, np.where(to_stop > 0, stop, last_close))
    gained = calls.side * (left_at - entry) - fee_percent / 100 * (entry + left_at)
    return gained / np.where(calls.side == NO_SIDE, np.nan, np.abs(entry - stop))
