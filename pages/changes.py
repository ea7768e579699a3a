"""What changed since one looked last: each coin and timeframe whose band, side or verdict is another than before."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.errors import CandorError
from core.journal.changes import ChangeListing
from core.journal.recorder import Opened
from core.wording.language import say
from core.wording.sentences import error_text
from pages.components.changes.feed import MOST_LISTED, change_feed
from pages.components.changes.filter_bar import filter_bar
from pages.components.changes.filters import PARAMETERS, ChangeFilters
from pages.components.changes.reading import changes_now
from pages.components.changes.rows import changes_csv
from pages.components.changes.sentences import NOTHING_PASSES, WHAT_COUNTS, found_sentence, nothing_sentence
from pages.components.record.sentences import prices_word
from pages.components.shared.application import application
from pages.components.shared.ledger_waiting import show_waiting
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.nothing_found import finds_none, no_coin_text, nothing_found
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style


def show_changes(app: Application, opened: Opened, listing: ChangeListing, filters: ChangeFilters) -> None:
    found = filters.select(listing.changes, app.feed.now())
    origin = say(":blue-badge[live · {market}]", market=plain(prices_word(opened.market)))
    if not found and listing.changes:
        st.markdown(origin)
        why = no_coin_text(filters.coins) if finds_none(filters.coins, app.feed.symbols()) else say(NOTHING_PASSES)
        nothing_found(plain(why), PARAMETERS)
        return
    if not found:
        st.markdown(origin)
        st.info(plain(nothing_sentence(listing.series)), icon=":material/notifications_none:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(origin, width="content")
        how_many = found_sentence(len(found), min(len(found), MOST_LISTED), listing.series)
        st.markdown(plain(how_many), help=say(WHAT_COUNTS), width="content")
        st.download_button(
            say("Changes ({count}, CSV)", count=len(found)),
            lambda: changes_csv(found, opened.name),
            "changes.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
    change_feed(found, listing.seq, opened.name)


def changes() -> None:
    app = application()
    filters = filter_bar()
    opened, listing = app.recorder.opened(), changes_now(app)
    redraw_when_there_is_more(lambda: changes_now(app), listing)
    if isinstance(listing, CandorError):
        why = plain(error_text(listing, reader_style()))
        st.warning(why, title=say("The ledger cannot be read now"), icon=":material/database_off:")
    elif opened is None or listing is None:
        show_waiting(app)
    else:
        show_changes(app, opened, listing, filters)


changes()
