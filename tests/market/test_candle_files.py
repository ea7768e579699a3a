"""A folder of candles: what is stored is read back, what is no candle file is named."""

from __future__ import annotations

import io
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.domain import Timeframe
from core.errors import BadCandles
from core.market.candle_files import CLOCKS_DIFFER, CandleStore
from core.market.candles import CANDLE_COLUMNS, open_times_ms
from core.market.parquet_bounds import MOST_CANDLES
from core.market.thrift import read_struct
from core.wording.sentences import error_text
from core.wording.style import TYPESET
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


@pytest.mark.parametrize("write", [CandleStore.write, None], ids=["ours", "pandas"])
def test_a_file_without_rows_holds_no_candles(tmp_path: Path, write: Callable[..., None] | None) -> None:
    store, none = CandleStore(tmp_path), hourly().iloc[:0]
    if write is None:
        store.path("BTCUSDT", H1).parent.mkdir()
        none.to_parquet(store.path("BTCUSDT", H1))
    else:
        write(store, "BTCUSDT", H1, none)
    assert len(store.arrays("BTCUSDT", H1)) == len(store.read("BTCUSDT", H1)) == 0
    none.rename(columns={"close": "last"}).to_parquet(store.path("BTCUSDT", H1))
    with pytest.raises(BadCandles, match="lack the column 'close'"):
        store.arrays("BTCUSDT", H1)


def test_a_last_candle_that_is_still_open_is_left_out_and_one_of_the_future_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = CandleStore(tmp_path)
    store.write("BTCUSDT", H1, hourly())
    opens = datetime.fromtimestamp(int(open_times_ms(hourly())[-1]) / 1000, UTC)
    almost = opens + H1.duration - CLOCKS_DIFFER
    assert len(store.closed_arrays("BTCUSDT", H1, almost)) == 6
    assert not caplog.records
    for now in (almost - timedelta(seconds=1), opens - CLOCKS_DIFFER):
        assert len(store.closed_arrays("BTCUSDT", H1, now)) == 5
    assert f"{store.path('BTCUSDT', H1)}: The candle of {opens:%Y-%m-%d %H:%M} UTC is still open" in caplog.text
    with pytest.raises(BadCandles, match="is one of the future, by this machine's clock it is 2025-06-04T10:44:59Z"):
        store.closed_arrays("BTCUSDT", H1, opens - CLOCKS_DIFFER - timedelta(seconds=1))


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


def put(folder: Path, content: bytes) -> CandleStore:
    """A store whose file of BTCUSDT 1h holds ``content``."""
    path = folder / "BTCUSDT" / "1h.parquet"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return CandleStore(folder)


def packed(candles: pd.DataFrame, **options: object) -> bytes:
    content = io.BytesIO()
    candles.to_parquet(content, index=False, **options)
    return content.getvalue()


def with_times(times: object) -> pd.DataFrame:
    return hourly(len(times)).assign(open_time=times)  # type: ignore[arg-type]


def milliseconds(count: int = 6) -> np.ndarray:
    return open_times_ms(hourly(count)).copy()


# ---------------------------------------------------------------- open times


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_whole_numbers_of_unix_time_are_read_in_the_only_unit_they_can_be_of(tmp_path: Path, unit: str) -> None:
    numbers = milliseconds().astype("datetime64[ms]").astype(f"datetime64[{unit}]").astype("int64")
    pd.testing.assert_frame_equal(put(tmp_path, packed(with_times(numbers))).read("BTCUSDT", H1), hourly())


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_timestamps_are_read_in_the_unit_they_name(tmp_path: Path, unit: str) -> None:
    times = hourly()["open_time"].dt.as_unit(unit)
    pd.testing.assert_frame_equal(put(tmp_path, packed(with_times(times))).read("BTCUSDT", H1), hourly())


def test_an_archive_that_changes_from_milliseconds_to_microseconds_is_read_through(tmp_path: Path) -> None:
    numbers = milliseconds()
    numbers[3:] *= 1000
    pd.testing.assert_frame_equal(put(tmp_path, packed(with_times(numbers))).read("BTCUSDT", H1), hourly())


def test_microseconds_that_are_called_milliseconds_are_refused_with_what_they_look_like(tmp_path: Path) -> None:
    times = pd.Series((milliseconds() * 1000).astype("datetime64[ms]")).dt.tz_localize("UTC")
    with pytest.raises(BadCandles, match=r"1h\.parquet: .*they look like microseconds named milliseconds"):
        put(tmp_path, packed(with_times(times))).read("BTCUSDT", H1)


