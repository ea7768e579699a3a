"""The candle frame: its laws, the closed-candle rule, resampling, gaps."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import Timeframe
from core.errors import BadCandles
from core.market.candles import (
    CANDLE_COLUMNS,
    OPEN_TIME_DTYPE,
    CandleArrays,
    candle_frame,
    check_arrays,
    check_candles,
    closed_candles,
    empty_candles,
    gap_free_segments,
    last_closed_open_ms,
    merged,
    open_times_ms,
    resample,
)
from tests.market.hand_made_candles import NOON, open_times, quiet_candles, without

H1 = Timeframe.H1
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
timeframes = st.sampled_from(list(Timeframe))


def hourly(count: int = 6) -> pd.DataFrame:
    return quiet_candles(H1, count)


# ---------------------------------------------------------------- laws


def test_good_candles_pass_unchanged() -> None:
    pd.testing.assert_frame_equal(check_candles(hourly(), H1), hourly())


def test_no_candles_are_good_candles() -> None:
    assert check_candles(empty_candles(), H1).empty


def test_other_columns_dtypes_and_time_zones_are_brought_into_shape() -> None:
    foreign = hourly().assign(trades=7, volume=[1, 2, 3, 4, 5, 6])[["trades", *reversed(CANDLE_COLUMNS)]]
    foreign["open_time"] = foreign["open_time"].dt.tz_convert("Europe/Berlin").astype("datetime64[ns, Europe/Berlin]")
    checked = check_candles(foreign, H1)
    assert tuple(checked.columns) == CANDLE_COLUMNS
    assert checked["open_time"].dtype == OPEN_TIME_DTYPE
    assert checked["volume"].dtype == np.float64
    assert open_times(checked) == open_times(hourly())


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("close", 0.0, "zero or negative"),
        ("low", -1.0, "zero or negative"),
        ("open", np.nan, "not a finite number"),
        ("high", np.inf, "not a finite number"),
        ("volume", np.nan, "not a finite number"),
        ("volume", -0.1, "negative volume"),
        ("high", 1.0, "low <= open, close <= high"),
        ("low", 1000.0, "low <= open, close <= high"),
    ],
)
def test_a_candle_that_breaks_a_law_is_refused_by_its_time(column: str, value: float, sentence: str) -> None:
    broken = hourly()
    broken.loc[2, column] = value
    with pytest.raises(BadCandles, match=sentence) as refusal:
        check_candles(broken, H1)
    assert broken["open_time"][2].strftime("%Y-%m-%d %H:%M UTC") in str(refusal.value)


def test_a_candle_told_twice_in_the_same_words_is_one() -> None:
    for repeated in (hourly().tail(1), hourly().tail(1).iloc[[0, 0, 0]]):
        pd.testing.assert_frame_equal(check_candles(pd.concat([hourly(), repeated]), H1), hourly())


def test_a_candle_told_twice_in_different_words_is_refused() -> None:
    with pytest.raises(BadCandles, match="is there twice"):
        check_candles(pd.concat([hourly(), hourly().tail(1).assign(volume=1.5)]), H1)


@pytest.mark.parametrize("moment", ["2008-12-31T23:00", "2200-01-01", "2261-01-01"])
def test_candles_of_another_age_are_refused(moment: str) -> None:
    with pytest.raises(BadCandles, match="lies outside the years 2009 to 2199"):
        check_candles(hourly(1).assign(open_time=pd.Timestamp(moment, tz="UTC").as_unit("ms")), H1)


def test_a_time_that_no_calendar_holds_is_named_as_a_number() -> None:
    microseconds = CandleArrays(np.array([1_756_000_800_000_000]), np.ones((5, 1)))
    with pytest.raises(BadCandles, match="The candle of Unix time 1756000800000000 ms lies outside"):
        check_arrays(microseconds, H1)


def test_numbers_that_no_coin_has_are_refused() -> None:
    with pytest.raises(BadCandles, match="that no coin has"):
        check_candles(hourly().assign(high=1e300), H1)


def test_candles_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(BadCandles, match="must be sorted"):
        check_candles(hourly().iloc[::-1], H1)


def test_candles_that_open_between_the_boundaries_are_refused() -> None:
    shifted = hourly()
    shifted["open_time"] += timedelta(minutes=30)
    with pytest.raises(BadCandles, match="does not open on a 1h boundary"):
        check_candles(shifted, H1)


def test_times_without_a_time_zone_are_refused() -> None:
    naive = hourly()
    naive["open_time"] = naive["open_time"].dt.tz_localize(None)
    with pytest.raises(BadCandles, match="UTC time zone"):
        check_candles(naive, H1)


def test_a_missing_time_a_missing_column_and_words_for_numbers_are_refused() -> None:
    with pytest.raises(BadCandles, match="missing value"):
        check_candles(hourly().assign(open_time=pd.Series([pd.NaT] * 6, dtype=OPEN_TIME_DTYPE)), H1)
    with pytest.raises(BadCandles, match="lack the column 'volume'"):
        check_candles(hourly().drop(columns="volume"), H1)
    with pytest.raises(BadCandles, match="not a number"):
        check_candles(hourly().assign(close="much"), H1)


def test_the_message_counts_further_broken_candles() -> None:
    with pytest.raises(BadCandles, match="; 5 more like it"):
        check_candles(hourly().assign(close=-1.0), H1)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_any_order_of_candles_is_refused_unless_rising(places: list[int]) -> None:
    candles = hourly().iloc[places]
    places = [place for place, _ in itertools.groupby(places)]  # the same candle again is one
    if all(a < b for a, b in itertools.pairwise(places)):
        assert len(check_candles(candles, H1)) == len(places)
    else:
        with pytest.raises(BadCandles):
            check_candles(candles, H1)


# ---------------------------------------------------------------- the closed-candle rule


def test_a_candle_is_closed_from_its_close_time_on_and_not_a_millisecond_earlier() -> None:
    candles = hourly(3)
    close_of_last = candles["open_time"].iloc[-1] + H1.duration
    assert len(closed_candles(candles, H1, close_of_last)) == 3
    assert len(closed_candles(candles, H1, close_of_last - timedelta(milliseconds=1))) == 2


@settings(deadline=None)
@given(timeframes, moments)
def test_the_newest_closed_candle_has_closed_and_its_successor_has_not(timeframe: Timeframe, now: datetime) -> None:
    opened = last_closed_open_ms(timeframe, now)
    now_ms = now.timestamp() * 1000
    assert opened % timeframe.milliseconds == 0
    assert opened + timeframe.milliseconds <= now_ms < opened + 2 * timeframe.milliseconds


@settings(deadline=None)
@given(timeframes, moments, st.integers(0, 4))
def test_closed_candles_and_the_newest_closed_time_agree(timeframe: Timeframe, now: datetime, still_open: int) -> None:
    candles = quiet_candles(timeframe, 8, now + still_open * timeframe.duration)
    closed = closed_candles(candles, timeframe, now)
    assert open_times(closed)[-1] == last_closed_open_ms(timeframe, now)
    assert len(closed) == 8 - still_open


# ---------------------------------------------------------------- gaps


def test_segments_cover_every_row_and_break_at_each_gap() -> None:
    assert gap_free_segments(hourly(), H1) == [slice(0, 6)]
    assert gap_free_segments(without(hourly(8), 2, 5, 6), H1) == [slice(0, 2), slice(2, 4), slice(4, 5)]
    assert gap_free_segments(empty_candles(), H1) == []


@settings(deadline=None)
@given(st.sets(st.integers(0, 19), max_size=19))
def test_no_segment_holds_a_gap_and_none_is_left_out(missing: set[int]) -> None:
    candles = without(hourly(20), *missing)
    segments = gap_free_segments(candles, H1)
    times = open_times_ms(candles)
    assert sorted(row for s in segments for row in range(s.start, s.stop)) == list(range(len(candles)))
    assert all((np.diff(times[s]) == H1.milliseconds).all() for s in segments)
    assert all(times[b.start] - times[a.stop - 1] > H1.milliseconds for a, b in itertools.pairwise(segments))


# ---------------------------------------------------------------- resampling


def test_a_longer_candle_is_first_open_highest_high_lowest_low_last_close_and_all_volume() -> None:
    quarter = candle_frame(
        1_748_995_200_000 + np.arange(4) * 900_000,
        np.array([10.0, 11, 12, 9]),
        np.array([11.0, 15, 12, 10]),
        np.array([9.0, 11, 8, 9]),
        np.array([11.0, 12, 9, 10]),
        np.array([1.0, 2, 3, 4]),
    )
    [hour] = resample(quarter, Timeframe.M15, H1).to_dict("records")
    assert hour == {
        "open_time": pd.Timestamp("2025-06-04", tz="UTC"),
        **{"open": 10.0, "high": 15.0, "low": 8.0, "close": 10.0, "volume": 10.0},
    }


def test_a_longer_candle_with_a_part_missing_is_not_invented() -> None:
    quarters = quiet_candles(Timeframe.M15, 16, datetime(2025, 6, 4, 4, tzinfo=UTC))
    assert len(resample(quarters, Timeframe.M15, H1)) == 4
    assert len(resample(without(quarters, 5), Timeframe.M15, H1)) == 3
    assert resample(quarters.iloc[:3], Timeframe.M15, H1).empty


def test_resampling_in_two_steps_is_resampling_in_one() -> None:
    quarters = quiet_candles(Timeframe.M15, 96 * 2 + 7, NOON)
    in_steps = resample(resample(quarters, Timeframe.M15, H1), H1, Timeframe.H4)
    pd.testing.assert_frame_equal(in_steps, resample(quarters, Timeframe.M15, Timeframe.H4))


def test_shorter_candles_cannot_be_made_of_longer_ones() -> None:
    with pytest.raises(ValueError, match="cannot build 1h candles out of 4h"):
        resample(quiet_candles(Timeframe.H4, 3), Timeframe.H4, H1)


# ---------------------------------------------------------------- candles told anew


@pytest.mark.slow
@given(st.sets(st.integers(0, 30), min_size=1), st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_merged_candles_are_all_of_both_in_order_and_the_newer_word_counts(
    held: set[int], new: set[int], changed: set[int]
) -> None:
    whole = CandleArrays.of(quiet_candles(H1, 31))
    before, newer = whole[sorted(held)], whole[sorted(new)]
    newer = CandleArrays(newer.open_time_ms, newer.values.copy())
    newer.values[4, [place for place, number in enumerate(sorted(new)) if number in changed]] = 77.0
    together, differing = merged(before, newer)
    assert together.open_time_ms.tolist() == whole.open_time_ms[sorted(held | new)].tolist()
    assert differing == whole.open_time_ms[sorted(held & new & changed)].tolist()
    volumes = dict(zip(together.open_time_ms.tolist(), together.volume.tolist(), strict=True))
    assert all(
        (volumes[time] == 77.0) == (number in new & changed)
        for number, time in enumerate(whole.open_time_ms.tolist())
        if time in volumes
    )
    assert (together is before) == (not new - held and not held & new & changed)
