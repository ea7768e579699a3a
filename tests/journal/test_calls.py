"""Single signals of a ledger: in any order, the first of many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.calls import Asked, CallKind, CallOrder
from core.journal.lateness import came_late
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader, Wanted
from core.journal.records import Records
from core.journal.store import Ledger
from core.journal.track_record import Scope
from core.journal.vocabulary import Origin
from core.model.barriers import HORIZON_CANDLES
from tests.journal.made_entries import NOON_MS
from tests.journal.made_history import came, described, life, signal_of


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path_factory.mktemp("ledger") / "ledger.db"))
    ledger.append(life(seed=6, candles=60))
    return Records(ledger.database)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", CallOrder)
def test_the_first_are_those_that_come_first_of_all(records: Records, order: CallOrder, descending: bool) -> None:
    everything = records.calls(Scope(), Asked(order, descending, 1000))
    assert len(everything.first) == everything.n > 50
    for most in (1, 7, everything.n):
        assert records.calls(Scope(), Asked(order, descending, most)).first == everything.first[:most]


def test_the_least_given_is_the_biggest_miss_and_the_records_own(records: Records) -> None:
    misses = records.calls(Scope(), Asked(CallOrder.GIVEN, False, 20)).first
    assert misses == records.record(Scope()).misses
    given = [call.probabilities[call.happened] for call in misses]
    assert given == pytest.approx(sorted(given))


def test_signals_without_a_result_in_r_come_last_whichever_way_it_is_ordered(records: Records) -> None:
    for descending in (False, True):
        results = [call.r is None for call in records.calls(Scope(), Asked(CallOrder.R, descending, 1000)).first]
        assert results == sorted(results)
        assert any(results)


def test_live_and_replayed_ones_and_coins_are_apart(records: Records) -> None:
    live, replayed = (records.calls(Scope(origin), Asked(CallOrder.TIME, True, 1000)) for origin in Origin)
    assert not {call.seq for call in live.first} & {call.seq for call in replayed.first}
    ether = records.calls(Scope(symbols=frozenset(["ETHUSDT"])), Asked(CallOrder.TIME, True, 1000))
    assert {call.series.symbol for call in ether.first} == {"ETHUSDT"}
    assert ether.open > 0


@pytest.mark.slow
def test_one_that_came_late_is_found_by_its_candle_marked_so_and_among_no_others(tmp_path: Path) -> None:
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path / "ledger.db"))
    p, series = np.array([0.2, 0.3, 0.5]), Series("BTCUSDT", Timeframe.M15)
    minutes = {number: number * 60_000 for number in (3, 4)}
    ledger.append([described(), *(signal_of(number, p, delay_ms=delay) for number, delay in minutes.items())])
    ledger.append(
        [signal_of(5, p, origin=Origin.REPLAYED, delay_ms=10**9), *(came(seq, 2, "LONG") for seq in (2, 3, 4))]
    )
    records = Records(ledger.database)
    on_its_candle = [records.calls_on(series, NOON_MS + number * 15 * 60_000) for number in (3, 4, 5)]
    assert [[call.late for call in calls.first] for calls in on_its_candle] == [[False], [True], [False]]
    assert records.calls(Scope(), Asked(CallOrder.TIME, True, 10)).first == on_its_candle[0].first
    stored, _ = LedgerReader(ledger.database).signals(Wanted(), 10)
    assert [came_late(each.entry) for each in stored] == [False, True, False], "as the database has it"
    ledger.close()


def test_what_is_later_than_a_clock_that_was_set_back_has_not_come(records: Records) -> None:
    everything = records.calls(Scope(), Asked(CallOrder.TIME, True, 1000))
    step = Timeframe.M15.milliseconds
    quarter = [call for call in everything.first if call.series.timeframe is Timeframe.M15]
    now_ms = sorted({call.candle_open_ms for call in quarter})[len(quarter) // 8] + (1 + HORIZON_CANDLES) * step
    scope = Scope(timeframe=Timeframe.M15)
    known = records.calls(scope, Asked(CallOrder.TIME, True, 1000, now_ms=now_ms))
    assert 0 < known.n < len(quarter)
    assert all(call.candle_open_ms + (1 + HORIZON_CANDLES) * step <= now_ms for call in known.first)
    still_open = [each for each in quarter if now_ms - HORIZON_CANDLES * step <= each.candle_open_ms + step <= now_ms]
    assert known.open >= len([each for each in still_open if each not in known.first]) > 0
    assert records.ahead(scope, now_ms) >= len(quarter) - known.n
    assert records.ahead(scope, now_ms + 10**12) == 0
    latest = quarter[0]
    assert records.calls_on(latest.series, latest.candle_open_ms, now_ms).n == 0
    assert records.calls_on(latest.series, latest.candle_open_ms).n > 0


def test_each_kind_of_miss_has_all_of_its_signals_and_no_other(records: Records) -> None:
    everything = records.calls(Scope(), Asked(most=1000))
    none = Direction.NO_TRADE
    kinds = {
        CallKind.DID_NOT_COME: lambda call: call.direction is not none and call.happened is none,
        CallKind.NOT_CALLED: lambda call: call.direction is none and call.happened is not none,
        CallKind.WRONG_SIDE: lambda call: (
            none not in {call.direction, call.happened} and call.direction is not call.happened
        ),
        CallKind.LOSS: lambda call: call.r is not None and call.r < 0,
        CallKind.RIGHT_SIDE: lambda call: call.direction is not none and call.direction is call.happened,
    }
    assert kinds.keys() == set(CallKind)
    for kind, is_of_it in kinds.items():
        found = records.calls(Scope(), Asked(most=1000, kind=kind))
        assert found.first == tuple(filter(is_of_it, everything.first))
        assert (found.n, found.open) == (len(found.first), everything.open)
        assert found.n > 0


def test_the_signals_around_a_candle_are_those_of_its_time(records: Records) -> None:
    everything = records.calls(Scope(), Asked(CallOrder.TIME, True, 1000)).first
    span = everything[-1].candle_open_ms, everything[len(everything) // 2].candle_open_ms
    found = records.calls_between(Scope(), *span, Asked(most=1000))
    assert found == tuple(call for call in everything if span[0] <= call.candle_open_ms <= span[1])
