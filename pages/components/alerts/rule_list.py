"""The rules that there are, each with its states and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import streamlit as st

from core.alerts.book import RuleBook, StoredRule
from core.alerts.sending import Fate, Refused, Sent
from core.application import Application
from core.errors import CandorError
from core.market.candles import moment_of, unix_ms
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.alerts.sentences import condition_text, states_text, why_text
from pages.components.shared.plain_text import plain

WRITTEN = "alerts_written"
"""How often this session has written: what was read before counts no more."""

SILENCES = {
    "1 hour": timedelta(hours=1),
    "8 hours": timedelta(hours=8),
    "1 day": timedelta(days=1),
    "7 days": timedelta(days=7),
}


def written() -> int:
    return int(st.session_state.get(WRITTEN, 0))


def write(change: Callable[[], object]) -> bool:
    """Make a change of the rules; whether that succeeded, otherwise what is the matter is said at the corner."""
    try:
        change()
    except CandorError as error:
        st.toast(plain(error_text(error, TYPESET)), icon=":material/error:")
        return False
    st.session_state[WRITTEN] = written() + 1
    return True


def show_rule(app: Application, book: RuleBook | None, stored: StoredRule) -> None:
    """One rule, with what can be done with it where there is a ``book`` to write in."""
    now_ms = unix_ms(app.alerting.now())
    with st.container(border=True, gap="small", key=f"rule_{stored.id}"):
        if stored.rule is None:
            st.markdown(f"**Rule {stored.id}** cannot be read; it is looked at no more. Delete it and make it anew.")
        else:
            st.markdown(f"**{plain(stored.rule.name)}** {_badges(stored, now_ms)}")
            st.caption(plain(condition_text(stored.rule)))
            st.markdown(plain(states_text(stored.states)) if stored.enabled else "Not looked at.")
        if book is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                _buttons(app, book, stored, now_ms)


def _badges(stored: StoredRule, now_ms: int) -> str:
    where = ":gray-badge[this page only]" if stored.target is None else f":gray-badge[{plain(stored.target)}]"
    on = ":green-badge[on]" if stored.enabled else ":orange-badge[off]"
    silent = now_ms < stored.silenced_until_ms
    until = f"{moment_of(stored.silenced_until_ms):%Y-%m-%d %H:%M} UTC" if silent else ""
    return " ".join([on, where, *([f":orange-badge[silenced until {plain(until)}]"] if silent else [])])


def _buttons(app: Application, book: RuleBook, stored: StoredRule, now_ms: int) -> None:
    rule_id = stored.id
    if stored.rule is not None:
        word = "Switch off" if stored.enabled else "Switch on"
        st.button(
            word, key=f"switch_{rule_id}", on_click=_change, args=(partial(book.switch, rule_id, not stored.enabled),)
        )
        _silence_buttons(book, stored, now_ms)
        if stored.target is not None:
            st.button("Send a test", key=f"test_{rule_id}", on_click=_test, args=(app, rule_id), icon=":material/send:")
    with st.popover("Delete"):
        st.markdown("What it has told stays in the history.")
        st.button("Delete this rule", key=f"delete_{rule_id}", on_click=_change, args=(partial(book.delete, rule_id),))


def _silence_buttons(book: RuleBook, stored: StoredRule, now_ms: int) -> None:
    if now_ms < stored.silenced_until_ms:
        st.button(
            "End the silence", key=f"loud_{stored.id}", on_click=_change, args=(partial(book.silence, stored.id, 0),)
        )
        return
    with st.popover("Silence"):
        for word, span in SILENCES.items():
            until_ms = now_ms + round(span.total_seconds() * 1000)
            st.button(
                word,
                key=f"silence_{stored.id}_{word}",
                on_click=_change,
                args=(partial(book.silence, stored.id, until_ms),),
            )


def _change(change: Callable[[], object]) -> None:
    write(change)


def _test(app: Application, rule_id: int) -> None:
    try:
        said = fate_text(app.alerting.send_test(rule_id))
    except CandorError as error:
        said = error_text(error, TYPESET)
    st.toast(plain(said), icon=":material/send:")


def fate_text(fate: Fate | None) -> str:
    """What came of a test, in a sentence."""
    if fate is None:
        return "This rule sends nothing now."
    if isinstance(fate, Sent):
        return "The test was sent; the service took it."
    return f"The test {'was not sent' if isinstance(fate, Refused) else 'may not have arrived'}: {why_text(fate.why)}."
