"""A local server that speaks the wire format of Binance, futures and spot, with the troubles of a real exchange on demand.

The candles are those of any market of ours, told as klines together with the candle that is still open::

    with BinanceServer(SimulatedMarket(seed=1)) as server:
        ExchangeMarket("binanceusdm", server.url)
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.domain import Timeframe
from core.market.candles import last_closed_open_ms, open_times_ms, unix_ms
from core.market.market import Market
from scripts.exchange_stream import BinanceStream
from scripts.exchange_weight import RequestLimit

NOON = datetime(2025, 6, 4, 12, 7, 30, tzinfo=UTC)
"""A Wednesday, in the middle of a candle of every timeframe."""

Rows = list[list[Any]]


@dataclass
class Trouble:
    """What happens instead of a good answer to the next ``times`` requests whose path and symbol fit; None: to all."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = None
    path: str = ""
    symbol: str | None = None
    hangs: bool = False
    """The request is held until the server is told to ``let_go``."""
    hangs_up: bool = False
    """The connection is cut without an answer."""

    def fits(self, path: str, parameters: dict[str, str]) -> bool:
        return self.times != 0 and self.path in path and self.symbol in (None, parameters.get("symbol"))


HTML = Trouble(
    body="<html><body>Please log in to the hotel network</body></html>", headers={"Content-Type": "text/html"}
)
TRUNCATED = Trouble(body='[[1748995200000,"105000.0","1051')
TOO_MANY_REQUESTS = {"code": -1003, "msg": "Too many requests."}
UNKNOWN_SYMBOL = {"code": -1121, "msg": "Invalid symbol."}


