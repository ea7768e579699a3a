"""What the form is about: a new rule, or the next version of one; and the rule whose preview is shown below it."""

from __future__ import annotations

import streamlit as st

from core.alerts.book import StoredRule
from core.alerts.rules import Rule
from pages.components.alerts.draft import Draft, draft_of
from pages.components.alerts.form import fill_form

_DRAFT, _EDITED = "alert_draft", "alert_edited"


def edited() -> StoredRule | None:
    """The rule that the form changes, as it was when that was begun; None where it makes a new one."""
    return st.session_state.get(_EDITED)


def previewed() -> Rule | None:
    return st.session_state.get(_DRAFT)


def preview(rule: Rule | None) -> None:
    """Show below the form what a rule would have sent; None shows nothing."""
    st.session_state[_DRAFT] = rule


def edit(stored: StoredRule, rule: Rule) -> None:
    """Let the form change a rule."""
    st.session_state[_EDITED] = stored
    preview(None)
    fill_form(draft_of(rule))


def leave_form() -> None:
    """Let the form make a new rule."""
    st.session_state[_EDITED] = None
    preview(None)
    fill_form(Draft())
