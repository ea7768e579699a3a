"""What every market offers, whether its candles are live, recorded or simulated."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import pandas as pd

from core.domain import Timeframe
from core.findings import MarketNotice
from core.market.candles import CandleArrays, closed_arrays, unix_ms
from core.market.stream import CandleStream, Hear, Row

MarketKind = Literal["exchange", "recorded", "simulated"]

GRACE_SECONDS = 20.0
"""Real seconds after a candle's close before its absence is called late, where an exchange is not known to need more."""


@dataclass(frozen=True, slots=True)
class MarketIdentity:
    """Which market this is, for every page and API answer to say."""

    kind: MarketKind
    name: str
    """``binanceusdm``, ``recorded`` or ``simulated``."""
    notice: MarketNotice | None
    """What the banner that cannot be missed is about; None only for an exchange."""
    which: str = ""
    """Tells it from others of its kind and name whose candles may differ: the seed, the recording, the address asked."""


def named_apart(name: str, secret: str) -> str:
    """``name`` with some letters of a digest, which tell two of the same name apart without saying ``secret``."""
    return f"{name}-{hashlib.sha256(secret.encode(errors='surrogateescape')).hexdigest()[:8]}"


@dataclass(frozen=True, slots=True)
class Access:
    """How a market wants to be asked.

    ``settling_seconds`` are the real seconds it is given to finish a candle after its close. Where it is asked
    ``early_seconds`` after the close already, what it tells of it before it has settled is looked at again. ``parallel`` is how many
    questions it is asked at once; 0 where it answers from memory, so that nothing is gained by a thread of its own.
    ``reread`` is how many candles it already told it is asked for again, since it may have corrected them; where it is 0,
    they never are. ``late_seconds`` after its close, in real seconds, a candle that is not here is late.
    """

    settling_seconds: float = 0.0
    parallel: int = 0
    reread: int = 0
    late_seconds: float = GRACE_SECONDS
    early_seconds: float | None = None

    @property
    def first_seconds(self) -> float:
        """How soon after a close it is asked, in real seconds."""
        return self.settling_seconds if self.early_seconds is None else self.early_seconds

    @property
    def from_memory(self) -> bool:
        return self.parallel == 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a market over the network was asked so far; ``weight`` is what it said to have counted, where it says."""

    requests: int
    errors: int
    weight: int | None


class Market(Protocol):
    """Where candles come from. Methods may block on the network and may be called from any thread."""

    @property
    def identity(self) -> MarketIdentity: ...

    @property
    def access(self) -> Access: ...

    @property
    def speed(self) -> float:
        """Market seconds per real second."""

    def now(self) -> datetime:
        """The market's own time, aware UTC."""

    def symbols(self) -> tuple[str, ...]:
        """The symbols it lists and Candor follows, in display order."""

    def listed(self) -> tuple[str, ...]:
        """As ``symbols``, and those that nobody wants to follow."""

    def tick_size(self, symbol: str) -> float:
        """The smallest price step of ``symbol`` in quote currency."""

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        """The newest ``limit`` candles (fewer where history is shorter) closed by ``now()``, oldest first.

        Raises MarketUnavailable where it cannot answer, and NotEnoughCandles where it will never have such candles.
        """

    def arrays_until(self, symbol: str, timeframe: Timeframe, until: datetime, limit: int) -> CandleArrays:
        """As ``arrays``, of the candles that had closed by ``until``, or by ``now()`` where that is sooner."""

    def candles(self, symbol: str, timeframe: Timeframe, limit: int) -> pd.DataFrame:
        """As ``arrays``, as a candle frame."""

    def made_of(self, timeframe: Timeframe) -> str | None:
        """The shorter timeframe of its own, such as ``2h``, of which it makes candles it does not have; else None."""

    def compare_clocks(self) -> None:
        """Make sure of the market's time where that is due; it may ask the market, and raises as it does."""

    def traffic(self) -> Traffic | None:
        """What it was asked so far; None where it answers from memory."""

    def open_candle(self, symbol: str, timeframe: Timeframe) -> Row | None:
        """The candle that is open now, where it is known without a stream; None elsewhere. Never waits."""

    def open_stream(self, symbols: tuple[str, ...], timeframe: Timeframe, hear: Hear) -> CandleStream | None:
        """What will tell of the open candles of ``symbols`` once it is started; None where it has no stream. Never waits."""


class BaseMarket(ABC):
    """What every market of ours answers alike."""

    @abstractmethod
    def now(self) -> datetime:
        """As of Market."""

    @abstractmethod
    def symbols(self) -> tuple[str, ...]:
        """As of Market."""

    @abstractmethod
    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        """As of Market."""

    def arrays_until(self, symbol: str, timeframe: Timeframe, until: datetime, limit: int) -> CandleArrays:
        """As of Market: all that came since is asked for, too."""
        since = max((unix_ms(self.now()) - unix_ms(until)) // timeframe.milliseconds + 1, 0)
        return closed_arrays(self.arrays(symbol, timeframe, limit + since), timeframe, until)[-limit:]

    def candles(self, symbol: str, timeframe: Timeframe, limit: int) -> pd.DataFrame:
        """As ``arrays``, as a candle frame."""
        return self.arrays(symbol, timeframe, limit).frame()

    def listed(self) -> tuple[str, ...]:
        """All it lists is followed."""
        return self.symbols()

    def made_of(self, timeframe: Timeframe) -> str | None:
        """It has all candles itself."""
        del timeframe
        return None

    def compare_clocks(self) -> None:
        """Its clock is this machine's, so there is nothing to compare."""
        return

    def traffic(self) -> Traffic | None:
        """Nothing is sent anywhere."""
        return None

    def open_candle(self, symbol: str, timeframe: Timeframe) -> Row | None:
        """It tells closed candles only."""
        del symbol, timeframe
        return None

    def open_stream(self, symbols: tuple[str, ...], timeframe: Timeframe, hear: Hear) -> CandleStream | None:
        """It tells closed candles only."""
        del symbols, timeframe, hear
        return None
