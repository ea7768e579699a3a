"""The new rule that is being typed, kept by the browser's tab: neither a reload nor a server that was away loses it."""

from __future__ import annotations

import streamlit as st

from pages.components.alerts.draft import Draft, draft_in, kept_form
from pages.components.alerts.form import fill_form
from pages.components.shared.browser_component import browser_component

_KEY, _BEGUN = "alerts_kept_draft", "alerts_draft_begun"
"""The component, and whether this session has a draft of its own: what the tab kept is older then."""

_component = browser_component("alerts/kept_draft")


def keep_draft(draft: Draft) -> None:
    """Let the tab keep it; a session that has only just begun hears instead what the tab kept, and fills the form in with that."""
    if draft != Draft():
        st.session_state[_BEGUN] = True
    data = {"draft": None if draft == Draft() else kept_form(draft), "begins": not st.session_state.get(_BEGUN)}
    _component(key=_KEY, data=data, on_kept_change=_take_up)


def _take_up() -> None:
    draft = draft_in(st.session_state[_KEY].get("kept"))
    if draft is not None and not st.session_state.get(_BEGUN):
        st.session_state[_BEGUN] = True
        fill_form(draft)
