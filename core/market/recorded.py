"""A folder of recorded candles, played against a clock so that real candles can be watched closing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import BadCandles, InvalidRequest, MarketUnavailable, NotEnoughCandles
from core.findings import OldPrices
from core.market.candle_files import CandleStore
from core.market.candles import CandleArrays, closed_arrays, moment_of
from core.market.clock import Clock, ScaledClock
from core.market.coins import COINS, SYMBOLS
from core.market.market import Access, BaseMarket, MarketIdentity, named_apart
from core.text import command, iso

log = logging.getLogger(__name__)

DEFAULT_RUN = timedelta(days=2)
"""Without a start, the clock begins this long before the recording ends."""

FINEST_DECIMALS = 8


class RecordedMarket(BaseMarket):
    """Plays ``folder``/<SYMBOL>/<timeframe>.parquet, all of it read at once and kept.

    The market's time is that of ``clock``, or begins at ``start`` and runs ``speed`` times as fast as real time.
    It stops where the recording ends: the last candles just stay. Raises MarketUnavailable for a folder without
    usable candles and InvalidRequest for a start outside them. A file that cannot be used is BadCandles for that one
    series; the clock and its span are those of the others.
    """

    access = Access()

    def __init__(
        self, folder: Path, clock: Clock | None = None, start: datetime | None = None, speed: float = 1.0
    ) -> None:
        self._store = CandleStore(folder)
        known = {symbol: place for place, symbol in enumerate(SYMBOLS)}
        self._recorded = _read_all(self._store)
        listed = {series.symbol for series in self._recorded}
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
        first, last = sorted(f"{day:%Y-%m-%d}" for day in (self.now(), self._end - timedelta(seconds=1)))
        which = named_apart(folder.name, str(folder.resolve()))
        self.identity = MarketIdentity("recorded", "recorded", OldPrices(first, last), which)

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
                prices = self._series(symbol, timeframe).values[:4, -1000:]
            except (BadCandles, NotEnoughCandles):
                continue
            return float(f"1e-{_decimals(prices)}")
        if symbol in COINS:
            return COINS[symbol].tick
        raise BadCandles(f"The recording has no readable candles of {symbol}.")

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        """The newest ``limit`` candles closed by now(); NotEnoughCandles where the recording has no such series."""
        recorded = self._series(resolve_symbol(symbol, self._symbols), timeframe)
        return closed_arrays(recorded, timeframe, self.now())[-limit:]

    def _series(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        recorded = self._recorded.get(Series(symbol, timeframe))
        if recorded is None:
            raise NotEnoughCandles(
                f"The recording in {{path}} has no {timeframe} candles of {symbol}.", self._store.folder
            )
        if isinstance(recorded, BadCandles):
            raise BadCandles(recorded.message, recorded.path)
        if not len(recorded):
            raise NotEnoughCandles("{path} has no candles.", self._store.path(symbol, timeframe))
        return recorded

    def _span_of_recording(self) -> tuple[datetime, datetime]:
        """When the oldest candle of the whole folder opened, and when the newest closed."""
        if not self._recorded:
            raise MarketUnavailable(
                f"No recorded candles in {self._store.folder}. Set CANDOR_CANDLES_DIR to a folder with "
                "<SYMBOL>/<timeframe>.parquet, or fill one with: "
                f"{command('download_candles', '--out', str(self._store.folder))}"
            )
        spans = [
            (int(recorded.open_time_ms[0]), int(recorded.open_time_ms[-1]) + series.timeframe.milliseconds)
            for series, recorded in self._recorded.items()
            if not isinstance(recorded, BadCandles) and len(recorded)
        ]
        if not spans:
            first = next((each for each in self._recorded.values() if isinstance(each, BadCandles)), "they are empty")
            raise MarketUnavailable(
                f"None of the {len(self._recorded)} files in {self._store.folder} holds candles that can be used "
                f"({str(first).rstrip('.')}); set CANDOR_CANDLES_DIR to a folder with <SYMBOL>/<timeframe>.parquet."
            )
        begin, end = min(begin for begin, _ in spans), max(end for _, end in spans)
        return moment_of(begin), moment_of(end)


def _read_all(store: CandleStore) -> dict[Series, CandleArrays | BadCandles]:
    """What each file of the folder holds, or why it cannot be used."""
    now = datetime.now(UTC)

    def read(series: Series) -> CandleArrays | BadCandles:
        try:
            return store.closed_arrays(*series, now)
        except BadCandles as error:
            log.warning("%s", error)
            return error

    every = (Series(symbol, timeframe) for symbol in store.symbols() for timeframe in Timeframe)
    return {series: read(series) for series in every if store.has(*series)}


def _decimals(prices: np.ndarray) -> int:
    """The fewest decimals that write every price exactly."""
    for decimals in range(FINEST_DECIMALS):
        if np.allclose(prices, np.round(prices, decimals), rtol=1e-12, atol=0):
            return decimals
    return FINEST_DECIMALS
