"""What the form is about: a new rule, or the next version of one; and the rule whose preview is shown below it."""

from __future__ import annotations

import streamlit as st

from core.alerts.book import StoredRule
from core.alerts.rules import Rule
from pages.components.alerts.draft import Draft, draft_of
from pages.components.alerts.form import fill_form, typed

_ASKED, _DRAFT, _EDITED, _LEFT = "alert_asked", "alert_draft", "alert_edited", "alert_left_draft"


def edited() -> StoredRule | None:
    """The rule that the form changes, as it was when that was begun; None where it makes a new one."""
    return st.session_state.get(_EDITED)


def previewed() -> Rule | None:
    return st.session_state.get(_DRAFT)


def ask(draft: Draft, rule: Rule | None) -> None:
    """Show below the form what the ``rule`` of a draft would have sent; where None is, what keeps it from being one."""
    st.session_state[_ASKED], st.session_state[_DRAFT] = draft, rule


def asked_for() -> Draft | None:
    """The draft of which that was asked last."""
    return st.session_state.get(_ASKED)


def _ask_nothing() -> None:
    st.session_state[_ASKED] = st.session_state[_DRAFT] = None


def edit(stored: StoredRule, rule: Rule) -> None:
    """Let the form change a rule."""
    if edited() is None:
        st.session_state[_LEFT] = typed()
    st.session_state[_EDITED] = stored
    _ask_nothing()
    fill_form(draft_of(rule))


def leave_form() -> None:
    """Let the form make a new rule: the one that was being typed where another was changed meanwhile."""
    left = st.session_state.get(_LEFT) if edited() is not None else None
    st.session_state[_EDITED] = st.session_state[_LEFT] = None
    _ask_nothing()
    fill_form(left or Draft())
