"""A folder of candle frames, a parquet file per series."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from core.domain import Timeframe
from core.errors import BadCandles
from core.market.candles import check_candles


class CandleStore:
    """A folder of candle frames: ``<folder>/<SYMBOL>/<timeframe>.parquet``."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def path(self, symbol: str, timeframe: Timeframe) -> Path:
        return self.folder / symbol / f"{timeframe}.parquet"

    def symbols(self) -> tuple[str, ...]:
        """Symbols with at least one file, in alphabetical order."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(p.name for p in self.folder.iterdir() if p.is_dir() and any(p.glob("*.parquet"))))

    def has(self, symbol: str, timeframe: Timeframe) -> bool:
        return self.path(symbol, timeframe).is_file()

    def read(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        """The stored candles; FileNotFoundError or BadCandles name the file."""
        path = self.path(symbol, timeframe)
        if not path.is_file():
            raise FileNotFoundError(
                f"No candles at {path}; fill the folder with: python scripts/download_candles.py --out {self.folder}"
            )
        try:
            return check_candles(pd.read_parquet(path), timeframe)
        except BadCandles as error:
            raise BadCandles(f"{{path}}: {error}", path) from None
        except (OSError, ValueError) as error:
            raise BadCandles(
                f"{{path}} is not a readable parquet file of candles ({type(error).__name__}).", path
            ) from error

    def write(self, symbol: str, timeframe: Timeframe, candles: pd.DataFrame) -> None:
        """Replace the stored candles in one step, so that a reader or a crash never meets half a file."""
        path = self.path(symbol, timeframe)
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            check_candles(candles, timeframe).to_parquet(aside, index=False)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
