"""Where it was wrong, and where right: single signals, each of which leads to its candle."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain import Direction, Timeframe
from core.journal.calls import CallOrder, Calls, Event
from core.journal.track_record import RecordedCall
from core.market.candles import moment_of
from core.text import iso
from core.wording.language import phrase, say
from pages.components.record.one_series import candle_in_address
from pages.components.record.rows import EVENT, call_rows
from pages.components.record.sections import Heading
from pages.components.record.table import HITS_FIRST, MISSES_FIRST, NEWEST_FIRST, calls_table, show_rows
from pages.components.shared.address import ask
from pages.components.shared.plain_text import plain
from pages.components.shared.row_order import RowOrder
from pages.components.shared.zone import reader_style

PAGE = 50
MOST = 1_000
"""A browser draws no more rows; the rest is in the files of the whole ledger."""

_SHORTCUTS = {phrase("Biggest misses"): MISSES_FIRST, phrase("Best hits"): HITS_FIRST, phrase("Newest"): NEWEST_FIRST}


def calls_order() -> tuple[CallOrder, bool]:
    """In which order the address asks for single signals, and whether the largest come first."""
    order = calls_table.order()
    return CallOrder(order.column), order.descending


def calls_shown() -> int:
    """How many of them the reader has asked for."""
    return int(st.session_state.get("calls_shown", PAGE))


def asked_event() -> Event | None:
    """The event whose signals the address asks for, ``15m@2025-09-03T12:00``; None where it names none."""
    timeframe, _, opened = st.query_params.get(EVENT, "").strip().partition("@")
    open_ms = candle_in_address(opened)
    if timeframe not in set(Timeframe) or open_ms is None:
        return None
    return Event(Timeframe(timeframe), open_ms)


def where_was_it_wrong(calls: Calls, heading: Heading) -> None:
    heading.draw(say("Where was it wrong?"), "calls")
    order = calls_table.order()
    _shortcuts(order)
    shown, event = len(calls.first), asked_event()
    st.markdown(plain(shown_sentence(calls)))
    if event is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(event_sentence(event)))
            st.button(say("All signals again"), key="all_events", on_click=_leave_event)
    show_rows(
        calls_table,
        "calls",
        call_rows(calls.first, reader_style(), calls.others),
        order,
        say("Single signals: {words}", words=heading.words),
    )
    with st.container(horizontal=True):
        if calls_shown() == shown < min(calls.n, MOST):
            st.button(say("Show {page} more", page=PAGE), key="more_calls", on_click=_show_more)
        st.download_button(
            say("These {shown:,} (CSV)", shown=shown),
            lambda: calls_csv(calls.first, heading),
            f"candor-{heading.origin}-calls.csv",
            "text/csv",
            key="save_calls",
            icon=":material/download:",
            on_click="ignore",
        )


def _shortcuts(order: RowOrder) -> None:
    chosen = next((word for word, asked in _SHORTCUTS.items() if asked == order), None)
    st.session_state["calls_first"] = chosen
    st.segmented_control(
        say("First"),
        list(_SHORTCUTS),
        key="calls_first",
        format_func=say,
        on_change=_order_by_shortcut,
        label_visibility="collapsed",
    )


def _order_by_shortcut() -> None:
    chosen = st.session_state["calls_first"]
    if chosen:
        st.query_params["calls"] = str(_SHORTCUTS[chosen])


def shown_sentence(calls: Calls) -> str:
    """How many are listed, of how many, and what is told together."""
    if calls.others:
        return say(
            "The first {compared:,} of {n:,} with a known outcome, once per event: of signals on one timeframe whose "
            "horizons overlap the first alone. A click opens the candle.",
            compared=calls.compared,
            n=calls.n,
        )
    return say("{shown:,} of {n:,} with a known outcome; a click opens the candle.", shown=len(calls.first), n=calls.n)


def event_sentence(event: Event) -> str:
    """Which event's signals are listed."""
    return say(
        "Only {timeframe} signals whose horizon overlaps that of {time}.",
        timeframe=event.timeframe,
        time=reader_style().minute(moment_of(event.open_ms)),
    )


def _leave_event() -> None:
    ask(EVENT, "")


def _show_more() -> None:
    st.session_state["calls_shown"] = min(calls_shown() + PAGE, MOST)


def calls_csv(calls: tuple[RecordedCall, ...], heading: Heading) -> bytes:
    """Single signals with plain numbers; probabilities are fractions, R is after fees, times are ISO 8601 UTC."""
    return pd.DataFrame([_exported(call, heading) for call in calls]).to_csv(index=False).encode()


def _exported(call: RecordedCall, heading: Heading) -> dict[str, object]:
    return {
        "seq": call.seq,
        "origin": heading.origin.value,
        "prices": heading.prices,
        "symbol": call.series.symbol,
        "timeframe": call.series.timeframe.value,
        "candle_open_time": iso(moment_of(call.candle_open_ms)),
        "model_version": call.model_version,
        **{f"p_{each.value.lower()}": call.probabilities[each] for each in Direction},
        "direction": call.direction.value,
        "happened": call.happened.value,
        "tie": call.tie,
        "loss": call.loss,
        "r_after_fees_never_traded": call.r,
        **({} if heading.damage is None else {"ledger_damage": heading.damage}),
    }
