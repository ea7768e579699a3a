"""Alerts: rules that send a message when a signal changes into them, what each would have sent, and what became of all."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.alerts.book import Destination, RuleBook, StoredRule
from core.alerts.foretold import DAYS
from core.alerts.rules import BarrierTouched, FeedSilent, Rule
from core.application import Application
from core.errors import CandorError, InvalidRequest
from core.journal.recorder import Opened
from core.journal.store import Ledger
from core.market.candles import unix_ms
from core.wording.language import say
from core.wording.sentences import error_text
from core.wording.style import TYPESET
from pages.components.alerts.draft import Draft, rule_of
from pages.components.alerts.editing import ask, asked_for, edited, leave_form, previewed
from pages.components.alerts.form import (
    ELSEWHERE,
    KEEP,
    TARGET,
    WHERE,
    change_form,
    refuse,
    rule_form,
    switch_on_form,
    typed,
)
from pages.components.alerts.history import history_csv, history_rows
from pages.components.alerts.kept_draft import keep_draft
from pages.components.alerts.reading import Alerts, alerts_now, foretold_now
from pages.components.alerts.rule_list import show_rule, write, written
from pages.components.alerts.sentences import (
    IN_PAGES,
    KEPT_ELSEWHERE,
    NO_ALERTS,
    NOTHING_YET,
    PASSED_OVER,
    TWO_CLOCKS,
    WHAT_IS_KEPT,
    condition_text,
    foretold_text,
)
from pages.components.alerts.watched import watched_of
from pages.components.record.sentences import origin_badge, prices_word
from pages.components.shared.application import application
from pages.components.shared.ledger_waiting import show_waiting
from pages.components.shared.look import redraw_when_there_is_more
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

CLOCKS_APART = timedelta(minutes=2)
"""From here on nobody could take the one for the other."""


def show_form(app: Application, opened: Opened, ledger: Ledger, watched: tuple[str, ...]) -> None:
    """The form, and below it what the rule that it describes would have sent, before it is switched on or changed."""
    if (changed := edited()) is not None:
        about = say(
            "This changes rule {id}, version {version}; what it told stays as it is.",
            id=changed.id,
            version=changed.version,
        )
        st.caption(about)
        st.button(say("Leave it as it is"), on_click=leave_form, icon=":material/undo:")
    asked = rule_form(app.feed.symbols(), watched)
    made = rule_of(typed())
    if asked:
        ask(typed(), made if isinstance(made, Rule) else None)
    if not isinstance(made, Rule) and asked_for() == typed():
        for problem in made:
            st.warning(plain(problem), icon=":material/edit_off:")
    rule = previewed()
    if rule is not None and rule != made:
        st.caption(say("The form has changed: show again what it would have sent, before it is kept."))
    elif rule is not None:
        with st.container(border=True, key="alert_preview"):
            show_preview(app, opened, ledger, rule)
    if edited() is None:
        keep_draft(typed())


def show_preview(app: Application, opened: Opened, ledger: Ledger, rule: Rule) -> None:
    st.markdown(say("**{name}** would have sent, in the last 30 days:", name=plain(rule.name)))
    st.caption(plain(condition_text(rule)))
    if isinstance(rule.condition, FeedSilent):
        st.markdown(
            say(
                "What a silent feed would have sent is not worked out: of the past, signals are kept, and outages "
                "only as gaps."
            )
        )
    elif not show_foretold(app, opened, ledger, rule):
        return  # nobody switches on what they have not seen
    if (changed := edited()) is None:
        switch_on_form(_switch_on, app, ledger, rule)
    else:
        change_form(changed.version, changed.target, _save, app, ledger, changed, rule)


def show_foretold(app: Application, opened: Opened, ledger: Ledger, rule: Rule) -> bool:
    """What the rule would have sent, once that is worked out; whether it is."""

    def ask() -> object:
        return foretold_now(ledger.database, rule, unix_ms(app.feed.now()))

    found = foretold_now(ledger.database, rule, unix_ms(app.feed.now()))
    redraw_when_there_is_more(ask, found)
    if found is None:
        st.caption(say("It is being worked out from the signals of the last {days} days …", days=DAYS))
        st.skeleton(height=80)
        return False
    if isinstance(found, CandorError):
        st.warning(plain(error_text(found, TYPESET)), icon=":material/database_off:")
    else:
        for origin, forecast in found.items():
            of_touches = isinstance(rule.condition, BarrierTouched)
            text = plain(foretold_text(forecast, of_touches))
            st.markdown(f"{origin_badge(origin, prices_word(opened.market))} {text}")
        st.caption(say(PASSED_OVER))
    return True


def _switch_on(app: Application, ledger: Ledger, rule: Rule) -> None:
    refuse(None)
    target = st.session_state.get(TARGET) or None
    if rule != rule_of(typed()):  # changed in the very moment in which it was switched on
        return
    if write(lambda: RuleBook(ledger.database).add(rule, target, unix_ms(app.alerting.now())), refuse):
        st.session_state[TARGET] = ""
        leave_form()


def _save(app: Application, ledger: Ledger, changed: StoredRule, rule: Rule) -> None:
    refuse(None)
    book, where = RuleBook(ledger.database), st.session_state[WHERE]
    target = st.session_state.get(TARGET) or None
    if rule != rule_of(typed()):
        return

    def save() -> None:
        if where == ELSEWHERE and target is None:
            raise InvalidRequest("No address was given to send to; type one, or choose another place.")
        to = None if where == KEEP else Destination(target if where == ELSEWHERE else None)
        book.change(changed.id, changed.version, rule, unix_ms(app.alerting.now()), to)

    if write(save, refuse):
        st.session_state[TARGET] = ""
        leave_form()


def show_history(opened: Opened, found: Alerts) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="alert_history_head"):
        st.header(say("History"), anchor=False)
        st.markdown(say(":blue-badge[live · {market}]", market=plain(prices_word(opened.market))))
        if found.records:
            csv = lambda: history_csv(found.records, opened.name)  # noqa: E731 - made once it is asked for
            what = say("Alerts ({count}, CSV)", count=len(found.records))
            st.download_button(what, csv, "alerts.csv", "text/csv", on_click="ignore", icon=":material/download:")
    if found.records:
        st.dataframe(history_rows(found.records, reader_style()), hide_index=True, key="alert_history")
    else:
        st.info(say(NO_ALERTS), icon=":material/notifications_none:")


def alerts() -> None:
    app = application()
    opened, kept_here = app.recorder.opened(), app.recorder.part().records
    if opened is None or (kept_here and opened.ledger is None):
        show_waiting(app, say("Rules cannot be kept now"))
        redraw_when_there_is_more(lambda: opened_ledger(app), None)
        return
    database, count = opened.reader.database, written()
    watched = watched_of(app.feed.symbols())
    followed = tuple(app.feed.symbols())
    found = alerts_now(database, count, followed)
    redraw_when_there_is_more(lambda: alerts_now(database, count, followed), found)
    if not kept_here:
        st.info(say(KEPT_ELSEWHERE), icon=":material/edit_off:")
    if isinstance(found, CandorError):
        st.warning(
            plain(error_text(found, TYPESET)), title=say("Rules cannot be read now"), icon=":material/database_off:"
        )
    elif found is None:
        st.skeleton(height=240)
    else:
        if found.rules and abs(app.alerting.now() - app.feed.now()) > CLOCKS_APART:
            st.caption(say(TWO_CLOCKS))
        show_rules(app, opened, RuleBook(database) if kept_here else None, found, watched)
    if kept_here and opened.ledger is not None and not is_beside_its_rule(found):
        show_expander(app, opened, opened.ledger, found, watched)
    if isinstance(found, Alerts):
        show_history(opened, found)
    st.caption(say(IN_PAGES))
    st.caption(say(WHAT_IS_KEPT))


def show_expander(
    app: Application, opened: Opened, ledger: Ledger, found: Alerts | CandorError | None, watched: tuple[str, ...]
) -> None:
    """The form of a new rule, or of one that is being changed."""
    changed = edited()
    if changed is None:
        title, icon = say("New rule"), ":material/add_alert:"
    else:
        name = plain(changed.rule.name) if changed.rule else changed.id
        title, icon = say("Change the rule {name}", name=name), ":material/edit:"
    open_ = changed is not None or typed() != Draft() or (isinstance(found, Alerts) and not found.rules)
    with st.expander(title, icon=icon, expanded=open_):
        show_form(app, opened, ledger, watched)


def opened_ledger(app: Application) -> Ledger | None:
    opened = app.recorder.opened()
    return None if opened is None else opened.ledger


def is_beside_its_rule(found: Alerts | CandorError | None) -> bool:
    """Whether the form changes a rule that is shown: it stands below that one, where somebody has asked for it."""
    changed = edited()
    return changed is not None and isinstance(found, Alerts) and changed.id in {each.id for each in found.rules}


def show_rules(
    app: Application, opened: Opened, book: RuleBook | None, found: Alerts, watched: tuple[str, ...]
) -> None:
    """Each rule, and what can be done with it where there is a ``book`` to write in; below one that is changed, the form."""
    if not found.rules and book is not None:
        st.info(say(NOTHING_YET), icon=":material/notifications_none:")
    for stored in found.rules:
        show_rule(app, book, stored, watched)
        changed = edited()
        if book is not None and opened.ledger is not None and changed is not None and changed.id == stored.id:
            show_expander(app, opened, opened.ledger, found, watched)


alerts()
