"""The columns of a parquet file as candles: which types they may have, and which unit the open times are in."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.domain import Timeframe
from core.errors import BadCandles
from core.market.candles import CANDLE_COLUMNS, EARLIEST_MS, LATEST_MS, CandleArrays, check_arrays, moment_of
from core.market.parquet_bounds import MOST_FOOTER_BYTES, MOST_LIST_ITEMS, check_bounds
from core.text import shorten

EARLIEST, LATEST = moment_of(EARLIEST_MS), moment_of(LATEST_MS)
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_UNIT_NAMES = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}


def read_candles(content: bytes, timeframe: Timeframe) -> CandleArrays:
    """The candles of a parquet file's ``content``; BadCandles, or an error of pyarrow, where it holds none.

    Columns other than a candle's are not looked at.
    """
    if not check_bounds(content, CANDLE_COLUMNS):
        return CandleArrays.none()
    file = pq.ParquetFile(
        pa.BufferReader(content),
        thrift_string_size_limit=MOST_FOOTER_BYTES,
        thrift_container_size_limit=MOST_LIST_ITEMS,
    )
    _check_pandas_metadata(file.schema_arrow)
    table = file.read(columns=list(CANDLE_COLUMNS), use_threads=False)
    times, *values = (table.column(name) for name in CANDLE_COLUMNS)
    numbers = [_numbers(name, column) for name, column in zip(CANDLE_COLUMNS[1:], values, strict=True)]
    return check_arrays(CandleArrays(_open_times(times, timeframe), np.array(numbers, dtype="float64")), timeframe)


def check_span(times_ms: np.ndarray) -> None:
    """BadCandles unless all open times (Unix milliseconds) lie between 2009 and 2200."""
    outside = (times_ms < EARLIEST_MS) | (times_ms >= LATEST_MS)
    if not outside.any():
        return
    row = int(np.argmax(outside))
    unit = _likely_unit(times_ms)
    raise BadCandles(
        f"The open time in row {row + 1:,} is {times_ms[row]:,} ms after 1970, outside the years {EARLIEST.year} to "
        f"{LATEST.year - 1}."
        if unit is None
        else f"Its open times lie outside the years {EARLIEST.year} to {LATEST.year - 1}: they look like "
        f"{_UNIT_NAMES[unit]} named milliseconds; store them as timestamp[{unit}, UTC]."
    )


def _likely_unit(times_ms: np.ndarray) -> str | None:
    """The unit in which all of them would make sense."""
    for unit in ("us", "ns", "s"):
        seconds = times_ms / _PER_SECOND[unit]
        if (seconds >= EARLIEST.timestamp()).all() and (seconds < LATEST.timestamp()).all():
            return unit
    return None


def _numbers(name: str, column: pa.ChunkedArray) -> np.ndarray:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise BadCandles(f"Column {name!r} holds {shorten(column.type)}, which is not a number; expected float64.")
    return column.to_numpy()


def _open_times(column: pa.ChunkedArray, timeframe: Timeframe) -> np.ndarray:
    """Unix milliseconds."""
    if column.null_count:
        raise BadCandles("open_time has a missing value; every candle needs its open time.")
    if pa.types.is_integer(column.type):
        return _plain_numbers(column.to_numpy(), timeframe)
    if not pa.types.is_timestamp(column.type) or column.type.tz is None:
        raise BadCandles(
            f"open_time is {shorten(column.type)}; expected timestamps with the UTC time zone (datetime64[ms, UTC]), "
            "or the whole numbers of an exchange's archive."
        )
    times = _milliseconds(column.cast(pa.int64()).to_numpy(), column.type.unit, timeframe)
    check_span(times)
    return times


def _plain_numbers(values: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """Numbers without a unit: between 2009 and 2200 each can be of one only.

    Binance's archives changed from milliseconds to microseconds in 2025, so a column may hold both.
    """
    values = values.astype("int64")
    times = values.copy()
    for unit, per_second in _PER_SECOND.items():
        these = (values >= EARLIEST.timestamp() * per_second) & (values < LATEST.timestamp() * per_second)
        times[these] = _milliseconds(values[these], unit, timeframe)
    check_span(times)
    return times


def _milliseconds(values: np.ndarray, unit: str, timeframe: Timeframe) -> np.ndarray:
    if unit == "s":
        check_span(np.clip(values, -(2**50), 2**50) * 1000)  # before anything overflows
        return values * 1000
    per_ms = _PER_SECOND[unit] // 1000
    if (values % per_ms).any():
        row = int(np.argmax(values % per_ms != 0))
        raise BadCandles(
            f"The open time in row {row + 1:,} is {values[row]:,} {_UNIT_NAMES[unit]} after 1970, "
            f"which does not open on a {timeframe} boundary in UTC."
        )
    return values // per_ms


def _check_pandas_metadata(schema: pa.Schema) -> None:
    """BadCandles where what pandas left for itself cannot be of these columns: some other program put the file together.

    Nothing is read by it, but a reader that goes by it would see something else, or nothing.
    """
    written = (schema.metadata or {}).get(b"pandas")
    if written is None:
        return
    try:
        left = json.loads(written)
        lists = [left[name] for name in ("index_columns", "columns", "column_indexes")]
        fits = (
            all(isinstance(each, list) for each in lists)
            and all(isinstance(entry, (str, dict)) for entry in lists[0])
            and all(isinstance(entry, dict) for entry in lists[1] + lists[2])
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        fits = False
    if not fits:
        raise BadCandles(
            f"Its pandas metadata does not fit its {len(schema)} columns; write it anew, with pandas or without the metadata."
        )
