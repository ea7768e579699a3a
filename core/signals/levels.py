"""The levels of a trade: entry, stop loss and three take profits, one barrier distance apart.

A LONG signal's tp1 is the upper barrier and its stop the lower one, so P(LONG) is the probability that tp1
is reached before the stop within the horizon; a SHORT mirrors it. See core.model.barriers.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from core.domain import Direction, TradeLevels


def trade_levels(side: Direction, close: float, barrier_distance: float, tick_size: float) -> TradeLevels:
    """Entry at ``close``, stop and tp1 one ``barrier_distance`` (K * ATR, quote currency) away, tp2 and tp3 at 2 and 3.

    Prices are rounded to ``tick_size``. The distance is at least one tick, so that the levels stay apart; a
    SHORT's targets stop at one tick above zero, spaced by a tick, where the distance would carry them below.
    """
    if side is Direction.NO_TRADE:
        raise ValueError("levels need a side, LONG or SHORT; for NO_TRADE pass the likelier of the two")
    entry = max(round(close / tick_size), 5 if side is Direction.SHORT else 2)
    steps = max(round(barrier_distance / tick_size), 1)
    if side is Direction.LONG:
        ticks = entry, max(entry - steps, 1), entry + steps, entry + 2 * steps, entry + 3 * steps
    else:
        ticks = entry, entry + steps, max(entry - steps, 3), max(entry - 2 * steps, 2), max(entry - 3 * steps, 1)
    ticks_in, make = _as_ratio(tick_size)
    return TradeLevels(side, *[each * ticks_in / make for each in ticks])


@lru_cache(maxsize=1024)
def _as_ratio(tick_size: float) -> tuple[int, int]:
    """A tick as a fraction, for prices without binary dust: 3 ticks of 0.1 are 0.3, not 0.30000000000000004.

    Python divides whole numbers to the nearest float, so a price is the one that its decimal digits are read as.
    """
    return Fraction(repr(tick_size)).as_integer_ratio()


def reward_in_r(levels: TradeLevels, price: float) -> float:
    """Distance of ``price`` from the entry in R, the distance from entry to stop; positive in the trade's favour."""
    sign = 1.0 if levels.side is Direction.LONG else -1.0
    return sign * (price - levels.entry) / abs(levels.entry - levels.stop_loss)
