"""Let Candor follow a local exchange through every kind of fault, at a speed, and count what it lost, invented or left unsaid.

    python -m scripts.soak --minutes 60 --speed 100

The exchange is scripts.exchange_server; it tells the simulated market. All figures but the seconds must be 0; exit code 1
says that one is not.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if not __package__:
    import run_by_path  # noqa: F401

import numpy as np
from sqlalchemy import select

from core.application import Application, assemble
from core.domain import Series, Timeframe, resolve_symbol
from core.errors import CandorError
from core.journal.tables import entries, missing, signals
from core.market.candles import CandleArrays, last_closed_open_ms, unix_ms
from core.market.clock import Clock, ScaledClock
from core.market.coins import SYMBOLS
from core.market.exchange import ExchangeMarket
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.model.registry import ModelRegistry
from core.settings import PROJECT, Settings
from scripts.exchange_faults import BY, FAULTS, Fault
from scripts.exchange_server import BinanceServer, Rows
from scripts.exchange_stream import BinanceStream

ANSWER_SECONDS = 0.1
"""Real seconds that the exchange usually takes to answer."""
TELLING_SECONDS = 0.5
"""Real seconds between two tellings of the open candles."""
TIMEOUT_SECONDS = 1.0
"""Real seconds for which an answer is awaited: at a speed, ten would be hours."""
PEACE = timedelta(minutes=75)
"""The market's time without a fault at the end, in which an audit has compared every series."""
FAULT_SHARE = 0.7
"""Of its turn, a fault lasts so long; then the exchange is well again."""
YOUNG_CANDLES = 3
"""So many candles the youngest coin has at the start."""


class SkewedClock:
    """A clock that may be set wrong."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.off = timedelta(0)

    @property
    def speed(self) -> float:
        return self._clock.speed

    def now(self) -> datetime:
        return self._clock.now() + self.off


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


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a soak. Seconds are real ones, from a candle's close to its signal's entry in the ledger."""

    faults: int
    minutes: float
    closes_of_15m: int
    candles: int
    candles_lost: int
    candles_invented: int
    candles_differing: int
    signals: int
    signals_doubled: int
    missing_explained: int
    missing_unexplained: int
    close_to_ledger_p50_s: float
    close_to_ledger_p95_s: float
    close_to_ledger_p95_in_peace_s: float
    stream_disagreements: int
    stream_reconnects: int
    late_outages: int
    corrections: int
    audits: int

    @property
    def flawless(self) -> bool:
        return not (
            self.candles_lost
            or self.candles_invented
            or self.candles_differing
            or self.signals_doubled
            or self.missing_unexplained
        )


