"""ccxt's client of an exchange, made ready for us, and the USDT coins that it lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import ccxt
from requests.adapters import HTTPAdapter

from core.domain import QUOTE
from core.errors import InvalidRequest
from core.text import did_you_mean, shorten

REQUEST_SECONDS = 10.0

CANDLES_STREAMED = 3
"""Of each series the stream keeps the candle that is open, the one before it, and one to spare."""


def make_client(name: str, url: str | None, connections: int) -> Any:
    """ccxt's client, which keeps up to ``connections`` open; InvalidRequest for an exchange that it does not know."""
    if name not in ccxt.exchanges:
        hint = did_you_mean(name.lower(), ccxt.exchanges) or " ccxt's documentation lists the names it knows."
        raise InvalidRequest(f"Unknown exchange {shorten(name)!r}.{hint} Set CANDOR_EXCHANGE to it.")
    client = getattr(ccxt, name)(
        {
            "enableRateLimit": True,
            "timeout": int(REQUEST_SECONDS * 1000),
            "requests_trust_env": True,  # HTTPS_PROXY and its kin mean us, too
        }
    )
    kept = HTTPAdapter(pool_maxsize=connections)
    for scheme in ("https://", "http://"):
        client.session.mount(scheme, kept)
    client.fetch = partial(_fetch_json, client.fetch)
    client.has["fetchCurrencies"] = False  # load_markets would ask, and often needs an API key
    if url:
        client.urls["api"] = _redirected(client.urls["api"], url.rstrip("/"))
    return client


def make_stream_client(name: str, markets: Mapping[str, Any]) -> Any | None:
    """ccxt.pro's client, for the event loop that runs; None where no candles are streamed. It need not ask for ``markets``."""
    import ccxt.pro  # noqa: PLC0415 - it takes a third of a second, and only streams need it

    kind = getattr(ccxt.pro, name, None)
    client = None if kind is None else kind({"aiohttp_trust_env": True, "options": {"OHLCVLimit": CANDLES_STREAMED}})
    if client is None or not (client.has.get("watchOHLCVForSymbols") or client.has.get("watchOHLCV")):
        return None
    client.set_markets(list(markets.values()))
    return client


def _fetch_json(fetch: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """ccxt hands a page that is not JSON on as text and then finds no candles in it; here it is an error."""
    answer = fetch(*arguments, **options)
    if not isinstance(answer, (dict, list)):
        raise ccxt.BadResponse(str(answer)[:200])
    return answer


def _redirected(address: Any, url: str) -> Any:
    """ccxt's nested addresses with scheme and host replaced."""
    if isinstance(address, dict):
        return {key: _redirected(value, url) for key, value in address.items()}
    return url + urlsplit(address).path if isinstance(address, str) else address


def usdt_listings(markets: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """ccxt's market of each BTCUSDT-like symbol: the linear perpetual swap if there is one, otherwise spot."""
    listed: dict[str, dict[str, Any]] = {}
    for market in markets.values():
        linear = market.get("swap") and market.get("linear")
        if market.get("quote") != QUOTE or market.get("active") is False or not (linear or market.get("spot")):
            continue
        symbol = market["base"] + QUOTE
        if symbol not in listed or linear:
            listed[symbol] = market
    return listed
