"""What was chosen on a page while its browser had not heard yet of the address that the choice before it had made.

A browser asks for each run of the script at the address it is at. Where the way is long it chooses a second time at the
address of before the first: taken by its word, it would take that choice back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

_STEPS = "address_steps"
_MOST = 20
"""Steps that are remembered; nobody takes as many before the first is heard of."""

Place = tuple[str, str]
"""A page of the script, and the query of the address there."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Which parameters were written, and where; an empty one was taken out."""

    before: Place
    values: Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Those that lead, each from where the one before it ended, to where the script is by now."""

    taken: tuple[_Step, ...] = ()
    end: Place = ("", "")
    chosen_at: str | None = None
    """The query that the browser was at when the last one was taken, be it one on the way."""


def take_step(values: Mapping[str, str | Sequence[str]]) -> None:
    """Write parameters into the address, as one entry of the browser's history; one without a value is taken out.

    Nothing is written where the address is another page's by now: what is chosen on a page that one has left is lost with it.
    """
    run = get_script_run_ctx()
    if run is None or _is_left(run):
        return
    browser_at = run.query_string
    catch_up()
    before = _here(run)
    _write(values)
    here = _here(run)
    if here == before:
        return
    steps: _Steps = st.session_state.get(_STEPS, _Steps())
    places = [step.before for step in steps.taken]
    taken = steps.taken[: places.index(here)] if here in places else (*steps.taken, _Step(before, values))
    st.session_state[_STEPS] = _Steps(taken[-_MOST:], here, browser_at)


def chosen_at() -> str | None:
    """The query that the browser was at when it made the choice that led to this run's; None where none did."""
    run, steps = get_script_run_ctx(), st.session_state.get(_STEPS)
    return None if run is None or steps is None or _here(run) != steps.end else steps.chosen_at


def complete_address(values: Mapping[str, str]) -> None:
    """Write what the page shows where nobody asked for anything, which is no step of the reader's."""
    run = get_script_run_ctx()
    if run is not None and not _is_left(run):
        _write(values)


def catch_up() -> None:
    """Lead a run that was asked for on the way to where the last step led; the reader's own Back and links are heeded."""
    run, steps = get_script_run_ctx(), st.session_state.get(_STEPS)
    if run is None or steps is None or _here(run) == steps.end or _is_left(run):
        return
    here, places = _here(run), [step.before for step in steps.taken]
    if run.is_history_navigation or here not in places:
        del st.session_state[_STEPS]
        return
    onwards = [step.values for step in steps.taken[places.index(here) :]]
    _write({name: value for values in onwards for name, value in values.items()})  # at once: each write is an entry


def _is_left(run: ScriptRunContext) -> bool:
    """Whether the browser was at another page's address already as it asked for this run of the page that it still showed."""
    if run.context_info is None:
        return False
    pages = run.pages_manager.get_pages()
    paths = {page.get("url_pathname", "") for page in pages.values()}
    there = urlsplit(run.context_info.url).path.rstrip("/").rpartition("/")[2]
    page = pages.get(run.page_script_hash)
    return page is not None and page.get("url_pathname", "") != (there if there in paths else "")


def _here(run: ScriptRunContext) -> Place:
    return run.page_script_hash, run.query_string


def _write(values: Mapping[str, str | Sequence[str]]) -> None:
    """Streamlit tells the browser of the address once for each parameter that is set, and once for all of a whole one."""
    address: dict[str, str | list[str]] = {name: st.query_params.get_all(name) for name in st.query_params}
    for name, value in values.items():
        if value:
            address[name] = value if isinstance(value, str) else list(value)
        else:
            address.pop(name, None)
    st.query_params.from_dict(address)
