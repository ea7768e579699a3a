"""Which coin and timeframe the coin page is about: named by its address, changed by two widgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.domain import Timeframe
from core.journal.vocabulary import Origin
from core.wording.language import in_a_row, phrase, say
from pages.components.shared.address import ask_together, widget_at
from pages.components.shared.asked_ahead import catch_up, complete_address
from pages.components.shared.parameters import DEFAULT_TIMEFRAME, Coin, OneOf, OpenTime
from pages.components.shared.plain_text import plain
from pages.components.shared.way import way

DEFAULT_SYMBOL = "BTCUSDT"

SYMBOL = Coin("symbol")
TIMEFRAME = OneOf[str]("timeframe", tuple(map(str, Timeframe)), "", phrase("Nothing is shown."), needed=True)
CANDLE = OpenTime("candle")
ORIGIN = OneOf[str]("origin", tuple(map(str, Origin)), "", phrase("Live calls are shown instead, where there are any."))


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
    """Show the two widgets at what the address says, let them ask for another one, and return what is asked for."""
    catch_up()
    choice = read_choice(st.query_params.get("symbol"), st.query_params.get("timeframe"), known)
    symbol, timeframe = widget_at("coin_symbol", choice.symbol), widget_at("coin_timeframe", choice.timeframe)
    st.selectbox(
        say("Coin"),
        known,
        index=known.index(symbol.default) if symbol.default in known else None,
        key=symbol.key,
        on_change=symbol.on_change(partial(_turn_to, "symbol")),
        placeholder=say("Choose a coin"),
        label_visibility="collapsed",
        width=150,
    )
    st.segmented_control(
        say("Timeframe"),
        list(Timeframe),
        default=timeframe.default,
        key=timeframe.key,
        on_change=timeframe.on_change(partial(_turn_to, "timeframe")),
        required=True,
        label_visibility="collapsed",
    )
    if choice.symbol is not None and choice.timeframe is not None:
        _complete_address(choice.symbol, choice.timeframe)
    return choice


def _complete_address(symbol: str, timeframe: Timeframe) -> None:
    """Let the address name both. One that does already is left alone: the browser, told the address of this run, would
    go back to it from wherever it is by now. So is one that names several, of which a line above the page tells."""
    named = {"symbol": symbol, "timeframe": timeframe.value}
    missing = {name: value for name, value in named.items() if st.query_params.get(name) != value}
    if missing:
        complete_address(missing)


def show_timeframe(timeframe: str) -> None:
    """Turn the page to another timeframe of the same coin."""
    _turn_to("timeframe", timeframe)


def _turn_to(name: str, value: str | None) -> None:
    """A candle that the address named is one of the series it named, and is not asked for on another."""
    if value is None:
        return
    ask_together({name: value, CANDLE.name: ""})


def show_problem(problem: str) -> None:
    """Say what is wrong with the address, and offer the ways on."""
    st.warning(plain(problem), title=say("Nothing to show at this address"), icon=":material/wrong_location:")
    st.markdown(say("Choose a coin and a timeframe above, or go back to all coins."))
    way(say("All coins"), "./", "arrow_back", "all_coins")
