"""The field that searches coins, the same above every list of them; what is typed lives in the address."""

from __future__ import annotations

import re

import streamlit as st

from core.market.coins import coin_name
from pages.components.shared.watchlist import coins_in


def coin_search(key: str, width: int) -> str:
    """Draw the field, ``width`` pixels wide, and say what is typed into it; ``key`` is its name in the address."""
    typed = st.text_input(
        "Search",
        type="search",
        placeholder="Search coins",
        live="200ms",
        max_chars=60,
        key=key,
        label_visibility="collapsed",
        width=width,
        bind="query-params",
        persist_state="session",
    )
    return typed or ""


def asked_coins() -> frozenset[str]:
    """The coins of the watchlist that the address of this page asks for; none where it asks for every coin."""
    return coins_in(st.query_params.get("watch", ""))


def name_matches(symbol: str, search: str) -> bool:
    """Whether the symbol or the coin's name contains one of the words of ``search``.

    ``BTC/USDT``, ``btc-usdt`` and ``bitcoin`` all find BTCUSDT.
    """
    words = [re.sub(r"[/\-_]", "", word) for word in re.split(r"[\s,;]+", search.upper())]
    names = symbol, coin_name(symbol).upper()
    return not any(words) or any(word in name for word in words if word for name in names)
