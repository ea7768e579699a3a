"""The world of a soak: a simulated market at a speed, the local exchange that tells it, and clocks that may be set wrong.

The exchange and its faults live in one process, the dashboard in another; both have the same clock, since the machine's
monotonic one is shared. What the other process needs to know travels as JSON (``Meeting``).
"""

from __future__ import annotations

import json
import mmap
import struct
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from core.domain import Series, Timeframe
from core.market.candles import CandleArrays, unix_ms
from core.market.clock import Clock, ScaledClock
from core.market.exchange import ExchangeMarket
from core.market.simulated import SimulatedMarket
from scripts.exchange_server import BinanceServer, Rows
from scripts.exchange_stream import BinanceStream

ANSWER_SECONDS = 0.1
"""Real seconds that the exchange usually takes to answer."""
TIMEOUT_SECONDS = 1.0
"""Real seconds for which an answer is awaited: at a speed, ten would be hours."""
YOUNG_CANDLES = 3
"""So many candles the youngest coin has at the start."""

_SECONDS = struct.Struct("d")


class ClockError:
    """How far a machine's clock is off, in a file that several processes have in memory."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_SECONDS.pack(0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SECONDS.size)

    def read(self) -> timedelta:
        return timedelta(seconds=_SECONDS.unpack(self._shared[:])[0])

    def set(self, off: timedelta) -> None:
        self._shared[:] = _SECONDS.pack(off.total_seconds())


class SkewedClock:
    """A clock that may be set wrong."""

    def __init__(self, clock: Clock, off: ClockError) -> None:
        self._clock = clock
        self.off = off

    @property
    def speed(self) -> float:
        return self._clock.speed

    def now(self) -> datetime:
        return self._clock.now() + self.off.read()


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a dashboard finds the exchange, and what time it is there: ``start`` (ISO 8601) at ``began`` (monotonic seconds)."""

    url: str
    sockets: str
    symbols: tuple[str, ...]
    start: str
    began: float
    speed: float
    clock_error: str

    @classmethod
    def parse(cls, text: str) -> Meeting:
        fields = json.loads(text)
        return cls(**fields | {"symbols": tuple(fields["symbols"])})

    def text(self) -> str:
        return json.dumps(asdict(self))

    def clock(self) -> ScaledClock:
        passed = timedelta(seconds=(time.monotonic() - self.began) * self.speed)
        return ScaledClock(datetime.fromisoformat(self.start) + passed, self.speed)

    def exchange(self) -> FastExchange:
        clock = self.clock()
        machine = SkewedClock(clock, ClockError(Path(self.clock_error)))
        return FastExchange(self.url, self.sockets, self.symbols, clock, machine)


class FastExchange(ExchangeMarket):
    """An exchange at which time passes ``speed`` times as fast."""

    def __init__(self, url: str, sockets: str, symbols: tuple[str, ...], true: Clock, machine: Clock) -> None:
        super().__init__("binanceusdm", url, symbols, machine, lambda: true.now().timestamp(), streamed=True)
        self.speed = true.speed
        self._sockets = sockets
        self._client.timeout = int(TIMEOUT_SECONDS * 1000)

    def _stream_client(self) -> Any | None:
        client = super()._stream_client()
        if client is not None:
            client.urls["api"]["ws"]["linear"] = f"{self._sockets}/ws"
        return client


class World:
    """A local exchange whose last coin has just been listed."""

    def __init__(self, symbols: tuple[str, ...], speed: float, folder: Path, start: datetime | None = None) -> None:
        self.symbols = symbols
        self._start, self._began = start or datetime.now(UTC), time.monotonic()
        self.clock: Clock = ScaledClock(self._start, speed)
        self.start_ms = unix_ms(self._start)
        self.watched_ms = self.start_ms
        """From when on candles are due to be spoken of, Unix milliseconds: since the dashboard is up."""
        self._clock_error_file = folder / "clock-error"
        self.clock_error = ClockError(self._clock_error_file)
        self.market = SimulatedMarket(1, self.clock)
        self.server = BinanceServer(self.market)
        self.server.alter = self._only_what_is_listed
        self.server.sockets = self.sockets = BinanceStream()
        self.recover()

    def meeting(self) -> Meeting:
        return Meeting(
            self.server.url,
            self.sockets.url,
            self.symbols,
            self._start.isoformat(),
            self._began,
            self.clock.speed,
            str(self._clock_error_file),
        )

    def recover(self) -> None:
        """All is well again."""
        self.server.recover()
        self.server.answer_seconds = ANSWER_SECONDS
        self.clock_error.set(timedelta(0))

    def first_ms(self, series: Series) -> int:
        """Open time of the first candle that there is of a series, Unix milliseconds."""
        step = series.timeframe.milliseconds
        young = series.symbol == self.symbols[-1]
        return self.start_ms // step * step - YOUNG_CANDLES * step if young else 0

    def truth(self, series: Series, limit: int) -> CandleArrays:
        """The newest ``limit`` candles that there are, without those before a listing."""
        candles = self.market.arrays(*series, limit)
        return candles[candles.open_time_ms >= self.first_ms(series)]

    def _only_what_is_listed(self, symbol: str, interval: str, rows: Rows) -> Rows:
        first = self.first_ms(Series(symbol, Timeframe(interval)))
        return [row for row in rows if row[0] >= first]
