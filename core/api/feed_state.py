"""How the feed stands, for programs that would otherwise take silence for a quiet market."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from core.api.answers import market_json
from core.errors import UnknownSymbol
from core.market.feed import CandleFeed
from core.text import iso

FeedState = Literal["starting", "fresh", "stale", "outage"]


def feed_state_json(feed: CandleFeed) -> dict[str, Any]:
    """The market, how its feed stands, and of how many series per timeframe the newest candle is lacking.

    ``starting``: no series has candles yet; ``fresh``: none lacks its newest; ``stale``: some do; ``outage``: all do. Those
    that the market does not have count for nothing.
    """
    states = _states(feed)
    lacking = {timeframe: sum(of.values()) - of["fresh"] for timeframe, of in states.items()}
    return {
        "state": _judged(sum(states.values(), Counter())),
        "market": market_json(feed.identity),
        "timeframes": {name: {"series": sum(of.values()), "behind": lacking[name]} for name, of in states.items()},
    }


def with_time(state: dict[str, Any], feed: CandleFeed) -> dict[str, Any]:
    """A state and since when it is known, by the market's clock."""
    return {**state, "at": iso(feed.now())}


def _states(feed: CandleFeed) -> dict[str, Counter[str]]:
    """How many series stand how, by timeframe; a coin that is followed no longer is left out."""
    found = {timeframe.value: Counter[str]() for timeframe in feed.timeframes}
    for timeframe in feed.timeframes:
        for symbol in feed.symbols():
            try:
                state = feed.status(symbol, timeframe).state
            except UnknownSymbol:
                continue
            if state != "short":
                found[timeframe.value][state] += 1
    return found


def _judged(states: Counter[str]) -> FeedState:
    if states["loading"] == states.total():
        return "starting"
    if states["fresh"] == states.total():
        return "fresh"
    return "stale" if states["fresh"] else "outage"
