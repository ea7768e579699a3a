"""The recorded market: real candles closing again, by a clock of one's own."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from core.domain import Timeframe
from core.errors import BadCandles, InvalidRequest, MarketUnavailable, NotEnoughCandles, UnknownSymbol
from core.findings import OldPrices
from core.market.candle_files import CandleStore
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.recorded import RecordedMarket
from tests.market.hand_made_candles import quiet_candles

M15, H1 = Timeframe.M15, Timeframe.H1
END = datetime(2025, 6, 4, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten days of two coins that end on 2025-06-04 at noon."""
    store = CandleStore(tmp_path)
    for symbol in ("SOLUSDT", "BTCUSDT"):
        store.write(symbol, M15, quiet_candles(M15, 960, END))
        store.write(symbol, H1, quiet_candles(H1, 240, END))
    return tmp_path


def test_it_begins_two_days_before_the_recording_ends(folder: Path) -> None:
    market = RecordedMarket(folder, speed=1e-9)
    assert abs(market.now() - (END - timedelta(days=2))) < timedelta(seconds=1)


def test_candles_close_one_after_another_as_its_clock_goes_on(folder: Path) -> None:
    clock = ManualClock(END - timedelta(hours=2))
    market = RecordedMarket(folder, clock)
    before = market.candles("BTCUSDT", M15, 3)
    clock.advance(timedelta(minutes=14, seconds=59))
    assert market.candles("BTCUSDT", M15, 3).equals(before)
    clock.advance(timedelta(seconds=1))
    after = market.candles("BTCUSDT", M15, 3)
    assert after["open_time"].iloc[-1] == before["open_time"].iloc[-1] + M15.duration
    pd.testing.assert_frame_equal(after.iloc[:2].reset_index(drop=True), before.iloc[1:].reset_index(drop=True))


def test_it_tells_what_was_recorded_and_no_more_than_was_asked_for(folder: Path) -> None:
    market = RecordedMarket(folder, ManualClock(END))
    pd.testing.assert_frame_equal(market.candles("BTC", H1, 10_000), quiet_candles(H1, 240, END))
    assert len(market.candles("BTCUSDT", H1, 7)) == 7


def test_when_the_recording_has_ended_its_time_stops_and_the_candles_stay(folder: Path) -> None:
    clock = ManualClock(END)
    market = RecordedMarket(folder, clock)
    last = market.candles("BTCUSDT", M15, 5)
    clock.advance(timedelta(days=30))
    assert market.now() == END
    assert market.candles("BTCUSDT", M15, 5).equals(last)


def test_start_and_speed_can_be_chosen(folder: Path) -> None:
    market = RecordedMarket(folder, start=datetime(2025, 6, 1, 6), speed=300)
    assert market.speed == 300
    assert timedelta(0) <= market.now() - datetime(2025, 6, 1, 6, tzinfo=UTC) < timedelta(days=1)


def test_its_notice_names_the_days_that_are_played(folder: Path) -> None:
    identity = RecordedMarket(folder).identity
    assert identity.kind == identity.name == "recorded"
    assert identity.notice == OldPrices("2025-06-02", "2025-06-04")
    one_day = RecordedMarket(folder, ManualClock(END - timedelta(hours=1))).identity
    assert one_day.notice == OldPrices("2025-06-04", "2025-06-04")


def test_it_lists_what_the_folder_has_the_majors_first(folder: Path) -> None:
    CandleStore(folder).write("AAAUSDT", H1, quiet_candles(H1, 3, END))
    market = RecordedMarket(folder)
    assert market.symbols() == ("BTCUSDT", "SOLUSDT", "AAAUSDT")
    with pytest.raises(UnknownSymbol, match="Did you mean 'SOLUSDT'"):
        market.candles("SOLUSD", H1, 3)


@pytest.mark.parametrize(
    ("price", "tick"), [(108208.4, 0.1), (0.21359, 0.00001), (4389.0, 1.0), (3.5, 0.1), (0.00000123, 0.00000001)]
)
def test_the_tick_is_read_off_the_recorded_decimals(tmp_path: Path, price: float, tick: float) -> None:
    candles = quiet_candles(H1, 5, END).assign(open=price, high=price, low=price, close=price)
    CandleStore(tmp_path).write("BTCUSDT", H1, candles)
    assert RecordedMarket(tmp_path).tick_size("BTCUSDT") == tick


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["missing", "empty"])
def test_a_missing_or_empty_folder_names_the_setting_and_the_command(tmp_path: Path, make) -> None:
    path = tmp_path / "candles"
    make(path)
    with pytest.raises(MarketUnavailable, match=r"CANDOR_CANDLES_DIR.*download_candles\.py"):
        RecordedMarket(path)


def test_a_folder_of_unreadable_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "BTCUSDT").mkdir()
    (tmp_path / "BTCUSDT" / "1h.parquet").write_text("no candles")
    with pytest.raises(MarketUnavailable, match=r"None of the 1 files in .*BTCUSDT/1h\.parquet.*CANDOR_CANDLES_DIR"):
        RecordedMarket(tmp_path)


