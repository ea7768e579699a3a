"""Widgets whose value lives in the address, so that a view can be shared and survives a reload.

They are drawn at what the address says, and ask for another address when they are turned. Streamlit's own binding to a
parameter takes it out of the address when its widget is not drawn, and when another page has one of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.shared.parameters import Parameter

Choice = TypeVar("Choice", bound=str)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Value]):
    """A widget that stands at a value which somebody else than itself turned it to, the address or another coin.

    Each such value has a widget of its own. Streamlit tells a widget what the script sets only in the run that sets it;
    of two runs in quick succession the browser may draw the second alone, and hands in with the next what it held
    before, which is taken for a choice of the reader's.
    """

    name: str
    turns: int
    default: Value

    @property
    def key(self) -> str:
        return f"{self.name}_{self.turns}" if self.turns else self.name

    def on_change(self, turn: Callable[[Value], None]) -> Callable[[], None]:
        """``turn`` told what was chosen, unless it comes from a widget that stands here no more."""

        def follow() -> None:
            if st.session_state.get(_drawn(self.name)) == self and self.key in st.session_state:
                turn(st.session_state[self.key])

        return follow


def widget_at(name: str, value: Value) -> Drawn[Value]:
    """The widget ``name`` at ``value``: the one that stands there already, or another."""
    drawn: Drawn[Value] | None = st.session_state.get(_drawn(name))
    if drawn is None:
        drawn = Drawn(name, 0, value)
    elif st.session_state.get(drawn.key) != value:
        drawn = Drawn(name, drawn.turns + 1, value)
    st.session_state[_drawn(name)] = drawn
    return drawn


def _drawn(name: str) -> str:
    return f"{name}_drawn"


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
    name: str,
    word: Callable[[Choice], str],
    turn: Callable[[Choice], None],
) -> None:
    """Draw ``choices`` side by side at ``value``, which the address says; ``turn`` writes another one into it."""
    drawn = widget_at(name, value)
    st.segmented_control(
        label,
        choices,
        default=drawn.default,
        key=drawn.key,
        format_func=word,
        on_change=drawn.on_change(turn),
        required=True,
        label_visibility="collapsed",
    )


def asked_for() -> str:
    """The query of the address that this run of the page was asked for with, before the page completes it."""
    run = get_script_run_ctx()
    return "" if run is None else run.query_string
