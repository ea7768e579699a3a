"""Fills a candle folder from an exchange, series by series, and goes on where it stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import pandas as pd

from core.domain import Series
from core.errors import CandorError, InvalidRequest, MarketUnavailable
from core.market.candle_files import CandleStore
from core.market.exchange import ExchangeMarket
from core.text import shorten

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
"""After so many series in a row found the exchange unavailable, the rest is not tried."""


def download(
    market: ExchangeMarket,
    store: CandleStore,
    series: Iterable[Series],
    since: datetime,
    progress: Callable[[Series, float], None] = lambda series, share: None,
) -> dict[Series, str]:
    """Download all ``series``; the reasons of those that failed.

    ``progress`` hears of each stored page: the series and the share of it done, 0 to 1. One failed series does not
    stop the others.
    """
    failed: dict[Series, str] = {}
    unavailable = 0
    for each in series:
        if unavailable == FAILURES_IN_A_ROW:
            failed[each] = f"Not tried, since {market.identity.name} did not answer for {unavailable} series in a row."
            continue
        try:
            for share in download_series(market, store, each, since):
                progress(each, share)
            unavailable = 0
        except (CandorError, OSError) as error:
            log.debug("%s failed.", each, exc_info=True)
            failed[each] = str(error)
            unavailable = unavailable + 1 if isinstance(error, MarketUnavailable) else 0
        progress(each, 1.0)
    return failed


def download_series(market: ExchangeMarket, store: CandleStore, series: Series, since: datetime) -> Iterator[float]:
    """Append to what is stored, or begin at ``since``; yields the share done after each page is on disk.

    Every page is written as a whole file, so an interruption loses the page under way and nothing else.
    """
    symbol, timeframe = series
    stored = [store.read(symbol, timeframe)] if store.has(symbol, timeframe) else []
    begin = since
    if stored and len(stored[0]):
        begin = stored[0]["open_time"].iloc[-1].to_pydatetime() + timeframe.duration
    for page in market.history(symbol, timeframe, begin):
        stored = [pd.concat([*stored, page], ignore_index=True)]
        store.write(symbol, timeframe, stored[0])
        reached = page["open_time"].iloc[-1].to_pydatetime() + timeframe.duration
        yield min(1.0, (reached - begin) / max(market.now() - begin, timeframe.duration))


def parse_since(text: str) -> datetime:
    """A date or ISO 8601 time, UTC where it names no zone; InvalidRequest otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequest(f"{shorten(text)!r} is no date; write it like 2024-01-01 or 2024-01-01T06:00.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
