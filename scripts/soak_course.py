"""The course of a soak: one fault after another, peace at the end, and what the clocks said meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np

from scripts.exchange_faults import BY, FAULTS, Fault
from scripts.exchange_server import BinanceServer
from scripts.soak_world import World

PEACE = timedelta(minutes=75)
"""The market's time without a fault at the end, in which an audit has compared every series."""
FAULT_SHARE = 0.7
"""Of its turn, a fault lasts so long; then the exchange is well again."""
LOOK_SECONDS = 0.2
"""Real seconds between two looks at the clocks."""

log = logging.getLogger(__name__)


def faults_of(world: World) -> tuple[Fault, ...]:
    """Those of the exchange, and those of the dashboard's machine, whose clock is set wrong and jumps back when that is over."""

    def set_the_clock(by: timedelta) -> Fault:
        def begin(server: BinanceServer, symbol: str) -> None:
            world.clock_error.set(by)

        return Fault(f"the machine's clock is off by {by.total_seconds():g} s", begin)

    return (*FAULTS, *map(set_the_clock, (BY, -BY, timedelta(hours=1))))


class Course:
    """Lets time pass in a world; ``every_minute`` is called once in a real minute."""

    def __init__(self, world: World, every_minute: Callable[[], object] = lambda: None) -> None:
        self._world, self._every_minute = world, every_minute
        self._times: list[tuple[float, float]] = []
        """What this machine's wall clock and the market's said together, Unix seconds; the one may step, the other does not."""
        self._spans: list[tuple[float, float]] = []
        """Wall times between which there was a fault, and for as long again as it may linger."""
        self._minute = time.monotonic()
        self._began = time.time()

    def run(self, faults: Sequence[Fault], seconds: float) -> None:
        """Let all ``faults`` befall in ``seconds``, one after another, and then peace."""
        self._spans.append(
            (self._began, time.time())
        )  # a start is no peace: models are read, and all readers come at once
        turn = seconds / (len(faults) + 1)
        self.wait(turn)
        symbols = self._world.symbols
        for number, fault in enumerate(faults):
            log.info("Fault %d of %d: %s", number + 1, len(faults), fault.name)
            began = time.time()
            fault.begin(self._world.server, symbols[number % len(symbols)])
            self.wait(turn * FAULT_SHARE)
            self._world.recover()
            self.wait(turn * (1 - FAULT_SHARE))
            self._spans.append((began, time.time()))
        log.info("Peace")
        self.wait(PEACE.total_seconds() / self._world.clock.speed)

    def wait(self, seconds: float) -> None:
        """Let time pass, and keep what the clocks say."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._times.append((time.time(), self._world.clock.now().timestamp()))
            if time.monotonic() >= self._minute:
                self._minute += 60
                self._every_minute()
            time.sleep(min(left, LOOK_SECONDS))

    def troubled(self, walls: np.ndarray) -> np.ndarray:
        """Of each of these wall times, whether there was a fault."""
        began, ended = np.array(self._spans or [(0.0, 0.0)]).T
        turn = np.searchsorted(began, walls, side="right") - 1
        return (turn >= 0) & (walls <= ended[np.maximum(turn, 0)])

    def seconds_since(self, closes_ms: np.ndarray, walls: np.ndarray) -> np.ndarray:
        """Real seconds from a close at the market until this machine's clock said ``walls``, Unix seconds."""
        ours, markets = np.array(self._times).T
        seconds: np.ndarray = (np.interp(walls, ours, markets) - closes_ms / 1000) / self._world.clock.speed
        return seconds
