"""Every signal gets one outcome once its candles are there, and another that follows it where candles are told differently."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from core.domain import Series, Timeframe
from core.journal.entries import OutcomeEntry
from core.journal.errors import LedgerRefused
from core.journal.judged import Asked, Judged, judged
from core.journal.resolution import came_of, resolve
from core.journal.store import Ledger
from core.journal.tables import entries, outcomes
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from core.market.candles import CandleArrays, moment_of
from tests.journal.made_entries import NOON_MS, model, outcome, signal

BTC = Series("BTCUSDT", Timeframe.M15)
STEP = Timeframe.M15.milliseconds
NOW = moment_of(NOON_MS) + timedelta(hours=12)
FEE = 0.04


def candles(first: int, n: int, high: float = 108_100.0, low: float = 107_900.0) -> CandleArrays:
    """``n`` candles from the one that is ``first`` candles after noon on, around the made signals' close."""
    times = NOON_MS + STEP * np.arange(first, first + n)
    prices = [np.full(n, 108_000.0), np.full(n, high), np.full(n, low), np.full(n, 108_050.0), np.ones(n)]
    return CandleArrays(times, np.stack(prices))


def revised(held: CandleArrays, number: int, high: float) -> CandleArrays:
    """The same candles, but one of which has another high."""
    values = held.values.copy()
    values[1, held.open_time_ms == NOON_MS + number * STEP] = high
    return CandleArrays(held.open_time_ms, values)


def chain(ledger: Ledger) -> list[tuple[int, int, str]]:
    """Signal, what it follows and barrier of each outcome, in the order of their entries."""
    with ledger.database.reading() as connection:
        rows = connection.execute(
            select(outcomes.c.signal_seq, outcomes.c.follows, outcomes.c.touched).order_by(outcomes.c.seq)
        )
        return [tuple(row) for row in rows]


def test_a_signal_is_resolved_once_and_only_when_its_last_candle_is_there(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(1), signal(0, timeframe=Timeframe.H1), signal(0, symbol="ETHUSDT")])
    assert resolve(ledger, BTC, candles(0, 16), NOW, FEE) == 0
    assert resolve(ledger, BTC, candles(0, 17), NOW, FEE) == 1
    assert resolve(ledger, BTC, candles(0, 17), NOW, FEE) == 0
    assert resolve(ledger, BTC, candles(5, 13), NOW, FEE) == 0, "the first candles are no longer at hand"
    assert resolve(ledger, BTC, candles(1, 17), NOW, FEE) == 1
    assert chain(ledger) == [(1, 1, "none"), (2, 2, "none")]
    assert isinstance(verify(ledger.database), Verified)


def test_an_outcome_says_when_in_closes_of_candles(ledger: Ledger) -> None:
    ledger.append([signal(0)])
    resolve(ledger, BTC, revised(candles(1, 16), 3, 109_500.0), NOW, FEE)
    with ledger.database.reading() as connection:
        row = connection.execute(select(outcomes)).one()
    closes = NOON_MS + 4 * STEP
    assert (row.touched, row.candles_to_touch, row.stop_at_ms) == ("upper", 3, None)
    assert (row.tp1_at_ms, row.tp2_at_ms, row.tp3_at_ms) == (closes, closes, None)
    assert row.highest_atr == (109_500.0 - 108_000.1) / 321.5
    assert row.r == pytest.approx(1 - 0.0004 * (108_000.1 + 108_707.4) / 707.3)


def test_a_gap_leaves_signals_open_until_it_is_filled(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(8)])
    whole = candles(0, 30)
    assert resolve(ledger, BTC, whole[whole.open_time_ms != NOON_MS + 5 * STEP], NOW, FEE) == 1
    assert chain(ledger) == [(2, 2, "none")]
    assert resolve(ledger, BTC, whole, NOW, FEE) == 1
    assert chain(ledger) == [(2, 2, "none"), (1, 1, "none")]