class BinanceServer:
    """Serves ``market`` on a free port of the loopback address until the ``with`` block ends."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.troubles: list[Trouble] = []
        self.distort: Callable[[str, str, Rows], Rows] | None = None
        """Called with symbol, interval and rows; what it returns is sent."""
        self.alter: Callable[[str, str, Rows], Rows] | None = None
        """As ``distort``, before it, and no trouble: it stays when the server recovers."""
        self.unlisted: set[str] = set()
        self.spot_only: set[str] = set()
        self.newest_missing: set[str] = set()
        """Symbols whose newest closed candle is not told yet."""
        self.ahead = timedelta(0)
        """How far its clock is ahead of its candles."""
        self.answer_seconds = 0.0
        """Real seconds that an answer takes."""
        self.sockets: BinanceStream | None = None
        """Where it streams, if it does; they recover with it."""
        self.limit: RequestLimit | None = None
        """What it charges for requests, and refuses; nothing by default."""
        self.asked = threading.Condition()
        self._let_go = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> BinanceServer:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def fail(self, trouble: Trouble) -> None:
        if trouble.hangs:
            self._let_go.clear()
        self.troubles = [trouble]

    def recover(self) -> None:
        self.troubles = []
        self.distort = None
        self.unlisted = set()
        self.ahead = timedelta(0)
        if self.sockets is not None:
            self.sockets.recover()
        self.let_go()

    def let_go(self) -> None:
        """Answer the requests that a hanging trouble holds."""
        self._let_go.set()

    def klines_asked(self) -> list[dict[str, str]]:
        return [parameters for path, parameters in self.requests if path.endswith("/klines")]

    def wait_for_request(self, path: str, timeout: float = 10) -> bool:
        """Whether a request whose path contains ``path`` has come, or comes within ``timeout`` seconds."""
        with self.asked:
            return self.asked.wait_for(lambda: any(path in asked for asked, _ in self.requests), timeout)

    # ------------------------------------------------------------ answers

    def answer(self, path: str, parameters: dict[str, str]) -> tuple[int, object]:
        if path in ("/fapi/v1/time", "/api/v3/time"):
            return 200, {"serverTime": self._time_ms()}
        if path == "/fapi/v1/exchangeInfo":
            return 200, self._exchange_info([self._contract(symbol) for symbol in self._listed() - self.spot_only])
        if path == "/api/v3/exchangeInfo":
            return 200, self._exchange_info([self._spot_pair(symbol) for symbol in self._listed()])
        if path == "/dapi/v1/exchangeInfo":
            return 200, self._exchange_info([])
        if path in ("/fapi/v1/klines", "/api/v3/klines"):
            return self._klines_or_error(parameters)
        return 404, {"code": -5000, "msg": f"Path {path}, Method GET is invalid"}

    def _time_ms(self) -> int:
        return unix_ms(self.market.now() + self.ahead)

    def _klines_or_error(self, parameters: dict[str, str]) -> tuple[int, object]:
        symbol = parameters.get("symbol", "")
        if symbol not in self._listed():
            return 400, UNKNOWN_SYMBOL
        rows = self._klines(parameters)
        if self.alter is not None:
            rows = self.alter(symbol, parameters["interval"], rows)
        return 200, self.distort(symbol, parameters["interval"], rows) if self.distort else rows

    def _listed(self) -> set[str]:
        return set(self.market.symbols()) - self.unlisted

    def _exchange_info(self, symbols: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "timezone": "UTC",
            "serverTime": self._time_ms(),
            "rateLimits": [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400}],
            "exchangeFilters": [],
            "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
            "symbols": symbols,
        }

    def _contract(self, symbol: str) -> dict[str, Any]:
        return {
            "symbol": symbol,
            "pair": symbol,
            "contractType": "PERPETUAL",
            "deliveryDate": 4133404800000,
            "onboardDate": 1569398400000,
            "status": "TRADING",
            "baseAsset": symbol.removesuffix("USDT"),
            "quoteAsset": "USDT",
            "marginAsset": "USDT",
            "pricePrecision": 8,
            "quantityPrecision": 3,
            "baseAssetPrecision": 8,
            "quotePrecision": 8,
            "underlyingType": "COIN",
            "filters": self._filters(symbol),
            "orderTypes": ["LIMIT", "MARKET"],
            "timeInForce": ["GTC", "IOC"],
        }

    def _spot_pair(self, symbol: str) -> dict[str, Any]:
        return {
            "symbol": symbol,
            "status": "TRADING",
            "baseAsset": symbol.removesuffix("USDT"),
            "baseAssetPrecision": 8,
            "quoteAsset": "USDT",
            "quotePrecision": 8,
            "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"],
            "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": self._filters(symbol),
            "permissionSets": [["SPOT"]],
        }

    def _filters(self, symbol: str) -> list[dict[str, Any]]:
        tick = f"{self.market.tick_size(symbol):.8f}".rstrip("0")
        return [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "4529764", "tickSize": tick},
            {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "1000", "stepSize": "0.001"},
        ]

    def _klines(self, parameters: dict[str, str]) -> Rows:
        timeframe = Timeframe(parameters["interval"])
        step = timeframe.milliseconds
        newest = last_closed_open_ms(timeframe, self.market.now())
        limit = int(parameters.get("limit", 500))
        start = int(parameters["startTime"]) if "startTime" in parameters else newest - (limit - 2) * step
        end = int(parameters.get("endTime", newest + step))
        closed = self.market.candles(parameters["symbol"], timeframe, max(1, (newest - start) // step + 2))
        if parameters["symbol"] in self.newest_missing:
            closed = closed.iloc[:-1]
        times = open_times_ms(closed).tolist()
        rows = [
            _kline(open_time, step, *(f"{value:.8f}" for value in values))
            for open_time, values in zip(times, closed.iloc[:, 1:].itertuples(index=False), strict=True)
        ]
        if rows and parameters["symbol"] not in self.newest_missing:
            last = rows[-1][4]
            rows.append(_kline(newest + step, step, last, last, last, last, "1.0"))
        return [row for row in rows if start <= row[0] <= end][:limit]

    # ------------------------------------------------------------ HTTP

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes, the second of which would wait for 40 ms

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                parameters = dict(parse_qsl(parts.query))
                with server.asked:
                    server.requests.append((parts.path, parameters))
                    trouble = next((t for t in server.troubles if t.fits(parts.path, parameters)), None)
                    if trouble is not None and trouble.times is not None:
                        trouble.times -= 1
                    server.asked.notify_all()
                if server.answer_seconds:
                    time.sleep(server.answer_seconds)
                counted, headers = server.limit.count(parts.path, parameters) if server.limit else (200, {})
                if counted != 200:
                    self.send(counted, json.dumps(TOO_MANY_REQUESTS), headers)
                elif trouble is None:
                    status, answer = server.answer(parts.path, parameters)
                    self.send(status, json.dumps(answer), headers)
                elif trouble.hangs_up:
                    self.close_connection = True
                else:
                    if trouble.hangs:
                        server._let_go.wait(30)
                    self.send(trouble.status, trouble.body, trouble.headers)

            def send(self, status: int, body: str, headers: dict[str, str]) -> None:
                with suppress(ConnectionError):  # the client may have stopped waiting
                    self.send_response(status)
                    for name, value in {"Content-Type": "application/json", **headers}.items():
                        self.send_header(name, value)
                    data = body.encode()
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _kline(open_time: int, step: int, open_: str, high: str, low: str, close: str, volume: str) -> list[Any]:
    return [open_time, open_, high, low, close, volume, open_time + step - 1, "0", 100, "0", "0", "0"]
