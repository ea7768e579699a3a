"""A folder of candles, a parquet file per series: what lies in it is read within bounds, and whatever is wrong is named."""

from __future__ import annotations

import io
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from core.disk import CannotRead, read_bounded, write_whole
from core.domain import Timeframe, normalise_symbol
from core.errors import BadCandles
from core.market.candle_columns import check_span, read_candles
from core.market.candles import CandleArrays, check_candles, closed_arrays, moment_text, open_times_ms
from core.text import command, iso, shorten

log = logging.getLogger(__name__)

MOST_FILE_BYTES = 1 << 26
"""A million candles, not packed at all, take three quarters of it."""


CLOCKS_DIFFER = timedelta(minutes=15)
"""By so much this machine's clock may be behind that by which a file's candles were taken for closed."""


class CandleStore:
    """A folder of candle frames: ``<folder>/<SYMBOL>/<timeframe>.parquet``."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def path(self, symbol: str, timeframe: Timeframe) -> Path:
        return self.folder / symbol / f"{timeframe}.parquet"

    def symbols(self) -> tuple[str, ...]:
        """Symbols with at least one file, in alphabetical order; a folder of another name, or unreadable, is passed over."""
        try:
            names = sorted(each.name for each in self.folder.iterdir())
        except OSError:
            return ()
        return tuple(name for name in names if self._is_coin(name))

    def has(self, symbol: str, timeframe: Timeframe) -> bool:
        """Whether there is anything by the name of the series' file, be it candles or not."""
        return os.path.lexists(self.path(symbol, timeframe))

    def read(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        """As ``arrays``, as a candle frame."""
        return self.arrays(symbol, timeframe).frame()

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """The stored candles; FileNotFoundError or BadCandles name the file."""
        path = self.path(symbol, timeframe)
        if not self.has(symbol, timeframe):
            raise FileNotFoundError(
                f"No candles at {path}; fill the folder with: {command('download_candles', '--out', str(self.folder))}"
            )
        try:
            return read_candles(read_bounded(path, MOST_FILE_BYTES), timeframe)
        except CannotRead as error:
            raise BadCandles(error.message, path) from None
        except FileNotFoundError:
            raise BadCandles("{path} is a link to a file that is not there.", path) from None
        except BadCandles as error:
            raise BadCandles(f"{{path}}: {error}", path) from None
        except Exception as error:  # whatever a damaged or hostile file makes a decoder raise
            raise BadCandles(
                f"{{path}} is not a readable parquet file of candles ({type(error).__name__}).", path
            ) from error

    def closed_arrays(self, symbol: str, timeframe: Timeframe, now: datetime) -> CandleArrays:
        """As ``arrays``, without a last candle that is still open at ``now``, this machine's time.

        BadCandles where one opens later: either the file is damaged, or this machine's clock is wrong. A single one would
        set the clock by which all coins are played, and the test periods of all models.
        """
        candles = self.arrays(symbol, timeframe)
        latest = now + CLOCKS_DIFFER
        closed = closed_arrays(candles, timeframe, latest)
        if len(closed) == len(candles):
            return candles
        path, last = self.path(symbol, timeframe), int(candles.open_time_ms[-1])
        if last > latest.timestamp() * 1000:
            raise BadCandles(
                f"{{path}}: The candle of {moment_text(last)} is one of the future, by this machine's clock it is "
                f"{iso(now)}. Delete the file and download it anew, or set the clock.",
                path,
            )
        log.warning("%s: The candle of %s is still open, and left out.", path, moment_text(last))
        return closed

    def write(self, symbol: str, timeframe: Timeframe, candles: pd.DataFrame) -> None:
        """Replace the stored candles in one step, so that a reader or a crash never meets half a file.

        BadCandles for what read() would refuse; CannotWrite where the disk does.
        """
        check_span(open_times_ms(candles))
        packed = io.BytesIO()
        check_candles(candles, timeframe).to_parquet(packed, index=False)
        write_whole(self.path(symbol, timeframe), packed.getvalue())

    def _is_coin(self, name: str) -> bool:
        if not any(self.has(name, timeframe) for timeframe in Timeframe):
            return False
        if not name.isalnum() or name != normalise_symbol(name):
            log.info("%s in %s is passed over; expected folders named like BTCUSDT.", shorten(name), self.folder)
            return False
        return True
