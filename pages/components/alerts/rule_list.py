"""The rules that there are, each with its states, the versions it had, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from core.alerts.book import RuleBook, StoredRule
from core.alerts.rules import Rule
from core.alerts.sending import Fate, Refused, Sent
from core.application import Application
from core.errors import CandorError
from core.market.candles import moment_of, unix_ms
from core.wording.language import phrase, say
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.alerts.editing import edit
from pages.components.alerts.sentences import (
    NOTHING_IS_WATCHED,
    WATCHLIST_IS_THE_SAME,
    condition_text,
    states_text,
    version_text,
    why_text,
)
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

WRITTEN = "alerts_written"
"""How often this session has written: what was read before counts no more."""

SILENCES = {
    phrase("1 hour"): timedelta(hours=1),
    phrase("8 hours"): timedelta(hours=8),
    phrase("1 day"): timedelta(days=1),
    phrase("7 days"): timedelta(days=7),
}


def written() -> int:
    return int(st.session_state.get(WRITTEN, 0))


def _complain(problem: str) -> None:
    st.toast(plain(problem), icon=":material/error:")


def write(change: Callable[[], object], complain: Callable[[str], None] = _complain) -> bool:
    """Make a change of the rules; whether that succeeded, otherwise what is the matter is said, at the corner or by ``complain``."""
    try:
        change()
    except CandorError as error:
        complain(error_text(error, TYPESET))
        return False
    st.session_state[WRITTEN] = written() + 1
    return True


def show_rule(app: Application, book: RuleBook | None, stored: StoredRule, watched: tuple[str, ...]) -> None:
    """One rule, with what can be done with it where there is a ``book`` to write in."""
    now_ms = unix_ms(app.alerting.now())
    with st.container(border=True, gap="small", key=f"rule_{stored.id}"):
        if stored.rule is None:
            st.markdown(
                say("**Rule {id}** cannot be read; it is looked at no more. Delete it and make it anew.", id=stored.id)
            )
        else:
            st.markdown(f"**{plain(stored.rule.name)}** {_badges(stored, now_ms)}")
            st.caption(plain(condition_text(stored.rule)))
            st.markdown(plain(states_text(stored)) if stored.enabled else say("Not looked at."))
        if book is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                _buttons(app, book, stored, now_ms, watched)


def _badges(stored: StoredRule, now_ms: int) -> str:
    where = say(":gray-badge[pages only]") if stored.target is None else f":gray-badge[{plain(stored.target)}]"
    on = say(":green-badge[on]") if stored.enabled else say(":orange-badge[off]")
    silent = now_ms < stored.silenced_until_ms
    until = reader_style().minute(moment_of(stored.silenced_until_ms)) if silent else ""
    version = say(":gray-badge[version {version}]", version=stored.version)
    return " ".join(
        [on, where, version, *([say(":orange-badge[silenced until {until}]", until=plain(until))] if silent else [])]
    )


def _buttons(app: Application, book: RuleBook, stored: StoredRule, now_ms: int, watched: tuple[str, ...]) -> None:
    if stored.rule is not None:
        _switch_button(book, stored, now_ms)
        st.button(
            say("Change"), key=f"edit_{stored.id}", on_click=edit, args=(stored, stored.rule), icon=":material/edit:"
        )
        if stored.rule.watchlist:
            _watchlist_button(book, stored, stored.rule, now_ms, watched)
        _silence_buttons(book, stored, now_ms)
        if stored.target is not None:
            st.button(
                say("Send a test"),
                key=f"test_{stored.id}",
                on_click=_test,
                args=(app, stored.id),
                icon=":material/send:",
            )
        _button(say("Duplicate"), "duplicate", stored, partial(book.duplicate, stored.id, now_ms))
    _delete_question(book, stored, now_ms)
    if stored.before:
        with st.popover(say("Earlier versions")):
            for version in stored.before:
                st.caption(plain(version_text(version, reader_style())))


def _button(label: str, name: str, stored: StoredRule, change: Callable[[], object], **options: Any) -> None:
    st.button(label, key=f"{name}_{stored.id}", on_click=_write, args=(change,), **options)


def _write(change: Callable[[], object]) -> None:
    write(change)


def _switch_button(book: RuleBook, stored: StoredRule, now_ms: int) -> None:
    label = say("Switch off") if stored.enabled else say("Switch on")
    _button(label, "switch", stored, partial(book.switch, stored.id, not stored.enabled, now_ms))


def _watchlist_button(book: RuleBook, stored: StoredRule, rule: Rule, now_ms: int, watched: tuple[str, ...]) -> None:
    copied = rule.model_copy(update={"symbols": watched})
    change = partial(book.change, stored.id, stored.version, copied, now_ms)
    same = set(watched) == set(rule.symbols)
    why = say(NOTHING_IS_WATCHED) if not watched else say(WATCHLIST_IS_THE_SAME) if same else None
    _button(say("Copy the watchlist again"), "watchlist", stored, change, disabled=same or not watched, help=why)


def _delete_question(book: RuleBook, stored: StoredRule, now_ms: int) -> None:
    with st.popover(say("Delete"), icon=":material/delete:"):
        st.markdown(say("Delete the rule {name}?", name=plain(stored.rule.name) if stored.rule else stored.id))
        st.caption(say("What it has told stays in the history. A message that waits is not sent."))
        _button(say("Delete this rule"), "delete", stored, partial(book.delete, stored.id, now_ms), type="primary")


def _silence_buttons(book: RuleBook, stored: StoredRule, now_ms: int) -> None:
    if now_ms < stored.silenced_until_ms:
        _button(say("End the silence"), "loud", stored, partial(book.silence, stored.id, 0, now_ms))
        return
    with st.popover(say("Silence")):
        for word, span in SILENCES.items():
            until_ms = now_ms + round(span.total_seconds() * 1000)
            _button(say(word), f"silence_{word}", stored, partial(book.silence, stored.id, until_ms, now_ms))


def _test(app: Application, rule_id: int) -> None:
    try:
        sentence = fate_text(app.alerting.send_test(rule_id))
    except CandorError as error:
        sentence = error_text(error, TYPESET)
    st.toast(plain(sentence), icon=":material/send:")


def fate_text(fate: Fate | None) -> str:
    """What came of a test, in a sentence."""
    if fate is None:
        return say("This rule sends nothing now.")
    if isinstance(fate, Sent):
        return say("The test was sent; the service took it.")
    if isinstance(fate, Refused):
        return say("The test was not sent: {why}.", why=why_text(fate.why))
    return say("The test may not have arrived: {why}.", why=why_text(fate.why))
