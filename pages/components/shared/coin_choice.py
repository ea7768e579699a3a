"""Which coin and timeframe the coin page is about: named by its address, changed by two widgets."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.domain import Timeframe
from core.journal.vocabulary import Origin
from core.wording.language import in_a_row, phrase, say
from pages.components.shared.parameters import DEFAULT_TIMEFRAME, Coin, OneOf, OpenTime
from pages.components.shared.plain_text import plain
from pages.components.shared.way import way

DEFAULT_SYMBOL = "BTCUSDT"

SYMBOL = Coin("symbol")
TIMEFRAME = OneOf[str]("timeframe", tuple(map(str, Timeframe)), "", phrase("Nothing is shown."), needed=True)
CANDLE = OpenTime("candle")
ORIGIN = OneOf[str]("origin", tuple(map(str, Origin)), "", phrase("Live calls are shown instead, where there are any."))

_SYMBOL = "coin_symbol"
_TIMEFRAME = "coin_timeframe"
_DRAWN = "coin_address_drawn"
"""What the address named when the widgets were drawn last."""
_MOVES = "coin_moves"
"""How often the browser came to another address than a widget had turned to."""


@dataclass(frozen=True, slots=True)
class CoinChoice:
    """What the address asks for. A part that means nothing is None, and ``problem`` says what is wrong with it."""

    symbol: str | None
    timeframe: Timeframe | None
    problem: str = ""


def read_choice(symbol: str | None, timeframe: str | None, known: tuple[str, ...]) -> CoinChoice:
    """The coin and timeframe that the address names; the defaults where it names none."""
    symbols, timeframes = [symbol or ""], [timeframe or ""]
    named, wrong_symbol = SYMBOL.read(symbols, known)
    word, wrong_timeframe = TIMEFRAME.read(timeframes)
    return CoinChoice(
        named if named or wrong_symbol else first_coin(known),
        (Timeframe(word) if word else None) if word or wrong_timeframe else DEFAULT_TIMEFRAME,
        in_a_row(*(each.text for each in (*wrong_symbol, *wrong_timeframe))),
    )


def first_coin(known: tuple[str, ...]) -> str:
    """Which coin is shown where nobody has named one."""
    return DEFAULT_SYMBOL if DEFAULT_SYMBOL in known else known[0]


def choose_coin(known: tuple[str, ...]) -> CoinChoice:
    """Show the two widgets at what the address says, keep the address at what they say, and return both."""
    choice = read_choice(st.query_params.get("symbol"), st.query_params.get("timeframe"), known)
    moves = _count_moves()
    symbol_key, timeframe_key = f"{_SYMBOL}_{moves}", f"{_TIMEFRAME}_{moves}"
    st.session_state[symbol_key] = choice.symbol
    st.session_state[timeframe_key] = choice.timeframe
    st.selectbox(
        say("Coin"),
        known,
        index=None if choice.symbol is None else 0,
        key=symbol_key,
        on_change=_follow,
        args=("symbol", symbol_key, moves),
        placeholder=say("Choose a coin"),
        label_visibility="collapsed",
        width=150,
    )
    st.segmented_control(
        say("Timeframe"),
        list(Timeframe),
        key=timeframe_key,
        on_change=_follow,
        args=("timeframe", timeframe_key, moves),
        required=True,
        label_visibility="collapsed",
    )
    if choice.symbol is not None and choice.timeframe is not None:
        _complete_address(choice.symbol, choice.timeframe)
    st.session_state[_DRAWN] = _named()
    return choice


def _complete_address(symbol: str, timeframe: Timeframe) -> None:
    """Let the address name both. One that does already is left alone: the browser, told the address of this run, would
    go back to it from wherever it is by now."""
    for name, value in (("symbol", symbol), ("timeframe", timeframe.value)):
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def show_timeframe(timeframe: str) -> None:
    """Turn the page to another timeframe of the same coin."""
    _turn_to("timeframe", timeframe)


def _turn_to(name: str, value: str) -> None:
    """A candle that the address named is one of the series it named, and is not asked for on another."""
    st.query_params[name] = value
    st.query_params.pop(CANDLE.name, None)


def show_problem(problem: str) -> None:
    """Say what is wrong with the address, and offer the ways on."""
    st.error(plain(problem), title=say("Nothing to show at this address"), icon=":material/wrong_location:")
    st.markdown(say("Choose a coin and a timeframe above, or go back to all coins."))
    way(say("All coins"), "./", "arrow_back", "all_coins")


def _count_moves() -> int:
    """Each address that the browser comes to by itself has widgets of its own.

    It leaves for the next coin before it has drawn this one, and tells the run of the next one, and those after it, the
    widgets of the coin before: Streamlit takes that for a choice, which would lead back there.
    """
    if st.session_state.get(_DRAWN) != _named():
        st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
    return int(st.session_state[_MOVES])


def _follow(name: str, key: str, moves: int) -> None:
    """Turn the page to what was chosen in a widget, unless the browser is at another address by now."""
    is_here = (st.session_state.get(_MOVES), st.session_state.get(_DRAWN)) == (moves, _named())
    if is_here and st.session_state[key]:
        _turn_to(name, st.session_state[key])
        st.session_state[_DRAWN] = _named()


def _named() -> tuple[str | None, str | None]:
    return st.query_params.get("symbol"), st.query_params.get("timeframe")
