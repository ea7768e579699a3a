"""What became of the signals: does it come, does it know the side, is it getting worse, where was it wrong."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.application import Application
from core.errors import CandorError
from core.journal.recorder import Opened
from core.journal.vocabulary import Origin
from core.wording.language import in_a_row, say
from core.wording.sentences import error_text
from pages.components.record.filter_bar import filter_bar, turn
from pages.components.record.ledger_panel import damage_of, show_damage, what_this_is_worth
from pages.components.record.reading import Asked, NoSuchCoin, ReadRecord, tell, time_of_market
from pages.components.record.scope import PERIOD, TIMEFRAME, RecordFilters
from pages.components.record.sections import (
    Heading,
    does_it_come,
    does_it_know_the_side,
    is_it_getting_worse,
    not_enough_yet,
    the_same_of_parts,
)
from pages.components.record.sentences import (
    ahead_sentence,
    behind_sentence,
    not_enough_sentence,
    nothing_yet_sentence,
    origin_sentence,
    replayed_sentence,
    replaying_sentence,
    summary_sentence,
    wait_sentence,
)
from pages.components.record.single_calls import asked_kind, calls_order, calls_shown, where_was_it_wrong
from pages.components.record.words import Part, show_words
from pages.components.shared.application import application
from pages.components.shared.beside import Beside
from pages.components.shared.coin_search import SEARCH
from pages.components.shared.ledger_waiting import show_waiting
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.nothing_found import no_coin_text, nothing_found
from pages.components.shared.plain_text import plain
from pages.components.shared.row_order import RowOrder
from pages.components.shared.zone import reader_style

Answer = ReadRecord | NoSuchCoin | CandorError | None

_DRAWN = "track_record_drawn"
"""In the session: what was asked and read of the record that was drawn last."""


@st.cache_resource(show_spinner=False)
def beside() -> Beside[ReadRecord | NoSuchCoin]:
    """What reads the ledger for all sessions."""
    return Beside()


def answer(opened: Opened | None, asked: Asked) -> Answer:
    """What was read last; None before the first time."""
    return (
        None
        if opened is None
        else beside().newest(
            (opened.reader, asked), partial(tell, opened.reader, asked, partial(time_of_market, application()))
        )
    )


# ---------------------------------------------------------------- what is drawn


def standing(found: Answer) -> tuple[Asked, Answer]:
    """What is drawn, and what it answers: while signals are read in another order, or more of them, those that stand there.

    A page that gave way to its skeleton would be left at its top.
    """
    if isinstance(found, ReadRecord):
        st.session_state[_DRAWN] = asked, found
    before, read = st.session_state.get(_DRAWN, (None, None))
    same_signals = before is not None and (before.scope, before.coins) == (asked.scope, asked.coins)
    return (before, read) if found is None and same_signals else (asked, found)


def show_record(app: Application, opened: Opened, read: ReadRecord, of: Asked) -> None:
    record = read.record
    heading = Heading(record.scope.origin, opened.market, damage_of(opened))
    show_damage(opened.checked)
    st.markdown(plain(in_a_row(origin_sentence(heading.origin), summary_sentence(record))))
    show_words(Part.SUMMARY)
    running = replaying_sentence(app.replayer.progress) if heading.origin is Origin.REPLAYED else ""
    if running:
        st.warning(plain(running), icon=":material/hourglass:")
    behind = behind_sentence(read.head.seq, opened.checked.head.seq if opened.checked and opened.checked.head else 0)
    if behind:
        st.caption(plain(behind))
    if read.ahead:
        st.warning(
            plain(ahead_sentence(read.ahead, reader_style().minute(app.feed.now()))), icon=":material/fast_rewind:"
        )
    if not record.enough:
        show_not_enough(read)
        not_enough_yet(record, heading)
    else:
        does_it_come(record, heading)
        does_it_know_the_side(record, heading)
        is_it_getting_worse(record, heading)
    if record.whole.resolved:
        where_was_it_wrong(read.calls, heading, of.kind, RowOrder(of.order, of.descending))
    if record.enough:
        the_same_of_parts(record, heading)
    what_this_is_worth(app, opened, read)


def show_not_enough(read: ReadRecord) -> None:
    """Why there is no figure of these signals, and the way to the replayed ones, of which there may be."""
    record = read.record
    replayed = read.counts.replayed if record.scope.origin is Origin.LIVE else 0
    why = not_enough_sentence(record.whole) if record.whole.resolved else nothing_yet_sentence(record)
    replayed_text = replayed_sentence(replayed) if replayed else ""
    st.info(plain(in_a_row(why, wait_sentence(record), replayed_text)), icon=":material/hourglass:")
    if record.whole.resolved:
        show_words(Part.NOT_ENOUGH)
    if replayed:
        st.button(say("Show the replayed ones"), key="show_replayed", on_click=turn, args=("origin", Origin.REPLAYED))


def show(app: Application, opened: Opened | None, of: Asked, found: Answer) -> None:
    match found:
        case ReadRecord() if opened is not None:
            show_record(app, opened, found, of)
        case NoSuchCoin():
            nothing_found(plain(no_coin_text(asked.coins)), (TIMEFRAME, PERIOD, SEARCH))
        case CandorError():
            why = plain(error_text(found, reader_style()))
            st.warning(why, title=say("The ledger cannot be read now"), icon=":material/database_off:")
        case _:
            show_waiting(app, skeletons=2)


def asked_for(app: Application, filters: RecordFilters) -> Asked:
    order, descending = calls_order()
    return Asked(filters.scope(app.feed.now()), filters.coins, order, descending, calls_shown(), asked_kind())


app = application()
asked = asked_for(app, filter_bar())
ledger = app.recorder.opened()
drawn = answer(ledger, asked)
show(app, ledger, *standing(drawn))
redraw_when_there_is_more(lambda: answer(app.recorder.opened(), asked), drawn)
