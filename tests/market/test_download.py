"""Filling a candle folder from an exchange, and going on where it stopped."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.disk import cannot_write, only_writer
from core.domain import Series, Timeframe
from core.market.candle_files import CandleStore
from core.market.candles import CandleArrays, open_times_ms
from core.market.download import (
    Failed,
    Hole,
    NotTried,
    Outcome,
    Stored,
    download,
    download_series,
    parse_since,
)
from core.market.exchange import ExchangeMarket
from core.market.outage import FAILURES_IN_A_ROW
from scripts import download_candles
from tests.laws import tried
from tests.market.exchange_server import NOON, BinanceServer, Rows, Trouble
from tests.market.hand_made_candles import quiet_candles, without

H1, H4 = Timeframe.H1, Timeframe.H4
BTC, ETH = ("BTCUSDT", H1), ("ETHUSDT", H1)
SINCE = NOON.replace(minute=0, second=0) - timedelta(days=30)
HOUR = H1.milliseconds


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles")


@pytest.fixture
def exchange(binance: BinanceServer) -> ExchangeMarket:
    return ExchangeMarket("binanceusdm", binance.url, clock=binance.clock, pause=lambda seconds: None)


def pass_hours(binance: BinanceServer, exchange: ExchangeMarket, hours: int) -> None:
    binance.clock.advance(timedelta(hours=hours))


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed)
    return outcome.reason


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def at(open_time_ms: int) -> datetime:
    return datetime.fromtimestamp(open_time_ms / 1000, UTC)


def test_a_folder_is_filled_with_all_closed_candles_since_a_day(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    outcomes = download(exchange, store, [BTC, ("BTCUSDT", H4)], SINCE)
    assert outcomes == {BTC: Stored(30 * 24, (), ()), ("BTCUSDT", H4): Stored(30 * 6, (), ())}
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24))
    assert len(store.read("BTCUSDT", H4)) == 30 * 6


@pytest.mark.slow
def test_a_second_run_asks_only_for_what_is_new(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    binance.requests.clear()
    pass_hours(binance, exchange, 3)
    download(exchange, store, [BTC], SINCE)
    assert [request["limit"] for request in binance.klines_asked()] == ["7"]
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24 + 3))
    binance.requests.clear()
    download(exchange, store, [BTC], SINCE)
    assert [request["limit"] for request in binance.klines_asked()] == ["4"]  # the last two again


@pytest.mark.slow
def test_an_interrupted_run_keeps_whole_pages_and_the_next_goes_on(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    def interrupt(series: Series, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(exchange, store, [BTC, ETH], SINCE, interrupt)
    assert len(store.read(*BTC)) == 499
    assert not store.has(*ETH)
    assert download(exchange, store, [BTC, ETH], SINCE) == {each: Stored(30 * 24, (), ()) for each in (BTC, ETH)}
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24))
    assert [p.name for p in sorted(store.folder.rglob("*")) if p.is_file()] == ["1h.parquet", "1h.parquet"]


def test_one_failed_series_does_not_stop_the_others(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    binance.fail(Trouble(500, symbol="BTCUSDT"))
    outcomes = download(exchange, store, [BTC, ETH, ("NOSUCHUSDT", H1)], SINCE)
    assert "out of order" in reason(outcomes[BTC])
    assert "Unknown symbol 'NOSUCHUSDT'" in reason(outcomes["NOSUCHUSDT", H1])
    assert outcomes[ETH] == Stored(30 * 24, (), ())
    assert len(store.read(*ETH)) == 30 * 24


def test_an_exchange_that_is_gone_is_not_asked_for_every_series(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    exchange.symbols()
    binance.fail(Trouble(451))
    series = [(symbol, H1) for symbol in exchange.symbols()]
    outcomes = list(download(exchange, store, series, SINCE).values())
    assert len(binance.klines_asked()) == FAILURES_IN_A_ROW
    assert all(isinstance(outcome, Failed) for outcome in outcomes[:FAILURES_IN_A_ROW])
    assert outcomes[FAILURES_IN_A_ROW:] == [NotTried()] * (34 - FAILURES_IN_A_ROW)


def test_coins_that_an_exchange_refuses_by_themselves_do_not_end_the_run(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    exchange.symbols()
    refused = [("BTCUSDT", H1), ("SOLUSDT", H1), ("XRPUSDT", H1)]
    binance.troubles = [Trouble(404, "{}", symbol=symbol) for symbol, _ in refused]
    outcomes = download(exchange, store, [*refused, ETH], SINCE)
    assert all("HTTP 404" in reason(outcomes[each]) for each in refused)
    assert outcomes[ETH] == Stored(30 * 24, (), ())


@pytest.mark.slow
def test_bad_candles_are_not_stored_and_a_damaged_file_is_not_overwritten(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    path = store.path(*ETH)
    path.parent.mkdir()
    path.write_text("damaged")
    pass_hours(binance, exchange, 3)
    binance.distort = lambda symbol, interval, rows: [*rows, [*rows[0][:4], "1.0", *rows[0][5:]]]
    outcomes = download(exchange, store, [BTC, ETH], SINCE)
    assert "is there twice" in reason(outcomes[BTC])
    assert "1h.parquet" in reason(outcomes[ETH])
    assert path.read_text() == "damaged"
    assert len(store.read(*BTC)) == 30 * 24


# ---------------------------------------------------------------- what is missing


@pytest.mark.slow
def test_an_empty_page_in_the_middle_is_named_and_asked_for_again_by_the_next_run(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    since = SINCE - timedelta(days=30)
    binance.distort = lambda symbol, interval, rows: [] if rows[0][0] == ms(since) + 499 * HOUR else rows
    stored = download(exchange, store, [BTC], since)[BTC]
    first = since + timedelta(hours=499)
    hole = Hole(first, first + timedelta(hours=498), 499, at_the_beginning=False)
    assert stored == Stored(60 * 24 - 499, (hole,), ())
    binance.recover()
    binance.requests.clear()
    assert download(exchange, store, [BTC], since)[BTC] == Stored(60 * 24, (), ())
    assert [asked["limit"] for asked in binance.klines_asked()] == ["499", "3", "4"]
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 60 * 24))


@pytest.mark.slow
def test_an_exchange_that_keeps_only_the_newest_candles_begins_late(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    since = SINCE - timedelta(days=60)
    kept = ms(NOON.replace(minute=0, second=0)) - 719 * HOUR
    binance.distort = lambda symbol, interval, rows: [row for row in rows if row[0] >= kept]
    for _ in range(2):
        binance.requests.clear()
        stored = download(exchange, store, [BTC], since)[BTC]
        assert isinstance(stored, Stored)
        assert stored.candles == 719
        assert [(hole.first, hole.count, hole.at_the_beginning) for hole in stored.holes] == [(since, 1441, True)]
        assert len(binance.klines_asked()) <= 5


def test_an_exchange_without_a_single_candle_is_not_up_to_date(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    binance.distort = lambda symbol, interval, rows: []
    stored = download(exchange, store, [BTC], SINCE)[BTC]
    assert isinstance(stored, Stored)
    assert (stored.candles, [hole.count for hole in stored.holes]) == (0, [30 * 24])
    assert not store.has(*BTC)


def test_a_coin_that_was_listed_later_lacks_nothing(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    exchange._prepare()
    listed = SINCE + timedelta(days=10)
    exchange._listed["BTCUSDT"]["created"] = ms(listed)
    first_trade = listed + timedelta(hours=2)
    binance.distort = lambda symbol, interval, rows: [row for row in rows if row[0] >= ms(first_trade)]
    for _ in range(2):
        assert download(exchange, store, [BTC], SINCE)[BTC] == Stored(20 * 24 - 2, (), ())
    binance.requests.clear()
    download(exchange, store, [BTC], SINCE)
    assert [request["limit"] for request in binance.klines_asked()] == ["4"]


def test_a_candle_that_was_stored_before_its_time_is_corrected_when_a_run_goes_on(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    stored = store.read(*BTC)
    stored.loc[len(stored) - 1, "volume"] = 1.0
    store.write(*BTC, stored)
    pass_hours(binance, exchange, 1)
    outcome = download(exchange, store, [BTC], SINCE)[BTC]
    assert isinstance(outcome, Stored)
    assert outcome.corrected == (stored["open_time"].iloc[-1],)
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24 + 1))


@pytest.mark.slow
def test_holes_in_a_file_are_asked_for_neighbours_together(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    whole = store.read(*BTC)
    store.write(*BTC, without(whole, 5, 6, 8, 100, 600, 719))
    binance.requests.clear()
    assert download(exchange, store, [BTC], SINCE)[BTC] == Stored(30 * 24, (), ())
    assert [asked["limit"] for asked in binance.klines_asked()] == ["98", "122"]
    pd.testing.assert_frame_equal(store.read(*BTC), whole)


def test_a_hole_that_the_exchange_has_is_asked_for_once_a_run(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    gone = ms(SINCE) + 100 * HOUR
    binance.distort = lambda symbol, interval, rows: [row for row in rows if row[0] != gone]
    download(exchange, store, [BTC], SINCE)
    binance.requests.clear()
    stored = download(exchange, store, [BTC], SINCE)[BTC]
    assert isinstance(stored, Stored)
    assert [(hole.count, hole.first, hole.last) for hole in stored.holes] == [(1, at(gone), at(gone))]
    assert len(binance.klines_asked()) == 2  # and the last two again


@pytest.mark.slow
def test_an_earlier_since_puts_candles_before_those_that_are_stored(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    assert download(exchange, store, [BTC], SINCE - timedelta(days=5))[BTC] == Stored(35 * 24, (), ())
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 35 * 24))
    assert download(exchange, store, [BTC], SINCE)[BTC] == Stored(35 * 24, (), ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "distort",
    [
        lambda symbol, interval, rows: rows[::-1],
        lambda symbol, interval, rows: [row for row in rows for _ in range(2)],
        lambda symbol, interval, rows: [*rows[250:], *rows[:300]],
        lambda symbol, interval, rows: rows[:200],
    ],
    ids=["newest first", "everything twice", "overlapping halves", "short pages"],
)
def test_pages_may_come_in_any_order_twice_and_short(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore, distort: Callable[[str, str, Rows], Rows]
) -> None:
    binance.distort = distort
    assert download(exchange, store, [BTC], SINCE)[BTC] == Stored(30 * 24, (), ())
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24))


@pytest.mark.slow
def test_where_the_exchange_tells_a_stored_candle_differently_its_newer_answer_is_stored(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    whole = store.read(*BTC)
    wrong = whole.assign(volume=whole["volume"].where(whole.index != 50, 1.0))
    store.write(*BTC, without(wrong, 49, 51))
    stored = download(exchange, store, [BTC], SINCE)[BTC]
    assert stored == Stored(30 * 24, (), (SINCE + timedelta(hours=50),))
    pd.testing.assert_frame_equal(store.read(*BTC), whole)


class WhimsicalMarket:
    """Tells pages of quiet candles with whatever ``whims`` leave of them; never more than 50 at once."""

    def __init__(self, whims: list[tuple[bool, int, int]]) -> None:
        self.whims = iter(whims)

    def now(self) -> datetime:
        return NOON

    def listed_since(self, symbol: str) -> None:
        return None

    def history(self, symbol: str, timeframe: Timeframe, since: datetime, until: datetime) -> Iterator[CandleArrays]:
        all_candles = CandleArrays.of(quiet_candles(timeframe, 400))
        times = all_candles.open_time_ms
        begin = ms(since)
        while begin < ms(until):
            empty, skipped, extra = next(self.whims, (False, 0, 0))
            start = int(np.searchsorted(times, begin))
            page = all_candles[start + skipped : start + 50 + extra] if not empty else CandleArrays.none()
            yield page
            begin = max(begin + 50 * timeframe.milliseconds, int(page.open_time_ms.max(initial=0)))


whims = st.lists(st.tuples(st.booleans(), st.integers(0, 60), st.integers(0, 20)), max_size=12)


@pytest.mark.slow
@given(whims, st.lists(st.integers(0, 299), max_size=20, unique=True))
@tried(10)
def test_what_is_stored_and_what_is_named_as_missing_are_together_what_was_asked_for(
    whims: list[tuple[bool, int, int]], lost: list[int]
) -> None:
    since = SINCE + timedelta(hours=30 * 24 - 300)
    with TemporaryDirectory() as folder:
        store = CandleStore(Path(folder))
        store.write(*BTC, without(quiet_candles(H1, 300), *lost))
        stored = download_series(WhimsicalMarket(whims), store, Series(*BTC), since)  # type: ignore[arg-type]
        there = set(open_times_ms(store.read(*BTC)).tolist())
        missing = [ms(hole.first) + n * HOUR for hole in stored.holes for n in range(hole.count)]
        assert there.isdisjoint(missing)
        assert there.union(missing) >= {ms(since) + n * HOUR for n in range(300)}
        assert download_series(WhimsicalMarket([]), store, Series(*BTC), since).holes == ()  # type: ignore[arg-type]
        assert open_times_ms(store.read(*BTC))[-300:].tolist() == open_times_ms(quiet_candles(H1, 300)).tolist()


def test_a_full_disk_is_said_once_and_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, exchange: ExchangeMarket, store: CandleStore
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise cannot_write(OSError(errno.ENOSPC, "No space left on device"), path)

    monkeypatch.setattr("core.market.candle_files.write_whole", full)
    outcomes = download(exchange, store, [BTC, ETH], SINCE)
    assert "BTCUSDT/1h.parquet cannot be written: the disk is full" in reason(outcomes[BTC])
    assert outcomes[ETH] == NotTried()


def test_one_coins_folder_that_cannot_be_written_stops_no_other(exchange: ExchangeMarket, store: CandleStore) -> None:
    store.folder.mkdir()
    (store.folder / "BTCUSDT").write_text("a file where a folder should be")
    outcomes = download(exchange, store, [BTC, ETH], SINCE)
    assert "BTCUSDT/1h.parquet cannot be written" in reason(outcomes[BTC])
    assert outcomes[ETH] == Stored(30 * 24, (), ())


def test_a_second_download_into_the_same_folder_says_so(
    binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_writer(store.folder, "A download"):
        assert download_candles.main(["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC"]) == 1
    assert "A download (process " in capsys.readouterr().err


def test_progress_rises_to_one_for_each_series(exchange: ExchangeMarket, store: CandleStore) -> None:
    progress: list[tuple[Series, float]] = []
    download(exchange, store, [BTC, ETH], SINCE, lambda series, share: progress.append((series, share)))
    for series in (BTC, ETH):
        shares = [share for each, share in progress if each == series]
        assert shares == sorted(shares)
        assert 0 < shares[0] < 1
        assert shares[-1] == 1


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00"])
def test_since_is_utc(text: str) -> None:
    assert parse_since(text) == datetime(2024, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------- the script


def test_the_script_downloads_shows_progress_and_lists_what_failed(
    binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    choice = ["--symbols", "btc,NOSUCH", "--timeframes", "4h", "--since", "2025-05-01"]
    assert download_candles.main(["--url", binance.url, "--out", str(store.folder), *choice]) == 1
    printed = capsys.readouterr()
    assert "NOSUCHUSDT 4h failed: Unknown symbol 'NOSUCHUSDT'." in printed.err
    assert "1 of 2 series are up to date" in printed.out
    assert "100%" in printed.err
    assert "Traceback" not in printed.err
    assert len(store.read("BTCUSDT", H4)) > 200


def test_the_script_names_every_hole_lists_series_by_state_and_exits_with_3(
    binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = ms(NOON) // H4.milliseconds * H4.milliseconds
    gone = range(newest - 100 * H4.milliseconds, newest - 90 * H4.milliseconds)
    binance.distort = lambda symbol, interval, rows: [
        row for row in rows if symbol == "ETHUSDT" or (row[0] not in gone and row[0] >= newest - 200 * H4.milliseconds)
    ]
    arguments = ["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC,ETH", "--timeframes", "4h"]
    assert download_candles.main([*arguments, "--since", "2025-05-01"]) == 3
    printed = capsys.readouterr()
    assert "BTCUSDT 4h begins late: 7 candles are missing, 2025-05-01 00:00 to 2025-05-02 00:00 UTC." in printed.err
    assert "BTCUSDT 4h has a hole: 10 candles are missing, 2025-05-18 20:00 to 2025-05-20 08:00 UTC." in printed.err
    assert "1 of 2 series are up to date" in printed.out
    assert "Candles are missing: BTCUSDT 4h." in printed.out
    binance.recover()
    assert download_candles.main([*arguments, "--since", "2025-05-01"]) == 0
    assert "2 of 2 series are up to date" in capsys.readouterr().out


@pytest.mark.slow
def test_the_script_ends_well_when_all_is_well(
    binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC/USDT;btc", "--timeframes", "1d"]
    assert download_candles.main(arguments) == 0
    assert "1 of 1 series are up to date" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--timeframes", "2h"], "Unknown timeframe '2h'"),
        (["--exchange", "binanceusd"], "Did you mean 'binanceusdm'"),
        (["--symbols", " , "], "--symbols names no coin; expected all, or a list such as BTC,ETH"),
        (["--symbols", "BTC,all"], "expected all alone, or coins without it"),
        (["--timeframes", ""], "--timeframes names none; expected some of 15m, 1h, 4h, 1d"),
        (["--since", "2199-01-01"], "'2199-01-01' is yet to come"),
        (["--since", "yesterday"], "'yesterday' is no date; write it like 2024-01-01"),
    ],
)
def test_the_script_refuses_nonsense_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert download_candles.main(arguments) == 1
    except SystemExit as ended:
        assert ended.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_ends_the_script_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CandleStore, "write", interrupted)
    arguments = ["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC/USDT", "--timeframes", "1d"]
    assert download_candles.main(arguments) == 130
    assert "run the same command to go on" in capsys.readouterr().err
