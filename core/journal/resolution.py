"""From closed candles to the outcomes that a ledger lacks, and to those that candles told differently since make wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from core.domain import Series
from core.journal.entries import OutcomeEntry
from core.journal.judged import Asked, Judged, StoredOutcome, judged
from core.journal.sheets import Sheet, joined
from core.journal.store import Ledger
from core.market.candles import LATEST_MS, CandleArrays, unix_ms
from core.signals.outcomes import TOUCHES, Calls, Outcomes, outcomes_by_levels, outcomes_of


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
    return enter(ledger, [came_of(found, [candles], fee_percent, unix_ms(now))])


def enter(ledger: Ledger, found: Sequence[CameOf]) -> int:
    """Enter outcomes, those that correct others last; returns how many were new."""
    first = joined(OutcomeEntry, [each.first for each in found])
    return ledger.append(first) + ledger.append([entry for each in found for entry in each.corrections])


@dataclass(frozen=True, slots=True)
class CameOf:
    """The ``first`` outcome of each signal that was open, and ``corrections`` of outcomes that the candles contradict."""

    first: Sheet
    corrections: list[OutcomeEntry]


def came_of(signals: Judged, candles: Sequence[CandleArrays], fee_percent: float, resolved_at_ms: int) -> CameOf:
    """What became of ``signals`` that the ledger does not say, by ``candles``, which are those of each of their symbols.

    An outcome is corrected at the fee that it was entered with: what another fee would have made of it is no mistake. Nor
    is what was right by the rounded levels, by which take profit 1 and the stop were judged once.
    """
    fees = np.array([fee_percent if stored is None else stored.entry.fee_percent for stored in signals.counting])
    apart, together = _side_by_side(signals, candles)
    outcomes = outcomes_of(apart, together, signals.timeframe, fees)
    entered = Sheet.of(OutcomeEntry, _columns(signals, outcomes, fees, resolved_at_ms))
    stored = [signals.counting[row] for row in outcomes.of.tolist()]
    is_open = [each is None for each in stored]
    if all(is_open):
        return CameOf(entered, [])
    wrong = list(_wrong(stored, entered))
    if wrong:
        by_levels = outcomes_by_levels(apart, together, signals.timeframe, fees)
        judged_once = Sheet.of(OutcomeEntry, _columns(signals, by_levels, fees, resolved_at_ms))
        still_wrong = {before.seq for before, _ in _wrong(stored, judged_once)}
        wrong = [each for each in wrong if each[0].seq in still_wrong]
    return CameOf(entered.only(is_open), [replace(entry, follows=before.seq) for before, entry in wrong])


def _wrong(stored: Sequence[StoredOutcome | None], entered: Sheet) -> Iterator[tuple[StoredOutcome, OutcomeEntry]]:
    """The stored outcomes that differ from what is now found, each beside it."""
    for before, content in zip(stored, entered.contents(), strict=True):
        if before is not None and _differs(before, entry := OutcomeEntry(**content)):
            yield before, entry


def _side_by_side(signals: Judged, candles: Sequence[CandleArrays]) -> tuple[Calls, CandleArrays]:
    """All coins as if they were one series, each some centuries after the one before: numpy takes them at one go."""
    of_each = [CandleArrays(each.open_time_ms + lane * LATEST_MS, each.values) for lane, each in enumerate(candles)]
    apart = replace(signals.calls, candle_open_ms=signals.calls.candle_open_ms + signals.lane * LATEST_MS)
    return apart, CandleArrays.joined(of_each)


def _columns(signals: Judged, outcomes: Outcomes, fees: np.ndarray, resolved_at_ms: int) -> dict[str, Sequence[Any]]:
    """Each of the outcomes as if it were its signal's first, by the column."""
    of, step = outcomes.of, signals.timeframe.milliseconds
    seqs, closed_ms = [signals.seq[row] for row in of.tolist()], signals.calls.candle_open_ms[of] + step
    reached = {"stop": outcomes.to_stop, **{f"tp{n}": each for n, each in enumerate(outcomes.to_targets, 1)}}
    figures = {"highest_atr": outcomes.highest, "lowest_atr": outcomes.lowest, "r": outcomes.r}
    return {
        "signal_seq": seqs,
        "follows": seqs,
        "touched": [TOUCHES[touched] for touched in outcomes.touched.tolist()],
        "candles_to_touch": _none_for(outcomes.to_touch, outcomes.to_touch == 0),
        **{f"{what}_at_ms": _none_for(closed_ms + after * step, after == 0) for what, after in reached.items()},
        **{name: _none_for(numbers, ~np.isfinite(numbers)) for name, numbers in figures.items()},
        "fee_percent": fees[of].tolist(),
        "resolved_at_ms": [resolved_at_ms] * len(of),
    }


def _none_for(values: np.ndarray, lacking: np.ndarray) -> list[Any]:
    """The values as Python has them, None where they are ``lacking``."""
    objects = values.astype(object)
    objects[lacking] = None
    return list(objects.tolist())


def _differs(stored: StoredOutcome, entry: OutcomeEntry) -> bool:
    """Whether anything but when it was found is another."""
    before = stored.entry
    return replace(entry, follows=before.follows, resolved_at_ms=before.resolved_at_ms) != before
