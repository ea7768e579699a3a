"""Past boards: what was said live on one candle, all coins together."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.journal.entries import SignalEntry
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.store import Ledger
from core.journal.vocabulary import Origin
from tests.journal.made_history import life


def test_a_past_board_is_the_mean_of_what_was_said_live_on_its_candle(tmp_path: Path) -> None:
    entries = life(seed=3, candles=20)
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path / "ledger.db"))
    ledger.append(entries)
    live = [
        each
        for each in entries
        if isinstance(each, SignalEntry) and each.origin == Origin.LIVE and each.timeframe == Timeframe.M15
    ]
    symbols = sorted({each.symbol for each in live})
    since = sorted({each.candle_open_ms for each in live})[2]
    boards = LedgerReader(ledger.database).boards(Timeframe.M15, symbols, since)
    in_order = sorted((each for each in live if each.candle_open_ms >= since), key=lambda each: each.candle_open_ms)
    expected = {opened: list(signals) for opened, signals in groupby(in_order, key=lambda each: each.candle_open_ms)}
    assert [board.open_ms for board in boards] == list(expected)
    for board in boards:
        signals = expected[board.open_ms]
        assert board.coins == len({each.symbol for each in signals})
        assert board.move == pytest.approx(sum(each.p_move for each in signals) / len(signals))
    assert LedgerReader(ledger.database).boards(Timeframe.M15, ["NOSUCHUSDT"], since) == ()
