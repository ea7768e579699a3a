"""From closed candles to the outcomes that a ledger lacks, and to those that candles told differently since make wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite

import numpy as np

from core.domain import Series
from core.journal.entries import OutcomeEntry
from core.journal.judged import Asked, Judged, StoredOutcome, judged
from core.journal.store import Ledger
from core.market.candles import LATEST_MS, CandleArrays, unix_ms
from core.signals.outcomes import TOUCHES, Calls, Outcomes, outcomes_of


def resolve(ledger: Ledger, series: Series, candles: CandleArrays, now: datetime, fee_percent: float) -> int:
    """Enter what ``candles``, all of them closed by ``now``, say of the signals on them; returns how many outcomes that were.

    ``now`` is the market's time.
    """
    if not len(candles):
        return 0
    first, last = int(candles.open_time_ms[0]), int(candles.open_time_ms[-1])
    asked = Asked(series.timeframe, (series.symbol,), first - series.timeframe.milliseconds, last, last)
    with ledger.database.reading() as connection:
        found = judged(connection, asked)
    return ledger.append(list(outcome_entries(found, [candles], fee_percent, unix_ms(now))))


def outcome_entries(
    signals: Judged, candles: Sequence[CandleArrays], fee_percent: float, resolved_at_ms: int
) -> Iterator[OutcomeEntry]:
    """The first outcome of each signal that is open, and a correction of each outcome that the candles contradict.

    ``candles`` are those of each of the signals' symbols. An outcome is corrected at the fee that it was entered with:
    what another fee would have made of it is no mistake.
    """
    fees = np.array([fee_percent if stored is None else stored.entry.fee_percent for stored in signals.counting])
    apart, together = _side_by_side(signals, candles)
    outcomes = outcomes_of(apart, together, signals.timeframe, fees)
    for row, entry in zip(outcomes.of.tolist(), _entries(signals, outcomes, fees, resolved_at_ms), strict=True):
        stored = signals.counting[row]
        if stored is None:
            yield entry
        elif _differs(stored, entry):
            yield replace(entry, follows=stored.seq)


def _side_by_side(signals: Judged, candles: Sequence[CandleArrays]) -> tuple[Calls, CandleArrays]:
    """All coins as if they were one series, each some centuries after the one before: numpy takes them at one go."""
    of_each = [CandleArrays(each.open_time_ms + lane * LATEST_MS, each.values) for lane, each in enumerate(candles)]
    apart = replace(signals.calls, candle_open_ms=signals.calls.candle_open_ms + signals.lane * LATEST_MS)
    return apart, CandleArrays.joined(of_each)


def _entries(signals: Judged, outcomes: Outcomes, fees: np.ndarray, resolved_at_ms: int) -> Iterator[OutcomeEntry]:
    """An entry of each of the outcomes, as if it were its signal's first."""
    step = signals.timeframe.milliseconds
    closed_ms = (signals.calls.candle_open_ms[outcomes.of] + step).tolist()
    in_candles = (outcomes.to_stop, *outcomes.to_targets)
    times = zip(*(each.tolist() for each in in_candles), strict=True)
    numbers = zip(*(each.tolist() for each in (outcomes.highest, outcomes.lowest, outcomes.r)), strict=True)
    touches = zip(outcomes.touched.tolist(), outcomes.to_touch.tolist(), strict=True)
    for row, closed, (touched, candles), reached, told in zip(
        outcomes.of.tolist(), closed_ms, touches, times, numbers, strict=True
    ):
        seq = signals.seq[row]
        stop, tp1, tp2, tp3 = (closed + number * step if number else None for number in reached)
        highest, lowest, r = (number if isfinite(number) else None for number in told)
        yield OutcomeEntry(
            signal_seq=seq,
            follows=seq,
            touched=TOUCHES[touched],
            candles_to_touch=candles or None,
            stop_at_ms=stop,
            tp1_at_ms=tp1,
            tp2_at_ms=tp2,
            tp3_at_ms=tp3,
            highest_atr=highest,
            lowest_atr=lowest,
            r=r,
            fee_percent=float(fees[row]),
            resolved_at_ms=resolved_at_ms,
        )


def _differs(stored: StoredOutcome, entry: OutcomeEntry) -> bool:
    """Whether anything but when it was found is another."""
    before = stored.entry
    return replace(entry, follows=before.follows, resolved_at_ms=before.resolved_at_ms) != before
