"""The past calls that the page of a coin lists: the newest, or those around one that its address names."""

from __future__ import annotations

from core.domain import Direction, Series, Timeframe
from core.journal.calls import Calls
from core.journal.track_record import RecordedCall
from core.journal.vocabulary import Origin
from pages.components.record.one_series import LISTED, NEWER_LISTED, SeriesRecord, listed_calls, marked_rows

STEP = Timeframe.M15.milliseconds


def call(number: int) -> RecordedCall:
    """That on the candle with this number; a later one has a larger."""
    return RecordedCall(
        seq=number,
        origin=Origin.REPLAYED,
        series=Series("BTCUSDT", Timeframe.M15),
        model_version="one",
        candle_open_ms=number * STEP,
        direction=Direction.LONG,
        probabilities={Direction.LONG: 0.5, Direction.SHORT: 0.3, Direction.NO_TRADE: 0.2},
        happened=Direction.SHORT,
        tie=False,
        loss=1.2,
        r=-1.04,
        late=False,
    )


def series_record(newest: range, around: range = range(0)) -> SeriesRecord:
    first = tuple(call(number) for number in reversed(newest))
    calls = {origin: Calls(len(first), 0, first if origin is Origin.REPLAYED else ()) for origin in Origin}
    beside = {Origin.REPLAYED: tuple(call(number) for number in reversed(around))}
    return SeriesRecord({}, calls, Calls(0, 0, ()), around=beside)


def numbers(of: SeriesRecord, candle: int | None) -> list[int]:
    return [each.seq for each in listed_calls(of, Origin.REPLAYED, None if candle is None else candle * STEP)]


def test_without_a_candle_in_the_address_the_newest_are_listed() -> None:
    assert numbers(series_record(range(1000, 1500)), None) == list(range(1499, 1499 - LISTED, -1))


def test_a_call_that_the_address_names_is_listed_with_those_around_it_and_stands_near_the_top() -> None:
    for of in (series_record(range(1000, 1500)), series_record(range(5000, 5500), range(1000, 1400))):
        listed = numbers(of, 1200)
        assert (listed[NEWER_LISTED], len(listed)) == (1200, LISTED)
        assert listed == list(range(1200 + NEWER_LISTED, 1200 + NEWER_LISTED - LISTED, -1))


def test_the_newest_call_is_listed_first_even_where_it_is_the_one_that_is_named() -> None:
    assert numbers(series_record(range(1000, 1500)), 1499)[0] == 1499


def test_where_no_call_is_on_the_candle_the_newest_are_listed() -> None:
    assert numbers(series_record(range(1000, 1500)), 7)[0] == 1499


def test_only_the_row_of_the_named_candle_is_marked() -> None:
    rows = marked_rows([call(3), call(2), call(1)], 2 * STEP)
    assert [row.get("here", False) for row in rows] == [False, True, False]
