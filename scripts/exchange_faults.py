"""What exchanges do to those who ask them, one fault at a time: refusals, broken answers, wrong clocks, coins that come and go."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.domain import Timeframe
from core.market.candles import unix_ms
from scripts.exchange_server import HTML, TRUNCATED, BinanceServer, Rows, Trouble

Distortion = Callable[[Rows], Rows]

BY = timedelta(seconds=90)
"""So far clocks are off."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``begin`` lets it befall ``server`` for the coin ``symbol``, or all; the server's recover() ends it."""

    name: str
    begin: Callable[[BinanceServer, str], None]


def answered_with(name: str, trouble: Trouble) -> Fault:
    """All questions are answered with ``trouble``."""
    return Fault(name, lambda server, symbol: server.fail(replace(trouble)))


def served_as(name: str, distortion: Distortion) -> Fault:
    """The candles of all coins are told distorted."""

    def begin(server: BinanceServer, symbol: str) -> None:
        server.distort = lambda asked, interval, rows: distortion(rows)

    return Fault(name, begin)


def served_of_one_as(name: str, distortion: Distortion) -> Fault:
    """The candles of one coin are told distorted."""

    def begin(server: BinanceServer, symbol: str) -> None:
        server.distort = lambda asked, interval, rows: distortion(rows) if asked == symbol else rows

    return Fault(name, begin)


def _changed(place: int, column: int, value: object) -> Distortion:
    """The row at ``place`` has ``value`` in ``column``."""

    def distort(rows: Rows) -> Rows:
        rows = [list(row) for row in rows]
        if len(rows) >= abs(place):
            rows[place][column] = value
        return rows

    return distort


def _revised(place: int) -> Distortion:
    """The volume at ``place`` is told as ten times as much."""

    def distort(rows: Rows) -> Rows:
        if len(rows) < abs(place):
            return rows
        return _changed(place, 5, str(10 * float(rows[place][5])))(rows)

    return distort


def _each_time(change: Callable[[int], object]) -> Distortion:
    """Every open time is changed."""
    return lambda rows: [[change(row[0]), *row[1:]] for row in rows]


def _silence(server: BinanceServer, symbol: str) -> None:
    """It goes on answering, with what it had when it fell silent."""
    since = unix_ms(server.market.now())

    def distort(asked: str, interval: str, rows: Rows) -> Rows:
        return [row for row in rows if row[0] + Timeframe(interval).milliseconds <= since]

    server.distort = distort


def _delisted(server: BinanceServer, symbol: str) -> None:
    server.unlisted = {symbol}


def _renamed(server: BinanceServer, symbol: str) -> None:
    server.fail(Trouble(400, '{"code": -1122, "msg": "Invalid symbol status."}', path="klines", symbol=symbol))


def _clock_off(by: timedelta) -> Callable[[BinanceServer, str], None]:
    def begin(server: BinanceServer, symbol: str) -> None:
        server.ahead = by

    return begin


def _slow(server: BinanceServer, symbol: str) -> None:
    server.answer_seconds = 0.9


def _unreliable(server: BinanceServer, symbol: str) -> None:
    def distort(asked: str, interval: str, rows: Rows) -> Rows:
        return rows if random.random() < 0.5 else []

    server.distort = distort


def _one_never_answers(server: BinanceServer, symbol: str) -> None:
    server.fail(Trouble(hangs=True, symbol=symbol))


def _sockets_dropped(server: BinanceServer, symbol: str) -> None:
    if server.sockets is not None:
        server.sockets.drop()


def _sockets_acknowledge_only(server: BinanceServer, symbol: str) -> None:
    """Those that are open are cut off, and new ones tell nothing."""
    if server.sockets is not None:
        server.sockets.acknowledges_only = True
        server.sockets.drop()


