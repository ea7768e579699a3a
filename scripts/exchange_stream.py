"""The sockets of the local exchange: candles as Binance streams them while they form, with the troubles of real sockets on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from core.domain import Series, Timeframe
from core.market.market import Market


class BinanceStream:
    """Serves sockets on a free port of the loopback address until the ``with`` block ends."""

    def __init__(self) -> None:
        self.acknowledges_only = False
        """A socket that is opened now takes subscriptions and tells nothing, as Binance's did in April 2026."""
        self.subscriptions: list[list[str]] = []
        """What each request asked for, such as btcusdt@kline_15m, since the beginning."""
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._sockets: dict[ServerConnection, set[str]] = {}
        self._server = serve(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> BinanceStream:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self.drop()
        self._thread.join()

    def tell(self, series: Series, open_time_ms: int, values: Sequence[float], closed: bool = False) -> None:
        """Tell a candle to all who subscribed to its series; ``values`` are open, high, low, close and volume."""
        self.send(_name(series), json.dumps(_kline(series, open_time_ms, values, closed)))

    def send(self, name: str, text: str) -> None:
        """Send anything to all who subscribed to ``name``."""
        for socket, names in tuple(self._sockets.items()):
            if name in names:
                with suppress(ConnectionClosed):
                    socket.send(text)

    def follow(self, market: Market, every_seconds: float) -> None:
        """Tell whoever subscribed what ``market`` has: the newest closed candle of each series, and the one that is open now."""
        while not self._over.wait(every_seconds):
            for name in {name for names in tuple(self._sockets.values()) for name in tuple(names)}:
                symbol, _, timeframe = name.partition("@kline_")
                series = Series(symbol.upper(), Timeframe(timeframe))
                newest = market.arrays(*series, 1)
                opens, last = int(newest.open_time_ms[0]), float(newest.close[0])
                self.tell(series, opens, newest.values[:, 0].tolist(), closed=True)
                self.tell(series, opens + series.timeframe.milliseconds, (last, last, last, last, 1.0))

    def recover(self) -> None:
        """Sockets that are opened from now on are well."""
        self.acknowledges_only = False

    def drop(self) -> None:
        """Cut every connection off, without a word."""
        for socket in tuple(self._sockets):
            with suppress(OSError):
                socket.socket.shutdown(2)

    def wait_for_subscribers(self, series: Series, count: int = 1, timeout: float = 60) -> bool:
        """Whether so many sockets listen to a series now, or do within ``timeout`` seconds."""
        return self._wait(lambda: sum(_name(series) in names for names in self._sockets.values()) == count, timeout)

    def wait_for_subscriptions(self, count: int, timeout: float = 60) -> bool:
        """Whether so many requests came since the beginning, or do within ``timeout`` seconds."""
        return self._wait(lambda: len(self.subscriptions) >= count, timeout)

    def _wait(self, condition: Any, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def _serve(self, socket: ServerConnection) -> None:
        names: set[str] = set()
        silent = self.acknowledges_only
        self._sockets[socket] = names
        try:
            for text in socket:
                asked = json.loads(text)
                socket.send(json.dumps({"result": None, "id": asked["id"]}))
                with self._changed:
                    self.subscriptions.append(asked["params"])
                    names.update(() if silent else asked["params"])
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                del self._sockets[socket]
                self._changed.notify_all()


def _name(series: Series) -> str:
    return f"{series.symbol.lower()}@kline_{series.timeframe}"


def _kline(series: Series, open_time_ms: int, values: Sequence[float], closed: bool) -> dict[str, Any]:
    symbol, timeframe = series
    open_, high, low, close, volume = map(str, values)
    end = open_time_ms + timeframe.milliseconds - 1
    kline = {
        "t": open_time_ms, "T": end, "s": symbol, "i": timeframe.value, "f": 1, "L": 2, "o": open_, "c": close, "h": high,
        "l": low, "v": volume, "n": 2, "x": closed, "q": "0", "V": "0", "Q": "0", "B": "0",
    }  # fmt: skip
    return {"e": "kline", "E": end, "s": symbol, "k": kline}
