"""Whether a replay says what was said live: row by row, every value that a record is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from core.domain import Series, Timeframe
from core.findings import Verdict
from core.market.candles import moment_of
from core.replay import Different, Parity

TOLERANCE = 1e-9
"""In probability, and relative to a price. On one machine both are equal to the last bit; other processors round otherwise."""

SAME = ("direction", "levels_side", "entry", "stop_loss", "tp1", "tp2", "tp3", "horizon_candles", "timing", "side")
"""Columns that are words, or prices in whole ticks: they are equal or they are not."""
PROBABILITIES = ("p_long", "p_short", "p_no_trade", "p_move")
PRICES = ("close", "atr", "upper_barrier", "lower_barrier")

VERDICT = ("verdict", "severity")
OF_ITS_TIME = (Verdict.STALE_DATA, Verdict.STALE_MODEL)
"""Verdicts of a live signal that its replay cannot know: candles came late, or the record spoke against the model."""

COMPARED = (*SAME, *VERDICT, *PROBABILITIES, *PRICES)

Row = Mapping[str, Any]
"""The columns of a signal by their names."""


def parity_of(pairs: Iterable[tuple[Row, Row]], at: datetime, left_out: int = 0) -> Parity:
    """The live signals beside their replays, compared now; so many more could not be."""
    compared = equal = 0
    largest = 0.0
    first: Different | None = None
    for live, replayed in pairs:
        compared += 1
        differences = {name: _difference(name, live, replayed) for name in (*PROBABILITIES, *PRICES)}
        largest = max(largest, *differences.values())
        words = SAME if live["verdict"] in OF_ITS_TIME else (*SAME, *VERDICT)
        different = [name for name in words if live[name] != replayed[name]]
        different += [name for name, difference in differences.items() if difference > TOLERANCE]
        equal += not different
        if different and first is None:
            first = _different(live, replayed, different[0])
    return Parity(compared, equal, largest, first, at, at, left_out)


def together(before: Parity, new: Parity) -> Parity:
    """Of what was compared before and of others, compared now."""
    return Parity(
        before.compared + new.compared,
        before.equal + new.equal,
        max(before.largest_difference, new.largest_difference),
        before.first_different or new.first_different,
        before.since,
        new.at,
        before.left_out + new.left_out,
    )


def _difference(name: str, live: Row, replayed: Row) -> float:
    apart = abs(float(live[name]) - float(replayed[name]))
    return apart if name in PROBABILITIES else apart / max(abs(float(live["close"])), 1e-300)


def _different(live: Row, replayed: Row, name: str) -> Different:
    series = Series(live["symbol"], Timeframe(live["timeframe"]))
    return Different(series, moment_of(live["candle_open_ms"]), name, live[name], replayed[name])
