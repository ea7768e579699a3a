"""The field that searches coins, the same above every list of them; what is typed lives in the address."""

from __future__ import annotations

import streamlit as st


def coin_search(key: str, width: int) -> str:
    """Draw the field, ``width`` pixels wide, and say what is typed into it; ``key`` is its name in the address."""
    typed = st.text_input(
        "Search",
        type="search",
        placeholder="Search coins",
        live="200ms",
        max_chars=60,
        key=key,
        label_visibility="collapsed",
        width=width,
        bind="query-params",
        persist_state="session",
    )
    return typed or ""
