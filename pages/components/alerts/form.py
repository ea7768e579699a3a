"""The form of a new rule."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import time
from typing import Any

import streamlit as st

from core.domain import Direction, Timeframe, ticker
from core.signals.bands import Band
from core.wording.language import say
from pages.components.alerts.draft import KINDS, SIGNAL, Draft
from pages.components.shared.appearance import BAND_LOOKS

TARGET = "alert_target"
"""Where the address waits until the rule is switched on."""


def rule_form(symbols: Collection[str]) -> Draft | None:
    """Draw it; what was typed once it is asked what that would have sent."""
    kind = st.segmented_control(
        say("When"),
        list(KINDS),
        default=SIGNAL,
        required=True,
        format_func=lambda each: say(KINDS[each]),
        key="alert_kind",
    )
    with st.form("alert_form", border=False):
        draft = _draft(str(kind), symbols)
        asked = st.form_submit_button(say("Show what it would have sent"), icon=":material/history:")
    return draft if asked else None


def _draft(kind: str, symbols: Collection[str]) -> Draft:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            say("Name"), max_chars=60, placeholder=say("Moves worth a look"), key="alert_name", width=240
        )
        coins = st.multiselect(say("Coins"), list(symbols), format_func=ticker, placeholder=say("All coins"), width=320)
        timeframes = st.multiselect(say("Timeframes"), list(Timeframe), placeholder=say("All timeframes"), width=240)
    asked = _asked() if kind == SIGNAL else {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        candles = st.number_input(say("Candles in a row"), 1, 20, 1, width=140)
        most = st.number_input(say("Messages an hour, at most"), 1, 60, 12, width=200)
        begins = st.time_input(say("Hold from (UTC)"), None, width=140)
        ends = st.time_input(say("until (UTC)"), None, width=140)
        tell_end = st.checkbox(say("Tell its end, too"))
    return Draft(
        name, kind, tuple(coins), tuple(timeframes), **asked, candles=candles, most_an_hour=most,
        quiet=_quiet(begins, ends), tell_end=tell_end,
    )  # fmt: skip


def switch_on_form(on_click: Callable[..., None], *args: object) -> None:
    """Where a rule's messages go, and the button that switches it on; ``on_click`` finds the address under TARGET."""
    with st.form("alert_switch_on", border=False):
        st.text_input(
            say("Send to"),
            type="password",
            key=TARGET,
            placeholder="tgram://TOKEN/CHAT, discord://ID/TOKEN, mailtos://USER:PASSWORD@HOST, jsons://HOST/PATH …",
            help=say(
                "An address as Apprise writes it. It is never shown again. Without one, alerts are shown on this "
                "page alone."
            ),
        )
        st.form_submit_button(
            say("Switch it on"), type="primary", on_click=on_click, args=args, icon=":material/notifications_active:"
        )


def _asked() -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        move = st.number_input(say("P(move) from, %"), 0, 100, 0, help=say("0 asks for nothing."), width=140)
        above = st.number_input(say("above usual by, %"), 0, 100, 5, width=140)
        confidence = st.number_input(say("Confidence from, %"), 0, 100, 0, width=150)
        leave = st.number_input(say("ends so much lower, %"), 0, 50, 2, width=170)
        sides = [Direction.LONG.value, Direction.SHORT.value]
        side = st.selectbox(
            say("Side"),
            sides,
            None,
            placeholder=say("Any"),
            width=120,
            help=say("Counts only where a side is proven."),
            format_func=say,
        )
        bands = [band.value for band in Band]
        band = st.selectbox(
            say("P(move) is"),
            bands,
            None,
            placeholder=say("Any"),
            width=150,
            format_func=lambda each: BAND_LOOKS[Band(each)].word,
        )
    with st.container(horizontal=True):
        proofs = {
            "timing_proven": st.checkbox(say("Timing proven"), value=True),
            "side_proven": st.checkbox(say("Side proven")),
            "trusted": st.checkbox(say("Trusted")),
        }
    return {
        "move": move, "above_usual": above, "confidence": confidence, "leave_lower_by": leave,
        "side": side, "band": band, **proofs,
    }  # fmt: skip


def _quiet(begins: time | None, ends: time | None) -> tuple[time, time] | None:
    return None if begins is None or ends is None else (begins, ends)
