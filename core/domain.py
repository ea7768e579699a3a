"""The words of Candor: directions, timeframes, symbols, series, levels.

Everything else may import this module; it imports nothing of the project but errors and text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from core.errors import UnknownSymbol, UnknownTimeframe
from core.text import closest, did_you_mean, shorten

QUOTE = "USDT"
"""Every symbol is a coin against this quote currency: BTCUSDT is BTC in USDT."""


# ---------------------------------------------------------------- directions


class Direction(StrEnum):
    """What a model calls on a closed candle; the order is that of the label numbers 0, 1, 2."""

    SHORT = "SHORT"
    NO_TRADE = "NO_TRADE"
    LONG = "LONG"


ModelKind = Literal["cnn_lstm", "ensemble"]
"""Who speaks: the CNN-LSTM alone, or together with gradient-boosted trees."""

LABEL_TO_DIRECTION: dict[int, str] = {n: d.value for n, d in enumerate(Direction)}
DIRECTION_TO_LABEL: dict[str, int] = {d: n for n, d in LABEL_TO_DIRECTION.items()}


# ---------------------------------------------------------------- timeframes


class Timeframe(StrEnum):
    """How long a candle lasts. The values are also the folder and file names on disk."""

    M15 = "15m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def minutes(self) -> int:
        return _MINUTES[self]

    @property
    def duration(self) -> timedelta:
        return _DURATIONS[self]

    @property
    def milliseconds(self) -> int:
        return self.minutes * 60_000

    @classmethod
    def parse(cls, text: str) -> Timeframe:
        """The timeframe named by ``text``; UnknownTimeframe, with the choices, otherwise."""
        try:
            return cls(text.strip().lower())
        except (ValueError, AttributeError):
            choices = ", ".join(cls)
            raise UnknownTimeframe(
                f"Unknown timeframe {shorten(text)!r}.{did_you_mean(str(text).lower(), list(cls))} Choose one of: {choices}."
            ) from None


_MINUTES = {Timeframe.M15: 15, Timeframe.H1: 60, Timeframe.H4: 240, Timeframe.D1: 1440}
_DURATIONS = {timeframe: timedelta(minutes=minutes) for timeframe, minutes in _MINUTES.items()}


# ---------------------------------------------------------------- symbols and series


class Series(NamedTuple):
    """The candles of one symbol on one timeframe, and the model that reads them: ``BTCUSDT 15m``."""

    symbol: str
    timeframe: Timeframe

    def __str__(self) -> str:
        return f"{self.symbol} {self.timeframe}"


def normalise_symbol(text: str) -> str:
    """``BTCUSDT`` of ``btc``, ``BTC/USDT``, ``BTC-USDT-SWAP`` and other ways to write it; nothing is looked up."""
    symbol = text.strip().upper()
    whole = symbol if symbol.endswith(QUOTE) else symbol + QUOTE
    written = _WRITTEN.fullmatch(symbol) or _WRITTEN.fullmatch(whole)
    if written is None:
        return whole
    coin = written["coin"]
    return _OTHER_TICKERS.get(coin, coin) + QUOTE


_WRITTEN = re.compile(
    r"(?:[A-Z0-9]+:)?(?P<coin>[^\W_]+?)[-/_:]?" + QUOTE + r"(?::" + QUOTE + r"|[-_.]?(?:SWAP|PERP|PERPETUAL)|\.P|M)?"
)
"""As exchanges, ccxt and TradingView write a coin against USDT, spot or perpetual: BTC/USDT:USDT, BINANCE:BTCUSDT.P."""

_OTHER_TICKERS = {"XBT": "BTC", "XDG": "DOGE"}
"""Names that some exchanges have for a coin all others call differently."""

RENAMED = {
    "AGIX": "FET",
    "BCC": "BCH",
    "BCHA": "XEC",
    "BCHABC": "BCH",
    "BCHSV": "BSV",
    "BTT": "BTTC",
    "COCOS": "COMBO",
    "DAR": "D",
    "EOS": "A",
    "ERD": "EGLD",
    "FTM": "S",
    "GAL": "G",
    "IOT": "IOTA",
    "KEEP": "T",
    "KLAY": "KAIA",
    "LEND": "AAVE",
    "MATIC": "POL",
    "MIOTA": "IOTA",
    "MKR": "SKY",
    "NANO": "XNO",
    "NPXS": "PUNDIX",
    "NU": "T",
    "OCEAN": "FET",
    "OMNI": "NOM",
    "POLY": "POLYX",
    "RNDR": "RENDER",
    "STRAT": "STRAX",
    "TOMO": "VIC",
    "VEN": "VET",
    "XZC": "FIRO",
}
"""Tickers that exchanges have given up, and what those coins are called now."""


def renamed(symbol: str) -> str | None:
    """``POLUSDT`` of ``MATICUSDT``: the symbol a coin has now; None for one that was never renamed."""
    now = RENAMED.get(ticker(symbol))
    return None if now is None else now + QUOTE


def ticker(symbol: str) -> str:
    """``BTC`` of ``BTCUSDT``: the coin without its quote currency."""
    return symbol.removesuffix(QUOTE)


def resolve_symbol(text: str, known: Collection[str]) -> str:
    """The symbol of ``known`` that ``text`` names; UnknownSymbol with a suggestion otherwise."""
    if isinstance(text, str):
        written = text.strip().upper()
        for candidate in (written, normalise_symbol(written)):
            if candidate in known:
                return candidate
    raise UnknownSymbol(f"Unknown symbol {shorten(text)!r}.{_hint(str(text)[:40], known)}")


def _hint(text: str, known: Collection[str]) -> str:
    symbol = normalise_symbol(text)
    now = renamed(symbol)
    if now is not None:
        found = f". Did you mean {now!r}?" if now in known else "; this market has neither."
        return f" {ticker(symbol)} is called {ticker(now)} now{found}"
    before = next((old + QUOTE for old, new in RENAMED.items() if new + QUOTE == symbol and old + QUOTE in known), None)
    if before is not None:
        return f" {ticker(symbol)} is called {ticker(before)} in this market. Did you mean {before!r}?"
    if ticker(symbol) in RENAMED.values():  # a coin that is known, and no misspelling of another
        return _none_of_that_name(known)
    symbols = {ticker(each): each for each in known}  # all end alike, which would make strangers look close
    close = closest(ticker(text.strip().upper()), symbols)
    if close is not None:
        return f" Did you mean {symbols[close]!r}?"
    return _none_of_that_name(known)


def _none_of_that_name(known: Collection[str]) -> str:
    return f" This market has {len(known)} coins, none of that name."


# ---------------------------------------------------------------- levels


@dataclass(frozen=True, slots=True)
class TradeLevels:
    """Prices of a trade, in quote currency, rounded to the coin's tick.

    A LONG has stop_loss < entry < tp1 < tp2 < tp3; a SHORT mirrors it.
    """

    side: Direction
    entry: float
    stop_loss: float
    tp1: float
    tp2: float
    tp3: float

    @property
    def targets(self) -> tuple[float, float, float]:
        """The three take profits, the nearest first."""
        return self.tp1, self.tp2, self.tp3

    @property
    def barriers(self) -> tuple[float, float]:
        """The prices whose touch decides the trade, the upper one first: tp1 and the stop of either side."""
        return (self.tp1, self.stop_loss) if self.side is Direction.LONG else (self.stop_loss, self.tp1)