class Soak:
    """Candor over a local exchange whose last coin has just been listed."""

    def __init__(self, symbols: tuple[str, ...], speed: float, data_dir: Path) -> None:
        self.began = time.time()
        self.clock = ScaledClock(datetime.now(UTC), speed)
        self.start_ms = unix_ms(self.clock.now())
        self.machine = SkewedClock(self.clock)
        self.market = SimulatedMarket(1, self.clock)
        self.server = BinanceServer(self.market)
        self.server.answer_seconds = ANSWER_SECONDS
        self.young = symbols[-1]
        self.server.alter = self._only_what_is_listed
        self.server.sockets = self.sockets = BinanceStream()
        exchange = FastExchange(self.server.url, self.sockets.url, symbols, self.clock, self.machine)
        self.feed = CandleFeed(exchange, symbols=symbols)
        settings = Settings(market="exchange", data_dir=data_dir, models_dir=PROJECT / "models", replay_days=0)
        self.application: Application = assemble(settings, self.feed, ModelRegistry(settings.models_dir))
        self.times: list[tuple[float, float]] = []
        """What this machine's wall clock and the market's said together, Unix seconds; the one may step, the other does not."""
        self.spans: list[tuple[float, float]] = []
        """Wall times between which there was a fault, and for as long again as it may linger."""

    def _only_what_is_listed(self, symbol: str, interval: str, rows: Rows) -> Rows:
        first = self.first_ms(Series(symbol, Timeframe(interval)))
        return [row for row in rows if row[0] >= first]

    def first_ms(self, series: Series) -> int:
        """Open time of the first candle that there is of a series, Unix milliseconds."""
        step = series.timeframe.milliseconds
        return self.start_ms // step * step - YOUNG_CANDLES * step if series.symbol == self.young else 0

    def run(self, faults: Sequence[Fault], seconds: float) -> None:
        """Let all ``faults`` befall in ``seconds``, one after another, and then peace."""
        turn = seconds / (len(faults) + 1)
        self.wait(turn)
        for number, fault in enumerate(faults):
            logging.info("FAULT %s", fault.name)
            began = time.time()
            fault.begin(self.server, self.feed.symbols()[number % len(self.feed.symbols())])
            self.wait(turn * FAULT_SHARE)
            self.recover()
            self.wait(turn * (1 - FAULT_SHARE))
            self.spans.append((began, time.time()))
        self.wait(PEACE.total_seconds() / self.clock.speed)

    def wait(self, seconds: float) -> None:
        """Let time pass, and keep what the clocks say."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.times.append((time.time(), self.clock.now().timestamp()))
            time.sleep(min(left, 0.2))

    def recover(self) -> None:
        self.server.recover()
        self.server.answer_seconds = ANSWER_SECONDS
        self.machine.off = timedelta(0)

    def set_the_clock(self, by: timedelta) -> Fault:
        """This machine's clock is set wrong, and jumps back when the fault is over."""

        def begin(server: BinanceServer, symbol: str) -> None:
            self.machine.off = by

        return Fault("this machine's clock is off", begin)

    def compared(self) -> tuple[int, int, int, int]:
        """Candles held, and of them or beside them how many are lost, invented, and told otherwise than they are."""
        sums = np.zeros(4, dtype=int)
        for timeframe in self.feed.timeframes:
            for symbol in self.feed.symbols():
                sums += self._compared(Series(symbol, timeframe))
        held, lost, invented, differing = sums.tolist()
        return held, lost, invented, differing

    def _compared(self, series: Series) -> tuple[int, int, int, int]:
        truth = self.market.arrays(*series, self.feed.history)
        truth = truth[truth.open_time_ms >= self.first_ms(series)]
        try:
            held = self.feed.arrays(*series)
        except CandorError:
            held = CandleArrays.none()
        newest = last_closed_open_ms(series.timeframe, self.clock.now())
        due = truth.open_time_ms[truth.open_time_ms < newest]  # the newest may be on its way
        lost = np.setdiff1d(due, held.open_time_ms)
        invented = np.setdiff1d(held.open_time_ms[held.open_time_ms >= truth.open_time_ms[0]], truth.open_time_ms)
        _, ours, theirs = np.intersect1d(held.open_time_ms, truth.open_time_ms, return_indices=True)
        differing = ~np.isclose(held.values[:, ours], truth.values[:, theirs], rtol=1e-7).all(axis=0)
        return len(held), len(lost), len(invented), int(differing.sum())

    def figures(self, faults: int) -> Figures:
        held, lost, invented, differing = self.compared()
        issued, delays, silent = self._ledger()
        once = set(issued)
        silences = {candle for candle in silent if candle[2] >= 0}
        unexplained = sum(
            len(self._expected(series) - {c[2] for c in once | silences if c[:2] == series})
            for series in self._series()
        )
        waits = np.array([seconds for _, seconds in delays] or [0.0])
        peaceful = np.array([seconds for at, seconds in delays if not self._troubled(at)] or [0.0])
        tally = self.feed.tally
        return Figures(
            faults=faults,
            minutes=round((time.time() - self.began) / 60, 1),
            closes_of_15m=(unix_ms(self.clock.now()) - self.start_ms) // Timeframe.M15.milliseconds,
            candles=held,
            candles_lost=lost,
            candles_invented=invented,
            candles_differing=differing,
            signals=len(issued),
            signals_doubled=len(issued) - len(once) + len(once & silences),
            missing_explained=len(silences),
            missing_unexplained=unexplained,
            close_to_ledger_p50_s=round(float(np.percentile(waits, 50)), 2),
            close_to_ledger_p95_s=round(float(np.percentile(waits, 95)), 2),
            close_to_ledger_p95_in_peace_s=round(float(np.percentile(peaceful, 95)), 2),
            stream_disagreements=self.application.hints.disagreements,
            stream_reconnects=self.application.hints.reconnects,
            late_outages=sum(tally.late.values()),
            corrections=sum(tally.corrected.values()),
            audits=sum(tally.audited.values()),
        )

    def _series(self) -> list[Series]:
        return [Series(symbol, timeframe) for timeframe in self.feed.timeframes for symbol in self.feed.symbols()]

    def _expected(self, series: Series) -> set[int]:
        """Open times of candles that closed after the start and whose signal could hold no longer by now."""
        step = series.timeframe.milliseconds
        first = self.start_ms // step * step  # the one that was open at the start
        last = last_closed_open_ms(series.timeframe, self.clock.now() - timedelta(seconds=25 * self.clock.speed)) - step
        return set(range(first, last + 1, step))

    def _troubled(self, at: float) -> bool:
        return any(began <= at <= ended for began, ended in self.spans)

    def _ledger(
        self,
    ) -> tuple[list[tuple[str, Timeframe, int]], list[tuple[float, float]], set[tuple[str, Timeframe, int]]]:
        """Signals, the wall time and delay (real seconds) of those whose candle closed here, and candles named as missing."""
        opened = self.application.recorder.opened()
        assert opened is not None and opened.ledger is not None
        with opened.ledger.database.reading() as connection:
            told = connection.execute(
                select(signals.c.symbol, signals.c.timeframe, signals.c.candle_open_ms, entries.c.recorded_at_ms).join(
                    entries, entries.c.seq == signals.c.seq
                )
            ).all()
            silent = connection.execute(
                select(missing.c.symbol, missing.c.timeframe, missing.c.candle_open_ms, missing.c.candles)
            ).all()
        issued = [(row[0], Timeframe(row[1]), int(row[2])) for row in told]
        closes = [
            (open_ms + timeframe.milliseconds, row[3] / 1000)
            for (_, timeframe, open_ms), row in zip(issued, told, strict=True)
        ]
        delays = [(at, self._seconds_since(close, at)) for close, at in closes if close > self.start_ms]
        return (
            issued,
            delays,
            {
                (symbol, Timeframe(name), first + place * Timeframe(name).milliseconds)
                for symbol, name, first, count in silent
                for place in range(count)
            },
        )

    def _seconds_since(self, close_ms: int, wall: float) -> float:
        """Real seconds from ``close_ms`` at the market until this machine's clock said ``wall``, Unix seconds."""
        walls, markets = np.array(self.times).T
        return float(np.interp(wall, walls, markets) - close_ms / 1000) / self.clock.speed