@pytest.mark.parametrize(
    ("moment", "row"), [("2262-04-01", 6), ("2200-01-01", 6), ("2008-12-31T23:00", 1), ("1900-01-01", 1)]
)
def test_a_candle_before_2009_or_after_2199_is_refused_by_its_row(tmp_path: Path, moment: str, row: int) -> None:
    times = milliseconds()
    times[row - 1] = np.datetime64(moment, "ms").astype("int64")
    stamps = pd.Series(times.astype("datetime64[ms]")).dt.tz_localize("UTC")
    with pytest.raises(BadCandles, match=rf"The open time in row {row} is .*outside the years 2009 to 2199"):
        put(tmp_path, packed(with_times(stamps))).read("BTCUSDT", H1)
    with pytest.raises(BadCandles, match="outside the years 2009 to 2199"):
        CandleStore(tmp_path).write("ETHUSDT", H1, with_times(stamps))
    assert not CandleStore(tmp_path).has("ETHUSDT", H1)


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        (milliseconds() + 1, "does not open on a 1h boundary"),
        (milliseconds() * 1000 + 1, "does not open on a 1h boundary"),
        (milliseconds().astype("float64"), "open_time is double"),
        (np.full(6, 7), "outside the years"),
        (np.full(6, -(2**62)), "outside the years"),
        ([str(n) for n in milliseconds()], "does not hold plain numbers"),
        ([None, *milliseconds()[1:]], "missing value"),
    ],
)
def test_open_times_that_are_no_plain_times_are_refused(tmp_path: Path, times: object, sentence: str) -> None:
    table = pa.Table.from_pandas(hourly(), preserve_index=False).set_column(0, "open_time", pa.array(times))
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(None), content)
    with pytest.raises(BadCandles, match=rf"BTCUSDT/1h\.parquet.*{sentence}"):
        put(tmp_path, content.getvalue()).read("BTCUSDT", H1)


# ---------------------------------------------------------------- hostile files


@pytest.mark.parametrize(
    "metadata",
    ["5", "[]", "{", "null", '{"index_columns": 5, "columns": [], "column_indexes": []}', '{"index_columns": []}',
     '{"index_columns": [3], "columns": [], "column_indexes": []}', "[" * 5000],
)  # fmt: skip
def test_metadata_that_no_pandas_wrote_is_refused(tmp_path: Path, metadata: str) -> None:
    table = pa.Table.from_pandas(hourly(), preserve_index=False).replace_schema_metadata({"pandas": metadata})
    content = io.BytesIO()
    pq.write_table(table, content)
    with pytest.raises(BadCandles, match=r"1h\.parquet: Its pandas metadata does not fit its 6 columns"):
        put(tmp_path, content.getvalue()).read("BTCUSDT", H1)


@pytest.mark.parametrize("index", [False, True])
def test_candles_written_by_pandas_with_or_without_index_and_by_others_are_read(tmp_path: Path, index: bool) -> None:
    content = io.BytesIO()
    hourly().set_index("open_time").to_parquet(content) if index else pq.write_table(
        pa.Table.from_pandas(hourly(), preserve_index=False).replace_schema_metadata(None), content
    )
    pd.testing.assert_frame_equal(put(tmp_path, content.getvalue()).read("BTCUSDT", H1), hourly())


@pytest.mark.slow
def test_more_candles_than_there_are_is_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    bomb = pa.table({name: pa.array(np.zeros(MOST_CANDLES + 1)) for name in CANDLE_COLUMNS})
    content = io.BytesIO()
    pq.write_table(bomb, content, compression="zstd")
    assert len(content.getvalue()) < 100_000
    with pytest.raises(BadCandles, match="It has 1,000,001 candles; expected at most 1,000,000"):
        put(tmp_path, content.getvalue()).read("BTCUSDT", H1)


@pytest.mark.slow
def test_a_page_that_claims_to_unpack_into_more_than_its_footer_says_is_refused(tmp_path: Path) -> None:
    content = packed(hourly(140_000), use_dictionary=["open_time"], data_page_size=1 << 22, max_rows_per_page=1 << 20)
    page, _ = read_struct(content, first_page_of("close", content))
    honest, claimed = varint(2 * page[2]), b"\xfe\xff\xff\x7f"
    assert len(honest) == len(claimed)
    at = content.index(honest, first_page_of("close", content))
    with pytest.raises(BadCandles, match=r"Column 'close' unpacks into 134,\d{3},\d{3} bytes"):
        put(tmp_path, content[:at] + claimed + content[at + 4 :]).read("BTCUSDT", H1)


def first_page_of(column: str, content: bytes) -> int:
    chunk = pq.read_metadata(io.BytesIO(content)).row_group(0).column(CANDLE_COLUMNS.index(column))
    return int(chunk.data_page_offset)


def varint(value: int) -> bytes:
    last = value < 0x80
    return bytes([value]) if last else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


