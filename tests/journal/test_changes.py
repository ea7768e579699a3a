"""What changed is told once, of live signals alone, series by series, and of as many as are kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.changes import Change, ChangeKind, Changes, Statement, WantedChanges
from core.journal.changing import ChangesReader
from core.journal.entries import SignalEntry
from core.journal.store import Ledger
from core.journal.vocabulary import Origin
from core.measured import Proof
from core.signals.bands import Band, SideStrength
from tests.journal.made_entries import model, signal

STEP = Timeframe.M15.milliseconds
PLAIN = Statement(
    1, Series("BTCUSDT", Timeframe.M15), 0, STEP, "one", 0.70, 0.70, 0.5, Proof.PROVEN, Proof.PROVEN, "trusted"
)


def statement(number: int, **changes) -> Statement:
    """The signal after so many candles, entered as so many entries."""
    return replace(PLAIN, seq=number, candle_open_ms=number * STEP, issued_at_ms=(number + 1) * STEP, **changes)


def changes_in(*signals: Statement) -> list[Change]:
    changes = Changes()
    changes.read(signals, signals[-1].seq)
    return changes.wanted(WantedChanges())


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        ({"move": 0.75}, (ChangeKind.BAND,)),
        ({"move": 0.74}, ()),
        ({"move": 0.65}, (ChangeKind.BAND,)),
        ({"long": 0.52}, (ChangeKind.SIDE,)),
        ({"long": 0.52, "side_proof": Proof.UNPROVEN}, ()),
        ({"verdict": "stale_data"}, (ChangeKind.VERDICT,)),
        ({"move": 0.8, "long": 0.4, "verdict": "no_skill"}, tuple(ChangeKind)),
    ],
)
def test_a_change_is_another_band_side_or_verdict_and_nothing_less(after, kinds) -> None:
    assert [change.kinds for change in changes_in(statement(1), statement(2, **after))] == ([kinds] if kinds else [])


def test_a_lean_that_turns_round_or_becomes_clear_is_a_change_of_side() -> None:
    changes = changes_in(
        statement(1, long=0.52), statement(2, long=0.48), statement(3, long=0.40), statement(4, long=0.41)
    )
    assert [(change.now.side_strength, change.now.side) for change in changes] == [
        (SideStrength.LEANS, Direction.SHORT),
        (SideStrength.CLEAR, Direction.SHORT),
    ]


def test_the_first_signal_of_a_series_changes_nothing_and_series_are_compared_with_themselves() -> None:
    other = replace(statement(2, move=0.9), series=Series("ETHUSDT", Timeframe.M15))
    assert changes_in(statement(1), other, statement(3)) == []


def test_a_signal_that_was_entered_late_is_no_news() -> None:
    late = replace(statement(1, move=0.9), seq=3)
    assert changes_in(statement(1), statement(2), late) == []


def test_more_than_are_kept_are_forgotten_from_the_oldest_on_and_that_is_said() -> None:
    changes = Changes(most=2)
    changes.read([statement(n, move=0.7 + 0.1 * (n % 2)) for n in range(1, 6)], 5)
    assert [change.seq for change in changes.wanted(WantedChanges())] == [4, 5]
    assert changes.forgotten == 3


# ---------------------------------------------------------------- out of a ledger

USUAL = {"climatology_no_trade": 0.3, "climatology_long": 0.35, "climatology_short": 0.35}


def says(number: int, move: float, **changes) -> SignalEntry:
    """P(move) on the candle so many after noon; usual is 70 %."""
    half = move / 2
    chances = {"p_long": half, "p_short": half, "p_no_trade": 1 - move, "p_move": move}
    return signal(number, **{**chances, **changes})


def filled(ledger: Ledger) -> None:
    ledger.append([model(**USUAL), model(symbol="ETHUSDT", **USUAL), model(timeframe="1h", **USUAL)])
    ledger.append([says(0, 0.70), says(0, 0.70, symbol="ETHUSDT"), says(0, 0.7, timeframe=Timeframe.H1)])
    ledger.append([says(1, 0.80), says(1, 0.71, symbol="ETHUSDT"), says(1, 0.5, origin=Origin.REPLAYED)])
    ledger.append([says(2, 0.80), says(2, 0.60, symbol="ETHUSDT"), says(1, 0.9, timeframe=Timeframe.H1)])


def test_the_changes_of_a_ledger_are_those_of_its_live_signals_in_order(ledger: Ledger) -> None:
    filled(ledger)
    reader = ChangesReader(ledger.database)
    found = reader.wanted(WantedChanges())
    assert [(str(change.now.series), change.before.band, change.now.band) for change in found.changes] == [
        ("BTCUSDT 15m", Band.USUAL, Band.LIKELY),
        ("ETHUSDT 15m", Band.USUAL, Band.QUIET),
        ("BTCUSDT 1h", Band.USUAL, Band.LIKELY),
    ]
    assert (found.seq, found.forgotten, found.series) == (12, 0, 3)
    first, second, third = found.changes
    assert reader.wanted(WantedChanges(after=first.seq)).changes == (second, third)
    assert reader.wanted(WantedChanges(timeframe=Timeframe.H1)).changes == (third,)
    assert reader.wanted(WantedChanges(symbols=["ETHUSDT"])).changes == (second,)
    assert reader.wanted(WantedChanges(kinds=[ChangeKind.VERDICT])).changes == ()
    assert reader.wanted(WantedChanges(since_ms=third.now.issued_at_ms)).changes[-1] == third


def test_what_is_entered_later_is_read_on_and_gives_what_a_fresh_reader_finds(ledger: Ledger) -> None:
    filled(ledger)
    reader = ChangesReader(ledger.database)
    before = reader.wanted(WantedChanges())
    ledger.append([says(3, 0.70), says(3, 0.60, symbol="ETHUSDT")])
    after = reader.wanted(WantedChanges())
    assert after.changes[: len(before.changes)] == before.changes
    assert len(after.changes) == len(before.changes) + 1
    assert ChangesReader(ledger.database).wanted(WantedChanges()) == after


def test_of_a_long_ledger_the_newest_live_signals_are_read_and_it_is_said_from_where(ledger: Ledger) -> None:
    filled(ledger)
    whole = ChangesReader(ledger.database).wanted(WantedChanges()).changes
    found = ChangesReader(ledger.database, first_read=3).wanted(WantedChanges())
    assert found.forgotten == 8
    assert found.changes == tuple(change for change in whole if change.seq > 8) != ()


def test_an_empty_ledger_has_no_changes(ledger: Ledger) -> None:
    found = ChangesReader(ledger.database).wanted(WantedChanges())
    assert (found.changes, found.seq, found.series) == ((), 0, 0)