def soak(symbols: tuple[str, ...], speed: float, seconds: float, data_dir: Path) -> Figures:
    """Figures of a soak that lasts ``seconds`` and the peace after."""
    under = Soak(symbols, speed, data_dir)
    faults = (*FAULTS, under.set_the_clock(BY), under.set_the_clock(-BY), under.set_the_clock(timedelta(hours=1)))
    telling = threading.Thread(target=under.sockets.follow, args=(under.market, TELLING_SECONDS), daemon=True)
    with under.server, under.sockets:
        telling.start()
        under.application.start()
        try:
            under.run(faults, seconds)
            return under.figures(len(faults) + 1)  # the coin with few candles is one as well
        finally:
            under.application.stop()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long, beside the peace at the end")
    parser.add_argument("--speed", type=float, default=100.0, help="the market's seconds per real second")
    parser.add_argument("--coins", type=int, default=6, help="how many coins are followed on all four timeframes")
    parser.add_argument("--log", type=Path, help="file for the log")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    given = arguments().parse_args(argv)
    logging.basicConfig(filename=given.log, level=logging.INFO if given.log else logging.CRITICAL)
    symbols = tuple(resolve_symbol(symbol, SYMBOLS) for symbol in SYMBOLS[: given.coins])
    with tempfile.TemporaryDirectory() as data_dir:
        figures = soak(symbols, given.speed, given.minutes * 60, Path(data_dir))
    print(json.dumps(asdict(figures), indent=2))
    return 0 if figures.flawless else 1


if __name__ == "__main__":
    sys.exit(main())
