"""Coins and timeframes as the arguments of commands name them."""

from __future__ import annotations

from core.domain import Timeframe
from core.errors import InvalidRequest
from core.text import words_in


def named_coins(text: str) -> list[str] | None:
    """The coins of a list as they are written there; None for all of them. InvalidRequest for one that names none."""
    named = words_in(text)
    if not named:
        raise InvalidRequest("--symbols names no coin; expected all, or a list such as BTC,ETH.")
    if "all" not in map(str.lower, named):
        return named
    if len(named) > 1:
        raise InvalidRequest(f"--symbols is {text!r}; expected all alone, or coins without it.")
    return None


def named_timeframes(text: str) -> tuple[Timeframe, ...]:
    """The timeframes of a list, each once, shortest first; UnknownTimeframe for any other word, InvalidRequest for none."""
    named = set(map(Timeframe.parse, words_in(text)))
    if not named:
        raise InvalidRequest(f"--timeframes names none; expected some of {', '.join(Timeframe)}.")
    return tuple(timeframe for timeframe in Timeframe if timeframe in named)