@pytest.mark.slow
def test_a_candle_told_differently_is_a_correction_that_follows_and_overwrites_nothing(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(4)])
    held = candles(0, 30)
    resolve(ledger, BTC, held, NOW, FEE)
    assert resolve(ledger, BTC, revised(held, 3, 109_500.0), NOW, FEE) == 1
    assert resolve(ledger, BTC, revised(held, 3, 109_500.0), NOW, FEE) == 0
    assert resolve(ledger, BTC, held, NOW, FEE) == 1, "the market may change its mind again"
    assert chain(ledger) == [(1, 1, "none"), (2, 2, "none"), (1, 3, "upper"), (1, 5, "none")]
    assert isinstance(verify(ledger.database), Verified)


def test_another_fee_corrects_nothing_that_was_entered_before(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(1)])
    resolve(ledger, BTC, candles(0, 17), NOW, FEE)
    assert resolve(ledger, BTC, candles(0, 18), NOW, 0.5) == 1
    with ledger.database.reading() as connection:
        assert connection.execute(select(outcomes.c.fee_percent).order_by(outcomes.c.seq)).scalars().all() == [FEE, 0.5]


def test_what_was_right_by_the_rounded_levels_stays_as_it_is(ledger: Ledger) -> None:
    """Take profit 1 lies 0.03 below the barrier: a high between them once counted."""
    ledger.append([signal(0, upper_barrier=108_707.43)])
    between, beyond = (revised(candles(1, 16), 3, high) for high in (108_707.4, 108_707.5))
    (before,) = came_of(judged_on(ledger), [between], FEE, 0).first.contents()
    assert (before["touched"], before["tp1_at_ms"]) == ("none", None)
    entry, stop, target = (plain := signal(0)).entry, plain.stop_loss, plain.tp1
    r = (target - entry - FEE / 100 * (entry + target)) / (entry - stop)
    once = {**before, "tp1_at_ms": NOON_MS + 4 * STEP, "r": r}
    ledger.append([OutcomeEntry(**once)])
    assert resolve(ledger, BTC, between, NOW, FEE) == 0
    assert resolve(ledger, BTC, beyond, NOW, FEE) == 1, "candles that are told differently still correct it"


def judged_on(ledger: Ledger) -> Judged:
    with ledger.database.reading() as connection:
        return judged(connection, Asked(BTC.timeframe, (BTC.symbol,), NOON_MS, NOON_MS, NOON_MS + 16 * STEP))


def test_two_processes_resolve_a_signal_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is faster between this one's look at the ledger and what it enters."""
    ledger.append([signal(0)])
    append = Ledger.append

    def beaten(self: Ledger, batch: list[OutcomeEntry]) -> int:
        append(self, [outcome(1)])
        return append(self, batch)

    monkeypatch.setattr(Ledger, "append", beaten)
    assert resolve(ledger, BTC, candles(0, 17), NOW, FEE) == 0
    assert [of for of, _, _ in chain(ledger)] == [1]


def test_live_and_replayed_signals_of_a_candle_have_an_outcome_each(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(0, origin=Origin.REPLAYED), signal(0, model_version="two")])
    assert resolve(ledger, BTC, candles(0, 17), NOW, FEE) == 3


def test_a_model_is_described_once_however_often_it_is_told(ledger: Ledger) -> None:
    assert ledger.append([model("one"), model("one"), model("two")]) == 2
    assert ledger.append([model("two"), model("one", symbol="ETHUSDT"), model("one", timeframe="1h")]) == 2


def test_an_outcome_is_of_a_signal_and_follows_an_entry_that_is_there(ledger: Ledger) -> None:
    ledger.append([signal(0), model()])
    for impossible in (outcome(2), outcome(7), outcome(1, follows=9)):
        with pytest.raises(LedgerRefused, match="not in it"):
            ledger.append([impossible])
    with ledger.database.reading() as connection:
        assert connection.execute(select(entries.c.seq).order_by(entries.c.seq)).scalars().all() == [1, 2]


def test_only_a_replayed_signal_lacks_what_was_shown() -> None:
    with pytest.raises(ValueError, match="lacks what was shown"):
        replace(signal(0), shown=None)
    with pytest.raises(ValueError, match="has what was shown"):
        signal(0, origin=Origin.REPLAYED, shown="{}")
