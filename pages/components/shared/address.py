"""Widgets whose value lives in the address, so that a view can be shared and survives a reload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

import streamlit as st


class Bound(TypedDict):
    """What such a widget is told."""

    bind: Literal["query-params"]
    persist_state: Literal["session"]


IN_THE_ADDRESS: Bound = {"bind": "query-params", "persist_state": "session"}
"""For a widget that its page always draws, under a name of that page alone.

Streamlit takes a bound parameter out of the address when its widget is not drawn, and when another page is entered
with a parameter of the same name. What has to outlive that is drawn at what the address says, and asked by its callback.
"""


def draw_at(key: str, value: object) -> None:
    """Let the widget of ``key`` be drawn at ``value``; one that is there already is left alone, half typed as it may be."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def ask(name: str, value: str | Sequence[str]) -> None:
    """Write a parameter into the address; one without a value needs no word there."""
    if value:
        st.query_params[name] = value if isinstance(value, str) else list(value)
    else:
        st.query_params.pop(name, None)
