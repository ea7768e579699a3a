"""The levels of a trade: entry, stop loss and three take profits, one barrier distance apart.

A LONG signal's tp1 is the upper barrier and its stop the lower one, so P(LONG) is the probability that tp1
is reached before the stop within the horizon; a SHORT mirrors it. See core.model.barriers.
"""

from __future__ import annotations

from collections.abc import Callable
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
        stop = max(entry - steps, 1)
        targets = [entry + steps, entry + 2 * steps, entry + 3 * steps]
    else:
        stop = entry + steps
        targets = [max(entry - n * steps, 4 - n) for n in (1, 2, 3)]
    price = _price_of_ticks(tick_size)
    return TradeLevels(side, price(entry), price(stop), *(price(target) for target in targets))


@lru_cache(maxsize=1024)
def _price_of_ticks(tick_size: float) -> Callable[[int], float]:
    """Ticks to price without binary dust: 3 ticks of 0.1 are 0.3, not 0.30000000000000004.

    Python divides whole numbers to the nearest float, so a price is the one that its decimal digits are read as.
    """
    ticks_in, make = Fraction(repr(tick_size)).as_integer_ratio()
    return lambda ticks: ticks * ticks_in / make


def reward_in_r(levels: TradeLevels, price: float) -> float:
    """Distance of ``price`` from the entry in R, the distance from entry to stop; positive in the trade's favour."""
    sign = 1.0 if levels.side is Direction.LONG else -1.0
    return sign * (price - levels.entry) / abs(levels.entry - levels.stop_loss)