@pytest.mark.parametrize("column", ["open_time", "close"])
@pytest.mark.parametrize(
    "values", [["x"] * 6, [True] * 6, [[1.0]] * 6, [{"a": 1}] * 6], ids=["text", "truth", "lists", "structs"]
)
def test_columns_of_anything_but_numbers_are_refused(tmp_path: Path, column: str, values: list[object]) -> None:
    table = pa.Table.from_pandas(hourly(), preserve_index=False).replace_schema_metadata(None)
    content = io.BytesIO()
    pq.write_table(table.set_column(CANDLE_COLUMNS.index(column), column, pa.array(values)), content)
    with pytest.raises(BadCandles, match=r"BTCUSDT/1h\.parquet: (Column|It has columns within columns)"):
        put(tmp_path, content.getvalue()).read("BTCUSDT", H1)


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    table = pa.Table.from_pandas(hourly(), preserve_index=False)
    content = io.BytesIO()
    pq.write_table(table.append_column("close", table["open"]), content)
    with pytest.raises(BadCandles, match="Column 'close' is there 2 times; expected once"):
        put(tmp_path, content.getvalue()).read("BTCUSDT", H1)


@pytest.mark.slow
def test_every_damage_to_a_file_is_bad_candles_in_one_sentence_that_names_it(tmp_path: Path) -> None:
    """Some of them make pyarrow's own view of the footer end the process."""
    chance = random.Random(1)
    whole = packed(hourly(40))
    for _ in range(400):
        torn = bytearray(whole)
        for _ in range(chance.choice([1, 1, 3, 10])):
            torn[chance.randrange(len(torn))] = chance.randrange(256)
        try:
            put(tmp_path, bytes(torn)).read("BTCUSDT", H1)
        except BadCandles as error:
            assert str(error).startswith(f"{tmp_path}/BTCUSDT/1h.parquet")
            assert "\n" not in str(error)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero"),
                                  lambda path: path.symlink_to(path), lambda path: path.symlink_to("nothing")],
                         ids=["pipe", "folder", "device", "loop", "dangling link"])  # fmt: skip
def test_what_is_no_regular_file_is_bad_candles_at_once(tmp_path: Path, make: Callable[[Path], object]) -> None:
    (tmp_path / "BTCUSDT").mkdir()
    make(tmp_path / "BTCUSDT" / "1h.parquet")
    store = CandleStore(tmp_path)
    assert store.symbols() == ("BTCUSDT",)
    with pytest.raises(BadCandles, match=r"BTCUSDT/1h\.parquet"):
        store.read("BTCUSDT", H1)


def test_a_file_larger_than_candles_ever_are_is_not_read(tmp_path: Path) -> None:
    store = put(tmp_path, b"PAR1")
    os.truncate(store.path("BTCUSDT", H1), 2**40)
    with pytest.raises(BadCandles, match=r"1,099,511,627,776 bytes; expected at most 67,108,864"):
        store.read("BTCUSDT", H1)


# ---------------------------------------------------------------- odd folders


def test_a_folder_of_any_name_can_be_named_in_a_page_and_in_json(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"candles \xff\nof mine")
    folder.mkdir()
    with pytest.raises(BadCandles) as error:
        put(folder, b"no candles").read("BTCUSDT", H1)
    for text in (str(error.value), error_text(error.value), TYPESET.path(str(error.value.path))):
        assert "of mine/BTCUSDT/1h.parquet" in text
        assert text.isprintable()


def test_what_is_no_coins_folder_takes_no_coin_away(tmp_path: Path) -> None:
    store = CandleStore(tmp_path)
    store.write("BTCUSDT", H1, hourly())
    for name in ("btcusdt", "BTC", "A\nUSDT", b"\xffUSDT", "..USDT", "A B", "1" * 250):
        folder = tmp_path / os.fsdecode(name)
        folder.mkdir()
        (folder / "1h.parquet").hardlink_to(store.path("BTCUSDT", H1))
    os.mkfifo(tmp_path / "PIPEUSDT")
    (tmp_path / "FILEUSDT").write_text("")
    (tmp_path / "LOOPUSDT").symlink_to("LOOPUSDT")
    (tmp_path / "GONEUSDT").symlink_to("nowhere")
    (tmp_path / "EMPTYUSDT").mkdir()
    (tmp_path / "OTHERUSDT").mkdir()
    (tmp_path / "OTHERUSDT" / "2h.parquet").write_text("")
    assert store.symbols() == ("BTCUSDT",)


@pytest.mark.parametrize("make", [lambda path: None, Path.touch, os.mkfifo, lambda path: path.symlink_to(path)],
                         ids=["missing", "file", "pipe", "loop"])  # fmt: skip
def test_what_is_no_folder_holds_no_coins(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "candles")
    assert CandleStore(tmp_path / "candles").symbols() == ()
