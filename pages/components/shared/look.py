"""Keeps current what was read beside a page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.components.shared.language import fragment

WAIT_SECONDS, LOOK_SECONDS = 0.5, 2.0  # between two looks for the first answer, and for a newer one


def redraw_when_there_is_more(ask: Callable[[], object], drawn: object) -> None:
    """Look whether ``ask`` tells something else than was drawn; a look is a read of memory."""

    @fragment(run_every=WAIT_SECONDS if drawn is None else LOOK_SECONDS)
    def look() -> None:
        if ask() is not drawn:
            st.rerun()

    look()
