"""Outcomes are entered as their last candles close, after a gap was filled, after a restart; and corrected where told anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event, select

from core.domain import Series, Timeframe
from core.journal import resolver as resolver_module
from core.journal.places import SqliteFile
from core.journal.resolver import Resolver, changed_times
from core.journal.store import Ledger
from core.journal.tables import outcomes
from core.journal.vocabulary import Origin
from core.market.candles import CandleArrays, moment_of
from tests.journal.made_entries import NOON_MS, signal
from tests.journal.test_resolution import BTC, FEE, STEP, candles, revised

ETH = Series("ETHUSDT", Timeframe.M15)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """SQLite alone: what is asked of a database is asked of both in the tests of resolution."""
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path / "ledger.db"))
    yield ledger
    ledger.close()


@pytest.fixture
def resolver(ledger: Ledger) -> Resolver:
    return Resolver(ledger, FEE)


def after(number: int) -> datetime:
    """When the candle that is ``number`` candles after noon has just closed."""
    return moment_of(NOON_MS + (number + 1) * STEP)


def resolved(ledger: Ledger) -> list[int]:
    """The signal of each outcome, in the order of their entries."""
    with ledger.database.reading() as connection:
        return list(connection.execute(select(outcomes.c.signal_seq).order_by(outcomes.c.seq)).scalars())


def statements(ledger: Ledger, resolver: Resolver, held: CandleArrays, number: int) -> int:
    """How many questions and rows a pass sends to the database."""
    seen: list[str] = []
    engines = (ledger.database._reader, ledger.database._writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    resolver.work({BTC: held}, after(number))
    return len(seen)


@pytest.mark.slow
def test_each_close_resolves_the_signal_whose_horizon_it_ends(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0), signal(1), signal(2)])
    for number, expected in ((15, []), (16, [1]), (17, [1, 2]), (18, [1, 2, 3])):
        resolver.work({BTC: candles(number - 40, 41)}, after(number))
        assert resolved(ledger) == expected


@pytest.mark.slow
def test_where_nothing_has_changed_the_ledger_is_hardly_asked(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0)])
    held = candles(-20, 40)
    resolver.work({BTC: held}, after(19))
    assert statements(ledger, resolver, held, 19) <= 3, "BEGIN, the head, and an empty batch"


@pytest.mark.slow
def test_a_restart_finds_what_closed_and_what_was_told_anew_meanwhile(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0), signal(1)])
    resolver.work({BTC: candles(-20, 37)}, after(16))
    again = Resolver(ledger, FEE)
    again.work({BTC: revised(candles(-20, 38), 3, 109_500.0)}, after(17))
    assert sorted(resolved(ledger)) == [1, 1, 2]


@pytest.mark.slow
def test_signals_whose_candles_are_held_no_longer_stay_open(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0), signal(30)])
    resolver.work({BTC: candles(10, 60)}, after(69))
    assert resolved(ledger) == [2]


@pytest.mark.slow
def test_a_filled_gap_and_a_new_close_at_once_resolve_all_that_waited(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0), signal(1), signal(4), signal(5)])
    whole = candles(-20, 50)
    with_gap = whole[whole.open_time_ms != NOON_MS + 5 * STEP]
    resolver.work({BTC: with_gap[:-9]}, after(20))
    assert resolved(ledger) == []
    resolver.work({BTC: with_gap[:-8]}, after(21))
    assert resolved(ledger) == [4]
    resolver.work({BTC: whole}, after(29))
    assert sorted(resolved(ledger)) == [1, 2, 3, 4]


@pytest.mark.slow
def test_a_candle_told_anew_corrects_the_outcomes_that_looked_at_it_and_no_others(
    ledger: Ledger, resolver: Resolver
) -> None:
    ledger.append([signal(number) for number in range(12)])
    held = candles(-20, 60)
    resolver.work({BTC: held}, after(39))
    resolver.work({BTC: revised(held, 9, 109_500.0)}, after(39))
    corrected = resolved(ledger)[12:]
    assert corrected == [number + 1 for number in range(9)], "candle 9 is ahead of these"


@pytest.mark.slow
def test_signals_entered_after_their_horizon_was_over_are_resolved_all_the_same(
    ledger: Ledger, resolver: Resolver
) -> None:
    """As those that waited while the ledger could not be written, or that another process has replayed."""
    held = candles(-20, 60)
    resolver.work({BTC: held}, after(39))
    ledger.append([signal(3), signal(4, origin=Origin.REPLAYED), signal(30)])
    resolver.work({BTC: held}, after(39))
    assert resolved(ledger) == [1, 2]
    resolver.work({BTC: candles(-13, 60)}, after(46))
    assert resolved(ledger) == [1, 2, 3]


@pytest.mark.slow
def test_what_closed_while_a_replay_ran_resolves_the_signals_that_it_had_to_leave_open(
    ledger: Ledger, resolver: Resolver
) -> None:
    held = candles(-20, 60)
    resolver.work({BTC: held}, after(39))
    ledger.append([signal(number, origin=Origin.REPLAYED) for number in (4, 30)])
    resolver.work({BTC: held}, after(39))
    assert resolved(ledger) == [1]


@pytest.mark.slow
def test_models_with_longer_horizons_are_waited_for(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0, horizon_candles=30)])
    for number in (29, 30):
        resolver.work({BTC: candles(number - 40, 41)}, after(number))
    assert resolved(ledger) == [1]


@pytest.mark.slow
def test_a_pass_takes_some_series_and_the_next_one_the_others(
    ledger: Ledger, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver_module, "MOST_CANDLES", 50)
    ledger.append([signal(0), signal(0, symbol="ETHUSDT")])
    held = {BTC: candles(-20, 60), ETH: candles(-20, 60)}
    assert resolver.work(held, after(39))
    assert resolved(ledger) == [1]
    assert not resolver.work(held, after(39))
    assert resolved(ledger) == [1, 2]


@pytest.mark.slow
def test_what_could_not_be_entered_comes_again(
    ledger: Ledger, resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append([signal(0)])
    held = {BTC: candles(-20, 60)}
    resolver.work({BTC: candles(-20, 36)}, after(15))
    with monkeypatch.context() as full:
        full.setattr(Ledger, "append", _disk_full)
        for _ in range(2):
            with pytest.raises(OSError, match="full"):
                resolver.work(held, after(39))
    resolver.work(held, after(39))
    assert resolved(ledger) == [1]


def _disk_full(*_: object) -> int:
    raise OSError("the disk is full")


@pytest.mark.slow
def test_a_row_that_somebody_broke_keeps_no_other_series_from_its_outcomes(ledger: Ledger, resolver: Resolver) -> None:
    ledger.append([signal(0), signal(0, symbol="ETHUSDT")])
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE signals SET atr = 'broken' WHERE seq = 1")
    resolver.work({BTC: candles(-20, 60), ETH: candles(-20, 60)}, after(39) + timedelta(hours=1))
    assert resolved(ledger) == [2]


def test_only_what_decides_an_outcome_makes_a_candle_another() -> None:
    held = candles(0, 5)
    values = held.values.copy()
    values[4] += 1
    assert changed_times(held, CandleArrays(held.open_time_ms, values)).tolist() == []
    assert changed_times(held, revised(held, 3, 200_000.0)).tolist() == [NOON_MS + 3 * STEP]
    assert changed_times(held[1:], held).tolist() == [NOON_MS]
    assert changed_times(held, held[np.array([True, False, True, True, True])]).tolist() == []