def _sockets_say(text: Callable[[str], str]) -> Callable[[BinanceServer, str], None]:
    """Something is told once to whoever hears of a coin's 15m candles."""

    def begin(server: BinanceServer, symbol: str) -> None:
        if server.sockets is not None:
            server.sockets.send(f"{symbol.lower()}@kline_15m", text(symbol))

    return begin


def _from_the_past(symbol: str) -> str:
    """A kline of another century, told as closed."""
    kline = {"t": 0, "T": 899_999, "s": symbol, "i": "15m", "o": "1", "h": "1", "l": "1", "c": "1", "v": "1", "x": True}
    return json.dumps({"e": "kline", "E": 1, "s": symbol, "k": kline})


FAULTS: Sequence[Fault] = (
    answered_with("429 with Retry-After", Trouble(429, headers={"Retry-After": "2"})),
    answered_with("429 without", Trouble(429)),
    answered_with("418 with Retry-After", Trouble(418, headers={"Retry-After": "2"})),
    answered_with("451", Trouble(451)),
    answered_with("403", Trouble(403)),
    answered_with("500", Trouble(500)),
    answered_with("502 with a page", replace(HTML, status=502)),
    answered_with("503", Trouble(503)),
    answered_with("504", Trouble(504)),
    answered_with("time-outs", Trouble(hangs=True)),
    answered_with("hang-ups", Trouble(hangs_up=True)),
    answered_with("truncated JSON", replace(TRUNCATED)),
    answered_with("a login page", replace(HTML)),
    answered_with("an empty object", Trouble(body="{}", path="klines")),
    answered_with("null", Trouble(body="null")),
    answered_with("rows of words", Trouble(body='[["a", "b", "c", "d", "e", "f"]]', path="klines")),
    answered_with("no rows", Trouble(body="[]", path="klines")),
    answered_with("no clock", Trouble(500, path="/time")),
    answered_with("every third question hangs up", Trouble(hangs_up=True, times=12)),
    served_as("duplicate rows", lambda rows: [row for row in rows for _ in range(2)]),
    served_as("reordered rows", lambda rows: rows[::-1]),
    served_as("the newest closed candle is late", lambda rows: rows[:-2]),
    served_as("the open candle is told as if it were complete", _revised(-1)),
    served_as("a candle of zero volume, put right later", _changed(-2, 5, "0")),
    served_as("the newest closed candle is revised", _revised(-2)),
    served_as("an older candle is revised", _revised(-40)),
    served_as("a gap", lambda rows: rows[:-5] + rows[-4:]),
    served_of_one_as("a negative price", _changed(-2, 3, "-1")),
    served_of_one_as("no price", _changed(-2, 4, None)),
    served_of_one_as("a price that is no number", _changed(-2, 4, "NaN")),
    served_of_one_as("a price that no coin has", _changed(-2, 2, "1e30")),
    served_of_one_as("a high below the low", _changed(-2, 2, "0.00000001")),
    served_as("times in seconds", _each_time(lambda time: time // 1000)),
    served_as("times off the grid", _each_time(lambda time: time + 7)),
    served_as("times of another century", _each_time(lambda time: time * 10)),
    served_as("old candles beyond those asked for", lambda rows: [[0, *row[1:]] for row in rows[:1]] + rows),
    Fault("silence that goes on answering", _silence),
    Fault("a coin is delisted", _delisted),
    Fault("a coin is renamed", _renamed),
    Fault("one coin never answers", _one_never_answers),
    Fault("the exchange's clock is ahead", _clock_off(BY)),
    Fault("the exchange's clock is behind", _clock_off(-BY)),
    Fault("slow answers", _slow),
    Fault("half of the answers are empty", _unreliable),
    Fault("sockets are dropped", _sockets_dropped),
    Fault("sockets acknowledge and tell nothing", _sockets_acknowledge_only),
    Fault("sockets say what is no JSON", _sockets_say(lambda symbol: '{"e": "kline", "k": {"t"')),
    Fault("sockets tell closed candles of another century", _sockets_say(_from_the_past)),
)
"""What each is called, and how it begins."""
