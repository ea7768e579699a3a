"""Whatever happens to boards, each candle from the first one on is told exactly once: as a signal or as silence."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core.domain import Timeframe
from core.findings import MarketTrouble, Unavailable, UnavailableKind
from core.journal.entries import Entry, MissingEntry, SignalEntry
from core.journal.expectations import Expectations
from core.journal.store import Ledger
from core.journal.tables import missing, signals
from core.journal.verification import Verified, verify
from core.market.candles import last_closed_open_ms, moment_of, unix_ms
from core.signals.board import BoardSnapshot, Signal
from tests.applications import NOON
from tests.journal.made_entries import signal, silence
from tests.journal.small_life import BTC
from tests.laws import tried
from tests.pages.predictions import prediction

STEP_MS = Timeframe.M15.milliseconds
DOWN = Unavailable(UnavailableKind.NO_CANDLES, MarketTrouble("The exchange does not answer."))

HAPPENS = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from(["board", "old board", "tick", "down", "retrained", "nothing"])),
    min_size=1,
    max_size=40,
)
"""So many seconds later, and what happens then."""


def board(outcome: object) -> BoardSnapshot:
    return BoardSnapshot(1, None, {BTC: Signal(BTC, outcome, 1.0, None, ())})  # type: ignore[arg-type]


@pytest.mark.slow
@given(HAPPENS)
@tried(150)
def test_no_candle_is_told_twice_and_none_is_forgotten(happens: list[tuple[int, str]]) -> None:
    expectations, now, entries = Expectations("code"), NOON, list[Entry]()
    heard: BoardSnapshot | None = None
    version = 0
    for seconds, what in happens:
        now += timedelta(seconds=seconds)
        newest = last_closed_open_ms(Timeframe.M15, now) - (STEP_MS if what == "old board" else 0)
        if what == "down":
            heard = board(DOWN)
        elif what in {"board", "old board", "retrained"}:
            version += what == "retrained"
            called = prediction(
                series=BTC, candle_open_time=moment_of(newest), issued_at=now, model_version=f"version {version}"
            )
            heard = board(called)
        if heard is not None and what != "nothing":
            entries += expectations.news(heard, now, 1.0)
    if not expectations.begun:
        return
    spoken = {entry.candle_open_ms for entry in entries if isinstance(entry, SignalEntry)}
    silent = [open_ms for entry in entries if isinstance(entry, MissingEntry) for open_ms in entry.open_times]
    assert len(silent) == len(set(silent))
    assert not spoken & set(silent)
    first = expectations.begun[BTC]
    every = spoken | set(silent)
    assert every == set(range(first, first + len(every) * STEP_MS, STEP_MS))
    keys = [entry.key for entry in entries if isinstance(entry, SignalEntry)]
    assert len(keys) == len(set(keys))


def test_what_was_issued_when_its_time_was_over_is_no_signal() -> None:
    late = prediction(series=BTC, candle_open_time=NOON, issued_at=NOON + timedelta(minutes=30))
    entries = Expectations("code").news(board(late), NOON + timedelta(minutes=30), 1.0)
    assert [entry for entry in entries if isinstance(entry, SignalEntry)] == []
    in_time = replace(late, issued_at=NOON + timedelta(minutes=29, seconds=59))
    (entry,) = Expectations("code").news(board(in_time), NOON + timedelta(minutes=30), 1.0)
    assert isinstance(entry, SignalEntry)
    assert entry.delay_ms == unix_ms(in_time.issued_at) - unix_ms(in_time.candle_close_time)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_ledger_that_is_given_anything_in_any_order_says_one_thing_of_each_candle(ledger: Ledger, seed: int) -> None:
    """What a ledger was told first holds: it may come to know of a signal on a candle that was silent, and never of silence
    on one that has a signal."""
    chance = random.Random(seed)
    for _ in range(25):
        batch: list[Entry] = [
            signal(chance.randrange(40), model_version=chance.choice("ab"))
            if chance.random() < 0.5
            else silence(chance.randrange(40), chance.choice((1, 1, 1, 2, 7)))
            for _ in range(chance.randrange(1, 8))
        ]
        with ledger.database.reading() as connection:
            spoken = set(connection.execute(select(signals.c.candle_open_ms)).scalars())
            before = set(connection.execute(select(missing.c.seq)).scalars())
        ledger.append(batch)
        with ledger.database.reading() as connection:
            rows = connection.execute(select(missing.c.seq, missing.c.candle_open_ms, missing.c.candles)).all()
        silent = [open_ms + n * STEP_MS for _, open_ms, candles in rows for n in range(candles)]
        assert len(silent) == len(set(silent))
        new = {open_ms + n * STEP_MS for seq, open_ms, candles in rows if seq not in before for n in range(candles)}
        assert not new & spoken
    assert isinstance(verify(ledger.database), Verified)
