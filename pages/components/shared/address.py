"""Widgets whose value lives in the address, so that a view can be shared and survives a reload."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Literal, TypedDict, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.shared.parameters import Parameter

Choice = TypeVar("Choice", bound=str)
Value = TypeVar("Value")


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
    if key not in st.session_state or st.session_state[key] != value or not _is_in_the_browser(key):
        st.session_state[key] = value


def _is_in_the_browser(key: str) -> bool:
    """Whether the browser has said by now what the widget of ``key`` holds.

    Of two runs in quick succession it may draw the second alone. Streamlit tells it a value only in the run that sets
    one; without it the widget would be empty there, and take back what the address asks for.
    """
    run = get_script_run_ctx()
    return run is None or any(state.id.endswith(f"-{key}") for state in run.session_state.get_widget_states())


def asked(parameter: Parameter[Value], known: Collection[str] = ()) -> Value:
    """What the address asks for; what of it cannot be read is told above the page (see address_problems.py)."""
    return parameter.read(st.query_params.get_all(parameter.name), known)[0]


def whole_address() -> dict[str, list[str]]:
    """The values of each parameter."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def ask(name: str, value: str | Sequence[str]) -> None:
    """Write a parameter into the address; one without a value needs no word there."""
    if value:
        st.query_params[name] = value if isinstance(value, str) else list(value)
    else:
        st.query_params.pop(name, None)


def choose(
    label: str,
    choices: Sequence[Choice],
    value: Choice,
    key: str,
    word: Callable[[Choice], str],
    turn: Callable[[Choice], None],
) -> None:
    """Draw ``choices`` side by side at ``value``, which the address says; ``turn`` writes another one into it."""
    st.session_state[key] = value
    st.segmented_control(
        label,
        choices,
        key=key,
        format_func=word,
        on_change=lambda: turn(st.session_state[key]),
        required=True,
        label_visibility="collapsed",
    )


def asked_for() -> str:
    """The query of the address that this run of the page was asked for with, before the page completes it."""
    run = get_script_run_ctx()
    return "" if run is None else run.query_string
