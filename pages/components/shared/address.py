"""Widgets whose value lives in the address, so that a view can be shared and survives a reload.

They are drawn at what the address says, and ask for another address when they are turned. Streamlit's own binding to a
parameter takes it out of the address when its widget is not drawn, and when another page has one of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.shared.asked_ahead import catch_up, take_step
from pages.components.shared.parameters import Parameter

Choice = TypeVar("Choice", bound=str)
Value = TypeVar("Value")

_REMEMBERED = 5
"""Widgets that stood at one place before: nobody turns it more often before the browser shows the first turn."""


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Value]):
    """A widget that stands at a value which the address, or another coin, turned it to.

    Each such value has a widget of its own. Streamlit tells a widget what the script sets only in the run that sets it;
    of two runs in quick succession the browser may draw the second alone, and hands in with the next what it held
    before, which is taken for a choice of the reader's. What the reader turns it to, it keeps, and with it the focus.
    """

    name: str
    turns: int
    default: Value
    at: Value
    chosen: bool = False
    """Whether the reader has turned it to ``at``, of which the page knows nothing yet."""
    before: tuple[tuple[str, Value], ...] = ()
    """Keys of those that stood here before it, newest first, and what each stood at: a browser far away may show one of
    them still, and its reader turn that."""

    @property
    def key(self) -> str:
        return f"{self.name}_{self.turns}" if self.turns else self.name

    def on_change(self, turn: Callable[[Value], None]) -> Callable[[], None]:
        """``turn`` told what was chosen, unless it is what the widget was known to stand at."""

        def follow() -> None:
            drawn: Drawn[Value] | None = st.session_state.get(_drawn(self.name))
            if drawn is None or self.key not in st.session_state:
                return
            value: Value = st.session_state[self.key]
            turned = drawn.turned(self.key, value)
            if turned is not None:
                st.session_state[_drawn(self.name)] = turned
                turn(value)

        return follow

    def turned(self, key: str, value: Value) -> Drawn[Value] | None:
        """What is known once the widget ``key`` was turned to ``value``; None where that is nothing new."""
        if key == self.key:
            return None if value == self.at else replace(self, at=value, chosen=True)
        stood = dict(self.before)
        if key not in stood or value == stood[key]:
            return None
        return replace(self, before=tuple((stood | {key: value}).items()))

    def followed_by(self, value: Value) -> Drawn[Value]:
        """The widget that stands here next, at ``value``."""
        before = ((self.key, self.at), *self.before)[:_REMEMBERED]
        return Drawn(self.name, self.turns + 1, value, value, before=before)


def widget_at(name: str, value: Value) -> Drawn[Value]:
    """The widget ``name`` at ``value``: the one that stands there already, or another."""
    drawn: Drawn[Value] | None = st.session_state.get(_drawn(name))
    if drawn is None:
        drawn = Drawn(name, 0, value, value)
    elif drawn.key not in st.session_state or not (drawn.chosen or value == drawn.at):
        drawn = drawn.followed_by(value)
    elif st.session_state[drawn.key] is None:  # nothing is chosen any more: what is shown then is marked
        st.session_state[drawn.key] = value
    st.session_state[_drawn(name)] = replace(drawn, at=value, chosen=False)
    return drawn


def _drawn(name: str) -> str:
    return f"{name}_drawn"


def asked(parameter: Parameter[Value], known: Collection[str] = ()) -> Value:
    """What the address asks for; what of it cannot be read is told above the page (see address_problems.py)."""
    catch_up()
    return parameter.read(st.query_params.get_all(parameter.name), known)[0]


def whole_address() -> dict[str, list[str]]:
    """The values of each parameter."""
    catch_up()
    return {name: st.query_params.get_all(name) for name in st.query_params}


def ask(name: str, value: str | Sequence[str]) -> None:
    """Write a parameter into the address; one without a value needs no word there."""
    take_step({name: value})


def ask_together(values: Mapping[str, str | Sequence[str]]) -> None:
    """Write several parameters, as one step: Back undoes all of it."""
    take_step(values)


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
