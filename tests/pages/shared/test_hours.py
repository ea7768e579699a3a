"""What is usual at this hour is said with what it was counted on, and only where enough days are on record."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from core.domain import Series, Timeframe
from core.signals.bands import above_usual
from core.signals.hours import NO_HOURS, HourRecord, above_usual_at_hour, by_hour
from pages.components.shared import hours as hours_module
from pages.components.shared.headline import headline
from pages.components.shared.hours import at_hour, usual_hours
from tests.pages.fake_board import FakeFeed, signal
from tests.pages.predictions import prediction
from tests.waiting import until

NOW = datetime(2025, 9, 3, 12, 0, 30, tzinfo=UTC)
QUARTER_TO = datetime(2025, 9, 3, 11, 45, tzinfo=UTC)
RECORD = HourRecord(Series("BTCUSDT", Timeframe.M15), 12, candles=116, days=29, touched=88, live=12)


def test_what_is_usual_at_this_hour_says_what_was_counted_and_how_much_of_it_is_live() -> None:
    called = prediction(series=Series("BTCUSDT", Timeframe.M15), candle_open_time=QUARTER_TO)
    data = at_hour(called, by_hour([RECORD]), UTC)
    usual = called.usual_move_probability
    assert data is not None
    assert data["at"] == round((29 * 88 / 116 + 20 * usual) / 49, 4)
    assert data["told"] == (
        "12:00 to 13:00 UTC: a move came after 76\u00a0% of 116 candles that closed then, on 29 days (12 called live, 104 "
        "replayed). So few days claim too much by themselves: with 20 more days at the usual 65\u00a0%, it is 71\u00a0%."
    )
    assert headline(called, NOW, data)["move"]["hour"] == data | {"share": "71\u00a0%"}
    india = at_hour(called, by_hour([RECORD]), ZoneInfo("Asia/Kolkata"))
    assert india is not None
    assert india["told"].startswith("17:30 to 18:30 UTC+5:30: ")


def test_a_move_is_as_far_above_usual_as_it_is_above_what_is_drawn_for_this_hour() -> None:
    called = prediction(series=Series("BTCUSDT", Timeframe.M15), candle_open_time=QUARTER_TO)
    hours = by_hour([RECORD])
    data = at_hour(called, hours, UTC)
    assert data is not None
    assert above_usual_at_hour(called, hours) == pytest.approx(called.move_probability - data["at"], abs=1e-4)
    assert above_usual_at_hour(called, hours) < above_usual(called)


def test_nothing_is_said_of_few_days_nor_of_another_hour_or_coin() -> None:
    called = prediction(series=Series("BTCUSDT", Timeframe.M15), candle_open_time=QUARTER_TO)
    few = HourRecord(RECORD.series, 12, candles=52, days=13, touched=40, live=0)
    ether = HourRecord(Series("ETHUSDT", Timeframe.M15), 12, candles=116, days=29, touched=88, live=0)
    eleven = HourRecord(RECORD.series, 11, candles=116, days=29, touched=88, live=0)
    assert at_hour(called, by_hour([few, ether, eleven]), UTC) is None
    assert above_usual_at_hour(called, by_hour([few, ether, eleven])) == above_usual(called)
    assert "hour" not in headline(called, NOW)["move"]


def test_the_ledger_is_asked_beside_the_page_of_the_timeframes_whose_hours_tell_something() -> None:
    asked = []

    class Reader:
        def hours(self, timeframe: Timeframe, symbols: list[str], since_ms: int) -> tuple[HourRecord, ...]:
            asked.append((timeframe, symbols, since_ms))
            return (RECORD,)

    opened = SimpleNamespace(reader=Reader())
    board = SimpleNamespace(snapshot=lambda: SimpleNamespace(on=lambda _: [signal("BTCUSDT")]))
    app = SimpleNamespace(recorder=SimpleNamespace(opened=lambda: opened), board=board, feed=FakeFeed())
    assert usual_hours(app, Timeframe.M15) == NO_HOURS
    until(lambda: usual_hours(app, Timeframe.M15) == {("BTCUSDT", 12): RECORD})
    assert usual_hours(app, Timeframe.H4) == NO_HOURS
    assert asked == [(Timeframe.M15, ["BTCUSDT"], round(datetime(2025, 8, 4, 12, tzinfo=UTC).timestamp() * 1000))]
    assert usual_hours(app, Timeframe.H1, patience=60.0) == {("BTCUSDT", 12): RECORD}, "who can wait need not ask again"
    app.recorder.opened = lambda: None
    assert usual_hours(app, Timeframe.M15) == NO_HOURS
    assert hours_module.SECONDS_BETWEEN >= 60
