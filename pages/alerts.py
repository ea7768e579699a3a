"""Alerts: rules that send a message when a signal changes into them, what each would have sent, and what became of all."""

from __future__ import annotations

import streamlit as st

from core.alerts.book import RuleBook
from core.alerts.rules import FeedSilent, Rule
from core.application import Application
from core.errors import CandorError
from core.journal.recorder import Opened
from core.journal.store import Ledger
from core.market.candles import unix_ms
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.alerts.draft import rule_of
from pages.components.alerts.form import TARGET, rule_form, switch_on_form
from pages.components.alerts.history import history_csv, history_rows
from pages.components.alerts.reading import Alerts, alerts_now, foretold_now
from pages.components.alerts.rule_list import show_rule, write, written
from pages.components.alerts.sentences import (
    KEPT_ELSEWHERE,
    NO_ALERTS,
    NOTHING_YET,
    PASSED_OVER,
    WHAT_IS_KEPT,
    condition_text,
    foretold_text,
)
from pages.components.record.sentences import origin_badge, prices_word
from pages.components.shared.application import application
from pages.components.shared.ledger_waiting import show_waiting
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.plain_text import plain

DRAFT = "alert_draft"


def show_new_rule(app: Application, opened: Opened, ledger: Ledger) -> None:
    """The form, and below it what the rule that it describes would have sent, before it is switched on."""
    draft = rule_form(app.feed.symbols())
    if draft is not None:
        made = rule_of(draft)
        if isinstance(made, Rule):
            st.session_state[DRAFT] = made
        else:
            st.session_state.pop(DRAFT, None)
            for problem in made:
                st.warning(plain(problem), icon=":material/edit_off:")
    rule = st.session_state.get(DRAFT)
    if rule is not None:
        with st.container(border=True, key="alert_preview"):
            show_preview(app, opened, ledger, rule)


def show_preview(app: Application, opened: Opened, ledger: Ledger, rule: Rule) -> None:
    st.markdown(f"**{plain(rule.name)}** would have sent, in the last 30 days:")
    st.caption(plain(condition_text(rule)))
    if isinstance(rule.condition, FeedSilent):
        st.markdown(
            "What a silent feed would have sent is not worked out: of the past, signals are kept, and outages only as gaps."
        )
    else:
        show_foretold(app, opened, ledger, rule)
    switch_on_form(_switch_on, app, ledger, rule)


def show_foretold(app: Application, opened: Opened, ledger: Ledger, rule: Rule) -> None:
    def ask() -> object:
        return foretold_now(ledger.database, rule, unix_ms(app.feed.now()))

    found = foretold_now(ledger.database, rule, unix_ms(app.feed.now()))
    redraw_when_there_is_more(ask, found)
    if found is None:
        st.skeleton(height=80)
    elif isinstance(found, CandorError):
        st.warning(plain(error_text(found, TYPESET)), icon=":material/database_off:")
    else:
        for origin, told in found.items():
            st.markdown(f"{origin_badge(origin, prices_word(opened.market))} {plain(foretold_text(told))}")
        st.caption(PASSED_OVER)


def _switch_on(app: Application, ledger: Ledger, rule: Rule) -> None:
    target = st.session_state.get(TARGET) or None
    if write(lambda: RuleBook(ledger.database).add(rule, target, unix_ms(app.alerting.now()))):
        st.session_state[TARGET] = ""
        del st.session_state[DRAFT]


def show_history(opened: Opened, found: Alerts) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("History", anchor=False)
        st.markdown(f":blue-badge[live · {plain(prices_word(opened.market))}]")
        if found.told:
            csv = lambda: history_csv(found.told, opened.name)  # noqa: E731 - made once it is asked for
            st.download_button("CSV", csv, "alerts.csv", "text/csv", on_click="ignore", icon=":material/download:")
    if found.told:
        st.dataframe(history_rows(found.told), hide_index=True, key="alert_history")
    else:
        st.info(NO_ALERTS, icon=":material/notifications_none:")


def alerts() -> None:
    app = application()
    opened, kept_here = app.recorder.opened(), app.recorder.part().records
    if opened is None or (kept_here and opened.ledger is None):
        show_waiting(app, "Rules cannot be kept now")
        redraw_when_there_is_more(lambda: opened_ledger(app), None)
        return
    database, count = opened.reader.database, written()
    found = alerts_now(database, count)
    redraw_when_there_is_more(lambda: alerts_now(database, count), found)
    if not kept_here:
        st.info(KEPT_ELSEWHERE, icon=":material/edit_off:")
    if isinstance(found, CandorError):
        st.warning(plain(error_text(found, TYPESET)), title="Rules cannot be read now", icon=":material/database_off:")
    elif found is None:
        st.skeleton(height=240)
    else:
        show_rules(app, RuleBook(database) if kept_here else None, found)
    if kept_here and opened.ledger is not None:
        with st.expander(
            "New rule", icon=":material/add_alert:", expanded=isinstance(found, Alerts) and not found.rules
        ):
            show_new_rule(app, opened, opened.ledger)
    if isinstance(found, Alerts):
        show_history(opened, found)
    st.caption(WHAT_IS_KEPT)


def opened_ledger(app: Application) -> Ledger | None:
    opened = app.recorder.opened()
    return None if opened is None else opened.ledger


def show_rules(app: Application, book: RuleBook | None, found: Alerts) -> None:
    """Each rule, and what can be done with it where there is a ``book`` to write in."""
    if not found.rules and book is not None:
        st.info(NOTHING_YET, icon=":material/notifications_none:")
    for stored in found.rules:
        show_rule(app, book, stored)


alerts()
