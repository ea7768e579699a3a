"""The form of a rule: what it asks for is kept under its fields' own names for as long as the page is open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import Any

import streamlit as st

from core.domain import Direction, Timeframe, ticker
from core.signals.bands import Band
from core.wording.language import in_a_row, phrase, say
from pages.components.alerts.draft import KINDS, LIMITS, NAMES, SIGNAL, TOGETHER, TOUCHED, Draft, Kind
from pages.components.shared.appearance import BAND_STYLES, DIRECTION_STYLES
from pages.components.shared.number_text import coins_text
from pages.components.shared.plain_text import plain
from pages.components.shared.watchlist import nothing_watched_text

TARGET = "alert_target"
"""Where the address waits until the rule is switched on."""

KEEP, PAGES_ONLY, ELSEWHERE = "keep", "pages", "elsewhere"
WHERE = "alert_where"
"""Where a rule that is changed sends from now on: one of these."""

_WHERE_WORDS = {PAGES_ONLY: phrase("Nowhere: pages show it"), ELSEWHERE: phrase("To another address")}


ENDS_LOWER = phrase(
    "A rule that fires at 75\u00a0% and ends 3 points below that ends under 72\u00a0%: what hovers about its level does not fire again "
    "and again."
)

_BASE, _TURN, _LEFT = "alert_base", "alert_turn", "alert_left"
"""The draft that the form begins with, how often it has begun anew, and at which of these times it held what last."""


def fill_form(draft: Draft) -> None:
    """Let the form begin anew with this draft.

    Its fields are other ones then: one that was told another value would keep what it shows where a run overtakes a run.
    """
    st.session_state[_BASE] = draft
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_COPIED] = None
    refuse(None)


def _base() -> Draft:
    return st.session_state.get(_BASE) or Draft()


def _begins(field: str) -> Any:
    """What a field shows until something else is typed."""
    return getattr(_base(), field)


def rule_form(symbols: Collection[str], watched: tuple[str, ...]) -> bool:
    """Draw it, as it was left where another page was read meanwhile; whether it is asked what ``typed`` would have sent.

    A button takes the ``watched`` coins. It is no form of Streamlit's: of what is typed into one nobody knows before it is
    sent, and a preview beside it would go on showing another rule than the fields above.
    """
    turn, left = st.session_state.get(_LEFT, (-1, Draft()))
    if turn == st.session_state.get(_TURN) and _key("kind") not in st.session_state:
        fill_form(left)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            say("When"),
            list(KINDS),
            default=_begins("kind"),
            required=True,
            format_func=lambda each: say(KINDS[each]),
            key=_key("kind"),
        )
        _watchlist_button(watched)
    _fields(kind or SIGNAL, symbols)
    st.session_state[_LEFT] = st.session_state.get(_TURN), typed()
    return st.button(say("Show what it would have sent"), icon=":material/history:")


def switch_on_form(on_click: Callable[..., None], *args: object) -> None:
    """Where a new rule's messages go, and the button that switches it on; ``on_click`` finds the address under TARGET."""
    with st.form("alert_switch_on", border=False):
        _address_field(say("Send to"), say("Without one, alerts are shown on pages alone."))
        st.form_submit_button(
            say("Switch it on"), type="primary", on_click=on_click, args=args, icon=":material/notifications_active:"
        )


def change_form(version: int, sends_to: str | None, on_click: Callable[..., None], *args: object) -> None:
    """Where a changed rule's messages go, and the button that makes it the next version; ``sends_to`` is where they went."""
    with st.form("alert_change", border=False):
        before = say("As before: pages show it") if sends_to is None else say("As before: {address}", address=sends_to)
        words = {KEEP: before} | {where: say(word) for where, word in _WHERE_WORDS.items()}
        st.radio(say("Send to"), list(words), format_func=words.__getitem__, key=WHERE, horizontal=True)
        _address_field(say("Another address"), say("It counts only where it is chosen above."))
        label = say("Save as version {version}", version=version + 1)
        st.form_submit_button(label, type="primary", on_click=on_click, args=args, icon=":material/save:")


def refuse(problem: str | None) -> None:
    """Say below the address what is the matter with it, or with what it was to be kept for, until the next try; None says nothing."""
    st.session_state[_REFUSED] = problem


_REFUSED = "alert_refused"


def _address_field(label: str, without: str) -> None:
    st.text_input(
        label,
        type="password",
        key=TARGET,
        placeholder="tgram://TOKEN/CHAT, discord://ID/TOKEN, mailtos://USER:PASSWORD@HOST, jsons://HOST/PATH …",
        help=in_a_row(say("An address as Apprise writes it. It is never shown again."), without),
    )
    if problem := st.session_state.get(_REFUSED):
        st.error(plain(problem), icon=":material/error:")


