"""The field that searches coins, the same above every list of them; what is typed lives in the address."""

from __future__ import annotations

import re
from functools import partial

import streamlit as st

from core.domain import ticker
from core.market.coins import coin_name
from core.wording.language import say
from pages.components.shared.address import ask, asked, widget_at
from pages.components.shared.parameters import Text, Watched

SEARCH, WATCH = Text("search"), Watched("watch")
"""What is typed, and whose coins are shown: the same on every page."""


def coin_search(width: int) -> str:
    """Draw the field, ``width`` pixels wide, and say what is typed into it."""
    drawn = widget_at("coin_search", asked(SEARCH))
    typed = st.text_input(
        say("Search"),
        drawn.default,
        type="search",
        placeholder=say("Search coins"),
        live="200ms",
        max_chars=60,
        key=drawn.key,
        label_visibility="collapsed",
        width=width,
        on_change=drawn.on_change(partial(ask, SEARCH.name)),
    )
    return typed or ""


def asked_coins() -> frozenset[str]:
    """The coins of the watchlist that the address of this page asks for; none where it asks for every coin."""
    return asked(WATCH)


def name_matches(symbol: str, search: str) -> bool:
    """Whether the coin's ticker or name contains one of the words of ``search``, or its symbol begins with one.

    ``BTC/USDT``, ``btc-usdt`` and ``bitcoin`` all find BTCUSDT. What all symbols end in finds none.
    """
    words = [re.sub(r"[/\-_]", "", word) for word in re.split(r"[\s,;]+", search.upper())]
    names = ticker(symbol), coin_name(symbol).upper()
    return not any(words) or any(
        symbol.startswith(word) or any(word in name for name in names) for word in words if word
    )
