"""What became of signals by hour of the day: each candle once, whoever spoke for it, by the outcome that counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain import Series, Timeframe
from core.journal.entries import Entry
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.store import Ledger
from core.journal.vocabulary import Origin
from core.signals.hours import HourRecord
from tests.journal.made_entries import model, outcome, signal

H1 = Timeframe.H1


def reader_of(folder: Path, entries: list[Entry]) -> LedgerReader:
    ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "ledger.db"))
    ledger.append(entries)
    return LedgerReader(ledger.database)


def test_each_candle_counts_once_by_the_hour_it_closed_in_and_the_outcome_that_counts(tmp_path: Path) -> None:
    entries: list[Entry] = [model(timeframe=H1.value), model("two", timeframe=H1.value)]

    def add(entry: Entry) -> int:
        entries.append(entry)
        return len(entries)

    noon = add(signal(0, H1))
    again = add(signal(0, H1, origin=Origin.REPLAYED, model_version="two"))
    tomorrow = add(signal(24, H1, origin=Origin.REPLAYED))
    later = add(signal(25, H1))
    add(signal(48, H1))  # open still
    add(outcome(noon, touched="upper"))
    add(outcome(again, touched="upper"))
    wrong = add(outcome(tomorrow, touched="lower"))
    add(outcome(tomorrow, follows=wrong, touched="none", candles_to_touch=None))
    add(outcome(later, touched="both"))
    reader = reader_of(tmp_path, entries)

    records = reader.hours(H1, ["BTCUSDT"], 0)
    btc = Series("BTCUSDT", H1)
    assert records == (
        HourRecord(btc, hour=13, candles=2, days=2, touched=1, live=1),
        HourRecord(btc, hour=14, candles=1, days=1, touched=0, live=1),
    )
    since = signal(24, H1).candle_open_ms
    assert [each.candles for each in reader.hours(H1, ["BTCUSDT"], since)] == [1, 1]
    assert reader.hours(Timeframe.M15, ["BTCUSDT"], 0) == reader.hours(H1, ["ETHUSDT"], 0) == ()


def test_a_record_is_worth_its_days_beside_those_of_the_usual_share() -> None:
    record = HourRecord(Series("BTCUSDT", Timeframe.M15), 13, candles=80, days=20, touched=72, live=0)
    assert record.share == 0.9
    assert record.pooled(0.7) == pytest.approx(0.8)
    of_hours = HourRecord(Series("BTCUSDT", H1), 13, candles=20, days=20, touched=18, live=0)
    assert of_hours.pooled(0.7) == pytest.approx(0.75)
