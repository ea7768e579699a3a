"""The few rules of style that Streamlit's theme has no word for."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from core.wording.language import say

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def page_style(notice: str) -> None:
    """Style what pages share. Takes no room on the page.

    A component whose script does not come has a sentence in its place, and the bar the market's ``notice``: without
    it prices could be taken for real ones.
    """
    missing = json.dumps(say("This part did not load. It is asked for again every few seconds."), ensure_ascii=False)
    st.html(
        f"<style>{_STYLE}\n:root {{ --missing-part: {missing}; --market-notice: {json.dumps(notice, ensure_ascii=False)}; }}</style>"
    )