def _key(field: str) -> str:
    """``alert_name``, ``alert_name_2`` once the form has begun anew twice; coins do that with each copy of a watchlist, too."""
    turns = [_TURN, _COPIES] if field == "symbols" else [_TURN]
    return "_".join([f"alert_{field}", *(str(turn) for each in turns if (turn := st.session_state.get(each)))])


_COPIED, _COPIES = "alert_copied", "alert_copies"
"""The coins that were copied from the watchlist last since the form began, and how often any were."""


def typed() -> Draft:
    """What the form holds; fields that are not drawn now are as they began."""
    values = {each.name: st.session_state.get(_key(each.name), _begins(each.name)) for each in fields(Draft)}
    values["copied"] = st.session_state.get(_COPIED) or _begins("copied")
    return Draft(**values | {name: tuple(values[name]) for name in ("symbols", "timeframes")})


def _watchlist_button(watched: tuple[str, ...]) -> None:
    def copy() -> None:
        st.session_state[_COPIED] = watched
        st.session_state[_COPIES] = st.session_state.get(_COPIES, 0) + 1

    st.button(
        say("Copy the watchlist ({coins})", coins=coins_text(len(watched))),
        disabled=not watched,
        on_click=copy,
        icon=":material/star:",
        help=say("A rule keeps a copy of it: stars that you set later do not change the rule.")
        if watched
        else nothing_watched_text(),
    )


def _fields(kind: Kind, symbols: Collection[str]) -> None:
    chosen = list(st.session_state.get(_COPIED) or _begins("symbols"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            say("Name"),
            _begins("name"),
            placeholder=say(NAMES[kind]),
            key=_key("name"),
            width=240,
        )
        options = [*symbols, *(symbol for symbol in chosen if symbol not in symbols)]
        coins, timeframes = say("All coins"), say("All timeframes")
        st.multiselect(
            say("Coins"), options, chosen, format_func=ticker, placeholder=coins, width=320, key=_key("symbols")
        )
        begun = list(_begins("timeframes"))
        st.multiselect(
            say("Timeframes"), list(Timeframe), begun, placeholder=timeframes, width=240, key=_key("timeframes")
        )
    _asked(kind)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind != TOUCHED:
            _number("candles", say("Candles in a row"), 140)
        _number("most_an_hour", say("Messages an hour, at most"), 200)
        st.time_input(say("Quiet hours from (UTC)"), _begins("quiet_from"), width=180, key=_key("quiet_from"))
        st.time_input(say("until (UTC)"), _begins("quiet_until"), width=140, key=_key("quiet_until"))
        if kind != TOUCHED:
            st.checkbox(say("Tell its end, too"), _begins("tell_end"), key=_key("tell_end"))


def _asked(kind: Kind) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind in {SIGNAL, TOUCHED}:
            _number("move", say("P(move) from, %"), 140, say("0 asks for nothing."))
            _number("above_usual", say("above usual by, points"), 190)
        if kind == SIGNAL:
            _number("confidence", say("Confidence from, %"), 150)
        if kind == TOGETHER:
            _number("expected_on", say("Timeframes with a likely move"), 240, say("0 asks for nothing."))
        if kind in {SIGNAL, TOGETHER}:
            _number("leave_lower_by", say("Ends below that by, points"), 240, say(ENDS_LOWER))
            sides = {side.value: DIRECTION_STYLES[side].word for side in (Direction.LONG, Direction.SHORT)}
            _choice("side", say("Side"), sides, say("Counts only where a side is proven."))
        if kind == TOGETHER:
            _number("sided_on", say("Timeframes with that side"), 200)
        if kind == SIGNAL:
            _choice("band", say("Band of P(move)"), {band.value: BAND_STYLES[band].word for band in Band})
        if kind == TOUCHED:
            barriers = {"upper": say("upper barrier"), "lower": say("lower barrier")}
            _choice(
                "barrier", say("Barrier"), barriers, say("Told once the signal's horizon has ended: then it is known.")
            )
    if kind == SIGNAL:
        with st.container(horizontal=True):
            st.checkbox(say("Timing proven"), _begins("timing_proven"), key=_key("timing_proven"))
            st.checkbox(say("Side proven"), _begins("side_proven"), key=_key("side_proven"))
            st.checkbox(say("Trusted"), _begins("trusted"), key=_key("trusted"))


def _number(field: str, label: str, width: int, help: str | None = None) -> None:
    st.number_input(label, *LIMITS[field], _begins(field), step=1, help=help, width=width, key=_key(field))


def _choice(field: str, label: str, words: Mapping[str, str], help: str | None = None) -> None:
    """One of the keys of ``words``, which name them; or none."""
    st.selectbox(
        label,
        list(words),
        None if _begins(field) is None else list(words).index(_begins(field)),
        placeholder=say("Any"),
        width=150,
        format_func=words.__getitem__,
        help=help,
        key=_key(field),
    )
