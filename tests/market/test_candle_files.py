"""A folder of candles: what is stored is read back, what is no candle file is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.domain import Timeframe
from core.errors import BadCandles
from core.market.candle_files import CandleStore
from tests.market.hand_made_candles import quiet_candles

H1 = Timeframe.H1


def hourly(count: int = 6) -> pd.DataFrame:
    return quiet_candles(H1, count)


def test_what_is_stored_is_read_back_and_listed(tmp_path: Path) -> None:
    store = CandleStore(tmp_path / "candles")
    assert store.symbols() == ()
    store.write("ETHUSDT", H1, hourly())
    store.write("BTCUSDT", H1, hourly())
    assert store.symbols() == ("BTCUSDT", "ETHUSDT")
    assert store.has("BTCUSDT", H1)
    assert not store.has("BTCUSDT", Timeframe.D1)
    pd.testing.assert_frame_equal(store.read("BTCUSDT", H1), hourly())


def test_a_missing_file_names_itself_and_the_command_that_fills_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"1h\.parquet.*download_candles\.py --out"):
        CandleStore(tmp_path).read("BTCUSDT", H1)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"<html>", b"PAR1" + bytes(500) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_bad_candles_with_its_path(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "BTCUSDT" / "1h.parquet"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(BadCandles, match=r"BTCUSDT/1h\.parquet"):
        CandleStore(tmp_path).read("BTCUSDT", H1)


def test_a_file_with_foreign_columns_is_bad_candles_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT" / "1h.parquet"
    path.parent.mkdir()
    pd.DataFrame({"name": ["x"]}).to_parquet(path)
    with pytest.raises(BadCandles, match=r"BTCUSDT/1h\.parquet: Candles lack the column"):
        CandleStore(tmp_path).read("BTCUSDT", H1)


def test_bad_candles_are_not_stored_and_what_was_stored_stays(tmp_path: Path) -> None:
    store = CandleStore(tmp_path)
    store.write("BTCUSDT", H1, hourly())
    with pytest.raises(BadCandles):
        store.write("BTCUSDT", H1, hourly().assign(close=-1.0))
    pd.testing.assert_frame_equal(store.read("BTCUSDT", H1), hourly())
    assert [p.name for p in (tmp_path / "BTCUSDT").iterdir()] == ["1h.parquet"]
