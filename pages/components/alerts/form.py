"""The form of a rule: what it asks for is kept under its fields' own names for as long as the page is open."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Any

import streamlit as st

from core.domain import Direction, Timeframe, ticker
from core.signals.bands import Band
from pages.components.alerts.draft import KINDS, SIGNAL, TOGETHER, TOUCHED, Draft
from pages.components.shared.appearance import BAND_LOOKS
from pages.components.shared.number_text import count_text

TARGET = "alert_target"
"""Where the address waits until the rule is switched on."""

KEEP, PAGES_ONLY, ELSEWHERE = "keep", "pages", "elsewhere"
WHERE = "alert_where"
"""Where a rule that is changed sends from now on: one of these."""

_WHERE_WORDS = {KEEP: "As before", PAGES_ONLY: "Nowhere: pages show it", ELSEWHERE: "To another address"}


def fill_form(draft: Draft) -> None:
    """Let the form show this draft."""
    for each in fields(draft):
        st.session_state[_key(each.name)] = _shown(draft, each.name)


def _begin_where_nothing_was_typed() -> None:
    """Streamlit forgets what it does not draw, as the fields of another kind."""
    for each in fields(Draft):
        st.session_state.setdefault(_key(each.name), _shown(Draft(), each.name))


def _shown(draft: Draft, field: str) -> Any:
    value = getattr(draft, field)
    return list(value) if field in {"symbols", "timeframes"} else value


def rule_form(symbols: Collection[str], watched: tuple[str, ...]) -> Draft | None:
    """Draw it; what was typed once it is asked what that would have sent. A button takes the ``watched`` coins."""
    _begin_where_nothing_was_typed()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("When", list(KINDS), required=True, format_func=KINDS.__getitem__, key=_key("kind"))
        _watchlist_button(watched)
    with st.form("alert_form", border=False):
        _fields(st.session_state[_key("kind")], symbols)
        asked = st.form_submit_button("Show what it would have sent", icon=":material/history:")
    return _typed() if asked else None


def switch_on_form(on_click: Callable[..., None], *args: object) -> None:
    """Where a new rule's messages go, and the button that switches it on; ``on_click`` finds the address under TARGET."""
    with st.form("alert_switch_on", border=False):
        _address_field("Send to", "Without one, alerts are shown on pages alone.")
        st.form_submit_button(
            "Switch it on", type="primary", on_click=on_click, args=args, icon=":material/notifications_active:"
        )


def change_form(version: int, sends_to: str | None, on_click: Callable[..., None], *args: object) -> None:
    """Where a changed rule's messages go, and the button that makes it the next version; ``sends_to`` is where they went."""
    with st.form("alert_change", border=False):
        keep = f"As before: {'pages show it' if sends_to is None else sends_to}"
        words = _WHERE_WORDS | {KEEP: keep}
        st.radio("Send to", list(words), format_func=words.__getitem__, key=WHERE, horizontal=True)
        _address_field("Another address", "It counts only where it is chosen above.")
        st.form_submit_button(
            f"Save as version {version + 1}", type="primary", on_click=on_click, args=args, icon=":material/save:"
        )


def _address_field(label: str, without: str) -> None:
    st.text_input(
        label,
        type="password",
        key=TARGET,
        placeholder="tgram://TOKEN/CHAT, discord://ID/TOKEN, mailtos://USER:PASSWORD@HOST, jsons://HOST/PATH …",
        help=f"An address as Apprise writes it. It is never shown again. {without}",
    )


def _key(field: str) -> str:
    return f"alert_{field}"


def _typed() -> Draft:
    """What the form holds; fields that are not drawn now are as they were."""
    plain = Draft()
    values = {each.name: st.session_state.get(_key(each.name), getattr(plain, each.name)) for each in fields(plain)}
    return Draft(**values | {name: tuple(values[name]) for name in ("symbols", "copied", "timeframes")})


def _watchlist_button(watched: tuple[str, ...]) -> None:
    def copy() -> None:
        st.session_state[_key("symbols")] = list(watched)
        st.session_state[_key("copied")] = watched

    st.button(
        f"Copy the watchlist ({count_text(len(watched), 'coin')})",
        disabled=not watched,
        on_click=copy,
        icon=":material/star:",
        help="A rule keeps a copy of it: stars that you set later do not change the rule."
        if watched
        else "No coin is watched in this browser yet: click the star beside one.",
    )


def _fields(kind: str, symbols: Collection[str]) -> None:
    chosen = st.session_state[_key("symbols")]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name", max_chars=60, placeholder="Moves worth a look", key=_key("name"), width=240)
        options = [*symbols, *(symbol for symbol in chosen if symbol not in symbols)]
        st.multiselect("Coins", options, format_func=ticker, placeholder="All coins", width=320, key=_key("symbols"))
        st.multiselect("Timeframes", list(Timeframe), placeholder="All timeframes", width=240, key=_key("timeframes"))
    _asked(kind)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind != TOUCHED:
            _number("candles", "Candles in a row", 1, 20, 140)
        _number("most_an_hour", "Messages an hour, at most", 1, 60, 200)
        st.time_input("Hold from (UTC)", None, width=140, key=_key("quiet_from"))
        st.time_input("until (UTC)", None, width=140, key=_key("quiet_until"))
        if kind != TOUCHED:
            st.checkbox("Tell its end, too", key=_key("tell_end"))


def _asked(kind: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind in {SIGNAL, TOUCHED}:
            _number("move", "P(move) from, %", 0, 100, 140, "0 asks for nothing.")
            _number("above_usual", "above usual by, %", 0, 100, 140)
        if kind == SIGNAL:
            _number("confidence", "Confidence from, %", 0, 100, 150)
        if kind == TOGETHER:
            _number("expected_on", "Move likely on, timeframes", 0, 4, 200, "0 asks for nothing.")
        if kind in {SIGNAL, TOGETHER}:
            _number("leave_lower_by", "ends so much lower, %", 0, 50, 170)
            _choice(
                "side", "Side", [Direction.LONG.value, Direction.SHORT.value], "Counts only where a side is proven."
            )
        if kind == TOGETHER:
            _number("sided_on", "on, timeframes", 1, 4, 140)
        if kind == SIGNAL:
            bands = [band.value for band in Band]
            _choice("band", "P(move) is", bands, words={band.value: BAND_LOOKS[band].word for band in Band})
        if kind == TOUCHED:
            _choice(
                "barrier", "Barrier", ["upper", "lower"], "Told once the signal's horizon has ended: then it is known."
            )
    if kind == SIGNAL:
        with st.container(horizontal=True):
            st.checkbox("Timing proven", key=_key("timing_proven"))
            st.checkbox("Side proven", key=_key("side_proven"))
            st.checkbox("Trusted", key=_key("trusted"))


def _number(field: str, label: str, least: int, most: int, width: int, help: str | None = None) -> None:
    st.number_input(label, least, most, step=1, help=help, width=width, key=_key(field))


def _choice(
    field: str, label: str, options: list[str], help: str | None = None, words: dict[str, str] | None = None
) -> None:
    named: Any = str if words is None else words.__getitem__
    st.selectbox(label, options, None, placeholder="Any", width=150, format_func=named, help=help, key=_key(field))
