"""Events are the ledger's entries in order: who reads after a number gets each once, however many write and whenever it is read."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from core.domain import Direction
from core.journal.changes import ChangeKind, WantedChanges
from core.journal.changing import ChangesReader
from core.journal.events import Change, OutcomeKnown, SignalIssued, Standing, Unreadable, events_after
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from core.journal.vocabulary import Origin
from core.signals.bands import Band, SideStrength
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import model, outcome, signal, silence
from tests.journal.made_history import life


def read_from(ledger: Ledger, after: int, most: int) -> list[tuple[type, int]]:
    """Kind and number of every event after an entry, page by page."""
    found: list[tuple[type, int]] = []
    head = ledger.head().seq
    while after < head:
        page = events_after(ledger.database, after, most)
        found += [(type(event), event.seq) for event in page.events]
        assert page.until > after
        after = page.until
    return found


@pytest.mark.slow
def test_every_live_signal_and_its_outcome_is_an_event_whatever_the_size_of_a_page(ledger: Ledger) -> None:
    entries = life(seed=3, candles=25)
    ledger.append(entries)
    origins = {n: entry.origin for n, entry in enumerate(entries, 1) if entry.kind == "signal"}
    expected = [
        (SignalIssued if entry.kind == "signal" else OutcomeKnown, n)
        for n, entry in enumerate(entries, 1)
        if origins.get(n if entry.kind == "signal" else getattr(entry, "signal_seq", 0)) == Origin.LIVE
    ]
    for most in (1, 7, 1000):
        assert read_from(ledger, 0, most) == expected
    assert read_from(ledger, expected[9][1], 7) == expected[10:]


@pytest.mark.slow
def test_two_that_write_at_once_are_heard_in_one_order_and_nothing_twice(place: PlaceMaker) -> None:
    here = place("simulated-seed1")
    first, second = Ledger.open(here), Ledger.open(here)
    heard: list[int] = []

    def write(ledger: Ledger, symbol: str) -> None:
        for number in range(25):
            ledger.append([signal(number, symbol=symbol)])

    with ThreadPoolExecutor(2) as writers:
        writing = [writers.submit(write, ledger, symbol) for ledger, symbol in ((first, "ONE"), (second, "TWO"))]
        after = 0
        while after < 50:
            page = events_after(first.database, after, 10)
            heard += [event.seq for event in page.events]
            after = page.until
        for each in writing:
            each.result()
    assert heard == list(range(1, 51))
    first.close()
    second.close()


def test_an_event_is_the_same_whenever_it_is_read(ledger: Ledger) -> None:
    ledger.append([model(), signal(1), signal(2)])
    at_once = events_after(ledger.database, 0, 10).events
    ledger.append([outcome(2), outcome(2, follows=4, touched="lower"), signal(3)])
    later = events_after(ledger.database, 0, 10).events
    assert later[:2] == at_once
    touched = [event.signal.outcome.entry.touched for event in later if event.signal.outcome is not None]
    assert touched == ["upper", "lower"]


def test_a_change_is_one_beside_the_live_signal_on_an_earlier_candle(ledger: Ledger) -> None:
    shown = '{"usual_move_probability": 0.5}'
    ledger.append(
        [
            signal(1, shown=shown, p_move=0.5, side="proven", p_long=0.5, p_short=0.2),
            signal(2, origin=Origin.REPLAYED, verdict="no_skill"),
            silence(2),
            signal(3, shown=shown, p_move=0.5, side="proven", p_long=0.5, p_short=0.2),
            signal(4, shown=shown, p_move=0.4, side="unproven", p_long=0.5, p_short=0.2),
        ]
    )
    changes = [event.change for event in events_after(ledger.database, 0, 10).events if isinstance(event, SignalIssued)]
    before = Standing(Band.USUAL, Direction.LONG, SideStrength.CLEAR, "trusted")
    now = Standing(Band.QUIET, None, SideStrength.UNCLEAR, "trusted")
    assert changes == [None, None, Change(4, before, now)]


def test_a_side_that_becomes_clear_is_a_change_as_it_is_on_the_page_of_changes(ledger: Ledger) -> None:
    leaning = signal(1, side="proven", p_long=0.36, p_short=0.34)
    ledger.append([model(), leaning, signal(2, side="proven", p_long=0.45, p_short=0.25)])
    changes = [event.change for event in events_after(ledger.database, 0, 10).events if isinstance(event, SignalIssued)]
    assert [each and (each.before.side_strength, each.now.side_strength) for each in changes] == [
        None,
        (SideStrength.LEANS, SideStrength.CLEAR),
    ]
    page = ChangesReader(ledger.database).wanted(WantedChanges(kinds=frozenset({ChangeKind.SIDE})))
    assert [each.seq for each in page.changes] == [3]


def test_a_ledger_that_ends_before_the_number_says_where_it_ends(ledger: Ledger) -> None:
    ledger.append([signal(1)])
    page = events_after(ledger.database, 7, 10)
    assert (page.events, page.until) == ((), 1)


@pytest.mark.slow
def test_a_damaged_entry_is_told_as_such_and_those_around_it_as_ever(tmp_path: Path) -> None:
    here = SqliteFile("simulated-seed1", tmp_path / "ledger.db")
    ledger = Ledger.open(here)
    ledger.append([signal(1), signal(2), silence(3), signal(3), outcome(1), outcome(2), signal(4, verdict="no_skill")])
    with closing(sqlite3.connect(here.path)) as connection, connection:
        connection.execute("UPDATE shown SET shown = 'torn' WHERE seq = 2")
    for most in (2, 100):
        assert read_from(ledger, 0, most) == [
            (SignalIssued, 1),
            (Unreadable, 2),
            (SignalIssued, 4),
            (OutcomeKnown, 5),
            (Unreadable, 6),
            (SignalIssued, 7),
        ]
    before, last = (event.change for event in events_after(ledger.database, 3, 10).events if hasattr(event, "change"))
    assert before is None and last is not None and last.previous_seq == 4
    ledger.close()
