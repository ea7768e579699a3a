"""The soak finds what is lost, invented, doubled or missed, and nothing where all is well."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from core.domain import Series, Timeframe
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from scripts.push_clients import Client
from scripts.soak_clients import arrivals
from scripts.soak_course import Course
from scripts.soak_figures import CandleFigures, compared
from scripts.soak_run import kinds_of
from scripts.soak_world import YOUNG_CANDLES, Meeting, World
from tests.drawn_once import DrawnOnce

COINS = ("BTCUSDT", "ETHUSDT")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two coins of an exchange whose clock stands still."""
    world = World(COINS, 1.0, tmp_path_factory.mktemp("world"))
    world.clock = ManualClock(world.clock.now())
    world.market = world.server.market = DrawnOnce(1, world.clock)
    world.server.answer_seconds = 0.0
    with world.server, world.sockets:
        yield world


@pytest.fixture(scope="module")
def feed(world: World) -> CandleFeed:
    """After the first pass."""
    exchange = world.meeting().exchange()
    exchange._client.throttle = lambda cost=None: None
    feed = CandleFeed(exchange, symbols=COINS)
    feed.refresh_once()
    return feed


def figures(world: World, feed: CandleFeed) -> CandleFigures:
    return compared(world, lambda series: feed.arrays(*series), feed.history)


@pytest.mark.slow
def test_what_the_exchange_told_is_neither_lost_nor_invented(world: World, feed: CandleFeed) -> None:
    assert figures(world, feed) == CandleFigures(4 * (feed.history + YOUNG_CANDLES), 0, 0, 0)


@pytest.mark.slow
def test_the_youngest_coin_has_few_candles(world: World, feed: CandleFeed) -> None:
    assert {feed.status("ETHUSDT", timeframe).candles for timeframe in Timeframe} == {YOUNG_CANDLES}


@pytest.mark.slow
def test_candles_of_another_market_are_found_to_differ(
    world: World, feed: CandleFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, "market", DrawnOnce(2, world.clock))
    assert figures(world, feed).candles_differing > 1000


@pytest.mark.slow
def test_candles_that_do_not_come_are_lost(world: World, feed: CandleFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    later = ManualClock(world.clock.now() + timedelta(hours=2))
    monkeypatch.setattr(world, "market", DrawnOnce(1, later))
    monkeypatch.setattr(world, "clock", later)
    assert figures(world, feed).candles_lost >= 2 * 7


def test_candles_that_nobody_told_are_invented(world: World) -> None:
    def arrays(series: Series) -> CandleArrays:
        truth = world.truth(series, 50)
        return CandleArrays(truth.open_time_ms + 60_000, truth.values)

    assert compared(world, arrays, 50).candles_invented == 4 * (50 + YOUNG_CANDLES)


def test_a_clock_that_is_set_wrong_is_wrong_in_both_processes(world: World) -> None:
    world.clock_error.set(timedelta(seconds=90))
    there = Meeting.parse(world.meeting().text()).exchange()._machine
    assert abs(there.now() - world.clock.now() - timedelta(seconds=90)) < timedelta(seconds=60)
    world.recover()
    assert abs(there.now() - world.clock.now()) < timedelta(seconds=60)


def test_a_delay_is_counted_by_clocks_that_were_looked_at_together(world: World) -> None:
    course = Course(world)
    world_ms = world.clock.now().timestamp() * 1000
    course._times, course._spans = [(1000.0, world_ms / 1000), (1010.0, world_ms / 1000 + 10)], [(1002.0, 1004.0)]
    walls = np.array([1001.0, 1003.0, 1009.0])
    assert course.seconds_since(np.full(3, world_ms), walls).round(3).tolist() == [1.0, 3.0, 9.0]
    assert course.troubled(walls).tolist() == [False, True, False]


def test_the_first_minute_of_a_course_is_told_at_once(world: World) -> None:
    noted = threading.Event()
    Course(world, noted.set).wait(0.001)
    assert noted.is_set()


def test_an_event_that_comes_twice_is_doubled_and_counted_once() -> None:
    client = Client("sse", began=3)
    for number in (4, 5, 5, 4, 6):
        client.hear_number(number)
    assert (client.doubled, client.reached) == (2, 6)
    heard = arrivals([Client("socket.io", began=9), client])
    assert (heard["number"].tolist(), heard["client"].tolist(), heard["began"].tolist()) == (
        [4, 5, 6],
        [1, 1, 1],
        [9, 3],
    )


def test_lines_of_a_log_that_differ_in_figures_and_coins_are_of_one_kind() -> None:
    def line(message: str, level: str = "warning", **more: str) -> str:
        return json.dumps({"time": "", "level": level, "logger": "core.x", "message": message, **more})

    log = [
        line("15m: late 4 s: BTCUSDT."),
        line("1h: late 20.5 s: ETHUSDT."),
        line("all is well", "info"),
        line("It failed.", "error", exception="Traceback"),
        "Traceback (most recent call last):",
    ]
    assert kinds_of("\n".join(log)) == {
        "warning core.x: _m: late _ s: _.": 1,
        "warning core.x: _h: late _ s: _.": 1,
        "error core.x: It failed. (with a traceback)": 1,
        "past the log: Traceback (most recent call last):": 1,
    }
