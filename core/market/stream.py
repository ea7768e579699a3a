"""What an exchange streams of the candle that is open now, through ccxt.pro: hints, of which nothing is ever stored.

ccxt drops the flag that says that a candle is closed, exchanges send open candles again and again, and nothing is raised where a socket
dies. So no candle closes here; whoever hears it takes it for a hint. A socket that told of no candle for ``silent_seconds`` is left for
a new one, whatever it acknowledges, and every socket is after a day.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from core.domain import Series

log = logging.getLogger(__name__)

StreamName = tuple[str, str]
"""ccxt's symbol and timeframe."""

Row = tuple[Any, ...]
Rows = Sequence[Row]
"""ccxt's candles: open time in Unix milliseconds, open, high, low, close, volume; neither checked nor closed."""

LEAVING_SECONDS = 5.0
"""Real seconds that a socket is given to be closed."""

Hear = Callable[[Series, Rows], None]


@dataclass(frozen=True, slots=True)
class Patience:
    """Real seconds: how often what came is looked at, and after how many a silent socket, or any, is left for a new one.

    After a failure ``pause_seconds`` pass before the next attempt, give or take half, and twice as many after each further
    one, up to ``longest_pause_seconds``.
    """

    look_seconds: float = 1.0
    silent_seconds: float = 60.0
    renewed_seconds: float = 23 * 3600.0
    pause_seconds: float = 1.0
    longest_pause_seconds: float = 60.0

    def pause(self, failures: int) -> float:
        return min(self.longest_pause_seconds, self.pause_seconds * 2.0 ** min(failures, 16)) * random.uniform(0.5, 1.5)


PATIENCE = Patience()


class CandleStream:
    """Sockets that tell ``hear`` what the candles of some series are now, on a thread of their own until stop().

    ``passed`` counts seconds. ``make`` makes ccxt.pro's client, one for each socket, which takes at most ``per_socket`` series; None where the
    exchange streams none, which is found out on that thread.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        series: Mapping[StreamName, Series],
        hear: Hear,
        per_socket: int,
        patience: Patience = PATIENCE,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._passed = passed
        self._make, self._series, self._hear = make, series, hear
        self._per_socket, self._patience = per_socket, patience
        self._stopped = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="candle-stream", daemon=True)
        self.reconnects = 0
        """How often a socket was left for a new one."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Leave all sockets; whoever calls does not wait for that."""
        self._stopped.set()
        loop, over = self._loop, self._over
        if loop is not None and over is not None:
            with suppress(RuntimeError):  # the thread has ended meanwhile
                loop.call_soon_threadsafe(over.set)

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            asyncio.run(self._follow_all())
        except Exception:  # hints are lacking then, and nothing else
            log.exception("The stream of candles has ended.")

    async def _follow_all(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        pairs = list(self._series)
        begins = range(0, len(pairs), self._per_socket)
        groups = [asyncio.create_task(self._follow(pairs[begin : begin + self._per_socket])) for begin in begins]
        if not self._stopped.is_set():
            await self._over.wait()
        for group in groups:
            group.cancel()
        await asyncio.gather(*groups, return_exceptions=True)

    async def _follow(self, group: Sequence[StreamName]) -> None:
        """Keep one socket for as long as nobody stops it."""
        failures = 0
        while True:
            client = self._make()
            if client is None:
                return
            try:
                async for _ in self._heard(client, group):
                    failures = 0
            except Exception as error:
                failures += 1
                log.log(
                    logging.WARNING if failures == 1 else logging.INFO,
                    "The stream of %d series broke off (%s); another one is opened.",
                    len(group),
                    type(error).__name__,
                )
            finally:
                with suppress(Exception):
                    async with asyncio.timeout(LEAVING_SECONDS):
                        await client.close()
            self.reconnects += 1
            await asyncio.sleep(self._patience.pause(failures))

    async def _heard(self, client: Any, group: Sequence[StreamName]) -> AsyncIterator[None]:
        """Once for each time that something came, until the socket has become old; raises as ccxt does, or TimeoutError.

        That a watch returns says little: of what comes between two of them ccxt tells nobody, though it keeps it.
        """
        began = last = self._passed()
        newest: dict[StreamName, Row] = {}
        watch = asyncio.ensure_future(_watched(client, group))
        try:
            while self._passed() - began < self._patience.renewed_seconds:
                await asyncio.sleep(self._patience.look_seconds)
                if watch.done():
                    watch.result()
                    watch = asyncio.ensure_future(_watched(client, group))
                if self._tell_news(client.ohlcvs, group, newest):
                    last = self._passed()
                    yield
                elif self._passed() - last > self._patience.silent_seconds:
                    raise TimeoutError("nothing came")
        finally:
            watch.cancel()

    def _tell_news(
        self, streamed: Mapping[str, Mapping[str, Any]], group: Sequence[StreamName], newest: dict[StreamName, Row]
    ) -> bool:
        """Tell what has changed since the ``newest`` rows, which are brought up to date; whether there was anything."""
        news = False
        for pair in group:
            rows = [tuple(row) for row in streamed.get(pair[0], {}).get(pair[1], ())]
            if rows and newest.get(pair) != rows[-1]:
                newest[pair], news = rows[-1], True
                self._tell(self._series[pair], rows)
        return news

    def _tell(self, series: Series, rows: Rows) -> None:
        try:
            self._hear(series, rows)
        except Exception:
            log.exception("What was streamed of %s could not be heard.", series)


async def _watched(client: Any, group: Sequence[StreamName]) -> None:
    """Subscribe to the series where that is not done yet, and return once anything came of one; raises as ccxt does."""
    if client.has.get("watchOHLCVForSymbols"):
        await client.watch_ohlcv_for_symbols([list(pair) for pair in group])
        return
    watches = [asyncio.ensure_future(client.watch_ohlcv(*pair)) for pair in group]
    try:
        done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()
    finally:
        for each in watches:
            each.cancel()
