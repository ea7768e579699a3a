"""Filling a candle folder from an exchange, and going on where it stopped."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.market.candle_files import CandleStore
from core.market.download import FAILURES_IN_A_ROW, download, parse_since
from core.market.exchange import ExchangeMarket
from scripts import download_candles
from tests.market.exchange_server import NOON, BinanceServer, Trouble

H1, H4 = Timeframe.H1, Timeframe.H4
BTC, ETH = ("BTCUSDT", H1), ("ETHUSDT", H1)
SINCE = NOON.replace(minute=0, second=0) - timedelta(days=30)
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> CandleStore:
    return CandleStore(tmp_path / "candles")


@pytest.fixture
def exchange(binance: BinanceServer) -> ExchangeMarket:
    return ExchangeMarket("binanceusdm", binance.url, pause=lambda seconds: None)


def test_a_folder_is_filled_with_all_closed_candles_since_a_day(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    assert download(exchange, store, [BTC, ("BTCUSDT", H4)], SINCE) == {}
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24))
    assert len(store.read("BTCUSDT", H4)) == 30 * 6


def test_a_second_run_asks_only_for_what_is_new(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    binance.requests.clear()
    binance.clock.advance(timedelta(hours=3))
    exchange._ahead += timedelta(hours=3)
    download(exchange, store, [BTC], SINCE)
    assert [request["limit"] for request in binance.klines_asked()] == ["3"]
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24 + 3))
    binance.requests.clear()
    download(exchange, store, [BTC], SINCE)
    assert binance.klines_asked() == []


def test_an_interrupted_run_keeps_whole_pages_and_the_next_goes_on(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    def interrupt(series: Series, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(exchange, store, [BTC, ETH], SINCE, interrupt)
    assert len(store.read(*BTC)) == 499
    assert not store.has(*ETH)
    assert download(exchange, store, [BTC, ETH], SINCE) == {}
    pd.testing.assert_frame_equal(store.read(*BTC), binance.market.candles(*BTC, 30 * 24))
    assert [p.name for p in sorted(store.folder.rglob("*")) if p.is_file()] == ["1h.parquet", "1h.parquet"]


def test_one_failed_series_does_not_stop_the_others(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    binance.fail(Trouble(500, symbol="BTCUSDT"))
    failed = download(exchange, store, [BTC, ETH, ("NOSUCHUSDT", H1)], SINCE)
    assert failed.keys() == {BTC, ("NOSUCHUSDT", H1)}
    assert "out of order" in failed[BTC]
    assert "Unknown symbol 'NOSUCHUSDT'" in failed["NOSUCHUSDT", H1]
    assert len(store.read(*ETH)) == 30 * 24


def test_an_exchange_that_is_gone_is_not_asked_for_every_series(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    exchange.symbols()
    binance.fail(Trouble(451))
    series = [(symbol, H1) for symbol in exchange.symbols()]
    failed = download(exchange, store, series, SINCE)
    assert len(failed) == 34
    assert len(binance.klines_asked()) == FAILURES_IN_A_ROW
    assert "Not tried" in failed[series[-1]]


def test_bad_candles_are_not_stored_and_a_damaged_file_is_not_overwritten(
    binance: BinanceServer, exchange: ExchangeMarket, store: CandleStore
) -> None:
    download(exchange, store, [BTC], SINCE)
    path = store.path(*ETH)
    path.parent.mkdir()
    path.write_text("damaged")
    binance.clock.advance(timedelta(hours=3))
    exchange._ahead += timedelta(hours=3)
    binance.distort = lambda symbol, interval, rows: [*rows, *rows]
    failed = download(exchange, store, [BTC, ETH], SINCE)
    assert failed.keys() == {BTC, ETH}
    assert "1h.parquet" in failed[ETH]
    assert path.read_text() == "damaged"
    assert len(store.read(*BTC)) == 30 * 24


def test_progress_rises_to_one_for_each_series(exchange: ExchangeMarket, store: CandleStore) -> None:
    told: list[tuple[Series, float]] = []
    download(exchange, store, [BTC, ETH], SINCE, lambda series, share: told.append((series, share)))
    for series in (BTC, ETH):
        shares = [share for each, share in told if each == series]
        assert shares == sorted(shares)
        assert 0 < shares[0] < 1
        assert shares[-1] == 1


@pytest.mark.parametrize("text", ["2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00"])
def test_since_is_utc(text: str) -> None:
    assert parse_since(text) == datetime(2024, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------- the script


def test_the_script_downloads_shows_progress_and_lists_what_failed(binance: BinanceServer, store: CandleStore) -> None:
    command = [sys.executable, "scripts/download_candles.py", "--url", binance.url, "--out", str(store.folder)]
    choice = ["--symbols", "btc,NOSUCH", "--timeframes", "4h", "--since", "2025-05-01"]
    ended = subprocess.run([*command, *choice], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1
    assert "NOSUCHUSDT 4h failed: Unknown symbol 'NOSUCHUSDT'." in ended.stderr
    assert "1 of 2 series are up to date" in ended.stdout
    assert "100%" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(store.read("BTCUSDT", H4)) > 200


def test_the_script_ends_well_when_all_is_well(
    binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC", "--timeframes", "1d"]
    assert download_candles.main(arguments) == 0
    assert "1 of 1 series are up to date" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--timeframes", "2h"], "Unknown timeframe '2h'"),
        (["--exchange", "binanceusd"], "Did you mean 'binanceusdm'"),
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


def test_ctrl_c_ends_the_script_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, binance: BinanceServer, store: CandleStore, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CandleStore, "write", interrupted)
    arguments = ["--url", binance.url, "--out", str(store.folder), "--symbols", "BTC", "--timeframes", "1d"]
    assert download_candles.main(arguments) == 130
    assert "run the same command to go on" in capsys.readouterr().err
