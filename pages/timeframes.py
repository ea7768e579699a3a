"""Coins x timeframes: where a coin's models agree, where they do not, and which timeframe has the last word."""

import streamlit as st

from core.wording.language import say
from pages.components.shared.application import application
from pages.components.shared.coin_search import SEARCH, WATCH, asked_coins, coin_search, name_matches
from pages.components.shared.hours import hours_of_timeframes
from pages.components.shared.language import fragment
from pages.components.shared.nothing_found import finds_none, no_coin_text, no_watched_text, nothing_found
from pages.components.shared.plain_text import plain
from pages.components.shared.watchlist import is_among
from pages.components.shared.weak_models import weak_models_note
from pages.components.timeframes.map import table, timeframe_map
from pages.components.timeframes.rows import ordered, rows_of


@fragment()
def timeframes() -> None:
    search = coin_search(width=220)
    app = application()
    every_row = rows_of(app.board.snapshot())
    if not every_row:
        st.skeleton(height=600)
        return
    watch = asked_coins()
    watched = [row for row in every_row if is_among(row.symbol, watch)]
    rows = [row for row in watched if name_matches(row.symbol, search)]
    if not watched:
        nothing_found(no_watched_text(), (SEARCH, WATCH))
        return
    if not rows:
        here = finds_none(search, {row.symbol for row in every_row})
        why = no_coin_text(search) if here else say("No coin passes these filters together.")
        nothing_found(plain(why), (SEARCH, WATCH))
        return
    order = table.order()
    timeframe_map(ordered(rows, order), order, hours_of_timeframes(app))
    weak_models_note([signal for row in rows for signal in row.signals.values()])


timeframes()
