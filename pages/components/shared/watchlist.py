"""The coins that somebody watches, as an address names them; the list itself is kept in the browser (see watchlist.js).

Knows nothing of Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from core.domain import ticker
from core.wording.language import say

MINE = "mine"
"""In an address: the coins of the browser that opens it, which puts them in its place."""

_COIN = re.compile(r"[A-Z0-9]{1,30}")


def coins_in(text: str) -> frozenset[str]:
    """The symbols or tickers of a list apart by commas or spaces: ``BTCUSDT,ETH``; what can be neither is left out."""
    if text == MINE:
        return frozenset()
    words = (re.sub(r"[/\-_]", "", word) for word in re.split(r"[\s,;]+", text.upper()))
    return frozenset(word for word in words if _COIN.fullmatch(word))


def nothing_watched_text() -> str:
    """Of a browser that has no list yet."""
    return say("No coin is watched in this browser yet: click the star beside one.")


def is_among(symbol: str, coins: Collection[str]) -> bool:
    """Whether a coin is one of ``coins``, or there are none that it would have to be one of."""
    return not coins or symbol in coins or ticker(symbol) in coins
