"""From closed candles to the outcomes that a ledger lacks, and to those that candles told differently since make wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from core.domain import Series
from core.journal.entries import OutcomeEntry
from core.journal.judged import Judged, StoredOutcome, judged
from core.journal.store import Ledger
from core.market.candles import CandleArrays, unix_ms
from core.signals.outcomes import TOUCHES, Outcomes, outcomes_of


def resolve(ledger: Ledger, series: Series, candles: CandleArrays, now: datetime, fee_percent: float) -> int:
    """Enter what ``candles``, all of them closed by ``now``, say of the signals on them; returns how many outcomes that were.

    ``now`` is the market's time.
    """
    if not len(candles):
        return 0
    first, last = int(candles.open_time_ms[0]), int(candles.open_time_ms[-1])
    before_first = first - series.timeframe.milliseconds
    with ledger.database.reading() as connection:
        found = list(judged(connection, series.timeframe, [series.symbol], before_first, last, last))
    return ledger.append(
        [entry for each in found for entry in outcome_entries(each, candles, fee_percent, unix_ms(now))]
    )


def outcome_entries(
    signals: Judged, candles: CandleArrays, fee_percent: float, resolved_at_ms: int
) -> Iterator[OutcomeEntry]:
    """The first outcome of each signal that is open, and a correction of each outcome that ``candles`` contradict.

    An outcome is corrected at the fee that it was entered with: what another fee would have made of it is no mistake.
    """
    fees = np.array([fee_percent if stored is None else stored.entry.fee_percent for stored in signals.counting])
    outcomes = outcomes_of(signals.calls, candles, signals.series.timeframe, fees)
    for n, row in enumerate(outcomes.of.tolist()):
        entry = _entry(signals, outcomes, n, row, float(fees[row]), resolved_at_ms)
        stored = signals.counting[row]
        if stored is None:
            yield entry
        elif _differs(stored, entry):
            yield replace(entry, follows=stored.seq)


def _entry(
    signals: Judged, outcomes: Outcomes, n: int, row: int, fee_percent: float, resolved_at_ms: int
) -> OutcomeEntry:
    """The outcome in place ``n``, which is of the signal in ``row``."""
    step = signals.series.timeframe.milliseconds
    closed_ms = int(signals.calls.candle_open_ms[row]) + step

    def at(candles: int) -> int | None:
        return closed_ms + int(candles) * step if candles else None

    return OutcomeEntry(
        signal_seq=signals.seq[row],
        follows=signals.seq[row],
        touched=TOUCHES[outcomes.touched[n]],
        candles_to_touch=int(outcomes.to_touch[n]) or None,
        stop_at_ms=at(outcomes.to_stop[n]),
        tp1_at_ms=at(outcomes.to_targets[0, n]),
        tp2_at_ms=at(outcomes.to_targets[1, n]),
        tp3_at_ms=at(outcomes.to_targets[2, n]),
        highest_atr=_number(outcomes.highest[n]),
        lowest_atr=_number(outcomes.lowest[n]),
        r=_number(outcomes.r[n]),
        fee_percent=fee_percent,
        resolved_at_ms=resolved_at_ms,
    )


def _number(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None


def _differs(stored: StoredOutcome, entry: OutcomeEntry) -> bool:
    """Whether anything but when it was found is another."""
    before = stored.entry
    return replace(entry, follows=before.follows, resolved_at_ms=before.resolved_at_ms) != before
