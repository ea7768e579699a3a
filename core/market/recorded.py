"""A folder of recorded candles, played against a clock so that real candles can be watched closing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import BadCandles, InvalidRequest, MarketUnavailable, NotEnoughCandles
from core.findings import OldPrices
from core.market.candle_files import CandleStore
from core.market.candles import PRICE_COLUMNS, closed_candles
from core.market.clock import Clock, ScaledClock
from core.market.coins import COINS, SYMBOLS
from core.market.market import Access, MarketIdentity
from core.text import iso

DEFAULT_RUN = timedelta(days=2)
"""Without a start, the clock begins this long before the recording ends."""

FINEST_DECIMALS = 8


class RecordedMarket:
    """Plays ``folder``/<SYMBOL>/<timeframe>.parquet; files are read when first asked for and then kept.

    The market's time is that of ``clock``, or begins at ``start`` and runs ``speed`` times as fast as real time.
    It stops where the recording ends: the last candles just stay. Raises MarketUnavailable for a folder without
    candles and InvalidRequest for a start outside them. A file that breaks the candle contract is BadCandles for that one series.
    """

    access = Access()

    def __init__(
        self, folder: Path, clock: Clock | None = None, start: datetime | None = None, speed: float = 1.0
    ) -> None:
        self._store = CandleStore(folder)
        listed = self._store.symbols()
        known = {symbol: place for place, symbol in enumerate(SYMBOLS)}
        self._symbols = tuple(sorted(listed, key=lambda symbol: (known.get(symbol, len(known)), symbol)))
        begin, self._end = self._span_of_recording()
        if start is not None and start.tzinfo is None:
            start = start.replace(tzinfo=UTC)
        if start is not None and not begin <= start < self._end:
            raise InvalidRequest(
                f"CANDOR_RECORDED_START={iso(start)} is outside the recording in {folder}, which runs from "
                f"{iso(begin)} to {iso(self._end)}. Choose a moment in between."
            )
        self._clock = clock or ScaledClock(start or self._end - DEFAULT_RUN, speed)
        self._lock = threading.Lock()
        self._read: dict[Series, pd.DataFrame] = {}
        first, last = sorted(f"{day:%Y-%m-%d}" for day in (self.now(), self._end - timedelta(seconds=1)))
        self.identity = MarketIdentity("recorded", "recorded", OldPrices(first, last))

    @property
    def speed(self) -> float:
        return self._clock.speed

    def now(self) -> datetime:
        """The clock's time, never past the end of the recording."""
        return min(self._clock.now(), self._end)

    def symbols(self) -> tuple[str, ...]:
        return self._symbols

    def tick_size(self, symbol: str) -> float:
        """The smallest price step, read off the decimals of the recorded prices."""
        symbol = resolve_symbol(symbol, self._symbols)
        for timeframe in Timeframe:
            try:
                prices = self._series(symbol, timeframe)[list(PRICE_COLUMNS)].to_numpy()[-1000:]
            except (BadCandles, NotEnoughCandles):
                continue
            return float(f"1e-{_decimals(prices)}")
        if symbol in COINS:
            return COINS[symbol].tick
        raise BadCandles(f"The recording has no readable candles of {symbol}.")

    def candles(self, symbol: str, timeframe: Timeframe, limit: int) -> pd.DataFrame:
        """The newest ``limit`` candles closed by now(); NotEnoughCandles where the recording has no such series."""
        recorded = self._series(resolve_symbol(symbol, self._symbols), timeframe)
        closed = closed_candles(recorded, timeframe, self.now())
        return closed.iloc[max(0, len(closed) - limit) :].reset_index(drop=True)

    def _series(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        series = Series(symbol, timeframe)
        with self._lock:
            if series not in self._read:
                if not self._store.has(symbol, timeframe):
                    raise NotEnoughCandles(
                        f"The recording in {{path}} has no {timeframe} candles of {symbol}.", self._store.folder
                    )
                self._read[series] = self._store.read(symbol, timeframe)
            return self._read[series]

    def _span_of_recording(self) -> tuple[datetime, datetime]:
        """When the oldest candle of the whole folder opened, and when the newest closed."""
        if not self._symbols:
            raise MarketUnavailable(
                f"No recorded candles in {self._store.folder}. Set CANDOR_CANDLES_DIR to a folder with "
                "<SYMBOL>/<timeframe>.parquet, or fill one with: "
                f"python scripts/download_candles.py --out {self._store.folder}"
            )
        spans = [
            (span[0], span[1] + timeframe.duration)
            for symbol in self._symbols
            for timeframe in Timeframe
            if (span := _span_of_open_times(self._store.path(symbol, timeframe))) is not None
        ]
        if not spans:
            raise MarketUnavailable(
                f"None of the files in {self._store.folder} is a readable parquet file of candles; "
                "set CANDOR_CANDLES_DIR to a folder with <SYMBOL>/<timeframe>.parquet."
            )
        return min(begin for begin, _ in spans), max(end for _, end in spans)


def _span_of_open_times(path: Path) -> tuple[datetime, datetime] | None:
    """The first and the last open time in a parquet file, from its footer alone; None where they cannot be told."""
    try:
        footer = pq.read_metadata(path)
        column = footer.schema.names.index("open_time")
        groups = [footer.row_group(n).column(column).statistics for n in range(footer.num_row_groups)]
        span = min(group.min for group in groups), max(group.max for group in groups)
    except (OSError, ValueError, AttributeError):  # missing or foreign file, no such column, no statistics
        return None
    return span if all(isinstance(moment, datetime) and moment.tzinfo is not None for moment in span) else None


def _decimals(prices: np.ndarray) -> int:
    """The fewest decimals that write every price exactly."""
    for decimals in range(FINEST_DECIMALS):
        if np.allclose(prices, np.round(prices, decimals), rtol=1e-12, atol=0):
            return decimals
    return FINEST_DECIMALS
