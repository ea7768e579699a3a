"""Single signals of a ledger: in any order, the first of many."""

from __future__ import annotations

import pytest

from core.journal.calls import CallOrder
from core.journal.places import SqliteFile
from core.journal.records import Records
from core.journal.store import Ledger
from core.journal.track_record import Scope
from core.journal.vocabulary import Origin
from tests.journal.made_history import life


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path_factory.mktemp("ledger") / "ledger.db"))
    ledger.append(life(seed=6, candles=60))
    return Records(ledger.database)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", CallOrder)
def test_the_first_are_those_that_come_first_of_all(records: Records, order: CallOrder, descending: bool) -> None:
    everything = records.calls(Scope(), order, descending, 1000)
    assert len(everything.first) == everything.n > 50
    for most in (1, 7, everything.n):
        assert records.calls(Scope(), order, descending, most).first == everything.first[:most]


def test_the_least_given_is_the_biggest_miss_and_the_records_own(records: Records) -> None:
    misses = records.calls(Scope(), CallOrder.GIVEN, False, 20).first
    assert misses == records.record(Scope()).misses
    given = [call.probabilities[call.happened] for call in misses]
    assert given == pytest.approx(sorted(given))


def test_signals_without_a_result_in_r_come_last_whichever_way_it_is_ordered(records: Records) -> None:
    for descending in (False, True):
        results = [call.r is None for call in records.calls(Scope(), CallOrder.R, descending, 1000).first]
        assert results == sorted(results)
        assert any(results)


def test_live_and_replayed_ones_and_coins_are_apart(records: Records) -> None:
    live, replayed = (records.calls(Scope(origin), CallOrder.TIME, True, 1000) for origin in Origin)
    assert not {call.seq for call in live.first} & {call.seq for call in replayed.first}
    ether = records.calls(Scope(symbols=frozenset(["ETHUSDT"])), CallOrder.TIME, True, 1000)
    assert {call.series.symbol for call in ether.first} == {"ETHUSDT"}
    assert ether.open > 0
