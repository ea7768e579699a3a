"""The few rules of style that Streamlit's theme has no word for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_STYLE = f"<style>{Path(__file__).with_suffix('.css').read_text(encoding='utf-8')}</style>"


def page_style() -> None:
    """Style what pages share. Takes no room on the page."""
    st.html(_STYLE)
