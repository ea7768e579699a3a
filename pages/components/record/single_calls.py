"""Where it was wrong, and where right: single signals, each of which leads to its candle."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain import Direction
from core.journal.calls import CallKind, CallOrder, Calls
from core.journal.track_record import RecordedCall
from core.market.candles import moment_of
from core.text import iso
from core.wording.language import phrase, say
from pages.components.record.rows import call_rows
from pages.components.record.sections import Heading
from pages.components.record.table import HITS_FIRST, LOSSES_FIRST, MISSES_FIRST, NEWEST_FIRST, calls_table, show_rows
from pages.components.record.words import Part, show_words
from pages.components.shared.address import ask_together, asked, choose
from pages.components.shared.parameters import OneOf
from pages.components.shared.plain_text import plain
from pages.components.shared.row_order import RowOrder
from pages.components.shared.zone import reader_style

PAGE = 50
MOST = 1_000
"""A browser draws no more rows; the rest is in the files of the whole ledger."""

_ALL = "all"

WHICH = OneOf[str]("which", (*map(str, CallKind), _ALL), str(CallKind.DID_NOT_COME))
"""Of which kind the single signals are."""

_KINDS = {
    CallKind.DID_NOT_COME: (phrase("Did not come"), MISSES_FIRST),
    CallKind.NOT_CALLED: (phrase("Came uncalled"), MISSES_FIRST),
    CallKind.WRONG_SIDE: (phrase("Wrong side"), MISSES_FIRST),
    CallKind.LOSS: (phrase("Losses in R"), LOSSES_FIRST),
    CallKind.RIGHT_SIDE: (phrase("Right side"), HITS_FIRST),
    _ALL: (phrase("All"), NEWEST_FIRST),
}
"""What each kind is called, and which of it come first."""

_SHOWN = {
    CallKind.DID_NOT_COME: phrase(
        "{shown:,} of {n:,}: a side was called, and neither barrier was touched, or both in one candle. A click opens "
        "the candle."
    ),
    CallKind.NOT_CALLED: phrase(
        "{shown:,} of {n:,}: no trade was called, and a barrier was touched. A click opens the candle."
    ),
    CallKind.WRONG_SIDE: phrase(
        "{shown:,} of {n:,}: a side was called, and the other one's barrier was touched first. A click opens the candle."
    ),
    CallKind.LOSS: phrase(
        "{shown:,} of {n:,}: a side was called that would have lost after fees, had it been traded. A click opens the "
        "candle."
    ),
    CallKind.RIGHT_SIDE: phrase(
        "{shown:,} of {n:,}: a side was called, and its barrier was touched first. A click opens the candle."
    ),
    None: phrase("{shown:,} of {n:,} with a known outcome; a click opens the candle."),
}
"""Of how many signals the first are listed, and what they have in common."""


def calls_order() -> tuple[CallOrder, bool]:
    """In which order the address asks for single signals, and whether the largest come first."""
    order = calls_table.order()
    return CallOrder(order.column), order.descending


def calls_shown() -> int:
    """How many of them the reader has asked for."""
    return int(st.session_state.get("calls_shown", PAGE))


def asked_kind() -> CallKind | None:
    """Of which kind the single signals are that the address asks for; None are all."""
    kind = asked(WHICH)
    return None if kind == _ALL else CallKind(kind)


def where_was_it_wrong(calls: Calls, heading: Heading, kind: CallKind | None, order: RowOrder) -> None:
    """``calls`` are of a ``kind`` in an ``order``: those that the address asked for before, while what it asks now is read."""
    heading.draw(say("Where was it wrong?"), "calls")
    shown = len(calls.first)
    _choose_kind(asked_kind())
    st.markdown(plain(shown_sentence(calls, kind)))
    show_words(Part.CALLS)
    if not shown:
        return
    show_rows(
        calls_table,
        "calls",
        call_rows(calls.first, reader_style()),
        order,
        say("Single signals: {words}", words=heading.words),
    )
    with st.container(horizontal=True):
        if calls_shown() == shown < min(calls.n, MOST):
            st.button(say("Show {page} more", page=PAGE), key="more_calls", on_click=_show_more)
        st.download_button(
            say("Signals ({count}, CSV)", count=shown),
            lambda: calls_csv(calls.first, heading),
            f"candor-{heading.origin}-calls.csv",
            "text/csv",
            key="save_calls",
            icon=":material/download:",
            on_click="ignore",
        )


def _choose_kind(kind: CallKind | None) -> None:
    choose(say("Which"), tuple(_KINDS), kind or _ALL, "calls_kind", lambda each: say(_KINDS[each][0]), _ask_for_kind)


def _ask_for_kind(chosen: str) -> None:
    """Of another kind others come first, whatever the last was ordered by."""
    ask_together({WHICH.name: str(chosen), calls_table.parameter.name: str(_KINDS[chosen][1])})


def shown_sentence(calls: Calls, kind: CallKind | None) -> str:
    """How many are listed, of how many, and what these have in common."""
    if not calls.n:
        return say("None so far.")
    return say(_SHOWN[kind], shown=len(calls.first), n=calls.n)


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