def test_a_series_with_bad_candles_harms_no_other(folder: Path) -> None:
    (folder / "BTCUSDT" / "15m.parquet").write_bytes(b"PAR1 nothing PAR1")
    quiet_candles(H1, 5, END).assign(high=1.0).to_parquet(folder / "BTCUSDT" / "1h.parquet")
    market = RecordedMarket(folder, ManualClock(END))
    with pytest.raises(BadCandles, match=r"15m\.parquet"):
        market.candles("BTCUSDT", M15, 5)
    with pytest.raises(BadCandles, match="low <= open, close <= high"):
        market.candles("BTCUSDT", H1, 5)
    assert market.tick_size("BTCUSDT") == 0.1  # of the watchlist, since no file tells
    assert len(market.candles("SOLUSDT", M15, 5)) == 5


def test_one_bad_file_takes_nothing_from_the_others(folder: Path) -> None:
    alone = RecordedMarket(folder)
    late = quiet_candles(H1, 240, datetime(2199, 1, 1, tzinfo=UTC))
    write = {
        "BAD1USDT": lambda path: late.assign(close=-1.0).to_parquet(path),
        "BAD2USDT": late[::-1].to_parquet,
        "BAD3USDT": os.mkfifo,
        "BAD4USDT": lambda path: path.write_bytes(bytes(100)),
        "BAD5USDT": lambda path: path.symlink_to("/dev/zero"),
    }
    for name, make in write.items():
        (folder / name).mkdir()
        make(folder / name / "1h.parquet")
    market = RecordedMarket(folder)
    assert market.symbols() == (*alone.symbols(), *write)
    assert market.identity == alone.identity
    assert abs(market.now() - alone.now()) < timedelta(minutes=1)
    pd.testing.assert_frame_equal(market.candles("SOLUSDT", H1, 24), alone.candles("SOLUSDT", H1, 24))
    for name in write:
        with pytest.raises(BadCandles, match=rf"{name}/1h\.parquet"):
            market.candles(name, H1, 24)


def test_a_feed_follows_the_good_coins_and_says_what_is_wrong_with_the_bad_one(folder: Path) -> None:
    (folder / "BADUSDT").mkdir()
    (folder / "BADUSDT" / "1h.parquet").write_bytes(b"PAR1 nothing PAR1")
    feed = CandleFeed(RecordedMarket(folder, ManualClock(END)), (H1,))
    feed.refresh_once()
    assert feed.status("SOLUSDT", H1).state == "fresh"
    assert feed.status("BADUSDT", H1).state == "bad"
    assert feed.tick_size("SOLUSDT") > 0


def test_a_series_that_was_not_recorded_is_said_to_be_missing(folder: Path) -> None:
    with pytest.raises(NotEnoughCandles, match="no 4h candles of BTCUSDT"):
        RecordedMarket(folder).candles("BTCUSDT", Timeframe.H4, 5)


@pytest.mark.parametrize("start", [datetime(1999, 1, 1), datetime(2100, 1, 1)])
def test_a_start_outside_the_recording_is_refused_with_the_span_it_has(folder: Path, start: datetime) -> None:
    with pytest.raises(InvalidRequest, match=r"is outside the recording in .*, which runs from 20"):
        RecordedMarket(folder, start=start)


def test_a_candle_of_the_future_leaves_the_clock_to_the_other_files(folder: Path) -> None:
    wrong = quiet_candles(H1, 5, END)
    wrong.loc[4, "open_time"] = pd.Timestamp("2150-01-01", tz="UTC")
    CandleStore(folder).write("ETHUSDT", H1, wrong)
    market = RecordedMarket(folder, ManualClock(END))
    with pytest.raises(
        BadCandles, match=r"ETHUSDT/1h\.parquet: The candle of 2150-01-01 00:00 UTC is one of the future"
    ):
        market.candles("ETHUSDT", H1, 3)
    assert market.identity.notice == OldPrices("2025-06-04", "2025-06-04")
    assert len(market.candles("BTCUSDT", H1, 3)) == 3


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(hours=23), timedelta(days=1), timedelta(days=40)])
def test_no_candle_of_the_future_however_near_moves_the_clock_of_the_recording(
    folder: Path, later: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = quiet_candles(H1, 5, END)
    wrong.loc[4, "open_time"] = pd.Timestamp.now("UTC").floor("h").as_unit("ms") + later
    CandleStore(folder).write("ETHUSDT", H1, wrong)
    market = RecordedMarket(folder, ManualClock(END + timedelta(days=9999)))
    assert market.now() == END
    assert "ETHUSDT/1h.parquet: The candle of" in caplog.text


def test_a_recording_without_candles_says_so_and_harms_no_other(folder: Path) -> None:
    for timeframe in (M15, H1):
        CandleStore(folder).write("ETHUSDT", timeframe, quiet_candles(H1, 5, END).iloc[:0])
    feed = CandleFeed(RecordedMarket(folder, ManualClock(END)), (H1,))
    feed.refresh_once()
    assert feed.status("ETHUSDT", H1).state == "short"
    with pytest.raises(NotEnoughCandles, match=r"ETHUSDT/1h\.parquet has no candles"):
        feed.candles("ETHUSDT", H1)
    assert feed.tick_size("ETHUSDT") == 0.01  # of the watchlist
    assert feed.status("BTCUSDT", H1).state == "fresh"


def test_a_recording_in_another_folder_is_another_market_and_the_same_at_another_speed_is_not(folder: Path) -> None:
    copy = folder.parent / "copy"
    shutil.copytree(folder, copy)
    one, faster, other = RecordedMarket(folder), RecordedMarket(folder, speed=60), RecordedMarket(copy)
    assert one.identity.which == faster.identity.which != other.identity.which
